// SPDX-License-Identifier: Apache-2.0
// A lake as a database of the engine: `ATTACH`ed under its name, its tables can be read (also at an
// earlier state, `AT (VERSION => …)`), inserted into, updated, merged and created by DuckDB's SQL.
// A transaction of DuckDB is one commit of Iceberg, over all tables. Shows no DuckDB type.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"
#include "duckdb/instance.h"
#include "iceberg/catalog.h"
#include "iceberg/write_intent.h"
#include "storage/store.h"

namespace tarn::duckdb {

struct LakeOptions {
  std::string name;  // of the database in SQL
  std::shared_ptr<iceberg::Catalog> catalog;
  std::shared_ptr<storage::Store> store;
  std::shared_ptr<iceberg::WriteIntents> intents;  // may be nullptr: none are kept
  // In the summary of every snapshot: `engine-name`, `engine-version`.
  std::map<std::string, std::string> summary;
  // Whether data files on local disks are synced before the commit.
  Durability durability = Durability::Durable;
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

// ErrorCode::AlreadyExists if a database of that name is attached.
Result<void> attach_lake(Instance& instance, LakeOptions options);
// Transactions that are under way go on.
Result<void> detach_lake(Instance& instance, const std::string& name);

}  // namespace tarn::duckdb
