// SPDX-License-Identifier: Apache-2.0
// DuckDB's own headers, for this folder only (headers that include this one are internal and say
// so): they cost seconds per file. Also the border between DuckDB's exceptions and our errors.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "duckdb/instance.h"
#include "duckdb/precompiled.h"

namespace tarn::duckdb {

// Inside `tarn::duckdb` the plain name would mean ourselves.
namespace dk = ::duckdb;

// Our code for DuckDB's failure; an error that passed through DuckDB by `throw_error` comes back as
// it was. Texts are masked by `mask_secrets`.
Error to_error(const dk::ErrorData& failure);

// For callbacks that DuckDB calls: throws an exception that ends the statement, never the instance,
// and that `to_error` turns back into `error`.
[[noreturn]] void throw_error(const Error& error);
// Likewise, but `try(…)` of DuckDB's SQL does not make it NULL.
[[noreturn]] void throw_uncaught_error(const Error& error);

// The value of a Result inside such a callback.
template <typename T>
T value_or_throw(Result<T> result) {
  if (!result) throw_error(result.error());
  return ::tarn::detail::take_value(result);
}

// Runs `body`, which returns a Result and may throw: for every call into DuckDB.
template <typename Body>
auto guard(Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception& failure) {
    return to_error(dk::ErrorData(failure));
  }
}

// The failure of a commit, kept beside the session: DuckDB passes on no more than its text.
struct CommitFailure final : dk::ClientContextState {
  std::optional<Error> error;

  static CommitFailure& of(dk::ClientContext& context) {
    return *context.registered_state->GetOrCreate<CommitFailure>("tarn_commit_failure");
  }
};

struct Instance::Impl {
  explicit Impl(dk::DBConfig& config) : database(nullptr, &config) {}

  dk::DatabaseInstance& native() { return *database.instance; }

  dk::DuckDB database;
  std::string extension_folder;
  std::uint64_t memory_limit_bytes = 0;
  std::mutex mutex;
  std::set<std::string> loaded_extensions;
  std::shared_ptr<void> row_sources;   // the registry of row_source.cc
  std::shared_ptr<void> value_tables;  // the registry of value_table.cc
};

struct Connection::Impl {
  explicit Impl(dk::DuckDB& database) : connection(database) {}

  dk::Connection connection;
};

}  // namespace tarn::duckdb
