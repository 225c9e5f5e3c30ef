// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/table_action.h"
#include "iceberg/commit/transaction.h"

namespace tarn::iceberg {

TableTransaction::TableTransaction(LoadedTable base, bool creates)
    : base_(std::move(base)), creates_(creates) {}
TableTransaction::~TableTransaction() = default;

void TableTransaction::change(SnapshotChange change) {
  actions_.push_back(make_snapshot_action(std::move(change), base_.metadata));
}

void TableTransaction::rewrite_manifests(std::string branch) {
  actions_.push_back(make_rewrite_manifests_action(std::move(branch)));
}

void TableTransaction::update_schema(std::function<Result<void>(UpdateSchema&)> steps) {
  actions_.push_back(make_schema_action(std::move(steps)));
}

void TableTransaction::update_partition(std::function<Result<void>(UpdatePartition&)> steps) {
  actions_.push_back(make_partition_action(std::move(steps)));
}

void TableTransaction::set_sort_order(SortOrder order) {
  actions_.push_back(
      make_update_action({add_sort_order(std::move(order)), set_default_sort_order(kLastAdded)}));
}

void TableTransaction::set_properties(std::map<std::string, std::string> properties) {
  actions_.push_back(make_update_action({iceberg::set_properties(std::move(properties))}));
}

void TableTransaction::remove_properties(std::vector<std::string> names) {
  actions_.push_back(make_update_action({iceberg::remove_properties(std::move(names))}));
}

void TableTransaction::set_location(std::string location) {
  actions_.push_back(make_update_action({iceberg::set_location(std::move(location))}));
}

void TableTransaction::upgrade_format_version(int version) {
  actions_.push_back(make_update_action({iceberg::upgrade_format_version(version)}));
}

void TableTransaction::set_ref(std::string name, SnapshotRef ref) {
  actions_.push_back(make_update_action({set_snapshot_ref(std::move(name), std::move(ref))}));
}

void TableTransaction::remove_ref(std::string name) {
  actions_.push_back(make_update_action({remove_snapshot_ref(std::move(name))}));
}

void TableTransaction::expire_snapshots(ExpireOptions options) {
  actions_.push_back(make_expire_action(std::move(options)));
}

void TableTransaction::set_statistics(StatisticsFile file) {
  actions_.push_back(make_update_action({iceberg::set_statistics(std::move(file))}));
}

void TableTransaction::remove_statistics(SnapshotId id) {
  actions_.push_back(make_update_action({iceberg::remove_statistics(id)}));
}

void TableTransaction::use_write_id(std::string id) { write_id_ = std::move(id); }

}  // namespace tarn::iceberg
