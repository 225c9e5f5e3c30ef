// SPDX-License-Identifier: Apache-2.0
#include "iceberg/apply_update.h"

#include "base/testing.h"
#include "iceberg/table_requirement.h"

namespace tarn::iceberg {

namespace {

constexpr std::int64_t kStart = 1'700'000'000'000;

TableMetadata new_metadata(std::string_view version = "2") {
  NewTable table;
  table.schema.fields = {required_field(7, "id", TypeKind::Long),
                         optional_field(9, "day", TypeKind::Date)};
  table.schema.identifier_field_ids = {7};
  PartitionField field;
  field.source_id = 9;
  field.name = "day_month";
  field.transform = {TransformKind::Month, 0, {}};
  if (version != "1") table.spec.fields = {field};
  SortField sort;
  sort.source_id = 7;
  table.sort_order.fields = {sort};
  table.location = "/lake/t";
  table.uuid = "9c12d441-03fe-4693-9a96-a0705ddf69c1";
  table.properties = {{"format-version", std::string(version)}, {"a", "b"}};
  return CHECK_OK(make_table_metadata(table, kStart));
}

Snapshot snapshot_of(std::int64_t id, std::int64_t sequence_number, std::int64_t time = 0) {
  Snapshot snapshot;
  snapshot.id = SnapshotId(id);
  snapshot.sequence_number = sequence_number;
  snapshot.timestamp_ms = time != 0 ? time : kStart + sequence_number;
  snapshot.manifest_list = "/lake/t/metadata/snap.avro";
  snapshot.operation = kOperationAppend;
  return snapshot;
}

SnapshotRef branch_at(std::int64_t id) {
  SnapshotRef ref;
  ref.snapshot_id = SnapshotId(id);
  return ref;
}

TableMetadata apply_ok(const TableMetadata& base, const std::vector<TableUpdate>& updates) {
  return CHECK_OK(apply_updates(base, updates, {kStart + 1000, "/lake/t/metadata/v1.json"}));
}

TableMetadata with_snapshots(int count) {
  TableMetadata metadata = new_metadata();
  for (int i = 1; i <= count; ++i) {
    metadata = apply_ok(metadata,
                        {add_snapshot(snapshot_of(i, i)), set_snapshot_ref("main", branch_at(i))});
  }
  return metadata;
}

std::vector<std::int64_t> log_ids(const TableMetadata& metadata) {
  std::vector<std::int64_t> ids;
  for (const auto& entry : metadata.snapshot_log) ids.push_back(entry.snapshot_id.value);
  return ids;
}

}  // namespace

TEST_CASE("a new table gets fresh ids") {
  const TableMetadata metadata = new_metadata();
  CHECK(metadata.format_version == 2);
  CHECK(metadata.schema().schema_id == 0);
  CHECK(metadata.schema().fields[1].id == 2);
  CHECK(metadata.schema().identifier_field_ids == std::vector<int>{1});
  CHECK(metadata.last_column_id == 2);
  CHECK(metadata.spec().spec_id == 0);
  CHECK(metadata.spec().fields[0].source_id == 2);
  CHECK(metadata.spec().fields[0].field_id == 1000);
  CHECK(metadata.last_partition_id == 1000);
  CHECK(metadata.sort_order().order_id == 1);
  CHECK(metadata.sort_order().fields[0].source_id == 1);
  CHECK(metadata.properties == std::map<std::string, std::string>{{"a", "b"}});
  CHECK(metadata.last_updated_ms == kStart);
  CHECK(metadata.metadata_log.empty());
  CHECK_OK(validate_metadata(metadata));
}

TEST_CASE("the updates of a create give the same table") {
  for (const std::string_view version : {"1", "2", "3"}) {
    const TableMetadata metadata = new_metadata(version);
    CHECK(std::to_string(metadata.format_version) == version);
    CHECK(CHECK_OK(apply_updates(empty_metadata(), updates_for_create(metadata), {kStart, ""})) ==
          metadata);
    CHECK(CHECK_OK(table_metadata_from_json(table_metadata_to_json(metadata))) == metadata);
  }
}

TEST_CASE("snapshots move main and the logs") {
  const TableMetadata metadata = with_snapshots(3);
  CHECK(metadata.current_snapshot_id == SnapshotId(3));
  CHECK(metadata.last_sequence_number == 3);
  CHECK(metadata.last_updated_ms == kStart + 3);
  CHECK(log_ids(metadata) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(metadata.metadata_log.size() == 3);
  CHECK(metadata.metadata_log[0].timestamp_ms == kStart);
  CHECK(metadata.metadata_log[0].metadata_file == "/lake/t/metadata/v1.json");
}

TEST_CASE("nothing changed, nothing written") {
  const TableMetadata metadata = with_snapshots(1);
  CHECK(apply_ok(metadata, {}) == metadata);
  CHECK(apply_ok(metadata, {set_location("/lake/t"), set_snapshot_ref("main", branch_at(1)),
                            set_properties({{"a", "b"}}), add_schema(metadata.schema()),
                            set_current_schema(kLastAdded), remove_properties({"zz"})}) ==
        metadata);
}

TEST_CASE("time does not go back") {
  const TableMetadata metadata = with_snapshots(2);
  const TableMetadata next = apply_ok(metadata, {add_snapshot(snapshot_of(9, 3, kStart - 50'000)),
                                                 set_snapshot_ref("main", branch_at(9))});
  CHECK(next.last_updated_ms == metadata.last_updated_ms);
  CHECK(next.snapshot_log.back().timestamp_ms == metadata.last_updated_ms);
}

TEST_CASE("snapshots that were current only within the commit leave no log entry") {
  const TableMetadata metadata = apply_ok(
      with_snapshots(1), {add_snapshot(snapshot_of(5, 2)), set_snapshot_ref("main", branch_at(5)),
                          add_snapshot(snapshot_of(6, 3)), set_snapshot_ref("main", branch_at(6))});
  CHECK(log_ids(metadata) == std::vector<std::int64_t>{1, 6});
}

TEST_CASE("removed snapshots take refs, statistics and the log before the gap with them") {
  StatisticsFile statistics;
  statistics.snapshot_id = SnapshotId(2);
  PartitionStatisticsFile partition_statistics;
  partition_statistics.snapshot_id = SnapshotId(2);
  SnapshotRef tag = branch_at(2);
  tag.kind = RefKind::Tag;
  TableMetadata metadata =
      apply_ok(with_snapshots(4), {set_statistics(statistics), set_snapshot_ref("t", tag),
                                   set_partition_statistics(partition_statistics)});
  CHECK(metadata.statistics.size() == 1);
  metadata = apply_ok(metadata, {remove_snapshots({SnapshotId(2)})});
  CHECK(metadata.statistics.empty());
  CHECK(metadata.partition_statistics.empty());
  CHECK(metadata.refs.size() == 1);
  CHECK(log_ids(metadata) == std::vector<std::int64_t>{3, 4});
  CHECK(metadata.current_snapshot_id == SnapshotId(4));
}

TEST_CASE("going back to an old snapshot logs it at the present time") {
  const TableMetadata metadata =
      apply_ok(with_snapshots(2), {set_snapshot_ref("main", branch_at(1))});
  CHECK(log_ids(metadata) == std::vector<std::int64_t>{1, 2, 1});
  CHECK(metadata.last_updated_ms == kStart + 1000);
  CHECK(metadata.snapshot_log.back().timestamp_ms == kStart + 1000);
}

TEST_CASE("equal schemas, specs and orders are used again") {
  const TableMetadata base = new_metadata();
  Schema wider = base.schema();
  wider.fields.push_back(optional_field(3, "more", TypeKind::String));
  TableMetadata next = apply_ok(base, {add_schema(wider), set_current_schema(kLastAdded)});
  CHECK(next.current_schema_id == 1);
  CHECK(next.last_column_id == 3);
  next = apply_ok(next, {add_schema(base.schema()), set_current_schema(kLastAdded)});
  CHECK(next.current_schema_id == 0);
  CHECK(next.schemas.size() == 2);
  PartitionSpec none;
  next = apply_ok(next, {add_spec(none), set_default_spec(kLastAdded)});
  CHECK(next.default_spec_id == 1);
  PartitionSpec again = base.spec();
  again.fields[0].field_id = 0;
  next = apply_ok(next, {add_spec(again), set_default_spec(kLastAdded)});
  CHECK(next.default_spec_id == 0);
  // The same field under another name keeps its id.
  again.fields[0].name = "m";
  next = apply_ok(next, {add_spec(again), set_default_spec(kLastAdded)});
  CHECK(next.default_spec_id == 2);
  CHECK(next.spec().fields[0].field_id == 1000);
  next = apply_ok(next, {add_sort_order(SortOrder{}), set_default_sort_order(kLastAdded)});
  CHECK(next.default_sort_order_id == 0);
  next = apply_ok(next, {remove_partition_specs({1}), remove_schemas({1})});
  CHECK(next.specs.size() == 2);
  CHECK(next.schemas.size() == 1);
  next = apply_ok(next, {add_spec(none)});
  CHECK(next.specs.back().spec_id == 3);
}

TEST_CASE("the metadata log has a limit") {
  TableMetadata metadata =
      apply_ok(new_metadata(), {set_properties({{"write.metadata.previous-versions-max", "2"}})});
  for (int i = 0; i < 5; ++i) {
    metadata = CHECK_OK(apply_updates(metadata, {set_properties({{"n", std::to_string(i)}})},
                                      {kStart + i, "v" + std::to_string(i)}));
  }
  REQUIRE(metadata.metadata_log.size() == 2);
  CHECK(metadata.metadata_log[0].metadata_file == "v3");
  CHECK(metadata.metadata_log[1].metadata_file == "v4");
}

TEST_CASE("upgrades") {
  TableMetadata metadata = new_metadata("1");
  metadata =
      apply_ok(metadata, {add_snapshot(snapshot_of(1, 0)), set_snapshot_ref("main", branch_at(1))});
  metadata = apply_ok(metadata, {upgrade_format_version(2)});
  CHECK(metadata.format_version == 2);
  CHECK(metadata.last_sequence_number == 0);
  metadata = apply_ok(metadata, {set_properties({{"format-version", "3"}})});
  CHECK(metadata.format_version == 3);
  CHECK(metadata.next_row_id == 0);
  CHECK_FALSE(metadata.properties.contains("format-version"));
  Snapshot snapshot = snapshot_of(2, 1);
  CHECK_ERROR(apply_updates(metadata, {add_snapshot(snapshot)}, {kStart, ""}),
              ErrorCode::InvalidInput, "first-row-id");
  snapshot.first_row_id = 0;
  snapshot.added_rows = 10;
  metadata = apply_ok(metadata, {add_snapshot(snapshot)});
  CHECK(metadata.next_row_id == 10);
  CHECK(metadata.current_snapshot_id == SnapshotId(1));
  Snapshot stale = snapshot_of(3, 2);
  stale.first_row_id = 9;
  stale.added_rows = 1;
  CHECK_ERROR(apply_updates(metadata, {add_snapshot(stale)}, {kStart, ""}), ErrorCode::Conflict,
              "first row id 9");
}

TEST_CASE("updates that cannot be") {
  const TableMetadata base = with_snapshots(2);
  Schema dropped = base.schema();
  dropped.fields.pop_back();
  SnapshotRef tag = branch_at(1);
  tag.kind = RefKind::Tag;
  SnapshotRef bad_retention = branch_at(1);
  bad_retention.min_snapshots_to_keep = 0;
  struct Case {
    std::vector<TableUpdate> updates;
    ErrorCode code;
    std::string message;
  };
  const std::vector<Case> cases = {
      {{add_snapshot(snapshot_of(9, 2))}, ErrorCode::Conflict, "sequence number 2"},
      {{add_snapshot(snapshot_of(2, 3))}, ErrorCode::InvalidInput, "exists already"},
      {{set_snapshot_ref("x", branch_at(77))}, ErrorCode::InvalidInput, "unknown snapshot 77"},
      {{set_snapshot_ref("main", tag)}, ErrorCode::InvalidInput, "must be a branch"},
      {{set_snapshot_ref("x", bad_retention)}, ErrorCode::InvalidInput, "positive"},
      {{upgrade_format_version(1)}, ErrorCode::InvalidInput, "downgrade"},
      {{upgrade_format_version(4)}, ErrorCode::Unsupported, "format version 4"},
      {{assign_uuid("other")}, ErrorCode::InvalidInput, "cannot be changed"},
      {{set_current_schema(5)}, ErrorCode::InvalidInput, "no schema 5"},
      {{set_current_schema(kLastAdded)}, ErrorCode::InvalidInput, "no schema was added"},
      {{set_default_spec(5)}, ErrorCode::InvalidInput, "no partition spec 5"},
      {{set_default_sort_order(5)}, ErrorCode::InvalidInput, "no sort order 5"},
      {{add_schema(dropped), set_current_schema(kLastAdded)},
       ErrorCode::InvalidInput,
       "`day_month` needs column 2"},
      {{remove_partition_specs({0})}, ErrorCode::InvalidInput, "default partition spec"},
      {{remove_schemas({0})}, ErrorCode::InvalidInput, "current schema"},
      {{set_location("")}, ErrorCode::InvalidInput, "location"},
      {{set_properties({{"format-version", "x"}})}, ErrorCode::InvalidInput, "format-version"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    CHECK_ERROR(apply_updates(base, c.updates, {kStart, ""}), c.code, c.message);
  }
}

TEST_CASE("requirements") {
  const TableMetadata metadata = with_snapshots(2);
  CHECK_OK(check_requirements(
      {require_uuid(metadata.uuid), require_ref("main", SnapshotId(2)),
       require_ref("other", std::nullopt), require_last_field_id(2), require_current_schema(0),
       require_last_partition_id(1000), require_default_spec(0), require_default_sort_order(1)},
      &metadata));
  CHECK_OK(check_requirements({require_not_exists()}, nullptr));
  CHECK_OK(check_requirements({}, nullptr));
  CHECK_ERROR(check_requirements({require_not_exists()}, &metadata), ErrorCode::AlreadyExists,
              "exists already");
  CHECK_ERROR(check_requirements({require_last_field_id(2)}, nullptr), ErrorCode::NotFound,
              "does not exist");
  const std::vector<std::pair<TableRequirement, std::string>> broken = {
      {require_uuid("x"), "replaced"},
      {require_ref("main", SnapshotId(1)), "expected snapshot 1, found snapshot 2"},
      {require_ref("main", std::nullopt), "expected nothing"},
      {require_ref("z", SnapshotId(1)), "found nothing"},
      {require_last_field_id(3), "field id"},
      {require_current_schema(3), "schema id"},
      {require_last_partition_id(3), "partition id"},
      {require_default_spec(3), "spec id"},
      {require_default_sort_order(3), "sort order id"},
  };
  for (const auto& [requirement, message] : broken) {
    CHECK_ERROR(check_requirements({requirement}, &metadata), ErrorCode::Conflict, message);
  }
}

}  // namespace tarn::iceberg
