// SPDX-License-Identifier: Apache-2.0
#include "run/lineage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/analyzer.h"
#include "analysis/lineage.h"
#include "base/text.h"
#include "project/compile.h"
#include "project/config.h"
#include "project/graph.h"
#include "run/driver.h"
#include "sql/parser.h"
#include "types/error_name.h"

namespace tarn::run {

using analysis::TableId;
using analysis::TableInfo;
using analysis::TableInfoPtr;
using project::Graph;
using project::Node;
using project::NodeSet;
using project::ResourceType;

namespace {

bool is_shown(const Node& node) {
  switch (node.type) {
    case ResourceType::Model:
    case ResourceType::Seed:
    case ResourceType::Snapshot:
    case ResourceType::Source:
    case ResourceType::Exposure:
      return true;
    default:
      return false;
  }
}

std::string shown_name(const Node& node) {
  if (node.type != ResourceType::Source) return std::string(node.name);
  const auto source = node.body.get("source_name").text();
  return source.empty() ? std::string(node.name) : fmt::format("{}.{}", source, node.name);
}

std::string shown_kind(const Node& node) {
  if (node.is_model()) {
    return std::string(project::config_value(node.type, node.config, "materialized").text());
  }
  return std::string(project::to_string(node.type));
}

TableId table_of(const Node& node) {
  const auto name = node.type == ResourceType::Source ? node.identifier : node.alias;
  return {to_lower(node.database), to_lower(node.schema), to_lower(name)};
}

std::string quoted_table(const TableId& id) {
  return fmt::format("\"{}\".\"{}\".\"{}\"", id.catalog, id.schema, id.table);
}

// Tables that the nodes before have made, then those that the warehouse knows.
class ProjectTables final : public analysis::TableLookup {
 public:
  explicit ProjectTables(WarehouseAdapter& adapter) : adapter_(adapter) {}

  void add(const TableId& id, std::vector<analysis::TableColumn> columns) {
    auto info = std::make_shared<TableInfo>();
    info->id = id;
    info->columns = std::move(columns);
    tables_[to_string(id)] = std::move(info);
  }

  Result<TableInfoPtr> find_table(const TableId& id,
                                  const std::optional<analysis::TableVersion>&) override {
    if (auto found = tables_.find(to_string(id)); found != tables_.end()) return found->second;
    const auto answer =
        TRY(adapter_.query(fmt::format("select * from {} where false", quoted_table(id)), ""));
    std::vector<analysis::TableColumn> columns;
    for (const auto& column : answer.columns) {
      columns.push_back({.name = to_lower(column.name), .type = column.type});
    }
    add(id, std::move(columns));
    return tables_[to_string(id)];
  }

 private:
  WarehouseAdapter& adapter_;
  std::map<std::string, TableInfoPtr> tables_;
};

class Tracer {
 public:
  Tracer(const project::Project& project, WarehouseAdapter& adapter)
      : project_(project), adapter_(adapter), tables_(adapter), compiler_(project, adapter) {}

  // Columns of one node; its parents were traced before.
  void trace(const Node& node, std::size_t index, LineageGraph& graph) {
    by_table_[to_string(table_of(node))] = index;
    auto done = node.type == ResourceType::Source || node.type == ResourceType::Seed
                    ? read_columns(node, index, graph)
                    : trace_query(node, index, graph);
    if (!done) graph.nodes[index].problem = types::split_error(done.error()).message;
  }

 private:
  Result<void> read_columns(const Node& node, std::size_t index, LineageGraph& graph) {
    const auto table = TRY(tables_.find_table(table_of(node), std::nullopt));
    for (const auto& column : table->columns) graph.nodes[index].columns.push_back(column.name);
    return {};
  }

  Result<void> trace_query(const Node& node, std::size_t index, LineageGraph& graph) {
    if (node.type == ResourceType::Exposure) return {};
    const auto compiled = TRY(compiler_.compile(node));
    const auto statement = TRY(sql::parse_statement(compiled.code));
    const auto* query = dynamic_cast<const sql::QueryStatement*>(statement.get());
    if (query == nullptr) return unsupported("the compiled text is no query");
    analysis::AnalyzerOptions options;
    options.catalog = project_.profile.database;
    options.schema = project_.profile.schema;
    const auto typed = TRY(analysis::analyze_query(*query->query, tables_, options));
    add_edges(analysis::trace_lineage(typed), index, graph);
    std::vector<analysis::TableColumn> columns;
    for (const auto& output : typed.outputs) {
      columns.push_back({.name = to_lower(output.name), .type = output.type});
      graph.nodes[index].columns.push_back(columns.back().name);
    }
    if (node.type == ResourceType::Snapshot) add_snapshot_columns(node, index, graph, columns);
    tables_.add(table_of(node), std::move(columns));
    return {};
  }

  void add_edges(const analysis::QueryLineage& lineage, std::size_t index, LineageGraph& graph) {
    for (const auto& output : lineage.outputs) {
      for (const auto& source : output.sources) {
        auto from = by_table_.find(to_string(source.source.table));
        if (from == by_table_.end() || from->second == index) continue;
        graph.columns.push_back({from->second, source.source.column, index, to_lower(output.name),
                                 source.kind == analysis::LineageKind::PassedThrough
                                     ? ColumnEdgeKind::PassedThrough
                                     : ColumnEdgeKind::Derived});
      }
    }
    for (const auto& column : lineage.deciding) {
      auto from = by_table_.find(to_string(column.table));
      if (from == by_table_.end() || from->second == index) continue;
      graph.columns.push_back({from->second, column.column, index, "", ColumnEdgeKind::FilterOnly});
    }
  }

  // The columns that a snapshot adds: the id comes of the key, the others of the strategy's time.
  static void add_snapshot_columns(const Node& node, std::size_t index, LineageGraph& graph,
                                   std::vector<analysis::TableColumn>& columns) {
    const auto names = project::config_value(node.type, node.config, "snapshot_meta_column_names");
    for (const char* name : {"dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"}) {
      const auto other = names.get(name).text();
      const std::string column = to_lower(other.empty() ? std::string_view(name) : other);
      const types::Type type = std::string_view(name) == "dbt_scd_id"
                                   ? types::make_varchar()
                                   : types::make_timestamp_with_time_zone(6);
      columns.push_back({.name = column, .type = type});
      graph.nodes[index].columns.push_back(column);
    }
  }

  const project::Project& project_;
  WarehouseAdapter& adapter_;
  ProjectTables tables_;
  project::Compiler compiler_;
  std::map<std::string, std::size_t> by_table_;
};

Result<std::uint32_t> find_focus(const Graph& graph, std::string_view name) {
  if (auto found = graph.find(name)) return *found;
  std::vector<std::string> known;
  for (std::uint32_t index = 0; index < graph.size(); ++index) {
    const Node& node = graph.node(index);
    if (!is_shown(node)) continue;
    if (node.name == name || shown_name(node) == name) return index;
    known.push_back(shown_name(node));
  }
  return not_found("there is no model, snapshot, seed or source `{}`{}", name,
                   did_you_mean(name, known));
}

// Parents before children.
std::vector<std::uint32_t> in_order(const Graph& graph, const NodeSet& chosen) {
  std::vector<std::uint32_t> out;
  NodeSet done = graph.none();
  std::vector<std::uint32_t> open = chosen.members();
  while (out.size() < chosen.count()) {
    const std::size_t before = out.size();
    for (std::uint32_t index : open) {
      if (done.has(index)) continue;
      const auto& parents = graph.parents(index);
      const bool ready = std::all_of(parents.begin(), parents.end(), [&](std::uint32_t parent) {
        return !chosen.has(parent) || done.has(parent);
      });
      if (!ready) continue;
      done.add(index);
      out.push_back(index);
    }
    if (out.size() == before) break;  // a cycle, which was an error of the project
  }
  return out;
}

}  // namespace

std::string_view to_string(ColumnEdgeKind kind) {
  switch (kind) {
    case ColumnEdgeKind::PassedThrough:
      return "passed through";
    case ColumnEdgeKind::Derived:
      return "derived";
    case ColumnEdgeKind::FilterOnly:
      return "filter only";
  }
  return "";
}

Result<LineageGraph> trace_project(const project::Project& project, WarehouseAdapter& adapter,
                                   std::string_view name, bool with_columns) {
  const Graph graph = project::make_graph(project);
  const std::uint32_t focus = TRY(find_focus(graph, name));
  NodeSet chosen = graph.none();
  chosen.add(focus);
  NodeSet around = graph.ancestors(chosen);
  around |= graph.descendants(chosen);
  chosen |= around;
  for (std::uint32_t index : chosen.members()) {
    if (!is_shown(graph.node(index))) chosen.remove(index);
  }
  LineageGraph out;
  std::map<std::uint32_t, std::size_t> places;
  Tracer tracer(project, adapter);
  for (std::uint32_t index : in_order(graph, chosen)) {
    const Node& node = graph.node(index);
    const std::size_t place = places[index] = out.nodes.size();
    out.nodes.push_back({std::string(node.unique_id),
                         shown_name(node),
                         shown_kind(node),
                         std::string(node.relation_name),
                         {},
                         {}});
    for (std::uint32_t parent : graph.parents(index)) {
      if (chosen.has(parent)) out.edges.push_back({places.at(parent), place});
    }
    if (with_columns) tracer.trace(node, place, out);
  }
  out.focus = places.at(focus);
  return out;
}

}  // namespace tarn::run
