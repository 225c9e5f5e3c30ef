// SPDX-License-Identifier: Apache-2.0
// The REST protocol's form of updates and requirements.
#include <boost/json.hpp>

#include "iceberg/model_json.h"
#include "iceberg/table_requirement.h"
#include "iceberg/table_update.h"

namespace tarn::iceberg {

namespace {

namespace json = boost::json;

json::array ids_to_json(const std::vector<SnapshotId>& ids) {
  json::array array;
  for (const SnapshotId id : ids) array.push_back(id.value);
  return array;
}

json::array texts_to_json(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.push_back(json::string(text));
  return array;
}

// Snapshots in requests always have the form of version 2 and later.
constexpr int kRequestFormatVersion = 2;

// The only member of updates that are a number or a text; "" for the others.
std::string_view number_member(TableUpdateKind kind) {
  if (kind == TableUpdateKind::UpgradeFormatVersion) return "format-version";
  if (kind == TableUpdateKind::SetCurrentSchema) return "schema-id";
  if (kind == TableUpdateKind::SetDefaultSpec) return "spec-id";
  if (kind == TableUpdateKind::SetDefaultSortOrder) return "sort-order-id";
  return "";
}

std::string_view text_member(TableUpdateKind kind) {
  if (kind == TableUpdateKind::AssignUuid) return "uuid";
  if (kind == TableUpdateKind::RemoveSnapshotRef) return "ref-name";
  if (kind == TableUpdateKind::SetLocation) return "location";
  if (kind == TableUpdateKind::RemoveEncryptionKey) return "key-id";
  return "";
}

void write_members(const TableUpdate& update, json::object& object) {
  const std::string_view number = number_member(update.kind);
  const std::string_view text = text_member(update.kind);
  if (!number.empty()) object[number] = update.id;
  if (!text.empty()) object[text] = update.text;
  switch (update.kind) {
    case TableUpdateKind::AddSchema:
      object["schema"] = to_json(*update.schema);
      break;
    case TableUpdateKind::AddSpec:
      object["spec"] = to_json(*update.spec);
      break;
    case TableUpdateKind::AddSortOrder:
      object["sort-order"] = to_json(*update.sort_order);
      break;
    case TableUpdateKind::AddSnapshot:
      object["snapshot"] = to_json(*update.snapshot, kRequestFormatVersion);
      break;
    case TableUpdateKind::SetSnapshotRef:
      object["ref-name"] = update.text;
      for (const auto& member : to_json(*update.ref)) object[member.key()] = member.value();
      break;
    case TableUpdateKind::RemoveSnapshots:
      object["snapshot-ids"] = ids_to_json(update.snapshot_ids);
      break;
    case TableUpdateKind::SetProperties:
      object["updates"] = text_map_to_json(update.properties);
      break;
    case TableUpdateKind::RemoveProperties:
      object["removals"] = texts_to_json(update.names);
      break;
    case TableUpdateKind::SetStatistics:
      object["snapshot-id"] = update.statistics->snapshot_id.value;
      object["statistics"] = to_json(*update.statistics);
      break;
    case TableUpdateKind::SetPartitionStatistics:
      object["partition-statistics"] = to_json(*update.partition_statistics);
      break;
    case TableUpdateKind::RemoveStatistics:
    case TableUpdateKind::RemovePartitionStatistics:
      object["snapshot-id"] = update.snapshot_ids.at(0).value;
      break;
    case TableUpdateKind::RemovePartitionSpecs:
      object["spec-ids"] = json::array(update.ids.begin(), update.ids.end());
      break;
    case TableUpdateKind::RemoveSchemas:
      object["schema-ids"] = json::array(update.ids.begin(), update.ids.end());
      break;
    case TableUpdateKind::AddEncryptionKey:
      object["encryption-key"] = to_json(*update.encryption_key);
      break;
    default:
      break;
  }
}

Result<const json::value*> member_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return corrupt("missing field `{}`", key);
  return value;
}

Result<TableUpdate> parse_set_ref(const json::object& object) {
  json::object rest = object;
  rest.erase("action");
  rest.erase("ref-name");
  std::string name = TRY(json_text(object, "ref-name"));
  return set_snapshot_ref(std::move(name), TRY(parse_snapshot_ref(rest)));
}

Result<TableUpdate> parse_set_properties(const json::object& object) {
  // Older clients say `updated` and `removed`.
  const bool older = !object.contains("updates") && object.contains("updated");
  return set_properties(TRY(text_map(object, older ? "updated" : "updates")));
}

Result<TableUpdate> parse_remove_properties(const json::object& object) {
  const bool older = !object.contains("removals") && object.contains("removed");
  const json::array* names = TRY(json_array(object, older ? "removed" : "removals"));
  return remove_properties(TRY(text_list(*names, "`removals`")));
}

Result<TableUpdate> parse_remove_snapshots(const json::object& object) {
  std::vector<SnapshotId> ids;
  const json::array* values = TRY(json_array(object, "snapshot-ids"));
  for (const std::int64_t id : TRY(long_list(*values, "`snapshot-ids`"))) ids.emplace_back(id);
  return remove_snapshots(std::move(ids));
}

Result<TableUpdate> parse_members(TableUpdateKind kind, const json::object& object) {
  switch (kind) {
    case TableUpdateKind::AssignUuid:
      return assign_uuid(TRY(json_text(object, "uuid")));
    case TableUpdateKind::UpgradeFormatVersion:
      return upgrade_format_version(TRY(json_int32(object, "format-version")));
    case TableUpdateKind::AddSchema:
      return add_schema(TRY(parse_schema(*TRY(member_of(object, "schema")))));
    case TableUpdateKind::SetCurrentSchema:
      return set_current_schema(TRY(json_int32(object, "schema-id")));
    case TableUpdateKind::AddSpec:
      return add_spec(TRY(parse_partition_spec(*TRY(member_of(object, "spec")))));
    case TableUpdateKind::SetDefaultSpec:
      return set_default_spec(TRY(json_int32(object, "spec-id")));
    case TableUpdateKind::AddSortOrder:
      return add_sort_order(TRY(parse_sort_order(*TRY(member_of(object, "sort-order")))));
    case TableUpdateKind::SetDefaultSortOrder:
      return set_default_sort_order(TRY(json_int32(object, "sort-order-id")));
    case TableUpdateKind::AddSnapshot:
      return add_snapshot(TRY(parse_snapshot(*TRY(member_of(object, "snapshot")))));
    case TableUpdateKind::SetSnapshotRef:
      return parse_set_ref(object);
    case TableUpdateKind::RemoveSnapshots:
      return parse_remove_snapshots(object);
    case TableUpdateKind::RemoveSnapshotRef:
      return remove_snapshot_ref(TRY(json_text(object, "ref-name")));
    case TableUpdateKind::SetLocation:
      return set_location(TRY(json_text(object, "location")));
    case TableUpdateKind::SetProperties:
      return parse_set_properties(object);
    case TableUpdateKind::RemoveProperties:
      return parse_remove_properties(object);
    case TableUpdateKind::SetStatistics:
      return set_statistics(TRY(parse_statistics_file(*TRY(member_of(object, "statistics")))));
    case TableUpdateKind::RemoveStatistics:
      return remove_statistics(SnapshotId(TRY(json_int(object, "snapshot-id"))));
    case TableUpdateKind::SetPartitionStatistics:
      return set_partition_statistics(
          TRY(parse_partition_statistics_file(*TRY(member_of(object, "partition-statistics")))));
    case TableUpdateKind::RemovePartitionStatistics:
      return remove_partition_statistics(SnapshotId(TRY(json_int(object, "snapshot-id"))));
    case TableUpdateKind::RemovePartitionSpecs:
      return remove_partition_specs(
          TRY(int_list(*TRY(json_array(object, "spec-ids")), "`spec-ids`")));
    case TableUpdateKind::RemoveSchemas:
      return remove_schemas(TRY(int_list(*TRY(json_array(object, "schema-ids")), "`schema-ids`")));
    case TableUpdateKind::AddEncryptionKey:
      return add_encryption_key(
          TRY(parse_encryption_key(*TRY(member_of(object, "encryption-key")))));
    case TableUpdateKind::RemoveEncryptionKey:
      return remove_encryption_key(TRY(json_text(object, "key-id")));
  }
  return internal("unknown kind of update");
}

Result<TableUpdate> parse_update(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "an update"));
  const std::string action = TRY(json_text(object, "action"));
  for (int i = 0; i <= static_cast<int>(TableUpdateKind::RemoveEncryptionKey); ++i) {
    const auto kind = static_cast<TableUpdateKind>(i);
    if (to_string(kind) == action) {
      return with_context(parse_members(kind, object), fmt::format("in update `{}`", action));
    }
  }
  return invalid_input("unknown update `{}`", action);
}

struct RequirementForm {
  TableRequirementKind kind;
  std::string_view type;
  std::string_view member;
};
constexpr RequirementForm kRequirementForms[] = {
    {TableRequirementKind::NotExists, "assert-create", ""},
    {TableRequirementKind::Uuid, "assert-table-uuid", "uuid"},
    {TableRequirementKind::RefSnapshotId, "assert-ref-snapshot-id", "snapshot-id"},
    {TableRequirementKind::LastAssignedFieldId, "assert-last-assigned-field-id",
     "last-assigned-field-id"},
    {TableRequirementKind::CurrentSchemaId, "assert-current-schema-id", "current-schema-id"},
    {TableRequirementKind::LastAssignedPartitionId, "assert-last-assigned-partition-id",
     "last-assigned-partition-id"},
    {TableRequirementKind::DefaultSpecId, "assert-default-spec-id", "default-spec-id"},
    {TableRequirementKind::DefaultSortOrderId, "assert-default-sort-order-id",
     "default-sort-order-id"},
};

json::object requirement_to_json(const TableRequirement& requirement) {
  const RequirementForm& form = kRequirementForms[static_cast<std::size_t>(requirement.kind)];
  json::object object;
  object["type"] = form.type;
  switch (requirement.kind) {
    case TableRequirementKind::NotExists:
      break;
    case TableRequirementKind::Uuid:
      object["uuid"] = requirement.text;
      break;
    case TableRequirementKind::RefSnapshotId:
      object["ref"] = requirement.text;
      object["snapshot-id"] = nullptr;
      if (requirement.snapshot_id) object["snapshot-id"] = requirement.snapshot_id->value;
      break;
    default:
      object[form.member] = requirement.id;
      break;
  }
  return object;
}

Result<TableRequirement> parse_requirement(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a requirement"));
  const std::string type = TRY(json_text(object, "type"));
  for (const RequirementForm& form : kRequirementForms) {
    if (form.type != type) continue;
    TableRequirement requirement;
    requirement.kind = form.kind;
    switch (form.kind) {
      case TableRequirementKind::NotExists:
        break;
      case TableRequirementKind::Uuid:
        requirement.text = TRY(json_text(object, "uuid"));
        break;
      case TableRequirementKind::RefSnapshotId: {
        requirement.text = TRY(json_text(object, "ref"));
        const auto id = TRY(json_optional_int(object, "snapshot-id"));
        if (id) requirement.snapshot_id = SnapshotId(*id);
        break;
      }
      default:
        requirement.id = TRY(json_int32(object, form.member));
        break;
    }
    return requirement;
  }
  return invalid_input("unknown requirement `{}`", type);
}

}  // namespace

std::string table_updates_to_json(const std::vector<TableUpdate>& updates) {
  json::array array;
  for (const TableUpdate& update : updates) {
    json::object object;
    object["action"] = to_string(update.kind);
    write_members(update, object);
    array.push_back(std::move(object));
  }
  return write_json(array);
}

Result<std::vector<TableUpdate>> table_updates_from_json(std::string_view text) {
  const json::value value = TRY(parse_json(text));
  if (!value.is_array()) return corrupt("`updates` is not an array");
  std::vector<TableUpdate> updates;
  for (const json::value& item : value.get_array()) updates.push_back(TRY(parse_update(item)));
  return updates;
}

std::string table_requirements_to_json(const std::vector<TableRequirement>& requirements) {
  json::array array;
  for (const TableRequirement& requirement : requirements) {
    array.push_back(requirement_to_json(requirement));
  }
  return write_json(array);
}

Result<std::vector<TableRequirement>> table_requirements_from_json(std::string_view text) {
  const json::value value = TRY(parse_json(text));
  if (!value.is_array()) return corrupt("`requirements` is not an array");
  std::vector<TableRequirement> requirements;
  for (const json::value& item : value.get_array()) {
    requirements.push_back(TRY(parse_requirement(item)));
  }
  return requirements;
}

}  // namespace tarn::iceberg
