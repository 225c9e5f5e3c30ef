// SPDX-License-Identifier: Apache-2.0
// What a Postgres server computes for a query: the same answers with and without it, and what is
// asked of it, with a real server.
#include <random>

#include "engine/postgres_testing.h"

namespace tarn::engine {
namespace {

constexpr const char* kTable = R"(
CREATE TABLE t (i integer, s smallint, b bigint, n numeric(10,3), w numeric(38,2),
  f double precision, r real, t text, v varchar(8), c char(4),
  bo boolean, d date, ts timestamp(3), tz timestamptz,
  u uuid, j jsonb, a integer[], k integer PRIMARY KEY);
INSERT INTO t SELECT
  CASE WHEN g % 11 = 0 THEN NULL ELSE g % 7 - 3 END,
  CASE WHEN g % 13 = 0 THEN NULL ELSE g % 5 - 2 END,
  CASE WHEN g % 9 = 0 THEN NULL ELSE (g::bigint * 7919) % 1000 * 1000000007 END,
  CASE WHEN g % 8 = 0 THEN NULL ELSE (g % 40 - 20) / 8.0 END,
  g / 4.0,
  CASE WHEN g % 17 = 0 THEN 'NaN' WHEN g % 19 = 0 THEN NULL ELSE g % 6 / 4.0 END,
  g % 6 / 4.0,
  CASE WHEN g % 10 = 0 THEN NULL
    ELSE (ARRAY['a', 'B', 'b', 'Ä', 'z', 'ä', '', 'A '])[g % 8 + 1] END,
  (ARRAY['x', 'X', NULL, 'xy'])[g % 4 + 1],
  (ARRAY['p', 'P', NULL, 'pq'])[g % 4 + 1],
  (ARRAY[true, false, NULL])[g % 3 + 1],
  CASE WHEN g % 12 = 0 THEN NULL ELSE DATE '2020-01-01' + g % 9 END,
  CASE WHEN g % 14 = 0 THEN NULL
    ELSE TIMESTAMP '2020-01-01 00:00:00.125' + g % 9 * interval '1 hour' END,
  CASE WHEN g % 15 = 0 THEN NULL
    ELSE TIMESTAMPTZ '2020-01-01 00:00:00+00' + g % 9 * interval '7 hours' END,
  ('00000000-0000-0000-0000-00000000000' || g % 5)::uuid,
  CASE WHEN g % 2 = 0 THEN '{"a": 1}'::jsonb END,
  CASE WHEN g % 3 = 0 THEN ARRAY[g, NULL] END, g
FROM generate_series(1, 500) g;
ANALYZE t;
)";

// Queries made of parts that are pushed and parts that are not.
class Queries {
 public:
  explicit Queries(unsigned seed) : random_(seed) {}

  std::string next() {
    switch (pick(4)) {
      case 0:
        return first_rows();
      case 1:
        return "SELECT DISTINCT " + column() + ", " + column() + " AS other FROM " + source() +
               where();
      default:
        return groups();
    }
  }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }
  std::string any(std::initializer_list<const char*> list) {
    return *(list.begin() + pick(list.size()));
  }

  std::string column() {
    return any({"i", "s", "b", "n", "w", "t", "v", "c", "bo", "d", "ts", "tz", "u", "f"});
  }

  std::string source() { return any({"t", "t", "(SELECT * FROM t WHERE k > 20) q"}); }

  std::string condition() {
    return any({"i > 0",
                "i IN (1, 2, NULL)",
                "s <= 1",
                "b BETWEEN 5 AND 900000000000",
                "n <> 0.5",
                "n > 0.25 AND i < 2",
                "w >= 20",
                "t = 'a'",
                "t > 'a'",
                "t <> 'B'",
                "v = 'x'",
                "v IN ('x', 'X')",
                "c = 'p'",
                "bo",
                "NOT bo",
                "d >= DATE '2020-01-04'",
                "ts < TIMESTAMP '2020-01-01 04:00:00'",
                "tz > TIMESTAMP '2020-01-02 00:00:00 UTC'",
                "i IS NULL",
                "t IS NOT NULL OR bo",
                "u = UUID '00000000-0000-0000-0000-000000000002'",
                "f > 0.5E0",
                "f < 0.5E0",
                "f <> 0.25E0",
                "length(t) = 1",
                "i + s > 0",
                "j IS NULL",
                "a IS NOT NULL",
                "i = s",
                "r > REAL '0.5'"});
  }

  std::string where() {
    switch (pick(4)) {
      case 0:
        return "";
      case 1:
        return " WHERE " + condition() + " AND (" + condition() + ")";
      case 2:
        return " WHERE (" + condition() + ") OR (" + condition() + ")";
      default:
        return " WHERE " + condition();
    }
  }

  std::string call() {
    const std::string filter = pick(5) == 0 ? " FILTER (WHERE " + condition() + ")" : "";
    switch (pick(7)) {
      case 0:
        return "count(*)" + filter;
      case 1:
        return "count(" + any({"i", "t", "j", "a", "f", "tz", "c"}) + ")" + filter;
      case 2:
        return "count(DISTINCT " + any({"i", "t", "v", "d", "n", "c"}) + ")";
      case 3:
        return "sum(" + any({"i", "s", "n", "w", "i + 1", "k"}) + ")" + filter;
      case 4:
        return "min(" + any({"i", "s", "b", "n", "t", "v", "d", "ts", "tz", "f", "c", "bo", "r"}) +
               ")" + filter;
      case 5:
        return "max(" + any({"i", "s", "b", "n", "t", "v", "d", "ts", "tz", "f", "c", "bo", "u"}) +
               ")" + filter;
      default:
        return any(
            {"avg(i)", "sum(DISTINCT i)", "bool_and(bo)", "count(1)", "max(k) - min(k)", "sum(b)"});
    }
  }

  std::string groups() {
    std::string calls = call() + " AS x";
    if (pick(2) == 0) calls += ", " + call() + " AS y";
    if (pick(3) == 0) return "SELECT " + calls + " FROM " + source() + where();
    const std::string key = column();
    std::string out =
        "SELECT " + key + " AS key, " + calls + " FROM " + source() + where() + " GROUP BY " + key;
    if (pick(4) == 0) out += " HAVING count(*) > 2";
    return out;
  }

  // With the key at the end, so that the rows are determined.
  std::string first_rows() {
    std::string keys = column() + any({"", " DESC", " DESC NULLS FIRST", " NULLS FIRST"});
    if (pick(2) == 0) keys += ", " + column() + any({"", " DESC"});
    return "SELECT k, " + column() + " FROM " + source() + where() + " ORDER BY " + keys + ", k" +
           any({"", " OFFSET 3"}) + any({" LIMIT 5", " LIMIT 1", " LIMIT 0", " LIMIT 1000"});
  }

  std::minstd_rand random_;
};

std::string sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (const auto line : split(text, '\n')) lines.emplace_back(line);
  std::sort(lines.begin(), lines.end());
  return join(lines, "\n");
}

TEST_CASE("answers are the same with and without the server's help") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  test.server(kTable);
  auto plain = PostgresSession::opened(test.catalogs);
  CHECK_OK(plain->execute("SET SESSION pg.aggregation_pushdown_enabled = false"));
  CHECK_OK(plain->execute("SET SESSION pg.topn_pushdown_enabled = false"));
  Queries queries(20260101);
  int failures = 0;
  for (int i = 0; i < 400 && failures < 5; ++i) {
    const std::string sql = queries.next();
    CAPTURE(sql);
    auto with = test.run(sql);
    std::swap(test.session, plain);
    auto without = test.run(sql);
    std::swap(test.session, plain);
    REQUIRE(with.has_value() == without.has_value());
    if (!with) {
      CHECK(with.error().message == without.error().message);
      continue;
    }
    const bool is_sorted = sql.find("ORDER BY") != std::string::npos;
    const bool same = is_sorted ? *with == *without : sorted_lines(*with) == sorted_lines(*without);
    CHECK_MESSAGE(same, "with: ", *with, "\nwithout: ", *without);
    failures += same ? 0 : 1;
  }
}

TEST_CASE("the server is asked for groups and first rows, not for all of them") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  test.server(kTable);
  const std::pair<std::string, const char*> cases[] = {
      {"SELECT count(*), max(tz) FROM t", R"(SELECT count(*), max("tz") FROM "public"."t")"},
      {"SELECT count(*) FROM t WHERE i > 3",
       R"(SELECT count(*) FROM "public"."t" WHERE ("i" > 3))"},
      {"SELECT d, sum(n) FROM t GROUP BY d",
       R"(SELECT "d", sum("n")::numeric FROM "public"."t" GROUP BY 1)"},
      {"SELECT DISTINCT v FROM t", R"(SELECT "v" COLLATE "C" FROM "public"."t" GROUP BY 1)"},
      {"SELECT min(t) FROM t WHERE t = 'a'",
       R"(SELECT min("t" COLLATE "C") FROM "public"."t" WHERE (("t" = 'a'::text) AND )"
       R"("t" COLLATE "C" = 'a'::text))"},
      {"SELECT k FROM t LIMIT 3", R"(SELECT "k" FROM "public"."t" LIMIT 3)"},
      {"SELECT k, n FROM t WHERE n > 1 ORDER BY ts DESC OFFSET 2 LIMIT 3",
       R"(FROM "public"."t" WHERE ("n" > '1.000'::numeric) ORDER BY "ts" DESC NULLS LAST LIMIT 5)"},
  };
  for (const auto& [sql, asked] : cases) {
    CAPTURE(sql);
    const std::string plan = CHECK_OK(test.run("EXPLAIN " + sql));
    CHECK_MESSAGE(plan.find(asked) != std::string::npos, plan);
  }
  // Other orders, other equalities, parts of conditions: the rows come.
  for (const std::string sql :
       {"SELECT min(f) FROM t", "SELECT count(*) FROM t WHERE length(t) = 1",
        "SELECT max(c) FROM t", "SELECT c, count(*) FROM t GROUP BY c", "SELECT sum(f) FROM t",
        "SELECT sum(w) FROM t", "SELECT k FROM t WHERE i = s LIMIT 1",
        "SELECT k FROM t ORDER BY f LIMIT 1"}) {
    CAPTURE(sql);
    const std::string plan = CHECK_OK(test.run("EXPLAIN " + sql));
    CHECK_MESSAGE(plan.find("LIMIT") == std::string::npos, plan);
    CHECK_MESSAGE(plan.find("GROUP") == std::string::npos, plan);
  }
}

}  // namespace
}  // namespace tarn::engine
