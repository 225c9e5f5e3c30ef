// SPDX-License-Identifier: Apache-2.0
#include "duckdb/lake.h"

#include "base/testing.h"
#include "duckdb/memory_lake.h"

namespace tarn::duckdb {
namespace {

TEST_CASE("a table is created, filled and read") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t(a INTEGER, b VARCHAR, c DECIMAL(9,2))");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "0");
  CHECK(lake.run("INSERT INTO lake.s.t VALUES (1, 'x', 1.5), (2, NULL, 2), (3, 'z', NULL)") == 3);
  CHECK(lake.rows("SELECT * FROM lake.s.t ORDER BY a") == "1|x|1.50;2|-|2.00;3|z|-");
  CHECK(lake.run("INSERT INTO lake.s.t (b, a) VALUES ('w', 4)") == 1);
  CHECK(lake.rows("SELECT * FROM lake.s.t WHERE a = 4") == "4|w|-");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "4");
  CHECK(lake.table("t").metadata->snapshots.size() == 2);
}

TEST_CASE("CREATE TABLE AS makes table and rows in one commit") {
  MemoryLake lake;
  const int before = lake.catalog->commit_count();
  CHECK(lake.run("CREATE TABLE lake.s.t AS SELECT range AS a, range::UTINYINT AS small, "
                 "'v' || range AS b FROM range(100)") == 100);
  CHECK(lake.catalog->commit_count() == before + 1);
  CHECK(lake.rows("SELECT sum(a), max(small), min(b), count(*) FROM lake.s.t") == "4950|99|v0|100");
  CHECK_ERROR(lake.connection->query("CREATE TABLE lake.s.t AS SELECT 1 AS a"),
              ErrorCode::AlreadyExists, "exists");
  CHECK_ERROR(lake.connection->query("CREATE TABLE lake.s.u AS SELECT 1::HUGEINT AS a"),
              ErrorCode::Unsupported, "HUGEINT");
}

TEST_CASE("rows are deleted, updated and merged") {
  for (const char* version : {"2", "3"}) {
    CAPTURE(version);
    MemoryLake lake;
    lake.run(
        fmt::format("CREATE TABLE lake.s.t WITH ('format-version' = '{}') AS "
                    "SELECT range AS a, range * 10 AS b, 'v' || range AS c FROM range(10)",
                    version));
    CHECK(lake.run("DELETE FROM lake.s.t WHERE a IN (1, 3)") == 2);
    CHECK(lake.rows("SELECT count(*), sum(a) FROM lake.s.t") == "8|41");
    CHECK(lake.run("DELETE FROM lake.s.t WHERE a = 5") == 1);
    CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "7");
    CHECK(lake.run("UPDATE lake.s.t SET b = b + 1 WHERE a > 6") == 3);
    CHECK(lake.rows("SELECT a, b, c FROM lake.s.t ORDER BY a") ==
          "0|0|v0;2|20|v2;4|40|v4;6|60|v6;7|71|v7;8|81|v8;9|91|v9");
    CHECK(lake.run("MERGE INTO lake.s.t USING (VALUES (2, 'two'), (4, 'four'), (20, 'new')) "
                   "AS s(k, v) ON t.a = s.k "
                   "WHEN MATCHED AND s.k = 4 THEN DELETE "
                   "WHEN MATCHED THEN UPDATE SET c = s.v "
                   "WHEN NOT MATCHED THEN INSERT (a, c) VALUES (s.k, s.v) "
                   "WHEN NOT MATCHED BY SOURCE AND t.a = 9 THEN DELETE") == 4);
    CHECK(lake.rows("SELECT a, b, c FROM lake.s.t ORDER BY a") ==
          "0|0|v0;2|20|two;6|60|v6;7|71|v7;8|81|v8;20|-|new");
    CHECK_ERROR(lake.connection->query("MERGE INTO lake.s.t USING (VALUES (2), (2)) AS s(k) "
                                       "ON t.a = s.k WHEN MATCHED THEN UPDATE SET b = 0"),
                ErrorCode::InvalidInput, "more than one row");
    CHECK(lake.run("DELETE FROM lake.s.t") == 6);
    CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "0");
    // Nothing but whole files went.
    const auto* last = lake.table("t").metadata->current_snapshot();
    CHECK(last->summary.at("total-data-files") == "0");
    CHECK(last->summary.at("engine-name") == "tarn");
  }
}

// Scanning a column twice gives other columns' values: an UPDATE that also reads the columns that
// it keeps must not ask for them again.
TEST_CASE("an update that reads columns which it does not set keeps them") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t AS SELECT range AS a, range + 100 AS b, 'x' || range AS c, "
      "range * 1.5 AS d FROM range(5000)");
  CHECK(lake.run("UPDATE lake.s.t SET b = a + 1000 WHERE c LIKE 'x1%' AND d >= 0 AND a < 4999") ==
        1111);
  CHECK(lake.rows("SELECT count(*), sum(a), sum(CASE WHEN c = 'x' || a THEN 1 ELSE 0 END), "
                  "sum(CASE WHEN d = a * 1.5 THEN 1 ELSE 0 END) FROM lake.s.t") ==
        "5000|12497500|5000|5000");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE b = a + 1000") == "1111");
}

TEST_CASE("a transaction sees its own writes and publishes them together") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t AS SELECT range AS a FROM range(3)");
  auto other = CHECK_OK(lake.instance->connect());
  const int before = lake.catalog->commit_count();
  lake.run("BEGIN");
  lake.run("INSERT INTO lake.s.t VALUES (10)");
  lake.run("DELETE FROM lake.s.t WHERE a = 1 OR a = 10");
  lake.run("CREATE TABLE lake.s.u AS SELECT a + 1 AS b FROM lake.s.t");
  CHECK(lake.rows("SELECT * FROM lake.s.t ORDER BY a") == "0;2");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "2");
  CHECK(lake.rows("SELECT * FROM lake.s.u ORDER BY b") == "1;3");
  CHECK(MemoryLake::rows(other, "SELECT count(*) FROM lake.s.t") == "3");
  lake.run("COMMIT");
  CHECK(lake.catalog->commit_count() == before + 1);
  CHECK(MemoryLake::rows(other, "SELECT * FROM lake.s.t ORDER BY a") == "0;2");
  CHECK(MemoryLake::rows(other, "SELECT * FROM lake.s.u ORDER BY b") == "1;3");
}

TEST_CASE("a rollback and a failed statement leave no file behind") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t AS SELECT range AS a FROM range(3)");
  const std::size_t files = lake.file_count();
  lake.run("BEGIN");
  lake.run("INSERT INTO lake.s.t SELECT range FROM range(100)");
  CHECK(lake.file_count() > files);
  lake.run("ROLLBACK");
  CHECK(lake.file_count() == files);
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "3");
  CHECK_ERROR(lake.connection->query("INSERT INTO lake.s.t SELECT CASE WHEN range < 400000 THEN "
                                     "range ELSE error('stop') END FROM range(500000)"),
              ErrorCode::InvalidInput, "stop");
  CHECK(lake.file_count() == files);
}

TEST_CASE("a failed commit keeps its code and removes files unless it may have landed") {
  using Fault = iceberg::MemoryCatalog::CommitFault;
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t AS SELECT range AS a FROM range(3)");
  auto data_files = [&] {
    return CHECK_OK(lake.store->list_all(lake.table("t").metadata->location + "/data")).size();
  };
  CHECK(data_files() == 1);
  lake.catalog->set_commit_hook([](int) { return Fault::Fail; });
  auto failed = lake.connection->query("INSERT INTO lake.s.t VALUES (4)");
  REQUIRE_FALSE(failed.has_value());
  CHECK_MESSAGE(failed.error().code == ErrorCode::Unavailable, describe(failed.error()));
  CHECK(data_files() == 1);
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "3");
  lake.catalog->set_commit_hook([](int) { return Fault::UnknownNotDone; });
  lake.catalog->set_load_hook([]() -> Result<void> { return {}; });
  auto unknown = lake.connection->query("INSERT INTO lake.s.t VALUES (4)");
  REQUIRE_FALSE(unknown.has_value());
  lake.catalog->set_commit_hook([](int) { return Fault::Conflict; });
  CHECK_ERROR(lake.connection->query("INSERT INTO lake.s.t VALUES (4)"), ErrorCode::Conflict, "");
}

TEST_CASE("of two transactions that change the same rows the second fails, appends never") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t AS SELECT range AS a FROM range(100)");
  auto other = CHECK_OK(lake.instance->connect());
  lake.run("BEGIN");
  lake.run("UPDATE lake.s.t SET a = -1 WHERE a = 5");
  CHECK(CHECK_OK(other.execute("DELETE FROM lake.s.t WHERE a = 5")) == 1);
  CHECK_ERROR(lake.connection->execute("COMMIT"), ErrorCode::Conflict, "");
  CHECK(lake.rows("SELECT count(*), min(a) FROM lake.s.t") == "99|0");

  lake.run("BEGIN");
  lake.run("INSERT INTO lake.s.t VALUES (1000)");
  CHECK(CHECK_OK(other.execute("INSERT INTO lake.s.t VALUES (2000)")) == 1);
  lake.run("COMMIT");
  CHECK(lake.rows("SELECT count(*), max(a) FROM lake.s.t") == "101|2000");

  // New rows that the statement would have seen, and others.
  lake.run("BEGIN");
  lake.run("DELETE FROM lake.s.t WHERE a > 90 AND a < 100");
  CHECK(CHECK_OK(other.execute("INSERT INTO lake.s.t VALUES (3000)")) == 1);
  lake.run("COMMIT");
  lake.run("BEGIN");
  lake.run("DELETE FROM lake.s.t WHERE a > 80");
  CHECK(CHECK_OK(other.execute("INSERT INTO lake.s.t VALUES (4000)")) == 1);
  CHECK_ERROR(lake.connection->execute("COMMIT"), ErrorCode::Conflict, "");
}

TEST_CASE("what changed nothing commits nothing") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t AS SELECT range AS a FROM range(3)");
  const int before = lake.catalog->commit_count();
  CHECK(lake.run("DELETE FROM lake.s.t WHERE a > 100") == 0);
  CHECK(lake.run("INSERT INTO lake.s.t SELECT 1 WHERE false") == 0);
  CHECK(lake.catalog->commit_count() == before);
}

TEST_CASE("earlier states are read by id, branch and time") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t AS SELECT 1 AS a");
  const auto first = lake.table("t").metadata->snapshots.at(0);
  lake.run("INSERT INTO lake.s.t VALUES (2)");
  CHECK(lake.rows(fmt::format("SELECT * FROM lake.s.t AT (VERSION => {})", first.id.value)) == "1");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t AT (VERSION => 'main')") == "2");
  CHECK(lake.rows(fmt::format("SELECT count(*) FROM lake.s.t AT (TIMESTAMP => make_timestamp({}))",
                              first.timestamp_ms * 1000)) == "1");
  CHECK_ERROR(lake.connection->query("SELECT * FROM lake.s.t AT (VERSION => 1)"),
              ErrorCode::NotFound, "");
  CHECK_ERROR(lake.connection->query("SELECT * FROM lake.s.t AT (VERSION => 'none')"),
              ErrorCode::NotFound, "none");
}

TEST_CASE("names: case, schemas, what is not there") {
  MemoryLake lake;
  lake.run("CREATE SCHEMA lake.other");
  CHECK_ERROR(lake.connection->query("CREATE SCHEMA lake.other"), ErrorCode::AlreadyExists, "");
  lake.run("CREATE SCHEMA IF NOT EXISTS lake.other");
  lake.run("CREATE TABLE lake.other.\"MixedCase\" AS SELECT 1 AS \"Col\"");
  CHECK(lake.rows("SELECT col FROM lake.other.mixedcase") == "1");
  CHECK(
      lake.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'other'") ==
      "MixedCase");
  lake.run("DROP TABLE lake.other.mixedcase");
  lake.run("DROP TABLE IF EXISTS lake.other.mixedcase");
  lake.run("DROP SCHEMA lake.other");
  CHECK_ERROR(lake.connection->query("SELECT * FROM lake.s.nothing"), ErrorCode::NotFound,
              "nothing");
  CHECK_ERROR(lake.connection->query("SELECT * FROM lake.nowhere.t"), ErrorCode::NotFound, "");
}

TEST_CASE("what a lake cannot do is refused") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t(a INTEGER NOT NULL, b VARCHAR)");
  for (const char* sql : {
           "INSERT INTO lake.s.t VALUES (1, 'x') RETURNING a",
           "DELETE FROM lake.s.t RETURNING a",
           "CREATE VIEW lake.s.v AS SELECT 1",
           "CREATE SEQUENCE lake.s.q",
           "ALTER TABLE lake.s.t ADD COLUMN c INTEGER",
           "CREATE OR REPLACE TABLE lake.s.t AS SELECT 1 AS a",
           "CREATE TABLE lake.s.w(a INTEGER DEFAULT 5)",
       }) {
    INFO(sql);
    auto result = lake.connection->query(sql);
    REQUIRE_FALSE(result.has_value());
    CHECK_MESSAGE(result.error().code == ErrorCode::Unsupported, describe(result.error()));
  }
  const std::size_t files = lake.file_count();
  CHECK_ERROR(lake.connection->query("INSERT INTO lake.s.t VALUES (NULL, 'x')"),
              ErrorCode::InvalidInput, "column `a` is required");
  CHECK(lake.file_count() == files);
  CHECK(lake.rows("SELECT 1") == "1");
}

TEST_CASE("a large share of deleted rows rewrites the file, a small one adds deletes") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t(p INTEGER, a BIGINT, b VARCHAR) PARTITIONED BY (p) SORTED BY (a)");
  lake.run("INSERT INTO lake.s.t SELECT range % 2, range, 'v' || range FROM range(20000)");
  auto summary = [&](const char* name) {
    const auto& values = lake.table("t").metadata->current_snapshot()->summary;
    auto found = values.find(name);
    return found == values.end() ? std::string("0") : found->second;
  };
  CHECK(lake.run("DELETE FROM lake.s.t WHERE a % 1000 = 0") == 20);
  CHECK(summary("total-delete-files") == "1");
  CHECK(summary("total-data-files") == "2");
  // Half of one partition: that file is written anew, without the rows deleted before.
  CHECK(lake.run("DELETE FROM lake.s.t WHERE p = 0 AND a < 10000") == 4990);
  CHECK(summary("total-data-files") == "2");
  CHECK(summary("total-records") == "14990");
  CHECK(lake.rows("SELECT p, count(*), min(a), max(a), count(DISTINCT b) FROM lake.s.t GROUP BY p "
                  "ORDER BY p") == "0|4990|10002|19998|4990;1|10000|1|19999|10000");
  CHECK(lake.run("UPDATE lake.s.t SET b = 'w' WHERE a % 2 = 1 AND a > 5000") == 7500);
  CHECK(lake.rows("SELECT count(*), count(DISTINCT a), sum(CASE WHEN b = 'w' THEN 1 ELSE 0 END) "
                  "FROM lake.s.t") == "14990|14990|7500");
  lake.run(
      "CREATE TABLE lake.s.u WITH ('write.delete.mode' = 'merge-on-read') AS "
      "SELECT range AS a FROM range(10)");
  lake.run("DELETE FROM lake.s.u WHERE a < 9");
  CHECK(lake.table("u").metadata->current_snapshot()->summary.at("total-delete-files") == "1");
  CHECK(lake.rows("SELECT * FROM lake.s.u") == "9");
}

TEST_CASE("prepared statements see the table as it is when they run") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t AS SELECT 1 AS a");
  lake.run("PREPARE ins AS INSERT INTO lake.s.t VALUES ($1)");
  lake.run("PREPARE cnt AS SELECT count(*), sum(a) FROM lake.s.t");
  lake.run("EXECUTE ins(2)");
  CHECK(lake.rows("EXECUTE cnt") == "2|3");
  lake.run("EXECUTE ins(3)");
  CHECK(lake.rows("EXECUTE cnt") == "3|6");
}

}  // namespace
}  // namespace tarn::duckdb
