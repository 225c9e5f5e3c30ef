// SPDX-License-Identifier: Apache-2.0
// What INSERT writes: partitions, sorted files, sizes, metrics.
#include <set>

#include "base/testing.h"
#include "base/text.h"
#include "duckdb/memory_lake.h"
#include "iceberg/scan/plan.h"
#include "iceberg/type.h"

namespace tarn::duckdb {
namespace {

std::vector<iceberg::DataFile> live_files(MemoryLake& lake, const std::string& name) {
  const auto table = lake.table(name);
  iceberg::ManifestCache cache;
  const auto plan = CHECK_OK(iceberg::plan_scan(*lake.store, cache, *table.metadata,
                                                table.metadata->current_snapshot(),
                                                table.metadata->schema(), iceberg::ScanRequest{}));
  std::vector<iceberg::DataFile> files;
  for (const auto& file : plan.files) files.push_back(file.data->file);
  return files;
}

TEST_CASE("rows go to the partitions that hidden partitioning gives") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t(id BIGINT, ts TIMESTAMP, name VARCHAR, amount DECIMAL(9,2)) "
      "PARTITIONED BY (month(ts), bucket(4, id), truncate(1, name))");
  CHECK(lake.run("INSERT INTO lake.s.t SELECT range, TIMESTAMP '2024-01-15' + "
                 "INTERVAL (range % 90) DAY, CASE WHEN range % 10 = 0 THEN NULL ELSE "
                 "chr((97 + range % 3)::INT) || 'xyz' END, range / 7 FROM range(3000)") == 3000);
  const auto table = lake.table("t");
  const auto& spec = table.metadata->spec();
  CHECK(spec.fields.at(0).name == "ts_month");
  const auto files = live_files(lake, "t");
  CHECK(files.size() == 4 * 4 * 4);
  std::int64_t rows = 0;
  std::set<std::string> paths;
  for (const auto& file : files) {
    rows += file.record_count;
    const std::string folder = iceberg::partition_path(spec, file.partition);
    CHECK_MESSAGE(file.path.find("/data/" + folder + "/") != std::string::npos, file.path);
    paths.insert(folder);
    // Every row of the file has the partition's month.
    const auto month = file.partition.values.at(0).as_int();
    CHECK(lake.rows(fmt::format(
              "SELECT count(*) FROM '{}' WHERE date_diff('month', DATE '1970-01-01', ts) <> {}",
              file.path, month)) == "0");
  }
  CHECK(rows == 3000);
  CHECK(paths.size() == files.size());
  CHECK(lake.rows("SELECT count(*), sum(id), count(name) FROM lake.s.t") == "3000|4498500|2700");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE ts >= TIMESTAMP '2024-03-01' "
                  "AND ts < TIMESTAMP '2024-04-01'") == "1023");
}

TEST_CASE("all transforms and source types write what they read back") {
  MemoryLake lake;
  struct Case {
    const char* type;
    const char* value;
    const char* transforms;
  };
  const Case cases[] = {
      {"INTEGER", "(range * 37 - 50)::INTEGER", "c;bucket(7, c);truncate(10, c)"},
      {"BIGINT", "range * 1000000007 - 5", "c;bucket(7, c);truncate(100, c)"},
      {"DECIMAL(7,2)", "(range * 1.25 - 3)::DECIMAL(7,2)", "c;bucket(3, c);truncate(50, c)"},
      {"DECIMAL(30,4)", "(range * 1.25 - 3)::DECIMAL(30,4)", "c;bucket(3, c);truncate(50, c)"},
      {"DATE", "DATE '1969-11-01' + (range * 9)::INT", "c;year(c);month(c);day(c);bucket(5, c)"},
      {"TIMESTAMP", "TIMESTAMP '1969-12-31 23:59:59.999999' + INTERVAL (range * 7) HOUR",
       "c;year(c);month(c);day(c);hour(c);bucket(5, c)"},
      {"TIMESTAMPTZ", "TIMESTAMPTZ '1969-12-31 23:59:59.999999+00' + INTERVAL (range * 7) HOUR",
       "c;year(c);month(c);day(c);hour(c);bucket(5, c)"},
      {"TIME", "TIME '00:00:01.5' + INTERVAL (range) MINUTE", "c;bucket(5, c)"},
      {"VARCHAR", "'k/ä=' || range", "c;bucket(5, c);truncate(4, c)"},
      {"BLOB", "encode('b' || range)", "c;bucket(5, c);truncate(2, c)"},
      {"UUID", "md5(range::VARCHAR)::UUID", "c;bucket(5, c)"},
      {"BOOLEAN", "range % 2 = 0", "c"},
  };
  int number = 0;
  for (const Case& test : cases) {
    for (std::string_view transform : split(test.transforms, ';')) {
      INFO(test.type << " " << std::string(transform));
      const std::string name = fmt::format("lake.s.t{}", number++);
      lake.run(fmt::format("CREATE TABLE {}(id INTEGER, c {}) PARTITIONED BY ({})", name, test.type,
                           transform));
      const std::string source = fmt::format(
          "SELECT range::INTEGER AS id, CASE WHEN range % 11 = 0 THEN NULL ELSE {} END AS c "
          "FROM range(60)",
          test.value);
      CHECK(lake.run(fmt::format("INSERT INTO {} {}", name, source)) == 60);
      CHECK(lake.rows(fmt::format("SELECT count(*) FROM ({} EXCEPT SELECT id, c FROM {})", source,
                                  name)) == "0");
      CHECK(lake.rows(fmt::format("SELECT count(*) FROM {} WHERE c IS NULL", name)) == "6");
      // Pruning by each value must find the row.
      const std::string one = lake.rows(fmt::format("SELECT c FROM {} WHERE id = 17", name));
      if (std::string_view(test.type) != "BLOB") {
        CHECK(lake.rows(fmt::format("SELECT bool_or(id = 17) FROM {} WHERE c = '{}'", name, one)) ==
              "true");
      }
    }
  }
}

TEST_CASE("metrics are exact") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t AS SELECT * FROM (VALUES "
      "(1, 'short', 'NaN'::DOUBLE, {'x': 1.5::FLOAT, 'y': 'q'}, [1, 2], NULL::INTEGER, "
      " TIMESTAMPTZ '2024-01-01 00:00:00+00', encode('abc')), "
      "(2, 'a text that is longer than sixteen', -1.5, {'x': 'NaN'::FLOAT, 'y': NULL}, NULL, "
      " NULL, TIMESTAMPTZ '2024-06-01 12:00:00.000001+00', NULL), "
      "(3, NULL, 'NaN'::DOUBLE, NULL, [], NULL, NULL, encode('abd'))) "
      "AS v(i, s, d, st, li, n, ts, bin)");
  const auto table = lake.table("t");
  const auto& schema = table.metadata->schema();
  const auto files = live_files(lake, "t");
  REQUIRE(files.size() == 1);
  const auto& file = files[0];
  CHECK(file.record_count == 3);
  CHECK(file.split_offsets == std::vector<std::int64_t>{4});
  CHECK(file.file_size == static_cast<std::int64_t>(CHECK_OK(lake.store->info(file.path)).size));
  auto id_of = [&](std::vector<std::string> path) {
    return CHECK_OK(iceberg::find_path(schema, path))->id;
  };
  auto value_of = [&](const iceberg::IdMap<std::string>& bounds, std::vector<std::string> path) {
    const auto* field = CHECK_OK(iceberg::find_path(schema, path));
    const std::string* bytes = bounds.find(field->id);
    return bytes == nullptr ? std::string("none")
                            : describe(CHECK_OK(iceberg::value_from_bytes(*bytes, field->type)));
  };
  CHECK(value_of(file.lower_bounds, {"i"}) == "1");
  CHECK(value_of(file.upper_bounds, {"i"}) == "3");
  CHECK(value_of(file.lower_bounds, {"s"}) == "\"a text that is l\"");
  CHECK(value_of(file.upper_bounds, {"s"}) == "\"short\"");
  CHECK(value_of(file.lower_bounds, {"d"}) == "-1.5");
  CHECK(value_of(file.upper_bounds, {"d"}) == "-1.5");
  CHECK(value_of(file.lower_bounds, {"st", "x"}) == "1.5");
  CHECK(value_of(file.upper_bounds, {"st", "x"}) == "1.5");
  CHECK(value_of(file.lower_bounds, {"n"}) == "none");
  CHECK(value_of(file.upper_bounds, {"ts"}) == "2024-06-01T12:00:00.000001+00:00");
  CHECK(value_of(file.lower_bounds, {"bin"}) == "0x616263");
  CHECK(*file.nan_value_counts.find(id_of({"d"})) == 2);
  CHECK(*file.nan_value_counts.find(id_of({"st", "x"})) == 1);
  CHECK(*file.null_value_counts.find(id_of({"s"})) == 1);
  CHECK(*file.null_value_counts.find(id_of({"n"})) == 3);
  CHECK(*file.value_counts.find(id_of({"n"})) == 3);
  CHECK(*file.null_value_counts.find(id_of({"st", "y"})) == 2);
  CHECK(file.value_counts.find(id_of({"li", "element"})) == nullptr);
  CHECK(*file.column_sizes.find(id_of({"i"})) > 0);
}

TEST_CASE("files are cut at the target size and know their row groups") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t(a BIGINT, b VARCHAR) "
      "WITH ('write.target-file-size-bytes' = '3000000')");
  lake.run(
      "INSERT INTO lake.s.t SELECT hash(range)::HUGEINT % 1000000000000, md5(range::VARCHAR) "
      "FROM range(600000)");
  const auto files = live_files(lake, "t");
  CHECK(files.size() > 3);
  std::int64_t rows = 0;
  for (const auto& file : files) {
    rows += file.record_count;
    CHECK(file.file_size < 9'000'000);
    // The offsets are those of the footer.
    std::string offsets;
    for (std::int64_t offset : file.split_offsets) {
      offsets += (offsets.empty() ? "" : ";") + std::to_string(offset);
    }
    CHECK(
        lake.rows(fmt::format("SELECT min(least(coalesce(dictionary_page_offset, data_page_offset),"
                              " data_page_offset)) FROM parquet_metadata('{}') "
                              "GROUP BY row_group_id ORDER BY row_group_id",
                              file.path)) == offsets);
  }
  CHECK(rows == 600'000);
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "600000");
}

TEST_CASE("files of a sorted table are sorted and say so") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t(part INTEGER, k BIGINT, v VARCHAR) PARTITIONED BY (part) "
      "SORTED BY (k)");
  lake.run(
      "INSERT INTO lake.s.t SELECT range % 5, (range * 7919) % 400000, 'v' || range "
      "FROM range(400000)");
  const auto files = live_files(lake, "t");
  CHECK(files.size() >= 5);
  for (const auto& file : files) {
    CHECK(file.sort_order_id == 1);
    CHECK(lake.rows(fmt::format("SELECT count(*) FROM (SELECT k, lag(k) OVER (ORDER BY "
                                "file_row_number) AS before FROM read_parquet('{}', "
                                "file_row_number = true)) WHERE before > k",
                                file.path)) == "0");
  }
  CHECK(lake.rows("SELECT count(*), count(DISTINCT k) FROM lake.s.t") == "400000|400000");
  // Rows that an UPDATE rewrites come in no order.
  lake.run("UPDATE lake.s.t SET v = 'new' WHERE k % 1000 = 3");
  for (const auto& file : live_files(lake, "t")) {
    if (file.record_count < 1000) CHECK_FALSE(file.sort_order_id.has_value());
  }
}

TEST_CASE("many partitions stay within the memory limit") {
  MemoryLake lake(300'000'000);
  lake.run(
      "CREATE TABLE lake.s.t(part INTEGER, a BIGINT, b VARCHAR, c DOUBLE) "
      "PARTITIONED BY (part)");
  CHECK(lake.run("INSERT INTO lake.s.t SELECT range % 300, range, 'value number ' || range, "
                 "range / 3 FROM range(600000)") == 600'000);
  CHECK(live_files(lake, "t").size() == 300);
  CHECK(lake.rows("SELECT count(*), sum(a), count(DISTINCT part) FROM lake.s.t") ==
        "600000|179999700000|300");
}

TEST_CASE("data files carry field ids and the asked compression") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t WITH ('write.parquet.compression-codec' = 'snappy') AS SELECT "
      "1 AS a, {'x': 1, 'l': [1]} AS st, MAP {'k': 1} AS m");
  const auto path = live_files(lake, "t").at(0).path;
  CHECK(lake.rows(fmt::format("SELECT DISTINCT compression FROM parquet_metadata('{}')", path)) ==
        "SNAPPY");
  const auto& schema = lake.table("t").metadata->schema();
  auto id_of = [&](std::vector<std::string> names) {
    return std::to_string(CHECK_OK(iceberg::find_path(schema, names))->id);
  };
  CHECK(lake.rows(fmt::format("SELECT name, field_id FROM parquet_schema('{}') "
                              "WHERE field_id IS NOT NULL ORDER BY field_id",
                              path)) ==
        fmt::format("a|{};st|{};m|{};x|{};l|{};element|{};key|{};value|{}", id_of({"a"}),
                    id_of({"st"}), id_of({"m"}), id_of({"st", "x"}), id_of({"st", "l"}),
                    id_of({"st", "l", "element"}), id_of({"m", "key"}), id_of({"m", "value"})));
  CHECK_ERROR(
      lake.connection->query("CREATE TABLE lake.s.w WITH "
                             "('write.parquet.compression-codec' = 'nope') AS SELECT 1 AS a"),
      ErrorCode::InvalidInput, "nope");
  CHECK_ERROR(lake.connection->query("CREATE TABLE lake.s.w WITH ('write.format.default' = 'orc') "
                                     "AS SELECT 1 AS a"),
              ErrorCode::Unsupported, "ORC");
}

}  // namespace
}  // namespace tarn::duckdb
