// SPDX-License-Identifier: Apache-2.0
// Filters of the interop tests as JSON: {"op": "and", "args": […]}, {"op": ">=", "column": "a",
// "value": …}, {"op": "in", "column": "a", "values": […]}, {"op": "is_null", "column": "a"}.
#pragma once

#include <string_view>

#include "base/result.h"
#include "iceberg/expression.h"

namespace tarn::interop {

// Bound to the schema. Values are in the JSON single-value form.
Result<iceberg::Expression> filter_from_json(std::string_view text, const iceberg::Schema& schema);

}  // namespace tarn::interop
