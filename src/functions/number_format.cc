// SPDX-License-Identifier: Apache-2.0
// format_number: numbers for people.
#include <cmath>
#include <cstdio>

#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

// Adds one at the last digit of a plain decimal text.
void increment(std::string& digits) {
  for (std::size_t i = digits.size(); i-- > 0;) {
    if (digits[i] == '.' || digits[i] == '-') continue;
    if (digits[i] != '9') {
      ++digits[i];
      return;
    }
    digits[i] = '0';
  }
  digits.insert(digits.starts_with('-') ? 1 : 0, "1");
}

// Rounds half up in magnitude, by the exact value of the double, and drops zeros at the end.
std::string rounded_text(double value, std::size_t decimals) {
  char buffer[400];
  const int size = std::snprintf(buffer, sizeof buffer, "%.60f", value);
  std::string text(buffer, static_cast<std::size_t>(size));
  const std::size_t point = text.find('.');
  const char next = text[point + 1 + decimals];
  text.resize(point + 1 + decimals);
  if (next >= '5') increment(text);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string format_count(std::int64_t count) {
  auto value = static_cast<double>(count);
  std::string unit;
  for (const char* next : {"K", "M", "B", "T", "Q"}) {
    if (std::abs(value) < 1000) break;
    value /= 1000;
    unit = next;
  }
  const std::size_t decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  return rounded_text(value, decimals) + unit;
}

// As Java's (long) of a double.
std::int64_t saturated(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 9223372036854775807.0) return std::numeric_limits<std::int64_t>::max();
  if (value <= -9223372036854775808.0) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

Result<Value> format_integer(Arguments values) { return Value(format_count(values[0].as_int())); }
Result<Value> format_double(Arguments values) {
  return Value(format_count(saturated(values[0].as_double())));
}

constexpr FunctionEntry kNumberFormatFunctions[] = {
    {"format_number", takes<format_integer, BigInt>},
    {"format_number", takes<format_double, Double>},
};

}  // namespace

FunctionList number_format_functions() { return kNumberFormatFunctions; }

}  // namespace tarn::functions
