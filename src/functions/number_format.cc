// SPDX-License-Identifier: Apache-2.0
// Numbers for people, and numbers that people wrote: format_number, human_readable_seconds,
// parse_data_size.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "functions/lists.h"
#include "functions/typed_call.h"
#include "types/number_text.h"

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

Result<Value> human_readable_seconds(Arguments values) {
  const double seconds = values[0].as_double();
  if (!std::isfinite(seconds)) {
    std::string shown;
    types::append_java_double(shown, seconds);
    return invalid_argument("Invalid argument found: {}", shown);
  }
  std::int64_t rest = saturated(std::floor(std::abs(seconds) + 0.5));
  struct Unit {
    std::int64_t seconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {
      {604'800, "week"}, {86'400, "day"}, {3'600, "hour"}, {60, "minute"}, {1, "second"}};
  std::string out;
  for (const Unit& unit : kUnits) {
    const std::int64_t count = rest / unit.seconds;
    rest %= unit.seconds;
    if (count == 0) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}{}", count, unit.name, count == 1 ? "" : "s");
  }
  return Value(out.empty() ? std::string("0 seconds") : std::move(out));
}

// Decimal digits times 2^shift, the fraction dropped. `digits` has no point.
std::string shifted(std::string digits, std::size_t fraction, int shift) {
  for (int i = 0; i < shift; ++i) {
    int carry = 0;
    for (std::size_t at = digits.size(); at-- > 0;) {
      const int doubled = (digits[at] - '0') * 2 + carry;
      digits[at] = static_cast<char>('0' + doubled % 10);
      carry = doubled / 10;
    }
    if (carry > 0) digits.insert(0, 1, '1');
  }
  digits.resize(digits.size() - std::min(fraction, digits.size()));
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

Result<Value> parse_data_size(Arguments values) {
  const std::string& text = values[0].as_text();
  const auto bad = [&] { return invalid_argument("Invalid data size: '{}'", text); };
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  std::string digits = text.substr(0, end);
  std::size_t fraction = 0;
  if (const std::size_t point = digits.find('.'); point != std::string::npos) {
    fraction = digits.size() - point - 1;
    digits.erase(point, 1);
  }
  if (digits.empty() || digits.find('.') != std::string::npos) return bad();
  constexpr std::string_view kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  const auto* const unit =
      std::find(std::begin(kUnits), std::end(kUnits), std::string_view(text).substr(end));
  if (unit == std::end(kUnits)) return bad();
  if (digits.size() > 10'000) return bad();
  const std::string bytes =
      shifted(std::move(digits), fraction, 10 * static_cast<int>(unit - std::begin(kUnits)));
  if (bytes.size() > kDecimalPrecisionMax) {
    return out_of_range("Value out of range: '{}' ('{}B')", text, bytes);
  }
  Int128 out = 0;
  for (const char digit : bytes) out = out * 10 + (digit - '0');
  return Value(out);
}

constexpr FunctionEntry kNumberFormatFunctions[] = {
    {"format_number", takes<format_integer, BigInt>},
    {"format_number", takes<format_double, Double>},
    {"human_readable_seconds", takes<human_readable_seconds, Double>},
    {"parse_data_size", takes<parse_data_size, Varchar>},
};

}  // namespace

FunctionList number_format_functions() { return kNumberFormatFunctions; }

}  // namespace tarn::functions
