// SPDX-License-Identifier: Apache-2.0
#include "duckdb/testing.h"

namespace tarn::duckdb {
namespace {

std::string first_seen(TestEngine& engine, const std::string& text, const std::string& from) {
  return engine.value(fmt::format("SELECT count(*) FROM (SELECT tarn_first_seen({}) AS first FROM "
                                  "{}) WHERE first",
                                  text, from),
                      "bigint");
}

TEST_CASE("every text is first once, however many threads read") {
  TestEngine engine;
  CHECK(first_seen(engine, "i::VARCHAR", "range(500_000) t(i)") == "BIGINT '500000'");
  CHECK(first_seen(engine, "(i % 1000)::VARCHAR", "range(500_000) t(i)") == "BIGINT '1000'");
  CHECK(first_seen(engine, "''", "range(3000) t(i)") == "BIGINT '1'");
  // Long texts that differ in their last byte only.
  CHECK(first_seen(engine, "repeat('x', 40) || i", "range(10) t(i)") == "BIGINT '10'");
}

TEST_CASE("a statement of its own begins anew") {
  TestEngine engine;
  for (int round = 0; round < 2; ++round) {
    CHECK(first_seen(engine, "i::VARCHAR", "range(10) t(i)") == "BIGINT '10'");
  }
}

TEST_CASE("NULL is neither first nor repeated") {
  TestEngine engine;
  CHECK(engine.value("SELECT count(*) FROM (SELECT tarn_first_seen(CASE WHEN i > 4 THEN "
                     "i::VARCHAR END) AS first FROM range(10) t(i)) WHERE first IS NULL",
                     "bigint") == "BIGINT '5'");
}

TEST_CASE("what the texts need counts against the memory limit") {
  TestEngine engine;
  CHECK_OK(engine.connection().execute("SET memory_limit = '20MB'"));
  CHECK_ERROR(engine.rows("SELECT count(*) FROM (SELECT tarn_first_seen(i::VARCHAR) AS first FROM "
                          "range(2_000_000) t(i)) WHERE first",
                          {CHECK_OK(types::parse_type("bigint"))}),
              ErrorCode::InvalidInput, "memory limit");
}

}  // namespace
}  // namespace tarn::duckdb
