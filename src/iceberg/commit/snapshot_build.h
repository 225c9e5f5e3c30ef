// SPDX-License-Identifier: Apache-2.0
// The parts that every new snapshot is made of: manifests, their merge, the manifest list and the
// metadata updates. Inside commit/ only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/manifest_io.h"

namespace tarn::iceberg {

// What one action of one table works on, in one attempt.
struct BuildContext {
  const CommitEnvironment& environment;
  ManifestCache& cache;
  const TableMetadata& base;      // as the catalog has it; requirements are about this
  const TableMetadata& metadata;  // with the actions before this one
  const std::string& write_id;
  int attempt = 0;
  std::int64_t now_ms = 0;
  int& manifest_count;                                  // names of manifests count on
  std::vector<std::string>& written;                    // every file, before it is written
  const std::unordered_set<SnapshotId>& own_snapshots;  // of this transaction
};

// Identity of a content file: deletion vectors share a path.
std::string file_key(const DataFile& file);

// The schema that a spec's manifests are written with: the newest that has all source columns, so
// that no partition value loses its type. ErrorCode::Unsupported for specs that cannot be written.
Result<const Schema*> schema_for_spec(const TableMetadata& metadata, const PartitionSpec& spec);

// Writes entries of one spec and content into as many manifests as their size needs.
class ManifestSplitter {
 public:
  static Result<ManifestSplitter> make(const BuildContext& context, int spec_id,
                                       ManifestContent content, SnapshotId snapshot_id);
  Result<void> add(const ManifestEntry& entry);
  Result<std::vector<ManifestFile>> finish();

 private:
  explicit ManifestSplitter(const BuildContext& context) : context_(&context) {}
  Result<void> close();

  const BuildContext* context_;
  ManifestHeader header_;
  std::int64_t target_bytes_ = 0;
  std::optional<ManifestWriter> writer_;
  std::vector<ManifestFile> manifests_;
};

struct NewSnapshot {
  SnapshotId id;
  std::string branch;
  std::string operation;
  std::map<std::string, std::string> summary;
  std::vector<ManifestFile> manifests;
};
// Writes the manifest list: gives sequence number and row ids.
Result<std::vector<TableUpdate>> write_snapshot(const BuildContext& context, NewSnapshot snapshot);

// Head that a change of this branch builds on (that of main for a new branch); nullptr for the
// first snapshot.
const Snapshot* parent_of(const TableMetadata& metadata, const std::string& branch);
Result<std::shared_ptr<const ManifestFiles>> manifests_of(const BuildContext& context,
                                                          const Snapshot* snapshot);
// Random, positive, not in use.
SnapshotId new_snapshot_id(const TableMetadata& metadata, Random& random);

// Live entries, from the cache where they cannot change any more.
Result<std::shared_ptr<const ManifestEntries>> entries_of(const BuildContext& context,
                                                          const ManifestFile& manifest);

// What was made out of a manifest serves later attempts under this key, if the manifest is settled:
// not of this transaction, so that what its entries inherit cannot change.
std::string reuse_key(const ManifestFile& manifest);
bool is_settled(const BuildContext& context, const ManifestFile& manifest);

// Merged manifests by the names of what went into them: they serve later attempts as well.
using MergedManifests = std::map<std::string, std::vector<ManifestFile>>;
// Merges small manifests of one content as `commit.manifest.*` says. The first one of each spec is
// taken as new.
Result<std::vector<ManifestFile>> merge_manifests(const BuildContext& context,
                                                  std::vector<ManifestFile> manifests,
                                                  ManifestContent content, SnapshotId snapshot_id,
                                                  MergedManifests& merged);

// `manifests-created`, `manifests-kept`, `manifests-replaced`.
void count_manifests(const std::vector<ManifestFile>& before,
                     const std::vector<ManifestFile>& after, SnapshotId snapshot_id,
                     std::map<std::string, std::string>& summary);

}  // namespace tarn::iceberg
