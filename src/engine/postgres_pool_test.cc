// SPDX-License-Identifier: Apache-2.0
// What one statement leaves for the next on a connection, with a real server.
#include "engine/postgres_testing.h"

namespace tarn::engine {
namespace {

std::string asked(PostgresSession& test, const std::string& query) {
  return CHECK_OK(test.run("SELECT * FROM TABLE(pg.system.query(query => '" + query + "'))"));
}

TEST_CASE("a statement uses the connection of the one before, and none of its locks") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  const std::string backend = "SELECT pg_backend_pid() AS pid";
  const std::string first = asked(test, backend);
  CHECK(asked(test, "SELECT pg_try_advisory_lock(42) AS taken").find("true") != std::string::npos);
  CHECK(asked(test, backend) == first);
  const std::string locks =
      asked(test, "SELECT count(*) AS held FROM pg_locks WHERE locktype = ''advisory''");
  CHECK(locks.find('0') != std::string::npos);
  CHECK(locks.find('1') == std::string::npos);
}

TEST_CASE("a statement after a failed one reads again") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  const auto failed = test.run("SELECT * FROM TABLE(pg.system.query(query => 'SELECT 1/0 AS x'))");
  CHECK_FALSE(failed.has_value());
  CHECK(asked(test, "SELECT 7 AS seven").find('7') != std::string::npos);
}

}  // namespace
}  // namespace tarn::engine
