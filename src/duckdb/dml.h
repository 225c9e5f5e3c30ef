// SPDX-License-Identifier: Apache-2.0
// The one write operator behind INSERT, CREATE TABLE AS, DELETE, UPDATE and each action of MERGE:
// rows go to the data writer, positions of deleted rows are collected, and the transaction gets
// both at the end. Internal: shows DuckDB's types.
#pragma once

#include "duckdb/data_writer.h"
#include "duckdb/lake_catalog.h"
#include "duckdb/native.h"

namespace tarn::duckdb {

// A deletion by position may name a row twice (DELETE … USING); an update may not.
enum class RowMatches { Any, AtMostOne };

// What the operators of one statement share: all actions of a MERGE write through one writer.
// Used again when a prepared statement runs again.
class StatementWrite : public std::enable_shared_from_this<StatementWrite> {
 public:
  using DeletedRows = std::unordered_map<std::string, iceberg::DeletionVector>;

  // `plan` is nullptr for statements that only delete.
  StatementWrite(LakeCatalog& catalog, iceberg::TableIdentifier table,
                 std::shared_ptr<const WritePlan> plan, RowMatches matches)
      : catalog_(catalog), table_(std::move(table)), plan_(std::move(plan)), matches_(matches) {}
  // What the statement reads of the table before it changes it: a part of the conflict check.
  void set_read(iceberg::Expression filter, iceberg::Isolation isolation) {
    read_filter_ = std::move(filter);
    isolation_ = isolation;
  }
  // For CREATE TABLE AS: the table comes into being when the statement runs.
  void set_created_table(iceberg::LoadedTable table) { creates_ = std::move(table); }

  // One call for each operator before its first row, one finish_operator() after its last.
  void begin_operator(dk::ClientContext& context);
  DataWriter& writer() { return *writer_; }
  bool writes() const { return plan_ != nullptr; }
  // ErrorCode::InvalidInput when a row was deleted before and must not be.
  void add_deleted(DeletedRows rows);
  void finish_operator(dk::ClientContext& context);
  void abandon();
  RowMatches matches() const { return matches_; }

 private:
  LakeCatalog& catalog_;
  iceberg::TableIdentifier table_;
  std::shared_ptr<const WritePlan> plan_;
  RowMatches matches_;
  std::optional<iceberg::LoadedTable> creates_;
  std::optional<iceberg::Expression> read_filter_;
  iceberg::Isolation isolation_ = iceberg::Isolation::Serializable;
  std::mutex mutex_;
  dk::transaction_t query_ = 0;
  int running_ = 0;
  std::unique_ptr<DataWriter> writer_;
  DeletedRows deleted_;
};

// What the operator's input holds.
struct DmlInput {
  bool has_rows = false;     // the table's columns first
  bool has_row_ids = false;  // path and position at `row_id_start`
  dk::idx_t row_id_start = 0;
};

class LakeDml final : public dk::PhysicalOperator {
 public:
  LakeDml(dk::PhysicalPlan& plan, std::shared_ptr<StatementWrite> statement, DmlInput input,
          dk::idx_t column_count, dk::idx_t cardinality)
      : dk::PhysicalOperator(plan, dk::PhysicalOperatorType::EXTENSION, {dk::LogicalType::BIGINT},
                             cardinality),
        statement_(std::move(statement)),
        input_(input),
        column_count_(column_count) {}

  dk::string GetName() const override { return "LAKE_WRITE"; }
  bool IsSink() const override { return true; }
  bool ParallelSink() const override { return true; }
  bool IsSource() const override { return true; }

  dk::unique_ptr<dk::GlobalSinkState> GetGlobalSinkState(dk::ClientContext& context) const override;
  dk::unique_ptr<dk::LocalSinkState> GetLocalSinkState(
      dk::ExecutionContext& context) const override;
  dk::SinkResultType Sink(dk::ExecutionContext& context, dk::DataChunk& chunk,
                          dk::OperatorSinkInput& input) const override;
  dk::SinkCombineResultType Combine(dk::ExecutionContext& context,
                                    dk::OperatorSinkCombineInput& input) const override;
  dk::SinkFinalizeType Finalize(dk::Pipeline& pipeline, dk::Event& event,
                                dk::ClientContext& context,
                                dk::OperatorSinkFinalizeInput& input) const override;

 protected:
  dk::SourceResultType GetDataInternal(dk::ExecutionContext& context, dk::DataChunk& chunk,
                                       dk::OperatorSourceInput& input) const override;

 private:
  std::shared_ptr<StatementWrite> statement_;
  DmlInput input_;
  dk::idx_t column_count_;
};

}  // namespace tarn::duckdb
