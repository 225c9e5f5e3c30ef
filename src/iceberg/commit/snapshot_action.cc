// SPDX-License-Identifier: Apache-2.0
// Applies one SnapshotChange.
#include <algorithm>
#include <map>

#include "iceberg/commit/remove_files.h"
#include "iceberg/commit/summary.h"
#include "iceberg/commit/table_action.h"
#include "iceberg/commit/validate_change.h"

namespace tarn::iceberg {

namespace {

constexpr int kFormatVersionOfVectors = 3;

// Files of one spec after the other, newest spec first, each path once.
std::vector<const DataFile*> distinct_by_spec(const std::vector<DataFile>& files) {
  std::vector<const DataFile*> sorted;
  std::unordered_set<std::string> keys;
  for (const DataFile& file : files) {
    if (keys.insert(file_key(file)).second) sorted.push_back(&file);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->spec_id > b->spec_id; });
  return sorted;
}

class SnapshotAction final : public TableAction {
 public:
  SnapshotAction(SnapshotChange change, std::shared_ptr<const TableMetadata> start)
      : change_(std::move(change)), start_(std::move(start)) {}

  Result<ActionResult> apply(const BuildContext& context) override;

 private:
  bool is_append() const {
    return change_.kind == ChangeKind::Append || change_.kind == ChangeKind::FastAppend;
  }
  Result<void> check_files(const TableMetadata& metadata) const;
  Removal data_removal(const TableMetadata& metadata) const;
  Result<void> check_all_removed(const std::vector<DataFile>& removed,
                                 const std::vector<SharedEntry>& wanted) const;
  Result<FilteredSet> filter_data(const BuildContext& context,
                                  const std::vector<ManifestFile>& manifests);
  Result<FilteredSet> filter_deletes(const BuildContext& context,
                                     const std::vector<ManifestFile>& manifests,
                                     const FilteredSet& data);
  std::optional<std::int64_t> oldest_data(const BuildContext& context,
                                          const std::vector<ManifestFile>& manifests) const;
  Result<void> write_new_manifests(const BuildContext& context);
  Result<std::vector<ManifestFile>> write_files(const BuildContext& context,
                                                const std::vector<DataFile>& files,
                                                ManifestContent content) const;
  Result<std::vector<ManifestFile>> join_manifests(const BuildContext& context, FilteredSet data,
                                                   FilteredSet deletes);
  std::string operation_of(const SummaryBuilder& summary) const;

  SnapshotChange change_;
  std::shared_ptr<const TableMetadata> start_;
  std::optional<SnapshotId> snapshot_id_;
  // What earlier attempts wrote.
  int written_version_ = 0;
  std::vector<ManifestFile> new_data_;
  std::vector<ManifestFile> new_deletes_;
  FilteredManifests filtered_data_;
  FilteredManifests filtered_deletes_;
  MergedManifests merged_;
};

Result<void> SnapshotAction::check_files(const TableMetadata& metadata) const {
  for (const DataFile& file : change_.added_data) {
    const PartitionSpec* spec = metadata.find_spec(file.spec_id);
    if (spec == nullptr) return conflict("the table has no partition spec {}", file.spec_id);
    if (file.content != FileContent::Data) {
      return invalid_input("`{}` is not a data file", file.path);
    }
    if (file.partition.values.size() != spec->fields.size()) {
      return invalid_input("file `{}` has {} partition values instead of {}", file.path,
                           file.partition.values.size(), spec->fields.size());
    }
  }
  std::unordered_set<std::string> targets;
  std::unordered_set<std::string> removed;
  for (const SharedEntry& entry : change_.removed_data) removed.insert(entry->file.path);
  for (const DataFile& file : change_.added_deletes) {
    if (file.referenced_data_file && removed.contains(*file.referenced_data_file)) {
      return invalid_input("`{}` deletes rows of data file `{}`, which is removed", file.path,
                           *file.referenced_data_file);
    }
    const bool vectors = metadata.format_version >= kFormatVersionOfVectors;
    if (file.content != FileContent::PositionDeletes) {
      return unsupported("`{}` is no file of position deletes", file.path);
    }
    if (file.is_deletion_vector() != vectors) {
      return conflict("the table is of format version {}, which does not take delete file `{}`",
                      metadata.format_version, file.path);
    }
    if (!file.is_deletion_vector()) continue;
    if (!file.referenced_data_file || !file.content_offset || !file.content_size) {
      return invalid_input("deletion vector in `{}` lacks its data file or place", file.path);
    }
    if (!targets.insert(*file.referenced_data_file).second) {
      return invalid_input("data file `{}` would get two deletion vectors",
                           *file.referenced_data_file);
    }
  }
  return {};
}

Removal SnapshotAction::data_removal(const TableMetadata& metadata) const {
  Removal removal;
  for (const SharedEntry& entry : change_.removed_data) {
    removal.keys.insert(file_key(entry->file));
    removal.partitions_of_keys.add(entry->file.spec_id, entry->file.partition);
  }
  if (change_.remove_where) removal.where = &*change_.remove_where;
  removal.schema = &start_->schema();
  if (change_.kind != ChangeKind::ReplacePartitions) return removal;
  for (const DataFile& file : change_.added_data) {
    const PartitionSpec* spec = metadata.find_spec(file.spec_id);
    if (spec != nullptr && spec->is_unpartitioned()) removal.whole_table = true;
    removal.whole_partitions.add(file.spec_id, file.partition);
  }
  return removal;
}

Result<void> SnapshotAction::check_all_removed(const std::vector<DataFile>& removed,
                                               const std::vector<SharedEntry>& wanted) const {
  if (wanted.empty()) return {};
  std::unordered_set<std::string> keys;
  for (const DataFile& file : removed) keys.insert(file_key(file));
  for (const SharedEntry& entry : wanted) {
    if (!keys.contains(file_key(entry->file))) {
      return conflict("file `{}` is gone: another commit removed it", entry->file.path);
    }
  }
  return {};
}

Result<FilteredSet> SnapshotAction::filter_data(const BuildContext& context,
                                                const std::vector<ManifestFile>& manifests) {
  const Removal removal = data_removal(context.metadata);
  FilteredSet data =
      TRY(filter_manifests(context, manifests, removal, *snapshot_id_, filtered_data_));
  TRY(check_all_removed(data.removed, change_.removed_data));
  return data;
}

// The smallest sequence number that a data file may have; older deletes are useless.
std::optional<std::int64_t> SnapshotAction::oldest_data(
    const BuildContext& context, const std::vector<ManifestFile>& manifests) const {
  std::int64_t oldest = context.metadata.last_sequence_number + 1;
  for (const ManifestFile& manifest : manifests) {
    if (manifest.min_sequence_number == kUnassignedSequenceNumber) continue;
    oldest = std::min(oldest, manifest.min_sequence_number);
  }
  return std::min(oldest, change_.data_sequence_number.value_or(oldest));
}

Result<FilteredSet> SnapshotAction::filter_deletes(const BuildContext& context,
                                                   const std::vector<ManifestFile>& manifests,
                                                   const FilteredSet& data) {
  Removal removal;
  for (const SharedEntry& entry : change_.removed_deletes) {
    removal.keys.insert(file_key(entry->file));
    removal.partitions_of_keys.add(entry->file.spec_id, entry->file.partition);
  }
  for (const DataFile& file : data.removed) {
    removal.removed_data.insert(file.path);
    removal.partitions_of_keys.add(file.spec_id, file.partition);
  }
  for (const DataFile& file : change_.added_deletes) {
    if (!file.is_deletion_vector()) continue;
    removal.vector_targets.insert(*file.referenced_data_file);
    removal.partitions_of_keys.add(file.spec_id, file.partition);
  }
  if (!is_append() && !data.removed.empty()) {
    removal.older_than = oldest_data(context, data.manifests);
  }
  // What is removed depends on the data of this attempt, so nothing is kept for the next.
  filtered_deletes_.clear();
  FilteredSet deletes =
      TRY(filter_manifests(context, manifests, removal, *snapshot_id_, filtered_deletes_));
  // A deletion vector that went with its data file is gone as well.
  TRY(check_all_removed(deletes.removed, change_.removed_deletes));
  return deletes;
}

Result<std::vector<ManifestFile>> SnapshotAction::write_files(const BuildContext& context,
                                                              const std::vector<DataFile>& files,
                                                              ManifestContent content) const {
  std::vector<ManifestFile> manifests;
  std::optional<ManifestSplitter> splitter;
  int spec_id = 0;
  const auto close = [&]() -> Result<void> {
    if (!splitter) return {};
    for (ManifestFile& manifest : TRY(splitter->finish())) {
      manifests.push_back(std::move(manifest));
    }
    splitter.reset();
    return {};
  };
  for (const DataFile* file : distinct_by_spec(files)) {
    if (!splitter || file->spec_id != spec_id) {
      TRY(close());
      spec_id = file->spec_id;
      splitter = TRY(ManifestSplitter::make(context, spec_id, content, *snapshot_id_));
    }
    ManifestEntry entry;
    entry.status = EntryStatus::Added;
    entry.file = *file;
    if (content == ManifestContent::Data) entry.sequence_number = change_.data_sequence_number;
    TRY(splitter->add(entry));
  }
  TRY(close());
  return manifests;
}

Result<void> SnapshotAction::write_new_manifests(const BuildContext& context) {
  if (written_version_ == context.metadata.format_version) return {};
  new_data_ = TRY(write_files(context, change_.added_data, ManifestContent::Data));
  new_deletes_ = TRY(write_files(context, change_.added_deletes, ManifestContent::Deletes));
  written_version_ = context.metadata.format_version;
  return {};
}

// New manifests come first, then those that were there, data before deletes.
Result<std::vector<ManifestFile>> SnapshotAction::join_manifests(const BuildContext& context,
                                                                 FilteredSet data,
                                                                 FilteredSet deletes) {
  const auto join = [&](const std::vector<ManifestFile>& added, std::vector<ManifestFile> old,
                        ManifestContent content) -> Result<std::vector<ManifestFile>> {
    std::vector<ManifestFile> all = added;
    for (ManifestFile& manifest : old) all.push_back(std::move(manifest));
    if (change_.kind == ChangeKind::FastAppend) return all;
    return merge_manifests(context, std::move(all), content, *snapshot_id_, merged_);
  };
  auto result = TRY(join(new_data_, std::move(data.manifests), ManifestContent::Data));
  auto last = TRY(join(new_deletes_, std::move(deletes.manifests), ManifestContent::Deletes));
  result.insert(result.end(), last.begin(), last.end());
  return result;
}

std::string SnapshotAction::operation_of(const SummaryBuilder& summary) const {
  if (change_.kind == ChangeKind::Rewrite) return std::string(kOperationReplace);
  if (change_.kind == ChangeKind::ReplacePartitions) return std::string(kOperationOverwrite);
  const bool removes = summary.removes_data() || summary.removes_deletes();
  if (!removes && !summary.adds_deletes()) return std::string(kOperationAppend);
  if (!summary.adds_data()) return std::string(kOperationDelete);
  return std::string(kOperationOverwrite);
}

Result<ActionResult> SnapshotAction::apply(const BuildContext& context) {
  const TableMetadata& metadata = context.metadata;
  if (metadata.format_version < 2) {
    return unsupported("tables of format version 1 cannot be written: upgrade to version 2");
  }
  if (!snapshot_id_) snapshot_id_ = new_snapshot_id(metadata, *context.environment.random);
  TRY(check_files(metadata));
  TRY(validate_change(context, change_, *start_));

  const Snapshot* parent = parent_of(metadata, change_.branch);
  const auto before = TRY(manifests_of(context, parent));
  std::vector<ManifestFile> old_data;
  std::vector<ManifestFile> old_deletes;
  for (const ManifestFile& manifest : *before) {
    (manifest.content == ManifestContent::Data ? old_data : old_deletes).push_back(manifest);
  }
  FilteredSet data = TRY(filter_data(context, old_data));
  FilteredSet deletes = TRY(filter_deletes(context, old_deletes, data));
  SummaryBuilder summary;
  for (const DataFile* file : distinct_by_spec(change_.added_data)) summary.add_file(*file);
  for (const DataFile* file : distinct_by_spec(change_.added_deletes)) summary.add_file(*file);
  for (const DataFile& file : data.removed) summary.remove_file(file);
  for (const DataFile& file : deletes.removed) summary.remove_file(file);
  if (summary.empty()) return ActionResult{};
  if (change_.kind == ChangeKind::Rewrite && summary.added_records() > summary.removed_records()) {
    return invalid_input("a rewrite would make {} rows out of {}", summary.added_records(),
                         summary.removed_records());
  }
  TRY(write_new_manifests(context));

  NewSnapshot made;
  made.id = *snapshot_id_;
  made.branch = change_.branch;
  made.operation = operation_of(summary);
  made.summary = context.environment.summary;
  for (const auto& [name, text] : change_.summary) made.summary[name] = text;
  for (auto& [name, text] : summary.build(metadata, parent)) made.summary[name] = text;
  made.manifests = TRY(join_manifests(context, std::move(data), std::move(deletes)));
  count_manifests(*before, made.manifests, made.id, made.summary);
  ActionResult result;
  for (const ManifestFile& manifest : made.manifests) result.manifests.push_back(manifest.path);
  result.requirements.push_back(require_same_ref(context.base, change_.branch));
  result.updates = TRY(write_snapshot(context, std::move(made)));
  return result;
}

}  // namespace

std::unique_ptr<TableAction> make_snapshot_action(SnapshotChange change,
                                                  std::shared_ptr<const TableMetadata> start) {
  return std::make_unique<SnapshotAction>(std::move(change), std::move(start));
}

}  // namespace tarn::iceberg
