// SPDX-License-Identifier: Apache-2.0
#include "duckdb/instance.h"

#include <unistd.h>

#include <algorithm>
#include <duckdb/main/materialized_query_result.hpp>
#include <duckdb/main/pending_query_result.hpp>
#include <duckdb/main/stream_query_result.hpp>
#include <fstream>

#include "base/check.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "duckdb/aggregate_functions.h"
#include "duckdb/cancel_watch.h"
#include "duckdb/counted_work.h"
#include "duckdb/first_seen.h"
#include "duckdb/native.h"
#include "duckdb/statement.h"
#include "duckdb/tarn_call.h"

namespace tarn::duckdb {
namespace {

// The commit from which the headers come: `DuckDB::SourceID()` of version 1.5.5.
constexpr std::string_view kExpectedSourceId = "d8cdaa33fd";
constexpr std::string_view kExpectedVersion = "v1.5.5";

Result<void> check_library() {
  const std::string_view found = dk::DuckDB::SourceID();
  if (found == kExpectedSourceId) return {};
  return internal(
      "this program needs DuckDB {} ({}), but the library beside it is {} ({}): reinstall",
      kExpectedVersion, kExpectedSourceId, dk::DuckDB::LibraryVersion(), found);
}

void set_option(dk::DBConfig& config, const char* name, const dk::Value& value) {
  config.SetOptionByName(name, value);
}

void configure(dk::DBConfig& config, const InstanceOptions& options) {
  for (const char* name :
       {"autoinstall_known_extensions", "autoload_known_extensions", "allow_unsigned_extensions",
        "allow_community_extensions", "allow_persistent_secrets"}) {
    set_option(config, name, dk::Value::BOOLEAN(false));
  }
  // The first takes scans of two tables with the same columns for one. The second makes of a window
  // over a source two scans of it, and a source may be a table of a busy server.
  set_option(config, "disabled_optimizers", dk::Value("common_subplan,window_self_join"));
  set_option(config, "temp_directory", dk::Value(options.temp_folder));
  if (options.memory_limit_bytes > 0) {
    set_option(config, "memory_limit", dk::Value(fmt::format("{}B", options.memory_limit_bytes)));
  }
  if (options.threads > 0) set_option(config, "threads", dk::Value::BIGINT(options.threads));
}

std::vector<Column> columns_of(const dk::QueryResult& result) {
  std::vector<Column> columns;
  columns.reserve(result.names.size());
  for (std::size_t i = 0; i < result.names.size(); ++i) {
    columns.push_back({result.names[i], result.types[i].ToString()});
  }
  return columns;
}

}  // namespace

std::string default_extension_folder() {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  if (size <= 0) return "lib/extensions";
  std::string folder(path, static_cast<std::size_t>(size));
  for (int level = 0; level < 2; ++level) {
    const std::size_t slash = folder.rfind('/');
    if (slash != std::string::npos) folder.resize(slash);
  }
  return folder + "/lib/extensions";
}

Instance::Instance(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Instance::~Instance() = default;

Result<std::unique_ptr<Instance>> Instance::open(const InstanceOptions& options) {
  TRY(check_library());
  return guard([&]() -> Result<std::unique_ptr<Instance>> {
    dk::DBConfig config;
    configure(config, options);
    auto impl = std::make_unique<Impl>(config);
    impl->extension_folder =
        options.extension_folder.empty() ? default_extension_folder() : options.extension_folder;
    impl->memory_limit_bytes = options.memory_limit_bytes;
    std::unique_ptr<Instance> instance(new Instance(std::move(impl)));
    register_tarn_call(instance->impl().native());
    register_first_seen(instance->impl().native());
    register_aggregates(instance->impl().native());
    auto connection = TRY(instance->connect());
    TRY(connection.execute("SET GLOBAL TimeZone = 'UTC'"));
    return instance;
  });
}

Result<void> Instance::load_extension(std::string_view name) {
  std::lock_guard lock(impl_->mutex);
  if (impl_->loaded_extensions.contains(std::string(name))) return {};
  const std::string path = fmt::format("{}/{}.duckdb_extension", impl_->extension_folder, name);
  if (!path_exists(path)) {
    return not_found("the engine's extension `{}` is missing: expected `{}`", name, path);
  }
  auto connection = TRY(connect());
  auto loaded = connection.execute("LOAD " + quote(path, '\''));
  if (!loaded) {
    Error error = std::move(loaded).error();
    error.message = fmt::format("cannot load the engine's extension `{}`: {}", name, error.message);
    return error;
  }
  impl_->loaded_extensions.emplace(name);
  return {};
}

Result<Connection> Instance::connect() {
  return guard([&]() -> Result<Connection> {
    return Connection(std::make_unique<Connection::Impl>(impl_->database));
  });
}

struct Batch::Impl {
  dk::unique_ptr<dk::DataChunk> chunk;
};

Batch::Batch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;
Batch::~Batch() = default;

std::size_t Batch::row_count() const { return impl_->chunk->size(); }

bool Batch::is_null(std::size_t column, std::size_t row) const {
  return !dk::FlatVector::Validity(impl_->chunk->data[column]).RowIsValid(row);
}

std::string Batch::text(std::size_t column, std::size_t row) const {
  return impl_->chunk->GetValue(column, row).ToString();
}

std::int64_t Batch::integer(std::size_t column, std::size_t row) const {
  const dk::Vector& vector = impl_->chunk->data[column];
  switch (vector.GetType().InternalType()) {
    case dk::PhysicalType::BOOL:
    case dk::PhysicalType::INT8:
      return dk::FlatVector::GetData<std::int8_t>(vector)[row];
    case dk::PhysicalType::INT16:
      return dk::FlatVector::GetData<std::int16_t>(vector)[row];
    case dk::PhysicalType::INT32:
      return dk::FlatVector::GetData<std::int32_t>(vector)[row];
    case dk::PhysicalType::INT64:
      return dk::FlatVector::GetData<std::int64_t>(vector)[row];
    default:
      UNREACHABLE();
  }
}

std::string_view Batch::bytes(std::size_t column, std::size_t row) const {
  const dk::Vector& vector = impl_->chunk->data[column];
  VERIFY(vector.GetType().InternalType() == dk::PhysicalType::VARCHAR);
  const dk::string_t& value = dk::FlatVector::GetData<dk::string_t>(vector)[row];
  return {value.GetData(), value.GetSize()};
}

struct RowStream::Impl {
  std::vector<Column> columns;
  dk::unique_ptr<dk::QueryResult> result;
  const Cancel* cancel = nullptr;
  std::unique_ptr<CancelWatch> watch;
};

RowStream::RowStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RowStream::RowStream(RowStream&&) noexcept = default;
RowStream& RowStream::operator=(RowStream&&) noexcept = default;
RowStream::~RowStream() = default;

const std::vector<Column>& RowStream::columns() const { return impl_->columns; }

Result<std::optional<Batch>> RowStream::next() {
  if (impl_->result == nullptr) return std::optional<Batch>();
  return guard([&]() -> Result<std::optional<Batch>> {
    for (;;) {
      if (impl_->cancel != nullptr) TRY(impl_->cancel->check());
      auto chunk = impl_->result->Fetch();
      if (impl_->result->HasError()) return to_error(impl_->result->GetErrorObject());
      if (chunk == nullptr) break;
      if (chunk->size() == 0) continue;
      chunk->Flatten();
      return std::optional<Batch>(Batch(std::make_unique<Batch::Impl>(std::move(chunk))));
    }
    impl_->result.reset();
    impl_->watch.reset();
    return std::optional<Batch>();
  });
}

std::optional<std::string> Table::single() const {
  if (rows.size() != 1 || rows[0].size() != 1) return std::nullopt;
  return rows[0][0];
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::interrupt() { impl_->connection.Interrupt(); }

std::shared_ptr<const WorkCounters> work_counters(Connection& connection) {
  return CountedWork::of(*connection.impl().connection.context);
}

namespace {

// The commit's own error if there is one: DuckDB reports no more than its text.
Error statement_error(dk::Connection& connection, const dk::ErrorData& failure) {
  auto& kept = CommitFailure::of(*connection.context).error;
  if (kept.has_value()) {
    Error error = *std::move(kept);
    kept.reset();
    return error;
  }
  return to_error(failure);
}

constexpr std::int64_t kPauseMicrosMin = 20;
constexpr std::int64_t kPauseMicrosMax = 640;

// Works on the statement's tasks until its result is there or it has failed. DuckDB's own loop
// spins while all tasks are in other threads' hands, and so takes the processor from them, or from
// the server that they wait for.
void work_on(dk::PendingQueryResult& pending) {
  std::int64_t pause = kPauseMicrosMin;
  while (true) {
    const auto state = pending.ExecuteTask();
    if (dk::PendingQueryResult::IsResultReady(state)) return;
    if (state == dk::PendingExecutionResult::BLOCKED) {
      pending.WaitForTask();
    } else if (state == dk::PendingExecutionResult::NO_TASKS_AVAILABLE) {
      system_clock().sleep_micros(pause);
      pause = std::min(2 * pause, kPauseMicrosMax);
    } else {
      pause = kPauseMicrosMin;
    }
  }
}

}  // namespace

Result<dk::unique_ptr<dk::QueryResult>> run_statements(Connection& session, const std::string& sql,
                                                       const Cancel* cancel, Delivery delivery) {
  return guard([&]() -> Result<dk::unique_ptr<dk::QueryResult>> {
    dk::Connection& connection = session.impl().connection;
    CommitFailure::of(*connection.context).error.reset();
    auto statements = connection.ExtractStatements(sql);
    dk::unique_ptr<dk::QueryResult> result;
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (cancel != nullptr) TRY(cancel->check());
      const bool streamed = delivery == Delivery::Streamed && i + 1 == statements.size();
      auto pending =
          connection.PendingQuery(std::move(statements[i]), dk::QueryParameters(streamed));
      if (pending->HasError()) return statement_error(connection, pending->GetErrorObject());
      work_on(*pending);
      if (pending->HasError()) return statement_error(connection, pending->GetErrorObject());
      result = pending->Execute();
      if (result->HasError()) return statement_error(connection, result->GetErrorObject());
    }
    return result;
  });
}

Result<RowStream> Connection::stream(const std::string& sql, const Cancel* cancel) {
  auto stream = std::make_unique<RowStream::Impl>();
  stream->watch = std::make_unique<CancelWatch>(impl_->connection, cancel);
  auto result = TRY(run_statements(*this, sql, cancel, Delivery::Streamed));
  if (result != nullptr) stream->columns = columns_of(*result);
  stream->result = std::move(result);
  stream->cancel = cancel;
  return RowStream(std::move(stream));
}

Result<Table> Connection::query(const std::string& sql, const Cancel* cancel) {
  const CancelWatch watch(impl_->connection, cancel);
  auto result = TRY(run_statements(*this, sql, cancel, Delivery::Materialized));
  Table table;
  if (result == nullptr) return table;
  return guard([&]() -> Result<Table> {
    table.columns = columns_of(*result);
    while (auto chunk = result->Fetch()) {
      for (std::size_t row = 0; row < chunk->size(); ++row) {
        auto& values = table.rows.emplace_back(chunk->ColumnCount());
        for (std::size_t column = 0; column < values.size(); ++column) {
          const dk::Value value = chunk->GetValue(column, row);
          if (!value.IsNull()) values[column] = value.ToString();
        }
      }
    }
    return std::move(table);
  });
}

Result<std::int64_t> Connection::execute(const std::string& sql, const Cancel* cancel) {
  const CancelWatch watch(impl_->connection, cancel);
  auto result = TRY(run_statements(*this, sql, cancel, Delivery::Materialized));
  if (result == nullptr) return 0;
  const bool is_count = result->names.size() == 1 && result->names[0] == "Count" &&
                        result->types[0] == dk::LogicalType::BIGINT;
  if (!is_count) return 0;
  return guard([&]() -> Result<std::int64_t> {
    auto chunk = result->Fetch();
    if (chunk == nullptr || chunk->size() == 0) return 0;
    return chunk->GetValue(0, 0).GetValue<std::int64_t>();
  });
}

}  // namespace tarn::duckdb
