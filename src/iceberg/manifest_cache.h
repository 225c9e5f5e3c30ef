// SPDX-License-Identifier: Apache-2.0
// Manifests and manifest lists never change: once read, they stay in memory up to a limit.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "iceberg/data_file.h"
#include "iceberg/manifest.h"
#include "iceberg/table_metadata.h"

namespace tarn::storage {
class Store;
}

namespace tarn::iceberg {

using ManifestEntries = std::vector<ManifestEntry>;
using ManifestFiles = std::vector<ManifestFile>;

// Thread-safe. Two callers that miss at once both read; one result is kept.
class ManifestCache {
 public:
  // `bytes_max` bounds the estimated size of what is kept; the least recently used goes first.
  explicit ManifestCache(std::size_t bytes_max = std::size_t{128} << 20) : bytes_max_(bytes_max) {}

  // Live entries, as read_manifest() gives them.
  Result<std::shared_ptr<const ManifestEntries>> entries(storage::Store& store,
                                                         const ManifestFile& manifest,
                                                         const TableMetadata& metadata);
  // As read_manifests() gives them.
  Result<std::shared_ptr<const ManifestFiles>> manifests(storage::Store& store,
                                                         const Snapshot& snapshot);

  std::size_t bytes() const;

 private:
  struct Slot {
    std::string key;
    std::shared_ptr<const void> value;
    std::size_t bytes = 0;
  };
  std::shared_ptr<const void> find(const std::string& key);
  void keep(const std::string& key, std::shared_ptr<const void> value, std::size_t bytes);

  mutable std::mutex mutex_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::list<Slot> slots_;  // most recently used first
  std::unordered_map<std::string, std::list<Slot>::iterator> by_key_;
};

}  // namespace tarn::iceberg
