// SPDX-License-Identifier: Apache-2.0
// Fields of dates and times, and arithmetic with them on local times: without zones, as Joda-Time
// does it for Trino. Internal to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace tarn::functions {

inline constexpr std::int64_t kMillisPerDay = 86'400'000;

enum class DateField : std::uint8_t {
  Millisecond,
  Second,
  Minute,
  Hour,
  Day,
  Week,
  Month,
  Quarter,
  Year
};

// `month`, in any letter case.
std::optional<DateField> find_date_field(std::string_view name);

// Hours and what is below them: these are counted on the line of time, others on the calendar.
inline bool is_time_field(DateField field) { return field <= DateField::Hour; }

// The day of the month is cut to the length of the month.
std::int64_t add_months(std::int64_t day, std::int64_t months);
// REQUIRES: no time field. INVALID_FUNCTION_ARGUMENT beyond the type date.
Result<std::int64_t> add_to_day(std::int64_t day, DateField field, std::int64_t count);
// INVALID_FUNCTION_ARGUMENT beyond the type timestamp.
Result<std::int64_t> add_to_micros(std::int64_t micros, DateField field, std::int64_t count);

// The first day of the field. REQUIRES: no time field.
std::int64_t truncate_day(std::int64_t day, DateField field);
std::int64_t truncate_micros(std::int64_t micros, DateField field);

// Whole fields from `begin` to `end`, both in milliseconds; negative if `end` is before.
std::int64_t count_between(DateField field, std::int64_t begin, std::int64_t end);

// Weeks of ISO 8601. `week_year_start` is the Monday of the year's first week.
std::int64_t week_year_start(std::int64_t year);
struct WeekDate {
  std::int64_t year = 0;
  int week = 1;      // 1–53
  int week_day = 1;  // Monday is 1
};
WeekDate week_date_of(std::int64_t day);

}  // namespace tarn::functions
