// SPDX-License-Identifier: Apache-2.0
// Changes of one or several tables that land together or not at all. Each table is pinned to the
// state that the caller loaded; commit() checks what others did since, rebases and retries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "iceberg/catalog.h"
#include "iceberg/commit/expire_snapshots.h"
#include "iceberg/commit/snapshot_change.h"
#include "iceberg/manifest_cache.h"
#include "iceberg/update_partition.h"
#include "iceberg/update_schema.h"
#include "iceberg/write_intent.h"

namespace tarn::iceberg {

// What commits work with. Everything must outlive the transaction.
struct CommitEnvironment {
  Catalog* catalog = nullptr;
  storage::Store* store = nullptr;
  ManifestCache* cache = nullptr;
  WriteIntents* intents = nullptr;  // nullptr: no intents are kept for the metadata files
  Clock* clock = &system_clock();
  Random* random = &system_random();
  const Cancel* cancel = nullptr;
  std::size_t threads = 2;
  // In the summary of every snapshot: `engine-name`, `engine-version`.
  std::map<std::string, std::string> summary;
};

class TableAction;

// The changes of one table, applied in the order of the calls. Not thread-safe.
class TableTransaction {
 public:
  TableTransaction(LoadedTable base, bool creates);
  ~TableTransaction();

  const LoadedTable& base() const { return base_; }

  // One snapshot. A change that adds and removes nothing makes none.
  void change(SnapshotChange change);
  // Rewrites data manifests: sorted by partition, about `commit.manifest.target-size-bytes` each.
  void rewrite_manifests(std::string branch = std::string(kMainBranch));
  // The steps run on the present schema at each attempt.
  void update_schema(std::function<Result<void>(UpdateSchema&)> steps);
  void update_partition(std::function<Result<void>(UpdatePartition&)> steps);
  // Source ids are those of the schema at that point.
  void set_sort_order(SortOrder order);
  void set_properties(std::map<std::string, std::string> properties);
  void remove_properties(std::vector<std::string> names);
  void set_location(std::string location);
  void upgrade_format_version(int version);
  // Branches and tags. The snapshot must exist; moving `main` is a rollback.
  void set_ref(std::string name, SnapshotRef ref);
  void remove_ref(std::string name);
  // Only the metadata; collect_unreachable() then tells from base and new state which files can be
  // deleted.
  void expire_snapshots(ExpireOptions options);
  void set_statistics(StatisticsFile file);
  void remove_statistics(SnapshotId id);

  // A part of the names of the metadata files that the commit writes, when the caller keeps the
  // write intent itself. Otherwise a new one, with an intent of the transaction's own.
  void use_write_id(std::string id);

  // Snapshots that the commit made, in order.
  const std::vector<SnapshotId>& snapshot_ids() const { return snapshot_ids_; }

 private:
  friend class Transaction;

  LoadedTable base_;
  bool creates_;
  std::string write_id_;
  bool owns_intent_ = false;
  int manifest_count_ = 0;
  std::vector<std::unique_ptr<TableAction>> actions_;
  std::vector<SnapshotId> snapshot_ids_;
  std::unordered_set<SnapshotId> own_snapshots_;  // of all attempts
};

// Not thread-safe.
class Transaction {
 public:
  explicit Transaction(CommitEnvironment environment);
  ~Transaction();

  // The reference stays valid. One TableTransaction for each table.
  TableTransaction& table(LoadedTable base);
  // A table that Catalog::stage_table() gave: it is created by the commit.
  TableTransaction& create(LoadedTable staged);

  // The new states, in the order of table() and create(). Nothing is sent when nothing changes.
  //   Conflict        others changed what this transaction relies on: run the statement again
  //   AlreadyExists   a table to be created is there
  //   UnknownOutcome  the commit may have landed and the catalog could not tell: no file was
  //                   deleted, and none of the transaction's files may be
  //   anything else   certainly nothing happened
  // After any error but UnknownOutcome the metadata files that the transaction wrote are gone; data
  // and delete files are the caller's. May be called once.
  Result<std::vector<LoadedTable>> commit();

 private:
  struct Attempt;

  TableTransaction& add(LoadedTable base, bool creates);
  Result<void> begin_intents();
  Result<void> keep_intents_alive();
  void finish_intents();
  Result<std::vector<LoadedTable>> commit_with_retries();
  Result<Attempt> prepare(int number);
  Result<void> prepare_table(std::size_t index, Attempt& attempt);
  Result<void> refresh();
  void wait(int attempt);
  std::int64_t now_ms() const;
  Result<std::vector<LoadedTable>> finish(const Attempt& attempt,
                                          std::vector<LoadedTable> committed);
  Result<std::vector<LoadedTable>> look_after_unknown(const Attempt& attempt, Error error);
  Result<bool> has_landed(const Attempt& attempt);
  void remove_unused(const Attempt& attempt, const std::vector<LoadedTable>& committed);

  struct RetryLimits {
    std::int64_t retries = 0;
    std::int64_t min_wait_ms = 0;
    std::int64_t max_wait_ms = 0;
    std::int64_t total_ms = 0;
    std::int64_t status_checks = 0;
    std::int64_t status_wait_ms = 0;
  };
  Result<void> read_limits();

  CommitEnvironment environment_;
  std::unique_ptr<ManifestCache> own_cache_;
  RetryLimits limits_;
  std::vector<std::unique_ptr<TableTransaction>> tables_;
  std::vector<LoadedTable> current_;  // by table; what an attempt builds on
  std::vector<std::string> written_;  // metadata files, those of failed attempts as well
  bool committed_ = false;
};

}  // namespace tarn::iceberg
