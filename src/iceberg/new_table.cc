// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>

#include "base/text.h"
#include "iceberg/apply_update.h"
#include "iceberg/table_properties.h"

namespace tarn::iceberg {

namespace {

// Old ids to new ones, by the same walk over two schemas of one shape.
void pair_ids(const std::vector<Field>& before, const std::vector<Field>& after,
              std::unordered_map<int, int>& ids) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    ids.emplace(before[i].id, after[i].id);
    pair_ids(before[i].type.fields, after[i].type.fields, ids);
  }
}

Result<int> new_id(const std::unordered_map<int, int>& ids, int id, std::string_view what) {
  const auto found = ids.find(id);
  if (found == ids.end()) return invalid_input("{} has the missing source column {}", what, id);
  return found->second;
}

Result<int> take_format_version(std::map<std::string, std::string>& properties) {
  const auto found = properties.find(std::string(property::kFormatVersion));
  if (found == properties.end()) return kFormatVersionDefault;
  const auto version = parse_int64(found->second);
  if (!version || *version < 1 || *version > kFormatVersionMax) {
    return invalid_input("format version `{}` is not one of 1, 2, 3", found->second);
  }
  properties.erase(found);
  return static_cast<int>(*version);
}

}  // namespace

Result<TableMetadata> make_table_metadata(NewTable table, std::int64_t now_ms) {
  const int version = TRY(take_format_version(table.properties));
  Schema schema = table.schema;
  schema.schema_id = 0;
  assign_fresh_ids(schema, 0);
  std::unordered_map<int, int> ids;
  pair_ids(table.schema.fields, schema.fields, ids);
  const bool ids_matter = !table.spec.fields.empty() || !table.sort_order.fields.empty() ||
                          !schema.identifier_field_ids.empty();
  if (ids_matter && ids.size() != static_cast<std::size_t>(highest_field_id(schema))) {
    return invalid_input("the schema uses a field id twice");
  }
  int next_partition_id = kFirstPartitionFieldId;
  for (PartitionField& field : table.spec.fields) {
    const std::string what = fmt::format("partition field `{}`", field.name);
    field.source_id = TRY(new_id(ids, field.source_id, what));
    for (int& id : field.source_ids) id = TRY(new_id(ids, id, what));
    field.field_id = next_partition_id++;
  }
  for (SortField& field : table.sort_order.fields) {
    field.source_id = TRY(new_id(ids, field.source_id, "the sort order"));
    for (int& id : field.source_ids) id = TRY(new_id(ids, id, "the sort order"));
  }
  TableMetadata start = empty_metadata(version);
  return apply_updates(
      start,
      {assign_uuid(std::move(table.uuid)), set_location(std::move(table.location)),
       add_schema(std::move(schema)), set_current_schema(kLastAdded),
       add_spec(std::move(table.spec)), set_default_spec(kLastAdded),
       add_sort_order(std::move(table.sort_order)), set_default_sort_order(kLastAdded),
       set_properties(std::move(table.properties))},
      ApplyOptions{now_ms, ""});
}

std::vector<TableUpdate> updates_for_create(const TableMetadata& metadata) {
  std::vector<TableUpdate> updates;
  if (!metadata.uuid.empty()) updates.push_back(assign_uuid(metadata.uuid));
  updates.push_back(upgrade_format_version(metadata.format_version));
  updates.push_back(add_schema(metadata.schema()));
  updates.push_back(set_current_schema(kLastAdded));
  updates.push_back(add_spec(metadata.spec()));
  updates.push_back(set_default_spec(kLastAdded));
  updates.push_back(add_sort_order(metadata.sort_order()));
  updates.push_back(set_default_sort_order(kLastAdded));
  updates.push_back(set_location(metadata.location));
  if (!metadata.properties.empty()) updates.push_back(set_properties(metadata.properties));
  return updates;
}

}  // namespace tarn::iceberg
