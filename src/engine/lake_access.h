// SPDX-License-Identifier: Apache-2.0
// Names of SQL and what they are in a lake: tables, views, materialized views, metadata tables.
// Internal to the engine.
#pragma once

#include <optional>
#include <string>

#include "engine/catalog_access.h"
#include "engine/session_state.h"
#include "iceberg/catalog.h"

namespace tarn::engine {

// `a.b` is the namespace with the levels a and b.
iceberg::Namespace namespace_of(const std::string& schema);
iceberg::TableIdentifier identifier_of(const analysis::TableId& id);

// What a name is in a lake. Names there may have upper-case letters: then the identifiers do.
struct LakeObject {
  RelationKind kind = RelationKind::Table;
  std::optional<iceberg::LoadedTable> table;  // tables and materialized views
  std::optional<iceberg::LoadedView> view;
};
// nullopt if there is none.
Result<std::optional<LakeObject>> find_lake_object(const LakeCatalog& catalog,
                                                   const analysis::TableId& id);

// The definition that a materialized view keeps beside its rows, in the table's properties.
struct MaterializedDefinition {
  analysis::ViewDefinition view;
  std::optional<std::string> comment;
  std::optional<std::int64_t> grace_period_ms;  // none: rows never get too old
  bool is_refreshed = false;
  std::string sources;  // what was read at the last refresh: JSON of table → snapshot
  std::int64_t refreshed_ms = 0;
};
inline constexpr std::string_view kMaterializedSql = "tarn.materialized-view.sql";
inline constexpr std::string_view kMaterializedCatalog = "tarn.materialized-view.catalog";
inline constexpr std::string_view kMaterializedSchema = "tarn.materialized-view.schema";
inline constexpr std::string_view kMaterializedGrace = "tarn.materialized-view.grace-period-ms";
inline constexpr std::string_view kMaterializedSources = "tarn.materialized-view.sources";
inline constexpr std::string_view kMaterializedTime = "tarn.materialized-view.refreshed-ms";
// nullopt for a plain table.
std::optional<MaterializedDefinition> materialized_definition(
    const iceberg::TableMetadata& metadata);

// The property that holds a table's comment.
inline constexpr const char* kCommentProperty = "comment";

// The target of a statement that changes a lake. CATALOG_NOT_FOUND; nullptr if the catalog is not a
// lake.
Result<const LakeCatalog*> find_lake(StatementRun& run, const std::string& catalog);

}  // namespace tarn::engine
