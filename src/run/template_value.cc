// SPDX-License-Identifier: Apache-2.0
#include "run/template_value.h"

#include <fmt/format.h>

#include <charconv>

#include "jinja/modules.h"
#include "run/sql_text.h"
#include "types/datetime_text.h"
#include "types/value_text.h"
#include "types/wire.h"

namespace tarn::run {

using types::TypeKind;

namespace {

jinja::Value decimal_value(const types::Type& type, const types::Value& value) {
  const std::string text = types::cast_to_text(type, value);
  if (type.scale == 0 && type.precision <= 18) {
    return jinja::Value(static_cast<std::int64_t>(value.as_decimal()));
  }
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return jinja::Value(number);
}

}  // namespace

jinja::Value template_value(const types::Type& type, const types::Value& value) {
  if (value.is_null()) return jinja::Value::none();
  switch (type.kind) {
    case TypeKind::Boolean:
      return jinja::Value(value.as_bool());
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return jinja::Value(value.as_int());
    case TypeKind::Real:
    case TypeKind::Double:
      return jinja::Value(value.as_double());
    case TypeKind::Decimal:
      return decimal_value(type, value);
    case TypeKind::Date:
      return jinja::make_date(value.as_int());
    case TypeKind::Timestamp:
      return jinja::make_datetime(value.as_timestamp().micros, false);
    case TypeKind::TimestampWithTimeZone:
      return jinja::make_datetime(value.as_timestamp().micros, true);
    case TypeKind::Varchar:
    case TypeKind::Char:
    case TypeKind::Json:
      return jinja::Value(value.as_text());
    case TypeKind::Array:
    case TypeKind::Map:
    case TypeKind::Row:
    case TypeKind::Varbinary: {
      std::string text;
      types::append_wire_json(text, type, value);
      return jinja::Value(text);
    }
    default:
      return jinja::Value(types::cast_to_text(type, value));
  }
}

Result<std::string> sql_literal(const jinja::Value& value) {
  if (value.is_none() || value.is_undefined()) return std::string("NULL");
  if (value.is_bool()) return std::string(value.as_bool() ? "true" : "false");
  if (value.is_int64()) return fmt::format("{}", value.as_int());
  if (value.kind() == jinja::Kind::Float) return fmt::format("DOUBLE '{}'", value.as_float());
  if (value.is_text()) return text_literal(value.text());
  if (auto date = jinja::date_text(value)) return fmt::format("DATE '{}'", *date);
  return unsupported("a value of type `{}` cannot be a parameter of a statement",
                     jinja::type_name(value));
}

}  // namespace tarn::run
