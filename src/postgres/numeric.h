// SPDX-License-Identifier: Apache-2.0
// The binary form of numeric: digits of base 10,000.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"

namespace tarn::postgres {

enum class NumericSign : std::uint8_t { Positive, Negative, NotANumber, Infinity, MinusInfinity };

// A look into the bytes of one value.
struct NumericView {
  NumericSign sign = NumericSign::Positive;
  int digit_count = 0;
  int weight = 0;         // the first digit counts 10,000^weight
  int display_scale = 0;  // digits of the fraction that the server shows
  const char* digits = nullptr;

  bool is_special() const { return sign >= NumericSign::NotANumber; }
};

// Nullopt if the bytes are no numeric.
std::optional<NumericView> read_numeric(std::string_view bytes);

enum class DecimalOutcome : std::uint8_t { Exact, Rounded, Overflow, Special };

// Unscaled value of decimal(precision, scale), rounded half away from zero if there are more
// digits. `out` is set for Exact and Rounded. REQUIRES: 1 ≤ precision ≤ 38, 0 ≤ scale ≤ precision.
DecimalOutcome to_decimal(const NumericView& numeric, int precision, int scale, Int128& out);

// At most this many characters come from `write_numeric_text`.
std::size_t numeric_text_size_max(const NumericView& numeric);
// As the server prints it; gives the number of characters.
std::size_t write_numeric_text(const NumericView& numeric, char* out);

}  // namespace tarn::postgres
