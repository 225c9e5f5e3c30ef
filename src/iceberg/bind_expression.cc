// SPDX-License-Identifier: Apache-2.0
// Literals of a filter become values of the columns' types, exactly or as the nearest below.
#include <cmath>
#include <limits>

#include "base/time.h"
#include "iceberg/expression.h"
#include "iceberg/expression_walk.h"

namespace tarn::iceberg {

namespace {

constexpr std::int64_t kNanosPerDay = kMicrosPerDay * kNanosPerMicro;

// Where a literal lies among the values of a type: `value` is the literal itself (Exact) or the
// largest value below it (Between).
enum class Place { Exact, Between, BelowAll, AboveAll };
struct Placed {
  Place place = Place::Exact;
  Value value;
};

Placed place_between(Value below) { return {Place::Between, std::move(below)}; }

bool is_integral(TypeKind kind) { return kind == TypeKind::Int || kind == TypeKind::Long; }

Int128 floor_divide_wide(Int128 a, Int128 b) {
  return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0);
}

// REQUIRES: an integer or decimal literal that cast_value() did not take.
Placed place_number(const Value& literal, const Type& type) {
  const bool is_decimal = literal.kind == TypeKind::Decimal;
  const Int128 unscaled = is_decimal ? literal.as_decimal() : Int128{literal.as_int()};
  const int literal_scale = is_decimal ? literal.scale : 0;
  const int column_scale = type.kind == TypeKind::Decimal ? type.scale : 0;
  const Place outside = unscaled < 0 ? Place::BelowAll : Place::AboveAll;
  Int128 floor = 0;
  if (literal_scale > column_scale) {
    floor = floor_divide_wide(unscaled, power_of_ten(literal_scale - column_scale));
  } else if (__builtin_mul_overflow(unscaled, power_of_ten(column_scale - literal_scale), &floor)) {
    return {outside, {}};
  }
  Int128 highest = type.kind == TypeKind::Int ? INT32_MAX : INT64_MAX;
  Int128 lowest = -highest - 1;
  if (type.kind == TypeKind::Decimal) {
    highest = power_of_ten(type.precision) - 1;
    lowest = -highest;
  }
  if (floor < lowest) return {Place::BelowAll, {}};
  if (floor > highest) return {Place::AboveAll, {}};
  if (type.kind == TypeKind::Decimal) return place_between(decimal_value(floor, type.scale));
  const auto number = static_cast<std::int64_t>(floor);
  return place_between(type.kind == TypeKind::Int ? int_value(static_cast<std::int32_t>(number))
                                                  : long_value(number));
}

std::int64_t ticks_in_nanos(TypeKind kind) {
  switch (kind) {
    case TypeKind::Date:
      return kNanosPerDay;
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return kNanosPerMicro;
    default:
      return 1;
  }
}

// REQUIRES: date or timestamp, likewise.
Placed place_time(const Value& literal, const Type& type) {
  const Int128 nanos = Int128{literal.as_int()} * ticks_in_nanos(literal.kind);
  const Int128 floor = floor_divide_wide(nanos, ticks_in_nanos(type.kind));
  const std::int64_t highest = type.kind == TypeKind::Date ? INT32_MAX : INT64_MAX;
  if (floor > highest) return {Place::AboveAll, {}};
  if (floor < -Int128{highest} - 1) return {Place::BelowAll, {}};
  const auto ticks = static_cast<std::int64_t>(floor);
  return place_between(type.kind == TypeKind::Date ? date_value(ticks)
                                                   : timestamp_value(type.kind, ticks));
}

Placed place_float(double literal) {
  const float infinity = std::numeric_limits<float>::infinity();
  float below = infinity;
  if (literal <= static_cast<double>(std::numeric_limits<float>::max())) {
    below = literal < -static_cast<double>(std::numeric_limits<float>::max())
                ? -infinity
                : static_cast<float>(literal);
  }
  if (static_cast<double>(below) > literal) below = std::nextafter(below, -infinity);
  return place_between(float_value(below));
}

bool without_zone(TypeKind kind) {
  return kind == TypeKind::Date || kind == TypeKind::Timestamp || kind == TypeKind::TimestampNs;
}

Result<Placed> place_literal(const Value& literal, const Type& type) {
  if (literal.is_null() || literal.is_nan()) {
    return invalid_input("null and NaN cannot be literals of a filter");
  }
  auto exact = cast_value(literal, type);
  if (exact) return Placed{Place::Exact, std::move(*exact)};
  const bool number = is_integral(literal.kind) || literal.kind == TypeKind::Decimal;
  if (number && (is_integral(type.kind) || type.kind == TypeKind::Decimal)) {
    return place_number(literal, type);
  }
  if ((without_zone(literal.kind) && without_zone(type.kind)) ||
      (is_utc_timestamp(literal.kind) && is_utc_timestamp(type.kind))) {
    return place_time(literal, type);
  }
  if (literal.kind == TypeKind::Double && type.kind == TypeKind::Float) {
    return place_float(literal.as_double());
  }
  return std::move(exact).error();
}

Expression bind_comparison(ExpressionKind kind, int id, Placed placed) {
  const bool upwards = kind == ExpressionKind::Greater || kind == ExpressionKind::GreaterOrEqual;
  const bool downwards = kind == ExpressionKind::Less || kind == ExpressionKind::LessOrEqual;
  if (placed.place == Place::Exact) return predicate(kind, id, std::move(placed.value));
  if (kind == ExpressionKind::NotEqual) return predicate(ExpressionKind::NotNull, id);
  if (!upwards && !downwards) return always_false();
  if (placed.place == Place::Between) {
    return predicate(upwards ? ExpressionKind::Greater : ExpressionKind::LessOrEqual, id,
                     std::move(placed.value));
  }
  const bool all = (placed.place == Place::BelowAll) == upwards;
  return all ? predicate(ExpressionKind::NotNull, id) : always_false();
}

Result<Expression> bind_list(const Expression& expression, const Type& type) {
  std::vector<Value> exact;
  for (const Value& literal : expression.literals) {
    Placed placed = TRY(place_literal(literal, type));
    if (placed.place == Place::Exact) exact.push_back(std::move(placed.value));
  }
  if (exact.empty() && expression.kind == ExpressionKind::NotIn) {
    return predicate(ExpressionKind::NotNull, expression.field_id);
  }
  return in_list(expression.kind, expression.field_id, std::move(exact));
}

Result<Expression> bind_predicate(const Expression& expression, const SchemaIndex& index) {
  const int id = expression.field_id;
  const SchemaIndex::Entry* entry = index.find(id);
  if (entry == nullptr) return invalid_input("filter on the unknown column {}", id);
  if (entry->repeated) {
    return invalid_input("filter on `{}`, which is inside a list or map", entry->name);
  }
  const Type& type = entry->field->type;
  const bool null_check =
      expression.kind == ExpressionKind::IsNull || expression.kind == ExpressionKind::NotNull;
  if (!type.is_primitive() && !null_check) {
    return invalid_input("filter on `{}` of type `{}`", entry->name, to_string(type.kind));
  }
  switch (expression.kind) {
    case ExpressionKind::IsNull:
      return entry->optional ? expression : always_false();
    case ExpressionKind::NotNull:
      return entry->optional ? expression : always_true();
    case ExpressionKind::IsNan:
    case ExpressionKind::NotNan:
      if (type.kind == TypeKind::Float || type.kind == TypeKind::Double) return expression;
      if (expression.kind == ExpressionKind::IsNan) return always_false();
      return predicate(ExpressionKind::NotNull, id);
    case ExpressionKind::In:
    case ExpressionKind::NotIn:
      return bind_list(expression, type);
    case ExpressionKind::StartsWith:
    case ExpressionKind::NotStartsWith:
      if (type.kind != TypeKind::String || expression.literals.at(0).kind != TypeKind::String) {
        return invalid_input("prefix filter on `{}` of type `{}`", entry->name, to_string(type));
      }
      return expression;
    default:
      return bind_comparison(expression.kind, id,
                             TRY(place_literal(expression.literals.at(0), type)));
  }
}

}  // namespace

Result<Expression> bind_expression(const Expression& expression, const Schema& schema) {
  const SchemaIndex index(schema);
  return replace_predicates(expression,
                            [&](const Expression& leaf) { return bind_predicate(leaf, index); });
}

}  // namespace tarn::iceberg
