// SPDX-License-Identifier: Apache-2.0
// What the statements of a connection have done so far, for those who watch. Shows no DuckDB type.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "duckdb/instance.h"

namespace tarn::duckdb {

// Grow only; the statement that runs is included. Any thread may read.
struct WorkCounters {
  std::atomic<std::int64_t> rows_read{0};  // of lakes and given sources, behind pushed filters
  std::atomic<std::int64_t> rows_written{0};
  std::atomic<std::int64_t> files_written{0};
  std::atomic<std::int64_t> bytes_written{0};
};

// May outlive the connection.
std::shared_ptr<const WorkCounters> work_counters(Connection& connection);

}  // namespace tarn::duckdb
