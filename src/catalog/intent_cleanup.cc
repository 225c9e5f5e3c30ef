// SPDX-License-Identifier: Apache-2.0
#include "catalog/intent_cleanup.h"

#include <set>
#include <utility>

#include "catalog/write_owner.h"
#include "iceberg/reachable_files.h"

namespace tarn::catalog {

namespace {

using iceberg::LoadedTable;
using iceberg::Namespace;
using iceberg::WriteIntent;

bool is_dead(const WriteIntent& intent, std::int64_t now_ms, std::int64_t silence_max_ms) {
  switch (look_at_owner(intent.owner)) {
    case OwnerState::Alive:
      return false;
    case OwnerState::Dead:
      return true;
    case OwnerState::Elsewhere:
      return now_ms - intent.heartbeat_ms > silence_max_ms;
  }
  return false;
}

// The table that now lives at this location, under whatever name.
Result<std::optional<LoadedTable>> find_by_location(iceberg::Catalog& catalog,
                                                    const std::string& location) {
  for (const auto& space : TRY(catalog.list_all_namespaces())) {
    for (const auto& table : TRY(catalog.list_tables(space))) {
      auto loaded = TRY(catalog.load_table(table));
      if (storage::normalize_location(loaded.metadata->location) == location) {
        return std::optional<LoadedTable>(std::move(loaded));
      }
    }
  }
  return std::optional<LoadedTable>();
}

Result<std::optional<LoadedTable>> load_target(iceberg::Catalog& catalog,
                                               const WriteIntent& intent) {
  const auto location = storage::normalize_location(intent.table_location);
  auto loaded = catalog.load_table(intent.table);
  if (loaded && storage::normalize_location(loaded->metadata->location) == location) {
    return std::optional<LoadedTable>(std::move(*loaded));
  }
  if (!loaded && loaded.error().code != ErrorCode::NotFound) return std::move(loaded).error();
  // Never created, renamed, dropped, or dropped and made again.
  return find_by_location(catalog, location);
}

// All locations that the table's present state names, in normal form.
Result<iceberg::ReachableFiles> named_files(storage::Store& store, const LoadedTable& table) {
  const auto snapshots = iceberg::all_snapshots(*table.metadata);
  auto named = TRY(iceberg::collect_reachable(store, *table.metadata, snapshots));
  // Statistics of a snapshot that is gone are named all the same.
  for (const auto& file : table.metadata->statistics) {
    named.statistics.insert(storage::normalize_location(file.path));
  }
  for (const auto& file : table.metadata->partition_statistics) {
    named.statistics.insert(storage::normalize_location(file.path));
  }
  for (const auto& entry : table.metadata->metadata_log) {
    named.manifest_lists.insert(storage::normalize_location(entry.metadata_file));
  }
  named.manifest_lists.insert(storage::normalize_location(table.metadata_location));
  return named;
}

Result<std::set<std::string>> files_of_intent(storage::Store& store, const WriteIntent& intent) {
  std::set<std::string> files;
  for (const auto& folder : intent.folders) {
    TRY(store.list(folder, [&](const storage::ObjectInfo& object) -> Result<void> {
      if (storage::location_name(object.location).find(intent.id) != std::string_view::npos) {
        files.insert(storage::normalize_location(object.location));
      }
      return {};
    }));
  }
  return files;
}

Result<void> clean_intent(iceberg::Catalog& catalog, storage::Store& store,
                          const WriteIntent& intent, CleanupReport& report) {
  const auto files = TRY(files_of_intent(store, intent));
  std::vector<std::string> removed;
  if (!files.empty()) {
    const auto target = TRY(load_target(catalog, intent));
    iceberg::ReachableFiles named;
    if (target) named = TRY(named_files(store, *target));
    for (const auto& file : files) {
      (named.contains(file) ? report.kept_files : removed).push_back(file);
    }
  }
  TRY(store.remove_many(removed));
  report.removed_files.insert(report.removed_files.end(), removed.begin(), removed.end());
  return {};
}

}  // namespace

Result<void> abandon_write(storage::Store& store, iceberg::WriteIntents& intents,
                           const iceberg::WriteIntent& intent) {
  const auto files = TRY(files_of_intent(store, intent));
  TRY(store.remove_many(std::vector<std::string>(files.begin(), files.end())));
  return intents.finish(intent.id);
}

Result<CleanupReport> clean_dead_intents(iceberg::Catalog& catalog, storage::Store& store,
                                         iceberg::WriteIntents& intents, Clock& clock,
                                         const CleanupOptions& options) {
  CleanupReport report;
  for (const auto& intent : TRY(intents.list())) {
    if (options.table && intent.table != *options.table) continue;
    if (!is_dead(intent, clock.now_micros() / 1'000, options.silence_max_ms)) continue;
    if (!TRY(intents.condemn(intent))) continue;
    TRY(with_context(clean_intent(catalog, store, intent, report),
                     fmt::format("while removing the files of the dead write `{}` to `{}`",
                                 intent.id, to_string(intent.table))));
    TRY(intents.finish(intent.id));
    report.dead.push_back(intent);
  }
  return report;
}

}  // namespace tarn::catalog
