// SPDX-License-Identifier: Apache-2.0
// One value of any Trino type, for literals, constants and results in small numbers. Columns of
// data live elsewhere. A value does not know its type; every function takes both.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "types/time_zone.h"
#include "types/type.h"

namespace tarn::types {

inline constexpr std::int64_t kPicosPerSecond = 1'000'000'000'000;
inline constexpr std::int64_t kPicosPerDay = 86'400 * kPicosPerSecond;

// A point of time: microseconds since 1970-01-01 and the picoseconds beyond them (0–999'999). With
// a zone the microseconds are UTC; the plain timestamp has no zone (UTC here).
struct Timestamp {
  std::int64_t micros = 0;
  std::int32_t picos = 0;
  TimeZone zone;
  bool operator==(const Timestamp&) const = default;
};

// Local time of day and its offset.
struct ZonedTime {
  std::int64_t picos = 0;
  std::int32_t offset_minutes = 0;
  bool operator==(const ZonedTime&) const = default;
};

struct Value {
  // null            monostate
  // boolean         bool
  // integers        int64; date: days since 1970; time: picoseconds of the day;
  //                 interval day to second: milliseconds; year to month: months; color: its number
  // real, double    double
  // decimal         Int128 (unscaled)
  // texts, bytes    string: varchar, char (without trailing blanks), varbinary, json (its text),
  //                 uuid and ipaddress (16 bytes), sketches
  // timestamp(…)    Timestamp, both kinds
  // time with zone  ZonedTime
  // array, row      vector; map: key, value, key, value, …
  std::variant<std::monostate, bool, std::int64_t, double, Int128, std::string, Timestamp,
               ZonedTime, std::vector<Value>>
      data;

  Value() = default;
  Value(bool value) : data(value) {}
  Value(std::int64_t value) : data(value) {}
  Value(double value) : data(value) {}
  Value(Int128 value) : data(value) {}
  Value(std::string value) : data(std::move(value)) {}
  Value(Timestamp value) : data(value) {}
  Value(ZonedTime value) : data(value) {}
  Value(std::vector<Value> value) : data(std::move(value)) {}
  Value(const char*) = delete;
  Value(int value) : data(std::int64_t{value}) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  // REQUIRES: the value holds that alternative.
  bool as_bool() const { return std::get<bool>(data); }
  std::int64_t as_int() const { return std::get<std::int64_t>(data); }
  double as_double() const { return std::get<double>(data); }
  Int128 as_decimal() const { return std::get<Int128>(data); }
  const std::string& as_text() const { return std::get<std::string>(data); }
  const Timestamp& as_timestamp() const { return std::get<Timestamp>(data); }
  const ZonedTime& as_zoned_time() const { return std::get<ZonedTime>(data); }
  const std::vector<Value>& as_list() const { return std::get<std::vector<Value>>(data); }

  // Same alternative and same contents; NaN differs from itself. SQL equality is in compare.h.
  bool operator==(const Value&) const = default;
};

struct TypedValue {
  Type type;
  Value value;
};

}  // namespace tarn::types
