// SPDX-License-Identifier: Apache-2.0
// What must still hold when a commit lands, as in the REST protocol's `requirements`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/table_metadata.h"

namespace tarn::iceberg {

enum class TableRequirementKind : std::uint8_t {
  NotExists,                // assert-create
  Uuid,                     // text
  RefSnapshotId,            // text (name), snapshot_id (nullopt = the ref must not exist)
  LastAssignedFieldId,      // id
  CurrentSchemaId,          // id
  LastAssignedPartitionId,  // id
  DefaultSpecId,            // id
  DefaultSortOrderId,       // id
};

// Make one with the functions below.
struct TableRequirement {
  TableRequirementKind kind = TableRequirementKind::NotExists;
  int id = 0;
  std::string text;
  std::optional<SnapshotId> snapshot_id;

  bool operator==(const TableRequirement&) const = default;
};

TableRequirement require_not_exists();
TableRequirement require_uuid(std::string uuid);
TableRequirement require_ref(std::string name, std::optional<SnapshotId> snapshot_id);
TableRequirement require_last_field_id(int id);
TableRequirement require_current_schema(int id);
TableRequirement require_last_partition_id(int id);
TableRequirement require_default_spec(int id);
TableRequirement require_default_sort_order(int id);

// `current` is nullptr when the table does not exist. A requirement that does not hold is
// ErrorCode::Conflict that names it; for a create over an existing table ErrorCode::AlreadyExists,
// for others on a missing table ErrorCode::NotFound.
Result<void> check_requirements(const std::vector<TableRequirement>& requirements,
                                const TableMetadata* current);

// The array of the REST protocol. An unknown type is ErrorCode::InvalidInput.
std::string table_requirements_to_json(const std::vector<TableRequirement>& requirements);
Result<std::vector<TableRequirement>> table_requirements_from_json(std::string_view text);

}  // namespace tarn::iceberg
