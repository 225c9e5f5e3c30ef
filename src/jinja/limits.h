// SPDX-License-Identifier: Apache-2.0
// Bounds that end a hostile or runaway template with an error of kind `limit`.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tarn::jinja {

struct Limits {
  std::uint64_t steps_max = 200'000'000;         // evaluated nodes, loop turns, elements copied
  std::size_t call_depth_max = 200;              // macro calls within macro calls
  std::size_t text_bytes_max = 256 * 1'048'576;  // rendered text, and any single text value
};

// Nesting of one template's syntax, and of values while they are printed, compared or hashed.
inline constexpr int kNestingMax = 200;
// Digits of an integer (Python refuses to print more than 4,300).
inline constexpr std::size_t kIntegerDigitsMax = 4'300;
// Sandbox rule of Jinja.
inline constexpr std::int64_t kRangeMax = 100'000;

}  // namespace tarn::jinja
