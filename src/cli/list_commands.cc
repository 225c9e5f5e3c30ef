// SPDX-License-Identifier: Apache-2.0
// schemas, tables.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/lake_access.h"
#include "cli/lake_command_list.h"
#include "cli/lakehouse_access.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

Result<int> run_schemas(const Invocation& call) {
  catalog::Lake lake = TRY(open_lake(call));
  TextTable table{{{"schema"}, {"tables", Align::Right}, {"views", Align::Right}}, {}};
  json::array list;
  for (const auto& space : TRY(lake.catalog->list_all_namespaces())) {
    std::size_t tables = TRY(lake.catalog->list_tables(space)).size();
    std::size_t views = TRY(lake.catalog->list_views(space)).size();
    table.add({show_name(space), std::to_string(tables), std::to_string(views)});
    json::object properties;
    for (const auto& [name, value] : TRY(lake.catalog->load_namespace_properties(space))) {
      properties.emplace(name, value);
    }
    list.push_back({{"schema", show_name(space)},
                    {"tables", tables},
                    {"views", views},
                    {"properties", std::move(properties)}});
  }
  if (wants_json(call)) {
    print_json(call, list);
  } else if (list.empty()) {
    call.terminal.note("the lake has no schemas yet\n");
  } else {
    call.terminal.out(format_table(table, call.terminal));
  }
  return 0;
}

struct ListedTable {
  iceberg::TableIdentifier identifier;
  bool view = false;
  std::shared_ptr<const iceberg::TableMetadata> metadata;  // nullptr for views
  std::optional<Error> error;                              // why there is none
};

Result<std::vector<ListedTable>> list_lake_tables(const Invocation& call,
                                                  const catalog::Lake& lake) {
  std::vector<iceberg::Namespace> spaces;
  if (auto schema = call.arguments.optional("schema")) {
    auto space = TRY(parse_schema_name(*schema, lake.catalog->name()));
    if (!TRY(lake.catalog->namespace_exists(space))) {
      return not_found("schema `{}` does not exist", show_name(space));
    }
    spaces.push_back(std::move(space));
  } else {
    spaces = TRY(lake.catalog->list_all_namespaces());
  }
  std::vector<ListedTable> all;
  for (const auto& space : spaces) {
    for (auto& table : TRY(lake.catalog->list_tables(space))) all.push_back({std::move(table)});
    for (auto& view : TRY(lake.catalog->list_views(space))) {
      all.push_back({std::move(view), true});
    }
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.identifier < b.identifier; });
  TRY(parallel_for(all.size(), 8, [&](std::size_t i) -> Result<void> {
    if (all[i].view) return {};
    auto loaded = lake.catalog->load_table(all[i].identifier);
    // One unreadable table does not hide the others.
    if (loaded) {
      all[i].metadata = loaded->metadata;
    } else {
      all[i].error = std::move(loaded.error());
    }
    return {};
  }));
  return all;
}

json::value to_json(const std::optional<std::int64_t>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::object table_json(const ListedTable& table) {
  json::object object{{"schema", show_name(table.identifier.space)},
                      {"table", table.identifier.name},
                      {"kind", table.view ? "view" : "table"}};
  if (table.metadata == nullptr) {
    if (!table.view) object["readable"] = false;
    return object;
  }
  const auto* snapshot = table.metadata->current_snapshot();
  auto count = [&](std::string_view key) -> json::value {
    return snapshot == nullptr ? json::value(0) : to_json(summary_count(*snapshot, key));
  };
  object["rows"] = snapshot == nullptr ? json::value(0) : to_json(live_rows(*snapshot));
  object["data_files"] = count("total-data-files");
  object["delete_files"] = count("total-delete-files");
  object["bytes"] = count("total-files-size");
  object["format_version"] = table.metadata->format_version;
  object["updated_ms"] = table.metadata->last_updated_ms;
  object["location"] = table.metadata->location;
  return object;
}

void add_row(TextTable& rows, const ListedTable& table) {
  std::vector<std::optional<std::string>> row = {show_name(table.identifier)};
  if (table.metadata == nullptr) {
    row.insert(row.end(), {std::nullopt, std::nullopt, std::nullopt, std::nullopt,
                           table.view ? "view" : "unreadable"});
    rows.add(std::move(row));
    return;
  }
  const auto* snapshot = table.metadata->current_snapshot();
  auto count = [&](std::string_view key) {
    return snapshot == nullptr ? std::optional<std::int64_t>(0) : summary_count(*snapshot, key);
  };
  row.push_back(
      show_count(snapshot == nullptr ? std::optional<std::int64_t>(0) : live_rows(*snapshot)));
  row.push_back(show_count(count("total-data-files")));
  row.push_back(show_bytes(count("total-files-size")));
  row.push_back(show_time(table.metadata->last_updated_ms));
  row.push_back("v" + std::to_string(table.metadata->format_version));
  rows.add(std::move(row));
}

// The first reason stands for all.
void tell_unreadable(const Invocation& call, const std::vector<ListedTable>& all) {
  const auto is_unreadable = [](const ListedTable& table) { return table.error.has_value(); };
  const auto first = std::find_if(all.begin(), all.end(), is_unreadable);
  if (first == all.end()) return;
  const auto count = std::count_if(all.begin(), all.end(), is_unreadable);
  const std::string others = count == 1 ? "" : fmt::format(" (and {} more)", count - 1);
  call.terminal.warning(fmt::format("{} cannot be read{}: {}", show_name(first->identifier), others,
                                    first->error->message));
}

Result<int> run_tables(const Invocation& call) {
  catalog::Lake lake = TRY(open_lake(call));
  auto all = TRY(list_lake_tables(call, lake));
  tell_unreadable(call, all);
  if (wants_json(call)) {
    json::array list;
    for (const auto& table : all) list.push_back(table_json(table));
    print_json(call, list);
    return 0;
  }
  if (all.empty()) {
    call.terminal.note("the lake has no tables yet\n");
    return 0;
  }
  TextTable rows{{{"table"},
                  {"rows", Align::Right},
                  {"files", Align::Right},
                  {"size", Align::Right},
                  {"updated"},
                  {"format"}},
                 {}};
  for (const auto& table : all) add_row(rows, table);
  call.terminal.out(format_table(rows, call.terminal));
  return 0;
}

}  // namespace

std::vector<Command> list_commands() {
  return {
      Command{.name = "schemas",
              .summary = "List the schemas of the lake",
              .examples = {"tarn schemas", "tarn schemas --lake /data/lake --output json"},
              .options = {lake_option(), lakehouse_option(), output_option()},
              .run = run_schemas,
              .group = "The lake"},
      Command{.name = "tables",
              .summary = "List tables and views with their sizes",
              .description =
                  "Rows, files and sizes are those of the current snapshot as its summary tells\n"
                  "them; `-` where the writer left them out.",
              .examples = {"tarn tables", "tarn tables sales", "tarn tables --output json"},
              .positionals = {{.name = "schema",
                               .arity = Arity::One,
                               .value_name = "SCHEMA",
                               .help = "only the tables of this schema"}},
              .options = {lake_option(), lakehouse_option(), output_option()},
              .run = run_tables,
              .group = "The lake"},
  };
}

}  // namespace tarn::cli
