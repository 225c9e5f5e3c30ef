// SPDX-License-Identifier: Apache-2.0
#include "iceberg/metadata_io.h"

#include "base/compression.h"
#include "base/text.h"
#include "base/uuid.h"
#include "iceberg/table_properties.h"
#include "storage/store.h"

namespace tarn::iceberg {

namespace {

constexpr std::string_view kPlainSuffix = ".metadata.json";
constexpr std::string_view kGzipSuffix = ".gz.metadata.json";

std::string folder_of(const Properties& properties, const std::string& location) {
  std::string path = read_property(properties, property::kMetadataPath);
  if (path.empty()) return storage::join_location(location, "metadata");
  while (path.size() > 1 && path.ends_with('/') && !path.ends_with("://")) path.pop_back();
  return path;
}

std::string next_location(const Properties& properties, const std::string& location,
                          std::string_view previous_location, const std::string& id) {
  const int version = previous_location.empty() ? 0 : metadata_version(previous_location) + 1;
  const bool gzip = equals_ignore_case(read_property(properties, property::kMetadataCodec), "gzip");
  return storage::join_location(
      folder_of(properties, location),
      fmt::format("{:05}-{}{}", version, id, gzip ? kGzipSuffix : kPlainSuffix));
}

Result<std::string> read_text(storage::Store& store, const std::string& location) {
  std::string data = TRY(store.read(location));
  // Some writers give gzip files the plain name, so the bytes decide.
  if (!data.starts_with("\x1f\x8b")) return data;
  return gzip_decompress(data, kMetadataSizeMax);
}

Result<void> write_text(storage::Store& store, const std::string& location, std::string text) {
  const bool gzip = location.ends_with(kGzipSuffix);
  return store.write(location, gzip ? gzip_compress(text) : text,
                     storage::WriteMode::CreateExclusive);
}

std::string while_reading(const std::string& location) {
  return fmt::format("while reading `{}`", location);
}

}  // namespace

std::string new_metadata_location(const TableMetadata& metadata, std::string_view previous_location,
                                  Random& random, const std::string& write_id) {
  return next_location(metadata.properties, metadata.location, previous_location,
                       write_id.empty() ? to_string(make_uuid4(random)) : write_id);
}

std::string new_metadata_location(const ViewMetadata& metadata, std::string_view previous_location,
                                  Random& random, const std::string& write_id) {
  return next_location(metadata.properties, metadata.location, previous_location,
                       write_id.empty() ? to_string(make_uuid4(random)) : write_id);
}

int metadata_version(std::string_view location) {
  const std::string_view name = storage::location_name(location);
  const auto dash = name.find('-');
  if (dash == std::string_view::npos) return -1;
  const auto version = parse_int64(name.substr(0, dash));
  if (!version || *version < 0 || *version >= INT32_MAX) return -1;
  return static_cast<int>(*version);
}

std::string metadata_folder(const TableMetadata& metadata) {
  return folder_of(metadata.properties, metadata.location);
}

std::string metadata_folder(const ViewMetadata& metadata) {
  return folder_of(metadata.properties, metadata.location);
}

Result<TableMetadata> read_table_metadata(storage::Store& store, const std::string& location) {
  const std::string text = TRY(with_context(read_text(store, location), while_reading(location)));
  return with_context(table_metadata_from_json(text), while_reading(location));
}

Result<void> write_table_metadata(storage::Store& store, const std::string& location,
                                  const TableMetadata& metadata) {
  return write_text(store, location, table_metadata_to_json(metadata));
}

Result<ViewMetadata> read_view_metadata(storage::Store& store, const std::string& location) {
  const std::string text = TRY(with_context(read_text(store, location), while_reading(location)));
  return with_context(view_metadata_from_json(text), while_reading(location));
}

Result<void> write_view_metadata(storage::Store& store, const std::string& location,
                                 const ViewMetadata& metadata) {
  return write_text(store, location, view_metadata_to_json(metadata));
}

}  // namespace tarn::iceberg
