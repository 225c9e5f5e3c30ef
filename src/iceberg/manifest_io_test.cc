// SPDX-License-Identifier: Apache-2.0
#include "iceberg/manifest_io.h"

#include "base/temporary_folder.h"
#include "base/testing.h"
#include "iceberg/manifest_cache.h"
#include "iceberg/manifest_schema.h"
#include "storage/local_store.h"

using namespace tarn;
using namespace tarn::iceberg;

namespace {

TableMetadata wide_metadata(int format_version) {
  TableMetadata metadata;
  metadata.format_version = format_version;
  metadata.location = "/t";
  std::vector<Type> types = {TypeKind::Boolean,     TypeKind::Int,    TypeKind::Long,
                             TypeKind::Float,       TypeKind::Double, decimal_type(20, 3),
                             TypeKind::Date,        TypeKind::Time,   TypeKind::Timestamp,
                             TypeKind::TimestampTz, TypeKind::String, TypeKind::Uuid,
                             fixed_type(3),         TypeKind::Binary};
  Schema schema;
  PartitionSpec spec;
  for (std::size_t i = 0; i < types.size(); ++i) {
    int id = static_cast<int>(i) + 1;
    schema.fields.push_back(optional_field(id, "c" + std::to_string(id), types[i]));
    spec.fields.push_back(
        {id, 999 + id, i == 1 ? "odd name.1" : "p" + std::to_string(id), {}, {}, {}});
  }
  metadata.schemas = {schema};
  metadata.specs = {spec};
  return metadata;
}

PartitionTuple wide_tuple() {
  Uuid uuid = CHECK_OK(parse_uuid("f79c3e09-677c-4bbd-a479-3f349cb785e7"));
  return {{boolean_value(true), int_value(-5), long_value(INT64_MIN), float_value(-0.5F),
           double_value(1e300), decimal_value(-14'200, 3), date_value(-1), time_value(1),
           timestamp_value(TypeKind::Timestamp, -1),
           timestamp_value(TypeKind::TimestampTz, 1'700'000'000'000'000), string_value("ä/b"),
           uuid_value(uuid), fixed_value(std::string("\0\1\xff", 3)), binary_value("")}};
}

DataFile full_file(const PartitionTuple& partition) {
  DataFile file;
  file.path = "file:///t/data/a.parquet";
  file.partition = partition;
  file.record_count = 100;
  file.file_size = 1LL << 40;
  file.column_sizes = {{1, 10}, {2, 20}};
  file.value_counts = {{1, 100}, {2, 100}};
  file.null_value_counts = {{1, 0}, {2, 7}};
  file.nan_value_counts = {{4, 3}};
  file.lower_bounds = {{1, std::string(1, '\0')}, {2, "\1\0\0\0"}};
  file.upper_bounds = {{1, "\1"}};
  file.key_metadata = "key";
  file.split_offsets = {4, 1LL << 33};
  file.sort_order_id = 1;
  return file;
}

TemporaryFolder make_folder() { return CHECK_OK(TemporaryFolder::make()); }

struct Fixture {
  TemporaryFolder folder = make_folder();
  storage::LocalStore store{Durability::Fast};
  FakeRandom random;

  ManifestFile write(const TableMetadata& metadata, const std::vector<ManifestEntry>& entries,
                     ManifestContent content = ManifestContent::Data,
                     const std::string& codec = "gzip") {
    ManifestHeader header{.format_version = metadata.format_version,
                          .schema = metadata.schema(),
                          .spec = metadata.spec(),
                          .content = content,
                          .snapshot_id = SnapshotId(77),
                          .codec = codec};
    auto writer = CHECK_OK(ManifestWriter::make(header, random));
    for (const auto& entry : entries) CHECK_OK(writer.add(entry));
    return CHECK_OK(writer.finish(store, folder.file(std::to_string(random.next()) + ".avro")));
  }
};

ManifestEntry added(DataFile file) { return {EntryStatus::Added, {}, {}, {}, std::move(file)}; }

}  // namespace

TEST_CASE("a manifest gives back every field, in each codec and version") {
  for (int version : {2, 3}) {
    for (const char* codec : {"gzip", "zstd", "snappy", "uncompressed"}) {
      CAPTURE(version);
      CAPTURE(codec);
      Fixture fixture;
      auto metadata = wide_metadata(version);
      DataFile file = full_file(wide_tuple());
      DataFile empty;
      empty.path = "b";
      empty.partition.values.resize(file.partition.values.size());
      auto manifest =
          fixture.write(metadata, {added(file), added(empty)}, ManifestContent::Data, codec);
      CHECK(manifest.added_files_count == 2);
      CHECK(manifest.added_rows_count == 100);
      CHECK(manifest.sequence_number == kUnassignedSequenceNumber);
      manifest.sequence_number = 9;
      auto entries = CHECK_OK(read_manifest(fixture.store, manifest, metadata));
      REQUIRE(entries.size() == 2);
      CHECK(entries[0].file == file);
      CHECK(entries[1].file == empty);
      CHECK(entries[0].snapshot_id == SnapshotId(77));
      CHECK(entries[0].sequence_number == 9);
      CHECK(entries[0].file_sequence_number == 9);
    }
  }
}

TEST_CASE("deletion vectors keep their place in v3") {
  Fixture fixture;
  auto metadata = wide_metadata(3);
  DataFile file = full_file(wide_tuple());
  file.content = FileContent::PositionDeletes;
  file.format = FileFormat::Puffin;
  file.referenced_data_file = "x";
  file.content_offset = 4;
  file.content_size = 44;
  auto manifest = fixture.write(metadata, {added(file)}, ManifestContent::Deletes);
  auto entries = CHECK_OK(read_manifest(fixture.store, manifest, metadata));
  CHECK(entries.at(0).file == file);
  CHECK(entries.at(0).file.is_deletion_vector());
}

TEST_CASE("partition summaries bound the values and skip NaN") {
  Fixture fixture;
  auto metadata = wide_metadata(2);
  DataFile low = full_file(wide_tuple());
  DataFile high = low;
  high.partition.values[1] = int_value(8);
  high.partition.values[3] = float_value(std::numeric_limits<float>::quiet_NaN());
  high.partition.values[4] = {};
  auto manifest = fixture.write(metadata, {added(low), added(high)});
  const auto& summaries = *manifest.partitions;
  CHECK(summaries[1].lower == to_bytes(int_value(-5)));
  CHECK(summaries[1].upper == to_bytes(int_value(8)));
  CHECK(summaries[3].contains_nan == true);
  CHECK(summaries[3].upper == to_bytes(float_value(-0.5F)));
  CHECK(summaries[4].contains_null);
  CHECK(!summaries[1].contains_null);
}

TEST_CASE("existing and deleted entries keep their numbers") {
  Fixture fixture;
  auto metadata = wide_metadata(2);
  ManifestEntry existing{EntryStatus::Existing, SnapshotId(5), 3, 4, full_file(wide_tuple())};
  ManifestEntry deleted{EntryStatus::Deleted, SnapshotId(5), 2, 2, full_file(wide_tuple())};
  auto manifest = fixture.write(metadata, {existing, deleted});
  CHECK(manifest.min_sequence_number == 3);
  manifest.sequence_number = 10;
  CHECK(CHECK_OK(read_manifest(fixture.store, manifest, metadata)) ==
        std::vector<ManifestEntry>{existing});
  auto all = CHECK_OK(read_manifest(fixture.store, manifest, metadata, {.live_only = false}));
  REQUIRE(all.size() == 2);
  CHECK(all[1].snapshot_id == SnapshotId(77));
  CHECK(all[1].sequence_number == 2);
}

TEST_CASE("first row ids run over the files that have none, as the specification's example") {
  Fixture fixture;
  auto metadata = wide_metadata(3);
  DataFile file = full_file(wide_tuple());
  DataFile other = file;
  other.first_row_id = 5;
  file.record_count = 100;
  auto manifest = fixture.write(metadata, {added(file), added(other), added(file)});
  manifest.first_row_id = 1000;
  auto entries = CHECK_OK(read_manifest(fixture.store, manifest, metadata));
  CHECK(entries[0].file.first_row_id == 1000);
  CHECK(entries[1].file.first_row_id == 5);
  CHECK(entries[2].file.first_row_id == 1100);
}

TEST_CASE("a manifest list gives back its manifests with the commit's sequence number") {
  for (int version : {2, 3}) {
    Fixture fixture;
    auto metadata = wide_metadata(version);
    auto fresh = fixture.write(metadata, {added(full_file(wide_tuple()))});
    auto old = fresh;
    old.path = "other";
    old.sequence_number = 4;
    old.min_sequence_number = 2;
    old.content = ManifestContent::Deletes;
    old.partitions.reset();
    if (version == 3) fresh.first_row_id = 12;
    ManifestListHeader header{.format_version = version,
                              .snapshot_id = SnapshotId(77),
                              .parent_id = SnapshotId(76),
                              .sequence_number = 8,
                              .first_row_id = version == 3 ? std::optional(12L) : std::nullopt};
    std::string location = fixture.folder.file("list.avro");
    std::vector<ManifestFile> list = {fresh, old};
    CHECK_OK(write_manifest_list(fixture.store, location, header, list, fixture.random));
    fresh.sequence_number = 8;
    fresh.min_sequence_number = 8;
    CHECK(CHECK_OK(read_manifest_list(fixture.store, location)) ==
          std::vector<ManifestFile>{fresh, old});
    CHECK_ERROR(write_manifest_list(fixture.store, location, header, list, fixture.random),
                ErrorCode::AlreadyExists, "");
  }
}

TEST_CASE("damage is told with the manifest's name") {
  Fixture fixture;
  auto metadata = wide_metadata(2);
  auto manifest = fixture.write(metadata, {added(full_file(wide_tuple()))});
  std::string bytes = CHECK_OK(fixture.store.read(manifest.path));
  manifest.path = fixture.folder.file("cut.avro");
  CHECK_OK(fixture.store.write(manifest.path, bytes.substr(0, bytes.size() / 2),
                               storage::WriteMode::Replace));
  CHECK_ERROR(read_manifest(fixture.store, manifest, metadata), ErrorCode::Corrupt, "cut.avro");
  manifest.path = fixture.folder.file("gone.avro");
  CHECK_ERROR(read_manifest(fixture.store, manifest, metadata), ErrorCode::NotFound, "gone.avro");
}

TEST_CASE("the cache reads a manifest once and keeps to its limit") {
  Fixture fixture;
  auto metadata = wide_metadata(2);
  auto manifest = fixture.write(metadata, {added(full_file(wide_tuple()))});
  ManifestCache cache;
  auto first = CHECK_OK(cache.entries(fixture.store, manifest, metadata));
  CHECK_OK(fixture.store.remove(manifest.path));
  CHECK(CHECK_OK(cache.entries(fixture.store, manifest, metadata)) == first);
  CHECK(cache.bytes() > 0);
  ManifestCache small(10);
  CHECK_ERROR(small.entries(fixture.store, manifest, metadata), ErrorCode::NotFound, "");
  CHECK(small.bytes() == 0);
}

TEST_CASE("names become names that Avro allows") {
  CHECK(avro_name("plain_1") == "plain_1");
  CHECK(avro_name("1st") == "_1st");
  CHECK(avro_name("a.b c") == "a_x2Eb_x20c");
  CHECK(avro_name("ä") == "_xE4");
}
