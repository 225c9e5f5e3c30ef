// SPDX-License-Identifier: Apache-2.0
// Table and partition statistics as the metadata lists them. Spec: "Table Statistics", "Partition
// Statistics". The files themselves are not read here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "iceberg/snapshot.h"

namespace tarn::iceberg {

struct BlobMetadata {
  std::string type;  // such as `apache-datasketches-theta-v1`
  SnapshotId snapshot_id;
  std::int64_t sequence_number = 0;
  std::vector<int> fields;
  std::map<std::string, std::string> properties;  // such as `ndv`
  std::string extra;                              // unknown JSON members, "" = none

  bool operator==(const BlobMetadata&) const = default;
};

// At most one per snapshot.
struct StatisticsFile {
  SnapshotId snapshot_id;
  std::string path;
  std::int64_t file_size = 0;
  std::int64_t footer_size = 0;
  std::optional<std::string> key_metadata;
  std::vector<BlobMetadata> blobs;
  std::string extra;

  bool operator==(const StatisticsFile&) const = default;
};

// At most one per snapshot.
struct PartitionStatisticsFile {
  SnapshotId snapshot_id;
  std::string path;
  std::int64_t file_size = 0;
  std::string extra;

  bool operator==(const PartitionStatisticsFile&) const = default;
};

}  // namespace tarn::iceberg
