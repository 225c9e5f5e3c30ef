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
  // What has no layout here is one line, and still the query.
  CHECK(formatted("select 1 union select 2") == "SELECT 1 UNION SELECT 2");
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
