// SPDX-License-Identifier: Apache-2.0
// What SQL/JSON makes of the items that a path found, or of its error: shared by the functions and
// JSON_TABLE.
#pragma once

#include <string_view>
#include <vector>

#include "functions/json_path.h"

namespace tarn::functions {

using JsonItemsResult = Result<std::vector<JsonItemPtr>>;

// ON EMPTY and ON ERROR: `null` (also if empty), `error`, `default`, `array`, `object`.
struct JsonBehaviors {
  std::string_view empty;
  std::string_view error;
  // What `default` gives. REQUIRES: outlive the call; not null if `default` is said.
  const types::Value* empty_default = nullptr;
  const types::Value* error_default = nullptr;
};

// JSON_VALUE: one scalar, cast to the type.
Result<types::Value> json_value_of(const JsonItemsResult& found, const types::Type& to,
                                   const JsonBehaviors& behaviors);

// JSON_QUERY: the text of one item, or of an array of them. `wrapper` is none, conditional or
// unconditional; `quotes` is keep or omit.
Result<types::Value> json_query_of(const JsonItemsResult& found, std::string_view wrapper,
                                   std::string_view quotes, const JsonBehaviors& behaviors);

// JSON_INPUT_CONVERSION_ERROR.
Error json_input_error();

// The value of `name=` in a text of words, or nothing.
std::string_view json_option(std::string_view options, std::string_view name);

// The values of PASSING; `options` lists those that are JSON texts.
Result<JsonPathVariables> json_path_variables(const types::Type& row, const types::Value& values,
                                              std::string_view options);

}  // namespace tarn::functions
