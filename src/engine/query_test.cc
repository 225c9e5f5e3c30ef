// SPDX-License-Identifier: Apache-2.0
#include "engine/query.h"

#include "base/testing.h"
#include "sql/parser.h"
#include "sql/tree/visit.h"
#include "types/error_name.h"
#include "types/wire.h"

namespace tarn::engine {
namespace {

class NoTables final : public analysis::TableLookup {
 public:
  Result<analysis::TableInfoPtr> find_table(const analysis::TableId&,
                                            const std::optional<analysis::TableVersion>&) override {
    return analysis::TableInfoPtr();
  }
};

struct Engine {
  std::unique_ptr<duckdb::Instance> instance =
      std::move(duckdb::Instance::open({.memory_limit_bytes = 500000000})).value();
  duckdb::Connection connection = std::move(instance->connect()).value();
  NoTables tables;
  SessionValues session;

  Result<std::string> rows(const std::string& sql, const char* zone = "UTC") {
    analysis::AnalyzerOptions options;
    options.catalog = "memory";
    options.schema = "default";
    options.time_zone = session.time_zone = CHECK_OK(types::find_time_zone(zone));
    session.start_micros = 1'700'000'000'123'456;
    auto statement = TRY(sql::parse_statement(sql));
    const auto* query = sql::as<sql::QueryStatement>(*statement);
    auto answer = TRY(run_query(*query->query, {tables, options, session, connection, nullptr}));
    std::string out;
    for (const auto& row : TRY(read_all(answer))) {
      if (!out.empty()) out += ' ';
      out += '[';
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) out += ',';
        if (row[i].is_null()) {
          out += "null";
        } else {
          types::append_wire_json(out, answer.columns[i].type, row[i]);
        }
      }
      out += ']';
    }
    return out;
  }
};

struct QueryCase {
  const char* sql;
  const char* expected;  // rows, or `!` and Trino's name of the error
};

void check_all(std::initializer_list<QueryCase> cases) {
  Engine engine;
  for (const auto& test : cases) {
    CAPTURE(test.sql);
    auto rows = engine.rows(test.sql);
    if (test.expected[0] == '!') {
      REQUIRE(!rows);
      CHECK(types::split_error(rows.error()).name == test.expected + 1);
    } else {
      CHECK(CHECK_OK(rows) == test.expected);
    }
  }
}

TEST_CASE("branches that are not taken do not fail") {
  check_all({
      {"SELECT if(x <> 0, 10 / x + 10 / x, 0) FROM (VALUES 0, 1) t(x)", "[0] [20]"},
      {"SELECT x <> 0 AND 10 / x > 1, x = 0 OR 10 / x > 1 FROM (VALUES 0, 1) t(x)",
       "[false,true] [true,true]"},
      {"SELECT coalesce(x, 1 / y) FROM (VALUES (1, 0), (NULL, 1)) t(x, y)", "[1] [1]"},
      {"SELECT try(nullif(x / 0, 1)) FROM (VALUES 1) t(x)", "[null]"},
      {"SELECT try((SELECT 1) / x) FROM (VALUES 0) t(x)", "[null]"},
      {"SELECT 1 / x FROM (VALUES 0) t(x)", "!DIVISION_BY_ZERO"},
      {"SELECT sum(x) FROM (VALUES 9223372036854775807, 1) t(x)", "!NUMERIC_VALUE_OUT_OF_RANGE"},
  });
}

TEST_CASE("values that compare otherwise than they are stored") {
  check_all({
      {"SELECT count(DISTINCT x) FROM (VALUES TIMESTAMP '2024-01-01 00:00 UTC', "
       "TIMESTAMP '2024-01-01 01:00 +01:00') t(x)",
       "[1]"},
      {"SELECT x, count(*) FROM (VALUES TIMESTAMP '2024-01-01 00:00 +00:00', "
       "TIMESTAMP '2024-01-01 01:00 +01:00') t(x) GROUP BY x",
       "[\"2024-01-01 00:00:00 UTC\",2]"},
      {"SELECT nan() = nan(), nan() < 1e0, 1e0 < nan(), nan() IS DISTINCT FROM nan()",
       "[false,false,false,false]"},
      {"SELECT max(x), min(x) FROM (VALUES nan(), 1e0) t(x)", "[1.0,1.0]"},
      {"SELECT 1 FROM (VALUES nan()) t(x) JOIN (VALUES nan()) u(x) ON t.x = u.x", ""},
      {"SELECT ROW(1, NULL) = ROW(1, NULL), ROW(1, NULL) = ROW(2, NULL)", "[null,false]"},
      {"SELECT (1, 2) IN (SELECT 1, 2), (1, NULL) IN (SELECT 1, 2), (2, 2) IN (SELECT 1, 2)",
       "[true,null,false]"},
      {"SELECT x FROM (VALUES 2, NULL, 1) t(x) ORDER BY x DESC", "[2] [1] [null]"},
  });
}

TEST_CASE("extremes of a group") {
  check_all({
      {"SELECT max_by(v, k), min_by(v, k) FROM (VALUES ('a', nan()), ('b', 1e0), ('c', 2e0), ('d', "
       "NULL)) t(v, k)",
       "[\"c\",\"b\"]"},
      {"SELECT max_by(v, k), min_by(v, k) FROM (VALUES ('a', nan()), ('d', NULL)) t(v, k)",
       "[\"a\",\"a\"]"},
      {"SELECT max_by(v, k), min_by(v, k) FROM (VALUES (NULL, 3e0), ('b', 1e0)) t(v, k)",
       "[null,\"b\"]"},
      {"SELECT max_by(v, k) FILTER (WHERE v <> 'c') FROM (VALUES ('a', nan()), ('b', 1e0), ('c', "
       "2e0)) t(v, k)",
       "[\"b\"]"},
      {"SELECT max_by(v, k) OVER (ORDER BY v) FROM (VALUES ('a', nan()), ('b', 1e0)) t(v, k)",
       "[\"a\"] [\"b\"]"},
      {"SELECT max(x), min(x) FROM (VALUES CAST('a' AS char(3)), CAST(U&'a\\0009' AS char(3))) "
       "t(x)",
       "[\"a  \",\"a\\t \"]"},
      {"SELECT max(x) FROM (VALUES TIMESTAMP '2024-01-01 09:00 Asia/Tokyo', TIMESTAMP '2024-01-01 "
       "01:00 UTC') t(x)",
       "[\"2024-01-01 01:00:00 UTC\"]"},
      {"SELECT max(x, 2), min(x, 5) FROM (VALUES 3, NULL, 1, 2) t(x)", "[[3,2],[1,2,3]]"},
      {"SELECT max(x, 2) FROM (VALUES CAST(NULL AS integer)) t(x)", "[null]"},
      {"SELECT max(x, 0) FROM (VALUES 1) t(x)", "!INVALID_FUNCTION_ARGUMENT"},
      {"SELECT max_by(v, k, 3), min_by(v, k, 1) FROM (VALUES ('a', 1), (NULL, 3), ('c', 2), ('d', "
       "NULL)) t(v, k)",
       "[[null,\"c\",\"a\"],[\"a\"]]"},
      {"SELECT map_entries(histogram(x)), histogram(NULLIF(x, x)) FROM (VALUES 2, 2) t(x)",
       "[[[2,2]],null]"},
      {"SELECT approx_percentile(x, ARRAY[0.0, 1.0]) FROM (VALUES 3, 1) t(x)", "[[1,3]]"},
  });
}

TEST_CASE("a group that is too large as values is an error") {
  check_all({
      {"SELECT numeric_histogram(10, CAST(a * b AS double)) FROM UNNEST(sequence(1, 4000)) t(a), "
       "UNNEST(sequence(1, 2000)) u(b)",
       "!EXCEEDED_LOCAL_MEMORY_LIMIT"},
  });
}

TEST_CASE("decimals") {
  check_all({
      {"SELECT a * b, a * NULL FROM (VALUES (DECIMAL '9999999999999.99', DECIMAL "
       "'-99999999999999.99'), (NULL, DECIMAL '12345678901234.99')) t(a, b)",
       "[\"-999999999999998900000000000.0001\",null] [null,null]"},
      {"SELECT avg(x), avg(DISTINCT x) FROM (VALUES DECIMAL '1.05', DECIMAL '1.06', DECIMAL "
       "'-1.05', DECIMAL '1.06') t(x)",
       "[\"0.53\",\"0.35\"]"},
      {"SELECT avg(x), sum(x) FROM (VALUES DECIMAL '1.05') t(x) WHERE x > 2", "[null,null]"},
  });
}

TEST_CASE("joins, UNNEST and recursion") {
  check_all({
      {"SELECT x, y, o FROM (VALUES 1) t(k) LEFT JOIN UNNEST(ARRAY[1, 2], ARRAY['a']) WITH "
       "ORDINALITY u(x, y, o) ON TRUE ORDER BY o",
       "[1,\"a\",1] [2,null,2]"},
      {"SELECT k, x FROM (VALUES (1, ARRAY[7]), (2, NULL)) t(k, a) LEFT JOIN UNNEST(a) u(x) ON "
       "TRUE",
       "[1,7] [2,null]"},
      {"SELECT k, b, c FROM (VALUES 1) t(k) LEFT JOIN LATERAL (SELECT bool_or(v), true FROM "
       "(VALUES (2, true)) u(k2, v) WHERE k2 <= k) s(b, c) ON TRUE",
       "[1,null,true]"},
      {"SELECT t.x, u.x FROM (VALUES 1, 2) t(x) LEFT JOIN (VALUES 1, 3) u(x) ON t.x IN (VALUES 1) "
       "AND u.x = 3 ORDER BY 1",
       "[1,3] [2,null]"},
      {"WITH RECURSIVE t(n) AS (VALUES 1 UNION ALL SELECT n + 1 FROM t WHERE n < 4) SELECT sum(n) "
       "FROM t",
       "[10]"},
      {"WITH RECURSIVE t(n) AS (VALUES 1 UNION ALL SELECT n + 1 FROM t) SELECT sum(n) FROM t",
       "!NOT_SUPPORTED"},
      {"SELECT x FROM (VALUES 3, 1, 2, 2) t(x) ORDER BY x FETCH FIRST 2 ROWS WITH TIES",
       "[1] [2] [2]"},
      {"SELECT (SELECT x FROM (VALUES 1, 2) t(x))", "!SUBQUERY_MULTIPLE_ROWS"},
  });
}

TEST_CASE("session values are those of the statement's start") {
  Engine engine;
  CHECK(CHECK_OK(engine.rows("SELECT current_timestamp, localtimestamp(0), current_date",
                             "Asia/Tokyo")) ==
        "[\"2023-11-15 07:13:20.123 Asia/Tokyo\",\"2023-11-15 07:13:20\",\"2023-11-15\"]");
}

}  // namespace
}  // namespace tarn::engine
