// SPDX-License-Identifier: Apache-2.0
// Schemas as JSON. Names are full names; a namespace is written only where one must be undone.
#include <array>
#include <boost/json.hpp>
#include <limits>

#include "avro/schema.h"
#include "base/json.h"

namespace tarn::avro {

namespace {

namespace json = boost::json;

constexpr std::size_t kSchemaTextMax = std::size_t{16} << 20;
constexpr std::int32_t kDecimalDigitsMax = 1'000'000;

constexpr std::array<std::pair<std::string_view, Kind>, 8> kPrimitives = {{
    {"null", Kind::Null},
    {"boolean", Kind::Boolean},
    {"int", Kind::Int},
    {"long", Kind::Long},
    {"float", Kind::Float},
    {"double", Kind::Double},
    {"bytes", Kind::Bytes},
    {"string", Kind::String},
}};

struct LogicalName {
  std::string_view name;
  Logical logical;
  Kind kind;  // the type it may stand on; see allows()
};

constexpr std::array<LogicalName, 12> kLogicalNames = {{
    {"decimal", Logical::Decimal, Kind::Bytes},
    {"uuid", Logical::Uuid, Kind::String},
    {"date", Logical::Date, Kind::Int},
    {"time-millis", Logical::TimeMillis, Kind::Int},
    {"time-micros", Logical::TimeMicros, Kind::Long},
    {"timestamp-millis", Logical::TimestampMillis, Kind::Long},
    {"timestamp-micros", Logical::TimestampMicros, Kind::Long},
    {"timestamp-nanos", Logical::TimestampNanos, Kind::Long},
    {"local-timestamp-millis", Logical::LocalTimestampMillis, Kind::Long},
    {"local-timestamp-micros", Logical::LocalTimestampMicros, Kind::Long},
    {"local-timestamp-nanos", Logical::LocalTimestampNanos, Kind::Long},
    {"map", Logical::Map, Kind::Array},
}};

// Decimals and UUIDs may stand on fixed too.
bool allows(const LogicalName& name, Kind kind) {
  const bool on_fixed = name.logical == Logical::Decimal || name.logical == Logical::Uuid;
  return kind == name.kind || (on_fixed && kind == Kind::Fixed);
}

std::string_view namespace_of(std::string_view full_name) {
  const auto dot = full_name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : full_name.substr(0, dot);
}

std::string qualify(std::string_view name, std::string_view enclosing) {
  if (enclosing.empty() || name.find('.') != std::string_view::npos) return std::string(name);
  return std::string(enclosing).append(".").append(name);
}

std::string_view text_view(const json::string& text) { return {text.data(), text.size()}; }

Result<std::optional<std::int32_t>> optional_int32(const json::object& object,
                                                   std::string_view key) {
  const auto value = TRY(json_optional_int(object, key));
  if (!value) return std::optional<std::int32_t>();
  if (*value < std::numeric_limits<std::int32_t>::min() ||
      *value > std::numeric_limits<std::int32_t>::max()) {
    return corrupt("field `{}` is out of range: {}", key, *value);
  }
  return std::optional(static_cast<std::int32_t>(*value));
}

class SchemaParser {
 public:
  Result<Schema> parse(const json::value& value, std::string_view enclosing) {
    if (value.is_string()) return parse_name(text_view(value.get_string()), enclosing);
    if (value.is_array()) return parse_union(value.get_array(), enclosing);
    if (value.is_object()) return parse_object(value.get_object(), enclosing);
    return corrupt("an Avro type must be a string, an array or an object");
  }

 private:
  static Schema parse_name(std::string_view name, std::string_view enclosing) {
    for (const auto& [text, kind] : kPrimitives) {
      if (text == name) return primitive(kind);
    }
    Schema reference;
    reference.kind = Kind::Reference;
    reference.name = qualify(name, enclosing);
    return reference;
  }

  Result<Schema> parse_union(const json::array& array, std::string_view enclosing) {
    Schema schema;
    schema.kind = Kind::Union;
    for (const auto& branch : array) schema.items.push_back(TRY(parse(branch, enclosing)));
    return schema;
  }

  Result<Schema> parse_object(const json::object& object, std::string_view enclosing) {
    const json::value* type = object.if_contains("type");
    if (type == nullptr) return corrupt("an Avro type has no `type`");
    // {"type": {"type": …}}: the outer object adds nothing.
    if (!type->is_string()) return parse(*type, enclosing);
    const std::string_view name = text_view(type->get_string());
    Schema schema;
    if (name == "record" || name == "error") {
      schema = TRY(parse_record(object, enclosing));
    } else if (name == "enum") {
      schema = TRY(parse_enum(object, enclosing));
    } else if (name == "fixed") {
      schema = TRY(parse_fixed(object, enclosing));
    } else if (name == "array") {
      schema = TRY(parse_items(object, "items", Kind::Array, enclosing));
    } else if (name == "map") {
      schema = TRY(parse_items(object, "values", Kind::Map, enclosing));
    } else {
      schema = parse_name(name, enclosing);
    }
    TRY(parse_attributes(object, schema));
    return schema;
  }

  static Result<std::string> parse_full_name(const json::object& object,
                                             std::string_view enclosing) {
    const std::string name = TRY(json_text(object, "name"));
    if (name.empty()) return corrupt("an Avro type has an empty name");
    const auto own = TRY(json_optional_text(object, "namespace"));
    return qualify(name, own ? std::string_view(*own) : enclosing);
  }

  Result<Schema> parse_record(const json::object& object, std::string_view enclosing) {
    Schema schema = record_type(TRY(parse_full_name(object, enclosing)), {});
    const std::string_view inside = namespace_of(schema.name);
    const auto* fields = TRY(json_array(object, "fields"));
    schema.fields.reserve(fields->size());
    for (const auto& item : *fields) {
      if (!item.is_object()) return corrupt("a field of record `{}` is no object", schema.name);
      const auto& entry = item.get_object();
      Field field;
      field.name = TRY(json_text(entry, "name"));
      const json::value* type = entry.if_contains("type");
      if (type == nullptr) return corrupt("field `{}` has no `type`", field.name);
      field.type = TRY(parse(*type, inside));
      field.field_id = TRY(optional_int32(entry, "field-id"));
      field.doc = TRY(json_optional_text(entry, "doc")).value_or("");
      if (const auto* value = entry.if_contains("default")) field.default_json = write_json(*value);
      schema.fields.push_back(std::move(field));
    }
    return schema;
  }

  static Result<Schema> parse_enum(const json::object& object, std::string_view enclosing) {
    Schema schema;
    schema.kind = Kind::Enum;
    schema.name = TRY(parse_full_name(object, enclosing));
    for (const auto& symbol : *TRY(json_array(object, "symbols"))) {
      if (!symbol.is_string()) return corrupt("a symbol of enum `{}` is no string", schema.name);
      schema.symbols.emplace_back(text_view(symbol.get_string()));
    }
    return schema;
  }

  static Result<Schema> parse_fixed(const json::object& object, std::string_view enclosing) {
    const std::string name = TRY(parse_full_name(object, enclosing));
    const std::int64_t size = TRY(json_int(object, "size"));
    if (size < 0 || size > std::numeric_limits<std::int32_t>::max()) {
      return corrupt("fixed `{}` has {} bytes", name, size);
    }
    return fixed_type(name, static_cast<std::int32_t>(size));
  }

  Result<Schema> parse_items(const json::object& object, std::string_view key, Kind kind,
                             std::string_view enclosing) {
    const json::value* items = object.if_contains({key.data(), key.size()});
    if (items == nullptr) return corrupt("an Avro {} has no `{}`", to_string(kind), key);
    Schema schema;
    schema.kind = kind;
    schema.items.push_back(TRY(parse(*items, enclosing)));
    return schema;
  }

  // A logical type that does not fit its type is dropped, as Avro wants it.
  static Result<void> parse_attributes(const json::object& object, Schema& schema) {
    schema.element_id = TRY(optional_int32(object, "element-id"));
    schema.key_id = TRY(optional_int32(object, "key-id"));
    schema.value_id = TRY(optional_int32(object, "value-id"));
    schema.adjust_to_utc = TRY(json_optional_bool(object, "adjust-to-utc"));
    const json::value* logical = object.if_contains("logicalType");
    if (logical == nullptr || !logical->is_string()) return {};
    for (const auto& name : kLogicalNames) {
      if (name.name == text_view(logical->get_string()) && allows(name, schema.kind)) {
        schema.logical = name.logical;
      }
    }
    if (schema.logical != Logical::Decimal) return {};
    schema.precision = TRY(optional_int32(object, "precision")).value_or(0);
    schema.scale = TRY(optional_int32(object, "scale")).value_or(0);
    const bool fits = schema.precision > 0 && schema.precision <= kDecimalDigitsMax &&
                      schema.scale >= 0 && schema.scale <= schema.precision;
    if (!fits) {
      schema.logical = Logical::None;
      schema.precision = 0;
      schema.scale = 0;
    }
    return {};
  }
};

class SchemaWriter {
 public:
  json::value write(const Schema& schema, std::string_view enclosing) const {
    if (schema.kind == Kind::Reference) return json::string(local_name(schema.name, enclosing));
    if (schema.kind == Kind::Union) {
      json::array branches;
      for (const auto& branch : schema.items) branches.push_back(write(branch, enclosing));
      return branches;
    }
    json::object object;
    object["type"] = json::string(to_string(schema.kind));
    if (!schema.name.empty()) write_full_name(schema.name, enclosing, object);
    if (schema.kind == Kind::Record) object["fields"] = write_fields(schema);
    if (schema.kind == Kind::Fixed) object["size"] = schema.size;
    if (schema.kind == Kind::Array) object["items"] = write(schema.items.at(0), enclosing);
    if (schema.kind == Kind::Map) object["values"] = write(schema.items.at(0), enclosing);
    if (schema.kind == Kind::Enum) {
      json::array symbols;
      for (const auto& symbol : schema.symbols) symbols.emplace_back(symbol);
      object["symbols"] = std::move(symbols);
    }
    write_attributes(schema, object);
    if (object.size() == 1) return object["type"];
    return object;
  }

 private:
  // A name without dot is looked up in the enclosing namespace, so one outside all namespaces
  // cannot be told apart there; Avro has no way to write it but the definition's own namespace.
  static std::string local_name(const std::string& name, std::string_view enclosing) {
    const bool same = !enclosing.empty() && namespace_of(name) == enclosing;
    return same ? name.substr(enclosing.size() + 1) : name;
  }

  static void write_full_name(const std::string& name, std::string_view enclosing,
                              json::object& object) {
    object["name"] = json::string(local_name(name, enclosing));
    if (!enclosing.empty() && namespace_of(name).empty()) object["namespace"] = "";
  }

  json::array write_fields(const Schema& schema) const {
    json::array fields;
    fields.reserve(schema.fields.size());
    for (const auto& field : schema.fields) {
      json::object entry;
      entry["name"] = field.name;
      entry["type"] = write(field.type, namespace_of(schema.name));
      if (!field.doc.empty()) entry["doc"] = field.doc;
      if (field.default_json) {
        auto value = parse_json(*field.default_json);
        if (value) entry["default"] = std::move(*value);
      }
      if (field.field_id) entry["field-id"] = *field.field_id;
      fields.push_back(std::move(entry));
    }
    return fields;
  }

  static void write_attributes(const Schema& schema, json::object& object) {
    for (const auto& name : kLogicalNames) {
      if (name.logical == schema.logical) object["logicalType"] = json::string(name.name);
    }
    if (schema.logical == Logical::Decimal) {
      object["precision"] = schema.precision;
      object["scale"] = schema.scale;
    }
    if (schema.adjust_to_utc) object["adjust-to-utc"] = *schema.adjust_to_utc;
    if (schema.element_id) object["element-id"] = *schema.element_id;
    if (schema.key_id) object["key-id"] = *schema.key_id;
    if (schema.value_id) object["value-id"] = *schema.value_id;
  }
};

}  // namespace

Result<Schema> parse_schema(std::string_view json) {
  if (json.size() > kSchemaTextMax) {
    return corrupt("an Avro schema of {} bytes is too large", json.size());
  }
  const auto value = TRY(with_context(parse_json(json), "in an Avro schema"));
  return with_context(SchemaParser().parse(value, ""), "in an Avro schema");
}

std::string write_schema(const Schema& schema) {
  return write_json(SchemaWriter().write(schema, ""));
}

}  // namespace tarn::avro
