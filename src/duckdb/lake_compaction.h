// SPDX-License-Identifier: Apache-2.0
// Compaction of a table in an attached lake: small files, files with deleted rows and files of
// older layouts become few files of the present one, with the same rows. Shows no DuckDB type.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "duckdb/instance.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/expression.h"

namespace tarn::duckdb {

struct CompactionOptions {
  // Files from this size on stay, if no row of theirs is deleted.
  std::int64_t small_file_bytes = std::int64_t{100} << 20;
  // Bound to the table's schema. Only files in which every row matches; one in which only some may
  // match is ErrorCode::Unsupported.
  iceberg::Expression filter;
};

struct CompactionReport {
  std::size_t files_before = 0;  // that were rewritten
  std::size_t files_after = 0;
};

// One commit with `environment`, or none if there is nothing to do. `lake` is the attached name.
Result<CompactionReport> compact_table(Instance& instance, const std::string& lake,
                                       const iceberg::CommitEnvironment& environment,
                                       const iceberg::LoadedTable& table,
                                       const CompactionOptions& options);

}  // namespace tarn::duckdb
