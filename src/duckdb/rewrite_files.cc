// SPDX-License-Identifier: Apache-2.0
#include "duckdb/rewrite_files.h"

#include <duckdb/execution/execution_context.hpp>
#include <duckdb/parallel/task_scheduler.hpp>
#include <duckdb/parallel/thread_context.hpp>

#include "base/parallel.h"
#include "duckdb/data_writer.h"
#include "duckdb/table_scan.h"

namespace tarn::duckdb {
namespace {

// Reads one file to its end, outside of any plan.
void copy_file(dk::ClientContext& context, std::shared_ptr<const TableState> state,
               const WritePlan& plan, DataWriter& writer) {
  dk::unique_ptr<dk::FunctionData> bind_data;
  dk::TableFunction function = make_scan_function(context, std::move(state), nullptr, bind_data);
  dk::vector<dk::ColumnIndex> columns;
  for (dk::idx_t i = 0; i < plan.types.size(); ++i) columns.emplace_back(i);
  dk::TableFunctionInitInput input(bind_data.get(), columns, dk::vector<dk::idx_t>(), nullptr);
  auto global = function.init_global(context, input);
  dk::ThreadContext thread(context);
  dk::ExecutionContext execution(context, thread, nullptr);
  auto local = function.init_local(execution, input, global.get());
  auto sink = writer.make_local();
  dk::DataChunk chunk;
  chunk.Initialize(dk::Allocator::Get(context), plan.types);
  for (;;) {
    chunk.Reset();
    dk::TableFunctionInput step(bind_data.get(), local.get(), global.get());
    step.results_execution_mode = dk::AsyncResultsExecutionMode::SYNCHRONOUS;
    function.function(context, step, chunk);
    if (chunk.size() == 0) break;
    writer.sink(*sink, chunk);
  }
  writer.combine(*sink);
}

// Whether all files hold their rows in the table's present order.
bool are_sorted(const std::vector<iceberg::ScanFile>& files,
                const iceberg::TableMetadata& metadata) {
  if (metadata.sort_order().is_unsorted()) return false;
  for (const iceberg::ScanFile& file : files) {
    const iceberg::DataFile& data = file.data->file;
    if (data.sort_order_id != metadata.default_sort_order_id ||
        data.spec_id != metadata.default_spec_id) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<std::vector<iceberg::DataFile>> rewrite_files(Lake& lake, const iceberg::LoadedTable& table,
                                                     std::vector<iceberg::ScanFile> files,
                                                     PendingChanges pending,
                                                     const std::string& write_id) {
  return guard([&]() -> Result<std::vector<iceberg::DataFile>> {
    dk::Connection connection(lake.instance.impl().database);
    connection.BeginTransaction();
    dk::ClientContext& context = *connection.context;
    // Borrowed for this call.
    std::shared_ptr<Lake> borrowed(std::shared_ptr<Lake>(), &lake);
    const RowOrder order = are_sorted(files, *table.metadata) ? RowOrder::Sorted : RowOrder::Any;
    auto plan = TRY(make_write_plan(context, borrowed, table, order));
    auto shared_pending = std::make_shared<const PendingChanges>(std::move(pending));
    DataWriter writer(context, plan, write_id);
    const auto threads =
        static_cast<std::size_t>(dk::TaskScheduler::GetScheduler(context).NumberOfThreads());
    TRY(parallel_for(files.size(), threads, [&](std::size_t i) {
      return guard([&]() -> Result<void> {
        auto state = std::make_shared<TableState>();
        state->lake = borrowed;
        state->table = table;
        state->snapshot = table.metadata->current_snapshot();
        state->schema = &table.metadata->schema();
        state->pending = shared_pending;
        state->only_files = std::make_shared<const std::vector<iceberg::ScanFile>>(1, files[i]);
        copy_file(context, std::move(state), *plan, writer);
        return {};
      });
    }));
    return writer.finish();
  });
}

}  // namespace tarn::duckdb
