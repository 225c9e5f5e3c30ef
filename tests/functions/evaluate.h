// SPDX-License-Identifier: Apache-2.0
// Computes statements without tables by walking the typed tree, one value at a time: for tests of
// functions, not for speed. Relations are SELECT without FROM, over VALUES, UNNEST and joins of
// these; lambdas, subqueries and aggregates are NOT_SUPPORTED.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace tarn::functions_test {

struct Answer {
  std::vector<types::Type> types;
  std::vector<std::vector<types::Value>> rows;
};

// Errors carry Trino's names (types/error_name.h).
Result<Answer> evaluate_statement(std::string_view sql);

}  // namespace tarn::functions_test
