// SPDX-License-Identifier: Apache-2.0
// The catalogs that statements can name. Opened at first use; implemented where tarn.yml is known.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "catalog/sql_catalog.h"
#include "duckdb/instance.h"
#include "engine/postgres_pool.h"
#include "iceberg/write_intent.h"
#include "postgres/column_policies.h"
#include "postgres/connection.h"
#include "storage/store.h"

namespace tarn::engine {

// A catalog of type iceberg. It is attached to the engine's instance under `name` when it is first
// handed out.
struct LakeCatalog {
  std::string name;
  std::string warehouse;
  std::shared_ptr<storage::Store> store;
  std::shared_ptr<catalog::SqlCatalog> catalog;
  std::shared_ptr<iceberg::WriteIntents> intents;
};

// A Postgres database.
struct PostgresCatalog {
  std::string name;
  postgres::ConnectionOptions options;
  postgres::SourcePolicies policies;  // what becomes of values that have no place in SQL here
  std::shared_ptr<PostgresPool> pool = std::make_shared<PostgresPool>();
};

// Sample data, made by DuckDB's tpch extension or read from a folder of Parquet files
// (`<table>.parquet`, one schema `tiny`).
struct TpchCatalog {
  std::string name;
  std::string folder;  // "": generated
};

using CatalogHandle = std::variant<LakeCatalog, PostgresCatalog, TpchCatalog>;

// Thread-safe.
class CatalogSet {
 public:
  virtual ~CatalogSet() = default;
  // In the order of SHOW CATALOGS; lower case.
  virtual std::vector<std::string> names() const = 0;
  // ErrorCode::NotFound (CATALOG_NOT_FOUND) if there is none of that name; errors of a connection
  // as they are. The handle lives as long as the set.
  virtual Result<const CatalogHandle*> find(std::string_view name) = 0;
  virtual duckdb::Instance& instance() = 0;
};

}  // namespace tarn::engine
