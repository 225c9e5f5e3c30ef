// SPDX-License-Identifier: Apache-2.0
#include "catalog/table_maintenance.h"

#include <algorithm>
#include <set>

#include "iceberg/table_properties.h"
#include "storage/store.h"

namespace tarn::catalog {
namespace {

// The state that the table will have, as far as reachability of files goes.
iceberg::TableMetadata without_snapshots(const iceberg::TableMetadata& metadata,
                                         const std::vector<iceberg::SnapshotId>& ids) {
  iceberg::TableMetadata after = metadata;
  std::set<iceberg::SnapshotId> gone(ids.begin(), ids.end());
  std::erase_if(after.snapshots,
                [&](const iceberg::Snapshot& snapshot) { return gone.contains(snapshot.id); });
  return after;
}

std::vector<std::string> all_locations(const iceberg::ReachableFiles& files) {
  std::vector<std::string> locations;
  for (const auto* part :
       {&files.content, &files.manifests, &files.manifest_lists, &files.statistics}) {
    locations.insert(locations.end(), part->begin(), part->end());
  }
  return locations;
}

// Another table inside this one's folder would look like orphans.
Result<void> check_no_table_inside(iceberg::Catalog& catalog, const iceberg::LoadedTable& table) {
  const std::string folder = storage::normalize_location(table.metadata->location) + "/";
  for (const auto& space : TRY(catalog.list_all_namespaces())) {
    for (const auto& other : TRY(catalog.list_tables(space))) {
      if (other == table.identifier) continue;
      auto loaded = catalog.load_table(other);
      if (!loaded) {
        return unavailable("cannot tell whether `{}` lies inside this table's folder: {}",
                           to_string(other), describe(loaded.error()));
      }
      const std::string location = storage::normalize_location(loaded->metadata->location) + "/";
      if (location.starts_with(folder)) {
        return unsupported(
            "table `{}` lies inside this table's folder: its files would be taken for orphans",
            to_string(other));
      }
    }
  }
  return {};
}

}  // namespace

Result<ExpiryReport> expire_table_snapshots(const iceberg::CommitEnvironment& environment,
                                            const iceberg::LoadedTable& table,
                                            const iceberg::ExpireOptions& options, Act act) {
  ExpiryReport report;
  const std::int64_t now_ms = environment.clock->now_micros() / 1'000;
  report.expired = TRY(iceberg::choose_expired(*table.metadata, options, now_ms));
  iceberg::TableMetadata after = without_snapshots(*table.metadata, report.expired.snapshots);
  const bool nothing = report.expired.snapshots.empty() && report.expired.refs.empty();
  if (act == Act::Do && !nothing) {
    iceberg::Transaction transaction(environment);
    transaction.table(table).expire_snapshots(options);
    after = *TRY(transaction.commit()).front().metadata;
  }
  report.files = TRY(iceberg::collect_unreachable(*environment.store, *table.metadata, after,
                                                  {.cancel = environment.cancel}));
  if (act == Act::Do) TRY(environment.store->remove_many(all_locations(report.files)));
  return report;
}

Result<std::vector<iceberg::OrphanFile>> remove_table_orphans(
    const iceberg::CommitEnvironment& environment, const iceberg::LoadedTable& table,
    std::int64_t older_than_micros, Act act) {
  if (!iceberg::read_property(table.metadata->properties, iceberg::property::kGcEnabled)) {
    return denied("the table has gc.enabled = false: its files may belong to other tables");
  }
  TRY(check_no_table_inside(*environment.catalog, table));
  auto orphans =
      TRY(iceberg::find_orphan_files(*environment.store, *table.metadata, table.metadata_location,
                                     older_than_micros, {.cancel = environment.cancel}));
  if (act == Act::Do && !orphans.empty()) {
    std::vector<std::string> locations;
    for (const auto& orphan : orphans) locations.push_back(orphan.location);
    TRY(environment.store->remove_many(locations));
  }
  return orphans;
}

}  // namespace tarn::catalog
