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

// Names what the rows are of, for errors of values that their columns cannot hold.
struct PostgresOrigin {
  std::string table;        // `public.orders`; "": a query
  std::string policy_path;  // where tarn.yml has its policies: `catalogs.shop`
};

struct PostgresRows {
  std::vector<postgres::ColumnPlan> columns;
  // Queries that give these columns; together they are the rows.
  std::vector<std::string> queries;
  std::int64_t row_estimate = 1'000;
  std::size_t readers_max = 1;
  PostgresOrigin origin;
};

std::shared_ptr<duckdb::RowSource> make_postgres_source(std::shared_ptr<PostgresSnapshot> snapshot,
                                                        PostgresRows rows);

}  // namespace tarn::engine
