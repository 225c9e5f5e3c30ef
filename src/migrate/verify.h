// SPDX-License-Identifier: Apache-2.0
// Compares what was copied with the source, column by column, by sums that both sides compute
// themselves: rows, values that are not null, and a checksum that does not depend on the order. The
// copy's decoder has no part in it.
//
// Each value becomes a text that both engines write alike, or its bits where their texts differ;
// 60 bits of the MD5 of that are summed up. Policies are applied on the source's side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "duckdb/instance.h"
#include "migrate/copy_source.h"

namespace tarn::migrate {

// SQL of the two sides that gives the common text of a value, null for null.
struct CommonText {
  std::string source;
  std::string lake;
};
CommonText common_text(const postgres::ColumnPlan& plan, const std::string& source_value,
                       const std::string& lake_value);

struct ColumnSum {
  std::int64_t values = 0;  // not null
  Int128 checksum = 0;

  bool operator==(const ColumnSum&) const = default;
};
struct TableSums {
  std::int64_t rows = 0;
  std::vector<ColumnSum> columns;

  bool operator==(const TableSums&) const = default;
};

// Read by `jobs` connections.
Result<TableSums> sum_source(SourceSnapshot& snapshot, const TablePlan& plan, int jobs);
// `table` is quoted SQL.
Result<TableSums> sum_lake(duckdb::Connection& connection, const std::string& table,
                           const TablePlan& plan, const Cancel& cancel);

// What `after` has more than `before`.
TableSums difference(const TableSums& after, const TableSums& before);
// Corrupt, with the first column that differs and how.
Result<void> compare_sums(const TableSums& source, const TableSums& lake, const TablePlan& plan);

}  // namespace tarn::migrate
