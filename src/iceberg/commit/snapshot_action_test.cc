// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/snapshot_change.h"
#include "iceberg/commit/testing.h"

namespace tarn::iceberg {

namespace {

using Texts = std::map<std::string, std::string>;

Texts totals_of(const Snapshot& snapshot) {
  Texts result;
  for (const auto& [name, value] : snapshot.summary) {
    if (!name.starts_with("manifests-") && name != "engine-name") result[name] = value;
  }
  return result;
}

const Snapshot& head(const LoadedTable& table) { return *table.metadata->current_snapshot(); }

std::vector<ManifestFile> manifests(TestLake& lake, const LoadedTable& table) {
  return CHECK_OK(read_manifests(lake.disk, head(table)));
}

}  // namespace

TEST_CASE("appends") {
  TestLake lake;
  lake.create();
  LoadedTable table = lake.change(append_files({data_file("a", 1), data_file("b", 2, 5)}));
  CHECK(lake.files() == "a b");
  CHECK(head(table).operation == "append");
  CHECK(head(table).sequence_number == 1);
  CHECK(head(table).schema_id == 0);
  CHECK_FALSE(head(table).parent_id.has_value());
  CHECK(head(table).summary.at("engine-name") == "test");
  CHECK(totals_of(head(table)) == Texts{{"added-data-files", "2"},
                                        {"added-files-size", "1500"},
                                        {"added-records", "15"},
                                        {"changed-partition-count", "2"},
                                        {"total-data-files", "2"},
                                        {"total-delete-files", "0"},
                                        {"total-equality-deletes", "0"},
                                        {"total-files-size", "1500"},
                                        {"total-position-deletes", "0"},
                                        {"total-records", "15"}});
  table = lake.change(append_files({data_file("c", 1, 1)}));
  CHECK(lake.files() == "a b c");
  CHECK(head(table).parent_id == table.metadata->snapshots[0].id);
  CHECK(head(table).summary.at("total-records") == "16");
  CHECK(head(table).summary.at("manifests-created") == "1");
  CHECK(head(table).summary.at("manifests-kept") == "1");
  CHECK(head(table).summary.at("manifests-replaced") == "0");
  const auto listed = manifests(lake, table);
  REQUIRE(listed.size() == 2);
  CHECK(listed[0].sequence_number == 2);
  CHECK(listed[0].min_sequence_number == 2);
  CHECK(listed[1].sequence_number == 1);
  CHECK(lake.entry("c")->sequence_number == 2);
  CHECK(lake.entry("a")->sequence_number == 1);
  CHECK(lake.check_consistent() == 0);
  CHECK(lake.intents.open.empty());
  CHECK(lake.intents.begun == 2);
}

TEST_CASE("nothing changed, no commit") {
  TestLake lake;
  lake.create();
  const LoadedTable base = lake.change(append_files({data_file("a", 1)}));
  const int commits = lake.catalog.commit_count();
  CHECK(lake.change(append_files({})).metadata_location == base.metadata_location);
  CHECK(lake.change(delete_where(day_is(5))).metadata_location == base.metadata_location);
  CHECK(lake.change(replace_partitions({}, Isolation::None)).metadata_location ==
        base.metadata_location);
  CHECK(lake.catalog.commit_count() == commits);
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("manifests merge as the properties say") {
  TestLake lake;
  lake.create({{"commit.manifest.min-count-to-merge", "3"}});
  lake.change(append_files({data_file("a", 1)}));
  lake.change(append_files({data_file("b", 2)}));
  LoadedTable table = lake.change(fast_append_files({data_file("c", 3)}));
  CHECK(manifests(lake, table).size() == 3);
  table = lake.change(append_files({data_file("d", 4)}));
  const auto listed = manifests(lake, table);
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].added_files_count == 1);
  CHECK(listed[0].existing_files_count == 3);
  CHECK(listed[0].min_sequence_number == 1);
  CHECK(head(table).summary.at("manifests-replaced") == "3");
  CHECK(lake.files() == "a b c d");
  CHECK(lake.entry("a")->sequence_number == 1);
  CHECK(lake.entry("c")->sequence_number == 3);
  CHECK(lake.entry("d")->sequence_number == 4);
  // The manifest that went into the merged one is gone.
  CHECK(lake.check_consistent() == 0);
  table = lake.change(delete_where(day_is(3)));
  CHECK(lake.files() == "a b d");
  CHECK(lake.entry("d")->sequence_number == 4);
}

TEST_CASE("large appends roll over to several manifests") {
  TestLake lake;
  lake.create({{"commit.manifest.target-size-bytes", "3000"},
               {"write.manifest.compression-codec", "uncompressed"}});
  std::vector<DataFile> files;
  for (int i = 0; i < 100; ++i) files.push_back(data_file("f" + std::to_string(i), i));
  const LoadedTable table = lake.change(append_files(files));
  CHECK(manifests(lake, table).size() > 2);
  CHECK(head(table).summary.at("total-data-files") == "100");
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("overwrites by file and by filter") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1), data_file("b", 2), data_file("c", 2)}));
  LoadedTable table =
      lake.change(overwrite_files({lake.entry("b")}, {data_file("b2", 2, 4)}, Validation{}));
  CHECK(lake.files() == "a b2 c");
  CHECK(head(table).operation == "overwrite");
  CHECK(head(table).summary.at("deleted-data-files") == "1");
  CHECK(head(table).summary.at("deleted-records") == "10");
  CHECK(head(table).summary.at("total-records") == "24");
  CHECK(head(table).summary.at("changed-partition-count") == "1");
  table = lake.change(overwrite_where(day_is(2), {data_file("d", 2)}, Validation{}));
  CHECK(lake.files() == "a d");
  table = lake.change(delete_where(day_is(1)));
  CHECK(lake.files() == "d");
  CHECK(head(table).operation == "delete");
  // By bounds where partitions do not tell.
  const Expression ids = predicate(ExpressionKind::GreaterOrEqual, 1, long_value(200));
  lake.change(append_files({data_file("e", 1)}));
  lake.change(delete_where(ids));
  CHECK(lake.files() == "e");
  const Expression half = predicate(ExpressionKind::GreaterOrEqual, 1, long_value(150));
  CHECK_ERROR(lake.try_change(lake.load(), delete_where(half)), ErrorCode::InvalidInput,
              "some but maybe not all rows of file `e`");
  lake.change(delete_where(always_true()));
  CHECK(lake.files().empty());
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("files that are gone cannot be removed") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1), data_file("b", 1)}));
  const SharedEntry entry = lake.entry("a");
  lake.change(delete_files({entry}));
  CHECK(lake.files() == "b");
  CHECK_ERROR(lake.try_change(lake.load(), delete_files({entry})), ErrorCode::Conflict,
              "`a` is gone");
  CHECK(lake.check_consistent() == 0);
  CHECK(lake.intents.open.empty());
}

TEST_CASE("partitions are replaced") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1), data_file("b", 2), data_file("c", 3)}));
  const LoadedTable table = lake.change(replace_partitions(
      {data_file("x", 1), data_file("y", 3), data_file("z", 4)}, Isolation::None));
  CHECK(lake.files() == "b x y z");
  CHECK(head(table).operation == "overwrite");
  TestLake flat;
  flat.create({}, true);
  flat.change(append_files({data_file("a", 1, 10, true)}));
  flat.change(replace_partitions({data_file("b", 1, 10, true)}, Isolation::None));
  CHECK(flat.files() == "b");
}

TEST_CASE("position deletes in version 2") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1), data_file("b", 1)}));
  LoadedTable table = lake.change(row_delta({}, {delete_file("d1", 1, "a", 2)}));
  CHECK(lake.files() == "a[d1] b");
  CHECK(head(table).operation == "delete");
  CHECK(head(table).summary.at("added-position-delete-files") == "1");
  CHECK(head(table).summary.at("added-position-deletes") == "2");
  table = lake.change(row_delta({data_file("c", 2)}, {delete_file("d2", 1, "a")}));
  CHECK(head(table).operation == "overwrite");
  CHECK(lake.files() == "a[d1 d2] b c");
  // The deletes of a removed file go with it.
  table = lake.change(overwrite_files({lake.entry("a")}, {data_file("a2", 1, 7)}, Validation{}));
  CHECK(lake.files() == "a2 b c");
  CHECK(head(table).summary.at("removed-position-delete-files") == "2");
  CHECK(head(table).summary.at("total-delete-files") == "0");
  CHECK_ERROR(lake.try_change(lake.load(), row_delta({}, {vector_file("v", 1, "b")})),
              ErrorCode::Conflict, "format version 2");
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("deletion vectors in version 3") {
  TestLake lake;
  lake.create({{"format-version", "3"}});
  lake.change(append_files({data_file("a", 1), data_file("b", 1)}));
  LoadedTable table = lake.change(row_delta({}, {vector_file("v1", 1, "a")}));
  CHECK(lake.files() == "a[v1] b");
  CHECK(head(table).summary.at("added-dvs") == "1");
  CHECK_ERROR(lake.try_change(lake.load(), row_delta({}, {vector_file("v2", 1, "a")})),
              ErrorCode::Conflict, "another deletion vector");
  SnapshotChange change = row_delta({}, {vector_file("v2", 1, "a", 3), vector_file("v3", 1, "b")});
  change.removed_deletes = {lake.entry("v1")};
  table = lake.change(change);
  CHECK(lake.files() == "a[v2] b[v3]");
  CHECK(head(table).summary.at("removed-dvs") == "1");
  CHECK(head(table).summary.at("total-position-deletes") == "4");
  CHECK_ERROR(lake.try_change(lake.load(), change), ErrorCode::Conflict, "another deletion vector");
  table = lake.change(delete_files({lake.entry("a")}));
  CHECK(lake.files() == "b[v3]");
  CHECK(head(table).summary.at("removed-dvs") == "1");
  CHECK_ERROR(lake.try_change(lake.load(), row_delta({}, {delete_file("d", 1, "b")})),
              ErrorCode::Conflict, "format version 3");
  CHECK_ERROR(lake.try_change(lake.load(),
                              row_delta({}, {vector_file("x", 1, "b"), vector_file("y", 1, "b")})),
              ErrorCode::InvalidInput, "two deletion vectors");
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("a rewrite keeps rows and may keep the old sequence number") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1)}));
  lake.change(append_files({data_file("b", 1)}));
  LoadedTable table =
      lake.change(rewrite_files({lake.entry("a"), lake.entry("b")}, {data_file("ab", 1, 20)}, 2));
  CHECK(lake.files() == "ab");
  CHECK(head(table).operation == "replace");
  CHECK(head(table).sequence_number == 3);
  CHECK(lake.entry("ab")->sequence_number == 2);
  CHECK(lake.entry("ab")->file_sequence_number == 3);
  CHECK(head(table).summary.at("total-records") == "20");
  CHECK_ERROR(
      lake.try_change(lake.load(), rewrite_files({lake.entry("ab")}, {data_file("x", 1, 21)}, 2)),
      ErrorCode::InvalidInput, "21 rows out of 20");
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("row ids follow the example of the specification") {
  TestLake lake;
  lake.create({{"format-version", "3"}, {"commit.manifest-merge.enabled", "false"}});
  std::vector<DataFile> files;
  lake.change(append_files({data_file("a", 1, 600), data_file("b", 1, 400)}));
  LoadedTable table = lake.load();
  CHECK(table.metadata->next_row_id == 1000);
  CHECK(head(table).first_row_id == 0);
  CHECK(head(table).added_rows == 1000);
  CHECK(lake.entry("a")->file.first_row_id == 0);
  CHECK(lake.entry("b")->file.first_row_id == 600);
  table = lake.change(append_files({data_file("c", 2, 125)}));
  CHECK(head(table).first_row_id == 1000);
  CHECK(table.metadata->next_row_id == 1125);
  CHECK(lake.entry("c")->file.first_row_id == 1000);
  CHECK(lake.entry("b")->file.first_row_id == 600);
  // Entries that move to another manifest keep their ids.
  table = lake.change(delete_files({lake.entry("a")}));
  CHECK(lake.entry("b")->file.first_row_id == 600);
  const std::int64_t next = table.metadata->next_row_id;
  table = lake.change(append_files({data_file("d", 2, 10)}));
  CHECK(head(table).first_row_id == next);
  CHECK(lake.entry("d")->file.first_row_id == next);
  CHECK(lake.entry("b")->file.first_row_id == 600);
}

TEST_CASE("the first commit after an upgrade gives row ids to old files") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1, 7)}));
  {
    Transaction transaction(lake.environment());
    transaction.table(lake.load()).upgrade_format_version(3);
    CHECK_OK(transaction.commit());
  }
  CHECK_FALSE(lake.entry("a")->file.first_row_id.has_value());
  const LoadedTable table = lake.change(append_files({data_file("b", 1, 5)}));
  CHECK(table.metadata->next_row_id == 12);
  CHECK(lake.entry("b")->file.first_row_id == 0);
  CHECK(lake.entry("a")->file.first_row_id == 5);
}

TEST_CASE("branches") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1)}));
  SnapshotChange change = append_files({data_file("b", 1)});
  change.branch = "side";
  LoadedTable table = lake.change(change);
  CHECK(lake.files(table) == "a");
  CHECK(lake.files(table, "side") == "a b");
  table = lake.change(append_files({data_file("c", 1)}));
  CHECK(lake.files(table) == "a c");
  CHECK(lake.files(table, "side") == "a b");
  CHECK(table.metadata->last_sequence_number == 3);
}

TEST_CASE("partition evolution: each spec has its own manifests") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1), data_file("b", 2)}));
  {
    Transaction transaction(lake.environment());
    transaction.table(lake.load()).update_partition([](UpdatePartition& update) -> Result<void> {
      TRY(update.remove_field("day"));
      return update.add_field(1, bucket_transform(4));
    });
    CHECK_OK(transaction.commit());
  }
  DataFile file = data_file("c", 1);
  file.spec_id = 1;
  file.partition.values = {int_value(3)};
  LoadedTable table = lake.change(append_files({file}));
  CHECK(lake.files() == "a b c");
  CHECK(manifests(lake, table).size() == 2);
  // The column of the old spec is gone by now: its partition values are not.
  {
    Transaction transaction(lake.environment());
    transaction.table(lake.load()).update_schema([](UpdateSchema& update) {
      return update.drop_column({"day"});
    });
    CHECK_OK(transaction.commit());
  }
  table = lake.change(delete_files({lake.entry("a")}));
  CHECK(lake.files() == "b c");
  CHECK(lake.entry("b")->file.partition.values[0] == date_value(2));
  CHECK(lake.check_consistent() == 0);
  DataFile wrong = data_file("d", 1);
  wrong.partition.values.clear();
  CHECK_ERROR(lake.try_change(lake.load(), append_files({wrong})), ErrorCode::InvalidInput,
              "0 partition values instead of 1");
  wrong.spec_id = 9;
  CHECK_ERROR(lake.try_change(lake.load(), append_files({wrong})), ErrorCode::Conflict,
              "no partition spec 9");
}

TEST_CASE("manifests are rewritten by partition") {
  TestLake lake;
  lake.create({{"format-version", "3"}});
  for (int i = 0; i < 4; ++i) {
    lake.change(fast_append_files({data_file("x" + std::to_string(i), i % 2, 10)}));
  }
  lake.change(delete_files({lake.entry("x3")}));
  const std::int64_t row_id = *lake.entry("x2")->file.first_row_id;
  Transaction transaction(lake.environment());
  transaction.table(lake.load()).rewrite_manifests();
  const LoadedTable table = CHECK_OK(transaction.commit()).front();
  CHECK(lake.files() == "x0 x1 x2");
  CHECK(manifests(lake, table).size() == 1);
  CHECK(head(table).operation == "replace");
  CHECK(head(table).summary.at("total-data-files") == "3");
  CHECK(head(table).summary.at("entries-processed") == "3");
  CHECK(lake.entry("x2")->sequence_number == 3);
  CHECK(lake.entry("x2")->file.first_row_id == row_id);
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("partition summaries up to the limit") {
  TestLake lake;
  lake.create({{"write.summary.partition-limit", "2"}});
  LoadedTable table = lake.change(append_files({data_file("a", 1), data_file("b", 1)}));
  CHECK(head(table).summary.at("partition-summaries-included") == "true");
  CHECK(head(table).summary.at("partitions.day=1970-01-02") ==
        "added-data-files=2,added-files-size=2000,added-records=20");
  table = lake.change(append_files({data_file("c", 1), data_file("d", 2), data_file("e", 3)}));
  CHECK_FALSE(head(table).summary.contains("partition-summaries-included"));
}

}  // namespace tarn::iceberg
