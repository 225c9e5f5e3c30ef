// SPDX-License-Identifier: Apache-2.0
// The rows of one source table for the engine: ranges of pages, read by as many connections as the
// engine has threads, each through a binary COPY.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "duckdb/row_source.h"
#include "migrate/plan.h"
#include "migrate/source_snapshot.h"
#include "postgres/copy_decoder.h"

namespace tarn::migrate {

// One COPY.
struct Chunk {
  std::string from_and_where;  // `FROM ONLY "s"."t" WHERE …`
  std::uint64_t bytes = 0;     // about
};

// Pieces of at most about 64 MB, or one for each leaf that cannot be cut; fewer than `jobs` only if
// the table is small. In the order of leaves and pages, so that rows that were stored together stay
// so.
std::vector<Chunk> make_chunks(const SourceTable& table, const std::string& where, int jobs);

struct CopyProgress {
  std::atomic<std::int64_t> rows{0};
  std::atomic<std::uint64_t> bytes{0};  // of COPY
};

// What the policies did, by column.
using ColumnLosses = std::vector<postgres::LossCounts>;

class CopySource final : public duckdb::RowSource {
 public:
  // `snapshot`, `plan` and `progress` must outlive it.
  CopySource(SourceSnapshot& snapshot, const TablePlan& plan, int jobs, CopyProgress& progress);

  std::span<const postgres::ColumnPlan> columns() const override { return plan_.columns; }
  std::size_t readers_max() const override;
  std::int64_t row_estimate() const override;
  Result<std::unique_ptr<duckdb::RowReader>> open_reader() override;

  // After the last row.
  ColumnLosses losses() const;

 private:
  class Reader;

  // nullptr when all are taken.
  const Chunk* next_chunk();
  void add_losses(const postgres::CopyDecoder& decoder);

  SourceSnapshot& snapshot_;
  const TablePlan& plan_;
  CopyProgress& progress_;
  int jobs_;
  std::vector<Chunk> chunks_;
  std::string select_list_;
  std::atomic<std::size_t> next_{0};
  mutable std::mutex mutex_;
  ColumnLosses losses_;
};

}  // namespace tarn::migrate
