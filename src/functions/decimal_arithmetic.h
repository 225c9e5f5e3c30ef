// SPDX-License-Identifier: Apache-2.0
// Trino's arithmetic of decimals as unscaled 128-bit integers: exact, half up where digits go, and
// nullopt where more than 38 digits would be needed.
#pragma once

#include <optional>

#include "base/decimal.h"

namespace tarn::functions {

// |value| < 10^precision.
bool fits_precision(Int128 value, int precision);

// value · 10^digits, or for negative `digits` the value divided by a power of ten, rounded half
// away from zero. Nullopt beyond 128 bits.
std::optional<Int128> shift_decimal(Int128 value, int digits);

// Results have the larger of both scales.
std::optional<Int128> add_decimals(Int128 a, int scale_a, Int128 b, int scale_b);
std::optional<Int128> subtract_decimals(Int128 a, int scale_a, Int128 b, int scale_b);
// The result has the sum of both scales.
std::optional<Int128> multiply_decimals(Int128 a, Int128 b);
// The result has the larger of both scales. Nullopt also where Trino gives up: the dividend needs
// 38 or more digits behind it. REQUIRES: b ≠ 0.
std::optional<Int128> divide_decimals(Int128 a, int scale_a, Int128 b, int scale_b);
// The sign of a, the larger of both scales. Nullopt if a does not fit into 128 bits at that scale.
// REQUIRES: b ≠ 0.
std::optional<Int128> modulo_decimals(Int128 a, int scale_a, Int128 b, int scale_b);

}  // namespace tarn::functions
