// SPDX-License-Identifier: Apache-2.0
// A data or delete file of a table and its entry in a manifest. Spec: "Manifests", "Data File
// Fields". Field ids of the Avro form stand beside the members.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/id_map.h"
#include "iceberg/partition.h"
#include "iceberg/snapshot.h"

namespace tarn::iceberg {

enum class FileContent { Data = 0, PositionDeletes = 1, EqualityDeletes = 2 };
enum class FileFormat { Avro, Orc, Parquet, Puffin };

// `PARQUET` etc., as written in manifests; parsing ignores case, other names are
// ErrorCode::Unsupported.
std::string_view to_string(FileFormat format);
Result<FileFormat> parse_file_format(std::string_view text);

struct DataFile {
  FileContent content = FileContent::Data;          // 134
  std::string path;                                 // 100, full URI
  FileFormat format = FileFormat::Parquet;          // 101
  int spec_id = 0;                                  // 141, from the manifest
  PartitionTuple partition;                         // 102
  std::int64_t record_count = 0;                    // 103
  std::int64_t file_size = 0;                       // 104, bytes
  IdMap<std::int64_t> column_sizes;                 // 108
  IdMap<std::int64_t> value_counts;                 // 109, nulls and NaN included
  IdMap<std::int64_t> null_value_counts;            // 110
  IdMap<std::int64_t> nan_value_counts;             // 137
  IdMap<std::string> lower_bounds;                  // 125, binary form of values
  IdMap<std::string> upper_bounds;                  // 128
  std::optional<std::string> key_metadata;          // 131
  std::vector<std::int64_t> split_offsets;          // 132, empty = unknown
  std::vector<int> equality_ids;                    // 135, equality deletes only
  std::optional<int> sort_order_id;                 // 140, only if the file follows it
  std::optional<std::int64_t> first_row_id;         // 142, v3 data files
  std::optional<std::string> referenced_data_file;  // 143, position deletes of one file
  std::optional<std::int64_t> content_offset;       // 144, deletion vectors
  std::optional<std::int64_t> content_size;         // 145, deletion vectors

  bool operator==(const DataFile&) const = default;
  // A deletion vector: a blob in a Puffin file.
  bool is_deletion_vector() const {
    return content == FileContent::PositionDeletes && format == FileFormat::Puffin;
  }
};

enum class EntryStatus { Existing = 0, Added = 1, Deleted = 2 };

// One row of a manifest. Added entries of an unread commit have no snapshot and sequence numbers:
// readers inherit them from the manifest list (manifest_io.h does so), so that entries which were
// read always have them.
struct ManifestEntry {
  EntryStatus status = EntryStatus::Added;
  std::optional<SnapshotId> snapshot_id;             // 1
  std::optional<std::int64_t> sequence_number;       // 3, of the data
  std::optional<std::int64_t> file_sequence_number;  // 4, of the commit that added the file
  DataFile file;                                     // 2

  bool is_live() const { return status != EntryStatus::Deleted; }
  bool operator==(const ManifestEntry&) const = default;
};

}  // namespace tarn::iceberg
