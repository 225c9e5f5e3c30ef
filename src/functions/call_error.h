// SPDX-License-Identifier: Apache-2.0
// Makers of the errors of casts and operators, beside those of typed_call.h. Internal to this
// folder.
#pragma once

#include <utility>

#include "functions/typed_call.h"

namespace tarn::functions {

template <typename... Args>
Error bad_cast(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("INVALID_CAST_ARGUMENT", {}, format, std::forward<Args>(args)...);
}

template <typename... Args>
Error not_supported(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("NOT_SUPPORTED", {}, format, std::forward<Args>(args)...);
}

}  // namespace tarn::functions
