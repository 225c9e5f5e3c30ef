// SPDX-License-Identifier: Apache-2.0
// One connection to the catalog's database, shared by threads and opened again when it was lost.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/sql_connection.h"

namespace tarn::catalog {

// Thread-safe.
class SqlDatabase {
 public:
  static Result<std::unique_ptr<SqlDatabase>> open(SqlConnector connector);

  // A statement that only reads; sent again once if the connection turns out to be lost.
  Result<SqlResult> query(const std::string& sql, std::initializer_list<SqlValue> values);

  // What `commit_token` of transact() is for.
  using Token = std::optional<std::string>;
  // Begins, runs `body`, commits. An error of `body` rolls back and is returned: then, as with
  // every code other than UnknownOutcome, nothing has happened. With UnknownOutcome `commit_token`
  // (where given) is what fate() needs.
  using Body = std::function<Result<void>(SqlConnection&)>;
  Result<void> transact(const Body& body, Token* commit_token = nullptr);

  // On a new connection. InProgress is waited out for a while.
  Result<TransactionFate> fate(const std::string& token, Clock& clock);

  // Runs `body` without a transaction.
  Result<void> with_connection(const Body& body);
  const std::string& description() const { return connector_.description; }

 private:
  explicit SqlDatabase(SqlConnector connector) : connector_(std::move(connector)) {}
  // REQUIRES: mutex_ is held.
  Result<void> ensure_connection();
  void drop_lost_connection();

  SqlConnector connector_;
  std::mutex mutex_;
  std::unique_ptr<SqlConnection> connection_;
};

// Runs a statement with its values.
inline Result<SqlResult> run_sql(SqlConnection& connection, const std::string& sql,
                                 std::initializer_list<SqlValue> values) {
  return connection.run(sql, std::span<const SqlValue>(values.begin(), values.size()));
}

}  // namespace tarn::catalog
