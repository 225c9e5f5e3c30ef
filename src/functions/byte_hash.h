// SPDX-License-Identifier: Apache-2.0
// Hashes of bytes with published results that SQL functions show: xxHash64, MurmurHash3 of 128
// bits, SpookyHash V2. Seeds are zero.
#pragma once

#include <cstdint>
#include <string_view>

namespace tarn::functions {

struct Hash128 {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

std::uint64_t xxhash64(std::string_view data);
Hash128 murmur3_x64_128(std::string_view data);
Hash128 spooky_hash_v2(std::string_view data);

}  // namespace tarn::functions
