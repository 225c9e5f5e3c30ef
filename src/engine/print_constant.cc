// SPDX-License-Identifier: Apache-2.0
// Constants as typed SQL.
#include <cmath>

#include "base/bytes.h"
#include "base/text.h"
#include "base/uuid.h"
#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/value_text.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;
using types::Value;

namespace {

std::string blob_text(std::string_view bytes) {
  std::string out = "'";
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (char letter : bytes) {
    auto byte = static_cast<unsigned char>(letter);
    out += "\\x";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out + "'::BLOB";
}

std::string float_text(double value, bool is_real) {
  const char* type = is_real ? "FLOAT" : "DOUBLE";
  if (std::isnan(value)) return fmt::format("'nan'::{}", type);
  if (std::isinf(value)) return fmt::format("'{}inf'::{}", value < 0 ? "-" : "", type);
  return fmt::format("'{:.17g}'::{}", value, type);
}

std::string time_text(std::int64_t picos) {
  std::int64_t micros = picos / 1'000'000;
  return fmt::format("'{:02}:{:02}:{:02}.{:06}'::TIME", micros / 3'600'000'000,
                     micros / 60'000'000 % 60, micros / 1'000'000 % 60, micros % 1'000'000);
}

std::string timestamp_text(const Type& type, const types::Timestamp& value) {
  std::string t = fmt::format("make_timestamp({}::BIGINT)", value.micros);
  if (type.precision <= 6) return t;
  return fmt::format("{{'t': {}, 'p': {}::INTEGER}}", t, value.picos);
}

std::string zoned_text(const Type& type, const types::Timestamp& value) {
  std::string out =
      fmt::format("{{'t': {}, 'z': {}::INTEGER", print_instant(value), value.zone.key());
  if (type.precision > 6) out += fmt::format(", 'p': {}::INTEGER", value.picos);
  return out + "}";
}

Text list_text(const Type& type, const std::vector<Value>& items) {
  std::string out = "CAST([";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    out += TRY(print_constant(type.element(), items[i]));
  }
  return out + "] AS " + TRY(duckdb::physical_type(type)) + ")";
}

Text map_text(const Type& type, const std::vector<Value>& items) {
  std::string keys = "CAST([";
  std::string values = "CAST([";
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (i > 0) keys += ", ", values += ", ";
    keys += TRY(print_constant(type.key(), items[i]));
    values += TRY(print_constant(type.value(), items[i + 1]));
  }
  keys += "] AS " + TRY(duckdb::physical_type(type.key())) + "[])";
  values += "] AS " + TRY(duckdb::physical_type(type.value())) + "[])";
  return "map(" + keys + ", " + values + ")";
}

Text row_text(const Type& type, const std::vector<Value>& items) {
  std::string out = "{";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    out += quote(duckdb::row_field_name(type, i), '\'') + ": ";
    out += TRY(print_constant(type.fields[i].type, items[i]));
  }
  return out + "}";
}

Text number_text(const Type& type, const Value& value) {
  std::string physical = TRY(duckdb::physical_type(type));
  if (type.is(TypeKind::Decimal)) {
    return fmt::format("'{}'::{}", types::cast_to_text(type, value), physical);
  }
  return fmt::format("({})::{}", value.as_int(), physical);
}

}  // namespace

std::string print_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "decode(" + blob_text(text) + ")";
  return quote(text, '\'');
}

std::string print_instant(const types::Timestamp& value) {
  return fmt::format("make_timestamptz({}::BIGINT)", value.micros);
}

Text print_null(const Type& type) {
  return "CAST(NULL AS " + TRY(duckdb::physical_type(type)) + ")";
}

Text print_constant(const Type& type, const Value& value) {
  if (value.is_null()) return print_null(type);
  switch (type.kind) {
    case TypeKind::Boolean:
      return std::string(value.as_bool() ? "true" : "false");
    case TypeKind::Real:
    case TypeKind::Double:
      return float_text(value.as_double(), type.is(TypeKind::Real));
    case TypeKind::Varchar:
    case TypeKind::Char:
    case TypeKind::Json:
    case TypeKind::RegularExpression:
    case TypeKind::LikePattern:
    case TypeKind::JsonPath:
    case TypeKind::CodePoints:
      return print_text(value.as_text());
    case TypeKind::Varbinary:
    case TypeKind::IpAddress:
      return blob_text(value.as_text());
    case TypeKind::Uuid:
      return fmt::format("'{}'::UUID", types::cast_to_text(type, value));
    case TypeKind::Date:
      return fmt::format("make_date(({})::INTEGER)", value.as_int());
    case TypeKind::Time:
      if (type.precision > 6) return fmt::format("({})::BIGINT", value.as_int());
      return time_text(value.as_int());
    case TypeKind::TimeWithTimeZone:
      return fmt::format("{{'t': ({})::BIGINT, 'z': ({})::SMALLINT}}", value.as_zoned_time().picos,
                         value.as_zoned_time().offset_minutes);
    case TypeKind::Timestamp:
      return timestamp_text(type, value.as_timestamp());
    case TypeKind::TimestampWithTimeZone:
      return zoned_text(type, value.as_timestamp());
    case TypeKind::Array:
      return list_text(type, value.as_list());
    case TypeKind::Map:
      return map_text(type, value.as_list());
    case TypeKind::Row:
      return row_text(type, value.as_list());
    default:
      return number_text(type, value);
  }
}

}  // namespace tarn::engine
