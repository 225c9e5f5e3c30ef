// SPDX-License-Identifier: Apache-2.0
#include "base/xxhash.h"

#include <bit>

#include "base/bytes.h"

namespace tarn {

namespace {

constexpr std::uint64_t kXxPrime1 = 0x9E3779B185EBCA87u;
constexpr std::uint64_t kXxPrime2 = 0xC2B2AE3D27D4EB4Fu;
constexpr std::uint64_t kXxPrime3 = 0x165667B19E3779F9u;
constexpr std::uint64_t kXxPrime4 = 0x85EBCA77C2B2AE63u;
constexpr std::uint64_t kXxPrime5 = 0x27D4EB2F165667C5u;

std::uint64_t xx_round(std::uint64_t lane, std::uint64_t input) {
  return std::rotl(lane + input * kXxPrime2, 31) * kXxPrime1;
}

std::uint64_t xx_merge(std::uint64_t hash, std::uint64_t lane) {
  return (hash ^ xx_round(0, lane)) * kXxPrime1 + kXxPrime4;
}

std::uint64_t xx_long_start(std::string_view& data, std::uint64_t seed) {
  std::uint64_t a = seed + kXxPrime1 + kXxPrime2;
  std::uint64_t b = seed + kXxPrime2;
  std::uint64_t c = seed;
  std::uint64_t d = seed - kXxPrime1;
  for (; data.size() >= 32; data.remove_prefix(32)) {
    a = xx_round(a, load_little_endian<std::uint64_t>(data));
    b = xx_round(b, load_little_endian<std::uint64_t>(data.substr(8)));
    c = xx_round(c, load_little_endian<std::uint64_t>(data.substr(16)));
    d = xx_round(d, load_little_endian<std::uint64_t>(data.substr(24)));
  }
  std::uint64_t hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
  for (std::uint64_t lane : {a, b, c, d}) hash = xx_merge(hash, lane);
  return hash;
}

}  // namespace

std::uint64_t xxhash64(std::string_view data, std::uint64_t seed) {
  const std::uint64_t size = data.size();
  std::uint64_t hash = size >= 32 ? xx_long_start(data, seed) : seed + kXxPrime5;
  hash += size;
  for (; data.size() >= 8; data.remove_prefix(8)) {
    hash ^= xx_round(0, load_little_endian<std::uint64_t>(data));
    hash = std::rotl(hash, 27) * kXxPrime1 + kXxPrime4;
  }
  if (data.size() >= 4) {
    hash ^= std::uint64_t{load_little_endian<std::uint32_t>(data)} * kXxPrime1;
    hash = std::rotl(hash, 23) * kXxPrime2 + kXxPrime3;
    data.remove_prefix(4);
  }
  for (const char byte : data) {
    hash ^= static_cast<unsigned char>(byte) * kXxPrime5;
    hash = std::rotl(hash, 11) * kXxPrime1;
  }
  hash = (hash ^ hash >> 33) * kXxPrime2;
  hash = (hash ^ hash >> 29) * kXxPrime3;
  return hash ^ hash >> 32;
}

std::uint64_t xxhash64(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  std::uint64_t hash = kXxPrime5 + 8;
  hash ^= xx_round(0, bits);
  hash = std::rotl(hash, 27) * kXxPrime1 + kXxPrime4;
  hash = (hash ^ hash >> 33) * kXxPrime2;
  hash = (hash ^ hash >> 29) * kXxPrime3;
  return hash ^ hash >> 32;
}

}  // namespace tarn
