// SPDX-License-Identifier: Apache-2.0
// Facts about parts of the typed tree and of printed text.
#include <algorithm>

#include "analysis/typed_walk.h"
#include "base/text.h"
#include "engine/print_state.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;

bool is_floating(const Type& type) { return type.is(TypeKind::Double) || type.is(TypeKind::Real); }

bool may_repeat(std::string_view text) {
  return text.size() <= 120 && text.find("SELECT") == std::string_view::npos &&
         text.find("tarn_call") == std::string_view::npos;
}

bool is_null_constant(const TypedExpression& node) {
  if (node.kind == TypedKind::Cast) return is_null_constant(*node.children[0]);
  return node.kind == TypedKind::Constant && node.constant.is_null();
}

std::optional<std::int64_t> constant_integer(const TypedExpression& node) {
  if (node.kind == TypedKind::Cast && types::is_integral(node.type)) {
    if (!node.implicit || !types::is_integral(node.children[0]->type)) return std::nullopt;
    return constant_integer(*node.children[0]);
  }
  if (node.kind == TypedKind::Call && node.function->name == "$negate" &&
      types::is_integral(node.type)) {
    auto inner = constant_integer(*node.children[0]);
    if (inner && *inner > 0) return -*inner;
    return std::nullopt;
  }
  bool counts = types::is_integral(node.type) || node.type.is(TypeKind::IntervalDayToSecond) ||
                node.type.is(TypeKind::IntervalYearToMonth);
  if (node.kind != TypedKind::Constant || node.constant.is_null() || !counts) return std::nullopt;
  return node.constant.as_int();
}

std::optional<std::string> constant_text(const TypedExpression& node) {
  if (node.kind == TypedKind::Cast && node.implicit && node.type.is(TypeKind::Varchar) &&
      node.children[0]->type.is(TypeKind::Varchar)) {
    return constant_text(*node.children[0]);
  }
  bool fits = node.kind == TypedKind::Constant && node.type.is(TypeKind::Varchar) &&
              !node.constant.is_null();
  if (!fits) return std::nullopt;
  return node.constant.as_text();
}

namespace {

constexpr std::string_view kSafeCalls[] = {"$equal",
                                           "$not_equal",
                                           "$less_than",
                                           "$less_than_or_equal",
                                           "$is_distinct_from",
                                           "lower",
                                           "upper",
                                           "length",
                                           "trim",
                                           "ltrim",
                                           "rtrim",
                                           "concat",
                                           "is_nan",
                                           "is_finite",
                                           "is_infinite",
                                           "strpos",
                                           "substr",
                                           "substring",
                                           "starts_with",
                                           "replace",
                                           "year",
                                           "quarter",
                                           "month",
                                           "day",
                                           "day_of_month",
                                           "day_of_week",
                                           "dow",
                                           "day_of_year",
                                           "doy",
                                           "week",
                                           "week_of_year",
                                           "hour",
                                           "minute",
                                           "second",
                                           "cardinality"};

bool is_safe_call(const TypedExpression& node) {
  constexpr std::string_view kArithmetic[] = {"$add",    "$subtract", "$multiply",
                                              "$divide", "$negate",   "abs"};
  const std::string& name = node.function->name;
  const auto has = [&](const auto& names) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
  };
  return has(kSafeCalls) || (is_floating(node.type) && has(kArithmetic));
}

bool is_safe_cast(const Type& from, const Type& to) {
  if (to.is(TypeKind::Double)) return types::is_numeric(from);
  if (to.is(TypeKind::BigInt)) return types::is_integral(from);
  if (to.is(TypeKind::Date)) {
    return from.is(TypeKind::Timestamp) || from.is(TypeKind::TimestampWithTimeZone);
  }
  const bool is_text = to.is(TypeKind::Varchar) && to.precision == types::kUnboundedLength;
  return is_text && (types::is_numeric(from) || from.is(TypeKind::Varchar) ||
                     from.is(TypeKind::Date) || from.is(TypeKind::Boolean));
}

bool is_risky(const TypedExpression& node) {
  if (node.relation) return true;
  if (node.kind == TypedKind::Cast && !node.implicit && !node.null_on_error) {
    return !is_safe_cast(node.children[0]->type, node.type);
  }
  return node.kind == TypedKind::Call && !is_safe_call(node);
}

}  // namespace

bool can_fail(const TypedExpression& node) {
  return is_risky(node) || std::any_of(node.children.begin(), node.children.end(),
                                       [](const auto& child) { return can_fail(*child); });
}

bool can_fail_on_some_rows(const TypedExpression& node) {
  return !is_constant(node) &&
         (is_risky(node) ||
          std::any_of(node.children.begin(), node.children.end(),
                      [](const auto& child) { return can_fail_on_some_rows(*child); }));
}

bool is_constant(const TypedExpression& node) {
  if (has_subquery(node) || !analysis::is_deterministic(node)) return false;
  analysis::ColumnSet columns;
  analysis::collect_columns(node, columns);
  return columns.empty();
}

bool has_subquery(const TypedExpression& node) {
  return node.relation || std::any_of(node.children.begin(), node.children.end(),
                                      [](const auto& child) { return has_subquery(*child); });
}

std::string field_text(const std::string& row, std::string_view name) {
  return fmt::format("struct_extract({}, {})", row, quote(name, '\''));
}

bool is_instant(const Type& type) {
  return type.is(TypeKind::TimestampWithTimeZone) && type.precision <= 6;
}

}  // namespace tarn::engine
