// SPDX-License-Identifier: Apache-2.0
// Facts about parts of the typed tree and of printed text.
#include <algorithm>

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

bool can_fail(const TypedExpression& node) {
  if (node.relation) return true;
  if (node.kind == TypedKind::Cast && !node.implicit && !node.null_on_error) return true;
  if (node.kind == TypedKind::Call) {
    constexpr std::string_view kSafe[] = {"$equal",
                                          "$not_equal",
                                          "$less_than",
                                          "$less_than_or_equal",
                                          "$is_distinct_from",
                                          "lower",
                                          "upper",
                                          "length",
                                          "trim",
                                          "concat",
                                          "is_nan"};
    if (std::find(std::begin(kSafe), std::end(kSafe), node.function->name) == std::end(kSafe)) {
      return true;
    }
  }
  return std::any_of(node.children.begin(), node.children.end(),
                     [](const auto& child) { return can_fail(*child); });
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
