// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/summary.h"

#include "base/text.h"
#include "iceberg/table_properties.h"

namespace tarn::iceberg {

namespace {

using Texts = std::map<std::string, std::string>;

void set_positive(Texts& summary, const char* name, std::int64_t count) {
  if (count > 0) summary[name] = std::to_string(count);
}

// The total of the parent plus what changed; left out when the parent does not know it.
void set_total(Texts& summary, const Snapshot* previous, const char* name, std::int64_t added,
               std::int64_t removed) {
  std::int64_t total = 0;
  if (previous != nullptr) {
    const auto found = previous->summary.find(name);
    if (found == previous->summary.end()) return;
    const auto before = parse_int64(found->second);
    if (!before) return;
    total = *before;
  }
  total += added - removed;
  if (total >= 0) summary[name] = std::to_string(total);
}

}  // namespace

void SummaryBuilder::Counts::count(const DataFile& file) {
  bytes += file.content_size.value_or(file.file_size);
  switch (file.content) {
    case FileContent::Data:
      ++data_files;
      records += file.record_count;
      break;
    case FileContent::PositionDeletes:
      ++delete_files;
      ++(file.is_deletion_vector() ? vectors : position_delete_files);
      position_deletes += file.record_count;
      break;
    case FileContent::EqualityDeletes:
      ++delete_files;
      ++equality_delete_files;
      equality_deletes += file.record_count;
      break;
  }
}

void SummaryBuilder::count(const DataFile& file, Counts& counts, Counts PartitionChange::*part) {
  counts.count(file);
  (partitions_[file.spec_id][file.partition].*part).count(file);
}

void SummaryBuilder::write_counts(const Counts& added, const Counts& removed, Texts& summary) {
  set_positive(summary, "added-data-files", added.data_files);
  set_positive(summary, "deleted-data-files", removed.data_files);
  set_positive(summary, "added-delete-files", added.delete_files);
  set_positive(summary, "removed-delete-files", removed.delete_files);
  set_positive(summary, "added-equality-delete-files", added.equality_delete_files);
  set_positive(summary, "removed-equality-delete-files", removed.equality_delete_files);
  set_positive(summary, "added-position-delete-files", added.position_delete_files);
  set_positive(summary, "removed-position-delete-files", removed.position_delete_files);
  set_positive(summary, "added-dvs", added.vectors);
  set_positive(summary, "removed-dvs", removed.vectors);
  set_positive(summary, "added-records", added.records);
  set_positive(summary, "deleted-records", removed.records);
  set_positive(summary, "added-files-size", added.bytes);
  set_positive(summary, "removed-files-size", removed.bytes);
  set_positive(summary, "added-position-deletes", added.position_deletes);
  set_positive(summary, "removed-position-deletes", removed.position_deletes);
  set_positive(summary, "added-equality-deletes", added.equality_deletes);
  set_positive(summary, "removed-equality-deletes", removed.equality_deletes);
}

std::map<std::string, std::string> SummaryBuilder::build(const TableMetadata& metadata,
                                                         const Snapshot* previous) const {
  Texts summary;
  write_counts(added_, removed_, summary);
  set_total(summary, previous, "total-data-files", added_.data_files, removed_.data_files);
  set_total(summary, previous, "total-delete-files", added_.delete_files, removed_.delete_files);
  set_total(summary, previous, "total-records", added_.records, removed_.records);
  set_total(summary, previous, "total-files-size", added_.bytes, removed_.bytes);
  set_total(summary, previous, "total-position-deletes", added_.position_deletes,
            removed_.position_deletes);
  set_total(summary, previous, "total-equality-deletes", added_.equality_deletes,
            removed_.equality_deletes);
  std::size_t changed = 0;
  for (const auto& [spec_id, partitions] : partitions_) changed += partitions.size();
  summary["changed-partition-count"] = std::to_string(changed);

  const auto limit = read_property(metadata.properties, property::kSummaryPartitionLimit);
  if (!limit || *limit <= 0 || changed > static_cast<std::size_t>(*limit)) return summary;
  summary["partition-summaries-included"] = "true";
  for (const auto& [spec_id, partitions] : partitions_) {
    const PartitionSpec* spec = metadata.find_spec(spec_id);
    if (spec == nullptr || spec->fields.empty()) continue;
    for (const auto& [tuple, change] : partitions) {
      Texts counts;
      write_counts(change.added, change.removed, counts);
      std::string text;
      for (const auto& [name, count] : counts) {
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, count);
      }
      summary["partitions." + partition_path(*spec, tuple)] = text;
    }
  }
  return summary;
}

}  // namespace tarn::iceberg
