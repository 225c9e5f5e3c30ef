// SPDX-License-Identifier: Apache-2.0
// The rules of one time zone, read from the bytes of a TZif file (RFC 8536) of version 2 or later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::types {

// One yearly change of the rule at the end of a TZif file, in the form of POSIX's TZ.
struct YearlyChange {
  enum class Kind { MonthWeekDay, JulianWithoutLeapDay, DayOfYear };
  Kind kind = Kind::MonthWeekDay;
  int month = 1;
  int week = 1;  // 5: the last one
  int day = 0;   // week day from Sunday = 0, or day of the year
  std::int32_t seconds = 7200;
};

struct ZoneTail {
  std::int32_t standard_offset = 0;
  bool has_summer_time = false;
  std::int32_t summer_offset = 0;
  YearlyChange summer_begin;
  YearlyChange summer_end;
};

struct ZoneRules {
  std::string name;
  std::vector<std::int64_t> transitions;  // seconds since 1970, ascending
  std::vector<std::int32_t> offsets;      // one more than transitions: [i] holds before [i]
  std::optional<ZoneTail> tail;

  std::int32_t offset_at(std::int64_t epoch_seconds) const;
};

// ErrorCode::Corrupt if the bytes are no TZif file.
Result<ZoneRules> parse_zone_rules(std::string name, std::string_view bytes);
// `CET-1CEST,M3.5.0,M10.5.0/3`.
Result<ZoneTail> parse_zone_tail(std::string_view text);

}  // namespace tarn::types
