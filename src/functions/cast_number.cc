// SPDX-License-Identifier: Apache-2.0
// CAST of booleans and numbers.
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "functions/call_error.h"
#include "functions/cast.h"
#include "functions/decimal_arithmetic.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

constexpr int kShortDecimalDigits = 18;

struct CastRange {
  std::int64_t min;
  std::int64_t max;
};

CastRange range_of(const Type& type) {
  switch (type.kind) {
    case TypeKind::TinyInt:
      return {-128, 127};
    case TypeKind::SmallInt:
      return {-32768, 32767};
    case TypeKind::Integer:
      return {-2147483648LL, 2147483647};
    default:
      return {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  }
}

// As in messages: `BIGINT`, `DECIMAL(5, 2)`.
std::string upper_name(const Type& type) {
  if (type.is(TypeKind::Decimal)) {
    return fmt::format("DECIMAL({}, {})", type.precision, type.scale);
  }
  return to_upper(types::base_name(type.kind));
}

std::string java_text(const Type& type, double value) {
  std::string out;
  if (type.is(TypeKind::Real)) {
    types::append_java_float(out, static_cast<float>(value));
  } else {
    types::append_java_double(out, value);
  }
  return out;
}

Error no_decimal(const Type& from, std::string_view value, const Type& to) {
  return bad_cast("Cannot cast {} '{}' to {}", upper_name(from), value, upper_name(to));
}

Result<Value> integer_to_decimal(const Type& from, const Type& to, std::int64_t value) {
  const auto shifted = shift_decimal(value, to.scale);
  if (!shifted || !fits_precision(*shifted, to.precision)) {
    return no_decimal(from, std::to_string(value), to);
  }
  return Value(*shifted);
}

Result<Value> decimal_to_decimal(const Type& from, const Type& to, Int128 value) {
  const auto shifted = shift_decimal(value, to.scale - from.scale);
  if (!shifted || !fits_precision(*shifted, to.precision)) {
    return no_decimal(from, format_decimal(value, from.scale), to);
  }
  return Value(*shifted);
}

Result<Value> double_to_decimal(const Type& from, const Type& to, double value) {
  const std::string text = java_text(from, value);
  auto decimal = types::parse_decimal_cast(text, to.precision, to.scale);
  if (!decimal) return no_decimal(from, text, to);
  return Value(*decimal);
}

Result<Value> decimal_to_integer(const Type& from, const Type& to, Int128 value) {
  const auto whole = shift_decimal(value, -from.scale);
  const CastRange range = range_of(to);
  if (!whole || *whole < range.min || *whole > range.max) {
    return bad_cast("Cannot cast '{}' to {}", format_decimal(value, from.scale), upper_name(to));
  }
  return Value(static_cast<std::int64_t>(*whole));
}

// Short decimals are divided as floating-point numbers, longer ones read from their text.
template <typename T>
Value decimal_to_float(const Type& from, Int128 value) {
  if (from.precision <= kShortDecimalDigits) {
    const T unit = static_cast<T>(static_cast<std::int64_t>(power_of_ten(from.scale)));
    return Value(double{static_cast<T>(static_cast<std::int64_t>(value)) / unit});
  }
  const std::string text = format_decimal(value, from.scale);
  T out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return Value(double{out});
}

Caster cast_boolean(const Type& to) {
  switch (to.kind) {
    case TypeKind::Boolean:
      return [](const Value& v) -> Result<Value> { return v; };
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return [](const Value& v) -> Result<Value> { return Value(std::int64_t{v.as_bool()}); };
    case TypeKind::Real:
    case TypeKind::Double:
      return [](const Value& v) -> Result<Value> { return Value(v.as_bool() ? 1.0 : 0.0); };
    case TypeKind::Decimal:
      return [to](const Value& v) -> Result<Value> {
        // Trino does not look whether 1 fits.
        return Value(v.as_bool() ? power_of_ten(to.scale) : Int128{0});
      };
    case TypeKind::Varchar:
      return [to](const Value& v) -> Result<Value> {
        const char* text = v.as_bool() ? "true" : "false";
        return to_varchar(to, text, text);
      };
    default:
      return {};
  }
}

Caster cast_integer(const Type& from, const Type& to) {
  switch (to.kind) {
    case TypeKind::Boolean:
      return [](const Value& v) -> Result<Value> { return Value(v.as_int() != 0); };
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return [to, range = range_of(to)](const Value& v) -> Result<Value> {
        if (v.as_int() < range.min || v.as_int() > range.max) {
          return out_of_range("Out of range for {}: {}", types::base_name(to.kind), v.as_int());
        }
        return v;
      };
    case TypeKind::Real:
      return [](const Value& v) -> Result<Value> {
        return Value(double{static_cast<float>(v.as_int())});
      };
    case TypeKind::Double:
      return [](const Value& v) -> Result<Value> { return Value(static_cast<double>(v.as_int())); };
    case TypeKind::Decimal:
      return [from, to](const Value& v) -> Result<Value> {
        return integer_to_decimal(from, to, v.as_int());
      };
    case TypeKind::Varchar:
      return [to](const Value& v) -> Result<Value> {
        std::string text = std::to_string(v.as_int());
        const std::string shown = text;
        return to_varchar(to, std::move(text), shown);
      };
    default:
      return {};
  }
}

Caster cast_float(const Type& from, const Type& to) {
  switch (to.kind) {
    case TypeKind::Boolean:
      return [](const Value& v) -> Result<Value> { return Value(v.as_double() != 0); };
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return [from, to](const Value& v) -> Result<Value> {
        return double_to_integer(from, to, v.as_double());
      };
    case TypeKind::Real:
      return [](const Value& v) -> Result<Value> {
        return Value(double{static_cast<float>(v.as_double())});
      };
    case TypeKind::Double:
      return [](const Value& v) -> Result<Value> { return v; };
    case TypeKind::Decimal:
      return [from, to](const Value& v) -> Result<Value> {
        return double_to_decimal(from, to, v.as_double());
      };
    case TypeKind::Varchar:
      return [from, to](const Value& v) -> Result<Value> {
        std::string text = types::cast_to_text(from, v);
        if (types::is_unbounded_varchar(to)) return Value(std::move(text));
        const std::string shown = fmt::format("{} ({})", java_text(from, v.as_double()), text);
        return to_varchar(to, std::move(text), shown);
      };
    default:
      return {};
  }
}

Caster cast_decimal(const Type& from, const Type& to) {
  switch (to.kind) {
    case TypeKind::Boolean:
      return [](const Value& v) -> Result<Value> { return Value(v.as_decimal() != 0); };
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return [from, to](const Value& v) -> Result<Value> {
        return decimal_to_integer(from, to, v.as_decimal());
      };
    case TypeKind::Real:
      return [from](const Value& v) -> Result<Value> {
        return decimal_to_float<float>(from, v.as_decimal());
      };
    case TypeKind::Double:
      return [from](const Value& v) -> Result<Value> {
        return decimal_to_float<double>(from, v.as_decimal());
      };
    case TypeKind::Decimal:
      return [from, to](const Value& v) -> Result<Value> {
        return decimal_to_decimal(from, to, v.as_decimal());
      };
    case TypeKind::Varchar:
      return [from, to](const Value& v) -> Result<Value> {
        std::string text = format_decimal(v.as_decimal(), from.scale);
        const std::string shown = text;
        return to_varchar(to, std::move(text), shown);
      };
    default:
      return {};
  }
}

}  // namespace

Result<Value> double_to_integer(const Type& from, const Type& to, double value) {
  const bool real = from.is(TypeKind::Real);
  if (std::isnan(value)) {
    if (!real && to.is(TypeKind::BigInt)) return bad_cast("Unable to cast NaN to bigint");
    return bad_cast("Cannot cast {} NaN to {}", types::base_name(from.kind),
                    types::base_name(to.kind));
  }
  const double rounded = std::round(value);
  const CastRange range = range_of(to);
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (to.is(TypeKind::BigInt)) {
    if (rounded >= -kTwoTo63 && rounded < kTwoTo63) {
      return Value(static_cast<std::int64_t>(rounded));
    }
    // Reals are cut to the range, doubles refused.
    if (real) return Value(rounded < 0 ? range.min : range.max);
    return bad_cast("Unable to cast {} to bigint", java_text(from, value));
  }
  if (rounded < static_cast<double>(range.min) || rounded > static_cast<double>(range.max)) {
    return out_of_range("Out of range for {}: {}", types::base_name(to.kind),
                        java_text(from, value));
  }
  return Value(static_cast<std::int64_t>(rounded));
}

Caster cast_number(const Type& from, const Type& to) {
  switch (from.kind) {
    case TypeKind::Boolean:
      return cast_boolean(to);
    case TypeKind::Real:
    case TypeKind::Double:
      return cast_float(from, to);
    case TypeKind::Decimal:
      return cast_decimal(from, to);
    default:
      return cast_integer(from, to);
  }
}

}  // namespace tarn::functions
