// SPDX-License-Identifier: Apache-2.0
#include "functions/date_field.h"

#include <array>
#include <limits>

#include "base/text.h"
#include "base/time.h"
#include "functions/call_error.h"

namespace tarn::functions {

namespace {

constexpr std::array<std::string_view, 9> kFieldNames = {
    "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"};
constexpr std::array<std::int64_t, 6> kFieldMillis = {1,         1'000,         60'000,
                                                      3'600'000, kMillisPerDay, 7 * kMillisPerDay};

std::int64_t months_of(DateField field) {
  return field == DateField::Year ? 12 : field == DateField::Quarter ? 3 : 1;
}

int days_of_month(std::int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int leap = month == 2 && is_valid_date({year, 2, 29}) ? 1 : 0;
  return kDays[static_cast<std::size_t>(month - 1)] + leap;
}

std::int64_t month_start_millis(const CivilDate& date) {
  return days_from_civil({date.year, date.month, 1}) * kMillisPerDay;
}

// REQUIRES: begin ≤ end.
std::int64_t months_between(std::int64_t begin, std::int64_t end) {
  CivilDate first = civil_from_days(floor_divide(begin, kMillisPerDay));
  const CivilDate last = civil_from_days(floor_divide(end, kMillisPerDay));
  std::int64_t months = (last.year - first.year) * 12 + last.month - first.month;
  std::int64_t begin_rest = begin - month_start_millis(first);
  // The end of a short month counts as any later day of a longer one.
  if (last.day == days_of_month(last.year, last.month) && first.day > last.day) {
    begin_rest -= (first.day - last.day) * kMillisPerDay;
  }
  if (end - month_start_millis(last) < begin_rest) --months;
  return months;
}

// REQUIRES: begin ≤ end.
std::int64_t years_between(std::int64_t begin, std::int64_t end) {
  constexpr std::int64_t kLeapDay = (31 + 29 - 1) * kMillisPerDay;
  const std::int64_t first = civil_from_days(floor_divide(begin, kMillisPerDay)).year;
  const std::int64_t last = civil_from_days(floor_divide(end, kMillisPerDay)).year;
  std::int64_t begin_rest = begin - days_from_civil({first, 1, 1}) * kMillisPerDay;
  std::int64_t end_rest = end - days_from_civil({last, 1, 1}) * kMillisPerDay;
  const bool first_leap = is_valid_date({first, 2, 29});
  const bool last_leap = is_valid_date({last, 2, 29});
  if (begin_rest >= kLeapDay) {
    if (first_leap && !last_leap) begin_rest -= kMillisPerDay;
    if (!first_leap && last_leap && end_rest >= kLeapDay) end_rest -= kMillisPerDay;
  }
  return last - first - (end_rest < begin_rest ? 1 : 0);
}

}  // namespace

std::optional<DateField> find_date_field(std::string_view name) {
  for (std::size_t i = 0; i < kFieldNames.size(); ++i) {
    if (name == kFieldNames[i]) return static_cast<DateField>(i);
  }
  for (std::size_t i = 0; i < kFieldNames.size(); ++i) {
    if (equals_ignore_case(name, kFieldNames[i])) return static_cast<DateField>(i);
  }
  return std::nullopt;
}

std::int64_t add_months(std::int64_t day, std::int64_t months) {
  CivilDate date = civil_from_days(day);
  const std::int64_t month = date.month - 1 + months;
  date.year += floor_divide(month, 12);
  date.month = static_cast<int>(floor_modulo(month, 12)) + 1;
  date.day = std::min(date.day, days_of_month(date.year, date.month));
  return days_from_civil(date);
}

Result<std::int64_t> add_to_day(std::int64_t day, DateField field, std::int64_t count) {
  constexpr std::int64_t kCountMax = 10'000'000'000;
  if (count >= -kCountMax && count <= kCountMax) {
    std::int64_t out = 0;
    if (field >= DateField::Month) {
      out = add_months(day, count * months_of(field));
    } else {
      out = day + count * (field == DateField::Week ? 7 : 1);
    }
    if (out >= std::numeric_limits<std::int32_t>::min() &&
        out <= std::numeric_limits<std::int32_t>::max()) {
      return out;
    }
  }
  return invalid_argument("date out of range");
}

Result<std::int64_t> add_to_micros(std::int64_t micros, DateField field, std::int64_t count) {
  std::int64_t out = 0;
  if (field < DateField::Month) {
    const std::int64_t unit = kFieldMillis[static_cast<std::size_t>(field)] * 1000;
    if (!__builtin_mul_overflow(count, unit, &out) && !__builtin_add_overflow(out, micros, &out)) {
      return out;
    }
    return invalid_argument("timestamp out of range");
  }
  const std::int64_t day = TRY(add_to_day(floor_divide(micros, kMicrosPerDay), field, count));
  if (__builtin_mul_overflow(day, kMicrosPerDay, &out) ||
      __builtin_add_overflow(out, floor_modulo(micros, kMicrosPerDay), &out)) {
    return invalid_argument("timestamp out of range");
  }
  return out;
}

std::int64_t truncate_day(std::int64_t day, DateField field) {
  CivilDate date = civil_from_days(day);
  switch (field) {
    case DateField::Week:
      return day - floor_modulo(day + 3, 7);
    case DateField::Month:
      return days_from_civil({date.year, date.month, 1});
    case DateField::Quarter:
      return days_from_civil({date.year, (date.month - 1) / 3 * 3 + 1, 1});
    case DateField::Year:
      return days_from_civil({date.year, 1, 1});
    default:
      return day;
  }
}

std::int64_t truncate_micros(std::int64_t micros, DateField field) {
  if (field < DateField::Week) {
    const std::int64_t unit = kFieldMillis[static_cast<std::size_t>(field)] * 1000;
    return micros - floor_modulo(micros, unit);
  }
  return truncate_day(floor_divide(micros, kMicrosPerDay), field) * kMicrosPerDay;
}

std::int64_t count_between(DateField field, std::int64_t begin, std::int64_t end) {
  if (field < DateField::Month) return (end - begin) / kFieldMillis[static_cast<int>(field)];
  if (end < begin) return -count_between(field, end, begin);
  if (field == DateField::Year) return years_between(begin, end);
  const std::int64_t months = months_between(begin, end);
  return field == DateField::Quarter ? months / 3 : months;
}

std::int64_t week_year_start(std::int64_t year) {
  return truncate_day(days_from_civil({year, 1, 4}), DateField::Week);
}

WeekDate week_date_of(std::int64_t day) {
  WeekDate out;
  out.week_day = static_cast<int>(floor_modulo(day + 3, 7)) + 1;
  // The Thursday of a week is in its year.
  out.year = civil_from_days(day - out.week_day + 4).year;
  out.week = static_cast<int>((day - week_year_start(out.year)) / 7) + 1;
  return out;
}

}  // namespace tarn::functions
