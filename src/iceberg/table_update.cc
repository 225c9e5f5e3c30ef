// SPDX-License-Identifier: Apache-2.0
#include "iceberg/table_update.h"

#include <algorithm>
#include <array>

namespace tarn::iceberg {

namespace {

TableUpdate make_update(TableUpdateKind kind) {
  TableUpdate update;
  update.kind = kind;
  return update;
}

TableUpdate make_text_update(TableUpdateKind kind, std::string text) {
  TableUpdate update = make_update(kind);
  update.text = std::move(text);
  return update;
}

TableUpdate make_id_update(TableUpdateKind kind, int id) {
  TableUpdate update = make_update(kind);
  update.id = id;
  return update;
}

constexpr std::array<std::string_view, 23> kUpdateNames = {
    "assign-uuid",
    "upgrade-format-version",
    "add-schema",
    "set-current-schema",
    "add-spec",
    "set-default-spec",
    "add-sort-order",
    "set-default-sort-order",
    "add-snapshot",
    "set-snapshot-ref",
    "remove-snapshots",
    "remove-snapshot-ref",
    "set-location",
    "set-properties",
    "remove-properties",
    "set-statistics",
    "remove-statistics",
    "set-partition-statistics",
    "remove-partition-statistics",
    "remove-partition-specs",
    "remove-schemas",
    "add-encryption-key",
    "remove-encryption-key",
};

}  // namespace

std::string_view to_string(TableUpdateKind kind) {
  return kUpdateNames[static_cast<std::size_t>(kind)];
}

TableUpdate assign_uuid(std::string uuid) {
  return make_text_update(TableUpdateKind::AssignUuid, std::move(uuid));
}
TableUpdate upgrade_format_version(int format_version) {
  return make_id_update(TableUpdateKind::UpgradeFormatVersion, format_version);
}
TableUpdate add_schema(Schema schema) {
  TableUpdate update = make_update(TableUpdateKind::AddSchema);
  update.schema = std::move(schema);
  return update;
}
TableUpdate set_current_schema(int schema_id) {
  return make_id_update(TableUpdateKind::SetCurrentSchema, schema_id);
}
TableUpdate add_spec(PartitionSpec spec) {
  TableUpdate update = make_update(TableUpdateKind::AddSpec);
  update.spec = std::move(spec);
  return update;
}
TableUpdate set_default_spec(int spec_id) {
  return make_id_update(TableUpdateKind::SetDefaultSpec, spec_id);
}
TableUpdate add_sort_order(SortOrder order) {
  TableUpdate update = make_update(TableUpdateKind::AddSortOrder);
  update.sort_order = std::move(order);
  return update;
}
TableUpdate set_default_sort_order(int order_id) {
  return make_id_update(TableUpdateKind::SetDefaultSortOrder, order_id);
}
TableUpdate add_snapshot(Snapshot snapshot) {
  TableUpdate update = make_update(TableUpdateKind::AddSnapshot);
  update.snapshot = std::move(snapshot);
  return update;
}
TableUpdate set_snapshot_ref(std::string name, SnapshotRef ref) {
  TableUpdate update = make_text_update(TableUpdateKind::SetSnapshotRef, std::move(name));
  update.ref = std::move(ref);
  return update;
}
TableUpdate remove_snapshots(std::vector<SnapshotId> ids) {
  TableUpdate update = make_update(TableUpdateKind::RemoveSnapshots);
  update.snapshot_ids = std::move(ids);
  return update;
}
TableUpdate remove_snapshot_ref(std::string name) {
  return make_text_update(TableUpdateKind::RemoveSnapshotRef, std::move(name));
}
TableUpdate set_location(std::string location) {
  return make_text_update(TableUpdateKind::SetLocation, std::move(location));
}
TableUpdate set_properties(std::map<std::string, std::string> properties) {
  TableUpdate update = make_update(TableUpdateKind::SetProperties);
  update.properties = std::move(properties);
  return update;
}
TableUpdate remove_properties(std::vector<std::string> names) {
  TableUpdate update = make_update(TableUpdateKind::RemoveProperties);
  update.names = std::move(names);
  return update;
}
TableUpdate set_statistics(StatisticsFile file) {
  TableUpdate update = make_update(TableUpdateKind::SetStatistics);
  update.statistics = std::move(file);
  return update;
}
TableUpdate remove_statistics(SnapshotId id) {
  TableUpdate update = make_update(TableUpdateKind::RemoveStatistics);
  update.snapshot_ids = {id};
  return update;
}
TableUpdate set_partition_statistics(PartitionStatisticsFile file) {
  TableUpdate update = make_update(TableUpdateKind::SetPartitionStatistics);
  update.partition_statistics = std::move(file);
  return update;
}
TableUpdate remove_partition_statistics(SnapshotId id) {
  TableUpdate update = make_update(TableUpdateKind::RemovePartitionStatistics);
  update.snapshot_ids = {id};
  return update;
}
TableUpdate remove_partition_specs(std::vector<int> ids) {
  TableUpdate update = make_update(TableUpdateKind::RemovePartitionSpecs);
  update.ids = std::move(ids);
  return update;
}
TableUpdate remove_schemas(std::vector<int> ids) {
  TableUpdate update = make_update(TableUpdateKind::RemoveSchemas);
  update.ids = std::move(ids);
  return update;
}
TableUpdate add_encryption_key(EncryptionKey key) {
  TableUpdate update = make_update(TableUpdateKind::AddEncryptionKey);
  update.encryption_key = std::move(key);
  return update;
}
TableUpdate remove_encryption_key(std::string key_id) {
  return make_text_update(TableUpdateKind::RemoveEncryptionKey, std::move(key_id));
}

}  // namespace tarn::iceberg
