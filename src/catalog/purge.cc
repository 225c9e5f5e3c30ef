// SPDX-License-Identifier: Apache-2.0
#include "catalog/purge.h"

#include <set>
#include <vector>

#include "iceberg/reachable_files.h"
#include "iceberg/table_properties.h"

namespace tarn::catalog {

Result<void> purge_table_files(storage::Store& store, const iceberg::TableMetadata& metadata,
                               const std::string& metadata_location) {
  const auto snapshots = iceberg::all_snapshots(metadata);
  const auto reachable = TRY(iceberg::collect_reachable(store, metadata, snapshots));
  std::vector<std::string> locations;
  const auto add = [&locations](const std::set<std::string>& more) {
    locations.insert(locations.end(), more.begin(), more.end());
  };
  if (iceberg::read_property(metadata.properties, iceberg::property::kGcEnabled)) {
    add(reachable.content);
  }
  add(reachable.manifests);
  add(reachable.manifest_lists);
  add(reachable.statistics);
  for (const auto& entry : metadata.metadata_log) locations.push_back(entry.metadata_file);
  auto removed = store.remove_many(locations);
  auto last = store.remove(metadata_location);
  return removed ? last : removed;
}

}  // namespace tarn::catalog
