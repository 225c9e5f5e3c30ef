// SPDX-License-Identifier: Apache-2.0
#include "iceberg/metadata_io.h"

#include "base/temporary_folder.h"
#include "base/testing.h"
#include "iceberg/apply_update.h"
#include "storage/local_store.h"

namespace tarn::iceberg {

namespace {

TableMetadata small_table(const std::string& location,
                          const std::map<std::string, std::string>& properties = {}) {
  NewTable table;
  table.schema.fields = {required_field(1, "id", TypeKind::Long)};
  table.location = location;
  table.uuid = "u";
  table.properties = properties;
  return CHECK_OK(make_table_metadata(table, 1));
}

}  // namespace

TEST_CASE("names of metadata files count up") {
  FakeRandom random;
  const TableMetadata plain = small_table("s3://b/t");
  const std::string first = new_metadata_location(plain, "", random);
  CHECK(first.starts_with("s3://b/t/metadata/00000-"));
  CHECK(first.ends_with(".metadata.json"));
  CHECK(metadata_version(first) == 0);
  CHECK(metadata_version("s3://b/t/metadata/v3.metadata.json") == -1);
  CHECK(metadata_version("00011-x.metadata.json") == 11);
  CHECK(new_metadata_location(plain, "s3://b/t/metadata/00011-x.metadata.json", random)
            .starts_with("s3://b/t/metadata/00012-"));
  CHECK(new_metadata_location(plain, "s3://b/t/metadata/v3.metadata.json", random)
            .starts_with("s3://b/t/metadata/00000-"));
  const TableMetadata elsewhere = small_table(
      "s3://b/t",
      {{"write.metadata.path", "s3://m/t/"}, {"write.metadata.compression-codec", "GZIP"}});
  CHECK(metadata_folder(elsewhere) == "s3://m/t");
  const std::string zipped = new_metadata_location(elsewhere, first, random);
  CHECK(zipped.starts_with("s3://m/t/00001-"));
  CHECK(zipped.ends_with(".gz.metadata.json"));
}

TEST_CASE("metadata files are written once and read back, gzip or not") {
  const TemporaryFolder folder = CHECK_OK(TemporaryFolder::make());
  storage::LocalStore store(Durability::Fast);
  const TableMetadata metadata = small_table(folder.path());
  for (const std::string name : {"/00000-a.metadata.json", "/00000-b.gz.metadata.json"}) {
    const std::string location = folder.path() + name;
    CHECK_OK(write_table_metadata(store, location, metadata));
    CHECK(CHECK_OK(read_table_metadata(store, location)) == metadata);
    CHECK(CHECK_OK(store.read(location)).starts_with("{") == (name.find(".gz") == name.npos));
    CHECK_ERROR(write_table_metadata(store, location, metadata), ErrorCode::AlreadyExists, "");
  }
  // A gzip file under a plain name, as some writers leave it.
  const std::string bytes = CHECK_OK(store.read(folder.path() + "/00000-b.gz.metadata.json"));
  const std::string plain = folder.path() + "/00001-c.metadata.json";
  CHECK_OK(store.write(plain, bytes, storage::WriteMode::CreateExclusive));
  CHECK(CHECK_OK(read_table_metadata(store, plain)) == metadata);
  CHECK_ERROR(read_table_metadata(store, folder.path() + "/gone.metadata.json"),
              ErrorCode::NotFound, "gone.metadata.json");
  CHECK_OK(store.write(folder.path() + "/bad.metadata.json", "\x1f\x8b!",
                       storage::WriteMode::CreateExclusive));
  CHECK_ERROR(read_table_metadata(store, folder.path() + "/bad.metadata.json"), ErrorCode::Corrupt,
              "bad.metadata.json");
}

TEST_CASE("view metadata files") {
  const TemporaryFolder folder = CHECK_OK(TemporaryFolder::make());
  storage::LocalStore store(Durability::Fast);
  FakeRandom random;
  ViewDefinition definition;
  definition.schema.fields = {optional_field(1, "a", TypeKind::Int)};
  ViewRepresentation text;
  text.sql = "select 1 a";
  text.dialect = "trino";
  definition.version.representations = {text};
  const ViewMetadata view =
      CHECK_OK(make_view_metadata(definition, folder.path() + "/v", "u", {}, 5));
  const std::string location = new_metadata_location(view, "", random);
  CHECK_OK(write_view_metadata(store, location, view));
  CHECK(CHECK_OK(read_view_metadata(store, location)) == view);
}

}  // namespace tarn::iceberg
