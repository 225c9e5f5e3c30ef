// SPDX-License-Identifier: Apache-2.0
// Products and quotients of intervals, durations as texts. Intervals of milliseconds wrap around
// like Java's numbers, as in Trino.
#include "functions/interval.h"

#include <cmath>
#include <limits>

#include "base/text.h"
#include "functions/call_error.h"
#include "functions/lists.h"
#include "types/number_text.h"
#include "types/type_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

std::string java_double(double value) {
  std::string out;
  types::append_java_double(out, value);
  return out;
}

// As Java converts a double: cut to the range, NaN is 0.
std::int64_t saturated(double value) {
  if (std::isnan(value)) return 0;
  constexpr double kLimit = 9223372036854775808.0;
  if (value >= kLimit) return std::numeric_limits<std::int64_t>::max();
  if (value <= -kLimit) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

Result<Value> interval_value(std::int64_t value, bool months) {
  if (months) return month_interval(value);
  return Value(value);
}

std::int64_t wrapped_product(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

BoundFunction bind_interval_product(const CallSignature& signature) {
  if (signature.arguments.size() != 2) return {};
  const bool months = signature.result.is(TypeKind::IntervalYearToMonth);
  if (!months && !signature.result.is(TypeKind::IntervalDayToSecond)) return {};
  const std::size_t interval = signature.arguments[0].kind == signature.result.kind ? 0 : 1;
  const Type& factor = signature.arguments[1 - interval];
  if (factor.is(TypeKind::BigInt)) {
    return {[interval, months](Arguments v) -> Result<Value> {
      return interval_value(wrapped_product(v[interval].as_int(), v[1 - interval].as_int()),
                            months);
    }};
  }
  if (!factor.is(TypeKind::Double)) return {};
  return {[interval, months](Arguments v) -> Result<Value> {
    const double number = v[1 - interval].as_double();
    if (std::isnan(number)) return invalid_argument("Cannot multiply by double NaN");
    return interval_value(saturated(static_cast<double>(v[interval].as_int()) * number), months);
  }};
}

BoundFunction bind_interval_quotient(const CallSignature& signature) {
  if (signature.arguments.size() != 2 || !signature.arguments[1].is(TypeKind::Double)) return {};
  const bool months = signature.result.is(TypeKind::IntervalYearToMonth);
  if (!months && !signature.result.is(TypeKind::IntervalDayToSecond)) return {};
  return {[months](Arguments v) -> Result<Value> {
    const double number = v[1].as_double();
    if (std::isnan(number) || number == 0) {
      return invalid_argument("Cannot divide by double {}", java_double(number));
    }
    return interval_value(saturated(static_cast<double>(v[0].as_int()) / number), months);
  }};
}

Result<Value> to_milliseconds(Arguments v) { return v[0]; }

// `12.5 h`: the digits and the unit; nullopt if the text has another form.
struct Measure {
  std::string_view number;
  std::string_view unit;
};
std::optional<Measure> split_measure(std::string_view text) {
  text = trim(text);
  std::size_t end = 0;
  const auto skip_digits = [&] {
    const std::size_t begin = end;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    return end != begin;
  };
  if (!skip_digits()) return std::nullopt;
  if (end < text.size() && text[end] == '.') {
    ++end;
    if (!skip_digits()) return std::nullopt;
  }
  Measure out{text.substr(0, end), trim_left(text.substr(end))};
  if (out.unit.empty()) return std::nullopt;
  for (const char c : out.unit) {
    if ((c | 0x20) < 'a' || (c | 0x20) > 'z') return std::nullopt;
  }
  return out;
}

Result<Value> parse_duration(Arguments v) {
  struct Unit {
    std::string_view name;
    double millis;
  };
  constexpr Unit kUnits[] = {{"ns", 1e-6},  {"us", 1e-3},     {"ms", 1},        {"s", 1000},
                             {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  const std::string& text = v[0].as_text();
  const auto measure = split_measure(text);
  if (!measure) return invalid_argument("duration is not a valid data duration string: {}", text);
  for (const Unit& unit : kUnits) {
    if (unit.name != measure->unit) continue;
    const double number = types::parse_java_double(measure->number).value_or(0);
    const double millis =
        unit.millis < 1 ? number / std::round(1 / unit.millis) : number * unit.millis;
    if (millis >= 9223372036854775808.0) {
      return invalid_argument("value {} is too large for a duration", text);
    }
    return Value(saturated(std::floor(millis + 0.5)));
  }
  return invalid_argument("Unknown time unit: {}", measure->unit);
}

Result<Value> human_readable_seconds(Arguments v) {
  struct Unit {
    const char* name;
    std::int64_t seconds;
  };
  constexpr Unit kUnits[] = {
      {"week", 604'800}, {"day", 86'400}, {"hour", 3'600}, {"minute", 60}, {"second", 1}};
  const double number = v[0].as_double();
  if (!std::isfinite(number)) {
    return invalid_argument("Invalid argument found: {}", java_double(number));
  }
  std::int64_t rest = saturated(std::floor(std::abs(number) + 0.5));
  std::string out;
  for (const Unit& unit : kUnits) {
    const std::int64_t count = rest / unit.seconds;
    rest %= unit.seconds;
    if (count == 0 && !(unit.seconds == 1 && out.empty())) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}{}", count, unit.name, count == 1 ? "" : "s");
  }
  return Value(std::move(out));
}

// Digits and at most one point as unscaled value and scale.
Result<Value> parse_data_size(Arguments v) {
  constexpr std::string_view kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  const std::string& text = v[0].as_text();
  const auto bad = [&] { return invalid_argument("Invalid data size: '{}'", text); };
  std::size_t end = 0;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
  auto number = parse_decimal(std::string_view(text).substr(0, end));
  if (end == 0 || !number) return bad();
  const std::string_view unit = std::string_view(text).substr(end);
  for (std::size_t power = 0; power < std::size(kUnits); ++power) {
    if (kUnits[power] != unit) continue;
    Int128 bytes = number->unscaled;
    bool overflow = false;
    for (std::size_t i = 0; i < power; ++i) {
      overflow = overflow || __builtin_mul_overflow(bytes, Int128{1024}, &bytes);
    }
    bytes /= power_of_ten(number->scale);
    if (overflow || bytes >= power_of_ten(kDecimalPrecisionMax)) {
      return out_of_range("Value out of range: '{}'", text);
    }
    return Value(bytes);
  }
  return bad();
}

constexpr FunctionEntry kIntervals[] = {
    {"$multiply", bind_interval_product},
    {"$divide", bind_interval_quotient},
    {"to_milliseconds", takes<to_milliseconds, TypeKind::IntervalDayToSecond>},
    {"parse_duration", takes<parse_duration, TypeKind::Varchar>},
    {"human_readable_seconds", takes<human_readable_seconds, TypeKind::Double>},
    {"parse_data_size", takes<parse_data_size, TypeKind::Varchar>},
};

}  // namespace

Result<Value> month_interval(std::int64_t months) {
  if (months < std::numeric_limits<std::int32_t>::min() ||
      months > std::numeric_limits<std::int32_t>::max()) {
    return out_of_range("Value {} is out of range for type interval year to month", months);
  }
  return Value(months);
}

FunctionList interval_functions() { return kIntervals; }

}  // namespace tarn::functions
