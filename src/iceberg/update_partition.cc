// SPDX-License-Identifier: Apache-2.0
#include "iceberg/update_partition.h"

#include <algorithm>

namespace tarn::iceberg {

namespace {

auto find_partition_field(PartitionSpec& spec, const std::string& name) {
  return std::find_if(spec.fields.begin(), spec.fields.end(), [&](const PartitionField& field) {
    return field.name == name && field.transform.kind != TransformKind::Void;
  });
}

}  // namespace

std::string default_partition_name(std::string_view column, const Transform& transform) {
  switch (transform.kind) {
    case TransformKind::Identity:
      return std::string(column);
    case TransformKind::Bucket:
      return fmt::format("{}_bucket", column);
    case TransformKind::Truncate:
      return fmt::format("{}_trunc", column);
    case TransformKind::Void:
      return fmt::format("{}_null", column);
    default:
      return fmt::format("{}_{}", column, to_string(transform));
  }
}

UpdatePartition::UpdatePartition(const TableMetadata& base)
    : base_(base), spec_(base.spec()), last_partition_id_(base.last_partition_id) {}

void UpdatePartition::give_id(PartitionField& field) {
  if (base_.format_version > 1) {
    for (const PartitionSpec& spec : base_.specs) {
      for (const PartitionField& known : spec.fields) {
        if (known.source_id == field.source_id && known.transform == field.transform) {
          field.field_id = known.field_id;
          return;
        }
      }
    }
  }
  field.field_id = ++last_partition_id_;
}

Result<void> UpdatePartition::add_field(int source_id, const Transform& transform,
                                        const std::string& name) {
  const Field* column = find_field(base_.schema(), source_id);
  if (column == nullptr) return invalid_input("there is no column {}", source_id);
  PartitionField field;
  field.source_id = source_id;
  field.transform = transform;
  field.name = name.empty() ? default_partition_name(column->name, transform) : name;
  for (const PartitionField& known : spec_.fields) {
    if (known.source_id == source_id && known.transform == transform) {
      return invalid_input("the table is partitioned by `{}` of `{}` already", to_string(transform),
                           column->name);
    }
  }
  PartitionSpec changed = spec_;
  // The name of a field that version 1 only voided is free again.
  for (PartitionField& known : changed.fields) {
    if (known.name == field.name && known.transform.kind == TransformKind::Void) {
      known.name = fmt::format("{}_{}", known.name, known.field_id);
    }
  }
  const int last_id = last_partition_id_;
  give_id(field);
  changed.fields.push_back(std::move(field));
  auto valid = validate_partition_spec(changed, base_.schema());
  if (!valid) {
    last_partition_id_ = last_id;
    return valid;
  }
  spec_ = std::move(changed);
  return {};
}

Result<void> UpdatePartition::remove_field(const std::string& name) {
  const auto found = find_partition_field(spec_, name);
  if (found == spec_.fields.end()) return invalid_input("there is no partition field `{}`", name);
  if (base_.format_version == 1) {
    found->transform = {TransformKind::Void, 0, {}};
  } else {
    spec_.fields.erase(found);
  }
  return {};
}

Result<void> UpdatePartition::rename_field(const std::string& name, const std::string& new_name) {
  PartitionSpec changed = spec_;
  const auto found = find_partition_field(changed, name);
  if (found == changed.fields.end()) {
    return invalid_input("there is no partition field `{}`", name);
  }
  found->name = new_name;
  TRY(validate_partition_spec(changed, base_.schema()));
  spec_ = std::move(changed);
  return {};
}

void UpdatePartition::clear() {
  if (base_.format_version > 1) {
    spec_.fields.clear();
    return;
  }
  for (PartitionField& field : spec_.fields) field.transform = {TransformKind::Void, 0, {}};
}

Result<std::vector<TableUpdate>> UpdatePartition::updates() const {
  std::vector<TableUpdate> result;
  if (same_partitioning(spec_, base_.spec())) return result;
  TRY(validate_partition_spec(spec_, base_.schema()));
  result.push_back(add_spec(spec_));
  result.push_back(set_default_spec(kLastAdded));
  return result;
}

std::vector<TableRequirement> UpdatePartition::requirements() const {
  return {require_last_partition_id(base_.last_partition_id),
          require_default_spec(base_.default_spec_id)};
}

}  // namespace tarn::iceberg
