// SPDX-License-Identifier: Apache-2.0
// What a session does with an attached lake beside SQL: which state of a table its statements see,
// and changes that need no scan. REQUIRES for all: BEGIN was executed on the connection. Shows no
// DuckDB type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "duckdb/instance.h"
#include "iceberg/catalog.h"
#include "iceberg/expression.h"

namespace tarn::duckdb {

// The transaction sees this state of the table. If it knows the table already, it keeps what it
// knows. Returns the state that counts.
Result<iceberg::LoadedTable> pin_table(Connection& connection, const std::string& lake,
                                       iceberg::LoadedTable table);

// Deletes the rows that match `filter` (bound to the table's schema) without reading them, if by
// partitions and bounds every file matches as a whole or not at all: how many rows that were.
// nullopt, and nothing is done, if rows have to be looked at. The table must be pinned.
Result<std::optional<std::int64_t>> delete_whole_files(Connection& connection,
                                                       const std::string& lake,
                                                       const iceberg::TableIdentifier& table,
                                                       const iceberg::Expression& filter);

}  // namespace tarn::duckdb
