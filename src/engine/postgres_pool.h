// SPDX-License-Identifier: Apache-2.0
// Connections to one Postgres database that statements leave behind for the next ones: a new one
// costs milliseconds, and its server knows none of the catalog yet. Internal to the engine.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "postgres/connection.h"

namespace tarn::engine {

// Thread-safe.
class PostgresPool {
 public:
  // A connection in a new transaction that `begin` has opened. `options` are those of all its
  // connections but for `cancel`.
  Result<std::unique_ptr<postgres::Connection>> begin(const postgres::ConnectionOptions& options,
                                                      const std::string& begin);
  // Rolls back what is open; a connection that is of no more use goes.
  void give_back(std::unique_ptr<postgres::Connection> connection);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<postgres::Connection>> idle_;
};

}  // namespace tarn::engine
