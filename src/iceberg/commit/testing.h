// SPDX-License-Identifier: Apache-2.0
// A small lake on disk for tests of commits. Include in tests only.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "base/testing.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/manifest_io.h"
#include "iceberg/memory_catalog.h"
#include "iceberg/reachable_files.h"
#include "iceberg/scan/plan.h"
#include "storage/faulty_store.h"
#include "storage/local_store.h"

namespace tarn::iceberg {

// Intents in memory.
class MemoryIntents final : public WriteIntents {
 public:
  Result<void> begin(WriteIntent intent) override {
    open.insert(intent.id);
    ++begun;
    return {};
  }
  Result<void> heartbeat(const std::string& id) override {
    if (!open.contains(id)) return not_found("write intent `{}` is gone", id);
    return {};
  }
  Result<bool> condemn(const WriteIntent&) override { return true; }
  Result<void> finish(const std::string& id) override {
    open.erase(id);
    return {};
  }
  Result<std::vector<WriteIntent>> list() override { return std::vector<WriteIntent>(); }

  std::set<std::string> open;
  int begun = 0;
};

inline TemporaryFolder make_test_folder() { return CHECK_OK(TemporaryFolder::make()); }

struct TestLake {
  TemporaryFolder folder = make_test_folder();
  storage::LocalStore disk{Durability::Fast};
  FakeClock clock;
  FakeRandom random{7};
  storage::FaultyStore store{disk, clock};
  MemoryCatalog catalog{disk, folder.path(), clock, random};
  ManifestCache cache;
  MemoryIntents intents;
  TableIdentifier name{{{"db"}}, "t"};

  CommitEnvironment environment() {
    CommitEnvironment result;
    result.catalog = &catalog;
    result.store = &store;
    result.cache = &cache;
    result.intents = &intents;
    result.clock = &clock;
    result.random = &random;
    result.summary = {{"engine-name", "test"}};
    return result;
  }

  // Columns id (1, long, required), day (2, date), partitioned by day unless `flat`.
  LoadedTable create(const std::map<std::string, std::string>& properties = {}, bool flat = false,
                     const std::string& table = "t") {
    return CHECK_OK(catalog.create_table({{{"db"}}, table}, creation(properties, flat)));
  }
  static TableCreation creation(const std::map<std::string, std::string>& properties,
                                bool flat = false) {
    TableCreation creation;
    creation.schema.fields = {required_field(1, "id", TypeKind::Long),
                              optional_field(2, "day", TypeKind::Date)};
    PartitionField field;
    field.source_id = 2;
    field.name = "day";
    if (!flat) creation.spec.fields = {field};
    creation.properties = properties;
    return creation;
  }

  LoadedTable load() { return CHECK_OK(catalog.load_table(name)); }

  Result<LoadedTable> try_change(const LoadedTable& base, SnapshotChange change) {
    Transaction transaction(environment());
    transaction.table(base).change(std::move(change));
    auto result = TRY(transaction.commit());
    return result.front();
  }
  LoadedTable change(SnapshotChange change) {
    return CHECK_OK(try_change(load(), std::move(change)));
  }

  // Live data files with the names of the deletes that apply, as `a b[d1 d2] c`.
  std::string files(const LoadedTable& table, const std::string& branch = "main") {
    const Snapshot* snapshot = table.metadata->find_ref(branch);
    if (snapshot == nullptr) return "";
    ManifestCache fresh;
    const auto plan = CHECK_OK(
        plan_scan(disk, fresh, *table.metadata, snapshot, table.metadata->schema(), ScanRequest{}));
    std::vector<std::string> names;
    for (const ScanFile& file : plan.files) {
      std::string text = file.data->file.path;
      std::string deletes;
      for (const SharedEntry& entry : file.deletes) {
        deletes += (deletes.empty() ? "" : " ") + entry->file.path;
      }
      if (!deletes.empty()) text += "[" + deletes + "]";
      names.push_back(text);
    }
    std::sort(names.begin(), names.end());
    std::string result;
    for (const std::string& text : names) result += (result.empty() ? "" : " ") + text;
    return result;
  }
  std::string files() { return files(load()); }

  // The live entry of a data file of the present state.
  SharedEntry entry(const std::string& path) {
    const LoadedTable table = load();
    const auto plan =
        CHECK_OK(plan_scan(disk, cache, *table.metadata, table.metadata->current_snapshot(),
                           table.metadata->schema(), ScanRequest{}));
    for (const ScanFile& file : plan.files) {
      if (file.data->file.path == path) return file.data;
      for (const SharedEntry& deletes : file.deletes) {
        if (deletes->file.path == path) return deletes;
      }
    }
    FAIL("no file " << path);
    return nullptr;
  }

  // Everything that the snapshots name is there; returns how many metadata files nothing names.
  std::size_t check_consistent(const std::string& table = "t") {
    const LoadedTable loaded = CHECK_OK(catalog.load_table({{{"db"}}, table}));
    CHECK_OK(validate_metadata(*loaded.metadata));
    const auto snapshots = all_snapshots(*loaded.metadata);
    const auto reachable = CHECK_OK(collect_reachable(disk, *loaded.metadata, snapshots));
    std::size_t unused = 0;
    for (const auto& object : CHECK_OK(disk.list_all(loaded.metadata->location + "/metadata"))) {
      const bool is_avro = object.location.ends_with(".avro");
      if (is_avro && !reachable.contains(object.location)) ++unused;
    }
    return unused;
  }
};

inline DataFile data_file(const std::string& path, std::int64_t day, std::int64_t rows = 10,
                          bool flat = false) {
  DataFile file;
  file.path = path;
  if (!flat) file.partition.values = {date_value(day)};
  file.record_count = rows;
  file.file_size = rows * 100;
  file.value_counts = {{1, rows}, {2, rows}};
  file.null_value_counts = {{1, 0}, {2, 0}};
  file.lower_bounds = {{1, to_bytes(long_value(day * 100))}, {2, to_bytes(date_value(day))}};
  file.upper_bounds = {{1, to_bytes(long_value(day * 100 + 99))}, {2, to_bytes(date_value(day))}};
  return file;
}

// Position deletes of one data file.
inline DataFile delete_file(const std::string& path, std::int64_t day, const std::string& target,
                            std::int64_t rows = 1) {
  DataFile file;
  file.content = FileContent::PositionDeletes;
  file.path = path;
  file.partition.values = {date_value(day)};
  file.record_count = rows;
  file.file_size = 50;
  file.referenced_data_file = target;
  return file;
}

inline DataFile vector_file(const std::string& path, std::int64_t day, const std::string& target,
                            std::int64_t rows = 1) {
  DataFile file = delete_file(path, day, target, rows);
  file.format = FileFormat::Puffin;
  file.content_offset = 4;
  file.content_size = 40;
  return file;
}

inline SnapshotChange row_delta(std::vector<DataFile> data, std::vector<DataFile> deletes) {
  SnapshotChange change;
  change.kind = ChangeKind::RowDelta;
  change.added_data = std::move(data);
  change.added_deletes = std::move(deletes);
  return change;
}

inline Expression day_is(std::int64_t day) {
  return predicate(ExpressionKind::Equal, 2, date_value(day));
}

}  // namespace tarn::iceberg
