// SPDX-License-Identifier: Apache-2.0
#include "iceberg/commit/replace_table.h"

#include <memory>

#include "base/text.h"
#include "iceberg/apply_update.h"
#include "iceberg/table_properties.h"
#include "iceberg/update_partition.h"
#include "iceberg/update_schema.h"

namespace tarn::iceberg {
namespace {

using Steps = std::shared_ptr<const TableCreation>;

Result<void> change_columns(UpdateSchema& update, const TableCreation& wanted) {
  TRY(update.set_identifier_fields({}));
  const Schema old = update.schema();
  // Under other names until the new columns are there: the last column cannot go.
  std::vector<std::string> leaving;
  for (const Field& field : old.fields) {
    const auto* same = TRY(find_column(wanted.schema, field.name));
    if (same != nullptr && same_shape(same->type, field.type)) continue;
    leaving.push_back(fmt::format("tarn-leaving-{}", field.id));
    TRY(update.rename_column({field.name}, leaving.back()));
  }
  std::string previous;
  for (const Field& field : wanted.schema.fields) {
    const auto* kept = TRY(find_column(update.schema(), field.name));
    if (kept == nullptr) {
      TRY(update.add_column({}, field, OldRows::None));
    } else {
      if (kept->required && !field.required) TRY(update.make_optional({field.name}));
      if (!kept->required && field.required) {
        TRY(update.make_required({field.name}, OldRows::None));
      }
      TRY(update.set_doc({field.name}, field.doc));
    }
    if (previous.empty()) {
      TRY(update.move_first({field.name}));
    } else {
      TRY(update.move_after({field.name}, previous));
    }
    previous = field.name;
  }
  for (const std::string& name : leaving) TRY(update.drop_column({name}));
  std::vector<FieldPath> identifiers;
  for (const int id : wanted.schema.identifier_field_ids) {
    identifiers.push_back({find_field(wanted.schema, id)->name});
  }
  return update.set_identifier_fields(identifiers);
}

// The column of `to` that has the name of column `id` of `from`.
Result<int> same_column(const Schema& from, int id, const Schema& to) {
  const Field* field = find_field(from, id);
  const Field* found = field == nullptr ? nullptr : TRY(find_column(to, field->name));
  if (found == nullptr) return internal("column {} of the layout is not there", id);
  return found->id;
}

Result<void> add_partition_fields(UpdatePartition& update, const TableCreation& wanted,
                                  const Schema& schema) {
  for (const auto& field : wanted.spec.fields) {
    const int source = TRY(same_column(wanted.schema, field.source_id, schema));
    TRY(update.add_field(source, field.transform, field.name));
  }
  return {};
}

// Stored properties: `format-version` is none.
std::map<std::string, std::string> stored_properties(const TableCreation& wanted) {
  auto properties = wanted.properties;
  properties.erase(std::string(property::kFormatVersion));
  return properties;
}

int wanted_version(const TableCreation& wanted) {
  const auto found = wanted.properties.find(std::string(property::kFormatVersion));
  if (found == wanted.properties.end()) return 0;
  return static_cast<int>(parse_int64(found->second).value_or(0));
}

class Stager {
 public:
  explicit Stager(const LoadedTable& existing)
      : metadata_(*existing.metadata), base_location_(existing.metadata_location) {}

  Result<void> apply(const std::vector<TableUpdate>& updates) {
    metadata_ =
        TRY(apply_updates(metadata_, updates,
                          {.now_ms = metadata_.last_updated_ms, .base_location = base_location_}));
    return {};
  }
  TableMetadata& metadata() { return metadata_; }

 private:
  TableMetadata metadata_;
  std::string base_location_;
};

}  // namespace

Result<Replacement> make_replacement(const LoadedTable& existing, const TableCreation& wanted) {
  Stager stager(existing);
  if (existing.metadata->current_snapshot_id) {
    TRY(stager.apply({remove_snapshot_ref("main")}));
  }
  const bool upgrades = wanted_version(wanted) > existing.metadata->format_version;
  if (upgrades) TRY(stager.apply({upgrade_format_version(wanted_version(wanted))}));
  UpdatePartition cleared(stager.metadata());
  cleared.clear();
  TRY(stager.apply(TRY(cleared.updates())));
  if (!stager.metadata().sort_order().is_unsorted()) {
    TRY(stager.apply({add_sort_order({}), set_default_sort_order(kLastAdded)}));
  }
  const TableMetadata before = stager.metadata();
  UpdateSchema columns(before);
  TRY(change_columns(columns, wanted));
  TRY(stager.apply(TRY(columns.updates())));
  const TableMetadata with_columns = stager.metadata();
  UpdatePartition partition(with_columns);
  TRY(add_partition_fields(partition, wanted, with_columns.schema()));
  TRY(stager.apply(TRY(partition.updates())));

  SortOrder order = wanted.sort_order;
  for (auto& field : order.fields) {
    field.source_id = TRY(same_column(wanted.schema, field.source_id, with_columns.schema()));
  }
  if (!order.is_unsorted()) {
    TRY(stager.apply({add_sort_order(order), set_default_sort_order(kLastAdded)}));
  }
  TRY(stager.apply({set_properties(stored_properties(wanted))}));

  Replacement replacement;
  replacement.staged = existing;
  replacement.staged.metadata = std::make_shared<const TableMetadata>(stager.metadata());
  auto shared = std::make_shared<const TableCreation>(wanted);
  const Schema new_schema = with_columns.schema();
  replacement.changes = [shared, order, new_schema, upgrades](TableTransaction& table) {
    if (upgrades) table.upgrade_format_version(wanted_version(*shared));
    table.update_partition([](UpdatePartition& update) -> Result<void> {
      update.clear();
      return {};
    });
    table.set_sort_order({});
    table.update_schema([shared](UpdateSchema& update) { return change_columns(update, *shared); });
    table.update_partition([shared, new_schema](UpdatePartition& update) {
      return add_partition_fields(update, *shared, new_schema);
    });
    if (!order.is_unsorted()) table.set_sort_order(order);
    table.set_properties(stored_properties(*shared));
  };
  return replacement;
}

}  // namespace tarn::iceberg
