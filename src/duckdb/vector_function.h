// SPDX-License-Identifier: Apache-2.0
// Functions of Trino over whole vectors, for those that analytics use most. Each gives exactly what
// the function of the same signature in `functions` gives; that is tested. Internal: shows DuckDB's
// types.
#pragma once

#include <functional>
#include <optional>

#include "duckdb/native.h"
#include "functions/call_signature.h"

namespace tarn::duckdb {

// Fills `result`, of any vector type, for `arguments.size()` rows. Thread-safe. NULL for a NULL
// argument. Throws by `throw_error`.
using VectorRun = std::function<void(dk::DataChunk& arguments, dk::Vector& result)>;

struct VectorFunction {
  VectorRun run;
  // False: no argument makes it fail, so that DuckDB may compute it for values that nobody uses.
  bool can_fail = true;
};

// nullopt if only the function over rows is there.
std::optional<VectorFunction> find_vector_function(const functions::CallSignature& signature);

}  // namespace tarn::duckdb
