// SPDX-License-Identifier: Apache-2.0
// Removing the files of a table that is no longer in any catalog.
#pragma once

#include <string>

#include "base/result.h"
#include "iceberg/table_metadata.h"
#include "storage/store.h"

namespace tarn::catalog {

// Data and delete files of all snapshots (unless `gc.enabled` is false: then others may use them),
// manifests, manifest lists, statistics, and the metadata files of the log and at
// `metadata_location`, which goes last. Only what the metadata names: nothing is listed. Goes on
// after errors and returns the first.
Result<void> purge_table_files(storage::Store& store, const iceberg::TableMetadata& metadata,
                               const std::string& metadata_location);

}  // namespace tarn::catalog
