// SPDX-License-Identifier: Apache-2.0
// Queries: analyzed, printed as typed SQL of DuckDB (sql_printer.h) and run; the rows come back as
// Trino's values while they are computed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/analyzer.h"
#include "base/cancel.h"
#include "base/result.h"
#include "duckdb/instance.h"
#include "engine/answer.h"
#include "engine/sql_printer.h"
#include "sql/tree/query.h"

namespace tarn::engine {

// REQUIRES: `connection` and `cancel` outlive the answer's rows, all others the call only. Tables
// of `lookup` carry a ScanSource (scan_source.h). Errors carry Trino's name and the place.
struct QueryContext {
  analysis::TableLookup& lookup;
  const analysis::AnalyzerOptions& options;
  const SessionValues& session;
  duckdb::Connection& connection;
  const Cancel* cancel = nullptr;
};

Result<Answer> run_query(const sql::Query& query, const QueryContext& context);

// The same for a query that is already analyzed.
Result<Answer> run_query(const analysis::TypedQuery& query, const QueryContext& context);

// The value of an expression without columns (properties, arguments of CALL, SET SESSION).
Result<types::Value> evaluate_constant(const analysis::TypedExpression& expression,
                                       const QueryContext& context);

}  // namespace tarn::engine
