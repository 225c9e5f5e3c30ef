// SPDX-License-Identifier: Apache-2.0
// Manifests and manifest lists as Avro files: reading by field id, writing as other engines expect
// them. Spec: "Manifests", "Manifest Lists", "Appendix A: Avro".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "iceberg/data_file.h"
#include "iceberg/manifest.h"
#include "iceberg/table_metadata.h"

namespace tarn::storage {
class Store;
}

namespace tarn::iceberg {

// What a new manifest says of itself. All of its entries have this spec and content.
struct ManifestHeader {
  int format_version = kFormatVersionDefault;
  Schema schema;
  PartitionSpec spec;
  ManifestContent content = ManifestContent::Data;
  SnapshotId snapshot_id;  // of the commit that writes it
  // `write.manifest.compression-codec`: gzip, zstd, snappy, uncompressed.
  std::string codec = "gzip";
};

// Builds one manifest in memory. Added entries are written without sequence numbers, unless they
// carry an explicit data sequence number (compaction); existing and deleted ones must have all.
// Not thread-safe.
class ManifestWriter {
 public:
  static Result<ManifestWriter> make(ManifestHeader header, Random& random);
  ManifestWriter(ManifestWriter&&) noexcept;
  ManifestWriter& operator=(ManifestWriter&&) noexcept;
  ~ManifestWriter();

  // REQUIRES: the file has the header's spec id and content. `Added` and `Deleted` take the
  // header's snapshot id; `Existing` keeps its own.
  Result<void> add(const ManifestEntry& entry);
  // Bytes so far, about; for rolling.
  std::int64_t size() const;
  std::int64_t entry_count() const;
  // Writes the file, which must not exist yet, and gives its list entry: sequence numbers are
  // kUnassignedSequenceNumber where the commit will set them.
  Result<ManifestFile> finish(storage::Store& store, const std::string& location);

 private:
  struct Impl;
  explicit ManifestWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// In ManifestFile::sequence_number and min_sequence_number: that of the commit, not yet known.
inline constexpr std::int64_t kUnassignedSequenceNumber = -1;

// Entries of a manifest with everything inherited from its list entry: snapshot id, sequence
// numbers, first row ids, spec id. Damage is ErrorCode::Corrupt with the location.
struct ManifestRead {
  bool live_only = true;  // without deleted entries
};
Result<std::vector<ManifestEntry>> read_manifest(storage::Store& store,
                                                 const ManifestFile& manifest,
                                                 const TableMetadata& metadata,
                                                 const ManifestRead& options = {});

// A snapshot's manifest list.
struct ManifestListHeader {
  int format_version = kFormatVersionDefault;
  SnapshotId snapshot_id;
  std::optional<SnapshotId> parent_id;
  std::int64_t sequence_number = 0;
  std::optional<std::int64_t> first_row_id;  // v3
  std::string codec = "gzip";
};

Result<std::vector<ManifestFile>> read_manifest_list(storage::Store& store,
                                                     const std::string& location);
// Manifests of a snapshot: from its list, or for old v1 snapshots from the manifests it names.
Result<std::vector<ManifestFile>> read_manifests(storage::Store& store, const Snapshot& snapshot);
// Counts that an old writer left out, by reading the manifest: newer lists must have them.
Result<void> complete_counts(storage::Store& store, const TableMetadata& metadata,
                             ManifestFile& manifest);
// Replaces unassigned sequence numbers by the header's. The file must not exist yet.
Result<void> write_manifest_list(storage::Store& store, const std::string& location,
                                 const ManifestListHeader& header,
                                 std::span<const ManifestFile> manifests, Random& random);

// `<metadata folder>/<name>-m<index>.avro` and `<metadata folder>/snap-<id>-<attempt>-<name>.avro`.
std::string manifest_location(const TableMetadata& metadata, const std::string& name, int index);
std::string manifest_list_location(const TableMetadata& metadata, SnapshotId snapshot_id,
                                   int attempt, const std::string& name);

}  // namespace tarn::iceberg
