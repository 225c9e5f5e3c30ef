// SPDX-License-Identifier: Apache-2.0
#include "sql/parser.h"

#include <doctest/doctest.h>

#include <string>

#include "base/testing.h"
#include "sql/printer.h"
#include "sql/tree/visit.h"

namespace tarn::sql {
namespace {

std::string repeat(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST_CASE("expressions are printed with the parentheses they need") {
  struct Case {
    const char* input;
    const char* expected;
  };
  const Case cases[] = {
      {"a+b*c", "a + b * c"},
      {"(a+b)*c", "(a + b) * c"},
      {"a-(b-c)", "a - (b - c)"},
      {"- -1", "- -1"},
      {"-(1)", "-(1)"},
      {"-a*b", "-a * b"},
      {"-(a*b)", "-(a * b)"},
      {"not a = 1 and b", "NOT a = 1 AND b"},
      {"not (a and b) or c", "NOT (a AND b) OR c"},
      {"(a or b) or c", "(a OR b) OR c"},
      {"(a = b) = c", "(a = b) = c"},
      {"x -> x + 1", "(x) -> x + 1"},
      {"() -> 1", "() -> 1"},
      {"((1))", "1"},
      {"(1, 2)", "ROW(1, 2)"},
      {"position('a' in 'b')", "strpos('b', 'a')"},
      {"substring('abc' from 1 for 2)", "substr('abc', 1, 2)"},
      {"normalize('x', nfd)", "NORMALIZE('x', NFD)"},
      {"trim(both from x)", "TRIM(BOTH FROM x)"},
      {"trim(x, 'a')", "TRIM(BOTH 'a' FROM x)"},
      {"a at time zone 'UTC' + interval '1' day", "a AT TIME ZONE 'UTC' + INTERVAL '1' DAY"},
      {"x'AB cd'", "X'ABCD'"},
      {"U&'d\\0061t\\+000061'", "'data'"},
      {"0x_ff", "255"},
      {"1_000.50", "1000.50"},
      {"1e3", "1000E0"},
      {"\"Weird name\"", "\"Weird name\""},
      {"double precision '1'", "double '1'"},
      {"cast(a as row(x bigint, varchar(3) array))", "CAST(a AS ROW(x bigint, array(varchar(3))))"},
      {"try_cast(a as timestamp(3) with time zone)", "TRY_CAST(a AS timestamp(3) WITH TIME ZONE)"},
      {"((select 1) + 1)", "(SELECT 1) + 1"},
      {"((select 1) union (select 2))", "((SELECT 1) UNION (SELECT 2))"},
      {"a is not distinct from b", "a IS NOT DISTINCT FROM b"},
      {"[1, 2][1]", "ARRAY[1, 2][1]"},
      {"date '2020-01-01'", "date '2020-01-01'"},
      {"f(x) filter (where y) over (partition by z order by w desc nulls first)",
       "f(x) FILTER (WHERE y) OVER (PARTITION BY z ORDER BY w DESC NULLS FIRST)"},
  };
  for (const Case& item : cases) {
    CAPTURE(item.input);
    CHECK(print(*CHECK_OK(parse_expression(item.input))) == item.expected);
  }
}

TEST_CASE("places of nodes") {
  auto expression = CHECK_OK(parse_expression("foo +\n  bar"));
  const auto* sum = as<Arithmetic>(*expression);
  REQUIRE(sum);
  CHECK(sum->span == TextSpan{0, 11, 1, 1});
  CHECK(sum->at == TextSpan{4, 1, 1, 5});
  CHECK(sum->right->span == TextSpan{8, 3, 2, 3});
}

TEST_CASE("several statements") {
  auto statements = CHECK_OK(parse_statements(";select 1; ; -- x;\nselect ';' ;"));
  REQUIRE(statements.size() == 2);
  CHECK(print(*statements[1]) == "SELECT ';'");
  CHECK(statements[1]->span.line == 2);
  CHECK(CHECK_OK(parse_statements(" -- nothing\n")).empty());
  CHECK_ERROR(parse_statements("select 1 select 2"), ErrorCode::InvalidInput, "mismatched input");
}

TEST_CASE("comments are kept aside") {
  auto spans = find_comments("select /* a */ 1 -- b\n, '-- c'");
  REQUIRE(spans.size() == 2);
  CHECK(spans[0] == TextSpan{7, 7, 1, 8});
  CHECK(spans[1] == TextSpan{17, 4, 1, 18});
}

TEST_CASE("limits") {
  CHECK_ERROR(parse_statement("select " + repeat("(", 5000) + "1" + repeat(")", 5000)),
              ErrorCode::InvalidInput, "nested too deeply");
  CHECK_ERROR(parse_statement("select " + repeat("f(", 2000)), ErrorCode::InvalidInput,
              "nested too deeply");
  CHECK_ERROR(parse_statement("select 1" + repeat(" + 1", 100000)), ErrorCode::InvalidInput,
              "nested too deeply");
  CHECK_ERROR(parse_statement("select " + repeat("not ", 100000) + "a"), ErrorCode::InvalidInput,
              "nested too deeply");
  CHECK_ERROR(parse_statement("select cast(a as " + repeat("array(", 5000)),
              ErrorCode::InvalidInput, "nested too deeply");
  CHECK_ERROR(parse_statement("select " + repeat("(1" + repeat(" + 1", 500) + ")+(", 100)),
              ErrorCode::InvalidInput, "");
  CHECK_ERROR(parse_statement(repeat("explain ", 5000) + "select 1"), ErrorCode::InvalidInput,
              "nested too deeply");
  CHECK_ERROR(parse_statement(std::string(100, ' '), {.size_max = 99}), ErrorCode::InvalidInput,
              "too large");
  // Long but flat texts are fine.
  CHECK_OK(parse_statement("select 1" + repeat(" or 1", 100000)));
  CHECK_OK(parse_statement("select 1" + repeat(" union all select 1", 20000)));
  CHECK_OK(parse_statement("select 1" + repeat(", 1 + 1", 50000)));
  CHECK_OK(parse_statement("select " + repeat("(", 200) + "select 1" + repeat(")", 200)));
  CHECK_OK(parse_statement("select 1" + repeat(" + 1", 900)));
}

TEST_CASE("unsupported parts of the language") {
  const char* cases[] = {
      "select * from t match_recognize (pattern (a) define a as true)",
      "select * from table(f(table(t)))",
      "create function f() returns bigint language python as $$ x $$",
      "select m over (order by x)",
      "select final last(x) from t",
  };
  for (const char* text : cases) {
    CAPTURE(text);
    auto statement = parse_statement(text);
    REQUIRE(!statement);
    CHECK(statement.error().code == ErrorCode::Unsupported);
    CHECK(statement.error().where.has_value());
  }
}

TEST_CASE("a place inside EXECUTE IMMEDIATE") {
  TextSpan shifted = shift_into({18, 15, 1, 19}, {7, 1, 1, 8});
  CHECK(shifted == TextSpan{26, 1, 1, 27});
}

}  // namespace
}  // namespace tarn::sql
