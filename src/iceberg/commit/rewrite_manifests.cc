// SPDX-License-Identifier: Apache-2.0
// Data manifests anew, their entries by partition, so that pruning skips more of them.
#include <algorithm>
#include <map>

#include "iceberg/commit/table_action.h"

namespace tarn::iceberg {

namespace {

bool tuple_less(const PartitionTuple& a, const PartitionTuple& b) {
  for (std::size_t i = 0; i < a.values.size() && i < b.values.size(); ++i) {
    const Value& x = a.values[i];
    const Value& y = b.values[i];
    if (!x.is_null() && !y.is_null() && !are_comparable(x.kind, y.kind)) continue;
    const auto order = compare(x, y);
    if (order != std::strong_ordering::equal) return order == std::strong_ordering::less;
  }
  return false;
}

class RewriteManifestsAction final : public TableAction {
 public:
  explicit RewriteManifestsAction(std::string branch) : branch_(std::move(branch)) {}

  Result<ActionResult> apply(const BuildContext& context) override;

 private:
  Result<std::vector<ManifestFile>> rewrite(const BuildContext& context,
                                            const std::vector<ManifestFile>& manifests,
                                            std::size_t& entry_count) const;

  std::string branch_;
  std::optional<SnapshotId> snapshot_id_;
};

Result<std::vector<ManifestFile>> RewriteManifestsAction::rewrite(
    const BuildContext& context, const std::vector<ManifestFile>& manifests,
    std::size_t& entry_count) const {
  std::map<int, std::vector<SharedEntry>, std::greater<>> by_spec;
  for (const ManifestFile& manifest : manifests) {
    const auto entries = TRY(entries_of(context, manifest));
    auto& group = by_spec[manifest.partition_spec_id];
    for (const ManifestEntry& entry : *entries) group.emplace_back(entries, &entry);
    entry_count += entries->size();
  }
  std::vector<ManifestFile> result;
  for (auto& [spec_id, group] : by_spec) {
    std::stable_sort(group.begin(), group.end(), [](const SharedEntry& a, const SharedEntry& b) {
      return tuple_less(a->file.partition, b->file.partition);
    });
    ManifestSplitter splitter =
        TRY(ManifestSplitter::make(context, spec_id, ManifestContent::Data, *snapshot_id_));
    for (const SharedEntry& shared : group) {
      ManifestEntry entry = *shared;
      entry.status = EntryStatus::Existing;
      TRY(splitter.add(entry));
    }
    for (ManifestFile& manifest : TRY(splitter.finish())) result.push_back(std::move(manifest));
  }
  return result;
}

Result<ActionResult> RewriteManifestsAction::apply(const BuildContext& context) {
  const TableMetadata& metadata = context.metadata;
  if (metadata.format_version < 2) {
    return unsupported("tables of format version 1 cannot be written: upgrade to version 2");
  }
  if (!snapshot_id_) snapshot_id_ = new_snapshot_id(metadata, *context.environment.random);
  const Snapshot* parent = parent_of(metadata, branch_);
  const auto before = TRY(manifests_of(context, parent));
  std::vector<ManifestFile> data;
  std::vector<ManifestFile> deletes;
  for (const ManifestFile& manifest : *before) {
    if (!manifest.may_have_live_files()) continue;
    (manifest.content == ManifestContent::Data ? data : deletes).push_back(manifest);
  }
  if (data.empty()) return ActionResult{};
  std::size_t entry_count = 0;
  NewSnapshot made;
  made.manifests = TRY(rewrite(context, data, entry_count));
  made.manifests.insert(made.manifests.end(), deletes.begin(), deletes.end());
  made.id = *snapshot_id_;
  made.branch = branch_;
  made.operation = kOperationReplace;
  made.summary = context.environment.summary;
  // Nothing was added or removed: the totals stay.
  for (const auto& [name, total] : parent->summary) {
    if (name.starts_with("total-")) made.summary[name] = total;
  }
  made.summary["entries-processed"] = std::to_string(entry_count);
  count_manifests(*before, made.manifests, made.id, made.summary);
  ActionResult result;
  for (const ManifestFile& manifest : made.manifests) result.manifests.push_back(manifest.path);
  result.requirements.push_back(require_same_ref(context.base, branch_));
  result.updates = TRY(write_snapshot(context, std::move(made)));
  return result;
}

}  // namespace

std::unique_ptr<TableAction> make_rewrite_manifests_action(std::string branch) {
  return std::make_unique<RewriteManifestsAction>(std::move(branch));
}

}  // namespace tarn::iceberg
