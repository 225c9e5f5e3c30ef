// SPDX-License-Identifier: Apache-2.0
// Time zones as Trino names them: `UTC`, `Europe/Paris`, `+05:30`. Rules come from the system's
// TZif files (RFC 8536), including the rule at their end, which covers all later years: libraries
// that stop at the last listed transition give wrong offsets after 2037.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::types {

// A small value that stands for a zone; copies are free. Zones once found live until the end of
// the program. All functions are thread-safe.
class TimeZone {
 public:
  // UTC.
  constexpr TimeZone() = default;

  // REQUIRES: -840 ≤ minutes ≤ 840. Zero gives UTC.
  static TimeZone from_offset_minutes(int minutes);

  std::string name() const;
  bool is_utc() const { return key_ == 0; }

  // A number for the zone, valid in this process only; 0 is UTC.
  std::int32_t key() const { return key_; }
  // REQUIRES: `key` came from `key()`.
  static TimeZone from_key(std::int32_t key) { return TimeZone(key); }

  // Seconds to add to UTC at that instant.
  std::int32_t offset_seconds_at(std::int64_t epoch_seconds) const;

  enum class Match { Unique, Gap, Overlap };
  struct Local {
    std::int32_t offset_seconds = 0;
    Match match = Match::Unique;
  };
  // The offset of a local time. In an overlap it is the earlier offset, in a gap the one before it
  // (so that the result moves forward by the length of the gap), as in java.time.
  Local resolve_local(std::int64_t local_seconds) const;

  bool operator==(const TimeZone&) const = default;

 private:
  friend Result<TimeZone> find_time_zone(std::string_view name);
  explicit constexpr TimeZone(std::int32_t key) : key_(key) {}

  // 0: UTC; -840…840 without 0: an offset in minutes; from 1000: a region.
  std::int32_t key_ = 0;
};

// Names of regions in any letter case, `Z`, `GMT`, `UT+5`, `Etc/GMT-8`, `+05:30`, `-8`. Unknown
// zones are ErrorCode::InvalidInput.
Result<TimeZone> find_time_zone(std::string_view name);

// `+05:30`, `-00:35`; zero gives `+00:00`.
std::string format_offset(int minutes);

}  // namespace tarn::types
