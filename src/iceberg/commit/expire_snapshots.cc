// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/expire_snapshots.h"

#include <algorithm>
#include <unordered_set>

#include "iceberg/table_properties.h"

namespace tarn::iceberg {

namespace {

struct Limits {
  std::int64_t older_than_ms = 0;
  std::int64_t min_snapshots = 1;
  std::int64_t max_ref_age_ms = INT64_MAX;
};

std::int64_t before(std::int64_t now_ms, std::int64_t age_ms) {
  return age_ms > now_ms ? 0 : now_ms - age_ms;
}

Result<Limits> read_limits(const TableMetadata& metadata, const ExpireOptions& options,
                           std::int64_t now_ms) {
  const Properties& properties = metadata.properties;
  Limits limits;
  limits.older_than_ms = options.older_than_ms.value_or(
      before(now_ms, TRY(read_property(properties, property::kMaxSnapshotAgeMs))));
  limits.min_snapshots = options.retain_last
                             ? *options.retain_last
                             : TRY(read_property(properties, property::kMinSnapshotsToKeep));
  limits.max_ref_age_ms = TRY(read_property(properties, property::kMaxRefAgeMs));
  if (limits.min_snapshots < 1) return invalid_input("at least one snapshot must be kept");
  return limits;
}

// What a branch keeps, from its head back, until the first snapshot that is both old and beyond the
// count.
void keep_branch(const std::vector<const Snapshot*>& line, const SnapshotRef& ref,
                 const Limits& limits, std::int64_t now_ms, std::unordered_set<SnapshotId>& kept) {
  const std::int64_t older_than =
      ref.max_snapshot_age_ms ? before(now_ms, *ref.max_snapshot_age_ms) : limits.older_than_ms;
  const std::int64_t min_count =
      ref.min_snapshots_to_keep ? std::int64_t{*ref.min_snapshots_to_keep} : limits.min_snapshots;
  std::int64_t count = 0;
  for (const Snapshot* snapshot : line) {
    if (count >= min_count && snapshot->timestamp_ms < older_than) return;
    kept.insert(snapshot->id);
    ++count;
  }
}

bool is_ref_aged(const TableMetadata& metadata, const std::string& name, const SnapshotRef& ref,
                 const Limits& limits, std::int64_t now_ms) {
  if (name == kMainBranch) return false;
  const std::int64_t max_age = ref.max_ref_age_ms.value_or(limits.max_ref_age_ms);
  const Snapshot* head = metadata.find_snapshot(ref.snapshot_id);
  return head != nullptr && head->timestamp_ms < before(now_ms, max_age);
}

Result<void> expire_by_id(const TableMetadata& metadata, const ExpireOptions& options,
                          const std::unordered_set<SnapshotId>& heads,
                          std::unordered_set<SnapshotId>& kept) {
  for (const SnapshotId id : options.ids) {
    if (metadata.find_snapshot(id) == nullptr) {
      return invalid_input("there is no snapshot {} to expire", id.value);
    }
    if (heads.contains(id)) {
      return invalid_input("snapshot {} is the head of a reference and cannot expire", id.value);
    }
    kept.erase(id);
  }
  return {};
}

}  // namespace

Result<Expiration> choose_expired(const TableMetadata& metadata, const ExpireOptions& options,
                                  std::int64_t now_ms) {
  if (!read_property(metadata.properties, property::kGcEnabled)) {
    return invalid_input("snapshots cannot expire: `{}` is false", property::kGcEnabled.name);
  }
  const Limits limits = TRY(read_limits(metadata, options, now_ms));
  Expiration result;
  std::unordered_set<SnapshotId> kept;
  std::unordered_set<SnapshotId> heads;
  std::unordered_set<SnapshotId> referenced;
  for (const auto& [name, ref] : metadata.refs) {
    if (is_ref_aged(metadata, name, ref, limits, now_ms)) {
      result.refs.push_back(name);
      continue;
    }
    heads.insert(ref.snapshot_id);
    kept.insert(ref.snapshot_id);
    if (ref.kind == RefKind::Tag) {
      referenced.insert(ref.snapshot_id);
      continue;
    }
    const auto line = ancestors(metadata, ref.snapshot_id);
    for (const Snapshot* snapshot : line) referenced.insert(snapshot->id);
    keep_branch(line, ref, limits, now_ms, kept);
  }
  // Snapshots of no branch, such as those that were rolled back, stay while they are young.
  for (const Snapshot& snapshot : metadata.snapshots) {
    if (!referenced.contains(snapshot.id) && snapshot.timestamp_ms >= limits.older_than_ms) {
      kept.insert(snapshot.id);
    }
  }
  TRY(expire_by_id(metadata, options, heads, kept));
  for (const Snapshot& snapshot : metadata.snapshots) {
    if (!kept.contains(snapshot.id)) result.snapshots.push_back(snapshot.id);
  }
  return result;
}

}  // namespace tarn::iceberg
