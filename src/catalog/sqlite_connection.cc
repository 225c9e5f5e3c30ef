// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <utility>

#include "catalog/sql_connection.h"
#include "sqlite/database.h"

namespace tarn::catalog {

namespace {

class SqliteConnection final : public SqlConnection {
 public:
  explicit SqliteConnection(sqlite::Database database) : database_(std::move(database)) {}

  Result<SqlResult> run(const std::string& sql, std::span<const SqlValue> values) override {
    auto statement = TRY(database_.prepare(sql));
    for (std::size_t i = 0; i < values.size(); ++i) {
      // SQLite numbers `$n` by first appearance and knows it by its name.
      const int index = statement.parameter_index(fmt::format("${}", i + 1).c_str());
      TRY(values[i] ? statement.bind_text(index, *values[i]) : statement.bind_null(index));
    }
    SqlResult result;
    while (TRY(statement.step())) {
      auto& row = result.rows.emplace_back();
      const int columns = statement.column_count();
      row.reserve(static_cast<std::size_t>(columns));
      for (int column = 0; column < columns; ++column) {
        row.push_back(statement.optional_text_at(column));
      }
    }
    result.affected_rows = database_.changes();
    return result;
  }

  Result<void> begin() override {
    transaction_.emplace(TRY(sqlite::Transaction::begin(database_)));
    return {};
  }
  Result<void> commit() override {
    auto transaction = std::move(*transaction_);
    transaction_.reset();
    return transaction.commit();
  }
  void rollback() override { transaction_.reset(); }

  // A commit that failed on the disk is settled by opening the file again: SQLite then either
  // shows its rows or has undone it.
  Result<std::string> transaction_token() override { return std::string(); }
  Result<TransactionFate> transaction_fate(const std::string&) override {
    return TransactionFate::RolledBack;
  }

  Result<bool> has_table(const std::string& name) override { return database_.has_table(name); }
  Result<bool> has_column(const std::string& table, const std::string& column) override {
    return database_.has_column(table, column);
  }
  bool is_alive() const override { return true; }

 private:
  sqlite::Database database_;
  std::optional<sqlite::Transaction> transaction_;
};

}  // namespace

SqlConnector sqlite_connector(std::string path, sqlite::OpenOptions options) {
  auto description = fmt::format("SQLite database `{}`", path);
  return {[path = std::move(path), options]() -> Result<std::unique_ptr<SqlConnection>> {
            return std::make_unique<SqliteConnection>(TRY(sqlite::Database::open(path, options)));
          },
          std::move(description)};
}

}  // namespace tarn::catalog
