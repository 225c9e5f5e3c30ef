// SPDX-License-Identifier: Apache-2.0
// Deleted rows of data files as what a commit takes, file by file: files without a row left go;
// where a large share of the rows goes the rest is written anew; the others get position delete
// files (format v2) or deletion vectors (v3, which never writes anew: rows would lose their ids).
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "duckdb/lake_state.h"

namespace tarn::duckdb {

// All named files are complete.
struct RowDeletes {
  std::vector<iceberg::SharedEntry> removed_files;    // data files that go
  std::vector<iceberg::DataFile> rewritten_files;     // with the rows that were left of them
  std::vector<iceberg::DataFile> added_deletes;       // position deletes or deletion vectors
  std::vector<iceberg::SharedEntry> removed_deletes;  // deletion vectors that were replaced
  std::vector<std::string> referenced_files;          // data files that stay, with fewer rows
};

// What deletes the rows `deleted` (by normal path) of `table`; `added` are data
// files of the same transaction. New files are named by `write_id`, and each is listed in `created`
// before it is written. A path that the table does not hold is ErrorCode::Conflict.
Result<RowDeletes> prepare_row_deletes(
    Lake& lake, const iceberg::LoadedTable& table,
    const std::unordered_map<std::string, iceberg::DeletionVector>& deleted,
    const std::vector<iceberg::SharedEntry>& added, const std::string& write_id,
    std::vector<std::string>& created);

}  // namespace tarn::duckdb
