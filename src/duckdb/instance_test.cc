// SPDX-License-Identifier: Apache-2.0
#include "duckdb/instance.h"

#include <thread>

#include "base/testing.h"

namespace tarn::duckdb {
namespace {

std::unique_ptr<Instance> open_small(std::uint64_t memory = 200'000'000) {
  return CHECK_OK(Instance::open({.memory_limit_bytes = memory, .threads = 2}));
}

TEST_CASE("rows come back as text, by columns and as a stream") {
  auto instance = open_small();
  auto connection = CHECK_OK(instance->connect());
  auto table = CHECK_OK(connection.query(
      "SELECT 1 AS a, NULL AS b, DATE '2024-02-29' AS c; SELECT 'x' AS d, 1.50 AS e"));
  REQUIRE(table.columns.size() == 2);
  CHECK(table.columns[1].name == "e");
  CHECK(table.columns[1].type == "DECIMAL(3,2)");
  CHECK(table.rows.at(0).at(1) == "1.50");

  auto stream = CHECK_OK(connection.stream(
      "SELECT range AS n, CASE WHEN range % 2 = 0 THEN 'v' || range END AS t FROM range(5000)"));
  std::size_t rows = 0;
  std::int64_t sum = 0;
  while (auto batch = CHECK_OK(stream.next())) {
    for (std::size_t row = 0; row < batch->row_count(); ++row) {
      sum += batch->integer(0, row);
      CHECK(batch->is_null(1, row) == (batch->integer(0, row) % 2 != 0));
    }
    if (rows == 0) CHECK(batch->bytes(1, 4) == "v4");
    rows += batch->row_count();
  }
  CHECK(rows == 5000);
  CHECK(sum == 12'497'500);
}

TEST_CASE("execute gives the number of changed rows") {
  auto instance = open_small();
  auto connection = CHECK_OK(instance->connect());
  CHECK(CHECK_OK(connection.execute("CREATE TABLE t(a INTEGER)")) == 0);
  CHECK(CHECK_OK(connection.execute("INSERT INTO t SELECT range FROM range(3)")) == 3);
  CHECK(CHECK_OK(connection.execute("")) == 0);
  CHECK(CHECK_OK(connection.query("SELECT sum(a) FROM t")).single() == "3");
}

TEST_CASE("errors carry a code and no query text") {
  auto instance = open_small();
  auto connection = CHECK_OK(instance->connect());
  struct Case {
    const char* sql;
    ErrorCode code;
    const char* text;
  };
  const Case cases[] = {
      {"SELEC 1", ErrorCode::InvalidInput, "syntax error"},
      {"SELECT * FROM nowhere", ErrorCode::NotFound, "nowhere"},
      {"SELECT nope FROM range(1)", ErrorCode::InvalidInput, "nope"},
      {"SELECT CAST('x' AS INTEGER)", ErrorCode::InvalidInput, "x"},
      {"SELECT * FROM read_parquet('/nowhere/x.parquet')", ErrorCode::NotFound, "/nowhere"},
      {"LOAD 'nothing'", ErrorCode::Unavailable, "nothing"},
  };
  for (const Case& test : cases) {
    INFO(test.sql);
    auto result = connection.query(test.sql);
    REQUIRE_FALSE(result.has_value());
    CHECK_MESSAGE(result.error().code == test.code, describe(result.error()));
    CHECK_MESSAGE(result.error().message.find(test.text) != std::string::npos,
                  describe(result.error()));
    CHECK(result.error().message.find("LINE 1") == std::string::npos);
  }
  CHECK(CHECK_OK(connection.query("SELECT 1")).single() == "1");
}

TEST_CASE("past the memory limit the statement fails and the instance lives on") {
  auto instance = open_small(50'000'000);
  auto connection = CHECK_OK(instance->connect());
  CHECK_ERROR(connection.query("SELECT count(*) FROM (SELECT DISTINCT md5(range::VARCHAR) "
                               "FROM range(5000000))"),
              ErrorCode::InvalidInput, "memory limit");
  CHECK(CHECK_OK(connection.query("SELECT 1")).single() == "1");
}

TEST_CASE("a statement is stopped by interrupt and by a cancel flag") {
  auto instance = open_small();
  auto connection = CHECK_OK(instance->connect());
  const std::string endless =
      "SELECT sum(a.range * b.range) FROM range(3000000) a, range(3000000) b";

  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done.load()) connection.interrupt();
  });
  CHECK_ERROR(connection.query(endless), ErrorCode::Cancelled, "");
  done.store(true);
  other.join();

  Cancel cancel;
  std::thread asks([&] { cancel.request(); });
  CHECK_ERROR(connection.query(endless, &cancel), ErrorCode::Cancelled, "cancelled");
  asks.join();
  CHECK(CHECK_OK(connection.query("SELECT 1")).single() == "1");
}

TEST_CASE("extensions load from the folder beside the program, others by no way") {
  auto instance = open_small();
  CHECK_OK(instance->load_extension("httpfs"));
  CHECK_OK(instance->load_extension("httpfs"));
  CHECK_ERROR(instance->load_extension("nothing"), ErrorCode::NotFound,
              "lib/extensions/nothing.duckdb_extension");
  auto connection = CHECK_OK(instance->connect());
  CHECK_ERROR(connection.query("ATTACH 'dbname=x' AS p (TYPE postgres)"), ErrorCode::Unavailable,
              "postgres");
}

TEST_CASE("nothing is installed and the session's time zone is UTC") {
  auto instance = open_small();
  auto connection = CHECK_OK(instance->connect());
  CHECK(
      CHECK_OK(connection.query("SELECT current_setting('autoload_known_extensions')")).single() ==
      "false");
  CHECK(CHECK_OK(connection.query("SELECT current_setting('TimeZone')")).single() == "UTC");
}

}  // namespace
}  // namespace tarn::duckdb
