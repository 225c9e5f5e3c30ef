// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_snapshot.h"

#include "postgres/quoting.h"

namespace tarn::engine {
namespace {

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
    const postgres::ConnectionOptions& options, const Cancel* cancel) {
  std::shared_ptr<PostgresSnapshot> snapshot(
      new PostgresSnapshot(reading_options(options, cancel)));
  snapshot->first_ = std::make_unique<postgres::Connection>(
      TRY(postgres::Connection::connect(snapshot->options_)));
  TRY(snapshot->first_->execute(kBeginReading));
  snapshot->id_ = TRY(snapshot->first_->query_value("SELECT pg_export_snapshot()")).value_or("");
  return snapshot;
}

Result<PostgresSnapshot::Lease> PostgresSnapshot::take() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(shared_from_this(), std::move(connection));
    }
  }
  auto connection =
      std::make_unique<postgres::Connection>(TRY(postgres::Connection::connect(options_)));
  TRY(connection->execute(kBeginReading));
  TRY(connection->execute("SET TRANSACTION SNAPSHOT " + postgres::quote_literal(id_)));
  return Lease(shared_from_this(), std::move(connection));
}

void PostgresSnapshot::give_back(std::unique_ptr<postgres::Connection> connection) {
  if (!connection->is_alive() || !connection->in_transaction() ||
      connection->in_failed_transaction()) {
    return;
  }
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

PostgresSnapshot::Lease::~Lease() {
  if (connection_) owner_->give_back(std::move(connection_));
}

}  // namespace tarn::engine
