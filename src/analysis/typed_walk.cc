// SPDX-License-Identifier: Apache-2.0
#include "analysis/typed_walk.h"

namespace tarn::analysis {

void collect_columns(const std::vector<SortKey>& keys, ColumnSet& columns) {
  for (const auto& key : keys) collect_columns(*key.key, columns);
}

void collect_columns(const TypedExpression& node, ColumnSet& columns) {
  if (node.kind == TypedKind::Column) columns.insert(node.column);
  for (const auto& child : node.children) collect_columns(*child, columns);
  if (node.relation) collect_columns(*node.relation, columns);
}

void collect_columns(const TypedRelation& node, ColumnSet& columns) {
  for (const auto& input : node.inputs) collect_columns(*input, columns);
  for (const auto& expression : node.expressions) collect_columns(*expression, columns);
  for (const auto& row : node.rows) {
    for (const auto& value : row) collect_columns(*value, columns);
  }
  if (node.condition) collect_columns(*node.condition, columns);
  for (const auto& call : node.aggregates) {
    for (const auto& argument : call.arguments) collect_columns(*argument, columns);
    collect_columns(call.order_by, columns);
    if (call.filter) collect_columns(*call.filter, columns);
  }
  for (const auto& call : node.windows) {
    for (const auto& argument : call.arguments) collect_columns(*argument, columns);
    for (const auto& key : call.partition_by) collect_columns(*key, columns);
    collect_columns(call.order_by, columns);
    collect_columns(call.argument_order, columns);
    if (call.filter) collect_columns(*call.filter, columns);
  }
  collect_columns(node.keys, columns);
  for (const auto& definition : node.definitions) {
    collect_columns(*definition.relation, columns);
    if (definition.step) collect_columns(*definition.step, columns);
  }
}

}  // namespace tarn::analysis
