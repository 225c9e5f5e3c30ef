// SPDX-License-Identifier: Apache-2.0
#include "types/coercion.h"

#include <algorithm>
#include <utility>

namespace tarn::types {
namespace {

struct Compatibility {
  Type super_type;
  bool coercible = false;  // from → to
};

Compatibility compatible_with(Type super_type, const Type& to) {
  const bool coercible = super_type == to;
  return {std::move(super_type), coercible};
}

Type common_decimal(const Type& a, const Type& b) {
  const int scale = std::max(a.scale, b.scale);
  const int digits = std::max(a.precision - a.scale, b.precision - b.scale);
  return make_decimal(std::min(38, digits + scale), scale);
}

std::optional<Compatibility> find_compatibility(const Type& from, const Type& to);

std::optional<Compatibility> compatibility_of_parts(const Type& from, const Type& to) {
  if (from.fields.size() != to.fields.size()) return std::nullopt;
  Compatibility result{from, true};
  for (std::size_t i = 0; i < from.fields.size(); ++i) {
    auto part = find_compatibility(from.fields[i].type, to.fields[i].type);
    if (!part) return std::nullopt;
    result.coercible = result.coercible && part->coercible;
    result.super_type.fields[i].type = std::move(part->super_type);
    if (from.fields[i].name != to.fields[i].name) result.super_type.fields[i].name.reset();
  }
  return result;
}

std::optional<Compatibility> compatibility_of_same_kind(const Type& from, const Type& to) {
  switch (from.kind) {
    case TypeKind::Decimal:
      return compatible_with(common_decimal(from, to), to);
    case TypeKind::Varchar:
    case TypeKind::Char:
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return compatible_with(from.precision >= to.precision ? from : to, to);
    case TypeKind::Row:
    case TypeKind::Array:
    case TypeKind::Map:
      return compatibility_of_parts(from, to);
    default:
      return std::nullopt;
  }
}

std::optional<Compatibility> find_compatibility(const Type& from, const Type& to) {
  if (from == to) return Compatibility{to, true};
  if (from.is(TypeKind::Unknown)) return Compatibility{to, true};
  if (to.is(TypeKind::Unknown)) return Compatibility{from, false};
  if (from.kind == to.kind) return compatibility_of_same_kind(from, to);
  if (const auto coerced = coerce_to_base(from, to.kind)) return find_compatibility(*coerced, to);
  if (const auto coerced = coerce_to_base(to, from.kind)) {
    auto reverse = find_compatibility(from, *coerced);
    if (reverse) reverse->coercible = false;
    return reverse;
  }
  return std::nullopt;
}

std::optional<Type> coerce_unknown(TypeKind target) {
  switch (target) {
    case TypeKind::Boolean:
    case TypeKind::BigInt:
    case TypeKind::Integer:
    case TypeKind::Double:
    case TypeKind::Real:
    case TypeKind::Varbinary:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
    case TypeKind::HyperLogLog:
    case TypeKind::SetDigest:
    case TypeKind::P4HyperLogLog:
    case TypeKind::Json:
    case TypeKind::IntervalYearToMonth:
    case TypeKind::IntervalDayToSecond:
    case TypeKind::RegularExpression:
    case TypeKind::JsonPath:
    case TypeKind::Color:
    case TypeKind::CodePoints:
      return make_type(target);
    case TypeKind::Varchar:
      return make_varchar(0);
    case TypeKind::Char:
      return make_char(0);
    case TypeKind::Decimal:
      return make_decimal(1, 0);
    default:
      return std::nullopt;
  }
}

int decimal_digits(TypeKind integral) {
  switch (integral) {
    case TypeKind::TinyInt:
      return 3;
    case TypeKind::SmallInt:
      return 5;
    case TypeKind::Integer:
      return 10;
    default:
      return 19;
  }
}

std::optional<Type> coerce_text(const Type& source, TypeKind target) {
  switch (target) {
    case TypeKind::Char:  // only from varchar: the char kind itself never gets here
      return make_char(std::min(source.precision, kCharLengthMax));
    case TypeKind::RegularExpression:
    case TypeKind::JsonPath:
    case TypeKind::CodePoints:
      return make_type(target);
    default:
      return std::nullopt;
  }
}

std::optional<Type> coerce_integral(const Type& source, TypeKind target) {
  if (target > source.kind && target <= TypeKind::Double) return make_type(target);
  if (target == TypeKind::Decimal) return make_decimal(decimal_digits(source.kind), 0);
  return std::nullopt;
}

}  // namespace

std::optional<Type> coerce_to_base(const Type& source, TypeKind target) {
  if (source.kind == target) return source;
  switch (source.kind) {
    case TypeKind::Unknown:
      return coerce_unknown(target);
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return coerce_integral(source, target);
    case TypeKind::Decimal:
      if (target == TypeKind::Real || target == TypeKind::Double) return make_type(target);
      return std::nullopt;
    case TypeKind::Real:
      if (target == TypeKind::Double) return make_type(target);
      return std::nullopt;
    case TypeKind::Date:
      if (target == TypeKind::Timestamp) return make_timestamp(0);
      if (target == TypeKind::TimestampWithTimeZone) return make_timestamp_with_time_zone(0);
      return std::nullopt;
    case TypeKind::Time:
      if (target != TypeKind::TimeWithTimeZone) return std::nullopt;
      return make_time_with_time_zone(source.precision);
    case TypeKind::Timestamp:
      if (target != TypeKind::TimestampWithTimeZone) return std::nullopt;
      return make_timestamp_with_time_zone(source.precision);
    case TypeKind::Varchar:
      return coerce_text(source, target);
    case TypeKind::Char:
      return target == TypeKind::Varchar ? std::nullopt : coerce_text(source, target);
    case TypeKind::P4HyperLogLog:
      if (target == TypeKind::HyperLogLog) return make_type(target);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

bool can_coerce(const Type& from, const Type& to) {
  const auto compatibility = find_compatibility(from, to);
  return compatibility && compatibility->coercible;
}

std::optional<Type> common_super_type(const Type& a, const Type& b) {
  auto compatibility = find_compatibility(a, b);
  if (!compatibility) return std::nullopt;
  return std::move(compatibility->super_type);
}

std::optional<Type> common_super_type(std::span<const Type> types) {
  Type common = make_type(TypeKind::Unknown);
  for (const Type& type : types) {
    auto next = common_super_type(common, type);
    if (!next) return std::nullopt;
    common = std::move(*next);
  }
  return common;
}

bool is_type_only_coercion(const Type& from, const Type& to) {
  if (from == to) return true;
  if (from.kind != to.kind || from.fields.size() != to.fields.size()) return false;
  switch (from.kind) {
    case TypeKind::Varchar:
      return to.precision >= from.precision;
    case TypeKind::Decimal: {
      // Same storage (64 or 128 bits) and scale, and no digit is lost.
      const bool same_width = (from.precision <= 18) == (to.precision <= 18);
      return same_width && from.scale == to.scale && from.precision <= to.precision;
    }
    case TypeKind::Array:
    case TypeKind::Map:
    case TypeKind::Row:
      for (std::size_t i = 0; i < from.fields.size(); ++i) {
        if (!is_type_only_coercion(from.fields[i].type, to.fields[i].type)) return false;
      }
      return true;
    default:
      return false;
  }
}

}  // namespace tarn::types
