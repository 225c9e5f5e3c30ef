// SPDX-License-Identifier: Apache-2.0
// Partition evolution: a working copy of the default spec. Old data stays where it is.
// Spec: "Partition Evolution".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/table_metadata.h"
#include "iceberg/table_requirement.h"
#include "iceberg/table_update.h"

namespace tarn::iceberg {

// `ts_day`, `id_bucket`, `name_trunc`; the column's own name for identity.
std::string default_partition_name(std::string_view column, const Transform& transform);

// Errors are ErrorCode::InvalidInput and leave the working copy unchanged.
class UpdatePartition {
 public:
  explicit UpdatePartition(const TableMetadata& base);

  // A field that an older spec had comes back with its id. "" as name: the default name.
  Result<void> add_field(int source_id, const Transform& transform, const std::string& name = "");
  // Version 1 keeps the field's place with the transform void.
  Result<void> remove_field(const std::string& name);
  Result<void> rename_field(const std::string& name, const std::string& new_name);
  // Removes all fields.
  void clear();

  const PartitionSpec& spec() const { return spec_; }
  // Nothing when the spec is as it was.
  Result<std::vector<TableUpdate>> updates() const;
  std::vector<TableRequirement> requirements() const;

 private:
  void give_id(PartitionField& field);

  const TableMetadata& base_;
  PartitionSpec spec_;
  int last_partition_id_;
};

}  // namespace tarn::iceberg
