// SPDX-License-Identifier: Apache-2.0
// One step of a table's transaction. It is applied anew at each attempt. Inside commit/ only.
#pragma once

#include <vector>

#include "base/result.h"
#include "iceberg/commit/snapshot_build.h"

namespace tarn::iceberg {

// What a step contributes to the commit.
struct ActionResult {
  std::vector<TableUpdate> updates;
  std::vector<TableRequirement> requirements;  // about the base, not what earlier steps made of it
  std::vector<std::string> manifests;          // that the step's snapshot lists
};

class TableAction {
 public:
  virtual ~TableAction() = default;
  virtual Result<ActionResult> apply(const BuildContext& context) = 0;
};

std::unique_ptr<TableAction> make_snapshot_action(SnapshotChange change,
                                                  std::shared_ptr<const TableMetadata> start);
std::unique_ptr<TableAction> make_rewrite_manifests_action(std::string branch);
std::unique_ptr<TableAction> make_schema_action(std::function<Result<void>(UpdateSchema&)> steps);
std::unique_ptr<TableAction> make_partition_action(
    std::function<Result<void>(UpdatePartition&)> steps);
std::unique_ptr<TableAction> make_expire_action(ExpireOptions options);
// Updates that are the same at each attempt; requirements follow from their kinds.
std::unique_ptr<TableAction> make_update_action(std::vector<TableUpdate> updates);

// The head of a branch must still be what the base has.
TableRequirement require_same_ref(const TableMetadata& base, const std::string& name);

}  // namespace tarn::iceberg
