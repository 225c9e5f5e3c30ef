// SPDX-License-Identifier: Apache-2.0
// Texts by Java's format strings (java.util.Formatter, English), as the function format() makes
// them. Internal to this folder.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "types/value.h"

namespace tarn::functions {

// What Java would hand to the formatter.
struct FormatDecimal {
  Int128 unscaled = 0;
  int scale = 0;
};
struct FormatDate {
  std::int64_t day = 0;
};
struct FormatTime {
  std::int64_t nanos = 0;  // of the day
};
struct FormatTimestamp {
  types::Timestamp time;  // with nanoseconds
  bool zoned = false;
};
struct FormatReal {
  float value = 0;
};
using FormatArgument =
    std::variant<std::monostate, bool, std::int64_t, FormatReal, double, FormatDecimal, std::string,
                 FormatDate, FormatTime, FormatTimestamp>;

// INVALID_FUNCTION_ARGUMENT where Java throws; hash codes (%h) are NOT_SUPPORTED.
Result<std::string> format_java(std::string_view format, std::span<const FormatArgument> arguments);

// Java's toString().
std::string java_text_of(const FormatArgument& argument);

}  // namespace tarn::functions
