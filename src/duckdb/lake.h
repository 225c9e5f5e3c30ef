// SPDX-License-Identifier: Apache-2.0
// A lake as a database of the engine: `ATTACH`ed under its name, its tables can be read (also at an
// earlier state, `AT (VERSION => …)`), inserted into, updated, merged and created by DuckDB's SQL.
// What a transaction did is handed over in one piece when it commits. Shows no DuckDB type.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "duckdb/instance.h"
#include "iceberg/catalog.h"
#include "iceberg/data_file.h"
#include "iceberg/scan/delete_index.h"
#include "iceberg/write_intent.h"
#include "storage/store.h"

namespace tarn::duckdb {

// What a transaction did to one table. All named files are complete.
struct TableWrite {
  iceberg::LoadedTable base;   // the state that the changes were computed on
  bool creates_table = false;  // `base` is staged: it does not exist yet
  std::vector<iceberg::DataFile> added_files;
  std::vector<iceberg::SharedEntry> removed_files;    // data files of which no row is left
  std::vector<iceberg::DataFile> added_deletes;       // position deletes or deletion vectors
  std::vector<iceberg::SharedEntry> removed_deletes;  // deletion vectors that were replaced
  // Rows that the transaction saw and changed: for the check against commits of others.
  std::vector<std::string> touched_files;
  bool reads_own_table = false;  // DELETE, UPDATE, MERGE; false for plain appends
};

// Publishes all writes in one atomic step. Errors as of iceberg::Catalog::commit(); for every error
// but UnknownOutcome the files of the writes are removed afterwards.
using CommitWrites = std::function<Result<void>(std::span<const TableWrite>)>;

struct LakeOptions {
  std::string name;  // of the database in SQL
  std::shared_ptr<iceberg::Catalog> catalog;
  std::shared_ptr<storage::Store> store;
  std::shared_ptr<iceberg::WriteIntents> intents;  // may be nullptr: none are kept
  CommitWrites commit;
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

// ErrorCode::AlreadyExists if a database of that name is attached.
Result<void> attach_lake(Instance& instance, LakeOptions options);
// Transactions that are under way go on.
Result<void> detach_lake(Instance& instance, const std::string& name);

}  // namespace tarn::duckdb
