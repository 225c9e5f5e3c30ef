// SPDX-License-Identifier: Apache-2.0
// Maintenance of a table beyond one commit: expired snapshots go together with the files that only
// they need; files that nothing names are found and removed. For commands and SQL procedures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/reachable_files.h"

namespace tarn::catalog {

enum class Act { Plan, Do };

struct ExpiryReport {
  iceberg::Expiration expired;
  iceberg::ReachableFiles files;  // those that only the expired snapshots need
};

// The metadata first: a file is only deleted once no snapshot of the table names it.
Result<ExpiryReport> expire_table_snapshots(const iceberg::CommitEnvironment& environment,
                                            const iceberg::LoadedTable& table,
                                            const iceberg::ExpireOptions& options, Act act);

// Files older than `older_than_micros`. Denied if `gc.enabled` is false; Unsupported if another
// table lies inside this one's folder: its files would look like orphans.
Result<std::vector<iceberg::OrphanFile>> remove_table_orphans(
    const iceberg::CommitEnvironment& environment, const iceberg::LoadedTable& table,
    std::int64_t older_than_micros, Act act);

}  // namespace tarn::catalog
