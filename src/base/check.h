// SPDX-License-Identifier: Apache-2.0
// Programmer errors: stop the program with file, line and values, in every build. Never on input.
#pragma once

#include <source_location>
#include <string_view>

namespace tarn {

[[noreturn]] void check_failed(std::string_view condition, std::string_view note,
                               std::source_location where);

}  // namespace tarn

// Stops the program unless `condition` holds. An optional second argument is a text to print.
#define VERIFY(condition, ...)                                             \
  (static_cast<bool>(condition)                                            \
       ? void(0)                                                           \
       : ::tarn::check_failed(#condition, ::std::string_view{__VA_ARGS__}, \
                              ::std::source_location::current()))

#define UNREACHABLE() ::tarn::check_failed("unreachable", {}, ::std::source_location::current())
