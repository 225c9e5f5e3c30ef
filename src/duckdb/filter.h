// SPDX-License-Identifier: Apache-2.0
// DuckDB's table filters as Iceberg expressions, for pruning: the result is true wherever the
// filter is, and may be true elsewhere. Internal: shows DuckDB's types.
#pragma once

#include <functional>

#include "duckdb/native.h"
#include "iceberg/expression.h"
#include "iceberg/schema.h"

namespace tarn::duckdb {

// `field_of` gives the column of a key in the set, nullptr for virtual columns. Dynamic filters
// count with the value they have now.
iceberg::Expression to_expression(
    const dk::TableFilterSet& filters,
    const std::function<const iceberg::Field*(dk::idx_t key)>& field_of);

}  // namespace tarn::duckdb
