// SPDX-License-Identifier: Apache-2.0
// CREATE VIEW: Iceberg view metadata, dialect trino.
#include <set>

#include "base/text.h"
#include "engine/lake_access.h"
#include "engine/lake_type.h"
#include "engine/statements.h"
#include "engine/view_definition.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::named_error;

Result<iceberg::Schema> view_schema(const analysis::TypedQuery& query, const TextSpan& where) {
  iceberg::Schema schema;
  std::set<std::string> names;
  for (std::size_t i = 0; i < query.outputs.size(); ++i) {
    const auto& output = query.outputs[i];
    if (!output.has_name) {
      return named_error("MISSING_COLUMN_NAME", where, "Column name not specified at position {}",
                         i + 1);
    }
    const std::string name = to_lower(output.name);
    if (!names.insert(name).second) {
      return named_error("DUPLICATE_COLUMN_NAME", where,
                         "Column name '{}' specified more than once", name);
    }
    if (output.type.is(types::TypeKind::Unknown)) {
      return named_error("COLUMN_TYPE_UNKNOWN", where, "Column type is unknown: {}", name);
    }
    schema.fields.push_back(iceberg::optional_field(0, name, TRY(to_lake_type(output.type))));
  }
  iceberg::assign_fresh_ids(schema, 0);
  return schema;
}

std::string query_text(const sql::Query& query, std::string_view text) {
  const std::size_t start = std::min<std::size_t>(query.span.offset, text.size());
  return std::string(trim(text.substr(start, query.span.length)));
}

Result<Answer> run_create_view(StatementRun& run, const sql::CreateView& statement,
                               std::string_view text) {
  const auto id = TRY(run.resolve(statement.name));
  const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
  if (lake == nullptr) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support creating views");
  }
  auto* access = TRY(run.access(id.catalog));
  if (!TRY(access->has_schema(id.schema))) {
    return named_error("SCHEMA_NOT_FOUND", statement.span, "Schema '{}' does not exist", id.schema);
  }
  auto object = TRY(find_lake_object(*lake, id));
  if (object && object->kind == RelationKind::MaterializedView) {
    return named_error("TABLE_ALREADY_EXISTS", statement.span,
                       "Materialized view already exists: '{}'", to_string(id));
  }
  if (object && object->kind == RelationKind::View && !statement.or_replace) {
    return named_error("TABLE_ALREADY_EXISTS", statement.span, "View already exists: '{}'",
                       to_string(id));
  }
  if (object && object->kind == RelationKind::Table) {
    return named_error("TABLE_ALREADY_EXISTS", statement.span, "Table already exists: '{}'",
                       to_string(id));
  }
  const auto query = TRY(analysis::analyze_query(*statement.query, run, run.options()));
  TRY(run.check_autocommit(id.catalog));
  iceberg::ViewDefinition definition;
  definition.schema = TRY(view_schema(query, statement.span));
  definition.version.representations.push_back(
      {"sql", query_text(*statement.query, text), "trino", ""});
  definition.version.summary = {{"engine-name", "tarn"}};
  definition.version.timestamp_ms = run.values().start_micros / 1'000;
  if (run.values().catalog) definition.version.default_catalog = *run.values().catalog;
  if (run.values().schema) {
    definition.version.default_namespace = namespace_of(*run.values().schema).levels;
  }
  std::map<std::string, std::string> properties;
  if (statement.comment) properties[kCommentProperty] = *statement.comment;
  if (!statement.security_invoker.value_or(false)) {
    properties["trino.run-as-owner"] = run.values().user;
  }
  run.rollback();  // the names were only looked up
  if (object) {
    auto next = TRY(iceberg::replace_view_version(*object->view->metadata, std::move(definition),
                                                  run.values().start_micros / 1'000));
    next.properties.erase(kCommentProperty);
    next.properties.erase("trino.run-as-owner");
    for (auto& [key, value] : properties) next.properties[key] = value;
    TRY(lake->catalog->replace_view_metadata(*object->view, std::move(next)));
  } else {
    auto created = lake->catalog->create_view(identifier_of(id), definition, properties);
    if (!created && created.error().code == ErrorCode::AlreadyExists) {
      return named_error("TABLE_ALREADY_EXISTS", statement.span, "View already exists: '{}'",
                         to_string(id));
    }
    if (!created) {
      return types::with_name(std::move(created).error(), "ICEBERG_CATALOG_ERROR", statement.span);
    }
  }
  return make_update("CREATE VIEW");
}

}  // namespace tarn::engine
