// SPDX-License-Identifier: Apache-2.0
#include "engine/metadata_table.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "engine/lake_type.h"
#include "engine/metadata_files.h"
#include "engine/table_properties.h"
#include "iceberg/manifest_io.h"
#include "iceberg/value.h"

namespace tarn::engine {

namespace {

using types::TypeKind;
using types::Value;

types::Type instant_type() { return types::make_timestamp_with_time_zone(3); }

Value instant(std::int64_t millis) {
  types::Timestamp stamp;
  stamp.micros = millis * 1'000;
  return stamp;
}

template <typename T>
Value optional_number(const std::optional<T>& number) {
  return number ? Value(static_cast<std::int64_t>(*number)) : Value();
}

Value optional_id(const std::optional<iceberg::SnapshotId>& id) {
  return id ? Value(id->value) : Value();
}

std::vector<Row> property_rows(const iceberg::TableMetadata& metadata) {
  std::map<std::string, std::string> all = metadata.properties;
  all["format"] = "iceberg/" + table_format(metadata);
  all["provider"] = "iceberg";
  all["location"] = metadata.location;
  all["format-version"] = std::to_string(metadata.format_version);
  all["current-snapshot-id"] = metadata.current_snapshot_id
                                   ? std::to_string(metadata.current_snapshot_id->value)
                                   : std::string("none");
  if (!metadata.sort_order().is_unsorted()) {
    all["sort-order"] = join(sorted_by_texts(metadata.sort_order(), metadata.schema()), ", ");
  }
  std::vector<Row> rows;
  for (const auto& [key, value] : all) rows.push_back({text_value(key), text_value(value)});
  return rows;
}

std::vector<Row> history_rows(const iceberg::TableMetadata& metadata) {
  std::set<std::int64_t> current;
  if (metadata.current_snapshot_id) {
    for (const auto* snapshot : iceberg::ancestors(metadata, *metadata.current_snapshot_id)) {
      current.insert(snapshot->id.value);
    }
  }
  std::vector<Row> rows;
  for (const auto& entry : metadata.snapshot_log) {
    const auto* snapshot = metadata.find_snapshot(entry.snapshot_id);
    rows.push_back({instant(entry.timestamp_ms), Value(entry.snapshot_id.value),
                    snapshot != nullptr ? optional_id(snapshot->parent_id) : Value(),
                    Value(current.contains(entry.snapshot_id.value))});
  }
  return rows;
}

std::vector<Row> snapshot_rows(const iceberg::TableMetadata& metadata) {
  std::vector<Row> rows;
  for (const auto& snapshot : metadata.snapshots) {
    std::vector<Value> summary;
    for (const auto& [key, value] : snapshot.summary) {
      summary.push_back(text_value(key));
      summary.push_back(text_value(value));
    }
    rows.push_back({instant(snapshot.timestamp_ms), Value(snapshot.id.value),
                    optional_id(snapshot.parent_id),
                    snapshot.operation.empty() ? Value() : text_value(snapshot.operation),
                    snapshot.manifest_list.empty() ? Value() : text_value(snapshot.manifest_list),
                    Value(std::move(summary))});
  }
  return rows;
}

// The metadata files of the log, and the present one.
std::vector<Row> log_rows(const MetadataSource& source) {
  const iceberg::TableMetadata& metadata = *source.table.metadata;
  std::vector<iceberg::MetadataLogEntry> entries = metadata.metadata_log;
  entries.push_back({metadata.last_updated_ms, source.table.metadata_location});
  std::vector<Row> rows;
  for (const auto& entry : entries) {
    const auto* snapshot = metadata.snapshot_at(entry.timestamp_ms);
    rows.push_back({instant(entry.timestamp_ms), text_value(entry.metadata_file),
                    snapshot != nullptr ? Value(snapshot->id.value) : Value(),
                    snapshot != nullptr ? optional_number(snapshot->schema_id) : Value(),
                    snapshot != nullptr ? Value(snapshot->sequence_number) : Value()});
  }
  return rows;
}

std::vector<Row> ref_rows(const iceberg::TableMetadata& metadata) {
  std::vector<Row> rows;
  for (const auto& [name, ref] : metadata.refs) {
    const bool branch = ref.kind == iceberg::RefKind::Branch;
    rows.push_back({text_value(name), text_value(branch ? "BRANCH" : "TAG"),
                    Value(ref.snapshot_id.value), optional_number(ref.max_ref_age_ms),
                    optional_number(ref.min_snapshots_to_keep),
                    optional_number(ref.max_snapshot_age_ms)});
  }
  return rows;
}

types::Type summaries_type() {
  const auto flag = types::make_type(TypeKind::Boolean);
  const auto text = types::make_varchar();
  return types::make_array(types::make_row({{"contains_null", flag},
                                            {"contains_nan", flag},
                                            {"lower_bound", text},
                                            {"upper_bound", text}}));
}

Value bound_text(const iceberg::PartitionField& field, const iceberg::Type& type,
                 const std::optional<std::string>& bytes) {
  if (!bytes) return {};
  auto value = iceberg::value_from_bytes(*bytes, type);
  if (!value) return {};
  return text_value(iceberg::to_human_string(field.transform, *value));
}

Value summaries_of(const iceberg::ManifestFile& manifest, const iceberg::TableMetadata& metadata) {
  const auto* spec = metadata.find_spec(manifest.partition_spec_id);
  std::vector<Value> out;
  if (!manifest.partitions || spec == nullptr) return Value(std::move(out));
  const iceberg::Type type = iceberg::partition_type(metadata, *spec);
  const std::size_t count = std::min(manifest.partitions->size(), spec->fields.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto& summary = (*manifest.partitions)[i];
    const iceberg::Type& field_type = type.fields[i].type;
    out.push_back(Value(std::vector<Value>{
        Value(summary.contains_null), summary.contains_nan ? Value(*summary.contains_nan) : Value(),
        bound_text(spec->fields[i], field_type, summary.lower),
        bound_text(spec->fields[i], field_type, summary.upper)}));
  }
  return Value(std::move(out));
}

Result<std::vector<Row>> manifest_rows(const MetadataSource& source) {
  std::vector<Row> rows;
  if (source.snapshot == nullptr) return rows;
  for (const auto& manifest : TRY(iceberg::read_manifests(*source.store, *source.snapshot))) {
    rows.push_back(
        {text_value(manifest.path), Value(manifest.length), Value(manifest.partition_spec_id),
         Value(manifest.added_snapshot_id.value), optional_number(manifest.added_files_count),
         optional_number(manifest.added_rows_count), optional_number(manifest.existing_files_count),
         optional_number(manifest.existing_rows_count),
         optional_number(manifest.deleted_files_count),
         optional_number(manifest.deleted_rows_count),
         summaries_of(manifest, *source.table.metadata)});
  }
  return rows;
}

Result<std::vector<Row>> all_manifest_rows(const MetadataSource& source) {
  std::vector<Row> rows;
  std::set<std::string> seen;
  for (const auto& snapshot : source.table.metadata->snapshots) {
    for (const auto& manifest : TRY(iceberg::read_manifests(*source.store, snapshot))) {
      if (!seen.insert(manifest.path).second) continue;
      rows.push_back({text_value(manifest.path), Value(manifest.length),
                      Value(manifest.partition_spec_id), Value(manifest.added_snapshot_id.value),
                      optional_number(manifest.added_files_count),
                      optional_number(manifest.existing_files_count),
                      optional_number(manifest.deleted_files_count),
                      summaries_of(manifest, *source.table.metadata)});
    }
  }
  return rows;
}

std::vector<AnswerColumn> columns_of(MetadataKind kind) {
  const auto text = varchar_type();
  const auto big = bigint_type();
  const auto number = integer_type();
  switch (kind) {
    case MetadataKind::Properties:
      return {{"key", text}, {"value", text}};
    case MetadataKind::History:
      return {{"made_current_at", instant_type()},
              {"snapshot_id", big},
              {"parent_id", big},
              {"is_current_ancestor", boolean_type()}};
    case MetadataKind::MetadataLogEntries:
      return {{"timestamp", instant_type()},
              {"file", text},
              {"latest_snapshot_id", big},
              {"latest_schema_id", number},
              {"latest_sequence_number", big}};
    case MetadataKind::Snapshots:
      return {{"committed_at", instant_type()},
              {"snapshot_id", big},
              {"parent_id", big},
              {"operation", text},
              {"manifest_list", text},
              {"summary", types::make_map(text, text)}};
    case MetadataKind::Manifests:
      return {{"path", text},
              {"length", big},
              {"partition_spec_id", number},
              {"added_snapshot_id", big},
              {"added_data_files_count", number},
              {"added_rows_count", big},
              {"existing_data_files_count", number},
              {"existing_rows_count", big},
              {"deleted_data_files_count", number},
              {"deleted_rows_count", big},
              {"partition_summaries", summaries_type()}};
    case MetadataKind::AllManifests:
      return {{"path", text},
              {"length", big},
              {"partition_spec_id", number},
              {"added_snapshot_id", big},
              {"added_data_files_count", number},
              {"existing_data_files_count", number},
              {"deleted_data_files_count", number},
              {"partition_summaries", summaries_type()}};
    case MetadataKind::Refs:
      return {{"name", text},
              {"type", text},
              {"snapshot_id", big},
              {"max_reference_age_in_ms", big},
              {"min_snapshots_to_keep", number},
              {"max_snapshot_age_in_ms", big}};
    default:
      return {};
  }
}

Result<std::vector<Row>> rows_of(MetadataKind kind, const MetadataSource& source) {
  const iceberg::TableMetadata& metadata = *source.table.metadata;
  switch (kind) {
    case MetadataKind::Properties:
      return property_rows(metadata);
    case MetadataKind::History:
      return history_rows(metadata);
    case MetadataKind::MetadataLogEntries:
      return log_rows(source);
    case MetadataKind::Snapshots:
      return snapshot_rows(metadata);
    case MetadataKind::Manifests:
      return manifest_rows(source);
    case MetadataKind::AllManifests:
      return all_manifest_rows(source);
    default:
      return ref_rows(metadata);
  }
}

}  // namespace

std::optional<MetadataKind> find_metadata_kind(std::string_view name) {
  static constexpr std::pair<std::string_view, MetadataKind> kKinds[] = {
      {"properties", MetadataKind::Properties},
      {"history", MetadataKind::History},
      {"metadata_log_entries", MetadataKind::MetadataLogEntries},
      {"snapshots", MetadataKind::Snapshots},
      {"manifests", MetadataKind::Manifests},
      {"all_manifests", MetadataKind::AllManifests},
      {"partitions", MetadataKind::Partitions},
      {"files", MetadataKind::Files},
      {"entries", MetadataKind::Entries},
      {"all_entries", MetadataKind::AllEntries},
      {"refs", MetadataKind::Refs}};
  for (const auto& [text, kind] : kKinds) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

Result<ComputedTable> make_metadata_table(MetadataKind kind, MetadataSource source) {
  switch (kind) {
    case MetadataKind::Partitions:
      return make_partitions_table(std::move(source));
    case MetadataKind::Files:
      return make_files_table(std::move(source));
    case MetadataKind::Entries:
    case MetadataKind::AllEntries:
      return make_entries_table(std::move(source), kind == MetadataKind::AllEntries);
    default:
      break;
  }
  ComputedTable table;
  table.columns = columns_of(kind);
  table.rows = [kind, source = std::move(source)](const ColumnBounds&) {
    return rows_of(kind, source);
  };
  return table;
}

}  // namespace tarn::engine
