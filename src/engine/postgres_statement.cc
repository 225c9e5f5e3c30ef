// SPDX-License-Identifier: Apache-2.0
// Statements whose target is in a Postgres database.
#include "base/text.h"
#include "engine/column_type.h"
#include "engine/computed_table.h"
#include "engine/postgres_dml.h"
#include "engine/postgres_writer.h"
#include "engine/statements.h"
#include "postgres/quoting.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {
namespace {

using postgres::quote_identifier;
using postgres::quote_literal;
using postgres::quote_qualified;
using sql::StatementKind;
using types::named_error;

// One statement of the catalog, with what the definitions below need.
struct Target {
  StatementRun& run;
  PostgresAccess& access;
  const analysis::TableId& id;

  // One or several commands of the server, in one transaction.
  Result<void> execute(const std::string& sql) const {
    auto writer =
        TRY(with_jdbc_error(PostgresWriter::open(access.catalog().options, run.cancel(), nullptr)));
    TRY(with_jdbc_error(writer.execute(sql)));
    return with_jdbc_error(writer.commit());
  }

  Result<std::string> schema_name() const {
    auto name = TRY(access.server_schema(id.schema));
    if (!name) {
      return named_error("SCHEMA_NOT_FOUND", {}, "Schema '{}' does not exist", id.schema);
    }
    return *std::move(name);
  }
  Result<std::shared_ptr<const PostgresTable>> table() const {
    return access.find_table(id.schema, id.table);
  }
  // TABLE_NOT_FOUND; nullptr if that is allowed.
  Result<std::shared_ptr<const PostgresTable>> existing(const sql::Statement& statement,
                                                        bool if_exists) const {
    auto found = TRY(table());
    if (found || if_exists) return found;
    return named_error("TABLE_NOT_FOUND", statement.span, "Table '{}' does not exist",
                       to_string(id));
  }
};

std::string name_of(const PostgresTable& table) {
  return quote_qualified(table.schema, table.name);
}

// The server's name of a column, or COLUMN_NOT_FOUND.
Result<std::string> column_name(const PostgresTable& table, const sql::QualifiedName& name) {
  if (name.parts.size() != 1) {
    return named_error("NOT_SUPPORTED", name.span, "This connector does not support row fields");
  }
  for (const PostgresColumn& column : table.columns) {
    if (equals_ignore_case(column.name, name.parts[0].value)) return quote_identifier(column.name);
  }
  return named_error("COLUMN_NOT_FOUND", name.span, "Column '{}' does not exist",
                     to_lower(name.parts[0].value));
}

std::string comment_text(const std::optional<std::string>& comment) {
  return comment ? quote_literal(*comment) : "NULL";
}

Result<std::string> column_text(const sql::ColumnDefinition& definition) {
  const std::string name = to_lower(definition.name.parts.back().value);
  const types::Type type = TRY(column_type(definition.type, name));
  auto text = postgres_type(type);
  if (!text) return std::move(text.error()).at(definition.span);
  return quote_identifier(name) + " " + *text + (definition.not_null ? " NOT NULL" : "");
}

Result<Answer> create_schema(const Target& target, const sql::CreateSchema& statement) {
  if (TRY(target.access.has_schema(target.id.schema))) {
    if (statement.if_not_exists) return make_update("CREATE SCHEMA");
    return named_error("SCHEMA_ALREADY_EXISTS", statement.span, "Schema '{}.{}' already exists",
                       target.id.catalog, target.id.schema);
  }
  TRY(target.execute("CREATE SCHEMA " + quote_identifier(target.id.schema)));
  return make_update("CREATE SCHEMA");
}

Result<Answer> drop(const Target& target, const sql::Drop& statement) {
  if (statement.object == sql::ObjectKind::Schema) {
    const std::string name = TRY(target.schema_name());
    const char* how = statement.cascade ? " CASCADE" : " RESTRICT";
    TRY(target.execute("DROP SCHEMA " + quote_identifier(name) + how));
    return make_update("DROP SCHEMA");
  }
  if (statement.object != sql::ObjectKind::Table) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support dropping views");
  }
  const auto table = TRY(target.existing(statement, statement.if_exists));
  if (table) TRY(target.execute("DROP TABLE " + name_of(*table)));
  return make_update("DROP TABLE");
}

Result<std::string> definitions_of(const Target& target, const sql::CreateTable& statement) {
  std::string out;
  for (const sql::TableElement& element : statement.elements) {
    if (element.column) {
      out += (out.empty() ? "" : ", ") + TRY(column_text(*element.column));
      continue;
    }
    const auto id = TRY(target.run.resolve(element.like));
    const auto relation = TRY(target.run.find_relation(id));
    if (!relation) {
      return named_error("TABLE_NOT_FOUND", element.like.span, "LIKE table '{}' does not exist",
                         to_string(id));
    }
    for (const auto& column : relation->info->columns) {
      if (column.hidden) continue;
      out += fmt::format("{}{} {}{}", out.empty() ? "" : ", ", quote_identifier(column.name),
                         TRY(postgres_type(column.type)), column.nullable ? "" : " NOT NULL");
    }
  }
  return out;
}

Result<Answer> create_table(const Target& target, const sql::CreateTable& statement) {
  if (statement.or_replace) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support replacing tables");
  }
  const std::string schema = TRY(target.schema_name());
  if (TRY(target.table())) {
    if (statement.if_not_exists) return make_update("CREATE TABLE");
    return named_error("TABLE_ALREADY_EXISTS", statement.span, "Table '{}' already exists",
                       to_string(target.id));
  }
  if (!statement.properties.empty()) {
    return named_error("INVALID_TABLE_PROPERTY", statement.span,
                       "Catalog '{}' table property '{}' does not exist", target.id.catalog,
                       to_lower(statement.properties[0].name.value));
  }
  const std::string name = quote_qualified(schema, target.id.table);
  std::string sql =
      fmt::format("CREATE TABLE {} ({})", name, TRY(definitions_of(target, statement)));
  if (statement.comment) {
    sql += fmt::format("; COMMENT ON TABLE {} IS {}", name, quote_literal(*statement.comment));
  }
  for (const sql::TableElement& element : statement.elements) {
    if (!element.column || !element.column->comment) continue;
    sql += fmt::format("; COMMENT ON COLUMN {}.{} IS {}", name,
                       quote_identifier(to_lower(element.column->name.parts.back().value)),
                       quote_literal(*element.column->comment));
  }
  TRY(target.execute(sql));
  return make_update("CREATE TABLE");
}

Result<Answer> create_table_as(const Target& target, const sql::CreateTableAs& statement) {
  if (statement.or_replace) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support replacing tables");
  }
  TRY(target.schema_name());
  if (TRY(target.table())) {
    if (statement.if_not_exists) return make_update("CREATE TABLE", 0);
    return named_error("TABLE_ALREADY_EXISTS", statement.span, "Table '{}' already exists",
                       to_string(target.id));
  }
  return create_postgres_table_as(target.run, target.access, statement, target.id);
}

Result<Answer> rename(const Target& target, const sql::Rename& statement) {
  if (statement.object != sql::ObjectKind::Table) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support renaming {}s",
                       to_lower(to_string(statement.object)));
  }
  const auto table = TRY(target.existing(statement, statement.if_exists));
  if (!table) return make_update("RENAME TABLE");
  const auto to = TRY(rename_target(statement, target.id));
  if (to.catalog != target.id.catalog) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "Table rename across catalogs is not supported");
  }
  const auto schema = TRY(target.access.server_schema(to.schema));
  if (!schema) {
    return named_error("SCHEMA_NOT_FOUND", statement.span, "Schema '{}' does not exist", to.schema);
  }
  if (TRY(target.access.find_table(to.schema, to.table))) {
    return named_error("TABLE_ALREADY_EXISTS", statement.span, "Target table '{}' already exists",
                       to_string(to));
  }
  std::string sql =
      fmt::format("ALTER TABLE {} RENAME TO {}", name_of(*table), quote_identifier(to.table));
  if (*schema != table->schema) {
    sql += fmt::format("; ALTER TABLE {} SET SCHEMA {}", quote_qualified(table->schema, to.table),
                       quote_identifier(*schema));
  }
  TRY(target.execute(sql));
  return make_update("RENAME TABLE");
}

Result<Answer> add_column(const Target& target, const sql::AddColumn& statement) {
  const auto table = TRY(target.existing(statement, statement.table_if_exists));
  if (!table) return make_update("ADD COLUMN");
  if (statement.position != sql::AddColumn::Position::Unspecified &&
      statement.position != sql::AddColumn::Position::Last) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support adding columns at a position");
  }
  if (column_name(*table, statement.column.name)) {
    if (statement.if_not_exists) return make_update("ADD COLUMN");
    return named_error("COLUMN_ALREADY_EXISTS", statement.span, "Column '{}' already exists",
                       to_lower(statement.column.name.parts.back().value));
  }
  std::string sql = fmt::format("ALTER TABLE {} ADD COLUMN {}", name_of(*table),
                                TRY(column_text(statement.column)));
  if (statement.column.comment) {
    sql += fmt::format("; COMMENT ON COLUMN {}.{} IS {}", name_of(*table),
                       quote_identifier(to_lower(statement.column.name.parts.back().value)),
                       quote_literal(*statement.column.comment));
  }
  TRY(target.execute(sql));
  return make_update("ADD COLUMN");
}

Result<Answer> drop_column(const Target& target, const sql::DropColumn& statement) {
  const auto table = TRY(target.existing(statement, statement.table_if_exists));
  if (!table) return make_update("DROP COLUMN");
  auto column = column_name(*table, statement.column);
  if (!column) {
    if (statement.if_exists) return make_update("DROP COLUMN");
    return std::move(column).error();
  }
  TRY(target.execute(fmt::format("ALTER TABLE {} DROP COLUMN {}", name_of(*table), *column)));
  return make_update("DROP COLUMN");
}

Result<Answer> rename_column(const Target& target, const sql::RenameColumn& statement) {
  const auto table = TRY(target.existing(statement, statement.table_if_exists));
  if (!table) return make_update("RENAME COLUMN");
  auto column = column_name(*table, statement.from);
  if (!column) {
    if (statement.if_exists) return make_update("RENAME COLUMN");
    return std::move(column).error();
  }
  TRY(target.execute(fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", name_of(*table), *column,
                                 quote_identifier(to_lower(statement.to.value)))));
  return make_update("RENAME COLUMN");
}

Result<Answer> alter_column(const Target& target, const sql::AlterColumn& statement) {
  const char* kind = statement.type ? "SET COLUMN TYPE" : "DROP NOT NULL CONSTRAINT";
  const auto table = TRY(target.existing(statement, statement.table_if_exists));
  if (!table) return make_update(kind);
  const std::string column = TRY(column_name(*table, statement.column));
  std::string sql = fmt::format("ALTER TABLE {} ALTER COLUMN {} ", name_of(*table), column);
  if (statement.type) {
    const auto type = TRY(column_type(*statement.type, statement.column.parts.back().value));
    sql += "TYPE " + TRY(postgres_type(type));
  } else {
    sql += "DROP NOT NULL";
  }
  TRY(target.execute(sql));
  return make_update(kind);
}

Result<Answer> comment_on(const Target& target, const sql::CommentOn& statement) {
  const auto table = TRY(target.existing(statement, false));
  if (statement.object == sql::ObjectKind::View) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support setting view comments");
  }
  std::string object = "TABLE " + name_of(*table);
  if (statement.object == sql::ObjectKind::Column) {
    sql::QualifiedName name;
    name.span = statement.name.span;
    name.parts.push_back(statement.name.parts.back());
    object = "COLUMN " + name_of(*table) + "." + TRY(column_name(*table, name));
  }
  TRY(target.execute(fmt::format("COMMENT ON {} IS {}", object, comment_text(statement.comment))));
  return make_update("COMMENT");
}

Result<Answer> truncate(const Target& target, const sql::Truncate& statement) {
  const auto table = TRY(target.existing(statement, false));
  TRY(target.execute("TRUNCATE TABLE " + name_of(*table)));
  return make_update("TRUNCATE TABLE");
}

// CALL system.execute(query => '…'), system.flush_metadata_cache().
Result<Answer> call(const Target& target, const sql::Call& statement) {
  if (target.id.table == "flush_metadata_cache") return make_update("CALL");
  if (target.id.table != "execute") {
    return named_error("PROCEDURE_NOT_FOUND", statement.span, "Procedure not registered: system.{}",
                       target.id.table);
  }
  const bool fits = statement.arguments.size() == 1 &&
                    (!statement.arguments[0].name ||
                     equals_ignore_case(statement.arguments[0].name->value, "query"));
  if (!fits) {
    return named_error("INVALID_PROCEDURE_ARGUMENT", statement.span,
                       "Required procedure argument 'QUERY' is missing");
  }
  const auto query = TRY(target.run.constant(*statement.arguments[0].value));
  if (!query.type.is(types::TypeKind::Varchar) || query.value.is_null()) {
    return named_error("INVALID_PROCEDURE_ARGUMENT", statement.span,
                       "The argument of system.execute is a text");
  }
  TRY(target.execute(query.value.as_text()));
  return make_update("CALL");
}

Result<void> check_target(const Target& target, const sql::Statement& statement) {
  if (!TRY(target.access.has_schema(target.id.schema))) {
    return named_error("SCHEMA_NOT_FOUND", statement.span, "Schema '{}' does not exist",
                       target.id.schema);
  }
  TRY(target.existing(statement, false));
  return {};
}

Result<Answer> change_rows(const Target& target, const sql::Statement& statement) {
  if (statement.kind == StatementKind::Truncate) {
    return truncate(target, statement_as<sql::Truncate>(statement));
  }
  TRY(check_target(target, statement));
  switch (statement.kind) {
    case StatementKind::Insert:
      return insert_into_postgres(target.run, target.access, statement_as<sql::Insert>(statement));
    case StatementKind::Delete:
      return delete_from_postgres(target.run, target.access, statement_as<sql::Delete>(statement));
    case StatementKind::Update:
      return update_postgres(target.run, target.access, statement_as<sql::Update>(statement));
    default:
      return merge_into_postgres(target.run, target.access, statement_as<sql::Merge>(statement));
  }
}

Result<Answer> dispatch_statement(const Target& target, const sql::Statement& statement) {
  switch (statement.kind) {
    case StatementKind::Insert:
    case StatementKind::Delete:
    case StatementKind::Update:
    case StatementKind::Merge:
    case StatementKind::Truncate:
      return change_rows(target, statement);
    case StatementKind::CreateSchema:
      return create_schema(target, statement_as<sql::CreateSchema>(statement));
    case StatementKind::Drop:
      return drop(target, statement_as<sql::Drop>(statement));
    case StatementKind::CreateTable:
      return create_table(target, statement_as<sql::CreateTable>(statement));
    case StatementKind::CreateTableAs:
      return create_table_as(target, statement_as<sql::CreateTableAs>(statement));
    case StatementKind::Rename:
      return rename(target, statement_as<sql::Rename>(statement));
    case StatementKind::AddColumn:
      return add_column(target, statement_as<sql::AddColumn>(statement));
    case StatementKind::DropColumn:
      return drop_column(target, statement_as<sql::DropColumn>(statement));
    case StatementKind::RenameColumn:
      return rename_column(target, statement_as<sql::RenameColumn>(statement));
    case StatementKind::AlterColumn:
      return alter_column(target, statement_as<sql::AlterColumn>(statement));
    case StatementKind::CommentOn:
      return comment_on(target, statement_as<sql::CommentOn>(statement));
    case StatementKind::Call:
      return call(target, statement_as<sql::Call>(statement));
    default:
      return named_error("NOT_SUPPORTED", statement.span,
                         "This connector does not support this statement");
  }
}

}  // namespace

Result<std::optional<Answer>> run_in_postgres(StatementRun& run, const sql::Statement& statement,
                                              const analysis::TableId& target) {
  const CatalogHandle* handle = TRY(run.handle(target.catalog));
  if (handle == nullptr || !std::holds_alternative<PostgresCatalog>(*handle)) {
    return std::optional<Answer>();
  }
  TRY(run.check_autocommit(target.catalog));
  auto* access = TRY(run.access(target.catalog));
  return std::optional(
      TRY(dispatch_statement({run, static_cast<PostgresAccess&>(*access), target}, statement)));
}

Result<std::optional<Answer>> run_in_postgres(StatementRun& run, const sql::Statement& statement,
                                              const sql::QualifiedName& target) {
  return run_in_postgres(run, statement, TRY(run.resolve(target)));
}

}  // namespace tarn::engine
