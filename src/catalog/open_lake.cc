// SPDX-License-Identifier: Apache-2.0
#include "catalog/open_lake.h"

#include <stdlib.h>

#include <climits>
#include <utility>

#include "base/file.h"
#include "storage/local_store.h"

namespace tarn::catalog {

Result<Lake> open_lake(const std::string& folder, const LakeOptions& options) {
  const bool create = options.setup == CatalogSetup::CreateIfMissing;
  const std::string database_path = folder + "/" + kLakeDatabaseName;
  if (!create && !path_exists(database_path)) {
    return not_found("there is no lake in `{}`", folder);
  }
  if (create) TRY(make_directories(folder));
  char absolute[PATH_MAX];
  if (::realpath(folder.c_str(), absolute) == nullptr) {
    return not_found("there is no folder `{}`", folder);
  }
  const std::string root(absolute);
  Lake lake;
  lake.store = std::make_shared<storage::LocalStore>(Durability::Durable, *options.random);
  const auto mode = create ? sqlite::OpenMode::CreateIfMissing : sqlite::OpenMode::ReadWrite;
  lake.catalog = TRY(
      SqlCatalog::open(sqlite_connector(root + "/" + kLakeDatabaseName, {.mode = mode}), lake.store,
                       {.name = options.name,
                        .catalog_name = options.catalog_name,
                        .warehouse = "file://" + root + "/" + kLakeWarehouseName,
                        .setup = options.setup,
                        .clock = options.clock,
                        .random = options.random}));
  lake.intents = std::make_unique<SqlWriteIntents>(*lake.catalog, *options.clock);
  return lake;
}

}  // namespace tarn::catalog
