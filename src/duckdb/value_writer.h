// SPDX-License-Identifier: Apache-2.0
// Trino's values into DuckDB's vectors in the form of physical_type.h. Internal: shows DuckDB's
// types.
#pragma once

#include "duckdb/native.h"
#include "types/value.h"

namespace tarn::duckdb {

// Writes `value` to entry `row`; elements of lists are added behind those that are there. Throws
// (`throw_error`) for a value that does not fit the type: a bug of who made it.
// REQUIRES: `vector` is flat, has the physical type of `type` and room for `row`; each row is
// written once.
void write_value(const types::Type& type, const types::Value& value, dk::Vector& vector,
                 dk::idx_t row);

}  // namespace tarn::duckdb
