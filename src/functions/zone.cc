// SPDX-License-Identifier: Apache-2.0
// Time zones of values: AT TIME ZONE, with_timezone, timezone and its parts.
#include "base/time.h"
#include "functions/call_error.h"
#include "functions/lists.h"
#include "functions/zone_arithmetic.h"
#include "types/datetime_text.h"

namespace tarn::functions {

namespace {

using types::kPicosPerDay;
using types::TimeZone;
using types::Type;
using types::TypeKind;
using types::Value;
using types::ZonedTime;

Result<TimeZone> zone_of_name(const std::string& name) {
  // Mostly the same from row to row.
  thread_local std::string last_name;
  thread_local TimeZone last;
  if (!last_name.empty() && name == last_name) return last;
  auto zone = types::find_value_zone(name);
  if (!zone) return invalid_argument("'{}' is not a valid time zone", name);
  last_name = name;
  last = *zone;
  return last;
}

Result<TimeZone> zone_of_interval(std::int64_t millis) {
  if (millis % 60'000 != 0) {
    return invalid_argument("Invalid time zone offset interval: interval contains seconds");
  }
  const std::int64_t minutes = millis / 60'000;
  if (minutes < -840 || minutes > 840) {
    return invalid_argument("Invalid offset minutes {}", minutes);
  }
  return TimeZone::from_offset_minutes(static_cast<int>(minutes));
}

Result<TimeZone> zone_of_argument(const Type& type, const Value& value) {
  if (type.is(TypeKind::Varchar)) return zone_of_name(value.as_text());
  return zone_of_interval(value.as_int());
}

Result<Value> time_at_zone(const ZonedTime& time, TimeZone zone) {
  const auto offset = constant_offset_minutes(zone);
  if (!offset) {
    return not_supported("a time with the offset of {}, which depends on the day of the statement",
                         zone.name());
  }
  constexpr std::int64_t kPicosPerMinute = 60 * types::kPicosPerSecond;
  const std::int64_t moved = time.picos + (*offset - time.offset_minutes) * kPicosPerMinute;
  return Value(ZonedTime{floor_modulo(moved, kPicosPerDay), *offset});
}

BoundFunction bind_at_zone(const CallSignature& signature) {
  if (signature.arguments.size() != 2) return {};
  const Type& type = signature.arguments[0];
  const Type& zone_type = signature.arguments[1];
  if (!zone_type.is(TypeKind::Varchar) && !zone_type.is(TypeKind::IntervalDayToSecond)) return {};
  switch (type.kind) {
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return {[zone_type, plain = type.is(TypeKind::Timestamp),
               session = signature.zone](Arguments v) -> Result<Value> {
        types::Timestamp time = v[0].as_timestamp();
        if (plain) time = from_local_leniently(time, session);
        time.zone = TRY(zone_of_argument(zone_type, v[1]));
        return Value(time);
      }};
    case TypeKind::TimeWithTimeZone:
      return {[zone_type](Arguments v) -> Result<Value> {
        return time_at_zone(v[0].as_zoned_time(), TRY(zone_of_argument(zone_type, v[1])));
      }};
    case TypeKind::Time:
      return {[zone_type, session = signature.zone](Arguments v) -> Result<Value> {
        const TimeZone zone = TRY(zone_of_argument(zone_type, v[1]));
        const auto offset = constant_offset_minutes(session);
        if (!offset) {
          return not_supported("the offset of {} depends on the day of the statement",
                               session.name());
        }
        return time_at_zone({v[0].as_int(), *offset}, zone);
      }};
    default:
      return {};
  }
}

Result<Value> with_timezone(Arguments v) {
  const TimeZone zone = TRY(zone_of_name(v[1].as_text()));
  return Value(from_local_leniently(v[0].as_timestamp(), zone));
}

std::int64_t offset_seconds_of(const types::Timestamp& time) {
  return time.zone.offset_seconds_at(floor_divide(time.micros, kMicrosPerSecond));
}

Result<Value> timestamp_zone(Arguments v) { return Value(v[0].as_timestamp().zone.name()); }
Result<Value> timestamp_zone_hour(Arguments v) {
  return Value(offset_seconds_of(v[0].as_timestamp()) / 3600);
}
Result<Value> timestamp_zone_minute(Arguments v) {
  return Value(offset_seconds_of(v[0].as_timestamp()) / 60 % 60);
}
Result<Value> time_zone_text(Arguments v) {
  return Value(types::format_offset(v[0].as_zoned_time().offset_minutes));
}
Result<Value> time_zone_hour(Arguments v) {
  return Value(v[0].as_zoned_time().offset_minutes / 60);
}
Result<Value> time_zone_minute(Arguments v) {
  return Value(v[0].as_zoned_time().offset_minutes % 60);
}

BoundFunction bind_current_timezone(const CallSignature& signature) {
  return {[zone = signature.zone](Arguments) -> Result<Value> { return Value(zone.name()); }};
}

constexpr auto kZonedTimestamp = TypeKind::TimestampWithTimeZone;
constexpr auto kZonedTimeOfDay = TypeKind::TimeWithTimeZone;

constexpr FunctionEntry kZones[] = {
    {"$at_time_zone", bind_at_zone},
    {"at_timezone", bind_at_zone},
    {"with_timezone", takes<with_timezone, TypeKind::Timestamp, TypeKind::Varchar>},
    {"timezone", takes<timestamp_zone, kZonedTimestamp>},
    {"timezone", takes<time_zone_text, kZonedTimeOfDay>},
    {"timezone_hour", takes<timestamp_zone_hour, kZonedTimestamp>},
    {"timezone_hour", takes<time_zone_hour, kZonedTimeOfDay>},
    {"timezone_minute", takes<timestamp_zone_minute, kZonedTimestamp>},
    {"timezone_minute", takes<time_zone_minute, kZonedTimeOfDay>},
    {"current_timezone", bind_current_timezone},
};

}  // namespace

FunctionList zone_functions() { return kZones; }

}  // namespace tarn::functions
