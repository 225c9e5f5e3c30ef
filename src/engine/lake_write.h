// SPDX-License-Identifier: Apache-2.0
// What the statements that write rows into a lake share. Internal to the engine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/lake_access.h"
#include "engine/session_state.h"
#include "engine/table_properties.h"

namespace tarn::engine {

// NOT_SUPPORTED for tables whose new files must be ORC or Avro.
Result<void> check_writable_format(const std::string& format);

// The target of a statement that changes rows.
struct WriteTarget {
  const LakeCatalog* lake = nullptr;
  analysis::TableId id;
  iceberg::LoadedTable table;  // as the transaction sees it
  std::string name;            // `"lake"."s"."t"`
};
// Checks that it is a table (`doing`: `Inserting into`), that the transaction may write, and pins
// it. TABLE_NOT_FOUND and such.
Result<WriteTarget> open_target(StatementRun& run, const sql::QualifiedName& name,
                                std::string_view doing, std::string_view verb);

// A SELECT whose columns are those of `schema`, in order, as a lake stores them; a null in a column
// that must have a value is CONSTRAINT_VIOLATION. `columns[i]` is the field of output i; fields
// that are not among them are null.
Result<std::string> print_stored_rows(StatementRun& run, analysis::TypedQuery query,
                                      const iceberg::Schema& schema,
                                      const std::vector<std::int32_t>& columns);
// `INSERT INTO name (columns) rows`.
std::string insert_text(const std::string& name, const iceberg::Schema& schema,
                        const std::string& rows);
std::string quoted_table(const LakeCatalog& lake, const iceberg::TableIdentifier& table);

// A text for a value that must not be null, else `error_name`.
std::string not_null_text(const std::string& value, std::string_view error_name,
                          const std::string& column);

// Runs a printed statement that writes; how many rows. Errors have Trino's names.
Result<std::int64_t> execute_write(StatementRun& run, const std::string& sql);
// Ends the statement's transaction: what a commit says has Trino's names.
Result<void> commit_write(StatementRun& run);

// For LIKE … INCLUDING PROPERTIES.
std::vector<GivenProperty> like_properties(const iceberg::TableMetadata& metadata);

}  // namespace tarn::engine
