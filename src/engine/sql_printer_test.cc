// SPDX-License-Identifier: Apache-2.0
#include "engine/sql_printer.h"

#include "analysis/analyzer.h"
#include "base/testing.h"
#include "sql/parser.h"
#include "sql/tree/visit.h"
#include "types/type_text.h"

namespace tarn::engine {
namespace {

// A table `t` with a column of each of some types.
class OneTable final : public analysis::TableLookup {
 public:
  OneTable() {
    auto table = std::make_shared<analysis::TableInfo>();
    table->id = {"lake", "s", "t"};
    const std::pair<const char*, const char*> columns[] = {{"i", "integer"},
                                                           {"b", "bigint"},
                                                           {"d", "double"},
                                                           {"v", "varchar"},
                                                           {"day", "date"},
                                                           {"ts", "timestamp(6)"},
                                                           {"z", "timestamp(6) with time zone"},
                                                           {"n", "decimal(15,2)"},
                                                           {"a", "array(integer)"}};
    for (const auto& [name, type] : columns) {
      table->columns.push_back({name, CHECK_OK(types::parse_type(type)), false, true});
    }
    table->handle = make_stored_source("lake.s.t", *table);
    table_ = std::move(table);
  }
  Result<analysis::TableInfoPtr> find_table(const analysis::TableId&,
                                            const std::optional<analysis::TableVersion>&) override {
    return table_;
  }

 private:
  analysis::TableInfoPtr table_;
};

Result<std::string> print(const std::string& sql) {
  OneTable table;
  analysis::AnalyzerOptions options;
  options.catalog = "lake";
  options.schema = "s";
  SessionValues session;
  session.start_micros = 1'700'000'000'000'000;
  auto statement = CHECK_OK(sql::parse_statement(sql));
  const auto* query = sql::as<sql::QueryStatement>(*statement);
  auto typed = analysis::analyze_query(*query->query, table, options);
  if (!typed) return std::move(typed).error();
  SqlPrinter printer(session);
  return printer.print_query(*typed);
}

struct Case {
  const char* sql;
  const char* expected;
};

TEST_CASE("expressions where DuckDB means the same are its own") {
  const Case cases[] = {
      {"SELECT i + 1 FROM t",
       "SELECT c10 AS c0 FROM (SELECT (c1 + (1)::INTEGER) AS c10 FROM (SELECT \"i\" AS c1 FROM "
       "lake.s.t))"},
      {"SELECT i / 2 FROM t",
       "SELECT c10 AS c0 FROM (SELECT (c1 // (2)::INTEGER) AS c10 FROM (SELECT \"i\" AS c1 FROM "
       "lake.s.t))"},
      {"SELECT i / i FROM t",
       "SELECT c10 AS c0 FROM (SELECT tarn_call('$divide(integer, integer) -> integer', c1, c1) AS "
       "c10 FROM (SELECT \"i\" AS c1 FROM lake.s.t))"},
      {"SELECT substr(v, 2, 3) FROM t",
       "SELECT c10 AS c0 FROM (SELECT substring(c4, CAST((2)::INTEGER AS BIGINT), "
       "CAST((3)::INTEGER AS BIGINT)) AS c10 FROM (SELECT \"v\" AS c4 FROM lake.s.t))"},
      {"SELECT substr(v, i) FROM t",
       "SELECT c10 AS c0 FROM (SELECT tarn_call('substr(varchar, bigint) -> varchar', c4, CAST(c1 "
       "AS BIGINT)) AS c10 FROM (SELECT \"i\" AS c1, \"v\" AS c4 FROM lake.s.t))"},
  };
  for (const auto& test : cases) {
    CAPTURE(test.sql);
    CHECK(CHECK_OK(print(test.sql)) == test.expected);
  }
}

TEST_CASE("an instant in UTC stays plain until its value is needed") {
  std::string text = CHECK_OK(print("SELECT max(z) FROM t WHERE z > TIMESTAMP '2024-01-01 UTC'"));
  CHECK(text.find("max(c7)") != std::string::npos);
  CHECK(text.find("(make_timestamptz(1704067200000000::BIGINT) < c7)") != std::string::npos);
  // The zone comes back in the answer only.
  CHECK(text.find("IS NOT NULL THEN {'t': c") != std::string::npos);
  CHECK(text.find("max(CASE") == std::string::npos);
}

TEST_CASE("NaN is like nothing") {
  std::string text = CHECK_OK(print("SELECT 1 FROM t WHERE d < d"));
  CHECK(text.find("(c3 < c3 AND (NOT isnan(c3) OR c3 IS NULL))") != std::string::npos);
  text = CHECK_OK(print("SELECT 1 FROM t WHERE d < 5e0"));
  CHECK(text.find("WHERE (c3 < '5'::DOUBLE)") != std::string::npos);
}

TEST_CASE("a scan reads only what is used") {
  CHECK(CHECK_OK(print("SELECT count(*) FROM t")).find("0 AS nothing FROM lake.s.t") !=
        std::string::npos);
}

TEST_CASE("the source of MERGE reads only what is asked for") {
  OneTable table;
  analysis::AnalyzerOptions options;
  options.catalog = "lake";
  options.schema = "s";
  auto statement = CHECK_OK(sql::parse_statement(
      "MERGE INTO t USING (SELECT i, v || 'x' AS w FROM t AS other) AS s ON t.i = s.i "
      "WHEN MATCHED THEN UPDATE SET v = s.w"));
  const auto typed =
      CHECK_OK(analysis::analyze_merge(*sql::as<sql::Merge>(*statement), table, options));
  const SessionValues session;
  SqlPrinter printer(session);
  const std::string text = CHECK_OK(printer.print_relation(*typed.source));
  CHECK(text.find("\"i\" AS") != std::string::npos);
  CHECK(text.find("\"v\" AS") != std::string::npos);
  for (const char* other : {"\"b\"", "\"d\"", "\"day\"", "\"a\""}) {
    CAPTURE(other);
    CHECK(text.find(other) == std::string::npos);
  }
}

}  // namespace
}  // namespace tarn::engine
