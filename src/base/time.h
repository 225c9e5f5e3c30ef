// SPDX-License-Identifier: Apache-2.0
// Calendar arithmetic on the proleptic Gregorian calendar and ISO texts, without time zones.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerHour = 3'600 * kMicrosPerSecond;
inline constexpr std::int64_t kMicrosPerDay = 24 * kMicrosPerHour;

struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;  // 1–12
  int day = 1;    // 1–31
  bool operator==(const CivilDate&) const = default;
};

// Days since 1970-01-01, negative before.
std::int64_t days_from_civil(const CivilDate& date);
CivilDate civil_from_days(std::int64_t days);
bool is_valid_date(const CivilDate& date);

// Floor division: -1 / 10 is -1.
constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0);
}
constexpr std::int64_t floor_modulo(std::int64_t a, std::int64_t b) {
  const std::int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

// `2017-11-16`; years outside 0–9999 carry a sign.
std::string format_date(std::int64_t days);
// `22:31:08`, with `.000001` or `.001` where not zero (as java.time writes: 0, 3, 6 or 9 digits).
std::string format_time_micros(std::int64_t micros_of_day);
// `2017-11-16T22:31:08.000001`; nanoseconds likewise.
std::string format_timestamp_micros(std::int64_t micros);
std::string format_timestamp_nanos(std::int64_t nanos);

Result<std::int64_t> parse_date(std::string_view text);
// Seconds and fraction may be missing; more than 6 digits are ErrorCode::InvalidInput.
Result<std::int64_t> parse_time_micros(std::string_view text);
// Separator `T` or space; an offset at the end (`Z`, `+02:00`) is applied if there is one.
Result<std::int64_t> parse_timestamp_micros(std::string_view text);
Result<std::int64_t> parse_timestamp_nanos(std::string_view text);

}  // namespace tarn
