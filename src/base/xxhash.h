// SPDX-License-Identifier: Apache-2.0
// The hash XXH64, as its specification has it.
#pragma once

#include <cstdint>
#include <string_view>

namespace tarn {

std::uint64_t xxhash64(std::string_view data, std::uint64_t seed = 0);
// Of the number's eight bytes in little-endian order.
std::uint64_t xxhash64(std::int64_t number);

}  // namespace tarn
