// SPDX-License-Identifier: Apache-2.0
// Lines of bounded width as Python's textwrap makes them (tabs and blanks within lines stay).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::jinja {

struct WrapOptions {
  std::int64_t width = 70;  // code points
  bool break_long_words = true;
  bool break_on_hyphens = true;
};

// A width below 1 is kind `value`.
Result<std::vector<std::string>> wrap_text(std::string_view text, const WrapOptions& options);

}  // namespace tarn::jinja
