// SPDX-License-Identifier: Apache-2.0
#include "iceberg/projection.h"

#include <optional>

#include "base/check.h"
#include "base/text.h"
#include "base/time.h"
#include "iceberg/expression_walk.h"

namespace tarn::iceberg {

namespace {

using Projected = std::optional<Expression>;  // nothing = the transform says nothing

enum class Mode { Inclusive, Strict };

// One predicate on the source column and the partition field that it is projected to.
struct Projector {
  const Expression& filter;
  const Transform& transform;
  int target;  // partition field id
  Mode mode;

  const Value& literal() const { return filter.literals.front(); }
  bool strict() const { return mode == Mode::Strict; }

  Expression with(ExpressionKind kind, Value value) const {
    return predicate(kind, target, std::move(value));
  }
  // REQUIRES: a literal of a type that the transform takes.
  Value apply(const Value& value) const {
    auto result = apply_transform(transform, value);
    VERIFY(result.has_value());
    return std::move(*result);
  }
  Expression list(ExpressionKind kind) const {
    std::vector<Value> values;
    for (const Value& value : filter.literals) values.push_back(apply(value));
    return in_list(kind, target, std::move(values));
  }

  Projected project() const;
  Projected project_bucket() const;
  Projected project_steps() const;
  Projected project_prefix() const;
  Projected project_prefix_test() const;
  Projected lowest_truncation(bool below) const;
  bool wraps(const Value& bound) const;
};

// The next value above or below; nothing at the end of the type.
std::optional<Value> neighbor(const Value& value, int step) {
  Value result = value;
  if (auto* number = std::get_if<Int128>(&result.data)) {
    *number += step;
    return result;
  }
  auto& number = std::get<std::int64_t>(result.data);
  if (__builtin_add_overflow(number, step, &number)) return std::nullopt;
  const bool narrow = value.kind == TypeKind::Int || value.kind == TypeKind::Date;
  if (narrow && (number < INT32_MIN || number > INT32_MAX)) return std::nullopt;
  return result;
}

Value plus(Value value, std::int64_t step) {
  std::get<std::int64_t>(value.data) += step;
  return value;
}

bool is_time_transform(const Transform& transform) {
  return transform.kind == TransformKind::Year || transform.kind == TransformKind::Month ||
         transform.kind == TransformKind::Day || transform.kind == TransformKind::Hour;
}

// Old writers rounded times before 1970 towards zero, so that the value in a partition may be one
// too large. The filter must allow for that.
Expression allow_for_rounding(Expression expression, bool strict) {
  const auto number = [&](std::size_t i) { return expression.literals[i].as_int(); };
  switch (expression.kind) {
    case ExpressionKind::LessOrEqual:
      if (!strict && number(0) < 0) expression.literals[0] = plus(expression.literals[0], 1);
      return expression;
    case ExpressionKind::Greater:
      if (strict && number(0) <= 0) expression.literals[0] = plus(expression.literals[0], 1);
      return expression;
    case ExpressionKind::Equal:
    case ExpressionKind::NotEqual:
    case ExpressionKind::In:
    case ExpressionKind::NotIn: {
      const bool positive =
          expression.kind == ExpressionKind::Equal || expression.kind == ExpressionKind::In;
      std::vector<Value> values = expression.literals;
      for (const Value& value : expression.literals) {
        if (value.as_int() < 0) values.push_back(plus(value, 1));
      }
      return in_list(positive ? ExpressionKind::In : ExpressionKind::NotIn, expression.field_id,
                     std::move(values));
    }
    default:
      return expression;
  }
}

Projected Projector::project_bucket() const {
  switch (filter.kind) {
    case ExpressionKind::Equal:
    case ExpressionKind::In:
      if (strict()) return std::nullopt;
      return list(ExpressionKind::In);
    case ExpressionKind::NotEqual:
    case ExpressionKind::NotIn:
      if (!strict()) return std::nullopt;
      return list(ExpressionKind::NotIn);
    default:
      return std::nullopt;
  }
}

// Truncation of the smallest numbers wraps to large ones. Filters from below must take that
// partition in (`below`), strict filters from above must leave it out.
Projected Projector::lowest_truncation(bool below) const {
  if (transform.kind != TransformKind::Truncate) return std::nullopt;
  Value lowest;
  if (literal().kind == TypeKind::Int) lowest = int_value(INT32_MIN);
  if (literal().kind == TypeKind::Long) lowest = long_value(INT64_MIN);
  if (lowest.is_null()) return std::nullopt;
  Value truncated = apply(lowest);
  if (truncated == lowest) return std::nullopt;
  return with(below ? ExpressionKind::Equal : ExpressionKind::NotEqual, std::move(truncated));
}

// Whether the bound itself is among the numbers whose truncation wraps.
bool Projector::wraps(const Value& bound) const {
  return transform.kind == TransformKind::Truncate &&
         compare(apply(bound), bound) == std::strong_ordering::greater;
}

// Transforms that map equal steps of a number or time to one value and keep the order.
Projected Projector::project_steps() const {
  Projected result;
  switch (filter.kind) {
    case ExpressionKind::Less:
    case ExpressionKind::LessOrEqual: {
      const int step = filter.kind == ExpressionKind::Less ? 0 : 1;
      // Strict: below the step of the first value that no longer matches.
      const auto bound = neighbor(literal(), strict() ? step : step - 1);
      if (!bound) {
        // Nothing is below the smallest value; everything is at or below the largest.
        if (step == 0) return always_false();
        return predicate(ExpressionKind::NotNull, target);
      }
      if (strict() && wraps(*bound)) return always_false();
      result = with(strict() ? ExpressionKind::Less : ExpressionKind::LessOrEqual, apply(*bound));
      if (const auto wrapped = lowest_truncation(true); wrapped && !strict()) {
        result = either(std::move(*result), *wrapped);
      }
      break;
    }
    case ExpressionKind::Greater:
    case ExpressionKind::GreaterOrEqual: {
      const int step = filter.kind == ExpressionKind::Greater ? 1 : 0;
      const auto bound = neighbor(literal(), strict() ? step - 1 : step);
      if (!bound) {
        if (step == 1) return always_false();
        return predicate(ExpressionKind::NotNull, target);
      }
      if (!strict() && wraps(*bound)) return predicate(ExpressionKind::NotNull, target);
      result =
          with(strict() ? ExpressionKind::Greater : ExpressionKind::GreaterOrEqual, apply(*bound));
      if (const auto wrapped = lowest_truncation(false); wrapped && strict()) {
        result = both(std::move(*result), *wrapped);
      }
      break;
    }
    case ExpressionKind::Equal:
    case ExpressionKind::In:
      if (strict()) return std::nullopt;
      result = list(ExpressionKind::In);
      break;
    case ExpressionKind::NotEqual:
    case ExpressionKind::NotIn:
      if (!strict()) return std::nullopt;
      result = list(ExpressionKind::NotIn);
      break;
    default:
      return std::nullopt;
  }
  if (is_time_transform(transform)) return allow_for_rounding(std::move(*result), strict());
  return result;
}

// Truncation of text and bytes to a prefix.
Projected Projector::project_prefix() const {
  switch (filter.kind) {
    case ExpressionKind::Less:
    case ExpressionKind::LessOrEqual:
      return with(strict() ? ExpressionKind::Less : ExpressionKind::LessOrEqual, apply(literal()));
    case ExpressionKind::Greater:
    case ExpressionKind::GreaterOrEqual:
      return with(strict() ? ExpressionKind::Greater : ExpressionKind::GreaterOrEqual,
                  apply(literal()));
    case ExpressionKind::Equal:
    case ExpressionKind::In:
      if (strict()) return std::nullopt;
      return list(ExpressionKind::In);
    case ExpressionKind::NotEqual:
    case ExpressionKind::NotIn:
      if (!strict()) return std::nullopt;
      return list(ExpressionKind::NotIn);
    default:
      return project_prefix_test();
  }
}

Projected Projector::project_prefix_test() const {
  const auto width = static_cast<std::size_t>(transform.parameter);
  const std::size_t length = count_code_points(literal().as_bytes());
  const bool positive = filter.kind == ExpressionKind::StartsWith;
  if (length < width) return with(filter.kind, literal());
  if (length == width) {
    return with(positive ? ExpressionKind::Equal : ExpressionKind::NotEqual, literal());
  }
  // Longer than what is kept: all that matches has the prefix, but not the other way round.
  if (positive == strict()) return std::nullopt;
  return with(positive ? ExpressionKind::Equal : ExpressionKind::NotEqual, apply(literal()));
}

Projected Projector::project() const {
  switch (transform.kind) {
    case TransformKind::Void:
    case TransformKind::Unknown:
      return std::nullopt;
    case TransformKind::Identity: {
      Expression same = filter;
      same.field_id = target;
      return same;
    }
    default:
      break;
  }
  // Null goes to null and nothing else does.
  if (filter.kind == ExpressionKind::IsNull || filter.kind == ExpressionKind::NotNull) {
    return predicate(filter.kind, target);
  }
  if (filter.literals.empty()) return std::nullopt;
  if (!can_transform(transform, Type(literal().kind))) return std::nullopt;
  if (transform.kind == TransformKind::Bucket) return project_bucket();
  const bool prefix = literal().kind == TypeKind::String || literal().kind == TypeKind::Binary;
  if (transform.kind == TransformKind::Truncate && prefix) return project_prefix();
  return project_steps();
}

Expression project_predicate(const Expression& filter, const PartitionSpec& spec, Mode mode) {
  Expression result = mode == Mode::Inclusive ? always_true() : always_false();
  for (const PartitionField& field : spec.fields) {
    if (field.source_id != filter.field_id || !field.source_ids.empty()) continue;
    auto projected = Projector{filter, field.transform, field.field_id, mode}.project();
    if (!projected) continue;
    result = mode == Mode::Inclusive ? both(std::move(result), std::move(*projected))
                                     : either(std::move(result), std::move(*projected));
  }
  return result;
}

Result<Expression> project_tree(const Expression& filter, const PartitionSpec& spec, Mode mode) {
  return replace_predicates(filter, [&](const Expression& leaf) -> Result<Expression> {
    return project_predicate(leaf, spec, mode);
  });
}

Result<void> check_bound(const Expression& filter, const Schema& schema) {
  for (const Expression& child : filter.children) TRY(check_bound(child, schema));
  if (filter.kind >= ExpressionKind::IsNull && find_field(schema, filter.field_id) == nullptr) {
    return invalid_input("filter on the unknown column {}", filter.field_id);
  }
  return {};
}

}  // namespace

Result<Expression> project_inclusive(const Expression& filter, const PartitionSpec& spec,
                                     const Schema& schema) {
  TRY(check_bound(filter, schema));
  return project_tree(filter, spec, Mode::Inclusive);
}

Result<Expression> project_strict(const Expression& filter, const PartitionSpec& spec,
                                  const Schema& schema) {
  TRY(check_bound(filter, schema));
  return project_tree(filter, spec, Mode::Strict);
}

}  // namespace tarn::iceberg
