// SPDX-License-Identifier: Apache-2.0
// Spec: "Appendix C: JSON serialization", snapshots, references, statistics and encryption keys.
#include <boost/json.hpp>

#include "base/text.h"
#include "iceberg/model_json.h"

namespace tarn::iceberg {

namespace json = boost::json;

namespace {

// Old writers put -1 where there is none.
std::optional<SnapshotId> known_id(std::optional<std::int64_t> id) {
  if (!id || *id < 0) return std::nullopt;
  return SnapshotId(*id);
}

Result<BlobMetadata> parse_blob(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "an entry of `blob-metadata`"));
  BlobMetadata blob;
  blob.type = TRY(json_text(object, "type"));
  blob.snapshot_id = SnapshotId(TRY(json_int(object, "snapshot-id")));
  blob.sequence_number = TRY(json_int(object, "sequence-number"));
  blob.fields = TRY(int_list(*TRY(json_array(object, "fields")), "`fields`"));
  blob.properties = TRY(text_map(object, "properties"));
  blob.extra =
      unknown_members(object, {"type", "snapshot-id", "sequence-number", "fields", "properties"});
  return blob;
}

json::object to_json(const BlobMetadata& blob) {
  json::object object;
  object["type"] = blob.type;
  object["snapshot-id"] = blob.snapshot_id.value;
  object["sequence-number"] = blob.sequence_number;
  object["fields"] = json::array(blob.fields.begin(), blob.fields.end());
  if (!blob.properties.empty()) object["properties"] = text_map_to_json(blob.properties);
  append_members(object, blob.extra);
  return object;
}

}  // namespace

json::object to_json(const Snapshot& snapshot, int format_version) {
  json::object object;
  if (format_version > 1) object["sequence-number"] = snapshot.sequence_number;
  object["snapshot-id"] = snapshot.id.value;
  if (snapshot.parent_id) object["parent-snapshot-id"] = snapshot.parent_id->value;
  object["timestamp-ms"] = snapshot.timestamp_ms;
  if (!snapshot.operation.empty() || !snapshot.summary.empty()) {
    json::object summary;
    if (!snapshot.operation.empty()) summary["operation"] = snapshot.operation;
    for (const auto& [key, text] : snapshot.summary) summary.emplace(key, text);
    object["summary"] = std::move(summary);
  }
  if (!snapshot.manifest_list.empty()) {
    object["manifest-list"] = snapshot.manifest_list;
  } else {
    object["manifests"] = json::array(snapshot.manifests.begin(), snapshot.manifests.end());
  }
  if (snapshot.schema_id) object["schema-id"] = *snapshot.schema_id;
  if (snapshot.first_row_id) object["first-row-id"] = *snapshot.first_row_id;
  if (snapshot.added_rows) object["added-rows"] = *snapshot.added_rows;
  if (snapshot.key_id) object["key-id"] = *snapshot.key_id;
  append_members(object, snapshot.extra);
  return object;
}

Result<Snapshot> parse_snapshot(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a snapshot"));
  Snapshot snapshot;
  snapshot.id = SnapshotId(TRY(json_int(object, "snapshot-id")));
  snapshot.parent_id = known_id(TRY(json_optional_int(object, "parent-snapshot-id")));
  snapshot.sequence_number = TRY(json_optional_int(object, "sequence-number")).value_or(0);
  snapshot.timestamp_ms = TRY(json_int(object, "timestamp-ms"));
  snapshot.manifest_list = TRY(json_optional_text(object, "manifest-list")).value_or("");
  if (const json::array* manifests = TRY(json_optional_array(object, "manifests"))) {
    snapshot.manifests = TRY(text_list(*manifests, "`manifests`"));
  } else if (snapshot.manifest_list.empty()) {
    return corrupt("snapshot {} has no `manifest-list`", snapshot.id.value);
  }
  snapshot.summary = TRY(text_map(object, "summary"));
  if (auto operation = snapshot.summary.extract("operation")) {
    snapshot.operation = std::move(operation.mapped());
  }
  snapshot.schema_id = TRY(json_optional_int32(object, "schema-id"));
  snapshot.first_row_id = TRY(json_optional_int(object, "first-row-id"));
  snapshot.added_rows = TRY(json_optional_int(object, "added-rows"));
  snapshot.key_id = TRY(json_optional_text(object, "key-id"));
  snapshot.extra = unknown_members(object, {"snapshot-id", "parent-snapshot-id", "sequence-number",
                                            "timestamp-ms", "manifest-list", "manifests", "summary",
                                            "schema-id", "first-row-id", "added-rows", "key-id"});
  return snapshot;
}

json::object to_json(const SnapshotRef& ref) {
  json::object object;
  object["snapshot-id"] = ref.snapshot_id.value;
  object["type"] = ref.kind == RefKind::Branch ? "branch" : "tag";
  if (ref.min_snapshots_to_keep) object["min-snapshots-to-keep"] = *ref.min_snapshots_to_keep;
  if (ref.max_snapshot_age_ms) object["max-snapshot-age-ms"] = *ref.max_snapshot_age_ms;
  if (ref.max_ref_age_ms) object["max-ref-age-ms"] = *ref.max_ref_age_ms;
  append_members(object, ref.extra);
  return object;
}

Result<SnapshotRef> parse_snapshot_ref(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a snapshot reference"));
  SnapshotRef ref;
  ref.snapshot_id = SnapshotId(TRY(json_int(object, "snapshot-id")));
  const std::string kind = to_lower(TRY(json_text(object, "type")));
  if (kind != "branch" && kind != "tag") return corrupt("unknown reference type `{}`", kind);
  ref.kind = kind == "branch" ? RefKind::Branch : RefKind::Tag;
  ref.min_snapshots_to_keep = TRY(json_optional_int32(object, "min-snapshots-to-keep"));
  ref.max_snapshot_age_ms = TRY(json_optional_int(object, "max-snapshot-age-ms"));
  ref.max_ref_age_ms = TRY(json_optional_int(object, "max-ref-age-ms"));
  ref.extra = unknown_members(object, {"snapshot-id", "type", "min-snapshots-to-keep",
                                       "max-snapshot-age-ms", "max-ref-age-ms"});
  return ref;
}

json::object to_json(const StatisticsFile& file) {
  json::object object;
  object["snapshot-id"] = file.snapshot_id.value;
  object["statistics-path"] = file.path;
  object["file-size-in-bytes"] = file.file_size;
  object["file-footer-size-in-bytes"] = file.footer_size;
  if (file.key_metadata) object["key-metadata"] = *file.key_metadata;
  json::array blobs;
  for (const BlobMetadata& blob : file.blobs) blobs.push_back(to_json(blob));
  object["blob-metadata"] = std::move(blobs);
  append_members(object, file.extra);
  return object;
}

Result<StatisticsFile> parse_statistics_file(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "an entry of `statistics`"));
  StatisticsFile file;
  file.snapshot_id = SnapshotId(TRY(json_int(object, "snapshot-id")));
  file.path = TRY(json_text(object, "statistics-path"));
  file.file_size = TRY(json_int(object, "file-size-in-bytes"));
  file.footer_size = TRY(json_int(object, "file-footer-size-in-bytes"));
  file.key_metadata = TRY(json_optional_text(object, "key-metadata"));
  for (const json::value& blob : *TRY(json_array(object, "blob-metadata"))) {
    file.blobs.push_back(TRY(parse_blob(blob)));
  }
  file.extra =
      unknown_members(object, {"snapshot-id", "statistics-path", "file-size-in-bytes",
                               "file-footer-size-in-bytes", "key-metadata", "blob-metadata"});
  return file;
}

json::object to_json(const PartitionStatisticsFile& file) {
  json::object object;
  object["snapshot-id"] = file.snapshot_id.value;
  object["statistics-path"] = file.path;
  object["file-size-in-bytes"] = file.file_size;
  append_members(object, file.extra);
  return object;
}

Result<PartitionStatisticsFile> parse_partition_statistics_file(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "an entry of `partition-statistics`"));
  PartitionStatisticsFile file;
  file.snapshot_id = SnapshotId(TRY(json_int(object, "snapshot-id")));
  file.path = TRY(json_text(object, "statistics-path"));
  file.file_size = TRY(json_int(object, "file-size-in-bytes"));
  file.extra = unknown_members(object, {"snapshot-id", "statistics-path", "file-size-in-bytes"});
  return file;
}

json::object to_json(const EncryptionKey& key) {
  json::object object;
  object["key-id"] = key.key_id;
  object["encrypted-key-metadata"] = key.encrypted_key_metadata;
  if (!key.encrypted_by_id.empty()) object["encrypted-by-id"] = key.encrypted_by_id;
  if (!key.properties.empty()) object["properties"] = text_map_to_json(key.properties);
  append_members(object, key.extra);
  return object;
}

Result<EncryptionKey> parse_encryption_key(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "an encryption key"));
  EncryptionKey key;
  key.key_id = TRY(json_text(object, "key-id"));
  key.encrypted_key_metadata = TRY(json_text(object, "encrypted-key-metadata"));
  key.encrypted_by_id = TRY(json_optional_text(object, "encrypted-by-id")).value_or("");
  key.properties = TRY(text_map(object, "properties"));
  key.extra = unknown_members(
      object, {"key-id", "encrypted-key-metadata", "encrypted-by-id", "properties"});
  return key;
}

}  // namespace tarn::iceberg
