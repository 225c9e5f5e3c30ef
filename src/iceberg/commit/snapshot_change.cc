// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/snapshot_change.h"

namespace tarn::iceberg {

namespace {

SnapshotChange change_of(ChangeKind kind, std::vector<DataFile> added) {
  SnapshotChange change;
  change.kind = kind;
  change.added_data = std::move(added);
  return change;
}

}  // namespace

SnapshotChange append_files(std::vector<DataFile> files) {
  return change_of(ChangeKind::Append, std::move(files));
}

SnapshotChange fast_append_files(std::vector<DataFile> files) {
  return change_of(ChangeKind::FastAppend, std::move(files));
}

SnapshotChange overwrite_files(std::vector<SharedEntry> removed, std::vector<DataFile> added,
                               Validation validation) {
  SnapshotChange change = change_of(ChangeKind::Overwrite, std::move(added));
  change.removed_data = std::move(removed);
  change.validation = std::move(validation);
  return change;
}

SnapshotChange overwrite_where(Expression filter, std::vector<DataFile> added,
                               Validation validation) {
  SnapshotChange change = change_of(ChangeKind::Overwrite, std::move(added));
  change.remove_where = std::move(filter);
  change.validation = std::move(validation);
  return change;
}

SnapshotChange delete_where(Expression filter) {
  SnapshotChange change = change_of(ChangeKind::Delete, {});
  change.remove_where = std::move(filter);
  return change;
}

SnapshotChange delete_files(std::vector<SharedEntry> removed) {
  SnapshotChange change = change_of(ChangeKind::Delete, {});
  change.removed_data = std::move(removed);
  return change;
}

SnapshotChange replace_partitions(std::vector<DataFile> files, Isolation isolation) {
  SnapshotChange change = change_of(ChangeKind::ReplacePartitions, std::move(files));
  change.validation.isolation = isolation;
  return change;
}

SnapshotChange rewrite_files(std::vector<SharedEntry> removed, std::vector<DataFile> added,
                             std::optional<std::int64_t> data_sequence_number) {
  SnapshotChange change = change_of(ChangeKind::Rewrite, std::move(added));
  change.removed_data = std::move(removed);
  change.data_sequence_number = data_sequence_number;
  return change;
}

}  // namespace tarn::iceberg
