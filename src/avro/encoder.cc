// SPDX-License-Identifier: Apache-2.0
#include "avro/encoder.h"

#include <algorithm>
#include <limits>

namespace tarn::avro {

namespace {

bool is_text_of(const Type& type, const std::string& text) {
  switch (type.kind) {
    case Kind::Bytes:
    case Kind::String:
      return true;
    case Kind::Fixed:
      return text.size() == static_cast<std::size_t>(type.size);
    case Kind::Enum:
      return std::find(type.symbols.begin(), type.symbols.end(), text) != type.symbols.end();
    default:
      return false;
  }
}

// Whether the value is of the type; of lists and records only the kind is looked at.
bool fits(const Type& type, const Value& value) {
  const auto& data = value.data;
  switch (type.kind) {
    case Kind::Null:
      return value.is_null();
    case Kind::Boolean:
      return std::holds_alternative<bool>(data);
    case Kind::Int: {
      const auto* number = std::get_if<std::int64_t>(&data);
      return number != nullptr && *number >= std::numeric_limits<std::int32_t>::min() &&
             *number <= std::numeric_limits<std::int32_t>::max();
    }
    case Kind::Long:
      return std::holds_alternative<std::int64_t>(data);
    case Kind::Float:
    case Kind::Double:
      return std::holds_alternative<double>(data);
    case Kind::Bytes:
    case Kind::String:
    case Kind::Fixed:
    case Kind::Enum: {
      const auto* text = std::get_if<std::string>(&data);
      return text != nullptr && is_text_of(type, *text);
    }
    case Kind::Record: {
      const auto* record = std::get_if<Value::Record>(&data);
      return record != nullptr && record->fields.size() == type.fields.size();
    }
    case Kind::Array:
      return std::holds_alternative<Value::Array>(data);
    case Kind::Map:
      return std::holds_alternative<Value::Map>(data);
    case Kind::Union:
      return std::any_of(type.branches.begin(), type.branches.end(),
                         [&](const Type* branch) { return fits(*branch, value); });
    case Kind::Reference:
      return false;
  }
  return false;
}

Result<void> write_text_value(Encoder& encoder, const Type& type, const std::string& text) {
  if (type.kind == Kind::Fixed) {
    encoder.write_fixed(text);
  } else if (type.kind == Kind::Enum) {
    const auto found = std::find(type.symbols.begin(), type.symbols.end(), text);
    encoder.write_long(found - type.symbols.begin());
  } else {
    encoder.write_text(text);
  }
  return {};
}

Result<void> write_items(Encoder& encoder, const Type& type, const Value& value) {
  if (const auto* array = std::get_if<Value::Array>(&value.data)) {
    encoder.begin_items(array->items.size());
    for (const auto& item : array->items) TRY(encoder.write_value(*type.element, item));
  } else {
    const auto& map = std::get<Value::Map>(value.data);
    encoder.begin_items(map.items.size());
    for (const auto& [key, item] : map.items) {
      encoder.write_text(key);
      TRY(encoder.write_value(*type.element, item));
    }
  }
  encoder.end_items();
  return {};
}

}  // namespace

Result<void> Encoder::write_value(const Type& type, const Value& value) {
  if (!fits(type, value)) {
    return invalid_input("{} is not a value of the Avro type {}", to_string(value),
                         to_string(type.kind));
  }
  switch (type.kind) {
    case Kind::Null:
    case Kind::Reference:
      return {};
    case Kind::Boolean:
      write_bool(std::get<bool>(value.data));
      return {};
    case Kind::Int:
    case Kind::Long:
      write_long(std::get<std::int64_t>(value.data));
      return {};
    case Kind::Float:
      write_float(static_cast<float>(std::get<double>(value.data)));
      return {};
    case Kind::Double:
      write_double(std::get<double>(value.data));
      return {};
    case Kind::Bytes:
    case Kind::String:
    case Kind::Fixed:
    case Kind::Enum:
      return write_text_value(*this, type, std::get<std::string>(value.data));
    case Kind::Record: {
      const auto& record = std::get<Value::Record>(value.data);
      for (std::size_t i = 0; i < record.fields.size(); ++i) {
        TRY(write_value(*type.fields[i].type, record.fields[i]));
      }
      return {};
    }
    case Kind::Array:
    case Kind::Map:
      return write_items(*this, type, value);
    case Kind::Union: {
      std::size_t index = 0;
      while (!fits(*type.branches[index], value)) ++index;
      write_branch(index);
      return write_value(*type.branches[index], value);
    }
  }
  return {};
}

}  // namespace tarn::avro
