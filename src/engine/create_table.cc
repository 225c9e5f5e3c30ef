// SPDX-License-Identifier: Apache-2.0
// CREATE TABLE, CREATE TABLE … AS.
#include <numeric>
#include <set>

#include "base/text.h"
#include "duckdb/row_source.h"
#include "engine/column_type.h"
#include "engine/lake_access.h"
#include "engine/lake_type.h"
#include "engine/lake_write.h"
#include "engine/statements.h"
#include "engine/table_properties.h"
#include "iceberg/commit/replace_table.h"
#include "sql/printer.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using types::named_error;

Result<types::Type> column_type(const sql::DataType& type, std::string_view column) {
  const std::string text = sql::print(type);
  auto parsed = types::parse_type(text, types::FieldNames::InSql);
  if (parsed && !parsed->is(types::TypeKind::Unknown)) return parsed;
  const bool decimal = equals_ignore_case(type.name.value, "decimal") && !type.parameters.empty();
  if (!parsed && decimal) {
    return named_error("INVALID_FUNCTION_ARGUMENT", type.span, "{}", parsed.error().message);
  }
  return named_error("TYPE_NOT_FOUND", type.span, "Unknown type '{}' for column '{}'",
                     to_lower(text), column);
}

namespace {

// Holds the rows of a query that reads the table which it replaces.
constexpr const char* kRowsTable = "tarn_replacing_rows";

// A column of a new table.
struct NewColumn {
  std::string name;
  types::Type type;
  bool not_null = false;
  std::optional<std::string> comment;
};

Error duplicate_column(const TextSpan& where, const std::string& name) {
  return named_error("DUPLICATE_COLUMN_NAME", where, "Column name '{}' specified more than once",
                     name);
}

struct LikeProperties {
  std::optional<std::string> comment;
  std::vector<GivenProperty> properties;
};

Result<void> add_like_columns(StatementRun& run, const sql::TableElement& element,
                              std::vector<NewColumn>& columns, LikeProperties& copied) {
  const auto id = TRY(run.resolve(element.like));
  auto found = run.find_relation(id);
  const bool missing = !found && (types::split_error(found.error()).name == "SCHEMA_NOT_FOUND");
  if (!found && !missing) return std::move(found).error();
  if (missing || !*found) {
    return named_error("TABLE_NOT_FOUND", element.like.span, "LIKE table '{}' does not exist",
                       to_string(id));
  }
  const Relation& relation = **found;
  for (std::size_t i = 0; i < relation.info->columns.size(); ++i) {
    const auto& column = relation.info->columns[i];
    if (column.hidden) continue;
    NewColumn copy{column.name, column.type, !column.nullable, std::nullopt};
    if (i < relation.column_comments.size()) copy.comment = relation.column_comments[i];
    columns.push_back(std::move(copy));
  }
  if (element.including_properties.value_or(false)) {
    const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
    auto object = lake != nullptr ? TRY(find_lake_object(*lake, id)) : std::nullopt;
    if (object && object->table) {
      copied.properties = like_properties(*object->table->metadata);
    }
  }
  return {};
}

Result<std::vector<NewColumn>> read_columns(StatementRun& run, const sql::CreateTable& statement,
                                            LikeProperties& copied) {
  std::vector<NewColumn> columns;
  for (const sql::TableElement& element : statement.elements) {
    if (!element.column) {
      TRY(add_like_columns(run, element, columns, copied));
      continue;
    }
    const sql::ColumnDefinition& definition = *element.column;
    NewColumn column;
    column.name = to_lower(definition.name.parts.back().value);
    column.type = TRY(column_type(definition.type, column.name));
    column.not_null = definition.not_null;
    column.comment = definition.comment;
    if (!definition.properties.empty()) {
      return named_error("INVALID_COLUMN_PROPERTY", definition.span,
                         "Column property '{}' does not exist",
                         to_lower(definition.properties[0].name.value));
    }
    columns.push_back(std::move(column));
  }
  std::set<std::string> names;
  for (const NewColumn& column : columns) {
    if (!names.insert(column.name).second) return duplicate_column(statement.span, column.name);
  }
  return columns;
}

Result<iceberg::Schema> make_schema(const std::vector<NewColumn>& columns) {
  iceberg::Schema schema;
  for (const NewColumn& column : columns) {
    iceberg::Field field = iceberg::optional_field(0, column.name, TRY(to_lake_type(column.type)));
    field.required = column.not_null;
    field.doc = column.comment.value_or("");
    schema.fields.push_back(std::move(field));
  }
  iceberg::assign_fresh_ids(schema, 0);
  return schema;
}

// What a creating statement asks for beside columns and rows.
struct Wanted {
  analysis::TableId id;
  TextSpan span;
  bool or_replace = false;
  bool if_not_exists = false;
  std::optional<std::string> comment;
};

Result<iceberg::TableCreation> make_creation(const std::vector<NewColumn>& columns,
                                             const TableProperties& properties,
                                             const Wanted& wanted) {
  iceberg::TableCreation creation;
  creation.schema = TRY(make_schema(columns));
  creation.spec = TRY(parse_partitioning(properties.partitioning.value, creation.schema));
  creation.sort_order = TRY(parse_sorted_by(properties.sorted_by.value, creation.schema));
  if (properties.location.given) creation.location = properties.location.value;
  creation.properties = new_table_properties(properties);
  if (wanted.comment) creation.properties[kCommentProperty] = *wanted.comment;
  return creation;
}

Result<TableProperties> read_properties(StatementRun& run,
                                        const std::vector<sql::Property>& properties,
                                        std::vector<GivenProperty> copied,
                                        const std::string& catalog) {
  std::vector<GivenProperty> given = std::move(copied);
  for (auto& [name, value] : TRY(run.constants(properties))) {
    std::erase_if(given, [&](const GivenProperty& other) { return other.name == name; });
    given.push_back({name, std::move(value)});
  }
  return read_table_properties(given, catalog, PropertyUse::CreateTable);
}

// Puts the table, still without rows, into the engine's transaction.
Result<void> stage(StatementRun& run, const LakeCatalog& lake, const Wanted& wanted,
                   const iceberg::TableCreation& creation,
                   const std::optional<LakeObject>& existing) {
  TRY(run.begin());
  iceberg::LoadedTable staged;
  if (existing && existing->table) {
    iceberg::Replacement replacement = TRY(iceberg::make_replacement(*existing->table, creation));
    staged = replacement.staged;
    // Properties that the new table does not have, a comment among them, go with the old one.
    std::vector<std::string> stale;
    for (const auto& [key, value] : existing->table->metadata->properties) {
      if (!creation.properties.contains(key)) stale.push_back(key);
    }
    auto changes = [changes = std::move(replacement.changes),
                    stale](iceberg::TableTransaction& table) {
      changes(table);
      if (!stale.empty()) table.remove_properties(stale);
    };
    TRY(duckdb::add_replacing_table(run.connection(), lake.name, std::move(replacement.staged),
                                    *existing->table, std::move(changes)));
  } else {
    auto fresh = lake.catalog->stage_table(identifier_of(wanted.id), creation);
    if (!fresh)
      return types::with_name(std::move(fresh).error(), "ICEBERG_COMMIT_ERROR", wanted.span);
    staged = *fresh;
    TRY(duckdb::add_staged_table(run.connection(), lake.name, *std::move(fresh)));
  }
  if (auto& open = run.session().transaction) open->created[to_string(wanted.id)] = staged;
  return {};
}

Error commit_failure(Error error, const Wanted& wanted) {
  if (error.code == ErrorCode::AlreadyExists) {
    return named_error("TABLE_ALREADY_EXISTS", wanted.span, "Table '{}' already exists",
                       to_string(wanted.id));
  }
  return types::with_name(std::move(error), "ICEBERG_COMMIT_ERROR", wanted.span);
}

Error taken_by_view(const Wanted& wanted) {
  return named_error("ICEBERG_COMMIT_ERROR", wanted.span,
                     "Failed to create table {0}.{1}: Table already exists: '{0}.{1}'",
                     wanted.id.schema, wanted.id.table);
}

// What is there under the name; a missing schema is an error.
Result<std::optional<LakeObject>> find_existing(StatementRun& run, const LakeCatalog& lake,
                                                const analysis::TableId& id) {
  auto* access = TRY(run.access(id.catalog));
  if (!TRY(access->has_schema(id.schema))) {
    return named_error("NOT_FOUND", {}, "Schema {} not found", id.schema);
  }
  if (const auto& open = run.session().transaction) {
    if (auto found = open->created.find(to_string(id)); found != open->created.end()) {
      LakeObject object;
      object.table = found->second;
      return std::optional(std::move(object));
    }
  }
  return find_lake_object(lake, id);
}

bool is_created_here(StatementRun& run, const analysis::TableId& id) {
  const auto& open = run.session().transaction;
  return open && open->created.contains(to_string(id));
}

Result<void> check_replaceable(StatementRun& run, const Wanted& wanted,
                               const std::optional<LakeObject>& existing) {
  if (!existing) return {};
  if (existing->kind != RelationKind::Table) return taken_by_view(wanted);
  if (wanted.or_replace && is_created_here(run, wanted.id)) {
    return named_error("NOT_SUPPORTED", wanted.span,
                       "A table cannot be replaced in the transaction that creates it");
  }
  return {};
}

Result<std::optional<Answer>> elsewhere(StatementRun& run, const sql::Statement& statement,
                                        const analysis::TableId& id) {
  const CatalogHandle* handle = TRY(run.handle(id.catalog));
  if (handle != nullptr && std::holds_alternative<LakeCatalog>(*handle)) {
    return std::optional<Answer>();
  }
  if (auto answer = TRY(run_in_postgres(run, statement, id))) return answer;
  return named_error("NOT_SUPPORTED", statement.span,
                     "This connector does not support creating tables");
}

}  // namespace

Result<Answer> run_create_table(StatementRun& run, const sql::CreateTable& statement) {
  if (statement.or_replace && statement.if_not_exists) {
    return named_error("SYNTAX_ERROR", statement.span,
                       "'OR REPLACE' and 'IF NOT EXISTS' clauses can not be used together");
  }
  Wanted wanted{TRY(run.resolve(statement.name)), statement.span, statement.or_replace,
                statement.if_not_exists, statement.comment};
  if (auto answer = TRY(elsewhere(run, statement, wanted.id))) return *std::move(answer);
  const LakeCatalog& lake = *TRY(find_lake(run, wanted.id.catalog));
  TRY(run.check_write(wanted.id.catalog));
  const auto existing = TRY(find_existing(run, lake, wanted.id));
  if (existing && existing->kind == RelationKind::Table && !wanted.or_replace) {
    if (wanted.if_not_exists) return make_update("CREATE TABLE");
    return named_error("TABLE_ALREADY_EXISTS", statement.span, "Table '{}' already exists",
                       to_string(wanted.id));
  }
  LikeProperties copied;
  const auto columns = TRY(read_columns(run, statement, copied));
  const auto properties = TRY(
      read_properties(run, statement.properties, std::move(copied.properties), wanted.id.catalog));
  TRY(check_replaceable(run, wanted, existing));
  const auto creation = TRY(make_creation(columns, properties, wanted));
  if (!run.session().transaction && !existing) {
    auto created = lake.catalog->create_table(identifier_of(wanted.id), creation);
    if (!created) {
      if (created.error().code == ErrorCode::AlreadyExists && wanted.if_not_exists) {
        return make_update("CREATE TABLE");
      }
      return commit_failure(std::move(created).error(), wanted);
    }
    return make_update("CREATE TABLE");
  }
  TRY(stage(run, lake, wanted, creation, existing));
  auto committed = run.commit();
  if (!committed) return commit_failure(std::move(committed).error(), wanted);
  return make_update("CREATE TABLE");
}

namespace {

Result<std::vector<NewColumn>> query_columns(const sql::CreateTableAs& statement,
                                             const analysis::TypedQuery& query) {
  if (!statement.columns.empty() && statement.columns.size() != query.outputs.size()) {
    return named_error("MISMATCHED_COLUMN_ALIASES", statement.span,
                       "Column alias list has {} entries but relation has {} columns",
                       statement.columns.size(), query.outputs.size());
  }
  std::vector<NewColumn> columns;
  std::set<std::string> names;
  for (std::size_t i = 0; i < query.outputs.size(); ++i) {
    const auto& output = query.outputs[i];
    NewColumn column;
    if (!statement.columns.empty()) {
      column.name = to_lower(statement.columns[i].value);
    } else if (output.has_name) {
      column.name = to_lower(output.name);
    } else {
      return named_error("MISSING_COLUMN_NAME", statement.query->span,
                         "Column name not specified at position {}", i + 1);
    }
    if (!names.insert(column.name).second) return duplicate_column(statement.span, column.name);
    if (output.type.is(types::TypeKind::Unknown)) {
      return named_error("COLUMN_TYPE_UNKNOWN", statement.span, "Column type is unknown: {}",
                         column.name);
    }
    column.type = output.type;
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace

Result<Answer> run_create_table_as(StatementRun& run, const sql::CreateTableAs& statement) {
  if (statement.or_replace && statement.if_not_exists) {
    return named_error("SYNTAX_ERROR", statement.span,
                       "'OR REPLACE' and 'IF NOT EXISTS' clauses can not be used together");
  }
  Wanted wanted{TRY(run.resolve(statement.name)), statement.span, statement.or_replace,
                statement.if_not_exists, statement.comment};
  if (auto answer = TRY(elsewhere(run, statement, wanted.id))) return *std::move(answer);
  const LakeCatalog& lake = *TRY(find_lake(run, wanted.id.catalog));
  TRY(run.check_write(wanted.id.catalog));
  const auto existing = TRY(find_existing(run, lake, wanted.id));
  if (existing && existing->kind == RelationKind::Table && !wanted.or_replace) {
    if (wanted.if_not_exists) return make_update("CREATE TABLE", 0);
    return named_error("TABLE_ALREADY_EXISTS", statement.span,
                       "Destination table '{}' already exists", to_string(wanted.id));
  }
  auto query = TRY(analysis::analyze_query(*statement.query, run, run.options()));
  const auto columns = TRY(query_columns(statement, query));
  const auto properties = TRY(read_properties(run, statement.properties, {}, wanted.id.catalog));
  TRY(check_replaceable(run, wanted, existing));
  const auto creation = TRY(make_creation(columns, properties, wanted));
  TRY(check_writable_format(properties.format.given ? properties.format.value : "PARQUET"));
  TRY(run.begin());
  std::int64_t count = 0;
  if (statement.with_data) {
    std::vector<std::int32_t> all(columns.size());
    std::iota(all.begin(), all.end(), 0);
    std::string rows = TRY(print_stored_rows(run, std::move(query), creation.schema, all));
    // Once it is replaced, the table cannot be read any more as it was.
    const bool reads_itself = existing.has_value() && run.was_read(wanted.id);
    if (reads_itself) {
      TRY(execute_write(run,
                        fmt::format("CREATE OR REPLACE TEMP TABLE {} AS {}", kRowsTable, rows)));
      rows = fmt::format("SELECT * FROM temp.{}", kRowsTable);
    }
    TRY(stage(run, lake, wanted, creation, existing));
    const std::string name = quoted_table(
        lake, existing && existing->table ? existing->table->identifier : identifier_of(wanted.id));
    count = TRY(execute_write(run, insert_text(name, creation.schema, rows)));
    if (reads_itself) TRY(execute_write(run, fmt::format("DROP TABLE temp.{}", kRowsTable)));
  } else {
    TRY(stage(run, lake, wanted, creation, existing));
  }
  auto committed = run.commit();
  if (!committed) return commit_failure(std::move(committed).error(), wanted);
  return make_update("CREATE TABLE", count);
}

}  // namespace tarn::engine
