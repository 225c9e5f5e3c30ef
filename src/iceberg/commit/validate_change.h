// SPDX-License-Identifier: Apache-2.0
// Whether a change still stands after what others committed since it was computed. Inside commit/
// only. The rules are a table in the reference implementation's behavior: see validate_change.cc.
#pragma once

#include "base/result.h"
#include "iceberg/commit/remove_files.h"
#include "iceberg/commit/snapshot_build.h"
#include "iceberg/commit/snapshot_change.h"

namespace tarn::iceberg {

// `start` is the table state that the change was computed on. ErrorCode::Conflict names the file.
Result<void> validate_change(const BuildContext& context, const SnapshotChange& change,
                             const TableMetadata& start);

}  // namespace tarn::iceberg
