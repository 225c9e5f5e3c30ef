// SPDX-License-Identifier: Apache-2.0
// CAST of json to scalars, arrays, maps and rows. JSON null is NULL.
#include <algorithm>

#include "base/text.h"
#include "functions/call_error.h"
#include "functions/cast.h"
#include "functions/json_reader.h"
#include "functions/value_index.h"
#include "types/json_text.h"
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

Error unexpected_token(const char* wanted, const JsonReader& reader, JsonToken token) {
  switch (token) {
    case JsonToken::BeginArray:
      return bad_cast("{}, but got [", wanted);
    case JsonToken::BeginObject:
      return bad_cast("{}, but got {{", wanted);
    default:
      return bad_cast("{}, but got {}", wanted, reader.text().substr(0, 200));
  }
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

Result<Value> scalar_of(const JsonReader& reader, JsonToken token, const Type& to) {
  switch (token) {
    case JsonToken::Null:
      return Value();
    case JsonToken::True:
    case JsonToken::False:
      return scalar_of_boolean(token == JsonToken::True, to);
    case JsonToken::Integer:
    case JsonToken::Float:
      return scalar_of_number(reader.text(), token == JsonToken::Float, to);
    case JsonToken::Text:
      return scalar_of_text(reader.text(), to);
    default:
      return bad_cast("Unexpected token when cast to {}", types::to_string(to));
  }
}

Error broken_json() { return bad_cast("value is no valid JSON"); }

// The next value as an item of type json: as json_parse writes it, but members stay in their order.
Result<void> append_item(std::string& out, JsonReader& reader, int depth);

Result<void> append_members(std::string& out, JsonReader& reader, int depth) {
  std::vector<std::pair<std::string, std::string>> members;
  if (!reader.accept('}')) {
    do {
      if (reader.next() != JsonToken::Text) return broken_json();
      const std::string key = reader.text();
      if (!reader.accept(':')) return broken_json();
      std::string value;
      TRY(append_item(value, reader, depth));
      const auto known = std::find_if(members.begin(), members.end(),
                                      [&](const auto& member) { return member.first == key; });
      if (known == members.end()) {
        members.emplace_back(key, std::move(value));
      } else {
        known->second = std::move(value);
      }
    } while (reader.accept(','));
    if (!reader.accept('}')) return broken_json();
  }
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    types::append_json_text(out, members[i].first);
    out += ':';
    out += members[i].second;
  }
  out += '}';
  return ok();
}

Result<void> append_item(std::string& out, JsonReader& reader, int depth) {
  constexpr int kItemDepthMax = 1000;
  if (depth > kItemDepthMax) return broken_json();
  switch (reader.next()) {
    case JsonToken::Null:
      out += "null";
      return ok();
    case JsonToken::True:
      out += "true";
      return ok();
    case JsonToken::False:
      out += "false";
      return ok();
    case JsonToken::Integer:
      out += reader.text() == "-0" ? "0" : reader.text();
      return ok();
    case JsonToken::Float: {
      const double number = types::parse_java_double(reader.text()).value_or(0);
      if (number - number != 0) {
        out += number < 0 ? "\"-Infinity\"" : "\"Infinity\"";
      } else {
        types::append_java_double(out, number);
      }
      return ok();
    }
    case JsonToken::Text:
      types::append_json_text(out, reader.text());
      return ok();
    case JsonToken::BeginArray:
      out += '[';
      if (!reader.accept(']')) {
        TRY(append_item(out, reader, depth + 1));
        while (reader.accept(',')) {
          out += ',';
          TRY(append_item(out, reader, depth + 1));
        }
        if (!reader.accept(']')) return broken_json();
      }
      out += ']';
      return ok();
    case JsonToken::BeginObject:
      return append_members(out, reader, depth + 1);
    case JsonToken::Bad:
      break;
  }
  return broken_json();
}

Result<Value> read_value(JsonReader& reader, const Type& to);

Result<Value> read_array(JsonReader& reader, const Type& to) {
  std::vector<Value> items;
  if (reader.accept(']')) return Value(std::move(items));
  do {
    items.push_back(TRY(read_value(reader, to.element())));
  } while (reader.accept(','));
  if (!reader.accept(']')) return broken_json();
  return Value(std::move(items));
}

Result<Value> read_map(JsonReader& reader, const Type& to) {
  std::vector<Value> parts;
  if (reader.accept('}')) return Value(std::move(parts));
  do {
    if (reader.next() != JsonToken::Text) return broken_json();
    parts.push_back(TRY(scalar_of_text(reader.text(), to.key())));
    if (!reader.accept(':')) return broken_json();
    parts.push_back(TRY(read_value(reader, to.value())));
  } while (reader.accept(','));
  if (!reader.accept('}')) return broken_json();
  ValueIndex keys(to.key(), parts.size() / 2);
  for (std::size_t i = 0; i < parts.size(); i += 2) {
    if (!keys.add(parts[i]).is_new) return bad_cast("Duplicate map keys are not allowed");
  }
  return Value(std::move(parts));
}

Result<Value> read_row_of_array(JsonReader& reader, const Type& to) {
  std::vector<Value> fields;
  for (std::size_t i = 0; i < to.fields.size(); ++i) {
    if (i > 0 && !reader.accept(',')) {
      return bad_cast("Expected a json array of {} values", to.fields.size());
    }
    fields.push_back(TRY(read_value(reader, to.fields[i].type)));
  }
  if (!reader.accept(']')) return bad_cast("Expected json array ending");
  return Value(std::move(fields));
}

std::optional<std::size_t> find_field(const Type& row, std::string_view name) {
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    if (row.fields[i].name && equals_ignore_case(*row.fields[i].name, name)) return i;
  }
  return std::nullopt;
}

Result<Value> read_row_of_object(JsonReader& reader, const Type& to) {
  if (to.fields.empty() || !to.fields[0].name) {
    return bad_cast("Cannot cast a JSON object to anonymous row type. Input must be a JSON array.");
  }
  std::vector<Value> fields(to.fields.size());
  std::vector<bool> written(to.fields.size());
  if (reader.accept('}')) return Value(std::move(fields));
  do {
    if (reader.next() != JsonToken::Text) return broken_json();
    const std::string name = reader.text();
    if (!reader.accept(':')) return broken_json();
    const auto index = find_field(to, name);
    if (!index) {
      if (!reader.raw_value()) return broken_json();
      continue;
    }
    if (written[*index]) return bad_cast("Duplicate field: {}", name);
    written[*index] = true;
    fields[*index] = TRY(read_value(reader, to.fields[*index].type));
  } while (reader.accept(','));
  if (!reader.accept('}')) return broken_json();
  return Value(std::move(fields));
}

Result<Value> read_value(JsonReader& reader, const Type& to) {
  if (to.is(TypeKind::Json)) {
    std::string item;
    TRY(append_item(item, reader, 0));
    return Value(std::move(item));
  }
  const JsonToken token = reader.next();
  if (token == JsonToken::Null) return Value();
  if (token == JsonToken::Bad) return broken_json();
  switch (to.kind) {
    case TypeKind::Array:
      if (token != JsonToken::BeginArray) {
        return unexpected_token("Expected a json array", reader, token);
      }
      return read_array(reader, to);
    case TypeKind::Map:
      if (token != JsonToken::BeginObject) {
        return unexpected_token("Expected a json object", reader, token);
      }
      return read_map(reader, to);
    case TypeKind::Row:
      if (token == JsonToken::BeginArray) return read_row_of_array(reader, to);
      if (token == JsonToken::BeginObject) return read_row_of_object(reader, to);
      return unexpected_token("Expected a json array or object", reader, token);
    default:
      return scalar_of(reader, token, to);
  }
}

}  // namespace

Caster cast_from_json(const Type& to) {
  if (!reads_from_json(to)) return {};
  return [to](const Value& value) -> Result<Value> {
    JsonReader reader(value.as_text());
    auto out = read_value(reader, to);
    // Behind a null, Trino does not look.
    if (out && !out->is_null() && !reader.at_end()) out = broken_json();
    if (out || is_json_scalar_target(to)) return out;
    const types::NamedError error = types::split_error(out.error());
    return bad_cast("Cannot cast to {}. {}", types::to_string(to), error.message);
  };
}

}  // namespace tarn::functions
