// SPDX-License-Identifier: Apache-2.0
// Names, constructors, arithmetic and casts.
#include <algorithm>

#include "analysis/query_analyzer.h"
#include "base/text.h"
#include "sql/printer.h"
#include "types/coercion.h"
#include "types/nested.h"
#include "types/type_text.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

namespace {

constexpr int kDepthMax = 700;
constexpr std::int64_t kWorkMax = 2'000'000;

TypedExpressionPtr make_node(TypedKind kind, Type type, const TextSpan& at) {
  auto node = std::make_unique<TypedExpression>();
  node->kind = kind;
  node->type = std::move(type);
  node->at = at;
  return node;
}

std::string dotted(const std::vector<std::string>& parts) { return join(parts, "."); }

}  // namespace

std::string text_of(const Type& type) { return types::to_string(type); }

Result<void> QueryAnalyzer::check_work(const TextSpan& where) {
  if (depth_ > kDepthMax) {
    return named_error("STACK_OVERFLOW", where, "statement is nested too deeply");
  }
  if (++work_ > kWorkMax) {
    return named_error("QUERY_TOO_LARGE", where, "statement is too complex to analyze");
  }
  return {};
}

// A NULL without a type takes the type; everything else is cast.
TypedExpressionPtr QueryAnalyzer::coerce(TypedExpressionPtr value, const Type& type) {
  if (value->type == type) return value;
  if (value->kind == TypedKind::Constant && value->constant.is_null()) {
    value->type = type;
    return value;
  }
  auto node = make_node(TypedKind::Cast, type, value->at);
  node->implicit = true;
  node->children.push_back(std::move(value));
  return node;
}

QueryAnalyzer::Expression QueryAnalyzer::bind(const sql::Expression& node,
                                              const ExpressionContext& context) {
  Nest nest(*this);
  TRY(check_work(node.at));
  using namespace sql;
  const ExpressionContext& c = context;
  return visit(
      node,
      Overloads{
          [&](const NullLiteral& n) -> Expression { return constant(Type(), {}, n.at); },
          [&](const BooleanLiteral& n) -> Expression {
            return constant(types::make_type(TypeKind::Boolean), types::Value(n.value), n.at);
          },
          [&](const StringLiteral& n) { return literal(n); },
          [&](const BinaryLiteral& n) -> Expression {
            return constant(types::make_type(TypeKind::Varbinary), types::Value(n.value), n.at);
          },
          [&](const IntegerLiteral& n) { return literal(n); },
          [&](const DecimalLiteral& n) { return literal(n); },
          [&](const DoubleLiteral& n) -> Expression {
            return constant(types::make_type(TypeKind::Double), types::Value(n.value), n.at);
          },
          [&](const IntervalLiteral& n) { return literal(n); },
          [&](const TypedLiteral& n) { return literal(n); },
          [&](const Parameter& n) { return parameter(n, c); },
          [&](const ColumnReference& n) { return column(n, {to_lower(n.name.value)}, c); },
          [&](const Dereference& n) { return dereference(n, c); },
          [&](const Subscript& n) { return subscript(n, c); },
          [&](const RowConstructor& n) { return row(n, c); },
          [&](const ArrayConstructor& n) { return array(n, c); },
          [&](const Unary& n) { return unary(n, c); },
          [&](const Arithmetic& n) { return arithmetic(n, c); },
          [&](const Concatenation& n) { return concatenation(n, c); },
          [&](const Comparison& n) { return comparison(n, c); },
          [&](const DistinctFrom& n) { return distinct_from(n, c); },
          [&](const Logical& n) { return logical(n, c); },
          [&](const Not& n) -> Expression {
            return negate(TRY(bind_boolean(*n.operand, c, "Value of logical NOT expression")));
          },
          [&](const Between& n) { return between(n, c); },
          [&](const InList& n) { return in_list(n, c); },
          [&](const InSubquery& n) { return in_subquery(n, c); },
          [&](const Like& n) { return like(n, c); },
          [&](const NullPredicate& n) -> Expression {
            auto is_null = make_node(TypedKind::IsNull, types::make_type(TypeKind::Boolean), n.at);
            is_null->children.push_back(TRY(bind(*n.operand, c)));
            return n.negated ? negate(std::move(is_null)) : std::move(is_null);
          },
          [&](const QuantifiedComparison& n) { return quantified(n, c); },
          [&](const Exists& n) { return exists(n, c); },
          [&](const ScalarSubquery& n) { return scalar_subquery(n, c); },
          [&](const SimpleCase& n) { return simple_case(n, c); },
          [&](const SearchedCase& n) { return searched_case(n, c); },
          [&](const Cast& n) { return cast(n, c); },
          [&](const AtTimeZone& n) { return at_time_zone(n, c); },
          [&](const FunctionCall& n) { return function_call(n, c); },
          [&](const Listagg& n) { return listagg(n, c); },
          [&](const Lambda& n) -> Expression {
            return named_error("TYPE_MISMATCH", n.at,
                               "Lambda expression should always be used inside a function");
          },
          [&](const Extract& n) { return extract(n, c); },
          [&](const Trim& n) { return trim(n, c); },
          [&](const GroupingOperation& n) { return grouping(n, c); },
          [&](const CurrentValue& n) { return session_value(n); },
          [&](const JsonExists& n) { return json_exists(n, c); },
          [&](const JsonValue& n) { return json_value(n, c); },
          [&](const JsonQuery& n) { return json_query(n, c); },
          [&](const JsonObject& n) { return json_object(n, c); },
          [&](const JsonArray& n) { return json_array(n, c); },
          [&](const sql::Expression& n) -> Expression {
            return named_error("NOT_SUPPORTED", n.at, "this expression is not supported yet");
          },
      });
}

QueryAnalyzer::Expression QueryAnalyzer::bind_boolean(const sql::Expression& node,
                                                      const ExpressionContext& context,
                                                      std::string_view what) {
  TypedExpressionPtr value = TRY(bind(node, context));
  Type boolean = types::make_type(TypeKind::Boolean);
  if (!types::can_coerce(value->type, boolean)) {
    bool clause = what.ends_with("clause") && !what.starts_with("CASE");
    return clause
               ? named_error("TYPE_MISMATCH", node.at,
                             "{} must evaluate to a boolean: actual type {}", what,
                             text_of(value->type))
               : named_error("TYPE_MISMATCH", node.at, "{} must evaluate to a boolean (actual: {})",
                             what, text_of(value->type));
  }
  return coerce(std::move(value), boolean);
}

Result<std::vector<TypedExpressionPtr>> QueryAnalyzer::bind_all(
    const std::vector<sql::ExpressionPtr>& nodes, const ExpressionContext& context) {
  std::vector<TypedExpressionPtr> values;
  values.reserve(nodes.size());
  for (const auto& node : nodes) values.push_back(TRY(bind(*node, context)));
  return values;
}

TypedExpressionPtr QueryAnalyzer::column_of(const Field& field, const TextSpan& at) {
  auto node = make_node(TypedKind::Column, field.type, at);
  node->column = field.id;
  return node;
}

// Null if the name is not known at all.
QueryAnalyzer::Expression QueryAnalyzer::column(const sql::Expression& node,
                                                const std::vector<std::string>& parts,
                                                const ExpressionContext& context) {
  FoundField found = find_field(*context.scope, parts);
  // As written, but without quotes.
  const auto* reference = sql::as<sql::ColumnReference>(node);
  const std::string shown = reference != nullptr ? reference->name.value : sql::print(node);
  if (found.ambiguous) {
    return named_error("AMBIGUOUS_NAME", node.at, "Column '{}' is ambiguous", shown);
  }
  if (!found.field) {
    return named_error("COLUMN_NOT_FOUND", node.at, "Column '{}' cannot be resolved", shown);
  }
  if (!found.scope->refused_join.empty()) {
    return named_error("INVALID_COLUMN_REFERENCE", node.at,
                       "LATERAL reference not allowed in {} JOIN", found.scope->refused_join);
  }
  if (found.scope->no_correlation && found.levels > 0) {
    return named_error("NOT_SUPPORTED", node.at,
                       "Reference to column '{}' from outer scope not allowed in this context",
                       shown);
  }
  return column_of(*found.field, node.at);
}

// A qualified column if there is one, else a field of a row.
QueryAnalyzer::Expression QueryAnalyzer::dereference(const sql::Dereference& node,
                                                     const ExpressionContext& context) {
  auto parts = name_parts(node);
  if (parts) {
    FoundField found = find_field(*context.scope, *parts);
    if (found.field || found.ambiguous) return column(node, *parts, context);
    bool prefix_known = false;
    for (std::size_t count = parts->size() - 1; count > 0 && !prefix_known; --count) {
      std::vector<std::string> prefix(parts->begin(),
                                      parts->begin() + static_cast<std::ptrdiff_t>(count));
      FoundField base = find_field(*context.scope, prefix);
      prefix_known = base.field != nullptr || base.ambiguous;
    }
    if (!prefix_known) {
      return named_error("COLUMN_NOT_FOUND", node.at, "Column '{}' cannot be resolved",
                         dotted(*parts));
    }
  }
  return field_of(TRY(bind(*node.base, context)), node);
}

QueryAnalyzer::Expression QueryAnalyzer::field_of(TypedExpressionPtr base,
                                                  const sql::Dereference& node) {
  if (!base->type.is(TypeKind::Row)) {
    return named_error("TYPE_MISMATCH", node.base->at, "Expression {} is not of type ROW",
                       sql::print(*node.base));
  }
  std::optional<std::int32_t> index;
  for (std::size_t i = 0; i < base->type.fields.size(); ++i) {
    const auto& name = base->type.fields[i].name;
    if (!name || !equals_ignore_case(*name, node.field.value)) continue;
    if (index) {
      return named_error("AMBIGUOUS_NAME", node.field.span, "Ambiguous row field reference: {}",
                         node.field.value);
    }
    index = static_cast<std::int32_t>(i);
  }
  if (!index) {
    return named_error("INVALID_COLUMN_REFERENCE", node.at, "Column reference '{}' is invalid",
                       sql::print(node));
  }
  Type type = base->type.fields[static_cast<std::size_t>(*index)].type;
  auto field = make_node(TypedKind::Field, std::move(type), node.at);
  field->index = *index;
  field->children.push_back(std::move(base));
  return field;
}

QueryAnalyzer::Expression QueryAnalyzer::subscript(const sql::Subscript& node,
                                                   const ExpressionContext& context) {
  TypedExpressionPtr base = TRY(bind(*node.base, context));
  if (base->type.is(TypeKind::Row)) {
    const auto* literal = sql::as<sql::IntegerLiteral>(*node.index);
    if (!literal) {
      return named_error("EXPRESSION_NOT_CONSTANT", node.index->at,
                         "Subscript expression on ROW requires a constant index");
    }
    auto count = static_cast<std::int64_t>(base->type.fields.size());
    if (literal->value < 1 || literal->value > count) {
      return named_error("INVALID_FUNCTION_ARGUMENT", node.index->at,
                         "Invalid subscript index: {}. ROW indices are 1 to {}", literal->value,
                         count);
    }
    auto index = static_cast<std::int32_t>(literal->value - 1);
    Type type = base->type.fields[static_cast<std::size_t>(index)].type;
    auto field = make_node(TypedKind::Field, std::move(type), node.at);
    field->index = index;
    field->children.push_back(std::move(base));
    return field;
  }
  std::vector<TypedExpressionPtr> operands;
  operands.push_back(std::move(base));
  operands.push_back(TRY(bind(*node.index, context)));
  return operator_call(Operator::Subscript, std::move(operands), node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::row(const sql::RowConstructor& node,
                                             const ExpressionContext& context) {
  auto items = TRY(bind_all(node.items, context));
  std::vector<Type> types;
  for (const auto& item : items) types.push_back(item->type);
  auto row = make_node(TypedKind::Row, types::make_anonymous_row(std::move(types)), node.at);
  row->children = std::move(items);
  return row;
}

QueryAnalyzer::Expression QueryAnalyzer::array(const sql::ArrayConstructor& node,
                                               const ExpressionContext& context) {
  auto items = TRY(bind_all(node.items, context));
  std::vector<TypedExpressionPtr*> pointers;
  for (auto& item : items) pointers.push_back(&item);
  Type element = TRY(unify(std::move(pointers), "All ARRAY elements"));
  auto array = make_node(TypedKind::Array, types::make_array(std::move(element)), node.at);
  array->children = std::move(items);
  return array;
}

QueryAnalyzer::Expression QueryAnalyzer::unary(const sql::Unary& node,
                                               const ExpressionContext& context) {
  TypedExpressionPtr operand = TRY(bind(*node.operand, context));
  if (!node.negative) {
    bool fits = types::is_numeric(operand->type) && !operand->type.is(TypeKind::Decimal);
    if (!fits) {
      return named_error("TYPE_MISMATCH", node.at,
                         "Unary '+' operator cannot by applied to {} type", text_of(operand->type));
    }
    return operand;
  }
  std::vector<TypedExpressionPtr> operands;
  std::string type = text_of(operand->type);
  operands.push_back(std::move(operand));
  auto call = operator_call(Operator::Negate, std::move(operands), node.at);
  if (!call && type == "unknown") {
    return named_error("AMBIGUOUS_FUNCTION_CALL", node.at,
                       "Could not choose a best candidate operator. Explicit type casts must be "
                       "added.");
  }
  if (!call) return named_error("TYPE_MISMATCH", node.at, "Cannot negate {}", type);
  return call;
}

QueryAnalyzer::Expression QueryAnalyzer::arithmetic(const sql::Arithmetic& node,
                                                    const ExpressionContext& context) {
  static_assert(static_cast<int>(Operator::Modulus) ==
                static_cast<int>(sql::ArithmeticOperator::Modulus));
  std::vector<TypedExpressionPtr> operands;
  operands.push_back(TRY(bind(*node.left, context)));
  operands.push_back(TRY(bind(*node.right, context)));
  return operator_call(static_cast<Operator>(node.op), std::move(operands), node.at);
}

TypedExpressionPtr QueryAnalyzer::call_of(const ResolvedFunction& resolved,
                                          std::vector<TypedExpressionPtr> arguments,
                                          const TextSpan& at) {
  auto call = make_node(TypedKind::Call, resolved.result, at);
  call->function = resolved.function;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    call->children.push_back(coerce(std::move(arguments[i]), resolved.arguments[i]));
  }
  return call;
}

QueryAnalyzer::Expression QueryAnalyzer::operator_call(Operator op,
                                                       std::vector<TypedExpressionPtr> operands,
                                                       const TextSpan& at) {
  std::vector<Type> types;
  for (const auto& operand : operands) types.push_back(operand->type);
  auto resolved = resolve_operator(op, types);
  if (!resolved) {
    bool ambiguous = resolved.error().code == ErrorCode::Conflict;
    bool no_type = resolved.error().message.starts_with("the result of");
    return with_name(std::move(resolved).error(),
                     ambiguous ? "AMBIGUOUS_FUNCTION_CALL"
                     : no_type ? "INVALID_FUNCTION_ARGUMENT"
                               : "TYPE_MISMATCH",
                     at);
  }
  return call_of(*resolved, std::move(operands), at);
}

Result<Type> QueryAnalyzer::data_type(const sql::DataType& type, std::string_view error_name,
                                      const TextSpan& where) {
  std::string text = sql::print(type);
  auto parsed = types::parse_type(text, types::FieldNames::InSql);
  if (parsed) return parsed;
  bool decimal = equals_ignore_case(type.name.value, "decimal") && !type.parameters.empty();
  if (decimal) return named_error("INVALID_FUNCTION_ARGUMENT", where, "{}", parsed.error().message);
  return named_error(error_name, where, "Unknown type: {}", text);
}

QueryAnalyzer::Expression QueryAnalyzer::cast(const sql::Cast& node,
                                              const ExpressionContext& context) {
  Type type = TRY(data_type(node.type, "TYPE_MISMATCH", node.at));
  if (type.is(TypeKind::Unknown)) {
    return named_error("TYPE_MISMATCH", node.at, "UNKNOWN is not a valid type");
  }
  TypedExpressionPtr operand = TRY(bind(*node.operand, context));
  if (!operand->type.is(TypeKind::Unknown) && !types::can_cast(operand->type, type)) {
    return named_error("TYPE_MISMATCH", node.at, "Cannot cast {} to {}", text_of(operand->type),
                       text_of(type));
  }
  // As Trino's optimizer: the text is cast to arrays, maps and rows itself, so that its errors are
  // those of the cast and numbers keep all their digits.
  if (types::is_nested(type) && !node.null_on_error && operand->kind == TypedKind::Call &&
      operand->function->name == "json_parse") {
    operand = std::move(operand->children[0]);
  }
  auto cast = make_node(TypedKind::Cast, std::move(type), node.at);
  cast->null_on_error = node.null_on_error;
  cast->children.push_back(std::move(operand));
  return cast;
}

QueryAnalyzer::Expression QueryAnalyzer::at_time_zone(const sql::AtTimeZone& node,
                                                      const ExpressionContext& context) {
  std::vector<TypedExpressionPtr> operands;
  operands.push_back(TRY(bind(*node.value, context)));
  operands.push_back(TRY(bind(*node.zone, context)));
  std::string type = text_of(operands[0]->type);
  auto call = operator_call(Operator::AtTimeZone, std::move(operands), node.at);
  if (!call) {
    return named_error("TYPE_MISMATCH", node.value->at,
                       "Type of value must be a time or timestamp with or without time zone "
                       "(actual {})",
                       type);
  }
  return call;
}

}  // namespace tarn::analysis
