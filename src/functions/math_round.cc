// SPDX-License-Identifier: Apache-2.0
// round, truncate, ceil and floor of all kinds of numbers.
#include <cmath>

#include "base/decimal.h"
#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

Result<Value> unchanged(Arguments values) { return values[0]; }

// Half away from zero, at a power of ten.
Int128 rounded_quotient(Int128 value, Int128 divisor) {
  const Int128 quotient = value / divisor;
  const Int128 rest = value % divisor;
  const Int128 magnitude = rest < 0 ? -rest : rest;
  if (magnitude < divisor - magnitude) return quotient;
  return quotient + (value < 0 ? -1 : 1);
}

BoundFunction bind_round_integer(const CallSignature& signature) {
  const types::Type& type = signature.arguments[0];
  const int bits = type.is(TinyInt) ? 8 : type.is(SmallInt) ? 16 : type.is(Integer) ? 32 : 64;
  const std::int64_t max = std::numeric_limits<std::int64_t>::max() >> (64 - bits);
  return {.call = [max, name = types::base_name(type.kind)](Arguments values) -> Result<Value> {
    const std::int64_t value = values[0].as_int();
    const std::int64_t decimals = values[1].as_int();
    if (decimals >= 0) return values[0];
    if (decimals < -18) return out_of_range("numerical overflow: {}", value);
    const Int128 factor = power_of_ten(static_cast<int>(-decimals));
    const Int128 rounded = rounded_quotient(value, factor) * factor;
    if (rounded > std::numeric_limits<std::int64_t>::max() ||
        rounded < std::numeric_limits<std::int64_t>::min()) {
      return out_of_range("numerical overflow: {}", value);
    }
    if (rounded > max || rounded < -max - 1) {
      return out_of_range("Out of range for {}: {}", name, to_string(rounded));
    }
    return Value(static_cast<std::int64_t>(rounded));
  }};
}

// Half up in magnitude, as Java's Math.round of the shifted number. What is too large for that
// stays.
double round_to(double value, double decimals) {
  if (!std::isfinite(value) || value == 0) return value + 0.0;
  const double factor = std::pow(10.0, decimals);
  const double shifted = std::abs(value) * factor;
  if (!(shifted < 9223372036854775808.0)) return value;
  // floor(x + 0.5) is one too much for the number below a half.
  double rounded = std::floor(shifted);
  if (shifted - rounded >= 0.5) rounded += 1;
  return std::copysign(rounded / factor, value);
}

template <bool real>
Result<Value> round_double(Arguments values) {
  const double decimals = values.size() > 1 ? static_cast<double>(values[1].as_int()) : 0;
  const double rounded = round_to(values[0].as_double(), decimals);
  return Value(real ? static_cast<double>(static_cast<float>(rounded)) : rounded);
}

double truncated(double value) {
  if (std::isnan(value) || value == 0) return value;
  return std::copysign(std::floor(std::abs(value)), value);
}

template <double (*function)(double)>
Result<Value> whole_double(Arguments values) {
  return Value(function(values[0].as_double()));
}

enum class Whole : std::uint8_t { Nearest, Up, Down, Cut };

// decimal(p, s) to decimal(…, 0).
BoundFunction bind_whole_decimal(const CallSignature& signature, Whole way) {
  return {.call = [divisor = power_of_ten(signature.arguments[0].scale),
                   way](Arguments values) -> Result<Value> {
    const Int128 value = values[0].as_decimal();
    if (way == Whole::Nearest)
      return Value(divisor == 1 ? value : rounded_quotient(value, divisor));
    const Int128 rest = value % divisor;
    Int128 quotient = value / divisor;
    if (way == Whole::Up && rest > 0) ++quotient;
    if (way == Whole::Down && rest < 0) --quotient;
    return Value(quotient);
  }};
}

// decimal(p, s) to n digits of the fraction; the scale stays.
BoundFunction bind_round_decimal(const CallSignature& signature) {
  const types::Type& type = signature.arguments[0];
  const Int128 limit = power_of_ten(signature.result.precision);
  return {.call = [precision = type.precision, scale = type.scale,
                   limit](Arguments values) -> Result<Value> {
    const Int128 value = values[0].as_decimal();
    const std::int64_t decimals = values[1].as_int();
    if (decimals >= scale) return values[0];
    // Trino's short decimals lose what would be rounded up to a digit more than they have.
    if (precision < 18 && precision - scale + decimals <= 0) return Value(Int128{0});
    if (scale - decimals > kDecimalPrecisionMax) return Value(Int128{0});
    const Int128 factor = power_of_ten(static_cast<int>(scale - decimals));
    const Int128 rounded = rounded_quotient(value, factor) * factor;
    if (rounded >= limit || rounded <= -limit) {
      return out_of_range("decimal overflow: {}", to_string(value));
    }
    return Value(rounded);
  }};
}

BoundFunction bind_truncate_decimal(const CallSignature& signature) {
  const types::Type& type = signature.arguments[0];
  return {
      .call = [precision = type.precision, scale = type.scale](Arguments values) -> Result<Value> {
        const Int128 value = values[0].as_decimal();
        const std::int64_t decimals = values[1].as_int();
        if (precision - scale + decimals <= 0) return Value(Int128{0});
        if (decimals >= scale) return values[0];
        return Value(value - value % power_of_ten(static_cast<int>(scale - decimals)));
      }};
}

BoundFunction bind_round(const CallSignature& signature) {
  const types::Type& type = signature.arguments.at(0);
  const bool plain = signature.arguments.size() == 1;
  if (types::is_integral(type)) {
    if (!plain) return bind_round_integer(signature);
    return {.call = unchanged};
  }
  if (type.is(Real)) return {.call = round_double<true>};
  if (type.is(Double)) return {.call = round_double<false>};
  if (!type.is(Decimal)) return {};
  return plain ? bind_whole_decimal(signature, Whole::Nearest) : bind_round_decimal(signature);
}

template <double (*function)(double), Whole way>
BoundFunction bind_whole(const CallSignature& signature) {
  const types::Type& type = signature.arguments.at(0);
  if (signature.arguments.size() == 2) {
    return type.is(Decimal) && way == Whole::Cut ? bind_truncate_decimal(signature)
                                                 : BoundFunction{};
  }
  if (types::is_integral(type)) return {.call = unchanged};
  if (type.is(Real) || type.is(Double)) return {.call = whole_double<function>};
  return type.is(Decimal) ? bind_whole_decimal(signature, way) : BoundFunction{};
}

constexpr FunctionEntry kMathRoundFunctions[] = {
    {"ceil", bind_whole<std::ceil, Whole::Up>},      {"ceiling", bind_whole<std::ceil, Whole::Up>},
    {"floor", bind_whole<std::floor, Whole::Down>},  {"round", bind_round},
    {"truncate", bind_whole<truncated, Whole::Cut>},
};

}  // namespace

FunctionList math_round_functions() { return kMathRoundFunctions; }

}  // namespace tarn::functions
