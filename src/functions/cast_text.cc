// SPDX-License-Identifier: Apache-2.0
// CAST of varchar and char. An explicit cast to a shorter text cuts it.
#include "base/text.h"
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

std::string_view without_pad(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view cut(std::string_view text, const Type& to) {
  if (text.size() <= static_cast<std::size_t>(to.precision)) return text;
  return utf8_prefix(text, static_cast<std::size_t>(to.precision));
}

Error cast_error_of(const Type& to, std::string_view text) {
  const std::string_view shown = text.substr(0, 200);
  switch (to.kind) {
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
      return bad_cast("Value cannot be cast to {}: {}", types::to_string(to), shown);
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return bad_cast("Value cannot be cast to timestamp: {}", shown);
    case TypeKind::Uuid:
    case TypeKind::IpAddress:
      return bad_cast("Cannot cast value to {}: {}", to_upper(types::base_name(to.kind)), shown);
    case TypeKind::Decimal:
      return bad_cast("Cannot cast VARCHAR '{}' to DECIMAL({}, {})", shown, to.precision, to.scale);
    default:
      return bad_cast("Cannot cast '{}' to {}", shown, to_upper(types::base_name(to.kind)));
  }
}

// A text for a column: what would be lost may be blanks only.
Result<void> check_length(const Type& from, const Type& to, std::string_view text) {
  const auto limit = static_cast<std::size_t>(to.precision);
  const std::string_view content = without_pad(text);
  if (content.size() <= limit || count_code_points(content) <= limit) return ok();
  return bad_cast("Cannot truncate non-space characters when casting from {} to {} on INSERT",
                  types::to_string(from), types::to_string(to));
}

Caster cast_to_text_type(const Type& from, const Type& to, bool store) {
  return [from, to, store](const Value& value) -> Result<Value> {
    if (store) TRY(check_length(from, to, value.as_text()));
    if (to.is(TypeKind::Char)) return Value(std::string(without_pad(cut(value.as_text(), to))));
    if (from.is(TypeKind::Char)) {
      const std::string padded = types::cast_to_text(from, value);
      return Value(std::string(cut(padded, to)));
    }
    return Value(std::string(cut(value.as_text(), to)));
  };
}

// A text without an offset takes the one that the session's zone has.
Caster cast_to_zoned_time(const Type& to, types::TimeZone session) {
  return [to, session](const Value& value) -> Result<Value> {
    const auto time = types::parse_time_text(value.as_text());
    if (!time) return cast_error_of(to, value.as_text());
    const auto offset =
        time->offset_minutes ? time->offset_minutes : constant_offset_minutes(session);
    if (!offset) {
      return not_supported(
          "a time with the offset of {}, which depends on the day of the statement",
          session.name());
    }
    return Value(types::ZonedTime{types::round_time(time->picos, to.precision), *offset});
  };
}

}  // namespace

Caster cast_text(const Type& from, const Type& to, const CastOptions& options) {
  if (to.is(TypeKind::Varchar) || to.is(TypeKind::Char)) {
    return cast_to_text_type(from, to, options.store);
  }
  switch (to.kind) {
    case TypeKind::Boolean:
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
    case TypeKind::Real:
    case TypeKind::Double:
    case TypeKind::Decimal:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
    case TypeKind::Uuid:
    case TypeKind::IpAddress:
    case TypeKind::Varbinary:
      break;
    default:
      return {};
  }
  if (!from.is(TypeKind::Varchar)) return {};
  if (to.is(TypeKind::TimeWithTimeZone)) return cast_to_zoned_time(to, options.zone);
  return [to, zone = options.zone](const Value& value) -> Result<Value> {
    auto out = types::cast_from_text(to, value.as_text(), zone);
    if (out) return *std::move(out);
    if (out.error().code == ErrorCode::InvalidInput) return cast_error_of(to, value.as_text());
    return std::move(out).error();
  };
}

}  // namespace tarn::functions
