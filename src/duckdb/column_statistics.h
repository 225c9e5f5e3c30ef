// SPDX-License-Identifier: Apache-2.0
// What the manifests tell of a column, for DuckDB's optimizer: bounds, whether there are NULLs, a
// guess of the number of distinct values. Internal: shows DuckDB's types.
#pragma once

#include <span>

#include "duckdb/native.h"
#include "iceberg/data_file.h"
#include "iceberg/schema.h"

namespace tarn::duckdb {

// True of all rows of `files`, also if some of them are deleted. `distinct` is a count of distinct
// values from elsewhere, 0 if there is none. nullptr where too little is known.
dk::unique_ptr<dk::BaseStatistics> column_statistics(
    std::span<const iceberg::DataFile* const> files, const iceberg::Field& field,
    std::uint64_t distinct);

}  // namespace tarn::duckdb
