// SPDX-License-Identifier: Apache-2.0
// Sort orders. Spec: "Sorting". Order 0 is "unsorted".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/schema.h"
#include "iceberg/transform.h"

namespace tarn::iceberg {

inline constexpr int kUnsortedOrderId = 0;

enum class SortDirection { Ascending, Descending };
enum class NullOrder { First, Last };

struct SortField {
  int source_id = 0;
  Transform transform;
  SortDirection direction = SortDirection::Ascending;
  NullOrder null_order = NullOrder::First;
  std::vector<int> source_ids;  // as in JSON `source-ids`; empty otherwise
  std::string extra;            // unknown JSON members, "" = none

  bool operator==(const SortField& other) const;
};

struct SortOrder {
  int order_id = kUnsortedOrderId;
  std::vector<SortField> fields;
  std::string extra;

  bool operator==(const SortOrder& other) const;
  bool is_unsorted() const { return fields.empty(); }
};

// Sources exist, are primitive and fit their transforms. ErrorCode::InvalidInput.
Result<void> validate_sort_order(const SortOrder& order, const Schema& schema);

std::string sort_order_to_json(const SortOrder& order);
Result<SortOrder> sort_order_from_json(std::string_view text);

}  // namespace tarn::iceberg
