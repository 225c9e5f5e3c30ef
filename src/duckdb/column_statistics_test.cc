// SPDX-License-Identifier: Apache-2.0
#include "duckdb/memory_lake.h"

namespace tarn::duckdb {
namespace {

bool shows_part(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the optimizer knows the bounds of columns") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t (id BIGINT, day DATE, price DECIMAL(12,2), x DOUBLE, note TEXT)");
  auto known = [&](const std::string& column) {
    return lake.rows("SELECT DISTINCT stats(" + column + ") FROM lake.s.t");
  };
  CHECK(known("id").empty());
  lake.run("INSERT INTO lake.s.t VALUES (5, '2024-01-01', 1.50, 1, 'a'), (9, NULL, 2, 2, 'b')");
  lake.run("INSERT INTO lake.s.t VALUES (-3, '2024-02-01', 7, 'nan', 'c')");
  CHECK(shows_part(known("id"), "[Min: -3, Max: 9][Has Null: false"));
  CHECK(shows_part(known("day"), "[Min: 2024-01-01, Max: 2024-02-01][Has Null: true"));
  CHECK(shows_part(known("price"), "[Min: 1.50, Max: 7.00]"));
  CHECK_FALSE(shows_part(known("x"), "Min: 1"));  // NaN is in no bound
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE x > 2") == "1");
  // What is deleted is in no answer.
  lake.run("DELETE FROM lake.s.t WHERE id = 9");
  CHECK(lake.rows("SELECT max(id), min(id) FROM lake.s.t") == "5|-3");
  // Rows of the own transaction count.
  lake.run("BEGIN");
  lake.run("INSERT INTO lake.s.t VALUES (NULL, '2030-01-01', 100, 3, 'd')");
  CHECK(shows_part(known("id"), "[Has Null: true"));
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE price = 100 AND id IS NULL") == "1");
  lake.run("ROLLBACK");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE price = 100") == "0");
}

TEST_CASE("columns without bounds have no statistics") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t (id INTEGER)");
  lake.run("INSERT INTO lake.s.t VALUES (NULL), (NULL)");
  CHECK(lake.rows("SELECT count(id), count(*) FROM lake.s.t") == "0|2");
  lake.run("INSERT INTO lake.s.t VALUES (7)");
  CHECK(shows_part(lake.rows("SELECT DISTINCT stats(id) FROM lake.s.t"),
                   "[Min: 7, Max: 7][Has Null: true"));
  CHECK(lake.rows("SELECT id FROM lake.s.t WHERE id IS NULL OR id = 7 ORDER BY id") == "7;-;-");
}

}  // namespace
}  // namespace tarn::duckdb
