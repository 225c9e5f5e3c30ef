// SPDX-License-Identifier: Apache-2.0
// The catalog `system`: metadata of all catalogs, the runtime, and what JDBC drivers ask.
#include <algorithm>

#include "base/text.h"
#include "engine/lake_access.h"
#include "engine/relation_list.h"
#include "engine/session_state.h"
#include "engine/system_tables.h"
#include "types/type_text.h"

namespace tarn::engine {

namespace {

using Rows = std::vector<Row>;
using types::Value;

std::vector<AnswerColumn> texts(std::initializer_list<const char*> names) {
  std::vector<AnswerColumn> out;
  for (const char* name : names) out.push_back({name, varchar_type()});
  return out;
}

std::vector<std::string> catalog_names(StatementRun& run, const std::vector<std::string>* wanted) {
  std::vector<std::string> names = run.catalogs().names();
  names.push_back("system");
  std::sort(names.begin(), names.end());
  if (wanted != nullptr) {
    std::erase_if(names, [&](const std::string& name) {
      return std::find(wanted->begin(), wanted->end(), name) == wanted->end();
    });
  }
  return names;
}

// Catalogs that cannot be reached have no rows here.
template <typename Visit>
Result<void> for_each_in_catalogs(StatementRun& run, const ColumnBounds& bounds, Visit visit) {
  const RelationBounds wanted{find_bound(bounds, 1), find_bound(bounds, 2)};
  const auto* named = find_bound(bounds, 0);
  for (const auto& catalog : catalog_names(run, named)) {
    auto walked = for_each_relation(
        run, catalog, wanted,
        [&](const std::string& schema, const std::string& name, const Relation& relation) {
          return visit(catalog, schema, name, relation);
        });
    if (!walked && (named != nullptr || walked.error().code == ErrorCode::Cancelled)) return walked;
  }
  return {};
}

ComputedTable catalogs(StatementRun& run) {
  ComputedTable table;
  table.columns = texts({"catalog_name", "connector_id", "connector_name", "state"});
  table.rows = [&run](const ColumnBounds&) -> Result<Rows> {
    Rows rows;
    for (const auto& name : catalog_names(run, nullptr)) {
      std::string connector = "system";
      if (name != "system") {
        auto handle = run.handle(name);
        connector = "unreachable";
        if (handle && *handle != nullptr) {
          static constexpr const char* kConnectors[] = {"iceberg", "postgresql", "tpch"};
          connector = kConnectors[(*handle)->index()];
        }
      }
      rows.push_back(
          {text_value(name), text_value(name), text_value(connector), text_value("operational")});
    }
    return rows;
  };
  return table;
}

ComputedTable table_comments(StatementRun& run) {
  ComputedTable table;
  table.columns = texts({"catalog_name", "schema_name", "table_name", "comment"});
  table.rows = [&run](const ColumnBounds& bounds) -> Result<Rows> {
    Rows rows;
    TRY(for_each_in_catalogs(run, bounds,
                             [&](const std::string& catalog, const std::string& schema,
                                 const std::string& name, const Relation& relation) {
                               rows.push_back({text_value(catalog), text_value(schema),
                                               text_value(name), optional_text(relation.comment)});
                               return ok();
                             }));
    return rows;
  };
  return table;
}

ComputedTable materialized_views(StatementRun& run) {
  ComputedTable table;
  table.columns = texts({"catalog_name", "schema_name", "name", "storage_catalog", "storage_schema",
                         "storage_table", "freshness"});
  table.columns.push_back({"last_fresh_time", types::make_timestamp_with_time_zone(3)});
  table.columns.push_back({"comment", varchar_type()});
  table.columns.push_back({"definition", varchar_type()});
  table.rows = [&run](const ColumnBounds& bounds) -> Result<Rows> {
    Rows rows;
    TRY(for_each_in_catalogs(
        run, bounds,
        [&](const std::string& catalog, const std::string& schema, const std::string& name,
            const Relation& relation) -> Result<void> {
          if (relation.kind != RelationKind::MaterializedView) return {};
          const MaterializedState state = TRY(materialized_state(run, {catalog, schema, name}));
          Value time;
          if (state.definition.is_refreshed && !state.is_fresh) {
            types::Timestamp stamp;
            stamp.micros = state.definition.refreshed_ms * 1'000;
            time = stamp;
          }
          rows.push_back({text_value(catalog), text_value(schema), text_value(name),
                          text_value(catalog), text_value(schema), text_value(name),
                          text_value(state.is_fresh ? "FRESH" : "STALE"), std::move(time),
                          text_value(state.definition.comment.value_or("")),
                          text_value(state.definition.view.sql)});
          return {};
        }));
    return rows;
  };
  return table;
}

ComputedTable property_table(StatementRun& run, const char* kind) {
  ComputedTable table;
  table.columns = texts({"catalog_name", "property_name", "default_value", "type", "description"});
  const std::string wanted = kind;
  table.rows = [&run, wanted](const ColumnBounds& bounds) -> Result<Rows> {
    Rows rows;
    for (const auto& catalog : catalog_names(run, find_bound(bounds, 0))) {
      auto handle = run.handle(catalog);
      if (!handle || *handle == nullptr || !std::holds_alternative<LakeCatalog>(**handle)) continue;
      for (const auto& property : lake_property_help()) {
        if (property.kind != wanted) continue;
        rows.push_back({text_value(catalog), text_value(std::string(property.name)),
                        text_value(std::string(property.fallback)),
                        text_value(std::string(property.type)),
                        text_value(std::string(property.description))});
      }
    }
    return rows;
  };
  return table;
}

ComputedTable nodes() {
  ComputedTable table;
  table.columns = texts({"node_id", "http_uri", "node_version"});
  table.columns.push_back({"coordinator", boolean_type()});
  table.columns.push_back({"state", varchar_type()});
  table.rows = [](const ColumnBounds&) -> Result<Rows> {
    return Rows{{text_value("tarn"), text_value(""), text_value(std::string(kEngineVersion)),
                 Value(true), text_value("active")}};
  };
  return table;
}

ComputedTable transactions() {
  ComputedTable table;
  table.columns = {{"transaction_id", varchar_type()},
                   {"isolation_level", varchar_type()},
                   {"read_only", boolean_type()},
                   {"auto_commit_context", boolean_type()},
                   {"create_time", types::make_timestamp_with_time_zone(3)},
                   {"idle_time_secs", bigint_type()},
                   {"written_catalog", varchar_type()},
                   {"catalogs", types::make_array(varchar_type())}};
  table.rows = [](const ColumnBounds&) { return Rows(); };
  return table;
}

ComputedTable queries(StatementRun& run) {
  const auto instant = types::make_timestamp_with_time_zone(3);
  ComputedTable table;
  table.columns = {{"query_id", varchar_type()},
                   {"state", varchar_type()},
                   {"user", varchar_type()},
                   {"source", varchar_type()},
                   {"query", varchar_type()},
                   {"resource_group_id", types::make_array(varchar_type())},
                   {"queued_time_ms", bigint_type()},
                   {"analysis_time_ms", bigint_type()},
                   {"planning_time_ms", bigint_type()},
                   {"created", instant},
                   {"started", instant},
                   {"last_heartbeat", instant},
                   {"end", instant},
                   {"error_type", varchar_type()},
                   {"error_code", varchar_type()}};
  table.rows = [&run](const ColumnBounds&) -> Result<Rows> {
    types::Timestamp start;
    start.micros = run.values().start_micros / 1'000 * 1'000;
    return Rows{{text_value(run.session().query_id), text_value("RUNNING"),
                 text_value(run.values().user), Value(), text_value(""),
                 Value(std::vector<Value>{}), Value(0), Value(0), Value(0), Value(start),
                 Value(start), Value(start), Value(), Value(), Value()}};
  };
  return table;
}

std::optional<ComputedTable> find_system_table(StatementRun& run, const std::string& schema,
                                               const std::string& name) {
  if (schema == "metadata") {
    if (name == "catalogs") return catalogs(run);
    if (name == "table_comments") return table_comments(run);
    if (name == "materialized_views") return materialized_views(run);
    if (name == "table_properties") return property_table(run, "table");
    if (name == "schema_properties") return property_table(run, "schema");
    if (name == "column_properties") return property_table(run, "column");
    if (name == "analyze_properties") return property_table(run, "analyze");
    if (name == "materialized_view_properties") return property_table(run, "materialized view");
  }
  if (schema == "runtime") {
    if (name == "nodes") return nodes();
    if (name == "transactions") return transactions();
    if (name == "queries") return queries(run);
  }
  if (schema == "jdbc") return find_jdbc_table(run, name);
  return std::nullopt;
}

std::vector<std::string> system_table_names(const std::string& schema) {
  if (schema == "metadata") {
    return {"analyze_properties", "catalogs",
            "column_properties",  "materialized_view_properties",
            "materialized_views", "schema_properties",
            "table_comments",     "table_properties"};
  }
  if (schema == "runtime") return {"nodes", "queries", "transactions"};
  if (schema == "jdbc") return jdbc_table_names();
  return {};
}

class SystemAccess final : public CatalogAccess {
 public:
  explicit SystemAccess(StatementRun& run) : run_(run) {}
  Result<std::vector<std::string>> list_schemas() override {
    return std::vector<std::string>{"jdbc", "metadata", "runtime"};
  }
  Result<bool> has_schema(const std::string& schema) override {
    return schema == "jdbc" || schema == "metadata" || schema == "runtime" || schema == "given";
  }
  Result<std::vector<ListedRelation>> list_relations(const std::string& schema) override {
    std::vector<ListedRelation> out;
    for (auto& name : system_table_names(schema)) out.push_back({std::move(name), {}});
    return out;
  }
  Result<RelationPtr> find(const analysis::TableId& id,
                           const std::optional<analysis::TableVersion>&) override {
    if (id.schema == "given") return find_given(id);
    auto table = find_system_table(run_, id.schema, id.table);
    if (!table) return RelationPtr();
    auto relation = std::make_shared<Relation>();
    relation->info = make_computed_info(run_.catalogs().instance(), id, *std::move(table));
    return RelationPtr(std::move(relation));
  }

 private:
  Result<RelationPtr> find_given(const analysis::TableId& id) {
    auto found = run_.session().given.find(id.table);
    if (found == run_.session().given.end()) return RelationPtr();
    auto relation = std::make_shared<Relation>();
    relation->info = make_given_info(run_.catalogs().instance(), id, found->second);
    return RelationPtr(std::move(relation));
  }

  StatementRun& run_;
};

}  // namespace

Result<std::vector<std::string>> show_catalogs(StatementRun& run) {
  return catalog_names(run, nullptr);
}

std::unique_ptr<CatalogAccess> make_system_access(StatementRun& run) {
  return std::make_unique<SystemAccess>(run);
}

}  // namespace tarn::engine
