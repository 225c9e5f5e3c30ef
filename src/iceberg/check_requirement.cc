// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "iceberg/table_requirement.h"

namespace tarn::iceberg {

namespace {

TableRequirement make_id_requirement(TableRequirementKind kind, int id) {
  TableRequirement requirement;
  requirement.kind = kind;
  requirement.id = id;
  return requirement;
}

Result<void> check_number(std::string_view what, int expected, int actual) {
  if (expected == actual) return {};
  return conflict("the {} changed: expected {}, found {}", what, expected, actual);
}

std::string ref_text(std::optional<SnapshotId> id) {
  return id ? fmt::format("snapshot {}", id->value) : std::string("nothing");
}

Result<void> check_ref(const TableRequirement& requirement, const TableMetadata& current) {
  const auto found = current.refs.find(requirement.text);
  std::optional<SnapshotId> actual;
  if (found != current.refs.end()) actual = found->second.snapshot_id;
  if (actual == requirement.snapshot_id) return {};
  return conflict("reference `{}` changed: expected {}, found {}", requirement.text,
                  ref_text(requirement.snapshot_id), ref_text(actual));
}

Result<void> check_one(const TableRequirement& requirement, const TableMetadata& current) {
  switch (requirement.kind) {
    case TableRequirementKind::NotExists:
      return already_exists("the table exists already");
    case TableRequirementKind::Uuid:
      if (equals_ignore_case(requirement.text, current.uuid)) return {};
      return conflict("the table was replaced: expected uuid {}, found {}", requirement.text,
                      current.uuid);
    case TableRequirementKind::RefSnapshotId:
      return check_ref(requirement, current);
    case TableRequirementKind::LastAssignedFieldId:
      return check_number("last assigned field id", requirement.id, current.last_column_id);
    case TableRequirementKind::CurrentSchemaId:
      return check_number("current schema id", requirement.id, current.current_schema_id);
    case TableRequirementKind::LastAssignedPartitionId:
      return check_number("last assigned partition id", requirement.id, current.last_partition_id);
    case TableRequirementKind::DefaultSpecId:
      return check_number("default partition spec id", requirement.id, current.default_spec_id);
    case TableRequirementKind::DefaultSortOrderId:
      return check_number("default sort order id", requirement.id, current.default_sort_order_id);
  }
  return internal("unknown requirement");
}

}  // namespace

TableRequirement require_not_exists() { return {}; }

TableRequirement require_uuid(std::string uuid) {
  TableRequirement requirement;
  requirement.kind = TableRequirementKind::Uuid;
  requirement.text = std::move(uuid);
  return requirement;
}

TableRequirement require_ref(std::string name, std::optional<SnapshotId> snapshot_id) {
  TableRequirement requirement;
  requirement.kind = TableRequirementKind::RefSnapshotId;
  requirement.text = std::move(name);
  requirement.snapshot_id = snapshot_id;
  return requirement;
}

TableRequirement require_last_field_id(int id) {
  return make_id_requirement(TableRequirementKind::LastAssignedFieldId, id);
}
TableRequirement require_current_schema(int id) {
  return make_id_requirement(TableRequirementKind::CurrentSchemaId, id);
}
TableRequirement require_last_partition_id(int id) {
  return make_id_requirement(TableRequirementKind::LastAssignedPartitionId, id);
}
TableRequirement require_default_spec(int id) {
  return make_id_requirement(TableRequirementKind::DefaultSpecId, id);
}
TableRequirement require_default_sort_order(int id) {
  return make_id_requirement(TableRequirementKind::DefaultSortOrderId, id);
}

Result<void> check_requirements(const std::vector<TableRequirement>& requirements,
                                const TableMetadata* current) {
  for (const TableRequirement& requirement : requirements) {
    if (current != nullptr) {
      TRY(check_one(requirement, *current));
    } else if (requirement.kind != TableRequirementKind::NotExists) {
      return not_found("the table does not exist");
    }
  }
  return {};
}

}  // namespace tarn::iceberg
