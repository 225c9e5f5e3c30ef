// SPDX-License-Identifier: Apache-2.0
// DROP and RENAME of tables, views, materialized views; the hints when the name is of another kind.
#include "base/text.h"
#include "engine/lake_access.h"
#include "engine/statements.h"
#include "types/error_name.h"

namespace tarn::engine {

using sql::ObjectKind;
using types::named_error;

namespace {

RelationKind wanted_kind(ObjectKind object) {
  if (object == ObjectKind::View) return RelationKind::View;
  if (object == ObjectKind::MaterializedView) return RelationKind::MaterializedView;
  return RelationKind::Table;
}

// `Table`, `View`, `Materialized view`.
std::string capital(RelationKind kind) {
  std::string text(to_string(kind));
  text[0] = static_cast<char>(text[0] - 32);
  return text;
}

std::string update_type(std::string_view verb, RelationKind kind) {
  return fmt::format("{} {}", verb, to_upper(to_string(kind)));
}

std::optional<Answer> plain_answer(bool condition, std::string type) {
  if (!condition) return std::nullopt;
  return make_update(std::move(type));
}

// The statement's connector when the target is not in a lake; nullopt for lakes.
Result<std::optional<Answer>> elsewhere(StatementRun& run, const sql::Statement& statement,
                                        const analysis::TableId& id, std::string_view doing) {
  const CatalogHandle* handle = TRY(run.handle(id.catalog));
  if (handle != nullptr && std::holds_alternative<LakeCatalog>(*handle)) {
    return std::optional<Answer>();
  }
  if (auto answer = TRY(run_in_postgres(run, statement, id))) return answer;
  return named_error("NOT_SUPPORTED", statement.span, "This connector does not support {}", doing);
}

const char* doing_text(RelationKind kind, bool drops) {
  if (drops) {
    return kind == RelationKind::Table  ? "dropping tables"
           : kind == RelationKind::View ? "dropping views"
                                        : "dropping materialized views";
  }
  return kind == RelationKind::Table  ? "renaming tables"
         : kind == RelationKind::View ? "renaming views"
                                      : "renaming materialized views";
}

// What is there under the name, for the errors; a missing schema counts as nothing.
Result<std::optional<LakeObject>> look(StatementRun& run, const analysis::TableId& id) {
  const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
  auto* access = TRY(run.access(id.catalog));
  if (!TRY(access->has_schema(id.schema))) return std::optional<LakeObject>();
  return find_lake_object(*lake, id);
}

}  // namespace

Result<Answer> run_drop(StatementRun& run, const sql::Drop& statement) {
  if (statement.object == ObjectKind::Schema) return run_drop_schema(run, statement);
  if (statement.object == ObjectKind::Catalog) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "Catalogs are declared in tarn.yml and cannot be dropped by a statement");
  }
  const RelationKind kind = wanted_kind(statement.object);
  const auto id = TRY(run.resolve(statement.name));
  if (auto answer = TRY(elsewhere(run, statement, id, doing_text(kind, true)))) {
    return *std::move(answer);
  }
  const LakeCatalog& lake = *TRY(find_lake(run, id.catalog));
  TRY(run.check_autocommit(id.catalog));
  auto object = TRY(look(run, id));
  if (!object) {
    if (auto answer = plain_answer(statement.if_exists, update_type("DROP", kind))) {
      return *std::move(answer);
    }
    return named_error(kind == RelationKind::Table ? "TABLE_NOT_FOUND" : "GENERIC_USER_ERROR",
                       statement.span, "{} '{}' does not exist", capital(kind), to_string(id));
  }
  if (object->kind != kind) {
    return named_error("GENERIC_USER_ERROR", statement.span,
                       "{} '{}' does not exist, but a {} with that name exists. Did you mean "
                       "DROP {} {}?",
                       capital(kind), to_string(id), to_string(object->kind),
                       to_upper(to_string(object->kind)), to_string(id));
  }
  auto dropped =
      object->view ? lake.catalog->drop_view(object->view->identifier)
                   : lake.catalog->drop_table(object->table->identifier, iceberg::DropMode::Purge);
  if (!dropped) {
    if (dropped.error().code == ErrorCode::NotFound && statement.if_exists) {
      return make_update(update_type("DROP", kind));
    }
    return types::with_name(std::move(dropped).error(), "ICEBERG_CATALOG_ERROR", statement.span);
  }
  return make_update(update_type("DROP", kind));
}

namespace {

// Errors of ALTER … RENAME TO when the name is not of the kind; nullopt: all is well, or an answer.
Result<std::optional<Answer>> check_source(const sql::Rename& statement, RelationKind kind,
                                           const analysis::TableId& from,
                                           const std::optional<LakeObject>& object) {
  const std::string shown =
      kind == RelationKind::MaterializedView ? "Materialized View" : capital(kind);
  if (!object) {
    if (statement.if_exists) return std::optional(make_update(update_type("RENAME", kind)));
    return named_error("TABLE_NOT_FOUND", statement.span, "{} '{}' does not exist", shown,
                       to_string(from));
  }
  if (object->kind == kind) return std::optional<Answer>();
  return named_error(kind == RelationKind::Table ? "GENERIC_USER_ERROR" : "TABLE_NOT_FOUND",
                     statement.span,
                     "{} '{}' does not exist, but a {} with that name exists. Did you mean "
                     "ALTER {} {} RENAME TO ...?",
                     shown, to_string(from), to_string(object->kind),
                     to_upper(to_string(object->kind)), to_string(from));
}

Result<void> check_target(const sql::Rename& statement, RelationKind kind,
                          const analysis::TableId& to, const std::optional<LakeObject>& object) {
  if (!object) return {};
  if (object->kind == kind) {
    return named_error("TABLE_ALREADY_EXISTS", statement.span, "Target {} '{}' already exists",
                       to_string(kind), to_string(to));
  }
  return named_error(kind == RelationKind::Table ? "GENERIC_USER_ERROR" : "TABLE_ALREADY_EXISTS",
                     statement.span,
                     "Target {} '{}' does not exist, but a {} with that name exists.",
                     to_string(kind), to_string(to), to_string(object->kind));
}

}  // namespace

Result<analysis::TableId> rename_target(const sql::Rename& statement,
                                        const analysis::TableId& from) {
  analysis::TableId to = from;
  const auto& parts = statement.to.parts;
  if (parts.size() > 3) {
    return named_error("SYNTAX_ERROR", statement.to.span, "Too many dots in table name: {}",
                       sql::to_string(statement.to));
  }
  to.table = to_lower(parts.back().value);
  if (parts.size() >= 2) to.schema = to_lower(parts[parts.size() - 2].value);
  if (parts.size() == 3) to.catalog = to_lower(parts[0].value);
  return to;
}

Result<Answer> run_rename(StatementRun& run, const sql::Rename& statement) {
  if (statement.object == ObjectKind::Schema) {
    const auto id = TRY(run.resolve_schema(statement.from));
    const analysis::TableId target{id.catalog, id.schema, ""};
    if (auto answer = TRY(run_in_postgres(run, statement, target))) return *std::move(answer);
    auto* access = TRY(run.access(id.catalog));
    if (!TRY(access->has_schema(id.schema))) {
      return named_error("SCHEMA_NOT_FOUND", statement.span, "Schema '{}.{}' does not exist",
                         id.catalog, id.schema);
    }
    return named_error("NOT_SUPPORTED", statement.span,
                       "renameNamespace is not supported for Iceberg JDBC catalogs");
  }
  const RelationKind kind = wanted_kind(statement.object);
  const auto from = TRY(run.resolve(statement.from));
  if (auto answer = TRY(elsewhere(run, statement, from, doing_text(kind, false)))) {
    return *std::move(answer);
  }
  TRY(run.check_autocommit(from.catalog));
  const LakeCatalog& lake = *TRY(find_lake(run, from.catalog));
  const auto source = TRY(look(run, from));
  if (auto answer = TRY(check_source(statement, kind, from, source))) return *std::move(answer);
  const auto to = TRY(rename_target(statement, from));
  if (to.catalog != from.catalog) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "{} rename across catalogs is not supported", capital(kind));
  }
  TRY(check_target(statement, kind, to, TRY(look(run, to))));
  const auto target = identifier_of(to);
  auto renamed = source->view ? lake.catalog->rename_view(source->view->identifier, target)
                              : lake.catalog->rename_table(source->table->identifier, target);
  if (!renamed) {
    if (renamed.error().code == ErrorCode::NotFound) {
      return named_error("ICEBERG_CATALOG_ERROR", statement.span,
                         "Failed to rename {} from {}.{} to {}.{}", to_string(kind), from.schema,
                         from.table, to.schema, to.table);
    }
    return types::with_name(std::move(renamed).error(), "ICEBERG_CATALOG_ERROR", statement.span);
  }
  return make_update(update_type("RENAME", kind));
}

}  // namespace tarn::engine
