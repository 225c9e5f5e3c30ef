// SPDX-License-Identifier: Apache-2.0
// Values as Trino SQL expressions.
#include <cmath>

#include "base/bytes.h"
#include "base/text.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::types {
namespace {

std::string call_cast(std::string_view inner, const Type& type) {
  return fmt::format("CAST({} AS {})", inner, to_sql_text(type));
}

std::string float_literal(const Type& type, const Value& value) {
  const double number = value.as_double();
  std::string text;
  if (type.is(TypeKind::Real)) {
    append_java_float(text, static_cast<float>(number));
    return fmt::format("REAL '{}'", text);
  }
  append_java_double(text, number);
  return fmt::format("DOUBLE '{}'", text);
}

Result<std::string> list_literal(const Type& type, const Value& value) {
  const auto& items = value.as_list();
  std::string out;
  if (type.is(TypeKind::Map)) {
    std::string keys;
    std::string values;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (i > 0) keys += ", ", values += ", ";
      keys += TRY(to_sql_literal(type.key(), items[i]));
      values += TRY(to_sql_literal(type.value(), items[i + 1]));
    }
    out = fmt::format("MAP(ARRAY[{}], ARRAY[{}])", keys, values);
    return items.empty() ? call_cast(out, type) : out;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    const Type& part = type.is(TypeKind::Row) ? type.fields[i].type : type.element();
    out += TRY(to_sql_literal(part, items[i]));
  }
  if (type.is(TypeKind::Row)) return call_cast(fmt::format("ROW({})", out), type);
  out = fmt::format("ARRAY[{}]", out);
  return items.empty() ? call_cast(out, type) : out;
}

}  // namespace

Result<std::string> to_sql_literal(const Type& type, const Value& value) {
  if (value.is_null()) {
    return type.is(TypeKind::Unknown) ? "NULL" : call_cast("NULL", type);
  }
  switch (type.kind) {
    case TypeKind::Boolean:
      return value.as_bool() ? "true" : "false";
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return fmt::format("{} '{}'", to_upper(base_name(type.kind)), value.as_int());
    case TypeKind::Real:
    case TypeKind::Double:
      return float_literal(type, value);
    case TypeKind::Decimal:
      return call_cast(fmt::format("DECIMAL '{}'", cast_to_text(type, value)), type);
    case TypeKind::Varchar:
    case TypeKind::Char:
      return call_cast(quote(value.as_text(), '\''), type);
    case TypeKind::Varbinary:
      return fmt::format("X'{}'", to_upper(to_hex(value.as_text())));
    case TypeKind::Date:
    case TypeKind::Uuid:
    case TypeKind::IpAddress:
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone: {
      std::string_view name = base_name(type.kind);
      name = name.substr(0, name.find(' '));
      return fmt::format("{} '{}'", to_upper(name), cast_to_text(type, value));
    }
    case TypeKind::Json:
      return fmt::format("JSON {}", quote(value.as_text(), '\''));
    case TypeKind::IntervalYearToMonth:
    case TypeKind::IntervalDayToSecond: {
      std::string text = cast_to_text(type, value);
      const bool negative = text.starts_with('-');
      if (negative) text.erase(0, 1);
      return fmt::format(
          "INTERVAL {}'{}' {}", negative ? "-" : "", text,
          type.is(TypeKind::IntervalDayToSecond) ? "DAY TO SECOND" : "YEAR TO MONTH");
    }
    case TypeKind::Array:
    case TypeKind::Map:
    case TypeKind::Row:
      return list_literal(type, value);
    default:
      return unsupported("no literal of type {}", to_string(type));
  }
}

}  // namespace tarn::types
