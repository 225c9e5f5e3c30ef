// SPDX-License-Identifier: Apache-2.0
// The fields of structs that column plans stand for. Intervals, ranges and hstore have fields that
// follow from their type and are not in `ColumnPlan::children`.
#pragma once

#include <vector>

#include "postgres/column_plan.h"

namespace tarn::postgres {

// Of a plan of kind Struct: its fields, of kind Map: `key` and `value`. Name, kind, precision,
// scale and children are set. In the order of RowBatch's buffers.
std::vector<ColumnPlan> struct_fields(const ColumnPlan& plan);

}  // namespace tarn::postgres
