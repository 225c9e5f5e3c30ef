// SPDX-License-Identifier: Apache-2.0
// What a scan of a lake's table reads: evolved schemas, deletes of all kinds, pruned files.
#include <unistd.h>

#include "base/testing.h"
#include "duckdb/memory_lake.h"
#include "iceberg/manifest_io.h"
#include "iceberg/scan/plan.h"
#include "iceberg/type.h"

namespace tarn::duckdb {
namespace {

using iceberg::Field;
using iceberg::TypeKind;

void change(MemoryLake& lake, const std::string& name, std::vector<iceberg::TableUpdate> updates) {
  iceberg::TableChange table_change;
  table_change.table = {{{"s"}}, name};
  table_change.updates = std::move(updates);
  CHECK_OK(lake.catalog->commit(std::span(&table_change, 1)));
}

void set_schema(MemoryLake& lake, const std::string& name, iceberg::Schema schema) {
  change(
      lake, name,
      {iceberg::add_schema(std::move(schema)), iceberg::set_current_schema(iceberg::kLastAdded)});
}

iceberg::ScanPlan plan_of(MemoryLake& lake, const iceberg::LoadedTable& table) {
  iceberg::ManifestCache cache;
  return CHECK_OK(iceberg::plan_scan(*lake.store, cache, *table.metadata,
                                     table.metadata->current_snapshot(), table.metadata->schema(),
                                     iceberg::ScanRequest{}));
}

// A snapshot with one more manifest of deletes: our own commits refuse equality deletes.
void add_equality_deletes(MemoryLake& lake, const iceberg::LoadedTable& table,
                          const iceberg::DataFile& deletes) {
  const iceberg::TableMetadata& base = *table.metadata;
  iceberg::Snapshot snapshot = *base.current_snapshot();
  auto manifests = CHECK_OK(iceberg::read_manifests(*lake.store, snapshot));
  snapshot.parent_id = snapshot.id;
  snapshot.id = iceberg::SnapshotId(4711);
  snapshot.sequence_number = base.last_sequence_number + 1;
  snapshot.timestamp_ms = base.last_updated_ms + 1;
  iceberg::ManifestHeader header;
  header.schema = base.schema();
  header.content = iceberg::ManifestContent::Deletes;
  header.snapshot_id = snapshot.id;
  auto writer = CHECK_OK(iceberg::ManifestWriter::make(header, system_random()));
  iceberg::ManifestEntry entry;
  entry.snapshot_id = snapshot.id;
  entry.file = deletes;
  CHECK_OK(writer.add(entry));
  manifests.push_back(
      CHECK_OK(writer.finish(*lake.store, iceberg::manifest_location(base, "eq", 0))));
  snapshot.manifest_list = iceberg::manifest_list_location(base, snapshot.id, 1, "eq");
  CHECK_OK(iceberg::write_manifest_list(*lake.store, snapshot.manifest_list,
                                        {.snapshot_id = snapshot.id,
                                         .parent_id = snapshot.parent_id,
                                         .sequence_number = snapshot.sequence_number},
                                        manifests, system_random()));
  change(lake, "t",
         {iceberg::add_snapshot(snapshot),
          iceberg::set_snapshot_ref("main", {.snapshot_id = snapshot.id})});
}

TEST_CASE("columns are found by field id") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t WITH ('format-version' = '3') AS SELECT range::INTEGER AS a, "
      "'v' || range AS b, range::FLOAT AS f, range::DECIMAL(9,2) AS d, "
      "{'x': range::INTEGER, 'y': 'y' || range} AS st, "
      "[{'p': range::INTEGER}] AS li, MAP {'k': {'q': range::INTEGER}} AS m FROM range(3)");
  const auto table = lake.table("t");
  iceberg::Schema schema = table.metadata->schema();
  schema.fields[0].name = "renamed";
  schema.fields[0].type = TypeKind::Long;
  schema.fields[2].type = TypeKind::Double;
  schema.fields[3].type = iceberg::decimal_type(20, 2);
  schema.fields[4].type.fields[0].name = "xx";
  schema.fields[4].type.fields[0].type = TypeKind::Long;
  int next = table.metadata->last_column_id;
  schema.fields[4].type.fields.push_back(
      iceberg::optional_field(++next, "added", TypeKind::String));
  schema.fields[5].type.fields[0].type.fields[0].name = "pp";
  schema.fields[6].type.fields[1].type.fields[0].type = TypeKind::Long;
  Field with_default = iceberg::optional_field(++next, "n", TypeKind::Int);
  with_default.initial_default = iceberg::int_value(42);
  with_default.write_default = iceberg::int_value(7);
  schema.fields.push_back(with_default);
  schema.fields.push_back(iceberg::optional_field(++next, "b2", TypeKind::String));
  schema.fields.erase(schema.fields.begin() + 1);  // b is dropped
  std::swap(schema.fields[0], schema.fields[2]);
  set_schema(lake, "t", schema);

  CHECK(
      lake.rows("SELECT renamed, f, d, st, li, m, n, b2 FROM lake.s.t ORDER BY renamed LIMIT 2") ==
      "0|0.0|0.00|{'xx': 0, 'y': y0, 'added': NULL}|[{'pp': 0}]|{k={'q': 0}}|42|-;"
      "1|1.0|1.00|{'xx': 1, 'y': y1, 'added': NULL}|[{'pp': 1}]|{k={'q': 1}}|42|-");
  CHECK(lake.rows("SELECT typeof(renamed), typeof(d) FROM lake.s.t LIMIT 1") ==
        "BIGINT|DECIMAL(20,2)");
  lake.run("INSERT INTO lake.s.t (renamed, b2) VALUES (5000000000, 'new')");
  CHECK(lake.rows("SELECT renamed, n, b2 FROM lake.s.t WHERE renamed > 1 ORDER BY renamed") ==
        "2|42|-;5000000000|7|new");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE n = 42") == "3");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE st.xx = 1") == "1");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE b2 IS NULL") == "3");
  // The state before has the schema before.
  const auto first = table.metadata->snapshots.at(0).id.value;
  CHECK(lake.rows(fmt::format("SELECT a, b FROM lake.s.t AT (VERSION => {}) WHERE a = 1", first)) ==
        "1|v1");
}

TEST_CASE("equality deletes hit older rows only") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t AS SELECT range::INTEGER AS a, CASE WHEN range % 4 = 0 THEN NULL "
      "ELSE 'k' || range % 4 END AS k FROM range(5000)");
  auto table = lake.table("t");
  const std::string path = lake.folder.path() + "/lake/t/data/eq[1].parquet";
  lake.run(
      fmt::format("COPY (SELECT * FROM (VALUES ('k1'), (NULL)) AS v(k)) TO '{}' "
                  "(FIELD_IDS {{k: {}}})",
                  path, table.metadata->schema().fields[1].id));
  iceberg::DataFile deletes;
  deletes.content = iceberg::FileContent::EqualityDeletes;
  deletes.path = path;
  deletes.record_count = 2;
  deletes.file_size = static_cast<std::int64_t>(CHECK_OK(lake.store->info(path)).size);
  deletes.equality_ids = {table.metadata->schema().fields[1].id};
  add_equality_deletes(lake, table, deletes);
  CHECK(lake.rows("SELECT count(*), count(k), min(a), sum(a) FROM lake.s.t") ==
        "2500|2500|2|6251250");
  lake.run("INSERT INTO lake.s.t VALUES (1, 'k1'), (4, NULL)");
  CHECK(lake.rows("SELECT count(*), count(k), min(a) FROM lake.s.t") == "2502|2501|1");
  CHECK(lake.run("DELETE FROM lake.s.t WHERE a < 10") == 6);
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "2496");
}

TEST_CASE("position deletes of other engines apply, whatever way their paths are written") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t AS SELECT range AS a FROM range(10000)");
  auto table = lake.table("t");
  const std::string data = plan_of(lake, table).files.at(0).data->file.path;
  const std::string path = lake.folder.path() + "/lake/t/data/pos.parquet";
  lake.run(
      fmt::format("COPY (SELECT 'file://{}' AS file_path, range * 10 AS pos FROM range(1000) "
                  "UNION ALL SELECT '/elsewhere/x.parquet', 5) TO '{}' "
                  "(FIELD_IDS {{file_path: 2147483546, pos: 2147483545}})",
                  data, path));
  iceberg::SnapshotChange write;
  iceberg::DataFile deletes;
  deletes.content = iceberg::FileContent::PositionDeletes;
  deletes.path = path;
  deletes.record_count = 1001;
  deletes.file_size = static_cast<std::int64_t>(CHECK_OK(lake.store->info(path)).size);
  write.kind = iceberg::ChangeKind::RowDelta;
  write.added_deletes.push_back(deletes);
  lake.change("t", std::move(write));
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "9000");
  CHECK(lake.rows("SELECT count(*), sum(a % 10) FROM lake.s.t WHERE a >= 5000") == "4500|22500");
  CHECK(lake.rows("SELECT a FROM lake.s.t ORDER BY a DESC LIMIT 3") == "9999;9998;9997");
  CHECK(lake.rows("SELECT a, file_row_number FROM lake.s.t ORDER BY a LIMIT 2") == "1|1;2|2");
}

TEST_CASE("files that cannot match are not opened") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t(id BIGINT, day DATE, x DOUBLE, s VARCHAR) PARTITIONED BY (day)");
  for (int day = 1; day <= 3; ++day) {
    lake.run(
        fmt::format("INSERT INTO lake.s.t SELECT {} * 100 + range, DATE '2024-01-0{}', "
                    "range, 'd{}' FROM range(100)",
                    day, day, day));
  }
  lake.run("INSERT INTO lake.s.t VALUES (400, DATE '2024-01-04', 'NaN', 'd4')");
  // Whoever opens these files fails.
  for (const auto& file : plan_of(lake, lake.table("t")).files) {
    const auto day = file.data->file.partition.values.at(0).as_int();
    if (day == 19724 || day == 19725) REQUIRE(unlink(file.data->file.path.c_str()) == 0);
  }
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "301");
  CHECK(lake.rows("SELECT sum(id) FROM lake.s.t WHERE day = DATE '2024-01-01'") == "14950");
  CHECK(lake.rows("SELECT sum(id) FROM lake.s.t WHERE day < DATE '2024-01-02' AND id > 150") ==
        "8575");
  CHECK(lake.rows("SELECT sum(id) FROM lake.s.t WHERE id < 200") == "14950");
  CHECK(lake.rows("SELECT sum(id) FROM lake.s.t WHERE id IN (101, 102)") == "203");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE s = 'd1'") == "100");
  CHECK(lake.rows("SELECT sum(id) FROM lake.s.t WHERE s LIKE 'd1%'") == "14950");
  // By a join's keys and by a top-n's limit, known only while the statement runs.
  CHECK(lake.rows("SELECT sum(t.id) FROM lake.s.t JOIN (VALUES (105), (150)) AS k(id) "
                  "ON t.id = k.id") == "255");
  CHECK(lake.rows("SELECT id FROM lake.s.t WHERE day <> DATE '2024-01-02' AND "
                  "day <> DATE '2024-01-03' ORDER BY id LIMIT 2") == "100;101");
  CHECK_ERROR(lake.connection->query("SELECT sum(id) FROM lake.s.t"), ErrorCode::NotFound, "");
  // NaN is greater than all numbers to the engine and in no bound.
  CHECK(lake.rows("SELECT id FROM lake.s.t WHERE x > 1000 AND day = DATE '2024-01-04'") == "400");
}

TEST_CASE("files without ids are read by the table's name mapping, or not at all") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t(a INTEGER, b VARCHAR)");
  auto table = lake.table("t");
  const std::string path = lake.folder.path() + "/lake/t/data/foreign.parquet";
  lake.run(fmt::format("COPY (SELECT 'x' AS extra, 'v' AS bb, 5 AS a) TO '{}'", path));
  iceberg::SnapshotChange write;
  iceberg::DataFile file;
  file.path = path;
  file.record_count = 1;
  file.file_size = static_cast<std::int64_t>(CHECK_OK(lake.store->info(path)).size);
  write.added_data.push_back(file);
  lake.change("t", std::move(write));
  CHECK_ERROR(lake.connection->query("SELECT * FROM lake.s.t"), ErrorCode::Corrupt, "no field ids");
  const auto& fields = table.metadata->schema().fields;
  change(lake, "t",
         {iceberg::set_properties({{"schema.name-mapping.default",
                                    fmt::format("[{{\"field-id\": {}, \"names\": [\"a\"]}}, "
                                                "{{\"field-id\": {}, \"names\": [\"b\", \"bb\"]}}]",
                                                fields[0].id, fields[1].id)}})});
  CHECK(lake.rows("SELECT * FROM lake.s.t") == "5|v");
}

// DuckDB stops at the first column without an id; the ones behind it would be null.
TEST_CASE("a column without an id hides no other") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t(a INTEGER, b VARCHAR)");
  auto table = lake.table("t");
  const auto& fields = table.metadata->schema().fields;
  const std::string path = lake.folder.path() + "/lake/t/data/mixed.parquet";
  lake.run(
      fmt::format("COPY (SELECT 'x' AS extra, 'v' AS b, 5 AS a) TO '{}' "
                  "(FIELD_IDS {{b: {}, a: {}}})",
                  path, fields[1].id, fields[0].id));
  iceberg::SnapshotChange write;
  iceberg::DataFile file;
  file.path = path;
  file.record_count = 1;
  file.file_size = static_cast<std::int64_t>(CHECK_OK(lake.store->info(path)).size);
  write.added_data.push_back(file);
  lake.change("t", std::move(write));
  CHECK(lake.rows("SELECT * FROM lake.s.t") == "5|v");
}

TEST_CASE("columns of identity partitions that files do not hold come from the partition") {
  MemoryLake lake;
  lake.run("CREATE TABLE lake.s.t(a INTEGER, region VARCHAR) PARTITIONED BY (region)");
  auto table = lake.table("t");
  const std::string path = lake.folder.path() + "/lake/t/data/hive.parquet";
  lake.run(
      fmt::format("COPY (SELECT range::INTEGER AS a FROM range(3)) TO '{}' "
                  "(FIELD_IDS {{a: {}}})",
                  path, table.metadata->schema().fields[0].id));
  iceberg::SnapshotChange write;
  iceberg::DataFile file;
  file.path = path;
  file.record_count = 3;
  file.file_size = static_cast<std::int64_t>(CHECK_OK(lake.store->info(path)).size);
  file.partition.values = {iceberg::string_value("EU")};
  write.added_data.push_back(file);
  lake.change("t", std::move(write));
  CHECK(lake.rows("SELECT a, region FROM lake.s.t ORDER BY a") == "0|EU;1|EU;2|EU");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE region = 'EU' AND a > 0") == "2");
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t WHERE region = 'US'") == "0");
  CHECK(lake.run("UPDATE lake.s.t SET a = 10 WHERE a = 1") == 1);
  CHECK(lake.rows("SELECT a, region FROM lake.s.t ORDER BY a") == "0|EU;2|EU;10|EU");
}

TEST_CASE("small queries read no metadata again and count from manifests") {
  MemoryLake lake;
  lake.run(
      "CREATE TABLE lake.s.t WITH ('format-version' = '3') AS SELECT range AS a FROM "
      "range(1000)");
  lake.run("DELETE FROM lake.s.t WHERE a % 10 = 0");
  for (const auto& file : plan_of(lake, lake.table("t")).files) {
    REQUIRE(unlink(file.data->file.path.c_str()) == 0);
  }
  CHECK(lake.rows("SELECT count(*) FROM lake.s.t") == "900");
  CHECK(lake.rows("SELECT count(1) FROM lake.s.t") == "900");
}

}  // namespace
}  // namespace tarn::duckdb
