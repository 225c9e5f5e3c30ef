// SPDX-License-Identifier: Apache-2.0
// Partition specs and partition values. Spec: "Partitioning".
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/schema.h"
#include "iceberg/transform.h"

namespace tarn::iceberg {

inline constexpr int kFirstPartitionFieldId = 1000;

// `field_id` 0 = not assigned yet (specs that come with a request). Several `source_ids` only for
// transforms of several arguments, which are all unknown today.
struct PartitionField {
  int source_id = 0;
  int field_id = 0;
  std::string name;
  Transform transform;
  std::vector<int> source_ids;  // as in JSON `source-ids`; empty otherwise
  std::string extra;            // unknown JSON members, "" = none

  bool operator==(const PartitionField& other) const;
};

struct PartitionSpec {
  int spec_id = 0;
  std::vector<PartitionField> fields;
  std::string extra;

  bool operator==(const PartitionSpec& other) const;
  // No fields, or only void ones.
  bool is_unpartitioned() const;
};

// Fields equal but for their field ids, in the same order; spec ids aside.
bool same_partitioning(const PartitionSpec& a, const PartitionSpec& b);

// The values of one partition, in the order of the spec's fields. Compare only within one spec.
struct PartitionTuple {
  std::vector<Value> values;

  bool operator==(const PartitionTuple&) const = default;
};
struct PartitionTupleHash {
  std::size_t operator()(const PartitionTuple& tuple) const;
};

// The struct of partition values: ids, names and types of the fields, all optional. Where the
// source column is gone, the type is Unknown unless the transform alone tells it; partition_type()
// of table_metadata.h also looks into older schemas.
Type partition_type(const PartitionSpec& spec, const Schema& schema);
// As above for all specs of a table together (metadata tables, partition statistics): fields of all
// specs by id, the newest name first.
Type unified_partition_type(std::span<const PartitionSpec> specs, const Schema& schema);

// Sources exist, are primitive and fit their transforms; names are unique and no column's name
// except by identity of that column; field ids are unique. ErrorCode::InvalidInput.
Result<void> validate_partition_spec(const PartitionSpec& spec, const Schema& schema);

// `region=EU/day=2017-12-01`, names and values escaped as in application/x-www-form-urlencoded;
// "" for an unpartitioned spec. Cosmetic: values are never parsed out of paths.
std::string partition_path(const PartitionSpec& spec, const PartitionTuple& tuple);
std::string escape_partition_text(std::string_view text);

std::string partition_fields_to_json(const PartitionSpec& spec);  // the fields array (manifests)
std::string partition_spec_to_json(const PartitionSpec& spec);
Result<PartitionSpec> partition_spec_from_json(std::string_view text);
// The fields array alone, with the spec's id from beside it.
Result<PartitionSpec> partition_fields_from_json(std::string_view text, int spec_id);

}  // namespace tarn::iceberg
