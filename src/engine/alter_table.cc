// SPDX-License-Identifier: Apache-2.0
// ALTER TABLE: columns, their types, properties.
#include <algorithm>

#include "base/text.h"
#include "engine/alter_column_type.h"
#include "engine/column_type.h"
#include "engine/lake_change.h"
#include "engine/lake_type.h"
#include "engine/statements.h"
#include "engine/table_properties.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using iceberg::FieldPath;
using types::named_error;

namespace {

// The field at a path of names of SQL, and its path in the table's own letters.
struct FoundField {
  const iceberg::Field* field = nullptr;
  FieldPath path;
};

const iceberg::Field* find_child(const std::vector<iceberg::Field>& level,
                                 const std::string& name) {
  for (const auto& field : level) {
    if (equals_ignore_case(field.name, name)) return &field;
  }
  return nullptr;
}

FoundField find_field_path(const iceberg::Schema& schema, const sql::QualifiedName& name,
                           std::size_t count) {
  FoundField found;
  const std::vector<iceberg::Field>* level = &schema.fields;
  for (std::size_t i = 0; i < count; ++i) {
    found.field = find_child(*level, name.parts[i].value);
    if (found.field == nullptr) return {};
    found.path.push_back(found.field->name);
    level = &found.field->type.fields;
  }
  return found;
}

Error no_column(const sql::QualifiedName& name, const TextSpan& span) {
  return named_error("COLUMN_NOT_FOUND", span, "Column '{}' does not exist", sql::to_string(name));
}

// `row(a bigint)` at the path, or inside of an array or map.
FieldPath struct_path(const FoundField& parent) {
  FieldPath path = parent.path;
  const iceberg::Field* field = parent.field;
  while (field->type.kind == iceberg::TypeKind::List ||
         field->type.kind == iceberg::TypeKind::Map) {
    const bool list = field->type.kind == iceberg::TypeKind::List;
    path.push_back(list ? "element" : "value");
    field = list ? &field->type.element() : &field->type.value();
  }
  return path;
}

Result<void> place_column(iceberg::UpdateSchema& update, const sql::AddColumn& statement,
                          const FieldPath& parent, const std::string& name,
                          const std::string& after) {
  FieldPath path = parent;
  path.push_back(name);
  if (statement.position == sql::AddColumn::Position::First) return update.move_first(path);
  if (statement.position == sql::AddColumn::Position::After) return update.move_after(path, after);
  return {};
}

}  // namespace

Result<Answer> run_add_column(StatementRun& run, const sql::AddColumn& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.table)))
    return *std::move(answer);
  const auto target =
      TRY(open_alter_target(run, statement.table, statement.table_if_exists, statement.span));
  if (!target) return make_update("ADD COLUMN");
  const iceberg::Schema& schema = target->table.metadata->schema();
  const auto& parts = statement.column.name.parts;
  const std::string name = parts.size() == 1 ? to_lower(parts[0].value) : parts.back().value;
  FieldPath parent;
  const std::vector<iceberg::Field>* siblings = &schema.fields;
  if (parts.size() > 1) {
    const FoundField outer = find_field_path(schema, statement.column.name, parts.size() - 1);
    if (outer.field == nullptr) {
      return named_error("COLUMN_NOT_FOUND", statement.span, "Column '{}' does not exist",
                         to_lower(parts[0].value));
    }
    parent = struct_path(outer);
    siblings = &outer.field->type.fields;
    if (outer.field->type.kind != iceberg::TypeKind::Struct && parent.size() == outer.path.size()) {
      return named_error("NOT_SUPPORTED", statement.span, "Unsupported type: {}",
                         types::to_string(TRY(from_lake_type(outer.field->type))));
    }
  }
  const bool hidden = parts.size() == 1 &&
                      (name == "$path" || name == "$partition" || name == "$file_modified_time");
  if (hidden || find_child(*siblings, name) != nullptr) {
    if (statement.if_not_exists && !hidden) return make_update("ADD COLUMN");
    const std::string shown = hidden ? quote(name, '"') : name;
    if (parts.size() > 1) {
      return named_error("COLUMN_ALREADY_EXISTS", statement.span, "Field '{}' already exists",
                         shown);
    }
    return named_error("COLUMN_ALREADY_EXISTS", statement.span, "Column '{}' already exists",
                       shown);
  }
  const types::Type type = TRY(column_type(statement.column.type, to_lower(name)));
  if (statement.column.not_null) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support adding not null columns");
  }
  std::string after;
  if (statement.position == sql::AddColumn::Position::After) {
    const auto* sibling = find_child(*siblings, statement.after.value);
    if (sibling == nullptr) {
      return named_error("COLUMN_NOT_FOUND", statement.span, "Column '{}' does not exist",
                         to_lower(statement.after.value));
    }
    after = sibling->name;
  }
  iceberg::Field field = iceberg::optional_field(0, name, TRY(to_lake_type(type)));
  field.doc = statement.column.comment.value_or("");
  TRY(change_table(run, *target->lake, target->table, [&](iceberg::TableTransaction& table) {
    table.update_schema([&](iceberg::UpdateSchema& update) -> Result<void> {
      TRY(update.add_column(parent, field));
      return place_column(update, statement, parent, name, after);
    });
  }));
  return make_update("ADD COLUMN");
}

namespace {

// A column that layouts need cannot go.
Result<void> check_droppable(const iceberg::TableMetadata& metadata, const iceberg::Field& field,
                             const std::string& name, const TextSpan& span) {
  for (const auto& part : metadata.spec().fields) {
    if (part.source_id == field.id && part.transform.kind != iceberg::TransformKind::Void) {
      return named_error("NOT_SUPPORTED", span, "Cannot drop partition field: {}", name);
    }
  }
  for (const auto& spec : metadata.specs) {
    for (const auto& part : spec.fields) {
      if (part.source_id == field.id && part.transform.kind != iceberg::TransformKind::Void) {
        return named_error("NOT_SUPPORTED", span,
                           "Cannot drop column which is used by an old partition spec: {}", name);
      }
    }
  }
  for (const auto& sort : metadata.sort_order().fields) {
    if (sort.source_id != field.id) continue;
    return named_error(
        "ICEBERG_COMMIT_ERROR", span,
        "Failed to drop column: Cannot find source column for sort field: {}({}) {} NULLS {}",
        iceberg::to_string(sort.transform), field.id,
        sort.direction == iceberg::SortDirection::Ascending ? "ASC" : "DESC",
        sort.null_order == iceberg::NullOrder::First ? "FIRST" : "LAST");
  }
  return {};
}

}  // namespace

Result<Answer> run_drop_column(StatementRun& run, const sql::DropColumn& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.table)))
    return *std::move(answer);
  const auto target =
      TRY(open_alter_target(run, statement.table, statement.table_if_exists, statement.span));
  if (!target) return make_update("DROP COLUMN");
  const iceberg::TableMetadata& metadata = *target->table.metadata;
  const auto found =
      find_field_path(metadata.schema(), statement.column, statement.column.parts.size());
  if (found.field == nullptr) {
    if (statement.if_exists) return make_update("DROP COLUMN");
    return no_column(statement.column, statement.span);
  }
  const std::string name = to_lower(found.field->name);
  if (found.path.size() == 1 && metadata.schema().fields.size() == 1) {
    return named_error("NOT_SUPPORTED", statement.span, "Cannot drop the only column in a table");
  }
  if (found.path.size() > 1) {
    const FieldPath parent(found.path.begin(), found.path.end() - 1);
    const auto* outer = TRY(iceberg::find_path(metadata.schema(), parent));
    if (outer != nullptr && outer->type.fields.size() == 1) {
      return named_error("NOT_SUPPORTED", statement.span,
                         "Cannot drop the only field in a row type");
    }
  }
  TRY(check_droppable(metadata, *found.field, name, statement.span));
  TRY(change_table(run, *target->lake, target->table, [&](iceberg::TableTransaction& table) {
    table.update_schema(
        [&](iceberg::UpdateSchema& update) { return update.drop_column(found.path); });
  }));
  return make_update("DROP COLUMN");
}

Result<Answer> run_rename_column(StatementRun& run, const sql::RenameColumn& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.table)))
    return *std::move(answer);
  const auto target =
      TRY(open_alter_target(run, statement.table, statement.table_if_exists, statement.span));
  if (!target) return make_update("RENAME COLUMN");
  const iceberg::Schema& schema = target->table.metadata->schema();
  const auto found = find_field_path(schema, statement.from, statement.from.parts.size());
  if (found.field == nullptr) {
    if (statement.if_exists) return make_update("RENAME COLUMN");
    return no_column(statement.from, statement.span);
  }
  const bool nested = found.path.size() > 1;
  const std::string name = nested ? statement.to.value : to_lower(statement.to.value);
  const std::vector<iceberg::Field>* siblings = &schema.fields;
  if (nested) {
    const FieldPath parent(found.path.begin(), found.path.end() - 1);
    const auto* outer = TRY(iceberg::find_path(schema, parent));
    if (outer != nullptr) siblings = &outer->type.fields;
  }
  const auto* taken = find_child(*siblings, name);
  if (taken != nullptr) {
    return named_error("COLUMN_ALREADY_EXISTS", statement.span, "{} '{}' already exists",
                       nested ? "Field" : "Column", to_lower(name));
  }
  TRY(change_table(run, *target->lake, target->table, [&](iceberg::TableTransaction& table) {
    table.update_schema(
        [&](iceberg::UpdateSchema& update) { return update.rename_column(found.path, name); });
  }));
  return make_update("RENAME COLUMN");
}

Result<Answer> run_alter_column(StatementRun& run, const sql::AlterColumn& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.table)))
    return *std::move(answer);
  const char* kind = statement.type ? "SET COLUMN TYPE" : "DROP NOT NULL";
  const auto target =
      TRY(open_alter_target(run, statement.table, statement.table_if_exists, statement.span));
  if (!target) return make_update(kind);
  const auto found = find_field_path(target->table.metadata->schema(), statement.column,
                                     statement.column.parts.size());
  if (found.field == nullptr) return no_column(statement.column, statement.span);
  if (!statement.type) {
    if (!found.field->required) {
      return named_error("NOT_SUPPORTED", statement.span, "Column is already nullable");
    }
    TRY(change_table(run, *target->lake, target->table, [&](iceberg::TableTransaction& table) {
      table.update_schema(
          [&](iceberg::UpdateSchema& update) { return update.make_optional(found.path); });
    }));
    return make_update(kind);
  }
  const types::Type type =
      TRY(column_type(*statement.type, to_lower(statement.column.parts.back().value)));
  const iceberg::Type wanted = TRY(to_lake_type(type));
  TRY(change_table(run, *target->lake, target->table, [&](iceberg::TableTransaction& table) {
    table.update_schema([&](iceberg::UpdateSchema& update) {
      return change_field_type(update, found.path, found.field->type, wanted,
                               target->table.metadata->format_version);
    });
  }));
  return make_update(kind);
}

namespace {

Result<void> set_partitioning(iceberg::UpdatePartition& update,
                              const iceberg::PartitionSpec& wanted) {
  // Fields that stay keep their places and names.
  const iceberg::PartitionSpec old = update.spec();
  const auto same = [](const iceberg::PartitionField& a, const iceberg::PartitionField& b) {
    return a.source_id == b.source_id && a.transform == b.transform;
  };
  for (const auto& field : old.fields) {
    if (field.transform.kind == iceberg::TransformKind::Void) continue;
    const bool stays = std::any_of(wanted.fields.begin(), wanted.fields.end(),
                                   [&](const auto& other) { return same(field, other); });
    if (!stays) TRY(update.remove_field(field.name));
  }
  for (const auto& field : wanted.fields) {
    const bool is_there = std::any_of(old.fields.begin(), old.fields.end(),
                                      [&](const auto& other) { return same(field, other); });
    if (!is_there) TRY(update.add_field(field.source_id, field.transform, field.name));
  }
  return {};
}

}  // namespace

Result<Answer> run_set_properties(StatementRun& run, const sql::SetProperties& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.name))) return *std::move(answer);
  if (statement.object == sql::ObjectKind::MaterializedView) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support setting materialized view properties");
  }
  auto opened = open_alter_target(run, statement.name, false, statement.span);
  if (!opened) {
    if (types::split_error(opened.error()).name == "TABLE_NOT_FOUND") {
      return named_error("TABLE_NOT_FOUND", statement.span, "Table does not exist: {}",
                         to_string(TRY(run.resolve(statement.name))));
    }
    return std::move(opened).error();
  }
  const AlterTarget& target = **opened;
  std::vector<GivenProperty> given;
  for (auto& [name, value] : TRY(run.constants(statement.properties))) {
    given.push_back({name, std::move(value)});
  }
  const auto properties =
      TRY(read_table_properties(given, target.id.catalog, PropertyUse::SetProperties));
  const iceberg::TableMetadata& metadata = *target.table.metadata;
  const auto spec = TRY(parse_partitioning(properties.partitioning.value, metadata.schema()));
  auto order = TRY(parse_sorted_by(properties.sorted_by.value, metadata.schema()));
  std::map<std::string, std::string> set;
  std::vector<std::string> removed;
  for (const auto& [key, value] : properties.iceberg) {
    if (value.empty()) {
      removed.push_back(key);
    } else {
      set[key] = value;
    }
  }
  if (properties.format.given || properties.codec.given) {
    TableProperties fresh = properties;
    if (!fresh.format.given) fresh.format.value = table_format(metadata);
    if (!properties.format.given || properties.format.is_default) {
      fresh.format.given = !properties.format.given;
    }
    fresh.iceberg.clear();
    fresh.format_version = {};
    fresh.codec.given = fresh.codec.given && !fresh.codec.is_default;
    for (auto& [key, value] : new_table_properties(fresh)) {
      if (key != "commit.retry.num-retries") set[key] = value;
    }
  }
  const auto version = properties.format_version;
  if (version.given && version.value < metadata.format_version && !version.is_default) {
    return named_error("ICEBERG_COMMIT_ERROR", statement.span,
                       "Failed to set new property values: Cannot downgrade v{} table to v{}",
                       metadata.format_version, version.value);
  }
  TRY(change_table(run, *target.lake, target.table, [&](iceberg::TableTransaction& table) {
    if (version.given && version.value > metadata.format_version) {
      table.upgrade_format_version(static_cast<int>(version.value));
    }
    if (properties.partitioning.given) {
      table.update_partition(
          [&](iceberg::UpdatePartition& update) { return set_partitioning(update, spec); });
    }
    if (properties.sorted_by.given) table.set_sort_order(std::move(order));
    if (!set.empty()) table.set_properties(set);
    if (!removed.empty()) table.remove_properties(removed);
  }));
  return make_update("SET PROPERTIES");
}

}  // namespace tarn::engine
