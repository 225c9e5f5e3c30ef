// SPDX-License-Identifier: Apache-2.0
#include "iceberg/scan/plan.h"

#include <map>

#include "base/parallel.h"
#include "iceberg/metrics.h"
#include "iceberg/projection.h"

namespace tarn::iceberg {
namespace {

// The filter projected onto the partitions of one spec.
struct SpecFilter {
  const PartitionSpec* spec = nullptr;
  Type partition;
  Expression inclusive;
  Expression strict;
};

class Planner {
 public:
  Planner(storage::Store& store, ManifestCache& cache, const TableMetadata& metadata,
          const Schema& schema, const ScanRequest& request)
      : store_(store), cache_(cache), metadata_(metadata), schema_(schema), request_(request) {}

  Result<ScanPlan> plan(const Snapshot& snapshot) {
    ScanPlan plan;
    plan.snapshot = &snapshot;
    auto manifests = TRY(cache_.manifests(store_, snapshot));
    plan.counts.manifests_total = manifests->size();
    std::vector<const ManifestFile*> data;
    std::vector<const ManifestFile*> deletes;
    for (const auto& manifest : *manifests) {
      if (!manifest.may_have_live_files()) continue;
      const SpecFilter& filter = *TRY(spec_filter(manifest.partition_spec_id));
      // Deletes are pruned alike: they reach files of their own partition only, but for equality
      // deletes of an unpartitioned spec, whose manifests have no bounds to exclude them.
      if (!may_match_manifest(filter.inclusive, *filter.spec, filter.partition, manifest)) continue;
      (manifest.content == ManifestContent::Data ? data : deletes).push_back(&manifest);
    }
    plan.counts.manifests_read = data.size() + deletes.size();
    TRY(read(data, plan));
    if (!deletes.empty() && !plan.files.empty()) TRY(attach_deletes(deletes, plan));
    return plan;
  }

 private:
  Result<const SpecFilter*> spec_filter(int spec_id) {
    auto found = filters_.find(spec_id);
    if (found != filters_.end()) return &found->second;
    const PartitionSpec* spec = metadata_.find_spec(spec_id);
    if (spec == nullptr) return corrupt("a manifest has the unknown partition spec {}", spec_id);
    SpecFilter filter{.spec = spec};
    filter.partition = partition_type(metadata_, *spec);
    filter.inclusive = TRY(project_inclusive(request_.filter, *spec, schema_));
    filter.strict = TRY(project_strict(request_.filter, *spec, schema_));
    return &filters_.emplace(spec_id, std::move(filter)).first->second;
  }

  Result<void> read(const std::vector<const ManifestFile*>& manifests, ScanPlan& plan) {
    std::vector<std::vector<ScanFile>> parts(manifests.size());
    std::vector<std::size_t> considered(manifests.size());
    TRY(parallel_for(manifests.size(), request_.threads, [&](std::size_t i) -> Result<void> {
      if (request_.cancel != nullptr) TRY(request_.cancel->check());
      auto entries = TRY(cache_.entries(store_, *manifests[i], metadata_));
      considered[i] = entries->size();
      const SpecFilter& filter = filters_.at(manifests[i]->partition_spec_id);
      for (const auto& entry : *entries) {
        if (!matches(filter, entry.file)) continue;
        parts[i].push_back({SharedEntry(entries, &entry), {}, must_match(filter, entry.file)});
      }
      return {};
    }));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      plan.counts.files_considered += considered[i];
      for (auto& file : parts[i]) plan.files.push_back(std::move(file));
    }
    return {};
  }

  bool matches(const SpecFilter& filter, const DataFile& file) const {
    if (request_.filter.kind == ExpressionKind::True) return true;
    return matches_partition(filter.inclusive, *filter.spec, file.partition, Doubt::Match) &&
           may_match_file(request_.filter, schema_, file);
  }

  bool must_match(const SpecFilter& filter, const DataFile& file) const {
    if (request_.filter.kind == ExpressionKind::True) return true;
    return matches_partition(filter.strict, *filter.spec, file.partition, Doubt::NoMatch) ||
           must_match_file(request_.filter, schema_, file);
  }

  Result<void> attach_deletes(const std::vector<const ManifestFile*>& manifests, ScanPlan& plan) {
    std::vector<std::vector<SharedEntry>> parts(manifests.size());
    TRY(parallel_for(manifests.size(), request_.threads, [&](std::size_t i) -> Result<void> {
      auto entries = TRY(cache_.entries(store_, *manifests[i], metadata_));
      for (const auto& entry : *entries) parts[i].emplace_back(entries, &entry);
      return {};
    }));
    std::vector<SharedEntry> all;
    for (auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    DeleteIndex index = TRY(DeleteIndex::build(std::move(all), metadata_));
    for (auto& file : plan.files) file.deletes = index.deletes_of(*file.data);
    return {};
  }

  storage::Store& store_;
  ManifestCache& cache_;
  const TableMetadata& metadata_;
  const Schema& schema_;
  const ScanRequest& request_;
  std::map<int, SpecFilter> filters_;
};

}  // namespace

Result<const Snapshot*> choose_snapshot(const TableMetadata& metadata,
                                        const SnapshotChoice& choice) {
  if (choice.id) {
    const Snapshot* snapshot = metadata.find_snapshot(*choice.id);
    if (snapshot == nullptr) return not_found("the table has no snapshot `{}`", choice.id->value);
    return snapshot;
  }
  if (choice.ref) {
    const Snapshot* snapshot = metadata.find_ref(*choice.ref);
    if (snapshot == nullptr) return not_found("the table has no branch or tag `{}`", *choice.ref);
    return snapshot;
  }
  if (choice.timestamp_ms) {
    const Snapshot* snapshot = metadata.snapshot_at(*choice.timestamp_ms);
    if (snapshot == nullptr) {
      return not_found("the table has no version at or before the time `{}`", *choice.timestamp_ms);
    }
    return snapshot;
  }
  return metadata.current_snapshot();
}

Result<ScanPlan> plan_scan(storage::Store& store, ManifestCache& cache,
                           const TableMetadata& metadata, const Snapshot* snapshot,
                           const Schema& schema, const ScanRequest& request) {
  if (snapshot == nullptr) return ScanPlan{};
  return Planner(store, cache, metadata, schema, request).plan(*snapshot);
}

}  // namespace tarn::iceberg
