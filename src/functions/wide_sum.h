// SPDX-License-Identifier: Apache-2.0
// A sum of 128-bit numbers in 192 bits, which no count of rows overflows. Plain data: states of
// aggregates may be copied as bytes.
#pragma once

#include <cstdint>
#include <optional>

#include "base/decimal.h"

namespace tarn::functions {

// DuckDB aligns states to 8 bytes.
using PackedUInt128 __attribute__((aligned(8))) = UInt128;

struct WideSum {
  PackedUInt128 low = 0;
  std::int64_t high = 0;
  std::int64_t count = 0;

  void add(Int128 value) {
    const auto bits = static_cast<UInt128>(value);
    low += bits;
    high += (low < bits ? 1 : 0) + (value < 0 ? -1 : 0);
    ++count;
  }
  void combine(const WideSum& other) {
    low += other.low;
    high += other.high + (low < other.low ? 1 : 0);
    count += other.count;
  }

  // Nullopt if it has more than 38 digits.
  std::optional<Int128> total() const {
    const auto out = static_cast<Int128>(low);
    if (high != (out < 0 ? -1 : 0)) return std::nullopt;
    const Int128 limit = power_of_ten(kDecimalPrecisionMax);
    if (out >= limit || out <= -limit) return std::nullopt;
    return out;
  }

  // Half away from zero. REQUIRES: count > 0. Never larger than the largest value.
  Int128 average() const {
    const bool negative = high < 0;
    const UInt128 low_part = negative ? -low : low;
    auto high_part = static_cast<std::uint64_t>(high);
    if (negative) high_part = ~high_part + (low == 0 ? 1 : 0);
    const auto divisor = static_cast<UInt128>(count);
    UInt128 rest = high_part % divisor;
    UInt128 quotient = 0;
    for (int shift : {64, 0}) {
      const UInt128 dividend = (rest << 64) | static_cast<std::uint64_t>(low_part >> shift);
      quotient = (quotient << 64) | (dividend / divisor);
      rest = dividend % divisor;
    }
    if (rest * 2 >= divisor) ++quotient;
    const auto magnitude = static_cast<Int128>(quotient);
    return negative ? -magnitude : magnitude;
  }
};

}  // namespace tarn::functions
