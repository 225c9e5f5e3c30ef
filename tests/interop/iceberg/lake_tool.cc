// SPDX-License-Identifier: Apache-2.0
// What the interop tests ask of our side, as a program.
//   lake_tool plan LAKE TABLE   reads filters from standard input, one JSON a line; answers each
//                               with {"files": [{"path", "deletes": […]}]}
//   lake_tool run LAKE          reads steps (lake_steps.h) from standard input, one JSON a line
#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "catalog/open_lake.h"
#include "filter_json.h"
#include "iceberg/scan/plan.h"
#include "lake_steps.h"

namespace {

using namespace tarn;
namespace json = boost::json;

json::value plan_json(const iceberg::ScanPlan& plan) {
  json::array files;
  for (const auto& file : plan.files) {
    json::array deletes;
    for (const auto& entry : file.deletes) deletes.emplace_back(entry->file.path);
    files.push_back({{"path", file.data->file.path}, {"deletes", std::move(deletes)}});
  }
  return {{"files", std::move(files)}};
}

Result<int> plan_filters(const std::string& folder, const std::string& name) {
  auto lake = TRY(catalog::open_lake(folder));
  auto table = TRY(lake.catalog->load_table(interop::identifier_of(name)));
  const auto& schema = table.metadata->schema();
  iceberg::ManifestCache cache;
  for (std::string line; std::getline(std::cin, line);) {
    iceberg::ScanRequest request;
    request.filter = TRY(with_context(interop::filter_from_json(line, schema), line));
    auto plan = TRY(iceberg::plan_scan(*lake.store, cache, *table.metadata,
                                       table.metadata->current_snapshot(), schema, request));
    std::puts(write_json(plan_json(plan)).c_str());
  }
  return 0;
}

Result<int> run_steps(const std::string& folder) {
  auto lake = TRY(catalog::open_lake(folder, {.setup = catalog::CatalogSetup::CreateIfMissing}));
  iceberg::ManifestCache cache;
  for (std::string line; std::getline(std::cin, line);) {
    TRY(with_context(interop::run_step(lake, cache, line), line));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  Result<int> result = invalid_input("usage: lake_tool plan LAKE TABLE");
  if (words.size() == 3 && words[0] == "plan") result = plan_filters(words[1], words[2]);
  if (words.size() == 2 && words[0] == "run") result = run_steps(words[1]);
  if (result) return *result;
  std::fprintf(stderr, "%s\n", describe(result.error()).c_str());
  return 1;
}
