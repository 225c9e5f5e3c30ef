// SPDX-License-Identifier: Apache-2.0
#include "functions/decimal_arithmetic.h"

#include <algorithm>

namespace tarn::functions {

namespace {

UInt128 magnitude_of(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

std::optional<Int128> checked(Int128 value) {
  if (!fits_precision(value, kDecimalPrecisionMax)) return std::nullopt;
  return value;
}

struct Quotient {
  UInt128 whole = 0;
  UInt128 rest = 0;
};

// 2·(whole·d + rest), again with a rest below d. REQUIRES: rest < d ≤ 2^127.
Quotient doubled(const Quotient& value, UInt128 divisor) {
  Quotient out{value.whole * 2, value.rest * 2};
  if (out.rest >= divisor) {
    out.rest -= divisor;
    out.whole += 1;
  }
  return out;
}

// 10·(whole·d + rest) as 2·(2·2·x + x).
Quotient times_ten(const Quotient& value, UInt128 divisor) {
  Quotient five = doubled(doubled(value, divisor), divisor);
  five.whole += value.whole;
  five.rest += value.rest;
  if (five.rest >= divisor) {
    five.rest -= divisor;
    five.whole += 1;
  }
  return doubled(five, divisor);
}

}  // namespace

bool fits_precision(Int128 value, int precision) {
  const Int128 limit = power_of_ten(precision);
  return value < limit && value > -limit;
}

std::optional<Int128> shift_decimal(Int128 value, int digits) {
  if (digits >= 0) {
    if (value == 0) return value;
    if (digits > kDecimalPrecisionMax) return std::nullopt;
    Int128 out = 0;
    if (__builtin_mul_overflow(value, power_of_ten(digits), &out)) return std::nullopt;
    return out;
  }
  if (-digits > kDecimalPrecisionMax) return 0;
  const Int128 unit = power_of_ten(-digits);
  const Int128 rest = value % unit;
  const Int128 half = unit / 2;
  return value / unit + (rest >= half ? 1 : rest <= -half ? -1 : 0);
}

std::optional<Int128> add_decimals(Int128 a, int scale_a, Int128 b, int scale_b) {
  const int scale = std::max(scale_a, scale_b);
  const auto left = shift_decimal(a, scale - scale_a);
  const auto right = shift_decimal(b, scale - scale_b);
  Int128 sum = 0;
  if (!left || !right || __builtin_add_overflow(*left, *right, &sum)) return std::nullopt;
  return checked(sum);
}

std::optional<Int128> subtract_decimals(Int128 a, int scale_a, Int128 b, int scale_b) {
  return add_decimals(a, scale_a, -b, scale_b);
}

std::optional<Int128> multiply_decimals(Int128 a, Int128 b) {
  Int128 product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return checked(product);
}

std::optional<Int128> divide_decimals(Int128 a, int scale_a, Int128 b, int scale_b) {
  // Digits that the dividend needs so that the quotient has the larger scale.
  int digits = std::max(scale_a, scale_b) - scale_a + scale_b;
  if (digits >= kDecimalPrecisionMax) return std::nullopt;
  const bool negative = (a < 0) != (b < 0);
  const UInt128 divisor = magnitude_of(b);
  UInt128 dividend = magnitude_of(a);
  for (; digits > 0 && dividend < static_cast<UInt128>(power_of_ten(36)); --digits) dividend *= 10;
  Quotient quotient{dividend / divisor, dividend % divisor};
  const auto limit = static_cast<UInt128>(power_of_ten(kDecimalPrecisionMax));
  for (; digits > 0; --digits) {
    if (quotient.whole >= limit / 10) return std::nullopt;
    quotient = times_ten(quotient, divisor);
  }
  if (quotient.rest >= divisor - quotient.rest) quotient.whole += 1;
  if (quotient.whole >= limit) return std::nullopt;
  const auto whole = static_cast<Int128>(quotient.whole);
  return negative ? -whole : whole;
}

namespace {

// a × 10^digits modulo b, digit by digit, so that no step leaves 128 bits; nullopt if the quotient
// does. REQUIRES: b ≠ 0.
std::optional<Int128> modulo_of_shifted(Int128 a, int digits, Int128 b) {
  const UInt128 divisor = b < 0 ? -static_cast<UInt128>(b) : static_cast<UInt128>(b);
  const UInt128 dividend = a < 0 ? -static_cast<UInt128>(a) : static_cast<UInt128>(a);
  UInt128 quotient = dividend / divisor;
  UInt128 rest = dividend % divisor;
  for (; digits > 0; --digits) {
    UInt128 tenfold = 0;
    UInt128 digit = 0;
    for (int i = 0; i < 10; ++i) {
      const bool is_full = tenfold >= divisor - rest;
      tenfold = is_full ? tenfold - (divisor - rest) : tenfold + rest;
      digit += is_full ? 1 : 0;
    }
    rest = tenfold;
    if (__builtin_mul_overflow(quotient, UInt128{10}, &quotient) ||
        __builtin_add_overflow(quotient, digit, &quotient)) {
      return std::nullopt;
    }
  }
  return a < 0 ? -static_cast<Int128>(rest) : static_cast<Int128>(rest);
}

}  // namespace

std::optional<Int128> modulo_decimals(Int128 a, int scale_a, Int128 b, int scale_b) {
  const int scale = std::max(scale_a, scale_b);
  const auto dividend = shift_decimal(a, scale - scale_a);
  if (!dividend) return modulo_of_shifted(a, scale - scale_a, b);
  // A divisor beyond 128 bits is larger than the dividend.
  const auto divisor = shift_decimal(b, scale - scale_b);
  return divisor ? *dividend % *divisor : *dividend;
}

}  // namespace tarn::functions
