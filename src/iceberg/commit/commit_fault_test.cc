// SPDX-License-Identifier: Apache-2.0
// A fault at every single operation: the table is as before or as after, it can be read, and doing
// it again works.
#include <functional>

#include "iceberg/commit/testing.h"

namespace tarn::iceberg {

namespace {

using Fault = MemoryCatalog::CommitFault;
using storage::FaultKind;

void fill(TestLake& lake) {
  lake.create({{"commit.manifest.min-count-to-merge", "2"}});
  lake.change(append_files({data_file("a", 1), data_file("b", 2)}));
  lake.change(row_delta({}, {delete_file("d", 1, "a")}));
}

struct Work {
  std::string name;
  std::function<SnapshotChange(TestLake&)> change;
  std::string after;
};

const std::vector<Work>& works() {
  static const std::vector<Work> list = {
      {"append", [](TestLake&) { return append_files({data_file("c", 3)}); }, "a[d] b c"},
      {"overwrite",
       [](TestLake& lake) {
         Validation validation;
         validation.isolation = Isolation::Serializable;
         return overwrite_files({lake.entry("a")}, {data_file("a2", 1)}, validation);
       },
       "a2 b"},
      {"row delta",
       [](TestLake&) { return row_delta({data_file("c", 2)}, {delete_file("e", 2, "b")}); },
       "a[d] b[e] c"},
      {"delete where", [](TestLake&) { return delete_where(day_is(2)); }, "a[d]"},
      {"compaction",
       [](TestLake& lake) { return rewrite_files({lake.entry("b")}, {data_file("b2", 2)}, 1); },
       "a[d] b2"},
  };
  return list;
}

// Also with a race, so that the second attempt's operations are covered.
void add_rival(TestLake& lake) {
  auto done = std::make_shared<bool>(false);
  lake.catalog.set_commit_hook([&lake, done](int) {
    if (*done) return Fault::None;
    *done = true;
    // Around the faulty store: the rival is well.
    CommitEnvironment environment = lake.environment();
    environment.store = &lake.disk;
    environment.cache = nullptr;
    Transaction rival(environment);
    rival.table(CHECK_OK(lake.catalog.load_table(lake.name)))
        .change(append_files({data_file("r", 9)}));
    CHECK_OK(rival.commit());
    return Fault::None;
  });
}

std::string with_rival(const std::string& files) {
  // The rival's file sorts last.
  return files + " r";
}

void check_fault(const Work& work, bool rival, std::uint64_t nth, FaultKind kind, bool& reached) {
  TestLake lake;
  fill(lake);
  const LoadedTable base = lake.load();
  const SnapshotChange change = work.change(lake);
  const std::string before = lake.files();
  if (rival) add_rival(lake);
  // What was cached while the change was computed must not hide reads.
  ManifestCache cache;
  CommitEnvironment environment = lake.environment();
  environment.cache = &cache;
  lake.store.clear_operations();
  lake.store.add_fault({.first = nth, .kind = kind});
  Transaction transaction(environment);
  transaction.table(base).change(change);
  const auto result = transaction.commit();
  reached = lake.store.operation_count() > nth;
  lake.store.clear_faults();
  lake.catalog.set_commit_hook(nullptr);

  const std::string after = rival ? with_rival(work.after) : work.after;
  const std::string files = lake.files();
  if (result) {
    CHECK(files == after);
  } else {
    CHECK(result.error().code != ErrorCode::UnknownOutcome);
    const bool rival_landed = files.ends_with(" r");
    CHECK(files == (rival_landed ? with_rival(before) : before));
    // Once more, as a rerun of the statement would.
    CHECK_OK(lake.try_change(lake.load(), work.change(lake)));
    CHECK(lake.files() == (rival_landed ? with_rival(work.after) : work.after));
  }
  // Only a removal that failed itself may leave a file, and then an intent that tells of it.
  const auto operations = lake.store.operations();
  const bool removal =
      nth < operations.size() && operations[nth].kind == storage::OperationKind::Remove;
  CHECK(lake.check_consistent() <= (removal ? 1 : 0));
  CHECK(lake.intents.open.size() <= (removal && !result ? 1 : 0));
}

}  // namespace

TEST_CASE("a fault at the n-th storage operation") {
  for (const Work& work : works()) {
    CAPTURE(work.name);
    for (const bool rival : {false, true}) {
      CAPTURE(rival);
      for (const FaultKind kind : {FaultKind::Fail, FaultKind::LoseReply, FaultKind::Tear}) {
        if (rival && kind != FaultKind::Fail) continue;
        CAPTURE(static_cast<int>(kind));
        bool reached = true;
        for (std::uint64_t nth = 0; reached; ++nth) {
          CAPTURE(nth);
          REQUIRE(nth < 100);
          check_fault(work, rival, nth, kind, reached);
        }
      }
    }
  }
}

TEST_CASE("the storage is gone from the n-th operation on") {
  const Work& work = works()[1];
  bool reached = true;
  for (std::uint64_t nth = 0; reached; ++nth) {
    CAPTURE(nth);
    TestLake lake;
    fill(lake);
    const LoadedTable base = lake.load();
    const SnapshotChange change = work.change(lake);
    const std::string before = lake.files();
    lake.store.clear_operations();
    lake.store.add_fault({.first = nth, .count = storage::Fault::kForEver});
    const auto result = lake.try_change(base, change);
    reached = lake.store.operation_count() > nth;
    lake.store.clear_faults();
    CHECK(lake.files() == (result ? work.after : before));
    // Files that could not be removed are covered by the intent that stays open.
    if (lake.intents.open.empty()) CHECK((lake.check_consistent() == 0 || result.has_value()));
    if (!result) CHECK_OK(lake.try_change(lake.load(), work.change(lake)));
    CHECK(lake.files() == work.after);
  }
}

TEST_CASE("a fault at the n-th commit or load of the catalog") {
  for (const Work& work : works()) {
    CAPTURE(work.name);
    for (const Fault fault :
         {Fault::Fail, Fault::Conflict, Fault::UnknownNotDone, Fault::UnknownButDone}) {
      CAPTURE(static_cast<int>(fault));
      TestLake lake;
      fill(lake);
      const LoadedTable base = lake.load();
      const SnapshotChange change = work.change(lake);
      const std::string before = lake.files();
      const int first = lake.catalog.commit_count();
      lake.catalog.set_commit_hook(
          [=](int number) { return number == first ? fault : Fault::None; });
      const auto result = lake.try_change(base, change);
      if (fault == Fault::UnknownNotDone) {
        CHECK_ERROR(result, ErrorCode::UnknownOutcome, "no answer");
        CHECK(lake.files() == before);
        CHECK(lake.intents.open.size() == 1);
        CHECK_OK(lake.try_change(lake.load(), work.change(lake)));
      } else {
        CHECK_OK(result);
        CHECK(lake.intents.open.empty());
        CHECK(lake.check_consistent() == 0);
      }
      CHECK(lake.files() == work.after);
    }
  }
}

TEST_CASE("an unknown outcome while the catalog cannot be asked either") {
  TestLake lake;
  fill(lake);
  const LoadedTable base = lake.load();
  int loads = 0;
  lake.catalog.set_commit_hook([](int) { return Fault::UnknownButDone; });
  lake.catalog.set_load_hook([&]() -> Result<void> {
    if (++loads <= 2) return unavailable("the catalog is away");
    return {};
  });
  CHECK_OK(lake.try_change(base, append_files({data_file("c", 3)})));
  CHECK(loads > 2);
  lake.catalog.set_load_hook([]() -> Result<void> { return unavailable("the catalog is away"); });
  CHECK_ERROR(lake.try_change(base, append_files({data_file("x", 3)})), ErrorCode::Unavailable,
              "away");
  lake.catalog.set_load_hook(nullptr);
  const LoadedTable now = lake.load();
  lake.catalog.set_load_hook([]() -> Result<void> { return unavailable("the catalog is away"); });
  CHECK_ERROR(lake.try_change(now, append_files({data_file("y", 3)})), ErrorCode::UnknownOutcome,
              "no answer");
  lake.catalog.set_load_hook(nullptr);
  lake.catalog.set_commit_hook(nullptr);
  CHECK(lake.files() == "a[d] b c y");
  // The manifest that went into a merged one stays: nothing is removed while nothing is known.
  CHECK(lake.check_consistent() == 1);
}

}  // namespace tarn::iceberg
