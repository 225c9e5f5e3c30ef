// SPDX-License-Identifier: Apache-2.0
// The tables of the standard SQL catalog, as Java's JdbcCatalog and PyIceberg's SqlCatalog lay them
// out, and the statements over them, the same for SQLite and Postgres. `iceberg_type` is missing in
// databases of old programs (V0): then every row is a table.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/sql_connection.h"

namespace tarn::catalog {

enum class EntryKind { Table, View };

// Which columns the database has.
struct CatalogSchema {
  bool has_type = true;
};

enum class CatalogSetup {
  MustExist,        // a database without the catalog's tables is ErrorCode::NotFound
  CreateIfMissing,  // its tables are made
};

// Finds the catalog's tables or makes them. `add_type_column` turns V0 into V1.
Result<CatalogSchema> prepare_catalog_tables(SqlConnection& connection, CatalogSetup setup,
                                             bool add_type_column);

// All values of `catalog_name` in use, sorted.
Result<std::vector<std::string>> list_catalog_names(SqlConnection& connection);

// Each statement's parameters in order.
struct SqlStatements {
  explicit SqlStatements(const CatalogSchema& schema);

  // catalog, namespace, name → location, type
  std::string find_entry;
  // catalog, namespace → names in order
  std::string list_tables;
  std::string list_views;  // empty on V0
  // catalog, namespace, name, location
  std::string insert_table;
  std::string insert_view;  // empty on V0
  // new location, old location, catalog, namespace, name, old location
  std::string swap_table;
  std::string swap_view;
  // location, catalog, namespace, name, location: fails when it is no longer the present one
  std::string lock_table;
  // catalog, namespace, name, location
  std::string delete_table;
  std::string delete_view;
  // new namespace, new name, catalog, namespace, name
  std::string rename_table;
  std::string rename_view;
  // length of the prefix, prefix → rows with metadata below it, of any catalog
  std::string find_location;
  // catalog, namespace, catalog, its length with a dot, it with a dot, then the same again
  std::string namespace_exists;
  // catalog, length of the prefix, prefix → any entry in the namespaces below
  std::string list_namespaces;
  // catalog, namespace
  std::string count_entries;
  std::string load_properties;
  std::string delete_properties;
  // catalog, namespace, key
  std::string delete_property;
  // catalog, namespace, key, value
  std::string insert_property;
};

}  // namespace tarn::catalog
