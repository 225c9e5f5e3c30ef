// SPDX-License-Identifier: Apache-2.0
// A typed literal of a primitive Iceberg type, or null: partition values, bounds, defaults and the
// literals of filters. Binary and JSON forms are those of "Appendix D: Single-value serialization".
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/decimal.h"
#include "base/result.h"
#include "base/uuid.h"
#include "iceberg/type_kind.h"

namespace boost::json {
class value;
}

namespace tarn::iceberg {

struct Type;

// `data` by `kind`: bool (Boolean), int64 (Int, Long, Date, Time, all timestamps), float, double,
// Int128 (Decimal, unscaled), Uuid, string (String, Fixed, Binary, and opaque bytes of Variant,
// Geometry, Geography). `Value{}` is null; nulls have no kind.
struct Value {
  using Data =
      std::variant<std::monostate, bool, std::int64_t, float, double, Int128, std::string, Uuid>;

  TypeKind kind = TypeKind::Unknown;
  std::uint8_t scale = 0;  // decimals only
  Data data;

  bool is_null() const { return data.index() == 0; }
  // True for a float or double that is not a number.
  bool is_nan() const;
  // REQUIRES: the alternative is the one of `kind`.
  bool as_bool() const { return std::get<bool>(data); }
  std::int64_t as_int() const { return std::get<std::int64_t>(data); }
  float as_float() const { return std::get<float>(data); }
  double as_double() const { return std::get<double>(data); }
  Int128 as_decimal() const { return std::get<Int128>(data); }
  const std::string& as_bytes() const { return std::get<std::string>(data); }
  const Uuid& as_uuid() const { return std::get<Uuid>(data); }

  // Same kind and compare() equal: NaN equals NaN, -0.0 and +0.0 differ. Null equals null.
  bool operator==(const Value& other) const;
};

Value boolean_value(bool value);
Value int_value(std::int32_t value);
Value long_value(std::int64_t value);
Value float_value(float value);
Value double_value(double value);
Value decimal_value(Int128 unscaled, int scale);
Value date_value(std::int64_t days);
Value time_value(std::int64_t micros);
// `kind` is one of the four timestamps, `ticks` are micro- or nanoseconds by it.
Value timestamp_value(TypeKind kind, std::int64_t ticks);
Value string_value(std::string value);
Value uuid_value(const Uuid& value);
Value fixed_value(std::string bytes);
Value binary_value(std::string bytes);

// Iceberg's order. Integers by number (Int with Long too), floats -Inf … -0 < +0 … +Inf < NaN
// (Float with Double too; every NaN counts as the same), decimals by number at any scale, strings
// and bytes by unsigned bytes, false < true. Nulls are first and equal.
// REQUIRES: both null or of kinds that may be compared; see are_comparable().
std::strong_ordering compare(const Value& a, const Value& b);
bool are_comparable(TypeKind a, TypeKind b);
struct ValueHash {
  std::size_t operator()(const Value& value) const;
};

// Makes `value` one of `type`, as far as no information is lost: Int↔Long in range, Float→Double,
// decimals by scale, Date→Timestamp, micros↔nanos, String→Uuid/Date/…, integers → Decimal.
// Otherwise ErrorCode::InvalidInput. Null stays null.
Result<Value> cast_value(const Value& value, const Type& type);

// Binary form. REQUIRES: not null.
std::string to_bytes(const Value& value);
// Also takes the narrower width of a type that was promoted since: 4 bytes for Long and Double, a
// Date's 4 bytes for Timestamp and TimestampNs. Other lengths are ErrorCode::Corrupt.
Result<Value> value_from_bytes(std::string_view bytes, const Type& type);

// JSON form: numbers, ISO texts, hex for fixed and binary, decimals as text.
boost::json::value to_json(const Value& value);
Result<Value> value_from_json(const boost::json::value& json, const Type& type);

// For messages and tests: `34`, `14.20`, `2017-11-16`, `"text"`, `null`, `0x00ff`.
std::string describe(const Value& value);

}  // namespace tarn::iceberg
