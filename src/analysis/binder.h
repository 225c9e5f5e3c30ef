// SPDX-License-Identifier: Apache-2.0
// Binds the variables of one signature to the types of a call.
#pragma once

#include <optional>
#include <span>

#include "analysis/functions.h"

namespace tarn::analysis {

enum class Coercion : std::uint8_t { Forbidden, Allowed };

// Why calls did not fit, where that is worth telling; the first ones count.
struct BindErrors {
  std::optional<Error> lambda;  // of a lambda's body
  std::optional<Error> result;  // the arguments fit, but the result is no type: decimal(38,40)
};

// Nullopt if the call does not fit.
std::optional<ResolvedFunction> bind_signature(const FunctionSignature& signature,
                                               std::span<const Argument> arguments,
                                               Coercion coercion, BindErrors& errors);

}  // namespace tarn::analysis
