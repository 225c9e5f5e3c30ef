// SPDX-License-Identifier: Apache-2.0
// Takes files out of a snapshot's manifests: by identity, by partition, by filter. Manifests
// without a removed file stay as they are. Inside commit/ only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "iceberg/commit/snapshot_build.h"
#include "iceberg/projection.h"

namespace tarn::iceberg {

// Partitions by spec: to find the manifests worth reading.
using PartitionSet = std::unordered_set<PartitionTuple, PartitionTupleHash>;
class Partitions {
 public:
  void add(int spec_id, const PartitionTuple& tuple) { by_spec_[spec_id].insert(tuple); }
  bool empty() const { return by_spec_.empty(); }
  bool contains(int spec_id, const PartitionTuple& tuple) const;
  // False only if the manifest has no file of these partitions.
  bool may_be_in(const TableMetadata& metadata, const ManifestFile& manifest) const;

 private:
  std::unordered_map<int, PartitionSet> by_spec_;
};

// What goes. `where` is bound to `schema`.
struct Removal {
  std::unordered_set<std::string> keys;  // file_key()
  Partitions partitions_of_keys;
  Partitions whole_partitions;  // every file of these
  bool whole_table = false;
  const Expression* where = nullptr;
  const Schema* schema = nullptr;
  // Delete files only:
  std::unordered_set<std::string> removed_data;    // deletes of only these are useless
  std::unordered_set<std::string> vector_targets;  // data files that get a new deletion vector
  std::optional<std::int64_t> older_than;          // sequence number; older deletes are useless
};

// Results for one manifest, for later attempts too.
struct FilteredManifest {
  std::vector<ManifestFile> manifests;
  std::vector<DataFile> removed;
};
// By reuse_key(). Only manifests that lost something are here.
using FilteredManifests = std::unordered_map<std::string, FilteredManifest>;

struct FilteredSet {
  std::vector<ManifestFile> manifests;
  std::vector<DataFile> removed;
};

// All manifests of one content. ErrorCode::InvalidInput if a file matches `where` only in part;
// ErrorCode::Conflict if a deletion vector is there for one of `vector_targets` that does not go.
Result<FilteredSet> filter_manifests(const BuildContext& context,
                                     const std::vector<ManifestFile>& manifests,
                                     const Removal& removal, SnapshotId snapshot_id,
                                     FilteredManifests& filtered);

}  // namespace tarn::iceberg
