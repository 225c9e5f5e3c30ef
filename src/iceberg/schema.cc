// SPDX-License-Identifier: Apache-2.0
#include "iceberg/schema.h"

#include <algorithm>
#include <unordered_set>

#include "base/check.h"
#include "base/text.h"

namespace tarn::iceberg {

namespace {

const Field* find_in(const std::vector<Field>& fields, int field_id) {
  for (const Field& field : fields) {
    if (field.id == field_id) return &field;
    if (const Field* inner = find_in(field.type.fields, field_id)) return inner;
  }
  return nullptr;
}

Result<const Field*> find_named(const std::vector<Field>& fields, std::string_view name,
                                NameCase name_case) {
  const Field* found = nullptr;
  for (const Field& field : fields) {
    if (field.name == name) return &field;
    if (name_case == NameCase::Sensitive || utf8_lower(field.name) != utf8_lower(name)) continue;
    if (found != nullptr) {
      return invalid_input("name `{}` is ambiguous: `{}` or `{}`", name, found->name, field.name);
    }
    found = &field;
  }
  return found;
}

int highest_id(const std::vector<Field>& fields) {
  int highest = 0;
  for (const Field& field : fields) {
    highest = std::max({highest, field.id, highest_id(field.type.fields)});
  }
  return highest;
}

using IdChanges = std::unordered_map<int, int>;

void assign_ids(std::vector<Field>& fields, int& last_id, IdChanges& changes) {
  for (Field& field : fields) {
    changes.emplace(field.id, ++last_id);
    field.id = last_id;
  }
  for (Field& field : fields) assign_ids(field.type.fields, last_id, changes);
}

// Appends the kept part of `fields`.
std::vector<Field> keep_fields(const std::vector<Field>& fields,
                               const std::unordered_set<int>& ids) {
  std::vector<Field> kept;
  for (const Field& field : fields) {
    if (ids.contains(field.id)) {
      kept.push_back(field);
      continue;
    }
    if (field.type.fields.empty()) continue;
    std::vector<Field> inner = keep_fields(field.type.fields, ids);
    if (inner.empty()) continue;
    Field part = field;
    if (field.type.kind == TypeKind::Map && inner.size() < 2) {
      // A map is read whole: its keys go with its values.
      if (inner[0].name == "value")
        inner.insert(inner.begin(), field.type.key());
      else
        inner.push_back(field.type.value());
    }
    part.type.fields = std::move(inner);
    kept.push_back(std::move(part));
  }
  return kept;
}

class Validator {
 public:
  explicit Validator(int format_version) : format_version_(format_version) {}

  Result<void> check_fields(const std::vector<Field>& fields, const std::string& prefix,
                            int depth) {
    if (depth > kTypeDepthMax) return invalid_input("types are nested deeper than {}", depth);
    std::unordered_set<std::string_view> names;
    for (const Field& field : fields) {
      const std::string full = prefix.empty() ? field.name : prefix + "." + field.name;
      if (field.name.empty()) return invalid_input("a column in `{}` has no name", prefix);
      if (!names.insert(field.name).second) return invalid_input("column `{}` is twice", full);
      if (field.id < 1 || field.id >= kFirstReservedFieldId) {
        return invalid_input("column `{}` has the invalid id {}", full, field.id);
      }
      if (!ids_.insert(field.id).second) {
        return invalid_input("column `{}` has the id {} of another column", full, field.id);
      }
      TRY(check_version(field, full));
      TRY(check_fields(field.type.fields, full, depth + 1));
    }
    return {};
  }

 private:
  Result<void> check_version(const Field& field, const std::string& full) const {
    if (!is_nested(field.type.kind) && format_version_needed(field.type) > format_version_) {
      return invalid_input("column `{}`: type `{}` needs format version 3", full,
                           to_string(field.type));
    }
    if (!field.initial_default.is_null() && format_version_ < 3) {
      return invalid_input("column `{}`: default values need format version 3", full);
    }
    if (field.type.kind == TypeKind::Unknown && field.required) {
      return invalid_input("column `{}`: type `unknown` cannot be required", full);
    }
    if (!field.initial_default.is_null() || !field.write_default.is_null()) {
      const TypeKind kind = field.type.kind;
      if (!field.type.is_primitive() || kind == TypeKind::Unknown || kind == TypeKind::Geometry ||
          kind == TypeKind::Geography) {
        return invalid_input("column `{}`: type `{}` cannot have a default", full,
                             to_string(field.type));
      }
    }
    return {};
  }

  int format_version_;
  std::unordered_set<int> ids_;
};

Result<void> check_identifier_field(const SchemaIndex& index, int id) {
  const SchemaIndex::Entry* entry = index.find(id);
  if (entry == nullptr) return invalid_input("identifier field {} is not in the schema", id);
  const Type& type = entry->field->type;
  if (!type.is_primitive()) {
    return invalid_input("identifier field `{}` is not primitive", entry->name);
  }
  if (type.kind == TypeKind::Float || type.kind == TypeKind::Double) {
    return invalid_input("identifier field `{}` is a floating-point number", entry->name);
  }
  if (entry->repeated) {
    return invalid_input("identifier field `{}` is inside a list or map", entry->name);
  }
  if (entry->optional) {
    return invalid_input("identifier field `{}` is optional or inside an optional struct",
                         entry->name);
  }
  return {};
}

}  // namespace

bool Schema::operator==(const Schema& other) const {
  return schema_id == other.schema_id && same_schema(*this, other);
}

bool same_schema(const Schema& a, const Schema& b) {
  return a.fields == b.fields && a.identifier_field_ids == b.identifier_field_ids;
}

const Field* find_field(const Schema& schema, int field_id) {
  return find_in(schema.fields, field_id);
}

Result<const Field*> find_column(const Schema& schema, std::string_view name, NameCase name_case) {
  return find_named(schema.fields, name, name_case);
}

Result<const Field*> find_path(const Schema& schema, std::span<const std::string> path,
                               NameCase name_case) {
  const std::vector<Field>* level = &schema.fields;
  const Field* found = nullptr;
  for (const std::string& name : path) {
    found = TRY(find_named(*level, name, name_case));
    if (found == nullptr) return found;
    level = &found->type.fields;
  }
  return found;
}

SchemaIndex::SchemaIndex(const Schema& schema) {
  for (const Field& field : schema.fields) add(field, nullptr);
}

void SchemaIndex::add(const Field& field, const Entry* parent) {
  Entry entry;
  entry.field = &field;
  entry.name = field.name;
  entry.optional = !field.required;
  if (parent != nullptr) {
    entry.parent_id = parent->field->id;
    entry.name = parent->name + "." + field.name;
    entry.repeated = parent->repeated || parent->field->type.kind != TypeKind::Struct;
    entry.optional = entry.optional || parent->optional;
  }
  ids_.push_back(field.id);
  by_name_.emplace(entry.name, field.id);
  by_lower_name_.emplace(utf8_lower(entry.name), field.id);
  // Node-based: the entry stays where it is while the children are added.
  const Entry& stored = entries_.emplace(field.id, std::move(entry)).first->second;
  for (const Field& inner : field.type.fields) add(inner, &stored);
}

const SchemaIndex::Entry* SchemaIndex::find(int field_id) const {
  const auto found = entries_.find(field_id);
  return found == entries_.end() ? nullptr : &found->second;
}

const SchemaIndex::Entry* SchemaIndex::find(std::string_view full_name, NameCase name_case) const {
  const auto exact = by_name_.find(std::string(full_name));
  if (exact != by_name_.end()) return find(exact->second);
  if (name_case == NameCase::Sensitive) return nullptr;
  const auto lower = by_lower_name_.find(utf8_lower(full_name));
  return lower == by_lower_name_.end() ? nullptr : find(lower->second);
}

int highest_field_id(const Schema& schema) { return highest_id(schema.fields); }

int assign_fresh_ids(Schema& schema, int last_column_id) {
  IdChanges changes;
  int last_id = last_column_id;
  assign_ids(schema.fields, last_id, changes);
  for (int& id : schema.identifier_field_ids) {
    const auto change = changes.find(id);
    if (change != changes.end()) id = change->second;
  }
  std::sort(schema.identifier_field_ids.begin(), schema.identifier_field_ids.end());
  return last_id;
}

Result<void> validate_schema(const Schema& schema, int format_version) {
  TRY(Validator(format_version).check_fields(schema.fields, "", 0));
  if (schema.identifier_field_ids.empty()) return {};
  const SchemaIndex index(schema);
  for (const int id : schema.identifier_field_ids) TRY(check_identifier_field(index, id));
  return {};
}

Schema select_fields(const Schema& schema, std::span<const int> field_ids) {
  const std::unordered_set<int> ids(field_ids.begin(), field_ids.end());
  Schema result;
  result.schema_id = schema.schema_id;
  result.fields = keep_fields(schema.fields, ids);
  const auto kept = [&](int id) { return find_field(result, id) != nullptr; };
  if (std::all_of(schema.identifier_field_ids.begin(), schema.identifier_field_ids.end(), kept)) {
    result.identifier_field_ids = schema.identifier_field_ids;
  }
  return result;
}

}  // namespace tarn::iceberg
