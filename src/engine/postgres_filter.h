// SPDX-License-Identifier: Apache-2.0
// Conditions of a query as SQL of Postgres: those parts that hold there for all rows for which they
// hold in Trino. The query's own condition is applied again, so that a row too many does no harm.
// Pure.
#pragma once

#include <functional>
#include <string>

#include "analysis/typed_tree.h"
#include "engine/postgres_column.h"
#include "types/time_zone.h"

namespace tarn::engine {

// The column of the table, or nullptr for one of another origin.
using FindPostgresColumn = std::function<const PostgresColumn*(analysis::ColumnId)>;

// "" if nothing of it can be told.
std::string to_postgres_filter(const analysis::TypedExpression& condition,
                               const FindPostgresColumn& find);

}  // namespace tarn::engine
