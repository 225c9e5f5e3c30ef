// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/expire_snapshots.h"

#include "base/testing.h"
#include "iceberg/apply_update.h"

namespace tarn::iceberg {

namespace {

constexpr std::int64_t kNow = 1'000'000;

// Snapshots 1 … 5 at 100'000 … 500'000 on main, 11 at 150'000 on branch `old` from 1, tag `keep` at
// 2, snapshot 21 at 999'000 and 22 at 110'000 on nothing.
TableMetadata aged_table(const std::map<std::string, std::string>& properties = {}) {
  TableMetadata metadata = empty_metadata();
  metadata.properties = properties;
  const auto add = [&](std::int64_t id, std::optional<std::int64_t> parent, std::int64_t time) {
    Snapshot snapshot;
    snapshot.id = SnapshotId(id);
    if (parent) snapshot.parent_id = SnapshotId(*parent);
    snapshot.timestamp_ms = time;
    metadata.snapshots.push_back(snapshot);
  };
  for (int i = 1; i <= 5; ++i) {
    add(i, i > 1 ? std::optional<std::int64_t>(i - 1) : std::nullopt, i * 100'000);
  }
  add(11, 1, 150'000);
  add(21, 5, 999'000);
  add(22, 1, 110'000);
  metadata.current_snapshot_id = SnapshotId(5);
  metadata.refs["main"].snapshot_id = SnapshotId(5);
  metadata.refs["old"].snapshot_id = SnapshotId(11);
  metadata.refs["keep"].snapshot_id = SnapshotId(2);
  metadata.refs["keep"].kind = RefKind::Tag;
  return metadata;
}

std::string expired_text(const TableMetadata& metadata, const ExpireOptions& options) {
  const auto result = choose_expired(metadata, options, kNow);
  if (!result) return result.error().message;
  std::string text;
  for (const auto& name : result->refs) text += name + " ";
  for (const SnapshotId id : result->snapshots) text += std::to_string(id.value) + " ";
  return text;
}

}  // namespace

TEST_CASE("what expires") {
  ExpireOptions all;
  all.older_than_ms = kNow - 10'000;
  CHECK(expired_text(aged_table(), {}).empty());
  CHECK(expired_text(aged_table(), all) == "1 3 4 22 ");
  ExpireOptions three = all;
  three.retain_last = 3;
  CHECK(expired_text(aged_table(), three) == "22 ");
  ExpireOptions two = all;
  two.retain_last = 2;
  CHECK(expired_text(aged_table(), two) == "3 22 ");
  ExpireOptions half;
  half.older_than_ms = 300'000;
  CHECK(expired_text(aged_table(), half) == "1 22 ");
  CHECK(expired_text(aged_table({{"history.expire.max-snapshot-age-ms", "600000"}}), {}) ==
        "1 3 22 ");
  CHECK(expired_text(aged_table({{"history.expire.max-ref-age-ms", "850000"}}), all) ==
        "1 3 4 22 ");
  CHECK(expired_text(aged_table({{"history.expire.max-ref-age-ms", "810000"}}), all) ==
        "old 1 3 4 11 22 ");
  TableMetadata own = aged_table();
  own.refs["main"].min_snapshots_to_keep = 4;
  own.refs["keep"].max_ref_age_ms = 1;
  CHECK(expired_text(own, all) == "keep 1 22 ");
  own.refs["main"].max_ref_age_ms = 1;  // main never goes
  CHECK(expired_text(own, all) == "keep 1 22 ");
  ExpireOptions chosen;
  chosen.ids = {SnapshotId(3)};
  CHECK(expired_text(aged_table(), chosen) == "3 ");
  chosen.ids = {SnapshotId(5)};
  CHECK(expired_text(aged_table(), chosen).find("head of a reference") != std::string::npos);
  chosen.ids = {SnapshotId(77)};
  CHECK(expired_text(aged_table(), chosen).find("no snapshot 77") != std::string::npos);
  CHECK(expired_text(aged_table({{"gc.enabled", "false"}}), all).find("gc.enabled") !=
        std::string::npos);
  ExpireOptions none;
  none.retain_last = 0;
  CHECK(expired_text(aged_table(), none).find("at least one") != std::string::npos);
}

}  // namespace tarn::iceberg
