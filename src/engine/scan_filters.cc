// SPDX-License-Identifier: Apache-2.0
#include "engine/scan_filters.h"

#include <algorithm>

#include "analysis/typed_walk.h"
#include "engine/print_state.h"

namespace tarn::engine {

namespace {

using analysis::ColumnSet;
using analysis::JoinKind;
using analysis::TypedExpressionPtr;
using analysis::TypedSetOperator;

using Given = std::unordered_map<ColumnId, const TypedExpression*>;

// A column, perhaps below casts: what a source may understand.
bool is_column_or_cast(const TypedExpression& node) {
  if (node.kind == TypedKind::Column) return true;
  return node.kind == TypedKind::Cast && is_column_or_cast(*node.children[0]);
}

// Puts in what the columns are made of; false if one of them is computed.
bool substitute(TypedExpressionPtr& node, const Given& given) {
  if (node->kind == TypedKind::Column) {
    const auto found = given.find(node->column);
    if (found == given.end()) return true;
    if (!is_column_or_cast(*found->second)) return false;
    node = analysis::clone(*found->second);
    return true;
  }
  return std::all_of(node->children.begin(), node->children.end(),
                     [&](auto& child) { return substitute(child, given); });
}

class Collector {
 public:
  explicit Collector(ScanFilters& filters) : filters_(filters) {}

  void visit(const TypedRelation& node) {
    if (node.kind == TypedRelationKind::Filter) push_terms(*node.condition, *node.inputs[0]);
    if (node.kind == TypedRelationKind::Join && node.condition) {
      const bool inner = node.join == JoinKind::Inner || node.join == JoinKind::Cross;
      if (inner || node.join == JoinKind::Right) push_terms(*node.condition, *node.inputs[0]);
      if (inner || node.join == JoinKind::Left) push_terms(*node.condition, *node.inputs[1]);
    }
  }

 private:
  void push_terms(const TypedExpression& condition, const TypedRelation& to) {
    if (condition.kind == TypedKind::And) {
      for (const auto& term : condition.children) push_terms(*term, to);
      return;
    }
    if (has_subquery(condition) || !analysis::is_deterministic(condition)) return;
    push(condition, to);
  }

  // REQUIRES: rows of `to` for which the term is not true do not count.
  void push(const TypedExpression& term, const TypedRelation& to) {
    switch (to.kind) {
      case TypedRelationKind::Scan:
        return add(term, to);
      case TypedRelationKind::Filter:
      case TypedRelationKind::Sort:
      case TypedRelationKind::Distinct:
      case TypedRelationKind::With:
        return push(term, *to.inputs[0]);
      case TypedRelationKind::Project:
        return push_below(term, to.columns, to.expressions, *to.inputs[0]);
      case TypedRelationKind::Join:
        return push_to_sides(term, to);
      case TypedRelationKind::Aggregate:
        return push_below_groups(term, to);
      case TypedRelationKind::SetOperation:
        if (to.set_operator != TypedSetOperator::Union) return;
        for (const auto& input : to.inputs) push_to_input(term, to, *input);
        return;
      default:
        return;  // a condition before it would be another one
    }
  }

  void push_below(const TypedExpression& term, const std::vector<analysis::OutputColumn>& columns,
                  const std::vector<TypedExpressionPtr>& expressions, const TypedRelation& input) {
    Given given;
    for (std::size_t i = 0; i < columns.size(); ++i) given.emplace(columns[i].id, &*expressions[i]);
    auto copy = analysis::clone(term);
    if (substitute(copy, given)) push(*copy, input);
  }

  void push_to_sides(const TypedExpression& term, const TypedRelation& join) {
    const bool inner = join.join == JoinKind::Inner || join.join == JoinKind::Cross;
    // The other side's rows would come back with NULLs.
    if (inner || join.join == JoinKind::Left) push_to_side(term, *join.inputs[0]);
    if (inner || join.join == JoinKind::Right) push_to_side(term, *join.inputs[1]);
  }

  void push_to_side(const TypedExpression& term, const TypedRelation& side) {
    ColumnSet there;
    for (const auto& column : side.columns) there.insert(column.id);
    if (reads_only(term, there)) push(term, side);
  }

  // Whole groups go if only keys are asked.
  void push_below_groups(const TypedExpression& term, const TypedRelation& groups) {
    if (!groups.sets.empty() || groups.expressions.empty()) return;
    ColumnSet keys;
    for (const auto& key : groups.expressions) {
      if (key->kind == TypedKind::Column) keys.insert(key->column);
    }
    if (reads_only(term, keys)) push(term, *groups.inputs[0]);
  }

  void push_to_input(const TypedExpression& term, const TypedRelation& all,
                     const TypedRelation& input) {
    std::vector<TypedExpressionPtr> columns;
    for (const auto& column : input.columns) {
      columns.push_back(analysis::column_node(column.id, column.type));
    }
    push_below(term, all.columns, columns, input);
  }

  static bool reads_only(const TypedExpression& term, const ColumnSet& columns) {
    ColumnSet read;
    analysis::collect_columns(term, read);
    return !read.empty() &&
           std::all_of(read.begin(), read.end(), [&](ColumnId id) { return columns.contains(id); });
  }

  void add(const TypedExpression& term, const TypedRelation& scan) {
    auto& filter = filters_[&scan];
    if (!filter) {
      filter = analysis::clone(term);
      return;
    }
    if (filter->kind != TypedKind::And) {
      auto all = std::make_unique<TypedExpression>();
      all->kind = TypedKind::And;
      all->type = term.type;
      all->at = filter->at;
      all->children.push_back(std::move(filter));
      filter = std::move(all);
    }
    filter->children.push_back(analysis::clone(term));
  }

  ScanFilters& filters_;
};

}  // namespace

void collect_scan_filters(const TypedRelation& relation, ScanFilters& filters) {
  Collector collector(filters);
  analysis::any_relation(relation, [&](const TypedRelation& node) {
    collector.visit(node);
    return false;
  });
}

void collect_scan_filters(const TypedExpression& expression, ScanFilters& filters) {
  if (expression.relation) collect_scan_filters(*expression.relation, filters);
  for (const auto& child : expression.children) collect_scan_filters(*child, filters);
}

}  // namespace tarn::engine
