// SPDX-License-Identifier: Apache-2.0
// Which commit of another writer stands in the way of which change.
#include "iceberg/commit/validate_change.h"

#include <functional>

#include "iceberg/commit/testing.h"

namespace tarn::iceberg {

namespace {

// A table with files a and b on day 1, c on day 2, e on day 5.
void fill(TestLake& lake, const std::string& version) {
  lake.create({{"format-version", version}});
  lake.change(
      append_files({data_file("a", 1), data_file("b", 1), data_file("c", 2), data_file("e", 5)}));
}

using Entries = std::map<std::string, SharedEntry>;
using Ours = std::function<SnapshotChange(const Entries&)>;
using Theirs = std::function<void(TestLake&)>;

struct Actor {
  std::string name;
  Theirs act;
};

DataFile deletes_for(const std::string& version, const std::string& name, std::int64_t day,
                     const std::string& target) {
  return version == "3" ? vector_file(name, day, target) : delete_file(name, day, target);
}

std::vector<Actor> others(const std::string& version) {
  return {
      {"append day 1", [](TestLake& l) { l.change(append_files({data_file("n", 1)})); }},
      {"append day 9", [](TestLake& l) { l.change(append_files({data_file("n", 9)})); }},
      {"delete rows of a",
       [version](TestLake& l) { l.change(row_delta({}, {deletes_for(version, "x", 1, "a")})); }},
      {"delete rows of c",
       [version](TestLake& l) { l.change(row_delta({}, {deletes_for(version, "x", 2, "c")})); }},
      {"rewrite a as copy-on-write",
       [](TestLake& l) {
         l.change(overwrite_files({l.entry("a")}, {data_file("a2", 1)}, Validation{}));
       }},
      {"compact a",
       [](TestLake& l) { l.change(rewrite_files({l.entry("a")}, {data_file("a2", 1)}, 1)); }},
      {"drop a", [](TestLake& l) { l.change(delete_files({l.entry("a")})); }},
      {"drop e", [](TestLake& l) { l.change(delete_files({l.entry("e")})); }},
  };
}

// For each other commit a letter: `.` both land, `X` ours is a conflict.
std::string outcomes(const std::string& version, const Ours& ours) {
  std::string text;
  for (const Actor& other : others(version)) {
    CAPTURE(other.name);
    TestLake lake;
    fill(lake, version);
    Entries entries;
    for (const char* name : {"a", "b", "c", "e"}) entries[name] = lake.entry(name);
    const LoadedTable base = lake.load();
    const SnapshotChange change = ours(entries);
    other.act(lake);
    const std::string before = lake.files();
    const auto result = lake.try_change(base, change);
    if (!result) {
      CHECK(result.error().code == ErrorCode::Conflict);
      CHECK(lake.files() == before);
    }
    CHECK(lake.check_consistent() == 0);
    text += result ? '.' : 'X';
  }
  return text;
}

Validation on_day_one(Isolation isolation) {
  Validation validation;
  validation.isolation = isolation;
  validation.filter = day_is(1);
  return validation;
}

}  // namespace

TEST_CASE("conflicts in version 2") {
  // append 1 | append 9 | delete a | delete c | overwrite a | compact a | drop a | drop e
  struct Case {
    std::string name;
    Ours ours;
    std::string expected;
  };
  const auto row_delta_on = [](const std::string& target, Isolation isolation) {
    return [=](const Entries&) {
      SnapshotChange change = row_delta({data_file("u", 1)}, {delete_file("d", 1, target)});
      change.validation = on_day_one(isolation);
      return change;
    };
  };
  const auto overwrite_a = [](Isolation isolation) {
    return [=](const Entries& e) {
      return overwrite_files({e.at("a")}, {data_file("a3", 1)}, on_day_one(isolation));
    };
  };
  const std::vector<Case> cases = {
      {"append", [](const Entries&) { return append_files({data_file("u", 1)}); }, "........"},
      {"merge that only inserts, serializable",
       [](const Entries&) {
         SnapshotChange change = append_files({data_file("u", 1)});
         change.validation = on_day_one(Isolation::Serializable);
         return change;
       },
       "X.X.X..."},
      {"overwrite a, no isolation", overwrite_a(Isolation::None), "..X.XXX."},
      {"overwrite a, snapshot", overwrite_a(Isolation::Snapshot), "..X.XXX."},
      {"overwrite a, serializable", overwrite_a(Isolation::Serializable), "X.X.XXX."},
      {"row delta on a, no isolation", row_delta_on("a", Isolation::None), "....XXX."},
      {"row delta on a, snapshot", row_delta_on("a", Isolation::Snapshot), "..X.XXX."},
      {"row delta on a, serializable", row_delta_on("a", Isolation::Serializable), "X.X.XXX."},
      {"row delta on b, snapshot", row_delta_on("b", Isolation::Snapshot), "........"},
      {"row delta on b, serializable", row_delta_on("b", Isolation::Serializable), "X...X..."},
      {"plain delete on a",
       [](const Entries&) {
         SnapshotChange change = row_delta({}, {delete_file("d", 1, "a")});
         change.validation = on_day_one(Isolation::Snapshot);
         change.validation.deleted_rows_may_vanish = true;
         return change;
       },
       "....XX.."},
      {"compaction of a and b",
       [](const Entries& e) {
         return rewrite_files({e.at("a"), e.at("b")}, {data_file("ab", 1, 20)}, 1);
       },
       "..X.XXX."},
      {"replace day 1, no isolation",
       [](const Entries&) { return replace_partitions({data_file("u", 1)}, Isolation::None); },
       "........"},
      {"replace day 1, snapshot",
       [](const Entries&) { return replace_partitions({data_file("u", 1)}, Isolation::Snapshot); },
       "..X....."},
      {"replace day 1, serializable",
       [](const Entries&) {
         return replace_partitions({data_file("u", 1)}, Isolation::Serializable);
       },
       "X.X.X..."},
      {"overwrite where day 1, serializable",
       [](const Entries&) {
         return overwrite_where(day_is(1), {data_file("u", 1)},
                                on_day_one(Isolation::Serializable));
       },
       "X.X.X..."},
      {"delete where day 1", [](const Entries&) { return delete_where(day_is(1)); }, "........"},
      {"drop a", [](const Entries& e) { return delete_files({e.at("a")}); }, "....XXX."},
      {"whole table, serializable",
       [](const Entries&) {
         SnapshotChange change = row_delta({data_file("u", 1)}, {delete_file("d", 1, "b")});
         change.validation.isolation = Isolation::Serializable;
         return change;
       },
       "XX..X..."},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(outcomes("2", c.ours) == c.expected);
  }
}

TEST_CASE("conflicts of deletion vectors") {
  const auto row_delta_on = [](const std::string& target, Isolation isolation) {
    return [=](const Entries&) {
      SnapshotChange change = row_delta({}, {vector_file("d", 1, target)});
      change.validation = on_day_one(isolation);
      return change;
    };
  };
  CHECK(outcomes("3", row_delta_on("a", Isolation::None)) == "..X.XXX.");
  CHECK(outcomes("3", row_delta_on("b", Isolation::Snapshot)) == "........");
  CHECK(outcomes("3", row_delta_on("b", Isolation::Serializable)) == "X...X...");
}

TEST_CASE("a branch that was moved away is a conflict") {
  TestLake lake;
  fill(lake, "2");
  const SnapshotId first = lake.load().metadata->current_snapshot()->id;
  lake.change(append_files({data_file("f", 1)}));
  const LoadedTable base = lake.load();
  const SnapshotChange change = delete_files({lake.entry("f")});
  Transaction transaction(lake.environment());
  SnapshotRef ref;
  ref.snapshot_id = first;
  transaction.table(base).set_ref("main", ref);
  CHECK_OK(transaction.commit());
  CHECK_ERROR(lake.try_change(base, change), ErrorCode::Conflict, "no longer goes back");
}

TEST_CASE("a table that was empty when it was read") {
  TestLake lake;
  const LoadedTable base = lake.create();
  lake.change(append_files({data_file("a", 1)}));
  SnapshotChange change =
      overwrite_where(day_is(1), {data_file("u", 1)}, on_day_one(Isolation::Serializable));
  CHECK_ERROR(lake.try_change(base, change), ErrorCode::Conflict, "were added");
  change.validation.isolation = Isolation::Snapshot;
  CHECK_OK(lake.try_change(base, change));
  CHECK(lake.files() == "u");
}

}  // namespace tarn::iceberg
