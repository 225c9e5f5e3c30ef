// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "cli/inspect.h"
#include "cli/lake_access.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

std::string column_name(const iceberg::Schema& schema, int field_id) {
  iceberg::SchemaIndex index(schema);
  const auto* entry = index.find(field_id);
  return entry == nullptr ? fmt::format("(dropped column {})", field_id) : entry->name;
}

std::string transform_of(const iceberg::Transform& transform, const std::string& column) {
  std::string name = iceberg::to_string(transform);
  if (name == "identity") return column;
  // bucket[16] of c → bucket(c, 16), as Trino writes it.
  auto bracket = name.find('[');
  if (bracket == std::string::npos) return fmt::format("{}({})", name, column);
  return fmt::format("{}({}, {})", name.substr(0, bracket), column,
                     name.substr(bracket + 1, name.size() - bracket - 2));
}

void add_fields(TextTable& rows, const std::vector<iceberg::Field>& fields,
                const std::string& indent, const iceberg::Schema& schema) {
  for (const auto& field : fields) {
    bool identifier = false;
    for (int id : schema.identifier_field_ids) identifier |= id == field.id;
    std::string type = iceberg::is_nested(field.type.kind)
                           ? std::string(iceberg::to_string(field.type.kind))
                           : iceberg::to_string(field.type);
    rows.add({std::to_string(field.id), indent + field.name, type, field.required ? "required" : "",
              identifier ? "yes" : "", field.doc});
    add_fields(rows, field.type.fields, indent + "  ", schema);
  }
}

std::string partition_text(const iceberg::TableMetadata& metadata) {
  std::vector<std::string> parts;
  for (const auto& field : metadata.spec().fields) {
    parts.push_back(transform_of(field.transform, column_name(metadata.schema(), field.source_id)));
  }
  return parts.empty() ? "none" : join(parts, ", ");
}

std::string sort_text(const iceberg::TableMetadata& metadata) {
  std::vector<std::string> parts;
  for (const auto& field : metadata.sort_order().fields) {
    bool ascending = field.direction == iceberg::SortDirection::Ascending;
    bool first = field.null_order == iceberg::NullOrder::First;
    parts.push_back(
        fmt::format("{} {} nulls {}",
                    transform_of(field.transform, column_name(metadata.schema(), field.source_id)),
                    ascending ? "asc" : "desc", first ? "first" : "last"));
  }
  return parts.empty() ? "none" : join(parts, ", ");
}

using Facts = std::vector<std::pair<std::string, std::string>>;

void add_snapshot_facts(Facts& facts, const iceberg::TableMetadata& metadata) {
  const auto* snapshot = metadata.current_snapshot();
  facts.emplace_back("snapshots", std::to_string(metadata.snapshots.size()));
  if (snapshot == nullptr) {
    facts.emplace_back("current snapshot", "none: the table is empty");
    return;
  }
  facts.emplace_back("current snapshot",
                     fmt::format("{} ({}, {})", snapshot->id.value,
                                 show_time(snapshot->timestamp_ms), snapshot->operation));
  auto add = [&](const char* label, std::string_view key, auto show) {
    if (auto text = show(summary_count(*snapshot, key))) facts.emplace_back(label, *text);
  };
  if (auto text = show_count(live_rows(*snapshot))) facts.emplace_back("rows", *text);
  add("data files", "total-data-files", show_count);
  add("delete files", "total-delete-files", show_count);
  add("size", "total-files-size", show_bytes);
}

std::string facts_text(const Facts& facts, const Terminal& terminal) {
  std::size_t width = 0;
  for (const auto& [label, value] : facts) width = std::max(width, label.size());
  std::string out;
  for (const auto& [label, value] : facts) {
    out += terminal.paint(fmt::format("{:<{}}", label, width), Style::Bold) + "  " + value + "\n";
  }
  return out;
}

json::value embed(const std::string& text) {
  auto parsed = parse_json(text);
  return parsed ? *parsed : json::value(text);
}

json::object description_json(const iceberg::LoadedTable& table) {
  const auto& metadata = *table.metadata;
  json::object properties;
  for (const auto& [name, value] : metadata.properties) properties.emplace(name, value);
  json::object refs;
  for (const auto& [name, ref] : metadata.refs) {
    refs.emplace(
        name, json::object{{"snapshot_id", ref.snapshot_id.value}, {"type", ref_kind_text(ref)}});
  }
  json::object object{{"table", show_name(table.identifier)},
                      {"uuid", metadata.uuid},
                      {"format_version", metadata.format_version},
                      {"location", metadata.location},
                      {"metadata_location", table.metadata_location},
                      {"updated_ms", metadata.last_updated_ms},
                      {"schema", embed(iceberg::schema_to_json(metadata.schema()))},
                      {"partition_spec", embed(iceberg::partition_spec_to_json(metadata.spec()))},
                      {"sort_order", embed(iceberg::sort_order_to_json(metadata.sort_order()))},
                      {"snapshots", metadata.snapshots.size()},
                      {"refs", std::move(refs)},
                      {"properties", std::move(properties)}};
  object["current_snapshot"] = metadata.current_snapshot() == nullptr
                                   ? json::value(nullptr)
                                   : snapshot_json(*metadata.current_snapshot());
  return object;
}

}  // namespace

Result<int> run_describe(const Invocation& call) {
  catalog::Lake lake = TRY(open_lake(call));
  auto table = TRY(load_named_table(lake, call.arguments.text("table")));
  if (wants_json(call)) {
    print_json(call, description_json(table));
    return 0;
  }
  const auto& metadata = *table.metadata;
  Facts facts = {{"table", show_name(table.identifier)},
                 {"location", metadata.location},
                 {"format", "Iceberg v" + std::to_string(metadata.format_version)},
                 {"partitioned by", partition_text(metadata)},
                 {"sorted by", sort_text(metadata)},
                 {"updated", show_time(metadata.last_updated_ms)}};
  add_snapshot_facts(facts, metadata);
  for (const auto& [name, ref] : metadata.refs) {
    if (name == iceberg::kMainBranch) continue;
    facts.emplace_back(ref_kind_text(ref),
                       fmt::format("{} → snapshot {}", name, ref.snapshot_id.value));
  }
  call.terminal.out(facts_text(facts, call.terminal));
  TextTable columns{{{"id", Align::Right}, {"column"}, {"type"}, {"null"}, {"key"}, {"comment"}},
                    {}};
  add_fields(columns, metadata.schema().fields, "", metadata.schema());
  call.terminal.out("\n" + format_table(columns, call.terminal));
  if (!metadata.properties.empty()) {
    TextTable properties{{{"property"}, {"value"}}, {}};
    for (const auto& [name, value] : metadata.properties) properties.add({name, value});
    call.terminal.out("\n" + format_table(properties, call.terminal));
  }
  return 0;
}

}  // namespace tarn::cli
