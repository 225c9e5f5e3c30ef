// SPDX-License-Identifier: Apache-2.0
// A connection to PostgreSQL over libpq: queries with parameters, transactions, cancellation.
// Bulk copy is in copy.h, quoting in quoting.h. Knows no types of columns. No password ever shows
// in an error. Errors carry the code of sqlstate.h and end with `(SQLSTATE xxxxx)`; a connection
// that breaks is Unavailable, during COMMIT UnknownOutcome.
// A Connection and all that hangs on it belong to one thread at a time; a Canceller to any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"

struct pg_conn;
struct pg_result;
struct pg_cancel;

namespace tarn::postgres {

struct Notice {
  std::string severity;  // NOTICE, WARNING, …
  std::string sqlstate;
  std::string message;
};

struct ConnectionOptions {
  // `postgresql://user@host/db`, `host=… dbname=…`, `service=…`, a database name, or empty for what
  // the environment says (PGHOST, PGDATABASE, …).
  std::string target;
  // Wins over the password in `target`, PGPASSWORD, PGPASSFILE and ~/.pgpass, unless empty.
  std::string password;
  // The first line of this file is the password, unless `password` is given.
  std::string password_file;
  std::string application_name = "tarn";
  // For all hosts of `target` together; `connect_timeout` there wins.
  int connect_timeout_s = 10;
  // Server settings for the session, such as {"TimeZone", "UTC"}.
  std::vector<std::pair<std::string, std::string>> settings;
  // Looked at while waiting; when requested, the running statement is cancelled at the server.
  // Must outlive the connection.
  const Cancel* cancel = nullptr;
  // Called on the connection's thread.
  std::function<void(const Notice&)> on_notice;
};

enum class Format { Text, Binary };

// Values of parameters in text form; nullopt is NULL.
using Parameters = std::span<const std::optional<std::string>>;

// Rows and columns count from 0. Views are valid as long as the Rows.
class Rows {
 public:
  explicit Rows(pg_result* result) : result_(result) {}
  Rows(Rows&& other) noexcept : result_(std::exchange(other.result_, nullptr)) {}
  Rows& operator=(Rows&& other) noexcept {
    std::swap(result_, other.result_);
    return *this;
  }
  ~Rows();

  int row_count() const;
  int column_count() const;
  std::string_view column_name(int column) const;
  std::uint32_t column_type(int column) const;          // pg_type.oid
  std::int32_t column_type_modifier(int column) const;  // pg_attribute.atttypmod
  bool is_null(int row, int column) const;
  std::string_view at(int row, int column) const;  // empty for NULL
  std::optional<std::string> optional_at(int row, int column) const;
  // Of INSERT, UPDATE, DELETE, MERGE, SELECT, COPY; 0 for others.
  std::int64_t affected_rows() const;
  // Such as `INSERT 0 1`.
  std::string_view command_tag() const;

 private:
  pg_result* result_;
};

// Stops what the connection runs; that fails with ErrorCode::Cancelled. Any thread. May be used
// after the connection has ended.
class Canceller {
 public:
  explicit Canceller(pg_cancel* handle) : handle_(handle) {}
  Canceller(Canceller&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Canceller& operator=(Canceller&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Canceller();
  Result<void> cancel() const;

 private:
  pg_cancel* handle_;
};

class Connection {
 public:
  static Result<Connection> connect(const ConnectionOptions& options);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // One statement; parameters are `$1`, `$2`, …
  Result<Rows> query(const std::string& sql, Parameters parameters = {},
                     Format results = Format::Text);
  // One or several statements without results.
  Result<void> execute(const std::string& sql);
  // The single text of a query that gives one row; NotFound if there is no row.
  Result<std::optional<std::string>> query_value(const std::string& sql,
                                                 Parameters parameters = {});

  Canceller canceller() const;
  // In place of ConnectionOptions::cancel.
  void set_cancel(const Cancel* cancel);
  // False once the server or the network has gone; the connection is of no use then.
  bool is_alive() const;
  bool in_transaction() const;
  // A statement or a COPY has not been read to its end.
  bool is_running() const;
  bool in_failed_transaction() const;
  // 150004 for 15.4.
  int server_version() const;
  int backend_pid() const;
  // `postgresql://user@host:5432/db`, for messages: never with a password.
  const std::string& description() const;
  // Of the statement that failed last; empty if the server gave none.
  const std::string& last_sqlstate() const;

  // Internal to the folder: copy.cc and transactions share the state.
  struct State;
  State& state() { return *state_; }

 private:
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

enum class Isolation { ReadCommitted, RepeatableRead, Serializable };

struct TransactionOptions {
  Isolation isolation = Isolation::ReadCommitted;
  bool read_only = false;
};

// Rolls back at the end unless committed. REQUIRES: ends before its Connection.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection, const TransactionOptions& options = {});
  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // UnknownOutcome if the connection breaks meanwhile: look before anything else. With every other
  // error nothing has been committed. Not stopped by ConnectionOptions::cancel.
  Result<void> commit();
  Result<void> rollback();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace tarn::postgres
