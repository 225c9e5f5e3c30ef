// SPDX-License-Identifier: Apache-2.0
// Type policies of a catalog in queries, with a real server.
#include "engine/postgres_testing.h"

namespace tarn::engine {
namespace {

constexpr const char* kRows = R"(
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE odd (k integer, d date, ts timestamp(3), tz timestamptz, n numeric(6,2), u numeric,
  ti time, a integer[], i interval, r int4range, p pair, id uuid);
INSERT INTO odd VALUES
  (1, '2024-01-01', '2024-01-01 10:00', '2024-01-01 10:00+00', 1.5, 1.25, '12:00', '{1,2}',
   '1 day', '[1,5)', '(1,x)', '00000000-0000-0000-0000-000000000001'),
  (2, 'infinity', 'infinity', 'infinity', 'NaN', 1.23456, '24:00', '{{1},{2}}', '2 months', 'empty',
   '(,)', NULL),
  (3, '-infinity', '-infinity', '-infinity', 2.5, 'NaN', '00:00', '[5:6]={7,8}', NULL, NULL, NULL,
   NULL),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
)";

TEST_CASE("a value that has no place names its table, its column and the setting") {
  if (!has_postgres_server()) return;
  PostgresSession test;
  test.server(kRows);
  struct Case {
    std::string sql;
    const char* value;
    const char* policy;
    const char* column;
  };
  const Case cases[] = {
      {"SELECT d FROM odd", "infinity", "policy `infinity` can be null, clamp or text", "`d`"},
      {"SELECT tz FROM odd WHERE k = 3", "-infinity", "policy `infinity`", "`tz`"},
      {"SELECT n FROM odd", "NaN", "policy `numeric-special` can be null or text", "`n`"},
      {"SELECT ti FROM odd", "24:00", "policy `end-of-day` can be null, clamp or text", "`ti`"},
      {"SELECT a FROM odd WHERE k = 2", "", "policy `array-shape` can be null or text", "`a`"},
      {"SELECT max(d) FROM odd", "infinity", "policy `infinity`", "`max(d)`"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.sql);
    auto answer = test.run(c.sql);
    REQUIRE_FALSE(answer.has_value());
    std::string text = answer.error().message;
    for (const auto& line : answer.error().context) text += "\n" + line;
    CAPTURE(text);
    CHECK(text.find(c.value) != std::string::npos);
    CHECK(text.find(c.policy) != std::string::npos);
    CHECK(text.find(c.column) != std::string::npos);
    CHECK(text.find("in table public.odd") != std::string::npos);
    CHECK(text.find("`catalogs.pg.type_policy` in tarn.yml") != std::string::npos);
    CHECK(text.find("`catalogs.pg.tables.public.odd.columns`") != std::string::npos);
  }
}

TEST_CASE("policies of all columns and of single ones") {
  if (!has_postgres_server()) return;
  postgres::SourcePolicies policies;
  policies.all = {{"infinity", "null"},    {"numeric-special", "null"}, {"end-of-day", "clamp"},
                  {"array-shape", "null"}, {"array-bounds", "clamp"},   {"interval", "struct"},
                  {"range", "struct"},     {"composite", "struct"},     {"uuid", "text"}};
  policies.columns["public.odd"] = {
      {"ts", {{"infinity", "clamp"}}},
      {"tz", {{"infinity", "text"}}},
      {"u", {{"numeric", "decimal(10,2)"}, {"numeric-scale", "clamp"}}}};
  PostgresSession test(policies);
  test.server(kRows);
  CHECK(CHECK_OK(test.run("SELECT data_type FROM pg.information_schema.columns WHERE table_name = "
                          "'odd' ORDER BY ordinal_position")) ==
        "integer\ndate\ntimestamp(3)\nvarchar\ndecimal(6,2)\ndecimal(10,2)\ntime(6)\n"
        "array(integer)\nrow(months integer, days integer, micros bigint)\n"
        "row(lower integer, upper integer, lower_inclusive boolean, upper_inclusive boolean, "
        "is_empty boolean)\nrow(a integer, b varchar)\nvarchar");
  CHECK(CHECK_OK(test.run("SELECT k, d, ts, tz, n, u, ti FROM odd ORDER BY k")) ==
        "1|2024-01-01|2024-01-01 10:00:00.000|2024-01-01 10:00:00+00|1.50|1.25|12:00:00.000000\n"
        "2|NULL|9999-12-31 23:59:59.999|infinity|NULL|1.23|23:59:59.999999\n"
        "3|NULL|0001-01-01 00:00:00.000|-infinity|2.50|NULL|00:00:00.000000\n"
        "4|NULL|NULL|NULL|NULL|NULL|NULL");
  CHECK(CHECK_OK(test.run("SELECT k, i.months, i.days, r.lower, r.upper, r.is_empty, p.a, p.b, id, "
                          "cardinality(a) FROM odd ORDER BY k")) ==
        "1|0|1|1|5|false|1|x|00000000-0000-0000-0000-000000000001|2\n"
        "2|2|0|NULL|NULL|true|NULL|NULL|NULL|NULL\n"
        "3|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|2\n"
        "4|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL");
}

// What conditions, groups and bounds see are the values after the policies, wherever they are
// computed.
TEST_CASE("conditions see the values that the policies make") {
  if (!has_postgres_server()) return;
  postgres::SourcePolicies policies;
  policies.all = {{"infinity", "null"},
                  {"numeric-special", "null"},
                  {"array-shape", "null"},
                  {"array-bounds", "clamp"},
                  {"end-of-day", "null"}};
  policies.columns["public.odd"] = {{"ts", {{"infinity", "clamp"}}}};
  PostgresSession test(policies);
  test.server(kRows);
  const std::pair<std::string, const char*> cases[] = {
      {"SELECT k FROM odd WHERE d IS NULL ORDER BY k", "2\n3\n4"},
      {"SELECT k FROM odd WHERE d IS NOT NULL", "1"},
      {"SELECT k FROM odd WHERE d >= DATE '2000-01-01'", "1"},
      {"SELECT k FROM odd WHERE d <> DATE '2000-01-01'", "1"},
      {"SELECT k FROM odd WHERE n IS NULL ORDER BY k", "2\n4"},
      {"SELECT k FROM odd WHERE ti IS NULL ORDER BY k", "2\n4"},
      {"SELECT k FROM odd WHERE a IS NULL ORDER BY k", "2\n4"},
      {"SELECT k FROM odd WHERE ts = TIMESTAMP '9999-12-31 23:59:59.999'", "2"},
      {"SELECT k FROM odd WHERE ts > TIMESTAMP '2024-06-01 00:00:00'", "2"},
      {"SELECT k FROM odd WHERE ts < TIMESTAMP '2024-01-01 00:00:00'", "3"},
      {"SELECT count(d), count(*), min(d), max(d), count(n), sum(n), max(n) FROM odd",
       "1|4|2024-01-01|2024-01-01|2|4.00|2.50"},
      {"SELECT max(ts), min(ts), count(ts) FROM odd",
       "9999-12-31 23:59:59.999|0001-01-01 00:00:00.000|3"},
      {"SELECT d, count(*) FROM odd GROUP BY d ORDER BY d", "2024-01-01|1\nNULL|3"},
      {"SELECT d FROM odd ORDER BY d DESC, k LIMIT 1", "2024-01-01"},
      {"SELECT k FROM odd ORDER BY ts DESC LIMIT 1", "2"},
      {"SELECT count(*) FROM odd WHERE d IS NULL", "3"},
      {"SELECT count(*) FROM odd WHERE d > DATE '1900-01-01'", "1"},
  };
  for (const auto& [sql, expected] : cases) {
    CAPTURE(sql);
    CHECK(CHECK_OK(test.run(sql)) == expected);
  }
}

TEST_CASE("a policy for a column that is not there is an error") {
  if (!has_postgres_server()) return;
  postgres::SourcePolicies policies;
  policies.columns["public.odd"]["dd"] = {{"infinity", "null"}};
  PostgresSession test(policies);
  test.server(kRows);
  const auto answer = test.run("SELECT k FROM odd");
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().message.find("policies for column `dd` of table `public.odd`") !=
        std::string::npos);
}

}  // namespace
}  // namespace tarn::engine
