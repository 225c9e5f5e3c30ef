// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/time.h"
#include "iceberg/type.h"
#include "iceberg/value.h"

namespace tarn::iceberg {

namespace {

Error cast_error(const Value& value, const Type& type) {
  return invalid_input("value {} of type {} does not fit into {}", describe(value),
                       to_string(value.kind), to_string(type));
}

Result<Value> decimal_in(Int128 unscaled, const Type& type, const Value& from) {
  const Int128 limit = power_of_ten(type.precision);
  if (unscaled >= limit || unscaled <= -limit) return cast_error(from, type);
  return decimal_value(unscaled, type.scale);
}

Result<Value> cast_integer(const Value& value, const Type& type) {
  const std::int64_t number = value.as_int();
  switch (type.kind) {
    case TypeKind::Int:
      if (number < INT32_MIN || number > INT32_MAX) break;
      return int_value(static_cast<std::int32_t>(number));
    case TypeKind::Long:
      return long_value(number);
    case TypeKind::Float:
      if (number > (1 << 24) || number < -(1 << 24)) break;
      return float_value(static_cast<float>(number));
    case TypeKind::Double:
      if (number > (std::int64_t{1} << 53) || number < -(std::int64_t{1} << 53)) break;
      return double_value(static_cast<double>(number));
    case TypeKind::Decimal: {
      const auto unscaled = rescale(Decimal{number, 0}, type.scale);
      if (!unscaled) break;
      return decimal_in(*unscaled, type, value);
    }
    default:
      break;
  }
  return cast_error(value, type);
}

Result<Value> cast_float(const Value& value, const Type& type) {
  const double number =
      value.kind == TypeKind::Float ? static_cast<double>(value.as_float()) : value.as_double();
  if (type.kind == TypeKind::Double) return double_value(number);
  if (type.kind == TypeKind::Float) {
    if (std::isnan(number)) return float_value(std::numeric_limits<float>::quiet_NaN());
    if (std::isinf(number) || std::abs(number) <= std::numeric_limits<float>::max()) {
      const auto narrow = static_cast<float>(number);
      if (static_cast<double>(narrow) == number) return float_value(narrow);
    }
  }
  return cast_error(value, type);
}

Result<Value> cast_decimal(const Value& value, const Type& type) {
  const Decimal decimal{value.as_decimal(), value.scale};
  if (type.kind == TypeKind::Decimal) {
    const auto unscaled = rescale(decimal, type.scale);
    if (!unscaled) return cast_error(value, type);
    return decimal_in(*unscaled, type, value);
  }
  if (type.kind == TypeKind::Int || type.kind == TypeKind::Long) {
    const auto whole = rescale(decimal, 0);
    if (whole && *whole >= INT64_MIN && *whole <= INT64_MAX) {
      const auto number = long_value(static_cast<std::int64_t>(*whole));
      const auto result = cast_integer(number, type);
      if (result) return *result;
    }
  }
  return cast_error(value, type);
}

Result<Value> cast_date(const Value& value, const Type& type) {
  if (!is_timestamp(type.kind)) return cast_error(value, type);
  std::int64_t ticks = 0;
  const std::int64_t per_day =
      is_nanos_timestamp(type.kind) ? kMicrosPerDay * kNanosPerMicro : kMicrosPerDay;
  if (__builtin_mul_overflow(value.as_int(), per_day, &ticks)) return cast_error(value, type);
  return timestamp_value(type.kind, ticks);
}

Result<Value> cast_timestamp(const Value& value, const Type& type) {
  const std::int64_t ticks = value.as_int();
  if (type.kind == TypeKind::Date) {
    const std::int64_t per_day =
        is_nanos_timestamp(value.kind) ? kMicrosPerDay * kNanosPerMicro : kMicrosPerDay;
    if (floor_modulo(ticks, per_day) != 0) return cast_error(value, type);
    return date_value(floor_divide(ticks, per_day));
  }
  if (!is_timestamp(type.kind) || is_utc_timestamp(type.kind) != is_utc_timestamp(value.kind)) {
    return cast_error(value, type);
  }
  if (is_nanos_timestamp(value.kind) == is_nanos_timestamp(type.kind))
    return timestamp_value(type.kind, ticks);
  if (is_nanos_timestamp(value.kind)) {
    if (ticks % kNanosPerMicro != 0) return cast_error(value, type);
    return timestamp_value(type.kind, ticks / kNanosPerMicro);
  }
  std::int64_t nanos = 0;
  if (__builtin_mul_overflow(ticks, kNanosPerMicro, &nanos)) return cast_error(value, type);
  return timestamp_value(type.kind, nanos);
}

Result<Value> cast_text(const Value& value, const Type& type) {
  const std::string& text = value.as_bytes();
  switch (type.kind) {
    case TypeKind::Uuid:
      return uuid_value(TRY(parse_uuid(text)));
    case TypeKind::Date:
      return date_value(TRY(parse_date(text)));
    case TypeKind::Time:
      return time_value(TRY(parse_time_micros(text)));
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return timestamp_value(type.kind, TRY(parse_timestamp_micros(text)));
    case TypeKind::TimestampNs:
    case TypeKind::TimestampTzNs:
      return timestamp_value(type.kind, TRY(parse_timestamp_nanos(text)));
    case TypeKind::Decimal: {
      const Int128 unscaled = TRY(rescale(TRY(parse_decimal(text)), type.scale));
      return decimal_in(unscaled, type, value);
    }
    default:
      return cast_error(value, type);
  }
}

}  // namespace

Result<Value> cast_value(const Value& value, const Type& type) {
  if (value.is_null()) return Value{};
  switch (value.kind) {
    case TypeKind::Int:
    case TypeKind::Long:
      return cast_integer(value, type);
    case TypeKind::Float:
    case TypeKind::Double:
      return cast_float(value, type);
    case TypeKind::Decimal:
      return cast_decimal(value, type);
    case TypeKind::Date:
      if (type.kind == TypeKind::Date) return value;
      return cast_date(value, type);
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampTzNs:
      return cast_timestamp(value, type);
    case TypeKind::String:
      if (type.kind == TypeKind::String) return value;
      return cast_text(value, type);
    case TypeKind::Fixed:
    case TypeKind::Binary:
      if (type.kind == TypeKind::Binary) return binary_value(value.as_bytes());
      if (type.kind == TypeKind::Fixed &&
          value.as_bytes().size() == static_cast<std::size_t>(type.length)) {
        return fixed_value(value.as_bytes());
      }
      return cast_error(value, type);
    default:
      if (type.kind == value.kind) return value;
      return cast_error(value, type);
  }
}

}  // namespace tarn::iceberg
