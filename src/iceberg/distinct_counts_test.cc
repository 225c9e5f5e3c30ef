// SPDX-License-Identifier: Apache-2.0
#include "iceberg/distinct_counts.h"

#include <doctest/doctest.h>

namespace tarn::iceberg {

namespace {

StatisticsFile counted(std::int64_t snapshot, std::vector<std::pair<int, std::string>> counts) {
  StatisticsFile file;
  file.snapshot_id = SnapshotId(snapshot);
  for (const auto& [field, count] : counts) {
    BlobMetadata blob;
    blob.type = "apache-datasketches-theta-v1";
    blob.fields = {field};
    blob.properties["ndv"] = count;
    file.blobs.push_back(std::move(blob));
  }
  return file;
}

}  // namespace

TEST_CASE("counts of different values come from the nearest counted snapshot") {
  TableMetadata metadata;
  for (const std::int64_t id : {1, 2, 3}) {
    Snapshot snapshot;
    snapshot.id = SnapshotId(id);
    if (id > 1) snapshot.parent_id = SnapshotId(id - 1);
    metadata.snapshots.push_back(std::move(snapshot));
  }
  metadata.current_snapshot_id = SnapshotId(3);
  CHECK(distinct_counts(metadata).empty());
  metadata.statistics = {counted(1, {{1, "10"}, {2, "20"}}), counted(2, {{1, "11"}, {3, "x"}}),
                         counted(9, {{1, "99"}, {4, "4"}})};
  CHECK(distinct_counts(metadata) == std::map<int, std::int64_t>{{1, 11}, {2, 20}});
  metadata.current_snapshot_id = SnapshotId(1);
  CHECK(distinct_counts(metadata) == std::map<int, std::int64_t>{{1, 10}, {2, 20}});
}

}  // namespace tarn::iceberg
