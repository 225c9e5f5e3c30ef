// SPDX-License-Identifier: Apache-2.0
// A lake in a folder with its catalog in memory, for the tests of this folder. Tests only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "base/testing.h"
#include "duckdb/lake.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/memory_catalog.h"
#include "storage/local_store.h"

namespace tarn::duckdb {

// A lake `lake` with the schema `s` in a folder of its own.
struct MemoryLake {
  TemporaryFolder folder = std::move(TemporaryFolder::make()).value();
  FakeClock clock;
  std::shared_ptr<storage::LocalStore> store =
      std::make_shared<storage::LocalStore>(Durability::Fast);
  std::shared_ptr<iceberg::MemoryCatalog> catalog = std::make_shared<iceberg::MemoryCatalog>(
      *store, folder.path() + "/lake", clock, system_random());
  std::unique_ptr<Instance> instance;
  std::optional<Connection> connection;

  explicit MemoryLake(std::uint64_t memory = 500'000'000, int threads = 2) {
    instance = CHECK_OK(Instance::open(
        {.memory_limit_bytes = memory, .threads = threads, .temp_folder = folder.path() + "/tmp"}));
    CHECK_OK(make_directories(folder.path() + "/lake/t/data"));
    CHECK_OK(catalog->create_namespace({{"s"}}, {}));
    CHECK_OK(attach_lake(*instance, {.name = "lake",
                                     .catalog = catalog,
                                     .store = store,
                                     .intents = nullptr,
                                     .summary = {{"engine-name", "tarn"}},
                                     .durability = Durability::Fast,
                                     .clock = &clock}));
    connection.emplace(CHECK_OK(instance->connect()));
  }
  ~MemoryLake() { connection.reset(); }

  std::int64_t run(const std::string& sql) { return CHECK_OK(connection->execute(sql)); }
  // Rows as `a|b`, joined by `;`, nulls as `-`.
  std::string rows(const std::string& sql) { return rows(*connection, sql); }
  static std::string rows(Connection& on, const std::string& sql) {
    std::string text;
    for (const auto& row : CHECK_OK(on.query(sql)).rows) {
      if (!text.empty()) text += ';';
      for (std::size_t i = 0; i < row.size(); ++i) {
        text += (i == 0 ? "" : "|") + row[i].value_or("-");
      }
    }
    return text;
  }
  iceberg::LoadedTable table(const std::string& name) {
    return CHECK_OK(catalog->load_table({{{"s"}}, name}));
  }
  // One change as another engine would have made it.
  void change(const std::string& name, iceberg::SnapshotChange snapshot_change) {
    iceberg::CommitEnvironment environment;
    environment.catalog = catalog.get();
    environment.store = store.get();
    environment.clock = &clock;
    iceberg::Transaction transaction(environment);
    transaction.table(table(name)).change(std::move(snapshot_change));
    CHECK_OK(transaction.commit());
  }
  std::size_t file_count() { return CHECK_OK(store->list_all(folder.path() + "/lake")).size(); }
};

}  // namespace tarn::duckdb
