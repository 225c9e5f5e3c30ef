// SPDX-License-Identifier: Apache-2.0
// Metrics of a data file for its manifest entry: from the statistics of DuckDB's Parquet writer,
// with what those lack (counts of NaN, offsets of row groups). Internal: shows DuckDB's types.
#pragma once

#include <duckdb/common/types/column/column_data_collection.hpp>

#include "duckdb/native.h"
#include "iceberg/data_file.h"
#include "iceberg/schema.h"
#include "iceberg/table_metadata.h"

namespace tarn::duckdb {

struct Leaf;

// All leaves of a schema with their metrics modes, which outlive the result.
std::vector<Leaf> find_leaves(const iceberg::Schema& schema,
                              const iceberg::TableMetadata& metadata);

// What is counted while rows pass: NaN by field id.
using RowGroupTally = iceberg::IdMap<std::int64_t>;
RowGroupTally tally_row_group(const std::vector<Leaf>& leaves, dk::ColumnDataCollection& rows);

struct FileTally {
  RowGroupTally nan_counts;
  std::int64_t rows = 0;
  std::vector<std::int64_t> offsets;  // where row groups begin

  void add(const RowGroupTally& row_group, std::int64_t row_count, std::uint64_t offset);
};

// Bytes of the file so far.
std::uint64_t written_bytes(const dk::CopyFunction& function, dk::FunctionData& bind_data,
                            dk::GlobalFunctionData& state);

// ErrorCode::InvalidInput names a required column that holds nulls.
Result<void> fill_metrics(iceberg::DataFile& data, const std::vector<Leaf>& leaves,
                          const dk::CopyFunctionFileStatistics& statistics, const FileTally& tally);

}  // namespace tarn::duckdb
