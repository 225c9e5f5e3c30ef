// SPDX-License-Identifier: Apache-2.0
// Texts of floating-point numbers as Java and Trino write them, and number texts as they read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/result.h"

namespace tarn::types {

// As on the wire: `1.0`, `1.0E10`, `NaN`, `-Infinity`. Shortest digits that read back.
void append_java_double(std::string& out, double value);
void append_java_float(std::string& out, float value);

// As CAST to varchar: `1.2E3`, `0E0`, `NaN`. Reals have at most 7 digits.
std::string format_double_cast(double value);
std::string format_real_cast(float value);

// As CAST of varchar: blanks around, `Infinity`, `+NaN`, a final `d` or `f` are taken.
std::optional<double> parse_java_double(std::string_view text);
std::optional<float> parse_java_float(std::string_view text);

// A decimal text with optional exponent, rounded half away from zero to `scale` digits.
// ErrorCode::InvalidInput if it is no number or does not fit.
Result<Int128> parse_decimal_cast(std::string_view text, int precision, int scale);

// A decimal text with exactly `scale` digits of the fraction; any value that 128 bits hold.
Result<Int128> parse_exact_decimal(std::string_view text, int scale);

struct DecimalLiteral {
  Int128 unscaled = 0;
  int precision = 1;
  int scale = 0;
};
// `001.10` is decimal(3,2): leading zeros do not count.
Result<DecimalLiteral> parse_decimal_literal(std::string_view text);

}  // namespace tarn::types
