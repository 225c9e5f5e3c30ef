// SPDX-License-Identifier: Apache-2.0
// Trino's functions over single values: exact first, for everything that the engine has no faster
// way for. Pure: no clock, no environment; what a call needs of its session is in its signature.
//
// A function is found by its name and the Trino types of the call. Errors carry Trino's name
// (types/error_name.h): INVALID_FUNCTION_ARGUMENT, DIVISION_BY_ZERO, INVALID_CAST_ARGUMENT,
// NUMERIC_VALUE_OUT_OF_RANGE, … `TRY` turns those four into NULL.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "functions/call_signature.h"
#include "types/value.h"

namespace tarn::functions {

// The values have the types of the signature. REQUIRES: as many as its arguments. Thread-safe: one
// function object may be called by several threads at once.
using RowFunction = std::function<Result<types::Value>(std::span<const types::Value> arguments)>;

struct BoundFunction {
  RowFunction call;
  // False: NULL for any NULL argument, without a call.
  bool sees_nulls = false;
};

// Prepares a call: compiles what is constant by type. ErrorCode::Unsupported with NOT_SUPPORTED if
// there is no such function here.
Result<BoundFunction> bind_function(const CallSignature& signature);

// One entry of the table: all overloads of a name that `bind` accepts. `bind` gives an empty `call`
// for types that it does not take; then the next entry of the same name is asked.
struct FunctionEntry {
  std::string_view name;
  BoundFunction (*bind)(const CallSignature& signature);
};

// One list a file of functions; all are joined in registry.cc.
using FunctionList = std::span<const FunctionEntry>;

}  // namespace tarn::functions
