// SPDX-License-Identifier: Apache-2.0
// Statements on a Postgres catalog, with a real server.
#include "engine/postgres_testing.h"

namespace tarn::engine {
namespace {

constexpr const char* kTypes = R"(
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN price AS numeric(6,2);
CREATE TABLE kinds (id integer PRIMARY KEY, s smallint, b bigint, r real, d double precision,
  n numeric(10,3), big numeric, t text, v varchar(5), c char(4), bo boolean, bin bytea, da date,
  ti time(3), ts timestamp(3), tz timestamptz, u uuid, j jsonb, a integer[], m mood, p price,
  i interval);
INSERT INTO kinds VALUES (1, 2, 3, 1.5, 2.5, 12.345, 1e30, 'text', 'var', 'ch', true, '\x00ff',
  '2024-02-29', '01:02:03.004', '2024-01-01 12:00:00.5', '2024-01-01 12:00:00+02',
  '00000000-0000-0000-0000-00000000000a', '{"b": 1, "a": [1, 2]}', '{1,NULL,3}', 'ok', 12.5,
  '1 day 2 hours');
INSERT INTO kinds (id) VALUES (2);
)";

TEST_CASE("columns of every type are read") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  test.server(kTypes);
  CHECK(CHECK_OK(test.run("SELECT column_name, data_type FROM pg.information_schema.columns WHERE "
                          "table_name = 'kinds' ORDER BY ordinal_position")) ==
        "id|integer\ns|smallint\nb|bigint\nr|real\nd|double\nn|decimal(10,3)\nbig|varchar\n"
        "t|varchar\nv|varchar(5)\nc|char(4)\nbo|boolean\nbin|varbinary\nda|date\nti|time(3)\n"
        "ts|timestamp(3)\ntz|timestamp(6) with time zone\nu|uuid\nj|json\na|array(integer)\n"
        "m|varchar\np|decimal(6,2)\ni|varchar");
  CHECK(CHECK_OK(test.run("SELECT id, s, b, r, d, n, big, t, v, c, bo, bin, da, ti, ts, tz, u, j, "
                          "a, m, p, i FROM kinds ORDER BY id")) ==
        "1|2|3|1.5E0|2.5E0|12.345|1000000000000000000000000000000|text|var|ch  |true|X'00FF'|"
        "2024-02-29|01:02:03.004|2024-01-01 12:00:00.500|2024-01-01 10:00:00.000000 UTC|"
        "00000000-0000-0000-0000-00000000000a|JSON '{\"a\":[1,2],\"b\":1}'|"
        "ARRAY[INTEGER '1', CAST(NULL AS integer), INTEGER '3']|ok|12.50|P1DT2H\n"
        "2|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|"
        "NULL|NULL|NULL|NULL");
}

TEST_CASE("conditions reach the server only where they mean the same") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  test.server(
      "CREATE TABLE t (k integer, s text, c char(3), d double precision, z timestamptz, n "
      "numeric(10,2)); INSERT INTO t VALUES (1, 'a', 'x', 1, '2024-01-01+00', 1.5), (2, 'B', "
      "'y  ', 'NaN', '2024-01-02+00', 2.5), (3, 'b', NULL, 3, NULL, NULL), (4, 'Z', 'z', "
      "'-Infinity', 'infinity', 4)");
  struct Case {
    const char* condition;
    const char* keys;
  };
  const Case cases[] = {
      {"k = 2", "2"},
      {"k <> 2 AND k <> 4", "1,3"},
      {"s > 'Z' AND k < 4", "1,3"},  // by bytes, not as a dictionary
      {"s BETWEEN 'A' AND 'C' AND k < 4", "2"},
      {"s IN ('a', 'b')", "1,3"},
      {"c = 'y' AND k < 4", "2"},
      {"c < 'y' AND k < 4", "1"},
      {"d > 0 AND k < 4", "1,3"},  // NaN is greater in Postgres
      {"d <> 1 AND k < 4", "2,3"},
      {"z >= TIMESTAMP '2024-01-02 00:00:00 UTC' AND k < 4", "2"},
      {"z IS NULL", "3"},
      {"z IS NOT NULL AND k < 4", "1,2"},
      {"n >= 2.5 AND k < 4", "2"},
      {"n = DECIMAL '1.50'", "1"},
      {"(k = 1 OR s = 'b')", "1,3"},
      {"NOT (k = 1) AND k < 4", "2,3"},
      {"k + 1 = 3", "2"},
      {"CAST(k AS bigint) = 3", "3"},
      {"lower(s) = 'b' AND k < 4", "2,3"},
  };
  for (const Case& item : cases) {
    INFO(item.condition);
    CHECK(CHECK_OK(test.run(
              fmt::format("SELECT array_join(array_agg(k ORDER BY k), ',') FROM t WHERE {}",
                          item.condition))) == item.keys);
  }
  CHECK(CHECK_OK(test.run("SELECT b, a FROM TABLE(pg.system.query(query => 'SELECT k AS a, s || "
                          "''!'' AS b FROM t WHERE k < 3 -- all of it')) ORDER BY a")) ==
        "a!|1\nB!|2");
  CHECK_ERROR(test.run("SELECT * FROM TABLE(system.query('DROP TABLE t'))"),
              ErrorCode::InvalidInput, "JDBC_ERROR");
  // What has no place in Trino's types is an error, not another value.
  auto infinite = test.run("SELECT z FROM t WHERE k = 4");
  REQUIRE_FALSE(infinite.has_value());
  CHECK(CHECK_OK(test.run("SELECT count(*) FROM t")) == "4");
  CHECK(CHECK_OK(test.run("SELECT k FROM t ORDER BY k LIMIT 1")) == "1");
}

TEST_CASE("tables are joined, read twice, and read in pieces") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  test.server(
      "CREATE TABLE big AS SELECT g AS k, repeat('x', 200) || g AS s FROM generate_series(1, "
      "150000) g; CREATE TABLE parts (k integer, s text) PARTITION BY LIST (k); CREATE TABLE "
      "parts_1 PARTITION OF parts FOR VALUES IN (1); CREATE TABLE parts_2 PARTITION OF parts FOR "
      "VALUES IN (2); INSERT INTO parts VALUES (1, 'a'), (2, 'b'); CREATE VIEW v AS SELECT k + 1 "
      "AS k FROM parts; ANALYZE");
  CHECK(CHECK_OK(test.run("SELECT count(*), sum(k), count(DISTINCT s) FROM big")) ==
        "150000|11250075000|150000");
  CHECK(CHECK_OK(test.run("SELECT count(*) FROM big")) == "150000");
  CHECK(CHECK_OK(test.run("SELECT count(*) FROM parts, v")) == "4");
  CHECK(CHECK_OK(test.run("WITH c AS (SELECT k FROM big) SELECT count(*) FROM c a JOIN c b ON "
                          "a.k = b.k WHERE a.k <= 1000")) == "1000");
  CHECK(CHECK_OK(test.run("SELECT p.k, s, v.k FROM parts p JOIN v ON v.k = p.k ORDER BY 1")) ==
        "2|b|2");
  CHECK(CHECK_OK(test.run("SELECT count(*) FROM parts_1")) == "1");
  CHECK(CHECK_OK(test.run("SELECT n.name FROM parts p JOIN tpch.tiny.nation n ON n.nationkey = "
                          "p.k ORDER BY 1")) == "ARGENTINA\nBRAZIL");
}

TEST_CASE("tables are made, filled and changed") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  CHECK(CHECK_OK(test.run("CREATE SCHEMA made")) == "CREATE SCHEMA");
  CHECK(CHECK_OK(test.run(
            "CREATE TABLE made.t (id bigint NOT NULL, name varchar(10), price decimal(10,2), at "
            "timestamp(6) with time zone, tags array(varchar), doc json, c char(3)) COMMENT "
            "'things'")) == "CREATE TABLE");
  CHECK(CHECK_OK(test.run("INSERT INTO made.t SELECT 1, 'one', 1.5, TIMESTAMP '2024-01-01 00:00:00 "
                          "UTC', ARRAY['a', NULL], JSON '{\"x\":1}', 'ab' UNION ALL SELECT 2, "
                          "NULL, NULL, NULL, NULL, NULL, NULL UNION ALL SELECT 3, 'drei', -12345.67"
                          ", TIMESTAMP '1969-12-31 23:59:59.999999 UTC', ARRAY[], NULL, ''")) ==
        "INSERT 3");
  CHECK(CHECK_OK(test.run("SELECT * FROM made.t ORDER BY id")) ==
        "1|one|1.50|2024-01-01 00:00:00.000000 UTC|ARRAY[CAST('a' AS varchar), CAST(NULL AS "
        "varchar)]|JSON "
        "'{\"x\":1}'|ab \n2|NULL|NULL|NULL|NULL|NULL|NULL\n3|drei|-12345.67|1969-12-31 "
        "23:59:59.999999 UTC|CAST(ARRAY[] AS array(varchar))|NULL|   ");
  CHECK(CHECK_OK(test.run("UPDATE made.t SET price = coalesce(price, 0) + id, name = 'n' || "
                          "CAST(id AS varchar) WHERE id <> 3")) == "UPDATE 2");
  CHECK(CHECK_OK(test.run("DELETE FROM made.t WHERE id = 3")) == "DELETE 1");
  CHECK(CHECK_OK(test.run("SELECT id, name, price FROM made.t ORDER BY id")) ==
        "1|n1|2.50\n2|n2|2.00");
  CHECK(CHECK_OK(test.run(
            "MERGE INTO made.t USING (VALUES (1, 'x'), (2, 'y'), (4, 'z')) AS s(k, v) ON id = k "
            "WHEN MATCHED AND v = 'x' THEN DELETE WHEN MATCHED THEN UPDATE SET name = v WHEN NOT "
            "MATCHED THEN INSERT (id, name) VALUES (k, v)")) == "MERGE 3");
  CHECK(CHECK_OK(test.run("SELECT id, name FROM made.t ORDER BY id")) == "2|y\n4|z");
  CHECK_ERROR(test.run("MERGE INTO made.t USING (VALUES 2, 2) AS s(k) ON id = k WHEN MATCHED THEN "
                       "DELETE"),
              ErrorCode::InvalidInput, "MERGE_TARGET_ROW_MULTIPLE_MATCHES");
  CHECK(CHECK_OK(test.run("CREATE TABLE made.copy AS SELECT id, name, 1.5E0 AS x, DATE "
                          "'2024-02-29' AS d, UUID '00000000-0000-0000-0000-00000000000a' AS u "
                          "FROM made.t")) == "CREATE TABLE 2");
  CHECK(CHECK_OK(test.run("SELECT * FROM made.copy ORDER BY id")) ==
        "2|y|1.5E0|2024-02-29|00000000-0000-0000-0000-00000000000a\n4|z|1.5E0|2024-02-29|"
        "00000000-0000-0000-0000-00000000000a");
  CHECK(CHECK_OK(test.run("INSERT INTO made.copy (id) SELECT nationkey FROM tpch.tiny.nation")) ==
        "INSERT 25");
  CHECK(CHECK_OK(test.run("DELETE FROM made.copy")) == "DELETE 27");
  CHECK(CHECK_OK(test.run("ALTER TABLE made.copy ADD COLUMN more integer")) == "ADD COLUMN");
  CHECK(CHECK_OK(test.run("ALTER TABLE made.copy RENAME COLUMN more TO less")) == "RENAME COLUMN");
  CHECK(CHECK_OK(test.run("ALTER TABLE made.copy DROP COLUMN less")) == "DROP COLUMN");
  CHECK(CHECK_OK(test.run("COMMENT ON TABLE made.copy IS 'it''s'")) == "COMMENT");
  CHECK(CHECK_OK(test.run("ALTER TABLE made.copy RENAME TO made.other")) == "RENAME TABLE");
  CHECK(CHECK_OK(test.run("SHOW TABLES FROM made")) == "other\nt");
  CHECK(CHECK_OK(test.run("TRUNCATE TABLE made.other")) == "TRUNCATE TABLE");
  CHECK(CHECK_OK(test.run("DROP TABLE made.other")) == "DROP TABLE");
  CHECK_ERROR(test.run("DROP SCHEMA made"), ErrorCode::InvalidInput, "JDBC_ERROR");
  CHECK(CHECK_OK(test.run("DROP SCHEMA made CASCADE")) == "DROP SCHEMA");
  CHECK(CHECK_OK(test.run("CALL system.execute(query => 'CREATE TABLE public.q (a int)')")) ==
        "CALL");
  CHECK(CHECK_OK(test.run("SELECT count(*) FROM q")) == "0");
}

TEST_CASE("a failed statement leaves nothing and names what is wrong") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  test.server("CREATE TABLE u (k integer PRIMARY KEY, i interval)");
  struct Case {
    const char* sql;
    const char* text;
  };
  const Case cases[] = {
      {"INSERT INTO u (k) VALUES 1, 1", "JDBC_ERROR"},
      {"INSERT INTO u (k) SELECT 10 / (k - k) FROM u RIGHT JOIN (VALUES 1) v(x) ON true", ""},
      {"CREATE TABLE x AS SELECT MAP(ARRAY[1], ARRAY[2]) AS m", "NOT_SUPPORTED"},
      {"CREATE OR REPLACE TABLE u AS SELECT 1 AS k", "NOT_SUPPORTED"},
      {"SELECT * FROM nothing", "TABLE_NOT_FOUND"},
      {"SELECT * FROM pg.nothing.t", "SCHEMA_NOT_FOUND"},
      {"DELETE FROM nothing", "TABLE_NOT_FOUND"},
  };
  for (const Case& item : cases) {
    INFO(item.sql);
    auto result = test.run(item.sql);
    if (*item.text == '\0') continue;
    REQUIRE_FALSE(result.has_value());
    CHECK_MESSAGE(result.error().message.find(item.text) != std::string::npos,
                  result.error().message);
  }
  CHECK(CHECK_OK(test.run("SHOW TABLES")) == "u");
  CHECK(CHECK_OK(test.run("INSERT INTO u VALUES (7, 'P1DT2H')")) == "INSERT 1");
  CHECK(CHECK_OK(test.run("SELECT i FROM u WHERE k = 7")) == "P1DT2H");
}

}  // namespace
}  // namespace tarn::engine
