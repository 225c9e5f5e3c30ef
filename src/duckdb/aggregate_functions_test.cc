// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "duckdb/testing.h"

namespace tarn::duckdb {
namespace {

std::string first_text(TestEngine& engine, const std::string& expression, const std::string& from) {
  const auto rows =
      CHECK_OK(engine.rows(fmt::format("SELECT CAST({} AS VARCHAR) FROM {}", expression, from),
                           {types::make_varchar()}));
  REQUIRE(rows.size() == 1);
  return rows[0][0].is_null() ? "NULL" : rows[0][0].as_text();
}

TEST_CASE("aggregates of Trino inside of DuckDB") {
  TestEngine engine;
  const std::string numbers = "(VALUES (1::DOUBLE), (2), (3), (4), (50), (NULL)) t(x)";
  CHECK(first_text(engine, "round(tarn_skewness(x), 9)", numbers) == "1.489650906");
  CHECK(first_text(engine, "round(tarn_kurtosis(x), 9)", numbers) == "4.944867373");
  CHECK(first_text(engine, "tarn_var_pop(x)", numbers) == "362.0");
  CHECK(first_text(engine, "tarn_var_samp(x)", "(VALUES (1::DOUBLE)) t(x)") == "NULL");
  CHECK(first_text(engine, "tarn_stddev_pop(x)", "(VALUES ('nan'::DOUBLE), (1)) t(x)") == "nan");
  CHECK(first_text(engine, "tarn_geometric_mean(x)", "(VALUES (0::DOUBLE), (4)) t(x)") == "0.0");
  const std::string pairs = "(VALUES (3::DOUBLE, 1::DOUBLE), (5, 2), (NULL, 7)) t(y, x)";
  CHECK(first_text(engine, "tarn_regr_slope(y, x)", pairs) == "2.0");
  CHECK(first_text(engine, "tarn_corr(y, x)", "(VALUES (1::DOUBLE, 1::DOUBLE)) t(y, x)") == "NULL");

  const std::string large =
      "(SELECT CAST(99999999999999999999999999999999999999 AS DECIMAL(38,0)) AS x FROM range(7))";
  CHECK(first_text(engine, "tarn_avg(x)", large) == "99999999999999999999999999999999999999");
  CHECK_ERROR(engine.rows("SELECT tarn_sum(x) FROM " + large, {types::make_decimal(38, 0)}),
              ErrorCode::InvalidInput, "Decimal overflow");
  CHECK(first_text(engine, "tarn_sum(CAST(x AS DECIMAL(38,1)))", "(VALUES (1.5), (-0.25)) t(x)") ==
        "1.2");
  CHECK(first_text(engine, "tarn_avg(CAST(x AS DECIMAL(38,1)))", "(VALUES (-0.1), (-0.2)) t(x)") ==
        "-0.2");
  // States beside keys and counts of odd sizes.
  CHECK(first_text(engine, "max(s)",
                   "(SELECT tarn_sum(CAST(i AS DECIMAL(38,0))) AS s, bool_or(i > 3) FROM "
                   "range(1000) t(i) GROUP BY CAST(i % 7 AS VARCHAR), CAST(i % 3 AS UTINYINT))") ==
        "24264");
  // In groups, over many rows in parallel, and as windows.
  CHECK(first_text(engine, "tarn_sum(CAST(i AS DECIMAL(38,0)))", "range(1000000) t(i)") ==
        "499999500000");
  CHECK(first_text(engine, "max(s)",
                   "(SELECT tarn_sum(CAST(i AS DECIMAL(38,0))) OVER (ORDER BY i) AS s FROM "
                   "range(5000) t(i))") == "12497500");
  CHECK(first_text(engine, "max(s)",
                   "(SELECT round(tarn_var_pop(i), 6) AS s FROM range(100000) t(i) GROUP BY i % 2)")
            .starts_with("8333333"));
}

}  // namespace
}  // namespace tarn::duckdb
