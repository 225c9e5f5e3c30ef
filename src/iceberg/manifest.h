// SPDX-License-Identifier: Apache-2.0
// A manifest as its manifest list describes it. Spec: "Manifest Lists". Reading and writing the
// files is in manifest_io.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "iceberg/snapshot.h"

namespace tarn::iceberg {

enum class ManifestContent { Data = 0, Deletes = 1 };

// Values of one partition field over the live and deleted entries of a manifest. Bounds are the
// binary form of the partition field's type.
struct PartitionSummary {
  bool contains_null = false;        // 509
  std::optional<bool> contains_nan;  // 518
  std::optional<std::string> lower;  // 510
  std::optional<std::string> upper;  // 511

  bool operator==(const PartitionSummary&) const = default;
};

// Counts that old writers left out are nullopt: unknown, not zero.
struct ManifestFile {
  std::string path;                                         // 500
  std::int64_t length = 0;                                  // 501, bytes
  int partition_spec_id = 0;                                // 502
  ManifestContent content = ManifestContent::Data;          // 517
  std::int64_t sequence_number = 0;                         // 515
  std::int64_t min_sequence_number = 0;                     // 516, of the data of live entries
  SnapshotId added_snapshot_id;                             // 503
  std::optional<std::int64_t> added_files_count;            // 504
  std::optional<std::int64_t> existing_files_count;         // 505
  std::optional<std::int64_t> deleted_files_count;          // 506
  std::optional<std::int64_t> added_rows_count;             // 512
  std::optional<std::int64_t> existing_rows_count;          // 513
  std::optional<std::int64_t> deleted_rows_count;           // 514
  std::optional<std::vector<PartitionSummary>> partitions;  // 507, by the spec's fields
  std::optional<std::string> key_metadata;                  // 519
  std::optional<std::int64_t> first_row_id;                 // 520, v3 data manifests

  bool operator==(const ManifestFile&) const = default;
  // False only when the counts say so.
  bool may_have_added_files() const { return added_files_count != 0; }
  bool may_have_deleted_files() const { return deleted_files_count != 0; }
  bool may_have_live_files() const { return added_files_count != 0 || existing_files_count != 0; }
};

}  // namespace tarn::iceberg
