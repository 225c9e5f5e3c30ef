// SPDX-License-Identifier: Apache-2.0
// Statements on a lake in a folder: the ways from text to commit, transactions, errors.
#include "engine/session.h"

#include "base/temporary_folder.h"
#include "base/testing.h"
#include "catalog/open_lake.h"
#include "duckdb/lake.h"
#include "types/error_name.h"
#include "types/wire.h"

namespace tarn::engine {
namespace {

class OneLake final : public CatalogSet {
 public:
  OneLake() {
    instance_ =
        CHECK_OK(duckdb::Instance::open({.threads = 2, .temp_folder = folder_.file("tmp")}));
    auto lake = std::make_shared<catalog::Lake>(CHECK_OK(catalog::open_lake(
        folder_.file("lake"), {.setup = catalog::CatalogSetup::CreateIfMissing})));
    LakeCatalog handle;
    handle.name = "lake";
    handle.warehouse = folder_.file("lake/warehouse");
    handle.store = lake->store;
    handle.catalog = std::shared_ptr<catalog::SqlCatalog>(lake, lake->catalog.get());
    handle.intents = std::shared_ptr<iceberg::WriteIntents>(lake, lake->intents.get());
    CHECK_OK(duckdb::attach_lake(*instance_, {.name = "lake",
                                              .catalog = handle.catalog,
                                              .store = handle.store,
                                              .intents = handle.intents,
                                              .durability = Durability::Fast}));
    handle_ = std::move(handle);
  }
  ~OneLake() override { CHECK_OK(duckdb::detach_lake(*instance_, "lake")); }

  std::vector<std::string> names() const override { return {"lake"}; }
  Result<const CatalogHandle*> find(std::string_view name) override {
    if (name != "lake") return not_found("there is no catalog `{}`", name);
    return &handle_;
  }
  duckdb::Instance& instance() override { return *instance_; }
  std::unique_ptr<Session> open() {
    SessionOptions options;
    options.catalog = "lake";
    options.schema = "s";
    return CHECK_OK(Session::open(*this, options));
  }

 private:
  TemporaryFolder folder_ = std::move(TemporaryFolder::make()).value();
  std::unique_ptr<duckdb::Instance> instance_;
  CatalogHandle handle_;
};

// Rows as JSON, a count, or the error's name.
std::string run(Session& session, std::string_view sql) {
  auto answer = session.execute(sql);
  if (!answer) return types::split_error(answer.error()).name;
  if (!answer->rows) {
    return answer->update_count ? std::to_string(*answer->update_count) : answer->update_type;
  }
  auto rows = read_all(*answer);
  if (!rows) return types::split_error(rows.error()).name;
  std::string out;
  for (const auto& row : *rows) {
    out += out.empty() ? "" : ";";
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += '|';
      if (row[i].is_null()) {
        out += '-';
      } else {
        types::append_wire_json(out, answer->columns[i].type, row[i]);
      }
    }
  }
  return out;
}

TEST_CASE("a transaction is one commit over several tables") {
  OneLake lake;
  auto session = lake.open();
  CHECK(run(*session, "CREATE SCHEMA s") == "CREATE SCHEMA");
  CHECK(run(*session, "CREATE TABLE a (x integer)") == "CREATE TABLE");
  CHECK(run(*session, "START TRANSACTION") == "START TRANSACTION");
  CHECK(run(*session, "INSERT INTO a VALUES 1, 2") == "2");
  CHECK(run(*session, "CREATE TABLE b AS SELECT x * 10 AS y FROM a") == "2");
  CHECK(run(*session, "DELETE FROM a WHERE x = 1") == "1");
  CHECK(run(*session, "SELECT * FROM a") == "2");
  auto other = lake.open();
  CHECK(run(*other, "SELECT count(*) FROM a") == "0");
  CHECK(run(*other, "SELECT * FROM b") == "TABLE_NOT_FOUND");
  CHECK(run(*session, "COMMIT") == "COMMIT");
  CHECK(run(*other, "SELECT (SELECT max(x) FROM a), max(y) FROM b") == "2|20");
  CHECK(run(*other, "SELECT count(*) FROM \"a$snapshots\"") == "1");
}

TEST_CASE("a failed statement aborts the transaction, a rollback forgets all") {
  OneLake lake;
  auto session = lake.open();
  run(*session, "CREATE SCHEMA s");
  run(*session, "CREATE TABLE a (x integer)");
  run(*session, "START TRANSACTION");
  CHECK(run(*session, "INSERT INTO a VALUES 1") == "1");
  CHECK(run(*session, "SELECT nosuch FROM a") == "COLUMN_NOT_FOUND");
  CHECK(run(*session, "SELECT 1") == "TRANSACTION_ALREADY_ABORTED");
  CHECK(run(*session, "ROLLBACK") == "ROLLBACK");
  CHECK(run(*session, "SELECT count(*) FROM a") == "0");
  CHECK(run(*session, "ROLLBACK") == "NOT_IN_TRANSACTION");
}

TEST_CASE("a statement may replace the table that it reads") {
  OneLake lake;
  auto session = lake.open();
  run(*session, "CREATE SCHEMA s");
  CHECK(run(*session, "CREATE TABLE t AS SELECT 1 AS a, 'x' AS b") == "1");
  CHECK(run(*session, "CREATE OR REPLACE TABLE t AS SELECT a + 1 AS c, b FROM t") == "1");
  CHECK(run(*session, "SELECT * FROM t") == "2|\"x\"");
  CHECK(run(*session, "CREATE OR REPLACE TABLE t (z date)") == "CREATE TABLE");
  CHECK(run(*session, "SELECT * FROM t") == "");
  CHECK(run(*session, "INSERT INTO t VALUES DATE '2024-01-01'") == "1");
  CHECK(run(*session, "MERGE INTO t USING t AS s ON t.z = s.z WHEN MATCHED THEN DELETE") == "1");
}

TEST_CASE("two tables with the same columns stay two") {
  OneLake lake;
  auto session = lake.open();
  run(*session, "CREATE SCHEMA s");
  run(*session, "CREATE TABLE a AS SELECT 1 AS x");
  run(*session, "CREATE TABLE b AS SELECT 2 AS x");
  CHECK(run(*session, "SELECT (SELECT x FROM a), (SELECT x FROM b)") == "1|2");
}

TEST_CASE("a new statement ends an answer that was not read") {
  OneLake lake;
  auto session = lake.open();
  run(*session, "CREATE SCHEMA s");
  auto first = CHECK_OK(session->execute("SELECT * FROM UNNEST(sequence(1, 10000)) AS t(x)"));
  CHECK(run(*session, "SELECT 1") == "1");
  CHECK_ERROR(first.rows->next(), ErrorCode::Cancelled, "another statement");
}

TEST_CASE("refreshing a materialized view twice does nothing the second time") {
  OneLake lake;
  auto session = lake.open();
  run(*session, "CREATE SCHEMA s");
  run(*session, "CREATE TABLE t AS SELECT 1 AS a");
  CHECK(run(*session, "CREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a") ==
        "CREATE MATERIALIZED VIEW");
  CHECK(run(*session, "SELECT * FROM m") == "1|1");
  CHECK(run(*session, "REFRESH MATERIALIZED VIEW m") == "1");
  CHECK(run(*session, "REFRESH MATERIALIZED VIEW m") == "0");
  run(*session, "INSERT INTO t VALUES 1, 5");
  CHECK(run(*session, "SELECT * FROM m") == "1|1");
  CHECK(run(*session, "SELECT freshness FROM system.metadata.materialized_views") == "\"STALE\"");
  CHECK(run(*session, "REFRESH MATERIALIZED VIEW m") == "2");
  CHECK(run(*session, "SELECT * FROM m ORDER BY a") == "1|2;5|1");
  CHECK(run(*session, "SELECT freshness FROM system.metadata.materialized_views") == "\"FRESH\"");
}

TEST_CASE("whole partitions are deleted without reading them, others row by row") {
  OneLake lake;
  auto session = lake.open();
  run(*session, "CREATE SCHEMA s");
  run(*session, "CREATE TABLE t (p integer, x double) WITH (partitioning = ARRAY['p'])");
  CHECK(run(*session, "INSERT INTO t VALUES (1, 1), (1, nan()), (2, 2), (NULL, 3)") == "4");
  CHECK(run(*session, "DELETE FROM t WHERE p <> 2") == "2");
  CHECK(run(*session, "SELECT x FROM t ORDER BY x") == "2.0;3.0");
  CHECK(run(*session, "DELETE FROM t WHERE NOT (p = 2 OR p IS NULL)") == "0");
  CHECK(run(*session, "DELETE FROM t WHERE p IN (2, NULL)") == "1");
  CHECK(run(*session, "SELECT count(*) FROM t WHERE p IS NULL") == "1");
}

std::string plan_of(Session& session, std::string_view sql) {
  auto answer = CHECK_OK(session.execute(sql));
  std::string out;
  for (const Row& row : CHECK_OK(read_all(answer))) out += row[0].as_text();
  return out;
}

TEST_CASE("EXPLAIN names tables, snapshots and files") {
  OneLake lake;
  auto session = lake.open();
  run(*session, "CREATE SCHEMA s");
  run(*session, "CREATE TABLE a (x integer, p varchar) WITH (partitioning = ARRAY['p'])");
  CHECK(plan_of(*session, "EXPLAIN SELECT x FROM a").find("no snapshot") != std::string::npos);
  run(*session, "INSERT INTO a VALUES (1, 'u'), (2, 'u'), (3, 'v')");
  const std::string id = run(*session, "SELECT snapshot_id FROM \"a$snapshots\"");
  const std::string plan = plan_of(
      *session,
      "EXPLAIN SELECT p, sum(x) AS total FROM a WHERE p = 'u' AND x > 0 GROUP BY p ORDER BY 2 DESC "
      "LIMIT 3");
  CAPTURE(plan);
  for (const std::string& part :
       {std::string("Output[p:varchar, total:bigint]\n└─ Limit[3]\n   └─ Sort[sum(x) DESC]\n"),
        std::string("Aggregate[keys: p; sum(x)]"), std::string("Scan lake.s.a\n"),
        std::string("columns: x, p\n"), "snapshot " + id + " of 2",
        std::string("files: 1 of 2 (1 pruned), 2 rows, ")}) {
    CHECK_MESSAGE(plan.find(part) != std::string::npos, part);
  }
  const std::string ran = plan_of(*session, "EXPLAIN ANALYZE SELECT count(*) FROM a");
  CHECK(ran.find("Aggregate[count(*)]") != std::string::npos);
  CHECK(ran.find("Run by the engine, with rows and times:") != std::string::npos);
  CHECK(plan_of(*session, "EXPLAIN INSERT INTO a VALUES (4, 'w')").starts_with("INSERT\nOutput"));
}

TEST_CASE("DESCRIBE INPUT tells what parameters are coerced to") {
  OneLake lake;
  auto session = lake.open();
  run(*session, "CREATE SCHEMA s");
  run(*session, "CREATE TABLE a (x bigint, p varchar(5), d date)");
  const std::pair<const char*, const char*> cases[] = {
      {"SELECT ? FROM a WHERE x = ? AND p < ?", R"x(0|"unknown";1|"bigint";2|"varchar")x"},
      {"SELECT x + ? FROM a WHERE d BETWEEN ? AND ? LIMIT ?",
       R"x(0|"bigint";1|"date";2|"date";3|"bigint")x"},
      {"SELECT 1 FROM a WHERE x IN (?, 2) OR p LIKE ?", R"x(0|"bigint";1|"varchar")x"},
      {"DELETE FROM a WHERE d = ?", R"x(0|"date")x"},
      {"UPDATE a SET x = ? WHERE p = ?", R"x(0|"bigint";1|"varchar")x"},
      {"SELECT x FROM a", ""},
      {"SELECT x FROM nosuch WHERE x = ?", "TABLE_NOT_FOUND"},
  };
  for (const auto& [sql, expected] : cases) {
    const std::string text = sql;
    CAPTURE(text);
    CHECK(run(*session, "PREPARE q FROM " + text) == "PREPARE");
    CHECK(run(*session, "DESCRIBE INPUT q") == expected);
  }
}

}  // namespace
}  // namespace tarn::engine
