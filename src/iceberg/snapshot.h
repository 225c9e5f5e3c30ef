// SPDX-License-Identifier: Apache-2.0
// Snapshots and the named references to them. Spec: "Snapshots", "Snapshot References".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace tarn::iceberg {

struct SnapshotIdTag;
using SnapshotId = Id<std::int64_t, SnapshotIdTag>;

inline constexpr std::string_view kMainBranch = "main";

// Values of Snapshot::operation.
inline constexpr std::string_view kOperationAppend = "append";
inline constexpr std::string_view kOperationReplace = "replace";
inline constexpr std::string_view kOperationOverwrite = "overwrite";
inline constexpr std::string_view kOperationDelete = "delete";

struct Snapshot {
  SnapshotId id;
  std::optional<SnapshotId> parent_id;
  std::int64_t sequence_number = 0;  // 0 in v1
  std::int64_t timestamp_ms = 0;
  std::string manifest_list;           // "" in old v1 tables, which have `manifests`
  std::vector<std::string> manifests;  // v1 only
  // Empty when the snapshot has no summary (v1). `summary` does not contain `operation`.
  std::string operation;
  std::map<std::string, std::string> summary;
  std::optional<int> schema_id;
  std::optional<std::int64_t> first_row_id;  // v3
  std::optional<std::int64_t> added_rows;    // v3
  std::optional<std::string> key_id;         // v3, encryption of the manifest list
  std::string extra;                         // unknown JSON members, "" = none

  bool operator==(const Snapshot&) const = default;
};

enum class RefKind { Branch, Tag };

// Missing retention values fall back to the table's properties. `main` never expires.
struct SnapshotRef {
  SnapshotId snapshot_id;
  RefKind kind = RefKind::Branch;
  std::optional<int> min_snapshots_to_keep;         // branches only
  std::optional<std::int64_t> max_snapshot_age_ms;  // branches only
  std::optional<std::int64_t> max_ref_age_ms;
  std::string extra;

  bool operator==(const SnapshotRef&) const = default;
};

}  // namespace tarn::iceberg
