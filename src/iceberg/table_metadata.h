// SPDX-License-Identifier: Apache-2.0
// The state of a table as one metadata file holds it, format versions 1 to 3 in one struct. Changes
// go through apply_update.h, never by hand. Spec: "Table Metadata", "Appendix C".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/partition.h"
#include "iceberg/schema.h"
#include "iceberg/snapshot.h"
#include "iceberg/sort_order.h"
#include "iceberg/statistics.h"

namespace tarn::iceberg {

inline constexpr int kFormatVersionDefault = 2;
inline constexpr int kFormatVersionMax = 3;

struct SnapshotLogEntry {
  std::int64_t timestamp_ms = 0;
  SnapshotId snapshot_id;

  bool operator==(const SnapshotLogEntry&) const = default;
};

struct MetadataLogEntry {
  std::int64_t timestamp_ms = 0;
  std::string metadata_file;

  bool operator==(const MetadataLogEntry&) const = default;
};

struct EncryptionKey {
  std::string key_id;
  std::string encrypted_key_metadata;  // base64, as stored
  std::string encrypted_by_id;         // "" = none
  std::map<std::string, std::string> properties;
  std::string extra;  // unknown JSON members, "" = none

  bool operator==(const EncryptionKey&) const = default;
};

struct TableMetadata {
  int format_version = kFormatVersionDefault;
  std::string uuid;      // "" only in old v1 tables
  std::string location;  // without a slash at the end
  std::int64_t last_sequence_number = 0;
  std::int64_t last_updated_ms = 0;
  int last_column_id = 0;
  std::vector<Schema> schemas;
  int current_schema_id = 0;
  std::vector<PartitionSpec> specs;
  int default_spec_id = 0;
  int last_partition_id = kFirstPartitionFieldId - 1;
  std::vector<SortOrder> sort_orders;
  int default_sort_order_id = kUnsortedOrderId;
  std::map<std::string, std::string> properties;
  std::optional<SnapshotId> current_snapshot_id;  // always that of `main`
  std::vector<Snapshot> snapshots;
  std::vector<SnapshotLogEntry> snapshot_log;
  std::vector<MetadataLogEntry> metadata_log;
  std::map<std::string, SnapshotRef> refs;
  std::vector<StatisticsFile> statistics;
  std::vector<PartitionStatisticsFile> partition_statistics;
  std::int64_t next_row_id = 0;  // v3
  std::vector<EncryptionKey> encryption_keys;
  std::string extra;

  bool operator==(const TableMetadata&) const = default;

  // The look-ups never fail on metadata that came from the parser or from apply_updates(): both
  // validate the references.
  const Schema& schema() const;
  const PartitionSpec& spec() const;
  const SortOrder& sort_order() const;
  // nullptr when missing.
  const Schema* find_schema(int schema_id) const;
  const PartitionSpec* find_spec(int spec_id) const;
  const SortOrder* find_sort_order(int order_id) const;
  const Snapshot* find_snapshot(SnapshotId id) const;
  const Snapshot* current_snapshot() const;
  // Head of a branch or the snapshot of a tag; nullptr when there is no such ref.
  const Snapshot* find_ref(std::string_view name) const;
  // The schema that a snapshot was written with, for time travel: its own where known.
  const Schema& schema_of(const Snapshot& snapshot) const;
  // The snapshot that was current on main at this time, by the snapshot log; nullptr before it.
  const Snapshot* snapshot_at(std::int64_t timestamp_ms) const;
};

// The struct of a spec's partition values, with source columns from the newest schema that has
// them.
Type partition_type(const TableMetadata& metadata, const PartitionSpec& spec);

// Whether `ancestor` is `of` or an ancestor of it. Ancestors that were expired end the walk.
bool is_ancestor(const TableMetadata& metadata, SnapshotId ancestor, SnapshotId of);
// From the head back to its oldest known ancestor.
std::vector<const Snapshot*> ancestors(const TableMetadata& metadata, SnapshotId head);

// All references (current schema, default spec, refs, sources of specs, …), ids and the rules of
// the format version. ErrorCode::Corrupt names the field.
Result<void> validate_metadata(const TableMetadata& metadata);

// Reads versions 1 to 3. Unknown members survive at every level. A higher version is
// ErrorCode::Unsupported, anything else that is wrong ErrorCode::Corrupt.
Result<TableMetadata> table_metadata_from_json(std::string_view text);
// Compact JSON of its format version.
std::string table_metadata_to_json(const TableMetadata& metadata);

}  // namespace tarn::iceberg
