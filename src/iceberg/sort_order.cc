// SPDX-License-Identifier: Apache-2.0
#include "iceberg/sort_order.h"

namespace tarn::iceberg {

bool SortField::operator==(const SortField& other) const {
  return source_id == other.source_id && transform == other.transform &&
         direction == other.direction && null_order == other.null_order &&
         source_ids == other.source_ids;
}

bool SortOrder::operator==(const SortOrder& other) const {
  return order_id == other.order_id && fields == other.fields;
}

Result<void> validate_sort_order(const SortOrder& order, const Schema& schema) {
  if (order.order_id == kUnsortedOrderId && !order.fields.empty()) {
    return invalid_input("sort order 0 has fields");
  }
  for (const SortField& field : order.fields) {
    if (field.transform.kind == TransformKind::Unknown) continue;
    const Field* source = find_field(schema, field.source_id);
    if (source == nullptr) {
      return invalid_input("sort order {} has the missing source column {}", order.order_id,
                           field.source_id);
    }
    if (!source->type.is_primitive() || !can_transform(field.transform, source->type)) {
      return invalid_input("sort order {}: transform `{}` does not take column `{}` of type `{}`",
                           order.order_id, to_string(field.transform), source->name,
                           to_string(source->type));
    }
  }
  return {};
}

}  // namespace tarn::iceberg
