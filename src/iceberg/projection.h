// SPDX-License-Identifier: Apache-2.0
// From filters on columns to filters on partition values. Spec: "Scan Planning".
#pragma once

#include "base/result.h"
#include "iceberg/expression.h"
#include "iceberg/manifest.h"
#include "iceberg/partition.h"

namespace tarn::iceberg {

// Results are filters over the partition struct: `field_id` is the partition field's id, literals
// are of its result type. The filter must be bound to `schema`.

// True for every partition that may hold a matching row (pruning).
Result<Expression> project_inclusive(const Expression& filter, const PartitionSpec& spec,
                                     const Schema& schema);
// True only for partitions in which every row matches (deleting whole files).
Result<Expression> project_strict(const Expression& filter, const PartitionSpec& spec,
                                  const Schema& schema);

// Value of a projected filter on one partition tuple. `doubt` is the answer where a value cannot be
// compared (a manifest that does not follow its spec): Match for inclusive filters, NoMatch for
// strict ones.
enum class Doubt { Match, NoMatch };
bool matches_partition(const Expression& projected, const PartitionSpec& spec,
                       const PartitionTuple& tuple, Doubt doubt);

// False only if no entry of the manifest can match the inclusively projected filter. `partition` is
// partition_type() of the manifest's spec.
bool may_match_manifest(const Expression& projected, const PartitionSpec& spec,
                        const Type& partition, const ManifestFile& manifest);

}  // namespace tarn::iceberg
