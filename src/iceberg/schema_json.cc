// SPDX-License-Identifier: Apache-2.0
// Spec: "Appendix C: JSON serialization", schemas.
#include <algorithm>
#include <boost/json.hpp>

#include "iceberg/model_json.h"

namespace tarn::iceberg {

namespace {

namespace json = boost::json;

json::object field_to_json(const Field& field) {
  json::object object;
  object["id"] = field.id;
  object["name"] = field.name;
  object["required"] = field.required;
  object["type"] = type_to_json(field.type);
  if (!field.doc.empty()) object["doc"] = field.doc;
  if (!field.initial_default.is_null()) object["initial-default"] = to_json(field.initial_default);
  if (!field.write_default.is_null()) object["write-default"] = to_json(field.write_default);
  append_members(object, field.extra);
  return object;
}

json::array fields_to_json(const std::vector<Field>& fields) {
  json::array array;
  array.reserve(fields.size());
  for (const Field& field : fields) array.push_back(field_to_json(field));
  return array;
}

Result<Value> parse_default(const json::object& object, std::string_view key, const Type& type) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return Value{};
  if (!type.is_primitive()) {
    return unsupported("`{}` of a column of type `{}` is not supported", key, to_string(type.kind));
  }
  return value_from_json(*value, type);
}

Result<Field> parse_field(const json::value& value, int depth) {
  const json::object& object = *TRY(as_object(value, "a schema field"));
  Field field;
  field.id = TRY(json_int32(object, "id"));
  field.name = TRY(json_text(object, "name"));
  field.required = TRY(json_bool(object, "required"));
  field.doc = TRY(json_optional_text(object, "doc")).value_or("");
  const json::value* type = object.if_contains("type");
  if (type == nullptr) return corrupt("missing field `type` of column `{}`", field.name);
  const std::string where = fmt::format("in column `{}`", field.name);
  field.type = TRY(with_context(type_from_json(*type, depth), where));
  field.initial_default =
      TRY(with_context(parse_default(object, "initial-default", field.type), where));
  field.write_default =
      TRY(with_context(parse_default(object, "write-default", field.type), where));
  field.extra = unknown_members(
      object, {"id", "name", "required", "type", "doc", "initial-default", "write-default"});
  return field;
}

Result<std::vector<Field>> parse_fields(const json::object& object, int depth) {
  std::vector<Field> fields;
  const json::array& array = *TRY(json_array(object, "fields"));
  fields.reserve(array.size());
  for (const json::value& value : array) fields.push_back(TRY(parse_field(value, depth)));
  return fields;
}

Result<Field> parse_part(const json::object& object, std::string_view part, bool required,
                         int depth) {
  const json::value* type = object.if_contains(part);
  if (type == nullptr) return corrupt("missing field `{}` of a nested type", part);
  Field field = optional_field(TRY(json_int32(object, fmt::format("{}-id", part))),
                               std::string(part), TRY(type_from_json(*type, depth)));
  field.required = required;
  return field;
}

}  // namespace

json::value type_to_json(const Type& type) {
  json::object object;
  switch (type.kind) {
    case TypeKind::Struct:
      object["type"] = "struct";
      object["fields"] = fields_to_json(type.fields);
      break;
    case TypeKind::List:
      object["type"] = "list";
      object["element-id"] = type.element().id;
      object["element"] = type_to_json(type.element().type);
      object["element-required"] = type.element().required;
      break;
    case TypeKind::Map:
      object["type"] = "map";
      object["key-id"] = type.key().id;
      object["key"] = type_to_json(type.key().type);
      object["value-id"] = type.value().id;
      object["value"] = type_to_json(type.value().type);
      object["value-required"] = type.value().required;
      break;
    default:
      return json::string(to_string(type));
  }
  append_members(object, type.extra);
  return object;
}

Result<Type> type_from_json(const json::value& value, int depth) {
  if (value.is_string()) return parse_primitive_type(std::string_view(value.get_string()));
  if (depth >= kTypeDepthMax) return corrupt("types are nested deeper than {}", kTypeDepthMax);
  const json::object& object = *TRY(as_object(value, "a type"));
  const std::string kind = TRY(json_text(object, "type"));
  Type type;
  if (kind == "struct") {
    type = struct_type(TRY(parse_fields(object, depth + 1)));
    type.extra = unknown_members(object, {"type", "fields"});
  } else if (kind == "list") {
    const bool required = TRY(json_bool(object, "element-required"));
    type = Type(TypeKind::List);
    type.fields.push_back(TRY(parse_part(object, "element", required, depth + 1)));
    type.extra = unknown_members(object, {"type", "element-id", "element", "element-required"});
  } else if (kind == "map") {
    const bool required = TRY(json_bool(object, "value-required"));
    Field key = TRY(parse_part(object, "key", true, depth + 1));
    type = map_type(std::move(key), TRY(parse_part(object, "value", required, depth + 1)));
    type.extra =
        unknown_members(object, {"type", "key-id", "key", "value-id", "value", "value-required"});
  } else {
    return unsupported("unknown type `{}`", kind);
  }
  return type;
}

json::object to_json(const Schema& schema) {
  json::object object;
  object["type"] = "struct";
  object["schema-id"] = schema.schema_id;
  if (!schema.identifier_field_ids.empty()) {
    object["identifier-field-ids"] =
        json::array(schema.identifier_field_ids.begin(), schema.identifier_field_ids.end());
  }
  object["fields"] = fields_to_json(schema.fields);
  append_members(object, schema.extra);
  return object;
}

Result<Schema> parse_schema(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a schema"));
  Schema schema;
  schema.schema_id = TRY(json_optional_int32(object, "schema-id")).value_or(0);
  if (const json::array* ids = TRY(json_optional_array(object, "identifier-field-ids"))) {
    schema.identifier_field_ids = TRY(int_list(*ids, "`identifier-field-ids`"));
    std::sort(schema.identifier_field_ids.begin(), schema.identifier_field_ids.end());
  }
  schema.fields = TRY(parse_fields(object, 0));
  schema.extra = unknown_members(object, {"type", "schema-id", "identifier-field-ids", "fields"});
  return schema;
}

std::string schema_to_json(const Schema& schema) { return write_json(to_json(schema)); }

Result<Schema> schema_from_json(std::string_view text) {
  return parse_schema(TRY(parse_json(text)));
}

}  // namespace tarn::iceberg
