// SPDX-License-Identifier: Apache-2.0
// A thin layer over SQLite: a database handle, prepared statements and transactions that clean up
// after themselves. Knows no schema. Errors by what the caller can do:
//   Unavailable    locked by somebody else beyond the busy timeout, disk full, I/O error
//   Conflict       the transaction read a state that has been changed since: start it again
//   AlreadyExists  a primary key or a unique index is violated
//   NotFound       no such file, folder, table or column
//   Denied         no permission, or read-only
//   Corrupt        the file is not a database or is damaged
//   UnknownOutcome the disk failed during COMMIT
//   Cancelled      interrupt() was called
// A Database, its statements and transactions belong to one thread at a time; interrupt() may be
// called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tarn::sqlite {

enum class OpenMode { ReadOnly, ReadWrite, CreateIfMissing };

struct OpenOptions {
  OpenMode mode = OpenMode::CreateIfMissing;
  // How long a statement waits for another connection's lock.
  int busy_timeout_ms = 30'000;
  // Write-ahead log where the file system allows it. Commits are synced to disk either way.
  bool write_ahead_log = true;
};

class Connection;  // Handle and statement cache; defined in database.cc.

// One use of a prepared statement; goes back to the database's cache at the end.
// REQUIRES: ends before its Database.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Parameters count from 1; texts and blobs are copied.
  Result<void> bind_null(int index);
  Result<void> bind_int(int index, std::int64_t value);
  Result<void> bind_double(int index, double value);
  Result<void> bind_text(int index, std::string_view value);
  Result<void> bind_blob(int index, std::string_view value);
  // Binds the values in order from parameter 1: integers, doubles, texts, nullopt / optional.
  template <typename... Values>
  Result<void> bind_all(const Values&... values);
  // The index of a named parameter such as `$1` or `:name`; 0 if the statement has none.
  int parameter_index(const char* name) const;

  // True: a row is there. False: no more rows; the statement is reset and may run again.
  Result<bool> step();
  // For statements whose rows do not matter: runs to the end.
  Result<void> run();
  void reset();

  // Columns of the current row count from 0. Views are valid until the next step().
  int column_count() const;
  bool is_null(int column) const;
  std::int64_t int_at(int column) const;
  double double_at(int column) const;
  std::string_view text_at(int column) const;  // also for blobs
  std::optional<std::string> optional_text_at(int column) const;

 private:
  friend class Database;
  Statement(Connection* connection, sqlite3_stmt* handle, std::string sql)
      : connection_(connection), handle_(handle), sql_(std::move(sql)) {}
  Result<void> bind(int index, std::int64_t value) { return bind_int(index, value); }
  Result<void> bind(int index, int value) { return bind_int(index, value); }
  Result<void> bind(int index, double value) { return bind_double(index, value); }
  Result<void> bind(int index, std::string_view value) { return bind_text(index, value); }
  Result<void> bind(int index, const char* value) { return bind_text(index, value); }
  Result<void> bind(int index, const std::string& value) { return bind_text(index, value); }
  Result<void> bind(int index, std::nullopt_t) { return bind_null(index); }
  template <typename T>
  Result<void> bind(int index, const std::optional<T>& value) {
    return value ? bind(index, *value) : bind_null(index);
  }
  void release();

  Connection* connection_;
  sqlite3_stmt* handle_;
  std::string sql_;
};

class Database {
 public:
  // `:memory:` gives a private database in memory.
  static Result<Database> open(const std::string& path, const OpenOptions& options = {});
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // One statement, taken from the cache when it was used before.
  Result<Statement> prepare(std::string_view sql);
  // One or several statements without parameters and without results.
  Result<void> execute(const std::string& sql);
  // prepare, bind_all, run.
  template <typename... Values>
  Result<void> run(std::string_view sql, const Values&... values) {
    auto statement = TRY(prepare(sql));
    TRY(statement.bind_all(values...));
    return statement.run();
  }

  // Rows inserted, updated or deleted by the statement that ran last.
  std::int64_t changes() const;
  bool in_transaction() const;
  // Tables and views.
  Result<bool> has_table(std::string_view name);
  Result<bool> has_column(std::string_view table, std::string_view column);
  // Stops the running statement with ErrorCode::Cancelled. Any thread.
  void interrupt();

 private:
  friend class Transaction;
  explicit Database(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

// Takes the write lock at once, so that what it reads cannot be changed by others before it writes.
// Rolls back at the end unless committed. REQUIRES: ends before its Database; no other transaction
// is open on it.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(other.database_) {
    other.database_ = nullptr;
  }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // On failure nothing is committed, unless the code is UnknownOutcome.
  Result<void> commit();
  Result<void> rollback();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

template <typename... Values>
Result<void> Statement::bind_all(const Values&... values) {
  int index = 0;
  Result<void> result;
  static_cast<void>(((result = bind(++index, values)).has_value() && ...));
  return result;
}

}  // namespace tarn::sqlite
