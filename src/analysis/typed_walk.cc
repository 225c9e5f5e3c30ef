// SPDX-License-Identifier: Apache-2.0
#include "analysis/typed_walk.h"

namespace tarn::analysis {

namespace {

using SeeExpression = std::function<void(const TypedExpression&)>;
using SeeRelation = std::function<void(const TypedRelation&)>;

void see_keys(const std::vector<SortKey>& keys, const SeeExpression& see) {
  for (const auto& key : keys) see(*key.key);
}

// The expressions and relations right below.
void see_parts(const TypedRelation& node, const SeeExpression& see,
               const SeeRelation& see_relation) {
  for (const auto& input : node.inputs) see_relation(*input);
  for (const auto& expression : node.expressions) see(*expression);
  for (const auto& row : node.rows) {
    for (const auto& value : row) see(*value);
  }
  if (node.condition) see(*node.condition);
  for (const auto& call : node.aggregates) {
    for (const auto& argument : call.arguments) see(*argument);
    see_keys(call.order_by, see);
    if (call.filter) see(*call.filter);
  }
  for (const auto& call : node.windows) {
    for (const auto& argument : call.arguments) see(*argument);
    for (const auto& key : call.partition_by) see(*key);
    see_keys(call.order_by, see);
    see_keys(call.argument_order, see);
    if (call.filter) see(*call.filter);
    if (call.start.distance) see(*call.start.distance);
    if (call.end.distance) see(*call.end.distance);
  }
  if (node.percentage) see(*node.percentage);
  see_keys(node.keys, see);
  for (const auto& definition : node.definitions) {
    see_relation(*definition.relation);
    if (definition.step) see_relation(*definition.step);
  }
}

bool any_relation(const TypedExpression& node,
                  const std::function<bool(const TypedRelation&)>& test) {
  if (node.relation && any_relation(*node.relation, test)) return true;
  for (const auto& child : node.children) {
    if (any_relation(*child, test)) return true;
  }
  return false;
}

// Subqueries aside.
bool calls_chance(const TypedExpression& node) {
  if (node.function != nullptr && !node.function->deterministic) return true;
  for (const auto& child : node.children) {
    if (calls_chance(*child)) return true;
  }
  return false;
}

bool has_chance(const TypedRelation& node) {
  bool found = node.kind == TypedRelationKind::Sample;
  for (const auto& call : node.aggregates) found = found || !call.function->deterministic;
  see_parts(
      node, [&](const TypedExpression& part) { found = found || calls_chance(part); },
      [](const TypedRelation&) {});
  return found;
}

}  // namespace

void collect_columns(const std::vector<SortKey>& keys, ColumnSet& columns) {
  for (const auto& key : keys) collect_columns(*key.key, columns);
}

void collect_columns(const TypedExpression& node, ColumnSet& columns) {
  if (node.kind == TypedKind::Column) columns.insert(node.column);
  for (const auto& child : node.children) collect_columns(*child, columns);
  if (node.relation) collect_columns(*node.relation, columns);
}

void collect_columns(const TypedRelation& node, ColumnSet& columns) {
  see_parts(
      node, [&](const TypedExpression& part) { collect_columns(part, columns); },
      [&](const TypedRelation& part) { collect_columns(part, columns); });
}

bool any_relation(const TypedRelation& node,
                  const std::function<bool(const TypedRelation&)>& test) {
  bool found = test(node);
  see_parts(
      node, [&](const TypedExpression& part) { found = found || any_relation(part, test); },
      [&](const TypedRelation& part) { found = found || any_relation(part, test); });
  return found;
}

bool is_deterministic(const TypedExpression& node) {
  return !calls_chance(node) && !any_relation(node, has_chance);
}

bool is_deterministic(const TypedRelation& node) { return !any_relation(node, has_chance); }

}  // namespace tarn::analysis
