// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/transaction.h"

#include <thread>

#include "iceberg/commit/testing.h"

namespace tarn::iceberg {

namespace {

using Fault = MemoryCatalog::CommitFault;

// Runs `action` once, before commit number `number` from now.
void race(TestLake& lake, std::function<void()> action) {
  auto done = std::make_shared<bool>(false);
  lake.catalog.set_commit_hook([&lake, done, action = std::move(action)](int) {
    if (!*done) {
      *done = true;
      action();
    }
    return Fault::None;
  });
}

}  // namespace

TEST_CASE("an append that lost the race lands on top of the other") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1)}));
  const LoadedTable base = lake.load();
  race(lake, [&] { lake.change(append_files({data_file("b", 1)})); });
  const LoadedTable table = CHECK_OK(lake.try_change(base, append_files({data_file("c", 1)})));
  CHECK(lake.files() == "a b c");
  CHECK(table.metadata->snapshots.size() == 3);
  CHECK(table.metadata->current_snapshot()->sequence_number == 3);
  CHECK(lake.entry("c")->sequence_number == 3);
  // The manifest list of the first attempt is gone.
  CHECK(lake.check_consistent() == 0);
  CHECK(lake.intents.open.empty());
}

TEST_CASE("retries end") {
  TestLake lake;
  lake.create({{"commit.retry.num-retries", "2"}});
  const LoadedTable base = lake.load();
  const int before = lake.catalog.commit_count();
  lake.catalog.set_commit_hook([](int) { return Fault::Conflict; });
  CHECK_ERROR(lake.try_change(base, append_files({data_file("a", 1)})), ErrorCode::Conflict,
              "somebody else");
  CHECK(lake.catalog.commit_count() == before + 3);
  lake.catalog.set_commit_hook(nullptr);
  CHECK(lake.files().empty());
  CHECK(lake.check_consistent() == 0);
  CHECK(lake.intents.open.empty());
}

TEST_CASE("a commit of unknown outcome is looked for") {
  TestLake lake;
  lake.create();
  lake.catalog.set_commit_hook([](int) { return Fault::UnknownButDone; });
  LoadedTable table = CHECK_OK(lake.try_change(lake.load(), append_files({data_file("a", 1)})));
  CHECK(lake.files(table) == "a");
  CHECK(lake.intents.open.empty());
  Transaction properties(lake.environment());
  properties.table(table).set_properties({{"x", "y"}});
  CHECK(CHECK_OK(properties.commit()).front().metadata->properties.at("x") == "y");

  lake.catalog.set_commit_hook([](int) { return Fault::UnknownNotDone; });
  CHECK_ERROR(lake.try_change(lake.load(), append_files({data_file("b", 1)})),
              ErrorCode::UnknownOutcome, "no answer");
  // Nothing was deleted, and the intent stays open.
  lake.catalog.set_commit_hook(nullptr);
  CHECK(lake.check_consistent() == 2);
  CHECK(lake.intents.open.size() == 1);
  CHECK(lake.files() == "a");
}

TEST_CASE("an unavailable catalog is tried again") {
  TestLake lake;
  lake.create();
  const int first = lake.catalog.commit_count();
  lake.catalog.set_commit_hook(
      [first](int number) { return number == first ? Fault::Fail : Fault::None; });
  CHECK_OK(lake.try_change(lake.load(), append_files({data_file("a", 1)})));
  CHECK(lake.files() == "a");
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("schema, spec and properties rebase as well") {
  TestLake lake;
  lake.create();
  const LoadedTable base = lake.load();
  race(lake, [&] {
    Transaction other(lake.environment());
    other.table(lake.load()).update_schema([](UpdateSchema& update) -> Result<void> {
      TRY(update.add_column({}, optional_field(0, "theirs", TypeKind::Int)));
      return {};
    });
    CHECK_OK(other.commit());
  });
  Transaction transaction(lake.environment());
  TableTransaction& changes = transaction.table(base);
  changes.update_schema([](UpdateSchema& update) -> Result<void> {
    TRY(update.add_column({}, optional_field(0, "ours", TypeKind::String)));
    return {};
  });
  changes.set_properties({{"p", "q"}});
  changes.change(append_files({data_file("a", 1)}));
  const LoadedTable table = CHECK_OK(transaction.commit()).front();
  const Schema& schema = table.metadata->schema();
  REQUIRE(schema.fields.size() == 4);
  CHECK(schema.fields[2].name == "theirs");
  CHECK(schema.fields[2].id == 3);
  CHECK(schema.fields[3].name == "ours");
  CHECK(schema.fields[3].id == 4);
  CHECK(table.metadata->current_snapshot()->schema_id == table.metadata->current_schema_id);
  CHECK(changes.snapshot_ids().size() == 1);
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("several snapshots of one table land together") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1)}));
  const LoadedTable base = lake.load();
  race(lake, [&] { lake.change(append_files({data_file("x", 3)})); });
  Transaction transaction(lake.environment());
  TableTransaction& changes = transaction.table(base);
  changes.change(append_files({data_file("b", 2)}));
  changes.change(delete_where(day_is(2)));
  changes.change(append_files({data_file("c", 2)}));
  const LoadedTable table = CHECK_OK(transaction.commit()).front();
  CHECK(lake.files() == "a c x");
  CHECK(changes.snapshot_ids().size() == 3);
  CHECK(table.metadata->snapshots.size() == 5);
  CHECK(lake.entry("c")->sequence_number == 5);
  CHECK(table.metadata->snapshot_log.size() == 3);
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("several tables land together or not at all") {
  TestLake lake;
  const LoadedTable first = lake.create();
  const LoadedTable second = lake.create({}, false, "u");
  {
    Transaction transaction(lake.environment());
    transaction.table(first).change(append_files({data_file("a", 1)}));
    transaction.table(second).change(append_files({data_file("b", 1)}));
    const auto tables = CHECK_OK(transaction.commit());
    CHECK(lake.files(tables[0]) == "a");
    CHECK(lake.files(tables[1]) == "b");
  }
  const LoadedTable left = lake.load();
  const LoadedTable right = CHECK_OK(lake.catalog.load_table({{{"db"}}, "u"}));
  race(lake, [&] { lake.change(delete_files({lake.entry("a")})); });
  Transaction transaction(lake.environment());
  transaction.table(right).change(append_files({data_file("c", 1)}));
  transaction.table(left).change(delete_files({lake.entry("a")}));
  CHECK_ERROR(transaction.commit(), ErrorCode::Conflict, "`db.t`");
  CHECK(lake.files(CHECK_OK(lake.catalog.load_table({{{"db"}}, "u"}))) == "b");
  CHECK(lake.check_consistent("u") == 0);
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("a table is created with its first rows") {
  TestLake lake;
  const LoadedTable staged =
      CHECK_OK(lake.catalog.stage_table(lake.name, TestLake::creation({{"x", "y"}})));
  Transaction transaction(lake.environment());
  transaction.create(staged).change(append_files({data_file("a", 1)}));
  const LoadedTable table = CHECK_OK(transaction.commit()).front();
  CHECK(lake.files(table) == "a");
  CHECK(table.metadata->uuid == staged.metadata->uuid);
  CHECK(table.metadata->properties.at("x") == "y");
  CHECK(table.metadata->spec().fields.size() == 1);
  CHECK(lake.check_consistent() == 0);
  Transaction again(lake.environment());
  LoadedTable other = staged;
  again.create(other).change(append_files({data_file("b", 1)}));
  CHECK_ERROR(again.commit(), ErrorCode::AlreadyExists, "exists");
  CHECK(lake.check_consistent() == 0);
}

TEST_CASE("a table that was replaced is a conflict") {
  TestLake lake;
  const LoadedTable base = lake.create();
  race(lake, [&] {
    CHECK_OK(lake.catalog.drop_table(lake.name, DropMode::Unregister));
    CHECK_OK(lake.catalog.create_table(lake.name, TestLake::creation({})));
  });
  CHECK_ERROR(lake.try_change(base, append_files({data_file("a", 1)})), ErrorCode::Conflict,
              "replaced");
}

TEST_CASE("version 1 tables are not written") {
  TestLake lake;
  lake.create({{"format-version", "1"}});
  CHECK_ERROR(lake.try_change(lake.load(), append_files({data_file("a", 1)})),
              ErrorCode::Unsupported, "upgrade to version 2");
  Transaction transaction(lake.environment());
  TableTransaction& changes = transaction.table(lake.load());
  changes.upgrade_format_version(2);
  changes.change(append_files({data_file("a", 1)}));
  CHECK_OK(transaction.commit());
  CHECK(lake.files() == "a");
}

TEST_CASE("references") {
  TestLake lake;
  lake.create();
  lake.change(append_files({data_file("a", 1)}));
  const SnapshotId first = lake.load().metadata->current_snapshot()->id;
  lake.change(append_files({data_file("b", 1)}));
  Transaction transaction(lake.environment());
  TableTransaction& changes = transaction.table(lake.load());
  SnapshotRef ref;
  ref.snapshot_id = first;
  changes.set_ref("main", ref);
  ref.kind = RefKind::Tag;
  changes.set_ref("t", ref);
  const LoadedTable table = CHECK_OK(transaction.commit()).front();
  CHECK(lake.files() == "a");
  CHECK(table.metadata->find_ref("t")->id == first);
  SnapshotChange to_tag = append_files({data_file("c", 1)});
  to_tag.branch = "t";
  CHECK_ERROR(lake.try_change(table, to_tag), ErrorCode::InvalidInput, "is a tag");
}

TEST_CASE("expired snapshots and the files that go with them") {
  TestLake lake;
  lake.create();
  for (int i = 0; i < 4; ++i) lake.change(append_files({data_file("f" + std::to_string(i), i)}));
  lake.change(delete_files({lake.entry("f0")}));
  const LoadedTable before = lake.load();
  Transaction transaction(lake.environment());
  ExpireOptions options;
  options.older_than_ms = INT64_MAX;
  options.retain_last = 1;
  transaction.table(before).expire_snapshots(options);
  const LoadedTable after = CHECK_OK(transaction.commit()).front();
  CHECK(after.metadata->snapshots.size() == 1);
  CHECK(after.metadata->snapshot_log.size() == 1);
  CHECK(lake.files() == "f1 f2 f3");
  const auto files = CHECK_OK(collect_unreachable(lake.disk, *before.metadata, *after.metadata));
  CHECK(files.manifest_lists.size() == 4);
  CHECK(files.content == std::set<std::string>{"f0"});
}

TEST_CASE("many writers at once") {
  TestLake lake;
  lake.create({{"commit.retry.num-retries", "100"}, {"commit.manifest.min-count-to-merge", "4"}});
  std::vector<std::thread> writers;
  std::vector<std::string> errors(4);
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&lake, &errors, writer] {
      FakeClock clock;
      FakeRandom random(static_cast<std::uint64_t>(writer) + 100);
      CommitEnvironment environment = lake.environment();
      environment.clock = &clock;
      environment.random = &random;
      environment.intents = nullptr;
      for (int i = 0; i < 6; ++i) {
        Transaction transaction(environment);
        auto loaded = lake.catalog.load_table(lake.name);
        const std::string path = fmt::format("w{}-{}", writer, i);
        transaction.table(*loaded).change(append_files({data_file(path, i)}));
        auto result = transaction.commit();
        if (!result) errors[static_cast<std::size_t>(writer)] = describe(result.error());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (const std::string& error : errors) CHECK(error.empty());
  const LoadedTable table = lake.load();
  CHECK(table.metadata->snapshots.size() == 24);
  CHECK(table.metadata->current_snapshot()->summary.at("total-data-files") == "24");
  CHECK(lake.check_consistent() == 0);
}

}  // namespace tarn::iceberg
