// SPDX-License-Identifier: Apache-2.0
// Spec: "Table Metadata Fields", "Appendix C", "Format Versions".
#include <algorithm>
#include <boost/json.hpp>

#include "iceberg/model_json.h"
#include "iceberg/table_metadata.h"

namespace tarn::iceberg {

namespace {

namespace json = boost::json;

Result<void> read_schemas(const json::object& object, TableMetadata& metadata) {
  const json::array* schemas = TRY(json_optional_array(object, "schemas"));
  if (schemas != nullptr) {
    metadata.current_schema_id = TRY(json_int32(object, "current-schema-id"));
    for (const json::value& schema : *schemas) {
      metadata.schemas.push_back(TRY(parse_schema(schema)));
    }
    return {};
  }
  if (metadata.format_version > 1) return corrupt("missing field `schemas`");
  metadata.schemas.push_back(TRY(parse_schema(*TRY(json_object(object, "schema")))));
  metadata.current_schema_id = metadata.schemas.front().schema_id;
  return {};
}

int highest_partition_id(const TableMetadata& metadata) {
  int highest = kFirstPartitionFieldId - 1;
  for (const PartitionSpec& spec : metadata.specs) {
    for (const PartitionField& field : spec.fields) highest = std::max(highest, field.field_id);
  }
  return highest;
}

Result<void> read_specs(const json::object& object, TableMetadata& metadata) {
  const json::array* specs = TRY(json_optional_array(object, "partition-specs"));
  if (specs != nullptr) {
    metadata.default_spec_id = TRY(json_int32(object, "default-spec-id"));
    for (const json::value& spec : *specs) {
      metadata.specs.push_back(TRY(parse_partition_spec(spec)));
    }
  } else {
    if (metadata.format_version > 1) return corrupt("missing field `partition-specs`");
    const json::array* fields = TRY(json_array(object, "partition-spec"));
    metadata.specs.push_back(TRY(parse_partition_fields(*fields, 0)));
    metadata.default_spec_id = 0;
  }
  for (PartitionSpec& spec : metadata.specs) number_partition_fields(spec);
  const auto last = TRY(json_optional_int32(object, "last-partition-id"));
  if (!last && metadata.format_version > 1) return corrupt("missing field `last-partition-id`");
  // Ids must never be used again, whatever the writer counted.
  metadata.last_partition_id =
      std::max(last.value_or(kFirstPartitionFieldId - 1), highest_partition_id(metadata));
  return {};
}

Result<void> read_sort_orders(const json::object& object, TableMetadata& metadata) {
  const json::array* orders = TRY(json_optional_array(object, "sort-orders"));
  if (orders == nullptr) {
    if (metadata.format_version > 1) return corrupt("missing field `sort-orders`");
    metadata.sort_orders.push_back(SortOrder{});
    metadata.default_sort_order_id = kUnsortedOrderId;
    return {};
  }
  metadata.default_sort_order_id = TRY(json_int32(object, "default-sort-order-id"));
  for (const json::value& order : *orders) {
    metadata.sort_orders.push_back(TRY(parse_sort_order(order)));
  }
  return {};
}

Result<void> read_snapshots(const json::object& object, TableMetadata& metadata) {
  const auto current = TRY(json_optional_int(object, "current-snapshot-id"));
  if (current && *current >= 0) metadata.current_snapshot_id = SnapshotId(*current);
  if (const json::array* snapshots = TRY(json_optional_array(object, "snapshots"))) {
    metadata.snapshots.reserve(snapshots->size());
    for (const json::value& snapshot : *snapshots) {
      metadata.snapshots.push_back(TRY(parse_snapshot(snapshot)));
    }
  }
  if (const json::object* refs = TRY(json_optional_object(object, "refs"))) {
    for (const auto& member : *refs) {
      metadata.refs.emplace(std::string_view(member.key()),
                            TRY(parse_snapshot_ref(member.value())));
    }
  }
  if (metadata.refs.empty() && metadata.current_snapshot_id) {
    SnapshotRef main;
    main.snapshot_id = *metadata.current_snapshot_id;
    metadata.refs.emplace(kMainBranch, main);
  }
  return {};
}

Result<void> read_logs(const json::object& object, TableMetadata& metadata) {
  if (const json::array* log = TRY(json_optional_array(object, "snapshot-log"))) {
    metadata.snapshot_log.reserve(log->size());
    for (const json::value& value : *log) {
      const json::object& entry = *TRY(as_object(value, "an entry of `snapshot-log`"));
      metadata.snapshot_log.push_back(
          {TRY(json_int(entry, "timestamp-ms")), SnapshotId(TRY(json_int(entry, "snapshot-id")))});
    }
  }
  if (const json::array* log = TRY(json_optional_array(object, "metadata-log"))) {
    for (const json::value& value : *log) {
      const json::object& entry = *TRY(as_object(value, "an entry of `metadata-log`"));
      metadata.metadata_log.push_back(
          {TRY(json_int(entry, "timestamp-ms")), TRY(json_text(entry, "metadata-file"))});
    }
  }
  return {};
}

Result<void> read_files(const json::object& object, TableMetadata& metadata) {
  if (const json::array* files = TRY(json_optional_array(object, "statistics"))) {
    for (const json::value& file : *files) {
      metadata.statistics.push_back(TRY(parse_statistics_file(file)));
    }
  }
  if (const json::array* files = TRY(json_optional_array(object, "partition-statistics"))) {
    for (const json::value& file : *files) {
      metadata.partition_statistics.push_back(TRY(parse_partition_statistics_file(file)));
    }
  }
  if (const json::array* keys = TRY(json_optional_array(object, "encryption-keys"))) {
    for (const json::value& key : *keys) {
      metadata.encryption_keys.push_back(TRY(parse_encryption_key(key)));
    }
  }
  return {};
}

Result<void> read_scalars(const json::object& object, TableMetadata& metadata) {
  const int version = metadata.format_version;
  metadata.uuid = TRY(json_optional_text(object, "table-uuid")).value_or("");
  metadata.location = TRY(json_text(object, "location"));
  while (metadata.location.size() > 1 && metadata.location.ends_with('/') &&
         !metadata.location.ends_with("://")) {
    metadata.location.pop_back();
  }
  metadata.last_updated_ms = TRY(json_int(object, "last-updated-ms"));
  metadata.last_column_id = TRY(json_int32(object, "last-column-id"));
  if (version > 1) metadata.last_sequence_number = TRY(json_int(object, "last-sequence-number"));
  if (version > 2) metadata.next_row_id = TRY(json_int(object, "next-row-id"));
  metadata.properties = TRY(text_map(object, "properties"));
  return {};
}

void raise_last_column_id(TableMetadata& metadata) {
  for (const Schema& schema : metadata.schemas) {
    metadata.last_column_id = std::max(metadata.last_column_id, highest_field_id(schema));
  }
}

json::array logs_to_json(const std::vector<SnapshotLogEntry>& log) {
  json::array array;
  array.reserve(log.size());
  for (const SnapshotLogEntry& entry : log) {
    array.push_back(json::object{{"timestamp-ms", entry.timestamp_ms},
                                 {"snapshot-id", entry.snapshot_id.value}});
  }
  return array;
}

json::array logs_to_json(const std::vector<MetadataLogEntry>& log) {
  json::array array;
  array.reserve(log.size());
  for (const MetadataLogEntry& entry : log) {
    array.push_back(
        json::object{{"timestamp-ms", entry.timestamp_ms}, {"metadata-file", entry.metadata_file}});
  }
  return array;
}

template <typename T>
json::array list_to_json(const std::vector<T>& items) {
  json::array array;
  array.reserve(items.size());
  for (const T& item : items) array.push_back(to_json(item));
  return array;
}

void write_model(const TableMetadata& metadata, json::object& object) {
  if (metadata.format_version == 1) {
    // Readers of version 1 know only these two.
    object["schema"] = to_json(metadata.schema());
    object["partition-spec"] = fields_to_json(metadata.spec());
  }
  object["current-schema-id"] = metadata.current_schema_id;
  object["schemas"] = list_to_json(metadata.schemas);
  object["default-spec-id"] = metadata.default_spec_id;
  object["partition-specs"] = list_to_json(metadata.specs);
  object["last-partition-id"] = metadata.last_partition_id;
  object["default-sort-order-id"] = metadata.default_sort_order_id;
  object["sort-orders"] = list_to_json(metadata.sort_orders);
  object["properties"] = text_map_to_json(metadata.properties);
}

void write_history(const TableMetadata& metadata, json::object& object) {
  if (metadata.current_snapshot_id) {
    object["current-snapshot-id"] = metadata.current_snapshot_id->value;
  } else if (metadata.format_version < 3) {
    object["current-snapshot-id"] = -1;
  }
  if (metadata.format_version > 2) object["next-row-id"] = metadata.next_row_id;
  json::object refs;
  for (const auto& [name, ref] : metadata.refs) refs.emplace(name, to_json(ref));
  object["refs"] = std::move(refs);
  json::array snapshots;
  snapshots.reserve(metadata.snapshots.size());
  for (const Snapshot& snapshot : metadata.snapshots) {
    snapshots.push_back(to_json(snapshot, metadata.format_version));
  }
  object["snapshots"] = std::move(snapshots);
  object["statistics"] = list_to_json(metadata.statistics);
  object["partition-statistics"] = list_to_json(metadata.partition_statistics);
  object["snapshot-log"] = logs_to_json(metadata.snapshot_log);
  object["metadata-log"] = logs_to_json(metadata.metadata_log);
  if (!metadata.encryption_keys.empty()) {
    object["encryption-keys"] = list_to_json(metadata.encryption_keys);
  }
}

}  // namespace

Result<TableMetadata> table_metadata_from_json(std::string_view text) {
  const json::value value = TRY(parse_json(text));
  const json::object& object = *TRY(as_object(value, "table metadata"));
  TableMetadata metadata;
  metadata.format_version = TRY(json_int32(object, "format-version"));
  if (metadata.format_version < 1) {
    return corrupt("bad `format-version` {}", metadata.format_version);
  }
  if (metadata.format_version > kFormatVersionMax) {
    return unsupported("format version {} of the table", metadata.format_version);
  }
  TRY(read_scalars(object, metadata));
  TRY(read_schemas(object, metadata));
  TRY(read_specs(object, metadata));
  TRY(read_sort_orders(object, metadata));
  TRY(read_snapshots(object, metadata));
  TRY(read_logs(object, metadata));
  TRY(read_files(object, metadata));
  raise_last_column_id(metadata);
  metadata.extra = unknown_members(object, {"format-version",
                                            "table-uuid",
                                            "location",
                                            "last-sequence-number",
                                            "last-updated-ms",
                                            "last-column-id",
                                            "schema",
                                            "schemas",
                                            "current-schema-id",
                                            "partition-spec",
                                            "partition-specs",
                                            "default-spec-id",
                                            "last-partition-id",
                                            "sort-orders",
                                            "default-sort-order-id",
                                            "properties",
                                            "current-snapshot-id",
                                            "snapshots",
                                            "snapshot-log",
                                            "metadata-log",
                                            "refs",
                                            "statistics",
                                            "partition-statistics",
                                            "next-row-id",
                                            "encryption-keys"});
  TRY(validate_metadata(metadata));
  return metadata;
}

std::string table_metadata_to_json(const TableMetadata& metadata) {
  json::object object;
  object["format-version"] = metadata.format_version;
  if (!metadata.uuid.empty()) object["table-uuid"] = metadata.uuid;
  object["location"] = metadata.location;
  if (metadata.format_version > 1) {
    object["last-sequence-number"] = metadata.last_sequence_number;
  }
  object["last-updated-ms"] = metadata.last_updated_ms;
  object["last-column-id"] = metadata.last_column_id;
  write_model(metadata, object);
  write_history(metadata, object);
  append_members(object, metadata.extra);
  return write_json(json::value(std::move(object)));
}

}  // namespace tarn::iceberg
