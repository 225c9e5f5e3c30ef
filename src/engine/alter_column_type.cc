// SPDX-License-Identifier: Apache-2.0
#include "engine/alter_column_type.h"

#include "base/text.h"
#include "types/error_name.h"

namespace tarn::engine {

namespace {

using types::named_error;

std::string dotted(const iceberg::FieldPath& path) { return join(path, "."); }

const iceberg::Field* find_named(const std::vector<iceberg::Field>& fields,
                                 const std::string& name) {
  for (const auto& field : fields) {
    if (equals_ignore_case(field.name, name)) return &field;
  }
  return nullptr;
}

iceberg::FieldPath below(const iceberg::FieldPath& path, const std::string& name) {
  iceberg::FieldPath out = path;
  out.push_back(name);
  return out;
}

// Fields by name: new ones are added, missing ones go, and the order is that of `to`.
Result<void> change_row(iceberg::UpdateSchema& update, const iceberg::FieldPath& path,
                        const iceberg::Type& from, const iceberg::Type& to, int format_version) {
  for (const auto& field : from.fields) {
    if (find_named(to.fields, field.name) == nullptr) {
      TRY(update.drop_column(below(path, field.name)));
    }
  }
  std::string previous;
  for (const auto& field : to.fields) {
    const auto* old = find_named(from.fields, field.name);
    const std::string name = old != nullptr ? old->name : field.name;
    if (old != nullptr) {
      TRY(change_field_type(update, below(path, name), old->type, field.type, format_version));
    } else {
      TRY(update.add_column(path, iceberg::optional_field(0, name, field.type)));
    }
    if (previous.empty()) {
      TRY(update.move_first(below(path, name)));
    } else {
      TRY(update.move_after(below(path, name), previous));
    }
    previous = name;
  }
  return {};
}

}  // namespace

Result<void> change_field_type(iceberg::UpdateSchema& update, const iceberg::FieldPath& path,
                               const iceberg::Type& from, const iceberg::Type& to,
                               int format_version) {
  if (iceberg::same_shape(from, to)) return {};
  if (from.is_primitive() && to.is_primitive()) {
    if (!iceberg::is_promotion_allowed(from, to, format_version)) {
      return named_error("ICEBERG_COMMIT_ERROR", {},
                         "Failed to set column type: Cannot change column type: {}: {} -> {}",
                         dotted(path), iceberg::to_string(from), iceberg::to_string(to));
    }
    return update.widen_column(path, to);
  }
  if (from.kind == iceberg::TypeKind::Struct && to.kind == iceberg::TypeKind::Struct) {
    return change_row(update, path, from, to, format_version);
  }
  return named_error("ICEBERG_COMMIT_ERROR", {},
                     "Failed to set column type: Cannot change type from {} to {}",
                     iceberg::to_string(from), iceberg::to_string(to));
}

}  // namespace tarn::engine
