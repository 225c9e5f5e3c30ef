// SPDX-License-Identifier: Apache-2.0
#include "iceberg/reachable_files.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/parallel.h"
#include "iceberg/manifest_io.h"
#include "iceberg/metadata_io.h"
#include "iceberg/table_properties.h"
#include "storage/store.h"

namespace tarn::iceberg {
namespace {

using storage::normalize_location;

using ManifestsByPath = std::map<std::string, ManifestFile>;

// Lists of several snapshots at once; most manifests stand in many of them.
Result<ManifestsByPath> read_all_lists(storage::Store& store,
                                       std::span<const Snapshot* const> snapshots,
                                       const ReachOptions& options, ReachableFiles& files) {
  ManifestsByPath manifests;
  std::mutex mutex;
  TRY(parallel_for(snapshots.size(), options.threads, [&](std::size_t i) -> Result<void> {
    if (options.cancel != nullptr) TRY(options.cancel->check());
    auto list = TRY(read_manifests(store, *snapshots[i]));
    std::lock_guard lock(mutex);
    if (!snapshots[i]->manifest_list.empty()) {
      files.manifest_lists.insert(normalize_location(snapshots[i]->manifest_list));
    }
    for (auto& manifest : list) {
      std::string path = normalize_location(manifest.path);
      manifests.emplace(std::move(path), std::move(manifest));
    }
    return {};
  }));
  return manifests;
}

Result<void> read_content(storage::Store& store, const TableMetadata& metadata,
                          const ManifestsByPath& manifests, const ReachOptions& options,
                          ReachableFiles& files) {
  std::vector<const ManifestFile*> list;
  for (const auto& [path, manifest] : manifests) {
    files.manifests.insert(path);
    list.push_back(&manifest);
  }
  std::mutex mutex;
  return parallel_for(list.size(), options.threads, [&](std::size_t i) -> Result<void> {
    if (options.cancel != nullptr) TRY(options.cancel->check());
    auto entries = TRY(read_manifest(store, *list[i], metadata));
    std::vector<std::string> paths;
    paths.reserve(entries.size());
    for (const auto& entry : entries) paths.push_back(normalize_location(entry.file.path));
    std::lock_guard lock(mutex);
    files.content.insert(paths.begin(), paths.end());
    return {};
  });
}

void add_statistics(const TableMetadata& metadata, std::span<const Snapshot* const> snapshots,
                    ReachableFiles& files) {
  std::set<SnapshotId> ids;
  for (const auto* snapshot : snapshots) ids.insert(snapshot->id);
  for (const auto& file : metadata.statistics) {
    if (ids.contains(file.snapshot_id)) files.statistics.insert(normalize_location(file.path));
  }
  for (const auto& file : metadata.partition_statistics) {
    if (ids.contains(file.snapshot_id)) files.statistics.insert(normalize_location(file.path));
  }
}

void subtract(std::set<std::string>& from, const std::set<std::string>& other) {
  std::erase_if(from, [&](const std::string& location) { return other.contains(location); });
}

// The folders that the table writes to, none inside another.
std::vector<std::string> table_folders(const TableMetadata& metadata) {
  std::vector<std::string> folders = {normalize_location(metadata.location)};
  for (const auto& text : {read_property(metadata.properties, property::kDataPath),
                           read_property(metadata.properties, property::kMetadataPath)}) {
    if (text.empty()) continue;
    std::string folder = normalize_location(text);
    bool inside = std::any_of(folders.begin(), folders.end(), [&](const std::string& other) {
      return folder == other || folder.starts_with(other + "/");
    });
    if (!inside) folders.push_back(folder);
  }
  return folders;
}

std::set<std::string> metadata_files(const TableMetadata& metadata,
                                     const std::string& metadata_location) {
  std::set<std::string> files = {normalize_location(metadata_location)};
  for (const auto& entry : metadata.metadata_log) {
    files.insert(normalize_location(entry.metadata_file));
  }
  // Hints of catalogs that find the newest metadata by name.
  files.insert(normalize_location(metadata_folder(metadata) + "/version-hint.text"));
  return files;
}

}  // namespace

bool ReachableFiles::contains(const std::string& location) const {
  return content.contains(location) || manifests.contains(location) ||
         manifest_lists.contains(location) || statistics.contains(location);
}

std::size_t ReachableFiles::size() const {
  return content.size() + manifests.size() + manifest_lists.size() + statistics.size();
}

std::vector<const Snapshot*> all_snapshots(const TableMetadata& metadata) {
  std::vector<const Snapshot*> snapshots;
  for (const auto& snapshot : metadata.snapshots) snapshots.push_back(&snapshot);
  return snapshots;
}

Result<ReachableFiles> collect_reachable(storage::Store& store, const TableMetadata& metadata,
                                         std::span<const Snapshot* const> snapshots,
                                         const ReachOptions& options) {
  ReachableFiles files;
  auto manifests = TRY(read_all_lists(store, snapshots, options, files));
  TRY(read_content(store, metadata, manifests, options, files));
  add_statistics(metadata, snapshots, files);
  return files;
}

Result<ReachableFiles> collect_unreachable(storage::Store& store, const TableMetadata& before,
                                           const TableMetadata& after,
                                           const ReachOptions& options) {
  std::vector<const Snapshot*> removed;
  for (const auto& snapshot : before.snapshots) {
    if (after.find_snapshot(snapshot.id) == nullptr) removed.push_back(&snapshot);
  }
  ReachableFiles gone;
  if (removed.empty()) return gone;
  std::vector<const Snapshot*> kept = all_snapshots(after);
  ReachableFiles needed;
  auto gone_manifests = TRY(read_all_lists(store, removed, options, gone));
  auto kept_manifests = TRY(read_all_lists(store, kept, options, needed));
  std::erase_if(gone_manifests,
                [&](const auto& item) { return kept_manifests.contains(item.first); });
  TRY(read_content(store, before, gone_manifests, options, gone));
  // Live files of the manifests that go may stand in others that stay: a rewrite of manifests, a
  // cherry-picked snapshot, another branch.
  if (!gone.content.empty()) TRY(read_content(store, after, kept_manifests, options, needed));
  add_statistics(before, removed, gone);
  add_statistics(after, kept, needed);
  subtract(gone.content, needed.content);
  subtract(gone.manifest_lists, needed.manifest_lists);
  subtract(gone.statistics, needed.statistics);
  return gone;
}

Result<std::vector<OrphanFile>> find_orphan_files(storage::Store& store,
                                                  const TableMetadata& metadata,
                                                  const std::string& metadata_location,
                                                  std::int64_t older_than_micros,
                                                  const ReachOptions& options) {
  auto snapshots = all_snapshots(metadata);
  ReachableFiles needed = TRY(collect_reachable(store, metadata, snapshots, options));
  std::set<std::string> own = metadata_files(metadata, metadata_location);
  std::vector<OrphanFile> orphans;
  for (const auto& folder : table_folders(metadata)) {
    TRY(store.list(folder, [&](const storage::ObjectInfo& object) -> Result<void> {
      if (options.cancel != nullptr) TRY(options.cancel->check());
      std::string location = normalize_location(object.location);
      bool old = object.modified_micros < older_than_micros;
      if (old && !needed.contains(location) && !own.contains(location)) {
        orphans.push_back({std::move(location), object.size, object.modified_micros});
      }
      return {};
    }));
  }
  std::sort(orphans.begin(), orphans.end(),
            [](const auto& a, const auto& b) { return a.location < b.location; });
  return orphans;
}

}  // namespace tarn::iceberg
