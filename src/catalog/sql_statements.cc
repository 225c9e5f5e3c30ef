// SPDX-License-Identifier: Apache-2.0
#include "catalog/sql_statements.h"

#include <algorithm>

#include "catalog/sql_database.h"

namespace tarn::catalog {

namespace {

constexpr const char* kCreateTables =
    "CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace "
    "VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000), "
    "previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5), PRIMARY KEY "
    "(catalog_name, table_namespace, table_name))";
constexpr const char* kCreateNamespaceProperties =
    "CREATE TABLE iceberg_namespace_properties (catalog_name VARCHAR(255) NOT NULL, namespace "
    "VARCHAR(255) NOT NULL, property_key VARCHAR(255) NOT NULL, property_value VARCHAR(1000), "
    "PRIMARY KEY (catalog_name, namespace, property_key))";

// Runs DDL that another process may run at the same moment.
Result<void> create_once(SqlConnection& connection, const std::string& table,
                         const std::string& ddl) {
  auto made = run_sql(connection, ddl, {});
  if (made || TRY(connection.has_table(table))) return {};
  return std::move(made).error();
}

// Table rows and property rows in one list of namespaces: `(… iceberg_tables … $a UNION … $b …)`.
std::string each_namespace(const std::string& columns, const std::string& first_condition,
                           const std::string& second_condition, const std::string& combine) {
  return "SELECT " + columns +
         " FROM (SELECT catalog_name, table_namespace AS namespace FROM iceberg_tables) AS t "
         "WHERE " +
         first_condition + combine + "SELECT " + columns +
         " FROM iceberg_namespace_properties WHERE " + second_condition;
}

}  // namespace

Result<CatalogSchema> prepare_catalog_tables(SqlConnection& connection, CatalogSetup setup,
                                             bool add_type_column) {
  const bool has_tables = TRY(connection.has_table("iceberg_tables"));
  const bool has_properties = TRY(connection.has_table("iceberg_namespace_properties"));
  if (!(has_tables && has_properties) && setup == CatalogSetup::MustExist) {
    return not_found("the database holds no Iceberg catalog (table `{}` is missing)",
                     has_tables ? "iceberg_namespace_properties" : "iceberg_tables");
  }
  if (!has_tables) TRY(create_once(connection, "iceberg_tables", kCreateTables));
  if (!has_properties) {
    TRY(create_once(connection, "iceberg_namespace_properties", kCreateNamespaceProperties));
  }
  CatalogSchema schema;
  schema.has_type = TRY(connection.has_column("iceberg_tables", "iceberg_type"));
  if (!schema.has_type && add_type_column) {
    auto added =
        run_sql(connection, "ALTER TABLE iceberg_tables ADD COLUMN iceberg_type VARCHAR(5)", {});
    schema.has_type = TRY(connection.has_column("iceberg_tables", "iceberg_type"));
    if (!schema.has_type && !added) return std::move(added).error();
  }
  return schema;
}

Result<std::vector<std::string>> list_catalog_names(SqlConnection& connection) {
  const auto result =
      TRY(run_sql(connection,
                  "SELECT catalog_name FROM iceberg_tables UNION SELECT catalog_name FROM "
                  "iceberg_namespace_properties",
                  {}));
  std::vector<std::string> names;
  for (const auto& row : result.rows) names.push_back(row[0].value_or(""));
  std::sort(names.begin(), names.end());
  return names;
}

namespace {

// The key of a row, by parameters from `first` on.
std::string entry(int first) {
  return fmt::format("catalog_name = ${} AND table_namespace = ${} AND table_name = ${}", first,
                     first + 1, first + 2);
}

}  // namespace

SqlStatements::SqlStatements(const CatalogSchema& schema) {
  const bool typed = schema.has_type;
  const std::string tables =
      typed ? " AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)" : std::string();
  const std::string views = typed ? " AND iceberg_type = 'VIEW'" : " AND 1 = 0";
  const auto list = [](const std::string& filter) {
    return "SELECT table_name FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = "
           "$2" +
           filter + " ORDER BY table_name";
  };
  const auto insert = [typed](const std::string& type) {
    return fmt::format(
        "INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location, "
        "previous_metadata_location{}) VALUES ($1, $2, $3, $4, NULL{})",
        typed ? ", iceberg_type" : "", typed ? ", '" + type + "'" : "");
  };
  const auto swap = [](const std::string& filter) {
    return "UPDATE iceberg_tables SET metadata_location = $1, previous_metadata_location = $2 "
           "WHERE " +
           entry(3) + " AND metadata_location = $6" + filter;
  };
  const auto remove = [](const std::string& filter) {
    return "DELETE FROM iceberg_tables WHERE " + entry(1) + " AND metadata_location = $4" + filter;
  };
  const auto rename = [](const std::string& filter) {
    return "UPDATE iceberg_tables SET table_namespace = $1, table_name = $2 WHERE " + entry(3) +
           filter;
  };
  find_entry = fmt::format("SELECT metadata_location, {} FROM iceberg_tables WHERE {}",
                           typed ? "iceberg_type" : "NULL", entry(1));
  list_tables = list(tables);
  list_views = list(views);
  insert_table = insert("TABLE");
  insert_view = typed ? insert("VIEW") : std::string();
  swap_table = swap(tables);
  swap_view = swap(views);
  lock_table = "UPDATE iceberg_tables SET metadata_location = $1 WHERE " + entry(2) +
               " AND metadata_location = $5" + tables;
  delete_table = remove(tables);
  delete_view = remove(views);
  rename_table = rename(tables);
  rename_view = rename(views);
  find_location =
      "SELECT 1 FROM iceberg_tables WHERE substr(metadata_location, 1, CAST($1 AS INTEGER)) = $2 "
      "LIMIT 1";
  const auto in_or_below = [](int first) {
    return fmt::format(
        "catalog_name = ${} AND (namespace = ${} OR substr(namespace, 1, CAST(${} AS INTEGER)) = "
        "${})",
        first, first + 1, first + 2, first + 3);
  };
  namespace_exists =
      each_namespace("1", in_or_below(1), in_or_below(5), " UNION ALL ") + " LIMIT 1";
  const auto below = [](int first) {
    return fmt::format("catalog_name = ${} AND substr(namespace, 1, CAST(${} AS INTEGER)) = ${}",
                       first, first + 1, first + 2);
  };
  list_namespaces = each_namespace("namespace", below(1), below(4), " UNION ");
  count_entries =
      "SELECT count(*) FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = $2";
  const std::string properties = "iceberg_namespace_properties";
  const std::string space = " WHERE catalog_name = $1 AND namespace = $2";
  load_properties = "SELECT property_key, property_value FROM " + properties + space;
  delete_properties = "DELETE FROM " + properties + space;
  delete_property = delete_properties + " AND property_key = $3";
  insert_property = "INSERT INTO " + properties +
                    " (catalog_name, namespace, property_key, property_value) VALUES ($1, $2, $3, "
                    "$4)";
}

}  // namespace tarn::catalog
