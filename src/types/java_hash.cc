// SPDX-License-Identifier: Apache-2.0
#include "types/java_hash.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace tarn::types {

namespace {

using Hash = std::optional<std::uint32_t>;

std::uint32_t fold(std::uint64_t bits) { return static_cast<std::uint32_t>(bits ^ (bits >> 32)); }

// Over the UTF-16 units.
std::uint32_t hash_text(std::string_view text) {
  std::uint32_t hash = 0;
  const auto add = [&](std::uint32_t unit) { hash = 31 * hash + unit; };
  for (std::size_t at = 0; at < text.size();) {
    const char32_t letter = next_code_point(text, at);
    if (letter < 0x10000) {
      add(letter);
    } else {
      add(0xD800 + ((letter - 0x10000) >> 10));
      add(0xDC00 + ((letter - 0x10000) & 0x3FF));
    }
  }
  return hash;
}

// BigInteger's.
std::uint32_t hash_whole(Int128 value) {
  const bool negative = value < 0;
  const auto magnitude = negative ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
  std::uint32_t hash = 0;
  for (int shift = 96; shift >= 0; shift -= 32) {
    hash = 31 * hash + static_cast<std::uint32_t>(magnitude >> shift);
  }
  return negative ? -hash : hash;
}

Hash java_hash(const Type& type, const Value& value) {
  if (value.is_null()) return 0;
  switch (type.kind) {
    case TypeKind::Boolean:
      return value.as_bool() ? 1231 : 1237;
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::Date:
      return static_cast<std::uint32_t>(value.as_int());
    case TypeKind::BigInt:
      return fold(static_cast<std::uint64_t>(value.as_int()));
    case TypeKind::Double:
      return fold(std::bit_cast<std::uint64_t>(value.as_double()));
    case TypeKind::Real:
      return std::bit_cast<std::uint32_t>(static_cast<float>(value.as_double()));
    case TypeKind::Varchar:
      return hash_text(value.as_text());
    case TypeKind::Decimal: {
      const auto scale = static_cast<std::uint32_t>(type.scale);
      const std::uint32_t hash =
          31 * (31 + hash_whole(value.as_decimal())) + static_cast<std::uint32_t>(type.precision);
      return 31 * hash + scale;
    }
    case TypeKind::Array: {
      std::uint32_t hash = 1;
      for (const auto& item : value.as_list()) {
        const Hash part = java_hash(type.element(), item);
        if (!part) return std::nullopt;
        hash = 31 * hash + *part;
      }
      return hash;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<std::size_t> java_map_order(const Type& key, const std::vector<Value>& entries) {
  struct Place {
    std::uint32_t bucket;
    std::size_t index;
  };
  std::vector<Place> places;
  // The table has twice as many buckets whenever it is more than three quarters full.
  std::size_t buckets = 16;
  while (entries.size() / 2 > buckets / 4 * 3) buckets *= 2;
  bool is_known = true;
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    const Hash hash = java_hash(key, entries[i]);
    is_known = is_known && hash;
    const std::uint32_t spread = hash.value_or(0) ^ (hash.value_or(0) >> 16);
    places.push_back({static_cast<std::uint32_t>(spread & (buckets - 1)), i});
  }
  if (is_known) {
    std::stable_sort(places.begin(), places.end(),
                     [](const Place& a, const Place& b) { return a.bucket < b.bucket; });
  }
  std::vector<std::size_t> out;
  out.reserve(places.size());
  for (const Place& place : places) out.push_back(place.index);
  return out;
}

}  // namespace tarn::types
