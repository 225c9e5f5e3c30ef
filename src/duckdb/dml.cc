// SPDX-License-Identifier: Apache-2.0
#include "duckdb/dml.h"

#include "base/check.h"

namespace tarn::duckdb {
namespace {

constexpr const char* kMatchedTwice = "one row of the table was matched by more than one row";

// Keeps the last row's path at hand: neighbors are of one file.
class DeletedRowCollector {
 public:
  void add(dk::DataChunk& chunk, dk::idx_t start, RowMatches matches, std::int64_t& count) {
    dk::UnifiedVectorFormat paths;
    dk::UnifiedVectorFormat positions;
    chunk.data[start].ToUnifiedFormat(chunk.size(), paths);
    chunk.data[start + 1].ToUnifiedFormat(chunk.size(), positions);
    const auto* path_values = dk::UnifiedVectorFormat::GetData<dk::string_t>(paths);
    const auto* position_values = dk::UnifiedVectorFormat::GetData<std::int64_t>(positions);
    for (dk::idx_t row = 0; row < chunk.size(); ++row) {
      const dk::idx_t path_at = paths.sel->get_index(row);
      const dk::idx_t position_at = positions.sel->get_index(row);
      if (!paths.validity.RowIsValid(path_at) || !positions.validity.RowIsValid(position_at)) {
        throw_error(internal("a row to delete has no position"));
      }
      const std::string_view path(path_values[path_at].GetData(), path_values[path_at].GetSize());
      const std::int64_t position = position_values[position_at];
      // A column that was scanned twice shows itself as garbage here.
      if (position < 0 || static_cast<std::uint64_t>(position) >= iceberg::kRowPositionMax) {
        throw_error(internal("a row to delete has the position {}", position));
      }
      if (last_ == nullptr || path != last_path_) {
        last_path_ = path;
        last_ = &rows[last_path_];
      }
      if (last_->contains(static_cast<std::uint64_t>(position))) {
        if (matches == RowMatches::AtMostOne) throw_error(invalid_input("{}", kMatchedTwice));
        continue;
      }
      last_->add(static_cast<std::uint64_t>(position));
      ++count;
    }
  }

  StatementWrite::DeletedRows rows;

 private:
  std::string last_path_;
  iceberg::DeletionVector* last_ = nullptr;
};

struct DmlGlobal final : dk::GlobalSinkState {
  std::atomic<std::int64_t> count{0};
};

struct DmlLocal final : dk::LocalSinkState {
  std::unique_ptr<DataWriter::Local> writer;
  dk::DataChunk columns;
  DeletedRowCollector deleted;
  std::int64_t count = 0;
};

}  // namespace

void StatementWrite::begin_operator(dk::ClientContext& context) {
  std::lock_guard lock(mutex_);
  const dk::transaction_t query = context.transaction.GetActiveQuery();
  if (running_ > 0 && query != query_) {  // the execution before failed
    writer_.reset();
    running_ = 0;
  }
  if (running_++ > 0) return;
  query_ = query;
  deleted_.clear();
  LakeTransaction& transaction = lake_transaction(context, catalog_);
  if (creates_) transaction.add_created(*creates_);
  const iceberg::LoadedTable base = transaction.writable_table(table_);
  const std::string write_id = transaction.begin_write(base);
  transaction.watch(weak_from_this());
  if (plan_ == nullptr) return;
  if (base.metadata != plan_->table.metadata) {
    // A prepared statement that runs again on a table that has moved on.
    auto plan = value_or_throw(make_write_plan(
        context, catalog_.lake(), base, plan_->is_sorted ? RowOrder::Sorted : RowOrder::Any));
    const bool same_order = base.metadata->spec() == plan_->metadata().spec() &&
                            base.metadata->sort_order() == plan_->metadata().sort_order();
    if (plan->types != plan_->types || (plan_->is_sorted && !same_order)) {
      throw_error(conflict("table `{}` changed since the statement was prepared",
                           iceberg::to_string(table_)));
    }
    plan_ = std::move(plan);
  }
  writer_ = std::make_unique<DataWriter>(context, plan_, write_id);
}

void StatementWrite::add_deleted(DeletedRows rows) {
  std::lock_guard lock(mutex_);
  for (auto& [path, vector] : rows) {
    iceberg::DeletionVector& all = deleted_[path];
    const std::uint64_t expected = all.cardinality() + vector.cardinality();
    all.add_all(vector);
    if (matches_ == RowMatches::AtMostOne && all.cardinality() != expected) {
      throw_error(invalid_input("{}", kMatchedTwice));
    }
  }
}

void StatementWrite::finish_operator(dk::ClientContext& context) {
  std::lock_guard lock(mutex_);
  VERIFY(running_ > 0);
  if (--running_ > 0) return;
  TableChanges changes;
  if (writer_) changes.added = writer_->finish();
  writer_.reset();
  changes.deleted = std::move(deleted_);
  deleted_.clear();
  changes.read_filter = read_filter_;
  changes.isolation = isolation_;
  changes.only_deletes = plan_ == nullptr;
  lake_transaction(context, catalog_).add_changes(table_, std::move(changes));
}

void StatementWrite::abandon() {
  std::lock_guard lock(mutex_);
  writer_.reset();
  running_ = 0;
}

dk::unique_ptr<dk::GlobalSinkState> LakeDml::GetGlobalSinkState(dk::ClientContext& context) const {
  statement_->begin_operator(context);
  return dk::make_uniq<DmlGlobal>();
}

dk::unique_ptr<dk::LocalSinkState> LakeDml::GetLocalSinkState(dk::ExecutionContext&) const {
  auto local = dk::make_uniq<DmlLocal>();
  if (input_.has_rows) local->writer = statement_->writer().make_local();
  return local;
}

dk::SinkResultType LakeDml::Sink(dk::ExecutionContext&, dk::DataChunk& chunk,
                                 dk::OperatorSinkInput& input) const {
  auto& local = input.local_state.Cast<DmlLocal>();
  if (chunk.size() == 0) return dk::SinkResultType::NEED_MORE_INPUT;
  std::int64_t deleted = 0;
  if (input_.has_row_ids) {
    local.deleted.add(chunk, input_.row_id_start, statement_->matches(), deleted);
  }
  if (input_.has_rows) {
    if (local.columns.ColumnCount() == 0) {
      const auto types = chunk.GetTypes();
      local.columns.InitializeEmpty(
          dk::vector<dk::LogicalType>(types.begin(), types.begin() + column_count_));
    }
    for (dk::idx_t i = 0; i < column_count_; ++i) local.columns.data[i].Reference(chunk.data[i]);
    local.columns.SetCardinality(chunk.size());
    statement_->writer().sink(*local.writer, local.columns);
  }
  local.count += input_.has_row_ids ? deleted : static_cast<std::int64_t>(chunk.size());
  return dk::SinkResultType::NEED_MORE_INPUT;
}

dk::SinkCombineResultType LakeDml::Combine(dk::ExecutionContext&,
                                           dk::OperatorSinkCombineInput& input) const {
  auto& local = input.local_state.Cast<DmlLocal>();
  if (local.writer) statement_->writer().combine(*local.writer);
  statement_->add_deleted(std::move(local.deleted.rows));
  input.global_state.Cast<DmlGlobal>().count += local.count;
  return dk::SinkCombineResultType::FINISHED;
}

dk::SinkFinalizeType LakeDml::Finalize(dk::Pipeline&, dk::Event&, dk::ClientContext& context,
                                       dk::OperatorSinkFinalizeInput&) const {
  statement_->finish_operator(context);
  return dk::SinkFinalizeType::READY;
}

dk::SourceResultType LakeDml::GetDataInternal(dk::ExecutionContext&, dk::DataChunk& chunk,
                                              dk::OperatorSourceInput&) const {
  chunk.SetCardinality(1);
  chunk.SetValue(0, 0, dk::Value::BIGINT(sink_state->Cast<DmlGlobal>().count));
  return dk::SourceResultType::FINISHED;
}

}  // namespace tarn::duckdb
