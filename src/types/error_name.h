// SPDX-License-Identifier: Apache-2.0
// Trino's names of errors (COLUMN_NOT_FOUND, …) on our errors. The name stands before the
// message, `COLUMN_NOT_FOUND: Column 'x' cannot be resolved`, so that it survives the way through
// libraries that carry texts only; whoever answers a client splits it off again.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace tarn::types {

// The code that says what a caller can do: NOT_SUPPORTED is Unsupported, …_NOT_FOUND NotFound.
ErrorCode code_of_name(std::string_view name);

Error make_named_error(std::string_view name, const TextSpan& where, std::string message);

template <typename... Args>
Error named_error(std::string_view name, const TextSpan& where, fmt::format_string<Args...> format,
                  Args&&... args) {
  return make_named_error(name, where, fmt::format(format, std::forward<Args>(args)...));
}

struct NamedError {
  std::string name;  // Trino's; from the code if the message has none
  std::string message;
};
NamedError split_error(const Error& error);

// The message starts with a name.
bool has_name(const Error& error);

// Gives a name and a place to an error that has none.
Error with_name(Error error, std::string_view name, const TextSpan& where);

}  // namespace tarn::types
