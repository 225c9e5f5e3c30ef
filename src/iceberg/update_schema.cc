// SPDX-License-Identifier: Apache-2.0
#include "iceberg/update_schema.h"

#include <algorithm>

#include "base/text.h"

namespace tarn::iceberg {

namespace {

std::string path_text(const FieldPath& path) { return join(path, "."); }

auto find_name(std::vector<Field>& fields, const std::string& name) {
  return std::find_if(fields.begin(), fields.end(),
                      [&](const Field& field) { return field.name == name; });
}

// Partition values of the transform stay what they are when a date becomes a timestamp.
bool survives_date_promotion(const Transform& transform) {
  return transform.kind == TransformKind::Year || transform.kind == TransformKind::Month ||
         transform.kind == TransformKind::Day || transform.kind == TransformKind::Void;
}

bool contains_id(const Field& field, int id) {
  if (field.id == id) return true;
  return std::any_of(field.type.fields.begin(), field.type.fields.end(),
                     [id](const Field& inner) { return contains_id(inner, id); });
}

}  // namespace

UpdateSchema::UpdateSchema(const TableMetadata& base)
    : base_(base), schema_(base.schema()), last_column_id_(base.last_column_id) {}

Result<std::vector<Field>*> UpdateSchema::find_siblings(const FieldPath& path) {
  if (path.empty()) return invalid_input("a column needs a name");
  std::vector<Field>* level = &schema_.fields;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const auto found = find_name(*level, path[i]);
    if (found == level->end()) return invalid_input("there is no column `{}`", path_text(path));
    level = &found->type.fields;
  }
  return level;
}

Result<Field*> UpdateSchema::find(const FieldPath& path) {
  std::vector<Field>& level = *TRY(find_siblings(path));
  const auto found = find_name(level, path.back());
  if (found == level.end()) return invalid_input("there is no column `{}`", path_text(path));
  return &*found;
}

Result<std::vector<Field>*> UpdateSchema::find_children(const FieldPath& parent) {
  if (parent.empty()) return &schema_.fields;
  Type* type = &TRY(find(parent))->type;
  if (type->kind == TypeKind::List || type->kind == TypeKind::Map) {
    type = &type->fields.back().type;
  }
  if (type->kind != TypeKind::Struct) {
    return invalid_input("column `{}` of type `{}` has no fields", path_text(parent),
                         to_string(*type));
  }
  return &type->fields;
}

bool UpdateSchema::is_identifier(const Field& field) const {
  return std::any_of(schema_.identifier_field_ids.begin(), schema_.identifier_field_ids.end(),
                     [&](int id) { return contains_id(field, id); });
}

Result<int> UpdateSchema::add_column(const FieldPath& parent, Field column, OldRows old_rows) {
  std::vector<Field>& level = *TRY(find_children(parent));
  if (column.name.empty()) return invalid_input("a column needs a name");
  if (find_name(level, column.name) != level.end()) {
    return invalid_input("column `{}` exists already", column.name);
  }
  if (!column.initial_default.is_null()) {
    if (base_.format_version < 3) {
      return invalid_input("a default for old rows of `{}` needs format version 3", column.name);
    }
    column.initial_default = TRY(cast_value(column.initial_default, column.type));
    if (column.write_default.is_null()) column.write_default = column.initial_default;
  }
  if (!column.write_default.is_null()) {
    if (base_.format_version < 3) {
      return invalid_input("a default of `{}` needs format version 3", column.name);
    }
    column.write_default = TRY(cast_value(column.write_default, column.type));
  }
  if (column.required && column.initial_default.is_null() && old_rows == OldRows::Exist) {
    return invalid_input("cannot add the required column `{}`: old rows have no value for it",
                         column.name);
  }
  // The column first, then what is below it, level by level.
  column.id = last_column_id_ + 1;
  Schema inner;
  inner.fields = std::move(column.type.fields);
  const int last = assign_fresh_ids(inner, column.id);
  if (last >= kFirstReservedFieldId) return invalid_input("the table has no field ids left");
  column.type.fields = std::move(inner.fields);
  last_column_id_ = last;
  level.push_back(std::move(column));
  return level.back().id;
}

Result<void> UpdateSchema::drop_column(const FieldPath& path) {
  std::vector<Field>& level = *TRY(find_siblings(path));
  const auto found = find_name(level, path.back());
  if (found == level.end()) return invalid_input("there is no column `{}`", path_text(path));
  if (path.size() > 1) {
    const FieldPath parent(path.begin(), path.end() - 1);
    if (TRY(find(parent))->type.kind != TypeKind::Struct) {
      return invalid_input("`{}` is part of a list or map and cannot be dropped", path_text(path));
    }
  }
  if (level.size() == 1) {
    return invalid_input("cannot drop `{}`, the only column", path_text(path));
  }
  if (is_identifier(*found)) {
    return invalid_input("cannot drop the identifier field `{}`", path_text(path));
  }
  for (const PartitionField& field : base_.spec().fields) {
    if (field.transform.kind != TransformKind::Void && contains_id(*found, field.source_id)) {
      return invalid_input("cannot drop `{}`: partition field `{}` needs it", path_text(path),
                           field.name);
    }
  }
  for (const SortField& field : base_.sort_order().fields) {
    if (contains_id(*found, field.source_id)) {
      return invalid_input("cannot drop `{}`: the sort order needs it", path_text(path));
    }
  }
  level.erase(found);
  return {};
}

Result<void> UpdateSchema::rename_column(const FieldPath& path, const std::string& new_name) {
  std::vector<Field>& level = *TRY(find_siblings(path));
  Field& field = *TRY(find(path));
  if (new_name.empty()) return invalid_input("a column needs a name");
  if (path.size() > 1) {
    const FieldPath parent(path.begin(), path.end() - 1);
    if (TRY(find(parent))->type.kind != TypeKind::Struct) {
      return invalid_input("`{}` is part of a list or map and cannot be renamed", path_text(path));
    }
  }
  if (field.name == new_name) return {};
  if (find_name(level, new_name) != level.end()) {
    return invalid_input("column `{}` exists already", new_name);
  }
  field.name = new_name;
  return {};
}

Result<void> UpdateSchema::widen_column(const FieldPath& path, const Type& type) {
  Field& field = *TRY(find(path));
  if (field.type == type) return {};
  if (!is_promotion_allowed(field.type, type, base_.format_version)) {
    return invalid_input("cannot change column `{}` from `{}` to `{}`", path_text(path),
                         to_string(field.type), to_string(type));
  }
  if (path.size() > 1) {
    const FieldPath parent(path.begin(), path.end() - 1);
    const Field& outer = *TRY(find(parent));
    if (outer.type.kind == TypeKind::Map && path.back() == "key") {
      return invalid_input("cannot change the key of map `{}`", path_text(parent));
    }
  }
  if (field.type.kind == TypeKind::Date) {
    for (const PartitionSpec& spec : base_.specs) {
      for (const PartitionField& part : spec.fields) {
        if (part.source_id == field.id && !survives_date_promotion(part.transform)) {
          return invalid_input("cannot change column `{}`: partition field `{}` would change",
                               path_text(path), part.name);
        }
      }
    }
  }
  Field changed = field;
  changed.type = type;
  changed.initial_default = TRY(cast_value(field.initial_default, type));
  changed.write_default = TRY(cast_value(field.write_default, type));
  field = std::move(changed);
  return {};
}

Result<void> UpdateSchema::make_optional(const FieldPath& path) {
  Field& field = *TRY(find(path));
  if (is_identifier(field)) {
    return invalid_input("identifier field `{}` must stay required", path_text(path));
  }
  if (path.size() > 1 && path.back() == "key") {
    const FieldPath parent(path.begin(), path.end() - 1);
    if (TRY(find(parent))->type.kind == TypeKind::Map) {
      return invalid_input("the key of map `{}` must stay required", path_text(parent));
    }
  }
  field.required = false;
  return {};
}

Result<void> UpdateSchema::make_required(const FieldPath& path, OldRows old_rows) {
  Field& field = *TRY(find(path));
  if (field.required) return {};
  if (old_rows == OldRows::Exist) {
    return invalid_input("cannot make column `{}` required: old rows may be null", path_text(path));
  }
  field.required = true;
  return {};
}

Result<void> UpdateSchema::set_doc(const FieldPath& path, const std::string& doc) {
  TRY(find(path))->doc = doc;
  return {};
}

Result<void> UpdateSchema::set_write_default(const FieldPath& path, const Value& value) {
  Field& field = *TRY(find(path));
  if (base_.format_version < 3) {
    return invalid_input("a default of `{}` needs format version 3", path_text(path));
  }
  field.write_default = TRY(cast_value(value, field.type));
  return {};
}

Result<void> UpdateSchema::move_first(const FieldPath& path) {
  std::vector<Field>& level = *TRY(find_siblings(path));
  const auto found = find_name(level, path.back());
  if (found == level.end()) return invalid_input("there is no column `{}`", path_text(path));
  std::rotate(level.begin(), found, found + 1);
  return {};
}

Result<void> UpdateSchema::move(const FieldPath& path, const std::string& sibling, int offset) {
  std::vector<Field>& level = *TRY(find_siblings(path));
  const auto found = find_name(level, path.back());
  if (found == level.end()) return invalid_input("there is no column `{}`", path_text(path));
  if (find_name(level, sibling) == level.end()) {
    return invalid_input("there is no column `{}` beside `{}`", sibling, path_text(path));
  }
  if (sibling == path.back()) return invalid_input("cannot move `{}` to itself", sibling);
  Field moved = std::move(*found);
  level.erase(found);
  level.insert(find_name(level, sibling) + offset, std::move(moved));
  return {};
}

Result<void> UpdateSchema::move_before(const FieldPath& path, const std::string& sibling) {
  return move(path, sibling, 0);
}

Result<void> UpdateSchema::move_after(const FieldPath& path, const std::string& sibling) {
  return move(path, sibling, 1);
}

Result<void> UpdateSchema::set_identifier_fields(const std::vector<FieldPath>& paths) {
  Schema changed = schema_;
  changed.identifier_field_ids.clear();
  for (const FieldPath& path : paths) {
    changed.identifier_field_ids.push_back(TRY(find(path))->id);
  }
  std::sort(changed.identifier_field_ids.begin(), changed.identifier_field_ids.end());
  TRY(validate_schema(changed, base_.format_version));
  schema_ = std::move(changed);
  return {};
}

Result<std::vector<TableUpdate>> UpdateSchema::updates() const {
  std::vector<TableUpdate> result;
  if (same_schema(schema_, base_.schema())) return result;
  TRY(validate_schema(schema_, base_.format_version));
  result.push_back(add_schema(schema_));
  result.push_back(set_current_schema(kLastAdded));
  return result;
}

std::vector<TableRequirement> UpdateSchema::requirements() const {
  return {require_last_field_id(base_.last_column_id),
          require_current_schema(base_.current_schema_id)};
}

}  // namespace tarn::iceberg
