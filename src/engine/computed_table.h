// SPDX-License-Identifier: Apache-2.0
// A small table whose rows are computed here: metadata tables, information_schema, the system
// catalog, the answers of SHOW.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/table_lookup.h"
#include "base/result.h"
#include "duckdb/instance.h"
#include "engine/answer.h"
#include "engine/scan_source.h"

namespace tarn::engine {

// A bound that the query sets on a text column: it equals one of these values. Only a help: the
// query's own condition is applied again.
struct ColumnBound {
  std::size_t column = 0;
  std::vector<std::string> values;
};
using ColumnBounds = std::vector<ColumnBound>;
// The values that a column is bound to; nullptr if it is not.
const std::vector<std::string>* find_bound(const ColumnBounds& bounds, std::size_t column);

struct ComputedTable {
  std::vector<AnswerColumn> columns;
  std::size_t hidden_last = 0;  // so many at the end are no part of `*`
  // Called when the table is scanned.
  std::function<Result<std::vector<Row>>(const ColumnBounds&)> rows;
};

// Rows as a table in the text of a statement, with the columns c0, c1, …: `tarn_values(17)`.
Result<std::string> values_text(duckdb::Instance& instance,
                                const std::vector<AnswerColumn>& columns, std::vector<Row> rows,
                                KeepAlive& alive);

// As a table that the analyzer can find.
analysis::TableInfoPtr make_computed_info(duckdb::Instance& instance, analysis::TableId id,
                                          ComputedTable table);

// What a condition over a scan says of its text columns.
ColumnBounds bounds_of(const ScanRequest& request);

// An answer of rows that are there already.
Answer make_answer(std::vector<AnswerColumn> columns, std::vector<Row> rows);
// A statement that has an effect and no rows.
Answer make_update(std::string update_type);
Answer make_update(std::string update_type, std::int64_t count);

// Types that these tables use most.
types::Type varchar_type();
types::Type bigint_type();
types::Type integer_type();
types::Type boolean_type();
types::Value text_value(std::string text);
// Empty optional: NULL.
types::Value optional_text(const std::optional<std::string>& text);

}  // namespace tarn::engine
