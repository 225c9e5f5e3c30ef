// SPDX-License-Identifier: Apache-2.0
// Decodes the stream of `COPY … TO STDOUT (FORMAT binary)` into batches of columns. Takes the bytes
// in chunks of any size and cut. Not thread-safe; one decoder for one stream.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "postgres/column_plan.h"
#include "postgres/field_decoder.h"
#include "postgres/row_batch.h"

namespace tarn::postgres {

struct CopyLimits {
  std::size_t batch_rows_max = 2048;
  // A batch also ends when its long texts have this many bytes. One row may go beyond.
  std::size_t batch_bytes_max = 64ULL << 20;
  // Larger rows are ErrorCode::Corrupt: the server sends fields of up to 1 GB.
  std::size_t row_bytes_max = 2ULL << 30;
};

class CopyDecoder {
 public:
  explicit CopyDecoder(std::vector<ColumnPlan> columns, CopyLimits limits = {});

  // An empty batch for these columns.
  RowBatch make_batch() const;

  // Appends rows to the batch until it is full or the chunk is used up, and gives the number of
  // bytes used: call again with the rest. What is left of a cut row is kept inside. After an error
  // the stream and the batch are of no use; the message names column and row.
  Result<std::size_t> decode(std::string_view chunk, RowBatch& batch);

  bool is_full(const RowBatch& batch) const {
    return batch.row_count >= limits_.batch_rows_max ||
           batch.heap.bytes_used() >= limits_.batch_bytes_max;
  }

  // Call when the stream has ended. ErrorCode::Corrupt if it ended too early.
  Result<void> finish() const;

  std::span<const ColumnPlan> columns() const { return columns_; }
  std::uint64_t row_count() const { return row_count_; }
  // Of one column, including those inside of lists and structs.
  const LossCounts& losses(std::size_t column) const { return contexts_[column].counts; }

 private:
  enum class State { Header, Rows, Done };

  // How much of a row (or header) is there.
  struct RowScan {
    std::size_t fields_seen = 0;
    std::size_t size = 0;  // bytes known to belong to it
    bool has_count = false;
    bool is_trailer = false;
  };
  enum class ScanResult { Complete, Incomplete, Bad };

  struct Field {
    std::size_t offset = 0;
    std::int32_t length = 0;
  };

  ScanResult scan_row(std::string_view data, RowScan& scan);
  Error describe_bad_row(std::string_view data, const RowScan& scan) const;
  Result<std::size_t> decode_header(std::string_view chunk);
  Result<std::size_t> decode_cut_row(std::string_view chunk, RowBatch& batch);
  // The row whose fields were scanned. On false the column's context has the error.
  bool decode_row(const char* data, RowBatch& batch);
  Error take_error();

  std::vector<ColumnPlan> columns_;
  CopyLimits limits_;
  std::vector<FieldContext> contexts_;
  std::vector<Field> fields_;  // of the row being scanned
  State state_ = State::Header;
  std::string carry_;  // the beginning of a cut row
  RowScan carry_scan_;
  std::uint64_t row_count_ = 0;
};

}  // namespace tarn::postgres
