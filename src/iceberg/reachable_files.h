// SPDX-License-Identifier: Apache-2.0
// Which files a table's snapshots need: for expiring snapshots, dropping tables with their files,
// and finding orphans.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "iceberg/table_metadata.h"

namespace tarn::storage {
class Store;
}

namespace tarn::iceberg {

// Normal forms of locations (storage::normalize_location).
struct ReachableFiles {
  std::set<std::string> manifest_lists;
  std::set<std::string> manifests;
  std::set<std::string> content;     // data files, delete files, Puffin files of deletion vectors
  std::set<std::string> statistics;  // table and partition statistics

  bool contains(const std::string& location) const;
  std::size_t size() const;
};

struct ReachOptions {
  std::size_t threads = 4;
  const Cancel* cancel = nullptr;
};

// Everything below these snapshots. Reads every manifest once.
Result<ReachableFiles> collect_reachable(storage::Store& store, const TableMetadata& metadata,
                                         std::span<const Snapshot* const> snapshots,
                                         const ReachOptions& options = {});
std::vector<const Snapshot*> all_snapshots(const TableMetadata& metadata);

// Files below the snapshots `removed` of `before` that `after` no longer needs. Manifests that both
// share are not read.
Result<ReachableFiles> collect_unreachable(storage::Store& store, const TableMetadata& before,
                                           const TableMetadata& after,
                                           const ReachOptions& options = {});

// Objects in the table's folder (and in `write.data.path`, `write.metadata.path`) that were last
// changed before `older_than_micros` and that nothing in the table names: neither a snapshot, nor
// statistics, nor the metadata log. Sorted. Files of writes in progress look the same, so the limit
// must be older than any write.
struct OrphanFile {
  std::string location;
  std::uint64_t size = 0;
  std::int64_t modified_micros = 0;
};
Result<std::vector<OrphanFile>> find_orphan_files(storage::Store& store,
                                                  const TableMetadata& metadata,
                                                  const std::string& metadata_location,
                                                  std::int64_t older_than_micros,
                                                  const ReachOptions& options = {});

}  // namespace tarn::iceberg
