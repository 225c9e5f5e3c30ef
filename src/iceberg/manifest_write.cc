// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "avro/file_writer.h"
#include "base/check.h"
#include "iceberg/manifest_io.h"
#include "iceberg/manifest_schema.h"
#include "iceberg/metadata_io.h"
#include "storage/store.h"

namespace tarn::iceberg {

// Collects the summary of one partition field.
struct FieldSummary {
  bool contains_null = false;
  bool contains_nan = false;
  Value lower;
  Value upper;

  void add(const Value& value) {
    if (value.is_null()) {
      contains_null = true;
    } else if (value.is_nan()) {
      contains_nan = true;
    } else {
      if (lower.is_null() || compare(value, lower) < 0) lower = value;
      if (upper.is_null() || compare(value, upper) > 0) upper = value;
    }
  }

  PartitionSummary finish() const {
    PartitionSummary summary{contains_null, contains_nan, {}, {}};
    if (!lower.is_null()) {
      summary.lower = to_bytes(lower);
      summary.upper = to_bytes(upper);
    }
    return summary;
  }
};

namespace {

void write_optional_number(avro::Encoder& encoder, const std::optional<std::int64_t>& value) {
  if (!value) return encoder.write_absent();
  encoder.write_present();
  encoder.write_long(*value);
}

void write_optional_bytes(avro::Encoder& encoder, const std::optional<std::string>& value) {
  if (!value) return encoder.write_absent();
  encoder.write_present();
  encoder.write_text(*value);
}

template <typename T, typename Write>
void write_list(avro::Encoder& encoder, const T& items, Write write) {
  if (items.empty()) return encoder.write_absent();
  encoder.write_present();
  encoder.begin_items(items.size());
  for (const auto& item : items) write(item);
  encoder.end_items();
}

void write_counts(avro::Encoder& encoder, const IdMap<std::int64_t>& counts) {
  write_list(encoder, counts, [&](const auto& entry) {
    encoder.write_long(entry.first);
    encoder.write_long(entry.second);
  });
}

void write_bounds(avro::Encoder& encoder, const IdMap<std::string>& bounds) {
  write_list(encoder, bounds, [&](const auto& entry) {
    encoder.write_long(entry.first);
    encoder.write_text(entry.second);
  });
}

// Two's complement in exactly `size` bytes, big end first.
std::string sized_big_endian(Int128 value, std::size_t size) {
  std::string minimal = to_minimal_big_endian(value);
  std::string padded(size > minimal.size() ? size - minimal.size() : 0, value < 0 ? '\xff' : '\0');
  return padded + minimal;
}

void write_partition_value(avro::Encoder& encoder, const Type& type, const Value& value) {
  if (value.is_null() || type.kind == TypeKind::Unknown) return encoder.write_absent();
  encoder.write_present();
  switch (type.kind) {
    case TypeKind::Boolean:
      return encoder.write_bool(value.as_bool());
    case TypeKind::Float:
      return encoder.write_float(value.as_float());
    case TypeKind::Double:
      return encoder.write_double(value.as_double());
    case TypeKind::Decimal: {
      auto size = static_cast<std::size_t>(partition_value_schema(type).size);
      return encoder.write_fixed(sized_big_endian(value.as_decimal(), size));
    }
    case TypeKind::Uuid:
      return encoder.write_fixed({reinterpret_cast<const char*>(value.as_uuid().bytes.data()), 16});
    case TypeKind::Fixed:
      return encoder.write_fixed(value.as_bytes());
    case TypeKind::String:
    case TypeKind::Binary:
      return encoder.write_text(value.as_bytes());
    default:
      return encoder.write_long(value.as_int());
  }
}

void write_data_file(avro::Encoder& encoder, const DataFile& file, const Type& partition,
                     int format_version) {
  encoder.write_long(static_cast<int>(file.content));
  encoder.write_text(file.path);
  encoder.write_text(to_string(file.format));
  for (std::size_t i = 0; i < partition.fields.size(); ++i) {
    write_partition_value(encoder, partition.fields[i].type, file.partition.values[i]);
  }
  encoder.write_long(file.record_count);
  encoder.write_long(file.file_size);
  write_counts(encoder, file.column_sizes);
  write_counts(encoder, file.value_counts);
  write_counts(encoder, file.null_value_counts);
  write_counts(encoder, file.nan_value_counts);
  write_bounds(encoder, file.lower_bounds);
  write_bounds(encoder, file.upper_bounds);
  write_optional_bytes(encoder, file.key_metadata);
  auto write_number = [&](std::int64_t number) { encoder.write_long(number); };
  write_list(encoder, file.split_offsets, write_number);
  write_list(encoder, file.equality_ids, write_number);
  write_optional_number(encoder, file.sort_order_id);
  if (format_version >= 3) write_optional_number(encoder, file.first_row_id);
  write_optional_bytes(encoder, file.referenced_data_file);
  if (format_version >= 3) {
    write_optional_number(encoder, file.content_offset);
    write_optional_number(encoder, file.content_size);
  }
}

avro::WriteOptions manifest_options(const ManifestHeader& header, avro::Codec codec) {
  avro::WriteOptions options;
  options.codec = codec;
  options.metadata = {{"schema", schema_to_json(header.schema)},
                      {"schema-id", std::to_string(header.schema.schema_id)},
                      {"partition-spec", partition_fields_to_json(header.spec)},
                      {"partition-spec-id", std::to_string(header.spec.spec_id)},
                      {"format-version", std::to_string(header.format_version)},
                      {"content", header.content == ManifestContent::Data ? "data" : "deletes"}};
  return options;
}

}  // namespace

struct ManifestWriter::Impl {
  ManifestHeader header;
  Type partition;
  avro::FileWriter writer;
  std::vector<FieldSummary> summaries;
  std::int64_t counts[3] = {0, 0, 0};  // by EntryStatus
  std::int64_t rows[3] = {0, 0, 0};
  std::optional<std::int64_t> min_sequence;
};

Result<ManifestWriter> ManifestWriter::make(ManifestHeader header, Random& random) {
  if (header.format_version < 2) {
    return unsupported("writing manifests of format version {}: upgrade the table to version 2",
                       header.format_version);
  }
  avro::Codec codec = TRY(manifest_codec(header.codec));
  Type partition = partition_type(header.spec, header.schema);
  avro::FileWriter writer(manifest_entry_schema(header.format_version, partition),
                          manifest_options(header, codec), random);
  auto impl = std::make_unique<Impl>(
      Impl{std::move(header), std::move(partition), std::move(writer), {}, {}, {}, {}});
  impl->summaries.resize(impl->partition.fields.size());
  return ManifestWriter(std::move(impl));
}

ManifestWriter::ManifestWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ManifestWriter::ManifestWriter(ManifestWriter&&) noexcept = default;
ManifestWriter& ManifestWriter::operator=(ManifestWriter&&) noexcept = default;
ManifestWriter::~ManifestWriter() = default;

Result<void> ManifestWriter::add(const ManifestEntry& entry) {
  const DataFile& file = entry.file;
  VERIFY(file.spec_id == impl_->header.spec.spec_id);
  VERIFY((file.content == FileContent::Data) == (impl_->header.content == ManifestContent::Data));
  if (file.partition.values.size() != impl_->partition.fields.size()) {
    return internal("file `{}` has {} partition values instead of {}", file.path,
                    file.partition.values.size(), impl_->partition.fields.size());
  }
  bool added = entry.status == EntryStatus::Added;
  if (!added && !(entry.sequence_number && entry.file_sequence_number)) {
    return internal("entry of file `{}` has no sequence numbers", file.path);
  }
  SnapshotId snapshot = impl_->header.snapshot_id;
  if (entry.status == EntryStatus::Existing) snapshot = entry.snapshot_id.value_or(snapshot);
  avro::Encoder& encoder = impl_->writer.encoder();
  encoder.write_long(static_cast<int>(entry.status));
  write_optional_number(encoder, snapshot.value);
  write_optional_number(encoder, entry.sequence_number);
  write_optional_number(encoder, added ? std::nullopt : entry.file_sequence_number);
  write_data_file(encoder, file, impl_->partition, impl_->header.format_version);
  impl_->writer.end_row();

  ++impl_->counts[static_cast<int>(entry.status)];
  impl_->rows[static_cast<int>(entry.status)] += file.record_count;
  for (std::size_t i = 0; i < impl_->summaries.size(); ++i) {
    impl_->summaries[i].add(file.partition.values[i]);
  }
  if (entry.is_live() && entry.sequence_number) {
    impl_->min_sequence =
        std::min(impl_->min_sequence.value_or(*entry.sequence_number), *entry.sequence_number);
  }
  return {};
}

std::int64_t ManifestWriter::size() const {
  return static_cast<std::int64_t>(impl_->writer.size());
}

std::int64_t ManifestWriter::entry_count() const {
  return impl_->counts[0] + impl_->counts[1] + impl_->counts[2];
}

Result<ManifestFile> ManifestWriter::finish(storage::Store& store, const std::string& location) {
  std::string bytes = std::move(impl_->writer).finish();
  TRY(store.write(location, bytes, storage::WriteMode::CreateExclusive));
  ManifestFile manifest;
  manifest.path = location;
  manifest.length = static_cast<std::int64_t>(bytes.size());
  manifest.partition_spec_id = impl_->header.spec.spec_id;
  manifest.content = impl_->header.content;
  manifest.sequence_number = kUnassignedSequenceNumber;
  manifest.min_sequence_number = impl_->min_sequence.value_or(kUnassignedSequenceNumber);
  manifest.added_snapshot_id = impl_->header.snapshot_id;
  manifest.existing_files_count = impl_->counts[0];
  manifest.added_files_count = impl_->counts[1];
  manifest.deleted_files_count = impl_->counts[2];
  manifest.existing_rows_count = impl_->rows[0];
  manifest.added_rows_count = impl_->rows[1];
  manifest.deleted_rows_count = impl_->rows[2];
  manifest.partitions.emplace();
  for (const auto& summary : impl_->summaries) manifest.partitions->push_back(summary.finish());
  return manifest;
}

namespace {

void write_summary(avro::Encoder& encoder, const PartitionSummary& summary) {
  encoder.write_bool(summary.contains_null);
  if (summary.contains_nan) {
    encoder.write_present();
    encoder.write_bool(*summary.contains_nan);
  } else {
    encoder.write_absent();
  }
  write_optional_bytes(encoder, summary.lower);
  write_optional_bytes(encoder, summary.upper);
}

std::int64_t assigned(std::int64_t sequence_number, const ManifestListHeader& header) {
  return sequence_number == kUnassignedSequenceNumber ? header.sequence_number : sequence_number;
}

Result<void> write_manifest_row(avro::Encoder& encoder, const ManifestFile& manifest,
                                const ManifestListHeader& header) {
  encoder.write_text(manifest.path);
  encoder.write_long(manifest.length);
  encoder.write_long(manifest.partition_spec_id);
  encoder.write_long(static_cast<int>(manifest.content));
  encoder.write_long(assigned(manifest.sequence_number, header));
  encoder.write_long(assigned(manifest.min_sequence_number, header));
  encoder.write_long(manifest.added_snapshot_id.value);
  for (const auto& count :
       {manifest.added_files_count, manifest.existing_files_count, manifest.deleted_files_count,
        manifest.added_rows_count, manifest.existing_rows_count, manifest.deleted_rows_count}) {
    if (!count) return internal("counts of manifest `{}` are unknown", manifest.path);
    encoder.write_long(*count);
  }
  if (manifest.partitions) {
    encoder.write_present();
    encoder.begin_items(manifest.partitions->size());
    for (const auto& summary : *manifest.partitions) write_summary(encoder, summary);
    encoder.end_items();
  } else {
    encoder.write_absent();
  }
  write_optional_bytes(encoder, manifest.key_metadata);
  if (header.format_version >= 3) write_optional_number(encoder, manifest.first_row_id);
  return {};
}

}  // namespace

Result<void> write_manifest_list(storage::Store& store, const std::string& location,
                                 const ManifestListHeader& header,
                                 std::span<const ManifestFile> manifests, Random& random) {
  avro::WriteOptions options;
  options.codec = TRY(manifest_codec(header.codec));
  options.metadata = {
      {"snapshot-id", std::to_string(header.snapshot_id.value)},
      {"parent-snapshot-id",
       header.parent_id ? std::to_string(header.parent_id->value) : std::string("null")},
      {"sequence-number", std::to_string(header.sequence_number)},
      {"format-version", std::to_string(header.format_version)}};
  if (header.first_row_id) {
    options.metadata.emplace_back("first-row-id", std::to_string(*header.first_row_id));
  }
  avro::FileWriter writer(manifest_file_schema(header.format_version), options, random);
  for (const auto& manifest : manifests) {
    TRY(write_manifest_row(writer.encoder(), manifest, header));
    writer.end_row();
  }
  return store.write(location, std::move(writer).finish(), storage::WriteMode::CreateExclusive);
}

std::string manifest_location(const TableMetadata& metadata, const std::string& name, int index) {
  return fmt::format("{}/{}-m{}.avro", metadata_folder(metadata), name, index);
}

std::string manifest_list_location(const TableMetadata& metadata, SnapshotId snapshot_id,
                                   int attempt, const std::string& name) {
  return fmt::format("{}/snap-{}-{}-{}.avro", metadata_folder(metadata), snapshot_id.value, attempt,
                     name);
}

}  // namespace tarn::iceberg
