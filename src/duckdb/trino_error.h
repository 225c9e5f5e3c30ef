// SPDX-License-Identifier: Apache-2.0
// Trino's names (types/error_name.h) for failures of the engine that executes its statements.
#pragma once

#include <utility>

#include "base/result.h"

namespace tarn::duckdb {

// For an error of a Connection whose SQL was printed from a checked statement: what DuckDB found
// while it ran gets the name that Trino gives, what it found before is a bug of ours
// (GENERIC_INTERNAL_ERROR). Errors that have a name, or came from our own code below, stay.
Error to_trino_error(Error error);

template <typename T>
Result<T> with_trino_error(Result<T> result) {
  if (!result) return to_trino_error(std::move(result).error());
  return result;
}

}  // namespace tarn::duckdb
