// SPDX-License-Identifier: Apache-2.0
// `tarn_call('<signature>', arguments…)` of DuckDB's SQL: a function of Trino by its signature
// (functions/call_signature.h), over values in the form of physical_type.h. A vectorized
// implementation (vector_function.h) is taken if there is one, else the function over rows.
// `tarn_call_volatile` likewise, for functions whose result differs from row to row.
// Internal: shows DuckDB's types.
#pragma once

#include "duckdb/native.h"

namespace tarn::duckdb {

// Throws DuckDB's exceptions.
void register_tarn_call(dk::DatabaseInstance& database);

}  // namespace tarn::duckdb
