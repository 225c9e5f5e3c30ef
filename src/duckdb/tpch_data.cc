// SPDX-License-Identifier: Apache-2.0
#include "duckdb/tpch_data.h"

#include <mutex>

#include "base/text.h"
#include "types/error_name.h"

namespace tarn::duckdb {
namespace {

constexpr const char* kTpchDatabase = "tarn_tpch";

// One at a time: making the same data twice would fail.
std::mutex& tpch_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

Result<std::string> make_tpch_schema(Instance& instance, double scale, const Cancel* cancel) {
  if (!(scale > 0) || scale > kTpchScaleMax) {
    return types::named_error("NOT_SUPPORTED", {},
                              "TPC-H data of scale {} is not made here; the largest is {}", scale,
                              kTpchScaleMax);
  }
  std::lock_guard lock(tpch_mutex());
  TRY(instance.load_extension("tpch"));
  const std::string schema = fmt::format("sf{}", scale);
  const std::string text = fmt::format("{}.{}", quote(kTpchDatabase, '"'), quote(schema, '"'));
  Connection connection = TRY(instance.connect());
  TRY(connection.execute(fmt::format("ATTACH IF NOT EXISTS ':memory:' AS {}", kTpchDatabase)));
  const Table found = TRY(connection.query(
      fmt::format("SELECT count(*) FROM duckdb_schemas() WHERE database_name = '{}' AND "
                  "schema_name = {}",
                  kTpchDatabase, quote(schema, '\''))));
  if (found.single() == "0") {
    // All or nothing: a failure leaves no schema behind.
    TRY(connection.execute("BEGIN TRANSACTION"));
    TRY(connection.execute("CREATE SCHEMA " + text));
    TRY(connection.execute(fmt::format("CALL dbgen(sf = {}, catalog = '{}', schema = {})", scale,
                                       kTpchDatabase, quote(schema, '\'')),
                           cancel));
    TRY(connection.execute("COMMIT"));
  }
  return text;
}

}  // namespace tarn::duckdb
