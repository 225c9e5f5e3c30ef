// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "base/text.h"
#include "catalog/sql_connection.h"
#include "postgres/connection.h"
#include "postgres/quoting.h"

namespace tarn::catalog {

namespace {

class PostgresConnection final : public SqlConnection {
 public:
  explicit PostgresConnection(postgres::Connection connection)
      : connection_(std::move(connection)) {}

  Result<SqlResult> run(const std::string& sql, std::span<const SqlValue> values) override {
    const auto rows = TRY(connection_.query(sql, values));
    SqlResult result;
    result.affected_rows = rows.affected_rows();
    result.rows.resize(static_cast<std::size_t>(rows.row_count()));
    for (int row = 0; row < rows.row_count(); ++row) {
      auto& cells = result.rows[static_cast<std::size_t>(row)];
      cells.reserve(static_cast<std::size_t>(rows.column_count()));
      for (int column = 0; column < rows.column_count(); ++column) {
        cells.push_back(rows.optional_at(row, column));
      }
    }
    return result;
  }

  Result<void> begin() override {
    transaction_.emplace(TRY(postgres::Transaction::begin(connection_)));
    return {};
  }
  Result<void> commit() override {
    auto transaction = std::move(*transaction_);
    transaction_.reset();
    return transaction.commit();
  }
  void rollback() override { transaction_.reset(); }

  Result<std::string> transaction_token() override {
    return TRY(connection_.query_value("SELECT txid_current()")).value_or("");
  }
  Result<TransactionFate> transaction_fate(const std::string& token) override {
    const SqlValue values[] = {token};
    const auto status = TRY(connection_.query_value("SELECT txid_status($1)", values));
    if (status == "committed") return TransactionFate::Committed;
    if (status == "aborted") return TransactionFate::RolledBack;
    if (status == "in progress") return TransactionFate::InProgress;
    return TransactionFate::Unknown;
  }

  Result<bool> has_table(const std::string& name) override {
    const SqlValue values[] = {postgres::quote_identifier(name)};
    return TRY(connection_.query_value("SELECT to_regclass($1) IS NOT NULL", values)) == "t";
  }
  Result<bool> has_column(const std::string& table, const std::string& column) override {
    const SqlValue values[] = {postgres::quote_identifier(table), column};
    const auto count =
        TRY(connection_.query_value("SELECT count(*) FROM pg_attribute WHERE attrelid = "
                                    "to_regclass($1) AND attname = $2 AND NOT attisdropped",
                                    values));
    return count == "1";
  }
  bool is_alive() const override { return connection_.is_alive(); }

 private:
  postgres::Connection connection_;
  std::optional<postgres::Transaction> transaction_;
};

}  // namespace

SqlConnector postgres_connector(postgres::ConnectionOptions options) {
  auto description = "Postgres database `" + mask_secrets(options.target) + "`";
  return {
      [options = std::move(options)]() -> Result<std::unique_ptr<SqlConnection>> {
        return std::make_unique<PostgresConnection>(TRY(postgres::Connection::connect(options)));
      },
      std::move(description)};
}

}  // namespace tarn::catalog
