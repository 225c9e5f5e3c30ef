// SPDX-License-Identifier: Apache-2.0
// A lake in a local folder, without any configuration: `catalog.db` (the SQL catalog in SQLite) and
// `warehouse/` (the files of its tables).
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_write_intents.h"
#include "storage/store.h"

namespace tarn::catalog {

inline constexpr const char* kDefaultLakeFolder = "./lake";
inline constexpr const char* kLakeDatabaseName = "catalog.db";
inline constexpr const char* kLakeWarehouseName = "warehouse";

struct Lake {
  std::shared_ptr<storage::Store> store;
  std::unique_ptr<SqlCatalog> catalog;
  std::unique_ptr<SqlWriteIntents> intents;
};

struct LakeOptions {
  std::string name = "lake";
  std::string catalog_name;  // `name` when empty
  CatalogSetup setup = CatalogSetup::MustExist;
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

// NotFound when there is no lake and `setup` does not allow to make one.
Result<Lake> open_lake(const std::string& folder = kDefaultLakeFolder,
                       const LakeOptions& options = {});

}  // namespace tarn::catalog
