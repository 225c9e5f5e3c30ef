// SPDX-License-Identifier: Apache-2.0
#include "iceberg/scan/delete_index.h"

#include <algorithm>

namespace tarn::iceberg {
namespace {

std::int64_t sequence_of(const ManifestEntry& entry) { return entry.sequence_number.value_or(0); }

// Bounds of file_path are written in full, but other writers may cut them: then they bound a range.
bool may_name_path(const DataFile& deletes, const std::string& path) {
  const std::string* lower = deletes.lower_bounds.find(kDeleteFilePathId);
  const std::string* upper = deletes.upper_bounds.find(kDeleteFilePathId);
  return (lower == nullptr || *lower <= path) && (upper == nullptr || path <= *upper);
}

auto first_at_least(const std::vector<SharedEntry>& group, std::int64_t sequence) {
  return std::lower_bound(
      group.begin(), group.end(), sequence,
      [](const SharedEntry& entry, std::int64_t value) { return sequence_of(*entry) < value; });
}

void append_from(std::vector<SharedEntry>& out, const std::vector<SharedEntry>& group,
                 std::int64_t sequence) {
  out.insert(out.end(), first_at_least(group, sequence), group.end());
}

}  // namespace

std::string_view single_referenced_file(const DataFile& deletes) {
  if (deletes.referenced_data_file) return *deletes.referenced_data_file;
  const std::string* lower = deletes.lower_bounds.find(kDeleteFilePathId);
  const std::string* upper = deletes.upper_bounds.find(kDeleteFilePathId);
  if (lower != nullptr && upper != nullptr && *lower == *upper) return *lower;
  return {};
}

std::size_t DeleteIndex::PartitionKeyHash::operator()(const PartitionKey& key) const {
  return PartitionTupleHash()(key.partition) * 31 + static_cast<std::size_t>(key.spec_id);
}

Result<DeleteIndex> DeleteIndex::build(std::vector<SharedEntry> deletes,
                                       const TableMetadata& metadata) {
  DeleteIndex index;
  index.empty_ = deletes.empty();
  for (auto& entry : deletes) TRY(index.add(std::move(entry), metadata));
  index.sort();
  return index;
}

Result<void> DeleteIndex::add(SharedEntry entry, const TableMetadata& metadata) {
  const DataFile& file = entry->file;
  if (file.content == FileContent::Data)
    return internal("a data file among deletes: {}", file.path);
  if (file.content == FileContent::EqualityDeletes) {
    const PartitionSpec* spec = metadata.find_spec(file.spec_id);
    if (spec == nullptr) return corrupt("delete file `{}` has an unknown spec", file.path);
    if (spec->fields.empty()) {
      global_equalities_.push_back(std::move(entry));
    } else {
      equalities_by_partition_[{file.spec_id, file.partition}].push_back(std::move(entry));
    }
    return {};
  }
  if (file.is_deletion_vector()) {
    if (!file.referenced_data_file) {
      return corrupt("deletion vector in `{}` does not say which data file it is for", file.path);
    }
    std::string target = *file.referenced_data_file;
    if (!vectors_.emplace(target, std::move(entry)).second) {
      return corrupt("data file `{}` has two deletion vectors", target);
    }
    return {};
  }
  std::string_view target = single_referenced_file(file);
  if (!target.empty()) {
    positions_by_path_[std::string(target)].push_back(std::move(entry));
  } else {
    positions_by_partition_[{file.spec_id, file.partition}].push_back(std::move(entry));
  }
  return {};
}

void DeleteIndex::sort() {
  auto by_sequence = [](const SharedEntry& a, const SharedEntry& b) {
    return sequence_of(*a) < sequence_of(*b);
  };
  auto sort_all = [&](auto& groups) {
    for (auto& [key, group] : groups) std::stable_sort(group.begin(), group.end(), by_sequence);
  };
  sort_all(positions_by_path_);
  sort_all(positions_by_partition_);
  sort_all(equalities_by_partition_);
  std::stable_sort(global_equalities_.begin(), global_equalities_.end(), by_sequence);
}

std::vector<SharedEntry> DeleteIndex::deletes_of(const ManifestEntry& data) const {
  std::vector<SharedEntry> found;
  if (empty_) return found;
  std::int64_t sequence = sequence_of(data);
  PartitionKey key{data.file.spec_id, data.file.partition};
  auto vector = vectors_.find(data.file.path);
  if (vector != vectors_.end() && sequence_of(*vector->second) >= sequence) {
    found.push_back(vector->second);
  } else {
    auto by_path = positions_by_path_.find(data.file.path);
    if (by_path != positions_by_path_.end()) append_from(found, by_path->second, sequence);
    auto by_partition = positions_by_partition_.find(key);
    if (by_partition != positions_by_partition_.end()) {
      const Group& group = by_partition->second;
      for (auto at = first_at_least(group, sequence); at != group.end(); ++at) {
        if (may_name_path((*at)->file, data.file.path)) found.push_back(*at);
      }
    }
  }
  // An equality delete applies to strictly older data only.
  auto by_partition = equalities_by_partition_.find(key);
  if (by_partition != equalities_by_partition_.end()) {
    append_from(found, by_partition->second, sequence + 1);
  }
  append_from(found, global_equalities_, sequence + 1);
  return found;
}

}  // namespace tarn::iceberg
