// SPDX-License-Identifier: Apache-2.0
// Values of char(n) stand without trailing blanks; some functions see them with all n characters.
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"

namespace tarn::functions {

// With blanks up to `length` code points.
inline std::string padded(std::string_view text, std::int32_t length) {
  std::string out(text);
  const std::size_t count = count_code_points(text);
  const auto wanted = static_cast<std::size_t>(length);
  if (count < wanted) out.append(wanted - count, ' ');
  return out;
}

// Without trailing blanks.
inline std::string unpadded(std::string text) {
  text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace tarn::functions
