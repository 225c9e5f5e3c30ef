// SPDX-License-Identifier: Apache-2.0
// Two processes append to one table at once, 100 commits each, on SQLite and on Postgres: 200
// snapshots in one chain, every file in the last of them, and no file that nothing names.
//   two_writers                          runs the test
//   two_writers write TARGET LAKE COUNT  is one of the writers
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/temp_folder.h"
#include "base/uuid.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_write_intents.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/manifest_io.h"
#include "iceberg/reachable_files.h"
#include "postgres/testing.h"
#include "storage/local_store.h"

extern char** environ;

namespace {

using namespace tarn;

constexpr int kWriters = 2;
constexpr int kCommits = 100;
const iceberg::TableIdentifier kTable{{{"raw"}}, "events"};

Result<std::unique_ptr<catalog::SqlCatalog>> open_catalog(const std::string& target,
                                                          const std::string& folder) {
  auto connector = target.starts_with("postgresql:")
                       ? catalog::postgres_connector({.target = target})
                       : catalog::sqlite_connector(target);
  return catalog::SqlCatalog::open(std::move(connector),
                                   std::make_shared<storage::LocalStore>(Durability::Fast),
                                   {.name = "lake",
                                    .warehouse = "file://" + folder + "/warehouse",
                                    .setup = catalog::CatalogSetup::CreateIfMissing});
}

Result<void> append_one(catalog::SqlCatalog& catalog, iceberg::ManifestCache& cache,
                        iceberg::WriteIntents& intents) {
  auto table = TRY(catalog.load_table(kTable));
  iceberg::DataFile file;
  file.path =
      table.metadata->location + "/data/" + to_string(make_uuid4(system_random())) + ".parquet";
  file.record_count = 1;
  file.file_size = 4;
  TRY(catalog.store().write(file.path, "rows", storage::WriteMode::CreateExclusive));
  iceberg::Transaction transaction({.catalog = &catalog,
                                    .store = &catalog.store(),
                                    .cache = &cache,
                                    .intents = &intents,
                                    .threads = 1});
  transaction.table(std::move(table)).change(iceberg::append_files({file}));
  TRY(transaction.commit());
  return {};
}

Result<void> write(const std::string& target, const std::string& folder, int count) {
  auto catalog = TRY(open_catalog(target, folder));
  catalog::SqlWriteIntents intents(*catalog);
  iceberg::ManifestCache cache;
  for (int i = 0; i < count; ++i) TRY(append_one(*catalog, cache, intents));
  return {};
}

Result<void> run_writers(const std::string& program, const std::string& target,
                         const std::string& folder) {
  std::vector<pid_t> children(kWriters);
  for (auto& child : children) {
    std::vector<std::string> words{program, "write", target, folder, std::to_string(kCommits)};
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) {
      return internal("cannot start a writer");
    }
  }
  bool all_well = true;
  for (const auto child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    all_well = all_well && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  if (!all_well) return internal("a writer failed");
  return {};
}

#define MUST(condition) \
  if (!(condition)) return internal("violated: {}", #condition)

Result<void> verify(catalog::SqlCatalog& catalog) {
  constexpr std::size_t kExpected = kWriters * kCommits;
  const auto table = TRY(catalog.load_table(kTable));
  const auto& metadata = *table.metadata;
  MUST(metadata.snapshots.size() == kExpected);
  MUST(metadata.last_sequence_number == kExpected);
  const auto* head = metadata.current_snapshot();
  MUST(iceberg::ancestors(metadata, head->id).size() == kExpected);
  MUST(head->summary.at("total-records") == std::to_string(kExpected));
  std::set<std::string> paths;
  for (const auto& manifest : TRY(iceberg::read_manifests(catalog.store(), *head))) {
    for (const auto& entry : TRY(iceberg::read_manifest(catalog.store(), manifest, metadata))) {
      MUST(paths.insert(entry.file.path).second);
      MUST(TRY(catalog.store().exists(entry.file.path)));
    }
  }
  MUST(paths.size() == kExpected);
  const auto orphans =
      TRY(iceberg::find_orphan_files(catalog.store(), metadata, table.metadata_location,
                                     std::numeric_limits<std::int64_t>::max()));
  for (const auto& orphan : orphans) std::fprintf(stderr, "orphan: %s\n", orphan.location.c_str());
  MUST(orphans.empty());
  MUST(TRY(catalog::SqlWriteIntents(catalog).list()).empty());
  return {};
}

Result<void> test_on(const std::string& name, const std::string& program, const std::string& target,
                     const std::string& folder) {
  auto catalog = TRY(open_catalog(target, folder));
  TRY(catalog->create_namespace(kTable.space, {}));
  iceberg::TableCreation creation;
  creation.schema.fields = {iceberg::required_field(1, "id", iceberg::TypeKind::Long)};
  creation.properties = {{"commit.retry.num-retries", "1000"},
                         {"commit.retry.min-wait-ms", "1"},
                         {"commit.retry.max-wait-ms", "50"},
                         {"commit.manifest.min-count-to-merge", "20"},
                         {"write.metadata.previous-versions-max", "1000"}};
  TRY(catalog->create_table(kTable, creation));
  const auto start = std::chrono::steady_clock::now();
  TRY(run_writers(program, target, folder));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  TRY(with_context(verify(*catalog), "on " + name));
  std::printf("%s: %d writers, %d commits each, %.1f s\n", name.c_str(), kWriters, kCommits,
              seconds.count());
  return {};
}

Result<void> run_test(const std::string& program) {
  {
    TempFolder folder;
    TRY(test_on("SQLite", program, folder.file("catalog.db"), folder.path()));
  }
  if (postgres::TestServer::url().empty()) return {};
  TempFolder folder;
  postgres::TestDatabase database;
  return test_on("Postgres", program, database.url(), folder.path());
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  const auto result = words.size() == 5 && words[1] == "write"
                          ? write(words[2], words[3], std::stoi(words[4]))
                          : run_test(words[0]);
  if (result) return 0;
  std::fprintf(stderr, "%s: %s\n", std::string(to_string(result.error().code)).c_str(),
               describe(result.error()).c_str());
  return 1;
}
