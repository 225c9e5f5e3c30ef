// SPDX-License-Identifier: Apache-2.0
// An opened lakehouse: named catalogs, the stores of their files, and the engine that they share.
// Everything is opened at its first use and then kept, so that a command pays for what it touches.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "catalog/open_lake.h"
#include "duckdb/instance.h"
#include "duckdb/lake.h"
#include "lakehouse/config.h"
#include "postgres/connection.h"
#include "storage/store.h"

namespace tarn::lakehouse {

// A catalog of type iceberg. Shared: lives as long as anyone holds it, also beyond the Lakehouse.
struct Lake {
  std::string name;
  std::string warehouse;
  std::shared_ptr<storage::Store> store;
  std::shared_ptr<catalog::SqlCatalog> catalog;
  std::shared_ptr<iceberg::WriteIntents> intents;
};

struct OpenOptions {
  // Of `--lakehouse`: a file, or a folder with tarn.yml; "": by TARN_LAKEHOUSE, then upwards.
  std::string lakehouse;
  // Where the search begins; "": the working directory.
  std::string start_folder;
  // Of `--lake`: a lake in this folder, whatever tarn.yml says; "": none.
  std::string lake_folder;
  Environment environment = process_environment();
  // In the summary of every snapshot.
  std::map<std::string, std::string> summary = {{"engine-name", "tarn"}};
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

// Whether opening makes a catalog's tables in a database where there are none.
enum class Missing { IsError, IsCreated };

// Thread-safe.
class Lakehouse {
 public:
  // Reads tarn.yml, opens nothing. Findings go to `diagnostics`; with errors among them the result
  // is ErrorCode::InvalidInput. Without a file: the lake in `./lake`.
  static Result<std::unique_ptr<Lakehouse>> open(const OpenOptions& options,
                                                 Diagnostics& diagnostics);
  ~Lakehouse();
  Lakehouse(const Lakehouse&) = delete;
  Lakehouse& operator=(const Lakehouse&) = delete;

  const Config& config() const { return config_; }

  // NotFound with a suggestion, InvalidInput if a variable of its fields is not set.
  Result<const CatalogConfig*> find_catalog(std::string_view name) const;
  // "" is the default catalog.
  Result<std::shared_ptr<Lake>> lake(std::string_view name, Missing missing = Missing::IsError);
  // The same with catalog and intents of its own, for a command that needs no engine.
  Result<catalog::Lake> open_separately(std::string_view name);
  // The files of a lake, whether or not its catalog is there.
  Result<std::shared_ptr<storage::Store>> open_store(const CatalogConfig& catalog);
  Result<postgres::ConnectionOptions> postgres_options(std::string_view name) const;
  // The engine, with the file's limits.
  Result<duckdb::Instance*> engine();
  // Makes the lake a database of the engine, under its name.
  Result<void> attach(std::string_view name, Missing missing = Missing::IsError);

 private:
  explicit Lakehouse(Config config, OpenOptions options)
      : config_(std::move(config)), options_(std::move(options)) {}
  Result<const CatalogConfig*> find_lake(std::string_view name) const;
  Result<catalog::Lake> open_lake(const CatalogConfig& catalog, Missing missing);
  Result<std::shared_ptr<duckdb::Instance>> shared_engine();

  Config config_;
  OpenOptions options_;
  std::mutex mutex_;  // guards the maps
  std::mutex engine_mutex_;
  std::shared_ptr<duckdb::Instance> engine_;
  std::map<std::string, std::shared_ptr<Lake>, std::less<>> lakes_;
  std::map<std::string, bool, std::less<>> attached_;
};

// Connection options of a target in tarn.yml, with a session in UTC.
postgres::ConnectionOptions connection_options(const PostgresTarget& target);

}  // namespace tarn::lakehouse
