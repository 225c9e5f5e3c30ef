// SPDX-License-Identifier: Apache-2.0
// The catalogue of Trino's functions and operators, and overload resolution as Trino does it: exact
// matches first, then generic ones, then with implicit coercions, where the most specific wins.
// Special forms (CASE, COALESCE, IF, NULLIF, TRY, IN, BETWEEN, CAST) are not functions.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature.h"
#include "base/result.h"
#include "types/type.h"

namespace tarn::analysis {

// Gives the type of a lambda's body for these types of its parameters.
using LambdaTyper = std::function<Result<types::Type>(std::span<const types::Type> parameters)>;

struct Argument {
  types::Type type;
  // For a lambda, and then `type` does not count.
  LambdaTyper lambda;
  int lambda_parameters = 0;
};

Argument typed_argument(types::Type type);
Argument lambda_argument(int parameters, LambdaTyper typer);

struct ResolvedFunction {
  const FunctionSignature* function = nullptr;  // lives until the end of the program
  // What each argument must be coerced to; for lambdas a function type.
  std::vector<types::Type> arguments;
  types::Type result;
};

// `name` in any letter case. ErrorCode::NotFound is Trino's FUNCTION_NOT_FOUND (also if the name is
// known but no overload fits), ErrorCode::Conflict its AMBIGUOUS_FUNCTION_CALL. An error of a
// lambda's body is returned as it is.
Result<ResolvedFunction> resolve_function(std::string_view name,
                                          std::span<const Argument> arguments);

enum class Operator : std::uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulus,
  Negate,
  Equal,
  NotEqual,
  IsDistinctFrom,
  LessThan,  // `>` is this with swapped operands, as in Trino's messages
  LessThanOrEqual,
  Subscript,
  Like,
  AtTimeZone,
};

// ErrorCode::InvalidInput is Trino's TYPE_MISMATCH: `cannot apply operator: integer + varchar`.
Result<ResolvedFunction> resolve_operator(Operator op, std::span<const types::Type> operands);

// All overloads of a name (lower case), empty if it is not known; all functions but operators, by
// name and in the order of the catalogue.
std::span<const FunctionSignature> find_overloads(std::string_view name);
std::span<const FunctionSignature> all_functions();
bool is_aggregate(std::string_view name);
// Can only be called with OVER.
bool is_window_only(std::string_view name);

}  // namespace tarn::analysis
