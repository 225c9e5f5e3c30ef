// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/remove_files.h"

#include "base/parallel.h"
#include "iceberg/metrics.h"
#include "iceberg/scan/delete_index.h"

namespace tarn::iceberg {

namespace {

// The filter that only this partition passes.
Expression partition_filter(const PartitionSpec& spec, const PartitionTuple& tuple) {
  Expression filter = always_true();
  for (std::size_t i = 0; i < spec.fields.size() && i < tuple.values.size(); ++i) {
    const Value& value = tuple.values[i];
    const int id = spec.fields[i].field_id;
    if (value.is_null()) {
      filter = both(std::move(filter), predicate(ExpressionKind::IsNull, id));
    } else if (value.is_nan()) {
      filter = both(std::move(filter), predicate(ExpressionKind::IsNan, id));
    } else {
      filter = both(std::move(filter), predicate(ExpressionKind::Equal, id, value));
    }
  }
  return filter;
}

// One manifest at a time, with what depends on its spec.
class EntryFilter {
 public:
  static Result<EntryFilter> make(const BuildContext& context, const Removal& removal,
                                  const ManifestFile& manifest) {
    EntryFilter filter(context, removal, manifest);
    filter.spec_ = context.metadata.find_spec(manifest.partition_spec_id);
    if (filter.spec_ == nullptr) {
      return corrupt("the table has no partition spec {}", manifest.partition_spec_id);
    }
    if (removal.where != nullptr) {
      filter.inclusive_ = TRY(project_inclusive(*removal.where, *filter.spec_, *removal.schema));
      filter.strict_ = TRY(project_strict(*removal.where, *filter.spec_, *removal.schema));
    }
    return filter;
  }

  // False if nothing of the manifest can go and nothing has to be checked.
  bool is_concerned() const {
    const TableMetadata& metadata = context_.metadata;
    if (!manifest_.may_have_live_files()) return false;
    if (removal_.whole_table) return true;
    if (removal_.older_than && manifest_.min_sequence_number < *removal_.older_than) return true;
    if (removal_.partitions_of_keys.may_be_in(metadata, manifest_)) return true;
    if (removal_.whole_partitions.may_be_in(metadata, manifest_)) return true;
    return removal_.where != nullptr &&
           may_match_manifest(inclusive_, *spec_, partition_type(metadata, *spec_), manifest_);
  }

  Result<bool> is_removed(const ManifestEntry& entry) const {
    const DataFile& file = entry.file;
    if (removal_.whole_table || removal_.keys.contains(file_key(file)) ||
        removal_.whole_partitions.contains(file.spec_id, file.partition)) {
      return true;
    }
    if (file.content != FileContent::Data) return is_useless_delete(entry);
    if (removal_.where == nullptr) return false;
    if (matches_partition(strict_, *spec_, file.partition, Doubt::NoMatch) ||
        must_match_file(*removal_.where, *removal_.schema, file)) {
      return true;
    }
    if (!matches_partition(inclusive_, *spec_, file.partition, Doubt::Match) ||
        !may_match_file(*removal_.where, *removal_.schema, file)) {
      return false;
    }
    return invalid_input("some but maybe not all rows of file `{}` match the filter", file.path);
  }

 private:
  EntryFilter(const BuildContext& context, const Removal& removal, const ManifestFile& manifest)
      : context_(context), removal_(removal), manifest_(manifest) {}

  Result<bool> is_useless_delete(const ManifestEntry& entry) const {
    const DataFile& file = entry.file;
    if (removal_.older_than && entry.sequence_number.value_or(0) < *removal_.older_than) {
      return true;
    }
    if (file.content != FileContent::PositionDeletes) return false;
    const std::string target(single_referenced_file(file));
    if (target.empty()) return false;
    if (removal_.removed_data.contains(target)) return true;
    if (file.is_deletion_vector() && removal_.vector_targets.contains(target)) {
      return conflict("data file `{}` has another deletion vector by now", target);
    }
    return false;
  }

  const BuildContext& context_;
  const Removal& removal_;
  const ManifestFile& manifest_;
  const PartitionSpec* spec_ = nullptr;
  Expression inclusive_;
  Expression strict_;
};

// Nothing if the manifest stays as it is.
Result<std::optional<FilteredManifest>> filter_entries(const BuildContext& context,
                                                       const ManifestFile& manifest,
                                                       const EntryFilter& filter,
                                                       const ManifestEntries& entries,
                                                       SnapshotId snapshot_id) {
  std::vector<bool> goes;
  goes.reserve(entries.size());
  bool any = false;
  for (const ManifestEntry& entry : entries) {
    goes.push_back(TRY(filter.is_removed(entry)));
    any = any || goes.back();
  }
  if (!any) return std::optional<FilteredManifest>();
  FilteredManifest result;
  ManifestSplitter splitter = TRY(
      ManifestSplitter::make(context, manifest.partition_spec_id, manifest.content, snapshot_id));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    ManifestEntry entry = entries[i];
    entry.status = goes[i] ? EntryStatus::Deleted : EntryStatus::Existing;
    if (goes[i]) result.removed.push_back(entry.file);
    TRY(splitter.add(entry));
  }
  result.manifests = TRY(splitter.finish());
  return std::optional<FilteredManifest>(std::move(result));
}

// What is known of one manifest: an earlier attempt's result, or its filter and entries to look at.
struct Looked {
  const FilteredManifest* known = nullptr;
  std::optional<EntryFilter> filter;
  std::shared_ptr<const ManifestEntries> entries;  // nullptr: nothing of it can go
};

// Reads all manifests that are concerned, several at once.
Result<std::vector<Looked>> look_at_manifests(const BuildContext& context,
                                              const std::vector<ManifestFile>& manifests,
                                              const Removal& removal,
                                              const FilteredManifests& filtered) {
  std::vector<Looked> looked(manifests.size());
  std::vector<std::size_t> concerned;
  for (std::size_t i = 0; i < manifests.size(); ++i) {
    const auto known = filtered.find(reuse_key(manifests[i]));
    if (known != filtered.end()) {
      looked[i].known = &known->second;
      continue;
    }
    looked[i].filter.emplace(TRY(EntryFilter::make(context, removal, manifests[i])));
    if (looked[i].filter->is_concerned()) concerned.push_back(i);
  }
  TRY(parallel_for(concerned.size(), context.environment.threads,
                   [&](std::size_t at) -> Result<void> {
                     const std::size_t i = concerned[at];
                     looked[i].entries = TRY(entries_of(context, manifests[i]));
                     return {};
                   }));
  return looked;
}

}  // namespace

bool Partitions::contains(int spec_id, const PartitionTuple& tuple) const {
  const auto found = by_spec_.find(spec_id);
  return found != by_spec_.end() && found->second.contains(tuple);
}

bool Partitions::may_be_in(const TableMetadata& metadata, const ManifestFile& manifest) const {
  const auto found = by_spec_.find(manifest.partition_spec_id);
  if (found == by_spec_.end()) return false;
  const PartitionSpec* spec = metadata.find_spec(manifest.partition_spec_id);
  if (spec == nullptr) return true;
  const Type partition = partition_type(metadata, *spec);
  for (const PartitionTuple& tuple : found->second) {
    if (may_match_manifest(partition_filter(*spec, tuple), *spec, partition, manifest)) {
      return true;
    }
  }
  return false;
}

Result<FilteredSet> filter_manifests(const BuildContext& context,
                                     const std::vector<ManifestFile>& manifests,
                                     const Removal& removal, SnapshotId snapshot_id,
                                     FilteredManifests& filtered) {
  FilteredSet result;
  const auto looked = TRY(look_at_manifests(context, manifests, removal, filtered));
  for (std::size_t i = 0; i < manifests.size(); ++i) {
    const ManifestFile& manifest = manifests[i];
    std::optional<FilteredManifest> lost;
    if (looked[i].known != nullptr) {
      lost = *looked[i].known;
    } else if (looked[i].entries != nullptr) {
      lost = TRY(
          filter_entries(context, manifest, *looked[i].filter, *looked[i].entries, snapshot_id));
      if (lost && is_settled(context, manifest)) filtered.emplace(reuse_key(manifest), *lost);
    }
    if (!lost) {
      // What earlier commits deleted is not carried on.
      if (manifest.may_have_live_files()) result.manifests.push_back(manifest);
      continue;
    }
    result.manifests.insert(result.manifests.end(), lost->manifests.begin(), lost->manifests.end());
    result.removed.insert(result.removed.end(), lost->removed.begin(), lost->removed.end());
  }
  return result;
}

}  // namespace tarn::iceberg
