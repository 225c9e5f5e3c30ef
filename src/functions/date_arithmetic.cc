// SPDX-License-Identifier: Apache-2.0
// Sums and differences of dates, times, timestamps and intervals; date_add, date_diff, date_trunc,
// last_day_of_month.
#include <array>

#include "base/time.h"
#include "functions/call_error.h"
#include "functions/date_field.h"
#include "functions/interval.h"
#include "functions/lists.h"
#include "functions/zone_arithmetic.h"
#include "types/datetime_text.h"
#include "types/type_text.h"

namespace tarn::functions {

namespace {

using types::kPicosPerDay;
using types::Type;
using types::TypeKind;
using types::Value;
using types::ZonedTime;

constexpr std::int64_t kPicosPerMilli = 1'000'000'000;

// Half up.
std::int64_t picos_to_millis(std::int64_t picos) {
  return floor_divide(picos + kPicosPerMilli / 2, kPicosPerMilli);
}

std::int64_t utc_picos_of(const ZonedTime& time) {
  return floor_modulo(time.picos - time.offset_minutes * 60 * types::kPicosPerSecond, kPicosPerDay);
}

Result<types::Timestamp> add_millis(types::Timestamp time, std::int64_t millis) {
  time.micros = TRY(add_to_micros(time.micros, DateField::Millisecond, millis));
  return time;
}

// On the calendar of the timestamp's zone for days and more.
Result<types::Timestamp> add_field(const types::Timestamp& time, DateField field,
                                   std::int64_t count) {
  if (time.zone.is_utc() || is_time_field(field)) {
    types::Timestamp out = time;
    out.micros = TRY(add_to_micros(time.micros, field, count));
    return out;
  }
  types::Timestamp local = types::to_local(time);
  local.micros = TRY(add_to_micros(local.micros, field, count));
  return from_local_near(local, time);
}

// Picoseconds wrap around like Java's numbers first. For intervals beyond 106 days that leaves
// digits that the type does not have, which Trino refuses, too.
Result<std::int64_t> add_to_time_of_day(std::int64_t picos, std::int64_t millis) {
  const auto delta = static_cast<std::int64_t>(static_cast<std::uint64_t>(millis) *
                                               static_cast<std::uint64_t>(kPicosPerMilli));
  if (delta % kPicosPerMilli != 0) return invalid_argument("interval is too long for a time");
  return floor_modulo(picos + delta % kPicosPerDay, kPicosPerDay);
}

Result<Value> add_day_interval(const Type& type, const Value& value, std::int64_t millis) {
  switch (type.kind) {
    case TypeKind::Date:
      if (millis % kMillisPerDay != 0) {
        return invalid_argument("Cannot add hour, minutes or seconds to a date");
      }
      return Value(TRY(add_to_day(value.as_int(), DateField::Day, millis / kMillisPerDay)));
    case TypeKind::Time:
      return Value(TRY(add_to_time_of_day(value.as_int(), millis)));
    case TypeKind::TimeWithTimeZone: {
      ZonedTime time = value.as_zoned_time();
      time.picos = TRY(add_to_time_of_day(time.picos, millis));
      return Value(time);
    }
    case TypeKind::IntervalDayToSecond:
      return Value(static_cast<std::int64_t>(static_cast<std::uint64_t>(value.as_int()) +
                                             static_cast<std::uint64_t>(millis)));
    default:
      return Value(TRY(add_millis(value.as_timestamp(), millis)));
  }
}

Result<Value> add_year_interval(const Type& type, const Value& value, std::int64_t months) {
  switch (type.kind) {
    case TypeKind::Date:
      return Value(TRY(add_to_day(value.as_int(), DateField::Month, months)));
    case TypeKind::IntervalYearToMonth:
      return month_interval(value.as_int() + months);
    default:
      return Value(TRY(add_field(value.as_timestamp(), DateField::Month, months)));
  }
}

bool takes_interval(const Type& type, bool months) {
  switch (type.kind) {
    case TypeKind::Date:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return true;
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::IntervalDayToSecond:
      return !months;
    case TypeKind::IntervalYearToMonth:
      return months;
    default:
      return false;
  }
}

bool is_interval(const Type& type) {
  return type.is(TypeKind::IntervalDayToSecond) || type.is(TypeKind::IntervalYearToMonth);
}

BoundFunction bind_sum(const Type& type, bool months, std::size_t value_at) {
  if (!takes_interval(type, months)) return {};
  if (months) {
    return {[type, value_at](Arguments v) -> Result<Value> {
      return add_year_interval(type, v[value_at], v[1 - value_at].as_int());
    }};
  }
  return {[type, value_at](Arguments v) -> Result<Value> {
    return add_day_interval(type, v[value_at], v[1 - value_at].as_int());
  }};
}

BoundFunction bind_date_sum(const CallSignature& signature) {
  if (signature.arguments.size() != 2) return {};
  const Type& left = signature.arguments[0];
  const Type& right = signature.arguments[1];
  if (is_interval(right)) return bind_sum(left, right.is(TypeKind::IntervalYearToMonth), 0);
  if (is_interval(left)) return bind_sum(right, left.is(TypeKind::IntervalYearToMonth), 1);
  return {};
}

// Trino subtracts milliseconds and, rounded half away from zero, what is below them.
std::int64_t zoned_distance(const types::Timestamp& a, const types::Timestamp& b) {
  const auto picos_of_milli = [](const types::Timestamp& time) {
    return floor_modulo(time.micros, 1000) * 1'000'000 + time.picos;
  };
  const std::int64_t picos = picos_of_milli(a) - picos_of_milli(b);
  const std::int64_t half = kPicosPerMilli / 2;
  const std::int64_t rounded = picos >= half ? 1 : picos <= -half ? -1 : 0;
  return floor_divide(a.micros, 1000) - floor_divide(b.micros, 1000) + rounded;
}

// Milliseconds from b to a.
BoundFunction bind_distance(const Type& type) {
  switch (type.kind) {
    case TypeKind::Date:
      return {[](Arguments v) -> Result<Value> {
        return Value((v[0].as_int() - v[1].as_int()) * kMillisPerDay);
      }};
    case TypeKind::Time:
      return {[](Arguments v) -> Result<Value> {
        return Value(picos_to_millis(v[0].as_int() - v[1].as_int()));
      }};
    case TypeKind::TimeWithTimeZone:
      return {[](Arguments v) -> Result<Value> {
        return Value(picos_to_millis(utc_picos_of(v[0].as_zoned_time()) -
                                     utc_picos_of(v[1].as_zoned_time())));
      }};
    case TypeKind::Timestamp:
      return {[](Arguments v) -> Result<Value> {
        const types::Timestamp& a = v[0].as_timestamp();
        const types::Timestamp& b = v[1].as_timestamp();
        const Int128 picos = (Int128{a.micros} - b.micros) * 1'000'000 + (a.picos - b.picos);
        const Int128 shifted = picos + kPicosPerMilli / 2;
        const Int128 millis = shifted / kPicosPerMilli - (shifted % kPicosPerMilli < 0 ? 1 : 0);
        return Value(static_cast<std::int64_t>(millis));
      }};
    case TypeKind::TimestampWithTimeZone:
      return {[](Arguments v) -> Result<Value> {
        return Value(zoned_distance(v[0].as_timestamp(), v[1].as_timestamp()));
      }};
    default:
      return {};
  }
}

BoundFunction bind_date_difference(const CallSignature& signature) {
  if (signature.arguments.size() != 2) return {};
  const Type& left = signature.arguments[0];
  const Type& right = signature.arguments[1];
  if (!is_interval(right)) return left.kind == right.kind ? bind_distance(left) : BoundFunction();
  const bool months = right.is(TypeKind::IntervalYearToMonth);
  if (!takes_interval(left, months)) return {};
  return {[left, months](Arguments v) -> Result<Value> {
    const std::int64_t amount = v[1].as_int();
    if (months) return add_year_interval(left, v[0], -amount);
    if (left.is(TypeKind::Date) && amount % kMillisPerDay != 0) {
      return invalid_argument("Cannot subtract hour, minutes or seconds from a date");
    }
    return add_day_interval(left, v[0],
                            static_cast<std::int64_t>(-static_cast<std::uint64_t>(amount)));
  }};
}

enum class FieldsOf : std::uint8_t { Date, Time, Timestamp };

std::optional<FieldsOf> fields_of(const Type& type) {
  switch (type.kind) {
    case TypeKind::Date:
      return FieldsOf::Date;
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
      return FieldsOf::Time;
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return FieldsOf::Timestamp;
    default:
      return std::nullopt;
  }
}

Result<DateField> parse_field(const std::string& name, FieldsOf of) {
  const auto field = find_date_field(name);
  const bool fits =
      field && (of == FieldsOf::Timestamp || is_time_field(*field) == (of == FieldsOf::Time));
  if (fits) return *field;
  constexpr const char* kTypes[] = {"DATE", "TIME", "TIMESTAMP"};
  return invalid_argument("'{}' is not a valid {} field", name, kTypes[static_cast<int>(of)]);
}

std::int64_t picos_of_field(DateField field) {
  constexpr std::array<std::int64_t, 4> kMillis = {1, 1'000, 60'000, 3'600'000};
  return kMillis[static_cast<std::size_t>(field)] * kPicosPerMilli;
}

std::int64_t add_to_time(std::int64_t picos, DateField field, std::int64_t count, int precision) {
  const std::int64_t unit = picos_of_field(field);
  const std::int64_t sum = picos + count % (kPicosPerDay / unit) * unit;
  return types::round_time(floor_modulo(sum, kPicosPerDay), precision);
}

// date_add(field, count, value)
BoundFunction bind_date_add(const CallSignature& signature) {
  if (signature.arguments.size() != 3) return {};
  const Type& type = signature.arguments[2];
  const auto of = fields_of(type);
  if (!of) return {};
  return {[type, of = *of](Arguments v) -> Result<Value> {
    const DateField field = TRY(parse_field(v[0].as_text(), of));
    const std::int64_t count = v[1].as_int();
    switch (type.kind) {
      case TypeKind::Date:
        return Value(TRY(add_to_day(v[2].as_int(), field, count)));
      case TypeKind::Time:
        return Value(add_to_time(v[2].as_int(), field, count, type.precision));
      case TypeKind::TimeWithTimeZone: {
        ZonedTime time = v[2].as_zoned_time();
        time.picos = add_to_time(time.picos, field, count, type.precision);
        return Value(time);
      }
      default:
        return Value(types::round_timestamp(TRY(add_field(v[2].as_timestamp(), field, count)),
                                            type.precision));
    }
  }};
}

std::int64_t to_millis(const types::Timestamp& time) { return floor_divide(time.micros, 1000); }

// date_diff(field, begin, end)
BoundFunction bind_date_diff(const CallSignature& signature) {
  if (signature.arguments.size() != 3) return {};
  const Type& type = signature.arguments[1];
  const auto of = fields_of(type);
  if (!of || signature.arguments[2].kind != type.kind) return {};
  return {[kind = type.kind, of = *of](Arguments v) -> Result<Value> {
    const DateField field = TRY(parse_field(v[0].as_text(), of));
    switch (kind) {
      case TypeKind::Date:
        return Value(
            count_between(field, v[1].as_int() * kMillisPerDay, v[2].as_int() * kMillisPerDay));
      case TypeKind::Time:
        return Value((v[2].as_int() - v[1].as_int()) / picos_of_field(field));
      case TypeKind::TimeWithTimeZone:
        return Value((utc_picos_of(v[2].as_zoned_time()) - utc_picos_of(v[1].as_zoned_time())) /
                     picos_of_field(field));
      case TypeKind::Timestamp:
        return Value(
            count_between(field, to_millis(v[1].as_timestamp()), to_millis(v[2].as_timestamp())));
      default: {
        types::Timestamp begin = v[1].as_timestamp();
        types::Timestamp end = v[2].as_timestamp();
        end.zone = begin.zone;
        if (!is_time_field(field)) {
          begin = types::to_local(begin);
          end = types::to_local(end);
        }
        return Value(count_between(field, to_millis(begin), to_millis(end)));
      }
    }
  }};
}

types::Timestamp truncate_zoned(const types::Timestamp& time, DateField field) {
  types::Timestamp local = types::to_local(time);
  const std::int64_t offset = local.micros - time.micros;
  local.micros = truncate_micros(local.micros, field);
  local.picos = 0;
  if (!is_time_field(field)) return from_local_near(local, time);
  local.micros -= offset;
  local.zone = time.zone;
  return local;
}

// date_trunc(field, value)
BoundFunction bind_date_trunc(const CallSignature& signature) {
  if (signature.arguments.size() != 2) return {};
  const Type& type = signature.arguments[1];
  const auto of = fields_of(type);
  if (!of) return {};
  return {[kind = type.kind, of = *of](Arguments v) -> Result<Value> {
    const DateField field = TRY(parse_field(v[0].as_text(), of));
    switch (kind) {
      case TypeKind::Date:
        return Value(truncate_day(v[1].as_int(), field));
      case TypeKind::Time:
        return Value(v[1].as_int() - v[1].as_int() % picos_of_field(field));
      case TypeKind::TimeWithTimeZone: {
        ZonedTime time = v[1].as_zoned_time();
        time.picos -= time.picos % picos_of_field(field);
        return Value(time);
      }
      case TypeKind::Timestamp: {
        types::Timestamp time = v[1].as_timestamp();
        time.micros = truncate_micros(time.micros, field);
        time.picos = 0;
        return Value(time);
      }
      default:
        return Value(truncate_zoned(v[1].as_timestamp(), field));
    }
  }};
}

std::int64_t last_day(std::int64_t day) {
  return add_months(truncate_day(day, DateField::Month), 1) - 1;
}

BoundFunction bind_last_day(const CallSignature& signature) {
  const Type& type = signature.arguments[0];
  if (type.is(TypeKind::Date)) {
    return {[](Arguments v) -> Result<Value> { return Value(last_day(v[0].as_int())); }};
  }
  if (!type.is(TypeKind::Timestamp) && !type.is(TypeKind::TimestampWithTimeZone)) return {};
  return {[](Arguments v) -> Result<Value> {
    const types::Timestamp local = types::to_local(v[0].as_timestamp());
    return Value(last_day(floor_divide(local.micros, kMicrosPerDay)));
  }};
}

constexpr FunctionEntry kDateArithmetic[] = {
    {"$add", bind_date_sum},         {"$subtract", bind_date_difference},
    {"date_add", bind_date_add},     {"date_diff", bind_date_diff},
    {"date_trunc", bind_date_trunc}, {"last_day_of_month", bind_last_day},
};

}  // namespace

FunctionList date_arithmetic_functions() { return kDateArithmetic; }

}  // namespace tarn::functions
