// SPDX-License-Identifier: Apache-2.0
#include "engine/view_text.h"

#include "base/testing.h"
#include "engine/session_properties.h"
#include "engine/show_pattern.h"
#include "sql/parser.h"

namespace tarn::engine {
namespace {

std::string formatted(const char* sql) {
  const auto statement = CHECK_OK(sql::parse_statement(sql));
  return format_query(*static_cast<const sql::QueryStatement&>(*statement).query);
}

TEST_CASE("queries are laid out as Trino shows views") {
  CHECK(formatted("select id, upper(v) as u from t where id > 0") ==
        "SELECT\n  id\n, upper(v) u\nFROM\n  t\nWHERE (id > 0)");
  CHECK(formatted("select count(*) c from tpch.tiny.nation") ==
        "SELECT count(*) c\nFROM\n  tpch.tiny.nation");
  CHECK(formatted("select * from t") == "SELECT *\nFROM\n  t");
  CHECK(formatted("select a + b * 2, c is not null from t where a = 1 and not b in (1, 2) "
                  "group by a, b having count(*) > 1 order by 1 desc limit 3") ==
        "SELECT\n  (a + (b * 2))\n, (c IS NOT NULL)\nFROM\n  t\n"
        "WHERE ((a = 1) AND (NOT (b IN (1, 2))))\nGROUP BY a, b\nHAVING (count(*) > 1)\n"
        "ORDER BY 1 DESC\nLIMIT 3");
  CHECK(formatted("select a.x from a join b on a.x = b.x") ==
        "SELECT a.x\nFROM\n  (a\nINNER JOIN b ON (a.x = b.x))");
  CHECK(formatted("select id from t union all select 1 union select 2") ==
        "SELECT id\nFROM\n  t\nUNION ALL SELECT 1\n\nUNION SELECT 2");
  CHECK(formatted("select * from (values (1, 'a'), (2, 'b')) x(p, q)") ==
        "SELECT *\nFROM\n  (\n VALUES \n     ROW (1, 'a')\n   , ROW (2, 'b')\n)  x (p, q)");
  CHECK(
      formatted("with a as (select 1 x) select x, rank() over (partition by x order by y desc "
                "rows 1 preceding) r from a cross join unnest(array[1, 2]) u(k)") ==
      "WITH\n  a AS (\n   SELECT 1 x\n\n) \nSELECT\n  x\n, rank() OVER (PARTITION BY x ORDER BY y "
      "DESC ROWS 1 PRECEDING) r\nFROM\n  (a\nCROSS JOIN UNNEST(ARRAY[1,2]) u (k))");
  CHECK(formatted("select a from t where exists (select 1 from u) and a in (select b from u)") ==
        "SELECT a\nFROM\n  t\nWHERE ((EXISTS (SELECT 1\nFROM\n  u\n)) AND (a IN (SELECT b\nFROM\n  "
        "u\n)))");
  CHECK(
      formatted("select a, coalesce(b, -c) from t group by grouping sets ((a), ()), rollup (b)") ==
      "SELECT\n  a\n, COALESCE(b, -(c))\nFROM\n  t\nGROUP BY GROUPING SETS ((a), ()), ROLLUP "
      "((b))");
}

TEST_CASE("patterns of SHOW") {
  struct Case {
    const char* pattern;
    const char* text;
    bool matches;
  };
  const Case cases[] = {{"%", "", true},         {"a%", "abc", true},    {"a_c", "abc", true},
                        {"a_c", "ac", false},    {"%b%", "abc", true},   {"%b", "abc", false},
                        {"", "", true},          {"", "a", false},       {"%a%a%", "banana", true},
                        {"a\\_c", "abc", false}, {"a\\_c", "a_c", true}, {"_", "é", true}};
  for (const Case& test : cases) {
    INFO(test.pattern << " " << test.text);
    const auto pattern = CHECK_OK(ShowPattern::make(test.pattern, "\\"));
    CHECK(pattern.matches(test.text) == test.matches);
  }
  CHECK_ERROR(ShowPattern::make("a\\b", "\\"), ErrorCode::InvalidInput, "Escape character");
}

TEST_CASE("durations") {
  CHECK(parse_duration("1.5d") == 129'600'000.0);
  CHECK(parse_duration("0s") == 0.0);
  CHECK_FALSE(parse_duration("x").has_value());
  CHECK_FALSE(parse_duration("7").has_value());
  CHECK(show_duration(604'800e3) == "7.00d");
  CHECK(show_duration(0) == "0.00s");
  CHECK(show_duration(90e3) == "1.50m");
}

}  // namespace
}  // namespace tarn::engine
