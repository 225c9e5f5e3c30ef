// SPDX-License-Identifier: Apache-2.0
#include "functions/java_format_time.h"

#include <fmt/format.h>

#include "base/time.h"
#include "functions/call_error.h"
#include "functions/date_field.h"
#include "functions/date_names.h"
#include "types/datetime_text.h"

namespace tarn::functions {

namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

std::string offset_text(std::int64_t seconds) {
  if (seconds == 0) return "Z";
  const std::int64_t absolute = seconds < 0 ? -seconds : seconds;
  std::string out =
      fmt::format("{}{:02}:{:02}", seconds < 0 ? '-' : '+', absolute / 3600, absolute / 60 % 60);
  if (absolute % 60 != 0) out += fmt::format(":{:02}", absolute % 60);
  return out;
}

// The parts that an argument has.
struct TimeParts {
  std::optional<std::int64_t> day;
  std::optional<std::int64_t> nanos;  // of the day
  std::optional<types::Timestamp> instant;
  std::int64_t offset_seconds = 0;
};

TimeParts parts_of(const FormatTimestamp& value) {
  TimeParts out;
  const types::Timestamp local = types::to_local(value.time);
  out.day = floor_divide(local.micros, kMicrosPerDay);
  out.nanos = floor_modulo(local.micros, kMicrosPerDay) * 1000 + local.picos / 1000;
  if (value.zoned) out.instant = value.time;
  out.offset_seconds = (local.micros - value.time.micros) / kMicrosPerSecond;
  return out;
}

std::optional<TimeParts> parts_of(const FormatArgument& argument) {
  TimeParts out;
  if (const auto* date = std::get_if<FormatDate>(&argument)) {
    out.day = date->day;
  } else if (const auto* time = std::get_if<FormatTime>(&argument)) {
    out.nanos = time->nanos;
  } else if (const auto* stamp = std::get_if<FormatTimestamp>(&argument)) {
    out = parts_of(*stamp);
  } else {
    return std::nullopt;
  }
  return out;
}

std::optional<std::string> date_text(char conversion, std::int64_t day) {
  const CivilDate date = civil_from_days(day);
  const auto month = kMonthNames[static_cast<std::size_t>(date.month - 1)];
  const auto week_day = kDayNames[static_cast<std::size_t>(week_date_of(day).week_day - 1)];
  const std::int64_t year_of_era = date.year > 0 ? date.year : 1 - date.year;
  switch (conversion) {
    case 'B':
      return std::string(month);
    case 'b':
    case 'h':
      return std::string(month.substr(0, 3));
    case 'A':
      return std::string(week_day);
    case 'a':
      return std::string(week_day.substr(0, 3));
    case 'C':
      return fmt::format("{:02}", year_of_era / 100);
    case 'Y':
      return fmt::format("{:04}", year_of_era);
    case 'y':
      return fmt::format("{:02}", year_of_era % 100);
    case 'j':
      return fmt::format("{:03}", day - truncate_day(day, DateField::Year) + 1);
    case 'm':
      return fmt::format("{:02}", date.month);
    case 'd':
      return fmt::format("{:02}", date.day);
    case 'e':
      return fmt::format("{}", date.day);
    case 'D':
      return fmt::format("{:02}/{:02}/{:02}", date.month, date.day, year_of_era % 100);
    case 'F':
      return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
    default:
      return std::nullopt;
  }
}

std::optional<std::string> clock_text(char conversion, std::int64_t nanos) {
  const std::int64_t hour = nanos / kNanosPerSecond / 3600;
  const std::int64_t half_hour = (hour + 11) % 12 + 1;
  const std::int64_t minute = nanos / kNanosPerSecond / 60 % 60;
  const std::int64_t second = nanos / kNanosPerSecond % 60;
  const std::string_view half = hour < 12 ? "am" : "pm";
  switch (conversion) {
    case 'H':
      return fmt::format("{:02}", hour);
    case 'k':
      return fmt::format("{}", hour);
    case 'I':
      return fmt::format("{:02}", half_hour);
    case 'l':
      return fmt::format("{}", half_hour);
    case 'M':
      return fmt::format("{:02}", minute);
    case 'S':
      return fmt::format("{:02}", second);
    case 'L':
      return fmt::format("{:03}", nanos % kNanosPerSecond / 1'000'000);
    case 'N':
      return fmt::format("{:09}", nanos % kNanosPerSecond);
    case 'p':
      return std::string(half);
    case 'R':
      return fmt::format("{:02}:{:02}", hour, minute);
    case 'T':
      return fmt::format("{:02}:{:02}:{:02}", hour, minute, second);
    case 'r':
      return fmt::format("{:02}:{:02}:{:02} {}", half_hour, minute, second,
                         hour < 12 ? "AM" : "PM");
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string java_time_text(std::int64_t nanos_of_day) {
  const std::int64_t seconds = nanos_of_day / kNanosPerSecond;
  const std::int64_t fraction = nanos_of_day % kNanosPerSecond;
  std::string out = fmt::format("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
  if (seconds % 60 == 0 && fraction == 0) return out;
  out += fmt::format(":{:02}", seconds % 60);
  if (fraction == 0) return out;
  if (fraction % 1'000'000 == 0) return out + fmt::format(".{:03}", fraction / 1'000'000);
  if (fraction % 1'000 == 0) return out + fmt::format(".{:06}", fraction / 1'000);
  return out + fmt::format(".{:09}", fraction);
}

std::string java_timestamp_text(const FormatTimestamp& value) {
  const TimeParts parts = parts_of(value);
  std::string out = format_date(*parts.day) + "T" + java_time_text(*parts.nanos);
  if (!value.zoned) return out;
  out += offset_text(parts.offset_seconds);
  const std::string zone = value.time.zone.name();
  if (zone[0] != '+' && zone[0] != '-') out += "[" + zone + "]";
  return out;
}

Result<std::optional<std::string>> format_java_time(char conversion,
                                                    const FormatArgument& argument) {
  using Text = std::optional<std::string>;
  if (std::holds_alternative<std::int64_t>(argument)) {
    return not_supported("integers as times in format strings");
  }
  const auto parts = parts_of(argument);
  if (!parts) return Text();
  if (parts->instant && (conversion == 's' || conversion == 'Q')) {
    const std::int64_t micros = parts->instant->micros;
    return Text(std::to_string(conversion == 's' ? floor_divide(micros, kMicrosPerSecond)
                                                 : floor_divide(micros, 1000)));
  }
  if (parts->instant && conversion == 'z') {
    const std::int64_t absolute = std::abs(parts->offset_seconds);
    return Text(fmt::format("{}{:02}{:02}", parts->offset_seconds < 0 ? '-' : '+', absolute / 3600,
                            absolute / 60 % 60));
  }
  if (conversion == 'Z' || conversion == 'c') {
    if (!parts->instant) return Text();
    return not_supported("abbreviations of time zones in format strings");
  }
  if (parts->day) {
    if (auto text = date_text(conversion, *parts->day)) return text;
  }
  if (parts->nanos) return clock_text(conversion, *parts->nanos);
  return Text();
}

}  // namespace tarn::functions
