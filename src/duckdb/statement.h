// SPDX-License-Identifier: Apache-2.0
// Running SQL on a connection, for the forms in which answers are given. Internal: shows DuckDB's
// types.
#pragma once

#include <string>

#include "base/cancel.h"
#include "duckdb/native.h"

namespace tarn::duckdb {

enum class Delivery { Materialized, Streamed };

// Runs all statements of `sql`; the answer of the last one, nullptr if there is none. `cancel` is
// looked at between statements: somebody else (CancelWatch) interrupts them.
Result<dk::unique_ptr<dk::QueryResult>> run_statements(Connection& connection,
                                                       const std::string& sql, const Cancel* cancel,
                                                       Delivery delivery);

}  // namespace tarn::duckdb
