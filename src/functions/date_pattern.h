// SPDX-License-Identifier: Apache-2.0
// A pattern of date and time fields that prints timestamps and reads texts, with the rules of
// Joda-Time, which Trino uses. Made of MySQL's formats (date_format, date_parse) or of Joda's
// patterns (format_datetime, parse_datetime). English names. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace tarn::functions {

enum class PatternField : std::uint8_t {
  Literal,  // `text`
  Era,
  Century,
  YearOfEra,
  Year,
  YearOfPivot,  // two digits around `pivot`; `lenient`: other counts of digits are the year
  WeekYear,
  WeekYearOfPivot,  // likewise
  Month,
  MonthName,
  MonthShortName,
  DayOfMonth,
  DayOfYear,
  Week,
  DayOfWeek,
  DayName,
  DayShortName,
  HalfDay,          // AM, PM
  Hour,             // 0–23
  ClockHour,        // 1–24
  HourOfHalf,       // 0–11
  ClockHourOfHalf,  // 1–12
  Minute,
  Second,
  Fraction,  // of the second
  Offset,    // `+0530`, or `lenient`: `+05:30`
  ZoneName,  // id of the zone
  ZoneAbbreviation
};

struct PatternPart {
  PatternField field = PatternField::Literal;
  int min_digits = 1;
  int max_digits = 2;
  std::string text = {};
  int pivot = 0;  // 0: depends on the year of the statement
  bool lenient = false;
};

class DatePattern {
 public:
  // INVALID_FUNCTION_ARGUMENT for formats that Trino does not know.
  static Result<DatePattern> from_mysql(std::string_view format);
  static Result<DatePattern> from_joda(std::string_view pattern);

  // The local time of the timestamp's zone, in milliseconds.
  Result<std::string> print(const types::Timestamp& time) const;

  struct Parsed {
    types::Timestamp local;  // without zone
    std::optional<types::TimeZone> zone;
  };
  // INVALID_FUNCTION_ARGUMENT for texts that do not match, and for impossible dates.
  Result<Parsed> parse(std::string_view text) const;

 private:
  std::vector<PatternPart> parts_;
};

}  // namespace tarn::functions
