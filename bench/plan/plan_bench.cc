// SPDX-License-Identifier: Apache-2.0
// A table of 10,000 data files in 100 manifests: opening and planning with a selective filter, and
// appending one file to it beside a small table.
//   plan_bench make LAKE      makes bench.large and bench.small
//   plan_bench plan LAKE      milliseconds of the first and of later plans
//   plan_bench append LAKE    milliseconds of one append to each
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "catalog/open_lake.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/metrics.h"
#include "iceberg/scan/plan.h"

namespace {

using namespace tarn;
using namespace tarn::iceberg;

constexpr int kManifests = 100;
constexpr int kFilesPerManifest = 100;
constexpr std::int64_t kRowsPerFile = 10'000;
constexpr int kColumns = 16;

using Time = std::chrono::steady_clock;

double millis_since(Time::time_point start) {
  return std::chrono::duration<double, std::milli>(Time::now() - start).count();
}

CommitEnvironment environment_of(catalog::Lake& lake, ManifestCache& cache) {
  CommitEnvironment environment;
  environment.catalog = lake.catalog.get();
  environment.store = lake.store.get();
  environment.cache = &cache;
  return environment;
}

TableIdentifier named(const char* name) { return {{{"bench"}}, name}; }

DataFile make_file(const Schema& schema, std::int64_t number) {
  DataFile file;
  file.path = fmt::format("file:///nowhere/data/{:08}.parquet", number);
  file.record_count = kRowsPerFile;
  file.file_size = 1 << 20;
  for (const auto& field : schema.fields) {
    file.column_sizes.set(field.id, 1 << 16);
    file.value_counts.set(field.id, kRowsPerFile);
    file.null_value_counts.set(field.id, 0);
    set_bounds(file, field.id, long_value(number * kRowsPerFile),
               long_value((number + 1) * kRowsPerFile - 1), MetricsMode{});
  }
  return file;
}

Result<void> append(catalog::Lake& lake, ManifestCache& cache, const char* name, std::int64_t first,
                    int count) {
  auto table = TRY(lake.catalog->load_table(named(name)));
  std::vector<DataFile> files;
  for (int i = 0; i < count; ++i) files.push_back(make_file(table.metadata->schema(), first + i));
  Transaction transaction(environment_of(lake, cache));
  transaction.table(table).change(count == 1 ? append_files(std::move(files))
                                             : fast_append_files(std::move(files)));
  TRY(transaction.commit());
  return {};
}

Result<void> make_lake(const std::string& folder) {
  auto lake = TRY(catalog::open_lake(folder, {.setup = catalog::CatalogSetup::CreateIfMissing}));
  ManifestCache cache;
  TRY(lake.catalog->create_namespace({{"bench"}}, {}));
  TableCreation creation;
  for (int i = 1; i <= kColumns; ++i) {
    creation.schema.fields.push_back(optional_field(i, fmt::format("c{}", i), TypeKind::Long));
  }
  TRY(lake.catalog->create_table(named("large"), creation));
  TRY(lake.catalog->create_table(named("small"), creation));
  for (int i = 0; i < kManifests; ++i) {
    TRY(append(lake, cache, "large", std::int64_t{i} * kFilesPerManifest, kFilesPerManifest));
  }
  return append(lake, cache, "small", 0, 1);
}

Result<std::size_t> open_and_plan(catalog::Lake& lake, ManifestCache& cache) {
  auto table = TRY(lake.catalog->load_table(named("large")));
  const auto& schema = table.metadata->schema();
  ScanRequest request;
  request.filter = TRY(bind_expression(
      predicate(ExpressionKind::Equal, 1, long_value(7'654 * kRowsPerFile + 5)), schema));
  auto plan = TRY(plan_scan(*lake.store, cache, *table.metadata, table.metadata->current_snapshot(),
                            schema, request));
  return plan.files.size();
}

Result<void> time_plans(const std::string& folder) {
  auto start = Time::now();
  auto lake = TRY(catalog::open_lake(folder));
  ManifestCache cache;
  std::size_t files = TRY(open_and_plan(lake, cache));
  double cold = millis_since(start);
  std::vector<double> warm;
  for (int i = 0; i < 21; ++i) {
    start = Time::now();
    TRY(open_and_plan(lake, cache));
    warm.push_back(millis_since(start));
  }
  std::sort(warm.begin(), warm.end());
  fmt::print("{} {:.2f} {:.2f}\n", files, cold, warm[warm.size() / 2]);
  return {};
}

Result<void> time_appends(const std::string& folder) {
  for (const char* name : {"large", "small"}) {
    auto lake = TRY(catalog::open_lake(folder));
    std::vector<double> times;
    for (int i = 0; i < 7; ++i) {
      ManifestCache cache;
      auto start = Time::now();
      TRY(append(lake, cache, name, 1'000'000 + i, 1));
      times.push_back(millis_since(start));
    }
    fmt::print("{} first {:.1f}", name, times[0]);
    std::sort(times.begin(), times.end());
    fmt::print(" median {:.1f}\n", times[times.size() / 2]);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Result<void> result = invalid_input("usage: plan_bench make|plan|append LAKE");
  if (argc == 3) {
    std::string verb = argv[1];
    if (verb == "make") result = make_lake(argv[2]);
    if (verb == "plan") result = time_plans(argv[2]);
    if (verb == "append") result = time_appends(argv[2]);
  }
  if (result) return 0;
  fmt::print(stderr, "{}\n", describe(result.error()));
  return 1;
}
