// SPDX-License-Identifier: Apache-2.0
// One change of a table's metadata, as in the REST protocol's `updates`. Applying them is in
// apply_update.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/table_metadata.h"

namespace tarn::iceberg {

// As schema, spec or sort order id: the one that was last added in the same list of updates.
inline constexpr int kLastAdded = -1;

// The members of TableUpdate that each kind uses stand beside it.
enum class TableUpdateKind : std::uint8_t {
  AssignUuid,                 // text
  UpgradeFormatVersion,       // id
  AddSchema,                  // schema
  SetCurrentSchema,           // id
  AddSpec,                    // spec
  SetDefaultSpec,             // id
  AddSortOrder,               // sort_order
  SetDefaultSortOrder,        // id
  AddSnapshot,                // snapshot
  SetSnapshotRef,             // text (name), ref
  RemoveSnapshots,            // snapshot_ids
  RemoveSnapshotRef,          // text (name)
  SetLocation,                // text
  SetProperties,              // properties
  RemoveProperties,           // names
  SetStatistics,              // statistics
  RemoveStatistics,           // snapshot_ids (one)
  SetPartitionStatistics,     // partition_statistics
  RemovePartitionStatistics,  // snapshot_ids (one)
  RemovePartitionSpecs,       // ids
  RemoveSchemas,              // ids
  AddEncryptionKey,           // encryption_key
  RemoveEncryptionKey,        // text (key id)
};

// Make one with the functions below.
struct TableUpdate {
  TableUpdateKind kind = TableUpdateKind::AssignUuid;
  int id = 0;
  std::string text;
  std::vector<int> ids;
  std::vector<std::string> names;
  std::vector<SnapshotId> snapshot_ids;
  std::map<std::string, std::string> properties;
  std::optional<Schema> schema;
  std::optional<PartitionSpec> spec;
  std::optional<SortOrder> sort_order;
  std::optional<Snapshot> snapshot;
  std::optional<SnapshotRef> ref;
  std::optional<StatisticsFile> statistics;
  std::optional<PartitionStatisticsFile> partition_statistics;
  std::optional<EncryptionKey> encryption_key;

  bool operator==(const TableUpdate&) const = default;
};

TableUpdate assign_uuid(std::string uuid);
TableUpdate upgrade_format_version(int format_version);
TableUpdate add_schema(Schema schema);
TableUpdate set_current_schema(int schema_id);
TableUpdate add_spec(PartitionSpec spec);
TableUpdate set_default_spec(int spec_id);
TableUpdate add_sort_order(SortOrder order);
TableUpdate set_default_sort_order(int order_id);
TableUpdate add_snapshot(Snapshot snapshot);
TableUpdate set_snapshot_ref(std::string name, SnapshotRef ref);
TableUpdate remove_snapshots(std::vector<SnapshotId> ids);
TableUpdate remove_snapshot_ref(std::string name);
TableUpdate set_location(std::string location);
TableUpdate set_properties(std::map<std::string, std::string> properties);
TableUpdate remove_properties(std::vector<std::string> names);
TableUpdate set_statistics(StatisticsFile file);
TableUpdate remove_statistics(SnapshotId id);
TableUpdate set_partition_statistics(PartitionStatisticsFile file);
TableUpdate remove_partition_statistics(SnapshotId id);
TableUpdate remove_partition_specs(std::vector<int> ids);
TableUpdate remove_schemas(std::vector<int> ids);
TableUpdate add_encryption_key(EncryptionKey key);
TableUpdate remove_encryption_key(std::string key_id);

// `add-schema`, `set-snapshot-ref`, …
std::string_view to_string(TableUpdateKind kind);

// The array of the REST protocol. An unknown action is ErrorCode::InvalidInput.
std::string table_updates_to_json(const std::vector<TableUpdate>& updates);
Result<std::vector<TableUpdate>> table_updates_from_json(std::string_view text);

}  // namespace tarn::iceberg
