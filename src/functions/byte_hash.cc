// SPDX-License-Identifier: Apache-2.0
#include "functions/byte_hash.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/bytes.h"

namespace tarn::functions {

namespace {

std::uint64_t load64(std::string_view data, std::size_t at) {
  return load_little_endian<std::uint64_t>(data.substr(at));
}

// xxHash64.
constexpr std::uint64_t kXx1 = 0x9E3779B185EBCA87u;
constexpr std::uint64_t kXx2 = 0xC2B2AE3D27D4EB4Fu;
constexpr std::uint64_t kXx3 = 0x165667B19E3779F9u;
constexpr std::uint64_t kXx4 = 0x85EBCA77C2B2AE63u;
constexpr std::uint64_t kXx5 = 0x27D4EB2F165667C5u;

std::uint64_t xx_round(std::uint64_t lane, std::uint64_t input) {
  return std::rotl(lane + input * kXx2, 31) * kXx1;
}

// The bytes behind the last full block of 32.
std::uint64_t xx_finish(std::uint64_t hash, std::string_view rest) {
  for (; rest.size() >= 8; rest.remove_prefix(8)) {
    hash = std::rotl(hash ^ xx_round(0, load64(rest, 0)), 27) * kXx1 + kXx4;
  }
  if (rest.size() >= 4) {
    hash = std::rotl(hash ^ load_little_endian<std::uint32_t>(rest) * kXx1, 23) * kXx2 + kXx3;
    rest.remove_prefix(4);
  }
  for (const char byte : rest) {
    hash = std::rotl(hash ^ static_cast<unsigned char>(byte) * kXx5, 11) * kXx1;
  }
  hash = (hash ^ hash >> 33) * kXx2;
  hash = (hash ^ hash >> 29) * kXx3;
  return hash ^ hash >> 32;
}

// MurmurHash3, x64, 128 bits.
constexpr std::uint64_t kMurmur1 = 0x87C37B91114253D5u;
constexpr std::uint64_t kMurmur2 = 0x4CF5AD432745937Fu;

std::uint64_t murmur_mix1(std::uint64_t k) { return std::rotl(k * kMurmur1, 31) * kMurmur2; }
std::uint64_t murmur_mix2(std::uint64_t k) { return std::rotl(k * kMurmur2, 33) * kMurmur1; }

std::uint64_t murmur_final(std::uint64_t k) {
  k = (k ^ k >> 33) * 0xFF51AFD7ED558CCDu;
  k = (k ^ k >> 33) * 0xC4CEB9FE1A85EC53u;
  return k ^ k >> 33;
}

// Up to eight bytes, the first one lowest.
std::uint64_t load_part(std::string_view bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = std::min<std::size_t>(bytes.size(), 8); i-- > 0;) {
    out = out << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return out;
}

// SpookyHash V2.
constexpr std::uint64_t kSpooky = 0xDEADBEEFDEADBEEFu;
constexpr std::size_t kSpookyWords = 12;
constexpr std::size_t kSpookyBlock = kSpookyWords * 8;

struct SpookyShort {
  std::uint64_t a = 0, b = 0, c = kSpooky, d = kSpooky;

  void mix() {
    c = std::rotl(c, 50) + d, a ^= c;
    d = std::rotl(d, 52) + a, b ^= d;
    a = std::rotl(a, 30) + b, c ^= a;
    b = std::rotl(b, 41) + c, d ^= b;
    c = std::rotl(c, 54) + d, a ^= c;
    d = std::rotl(d, 48) + a, b ^= d;
    a = std::rotl(a, 38) + b, c ^= a;
    b = std::rotl(b, 37) + c, d ^= b;
    c = std::rotl(c, 62) + d, a ^= c;
    d = std::rotl(d, 34) + a, b ^= d;
    a = std::rotl(a, 5) + b, c ^= a;
    b = std::rotl(b, 36) + c, d ^= b;
  }

  void finish() {
    d ^= c, c = std::rotl(c, 15), d += c;
    a ^= d, d = std::rotl(d, 52), a += d;
    b ^= a, a = std::rotl(a, 26), b += a;
    c ^= b, b = std::rotl(b, 51), c += b;
    d ^= c, c = std::rotl(c, 28), d += c;
    a ^= d, d = std::rotl(d, 9), a += d;
    b ^= a, a = std::rotl(a, 47), b += a;
    c ^= b, b = std::rotl(b, 54), c += b;
    d ^= c, c = std::rotl(c, 32), d += c;
    a ^= d, d = std::rotl(d, 25), a += d;
    b ^= a, a = std::rotl(a, 63), b += a;
  }
};

Hash128 spooky_short(std::string_view data) {
  SpookyShort state;
  const std::size_t size = data.size();
  for (; data.size() >= 32; data.remove_prefix(32)) {
    state.c += load64(data, 0);
    state.d += load64(data, 8);
    state.mix();
    state.a += load64(data, 16);
    state.b += load64(data, 24);
  }
  if (data.size() >= 16) {
    state.c += load64(data, 0);
    state.d += load64(data, 8);
    state.mix();
    data.remove_prefix(16);
  }
  state.d += static_cast<std::uint64_t>(size) << 56;
  if (data.empty()) {
    state.c += kSpooky;
    state.d += kSpooky;
  } else {
    state.c += load_part(data);
    if (data.size() > 8) state.d += load_part(data.substr(8));
  }
  state.finish();
  return {state.a, state.b};
}

using SpookyState = std::array<std::uint64_t, kSpookyWords>;

void spooky_mix(SpookyState& s, std::string_view block) {
  constexpr int kRotations[kSpookyWords] = {11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46};
  for (std::size_t i = 0; i < kSpookyWords; ++i) {
    s[i] += load64(block, i * 8);
    s[(i + 2) % kSpookyWords] ^= s[(i + 10) % kSpookyWords];
    s[(i + 11) % kSpookyWords] ^= s[i];
    s[i] = std::rotl(s[i], kRotations[i]);
    s[(i + 11) % kSpookyWords] += s[(i + 1) % kSpookyWords];
  }
}

void spooky_end(SpookyState& s) {
  constexpr int kRotations[kSpookyWords] = {44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54};
  for (std::size_t i = 0; i < kSpookyWords; ++i) {
    s[(i + 11) % kSpookyWords] += s[(i + 1) % kSpookyWords];
    s[(i + 2) % kSpookyWords] ^= s[(i + 11) % kSpookyWords];
    s[(i + 1) % kSpookyWords] = std::rotl(s[(i + 1) % kSpookyWords], kRotations[i]);
  }
}

}  // namespace

std::uint64_t xxhash64(std::string_view data) {
  const std::uint64_t size = data.size();
  if (size < 32) return xx_finish(kXx5 + size, data);
  std::array<std::uint64_t, 4> lanes = {kXx1 + kXx2, kXx2, 0, 0 - kXx1};
  for (; data.size() >= 32; data.remove_prefix(32)) {
    for (std::size_t i = 0; i < 4; ++i) lanes[i] = xx_round(lanes[i], load64(data, i * 8));
  }
  std::uint64_t hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
                       std::rotl(lanes[3], 18);
  for (const std::uint64_t lane : lanes) hash = (hash ^ xx_round(0, lane)) * kXx1 + kXx4;
  return xx_finish(hash + size, data);
}

Hash128 murmur3_x64_128(std::string_view data) {
  const std::uint64_t size = data.size();
  std::uint64_t h1 = 0;
  std::uint64_t h2 = 0;
  for (; data.size() >= 16; data.remove_prefix(16)) {
    h1 ^= murmur_mix1(load64(data, 0));
    h1 = (std::rotl(h1, 27) + h2) * 5 + 0x52DCE729;
    h2 ^= murmur_mix2(load64(data, 8));
    h2 = (std::rotl(h2, 31) + h1) * 5 + 0x38495AB5;
  }
  if (data.size() > 8) h2 ^= murmur_mix2(load_part(data.substr(8)));
  if (!data.empty()) h1 ^= murmur_mix1(load_part(data));
  h1 ^= size;
  h2 ^= size;
  h1 += h2;
  h2 += h1;
  h1 = murmur_final(h1);
  h2 = murmur_final(h2);
  h1 += h2;
  h2 += h1;
  return {h1, h2};
}

Hash128 spooky_hash_v2(std::string_view data) {
  if (data.size() < 2 * kSpookyBlock) return spooky_short(data);
  SpookyState state = {};
  for (std::size_t i = 2; i < kSpookyWords; i += 3) state[i] = kSpooky;
  for (; data.size() >= kSpookyBlock; data.remove_prefix(kSpookyBlock)) spooky_mix(state, data);
  std::string last(data);
  last.resize(kSpookyBlock, '\0');
  last.back() = static_cast<char>(data.size());
  for (std::size_t i = 0; i < kSpookyWords; ++i) state[i] += load64(last, i * 8);
  for (int i = 0; i < 3; ++i) spooky_end(state);
  return {state[0], state[1]};
}

}  // namespace tarn::functions
