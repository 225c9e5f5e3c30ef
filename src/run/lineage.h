// SPDX-License-Identifier: Apache-2.0
// Lineage of a project's nodes, from sources to consumers: which nodes read which, and column by
// column how each value arises. Made of the compiled SQL and the columns of sources; nothing is run
// but queries for names and types of columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/project.h"
#include "run/warehouse_adapter.h"

namespace tarn::run {

struct LineageNode {
  std::string id;    // unique id
  std::string name;  // `dl_customer_consume`, `onsite_postgres.customer`
  std::string kind;  // `source`, `snapshot`, `incremental`, …
  std::string relation;
  std::vector<std::string> columns;  // in order; only with columns
  // Why the columns of this node are not traced; empty: they are.
  std::string problem;
};

// Indices are those of LineageGraph::nodes.
struct LineageEdge {
  std::size_t from = 0;
  std::size_t to = 0;
  bool operator==(const LineageEdge&) const = default;
};

enum class ColumnEdgeKind { PassedThrough, Derived, FilterOnly };
// `passed through`, `derived`, `filter only`
std::string_view to_string(ColumnEdgeKind kind);

struct ColumnEdge {
  std::size_t from = 0;
  std::string from_column;
  std::size_t to = 0;
  std::string to_column;  // empty: FilterOnly, the column decides about rows of the whole node
  ColumnEdgeKind kind = ColumnEdgeKind::Derived;
};

struct LineageGraph {
  std::size_t focus = 0;
  std::vector<LineageNode> nodes;  // parents before children
  std::vector<LineageEdge> edges;
  std::vector<ColumnEdge> columns;
};

// Everything above and below the node of that name or unique id. NotFound with a suggestion.
Result<LineageGraph> trace_project(const project::Project& project, WarehouseAdapter& adapter,
                                   std::string_view name, bool with_columns);

}  // namespace tarn::run
