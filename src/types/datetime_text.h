// SPDX-License-Identifier: Apache-2.0
// Texts of dates, times, timestamps and intervals, as Trino reads and writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "types/value.h"

namespace tarn::types {

// `2024-02-29`; years below 0 or above 9999 with sign.
void append_date(std::string& out, std::int64_t days);
// `12:34:56.123`, exactly `precision` digits.
void append_time(std::string& out, std::int64_t picos_of_day, int precision);
void append_zoned_time(std::string& out, const ZonedTime& time, int precision);
// `2024-02-29 12:34:56.123`.
void append_timestamp(std::string& out, const Timestamp& timestamp, int precision);
// The local time of its zone and the zone's name.
void append_zoned_timestamp(std::string& out, const Timestamp& timestamp, int precision);
// `-2 03:04:05.006`
void append_day_interval(std::string& out, std::int64_t millis);
// `-1-6`
void append_year_interval(std::string& out, std::int64_t months);

// `[+-]yyyy-m-d`.
Result<std::int64_t> parse_date_text(std::string_view text);

struct ParsedTime {
  std::int64_t picos = 0;  // of the day, local
  int digits = 0;          // of the fraction, at most 12
  std::optional<int> offset_minutes;
};
// `h:m[:s[.f]][ ][±hh:mm]`
Result<ParsedTime> parse_time_text(std::string_view text);

struct ParsedTimestamp {
  Timestamp local;  // without zone
  int digits = 0;
  std::optional<TimeZone> zone;
};
// `yyyy-m-d[ h:m[:s[.f]][ ][zone]]`
Result<ParsedTimestamp> parse_timestamp_text(std::string_view text);

// Half up, at `precision` digits of the fraction (0–12).
Timestamp round_timestamp(Timestamp timestamp, int precision);
// Half up; 24:00 becomes 00:00.
std::int64_t round_time(std::int64_t picos_of_day, int precision);

// The zone that a value names: as find_time_zone, but only in the letter case of its name, and
// without the old abbreviations that Trino does not know. ErrorCode::InvalidInput for others.
Result<TimeZone> find_value_zone(std::string_view name);

// Takes the local time in `zone`. ErrorCode::InvalidInput if the zone skips that time.
Result<Timestamp> to_zoned(const Timestamp& local, TimeZone zone);
// The local time of a zoned timestamp.
Timestamp to_local(const Timestamp& zoned);

enum class IntervalField { Year, Month, Day, Hour, Minute, Second };
// INTERVAL '2 03:04' DAY TO MINUTE; without `last` a single field. Months for years and months,
// milliseconds for the rest.
Result<std::int64_t> parse_interval_text(std::string_view text, IntervalField from,
                                         std::optional<IntervalField> last);

}  // namespace tarn::types
