// SPDX-License-Identifier: Apache-2.0
// Partitioning and sort order as a user writes them: `month(registration_date), bucket(id, 16)` and
// `custkey, dob desc nulls last`. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/partition.h"
#include "iceberg/schema.h"
#include "iceberg/sort_order.h"

namespace tarn::migrate {

// Elements are separated by commas; names may be quoted. Transforms: year, month, day, hour,
// bucket(column, n), truncate(column, n), void; also with the number first, as Spark writes them.
// Field names are those of `iceberg::default_partition_name`. InvalidInput names a column that is
// not there, with a suggestion, or a transform that does not fit its type.
Result<iceberg::PartitionSpec> parse_partitioning(std::string_view text,
                                                  const iceberg::Schema& schema);

// `column [asc|desc] [nulls first|last]`, transforms as above. Nulls come first in ascending order
// and last in descending order, unless written otherwise (as in Iceberg).
Result<iceberg::SortOrder> parse_sort_order(std::string_view text, const iceberg::Schema& schema);

}  // namespace tarn::migrate
