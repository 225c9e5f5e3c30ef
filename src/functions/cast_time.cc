// SPDX-License-Identifier: Apache-2.0
// CAST of dates, times, timestamps and intervals.
#include <limits>

#include "base/time.h"
#include "functions/call_error.h"
#include "functions/cast.h"
#include "functions/zone_arithmetic.h"
#include "types/datetime_text.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

constexpr std::int64_t kPicosPerMicro = 1'000'000;

// Days beyond the range of microseconds end at its limits, as in Trino.
types::Timestamp timestamp_of_day(std::int64_t days) {
  types::Timestamp out;
  if (__builtin_mul_overflow(days, kMicrosPerDay, &out.micros)) {
    out.micros = days < 0 ? std::numeric_limits<std::int64_t>::min()
                          : std::numeric_limits<std::int64_t>::max();
  }
  return out;
}

std::int64_t day_of(const types::Timestamp& local) {
  return floor_divide(local.micros, kMicrosPerDay);
}

std::int64_t picos_of_day(const types::Timestamp& local) {
  return floor_modulo(local.micros, kMicrosPerDay) * kPicosPerMicro + local.picos;
}

Result<Value> to_zoned_time(std::int64_t picos, types::TimeZone zone, const Type& to) {
  const auto offset = constant_offset_minutes(zone);
  if (!offset) {
    return not_supported("a time with the offset of {}, which depends on the day of the statement",
                         zone.name());
  }
  return Value(types::ZonedTime{types::round_time(picos, to.precision), *offset});
}

Caster cast_date(const Type& to, types::TimeZone zone) {
  switch (to.kind) {
    case TypeKind::Date:
      return [](const Value& v) -> Result<Value> { return v; };
    case TypeKind::Timestamp:
      return [](const Value& v) -> Result<Value> { return Value(timestamp_of_day(v.as_int())); };
    case TypeKind::TimestampWithTimeZone:
      return [zone](const Value& v) -> Result<Value> {
        return Value(from_local_leniently(timestamp_of_day(v.as_int()), zone));
      };
    default:
      return {};
  }
}

// A cast to a timestamp takes the day of the statement: the engine has to add it.
Caster cast_plain_time(const Type& to, types::TimeZone zone) {
  switch (to.kind) {
    case TypeKind::Time:
      return [to](const Value& v) -> Result<Value> {
        return Value(types::round_time(v.as_int(), to.precision));
      };
    case TypeKind::TimeWithTimeZone:
      return [to, zone](const Value& v) -> Result<Value> {
        return to_zoned_time(v.as_int(), zone, to);
      };
    default:
      return {};
  }
}

Caster cast_zoned_time(const Type& to) {
  switch (to.kind) {
    case TypeKind::Time:
      return [to](const Value& v) -> Result<Value> {
        return Value(types::round_time(v.as_zoned_time().picos, to.precision));
      };
    case TypeKind::TimeWithTimeZone:
      return [to](const Value& v) -> Result<Value> {
        types::ZonedTime time = v.as_zoned_time();
        time.picos = types::round_time(time.picos, to.precision);
        return Value(time);
      };
    default:
      return {};
  }
}

Caster cast_timestamp(const Type& from, const Type& to, types::TimeZone session_zone) {
  const bool zoned = from.is(TypeKind::TimestampWithTimeZone);
  const auto local = [zoned](const Value& v) {
    return zoned ? types::to_local(v.as_timestamp()) : v.as_timestamp();
  };
  switch (to.kind) {
    case TypeKind::Date:
      return [local](const Value& v) -> Result<Value> { return Value(day_of(local(v))); };
    case TypeKind::Time:
      return [local, to](const Value& v) -> Result<Value> {
        return Value(types::round_time(picos_of_day(local(v)), to.precision));
      };
    case TypeKind::TimeWithTimeZone:
      if (zoned) {
        // The zone's offset, in whole minutes, when a clock of UTC shows the local time: Trino's
        // way.
        return [to](const Value& v) -> Result<Value> {
          const types::Timestamp local = types::to_local(v.as_timestamp());
          const std::int32_t seconds =
              v.as_timestamp().zone.offset_seconds_at(floor_divide(local.micros, kMicrosPerSecond));
          return Value(
              types::ZonedTime{types::round_time(picos_of_day(local), to.precision), seconds / 60});
        };
      }
      return [session_zone, to](const Value& v) -> Result<Value> {
        return to_zoned_time(picos_of_day(v.as_timestamp()), session_zone, to);
      };
    case TypeKind::Timestamp:
      return [local, to](const Value& v) -> Result<Value> {
        return Value(types::round_timestamp(local(v), to.precision));
      };
    case TypeKind::TimestampWithTimeZone:
      return [zoned, session_zone, to](const Value& v) -> Result<Value> {
        const types::Timestamp instant =
            zoned ? v.as_timestamp() : from_local_leniently(v.as_timestamp(), session_zone);
        return Value(types::round_timestamp(instant, to.precision));
      };
    default:
      return {};
  }
}

}  // namespace

Caster cast_time(const Type& from, const Type& to, const CastOptions& options) {
  if (to.is(TypeKind::Varchar)) {
    return [from, to](const Value& value) -> Result<Value> {
      std::string text = types::cast_to_text(from, value);
      const std::string shown = text;
      return to_varchar(to, std::move(text), shown);
    };
  }
  switch (from.kind) {
    case TypeKind::Date:
      return cast_date(to, options.zone);
    case TypeKind::Time:
      return cast_plain_time(to, options.zone);
    case TypeKind::TimeWithTimeZone:
      return cast_zoned_time(to);
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return cast_timestamp(from, to, options.zone);
    default:
      return {};
  }
}

}  // namespace tarn::functions
