// SPDX-License-Identifier: Apache-2.0
// What one new snapshot does to the files of a table, and what must hold of commits that others
// made since the change was computed. Pure data; Transaction applies it. Spec: "Snapshots",
// "Optimistic Concurrency".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "iceberg/data_file.h"
#include "iceberg/expression.h"
#include "iceberg/scan/delete_index.h"
#include "iceberg/snapshot.h"

namespace tarn::iceberg {

enum class ChangeKind {
  Append,             // adds data files; merges manifests by the table's properties
  FastAppend,         // adds data files; never rewrites a manifest
  Overwrite,          // removes data files whole, adds others: copy-on-write, or by a filter
  RowDelta,           // adds deletes and data files; may remove files without a row left
  Rewrite,            // other files with the same rows: compaction
  ReplacePartitions,  // removes all files of the partitions that the added files are in
  Delete,             // removes data files, or all that match a filter; adds nothing
};

// How much of what others did meanwhile is a conflict. Removed and referenced files must be there
// in any case.
enum class Isolation {
  None,
  Snapshot,      // nobody deleted rows that this change saw
  Serializable,  // nor added any that it would have seen
};

struct Validation {
  Isolation isolation = Isolation::None;
  // What the change was computed on: commits after it are looked at. nullopt = the head of the
  // branch in the table state that the transaction holds.
  std::optional<SnapshotId> start;
  // The rows that the operation read, bound to the schema of the transaction's table state; True =
  // the whole table.
  Expression filter;
  // Paths of data files that stay and that the added deletes or rows come from.
  std::vector<std::string> referenced_files;
  // Deleting rows that somebody else deleted is not a conflict (a plain DELETE).
  bool deleted_rows_may_vanish = false;
};

// Files must be complete in the store. Several uses need only some of the members; makers are
// below.
struct SnapshotChange {
  ChangeKind kind = ChangeKind::Append;
  std::string branch = std::string(kMainBranch);  // made from the head of main when missing
  std::vector<DataFile> added_data;
  std::vector<DataFile> added_deletes;       // position deletes (v2) or deletion vectors (v3)
  std::vector<SharedEntry> removed_data;     // as a scan of the base gave them
  std::vector<SharedEntry> removed_deletes;  // such as deletion vectors that are replaced
  // Overwrite and Delete: every file in which all rows match goes; one in which only some may match
  // is ErrorCode::InvalidInput. Bound as Validation::filter.
  std::optional<Expression> remove_where;
  // Rewrite: sequence number of the added data, that of the snapshot which was compacted, so that
  // newer equality deletes still apply.
  std::optional<std::int64_t> data_sequence_number;
  Validation validation;
  std::map<std::string, std::string> summary;  // engine-name and such
};

SnapshotChange append_files(std::vector<DataFile> files);
SnapshotChange fast_append_files(std::vector<DataFile> files);
SnapshotChange overwrite_files(std::vector<SharedEntry> removed, std::vector<DataFile> added,
                               Validation validation);
SnapshotChange overwrite_where(Expression filter, std::vector<DataFile> added,
                               Validation validation);
SnapshotChange delete_where(Expression filter);
SnapshotChange delete_files(std::vector<SharedEntry> removed);
SnapshotChange replace_partitions(std::vector<DataFile> files, Isolation isolation);
SnapshotChange rewrite_files(std::vector<SharedEntry> removed, std::vector<DataFile> added,
                             std::optional<std::int64_t> data_sequence_number);

}  // namespace tarn::iceberg
