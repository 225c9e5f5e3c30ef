// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "avro/file_reader.h"
#include "base/text.h"
#include "iceberg/manifest_io.h"
#include "storage/store.h"

namespace tarn::iceberg {
namespace {

using avro::Decoder;
using avro::TypeField;

avro::LayoutCache& manifest_layouts() {
  static avro::LayoutCache layouts;
  return layouts;
}

template <typename T>
std::optional<std::string> owned(const std::optional<T>& text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

// An array of records {key, value}; `value` reads the value of one.
template <typename T, typename ReadValue>
void read_id_map(Decoder& decoder, const avro::Type& type, int key_id, int value_id, IdMap<T>& map,
                 ReadValue read_value) {
  decoder.read_array(type, [&](const avro::Type& item) {
    int key = 0;
    T value{};
    decoder.read_record(item, [&](const TypeField& field) {
      if (field.id == key_id) {
        key = decoder.read_int(*field.type);
      } else if (field.id == value_id) {
        value = read_value(*field.type);
      } else {
        decoder.skip(*field.type);
      }
    });
    map.set(key, std::move(value));
  });
}

void read_counts(Decoder& decoder, const avro::Type& type, int key_id,
                 IdMap<std::int64_t>& counts) {
  read_id_map(decoder, type, key_id, key_id + 1, counts,
              [&](const avro::Type& value) { return decoder.read_long(value); });
}

void read_bounds(Decoder& decoder, const avro::Type& type, int key_id, IdMap<std::string>& bounds) {
  read_id_map(decoder, type, key_id, key_id + 1, bounds,
              [&](const avro::Type& value) { return std::string(decoder.read_text(value)); });
}

Value read_decimal(Decoder& decoder, const avro::Type& type, int scale) {
  auto bytes = decoder.read_optional_text(type);
  if (!bytes) return {};
  auto unscaled = from_big_endian(*bytes);
  if (!unscaled) {
    decoder.fail("a decimal of more than 16 bytes");
    return {};
  }
  return decimal_value(*unscaled, scale);
}

Value read_uuid(Decoder& decoder, const avro::Type& type) {
  auto bytes = decoder.read_optional_text(type);
  if (!bytes) return {};
  Uuid uuid;
  if (bytes->size() == uuid.bytes.size()) {
    std::copy(bytes->begin(), bytes->end(), uuid.bytes.begin());
  } else if (auto parsed = parse_uuid(*bytes)) {
    uuid = *parsed;
  } else {
    decoder.fail("a uuid that is not of 16 bytes");
  }
  return uuid_value(uuid);
}

// A partition value as the table's present type of its field, which may be wider than the file's.
Value read_partition_value(Decoder& decoder, const avro::Type& type, const Type& target) {
  switch (target.kind) {
    case TypeKind::Boolean: {
      auto value = decoder.read_optional_bool(type);
      return value ? boolean_value(*value) : Value{};
    }
    case TypeKind::Float: {
      auto value = decoder.read_optional_double(type);
      return value ? float_value(static_cast<float>(*value)) : Value{};
    }
    case TypeKind::Double: {
      auto value = decoder.read_optional_double(type);
      return value ? double_value(*value) : Value{};
    }
    case TypeKind::Decimal:
      return read_decimal(decoder, type, target.scale);
    case TypeKind::Uuid:
      return read_uuid(decoder, type);
    case TypeKind::String:
    case TypeKind::Fixed:
    case TypeKind::Binary: {
      auto value = decoder.read_optional_text(type);
      if (!value) return {};
      Value result = binary_value(std::string(*value));
      result.kind = target.kind;
      return result;
    }
    case TypeKind::Unknown:
      decoder.skip(type);
      return {};
    default: {
      auto value = decoder.read_optional_long(type);
      if (!value) return {};
      Value result = long_value(*value);
      result.kind = target.kind;
      return result;
    }
  }
}

void read_partition(Decoder& decoder, const avro::Type& type, const Type& partition,
                    PartitionTuple& tuple) {
  tuple.values.resize(partition.fields.size());
  decoder.read_record(type, [&](const TypeField& field) {
    for (std::size_t i = 0; i < partition.fields.size(); ++i) {
      if (partition.fields[i].id != field.id) continue;
      tuple.values[i] = read_partition_value(decoder, *field.type, partition.fields[i].type);
      return;
    }
    decoder.skip(*field.type);
  });
}

FileContent read_content(Decoder& decoder, const avro::Type& type) {
  switch (decoder.read_int(type)) {
    case 0:
      return FileContent::Data;
    case 1:
      return FileContent::PositionDeletes;
    case 2:
      return FileContent::EqualityDeletes;
    default:
      decoder.fail("an unknown content of a file");
      return FileContent::Data;
  }
}

FileFormat read_format(Decoder& decoder, const avro::Type& type) {
  auto format = parse_file_format(decoder.read_text(type));
  if (!format) {
    decoder.fail("an unknown file format");
    return FileFormat::Parquet;
  }
  return *format;
}

// Numbers are the field ids of "Data File Fields".
void read_data_file_field(Decoder& decoder, const TypeField& field, const Type& partition,
                          DataFile& file) {
  const avro::Type& type = *field.type;
  auto add_number = [&](auto& list) {
    decoder.read_array(type, [&](const avro::Type& item) {
      list.push_back(static_cast<std::decay_t<decltype(list[0])>>(decoder.read_long(item)));
    });
  };
  switch (field.id) {
    case 134:
      file.content = read_content(decoder, type);
      return;
    case 100:
      file.path = decoder.read_text(type);
      return;
    case 101:
      file.format = read_format(decoder, type);
      return;
    case 102:
      return read_partition(decoder, type, partition, file.partition);
    case 103:
      file.record_count = decoder.read_long(type);
      return;
    case 104:
      file.file_size = decoder.read_long(type);
      return;
    case 108:
      return read_counts(decoder, type, 117, file.column_sizes);
    case 109:
      return read_counts(decoder, type, 119, file.value_counts);
    case 110:
      return read_counts(decoder, type, 121, file.null_value_counts);
    case 137:
      return read_counts(decoder, type, 138, file.nan_value_counts);
    case 125:
      return read_bounds(decoder, type, 126, file.lower_bounds);
    case 128:
      return read_bounds(decoder, type, 129, file.upper_bounds);
    case 131:
      file.key_metadata = owned(decoder.read_optional_text(type));
      return;
    case 132:
      return add_number(file.split_offsets);
    case 135:
      return add_number(file.equality_ids);
    case 140:
      file.sort_order_id = decoder.read_optional_int(type);
      return;
    case 142:
      file.first_row_id = decoder.read_optional_long(type);
      return;
    case 143:
      file.referenced_data_file = owned(decoder.read_optional_text(type));
      return;
    case 144:
      file.content_offset = decoder.read_optional_long(type);
      return;
    case 145:
      file.content_size = decoder.read_optional_long(type);
      return;
    default:
      decoder.skip(type);
  }
}

ManifestEntry read_entry(Decoder& decoder, const avro::Type& row, const Type& partition) {
  ManifestEntry entry;
  entry.file.partition.values.resize(partition.fields.size());
  decoder.read_record(row, [&](const TypeField& field) {
    switch (field.id) {
      case 0: {
        auto status = decoder.read_int(*field.type);
        if (status < 0 || status > 2) decoder.fail("an unknown status of an entry");
        entry.status = static_cast<EntryStatus>(status);
        return;
      }
      case 1:
        if (auto id = decoder.read_optional_long(*field.type)) entry.snapshot_id = SnapshotId(*id);
        return;
      case 3:
        entry.sequence_number = decoder.read_optional_long(*field.type);
        return;
      case 4:
        entry.file_sequence_number = decoder.read_optional_long(*field.type);
        return;
      case 2:
        decoder.read_record(*field.type, [&](const TypeField& inner) {
          read_data_file_field(decoder, inner, partition, entry.file);
        });
        return;
      default:
        decoder.skip(*field.type);
    }
  });
  return entry;
}

// What entries take over from the list entry of their manifest. Spec: "Manifest Entry Fields",
// "Sequence Number Inheritance", "First Row ID Inheritance".
class Inheritance {
 public:
  explicit Inheritance(const ManifestFile& manifest)
      : manifest_(manifest), next_row_id_(manifest.first_row_id) {}

  void apply(ManifestEntry& entry) {
    entry.file.spec_id = manifest_.partition_spec_id;
    if (!entry.snapshot_id) entry.snapshot_id = manifest_.added_snapshot_id;
    bool inherits = entry.status == EntryStatus::Added || manifest_.sequence_number == 0;
    if (inherits && !entry.sequence_number) entry.sequence_number = manifest_.sequence_number;
    if (inherits && !entry.file_sequence_number) {
      entry.file_sequence_number = manifest_.sequence_number;
    }
    if (next_row_id_ && entry.is_live() && !entry.file.first_row_id &&
        entry.file.content == FileContent::Data) {
      entry.file.first_row_id = next_row_id_;
      *next_row_id_ += entry.file.record_count;
    }
  }

 private:
  const ManifestFile& manifest_;
  std::optional<std::int64_t> next_row_id_;
};

void read_summaries(Decoder& decoder, const avro::Type& type, ManifestFile& manifest) {
  std::vector<PartitionSummary> summaries;
  bool present = decoder.read_array(type, [&](const avro::Type& item) {
    PartitionSummary& summary = summaries.emplace_back();
    decoder.read_record(item, [&](const TypeField& field) {
      switch (field.id) {
        case 509:
          summary.contains_null = decoder.read_bool(*field.type);
          return;
        case 518:
          summary.contains_nan = decoder.read_optional_bool(*field.type);
          return;
        case 510:
          summary.lower = owned(decoder.read_optional_text(*field.type));
          return;
        case 511:
          summary.upper = owned(decoder.read_optional_text(*field.type));
          return;
        default:
          decoder.skip(*field.type);
      }
    });
  });
  if (present) manifest.partitions = std::move(summaries);
}

void read_list_field(Decoder& decoder, const TypeField& field, ManifestFile& manifest) {
  const avro::Type& type = *field.type;
  switch (field.id) {
    case 500:
      manifest.path = decoder.read_text(type);
      return;
    case 501:
      manifest.length = decoder.read_long(type);
      return;
    case 502:
      manifest.partition_spec_id = decoder.read_int(type);
      return;
    case 517: {
      int content = decoder.read_int(type);
      if (content != 0 && content != 1) decoder.fail("an unknown content of a manifest");
      manifest.content = static_cast<ManifestContent>(content);
      return;
    }
    case 515:
      manifest.sequence_number = decoder.read_optional_long(type).value_or(0);
      return;
    case 516:
      manifest.min_sequence_number = decoder.read_optional_long(type).value_or(0);
      return;
    case 503:
      manifest.added_snapshot_id = SnapshotId(decoder.read_optional_long(type).value_or(0));
      return;
    case 504:
      manifest.added_files_count = decoder.read_optional_long(type);
      return;
    case 505:
      manifest.existing_files_count = decoder.read_optional_long(type);
      return;
    case 506:
      manifest.deleted_files_count = decoder.read_optional_long(type);
      return;
    case 512:
      manifest.added_rows_count = decoder.read_optional_long(type);
      return;
    case 513:
      manifest.existing_rows_count = decoder.read_optional_long(type);
      return;
    case 514:
      manifest.deleted_rows_count = decoder.read_optional_long(type);
      return;
    case 507:
      return read_summaries(decoder, type, manifest);
    case 519:
      manifest.key_metadata = owned(decoder.read_optional_text(type));
      return;
    case 520:
      manifest.first_row_id = decoder.read_optional_long(type);
      return;
    default:
      decoder.skip(type);
  }
}

// Old v1 snapshots name their manifests without a list.
Result<ManifestFile> describe_manifest(storage::Store& store, const std::string& location,
                                       const Snapshot& snapshot) {
  std::string bytes = TRY(store.read(location));
  auto reader = TRY(avro::FileReader::open(bytes, {.layouts = &manifest_layouts()}));
  ManifestFile manifest;
  manifest.path = location;
  manifest.length = static_cast<std::int64_t>(bytes.size());
  manifest.added_snapshot_id = snapshot.id;
  if (auto text = reader.metadata("partition-spec-id")) {
    auto id = parse_int64(*text);
    if (!id) return corrupt("partition-spec-id `{}` of a manifest is not a number", *text);
    manifest.partition_spec_id = static_cast<int>(*id);
  }
  return manifest;
}

Result<std::vector<ManifestEntry>> read_entries(storage::Store& store, const ManifestFile& manifest,
                                                const TableMetadata& metadata,
                                                const ManifestRead& options) {
  const PartitionSpec* spec = metadata.find_spec(manifest.partition_spec_id);
  if (spec == nullptr) {
    return corrupt("the table has no partition spec {}", manifest.partition_spec_id);
  }
  Type partition = partition_type(metadata, *spec);
  std::string bytes = TRY(store.read(manifest.path));
  auto reader = TRY(avro::FileReader::open(bytes, {.layouts = &manifest_layouts()}));
  std::vector<ManifestEntry> entries;
  entries.reserve(static_cast<std::size_t>(std::clamp<std::int64_t>(
      manifest.added_files_count.value_or(0) + manifest.existing_files_count.value_or(0), 0,
      100'000)));
  Inheritance inheritance(manifest);
  TRY(reader.for_each_row([&](Decoder& decoder, const avro::Type& row) {
    ManifestEntry entry = read_entry(decoder, row, partition);
    if (decoder.failed() || (options.live_only && !entry.is_live())) return;
    inheritance.apply(entry);
    entries.push_back(std::move(entry));
  }));
  return entries;
}

}  // namespace

Result<std::vector<ManifestEntry>> read_manifest(storage::Store& store,
                                                 const ManifestFile& manifest,
                                                 const TableMetadata& metadata,
                                                 const ManifestRead& options) {
  return with_context(read_entries(store, manifest, metadata, options),
                      fmt::format("reading manifest {}", manifest.path));
}

Result<std::vector<ManifestFile>> read_manifest_list(storage::Store& store,
                                                     const std::string& location) {
  auto read = [&]() -> Result<std::vector<ManifestFile>> {
    std::string bytes = TRY(store.read(location));
    auto reader = TRY(avro::FileReader::open(bytes, {.layouts = &manifest_layouts()}));
    std::vector<ManifestFile> manifests;
    TRY(reader.for_each_row([&](Decoder& decoder, const avro::Type& row) {
      ManifestFile& manifest = manifests.emplace_back();
      decoder.read_record(
          row, [&](const TypeField& field) { read_list_field(decoder, field, manifest); });
    }));
    return manifests;
  };
  return with_context(read(), fmt::format("reading manifest list {}", location));
}

Result<std::vector<ManifestFile>> read_manifests(storage::Store& store, const Snapshot& snapshot) {
  if (!snapshot.manifest_list.empty()) return read_manifest_list(store, snapshot.manifest_list);
  std::vector<ManifestFile> manifests;
  for (const auto& location : snapshot.manifests) {
    manifests.push_back(TRY(with_context(describe_manifest(store, location, snapshot),
                                         fmt::format("reading manifest {}", location))));
  }
  return manifests;
}

Result<void> complete_counts(storage::Store& store, const TableMetadata& metadata,
                             ManifestFile& manifest) {
  if (manifest.added_files_count && manifest.existing_files_count && manifest.deleted_files_count &&
      manifest.added_rows_count && manifest.existing_rows_count && manifest.deleted_rows_count) {
    return {};
  }
  std::int64_t counts[3] = {0, 0, 0};
  std::int64_t rows[3] = {0, 0, 0};
  for (const auto& entry : TRY(read_manifest(store, manifest, metadata, {.live_only = false}))) {
    ++counts[static_cast<int>(entry.status)];
    rows[static_cast<int>(entry.status)] += entry.file.record_count;
  }
  manifest.existing_files_count = counts[0];
  manifest.added_files_count = counts[1];
  manifest.deleted_files_count = counts[2];
  manifest.existing_rows_count = rows[0];
  manifest.added_rows_count = rows[1];
  manifest.deleted_rows_count = rows[2];
  return {};
}

}  // namespace tarn::iceberg
