// SPDX-License-Identifier: Apache-2.0
#include "functions/value_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string_view>

#include "base/hash.h"
#include "types/compare.h"
#include "types/error_name.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

std::uint64_t mix_hash(std::uint64_t value) {
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccdULL;
  value ^= value >> 33;
  value *= 0xc4ceb9fe1a85ec53ULL;
  return value ^ (value >> 33);
}

std::uint64_t hash_double(double value) {
  if (std::isnan(value)) return 0x7ff8;
  if (value == 0) return 0x51ed;
  return mix_hash(std::bit_cast<std::uint64_t>(value));
}

std::uint64_t hash_zoned_time(const types::ZonedTime& time) {
  std::int64_t picos = time.picos - time.offset_minutes * 60 * types::kPicosPerSecond;
  picos = ((picos % types::kPicosPerDay) + types::kPicosPerDay) % types::kPicosPerDay;
  return mix_hash(static_cast<std::uint64_t>(picos));
}

std::uint64_t hash_parts(const Type& type, const std::vector<Value>& parts) {
  if (type.is(TypeKind::Map)) {
    std::uint64_t sum = parts.size();
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
      sum +=
          mix_hash(hash_value(type.key(), parts[i]) * 31 + hash_value(type.value(), parts[i + 1]));
    }
    return mix_hash(sum);
  }
  std::uint64_t hash = parts.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Type& part = type.is(TypeKind::Row) ? type.fields[i].type : type.element();
    hash = mix_hash(hash * 31 + hash_value(part, parts[i]));
  }
  return hash;
}

constexpr std::string_view kNullPart = "NOT_SUPPORTED";

}  // namespace

std::uint64_t hash_value(const Type& type, const Value& value) {
  struct Visitor {
    const Type& type;
    std::uint64_t operator()(std::monostate) const { return 0x9e3779b97f4a7c15ULL; }
    std::uint64_t operator()(bool flag) const { return mix_hash(flag ? 2 : 1); }
    std::uint64_t operator()(std::int64_t number) const {
      return mix_hash(static_cast<std::uint64_t>(number));
    }
    std::uint64_t operator()(double number) const { return hash_double(number); }
    std::uint64_t operator()(Int128 number) const {
      auto bits = static_cast<UInt128>(number);
      return mix_hash(static_cast<std::uint64_t>(bits) * 31 +
                      static_cast<std::uint64_t>(bits >> 64));
    }
    std::uint64_t operator()(const std::string& text) const {
      std::string_view view = text;
      if (type.is(TypeKind::Char)) {
        while (view.ends_with(' ')) view.remove_suffix(1);
      }
      return fast_hash(view);
    }
    std::uint64_t operator()(const types::Timestamp& time) const {
      return mix_hash(static_cast<std::uint64_t>(time.micros) * 31 +
                      static_cast<std::uint64_t>(time.picos));
    }
    std::uint64_t operator()(const types::ZonedTime& time) const { return hash_zoned_time(time); }
    std::uint64_t operator()(const std::vector<Value>& parts) const {
      return hash_parts(type, parts);
    }
  };
  return std::visit(Visitor{type}, value.data);
}

ValueIndex::ValueIndex(const Type& type, std::size_t expected) : type_(type) {
  values_.reserve(expected);
  hashes_.reserve(expected);
  slots_.resize(std::bit_ceil(std::max<std::size_t>(16, expected * 2)));
}

// The slot that holds the value or the free one where it belongs.
std::size_t ValueIndex::slot_of(const Value& value, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != 0) {
    const std::size_t index = slots_[slot] - 1;
    if (hashes_[index] == hash && types::is_identical(type_, *values_[index], value)) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

void ValueIndex::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    std::size_t slot = hashes_[i] & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

ValueIndex::Added ValueIndex::add(const Value& value) {
  const std::uint64_t hash = hash_value(type_, value);
  const std::size_t slot = slot_of(value, hash);
  if (slots_[slot] != 0) return {slots_[slot] - 1, false};
  values_.push_back(&value);
  hashes_.push_back(hash);
  slots_[slot] = static_cast<std::uint32_t>(values_.size());
  if (values_.size() * 2 > slots_.size()) grow();
  return {values_.size() - 1, true};
}

std::optional<std::size_t> ValueIndex::find(const Value& value) const {
  const std::size_t slot = slot_of(value, hash_value(type_, value));
  if (slots_[slot] == 0) return std::nullopt;
  return slots_[slot] - 1;
}

Result<int> compare_ordered(const Type& type, const Value& a, const Value& b, NanOrder nan) {
  if (type.is(TypeKind::Array) || type.is(TypeKind::Row)) {
    const auto& left = a.as_list();
    const auto& right = b.as_list();
    const std::size_t common = std::min(left.size(), right.size());
    for (std::size_t i = 0; i < common; ++i) {
      if (left[i].is_null() || right[i].is_null()) {
        if (type.is(TypeKind::Row)) {
          return types::named_error(kNullPart, {},
                                    "ROW comparison not supported for fields with null elements");
        }
        return types::named_error(kNullPart, {},
                                  "ARRAY comparison not supported for arrays with null elements");
      }
      const Type& part = type.is(TypeKind::Row) ? type.fields[i].type : type.element();
      if (const int sign = TRY(compare_ordered(part, left[i], right[i], nan)); sign != 0) {
        return sign;
      }
    }
    return left.size() < right.size() ? -1 : left.size() > right.size() ? 1 : 0;
  }
  const int sign = types::order(type, a, b);
  if (nan == NanOrder::First && sign != 0 && std::holds_alternative<double>(a.data) &&
      (std::isnan(a.as_double()) || std::isnan(b.as_double()))) {
    return -sign;
  }
  return sign;
}

std::string describe_value(const Type& type, const Value& value) {
  if (value.is_null()) return "null";
  switch (type.kind) {
    case TypeKind::Array:
    case TypeKind::Row: {
      const auto& parts = value.as_list();
      std::string out = "[";
      for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += ", ";
        const Type& part = type.is(TypeKind::Row) ? type.fields[i].type : type.element();
        out += describe_value(part, parts[i]);
      }
      return out + "]";
    }
    case TypeKind::Map: {
      const auto& parts = value.as_list();
      std::string out = "{";
      for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        if (i > 0) out += ", ";
        out +=
            describe_value(type.key(), parts[i]) + "=" + describe_value(type.value(), parts[i + 1]);
      }
      return out + "}";
    }
    case TypeKind::Json:
      return value.as_text();
    default:
      if (!types::is_comparable(type)) return types::to_string(type);
      return types::cast_to_text(type, value);
  }
}

Result<void> check_map_key(const Type& type, const Value& key) {
  if (key.is_null()) {
    return types::named_error("INVALID_FUNCTION_ARGUMENT", {}, "map key cannot be null");
  }
  if (!std::holds_alternative<std::vector<Value>>(key.data)) return ok();
  if (types::equals(type, key, key)) return ok();
  return types::named_error("INVALID_FUNCTION_ARGUMENT", {}, "map key cannot be indeterminate: {}",
                            describe_value(type, key));
}

Result<Value> make_map_value(const Type& key_type, const std::vector<Value>& keys,
                             const std::vector<Value>& values) {
  ValueIndex seen(key_type, keys.size());
  std::vector<Value> out;
  out.reserve(keys.size() * 2);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    TRY(check_map_key(key_type, keys[i]));
    if (!seen.add(keys[i]).is_new) {
      return types::named_error("INVALID_FUNCTION_ARGUMENT", {},
                                "Duplicate map keys ({}) are not allowed",
                                describe_value(key_type, keys[i]));
    }
    out.push_back(keys[i]);
    out.push_back(values[i]);
  }
  return Value(std::move(out));
}

const Value* find_in_map(const Type& key_type, const std::vector<Value>& map, const Value& key) {
  for (std::size_t i = 0; i + 1 < map.size(); i += 2) {
    if (types::equals(key_type, map[i], key) == true) return &map[i + 1];
  }
  return nullptr;
}

}  // namespace tarn::functions
