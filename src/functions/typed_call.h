// SPDX-License-Identifier: Apache-2.0
// Short ways to fill tables of functions: entries by the kinds of their arguments, and Trino's
// errors that functions raise.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "functions/registry.h"
#include "types/error_name.h"
#include "types/value.h"

namespace tarn::functions {

using Arguments = std::span<const types::Value>;
using PlainFunction = Result<types::Value> (*)(Arguments);

// The call has exactly these kinds of arguments.
inline bool has_kinds(const CallSignature& signature, std::span<const types::TypeKind> kinds) {
  if (signature.arguments.size() != kinds.size()) return false;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (!signature.arguments[i].is(kinds[i])) return false;
  }
  return true;
}

// Binds a function that needs no more than its values: `{"to_hex", takes<to_hex, Varbinary>}`.
template <PlainFunction function, types::TypeKind... kinds>
BoundFunction takes(const CallSignature& signature) {
  constexpr std::size_t kCount = sizeof...(kinds);
  const types::TypeKind wanted[kCount + 1] = {kinds..., types::TypeKind::Unknown};
  if (!has_kinds(signature, std::span(wanted, kCount))) return {};
  return {.call = function};
}

template <typename... Args>
Error invalid_argument(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("INVALID_FUNCTION_ARGUMENT", {}, format, std::forward<Args>(args)...);
}
template <typename... Args>
Error out_of_range(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("NUMERIC_VALUE_OUT_OF_RANGE", {}, format, std::forward<Args>(args)...);
}
inline Error division_by_zero() {
  return types::named_error("DIVISION_BY_ZERO", {}, "Division by zero");
}

// Texts longer than this are not made by functions that multiply their input.
inline constexpr std::size_t kTextSizeMax = 256 << 20;

inline Error text_too_large() {
  return invalid_argument("the result is larger than {} bytes", kTextSizeMax);
}

}  // namespace tarn::functions
