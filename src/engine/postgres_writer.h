// SPDX-License-Identifier: Apache-2.0
// A transaction of Postgres that takes rows and changes a table. Internal to the engine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "engine/postgres_snapshot.h"
#include "engine/postgres_table.h"
#include "postgres/connection.h"
#include "types/value.h"

namespace tarn::engine {

// Gives errors without a name Trino's JDBC_ERROR; the code stays.
Error to_jdbc_error(Error error);
template <typename T>
Result<T> with_jdbc_error(Result<T> result) {
  if (!result) return to_jdbc_error(std::move(result).error());
  return result;
}

class PostgresWriter {
 public:
  // A transaction of its own. With `snapshot` it sees what the reads of the statement saw, and a
  // row that somebody else changed since is ErrorCode::Conflict.
  static Result<PostgresWriter> open(const postgres::ConnectionOptions& options,
                                     const Cancel* cancel, PostgresSnapshot* snapshot);

  postgres::Connection& connection() { return *connection_; }
  Result<void> execute(const std::string& sql) { return connection_->execute(sql); }
  // How many rows it changed.
  Result<std::int64_t> change(const std::string& sql);
  Result<void> commit();

 private:
  PostgresWriter(std::unique_ptr<postgres::Connection> connection,
                 std::unique_ptr<postgres::Transaction> transaction)
      : connection_(std::move(connection)), transaction_(std::move(transaction)) {}

  std::unique_ptr<postgres::Connection> connection_;
  std::unique_ptr<postgres::Transaction> transaction_;  // ends first
};

// Rows on the way into a table, sent in large pieces. One thread at a time.
class PostgresRowStream {
 public:
  // `columns` outlive it. With `places` each row begins with the place of a row (`$row`).
  PostgresRowStream(std::string copy, std::vector<const PostgresColumn*> columns, bool places)
      : copy_(std::move(copy)), columns_(std::move(columns)), places_(places) {}

  // `place` counts with `places` only.
  Result<void> add(PostgresWriter& writer, const std::string& place,
                   const std::vector<const types::Value*>& values);
  // Sends what is left; how many rows there were.
  Result<std::int64_t> finish(PostgresWriter& writer);

 private:
  Result<void> send(PostgresWriter& writer);

  std::string copy_;  // `COPY t (a, b) FROM STDIN (FORMAT binary)`
  std::vector<const PostgresColumn*> columns_;
  bool places_;
  std::string buffer_;
  std::int64_t count_ = 0;
};

}  // namespace tarn::engine
