// SPDX-License-Identifier: Apache-2.0
#include "iceberg/catalog.h"

#include <algorithm>

#include "base/text.h"

namespace tarn::iceberg {

std::string to_string(const Namespace& space) { return join(space.levels, "."); }

std::string to_string(const TableIdentifier& table) {
  return to_string(table.space) + "." + table.name;
}

namespace {

constexpr std::size_t kLevelsMax = 64;

Result<void> add_namespaces(Catalog& catalog, const std::optional<Namespace>& parent,
                            std::vector<Namespace>& all) {
  for (const auto& space : TRY(catalog.list_namespaces(parent))) {
    if (space.levels.size() > kLevelsMax) return corrupt("namespaces are nested too deeply");
    all.push_back(space);
    TRY(add_namespaces(catalog, space, all));
  }
  return {};
}

}  // namespace

Result<std::vector<Namespace>> Catalog::list_all_namespaces() {
  std::vector<Namespace> all;
  TRY(add_namespaces(*this, std::nullopt, all));
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace tarn::iceberg
