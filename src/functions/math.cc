// SPDX-License-Identifier: Apache-2.0
// Mathematics on doubles, constants, and the forms of abs, sign and mod. Rounding is in
// math_round.cc.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "functions/lists.h"
#include "functions/typed_call.h"
#include "types/number_text.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

template <double (*function)(double)>
Result<Value> unary(Arguments values) {
  return Value(function(values[0].as_double()));
}

template <double (*function)(double, double)>
Result<Value> binary(Arguments values) {
  return Value(function(values[0].as_double(), values[1].as_double()));
}

double log_base(double base, double number) { return std::log(number) / std::log(base); }
double log_two(double number) { return std::log(number) / std::log(2.0); }
double to_degrees(double radians) { return radians * (180.0 / std::numbers::pi); }
double to_radians(double degrees) { return degrees * (std::numbers::pi / 180.0); }

// Unlike C, Java has no power of NaN, nor infinite powers of one.
double java_power(double base, double exponent) {
  if (exponent == 0) return 1;
  if (std::isnan(exponent) || (std::abs(base) == 1 && std::isinf(exponent))) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return std::pow(base, exponent);
}

constexpr double kE = std::numbers::e;
constexpr double kPi = std::numbers::pi;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <const double& constant>
Result<Value> constant_value(Arguments) {
  return Value(constant);
}
Result<Value> not_a_number(Arguments) { return Value(std::numeric_limits<double>::quiet_NaN()); }

Result<Value> is_nan(Arguments values) { return Value(std::isnan(values[0].as_double())); }
Result<Value> is_finite(Arguments values) { return Value(std::isfinite(values[0].as_double())); }
Result<Value> is_infinite(Arguments values) { return Value(std::isinf(values[0].as_double())); }

std::int64_t integer_min(types::TypeKind kind) {
  const int bits = kind == TinyInt ? 8 : kind == SmallInt ? 16 : kind == Integer ? 32 : 64;
  return std::numeric_limits<std::int64_t>::min() >> (64 - bits);
}

BoundFunction bind_abs(const CallSignature& signature) {
  const types::Type& type = signature.arguments.at(0);
  if (types::is_integral(type)) {
    return {.call = [min = integer_min(type.kind),
                     name = types::base_name(type.kind)](Arguments values) -> Result<Value> {
      const std::int64_t value = values[0].as_int();
      if (value == min) return out_of_range("Value {} is out of range for abs({})", value, name);
      return Value(value < 0 ? -value : value);
    }};
  }
  if (type.is(Real) || type.is(Double)) return {.call = unary<std::fabs>};
  if (!type.is(Decimal)) return {};
  return {.call = [](Arguments values) -> Result<Value> {
    const Int128 value = values[0].as_decimal();
    return Value(value < 0 ? -value : value);
  }};
}

double signum(double value) {
  if (std::isnan(value) || value == 0) return value;
  return value < 0 ? -1 : 1;
}

BoundFunction bind_sign(const CallSignature& signature) {
  const types::Type& type = signature.arguments.at(0);
  if (types::is_integral(type)) {
    return {.call = [](Arguments values) -> Result<Value> {
      const std::int64_t value = values[0].as_int();
      return Value(value < 0 ? -1 : value > 0 ? 1 : 0);
    }};
  }
  if (type.is(Real) || type.is(Double)) return {.call = unary<signum>};
  if (!type.is(Decimal)) return {};
  return {.call = [](Arguments values) -> Result<Value> {
    const Int128 value = values[0].as_decimal();
    return Value(Int128{value < 0 ? -1 : value > 0 ? 1 : 0});
  }};
}

// mod(a, b) is a % b.
BoundFunction bind_mod(const CallSignature& signature) {
  CallSignature modulus = signature;
  modulus.name = "$modulus";
  auto bound = bind_function(modulus);
  return bound ? std::move(*bound) : BoundFunction{};
}

constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

Result<void> check_radix(std::int64_t radix) {
  if (radix < 2 || radix > 36) return invalid_argument("Radix must be between 2 and 36");
  return ok();
}

Result<Value> to_base(Arguments values) {
  const std::int64_t value = values[0].as_int();
  const std::int64_t radix = values[1].as_int();
  TRY(check_radix(radix));
  auto rest = static_cast<std::uint64_t>(value);
  if (value < 0) rest = 0 - rest;
  std::string out;
  do {
    out += kDigits[rest % static_cast<std::uint64_t>(radix)];
    rest /= static_cast<std::uint64_t>(radix);
  } while (rest > 0);
  if (value < 0) out += '-';
  std::reverse(out.begin(), out.end());
  return Value(std::move(out));
}

Result<Value> from_base(Arguments values) {
  const std::string& text = values[0].as_text();
  const std::int64_t radix = values[1].as_int();
  TRY(check_radix(radix));
  const bool signs = text.starts_with('-') || text.starts_with('+');
  bool good = text.size() > (signs ? 1 : 0);
  Int128 value = 0;
  for (std::size_t i = signs ? 1 : 0; good && i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
    const std::size_t digit = kDigits.find(c);
    good = digit < static_cast<std::size_t>(radix) && value < (Int128{1} << 64);
    value = value * radix + static_cast<Int128>(digit);
  }
  if (text.starts_with('-')) value = -value;
  if (!good || value > std::numeric_limits<std::int64_t>::max() ||
      value < std::numeric_limits<std::int64_t>::min()) {
    return invalid_argument("Not a valid base-{} number: {}", radix, text);
  }
  return Value(static_cast<std::int64_t>(value));
}

std::string java_text(double value) {
  std::string out;
  types::append_java_double(out, value);
  return out;
}

Result<Value> width_bucket(Arguments values) {
  const double operand = values[0].as_double();
  const double first = values[1].as_double();
  const double second = values[2].as_double();
  const std::int64_t count = values[3].as_int();
  if (count <= 0) return invalid_argument("bucketCount must be greater than 0");
  if (std::isnan(operand)) return invalid_argument("operand must not be NaN");
  if (!std::isfinite(first)) return invalid_argument("first bound must be finite");
  if (!std::isfinite(second)) return invalid_argument("second bound must be finite");
  if (first == second) return invalid_argument("bounds cannot equal each other");
  const double lower = std::min(first, second);
  const double upper = std::max(first, second);
  std::int64_t bucket = 0;
  if (operand >= upper) {
    if (count == std::numeric_limits<std::int64_t>::max()) {
      return out_of_range("Bucket for value {} is out of range", java_text(operand));
    }
    bucket = count + 1;
  } else if (operand >= lower) {
    const double place = static_cast<double>(count) * (operand - lower) / (upper - lower) + 1;
    bucket = place < 9.2e18 ? static_cast<std::int64_t>(place) : count;
  }
  return Value(first > second ? count - bucket + 1 : bucket);
}

// NULL items have no value of their own here.
Result<double> item_at(const std::vector<Value>& items, std::size_t index) {
  if (items[index].is_null()) {
    return types::named_error("NOT_SUPPORTED", {}, "NULL in an array of numbers is not supported");
  }
  return items[index].as_double();
}

Result<Value> width_bucket_of_bins(Arguments values) {
  const double operand = values[0].as_double();
  const std::vector<Value>& bins = values[1].as_list();
  if (bins.empty()) return invalid_argument("Bins cannot be an empty array");
  if (std::isnan(operand)) return invalid_argument("Operand cannot be NaN");
  std::size_t lower = 0;
  std::size_t upper = bins.size();
  while (lower < upper) {
    if (TRY(item_at(bins, lower)) > TRY(item_at(bins, upper - 1))) {
      return invalid_argument("Bin values are not sorted in ascending order");
    }
    const std::size_t middle = (lower + upper) / 2;
    const double bin = TRY(item_at(bins, middle));
    if (!std::isfinite(bin)) {
      return invalid_argument("Bin value must be finite, got {}", java_text(bin));
    }
    if (operand < bin) {
      upper = middle;
    } else {
      lower = middle + 1;
    }
  }
  return Value(static_cast<std::int64_t>(lower));
}

constexpr FunctionEntry kMathFunctions[] = {
    {"abs", bind_abs},
    {"acos", takes<unary<std::acos>, Double>},
    {"asin", takes<unary<std::asin>, Double>},
    {"atan", takes<unary<std::atan>, Double>},
    {"atan2", takes<binary<std::atan2>, Double, Double>},
    {"cbrt", takes<unary<std::cbrt>, Double>},
    {"cos", takes<unary<std::cos>, Double>},
    {"cosh", takes<unary<std::cosh>, Double>},
    {"degrees", takes<unary<to_degrees>, Double>},
    {"e", takes<constant_value<kE>>},
    {"exp", takes<unary<std::exp>, Double>},
    {"from_base", takes<from_base, Varchar, BigInt>},
    {"infinity", takes<constant_value<kInfinity>>},
    {"is_finite", takes<is_finite, Double>},
    {"is_infinite", takes<is_infinite, Double>},
    {"is_nan", takes<is_nan, Double>},
    {"is_nan", takes<is_nan, Real>},
    {"ln", takes<unary<std::log>, Double>},
    {"log", takes<binary<log_base>, Double, Double>},
    {"log10", takes<unary<std::log10>, Double>},
    {"log2", takes<unary<log_two>, Double>},
    {"mod", bind_mod},
    {"nan", takes<not_a_number>},
    {"pi", takes<constant_value<kPi>>},
    {"pow", takes<binary<java_power>, Double, Double>},
    {"power", takes<binary<java_power>, Double, Double>},
    {"radians", takes<unary<to_radians>, Double>},
    {"sign", bind_sign},
    {"sin", takes<unary<std::sin>, Double>},
    {"sinh", takes<unary<std::sinh>, Double>},
    {"sqrt", takes<unary<std::sqrt>, Double>},
    {"tan", takes<unary<std::tan>, Double>},
    {"tanh", takes<unary<std::tanh>, Double>},
    {"to_base", takes<to_base, BigInt, BigInt>},
    {"width_bucket", takes<width_bucket, Double, Double, Double, BigInt>},
    {"width_bucket", takes<width_bucket_of_bins, Double, Array>},
};

}  // namespace

FunctionList math_functions() { return kMathFunctions; }

}  // namespace tarn::functions
