// SPDX-License-Identifier: Apache-2.0
// What the interop tests ask of our catalog, as a program. Answers are JSON.
//   catalog_tool sqlite:PATH|postgresql://… WAREHOUSE COMMAND ARGUMENTS…
#include <boost/json.hpp>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "catalog/sql_catalog.h"
#include "storage/local_store.h"

namespace {

using namespace tarn;
namespace json = boost::json;
using catalog::SqlCatalog;
using Words = std::vector<std::string>;

iceberg::Namespace space_of(const std::string& name) {
  iceberg::Namespace space;
  for (const auto level : split(name, '.')) space.levels.emplace_back(level);
  return space;
}

iceberg::TableIdentifier table_of(const std::string& name) {
  auto space = space_of(name);
  auto table = space.levels.back();
  space.levels.pop_back();
  return {std::move(space), std::move(table)};
}

template <typename T>
json::value names(const std::vector<T>& things) {
  json::array list;
  for (const auto& thing : things) list.emplace_back(to_string(thing));
  return list;
}

json::value show(const iceberg::LoadedTable& table) {
  const auto& metadata = *table.metadata;
  json::object properties;
  for (const auto& [key, value] : metadata.properties) properties[key] = value;
  json::array columns;
  for (const auto& field : metadata.schema().fields) {
    columns.push_back({{"id", field.id}, {"name", field.name}, {"type", to_string(field.type)}});
  }
  json::value snapshot;
  if (metadata.current_snapshot_id) snapshot = metadata.current_snapshot_id->value;
  return {{"location", metadata.location},
          {"metadata_location", table.metadata_location},
          {"uuid", metadata.uuid},
          {"snapshot", snapshot},
          {"snapshots", metadata.snapshots.size()},
          {"columns", columns},
          {"properties", properties}};
}

Result<json::value> create_table(SqlCatalog& catalog, const Words& words) {
  iceberg::TableCreation creation;
  creation.schema.fields = {iceberg::required_field(1, "id", iceberg::TypeKind::Long),
                            iceberg::optional_field(2, "name", iceberg::TypeKind::String)};
  return show(TRY(catalog.create_table(table_of(words.at(0)), creation)));
}

Result<json::value> create_view(SqlCatalog& catalog, const Words& words) {
  iceberg::ViewDefinition view;
  view.schema.fields = {iceberg::optional_field(1, "n", iceberg::TypeKind::Int)};
  view.version.representations = {{.sql = words.at(1), .dialect = "trino"}};
  const auto made = TRY(catalog.create_view(table_of(words.at(0)), view, {}));
  return json::value{{"metadata_location", made.metadata_location}};
}

Result<iceberg::LoadedTable> set_property(SqlCatalog& catalog, const std::string& table,
                                          const std::string& key, const std::string& value) {
  const iceberg::TableChange change{table_of(table), {}, {iceberg::set_properties({{key, value}})}};
  return TRY(catalog.commit(std::span(&change, 1))).front();
}

// Sets properties `PREFIX0`, `PREFIX1`, … in a commit each.
Result<json::value> bump(SqlCatalog& catalog, const Words& words) {
  int conflicts = 0;
  for (int i = 0; i < parse_int64(words.at(2)).value_or(0);) {
    const auto done = set_property(catalog, words.at(0), words.at(1) + std::to_string(i), "done");
    if (done) {
      ++i;
    } else if (done.error().code == ErrorCode::Conflict) {
      ++conflicts;
    } else {
      return done.error();
    }
  }
  return json::value{{"conflicts", conflicts}};
}

// Loads, waits for a line, commits against the snapshot that it had loaded.
Result<json::value> commit_stale(SqlCatalog& catalog, const Words& words) {
  const auto table = TRY(catalog.load_table(table_of(words.at(0))));
  std::puts("loaded");
  std::fflush(stdout);
  std::string line;
  std::getline(std::cin, line);
  const iceberg::TableChange change{
      table.identifier,
      {iceberg::require_ref("main", table.metadata->current_snapshot_id)},
      {iceberg::set_properties({{"stale", "yes"}})}};
  return show(TRY(catalog.commit(std::span(&change, 1))).front());
}

using Command = std::function<Result<json::value>(SqlCatalog&, const Words&)>;

template <typename Action>
Command silent(Action action) {
  return [action](SqlCatalog& catalog, const Words& words) -> Result<json::value> {
    TRY(action(catalog, words));
    return json::value("done");
  };
}

const std::map<std::string, Command>& commands() {
  static const std::map<std::string, Command> table = {
      {"namespaces",
       [](SqlCatalog& c, const Words& w) -> Result<json::value> {
         if (w.empty()) return names(TRY(c.list_namespaces(std::nullopt)));
         return names(TRY(c.list_namespaces(space_of(w[0]))));
       }},
      {"properties",
       [](SqlCatalog& c, const Words& w) -> Result<json::value> {
         json::object object;
         for (const auto& [key, value] : TRY(c.load_namespace_properties(space_of(w.at(0))))) {
           object[key] = value;
         }
         return json::value(object);
       }},
      {"create-namespace", silent([](SqlCatalog& c, const Words& w) {
         std::map<std::string, std::string> properties;
         for (std::size_t i = 1; i + 1 < w.size(); i += 2) properties[w[i]] = w[i + 1];
         return c.create_namespace(space_of(w.at(0)), properties);
       })},
      {"drop-namespace",
       silent([](SqlCatalog& c, const Words& w) { return c.drop_namespace(space_of(w.at(0))); })},
      {"tables",
       [](SqlCatalog& c, const Words& w) -> Result<json::value> {
         return names(TRY(c.list_tables(space_of(w.at(0)))));
       }},
      {"views",
       [](SqlCatalog& c, const Words& w) -> Result<json::value> {
         return names(TRY(c.list_views(space_of(w.at(0)))));
       }},
      {"show",
       [](SqlCatalog& c, const Words& w) -> Result<json::value> {
         return show(TRY(c.load_table(table_of(w.at(0)))));
       }},
      {"create-table", create_table},
      {"create-view", create_view},
      {"drop-table", silent([](SqlCatalog& c, const Words& w) {
         return c.drop_table(table_of(w.at(0)), iceberg::DropMode::Purge);
       })},
      {"rename-table", silent([](SqlCatalog& c, const Words& w) {
         return c.rename_table(table_of(w.at(0)), table_of(w.at(1)));
       })},
      {"set",
       [](SqlCatalog& c, const Words& w) -> Result<json::value> {
         return show(TRY(set_property(c, w.at(0), w.at(1), w.at(2))));
       }},
      {"bump", bump},
      {"commit-stale", commit_stale},
  };
  return table;
}

Result<json::value> run(const Words& words) {
  if (words.size() < 3) return invalid_input("usage: catalog_tool DATABASE WAREHOUSE COMMAND …");
  const auto command = commands().find(words[2]);
  if (command == commands().end()) return invalid_input("no command `{}`", words[2]);
  const std::string& target = words[0];
  auto connector = target.starts_with("sqlite:") ? catalog::sqlite_connector(target.substr(7))
                                                 : catalog::postgres_connector({.target = target});
  auto catalog = TRY(SqlCatalog::open(
      std::move(connector), std::make_shared<storage::LocalStore>(Durability::Fast),
      {.name = "lake", .warehouse = words[1], .setup = catalog::CatalogSetup::CreateIfMissing}));
  return command->second(*catalog, Words(words.begin() + 3, words.end()));
}

}  // namespace

int main(int argc, char** argv) {
  const auto result = run(Words(argv + 1, argv + argc));
  if (result) {
    std::puts(write_json(*result).c_str());
    return 0;
  }
  std::fprintf(stderr, "%s: %s\n", std::string(to_string(result.error().code)).c_str(),
               describe(result.error()).c_str());
  return 1;
}
