// SPDX-License-Identifier: Apache-2.0
// Writes rows of a table into Parquet data files: one open file per partition, row groups encoded
// in parallel by DuckDB's writer, files closed at the target size, metrics as manifests want them.
// Internal: shows DuckDB's types.
//
//   chunk ──by partition──> rows of the partition ──row group──> open file ──target size──>
//   DataFile
//
// Unsorted tables share the files between threads. Sorted tables get their rows in order of
// partition and sort keys; there each thread writes files of its own, so that each file is sorted.
#pragma once

#include <atomic>
#include <duckdb/common/types/column/column_data_collection.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/bound_result_modifier.hpp>
#include <unordered_map>

#include "duckdb/lake_state.h"
#include "duckdb/native.h"
#include "duckdb/work_counters.h"
#include "iceberg/metrics.h"
#include "iceberg/table_properties.h"

namespace tarn::duckdb {

// A primitive column, also inside of structs, lists and maps.
struct Leaf {
  const iceberg::Field* field = nullptr;
  std::string path;                 // as DuckDB's statistics name it: `"st"."a"`
  bool is_required = false;         // it and all above it
  std::vector<dk::idx_t> position;  // child indexes from the row down; empty below lists, maps
  std::optional<iceberg::MetricsMode> mode;
};

// How a table is written. Immutable, shared by all threads and executions.
struct WritePlan {
  std::shared_ptr<Lake> lake;
  iceberg::LoadedTable table;
  dk::vector<dk::LogicalType> types;
  dk::CopyFunction function;
  dk::unique_ptr<dk::FunctionData> bind_data;
  // One per partition field, over the columns of the table.
  dk::vector<dk::unique_ptr<dk::Expression>> partition_expressions;
  dk::vector<dk::LogicalType> partition_types;
  std::vector<iceberg::Type> partition_value_types;
  std::vector<Leaf> leaves;
  bool is_sorted = false;
  std::uint64_t target_file_bytes = 0;
  std::uint64_t row_group_bytes = 0;
  std::string data_folder;

  WritePlan() : function("") {}
  const iceberg::TableMetadata& metadata() const { return *table.metadata; }
};

// Whether the rows come in the order of partition and sort keys.
enum class RowOrder { Any, Sorted };
Result<std::shared_ptr<const WritePlan>> make_write_plan(dk::ClientContext& context,
                                                         std::shared_ptr<Lake> lake,
                                                         iceberg::LoadedTable table,
                                                         RowOrder order);
// The order that the table wants its rows in: partition, then its sort order. Empty if it has none.
// Over rows of the table's columns.
Result<dk::vector<dk::BoundOrderByNode>> table_order(const iceberg::TableMetadata& metadata);

// One statement's writing. All functions throw DuckDB's exceptions.
class DataWriter {
 public:
  struct OpenFile;
  struct Partition;
  // One per thread.
  struct Local {
    explicit Local(dk::ClientContext& context) : executor(context) {}
    ~Local();
    dk::ExpressionExecutor executor;
    dk::DataChunk keys;    // partition values
    dk::DataChunk slice;   // rows of one partition
    std::string last_key;  // partition of the row before
    std::shared_ptr<Partition> last;
    std::unordered_map<std::string, std::shared_ptr<Partition>> known;
    std::unordered_map<Partition*, dk::SelectionVector> selections;
  };

  // `write_id` is part of the name of every file; if it is an intent's, that is kept alive.
  DataWriter(dk::ClientContext& context, std::shared_ptr<const WritePlan> plan,
             std::string write_id);
  // Removes the files unless finish() gave them away.
  ~DataWriter();
  DataWriter(const DataWriter&) = delete;
  DataWriter& operator=(const DataWriter&) = delete;

  std::unique_ptr<Local> make_local();
  // `chunk` holds the columns of the table.
  void sink(Local& local, dk::DataChunk& chunk);
  void combine(Local& local);
  // After the last combine(): closes all files.
  std::vector<iceberg::DataFile> finish();
  std::int64_t row_count() const { return rows_.load(); }

 private:
  using Rows = dk::unique_ptr<dk::ColumnDataCollection>;

  std::shared_ptr<Partition> find_partition(Local& local, const std::string& key, dk::idx_t row);
  void route(Local& local, dk::DataChunk& chunk);
  void append(Partition& partition, dk::DataChunk& rows);
  void flush_largest();
  void write_row_group(Partition& partition, Rows rows);
  std::shared_ptr<OpenFile> acquire_file(Partition& partition);
  void release_file(Partition& partition, const std::shared_ptr<OpenFile>& file);
  void flush_and_close(Partition& partition);
  // No more rows will come for it.
  void complete(std::shared_ptr<Partition> partition);
  void close_file(Partition& partition, OpenFile& file);
  iceberg::DataFile describe_file(const Partition& partition, OpenFile& file) const;
  void check_interrupt() const;
  void keep_intent_alive();

  dk::ClientContext& context_;
  std::shared_ptr<const WritePlan> plan_;
  std::string write_id_;
  std::shared_ptr<WorkCounters> counters_;
  std::uint64_t buffer_budget_;
  dk::idx_t flush_rows_min_ = 1;  // what flush_largest() looks for
  std::mutex mutex_;              // guards the next five
  std::unordered_map<std::string, std::shared_ptr<Partition>> partitions_;
  std::vector<std::shared_ptr<Partition>> completed_;  // of a sorted table
  std::vector<std::string> created_;
  std::vector<iceberg::DataFile> finished_;
  std::set<std::string> folders_;
  std::atomic<std::uint64_t> buffered_bytes_{0};
  std::atomic<std::int64_t> open_files_{0};
  std::atomic<std::int64_t> rows_{0};
  std::atomic<int> next_file_{0};
  std::atomic<std::int64_t> next_heartbeat_micros_{0};
  bool given_away_ = false;
};

}  // namespace tarn::duckdb
