// SPDX-License-Identifier: Apache-2.0
// Which delete files apply to which data file. Spec: "Scan Planning", the rules on sequence
// numbers, partitions and paths.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "iceberg/data_file.h"
#include "iceberg/table_metadata.h"

namespace tarn::iceberg {

using SharedEntry = std::shared_ptr<const ManifestEntry>;

// Immutable after build(): thread-safe.
class DeleteIndex {
 public:
  // Two deletion vectors for one data file are ErrorCode::Corrupt.
  static Result<DeleteIndex> build(std::vector<SharedEntry> deletes, const TableMetadata& metadata);

  bool empty() const { return empty_; }
  // The deletes of one data file: a deletion vector alone with equality deletes, or position
  // deletes with equality deletes, each kind by ascending sequence number.
  std::vector<SharedEntry> deletes_of(const ManifestEntry& data) const;

 private:
  // Ascending by data sequence number.
  using Group = std::vector<SharedEntry>;
  struct PartitionKey {
    int spec_id = 0;
    PartitionTuple partition;
    bool operator==(const PartitionKey&) const = default;
  };
  struct PartitionKeyHash {
    std::size_t operator()(const PartitionKey& key) const;
  };

  Result<void> add(SharedEntry entry, const TableMetadata& metadata);
  void sort();

  bool empty_ = true;
  std::unordered_map<std::string, SharedEntry> vectors_;      // by data file
  std::unordered_map<std::string, Group> positions_by_path_;  // deletes of one data file
  std::unordered_map<PartitionKey, Group, PartitionKeyHash> positions_by_partition_;
  std::unordered_map<PartitionKey, Group, PartitionKeyHash> equalities_by_partition_;
  Group global_equalities_;
};

// The one data file that a position delete file is about: by its reference, or by equal full bounds
// of its paths; "" when it may be about several.
std::string_view single_referenced_file(const DataFile& deletes);

}  // namespace tarn::iceberg
