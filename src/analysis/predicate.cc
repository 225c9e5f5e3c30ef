// SPDX-License-Identifier: Apache-2.0
// Comparisons, logic, CASE and subqueries in expressions.
#include <algorithm>

#include "analysis/query_analyzer.h"
#include "base/text.h"
#include "types/coercion.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

namespace {

TypedExpressionPtr make_predicate(TypedKind kind, const TextSpan& at) {
  auto node = std::make_unique<TypedExpression>();
  node->kind = kind;
  node->type = types::make_type(TypeKind::Boolean);
  node->at = at;
  return node;
}

struct ComparisonForm {
  Operator op;
  bool swapped;
  std::string_view sign;
};

// `>` and `>=` are `<` and `<=` with the sides exchanged.
ComparisonForm form_of(sql::ComparisonOperator op) {
  switch (op) {
    case sql::ComparisonOperator::Equal:
      return {Operator::Equal, false, "="};
    case sql::ComparisonOperator::NotEqual:
      return {Operator::NotEqual, false, "<>"};
    case sql::ComparisonOperator::Less:
      return {Operator::LessThan, false, "<"};
    case sql::ComparisonOperator::LessOrEqual:
      return {Operator::LessThanOrEqual, false, "<="};
    case sql::ComparisonOperator::Greater:
      return {Operator::LessThan, true, ">"};
    case sql::ComparisonOperator::GreaterOrEqual:
      return {Operator::LessThanOrEqual, true, ">="};
  }
  return {Operator::Equal, false, "="};
}

}  // namespace

TypedExpressionPtr QueryAnalyzer::negate(TypedExpressionPtr value) {
  auto node = make_predicate(TypedKind::Not, value->at);
  node->children.push_back(std::move(value));
  return node;
}

Result<const FunctionSignature*> QueryAnalyzer::comparison_function(Operator op, const Type& type,
                                                                    const TextSpan& at) {
  const Type operands[] = {type, type};
  auto resolved = resolve_operator(op, operands);
  if (!resolved) return with_name(std::move(resolved).error(), "TYPE_MISMATCH", at);
  return resolved->function;
}

Result<Type> QueryAnalyzer::unify(std::vector<TypedExpressionPtr*> values, std::string_view what) {
  Type common;
  for (TypedExpressionPtr* value : values) {
    auto next = types::common_super_type(common, (*value)->type);
    if (!next) {
      std::vector<std::string> names;
      for (TypedExpressionPtr* item : values) {
        std::string name = text_of((*item)->type);
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
      return named_error("TYPE_MISMATCH", (*value)->at,
                         "{} must be the same type or coercible to a common type. Cannot find "
                         "common type between {} and {}, all types (without duplicates): [{}]",
                         what, text_of(common), text_of((*value)->type), tarn::join(names, ", "));
    }
    common = std::move(*next);
  }
  for (TypedExpressionPtr* value : values) *value = coerce(std::move(*value), common);
  return common;
}

QueryAnalyzer::Expression QueryAnalyzer::comparison(const sql::Comparison& node,
                                                    const ExpressionContext& context) {
  ComparisonForm form = form_of(node.op);
  TypedExpressionPtr left = TRY(bind(*node.left, context));
  TypedExpressionPtr right = TRY(bind(*node.right, context));
  std::string left_type = text_of(left->type);
  std::string right_type = text_of(right->type);
  std::vector<TypedExpressionPtr> operands;
  operands.push_back(std::move(form.swapped ? right : left));
  operands.push_back(std::move(form.swapped ? left : right));
  auto call = operator_call(form.op, std::move(operands), node.at);
  if (!call && code_of_name("TYPE_MISMATCH") == call.error().code) {
    return named_error("TYPE_MISMATCH", node.at, "Cannot apply operator: {} {} {}", left_type,
                       form.sign, right_type);
  }
  return call;
}

QueryAnalyzer::Expression QueryAnalyzer::distinct_from(const sql::DistinctFrom& node,
                                                       const ExpressionContext& context) {
  std::vector<TypedExpressionPtr> operands;
  operands.push_back(TRY(bind(*node.left, context)));
  operands.push_back(TRY(bind(*node.right, context)));
  TypedExpressionPtr call =
      TRY(operator_call(Operator::IsDistinctFrom, std::move(operands), node.at));
  return node.negated ? negate(std::move(call)) : std::move(call);
}

QueryAnalyzer::Expression QueryAnalyzer::logical(const sql::Logical& node,
                                                 const ExpressionContext& context) {
  bool is_and = node.op == sql::LogicalOperator::And;
  auto logical = make_predicate(is_and ? TypedKind::And : TypedKind::Or, node.at);
  for (const auto& term : node.terms) {
    logical->children.push_back(TRY(bind_boolean(*term, context, "Logical expression term")));
  }
  return logical;
}

QueryAnalyzer::Expression QueryAnalyzer::between(const sql::Between& node,
                                                 const ExpressionContext& context) {
  auto between = make_predicate(TypedKind::Between, node.at);
  for (const auto* part : {&node.value, &node.low, &node.high}) {
    between->children.push_back(TRY(bind(**part, context)));
  }
  Type common;
  bool fits = true;
  for (const auto& child : between->children) {
    auto next = types::common_super_type(common, child->type);
    fits = fits && next.has_value();
    if (next) common = std::move(*next);
  }
  if (!fits || !types::is_orderable(common)) {
    return named_error("TYPE_MISMATCH", node.at, "Cannot check if {} is BETWEEN {} and {}",
                       text_of(between->children[0]->type), text_of(between->children[1]->type),
                       text_of(between->children[2]->type));
  }
  for (auto& child : between->children) child = coerce(std::move(child), common);
  between->function = TRY(comparison_function(Operator::LessThanOrEqual, common, node.at));
  return node.negated ? negate(std::move(between)) : std::move(between);
}

QueryAnalyzer::Expression QueryAnalyzer::in_list(const sql::InList& node,
                                                 const ExpressionContext& context) {
  auto in = make_predicate(TypedKind::In, node.at);
  in->children.push_back(TRY(bind(*node.value, context)));
  for (const auto& item : node.items) in->children.push_back(TRY(bind(*item, context)));
  std::vector<TypedExpressionPtr*> pointers;
  for (auto& child : in->children) pointers.push_back(&child);
  Type common = TRY(unify(std::move(pointers), "IN value and list items"));
  in->function = TRY(comparison_function(Operator::Equal, common, node.at));
  return node.negated ? negate(std::move(in)) : std::move(in);
}

QueryAnalyzer::Expression QueryAnalyzer::like(const sql::Like& node,
                                              const ExpressionContext& context) {
  auto like = make_predicate(TypedKind::Like, node.at);
  TypedExpressionPtr value = TRY(bind(*node.value, context));
  TypedExpressionPtr pattern = TRY(bind(*node.pattern, context));
  TypedExpressionPtr escape;
  if (node.escape) escape = TRY(bind(*node.escape, context));
  Type varchar = types::make_varchar();
  auto is_text = [](const Type& type) {
    return type.is(TypeKind::Varchar) || type.is(TypeKind::Unknown);
  };
  if (!is_text(value->type) && !value->type.is(TypeKind::Char)) {
    return named_error("TYPE_MISMATCH", node.value->at,
                       "Left side of LIKE expression must evaluate to a varchar (actual: {})",
                       text_of(value->type));
  }
  if (!is_text(pattern->type)) {
    return named_error("TYPE_MISMATCH", node.pattern->at,
                       "Pattern for LIKE expression must evaluate to a varchar (actual: {})",
                       text_of(pattern->type));
  }
  if (escape && !is_text(escape->type)) {
    return named_error("TYPE_MISMATCH", node.escape->at,
                       "Escape for LIKE expression must evaluate to a varchar (actual: {})",
                       text_of(escape->type));
  }
  if (value->type.is(TypeKind::Unknown)) value = coerce(std::move(value), varchar);
  like->children.push_back(std::move(value));
  like->children.push_back(coerce(std::move(pattern), varchar));
  if (escape) like->children.push_back(coerce(std::move(escape), varchar));
  return node.negated ? negate(std::move(like)) : std::move(like);
}

QueryAnalyzer::Expression QueryAnalyzer::searched_case(const sql::SearchedCase& node,
                                                       const ExpressionContext& context) {
  auto result = make_predicate(TypedKind::Case, node.at);
  for (const auto& branch : node.branches) {
    result->children.push_back(TRY(bind_boolean(*branch.condition, context, "CASE WHEN clause")));
    result->children.push_back(TRY(bind(*branch.result, context)));
  }
  result->children.push_back(node.otherwise ? TRY(bind(*node.otherwise, context))
                                            : constant(Type(), {}, node.at));
  std::vector<TypedExpressionPtr*> results;
  for (std::size_t i = 1; i < result->children.size(); i += 2) {
    results.push_back(&result->children[i]);
  }
  results.push_back(&result->children.back());
  result->type = TRY(unify(std::move(results), "All CASE results"));
  return result;
}

QueryAnalyzer::Expression QueryAnalyzer::simple_case(const sql::SimpleCase& node,
                                                     const ExpressionContext& context) {
  auto result = make_predicate(TypedKind::SimpleCase, node.at);
  result->children.push_back(TRY(bind(*node.operand, context)));
  for (const auto& branch : node.branches) {
    result->children.push_back(TRY(bind(*branch.condition, context)));
    result->children.push_back(TRY(bind(*branch.result, context)));
  }
  result->children.push_back(node.otherwise ? TRY(bind(*node.otherwise, context))
                                            : constant(Type(), {}, node.at));
  auto& children = result->children;
  Type compared = children[0]->type;
  for (std::size_t i = 1; i + 1 < children.size(); i += 2) {
    auto next = types::common_super_type(compared, children[i]->type);
    if (!next) {
      return named_error("TYPE_MISMATCH", node.branches[i / 2].condition->at,
                         "CASE operand type does not match WHEN clause operand type: {} vs {}",
                         text_of(children[0]->type), text_of(children[i]->type));
    }
    compared = std::move(*next);
  }
  std::vector<TypedExpressionPtr*> results;
  children[0] = coerce(std::move(children[0]), compared);
  for (std::size_t i = 1; i + 1 < children.size(); i += 2) {
    children[i] = coerce(std::move(children[i]), compared);
    results.push_back(&children[i + 1]);
  }
  results.push_back(&children.back());
  result->function = TRY(comparison_function(Operator::Equal, compared, node.at));
  result->type = TRY(unify(std::move(results), "All CASE results"));
  return result;
}

Result<BoundRelation> QueryAnalyzer::subquery(const sql::Query& query,
                                              const ExpressionContext& context,
                                              const TextSpan& at) {
  if (lambda_depth_ > 0) {
    return named_error("NOT_SUPPORTED", at, "Lambda expression cannot contain subqueries");
  }
  return this->query(query, context.scope, context.tables);
}

// Several columns become one row, and with `as_row` a single one too.
TypedRelationPtr QueryAnalyzer::single_column(BoundRelation bound, bool as_row) {
  std::vector<const Field*> visible;
  for (const Field& field : bound.fields) {
    if (!field.hidden) visible.push_back(&field);
  }
  auto project = std::make_unique<TypedRelation>();
  project->kind = TypedRelationKind::Project;
  project->span = bound.relation->span;
  if (visible.size() == 1 && !as_row) {
    if (bound.relation->columns.size() == 1) return std::move(bound.relation);
    project->columns.push_back({visible[0]->id, visible[0]->type});
    project->expressions.push_back(column_of(*visible[0], bound.relation->span));
  } else {
    std::vector<types::TypeField> fields;
    auto row = std::make_unique<TypedExpression>();
    row->kind = TypedKind::Row;
    row->at = bound.relation->span;
    for (const Field* field : visible) {
      fields.push_back({field->name, field->type});
      row->children.push_back(column_of(*field, bound.relation->span));
    }
    row->type = types::make_row(std::move(fields));
    project->columns.push_back({new_column(), row->type});
    project->expressions.push_back(std::move(row));
  }
  project->inputs.push_back(std::move(bound.relation));
  return project;
}

QueryAnalyzer::Expression QueryAnalyzer::scalar_subquery(const sql::ScalarSubquery& node,
                                                         const ExpressionContext& context) {
  auto result = make_predicate(TypedKind::ScalarSubquery, node.at);
  result->relation = single_column(TRY(subquery(*node.query, context, node.at)), false);
  result->type = result->relation->columns[0].type;
  return result;
}

QueryAnalyzer::Expression QueryAnalyzer::exists(const sql::Exists& node,
                                                const ExpressionContext& context) {
  auto result = make_predicate(TypedKind::Exists, node.at);
  result->relation = std::move(TRY(subquery(*node.query, context, node.at)).relation);
  return result;
}

// Coerces a value and the one column of a subquery to their common type, which is returned.
Result<Type> QueryAnalyzer::comparable_subquery(TypedExpressionPtr& value,
                                                TypedRelationPtr& relation, const TextSpan& at) {
  const Type& right = relation->columns[0].type;
  auto common = types::common_super_type(value->type, right);
  if (!common) {
    auto as_row = [](const Type& type) {
      if (type.is(TypeKind::Row)) return text_of(type);
      return "row(" + text_of(type) + ")";
    };
    return named_error("TYPE_MISMATCH", at,
                       "Value expression and result of subquery must be of the same type: {} vs {}",
                       as_row(value->type), as_row(right));
  }
  value = coerce(std::move(value), *common);
  const Type types[] = {*common};
  relation = project_casts(std::move(relation), types);
  return *common;
}

QueryAnalyzer::Expression QueryAnalyzer::in_subquery(const sql::InSubquery& node,
                                                     const ExpressionContext& context) {
  auto result = make_predicate(TypedKind::InSubquery, node.at);
  result->children.push_back(TRY(bind(*node.value, context)));
  result->relation = single_column(TRY(subquery(*node.query, context, node.at)),
                                   result->children[0]->type.is(TypeKind::Row));
  Type common = TRY(comparable_subquery(result->children[0], result->relation, node.at));
  result->function = TRY(comparison_function(Operator::Equal, common, node.at));
  return node.negated ? negate(std::move(result)) : std::move(result);
}

QueryAnalyzer::Expression QueryAnalyzer::quantified(const sql::QuantifiedComparison& node,
                                                    const ExpressionContext& context) {
  auto result = make_predicate(TypedKind::Quantified, node.at);
  result->children.push_back(TRY(bind(*node.left, context)));
  result->relation = single_column(TRY(subquery(*node.query, context, node.at)),
                                   result->children[0]->type.is(TypeKind::Row));
  Type common = TRY(comparable_subquery(result->children[0], result->relation, node.at));
  ComparisonForm form = form_of(node.op);
  result->function = TRY(comparison_function(form.op, common, node.at));
  result->swapped = form.swapped;
  result->all = node.quantifier == sql::Quantifier::All;
  result->name = form.sign;
  return result;
}

}  // namespace tarn::analysis
