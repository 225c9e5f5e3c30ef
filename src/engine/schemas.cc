// SPDX-License-Identifier: Apache-2.0
// CREATE SCHEMA, DROP SCHEMA.
#include "base/text.h"
#include "engine/lake_access.h"
#include "engine/statements.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::named_error;

Result<Answer> run_create_schema(StatementRun& run, const sql::CreateSchema& statement) {
  const auto id = TRY(run.resolve_schema(statement.name));
  const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
  if (lake == nullptr) {
    const analysis::TableId target{id.catalog, id.schema, ""};
    if (auto answer = TRY(run_in_postgres(run, statement, target))) return *std::move(answer);
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support creating schemas");
  }
  std::map<std::string, std::string> properties;
  for (const auto& [name, value] : TRY(run.constants(statement.properties))) {
    if (name != "location") {
      return named_error("INVALID_SCHEMA_PROPERTY", statement.span,
                         "Catalog '{}' schema property '{}' does not exist", id.catalog, name);
    }
    if (!value || !value->type.is(types::TypeKind::Varchar) || value->value.is_null()) {
      return named_error("INVALID_SCHEMA_PROPERTY", statement.span,
                         "Invalid value for catalog '{}' schema property 'location'", id.catalog);
    }
    properties["location"] = value->value.as_text();
  }
  TRY(run.check_autocommit(id.catalog));
  auto* access = TRY(run.access(id.catalog));
  const bool exists = id.schema == "information_schema" || TRY(access->has_schema(id.schema));
  if (exists) {
    if (statement.if_not_exists) return make_update("CREATE SCHEMA");
    return named_error("SCHEMA_ALREADY_EXISTS", statement.span, "Schema '{}.{}' already exists",
                       id.catalog, id.schema);
  }
  auto created = lake->catalog->create_namespace(namespace_of(id.schema), properties);
  if (!created) {
    const bool raced = created.error().code == ErrorCode::AlreadyExists;
    if (raced && statement.if_not_exists) return make_update("CREATE SCHEMA");
    return types::with_name(std::move(created).error(),
                            raced ? "SCHEMA_ALREADY_EXISTS" : "ICEBERG_CATALOG_ERROR",
                            statement.span);
  }
  return make_update("CREATE SCHEMA");
}

namespace {

// Tables with their files, then views.
Result<void> drop_contents(const LakeCatalog& lake, const iceberg::Namespace& space) {
  for (const auto& table : TRY(lake.catalog->list_tables(space))) {
    TRY(lake.catalog->drop_table(table, iceberg::DropMode::Purge));
  }
  for (const auto& view : TRY(lake.catalog->list_views(space))) {
    TRY(lake.catalog->drop_view(view));
  }
  return {};
}

}  // namespace

Result<Answer> run_drop_schema(StatementRun& run, const sql::Drop& statement) {
  const auto id = TRY(run.resolve_schema(statement.name));
  const CatalogHandle* handle = TRY(run.handle(id.catalog));
  auto* access = TRY(run.access(id.catalog));
  if (!TRY(access->has_schema(id.schema))) {
    if (statement.if_exists) return make_update("DROP SCHEMA");
    return named_error("SCHEMA_NOT_FOUND", statement.span, "Schema '{}.{}' does not exist",
                       id.catalog, id.schema);
  }
  const analysis::TableId target{id.catalog, id.schema, ""};
  if (auto answer = TRY(run_in_postgres(run, statement, target))) return *std::move(answer);
  if (handle == nullptr || !std::holds_alternative<LakeCatalog>(*handle)) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support dropping schemas");
  }
  const auto& lake = std::get<LakeCatalog>(*handle);
  TRY(run.check_autocommit(id.catalog));
  const auto space = namespace_of(id.schema);
  if (statement.cascade) TRY(drop_contents(lake, space));
  auto dropped = lake.catalog->drop_namespace(space);
  if (!dropped) {
    if (dropped.error().code == ErrorCode::Conflict) {
      return named_error("SCHEMA_NOT_EMPTY", statement.span, "Cannot drop non-empty schema '{}'",
                         id.schema);
    }
    return types::with_name(std::move(dropped).error(), "ICEBERG_CATALOG_ERROR", statement.span);
  }
  return make_update("DROP SCHEMA");
}

}  // namespace tarn::engine
