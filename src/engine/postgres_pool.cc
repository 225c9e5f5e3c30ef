// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_pool.h"

namespace tarn::engine {
namespace {

constexpr std::size_t kIdleMax = 4;
// A query of the server's own SQL may have taken a lock that outlives its transaction.
constexpr const char* kEnd = "ROLLBACK; SELECT pg_advisory_unlock_all()";

}  // namespace

Result<std::unique_ptr<postgres::Connection>> PostgresPool::begin(
    const postgres::ConnectionOptions& options, const std::string& begin) {
  while (true) {
    std::unique_ptr<postgres::Connection> connection;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        connection = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (!connection) break;
    connection->set_cancel(options.cancel);
    auto begun = connection->execute(begin);
    if (begun) return connection;
    // The server may have ended it meanwhile.
    if (connection->is_alive()) return std::move(begun).error();
  }
  auto connection =
      std::make_unique<postgres::Connection>(TRY(postgres::Connection::connect(options)));
  TRY(connection->execute(begin));
  return connection;
}

void PostgresPool::give_back(std::unique_ptr<postgres::Connection> connection) {
  if (!connection || !connection->is_alive() || connection->is_running()) return;
  connection->set_cancel(nullptr);
  if (connection->in_transaction() && !connection->execute(kEnd)) return;
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(connection));
}

}  // namespace tarn::engine
