// SPDX-License-Identifier: Apache-2.0
// Partition and sort transforms as DuckDB expressions. Internal: shows DuckDB's types.
#pragma once

#include "duckdb/native.h"
#include "iceberg/transform.h"

namespace tarn::duckdb {

// The transform of `input`, a value of the Iceberg type `source`; the result has DuckDB's type for
// result_type(). Identity gives `input` itself, void a null. ErrorCode::Unsupported for unknown
// transforms.
Result<dk::unique_ptr<dk::Expression>> make_transform_expression(
    const iceberg::Transform& transform, const iceberg::Type& source,
    dk::unique_ptr<dk::Expression> input);

}  // namespace tarn::duckdb
