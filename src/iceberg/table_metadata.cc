// SPDX-License-Identifier: Apache-2.0
#include "iceberg/table_metadata.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"

namespace tarn::iceberg {

namespace {

using SnapshotsById = std::unordered_map<SnapshotId, const Snapshot*>;

SnapshotsById index_snapshots(const TableMetadata& metadata) {
  SnapshotsById by_id;
  by_id.reserve(metadata.snapshots.size());
  for (const Snapshot& snapshot : metadata.snapshots) by_id.emplace(snapshot.id, &snapshot);
  return by_id;
}

template <typename T, typename GetId>
Result<void> check_unique(const std::vector<T>& items, std::string_view field, GetId get_id) {
  std::unordered_set<std::int64_t> ids;
  for (const T& item : items) {
    if (!ids.insert(get_id(item)).second) {
      return corrupt("`{}` has the id {} twice", field, get_id(item));
    }
  }
  return {};
}

Result<void> check_ids(const TableMetadata& metadata) {
  TRY(check_unique(metadata.schemas, "schemas", [](const Schema& s) { return s.schema_id; }));
  TRY(check_unique(metadata.specs, "partition-specs",
                   [](const PartitionSpec& s) { return s.spec_id; }));
  TRY(check_unique(metadata.sort_orders, "sort-orders",
                   [](const SortOrder& o) { return o.order_id; }));
  TRY(check_unique(metadata.snapshots, "snapshots", [](const Snapshot& s) { return s.id.value; }));
  if (metadata.find_schema(metadata.current_schema_id) == nullptr) {
    return corrupt("`current-schema-id` {} is not among `schemas`", metadata.current_schema_id);
  }
  if (metadata.find_spec(metadata.default_spec_id) == nullptr) {
    return corrupt("`default-spec-id` {} is not among `partition-specs`", metadata.default_spec_id);
  }
  if (metadata.find_sort_order(metadata.default_sort_order_id) == nullptr) {
    return corrupt("`default-sort-order-id` {} is not among `sort-orders`",
                   metadata.default_sort_order_id);
  }
  return {};
}

Result<void> check_field_ids(const Schema& schema) {
  std::unordered_set<int> ids;
  const SchemaIndex index(schema);
  for (const int id : index.ids()) {
    if (!ids.insert(id).second) {
      return corrupt("schema {} has the field id {} twice", schema.schema_id, id);
    }
  }
  return {};
}

Result<void> check_refs(const TableMetadata& metadata) {
  const auto by_id = index_snapshots(metadata);
  for (const auto& [name, ref] : metadata.refs) {
    if (!by_id.contains(ref.snapshot_id)) {
      return corrupt("`refs`: `{}` names the missing snapshot {}", name, ref.snapshot_id.value);
    }
  }
  const auto main = metadata.refs.find(std::string(kMainBranch));
  if (main == metadata.refs.end()) {
    if (!metadata.current_snapshot_id) return {};
    return corrupt("`current-snapshot-id` is {}, but `refs` has no `main`",
                   metadata.current_snapshot_id->value);
  }
  if (main->second.kind != RefKind::Branch) return corrupt("`refs`: `main` is not a branch");
  if (metadata.current_snapshot_id != main->second.snapshot_id) {
    return corrupt("`current-snapshot-id` is {}, but `main` is at {}",
                   metadata.current_snapshot_id.value_or(SnapshotId(-1)).value,
                   main->second.snapshot_id.value);
  }
  return {};
}

template <typename T, typename GetId>
const T* find_by_id(const std::vector<T>& items, GetId matches) {
  const auto found = std::find_if(items.begin(), items.end(), matches);
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

const Schema* TableMetadata::find_schema(int schema_id) const {
  return find_by_id(schemas, [&](const Schema& s) { return s.schema_id == schema_id; });
}

const PartitionSpec* TableMetadata::find_spec(int spec_id) const {
  return find_by_id(specs, [&](const PartitionSpec& s) { return s.spec_id == spec_id; });
}

const SortOrder* TableMetadata::find_sort_order(int order_id) const {
  return find_by_id(sort_orders, [&](const SortOrder& o) { return o.order_id == order_id; });
}

const Snapshot* TableMetadata::find_snapshot(SnapshotId id) const {
  // The newest are asked for most.
  const auto found = std::find_if(snapshots.rbegin(), snapshots.rend(),
                                  [&](const Snapshot& s) { return s.id == id; });
  return found == snapshots.rend() ? nullptr : &*found;
}

const Schema& TableMetadata::schema() const {
  const Schema* found = find_schema(current_schema_id);
  VERIFY(found != nullptr);
  return *found;
}

const PartitionSpec& TableMetadata::spec() const {
  const PartitionSpec* found = find_spec(default_spec_id);
  VERIFY(found != nullptr);
  return *found;
}

const SortOrder& TableMetadata::sort_order() const {
  const SortOrder* found = find_sort_order(default_sort_order_id);
  VERIFY(found != nullptr);
  return *found;
}

const Snapshot* TableMetadata::current_snapshot() const {
  return current_snapshot_id ? find_snapshot(*current_snapshot_id) : nullptr;
}

const Snapshot* TableMetadata::find_ref(std::string_view name) const {
  const auto found = refs.find(std::string(name));
  return found == refs.end() ? nullptr : find_snapshot(found->second.snapshot_id);
}

const Schema& TableMetadata::schema_of(const Snapshot& snapshot) const {
  const Schema* own = snapshot.schema_id ? find_schema(*snapshot.schema_id) : nullptr;
  return own != nullptr ? *own : schema();
}

const Snapshot* TableMetadata::snapshot_at(std::int64_t timestamp_ms) const {
  const SnapshotLogEntry* found = nullptr;
  for (const SnapshotLogEntry& entry : snapshot_log) {
    if (entry.timestamp_ms <= timestamp_ms) found = &entry;
  }
  return found == nullptr ? nullptr : find_snapshot(found->snapshot_id);
}

Type partition_type(const TableMetadata& metadata, const PartitionSpec& spec) {
  Type type = partition_type(spec, metadata.schema());
  for (std::size_t i = 0; i < spec.fields.size(); ++i) {
    const PartitionField& field = spec.fields[i];
    if (find_field(metadata.schema(), field.source_id) != nullptr) continue;
    for (auto schema = metadata.schemas.rbegin(); schema != metadata.schemas.rend(); ++schema) {
      const Field* source = find_field(*schema, field.source_id);
      if (source == nullptr || !can_transform(field.transform, source->type)) continue;
      type.fields[i].type = result_type(field.transform, source->type);
      break;
    }
  }
  return type;
}

std::vector<const Snapshot*> ancestors(const TableMetadata& metadata, SnapshotId head) {
  const auto by_id = index_snapshots(metadata);
  std::vector<const Snapshot*> result;
  std::optional<SnapshotId> next = head;
  // The size bounds the walk if the parents form a cycle.
  while (next && result.size() < by_id.size()) {
    const auto found = by_id.find(*next);
    if (found == by_id.end()) break;
    result.push_back(found->second);
    next = found->second->parent_id;
  }
  return result;
}

bool is_ancestor(const TableMetadata& metadata, SnapshotId ancestor, SnapshotId of) {
  const auto line = ancestors(metadata, of);
  return std::any_of(line.begin(), line.end(),
                     [&](const Snapshot* snapshot) { return snapshot->id == ancestor; });
}

Result<void> validate_metadata(const TableMetadata& metadata) {
  if (metadata.format_version < 1 || metadata.format_version > kFormatVersionMax) {
    return unsupported("format version {} of the table", metadata.format_version);
  }
  if (metadata.format_version > 1 && metadata.uuid.empty()) return corrupt("no `table-uuid`");
  if (metadata.location.empty()) return corrupt("`location` is empty");
  TRY(check_ids(metadata));
  for (const Schema& schema : metadata.schemas) TRY(check_field_ids(schema));
  for (const Snapshot& snapshot : metadata.snapshots) {
    if (snapshot.sequence_number > metadata.last_sequence_number) {
      return corrupt("snapshot {} has the sequence number {} after `last-sequence-number` {}",
                     snapshot.id.value, snapshot.sequence_number, metadata.last_sequence_number);
    }
  }
  return check_refs(metadata);
}

}  // namespace tarn::iceberg
