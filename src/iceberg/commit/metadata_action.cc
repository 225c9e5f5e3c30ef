// SPDX-License-Identifier: Apache-2.0
// Steps that change only the metadata.
#include "iceberg/commit/table_action.h"
#include "iceberg/name_mapping.h"
#include "iceberg/table_properties.h"

namespace tarn::iceberg {

namespace {

class SchemaAction final : public TableAction {
 public:
  explicit SchemaAction(std::function<Result<void>(UpdateSchema&)> steps)
      : steps_(std::move(steps)) {}

  Result<ActionResult> apply(const BuildContext& context) override {
    UpdateSchema update(context.metadata);
    TRY(steps_(update));
    ActionResult result;
    result.updates = TRY(update.updates());
    if (result.updates.empty()) return result;
    // New columns must be found in old files without ids as well.
    const Properties& properties = context.metadata.properties;
    const auto text = properties.find(std::string(property::kNameMapping.name));
    if (text != properties.end()) {
      const NameMapping mapping = TRY(name_mapping_from_json(text->second));
      result.updates.push_back(set_properties(
          {{text->first, name_mapping_to_json(update_name_mapping(mapping, update.schema()))}}));
    }
    result.requirements = {require_last_field_id(context.base.last_column_id),
                           require_current_schema(context.base.current_schema_id)};
    return result;
  }

 private:
  std::function<Result<void>(UpdateSchema&)> steps_;
};

class PartitionAction final : public TableAction {
 public:
  explicit PartitionAction(std::function<Result<void>(UpdatePartition&)> steps)
      : steps_(std::move(steps)) {}

  Result<ActionResult> apply(const BuildContext& context) override {
    UpdatePartition update(context.metadata);
    TRY(steps_(update));
    ActionResult result;
    result.updates = TRY(update.updates());
    if (result.updates.empty()) return result;
    result.requirements = {require_last_partition_id(context.base.last_partition_id),
                           require_default_spec(context.base.default_spec_id),
                           require_current_schema(context.base.current_schema_id)};
    return result;
  }

 private:
  std::function<Result<void>(UpdatePartition&)> steps_;
};

class ExpireAction final : public TableAction {
 public:
  explicit ExpireAction(ExpireOptions options) : options_(std::move(options)) {}

  Result<ActionResult> apply(const BuildContext& context) override {
    Expiration expired = TRY(choose_expired(context.metadata, options_, context.now_ms));
    ActionResult result;
    for (const std::string& name : expired.refs) {
      result.updates.push_back(remove_snapshot_ref(name));
    }
    if (!expired.snapshots.empty()) {
      result.updates.push_back(remove_snapshots(std::move(expired.snapshots)));
    }
    if (result.updates.empty()) return result;
    // Nothing that anybody has begun to refer to since may go.
    for (const auto& [name, ref] : context.base.refs) {
      result.requirements.push_back(require_ref(name, ref.snapshot_id));
    }
    return result;
  }

 private:
  ExpireOptions options_;
};

class UpdateAction final : public TableAction {
 public:
  explicit UpdateAction(std::vector<TableUpdate> updates) : updates_(std::move(updates)) {}

  Result<ActionResult> apply(const BuildContext& context) override {
    ActionResult result;
    result.updates = updates_;
    for (const TableUpdate& update : updates_) {
      switch (update.kind) {
        case TableUpdateKind::SetDefaultSortOrder:
          result.requirements.push_back(
              require_default_sort_order(context.base.default_sort_order_id));
          result.requirements.push_back(require_current_schema(context.base.current_schema_id));
          break;
        case TableUpdateKind::SetSnapshotRef:
        case TableUpdateKind::RemoveSnapshotRef:
          result.requirements.push_back(require_same_ref(context.base, update.text));
          break;
        default:
          break;
      }
    }
    return result;
  }

 private:
  std::vector<TableUpdate> updates_;
};

}  // namespace

TableRequirement require_same_ref(const TableMetadata& base, const std::string& name) {
  const auto found = base.refs.find(name);
  if (found == base.refs.end()) return require_ref(name, std::nullopt);
  return require_ref(name, found->second.snapshot_id);
}

std::unique_ptr<TableAction> make_schema_action(std::function<Result<void>(UpdateSchema&)> steps) {
  return std::make_unique<SchemaAction>(std::move(steps));
}

std::unique_ptr<TableAction> make_partition_action(
    std::function<Result<void>(UpdatePartition&)> steps) {
  return std::make_unique<PartitionAction>(std::move(steps));
}

std::unique_ptr<TableAction> make_expire_action(ExpireOptions options) {
  return std::make_unique<ExpireAction>(std::move(options));
}

std::unique_ptr<TableAction> make_update_action(std::vector<TableUpdate> updates) {
  return std::make_unique<UpdateAction>(std::move(updates));
}

}  // namespace tarn::iceberg
