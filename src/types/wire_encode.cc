// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>

#include "base/bytes.h"
#include "types/java_hash.h"
#include "types/json_text.h"
#include "types/number_text.h"
#include "types/value_text.h"
#include "types/wire.h"

namespace tarn::types {
namespace {

bool is_binary(TypeKind kind) {
  switch (kind) {
    case TypeKind::Varbinary:
    case TypeKind::HyperLogLog:
    case TypeKind::P4HyperLogLog:
    case TypeKind::SetDigest:
    case TypeKind::QDigest:
    case TypeKind::TDigest:
      return true;
    default:
      return false;
  }
}

void append_integer(std::string& out, std::int64_t value) {
  char buffer[24];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out.append(buffer, static_cast<std::size_t>(result.ptr - buffer));
}

void append_number(std::string& out, const Type& type, double value) {
  const bool quoted = !std::isfinite(value);
  if (quoted) out += '"';
  if (type.is(TypeKind::Real)) {
    append_java_float(out, static_cast<float>(value));
  } else {
    append_java_double(out, value);
  }
  if (quoted) out += '"';
}

const Type& wire_part_type(const Type& type, std::size_t index) {
  return type.is(TypeKind::Row) ? type.fields[index].type : type.element();
}

void append_list(std::string& out, const Type& type, const std::vector<Value>& items) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    append_wire_json(out, wire_part_type(type, i), items[i]);
  }
  out += ']';
}

void append_map(std::string& out, const Type& type, const std::vector<Value>& items) {
  out += '{';
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (i > 0) out += ',';
    append_json_text(out, wire_key_text(type.key(), items[i]));
    out += ':';
    append_wire_json(out, type.value(), items[i + 1]);
  }
  out += '}';
}

}  // namespace

void append_wire_json(std::string& out, const Type& type, const Value& value) {
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
      append_integer(out, value.as_int());
      return;
    case TypeKind::Real:
    case TypeKind::Double:
      append_number(out, type, value.as_double());
      return;
    case TypeKind::Array:
    case TypeKind::Row:
      append_list(out, type, value.as_list());
      return;
    case TypeKind::Map:
      append_map(out, type, value.as_list());
      return;
    case TypeKind::Varchar:
    case TypeKind::Json:
      append_json_text(out, value.as_text());
      return;
    default:
      if (is_binary(type.kind)) {
        out += '"';
        out += to_base64(value.as_text());
        out += '"';
        return;
      }
      append_json_text(out, cast_to_text(type, value));
  }
}

std::string wire_key_text(const Type& type, const Value& value) {
  if (value.is_null()) return "null";
  std::string out;
  switch (type.kind) {
    case TypeKind::Real:
      append_java_float(out, static_cast<float>(value.as_double()));
      return out;
    case TypeKind::Double:
      append_java_double(out, value.as_double());
      return out;
    case TypeKind::Array:
    case TypeKind::Row: {
      const auto& items = value.as_list();
      out += '[';
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) out += ", ";
        out += wire_key_text(wire_part_type(type, i), items[i]);
      }
      return out += ']';
    }
    case TypeKind::Map: {
      const auto& items = value.as_list();
      out += '{';
      for (const std::size_t i : java_map_order(type.key(), items)) {
        if (out.size() > 1) out += ", ";
        out += wire_key_text(type.key(), items[i]);
        out += '=';
        out += wire_key_text(type.value(), items[i + 1]);
      }
      return out += '}';
    }
    default:
      return is_binary(type.kind) ? to_base64(value.as_text()) : cast_to_text(type, value);
  }
}

std::size_t estimate_wire_size(const Type& type, const Value& value) {
  if (value.is_null()) return 5;
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    return 4 + (is_binary(type.kind) ? text->size() * 4 / 3 : text->size());
  }
  if (const auto* items = std::get_if<std::vector<Value>>(&value.data)) {
    std::size_t size = 3;
    for (std::size_t i = 0; i < items->size(); ++i) {
      const Type& part = type.is(TypeKind::Map) ? type.fields[i % 2].type : wire_part_type(type, i);
      size += estimate_wire_size(part, (*items)[i]);
    }
    return size;
  }
  switch (type.kind) {
    case TypeKind::Boolean:
      return 6;
    case TypeKind::Timestamp:
      return 34;
    case TypeKind::TimestampWithTimeZone:
      return 44;
    case TypeKind::Decimal:
      return static_cast<std::size_t>(type.precision) / 2 + 6;
    default:
      return 14;
  }
}

}  // namespace tarn::types
