// SPDX-License-Identifier: Apache-2.0
// Data files written anew: the rows that are left of some files, in the table's present schema,
// partitions and compression. Internal to this folder; shows no DuckDB type.
#pragma once

#include <string>
#include <vector>

#include "duckdb/lake_state.h"

namespace tarn::duckdb {

// The live rows of `files` of the table without those that `pending` deletes. Each thread reads
// whole files in their order, so that files of a sorted table stay sorted where all were. On
// failure nothing stays behind.
Result<std::vector<iceberg::DataFile>> rewrite_files(Lake& lake, const iceberg::LoadedTable& table,
                                                     std::vector<iceberg::ScanFile> files,
                                                     PendingChanges pending,
                                                     const std::string& write_id);

}  // namespace tarn::duckdb
