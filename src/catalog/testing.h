// SPDX-License-Identifier: Apache-2.0
// A SQL catalog in a folder of its own, over SQLite or Postgres. Include in tests only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/temp_folder.h"
#include "base/testing.h"
#include "catalog/sql_catalog.h"
#include "postgres/testing.h"
#include "storage/local_store.h"

namespace tarn::catalog {

inline iceberg::TableIdentifier table_name(const std::string& space, const std::string& name) {
  iceberg::TableIdentifier table{{}, name};
  for (const auto level : split(space, '.')) table.space.levels.emplace_back(level);
  return table;
}

inline iceberg::Namespace space_name(const std::string& name) { return table_name(name, "").space; }

inline iceberg::TableCreation two_columns() {
  iceberg::TableCreation creation;
  creation.schema.fields = {iceberg::required_field(1, "id", iceberg::TypeKind::Long),
                            iceberg::optional_field(2, "name", iceberg::TypeKind::String)};
  return creation;
}

enum class Backend { Sqlite, Postgres };

class Lab {
 public:
  explicit Lab(Backend backend) {
    if (backend == Backend::Postgres) database_.emplace();
    store_ = std::make_shared<storage::LocalStore>(Durability::Fast);
  }

  std::string root() const { return folder_.path(); }
  std::string warehouse() const { return "file://" + folder_.path() + "/warehouse"; }
  // Of the catalog's database: a path, or a URL.
  std::string target() const { return database_ ? database_->url() : folder_.file("catalog.db"); }
  SqlConnector connector() const {
    if (database_) return postgres_connector({.target = target()});
    return sqlite_connector(target());
  }
  const std::shared_ptr<storage::Store>& store() const { return store_; }
  void set_store(std::shared_ptr<storage::Store> store) { store_ = std::move(store); }

  SqlCatalogOptions options() const {
    return {.name = "lake", .warehouse = warehouse(), .setup = CatalogSetup::CreateIfMissing};
  }
  // Another catalog object over the same lake, as another process has it.
  std::unique_ptr<SqlCatalog> open() const { return open(connector(), options()); }
  std::unique_ptr<SqlCatalog> open(SqlConnector connector, SqlCatalogOptions options) const {
    return CHECK_OK(SqlCatalog::open(std::move(connector), store_, std::move(options)));
  }
  // Straight to the database.
  std::vector<std::vector<SqlValue>> sql(const std::string& statement) const {
    auto connection = CHECK_OK(connector().connect());
    return CHECK_OK(connection->run(statement, {})).rows;
  }
  std::size_t count_files() const { return CHECK_OK(store_->list_all(warehouse())).size(); }

 private:
  TempFolder folder_;
  std::optional<postgres::TestDatabase> database_;
  std::shared_ptr<storage::Store> store_;
};

// Runs `body` with a lab of each kind of database that there is.
template <typename Body>
void on_each_backend(Body body) {
  {
    INFO("on SQLite");
    Lab lab(Backend::Sqlite);
    body(lab);
  }
  if (postgres::TestServer::url().empty()) return;
  INFO("on Postgres");
  Lab lab(Backend::Postgres);
  body(lab);
}

}  // namespace tarn::catalog
