// SPDX-License-Identifier: Apache-2.0
// Numbers by Java's format strings. Internal to java_format.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/decimal.h"

namespace tarn::functions {

struct FormatSpec {
  int index = 0;  // from 1; 0: none given
  std::string flags;
  std::optional<int> width;
  std::optional<int> precision;
  char conversion = 's';  // lower case, but for times
  bool upper = false;
  bool time = false;

  bool has(char flag) const { return flags.find(flag) != std::string::npos; }
};

// Nullopt where Java refuses the flags. Zeros of the flag 0 are part of the text.
std::optional<std::string> format_java_integer(const FormatSpec& spec, std::int64_t value);
std::optional<std::string> format_java_double(const FormatSpec& spec, double value);
std::optional<std::string> format_java_decimal(const FormatSpec& spec, Int128 unscaled, int scale);

// BigDecimal.toString: an exponent for small numbers.
void append_big_decimal(std::string& out, Int128 unscaled, int scale);

}  // namespace tarn::functions
