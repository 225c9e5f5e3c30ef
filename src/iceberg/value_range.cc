// SPDX-License-Identifier: Apache-2.0
#include "iceberg/value_range.h"

#include <algorithm>

namespace tarn::iceberg {

namespace {

using Order = std::strong_ordering;

bool is_day_or_integer(TypeKind kind) {
  return kind == TypeKind::Int || kind == TypeKind::Long || kind == TypeKind::Date;
}

bool is_less(const std::optional<Order>& order) { return order && *order == Order::less; }
bool is_greater(const std::optional<Order>& order) { return order && *order == Order::greater; }

std::optional<Order> order_of(const std::optional<Value>& bound, const Value& literal) {
  if (!bound) return std::nullopt;
  return iceberg::order_of(*bound, literal);
}

bool starts_with(const Value& value, const Value& prefix) {
  return value.kind == TypeKind::String && prefix.kind == TypeKind::String &&
         value.as_bytes().starts_with(prefix.as_bytes());
}

// All values of a range with both ends in a prefix have it.
bool range_starts_with(const ValueRange& range, const Value& prefix) {
  return range.lower && range.upper && starts_with(*range.lower, prefix) &&
         starts_with(*range.upper, prefix);
}

bool is_outside(const ValueRange& range, const Value& literal) {
  return is_greater(order_of(range.lower, literal)) || is_less(order_of(range.upper, literal));
}

// Whether the range is just this value.
bool is_only(const ValueRange& range, const Value& literal) {
  return order_of(range.lower, literal) == Order::equal &&
         order_of(range.upper, literal) == Order::equal;
}

bool may_start_with(const ValueRange& range, const Value& prefix) {
  if (range.lower && is_greater(order_of(range.lower, prefix)) &&
      !starts_with(*range.lower, prefix)) {
    return false;
  }
  return !is_less(order_of(range.upper, prefix));
}

}  // namespace

std::optional<Order> order_of(const Value& value, const Value& literal) {
  if (value.is_null() || literal.is_null()) return std::nullopt;
  if (are_comparable(value.kind, literal.kind)) return compare(value, literal);
  if (is_day_or_integer(value.kind) && is_day_or_integer(literal.kind)) {
    return value.as_int() <=> literal.as_int();
  }
  auto cast = cast_value(value, literal.kind);
  if (!cast || cast->kind != literal.kind || literal.kind == TypeKind::Decimal) {
    return std::nullopt;
  }
  return compare(*cast, literal);
}

std::optional<bool> predicate_holds(const Expression& filter, const Value& value) {
  if (filter.kind == ExpressionKind::NotNull) return true;
  if (filter.kind == ExpressionKind::IsNan) return value.is_nan();
  if (filter.kind == ExpressionKind::NotNan) return !value.is_nan();
  bool found = false;
  Order order = Order::equal;
  for (const Value& literal : filter.literals) {
    const auto known = iceberg::order_of(value, literal);
    if (!known) return std::nullopt;
    order = *known;
    found = found || order == Order::equal;
  }
  const bool nan = value.is_nan();
  switch (filter.kind) {
    case ExpressionKind::Less:
      return !nan && order == Order::less;
    case ExpressionKind::LessOrEqual:
      return !nan && order != Order::greater;
    case ExpressionKind::Greater:
      return !nan && order == Order::greater;
    case ExpressionKind::GreaterOrEqual:
      return !nan && order != Order::less;
    case ExpressionKind::Equal:
    case ExpressionKind::In:
      return found;
    case ExpressionKind::NotEqual:
    case ExpressionKind::NotIn:
      return !found;
    case ExpressionKind::StartsWith:
      return starts_with(value, filter.literals.front());
    case ExpressionKind::NotStartsWith:
      return !starts_with(value, filter.literals.front());
    default:
      return std::nullopt;
  }
}

bool may_match_range(const Expression& filter, const ValueRange& range) {
  if (filter.literals.empty()) return true;
  const Value& literal = filter.literals.front();
  switch (filter.kind) {
    case ExpressionKind::Less: {
      const auto order = order_of(range.lower, literal);
      return !order || *order == Order::less;
    }
    case ExpressionKind::LessOrEqual:
      return !is_greater(order_of(range.lower, literal));
    case ExpressionKind::Greater: {
      const auto order = order_of(range.upper, literal);
      return !order || *order == Order::greater;
    }
    case ExpressionKind::GreaterOrEqual:
      return !is_less(order_of(range.upper, literal));
    case ExpressionKind::Equal:
    case ExpressionKind::In:
      return std::any_of(filter.literals.begin(), filter.literals.end(),
                         [&](const Value& item) { return !is_outside(range, item); });
    case ExpressionKind::StartsWith:
      return may_start_with(range, literal);
    case ExpressionKind::NotStartsWith:
      return !range_starts_with(range, literal);
    default:
      return true;
  }
}

bool must_match_range(const Expression& filter, const ValueRange& range) {
  if (filter.literals.empty()) return false;
  const Value& literal = filter.literals.front();
  switch (filter.kind) {
    case ExpressionKind::Less:
      return is_less(order_of(range.upper, literal));
    case ExpressionKind::LessOrEqual: {
      const auto order = order_of(range.upper, literal);
      return order && *order != Order::greater;
    }
    case ExpressionKind::Greater:
      return is_greater(order_of(range.lower, literal));
    case ExpressionKind::GreaterOrEqual: {
      const auto order = order_of(range.lower, literal);
      return order && *order != Order::less;
    }
    case ExpressionKind::Equal:
    case ExpressionKind::In:
      return std::any_of(filter.literals.begin(), filter.literals.end(),
                         [&](const Value& item) { return is_only(range, item); });
    case ExpressionKind::NotEqual:
    case ExpressionKind::NotIn:
      return std::all_of(filter.literals.begin(), filter.literals.end(),
                         [&](const Value& item) { return is_outside(range, item); });
    case ExpressionKind::StartsWith:
      return range_starts_with(range, literal);
    case ExpressionKind::NotStartsWith:
      return !may_start_with(range, literal);
    default:
      return false;
  }
}

}  // namespace tarn::iceberg
