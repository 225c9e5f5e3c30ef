// SPDX-License-Identifier: Apache-2.0
// CAST of json to scalars, arrays, maps and rows. JSON null is NULL.
#include "base/text.h"
#include "functions/call_error.h"
#include "functions/cast.h"
#include "functions/json_cursor.h"
#include "functions/value_index.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

bool is_json_scalar_target(const Type& type) {
  return type.kind >= TypeKind::Boolean && type.kind <= TypeKind::Varchar;
}

bool reads_from_json(const Type& type) {
  switch (type.kind) {
    case TypeKind::Json:
    case TypeKind::Unknown:
      return true;
    case TypeKind::Array:
      return reads_from_json(type.element());
    case TypeKind::Map:
      return is_json_scalar_target(type.key()) && reads_from_json(type.value());
    case TypeKind::Row:
      for (const types::TypeField& field : type.fields) {
        if (!reads_from_json(field.type)) return false;
      }
      return true;
    default:
      return is_json_scalar_target(type);
  }
}

std::string short_name(const Type& type) {
  return type.is(TypeKind::Integer) ? "INT" : to_upper(types::base_name(type.kind));
}

Error no_scalar(std::string_view text, const Type& to) {
  return bad_cast("Cannot cast '{}' to {}", text.substr(0, 200), short_name(to));
}

Error broken_json() { return bad_cast("value is no valid JSON"); }

// What stands at the cursor instead of what was wanted.
Error unexpected_value(const char* wanted, JsonCursor& cursor) {
  const JsonKind kind = cursor.kind();
  if (kind == JsonKind::Array) return bad_cast("{}, but got [", wanted);
  if (kind == JsonKind::Object) return bad_cast("{}, but got {{", wanted);
  std::string text;
  std::string_view raw;
  if (kind == JsonKind::String ? !cursor.read_string(text) : !cursor.read_raw_scalar(raw)) {
    return broken_json();
  }
  return bad_cast("{}, but got {}", wanted, text.append(raw).substr(0, 200));
}

Result<Value> scalar_of_boolean(bool truth, const Type& to) {
  const Value value(truth);
  return cast_number(types::make_type(TypeKind::Boolean), to)(value);
}

Result<Value> scalar_of_number(const std::string& text, bool floating, const Type& to) {
  switch (to.kind) {
    case TypeKind::Boolean:
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt: {
      if (floating) {
        const double number = types::parse_java_double(text).value_or(0);
        if (to.is(TypeKind::Boolean)) return Value(number != 0);
        auto out = double_to_integer(types::make_type(TypeKind::Double), to, number);
        return out ? out : Result<Value>(no_scalar(text, to));
      }
      if (to.is(TypeKind::Boolean)) {
        const auto number = parse_int64(text);
        return number ? Result<Value>(Value(*number != 0)) : Result<Value>(no_scalar(text, to));
      }
      break;
    }
    case TypeKind::Varchar: {
      std::string out = text;
      if (floating) out = types::format_double_cast(types::parse_java_double(text).value_or(0));
      const std::string shown = out;
      return to_varchar(to, std::move(out), shown);
    }
    default:
      break;
  }
  auto out = types::cast_from_text(to, text, {});
  return out ? out : Result<Value>(no_scalar(text, to));
}

Result<Value> scalar_of_text(const std::string& text, const Type& to) {
  if (to.is(TypeKind::Varchar)) return to_varchar(to, text, text);
  auto out = types::cast_from_text(to, text, {});
  return out ? out : Result<Value>(no_scalar(text, to));
}

Result<Value> read_scalar_as(JsonCursor& cursor, const Type& to) {
  const JsonKind kind = cursor.kind();
  if (kind == JsonKind::String) {
    std::string text;
    return cursor.read_string(text) ? scalar_of_text(text, to) : broken_json();
  }
  if (kind == JsonKind::Array || kind == JsonKind::Object) {
    return bad_cast("Unexpected token when cast to {}", types::to_string(to));
  }
  std::string_view raw;
  if (!cursor.read_raw_scalar(raw)) return broken_json();
  if (kind == JsonKind::Boolean) return scalar_of_boolean(raw == "true", to);
  return scalar_of_number(std::string(raw), is_json_floating(raw), to);
}

Result<Value> read_value(JsonCursor& cursor, const Type& to);

Result<Value> read_array(JsonCursor& cursor, const Type& to) {
  std::vector<Value> items;
  cursor.enter();
  while (cursor.next_item()) items.push_back(TRY(read_value(cursor, to.element())));
  if (cursor.failed()) return broken_json();
  return Value(std::move(items));
}

Result<Value> read_map(JsonCursor& cursor, const Type& to) {
  std::vector<Value> parts;
  std::string key;
  cursor.enter();
  while (cursor.next_member(key)) {
    parts.push_back(TRY(scalar_of_text(key, to.key())));
    parts.push_back(TRY(read_value(cursor, to.value())));
  }
  if (cursor.failed()) return broken_json();
  ValueIndex keys(to.key(), parts.size() / 2);
  for (std::size_t i = 0; i < parts.size(); i += 2) {
    if (!keys.add(parts[i]).is_new) return bad_cast("Duplicate map keys are not allowed");
  }
  return Value(std::move(parts));
}

Result<Value> read_row_of_array(JsonCursor& cursor, const Type& to) {
  std::vector<Value> fields;
  cursor.enter();
  for (const types::TypeField& field : to.fields) {
    if (!cursor.next_item()) {
      return bad_cast("Expected a json array of {} values", to.fields.size());
    }
    fields.push_back(TRY(read_value(cursor, field.type)));
  }
  if (cursor.next_item() || cursor.failed()) return bad_cast("Expected json array ending");
  return Value(std::move(fields));
}

std::optional<std::size_t> find_field(const Type& row, std::string_view name) {
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    if (row.fields[i].name && equals_ignore_case(*row.fields[i].name, name)) return i;
  }
  return std::nullopt;
}

Result<Value> read_row_of_object(JsonCursor& cursor, const Type& to) {
  if (to.fields.empty() || !to.fields[0].name) {
    return bad_cast("Cannot cast a JSON object to anonymous row type. Input must be a JSON array.");
  }
  std::vector<Value> fields(to.fields.size());
  std::vector<bool> written(to.fields.size());
  std::string name;
  cursor.enter();
  while (cursor.next_member(name)) {
    const auto index = find_field(to, name);
    if (!index) {
      if (!cursor.skip_value()) return broken_json();
      continue;
    }
    if (written[*index]) return bad_cast("Duplicate field: {}", name);
    written[*index] = true;
    fields[*index] = TRY(read_value(cursor, to.fields[*index].type));
  }
  if (cursor.failed()) return broken_json();
  return Value(std::move(fields));
}

Result<Value> read_value(JsonCursor& cursor, const Type& to) {
  if (to.is(TypeKind::Json)) {
    std::string item;
    if (!cursor.copy_value(item, true)) return broken_json();
    return Value(std::move(item));
  }
  const JsonKind kind = cursor.kind();
  if (kind == JsonKind::Null) {
    std::string_view word;
    return cursor.read_raw_scalar(word) ? Result<Value>(Value()) : broken_json();
  }
  if (kind == JsonKind::Bad) return broken_json();
  switch (to.kind) {
    case TypeKind::Array:
      if (kind != JsonKind::Array) return unexpected_value("Expected a json array", cursor);
      return read_array(cursor, to);
    case TypeKind::Map:
      if (kind != JsonKind::Object) return unexpected_value("Expected a json object", cursor);
      return read_map(cursor, to);
    case TypeKind::Row:
      if (kind == JsonKind::Array) return read_row_of_array(cursor, to);
      if (kind == JsonKind::Object) return read_row_of_object(cursor, to);
      return unexpected_value("Expected a json array or object", cursor);
    default:
      return read_scalar_as(cursor, to);
  }
}

}  // namespace

Caster cast_from_json(const Type& to) {
  if (!reads_from_json(to)) return {};
  return [to](const Value& value) -> Result<Value> {
    JsonCursor cursor(value.as_text());
    auto out = read_value(cursor, to);
    // Behind a null, Trino does not look.
    if (out && !out->is_null() && !cursor.at_end()) out = broken_json();
    if (out || is_json_scalar_target(to)) return out;
    const types::NamedError error = types::split_error(out.error());
    return bad_cast("Cannot cast to {}. {}", types::to_string(to), error.message);
  };
}

}  // namespace tarn::functions
