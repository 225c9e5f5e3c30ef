// SPDX-License-Identifier: Apache-2.0
// Conditions reach the tables of a Postgres server through the relations between, and change no
// answer, with a real server.
#include <random>

#include "engine/postgres_testing.h"

namespace tarn::engine {
namespace {

constexpr const char* kRows = R"(
CREATE TABLE r (k integer PRIMARY KEY, i integer, s smallint, t text);
INSERT INTO r SELECT g,
  CASE WHEN g % 11 = 0 THEN NULL ELSE g % 7 - 3 END,
  CASE WHEN g % 13 = 0 THEN NULL ELSE g % 5 - 2 END,
  CASE WHEN g % 10 = 0 THEN NULL ELSE (ARRAY['a', 'B', 'b', 'z', ''])[g % 5 + 1] END
FROM generate_series(1, 200) g;
ANALYZE r;
)";

// Shapes between a condition and a table; `#` is the table.
constexpr const char* kShapes[] = {
    "WITH q AS (SELECT k, i AS s, s AS i, t FROM #) SELECT * FROM q WHERE {q}",
    "WITH p AS (SELECT * FROM # WHERE {}), q AS (SELECT k, i, t, s FROM p) SELECT k FROM q "
    "WHERE {q}",
    "WITH q AS (SELECT * FROM # WHERE {}) SELECT a.k, b.i FROM q a JOIN q b ON a.i = b.s "
    "AND {a} WHERE {b}",
    "SELECT a.k, b.k FROM # a JOIN # b ON a.i = b.s AND {a} AND {b} WHERE {a}",
    "SELECT a.k, b.k FROM # a LEFT JOIN # b ON a.k = b.k + 1 AND {b} AND {a} WHERE {a} AND {b}",
    "SELECT a.k, b.k FROM # a LEFT JOIN # b ON a.k = b.k + 1 AND {b} AND {a} WHERE b.k IS NULL",
    "SELECT a.k, b.k FROM # a RIGHT JOIN # b ON a.k = b.k + 1 AND {a} AND {b} WHERE {b}",
    "SELECT a.k, b.k FROM # a FULL JOIN # b ON a.k = b.k + 1 AND {b} AND {a} WHERE {a} OR {b}",
    "SELECT a.k, b.k FROM # a FULL JOIN # b ON a.k = b.k + 1 WHERE {a}",
    "SELECT a.k, b.k FROM # a, # b WHERE a.k = b.k AND {a} AND ({b} OR {a})",
    "SELECT * FROM (SELECT i, t, count(*) AS c, max(s) AS s, max(k) AS k FROM # GROUP BY i, t) q "
    "WHERE {q}",
    "SELECT i, t, count(*) FROM # GROUP BY ROLLUP (i, t) HAVING i > 0 OR t = 'a'",
    "SELECT i, t, count(*) FROM # GROUP BY GROUPING SETS ((i), (t)) HAVING i > 0",
    "SELECT * FROM (SELECT k, i, s, t FROM # UNION ALL SELECT k + 1000, s, i, t FROM #) q "
    "WHERE {q}",
    "SELECT * FROM (SELECT i, s, t, 1 AS k FROM # UNION SELECT s, i, t, 2 FROM #) q WHERE {q}",
    "SELECT * FROM (SELECT i, s, t, 1 AS k FROM # EXCEPT SELECT s, i, t, 1 FROM #) q WHERE {q}",
    "SELECT * FROM (SELECT DISTINCT i, s, t, 1 AS k FROM #) q WHERE {q}",
    "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY i ORDER BY k) AS n FROM #) q "
    "WHERE {q} AND n < 3",
    "SELECT * FROM (SELECT * FROM # ORDER BY k LIMIT 50) q WHERE {q}",
    "SELECT k FROM (SELECT * FROM # WHERE {}) q WHERE {q} ORDER BY k LIMIT 5",
    "SELECT k FROM # a WHERE EXISTS (SELECT 1 FROM # b WHERE b.k = a.k + 1 AND {b}) AND {a}",
    "SELECT k FROM # a WHERE i IN (SELECT s FROM # b WHERE {b}) OR {a}",
    "SELECT k, (SELECT max(b.k) FROM # b WHERE b.i = a.s AND {b}) FROM # a WHERE {a}",
    "SELECT a.k, l.m FROM # a CROSS JOIN LATERAL (SELECT a.i + 1 AS m) l WHERE {a} AND l.m > 1",
    "SELECT count(*) FROM (SELECT k, k + 1 AS i, s, t FROM #) q WHERE {q}",
};

constexpr const char* kConditions[] = {
    "@i > 0",       "@i IN (1, 2, NULL)", "@s <= 1",  "@t = 'a'",
    "@t <> 'B'",    "@i IS NULL",         "@k > 100", "@k BETWEEN 20 AND 150",
    "@i = @s",      "length(@t) = 1",     "@t > 'a'", "(@i > 1 OR @t = 'b')",
    "NOT (@s = 0)", "@i + @s > 0",        "@i <> @s"};

// `{a}`: a condition on a's columns.
std::string filled(const std::string& shape, const std::string& table,
                   const std::vector<std::string>& conditions) {
  std::string out;
  std::size_t next = 0;
  for (std::size_t at = 0; at < shape.size(); ++at) {
    if (shape[at] == '#') {
      out += table;
    } else if (shape[at] == '{') {
      const auto end = shape.find('}', at);
      const std::string alias = shape.substr(at + 1, end - at - 1);
      for (const char c : conditions[next++]) {
        if (c == '@') {
          out += alias.empty() ? "" : alias + ".";
        } else {
          out += c;
        }
      }
      at = end;
    } else {
      out += shape[at];
    }
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const auto line : split(text, '\n')) lines.emplace_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_CASE("conditions on the way to a table change no answer") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  test.server(kRows);
  std::minstd_rand random(20260202);
  // A text of the server's own SQL takes no conditions.
  const std::string whole = "TABLE(pg.system.query(query => 'SELECT * FROM r'))";
  for (int round = 0; round < 12; ++round) {
    for (const char* shape : kShapes) {
      std::vector<std::string> conditions;
      for (int i = 0; i < 4; ++i)
        conditions.push_back(kConditions[random() % std::size(kConditions)]);
      const std::string sql = filled(shape, "r", conditions);
      CAPTURE(sql);
      const auto pushed = CHECK_OK(test.run(sql));
      const auto plain = CHECK_OK(test.run(filled(shape, whole, conditions)));
      CHECK(lines_of(pushed) == lines_of(plain));
    }
  }
}

TEST_CASE("the server gets the condition, and only the columns that are needed") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  test.server(kRows);
  const std::pair<const char*, const char*> cases[] = {
      {"WITH q AS (SELECT * FROM r) SELECT k FROM q WHERE i > 2",
       R"(SELECT "k", "i" FROM "public"."r" WHERE ("i" > 2))"},
      {"WITH p AS (SELECT * FROM r), q AS (SELECT k AS x, s AS y FROM p) SELECT x FROM q WHERE y = "
       "1",
       R"(SELECT "k", "s" FROM "public"."r" WHERE ("s" = 1))"},
      {"SELECT a.k FROM r a LEFT JOIN (VALUES 1) b (x) ON a.i = b.x WHERE a.s = 2",
       R"(SELECT "k", "i", "s" FROM "public"."r" WHERE ("s" = 2))"},
      {"SELECT i, c FROM (SELECT i, max(length(t)) c FROM r GROUP BY i) WHERE i = 1",
       R"(WHERE ("i" = 1))"},
  };
  for (const auto& [sql, asked] : cases) {
    CAPTURE(sql);
    const std::string plan = CHECK_OK(test.run(std::string("EXPLAIN ") + sql));
    CHECK_MESSAGE(plan.find(asked) != std::string::npos, plan);
  }
}

}  // namespace
}  // namespace tarn::engine
