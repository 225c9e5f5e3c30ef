// SPDX-License-Identifier: Apache-2.0
// The little of SQL that the catalog needs, over SQLite or Postgres with one set of statements:
// texts as values, `$1` as parameters, transactions, and the fate of a commit whose answer was
// lost.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "postgres/connection.h"
#include "sqlite/database.h"

namespace tarn::catalog {

// nullopt is NULL. Numbers travel as their decimal text.
using SqlValue = std::optional<std::string>;

struct SqlResult {
  std::vector<std::vector<SqlValue>> rows;
  std::int64_t affected_rows = 0;  // of INSERT, UPDATE, DELETE
};

// What became of a transaction whose COMMIT got no answer.
enum class TransactionFate {
  Committed,
  RolledBack,
  InProgress,  // ask again
  Unknown,     // the database cannot tell
};

// Belongs to one thread at a time. Errors as in sqlite/database.h and postgres/connection.h.
class SqlConnection {
 public:
  virtual ~SqlConnection() = default;

  // Each parameter `$n` stands once in the text, in ascending order.
  virtual Result<SqlResult> run(const std::string& sql, std::span<const SqlValue> values) = 0;
  virtual Result<void> begin() = 0;
  // UnknownOutcome: it may have landed. Any other error: it has not.
  virtual Result<void> commit() = 0;
  // Safe to call when no transaction is open.
  virtual void rollback() = 0;
  // Inside a transaction: what transaction_fate() on another connection needs to know it by.
  virtual Result<std::string> transaction_token() = 0;
  virtual Result<TransactionFate> transaction_fate(const std::string& token) = 0;

  virtual Result<bool> has_table(const std::string& name) = 0;
  virtual Result<bool> has_column(const std::string& table, const std::string& column) = 0;
  virtual bool is_alive() const = 0;
};

// Opens one more connection to the same database.
struct SqlConnector {
  std::function<Result<std::unique_ptr<SqlConnection>>()> connect;
  std::string description;  // for messages; never with a password
};

SqlConnector sqlite_connector(std::string path, sqlite::OpenOptions options = {});
SqlConnector postgres_connector(postgres::ConnectionOptions options);

}  // namespace tarn::catalog
