// SPDX-License-Identifier: Apache-2.0
#include "engine/correlation.h"

#include <unordered_set>

#include "analysis/typed_walk.h"
#include "types/error_name.h"

namespace tarn::engine {

namespace {

using analysis::ColumnId;
using analysis::ColumnSet;
using analysis::TypedExpression;
using analysis::TypedExpressionPtr;
using analysis::TypedKind;
using analysis::TypedRelation;
using analysis::TypedRelationKind;

enum class Use : std::uint8_t { Scalar, Exists, In, Lateral };

void add_made(const TypedRelation& node, ColumnSet& made);

void add_made(const TypedExpression& node, ColumnSet& made) {
  for (ColumnId id : node.parameters) made.insert(id);
  for (const auto& child : node.children) add_made(*child, made);
  if (node.relation) add_made(*node.relation, made);
}

void add_made(const TypedExpressionPtr& node, ColumnSet& made) {
  if (node) add_made(*node, made);
}

// All ids that some operator below gives.
void add_made(const TypedRelation& node, ColumnSet& made) {
  for (const auto& column : node.columns) made.insert(column.id);
  for (const auto& input : node.inputs) add_made(*input, made);
  for (const auto& expression : node.expressions) add_made(expression, made);
  for (const auto& row : node.rows) {
    for (const auto& value : row) add_made(value, made);
  }
  add_made(node.condition, made);
  for (const auto& definition : node.definitions) {
    add_made(*definition.relation, made);
    if (definition.step) add_made(*definition.step, made);
  }
  for (const auto& call : node.aggregates) {
    for (const auto& argument : call.arguments) add_made(argument, made);
  }
  for (const auto& call : node.windows) {
    for (const auto& argument : call.arguments) add_made(argument, made);
  }
}

class SubqueryCheck {
 public:
  SubqueryCheck(const TypedRelation& relation, Use use) : relation_(relation), use_(use) {
    add_made(relation, made_);
    ColumnSet read;
    collect_columns(relation, read);
    for (ColumnId id : read) is_correlated_ = is_correlated_ || !made_.contains(id);
  }

  bool is_supported() { return !is_correlated_ || walk(relation_, true); }

  // Rows around it that are equal in what it reads would share one computation.
  bool shares_chance() const { return is_correlated_ && !is_deterministic(relation_); }

 private:
  bool is_outer(const TypedExpression& node) const {
    ColumnSet read;
    collect_columns(node, read);
    for (ColumnId id : read) {
      if (!made_.contains(id)) return true;
    }
    return false;
  }

  bool any_outer(const std::vector<TypedExpressionPtr>& nodes) const {
    for (const auto& node : nodes) {
      if (is_outer(*node)) return true;
    }
    return false;
  }

  static bool is_global(const TypedRelation& node) {
    return node.kind == TypedRelationKind::Aggregate && node.expressions.empty() &&
           node.sets.empty();
  }

  bool reads_inner(const TypedExpression& node) const {
    ColumnSet read;
    collect_columns(node, read);
    for (ColumnId id : read) {
      if (made_.contains(id)) return true;
    }
    return false;
  }

  // A column of the subquery that equals something from outside.
  bool is_simple_equality(const TypedExpression& node) const {
    if (node.kind != TypedKind::Call || node.function->name != "$equal") return false;
    const TypedExpression& a = *node.children[0];
    const TypedExpression& b = *node.children[1];
    return (a.kind == TypedKind::Column && made_.contains(a.column) && !reads_inner(b)) ||
           (b.kind == TypedKind::Column && made_.contains(b.column) && !reads_inner(a));
  }

  void note_condition(const TypedExpression& node) {
    if (node.kind == TypedKind::And) {
      for (const auto& child : node.children) note_condition(*child);
      return;
    }
    if (!is_outer(node)) return;
    has_filter_ = true;
    bool mixed = reads_inner(node);
    has_other_filter_ = has_other_filter_ || (mixed && !is_simple_equality(node));
  }

  // One row whatever the data is.
  static bool is_single_row(const TypedRelation& node) {
    switch (node.kind) {
      case TypedRelationKind::OneRow:
        return true;
      case TypedRelationKind::Values:
        return node.rows.size() == 1;
      case TypedRelationKind::Project:
      case TypedRelationKind::Limit:
      case TypedRelationKind::Sort:
        return is_single_row(*node.inputs[0]);
      case TypedRelationKind::Filter: {
        ColumnSet read;
        collect_columns(*node.condition, read);
        const TypedExpression& condition = *node.condition;
        bool is_false = condition.kind == TypedKind::Constant &&
                        (condition.constant.is_null() || !condition.constant.as_bool());
        return read.empty() && !is_false && is_single_row(*node.inputs[0]);
      }
      default:
        return false;
    }
  }

  static bool reads_table(const TypedRelation& node) {
    if (node.kind == TypedRelationKind::Scan) return true;
    for (const auto& input : node.inputs) {
      if (reads_table(*input)) return true;
    }
    return false;
  }

  bool any_outer_subquery(const TypedExpression& node) const {
    if (node.relation && is_outer(node)) return true;
    for (const auto& child : node.children) {
      if (any_outer_subquery(*child)) return true;
    }
    return false;
  }

  bool walk_project(const TypedRelation& node, bool is_top) {
    const TypedRelation& input = *node.inputs[0];
    if (any_outer(node.expressions)) {
      bool one_row = is_single_row(input) && use_ != Use::In;
      for (const auto& expression : node.expressions) {
        one_row = one_row && !any_outer_subquery(*expression);
      }
      bool pruned = use_ == Use::Exists && is_top;
      if (!one_row && !pruned && !is_global(input)) return false;
    }
    if (!walk(input, is_top)) return false;
    for (const auto& expression : node.expressions) {
      computes_ = computes_ || expression->kind != TypedKind::Column;
    }
    return true;
  }

  // Tells what is below first: the notes are of the part that was walked.
  bool walk(const TypedRelation& node, bool is_top) {
    switch (node.kind) {
      case TypedRelationKind::Project:
        return walk_project(node, is_top);
      case TypedRelationKind::Filter:
        if (!walk(*node.inputs[0], is_top)) return false;
        note_condition(*node.condition);
        return true;
      case TypedRelationKind::Limit:
        if (!walk(*node.inputs[0], is_top)) return false;
        return !has_filter_ || aggregates_ > 0 || (!has_other_filter_ && !computes_ && !groups_);
      case TypedRelationKind::Aggregate:
        return walk_aggregate(node);
      case TypedRelationKind::Window:
        for (const auto& call : node.windows) {
          if (any_outer(call.partition_by) || any_outer(call.arguments)) return false;
        }
        return walk(*node.inputs[0], is_top);
      case TypedRelationKind::Join:
        return walk_join(node);
      default:
        for (const auto& input : node.inputs) {
          if (!walk(*input, false)) return false;
        }
        return true;
    }
  }

  bool walk_join(const TypedRelation& node) {
    const TypedRelation& right = *node.inputs[1];
    if (right.kind == TypedRelationKind::Unnest && any_outer(right.expressions)) {
      if (!is_single_row(*node.inputs[0])) return false;
      unnests_ = true;
      return true;
    }
    bool outer_row = right.kind == TypedRelationKind::Project && any_outer(right.expressions);
    if (outer_row && reads_table(*node.inputs[0])) return false;
    return walk(*node.inputs[0], false) && walk(right, false);
  }

  bool walk_aggregate(const TypedRelation& node) {
    if (!walk(*node.inputs[0], false)) return false;
    for (const auto& call : node.aggregates) {
      if (unnests_ && call.filter) return false;
    }
    computes_ = false;
    if (!has_filter_) return true;
    if (is_global(node)) return ++aggregates_ == 1;
    groups_ = true;
    return use_ != Use::Exists || !has_other_filter_;
  }

  const TypedRelation& relation_;
  Use use_;
  ColumnSet made_;
  bool is_correlated_ = false;
  bool has_filter_ = false;
  bool has_other_filter_ = false;
  bool computes_ = false;
  bool groups_ = false;
  bool unnests_ = false;
  int aggregates_ = 0;
};

Use use_of(TypedKind kind) {
  switch (kind) {
    case TypedKind::Exists:
      return Use::Exists;
    case TypedKind::InSubquery:
    case TypedKind::Quantified:
      return Use::In;
    default:
      return Use::Scalar;
  }
}

Result<void> check_one(const TypedRelation& relation, Use use, const TextSpan& where) {
  SubqueryCheck check(relation, use);
  if (check.is_supported()) {
    if (!check.shares_chance()) return ok();
    return types::named_error("NOT_SUPPORTED", where,
                              "a random function in a correlated subquery is not supported");
  }
  return types::named_error("NOT_SUPPORTED", where, "Given correlated subquery is not supported");
}

Result<void> check(const TypedRelation& node);

Result<void> check(const TypedExpression& node) {
  if (node.relation) {
    Use use = use_of(node.kind);
    TRY(check_one(*node.relation, use, use == Use::Scalar ? node.relation->span : node.at));
    TRY(check(*node.relation));
  }
  for (const auto& child : node.children) TRY(check(*child));
  return ok();
}

Result<void> check_all(const std::vector<TypedExpressionPtr>& nodes) {
  for (const auto& node : nodes) TRY(check(*node));
  return ok();
}

Result<void> check_calls(const TypedRelation& node) {
  for (const auto& call : node.aggregates) {
    TRY(check_all(call.arguments));
    if (call.filter) TRY(check(*call.filter));
  }
  for (const auto& call : node.windows) TRY(check_all(call.arguments));
  for (const auto& key : node.keys) TRY(check(*key.key));
  return ok();
}

Result<void> check(const TypedRelation& node) {
  if (node.kind == TypedRelationKind::Join && node.lateral &&
      node.inputs[1]->kind != TypedRelationKind::Unnest) {
    TRY(check_one(*node.inputs[1], Use::Lateral, node.inputs[1]->span));
  }
  TRY(check_all(node.expressions));
  for (const auto& row : node.rows) TRY(check_all(row));
  if (node.condition) TRY(check(*node.condition));
  TRY(check_calls(node));
  for (const auto& input : node.inputs) TRY(check(*input));
  for (const auto& definition : node.definitions) {
    TRY(check(*definition.relation));
    if (definition.step) TRY(check(*definition.step));
  }
  return ok();
}

}  // namespace

Result<void> check_correlation(const analysis::TypedQuery& query) { return check(*query.relation); }

}  // namespace tarn::engine
