// SPDX-License-Identifier: Apache-2.0
// What a statement sees of one Postgres database. Internal to the engine.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog_access.h"
#include "engine/postgres_snapshot.h"
#include "engine/postgres_table.h"

namespace tarn::engine {

class PostgresAccess final : public CatalogAccess {
 public:
  PostgresAccess(StatementRun& run, const PostgresCatalog& catalog)
      : run_(run), catalog_(catalog) {}

  Result<std::vector<std::string>> list_schemas() override;
  Result<bool> has_schema(const std::string& schema) override;
  Result<std::vector<ListedRelation>> list_relations(const std::string& schema) override;
  Result<RelationPtr> find(const analysis::TableId& id,
                           const std::optional<analysis::TableVersion>& version) override;

  // The snapshot that all reads of the statement share; opened at first use.
  Result<std::shared_ptr<PostgresSnapshot>> snapshot();
  // nullptr if there is none. Names that differ in case only are one name, if that is unique.
  Result<std::shared_ptr<const PostgresTable>> find_table(const std::string& schema,
                                                          const std::string& table);
  // The server's name of a schema, or nullopt.
  Result<std::optional<std::string>> server_schema(const std::string& schema);
  const PostgresCatalog& catalog() const { return catalog_; }

 private:
  Result<const postgres::TypeTable*> type_table();
  Result<const PostgresPolicies*> policies();
  PostgresPush push() const;
  std::string policy_path() const { return "catalogs." + catalog_.name; }
  // TABLE(system.query(query => 'text')).
  Result<RelationPtr> find_query(const analysis::TableId& id);

  StatementRun& run_;
  const PostgresCatalog& catalog_;
  std::shared_ptr<PostgresSnapshot> snapshot_;
  std::optional<std::vector<std::string>> schemas_;  // as the server has them
  std::optional<postgres::TypeTable> types_;
  std::optional<PostgresPolicies> policies_;
};

}  // namespace tarn::engine
