// SPDX-License-Identifier: Apache-2.0
#include "iceberg/manifest_cache.h"

#include <fmt/core.h>

#include "iceberg/manifest_io.h"

namespace tarn::iceberg {
namespace {

std::size_t estimated_bytes(const ManifestEntry& entry) {
  const DataFile& file = entry.file;
  constexpr std::size_t kPair = 16;
  std::size_t bytes = sizeof(ManifestEntry) + file.path.size();
  bytes += (file.column_sizes.size() + file.value_counts.size() + file.null_value_counts.size() +
            file.nan_value_counts.size()) *
           kPair;
  bytes += (file.lower_bounds.size() + file.upper_bounds.size()) * (sizeof(std::string) + 8);
  bytes += file.partition.values.size() * sizeof(Value) + file.split_offsets.size() * 8;
  return bytes;
}

}  // namespace

std::shared_ptr<const void> ManifestCache::find(const std::string& key) {
  std::lock_guard lock(mutex_);
  auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  slots_.splice(slots_.begin(), slots_, found->second);
  return found->second->value;
}

void ManifestCache::keep(const std::string& key, std::shared_ptr<const void> value,
                         std::size_t bytes) {
  std::lock_guard lock(mutex_);
  if (bytes > bytes_max_ || by_key_.contains(key)) return;
  slots_.push_front({key, std::move(value), bytes});
  by_key_[key] = slots_.begin();
  bytes_ += bytes;
  while (bytes_ > bytes_max_) {
    bytes_ -= slots_.back().bytes;
    by_key_.erase(slots_.back().key);
    slots_.pop_back();
  }
}

std::size_t ManifestCache::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

Result<std::shared_ptr<const ManifestEntries>> ManifestCache::entries(
    storage::Store& store, const ManifestFile& manifest, const TableMetadata& metadata) {
  // First row ids are inherited from the list entry, and a table's upgrade to v3 sets them later.
  std::string key = fmt::format("{}\n{}", manifest.path, manifest.first_row_id.value_or(-1));
  if (auto found = find(key)) return std::static_pointer_cast<const ManifestEntries>(found);
  auto entries =
      std::make_shared<const ManifestEntries>(TRY(read_manifest(store, manifest, metadata)));
  std::size_t bytes = key.size();
  for (const auto& entry : *entries) bytes += estimated_bytes(entry);
  keep(key, entries, bytes);
  return entries;
}

Result<std::shared_ptr<const ManifestFiles>> ManifestCache::manifests(storage::Store& store,
                                                                      const Snapshot& snapshot) {
  if (snapshot.manifest_list.empty()) {
    return std::make_shared<const ManifestFiles>(TRY(read_manifests(store, snapshot)));
  }
  const std::string& key = snapshot.manifest_list;
  if (auto found = find(key)) return std::static_pointer_cast<const ManifestFiles>(found);
  auto files = std::make_shared<const ManifestFiles>(TRY(read_manifests(store, snapshot)));
  std::size_t bytes = key.size();
  for (const auto& file : *files) {
    bytes += sizeof(ManifestFile) + file.path.size() +
             (file.partitions ? file.partitions->size() * sizeof(PartitionSummary) : 0);
  }
  keep(key, files, bytes);
  return files;
}

}  // namespace tarn::iceberg
