// SPDX-License-Identifier: Apache-2.0
// Metadata files in a store: their names, gzip, reading and writing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "iceberg/table_metadata.h"
#include "iceberg/view_metadata.h"

namespace tarn::storage {
class Store;
}

namespace tarn::iceberg {

// Largest metadata text that is read, after decompression.
inline constexpr std::size_t kMetadataSizeMax = std::size_t{1} << 30;

// `<location>/metadata/00012-<uuid>.metadata.json` after version 11 of `previous_location` ("" for
// a new table → 00000), `.gz.metadata.json` by `write.metadata.compression-codec`, below
// `write.metadata.path` where set. The id of a write intent stands for the new uuid if it is given,
// so that the file of a crashed write can be told from all others.
std::string new_metadata_location(const TableMetadata& metadata, std::string_view previous_location,
                                  Random& random, const std::string& write_id = "");
std::string new_metadata_location(const ViewMetadata& metadata, std::string_view previous_location,
                                  Random& random, const std::string& write_id = "");
// The number at the start of the file's name; -1 when there is none.
int metadata_version(std::string_view location);
// Folder of metadata files, manifests and lists: `write.metadata.path` or `<location>/metadata`.
std::string metadata_folder(const TableMetadata& metadata);
std::string metadata_folder(const ViewMetadata& metadata);

// Plain or gzip, by the bytes. ErrorCode::NotFound when the file is gone.
Result<TableMetadata> read_table_metadata(storage::Store& store, const std::string& location);
// The file must not exist yet; gzip by its name.
Result<void> write_table_metadata(storage::Store& store, const std::string& location,
                                  const TableMetadata& metadata);
Result<ViewMetadata> read_view_metadata(storage::Store& store, const std::string& location);
Result<void> write_view_metadata(storage::Store& store, const std::string& location,
                                 const ViewMetadata& metadata);

}  // namespace tarn::iceberg
