// SPDX-License-Identifier: Apache-2.0
#include "iceberg/value.h"

#include <bit>
#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"

namespace tarn::iceberg {

namespace {

template <typename T>
Value make_value(TypeKind kind, T data) {
  Value value;
  value.kind = kind;
  value.data = std::move(data);
  return value;
}

// Integers in the order of the floats; every NaN is the largest, -0 is below +0.
std::int64_t float_rank(double value) {
  if (std::isnan(value)) return std::numeric_limits<std::int64_t>::max();
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits < 0 ? bits ^ std::numeric_limits<std::int64_t>::max() : bits;
}

double widen(const Value& value) {
  return value.kind == TypeKind::Float ? static_cast<double>(value.as_float()) : value.as_double();
}

std::strong_ordering compare_numbers(Int128 a, Int128 b) {
  if (a == b) return std::strong_ordering::equal;
  return a < b ? std::strong_ordering::less : std::strong_ordering::greater;
}

// Decimals of unlike scales without overflow: whole parts, then fractions at the finer scale.
std::strong_ordering compare_decimals(const Value& a, const Value& b) {
  const Int128 x = a.as_decimal();
  const Int128 y = b.as_decimal();
  if (a.scale == b.scale) return compare_numbers(x, y);
  if (a.scale > b.scale) return 0 <=> compare_decimals(b, a);
  const Int128 factor = power_of_ten(b.scale - a.scale);
  const Int128 whole = y / factor;
  const Int128 rest = y % factor;
  const auto order = compare_numbers(x, whole);
  if (order != std::strong_ordering::equal) return order;
  return compare_numbers(0, rest);
}

std::strong_ordering compare_bytes(std::string_view a, std::string_view b) {
  return a.compare(b) <=> 0;  // char_traits<char> compares as unsigned char
}

bool is_bytes_kind(TypeKind kind) {
  return kind == TypeKind::Fixed || kind == TypeKind::Binary || kind == TypeKind::Variant ||
         kind == TypeKind::Geometry || kind == TypeKind::Geography;
}

}  // namespace

bool Value::is_nan() const {
  if (const auto* single = std::get_if<float>(&data)) return std::isnan(*single);
  if (const auto* number = std::get_if<double>(&data)) return std::isnan(*number);
  return false;
}

bool Value::operator==(const Value& other) const {
  if (is_null() || other.is_null()) return is_null() && other.is_null();
  return kind == other.kind && compare(*this, other) == std::strong_ordering::equal;
}

Value boolean_value(bool value) { return make_value(TypeKind::Boolean, value); }
Value int_value(std::int32_t value) {
  return make_value(TypeKind::Int, static_cast<std::int64_t>(value));
}
Value long_value(std::int64_t value) { return make_value(TypeKind::Long, value); }
Value float_value(float value) { return make_value(TypeKind::Float, value); }
Value double_value(double value) { return make_value(TypeKind::Double, value); }
Value decimal_value(Int128 unscaled, int scale) {
  VERIFY(scale >= 0 && scale <= kDecimalPrecisionMax);
  Value value = make_value(TypeKind::Decimal, unscaled);
  value.scale = static_cast<std::uint8_t>(scale);
  return value;
}
Value date_value(std::int64_t days) { return make_value(TypeKind::Date, days); }
Value time_value(std::int64_t micros) { return make_value(TypeKind::Time, micros); }
Value timestamp_value(TypeKind kind, std::int64_t ticks) {
  VERIFY(kind >= TypeKind::Timestamp && kind <= TypeKind::TimestampTzNs);
  return make_value(kind, ticks);
}
Value string_value(std::string value) { return make_value(TypeKind::String, std::move(value)); }
Value uuid_value(const Uuid& value) { return make_value(TypeKind::Uuid, value); }
Value fixed_value(std::string bytes) { return make_value(TypeKind::Fixed, std::move(bytes)); }
Value binary_value(std::string bytes) { return make_value(TypeKind::Binary, std::move(bytes)); }

bool are_comparable(TypeKind a, TypeKind b) {
  if (a == b) return !is_nested(a) && a != TypeKind::Unknown;
  const auto both_in = [&](TypeKind x, TypeKind y) {
    return (a == x || a == y) && (b == x || b == y);
  };
  return both_in(TypeKind::Int, TypeKind::Long) || both_in(TypeKind::Float, TypeKind::Double) ||
         both_in(TypeKind::Fixed, TypeKind::Binary);
}

std::strong_ordering compare(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return b.is_null() <=> a.is_null();
  VERIFY(are_comparable(a.kind, b.kind));
  switch (a.kind) {
    case TypeKind::Boolean:
      return a.as_bool() <=> b.as_bool();
    case TypeKind::Float:
    case TypeKind::Double:
      return float_rank(widen(a)) <=> float_rank(widen(b));
    case TypeKind::Decimal:
      return compare_decimals(a, b);
    case TypeKind::Uuid:
      return a.as_uuid() <=> b.as_uuid();
    case TypeKind::Int:
    case TypeKind::Long:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampTzNs:
      return a.as_int() <=> b.as_int();
    default:
      return compare_bytes(a.as_bytes(), b.as_bytes());
  }
}

std::size_t ValueHash::operator()(const Value& value) const {
  if (value.is_null()) return 0;
  std::uint64_t bits = 0;
  if (const auto* flag = std::get_if<bool>(&value.data)) {
    bits = *flag ? 1 : 2;
  } else if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    bits = static_cast<std::uint64_t>(*number);
  } else if (value.kind == TypeKind::Float || value.kind == TypeKind::Double) {
    bits = static_cast<std::uint64_t>(float_rank(widen(value)));
  } else if (value.kind == TypeKind::Decimal) {
    // Equal numbers of unlike scales must meet: drop zeros at the end.
    Int128 unscaled = value.as_decimal();
    for (int scale = value.scale; scale > 0 && unscaled % 10 == 0; --scale) unscaled /= 10;
    bits = static_cast<std::uint64_t>(unscaled) ^ static_cast<std::uint64_t>(unscaled >> 64);
  } else if (const auto* uuid = std::get_if<Uuid>(&value.data)) {
    return fast_hash({reinterpret_cast<const char*>(uuid->bytes.data()), uuid->bytes.size()});
  } else {
    return fast_hash(value.as_bytes());
  }
  bits *= 0x9e3779b97f4a7c15ULL;
  return bits ^ (bits >> 32);
}

std::string describe(const Value& value) {
  if (value.is_null()) return "null";
  switch (value.kind) {
    case TypeKind::Boolean:
      return value.as_bool() ? "true" : "false";
    case TypeKind::Float:
    case TypeKind::Double:
      return shortest_double(widen(value));
    case TypeKind::Decimal:
      return format_decimal(value.as_decimal(), value.scale);
    case TypeKind::Date:
      return format_date(value.as_int());
    case TypeKind::Time:
      return format_time_micros(value.as_int());
    case TypeKind::Timestamp:
      return format_timestamp_micros(value.as_int());
    case TypeKind::TimestampTz:
      return format_timestamp_micros(value.as_int()) + "+00:00";
    case TypeKind::TimestampNs:
      return format_timestamp_nanos(value.as_int());
    case TypeKind::TimestampTzNs:
      return format_timestamp_nanos(value.as_int()) + "+00:00";
    case TypeKind::String:
      return "\"" + value.as_bytes() + "\"";
    case TypeKind::Uuid:
      return to_string(value.as_uuid());
    default:
      break;
  }
  if (is_bytes_kind(value.kind)) return "0x" + to_hex(value.as_bytes());
  return fmt::format("{}", value.as_int());
}

}  // namespace tarn::iceberg
