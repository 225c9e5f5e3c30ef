// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_snapshot.h"

#include "postgres/quoting.h"

namespace tarn::engine {
namespace {

// An error of a query must not end the transaction that holds the snapshot.
constexpr const char* kSavepoint = "SAVEPOINT tarn";
constexpr const char* kToSavepoint = "ROLLBACK TO SAVEPOINT tarn";
constexpr const char* kBeginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

}  // namespace

postgres::ConnectionOptions reading_options(postgres::ConnectionOptions options,
                                            const Cancel* cancel) {
  constexpr std::pair<const char*, const char*> kSettings[] = {
      {"TimeZone", "UTC"},       {"DateStyle", "ISO, YMD"},   {"IntervalStyle", "iso_8601"},
      {"bytea_output", "hex"},   {"extra_float_digits", "1"}, {"client_encoding", "UTF8"},
      {"statement_timeout", "0"}};
  for (const auto& [name, value] : kSettings) {
    std::erase_if(options.settings, [&](const auto& setting) { return setting.first == name; });
    options.settings.emplace_back(name, value);
  }
  options.cancel = cancel;
  return options;
}

Result<std::shared_ptr<PostgresSnapshot>> PostgresSnapshot::open(
    const postgres::ConnectionOptions& options, std::shared_ptr<PostgresPool> pool,
    const Cancel* cancel) {
  std::shared_ptr<PostgresSnapshot> snapshot(
      new PostgresSnapshot(reading_options(options, cancel), std::move(pool)));
  snapshot->first_ = TRY(snapshot->pool_->begin(snapshot->options_, kBeginReading));
  const auto facts = TRY(snapshot->first_->query(
      "SELECT pg_export_snapshot(), pg_encoding_to_char(encoding) FROM pg_database "
      "WHERE datname = current_database()"));
  if (facts.row_count() != 1) return internal("the server does not know its database");
  snapshot->id_ = facts.at(0, 0);
  snapshot->is_utf8_ = facts.at(0, 1) == "UTF8";
  TRY(snapshot->first_->execute(kSavepoint));
  return snapshot;
}

PostgresSnapshot::~PostgresSnapshot() {
  pool_->give_back(std::move(first_));
  for (auto& connection : idle_) pool_->give_back(std::move(connection));
}

Result<postgres::Rows> PostgresSnapshot::query(const std::string& sql,
                                               postgres::Parameters parameters) {
  auto lease = TRY(take());
  return (*lease).query(sql, parameters);
}

Result<PostgresSnapshot::Lease> PostgresSnapshot::take() {
  {
    std::lock_guard lock(mutex_);
    if (first_) return Lease(shared_from_this(), std::move(first_), true);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(shared_from_this(), std::move(connection), false);
    }
  }
  auto connection = TRY(pool_->begin(options_, kBeginReading));
  TRY(connection->execute("SET TRANSACTION SNAPSHOT " + postgres::quote_literal(id_)));
  return Lease(shared_from_this(), std::move(connection), false);
}

void PostgresSnapshot::give_back(std::unique_ptr<postgres::Connection> connection, bool is_first) {
  if (is_first) {
    if (connection->in_failed_transaction() && connection->is_alive()) {
      (void)connection->execute(kToSavepoint);  // a failure shows at the next use
    }
    std::lock_guard lock(mutex_);
    first_ = std::move(connection);
    return;
  }
  if (!connection->is_alive() || !connection->in_transaction() ||
      connection->in_failed_transaction()) {
    return;
  }
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

PostgresSnapshot::Lease::~Lease() {
  if (connection_) owner_->give_back(std::move(connection_), is_first_);
}

}  // namespace tarn::engine
