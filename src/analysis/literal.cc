// SPDX-License-Identifier: Apache-2.0
// Literals, parameters and values of the session.
#include <limits>

#include "analysis/query_analyzer.h"
#include "base/text.h"
#include "types/datetime_text.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;
using types::Value;

TypedExpressionPtr QueryAnalyzer::constant(Type type, Value value, const TextSpan& at) {
  auto node = std::make_unique<TypedExpression>();
  node->kind = TypedKind::Constant;
  node->type = std::move(type);
  node->constant = std::move(value);
  node->at = at;
  return node;
}

QueryAnalyzer::Expression QueryAnalyzer::literal(const sql::IntegerLiteral& node) {
  bool small = node.value >= std::numeric_limits<std::int32_t>::min() &&
               node.value <= std::numeric_limits<std::int32_t>::max();
  return constant(types::make_type(small ? TypeKind::Integer : TypeKind::BigInt), Value(node.value),
                  node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::literal(const sql::DecimalLiteral& node) {
  auto parsed = types::parse_typed_literal("decimal", node.text, options_.time_zone);
  if (!parsed) {
    return named_error("INVALID_LITERAL", node.at, "'{}' is not a valid DECIMAL literal",
                       node.text);
  }
  return constant(std::move(parsed->type), std::move(parsed->value), node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::literal(const sql::StringLiteral& node) {
  auto length = static_cast<std::int64_t>(count_code_points(node.value));
  return constant(types::make_varchar(length), Value(node.value), node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::literal(const sql::IntervalLiteral& node) {
  auto from = static_cast<types::IntervalField>(node.from);
  std::optional<types::IntervalField> to;
  if (node.to) to = static_cast<types::IntervalField>(*node.to);
  auto parsed = types::parse_interval_text(node.text, from, to);
  if (!parsed) return with_name(std::move(parsed).error(), "INVALID_LITERAL", node.at);
  bool months = node.from <= sql::IntervalField::Month;
  auto kind = months ? TypeKind::IntervalYearToMonth : TypeKind::IntervalDayToSecond;
  return constant(types::make_type(kind), Value(node.negative ? -*parsed : *parsed), node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::literal(const sql::TypedLiteral& node) {
  auto parsed = types::parse_typed_literal(node.type.value, node.text, options_.time_zone);
  if (parsed) return constant(std::move(parsed->type), std::move(parsed->value), node.at);
  if (parsed.error().code == ErrorCode::Unsupported) {
    return with_name(std::move(parsed).error(), "NOT_SUPPORTED", node.at);
  }
  if (!types::find_kind(node.type.value) && !types::parse_type(node.type.value)) {
    return named_error("TYPE_NOT_FOUND", node.at, "Unknown type: {}", node.type.value);
  }
  return named_error("INVALID_LITERAL", node.at, "'{}' is not a valid {} literal", node.text,
                     to_upper(node.type.value));
}

QueryAnalyzer::Expression QueryAnalyzer::session_value(const sql::CurrentValue& node) {
  using What = sql::CurrentValue::What;
  auto value = std::make_unique<TypedExpression>();
  value->kind = TypedKind::SessionValue;
  value->at = node.at;
  value->name = to_lower(to_string(node.what));
  std::int64_t precision = node.precision.value_or(types::kTimePrecisionDefault);
  if (precision > types::kTimePrecisionMax) {
    return named_error("INVALID_FUNCTION_ARGUMENT", node.at,
                       "{} precision must be in range [0, {}]: {}", to_string(node.what),
                       types::kTimePrecisionMax, precision);
  }
  int digits = static_cast<int>(precision);
  switch (node.what) {
    case What::Date:
      value->type = types::make_type(TypeKind::Date);
      break;
    case What::Time:
      value->type = types::make_time_with_time_zone(digits);
      break;
    case What::Timestamp:
      value->type = types::make_timestamp_with_time_zone(digits);
      break;
    case What::LocalTime:
      value->type = types::make_time(digits);
      break;
    case What::LocalTimestamp:
      value->type = types::make_timestamp(digits);
      break;
    case What::User:
    case What::Catalog:
    case What::Schema:
    case What::Path:
      value->type = types::make_varchar();
      break;
  }
  return value;
}

QueryAnalyzer::Expression QueryAnalyzer::parameter(const sql::Parameter& node,
                                                   const ExpressionContext& context) {
  if (node.index >= options_.parameters.size()) {
    return named_error("INVALID_PARAMETER_USAGE", node.at,
                       "Incorrect number of parameters: expected {} but found {}", node.index + 1,
                       options_.parameters.size());
  }
  Scope empty;
  ExpressionContext constant_context;
  constant_context.scope = &empty;
  constant_context.tables = context.tables;
  constant_context.clause = "EXECUTE parameter";
  return bind(*options_.parameters[node.index], constant_context);
}

}  // namespace tarn::analysis
