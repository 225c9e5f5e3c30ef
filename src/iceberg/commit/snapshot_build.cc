// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/snapshot_build.h"

#include <algorithm>

#include "iceberg/table_properties.h"

namespace tarn::iceberg {

namespace {

constexpr int kFormatVersionOfLineage = 3;

bool has_all_sources(const Schema& schema, const PartitionSpec& spec) {
  return std::all_of(spec.fields.begin(), spec.fields.end(), [&](const PartitionField& field) {
    if (field.transform.kind == TransformKind::Void) return true;
    const Field* source = find_field(schema, field.source_id);
    return source != nullptr && can_transform(field.transform, source->type);
  });
}

// Gives row ids to the data manifests that have none. Returns how many ids were used.
std::int64_t assign_row_ids(std::vector<ManifestFile>& manifests, std::int64_t next_row_id) {
  std::int64_t next = next_row_id;
  for (ManifestFile& manifest : manifests) {
    if (manifest.content != ManifestContent::Data || manifest.first_row_id) continue;
    manifest.first_row_id = next;
    next += manifest.added_rows_count.value_or(0) + manifest.existing_rows_count.value_or(0);
  }
  return next - next_row_id;
}

}  // namespace

std::string file_key(const DataFile& file) {
  if (!file.content_offset) return file.path;
  return fmt::format("{}\n{}", file.path, *file.content_offset);
}

Result<const Schema*> schema_for_spec(const TableMetadata& metadata, const PartitionSpec& spec) {
  for (const PartitionField& field : spec.fields) {
    if (field.transform.kind == TransformKind::Unknown) {
      return unsupported("cannot write manifests of partition spec {}: unknown transform `{}`",
                         spec.spec_id, field.transform.text);
    }
  }
  if (has_all_sources(metadata.schema(), spec)) return &metadata.schema();
  for (auto schema = metadata.schemas.rbegin(); schema != metadata.schemas.rend(); ++schema) {
    if (has_all_sources(*schema, spec)) return &*schema;
  }
  return unsupported("cannot write manifests of partition spec {}: its columns are gone",
                     spec.spec_id);
}

Result<ManifestSplitter> ManifestSplitter::make(const BuildContext& context, int spec_id,
                                                ManifestContent content, SnapshotId snapshot_id) {
  const TableMetadata& metadata = context.metadata;
  const PartitionSpec* spec = metadata.find_spec(spec_id);
  if (spec == nullptr) return conflict("the table has no partition spec {}", spec_id);
  ManifestSplitter splitter(context);
  splitter.header_.format_version = metadata.format_version;
  splitter.header_.schema = *TRY(schema_for_spec(metadata, *spec));
  splitter.header_.spec = *spec;
  splitter.header_.content = content;
  splitter.header_.snapshot_id = snapshot_id;
  splitter.header_.codec = read_property(metadata.properties, property::kManifestCodec);
  splitter.target_bytes_ = TRY(read_property(metadata.properties, property::kManifestTargetBytes));
  return splitter;
}

Result<void> ManifestSplitter::add(const ManifestEntry& entry) {
  if (!writer_) writer_ = TRY(ManifestWriter::make(header_, *context_->environment.random));
  TRY(writer_->add(entry));
  if (writer_->size() >= target_bytes_) TRY(close());
  return {};
}

Result<void> ManifestSplitter::close() {
  if (!writer_) return {};
  std::string location =
      manifest_location(context_->metadata, context_->write_id, context_->manifest_count++);
  context_->written.push_back(location);
  manifests_.push_back(TRY(writer_->finish(*context_->environment.store, location)));
  writer_.reset();
  return {};
}

Result<std::vector<ManifestFile>> ManifestSplitter::finish() {
  TRY(close());
  return std::move(manifests_);
}

Result<std::vector<TableUpdate>> write_snapshot(const BuildContext& context, NewSnapshot made) {
  const TableMetadata& metadata = context.metadata;
  const Snapshot* parent = parent_of(metadata, made.branch);
  SnapshotRef ref;
  const auto known = metadata.refs.find(made.branch);
  if (known != metadata.refs.end()) ref = known->second;
  if (ref.kind != RefKind::Branch) {
    return invalid_input("cannot commit to `{}`, which is a tag", made.branch);
  }
  ref.snapshot_id = made.id;

  Snapshot snapshot;
  snapshot.id = made.id;
  if (parent != nullptr) snapshot.parent_id = parent->id;
  snapshot.sequence_number = metadata.last_sequence_number + 1;
  snapshot.timestamp_ms = std::max(context.now_ms, metadata.last_updated_ms);
  snapshot.operation = std::move(made.operation);
  snapshot.summary = std::move(made.summary);
  snapshot.schema_id = metadata.current_schema_id;
  for (ManifestFile& manifest : made.manifests) {
    TRY(complete_counts(*context.environment.store, metadata, manifest));
  }
  ManifestListHeader header;
  header.format_version = metadata.format_version;
  header.snapshot_id = snapshot.id;
  header.parent_id = snapshot.parent_id;
  header.sequence_number = snapshot.sequence_number;
  header.codec = read_property(metadata.properties, property::kManifestCodec);
  if (metadata.format_version >= kFormatVersionOfLineage) {
    snapshot.first_row_id = metadata.next_row_id;
    snapshot.added_rows = assign_row_ids(made.manifests, metadata.next_row_id);
    header.first_row_id = snapshot.first_row_id;
  }
  snapshot.manifest_list =
      manifest_list_location(metadata, snapshot.id, context.attempt, context.write_id);
  context.written.push_back(snapshot.manifest_list);
  TRY(write_manifest_list(*context.environment.store, snapshot.manifest_list, header,
                          made.manifests, *context.environment.random));
  std::vector<TableUpdate> updates;
  updates.push_back(add_snapshot(std::move(snapshot)));
  updates.push_back(set_snapshot_ref(made.branch, std::move(ref)));
  return updates;
}

const Snapshot* parent_of(const TableMetadata& metadata, const std::string& branch) {
  if (metadata.refs.contains(branch)) return metadata.find_ref(branch);
  return metadata.current_snapshot();
}

Result<std::shared_ptr<const ManifestFiles>> manifests_of(const BuildContext& context,
                                                          const Snapshot* snapshot) {
  if (snapshot == nullptr) return std::make_shared<const ManifestFiles>();
  return context.cache.manifests(*context.environment.store, *snapshot);
}

SnapshotId new_snapshot_id(const TableMetadata& metadata, Random& random) {
  for (;;) {
    const SnapshotId id(static_cast<std::int64_t>(random.next() & INT64_MAX));
    if (id.value != 0 && metadata.find_snapshot(id) == nullptr) return id;
  }
}

Result<std::shared_ptr<const ManifestEntries>> entries_of(const BuildContext& context,
                                                          const ManifestFile& manifest) {
  storage::Store& store = *context.environment.store;
  if (!is_settled(context, manifest)) {
    return std::make_shared<const ManifestEntries>(
        TRY(read_manifest(store, manifest, context.metadata)));
  }
  return context.cache.entries(store, manifest, context.metadata);
}

std::string reuse_key(const ManifestFile& manifest) {
  // Row ids come from the list entry and are set later when the table is upgraded.
  return fmt::format("{}\n{}\n", manifest.path, manifest.first_row_id.value_or(-1));
}

bool is_settled(const BuildContext& context, const ManifestFile& manifest) {
  return !context.own_snapshots.contains(manifest.added_snapshot_id);
}

void count_manifests(const std::vector<ManifestFile>& before,
                     const std::vector<ManifestFile>& after, SnapshotId snapshot_id,
                     std::map<std::string, std::string>& summary) {
  std::size_t created = 0;
  for (const ManifestFile& manifest : after) {
    if (manifest.added_snapshot_id == snapshot_id) ++created;
  }
  const std::size_t kept = after.size() - created;
  summary["manifests-created"] = std::to_string(created);
  summary["manifests-kept"] = std::to_string(kept);
  summary["manifests-replaced"] = std::to_string(before.size() - std::min(before.size(), kept));
}

}  // namespace tarn::iceberg
