// SPDX-License-Identifier: Apache-2.0
// Materialized views: an Iceberg table with the rows of the last refresh, which other programs read
// as a table, and the definition in its properties. REFRESH replaces the rows in one commit; when
// all that was read is as it was, it does nothing.
#include <boost/json.hpp>
#include <numeric>

#include "base/json.h"
#include "base/text.h"
#include "duckdb/row_source.h"
#include "engine/lake_change.h"
#include "engine/lake_write.h"
#include "engine/statements.h"
#include "engine/system_tables.h"
#include "engine/view_definition.h"
#include "iceberg/commit/replace_table.h"
#include "sql/parser.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::named_error;

namespace {

namespace json = boost::json;

Result<std::optional<std::string>> grace_period(StatementRun& run,
                                                const sql::CreateMaterializedView& statement) {
  if (!statement.grace_period) return std::optional<std::string>();
  const auto value = TRY(run.constant(*statement.grace_period));
  if (!value.type.is(types::TypeKind::IntervalDayToSecond) || value.value.is_null()) {
    return named_error("NOT_SUPPORTED", statement.span, "Unsupported grace period type");
  }
  return std::optional(std::to_string(value.value.as_int()));
}

struct Opened {
  const LakeCatalog* lake = nullptr;
  analysis::TableId id;
  std::optional<LakeObject> object;
};

Result<Opened> open_name(StatementRun& run, const sql::QualifiedName& name, const TextSpan& span) {
  Opened opened;
  opened.id = TRY(run.resolve(name));
  opened.lake = TRY(find_lake(run, opened.id.catalog));
  if (opened.lake == nullptr) {
    return named_error("NOT_SUPPORTED", span,
                       "This connector does not support creating materialized views");
  }
  auto* access = TRY(run.access(opened.id.catalog));
  if (!TRY(access->has_schema(opened.id.schema))) {
    return named_error("SCHEMA_NOT_FOUND", span, "Schema '{}' does not exist", opened.id.schema);
  }
  opened.object = TRY(find_lake_object(*opened.lake, opened.id));
  return opened;
}

Result<std::map<std::string, std::string>> definition_properties(
    StatementRun& run, const sql::CreateMaterializedView& statement, std::string_view text) {
  std::map<std::string, std::string> out;
  out[std::string(kMaterializedSql)] = query_text(*statement.query, text);
  if (run.values().catalog) out[std::string(kMaterializedCatalog)] = *run.values().catalog;
  if (run.values().schema) out[std::string(kMaterializedSchema)] = *run.values().schema;
  if (auto grace = TRY(grace_period(run, statement))) {
    out[std::string(kMaterializedGrace)] = *grace;
  }
  if (statement.comment) out[kCommentProperty] = *statement.comment;
  return out;
}

// Rows and columns go, the table's history stays.
Result<void> replace_definition(StatementRun& run, const LakeCatalog& lake,
                                const iceberg::LoadedTable& existing,
                                const iceberg::TableCreation& creation) {
  auto replacement = TRY(iceberg::make_replacement(existing, creation));
  std::vector<std::string> stale;
  for (const auto& [key, value] : existing.metadata->properties) {
    if (!creation.properties.contains(key)) stale.push_back(key);
  }
  TRY(change_table(run, lake, existing, [&](iceberg::TableTransaction& table) {
    if (existing.metadata->current_snapshot_id) {
      table.change(iceberg::overwrite_where(iceberg::always_true(), {}, {}));
    }
    replacement.changes(table);
    if (!stale.empty()) table.remove_properties(stale);
  }));
  return {};
}

}  // namespace

Result<Answer> run_create_materialized_view(StatementRun& run,
                                            const sql::CreateMaterializedView& statement,
                                            std::string_view text) {
  const auto opened = TRY(open_name(run, statement.name, statement.span));
  const auto& id = opened.id;
  if (statement.or_replace && statement.if_not_exists) {
    return named_error("SYNTAX_ERROR", statement.span,
                       "'OR REPLACE' and 'IF NOT EXISTS' clauses can not be used together");
  }
  const auto query = TRY(analysis::analyze_query(*statement.query, run, run.options()));
  iceberg::TableCreation creation;
  creation.schema = TRY(view_schema(query, statement.span));
  std::vector<GivenProperty> given;
  for (auto& [name, value] : TRY(run.constants(statement.properties))) {
    given.push_back({name, std::move(value)});
  }
  const auto properties =
      TRY(read_table_properties(given, id.catalog, PropertyUse::CreateMaterializedView));
  creation.spec = TRY(parse_partitioning(properties.partitioning.value, creation.schema));
  creation.sort_order = TRY(parse_sorted_by(properties.sorted_by.value, creation.schema));
  if (properties.location.given) creation.location = properties.location.value;
  creation.properties = new_table_properties(properties);
  for (auto& [key, value] : TRY(definition_properties(run, statement, text))) {
    creation.properties[key] = std::move(value);
  }
  run.rollback();  // the names were only looked up
  TRY(run.check_autocommit(id.catalog));
  if (opened.object) {
    if (opened.object->kind != RelationKind::MaterializedView) {
      return named_error("UNSUPPORTED_TABLE_TYPE", statement.span,
                         "Existing table is not a Materialized View: {}.{}", id.schema, id.table);
    }
    if (statement.if_not_exists) return make_update("CREATE MATERIALIZED VIEW");
    if (!statement.or_replace) {
      return named_error("ALREADY_EXISTS", statement.span,
                         "Materialized view already exists: {}.{}", id.schema, id.table);
    }
    TRY(replace_definition(run, *opened.lake, *opened.object->table, creation));
    return make_update("CREATE MATERIALIZED VIEW");
  }
  auto created = opened.lake->catalog->create_table(identifier_of(id), creation);
  if (!created) {
    return types::with_name(std::move(created).error(), "ICEBERG_CATALOG_ERROR", statement.span);
  }
  return make_update("CREATE MATERIALIZED VIEW");
}

namespace {

// What the query of the statement has read: snapshots of tables in lakes; empty if it has read
// anything that has none.
Result<std::string> sources_text(StatementRun& run, const std::set<std::string>& names,
                                 const analysis::TableId& self) {
  json::object out;
  for (const std::string& name : names) {
    const auto parts = split(name, '.');
    if (name == to_string(self)) continue;
    if (parts.size() < 3) return std::string();
    analysis::TableId id{std::string(parts.front()), "", std::string(parts.back())};
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
      id.schema += (i == 1 ? "" : ".") + std::string(parts[i]);
    }
    const CatalogHandle* handle = TRY(run.handle(id.catalog));
    if (handle == nullptr) return std::string();
    if (std::holds_alternative<TpchCatalog>(*handle)) continue;
    const auto* lake = std::get_if<LakeCatalog>(handle);
    if (lake == nullptr) return std::string();
    auto object = TRY(find_lake_object(*lake, id));
    if (!object) return std::string();
    if (object->view) continue;  // what it reads is among the names
    const auto& current = object->table->metadata->current_snapshot_id;
    out[name] = current ? json::value(current->value) : json::value(nullptr);
  }
  return write_json(out);
}

Result<bool> are_same_sources(StatementRun& run, const MaterializedDefinition& definition,
                              const analysis::TableId& self) {
  if (!definition.is_refreshed || definition.sources.empty()) return false;
  auto parsed = parse_json(definition.sources);
  if (!parsed || !parsed->is_object()) return false;
  std::set<std::string> names;
  for (const auto& [name, snapshot] : parsed->as_object()) names.emplace(name);
  auto now = sources_text(run, names, self);
  return now && *now == definition.sources;
}

}  // namespace

Result<MaterializedState> materialized_state(StatementRun& run, const analysis::TableId& id) {
  const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
  MaterializedState state;
  if (lake == nullptr) return state;
  auto object = TRY(find_lake_object(*lake, id));
  if (!object || !object->table) return state;
  auto definition = materialized_definition(*object->table->metadata);
  if (!definition) return state;
  state.definition = *std::move(definition);
  state.is_fresh = TRY(are_same_sources(run, state.definition, id));
  return state;
}

Result<Answer> run_refresh(StatementRun& run, const sql::Refresh& statement) {
  if (statement.object != sql::ObjectKind::MaterializedView) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support refreshing view columns");
  }
  const auto opened = TRY(open_name(run, statement.name, statement.span));
  if (!opened.object || opened.object->kind != RelationKind::MaterializedView) {
    return named_error("TABLE_NOT_FOUND", statement.span, "Materialized view '{}' does not exist",
                       to_string(opened.id));
  }
  TRY(run.check_autocommit(opened.id.catalog));
  const iceberg::LoadedTable& existing = *opened.object->table;
  const auto definition = *materialized_definition(*existing.metadata);
  if (TRY(are_same_sources(run, definition, opened.id))) {
    return make_update("REFRESH MATERIALIZED VIEW", 0);
  }
  auto parsed = TRY(sql::parse_statement(definition.view.sql));
  if (parsed->kind != sql::StatementKind::QueryStatement) {
    return named_error("INVALID_VIEW", statement.span, "The definition of '{}' is not a query",
                       to_string(opened.id));
  }
  analysis::AnalyzerOptions options = run.options();
  options.catalog = definition.view.catalog;
  options.schema = definition.view.schema;
  auto query = TRY(analysis::analyze_query(*static_cast<const sql::QueryStatement&>(*parsed).query,
                                           run, options));
  iceberg::TableCreation creation;
  creation.schema = existing.metadata->schema();
  creation.spec = existing.metadata->spec();
  creation.sort_order = existing.metadata->sort_order();
  creation.properties = existing.metadata->properties;
  if (query.outputs.size() != creation.schema.fields.size()) {
    return named_error("VIEW_IS_STALE", statement.span,
                       "The columns of materialized view '{}' are not those of its definition any "
                       "more",
                       to_string(opened.id));
  }
  creation.properties[std::string(kMaterializedSources)] =
      TRY(sources_text(run, run.read_tables(), opened.id));
  creation.properties[std::string(kMaterializedTime)] =
      std::to_string(run.values().start_micros / 1'000);
  TRY(check_writable_format(table_format(*existing.metadata)));
  std::vector<std::int32_t> all(query.outputs.size());
  std::iota(all.begin(), all.end(), 0);
  const std::string rows = TRY(print_stored_rows(run, std::move(query), creation.schema, all));
  TRY(run.begin());
  auto replacement = TRY(iceberg::make_replacement(existing, creation));
  TRY(duckdb::add_replacing_table(run.connection(), opened.lake->name,
                                  std::move(replacement.staged), existing,
                                  std::move(replacement.changes)));
  const std::int64_t count = TRY(execute_write(
      run, insert_text(quoted_table(*opened.lake, existing.identifier), creation.schema, rows)));
  TRY(commit_write(run));
  return make_update("REFRESH MATERIALIZED VIEW", count);
}

}  // namespace tarn::engine
