// SPDX-License-Identifier: Apache-2.0
// Which snapshots and references a table no longer keeps. Spec: "Snapshot Retention Policy".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "iceberg/table_metadata.h"
#include "iceberg/table_update.h"

namespace tarn::iceberg {

struct ExpireOptions {
  // Snapshots older than this may go; by default `history.expire.max-snapshot-age-ms` before now.
  std::optional<std::int64_t> older_than_ms;
  // Snapshots of each branch that stay in any case; by default
  // `history.expire.min-snapshots-to-keep`. References' own settings come first.
  std::optional<int> retain_last;
  // These go whatever their age, unless they are the head of a reference (InvalidInput).
  std::vector<SnapshotId> ids;
};

struct Expiration {
  std::vector<std::string> refs;
  std::vector<SnapshotId> snapshots;
};

// InvalidInput when `gc.enabled` is false.
Result<Expiration> choose_expired(const TableMetadata& metadata, const ExpireOptions& options,
                                  std::int64_t now_ms);

}  // namespace tarn::iceberg
