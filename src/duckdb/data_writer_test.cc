// SPDX-License-Identifier: Apache-2.0
#include "duckdb/memory_lake.h"

namespace tarn::duckdb {
namespace {

TEST_CASE("hundreds of partitions at once, beyond the memory") {
  MemoryLake lake(200'000'000, 2);
  lake.run(
      "CREATE TABLE lake.s.t (k INTEGER, a VARCHAR, b VARCHAR, c VARCHAR, d BIGINT, e DECIMAL(12, "
      "2), "
      "f DATE) PARTITIONED BY (k)");
  // The rows of all partitions come in turns: each of them has a few at any time.
  lake.run(
      "INSERT INTO lake.s.t SELECT i % 300, md5(i::VARCHAR) || md5((i + 1)::VARCHAR), "
      "md5((i * 3)::VARCHAR) || md5((i * 5)::VARCHAR), md5((i * 7)::VARCHAR), i, i / 100, "
      "DATE '2024-01-01' + (i % 1000)::INTEGER FROM range(600000) r(i)");
  CHECK(lake.rows("SELECT count(*), count(DISTINCT k), sum(d) FROM lake.s.t") ==
        "600000|300|179999700000");
  CHECK(
      lake.rows("SELECT count(*) FROM lake.s.t WHERE a <> md5(d::VARCHAR) || md5((d + 1)::VARCHAR) "
                "OR c <> md5((d * 7)::VARCHAR)") == "0");
  const auto table = lake.table("t");
  CHECK(table.metadata->current_snapshot()->summary.at("added-data-files") == "300");
}

}  // namespace
}  // namespace tarn::duckdb
