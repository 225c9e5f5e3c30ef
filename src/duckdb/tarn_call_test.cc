// SPDX-License-Identifier: Apache-2.0
#include "duckdb/tarn_call.h"

#include <thread>

#include "duckdb/physical_type.h"
#include "duckdb/testing.h"
#include "types/error_name.h"

namespace tarn::duckdb {
namespace {

TEST_CASE("physical types") {
  struct Case {
    const char* type;
    const char* physical;  // nullptr: NOT_SUPPORTED
    bool native;
  };
  const Case cases[] = {
      {"bigint", "BIGINT", true},
      {"decimal(38,3)", "DECIMAL(38,3)", true},
      {"char(3)", "VARCHAR", false},
      {"varchar(7)", "VARCHAR", true},
      {"ipaddress", "BLOB", true},
      {"time(3)", "TIME", true},
      {"time(9)", "BIGINT", true},
      {"time(3) with time zone", "STRUCT(t BIGINT, z SMALLINT)", false},
      {"timestamp(6)", "TIMESTAMP", true},
      {"timestamp(9)", "STRUCT(t TIMESTAMP, p INTEGER)", true},
      {"timestamp(3) with time zone", "STRUCT(t TIMESTAMP WITH TIME ZONE, z INTEGER)", false},
      {"timestamp(12) with time zone", "STRUCT(t TIMESTAMP WITH TIME ZONE, z INTEGER, p INTEGER)",
       false},
      {"interval day to second", "BIGINT", true},
      {"interval year to month", "INTEGER", true},
      {"array(map(varchar, date))", "MAP(VARCHAR, DATE)[]", false},
      {"row(A bigint, \"b\"\"c\" varchar)", "STRUCT(\"a\" BIGINT, \"b\"\"c\" VARCHAR)", false},
      {"row(a bigint, A varchar)", "STRUCT(\"f1\" BIGINT, \"f2\" VARCHAR)", false},
      {"row(bigint, varchar)", "STRUCT(\"f1\" BIGINT, \"f2\" VARCHAR)", false},
      {"unknown", "BOOLEAN", true},
      {"array(Geometry)", nullptr, false},
  };
  TestEngine engine;
  for (const Case& test : cases) {
    INFO(test.type);
    const types::Type type = CHECK_OK(types::parse_type(test.type));
    CHECK(compares_natively(type) == test.native);
    if (test.physical == nullptr) {
      CHECK_ERROR(physical_type(type), ErrorCode::Unsupported, "NOT_SUPPORTED");
      continue;
    }
    CHECK(CHECK_OK(physical_type(type)) == test.physical);
    // DuckDB reads the text as the type that rows are read as.
    CHECK_OK(engine.rows(fmt::format("SELECT CAST(NULL AS {})", test.physical), {type}));
  }
}

TEST_CASE("values of every form are read and written") {
  TestEngine engine;
  struct Case {
    const char* type;
    const char* sql;    // DuckDB's
    const char* value;  // Trino's
  };
  const Case cases[] = {
      {"boolean", "true", "true"},
      {"tinyint", "(-3)::TINYINT", "TINYINT '-3'"},
      {"bigint", "9223372036854775807", "BIGINT '9223372036854775807'"},
      {"real", "1.5::FLOAT", "REAL '1.5'"},
      {"decimal(3,1)", "(-1.5)::DECIMAL(3,1)", "CAST(DECIMAL '-1.5' AS decimal(3, 1))"},
      {"decimal(38,0)", "99999999999999999999999999999999999999::DECIMAL(38,0)",
       "CAST(DECIMAL '99999999999999999999999999999999999999' AS decimal(38, 0))"},
      {"decimal(20,2)", "(-99999999999999.25)::DECIMAL(20,2)",
       "CAST(DECIMAL '-99999999999999.25' AS decimal(20, 2))"},
      {"varchar", "'a text that does not fit inside'",
       "CAST('a text that does not fit inside' AS varchar)"},
      {"varbinary", "'\\x00\\xff'::BLOB", "X'00FF'"},
      {"date", "DATE '2024-02-29'", "DATE '2024-02-29'"},
      {"time(6)", "TIME '01:02:03.000004'", "TIME '01:02:03.000004'"},
      {"timestamp(6)", "TIMESTAMP '1969-12-31 23:59:59.999999'",
       "TIMESTAMP '1969-12-31 23:59:59.999999'"},
      {"timestamp(9)", "{t: TIMESTAMP '2024-01-01 00:00:00', p: 1000::INTEGER}",
       "TIMESTAMP '2024-01-01 00:00:00.000000001'"},
      {"timestamp(3) with time zone", "{t: TIMESTAMPTZ '2024-01-01 00:00:00+00', z: 60::INTEGER}",
       "TIMESTAMP '2024-01-01 01:00:00.000 +01:00'"},
      {"time(0) with time zone", "{t: 3600000000000000, z: (-90)::SMALLINT}",
       "TIME '01:00:00-01:30'"},
      {"uuid", "'80000000-0000-0000-0000-00000000000a'::UUID",
       "UUID '80000000-0000-0000-0000-00000000000a'"},
      {"array(bigint)", "[1, NULL, 3]::BIGINT[]",
       "ARRAY[BIGINT '1', CAST(NULL AS bigint), BIGINT '3']"},
      {"map(varchar, array(date))", "MAP {'a': [DATE '2024-01-01'], 'b': NULL}", ""},
      {"row(x bigint, y row(z varchar))", "{x: 1::BIGINT, y: {z: 'q'}}", ""},
      {"array(row(x bigint, y array(varchar)))",
       "[{x: 1::BIGINT, y: ['a', 'b']}, NULL, {x: NULL, y: []}]", ""},
  };
  for (const Case& test : cases) {
    INFO(test.type);
    const std::string plain = engine.value(fmt::format("SELECT {}", test.sql), test.type);
    if (*test.value != '\0') CHECK(plain == test.value);
    // In vectors with NULLs.
    const std::string looped = fmt::format(
        "SELECT max(n), min(n) FROM (SELECT count(*) n, x FROM (SELECT CASE WHEN range % 3 > 0 "
        "THEN {} END AS x FROM range(3000)) GROUP BY x)",
        test.sql);
    const auto counts = CHECK_OK(engine.rows(looped, {types::make_type(types::TypeKind::BigInt),
                                                      types::make_type(types::TypeKind::BigInt)}));
    CHECK(counts.at(0).at(0) == types::Value(2000));
    CHECK(counts.at(0).at(1) == types::Value(1000));
  }
}

TEST_CASE("a call goes to the function of its signature") {
  TestEngine engine;
  CHECK(engine.value("SELECT tarn_call('$cast(varchar) -> date', '2024-02-29')", "date") ==
        "DATE '2024-02-29'");
  CHECK(engine.value("SELECT count(tarn_call('$cast(varchar) -> bigint', x)) FROM (SELECT CASE "
                     "WHEN range % 2 = 0 THEN CAST(range AS VARCHAR) END AS x FROM range(5000))",
                     "bigint") == "BIGINT '2500'");
  CHECK(engine.value("SELECT sum(tarn_call('$cast(varchar) -> bigint', CAST(range AS VARCHAR)))"
                     "::BIGINT FROM range(5000)",
                     "bigint") == "BIGINT '12497500'");
  CHECK(engine.value("SELECT try(tarn_call('$cast(varchar) -> bigint', 'x'))", "bigint") ==
        "CAST(NULL AS bigint)");
  struct Case {
    const char* sql;
    const char* name;
  };
  const Case cases[] = {
      {"SELECT tarn_call('$cast(varchar) -> bigint', CAST(range AS VARCHAR) || 'x') FROM range(2)",
       "INVALID_CAST_ARGUMENT"},
      {"SELECT tarn_call('nothing(varchar) -> bigint', 'x')", "NOT_SUPPORTED"},
      {"SELECT tarn_call('$cast(varchar) -> bigint', DATE '2024-01-01')", "GENERIC_INTERNAL_ERROR"},
      {"SELECT (SELECT range FROM range(2))", "SUBQUERY_MULTIPLE_ROWS"},
      {"SELECT (9223372036854775807 + range)::BIGINT FROM range(2)", "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"SELECT CAST('x' || range AS BIGINT) FROM range(1)", "INVALID_CAST_ARGUMENT"},
      {"SELECT CAST(range + 300 AS TINYINT)::BIGINT FROM range(1)", "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"SELECT nope FROM range(2)", "GENERIC_INTERNAL_ERROR"},
      {"SELECT 1::INTEGER", "GENERIC_INTERNAL_ERROR"},
  };
  for (const Case& test : cases) {
    INFO(test.sql);
    auto result = engine.rows(test.sql, {types::make_type(types::TypeKind::BigInt)});
    REQUIRE_FALSE(result.has_value());
    INFO(describe(result.error()));
    CHECK(types::split_error(result.error()).name == test.name);
  }
  CHECK(engine.value("SELECT 1::BIGINT", "bigint") == "BIGINT '1'");
}

TEST_CASE("a plan with calls is copied by DuckDB") {
  TestEngine engine;
  CHECK(engine.value("WITH c AS (SELECT tarn_call('$cast(varchar) -> bigint', CAST(range AS "
                     "VARCHAR)) AS x FROM range(10)) SELECT (SELECT sum(x) FROM c)::BIGINT + "
                     "(SELECT max(x) FROM c) + (SELECT count(*) FROM c a JOIN c b USING (x))",
                     "bigint") == "BIGINT '64'");
}

TEST_CASE("a statement is cancelled before its first row and between rows") {
  TestEngine engine;
  const types::Type bigint = types::make_type(types::TypeKind::BigInt);
  Cancel first;
  std::thread asks([&] { first.request(); });
  auto opened = TypedRows::open(engine.connection(),
                                "SELECT range FROM range(1000000000000000) WHERE range % 7 = 8",
                                {bigint}, &first);
  asks.join();
  CHECK_ERROR(opened ? opened->next() : Result<std::vector<TypedRow>>(opened.error()),
              ErrorCode::Cancelled, "USER_CANCELED");

  Cancel second;
  auto rows = CHECK_OK(TypedRows::open(
      engine.connection(), "SELECT range FROM range(1000000000000000)", {bigint}, &second));
  CHECK(CHECK_OK(rows.next()).size() == 2048);
  second.request();
  CHECK_ERROR(rows.next(), ErrorCode::Cancelled, "USER_CANCELED");
}

}  // namespace
}  // namespace tarn::duckdb
