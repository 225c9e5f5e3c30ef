// SPDX-License-Identifier: Apache-2.0
// Kinds of change and what conflicts with them. Removed files must still be there in any case; the
// removal itself finds that out.
//
//   append               nothing, unless an isolation is asked for (a MERGE that only inserts)
//   overwrite, row delta referenced files must exist; no new deletes on files whose rows were
//                        carried over; snapshot isolation: no new deletes that touch the rows read;
//                        serializable: no new data that matches the filter
//   rewrite              no new deletes on the files (equality deletes may be, if the output keeps
//                        the old sequence number)
//   replace partitions   snapshot isolation: no new deletes there; serializable: no new data there
#include "iceberg/commit/validate_change.h"

#include <algorithm>
#include <unordered_set>

#include "iceberg/metrics.h"
#include "iceberg/scan/delete_index.h"

namespace tarn::iceberg {

namespace {

using Paths = std::unordered_set<std::string>;

bool is_one_of(const Snapshot& snapshot, std::initializer_list<std::string_view> operations) {
  // An operation that nobody told may be any.
  const std::initializer_list<std::string_view> known = {kOperationAppend, kOperationReplace,
                                                         kOperationOverwrite, kOperationDelete};
  if (std::find(known.begin(), known.end(), snapshot.operation) == known.end()) return true;
  return std::find(operations.begin(), operations.end(), snapshot.operation) != operations.end();
}

class Validator {
 public:
  Validator(const BuildContext& context, const SnapshotChange& change, const TableMetadata& start)
      : context_(context), change_(change), start_(start) {}

  Result<void> check();

 private:
  Result<void> find_history();
  Result<void> check_referenced_files() const;
  Result<void> check_no_deletes_on_removed() const;
  Result<void> check_no_new_deletes() const;
  Result<void> check_no_new_data() const;

  Result<std::vector<SharedEntry>> added_entries(const Snapshot& snapshot,
                                                 ManifestContent content) const;
  Result<bool> may_concern(const DataFile& file, bool with_metrics) const;
  Paths referenced_paths() const;
  bool carries_rows_over() const {
    return !change_.removed_data.empty() && !change_.added_data.empty();
  }
  bool replaces_partitions() const { return change_.kind == ChangeKind::ReplacePartitions; }

  const BuildContext& context_;
  const SnapshotChange& change_;
  const TableMetadata& start_;
  std::vector<const Snapshot*> history_;  // what others committed since, newest first
};

Result<void> Validator::find_history() {
  const Snapshot* parent = parent_of(context_.metadata, change_.branch);
  std::optional<SnapshotId> start = change_.validation.start;
  if (!start) {
    const Snapshot* head = parent_of(start_, change_.branch);
    if (head != nullptr) start = head->id;
  }
  if (parent == nullptr) {
    if (!start) return {};
    return conflict("branch `{}` is empty by now", change_.branch);
  }
  if (start == parent->id) return {};
  for (const Snapshot* snapshot : ancestors(context_.metadata, parent->id)) {
    if (start == snapshot->id) return {};
    if (!context_.own_snapshots.contains(snapshot->id)) history_.push_back(snapshot);
    if (!snapshot->parent_id && !start) return {};
  }
  return conflict("branch `{}` no longer goes back to snapshot {}", change_.branch,
                  start.value_or(SnapshotId(0)).value);
}

Result<std::vector<SharedEntry>> Validator::added_entries(const Snapshot& snapshot,
                                                          ManifestContent content) const {
  std::vector<SharedEntry> result;
  const auto manifests = TRY(manifests_of(context_, &snapshot));
  for (const ManifestFile& manifest : *manifests) {
    if (manifest.content != content || manifest.added_snapshot_id != snapshot.id ||
        !manifest.may_have_added_files()) {
      continue;
    }
    const auto entries = TRY(entries_of(context_, manifest));
    for (const ManifestEntry& entry : *entries) {
      if (entry.status == EntryStatus::Added && entry.snapshot_id == snapshot.id) {
        result.emplace_back(entries, &entry);
      }
    }
  }
  return result;
}

Paths Validator::referenced_paths() const {
  Paths paths(change_.validation.referenced_files.begin(),
              change_.validation.referenced_files.end());
  for (const DataFile& file : change_.added_deletes) {
    const std::string_view target = single_referenced_file(file);
    if (!target.empty()) paths.emplace(target);
  }
  return paths;
}

Result<void> Validator::check_referenced_files() const {
  const Paths paths = referenced_paths();
  if (paths.empty()) return {};
  storage::Store& store = *context_.environment.store;
  for (const Snapshot* snapshot : history_) {
    if (!is_one_of(*snapshot, {kOperationOverwrite, kOperationReplace, kOperationDelete})) continue;
    if (snapshot->operation == kOperationDelete && change_.validation.deleted_rows_may_vanish) {
      continue;
    }
    const auto manifests = TRY(manifests_of(context_, snapshot));
    for (const ManifestFile& manifest : *manifests) {
      if (manifest.content != ManifestContent::Data || manifest.added_snapshot_id != snapshot->id ||
          !manifest.may_have_deleted_files()) {
        continue;
      }
      for (const ManifestEntry& entry :
           TRY(read_manifest(store, manifest, context_.metadata, {.live_only = false}))) {
        if (entry.status == EntryStatus::Deleted && paths.contains(entry.file.path)) {
          return conflict("data file `{}` was removed by another commit", entry.file.path);
        }
      }
    }
  }
  return {};
}

// Rows of removed files live on in added ones: what others deleted meanwhile would come back.
Result<void> Validator::check_no_deletes_on_removed() const {
  std::vector<SharedEntry> deletes;
  for (const Snapshot* snapshot : history_) {
    if (!is_one_of(*snapshot, {kOperationOverwrite, kOperationDelete, kOperationReplace})) continue;
    for (SharedEntry& entry : TRY(added_entries(*snapshot, ManifestContent::Deletes))) {
      const bool later_equality = entry->file.content == FileContent::EqualityDeletes &&
                                  change_.data_sequence_number.has_value();
      if (!later_equality) deletes.push_back(std::move(entry));
    }
  }
  if (deletes.empty()) return {};
  const DeleteIndex index = TRY(DeleteIndex::build(std::move(deletes), context_.metadata));
  for (const SharedEntry& entry : change_.removed_data) {
    if (!index.deletes_of(*entry).empty()) {
      return conflict("rows of data file `{}` were deleted by another commit", entry->file.path);
    }
  }
  return {};
}

Result<bool> Validator::may_concern(const DataFile& file, bool with_metrics) const {
  const Expression& filter = change_.validation.filter;
  if (filter.kind == ExpressionKind::True) return true;
  const PartitionSpec* spec = context_.metadata.find_spec(file.spec_id);
  if (spec == nullptr) return true;
  const Expression projected = TRY(project_inclusive(filter, *spec, start_.schema()));
  if (!matches_partition(projected, *spec, file.partition, Doubt::Match)) return false;
  return !with_metrics || may_match_file(filter, start_.schema(), file);
}

Result<void> Validator::check_no_new_deletes() const {
  Paths touched = referenced_paths();
  for (const SharedEntry& entry : change_.removed_data) touched.insert(entry->file.path);
  Partitions replaced;
  for (const DataFile& file : change_.added_data) replaced.add(file.spec_id, file.partition);
  for (const Snapshot* snapshot : history_) {
    const bool replaces = snapshot->operation == kOperationReplace;
    if (!replaces && !is_one_of(*snapshot, {kOperationOverwrite, kOperationDelete})) continue;
    for (const SharedEntry& entry : TRY(added_entries(*snapshot, ManifestContent::Deletes))) {
      const DataFile& file = entry->file;
      // A compaction of deletes deletes nothing new, but deletion vectors may be in the way.
      if (replaces && !file.is_deletion_vector()) continue;
      const std::string target(single_referenced_file(file));
      bool concerns = false;
      if (replaces_partitions()) {
        concerns = replaced.contains(file.spec_id, file.partition);
      } else if (!target.empty() && !touched.empty()) {
        concerns = touched.contains(target);
      } else {
        concerns = TRY(may_concern(file, false));
      }
      if (concerns) {
        return conflict("rows that were read were deleted by another commit, in `{}`", file.path);
      }
    }
  }
  return {};
}

Result<void> Validator::check_no_new_data() const {
  Partitions replaced;
  for (const DataFile& file : change_.added_data) replaced.add(file.spec_id, file.partition);
  for (const Snapshot* snapshot : history_) {
    if (!is_one_of(*snapshot, {kOperationAppend, kOperationOverwrite})) continue;
    for (const SharedEntry& entry : TRY(added_entries(*snapshot, ManifestContent::Data))) {
      const DataFile& file = entry->file;
      const bool concerns = replaces_partitions() ? replaced.contains(file.spec_id, file.partition)
                                                  : TRY(may_concern(file, true));
      if (concerns) {
        return conflict("rows that might have been read were added by another commit, in `{}`",
                        file.path);
      }
    }
  }
  return {};
}

Result<void> Validator::check() {
  const Isolation isolation = change_.validation.isolation;
  const bool appends = change_.kind == ChangeKind::Append || change_.kind == ChangeKind::FastAppend;
  if (appends && isolation == Isolation::None) return {};
  TRY(find_history());
  if (history_.empty()) return {};
  TRY(check_referenced_files());
  if (change_.kind == ChangeKind::Rewrite || carries_rows_over()) {
    TRY(check_no_deletes_on_removed());
  }
  if (change_.kind == ChangeKind::Rewrite || change_.kind == ChangeKind::Delete) return {};
  if (isolation != Isolation::None && !change_.validation.deleted_rows_may_vanish) {
    TRY(check_no_new_deletes());
  }
  if (isolation == Isolation::Serializable) TRY(check_no_new_data());
  return {};
}

}  // namespace

Result<void> validate_change(const BuildContext& context, const SnapshotChange& change,
                             const TableMetadata& start) {
  return Validator(context, change, start).check();
}

}  // namespace tarn::iceberg
