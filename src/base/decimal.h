// SPDX-License-Identifier: Apache-2.0
// Decimals as an unscaled 128-bit integer beside a scale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

inline constexpr int kDecimalPrecisionMax = 38;

// 10^exponent, 0 ≤ exponent ≤ 38.
Int128 power_of_ten(int exponent);

std::string to_string(Int128 value);
std::string to_string(UInt128 value);
// unscaled 1420, scale 2 → `14.20`; negative scales append zeros.
std::string format_decimal(Int128 unscaled, int scale);

struct Decimal {
  Int128 unscaled = 0;
  int scale = 0;
};
// `-14.20` → {-1420, 2}. More than 38 digits, or an exponent, is ErrorCode::InvalidInput.
Result<Decimal> parse_decimal(std::string_view text);
// Changes the scale without loss; ErrorCode::InvalidInput if digits would go or 38 are not enough.
Result<Int128> rescale(const Decimal& value, int scale);

// Shortest two's-complement big-endian bytes (0 → one zero byte), and back (1–16 bytes).
std::string to_minimal_big_endian(Int128 value);
Result<Int128> from_big_endian(std::string_view bytes);

}  // namespace tarn
