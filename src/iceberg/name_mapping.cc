// SPDX-License-Identifier: Apache-2.0
#include "iceberg/name_mapping.h"

#include <algorithm>
#include <boost/json.hpp>
#include <unordered_set>

#include "iceberg/model_json.h"

namespace tarn::iceberg {

namespace {

namespace json = boost::json;

Result<std::vector<MappedField>> parse_level(const json::array& array, int depth);

Result<MappedField> parse_mapped(const json::value& value, int depth) {
  const json::object& object = *TRY(as_object(value, "a mapped field"));
  MappedField field;
  field.field_id = TRY(json_optional_int32(object, "field-id"));
  field.names = TRY(text_list(*TRY(json_array(object, "names")), "`names`"));
  if (const json::array* fields = TRY(json_optional_array(object, "fields"))) {
    field.fields = TRY(parse_level(*fields, depth + 1));
  }
  return field;
}

Result<std::vector<MappedField>> parse_level(const json::array& array, int depth) {
  if (depth > kTypeDepthMax) return corrupt("the name mapping is too deep");
  std::vector<MappedField> level;
  std::unordered_set<std::string> names;
  for (const json::value& value : array) {
    level.push_back(TRY(parse_mapped(value, depth)));
    for (const std::string& name : level.back().names) {
      if (!names.insert(name).second) return corrupt("name `{}` is mapped twice", name);
    }
  }
  return level;
}

json::array level_to_json(const std::vector<MappedField>& level) {
  json::array array;
  for (const MappedField& field : level) {
    json::object object;
    if (field.field_id) object["field-id"] = *field.field_id;
    json::array names;
    for (const std::string& name : field.names) names.push_back(json::string(name));
    object["names"] = std::move(names);
    if (!field.fields.empty()) object["fields"] = level_to_json(field.fields);
    array.push_back(std::move(object));
  }
  return array;
}

std::vector<MappedField> map_fields(const std::vector<Field>& fields) {
  std::vector<MappedField> level;
  for (const Field& field : fields) {
    level.push_back({field.id, {field.name}, map_fields(field.type.fields)});
  }
  return level;
}

void update_level(std::vector<MappedField>& level, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    for (MappedField& mapped : level) {
      if (mapped.field_id != field.id) std::erase(mapped.names, field.name);
    }
    const auto found = std::find_if(level.begin(), level.end(), [&](const MappedField& mapped) {
      return mapped.field_id == field.id;
    });
    if (found == level.end()) {
      level.push_back({field.id, {field.name}, map_fields(field.type.fields)});
      continue;
    }
    if (std::find(found->names.begin(), found->names.end(), field.name) == found->names.end()) {
      found->names.push_back(field.name);
    }
    update_level(found->fields, field.type.fields);
  }
}

}  // namespace

Result<NameMapping> name_mapping_from_json(std::string_view text) {
  const json::value value = TRY(parse_json(text));
  if (!value.is_array()) return corrupt("the name mapping is not an array");
  return NameMapping{TRY(parse_level(value.get_array(), 0))};
}

std::string name_mapping_to_json(const NameMapping& mapping) {
  return write_json(level_to_json(mapping.fields));
}

NameMapping make_name_mapping(const Schema& schema) { return {map_fields(schema.fields)}; }

NameMapping update_name_mapping(const NameMapping& mapping, const Schema& schema) {
  NameMapping result = mapping;
  update_level(result.fields, schema.fields);
  return result;
}

const MappedField* find_mapped(const std::vector<MappedField>& level, std::string_view name) {
  for (const MappedField& field : level) {
    if (std::find(field.names.begin(), field.names.end(), name) != field.names.end()) {
      return &field;
    }
  }
  return nullptr;
}

}  // namespace tarn::iceberg
