// SPDX-License-Identifier: Apache-2.0
// Methods of int and float.
#include <cmath>

#include "jinja/bigint.h"
#include "jinja/methods.h"

namespace tarn::jinja {

namespace {

BigInt integer_of(const Value& value) {
  return value.kind() == Kind::BigInt ? value.big_int() : BigInt(value.as_int());
}

Result<Value> bit_length(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("int.bit_length", arguments, 0, 0));
  return Value(integer_of(self).bit_length());
}

Result<Value> bit_count(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("int.bit_count", arguments, 0, 0));
  std::int64_t count = 0;
  for (const char c : integer_of(self).to_string(2)) count += c == '1' ? 1 : 0;
  return Value(count);
}

Result<Value> conjugate(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("conjugate", arguments, 0, 0));
  return self.is_bool() ? Value(self.as_int()) : self;
}

Result<Value> float_is_integer(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("float.is_integer", arguments, 0, 0));
  return Value(std::isfinite(self.as_float()) && std::trunc(self.as_float()) == self.as_float());
}

// The fraction that a number is exactly.
Result<Value> as_integer_ratio(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("as_integer_ratio", arguments, 0, 0));
  if (self.kind() != Kind::Float) {
    return Value::tuple({self.is_bool() ? Value(self.as_int()) : self, Value(1)});
  }
  double number = self.as_float();
  if (std::isinf(number)) {
    return fail(kOverflowError, "cannot convert Infinity to integer ratio");
  }
  if (std::isnan(number)) return value_error("cannot convert NaN to integer ratio");
  std::uint64_t halvings = 0;
  while (std::trunc(number) != number) {
    number *= 2;
    ++halvings;
  }
  return Value::tuple({Value::integer(BigInt::from_double(number)),
                       Value::integer(TRY(BigInt(2).power(halvings)))});
}

// float.hex: `0x1.8000000000000p+1`.
Result<Value> hex(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("float.hex", arguments, 0, 0));
  const double number = self.as_float();
  if (!std::isfinite(number)) return Value(float_repr(number));
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(number), &exponent);
  const char* sign = std::signbit(number) ? "-" : "";
  if (fraction == 0) return Value(fmt::format("{}0x0.0p+0", sign));
  const auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  return Value(
      fmt::format("{}0x1.{:013x}p{:+}", sign, mantissa & ((1ULL << 52) - 1), exponent - 1));
}

}  // namespace

Method find_number_method(const Value& value, std::string_view name) {
  if (name == "conjugate") return conjugate;
  if (name == "as_integer_ratio") return as_integer_ratio;
  if (value.kind() == Kind::Float) {
    if (name == "is_integer") return float_is_integer;
    if (name == "hex") return hex;
    return nullptr;
  }
  if (name == "bit_length") return bit_length;
  if (name == "bit_count") return bit_count;
  return nullptr;
}

}  // namespace tarn::jinja
