// SPDX-License-Identifier: Apache-2.0
#include "avro/schema.h"

#include <fmt/format.h>

#include <utility>

namespace tarn::avro {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::Null:
      return "null";
    case Kind::Boolean:
      return "boolean";
    case Kind::Int:
      return "int";
    case Kind::Long:
      return "long";
    case Kind::Float:
      return "float";
    case Kind::Double:
      return "double";
    case Kind::Bytes:
      return "bytes";
    case Kind::String:
      return "string";
    case Kind::Fixed:
      return "fixed";
    case Kind::Enum:
      return "enum";
    case Kind::Record:
      return "record";
    case Kind::Array:
      return "array";
    case Kind::Map:
      return "map";
    case Kind::Union:
      return "union";
    case Kind::Reference:
      return "reference";
  }
  return "null";
}

bool Schema::operator==(const Schema&) const = default;

Schema primitive(Kind kind, Logical logical) {
  Schema schema;
  schema.kind = kind;
  schema.logical = logical;
  return schema;
}

Schema fixed_type(std::string name, std::int32_t size) {
  Schema schema;
  schema.kind = Kind::Fixed;
  schema.name = std::move(name);
  schema.size = size;
  return schema;
}

Schema decimal_type(std::string name, std::int32_t precision, std::int32_t scale,
                    std::int32_t size) {
  Schema schema = fixed_type(std::move(name), size);
  schema.logical = Logical::Decimal;
  schema.precision = precision;
  schema.scale = scale;
  return schema;
}

Schema record_type(std::string name, std::vector<Field> fields) {
  Schema schema;
  schema.kind = Kind::Record;
  schema.name = std::move(name);
  schema.fields = std::move(fields);
  return schema;
}

Schema array_type(Schema element, std::optional<std::int32_t> element_id) {
  Schema schema;
  schema.kind = Kind::Array;
  schema.items.push_back(std::move(element));
  schema.element_id = element_id;
  return schema;
}

Schema map_type(Schema value, std::optional<std::int32_t> key_id,
                std::optional<std::int32_t> value_id) {
  Schema schema;
  schema.kind = Kind::Map;
  schema.items.push_back(std::move(value));
  schema.key_id = key_id;
  schema.value_id = value_id;
  return schema;
}

Schema key_value_array(Schema key, std::int32_t key_id, Schema value, std::int32_t value_id) {
  std::vector<Field> fields;
  fields.push_back(required_field(key_id, "key", std::move(key)));
  fields.push_back(required_field(value_id, "value", std::move(value)));
  Schema schema =
      array_type(record_type(fmt::format("k{}_v{}", key_id, value_id), std::move(fields)));
  schema.logical = Logical::Map;
  return schema;
}

Schema optional_type(Schema type) {
  Schema schema;
  schema.kind = Kind::Union;
  schema.items.push_back(primitive(Kind::Null));
  schema.items.push_back(std::move(type));
  return schema;
}

Field required_field(std::int32_t id, std::string name, Schema type) {
  Field field;
  field.name = std::move(name);
  field.type = std::move(type);
  field.field_id = id;
  return field;
}

Field optional_field(std::int32_t id, std::string name, Schema type) {
  Field field = required_field(id, std::move(name), optional_type(std::move(type)));
  field.default_json = "null";
  return field;
}

}  // namespace tarn::avro
