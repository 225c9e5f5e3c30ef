// SPDX-License-Identifier: Apache-2.0
// Deleted rows of data files as what a commit takes: files without a row left go, the others get
// position delete files (format v2) or deletion vectors (v3).
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "duckdb/lake_state.h"

namespace tarn::duckdb {

// Adds to `write` what deletes the rows `deleted` (by normal path) of `table`; `added` are data
// files of the same transaction. New files are named by `write_id`, and each is listed in `created`
// before it is written. A path that the table does not hold is ErrorCode::Conflict.
Result<void> prepare_row_deletes(
    Lake& lake, const iceberg::LoadedTable& table,
    const std::unordered_map<std::string, iceberg::DeletionVector>& deleted,
    const std::vector<iceberg::SharedEntry>& added, const std::string& write_id, TableWrite& write,
    std::vector<std::string>& created);

}  // namespace tarn::duckdb
