// SPDX-License-Identifier: Apache-2.0
// What the interop tests ask of our side, as a program.
//   lake_tool plan LAKE TABLE   reads filters from standard input, one JSON a line; answers each
//                               with {"files": [{"path", "deletes": […]}]}
#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "catalog/open_lake.h"
#include "filter_json.h"
#include "iceberg/scan/plan.h"

namespace {

using namespace tarn;
namespace json = boost::json;

iceberg::TableIdentifier identifier_of(const std::string& name) {
  iceberg::TableIdentifier table;
  for (auto part : split(name, '.')) table.space.levels.emplace_back(part);
  table.name = table.space.levels.back();
  table.space.levels.pop_back();
  return table;
}

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
  auto table = TRY(lake.catalog->load_table(identifier_of(name)));
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

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  Result<int> result = invalid_input("usage: lake_tool plan LAKE TABLE");
  if (words.size() == 3 && words[0] == "plan") result = plan_filters(words[1], words[2]);
  if (result) return *result;
  std::fprintf(stderr, "%s\n", describe(result.error()).c_str());
  return 1;
}
