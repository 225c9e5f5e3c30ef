// SPDX-License-Identifier: Apache-2.0
#include "duckdb/data_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <duckdb/common/file_system.hpp>
#include <duckdb/parallel/task_scheduler.hpp>
#include <duckdb/storage/buffer_manager.hpp>

#include "base/check.h"
#include "base/parallel.h"
#include "base/text.h"
#include "duckdb/counted_work.h"
#include "duckdb/data_file_metrics.h"
#include "duckdb/lake_type.h"
#include "iceberg/partition.h"

namespace tarn::duckdb {
namespace {

constexpr dk::idx_t kRowGroupRows = 122'880;
// Files that stay open between row groups; partitions beyond close theirs after each.
constexpr std::int64_t kOpenFilesMax = 256;
constexpr std::int64_t kHeartbeatMicros = 20'000'000;
constexpr std::uint64_t kBufferBudgetMin = 32 << 20;
// What complete partitions of a sorted table may hold until they are written: the last ones are
// written by all threads at once.
constexpr std::uint64_t kCompletedBytesMax = 32 << 20;
// Rather than write row groups below this, rows wait in the engine's buffers, which spill to disk.
constexpr dk::idx_t kSmallRowGroupRows = 16'384;

// One partition value as bytes of a key: equal values, equal bytes.
void append_key(std::string& key, dk::Vector& vector, dk::idx_t row) {
  if (!dk::FlatVector::Validity(vector).RowIsValid(row)) {
    key += '\0';
    return;
  }
  key += '\1';
  const dk::PhysicalType type = vector.GetType().InternalType();
  if (type == dk::PhysicalType::VARCHAR) {
    const auto& text = dk::FlatVector::GetData<dk::string_t>(vector)[row];
    const auto size = static_cast<std::uint32_t>(text.GetSize());
    key.append(reinterpret_cast<const char*>(&size), sizeof(size));
    key.append(text.GetData(), size);
    return;
  }
  const dk::idx_t width = dk::GetTypeIdSize(type);
  key.append(reinterpret_cast<const char*>(dk::FlatVector::GetData(vector)) + row * width, width);
}

void sync_path(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  const int failed = ::fsync(file);
  ::close(file);
  if (failed != 0) throw dk::IOException("cannot sync \"%s\"", path);
}

}  // namespace

struct DataWriter::OpenFile {
  std::string path;
  dk::unique_ptr<dk::GlobalFunctionData> state;
  dk::CopyFunctionFileStatistics statistics;
  FileTally tally;
  std::mutex mutex;   // order of row groups in the file
  int in_flight = 0;  // guarded by the partition's mutex, like the next
  bool is_full = false;
};

struct DataWriter::Partition {
  iceberg::PartitionTuple tuple;
  std::string folder;  // `region=EU/`, "" if unpartitioned
  std::mutex mutex;    // guards the rest
  Rows rows;
  dk::ColumnDataAppendState append_state;
  std::uint64_t bytes = 0;
  std::shared_ptr<OpenFile> file;
};

DataWriter::Local::~Local() = default;

DataWriter::DataWriter(dk::ClientContext& context, std::shared_ptr<const WritePlan> plan,
                       std::string write_id)
    : context_(context),
      plan_(std::move(plan)),
      write_id_(std::move(write_id)),
      counters_(CountedWork::of(context)) {
  const std::uint64_t limit = dk::BufferManager::GetBufferManager(context).GetMaxMemory();
  buffer_budget_ = std::max(limit / 4, kBufferBudgetMin);
  const auto& buffers = dk::BufferManager::GetBufferManager(context);
  flush_rows_min_ = buffers.HasTemporaryDirectory() ? kSmallRowGroupRows : 1;
}

DataWriter::~DataWriter() {
  if (given_away_) return;
  // The handles first: an object that is being written would come back.
  partitions_.clear();
  completed_.clear();
  auto removed = plan_->lake->store.remove_many(created_);
  (void)removed;  // the write's intent still names them
}

std::unique_ptr<DataWriter::Local> DataWriter::make_local() {
  auto local = std::make_unique<Local>(context_);
  auto& allocator = dk::Allocator::Get(context_);
  for (const auto& expression : plan_->partition_expressions) {
    local->executor.AddExpression(*expression);
  }
  if (!plan_->partition_types.empty()) local->keys.Initialize(allocator, plan_->partition_types);
  local->slice.InitializeEmpty(plan_->types);
  return local;
}

void DataWriter::check_interrupt() const {
  if (context_.IsInterrupted()) throw dk::InterruptException();
}

void DataWriter::keep_intent_alive() {
  const auto& options = plan_->lake->options;
  const bool is_rewrite = write_id_.ends_with("-rewritten");  // inside of a commit
  if (!options.intents || is_rewrite) return;
  const std::int64_t now = options.clock->now_micros();
  std::int64_t due = next_heartbeat_micros_.load();
  if (due == 0 || now < due) {
    if (due == 0) next_heartbeat_micros_.compare_exchange_strong(due, now + kHeartbeatMicros);
    return;
  }
  if (!next_heartbeat_micros_.compare_exchange_strong(due, now + kHeartbeatMicros)) return;
  value_or_throw(options.intents->heartbeat(write_id_));
}

void DataWriter::sink(Local& local, dk::DataChunk& chunk) {
  if (chunk.size() == 0) return;
  rows_ += static_cast<std::int64_t>(chunk.size());
  counters_->rows_written += static_cast<std::int64_t>(chunk.size());
  if (plan_->partition_expressions.empty()) {
    if (!local.last) local.last = find_partition(local, "", 0);
    append(*local.last, chunk);
  } else {
    local.keys.Reset();
    local.executor.Execute(chunk, local.keys);
    local.keys.Flatten();
    route(local, chunk);
  }
  if (buffered_bytes_ > buffer_budget_) flush_largest();
}

// Gives each row of the chunk to its partition.
void DataWriter::route(Local& local, dk::DataChunk& chunk) {
  std::vector<std::pair<std::shared_ptr<Partition>, dk::idx_t>> order;
  std::string key;
  for (dk::idx_t row = 0; row < chunk.size(); ++row) {
    key.clear();
    for (dk::idx_t i = 0; i < local.keys.ColumnCount(); ++i)
      append_key(key, local.keys.data[i], row);
    if (!local.last || key != local.last_key) {
      auto next = find_partition(local, key, row);
      if (plan_->is_sorted && local.last && next != local.last) {
        // Rows come in the order of partitions: the one before is complete.
        for (auto& [partition, count] : order) {
          auto& selection = local.selections[partition.get()];
          local.slice.Slice(chunk, selection, count);
          local.slice.SetCardinality(count);
          append(*partition, local.slice);
          complete(partition);
        }
        if (order.empty()) complete(local.last);
        order.clear();
        local.selections.clear();
        local.known.clear();
        local.known.emplace(key, next);
      }
      local.last = std::move(next);
      local.last_key = key;
    }
    auto& selection = local.selections[local.last.get()];
    if (!selection.IsSet()) selection.Initialize(STANDARD_VECTOR_SIZE);
    auto found = std::find_if(order.begin(), order.end(),
                              [&](const auto& item) { return item.first == local.last; });
    if (found == order.end()) {
      order.emplace_back(local.last, 0);
      found = order.end() - 1;
    }
    selection.set_index(found->second++, row);
  }
  for (auto& [partition, count] : order) {
    local.slice.Slice(chunk, local.selections[partition.get()], count);
    local.slice.SetCardinality(count);
    append(*partition, local.slice);
  }
  local.selections.clear();
}

std::shared_ptr<DataWriter::Partition> DataWriter::find_partition(Local& local,
                                                                  const std::string& key,
                                                                  dk::idx_t row) {
  auto known = local.known.find(key);
  if (known != local.known.end()) return known->second;
  auto make = [&] {
    auto partition = std::make_shared<Partition>();
    for (dk::idx_t i = 0; i < local.keys.ColumnCount(); ++i) {
      partition->tuple.values.push_back(value_or_throw(
          from_native_value(local.keys.GetValue(i, row), plan_->partition_value_types[i])));
    }
    const std::string folder = iceberg::partition_path(plan_->metadata().spec(), partition->tuple);
    partition->folder = folder.empty() ? "" : folder + '/';
    return partition;
  };
  std::shared_ptr<Partition> partition;
  if (plan_->is_sorted) {
    partition = make();
  } else {
    std::lock_guard lock(mutex_);
    auto& shared = partitions_[key];
    if (!shared) shared = make();
    partition = shared;
  }
  local.known.emplace(key, partition);
  return partition;
}

void DataWriter::append(Partition& partition, dk::DataChunk& rows) {
  if (rows.size() == 0) return;
  Rows full;
  {
    std::lock_guard lock(partition.mutex);
    if (!partition.rows) {
      partition.rows = dk::make_uniq<dk::ColumnDataCollection>(context_, plan_->types);
    }
    // Nothing stays pinned in between: what many partitions hold can be spilled.
    partition.rows->InitializeAppend(partition.append_state);
    partition.rows->Append(partition.append_state, rows);
    partition.append_state.current_chunk_state.handles.clear();
    const std::uint64_t bytes = partition.rows->SizeInBytes();
    buffered_bytes_ += bytes - partition.bytes;
    partition.bytes = bytes;
    if (partition.rows->Count() >= kRowGroupRows || bytes >= plan_->row_group_bytes) {
      buffered_bytes_ -= std::exchange(partition.bytes, 0);
      full = std::move(partition.rows);
    }
  }
  if (full) write_row_group(partition, std::move(full));
}

void DataWriter::flush_largest() {
  std::shared_ptr<Partition> largest;
  {
    std::lock_guard lock(mutex_);
    std::uint64_t most = 0;
    for (const auto& [key, partition] : partitions_) {
      std::lock_guard inner(partition->mutex);
      if (partition->rows && partition->rows->Count() >= flush_rows_min_ &&
          partition->bytes > most) {
        most = partition->bytes;
        largest = partition;
      }
    }
  }
  if (!largest) return;
  Rows rows;
  {
    std::lock_guard lock(largest->mutex);
    if (!largest->rows) return;
    buffered_bytes_ -= std::exchange(largest->bytes, 0);
    rows = std::move(largest->rows);
  }
  write_row_group(*largest, std::move(rows));
}

std::shared_ptr<DataWriter::OpenFile> DataWriter::acquire_file(Partition& partition) {
  std::lock_guard lock(partition.mutex);
  if (!partition.file) {
    auto file = std::make_shared<OpenFile>();
    const std::string folder = plan_->data_folder + '/' + partition.folder;
    file->path = fmt::format("{}{}-{:05}.parquet", folder, write_id_, next_file_++);
    const std::string native = storage::normalize_location(file->path);
    {
      std::lock_guard global(mutex_);
      const bool is_local = storage::location_scheme(file->path).empty();
      if (is_local && folders_.insert(folder).second) {
        auto& files = dk::FileSystem::GetFileSystem(context_);
        files.CreateDirectoriesRecursive(storage::normalize_location(folder));
      }
      created_.push_back(file->path);
    }
    file->state = plan_->function.copy_to_initialize_global(context_, *plan_->bind_data, native);
    plan_->function.copy_to_get_written_statistics(context_, *plan_->bind_data, *file->state,
                                                   file->statistics);
    ++open_files_;
    partition.file = std::move(file);
  }
  ++partition.file->in_flight;
  return partition.file;
}

void DataWriter::write_row_group(Partition& partition, Rows rows) {
  check_interrupt();
  keep_intent_alive();
  const auto count = static_cast<std::int64_t>(rows->Count());
  auto file = acquire_file(partition);
  const RowGroupTally tally = tally_row_group(plan_->leaves, *rows);
  auto prepared =
      plan_->function.prepare_batch(context_, *plan_->bind_data, *file->state, std::move(rows));
  {
    std::lock_guard lock(file->mutex);
    file->tally.add(tally, count, written_bytes(plan_->function, *plan_->bind_data, *file->state));
    plan_->function.flush_batch(context_, *plan_->bind_data, *file->state, *prepared);
  }
  release_file(partition, file);
}

void DataWriter::release_file(Partition& partition, const std::shared_ptr<OpenFile>& file) {
  {
    std::lock_guard lock(partition.mutex);
    --file->in_flight;
    const bool is_large = plan_->function.rotate_next_file(
        *file->state, *plan_->bind_data, dk::optional_idx(plan_->target_file_bytes));
    if (is_large || open_files_ > kOpenFilesMax) {
      file->is_full = true;
      if (partition.file == file) partition.file.reset();
    }
    if (!file->is_full || file->in_flight > 0) return;
  }
  close_file(partition, *file);
}

void DataWriter::close_file(Partition& partition, OpenFile& file) {
  plan_->function.copy_to_finalize(context_, *plan_->bind_data, *file.state);
  file.state.reset();
  --open_files_;
  if (plan_->lake->options.durability == Durability::Durable &&
      storage::location_scheme(file.path).empty()) {
    const std::string path = storage::normalize_location(file.path);
    sync_path(path);
    sync_path(path.substr(0, path.rfind('/')));
  }
  iceberg::DataFile data = describe_file(partition, file);
  std::lock_guard lock(mutex_);
  ++counters_->files_written;
  counters_->bytes_written += data.file_size;
  finished_.push_back(std::move(data));
}

void DataWriter::flush_and_close(Partition& partition) {
  Rows rows;
  {
    std::lock_guard lock(partition.mutex);
    buffered_bytes_ -= std::exchange(partition.bytes, 0);
    rows = std::move(partition.rows);
  }
  if (rows && rows->Count() > 0) write_row_group(partition, std::move(rows));
  std::shared_ptr<OpenFile> file;
  {
    std::lock_guard lock(partition.mutex);
    file = std::move(partition.file);
  }
  if (file) close_file(partition, *file);
}

void DataWriter::complete(std::shared_ptr<Partition> partition) {
  {
    const std::lock_guard lock(mutex_);
    completed_.push_back(std::move(partition));
  }
  while (buffered_bytes_ > kCompletedBytesMax) {
    std::shared_ptr<Partition> next;
    {
      const std::lock_guard lock(mutex_);
      if (completed_.empty()) return;
      next = std::move(completed_.back());
      completed_.pop_back();
    }
    flush_and_close(*next);
  }
}

void DataWriter::combine(Local& local) {
  if (plan_->is_sorted && local.last) complete(std::move(local.last));
  local.last.reset();
  local.known.clear();
}

std::vector<iceberg::DataFile> DataWriter::finish() {
  std::vector<std::shared_ptr<Partition>> open;
  for (auto& [key, partition] : partitions_) open.push_back(partition);
  std::move(completed_.begin(), completed_.end(), std::back_inserter(open));
  completed_.clear();
  const auto threads =
      static_cast<std::size_t>(dk::TaskScheduler::GetScheduler(context_).NumberOfThreads());
  auto closed = parallel_for(open.size(), threads, [&](std::size_t i) {
    return guard([&]() -> Result<void> {
      flush_and_close(*open[i]);
      return {};
    });
  });
  value_or_throw(std::move(closed));
  given_away_ = true;
  // By name, which counts up: the same statement gives the same order.
  std::sort(finished_.begin(), finished_.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return std::move(finished_);
}

iceberg::DataFile DataWriter::describe_file(const Partition& partition, OpenFile& file) const {
  iceberg::DataFile data;
  data.path = file.path;
  data.spec_id = plan_->metadata().default_spec_id;
  data.partition = partition.tuple;
  data.record_count = static_cast<std::int64_t>(file.statistics.row_count);
  data.file_size = static_cast<std::int64_t>(file.statistics.file_size_bytes);
  data.split_offsets = file.tally.offsets;
  if (plan_->is_sorted) data.sort_order_id = plan_->metadata().default_sort_order_id;
  value_or_throw(fill_metrics(data, plan_->leaves, file.statistics, file.tally));
  return data;
}

}  // namespace tarn::duckdb
