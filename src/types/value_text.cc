// SPDX-License-Identifier: Apache-2.0
#include "types/value_text.h"

#include <array>
#include <cmath>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "types/datetime_text.h"
#include "types/ip_address.h"
#include "types/json_text.h"
#include "types/number_text.h"
#include "types/type_text.h"

namespace tarn::types {
namespace {

Error bad_cast(std::string_view text, const Type& type) {
  return invalid_input("cannot cast `{}` to {}", text.substr(0, 200), to_string(type));
}

Uuid uuid_from_bytes(const std::string& bytes) {
  VERIFY(bytes.size() == 16);
  Uuid uuid;
  for (std::size_t i = 0; i < 16; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
  return uuid;
}

// Java's white space, which has four separators more than C's.
std::string_view trim_java(std::string_view text) {
  const auto is_space = [](char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
  };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

Result<Value> cast_to_boolean(const Type& type, std::string_view text) {
  for (const std::string_view word : {"true", "t", "1"}) {
    if (equals_ignore_case(text, word)) return Value(true);
  }
  for (const std::string_view word : {"false", "f", "0"}) {
    if (equals_ignore_case(text, word)) return Value(false);
  }
  return bad_cast(text, type);
}

Result<Value> cast_to_integer(const Type& type, std::string_view text) {
  const auto value = parse_int64(trim(text));
  const int bits = type.is(TypeKind::TinyInt)    ? 8
                   : type.is(TypeKind::SmallInt) ? 16
                   : type.is(TypeKind::Integer)  ? 32
                                                 : 64;
  if (!value || (bits < 64 && (*value >= (std::int64_t{1} << (bits - 1)) ||
                               *value < -(std::int64_t{1} << (bits - 1))))) {
    return bad_cast(text, type);
  }
  return Value(*value);
}

Result<Value> cast_to_time(const Type& type, std::string_view text) {
  const ParsedTime time = TRY(parse_time_text(text));
  const std::int64_t picos = round_time(time.picos, type.precision);
  if (type.is(TypeKind::Time)) {
    if (time.offset_minutes) return bad_cast(text, type);
    return Value(picos);
  }
  return Value(ZonedTime{picos, time.offset_minutes.value_or(0)});
}

Result<Value> cast_to_timestamp(const Type& type, std::string_view text, TimeZone session_zone) {
  const ParsedTimestamp parsed = TRY(parse_timestamp_text(trim(text)));
  if (type.is(TypeKind::Timestamp)) return Value(round_timestamp(parsed.local, type.precision));
  // Unlike a literal, a cast moves times in a gap of the zone forward.
  Timestamp zoned = parsed.local;
  zoned.zone = parsed.zone.value_or(session_zone);
  const std::int64_t seconds = floor_divide(zoned.micros, kMicrosPerSecond);
  zoned.micros -= zoned.zone.resolve_local(seconds).offset_seconds * kMicrosPerSecond;
  return Value(round_timestamp(zoned, type.precision));
}

std::string trim_pad(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return std::string(text);
}

// Types whose literals take their parameters from the text.
Result<std::optional<TypedValue>> parse_inferred_literal(const std::string& name,
                                                         std::string_view text,
                                                         TimeZone session_zone) {
  using Found = std::optional<TypedValue>;
  if (name == "time") {
    const ParsedTime time = TRY(parse_time_text(text));
    if (time.offset_minutes) {
      return Found({make_time_with_time_zone(time.digits),
                    Value(ZonedTime{time.picos, *time.offset_minutes})});
    }
    return Found({make_time(time.digits), Value(time.picos)});
  }
  if (name == "timestamp") {
    const ParsedTimestamp parsed = TRY(parse_timestamp_text(text));
    if (!parsed.zone) return Found({make_timestamp(parsed.digits), Value(parsed.local)});
    return Found({make_timestamp_with_time_zone(parsed.digits),
                  Value(TRY(to_zoned(parsed.local, *parsed.zone)))});
  }
  if (name == "decimal") {
    const DecimalLiteral literal = TRY(parse_decimal_literal(text));
    return Found({make_decimal(literal.precision, literal.scale), Value(literal.unscaled)});
  }
  if (name == "char") {
    return Found(
        {make_char(static_cast<std::int64_t>(count_code_points(text))), Value(trim_pad(text))});
  }
  (void)session_zone;
  return Found();
}

}  // namespace

std::string cast_to_text(const Type& type, const Value& value) {
  std::string out;
  switch (type.kind) {
    case TypeKind::Boolean:
      return value.as_bool() ? "true" : "false";
    case TypeKind::Real:
      return format_real_cast(static_cast<float>(value.as_double()));
    case TypeKind::Double:
      return format_double_cast(value.as_double());
    case TypeKind::Decimal:
      return format_decimal(value.as_decimal(), type.scale);
    case TypeKind::Char: {
      out = value.as_text();
      const auto length = static_cast<std::size_t>(type.precision);
      const std::size_t count = count_code_points(out);
      if (count < length) out.append(length - count, ' ');
      return out;
    }
    case TypeKind::Date:
      append_date(out, value.as_int());
      return out;
    case TypeKind::Time:
      append_time(out, value.as_int(), type.precision);
      return out;
    case TypeKind::TimeWithTimeZone:
      append_zoned_time(out, value.as_zoned_time(), type.precision);
      return out;
    case TypeKind::Timestamp:
      append_timestamp(out, value.as_timestamp(), type.precision);
      return out;
    case TypeKind::TimestampWithTimeZone:
      append_zoned_timestamp(out, value.as_timestamp(), type.precision);
      return out;
    case TypeKind::IntervalDayToSecond:
      append_day_interval(out, value.as_int());
      return out;
    case TypeKind::IntervalYearToMonth:
      append_year_interval(out, value.as_int());
      return out;
    case TypeKind::Uuid:
      return tarn::to_string(uuid_from_bytes(value.as_text()));
    case TypeKind::IpAddress:
      return format_ip_address(value.as_text());
    default:
      if (std::holds_alternative<std::int64_t>(value.data)) return std::to_string(value.as_int());
      return value.as_text();
  }
}

Result<Value> cast_from_text(const Type& type, std::string_view text, TimeZone session_zone) {
  switch (type.kind) {
    case TypeKind::Boolean:
      return cast_to_boolean(type, text);
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return cast_to_integer(type, text);
    case TypeKind::Real: {
      const auto value = parse_java_float(text);
      if (!value) return bad_cast(text, type);
      return Value(static_cast<double>(*value));
    }
    case TypeKind::Double: {
      const auto value = parse_java_double(text);
      if (!value) return bad_cast(text, type);
      return Value(*value);
    }
    case TypeKind::Decimal:
      return Value(TRY(parse_decimal_cast(text, type.precision, type.scale)));
    case TypeKind::Varchar:
      if (is_unbounded_varchar(type)) return Value(std::string(text));
      return Value(std::string(utf8_prefix(text, static_cast<std::size_t>(type.precision))));
    case TypeKind::Char:
      return Value(trim_pad(utf8_prefix(text, static_cast<std::size_t>(type.precision))));
    case TypeKind::Varbinary:
      return Value(std::string(text));
    case TypeKind::Date:
      return Value(TRY(parse_date_text(trim_java(text))));
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
      return cast_to_time(type, text);
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return cast_to_timestamp(type, text, session_zone);
    case TypeKind::Uuid: {
      const Uuid uuid = TRY(parse_uuid(text));
      return Value(std::string(uuid.bytes.begin(), uuid.bytes.end()));
    }
    case TypeKind::IpAddress:
      return Value(TRY(parse_ip_address(text)));
    case TypeKind::Json: {
      std::string out;
      append_json_text(out, text);
      return Value(std::move(out));
    }
    default:
      return unsupported("no cast of a text to {}", to_string(type));
  }
}

Result<TypedValue> parse_typed_literal(std::string_view type_text, std::string_view text,
                                       TimeZone session_zone) {
  const std::string name = to_lower(trim(type_text));
  if (auto found = TRY(parse_inferred_literal(name, text, session_zone))) return *found;
  Type type = TRY(parse_type(type_text));
  if (type.is(TypeKind::Json)) return TypedValue{type, Value(TRY(canonical_json(text)))};
  Value value = TRY(cast_from_text(type, text, session_zone));
  return TypedValue{std::move(type), std::move(value)};
}

}  // namespace tarn::types
