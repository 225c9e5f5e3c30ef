// SPDX-License-Identifier: Apache-2.0
// What one statement sees of one catalog: schemas, relations, tables to read. One implementation
// for each type of catalog; they live as long as the statement and are used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/table_lookup.h"
#include "base/result.h"
#include "engine/catalog_set.h"

namespace tarn::engine {

class StatementRun;

enum class RelationKind { Table, View, MaterializedView };
// `table`, `view`, `materialized view`.
std::string_view to_string(RelationKind kind);

struct ListedRelation {
  std::string name;  // lower case
  RelationKind kind = RelationKind::Table;
};

// A relation with what SHOW and information_schema tell of it.
struct Relation {
  RelationKind kind = RelationKind::Table;
  analysis::TableInfoPtr info;
  std::optional<std::string> comment;
  // One for each column of `info`, or empty: none has one.
  std::vector<std::optional<std::string>> column_comments;
};
using RelationPtr = std::shared_ptr<const Relation>;

class CatalogAccess {
 public:
  virtual ~CatalogAccess() = default;
  // Lower case, sorted; without information_schema.
  virtual Result<std::vector<std::string>> list_schemas() = 0;
  virtual Result<bool> has_schema(const std::string& schema) = 0;
  // Sorted by name. A schema that is not there has none.
  virtual Result<std::vector<ListedRelation>> list_relations(const std::string& schema) = 0;
  // nullptr if there is none. Pins what it finds for the statement. `"t$files"` is a table, too.
  virtual Result<RelationPtr> find(const analysis::TableId& id,
                                   const std::optional<analysis::TableVersion>& version) = 0;
};

// REQUIRES: `run` and the catalog outlive the result.
std::unique_ptr<CatalogAccess> make_lake_access(StatementRun& run, const LakeCatalog& catalog);
std::unique_ptr<CatalogAccess> make_tpch_access(StatementRun& run, const TpchCatalog& catalog);
std::unique_ptr<CatalogAccess> make_system_access(StatementRun& run);
// In postgres_*.cc.
std::unique_ptr<CatalogAccess> make_postgres_access(StatementRun& run,
                                                    const PostgresCatalog& catalog);

// The tables of `information_schema` of any catalog; nullptr for other names.
RelationPtr find_information_table(StatementRun& run, const analysis::TableId& id);
std::vector<std::string> information_table_names();

}  // namespace tarn::engine
