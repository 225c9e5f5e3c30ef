// SPDX-License-Identifier: Apache-2.0
// Conditions of a query as SQL of Postgres: those parts that hold there for all rows for which they
// hold in Trino. The query's own condition is applied again, so that a row too many does no harm.
// Pure.
#pragma once

#include <functional>
#include <optional>
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

// All of the condition, for the same rows as in Trino, so that nobody need apply it again; nullopt
// if it cannot be told so.
std::optional<std::string> to_exact_postgres_filter(const analysis::TypedExpression& condition,
                                                    const FindPostgresColumn& find);

// The column's values as they are in SQL here, also for ORDER BY, GROUP BY, min and max: of texts
// the bytes count. nullopt if the server has no such form: other order, other equality, or values
// that a policy changes.
std::optional<std::string> exact_postgres_value(const PostgresColumn& column);

// The column below casts that keep every value and its order; nullptr if there is none.
const analysis::TypedExpression* column_below_casts(const analysis::TypedExpression& node);

}  // namespace tarn::engine
