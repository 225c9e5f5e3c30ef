// SPDX-License-Identifier: Apache-2.0
#include "functions/json_item.h"

#include <unordered_map>

#include "base/text.h"
#include "functions/json_cursor.h"
#include "functions/registry.h"
#include "types/coercion.h"
#include "types/error_name.h"
#include "types/json_text.h"
#include "types/number_text.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

using types::TypeKind;
using types::Value;

JsonItemPtr make_item(JsonItem item) { return std::make_shared<const JsonItem>(std::move(item)); }

JsonItemPtr number_item(std::string_view text) {
  if (is_json_floating(text)) {
    const auto number = types::parse_java_double(text);
    return number ? make_json_scalar(types::make_type(TypeKind::Double), Value(*number)) : nullptr;
  }
  if (const auto number = parse_int64(text)) {
    const bool is_short = *number >= -2147483648 && *number <= 2147483647;
    return make_json_scalar(types::make_type(is_short ? TypeKind::Integer : TypeKind::BigInt),
                            Value(*number));
  }
  const auto literal = types::parse_decimal_literal(text);
  if (!literal) return nullptr;
  return make_json_scalar(types::make_decimal(literal->precision, literal->scale),
                          Value(literal->unscaled));
}

JsonItemPtr read_item(JsonCursor& cursor);

JsonItemPtr read_array(JsonCursor& cursor) {
  JsonItem out{.kind = JsonItem::Kind::Array};
  cursor.enter();
  while (cursor.next_item()) {
    JsonItemPtr item = read_item(cursor);
    if (!item) return nullptr;
    out.items.push_back(std::move(item));
  }
  return cursor.failed() ? nullptr : make_item(std::move(out));
}

JsonItemPtr read_object(JsonCursor& cursor) {
  JsonItem out{.kind = JsonItem::Kind::Object};
  std::unordered_map<std::string, std::size_t> index;
  std::string key;
  cursor.enter();
  while (cursor.next_member(key)) {
    JsonItemPtr item = read_item(cursor);
    if (!item) return nullptr;
    const auto [found, is_new] = index.try_emplace(key, out.members.size());
    if (is_new) {
      out.members.emplace_back(key, std::move(item));
    } else {
      out.members[found->second].second = std::move(item);
    }
  }
  return cursor.failed() ? nullptr : make_item(std::move(out));
}

JsonItemPtr read_item(JsonCursor& cursor) {
  const JsonKind kind = cursor.kind();
  if (kind == JsonKind::Array) return read_array(cursor);
  if (kind == JsonKind::Object) return read_object(cursor);
  if (kind == JsonKind::String) {
    std::string text;
    if (!cursor.read_string(text)) return nullptr;
    return make_json_scalar(types::make_varchar(), Value(std::move(text)));
  }
  std::string_view raw;
  if (!cursor.read_raw_scalar(raw)) return nullptr;
  if (kind == JsonKind::Null) return make_item({});
  if (kind == JsonKind::Number) return number_item(raw);
  return make_json_scalar(types::make_type(TypeKind::Boolean), Value(raw == "true"));
}

}  // namespace

JsonItemPtr make_json_scalar(types::Type type, types::Value value) {
  return make_item({.kind = JsonItem::Kind::Scalar, .scalar = {std::move(type), std::move(value)}});
}

JsonItemPtr make_json_array(std::vector<JsonItemPtr> items) {
  return make_item({.kind = JsonItem::Kind::Array, .items = std::move(items)});
}

JsonItemPtr parse_json_item(std::string_view text) {
  JsonCursor cursor(text);
  JsonItemPtr item = read_item(cursor);
  return item && cursor.at_end() ? item : nullptr;
}

Result<JsonItemPtr> to_json_item(const types::Type& type, const types::Value& value) {
  switch (type.kind) {
    case TypeKind::Boolean:
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
    case TypeKind::Real:
    case TypeKind::Double:
    case TypeKind::Decimal:
    case TypeKind::Varchar:
      return make_json_scalar(type, value);
    default:
      break;
  }
  const types::Type text = types::make_varchar();
  if (!types::can_cast(type, text)) {
    return types::named_error("NOT_SUPPORTED", {}, "this type in a JSON function");
  }
  const BoundFunction cast = TRY(bind_function({"$cast", {type}, text, {}}));
  return make_json_scalar(text, TRY(cast.call(std::span(&value, 1))));
}

void append_json_item(std::string& out, const JsonItem& item) {
  bool first = true;
  const auto separate = [&] {
    if (!first) out += ',';
    first = false;
  };
  switch (item.kind) {
    case JsonItem::Kind::Null:
      out += "null";
      return;
    case JsonItem::Kind::Array:
      out += '[';
      for (const JsonItemPtr& part : item.items) {
        separate();
        append_json_item(out, *part);
      }
      out += ']';
      return;
    case JsonItem::Kind::Object:
      out += '{';
      for (const auto& [key, part] : item.members) {
        separate();
        types::append_json_text(out, key);
        out += ':';
        append_json_item(out, *part);
      }
      out += '}';
      return;
    case JsonItem::Kind::Scalar:
      break;
  }
  const types::Type& type = item.scalar.type;
  const types::Value& value = item.scalar.value;
  if (type.is(TypeKind::Varchar)) {
    types::append_json_text(out, value.as_text());
  } else if (type.is(TypeKind::Double)) {
    types::append_java_double(out, value.as_double());
  } else if (type.is(TypeKind::Real)) {
    types::append_java_float(out, static_cast<float>(value.as_double()));
  } else {
    out += types::cast_to_text(type, value);
  }
}

}  // namespace tarn::functions
