// SPDX-License-Identifier: Apache-2.0
// Hashes and checksums with fixed, published results.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn {

std::uint32_t murmur3_x86_32(std::string_view data, std::uint32_t seed = 0);
std::uint32_t crc32(std::string_view data);  // zlib's
std::string sha256(std::string_view data);   // 32 raw bytes
std::string md5(std::string_view data);      // 16 raw bytes
std::string sha1(std::string_view data);     // 20 raw bytes
std::string sha512(std::string_view data);   // 64 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view data);
// Fast, not stable between versions of the program: for tables in memory and caches only.
std::uint64_t fast_hash(std::string_view data);

}  // namespace tarn
