// SPDX-License-Identifier: Apache-2.0
#include "iceberg/distinct_counts.h"

#include "base/text.h"

namespace tarn::iceberg {

namespace {

void add_counts(const StatisticsFile& file, std::map<int, std::int64_t>& counts) {
  for (const auto& blob : file.blobs) {
    if (blob.type != "apache-datasketches-theta-v1" || blob.fields.size() != 1) continue;
    const auto text = blob.properties.find("ndv");
    if (text == blob.properties.end()) continue;
    const auto count = parse_int64(text->second);
    if (count && *count >= 0) counts.emplace(blob.fields[0], *count);
  }
}

}  // namespace

std::map<int, std::int64_t> distinct_counts(const TableMetadata& metadata) {
  std::map<int, std::int64_t> counts;
  if (metadata.statistics.empty()) return counts;
  const Snapshot* snapshot = metadata.current_snapshot();
  // No more steps than snapshots, whatever the parents are.
  for (std::size_t step = 0; snapshot != nullptr && step < metadata.snapshots.size(); ++step) {
    for (const auto& file : metadata.statistics) {
      if (file.snapshot_id == snapshot->id) add_counts(file, counts);
    }
    snapshot = snapshot->parent_id ? metadata.find_snapshot(*snapshot->parent_id) : nullptr;
  }
  return counts;
}

}  // namespace tarn::iceberg
