// SPDX-License-Identifier: Apache-2.0
// Planning a scan: which data files of a snapshot may hold rows that match, and the deletes that
// apply to each. Spec: "Scan Planning".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "iceberg/expression.h"
#include "iceberg/manifest_cache.h"
#include "iceberg/scan/delete_index.h"
#include "iceberg/table_metadata.h"

namespace tarn::storage {
class Store;
}

namespace tarn::iceberg {

// At most one is set; none means the head of main.
struct SnapshotChoice {
  std::optional<SnapshotId> id;
  std::optional<std::string> ref;
  std::optional<std::int64_t> timestamp_ms;  // what was current on main at this time
};

// nullptr for an empty table when nothing was asked for; ErrorCode::NotFound for what is not there.
Result<const Snapshot*> choose_snapshot(const TableMetadata& metadata,
                                        const SnapshotChoice& choice);

struct ScanRequest {
  // Bound to the schema that the snapshot is read with.
  Expression filter;
  std::size_t threads = 2;
  const Cancel* cancel = nullptr;
};

struct ScanFile {
  SharedEntry data;
  std::vector<SharedEntry> deletes;  // see DeleteIndex::deletes_of()
  // Every row matches the filter, by partition or bounds, before deletes.
  bool all_rows_match = false;
};

// Figures for tests, EXPLAIN and benchmarks.
struct ScanCounts {
  std::size_t manifests_total = 0;
  std::size_t manifests_read = 0;  // those that pruning left, cached or not
  std::size_t files_considered = 0;
};

struct ScanPlan {
  const Snapshot* snapshot = nullptr;
  std::vector<ScanFile> files;  // in the order of the manifests
  ScanCounts counts;
};

// `schema` is the one that the filter is bound to. The result points into `metadata`.
Result<ScanPlan> plan_scan(storage::Store& store, ManifestCache& cache,
                           const TableMetadata& metadata, const Snapshot* snapshot,
                           const Schema& schema, const ScanRequest& request);

}  // namespace tarn::iceberg
