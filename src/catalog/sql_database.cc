// SPDX-License-Identifier: Apache-2.0
#include "catalog/sql_database.h"

#include <utility>

#include "base/time.h"

namespace tarn::catalog {

namespace {

constexpr int kFateChecksMax = 20;
constexpr std::int64_t kFateWaitMicros = kMicrosPerSecond / 4;

}  // namespace

Result<std::unique_ptr<SqlDatabase>> SqlDatabase::open(SqlConnector connector) {
  std::unique_ptr<SqlDatabase> database(new SqlDatabase(std::move(connector)));
  TRY(database->ensure_connection());
  return database;
}

Result<void> SqlDatabase::ensure_connection() {
  if (connection_ == nullptr) connection_ = TRY(connector_.connect());
  return {};
}

void SqlDatabase::drop_lost_connection() {
  if (connection_ != nullptr && !connection_->is_alive()) connection_.reset();
}

Result<SqlResult> SqlDatabase::query(const std::string& sql,
                                     std::initializer_list<SqlValue> values) {
  const std::lock_guard lock(mutex_);
  for (int attempt = 0;; ++attempt) {
    TRY(ensure_connection());
    auto result = run_sql(*connection_, sql, values);
    if (result) return result;
    drop_lost_connection();
    if (connection_ != nullptr || attempt > 0) return result;
  }
}

Result<void> SqlDatabase::transact(const Body& body, Token* commit_token) {
  const std::lock_guard lock(mutex_);
  TRY(ensure_connection());
  auto begun = connection_->begin();
  if (!begun) {
    drop_lost_connection();
    if (connection_ != nullptr) return begun;
    TRY(ensure_connection());
    TRY(connection_->begin());
  }
  auto result = body(*connection_);
  if (result && commit_token != nullptr) {
    auto token = connection_->transaction_token();
    if (token) {
      *commit_token = std::move(*token);
    } else {
      result = std::move(token).error();
    }
  }
  if (result) {
    result = connection_->commit();
    // The file's state after a failed commit shows on a new connection only.
    if (!result && result.error().code == ErrorCode::UnknownOutcome) connection_.reset();
  } else {
    connection_->rollback();
  }
  if (!result) drop_lost_connection();
  return result;
}

Result<TransactionFate> SqlDatabase::fate(const std::string& token, Clock& clock) {
  for (int check = 0;; ++check) {
    TransactionFate fate;
    {
      const std::lock_guard lock(mutex_);
      drop_lost_connection();
      TRY(ensure_connection());
      fate = TRY(connection_->transaction_fate(token));
    }
    if (fate != TransactionFate::InProgress || check == kFateChecksMax) return fate;
    clock.sleep_micros(kFateWaitMicros);
  }
}

Result<void> SqlDatabase::with_connection(const Body& body) {
  const std::lock_guard lock(mutex_);
  TRY(ensure_connection());
  auto result = body(*connection_);
  if (!result) drop_lost_connection();
  return result;
}

}  // namespace tarn::catalog
