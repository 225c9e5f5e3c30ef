// SPDX-License-Identifier: Apache-2.0
// Function calls: scalar functions and lambdas, special forms, and what is spelled as syntax.
#include <algorithm>

#include "analysis/query_analyzer.h"
#include "base/text.h"
#include "sql/printer.h"
#include "types/coercion.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

namespace {

constexpr int kLambdaDepthMax = 6;

TypedExpressionPtr make_form(TypedKind kind, const TextSpan& at) {
  auto node = std::make_unique<TypedExpression>();
  node->kind = kind;
  node->at = at;
  return node;
}

}  // namespace

Error QueryAnalyzer::not_allowed(const ExpressionContext& context, const sql::Expression& node) {
  const TextSpan& at = context.clause_at.length > 0 ? context.clause_at : node.at;
  if (context.clause == "aggregate") {
    return named_error("NESTED_AGGREGATION", at, "Cannot nest aggregations inside aggregation: {}",
                       sql::print(node));
  }
  if (context.in_window) {
    return named_error("NESTED_WINDOW", node.at, "Cannot nest window functions: {}",
                       sql::print(node));
  }
  return named_error("EXPRESSION_NOT_SCALAR", at,
                     "{} cannot contain aggregations, window functions or grouping operations: "
                     "[{}]",
                     context.clause, sql::print(node));
}

QueryAnalyzer::Expression QueryAnalyzer::named_call(std::string_view name,
                                                    std::vector<TypedExpressionPtr> arguments,
                                                    const TextSpan& at) {
  std::vector<Argument> given;
  for (const auto& argument : arguments) given.push_back(typed_argument(argument->type));
  auto resolved = resolve_function(name, given);
  if (!resolved) {
    bool ambiguous = resolved.error().code == ErrorCode::Conflict;
    return with_name(std::move(resolved).error(),
                     ambiguous ? "AMBIGUOUS_FUNCTION_CALL" : "FUNCTION_NOT_FOUND", at);
  }
  return call_of(*resolved, std::move(arguments), at);
}

QueryAnalyzer::Expression QueryAnalyzer::lambda(const sql::Lambda& node,
                                                std::span<const Type> parameters,
                                                const ExpressionContext& context) {
  if (lambda_depth_ >= kLambdaDepthMax) {
    return named_error("NOT_SUPPORTED", node.at, "lambdas are nested too deeply");
  }
  ++lambda_depth_;
  auto lambda = make_form(TypedKind::Lambda, node.at);
  Scope scope;
  scope.parent = context.scope;
  scope.is_lambda = true;
  for (std::size_t i = 0; i < node.parameters.size(); ++i) {
    Field field;
    field.name = node.parameters[i].value;
    field.type = parameters[i];
    field.id = new_column();
    lambda->parameters.push_back(field.id);
    scope.fields.push_back(std::move(field));
  }
  ExpressionContext inner = context;
  inner.scope = &scope;
  inner.collector = nullptr;
  inner.clause = "Lambda expression";
  inner.clause_at = node.body->at;
  auto body = bind(*node.body, inner);
  --lambda_depth_;
  if (!body) return body;
  lambda->type = types::make_function({parameters.begin(), parameters.end()}, (*body)->type);
  lambda->children.push_back(std::move(*body));
  return lambda;
}

// An error if a lambda has a number of parameters that no overload takes at its place.
Result<void> QueryAnalyzer::check_lambdas(std::string_view name,
                                          const std::vector<sql::ExpressionPtr>& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto* lambda = sql::as<sql::Lambda>(*nodes[i]);
    if (!lambda) continue;
    const std::size_t given = lambda->parameters.size();
    std::optional<std::size_t> wanted;
    bool fits = false;
    for (const FunctionSignature& overload : find_overloads(name)) {
      const auto& arguments = overload.arguments;
      if (arguments.size() != nodes.size() || arguments[i].kind != TypeKind::Function) continue;
      wanted = arguments[i].parts.size() - 1;
      fits = fits || wanted == given;
    }
    if (!wanted || fits) continue;
    return named_error("INVALID_PARAMETER_USAGE", lambda->at,
                       "Expected a lambda that takes {} argument(s) but got {}", *wanted, given);
  }
  return {};
}

// Lambdas are typed while overloads are tried, and once more when the function is known.
Result<QueryAnalyzer::BoundArguments> QueryAnalyzer::resolve_call(
    std::string_view name, const std::vector<sql::ExpressionPtr>& nodes,
    const ExpressionContext& context, const TextSpan& at) {
  std::vector<Argument> given;
  std::vector<TypedExpressionPtr> arguments;
  for (const auto& node : nodes) {
    if (const auto* lambda = sql::as<sql::Lambda>(*node)) {
      auto typer = [this, lambda, &context](std::span<const Type> parameters) -> Result<Type> {
        TypedExpressionPtr bound = TRY(this->lambda(*lambda, parameters, context));
        return bound->children[0]->type;
      };
      given.push_back(lambda_argument(static_cast<int>(lambda->parameters.size()), typer));
      arguments.push_back(nullptr);
    } else {
      arguments.push_back(TRY(bind(*node, context)));
      given.push_back(typed_argument(arguments.back()->type));
    }
  }
  auto resolved = resolve_function(name, given);
  if (!resolved) {
    TRY(check_lambdas(name, nodes));
    bool ambiguous = resolved.error().code == ErrorCode::Conflict;
    return with_name(std::move(resolved).error(),
                     ambiguous ? "AMBIGUOUS_FUNCTION_CALL" : "FUNCTION_NOT_FOUND", at);
  }
  BoundArguments bound;
  bound.function = resolved->function;
  bound.result = std::move(resolved->result);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Type& wanted = resolved->arguments[i];
    const auto* lambda = sql::as<sql::Lambda>(*nodes[i]);
    if (!lambda) {
      bound.arguments.push_back(coerce(std::move(arguments[i]), wanted));
      continue;
    }
    std::vector<Type> parameters;
    for (std::size_t p = 0; p + 1 < wanted.fields.size(); ++p) {
      parameters.push_back(wanted.fields[p].type);
    }
    TypedExpressionPtr typed = TRY(this->lambda(*lambda, parameters, context));
    typed->children[0] = coerce(std::move(typed->children[0]), wanted.fields.back().type);
    typed->type = wanted;
    bound.arguments.push_back(std::move(typed));
  }
  return bound;
}

QueryAnalyzer::Expression QueryAnalyzer::function_call(const sql::FunctionCall& node,
                                                       const ExpressionContext& context) {
  if (node.name.parts.size() > 1) {
    return named_error("FUNCTION_NOT_FOUND", node.at, "Function '{}' not registered",
                       to_string(node.name));
  }
  std::string name = to_lower(node.name.parts[0].value);
  if (name.starts_with('$')) {
    return named_error("NOT_SUPPORTED", node.at, "internal functions cannot be called: {}", name);
  }
  TypedExpressionPtr form;
  if (TRY(special_form(node, context, form))) return form;
  if (node.star_of) return named_error("NOT_SUPPORTED", node.at, "count(t.*) is not supported");
  bool aggregates = is_aggregate(name);
  if (node.star && (name != "count" || !aggregates)) {
    return named_error("FUNCTION_NOT_FOUND", node.at, "Function '{}' cannot be called with *",
                       name);
  }
  if (node.over) return window(node, context);
  if (is_window_only(name)) {
    return named_error("MISSING_OVER", node.at, "Window function {} requires an OVER clause",
                       sql::print(node));
  }
  if (aggregates) return aggregate(node, context);
  if (node.distinct) {
    return named_error("FUNCTION_NOT_AGGREGATE", node.at,
                       "DISTINCT is not supported for non-aggregation functions");
  }
  if (!node.order_by.empty()) {
    return named_error("FUNCTION_NOT_AGGREGATE", node.at,
                       "ORDER BY is only valid for aggregation functions");
  }
  if (node.filter) {
    return named_error("FUNCTION_NOT_AGGREGATE", node.at,
                       "Filter is only valid for aggregation functions");
  }
  BoundArguments bound = TRY(resolve_call(name, node.arguments, context, node.at));
  // Elements are cast, which the signature cannot say.
  if (name == "array_join" && bound.arguments[0]->type.is(TypeKind::Array)) {
    const Type& element = bound.arguments[0]->type.element();
    if (!types::can_cast(element, types::make_varchar())) {
      return named_error("OPERATOR_NOT_FOUND", node.at, "Cannot cast {} to varchar",
                         text_of(element));
    }
  }
  auto call = make_form(TypedKind::Call, node.at);
  call->type = std::move(bound.result);
  call->function = bound.function;
  call->children = std::move(bound.arguments);
  return call;
}

// IF, COALESCE, NULLIF, TRY and FORMAT; the parser has checked the number of arguments.
Result<bool> QueryAnalyzer::special_form(const sql::FunctionCall& node,
                                         const ExpressionContext& context,
                                         TypedExpressionPtr& out) {
  if (node.name.parts[0].quoted || node.star) return false;
  std::string name = to_lower(node.name.parts[0].value);
  if (name == "if") {
    out = TRY(if_form(node, context));
  } else if (name == "coalesce") {
    out = TRY(coalesce_form(node, context));
  } else if (name == "nullif") {
    out = TRY(nullif_form(node, context));
  } else if (name == "try") {
    out = TRY(try_form(node, context));
  } else if (name == "format") {
    out = TRY(format_form(node, context));
  } else {
    return false;
  }
  return true;
}

QueryAnalyzer::Expression QueryAnalyzer::if_form(const sql::FunctionCall& node,
                                                 const ExpressionContext& context) {
  auto form = make_form(TypedKind::Case, node.at);
  form->children.push_back(TRY(bind_boolean(*node.arguments[0], context, "IF condition")));
  form->children.push_back(TRY(bind(*node.arguments[1], context)));
  form->children.push_back(node.arguments.size() > 2 ? TRY(bind(*node.arguments[2], context))
                                                     : constant(Type(), {}, node.at));
  auto common = types::common_super_type(form->children[1]->type, form->children[2]->type);
  if (!common) {
    return named_error("TYPE_MISMATCH", node.at, "Result types for IF must be the same: {} vs {}",
                       text_of(form->children[1]->type), text_of(form->children[2]->type));
  }
  for (std::size_t i : {1, 2}) form->children[i] = coerce(std::move(form->children[i]), *common);
  form->type = std::move(*common);
  return form;
}

QueryAnalyzer::Expression QueryAnalyzer::coalesce_form(const sql::FunctionCall& node,
                                                       const ExpressionContext& context) {
  auto form = make_form(TypedKind::Coalesce, node.at);
  form->children = TRY(bind_all(node.arguments, context));
  std::vector<TypedExpressionPtr*> pointers;
  for (auto& child : form->children) pointers.push_back(&child);
  form->type = TRY(unify(std::move(pointers), "All COALESCE operands"));
  return form;
}

QueryAnalyzer::Expression QueryAnalyzer::nullif_form(const sql::FunctionCall& node,
                                                     const ExpressionContext& context) {
  auto form = make_form(TypedKind::NullIf, node.at);
  form->children = TRY(bind_all(node.arguments, context));
  const Type& first = form->children[0]->type;
  const Type& second = form->children[1]->type;
  auto common = types::common_super_type(first, second);
  if (!common || !types::is_comparable(*common)) {
    return named_error("TYPE_MISMATCH", node.at, "Types are not comparable with NULLIF: {} vs {}",
                       text_of(first), text_of(second));
  }
  form->type = first;
  form->compared_type = std::move(*common);
  form->function = TRY(comparison_function(Operator::Equal, form->compared_type, node.at));
  return form;
}

QueryAnalyzer::Expression QueryAnalyzer::try_form(const sql::FunctionCall& node,
                                                  const ExpressionContext& context) {
  auto form = make_form(TypedKind::Try, node.at);
  form->children = TRY(bind_all(node.arguments, context));
  form->type = form->children[0]->type;
  return form;
}

// format(pattern, a, b): the function takes the rest as one row.
QueryAnalyzer::Expression QueryAnalyzer::format_form(const sql::FunctionCall& node,
                                                     const ExpressionContext& context) {
  auto values = TRY(bind_all(node.arguments, context));
  if (!types::can_coerce(values[0]->type, types::make_varchar())) {
    return named_error("TYPE_MISMATCH", node.arguments[0]->at,
                       "Type of first argument to format() must be VARCHAR (actual: {})",
                       text_of(values[0]->type));
  }
  auto row = make_form(TypedKind::Row, node.at);
  std::vector<Type> types;
  for (std::size_t i = 1; i < values.size(); ++i) {
    types.push_back(values[i]->type);
    row->children.push_back(std::move(values[i]));
  }
  row->type = types::make_anonymous_row(std::move(types));
  std::vector<TypedExpressionPtr> arguments;
  arguments.push_back(std::move(values[0]));
  arguments.push_back(std::move(row));
  return named_call("format", std::move(arguments), node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::concatenation(const sql::Concatenation& node,
                                                       const ExpressionContext& context) {
  std::vector<TypedExpressionPtr> arguments;
  arguments.push_back(TRY(bind(*node.left, context)));
  arguments.push_back(TRY(bind(*node.right, context)));
  return named_call("concat", std::move(arguments), node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::extract(const sql::Extract& node,
                                                 const ExpressionContext& context) {
  using Field = sql::ExtractField;
  TypedExpressionPtr operand = TRY(bind(*node.operand, context));
  std::string name = to_lower(to_string(node.field));
  if (node.field == Field::DayOfMonth) name = "day";
  if (node.field == Field::Dow) name = "day_of_week";
  if (node.field == Field::Doy) name = "day_of_year";
  if (node.field == Field::Yow) name = "year_of_week";
  std::string type = text_of(operand->type);
  // A function of that name may coerce what EXTRACT must not.
  const Type& from = operand->type;
  bool has_zone = from.is(TypeKind::TimestampWithTimeZone) || from.is(TypeKind::TimeWithTimeZone);
  bool wants_zone = node.field == Field::TimezoneHour || node.field == Field::TimezoneMinute;
  bool wants_clock =
      node.field == Field::Hour || node.field == Field::Minute || node.field == Field::Second;
  bool fits = !(wants_zone && !has_zone) && !(wants_clock && from.is(TypeKind::Date));
  if (!fits && !from.is(TypeKind::Unknown)) {
    return named_error("TYPE_MISMATCH", node.operand->at, "Cannot extract {} from {}",
                       to_string(node.field), type);
  }
  std::vector<TypedExpressionPtr> arguments;
  arguments.push_back(std::move(operand));
  auto call = named_call(name, std::move(arguments), node.at);
  if (!call) {
    return named_error("TYPE_MISMATCH", node.operand->at, "Cannot extract {} from {}",
                       to_string(node.field), type);
  }
  return call;
}

QueryAnalyzer::Expression QueryAnalyzer::trim(const sql::Trim& node,
                                              const ExpressionContext& context) {
  std::vector<TypedExpressionPtr> arguments;
  arguments.push_back(TRY(bind(*node.operand, context)));
  if (node.characters) arguments.push_back(TRY(bind(*node.characters, context)));
  std::string_view name = node.side == sql::TrimSide::Leading    ? "ltrim"
                          : node.side == sql::TrimSide::Trailing ? "rtrim"
                                                                 : "trim";
  return named_call(name, std::move(arguments), node.at);
}

}  // namespace tarn::analysis
