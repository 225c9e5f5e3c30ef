// SPDX-License-Identifier: Apache-2.0
#include "iceberg/apply_update.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "base/text.h"
#include "iceberg/table_properties.h"

namespace tarn::iceberg {

namespace {

constexpr int kFormatVersionOfRowLineage = 3;
// Metadata of a table that is being created has no schema yet.
constexpr int kNothing = -1;

template <typename T, typename Matches>
bool erase_matching(std::vector<T>& items, Matches matches) {
  return std::erase_if(items, matches) > 0;
}

class MetadataBuilder {
 public:
  MetadataBuilder(const TableMetadata& base, const ApplyOptions& options)
      : base_(base), options_(options), next_(base) {}

  Result<void> apply(const TableUpdate& update);
  Result<TableMetadata> finish();

 private:
  bool is_new_table() const { return base_.schemas.empty(); }
  std::int64_t timestamp_ms() const { return timestamp_ms_.value_or(options_.now_ms); }

  Result<void> assign_uuid(const std::string& uuid);
  Result<void> upgrade(int version);
  Result<void> add_schema(Schema schema);
  Result<void> set_current_schema(int id);
  Result<void> add_spec(PartitionSpec spec);
  Result<void> set_default_spec(int id);
  Result<void> add_order(SortOrder order);
  Result<void> set_default_order(int id);
  Result<void> add_snapshot(const Snapshot& snapshot);
  Result<void> set_ref(const std::string& name, const SnapshotRef& ref);
  void remove_ref(const std::string& name);
  void remove_snapshots(const std::vector<SnapshotId>& ids);
  Result<void> set_properties(const std::map<std::string, std::string>& properties);
  void remove_properties(const std::vector<std::string>& names);
  void set_statistics(const StatisticsFile& file);
  void set_partition_statistics(const PartitionStatisticsFile& file);
  Result<void> remove_specs(const std::vector<int>& ids);
  Result<void> remove_schemas(const std::vector<int>& ids);
  Result<void> add_key(const EncryptionKey& key);
  Result<void> set_location(const std::string& location);
  template <typename T, typename Matches>
  void drop(std::vector<T>& items, Matches matches) {
    if (erase_matching(items, matches)) changed_ = true;
  }
  void assign_partition_ids(PartitionSpec& spec);
  Result<void> check_references() const;
  void update_snapshot_log();
  Result<void> update_metadata_log();

  const TableMetadata& base_;
  const ApplyOptions& options_;
  TableMetadata next_;
  bool changed_ = false;
  bool model_changed_ = false;
  bool removed_snapshots_ = false;
  std::unordered_set<SnapshotId> added_snapshots_;
  std::optional<std::int64_t> timestamp_ms_;
  std::optional<int> last_schema_;
  std::optional<int> last_spec_;
  std::optional<int> last_order_;
};

Result<void> MetadataBuilder::assign_uuid(const std::string& uuid) {
  if (uuid.empty()) return invalid_input("the table's uuid must not be empty");
  if (next_.uuid == uuid) return {};
  if (!next_.uuid.empty()) return invalid_input("the table's uuid cannot be changed");
  next_.uuid = uuid;
  changed_ = true;
  return {};
}

Result<void> MetadataBuilder::upgrade(int version) {
  if (version < 1 || version > kFormatVersionMax) {
    return unsupported("format version {}", version);
  }
  if (version == next_.format_version) return {};
  if (version < next_.format_version && !(is_new_table() && next_.schemas.empty())) {
    return invalid_input("cannot downgrade the table from format version {} to {}",
                         next_.format_version, version);
  }
  next_.format_version = version;
  changed_ = true;
  return {};
}

Result<void> MetadataBuilder::add_schema(Schema schema) {
  TRY(validate_schema(schema, next_.format_version));
  const int highest = std::max(next_.last_column_id, highest_field_id(schema));
  int new_id = std::max(next_.current_schema_id, 0);
  for (const Schema& known : next_.schemas) {
    if (same_schema(known, schema)) {
      last_schema_ = known.schema_id;
      return {};
    }
    new_id = std::max(new_id, known.schema_id + 1);
  }
  schema.schema_id = new_id;
  next_.last_column_id = highest;
  next_.schemas.push_back(std::move(schema));
  last_schema_ = new_id;
  changed_ = true;
  return {};
}

Result<void> MetadataBuilder::set_current_schema(int id) {
  if (id == kLastAdded) {
    if (!last_schema_) return invalid_input("no schema was added to become current");
    id = *last_schema_;
  }
  if (id == next_.current_schema_id) return {};
  if (next_.find_schema(id) == nullptr) return invalid_input("there is no schema {}", id);
  next_.current_schema_id = id;
  changed_ = model_changed_ = true;
  return {};
}

// Fields without id take that of an equal field of an older spec, else the next free one.
void MetadataBuilder::assign_partition_ids(PartitionSpec& spec) {
  std::unordered_set<int> used;
  for (const PartitionField& field : spec.fields) used.insert(field.field_id);
  for (PartitionField& field : spec.fields) {
    if (field.field_id == 0 && next_.format_version > 1) {
      for (const PartitionSpec& known : next_.specs) {
        for (const PartitionField& other : known.fields) {
          if (other.source_id == field.source_id && other.transform == field.transform &&
              other.source_ids == field.source_ids && !used.contains(other.field_id)) {
            field.field_id = other.field_id;
          }
        }
      }
    }
    if (field.field_id == 0) field.field_id = next_.last_partition_id + 1;
    used.insert(field.field_id);
    next_.last_partition_id = std::max(next_.last_partition_id, field.field_id);
  }
}

Result<void> MetadataBuilder::add_spec(PartitionSpec spec) {
  const Schema* schema = next_.find_schema(next_.current_schema_id);
  if (schema == nullptr) return invalid_input("a partition spec was added before a schema");
  int new_id = 0;
  for (const PartitionSpec& known : next_.specs) {
    if (same_partitioning(known, spec)) {
      last_spec_ = known.spec_id;
      return {};
    }
    new_id = std::max(new_id, known.spec_id + 1);
  }
  TRY(validate_partition_spec(spec, *schema));
  assign_partition_ids(spec);
  if (next_.format_version == 1) {
    for (std::size_t i = 0; i < spec.fields.size(); ++i) {
      if (spec.fields[i].field_id != kFirstPartitionFieldId + static_cast<int>(i)) {
        return invalid_input("partition field ids must count from {} in format version 1",
                             kFirstPartitionFieldId);
      }
    }
  }
  spec.spec_id = new_id;
  next_.specs.push_back(std::move(spec));
  last_spec_ = new_id;
  changed_ = true;
  return {};
}

Result<void> MetadataBuilder::set_default_spec(int id) {
  if (id == kLastAdded) {
    if (!last_spec_) return invalid_input("no partition spec was added to become the default");
    id = *last_spec_;
  }
  if (id == next_.default_spec_id) return {};
  if (next_.find_spec(id) == nullptr) return invalid_input("there is no partition spec {}", id);
  next_.default_spec_id = id;
  changed_ = model_changed_ = true;
  return {};
}

Result<void> MetadataBuilder::add_order(SortOrder order) {
  const Schema* schema = next_.find_schema(next_.current_schema_id);
  if (schema == nullptr) return invalid_input("a sort order was added before a schema");
  int new_id = kUnsortedOrderId + 1;
  for (const SortOrder& known : next_.sort_orders) {
    if (known.fields == order.fields) {
      last_order_ = known.order_id;
      return {};
    }
    new_id = std::max(new_id, known.order_id + 1);
  }
  order.order_id = order.is_unsorted() ? kUnsortedOrderId : new_id;
  TRY(validate_sort_order(order, *schema));
  last_order_ = order.order_id;
  next_.sort_orders.push_back(std::move(order));
  changed_ = true;
  return {};
}

Result<void> MetadataBuilder::set_default_order(int id) {
  if (id == kLastAdded) {
    if (!last_order_) return invalid_input("no sort order was added to become the default");
    id = *last_order_;
  }
  if (id == next_.default_sort_order_id) return {};
  if (next_.find_sort_order(id) == nullptr) return invalid_input("there is no sort order {}", id);
  next_.default_sort_order_id = id;
  changed_ = model_changed_ = true;
  return {};
}

Result<void> MetadataBuilder::add_snapshot(const Snapshot& snapshot) {
  if (next_.schemas.empty() || next_.specs.empty() || next_.sort_orders.empty()) {
    return invalid_input("a snapshot was added before schema, partition spec and sort order");
  }
  if (next_.find_snapshot(snapshot.id) != nullptr) {
    return invalid_input("snapshot {} exists already", snapshot.id.value);
  }
  if (next_.format_version > 1 && snapshot.sequence_number <= next_.last_sequence_number) {
    return conflict("snapshot {} has the sequence number {}, but the table is at {}",
                    snapshot.id.value, snapshot.sequence_number, next_.last_sequence_number);
  }
  if (next_.format_version >= kFormatVersionOfRowLineage) {
    if (!snapshot.first_row_id || !snapshot.added_rows || *snapshot.added_rows < 0) {
      return invalid_input("snapshot {} has no `first-row-id` and `added-rows`", snapshot.id.value);
    }
    if (*snapshot.first_row_id < next_.next_row_id) {
      return conflict("snapshot {} has the first row id {}, but the table is at {}",
                      snapshot.id.value, *snapshot.first_row_id, next_.next_row_id);
    }
    next_.next_row_id = *snapshot.first_row_id + *snapshot.added_rows;
  }
  if (next_.format_version > 1) next_.last_sequence_number = snapshot.sequence_number;
  timestamp_ms_ = std::max(snapshot.timestamp_ms, base_.last_updated_ms);
  added_snapshots_.insert(snapshot.id);
  next_.snapshots.push_back(snapshot);
  changed_ = true;
  return {};
}

Result<void> MetadataBuilder::set_ref(const std::string& name, const SnapshotRef& ref) {
  if (name.empty()) return invalid_input("a snapshot reference needs a name");
  const auto known = next_.refs.find(name);
  if (known != next_.refs.end() && known->second == ref) return {};
  const Snapshot* snapshot = next_.find_snapshot(ref.snapshot_id);
  if (snapshot == nullptr) {
    return invalid_input("cannot set `{}` to the unknown snapshot {}", name, ref.snapshot_id.value);
  }
  if (ref.kind == RefKind::Tag && (ref.min_snapshots_to_keep || ref.max_snapshot_age_ms)) {
    return invalid_input("tag `{}` cannot have retention of snapshots", name);
  }
  if (ref.min_snapshots_to_keep.value_or(1) < 1 || ref.max_snapshot_age_ms.value_or(1) < 1 ||
      ref.max_ref_age_ms.value_or(1) < 1) {
    return invalid_input("retention of `{}` must be positive", name);
  }
  if (name == kMainBranch) {
    if (ref.kind != RefKind::Branch) return invalid_input("`main` must be a branch");
    if (next_.current_snapshot_id != ref.snapshot_id) {
      const std::int64_t time = added_snapshots_.contains(ref.snapshot_id)
                                    ? std::max(snapshot->timestamp_ms, base_.last_updated_ms)
                                    : std::max(timestamp_ms(), base_.last_updated_ms);
      timestamp_ms_ = time;
      next_.snapshot_log.push_back({time, ref.snapshot_id});
      next_.current_snapshot_id = ref.snapshot_id;
    }
  }
  next_.refs[name] = ref;
  changed_ = true;
  return {};
}

void MetadataBuilder::remove_ref(const std::string& name) {
  if (next_.refs.erase(name) == 0) return;
  if (name == kMainBranch) next_.current_snapshot_id.reset();
  changed_ = true;
}

void MetadataBuilder::remove_snapshots(const std::vector<SnapshotId>& ids) {
  const std::unordered_set<SnapshotId> gone(ids.begin(), ids.end());
  if (!erase_matching(next_.snapshots, [&](const Snapshot& s) { return gone.contains(s.id); })) {
    return;
  }
  erase_matching(next_.statistics,
                 [&](const StatisticsFile& f) { return gone.contains(f.snapshot_id); });
  erase_matching(next_.partition_statistics,
                 [&](const PartitionStatisticsFile& f) { return gone.contains(f.snapshot_id); });
  std::vector<std::string> dangling;
  for (const auto& [name, ref] : next_.refs) {
    if (gone.contains(ref.snapshot_id)) dangling.push_back(name);
  }
  for (const std::string& name : dangling) remove_ref(name);
  removed_snapshots_ = changed_ = true;
}

Result<void> MetadataBuilder::set_properties(const std::map<std::string, std::string>& properties) {
  for (const auto& [name, value] : properties) {
    if (name == property::kFormatVersion) {
      const auto version = parse_int64(value);
      if (!version || *version < 1 || *version > kFormatVersionMax) {
        return invalid_input("bad value `{}` of property `{}`", value, name);
      }
      TRY(upgrade(static_cast<int>(*version)));
      continue;
    }
    std::string& slot = next_.properties[name];
    changed_ = changed_ || slot != value || !base_.properties.contains(name);
    slot = value;
  }
  return {};
}

void MetadataBuilder::remove_properties(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (next_.properties.erase(name) > 0) changed_ = true;
  }
}

void MetadataBuilder::set_statistics(const StatisticsFile& file) {
  erase_matching(next_.statistics,
                 [&](const StatisticsFile& f) { return f.snapshot_id == file.snapshot_id; });
  next_.statistics.push_back(file);
  changed_ = true;
}

void MetadataBuilder::set_partition_statistics(const PartitionStatisticsFile& file) {
  erase_matching(next_.partition_statistics, [&](const PartitionStatisticsFile& f) {
    return f.snapshot_id == file.snapshot_id;
  });
  next_.partition_statistics.push_back(file);
  changed_ = true;
}

Result<void> MetadataBuilder::remove_specs(const std::vector<int>& ids) {
  const std::unordered_set<int> gone(ids.begin(), ids.end());
  if (gone.contains(next_.default_spec_id)) {
    return invalid_input("cannot remove the default partition spec");
  }
  if (erase_matching(next_.specs,
                     [&](const PartitionSpec& s) { return gone.contains(s.spec_id); })) {
    changed_ = true;
  }
  return {};
}

Result<void> MetadataBuilder::remove_schemas(const std::vector<int>& ids) {
  const std::unordered_set<int> gone(ids.begin(), ids.end());
  if (gone.contains(next_.current_schema_id)) {
    return invalid_input("cannot remove the current schema");
  }
  if (erase_matching(next_.schemas, [&](const Schema& s) { return gone.contains(s.schema_id); })) {
    changed_ = true;
  }
  return {};
}

Result<void> MetadataBuilder::add_key(const EncryptionKey& key) {
  for (const EncryptionKey& known : next_.encryption_keys) {
    if (known.key_id != key.key_id) continue;
    if (known == key) return {};
    return invalid_input("encryption key `{}` exists already", key.key_id);
  }
  next_.encryption_keys.push_back(key);
  changed_ = true;
  return {};
}

Result<void> MetadataBuilder::set_location(const std::string& location) {
  if (location.empty()) return invalid_input("the table's location must not be empty");
  changed_ = changed_ || next_.location != location;
  next_.location = location;
  return {};
}

Result<void> MetadataBuilder::apply(const TableUpdate& update) {
  switch (update.kind) {
    case TableUpdateKind::AssignUuid:
      return assign_uuid(update.text);
    case TableUpdateKind::UpgradeFormatVersion:
      return upgrade(update.id);
    case TableUpdateKind::AddSchema:
      return add_schema(update.schema.value());
    case TableUpdateKind::SetCurrentSchema:
      return set_current_schema(update.id);
    case TableUpdateKind::AddSpec:
      return add_spec(update.spec.value());
    case TableUpdateKind::SetDefaultSpec:
      return set_default_spec(update.id);
    case TableUpdateKind::AddSortOrder:
      return add_order(update.sort_order.value());
    case TableUpdateKind::SetDefaultSortOrder:
      return set_default_order(update.id);
    case TableUpdateKind::AddSnapshot:
      return add_snapshot(update.snapshot.value());
    case TableUpdateKind::SetSnapshotRef:
      return set_ref(update.text, update.ref.value());
    case TableUpdateKind::RemoveSnapshots:
      remove_snapshots(update.snapshot_ids);
      break;
    case TableUpdateKind::RemoveSnapshotRef:
      remove_ref(update.text);
      break;
    case TableUpdateKind::SetLocation:
      return set_location(update.text);
    case TableUpdateKind::SetProperties:
      return set_properties(update.properties);
    case TableUpdateKind::RemoveProperties:
      remove_properties(update.names);
      break;
    case TableUpdateKind::SetStatistics:
      set_statistics(update.statistics.value());
      break;
    case TableUpdateKind::RemoveStatistics:
      drop(next_.statistics,
           [&](const auto& f) { return f.snapshot_id == update.snapshot_ids[0]; });
      break;
    case TableUpdateKind::SetPartitionStatistics:
      set_partition_statistics(update.partition_statistics.value());
      break;
    case TableUpdateKind::RemovePartitionStatistics:
      drop(next_.partition_statistics,
           [&](const auto& f) { return f.snapshot_id == update.snapshot_ids[0]; });
      break;
    case TableUpdateKind::RemovePartitionSpecs:
      return remove_specs(update.ids);
    case TableUpdateKind::RemoveSchemas:
      return remove_schemas(update.ids);
    case TableUpdateKind::AddEncryptionKey:
      return add_key(update.encryption_key.value());
    case TableUpdateKind::RemoveEncryptionKey:
      drop(next_.encryption_keys, [&](const auto& k) { return k.key_id == update.text; });
      break;
  }
  return {};
}

// What the default spec and order need is in the current schema.
Result<void> MetadataBuilder::check_references() const {
  if (next_.location.empty()) return invalid_input("the table has no location");
  const Schema* schema = next_.find_schema(next_.current_schema_id);
  if (schema == nullptr) return invalid_input("the table has no schema");
  const PartitionSpec* spec = next_.find_spec(next_.default_spec_id);
  if (spec == nullptr) return invalid_input("the table has no partition spec");
  const SortOrder* order = next_.find_sort_order(next_.default_sort_order_id);
  if (order == nullptr) return invalid_input("the table has no sort order");
  if (!model_changed_) return {};
  for (const PartitionField& field : spec->fields) {
    if (field.transform.kind == TransformKind::Void ||
        field.transform.kind == TransformKind::Unknown) {
      continue;
    }
    const Field* source = find_field(*schema, field.source_id);
    if (source == nullptr || !can_transform(field.transform, source->type)) {
      return invalid_input("partition field `{}` needs column {} of a type that `{}` takes",
                           field.name, field.source_id, to_string(field.transform));
    }
  }
  return validate_sort_order(*order, *schema);
}

// Drops snapshots that were current only between two updates, and everything before a gap.
void MetadataBuilder::update_snapshot_log() {
  std::unordered_set<SnapshotId> intermediate;
  for (std::size_t i = base_.snapshot_log.size(); i < next_.snapshot_log.size(); ++i) {
    const SnapshotId id = next_.snapshot_log[i].snapshot_id;
    if (added_snapshots_.contains(id) && id != next_.current_snapshot_id) intermediate.insert(id);
  }
  if (intermediate.empty() && !removed_snapshots_) return;
  std::unordered_set<SnapshotId> known;
  for (const Snapshot& snapshot : next_.snapshots) known.insert(snapshot.id);
  std::vector<SnapshotLogEntry> log;
  for (const SnapshotLogEntry& entry : next_.snapshot_log) {
    if (known.contains(entry.snapshot_id)) {
      if (!intermediate.contains(entry.snapshot_id)) log.push_back(entry);
    } else if (removed_snapshots_) {
      log.clear();
    }
  }
  next_.snapshot_log = std::move(log);
}

Result<void> MetadataBuilder::update_metadata_log() {
  if (options_.base_location.empty()) return {};
  const std::int64_t limit = std::max<std::int64_t>(
      1, TRY(read_property(next_.properties, property::kPreviousVersionsMax)));
  auto& log = next_.metadata_log;
  log.push_back({base_.last_updated_ms, options_.base_location});
  if (static_cast<std::int64_t>(log.size()) > limit) {
    log.erase(log.begin(), log.end() - static_cast<std::ptrdiff_t>(limit));
  }
  return {};
}

Result<TableMetadata> MetadataBuilder::finish() {
  if (!changed_) {
    TRY(check_references());
    return std::move(next_);
  }
  TRY(check_references());
  if (next_.uuid.empty() && next_.format_version > 1) {
    return invalid_input("the table needs a uuid");
  }
  next_.last_updated_ms = std::max(timestamp_ms(), base_.last_updated_ms);
  update_snapshot_log();
  TRY(update_metadata_log());
  auto valid = validate_metadata(next_);
  if (!valid) return invalid_input("{}", describe(valid.error()));
  return std::move(next_);
}

}  // namespace

Result<TableMetadata> apply_updates(const TableMetadata& base,
                                    const std::vector<TableUpdate>& updates,
                                    const ApplyOptions& options) {
  MetadataBuilder builder(base, options);
  for (const TableUpdate& update : updates) {
    TRY(with_context(builder.apply(update), fmt::format("in `{}`", to_string(update.kind))));
  }
  return builder.finish();
}

TableMetadata empty_metadata(int format_version) {
  TableMetadata metadata;
  metadata.format_version = format_version;
  metadata.current_schema_id = kNothing;
  metadata.default_spec_id = kNothing;
  metadata.default_sort_order_id = kNothing;
  return metadata;
}

}  // namespace tarn::iceberg
