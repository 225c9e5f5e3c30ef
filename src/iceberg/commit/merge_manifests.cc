// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "iceberg/commit/snapshot_build.h"
#include "iceberg/table_properties.h"

namespace tarn::iceberg {

namespace {

using Bin = std::vector<ManifestFile>;

// Neighbors go into one bin up to the size, counted from the end, so that the bin which is not full
// is the first: it is merged next time.
std::vector<Bin> pack_from_end(const std::vector<ManifestFile>& manifests, std::int64_t target) {
  std::vector<Bin> bins;
  Bin bin;
  std::int64_t size = 0;
  for (auto manifest = manifests.rbegin(); manifest != manifests.rend(); ++manifest) {
    if (!bin.empty() && size + manifest->length > target) {
      bins.push_back(std::move(bin));
      bin.clear();
      size = 0;
    }
    bin.push_back(*manifest);
    size += manifest->length;
  }
  if (!bin.empty()) bins.push_back(std::move(bin));
  std::reverse(bins.begin(), bins.end());
  for (Bin& part : bins) std::reverse(part.begin(), part.end());
  return bins;
}

std::string bin_key(const Bin& bin) {
  std::string key;
  for (const ManifestFile& manifest : bin) key += reuse_key(manifest);
  return key;
}

// Entries of this commit keep their status; what others did becomes existing or goes.
Result<void> copy_entries(const BuildContext& context, const ManifestFile& manifest,
                          SnapshotId snapshot_id, ManifestSplitter& splitter) {
  if (manifest.added_snapshot_id != snapshot_id) {
    const auto entries = TRY(entries_of(context, manifest));
    for (ManifestEntry entry : *entries) {
      entry.status = EntryStatus::Existing;
      TRY(splitter.add(entry));
    }
    return {};
  }
  for (ManifestEntry& entry : TRY(read_manifest(*context.environment.store, manifest,
                                                context.metadata, {.live_only = false}))) {
    if (entry.status == EntryStatus::Added) {
      // Not yet known: the commit gives it.
      if (entry.sequence_number == kUnassignedSequenceNumber) entry.sequence_number.reset();
      entry.file_sequence_number.reset();
    }
    TRY(splitter.add(entry));
  }
  return {};
}

Result<std::vector<ManifestFile>> merge_bin(const BuildContext& context, const Bin& bin,
                                            ManifestContent content, SnapshotId snapshot_id,
                                            MergedManifests& merged) {
  const std::string key = bin_key(bin);
  const auto known = merged.find(key);
  if (known != merged.end()) return known->second;
  ManifestSplitter splitter =
      TRY(ManifestSplitter::make(context, bin.front().partition_spec_id, content, snapshot_id));
  for (const ManifestFile& manifest : bin) {
    TRY(copy_entries(context, manifest, snapshot_id, splitter));
  }
  auto result = TRY(splitter.finish());
  // New entries of this snapshot inherit whatever the commit gives; those of other snapshots of the
  // transaction do not.
  const bool reusable = std::all_of(bin.begin(), bin.end(), [&](const ManifestFile& manifest) {
    return manifest.added_snapshot_id == snapshot_id || is_settled(context, manifest);
  });
  if (reusable) merged.emplace(key, result);
  return result;
}

}  // namespace

Result<std::vector<ManifestFile>> merge_manifests(const BuildContext& context,
                                                  std::vector<ManifestFile> manifests,
                                                  ManifestContent content, SnapshotId snapshot_id,
                                                  MergedManifests& merged) {
  const Properties& properties = context.metadata.properties;
  if (!read_property(properties, property::kManifestMerge) || manifests.size() < 2) {
    return manifests;
  }
  const std::int64_t target = TRY(read_property(properties, property::kManifestTargetBytes));
  const std::int64_t min_count = TRY(read_property(properties, property::kManifestMinCount));
  // Newest spec first, as its manifests are.
  std::map<int, std::vector<ManifestFile>, std::greater<>> by_spec;
  for (ManifestFile& manifest : manifests) {
    by_spec[manifest.partition_spec_id].push_back(std::move(manifest));
  }
  std::vector<ManifestFile> result;
  for (const auto& [spec_id, group] : by_spec) {
    bool first_bin = true;
    for (const Bin& bin : pack_from_end(group, target)) {
      const bool wait = first_bin && static_cast<std::int64_t>(bin.size()) < min_count;
      first_bin = false;
      if (bin.size() == 1 || wait) {
        result.insert(result.end(), bin.begin(), bin.end());
        continue;
      }
      for (ManifestFile& manifest : TRY(merge_bin(context, bin, content, snapshot_id, merged))) {
        result.push_back(std::move(manifest));
      }
    }
  }
  return result;
}

}  // namespace tarn::iceberg
