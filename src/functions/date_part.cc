// SPDX-License-Identifier: Apache-2.0
// Parts of dates, times, timestamps and intervals: what EXTRACT calls, and functions of the same
// names.
#include "base/time.h"
#include "functions/call_error.h"
#include "functions/date_field.h"
#include "functions/lists.h"
#include "types/datetime_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

using DayPart = std::int64_t (*)(std::int64_t day);

std::int64_t year_of(std::int64_t day) { return civil_from_days(day).year; }
std::int64_t quarter_of(std::int64_t day) { return (civil_from_days(day).month + 2) / 3; }
std::int64_t month_of(std::int64_t day) { return civil_from_days(day).month; }
std::int64_t day_of_month(std::int64_t day) { return civil_from_days(day).day; }
std::int64_t day_of_week(std::int64_t day) { return week_date_of(day).week_day; }
std::int64_t day_of_year(std::int64_t day) { return day - truncate_day(day, DateField::Year) + 1; }
std::int64_t week_of(std::int64_t day) { return week_date_of(day).week; }
std::int64_t week_year_of(std::int64_t day) { return week_date_of(day).year; }

template <DayPart part>
BoundFunction bind_day_part(const CallSignature& signature) {
  if (signature.arguments.size() != 1) return {};
  switch (signature.arguments[0].kind) {
    case TypeKind::Date:
      return {[](Arguments v) -> Result<Value> { return Value(part(v[0].as_int())); }};
    case TypeKind::Timestamp:
      return {[](Arguments v) -> Result<Value> {
        return Value(part(floor_divide(v[0].as_timestamp().micros, kMicrosPerDay)));
      }};
    case TypeKind::TimestampWithTimeZone:
      return {[](Arguments v) -> Result<Value> {
        const types::Timestamp local = types::to_local(v[0].as_timestamp());
        return Value(part(floor_divide(local.micros, kMicrosPerDay)));
      }};
    default:
      return {};
  }
}

// value / unit % count
struct TimePart {
  std::int64_t unit_millis;
  std::int64_t count;
  std::int64_t of_millis(std::int64_t millis) const { return millis / unit_millis % count; }
};
constexpr TimePart kHourPart{3'600'000, 24};
constexpr TimePart kMinutePart{60'000, 60};
constexpr TimePart kSecondPart{1'000, 60};
constexpr TimePart kMillisecondPart{1, 1'000};

template <const TimePart& part>
BoundFunction bind_time_part(const CallSignature& signature) {
  constexpr std::int64_t kPicosPerMillisecond = 1'000'000'000;
  if (signature.arguments.size() != 1) return {};
  switch (signature.arguments[0].kind) {
    case TypeKind::Time:
      return {[](Arguments v) -> Result<Value> {
        return Value(part.of_millis(v[0].as_int() / kPicosPerMillisecond));
      }};
    case TypeKind::TimeWithTimeZone:
      return {[](Arguments v) -> Result<Value> {
        return Value(part.of_millis(v[0].as_zoned_time().picos / kPicosPerMillisecond));
      }};
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return {[](Arguments v) -> Result<Value> {
        const types::Timestamp local = types::to_local(v[0].as_timestamp());
        return Value(part.of_millis(floor_modulo(local.micros, kMicrosPerDay) / 1000));
      }};
    case TypeKind::IntervalDayToSecond:
      return {[](Arguments v) -> Result<Value> { return Value(part.of_millis(v[0].as_int())); }};
    default:
      return {};
  }
}

Result<Value> interval_days(Arguments v) { return Value(v[0].as_int() / kMillisPerDay); }
Result<Value> interval_years(Arguments v) { return Value(v[0].as_int() / 12); }
Result<Value> interval_months(Arguments v) { return Value(v[0].as_int() % 12); }

constexpr auto kDayInterval = TypeKind::IntervalDayToSecond;
constexpr auto kYearInterval = TypeKind::IntervalYearToMonth;

constexpr FunctionEntry kDateParts[] = {
    {"year", bind_day_part<year_of>},
    {"year", takes<interval_years, kYearInterval>},
    {"quarter", bind_day_part<quarter_of>},
    {"month", bind_day_part<month_of>},
    {"month", takes<interval_months, kYearInterval>},
    {"week", bind_day_part<week_of>},
    {"week_of_year", bind_day_part<week_of>},
    {"year_of_week", bind_day_part<week_year_of>},
    {"yow", bind_day_part<week_year_of>},
    {"day", bind_day_part<day_of_month>},
    {"day", takes<interval_days, kDayInterval>},
    {"day_of_month", bind_day_part<day_of_month>},
    {"day_of_month", takes<interval_days, kDayInterval>},
    {"day_of_week", bind_day_part<day_of_week>},
    {"dow", bind_day_part<day_of_week>},
    {"day_of_year", bind_day_part<day_of_year>},
    {"doy", bind_day_part<day_of_year>},
    {"hour", bind_time_part<kHourPart>},
    {"minute", bind_time_part<kMinutePart>},
    {"second", bind_time_part<kSecondPart>},
    {"millisecond", bind_time_part<kMillisecondPart>},
};

}  // namespace

FunctionList date_part_functions() { return kDateParts; }

}  // namespace tarn::functions
