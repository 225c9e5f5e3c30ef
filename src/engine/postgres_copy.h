// SPDX-License-Identifier: Apache-2.0
// The rows of a query of Postgres, or of pieces of a table, for the engine: each piece a binary
// COPY, read by as many connections as the engine has threads. May be scanned several times.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "duckdb/row_source.h"
#include "engine/postgres_snapshot.h"
#include "postgres/column_plan.h"

namespace tarn::engine {

struct PostgresRows {
  std::vector<postgres::ColumnPlan> columns;
  // Queries that give these columns; together they are the rows.
  std::vector<std::string> queries;
  std::int64_t row_estimate = 1'000;
  std::size_t readers_max = 1;
};

std::shared_ptr<duckdb::RowSource> make_postgres_source(std::shared_ptr<PostgresSnapshot> snapshot,
                                                        PostgresRows rows);

}  // namespace tarn::engine
