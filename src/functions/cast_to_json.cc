// SPDX-License-Identifier: Apache-2.0
// CAST to json: scalars, arrays, maps with their keys in order, rows as objects.
#include <algorithm>

#include "functions/call_error.h"
#include "functions/cast.h"
#include "functions/java_format_number.h"
#include "types/json_text.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

bool is_json_key(TypeKind kind) {
  return (kind >= TypeKind::Boolean && kind <= TypeKind::Varchar) || kind == TypeKind::Date ||
         kind == TypeKind::Timestamp || kind == TypeKind::Unknown;
}

bool writes_to_json(const Type& type) {
  switch (type.kind) {
    case TypeKind::Unknown:
    case TypeKind::Date:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
    case TypeKind::Json:
      return true;
    case TypeKind::Array:
      return writes_to_json(type.element());
    case TypeKind::Map:
      return is_json_key(type.key().kind) && writes_to_json(type.value());
    case TypeKind::Row:
      return std::all_of(type.fields.begin(), type.fields.end(),
                         [](const types::TypeField& field) { return writes_to_json(field.type); });
    default:
      return type.kind >= TypeKind::Boolean && type.kind <= TypeKind::Varchar;
  }
}

void append_number(std::string& out, const Type& type, double value) {
  const bool special = value - value != 0;
  if (special) out += '"';
  if (type.is(TypeKind::Real)) {
    types::append_java_float(out, static_cast<float>(value));
  } else {
    types::append_java_double(out, value);
  }
  if (special) out += '"';
}

std::string key_text(const Type& type, const Value& key) {
  std::string out;
  switch (type.kind) {
    case TypeKind::Real:
      types::append_java_float(out, static_cast<float>(key.as_double()));
      return out;
    case TypeKind::Double:
      types::append_java_double(out, key.as_double());
      return out;
    default:
      return types::cast_to_text(type, key);
  }
}

void append_json(std::string& out, const Type& type, const Value& value);

void append_json_object(std::string& out, const Type& type, const std::vector<Value>& parts) {
  struct Member {
    std::string key;
    const Value* value;
  };
  std::vector<Member> members;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    members.push_back({key_text(type.key(), parts[i]), &parts[i + 1]});
  }
  // Code points beyond U+FFFF come before U+E000 in Java's order of texts.
  const auto java_less = [](const Member& a, const Member& b) {
    return std::lexicographical_compare(
        a.key.begin(), a.key.end(), b.key.begin(), b.key.end(), [](char x, char y) {
          const auto left = static_cast<unsigned char>(x);
          const auto right = static_cast<unsigned char>(y);
          const bool astral_left = left >= 0xf0;
          const bool astral_right = right >= 0xf0;
          if (astral_left != astral_right && left >= 0xee && right >= 0xee) return astral_left;
          return left < right;
        });
  };
  std::stable_sort(members.begin(), members.end(), java_less);
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    types::append_json_text(out, members[i].key);
    out += ':';
    append_json(out, type.value(), *members[i].value);
  }
  out += '}';
}

void append_json(std::string& out, const Type& type, const Value& value) {
  if (value.is_null()) {
    out += "null";
    return;
  }
  switch (type.kind) {
    case TypeKind::Boolean:
      out += value.as_bool() ? "true" : "false";
      return;
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      out += std::to_string(value.as_int());
      return;
    case TypeKind::Real:
    case TypeKind::Double:
      append_number(out, type, value.as_double());
      return;
    case TypeKind::Decimal:
      append_big_decimal(out, value.as_decimal(), type.scale);
      return;
    case TypeKind::Json:
      out += value.as_text();
      return;
    case TypeKind::Array:
      out += '[';
      for (std::size_t i = 0; i < value.as_list().size(); ++i) {
        if (i > 0) out += ',';
        append_json(out, type.element(), value.as_list()[i]);
      }
      out += ']';
      return;
    case TypeKind::Map:
      append_json_object(out, type, value.as_list());
      return;
    case TypeKind::Row:
      out += '{';
      for (std::size_t i = 0; i < type.fields.size(); ++i) {
        if (i > 0) out += ',';
        types::append_json_text(out, type.fields[i].name.value_or(""));
        out += ':';
        append_json(out, type.fields[i].type, value.as_list()[i]);
      }
      out += '}';
      return;
    default:
      types::append_json_text(out, types::cast_to_text(type, value));
      return;
  }
}

// Analyzed, but refused by Trino when it runs.
bool has_time_key(const Type& type) {
  if (type.is(TypeKind::Map) &&
      (type.key().is(TypeKind::Date) || type.key().is(TypeKind::Timestamp))) {
    return true;
  }
  return std::any_of(type.fields.begin(), type.fields.end(),
                     [](const types::TypeField& field) { return has_time_key(field.type); });
}

}  // namespace

Caster cast_to_json(const Type& from) {
  if (!writes_to_json(from)) return {};
  if (has_time_key(from)) {
    return [from](const Value&) -> Result<Value> {
      return bad_cast("Cannot cast {} to JSON", types::to_string(from));
    };
  }
  return [from](const Value& value) -> Result<Value> {
    std::string out;
    append_json(out, from, value);
    return Value(std::move(out));
  };
}

}  // namespace tarn::functions
