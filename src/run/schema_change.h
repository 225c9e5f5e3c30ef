// SPDX-License-Identifier: Apache-2.0
// Columns of a query against columns of the table that it feeds: what is new, gone or of another
// type, and the statements that bring the table in line. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/adapter.h"

namespace tarn::run {

enum class OnSchemaChange { Ignore, Fail, AppendNewColumns, SyncAllColumns };
// nullopt for other words.
std::optional<OnSchemaChange> parse_on_schema_change(std::string_view text);

struct TypeChange {
  std::string name;
  std::string from;
  std::string to;
};

struct SchemaChange {
  std::vector<project::ColumnInfo> added;    // in the query only
  std::vector<project::ColumnInfo> removed;  // in the table only
  std::vector<TypeChange> retyped;           // the query's type does not fit into the table's
  bool empty() const { return added.empty() && removed.empty() && retyped.empty(); }
};

// Names compare without letter case. A type counts as changed if its values could not all be stored
// in the table's column: `bigint` for `integer`, not `varchar(3)` for `varchar`.
SchemaChange compare_columns(const std::vector<project::ColumnInfo>& query,
                             const std::vector<project::ColumnInfo>& table);

// The type that a lake keeps for a column of this type: `varchar(3)` is stored as `varchar`.
std::string stored_type_text(const std::string& type);

// Iceberg can change the column in place: integer to bigint, real to double, a longer decimal.
bool can_widen(const std::string& from, const std::string& to);

// `alter table t add column "c" bigint`, one statement each.
std::vector<std::string> add_column_statements(const std::string& table,
                                               const std::vector<project::ColumnInfo>& columns);
std::vector<std::string> drop_column_statements(const std::string& table,
                                                const std::vector<project::ColumnInfo>& columns);
std::vector<std::string> widen_column_statements(const std::string& table,
                                                 const std::vector<TypeChange>& changes);

// The message of `on_schema_change: fail`, as dbt words it.
std::string out_of_sync_message(const SchemaChange& change);

}  // namespace tarn::run
