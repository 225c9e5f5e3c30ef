// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>

#include "base/bytes.h"
#include "base/check.h"
#include "base/decimal.h"

namespace tarn {

namespace {

std::string digest(const EVP_MD* algorithm, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> buffer;
  unsigned size = 0;
  VERIFY(EVP_Digest(data.data(), data.size(), buffer.data(), &size, algorithm, nullptr) == 1);
  return std::string(reinterpret_cast<const char*>(buffer.data()), size);
}

std::uint32_t murmur3_block(std::uint32_t block) {
  return std::rotl(block * 0xCC9E2D51u, 15) * 0x1B873593u;
}

// Folds the 128-bit product of two words: every bit of both reaches every bit of the result.
std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) {
  const UInt128 product = static_cast<UInt128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::uint32_t murmur3_x86_32(std::string_view data, std::uint32_t seed) {
  std::uint32_t hash = seed;
  std::size_t i = 0;
  for (; i + 4 <= data.size(); i += 4) {
    hash ^= murmur3_block(load_little_endian<std::uint32_t>(data.substr(i)));
    hash = std::rotl(hash, 13) * 5 + 0xE6546B64u;
  }
  if (i < data.size()) {
    std::uint32_t tail = 0;
    for (std::size_t j = data.size(); j-- > i;) {
      tail = tail << 8 | static_cast<unsigned char>(data[j]);
    }
    hash ^= murmur3_block(tail);
  }
  hash ^= static_cast<std::uint32_t>(data.size());
  hash = (hash ^ hash >> 16) * 0x85EBCA6Bu;
  hash = (hash ^ hash >> 13) * 0xC2B2AE35u;
  return hash ^ hash >> 16;
}

std::uint32_t crc32(std::string_view data) {
  return static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

std::string sha256(std::string_view data) { return digest(EVP_sha256(), data); }
std::string md5(std::string_view data) { return digest(EVP_md5(), data); }
std::string sha1(std::string_view data) { return digest(EVP_sha1(), data); }
std::string sha512(std::string_view data) { return digest(EVP_sha512(), data); }

std::string hmac_sha256(std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> buffer;
  unsigned size = 0;
  const char* key_data = key.empty() ? "" : key.data();
  VERIFY(HMAC(EVP_sha256(), key_data, static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(data.data()), data.size(), buffer.data(),
              &size) != nullptr);
  return std::string(reinterpret_cast<const char*>(buffer.data()), size);
}

std::uint64_t fast_hash(std::string_view data) {
  constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15u;
  constexpr std::uint64_t kSecond = 0xD6E8FEB86659FD93u;
  std::uint64_t hash = data.size() * kFirst;
  while (data.size() > 16) {
    hash = fold_product(load_little_endian<std::uint64_t>(data) ^ kFirst,
                        load_little_endian<std::uint64_t>(data.substr(8)) ^ kSecond ^ hash);
    data.remove_prefix(16);
  }
  std::array<char, 16> tail{};
  std::copy(data.begin(), data.end(), tail.begin());
  const std::string_view last(tail.data(), tail.size());
  hash = fold_product(load_little_endian<std::uint64_t>(last) ^ kFirst,
                      load_little_endian<std::uint64_t>(last.substr(8)) ^ kSecond ^ hash);
  return fold_product(hash ^ kSecond, kFirst);
}

}  // namespace tarn
