// SPDX-License-Identifier: Apache-2.0
#include "run/catalog.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>
#include <set>
#include <tuple>

#include "base/json.h"
#include "base/text.h"
#include "run/sql_text.h"

namespace tarn::run {

namespace json = boost::json;
using project::Node;
using project::ResourceType;

namespace {

using RelationKey = std::tuple<std::string, std::string, std::string>;

struct CatalogColumn {
  std::string name;
  std::string type;
  std::string comment;
};

struct CatalogRelation {
  std::string type;
  std::vector<CatalogColumn> columns;
};

RelationKey key_of(const Node& node) {
  const std::string_view name = node.type == ResourceType::Source ? node.identifier : node.alias;
  return {to_lower(node.database), to_lower(node.schema), to_lower(name)};
}

bool has_relation(const Node& node) {
  return node.type == ResourceType::Model || node.type == ResourceType::Seed ||
         node.type == ResourceType::Snapshot || node.type == ResourceType::Source;
}

std::string text_at(const std::vector<types::Value>& row, std::size_t index) {
  const auto* text = std::get_if<std::string>(&row[index].data);
  return text == nullptr ? std::string() : *text;
}

Result<void> read_database(WarehouseAdapter& adapter, const std::string& database,
                           const std::set<std::string>& schemas,
                           std::map<RelationKey, CatalogRelation>& out) {
  std::string list;
  for (const auto& schema : schemas) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", text_literal(schema));
  }
  const auto answer = TRY(adapter.query(
      fmt::format("select c.table_schema, c.table_name, t.table_type, c.column_name, c.data_type, "
                  "c.comment\nfrom {0}.information_schema.columns c\njoin "
                  "{0}.information_schema.tables t on t.table_schema = c.table_schema and "
                  "t.table_name = c.table_name\nwhere c.table_schema in ({1})\norder by "
                  "c.table_schema, c.table_name, c.ordinal_position",
                  quoted_name(database), list),
      ""));
  for (const auto& row : answer.rows) {
    auto& relation =
        out[{to_lower(database), to_lower(text_at(row, 0)), to_lower(text_at(row, 1))}];
    relation.type = text_at(row, 2);
    relation.columns.push_back({text_at(row, 3), text_at(row, 4), text_at(row, 5)});
  }
  return {};
}

json::object node_json(const Node& node, const CatalogRelation& relation) {
  json::object metadata;
  metadata["type"] = relation.type;
  metadata["schema"] = node.schema;
  metadata["name"] = node.type == ResourceType::Source ? node.identifier : node.alias;
  metadata["database"] = node.database;
  metadata["comment"] = nullptr;
  metadata["owner"] = nullptr;
  json::object columns;
  std::int64_t index = 0;
  for (const auto& column : relation.columns) {
    columns[column.name] = json::object{
        {"type", column.type},
        {"index", ++index},
        {"name", column.name},
        {"comment", column.comment.empty() ? json::value(nullptr) : json::value(column.comment)}};
  }
  json::object stats;
  stats["has_stats"] =
      json::object{{"id", "has_stats"},
                   {"label", "Has Stats?"},
                   {"value", false},
                   {"include", false},
                   {"description", "Indicates whether there are statistics for this table"}};
  return json::object{{"metadata", std::move(metadata)},
                      {"columns", std::move(columns)},
                      {"stats", std::move(stats)},
                      {"unique_id", node.unique_id}};
}

}  // namespace

Result<std::string> write_catalog(const project::Project& project, WarehouseAdapter& adapter,
                                  const RunResultsHead& head) {
  std::map<std::string, std::set<std::string>> wanted;
  for (const Node& node : project.nodes) {
    if (has_relation(node) && !node.relation_name.empty()) {
      wanted[std::string(node.database)].insert(to_lower(node.schema));
    }
  }
  std::map<RelationKey, CatalogRelation> relations;
  for (const auto& [database, schemas] : wanted) {
    TRY(read_database(adapter, database, schemas, relations));
  }
  json::object nodes;
  json::object sources;
  for (const Node& node : project.nodes) {
    if (!has_relation(node)) continue;
    auto found = relations.find(key_of(node));
    if (found == relations.end()) continue;
    auto& list = node.type == ResourceType::Source ? sources : nodes;
    list[node.unique_id] = node_json(node, found->second);
  }
  json::object out;
  out["metadata"] = artifact_metadata("catalog/v1", head);
  out["nodes"] = std::move(nodes);
  out["sources"] = std::move(sources);
  out["errors"] = nullptr;
  return write_json(out);
}

}  // namespace tarn::run
