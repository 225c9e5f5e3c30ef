// SPDX-License-Identifier: Apache-2.0
// Which columns a query reads, by name or by place.
#include "engine/print_state.h"

namespace tarn::engine {

namespace {

using Used = std::unordered_set<ColumnId>;

void mark(const TypedRelation& node, Used& used);

void mark(const TypedExpression& node, Used& used) {
  if (node.kind == TypedKind::Column) used.insert(node.column);
  for (const auto& child : node.children) mark(*child, used);
  if (!node.relation) return;
  for (const auto& column : node.relation->columns) used.insert(column.id);
  mark(*node.relation, used);
}

void mark(const TypedExpressionPtr& node, Used& used) {
  if (node) mark(*node, used);
}

void mark_all(const std::vector<TypedExpressionPtr>& nodes, Used& used) {
  for (const auto& node : nodes) mark(node, used);
}

void mark_keys(const std::vector<analysis::SortKey>& keys, Used& used) {
  for (const auto& key : keys) mark(key.key, used);
}

void mark_columns(const TypedRelation& node, Used& used) {
  for (const auto& column : node.columns) used.insert(column.id);
}

void mark_calls(const TypedRelation& node, Used& used) {
  for (const auto& call : node.aggregates) {
    mark_all(call.arguments, used);
    mark_keys(call.order_by, used);
    mark(call.filter, used);
  }
  for (const auto& call : node.windows) {
    mark_all(call.arguments, used);
    mark_all(call.partition_by, used);
    mark_keys(call.argument_order, used);
    mark_keys(call.order_by, used);
    mark(call.filter, used);
    mark(call.start.distance, used);
    mark(call.end.distance, used);
  }
}

// REQUIRES: what is used of the relation's own columns is marked.
void mark(const TypedRelation& node, Used& used) {
  if (node.kind == TypedRelationKind::Project) {
    for (std::size_t i = 0; i < node.expressions.size(); ++i) {
      if (used.contains(node.columns[i].id)) mark(node.expressions[i], used);
    }
  } else {
    mark_all(node.expressions, used);
  }
  for (const auto& row : node.rows) mark_all(row, used);
  mark(node.condition, used);
  mark(node.percentage, used);
  mark_keys(node.keys, used);
  mark_calls(node, used);
  // Columns that are taken by their place.
  bool by_place =
      node.kind == TypedRelationKind::SetOperation || node.kind == TypedRelationKind::Distinct;
  // The right side of a lateral join refers to the left one: the last input comes first.
  for (std::size_t i = node.inputs.size(); i-- > 0;) {
    if (by_place) mark_columns(*node.inputs[i], used);
    mark(*node.inputs[i], used);
  }
  for (const auto& definition : node.definitions) {
    for (const auto& column : definition.columns) used.insert(column.id);
    mark_columns(*definition.relation, used);
    mark(*definition.relation, used);
    if (!definition.step) continue;
    mark_columns(*definition.step, used);
    mark(*definition.step, used);
  }
}

}  // namespace

void Printer::mark_used(const TypedRelation& relation) {
  for (const auto& column : relation.columns) used_.insert(column.id);
  mark(relation, used_);
  collect_scan_filters(relation, filters_);
  knows_used_ = true;
}

void Printer::mark_used(const TypedExpression& expression) {
  mark(expression, used_);
  collect_scan_filters(expression, filters_);
  knows_used_ = true;
}

}  // namespace tarn::engine
