// SPDX-License-Identifier: Apache-2.0
#include "types/compare.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/check.h"

namespace tarn::types {
namespace {

template <typename T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// As if the shorter text went on with blanks.
int order_padded(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  if (const int result = a.substr(0, common).compare(b.substr(0, common)); result != 0) {
    return result;
  }
  const std::string_view rest = a.size() > common ? a.substr(common) : b.substr(common);
  const int sign = a.size() > common ? 1 : -1;
  for (const char c : rest) {
    if (c != ' ') return static_cast<unsigned char>(c) > ' ' ? sign : -sign;
  }
  return 0;
}

int order_doubles(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return three_way(std::isnan(a), std::isnan(b));
  return three_way(a, b);
}

int order_timestamps(const Timestamp& a, const Timestamp& b) {
  return a.micros != b.micros ? three_way(a.micros, b.micros) : three_way(a.picos, b.picos);
}

std::int64_t utc_picos(const ZonedTime& time) {
  const std::int64_t picos = time.picos - time.offset_minutes * 60 * kPicosPerSecond;
  return ((picos % kPicosPerDay) + kPicosPerDay) % kPicosPerDay;
}

int order_scalars(const Type& type, const Value& a, const Value& b) {
  switch (type.kind) {
    case TypeKind::Unknown:
      return 0;
    case TypeKind::Boolean:
      return three_way(a.as_bool(), b.as_bool());
    case TypeKind::Real:
    case TypeKind::Double:
      return order_doubles(a.as_double(), b.as_double());
    case TypeKind::Decimal:
      return three_way(a.as_decimal(), b.as_decimal());
    case TypeKind::Char:
      return order_padded(a.as_text(), b.as_text());
    case TypeKind::TimeWithTimeZone:
      return three_way(utc_picos(a.as_zoned_time()), utc_picos(b.as_zoned_time()));
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return order_timestamps(a.as_timestamp(), b.as_timestamp());
    default:
      if (std::holds_alternative<std::int64_t>(a.data)) return three_way(a.as_int(), b.as_int());
      return std::string_view(a.as_text()).compare(b.as_text());
  }
}

const Type& part_type(const Type& type, std::size_t index) {
  return type.is(TypeKind::Row) ? type.fields[index].type : type.element();
}

std::optional<bool> lists_equal(const Type& type, const Value& a, const Value& b) {
  const auto& left = a.as_list();
  const auto& right = b.as_list();
  if (left.size() != right.size()) return false;
  bool unknown = false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto equal = equals(part_type(type, i), left[i], right[i]);
    if (equal == false) return false;
    if (!equal) unknown = true;
  }
  if (unknown) return std::nullopt;
  return true;
}

// By `=`: a NaN is not found.
const Value* find_equal_key(const Type& type, const std::vector<Value>& map, const Value& key) {
  for (std::size_t i = 0; i + 1 < map.size(); i += 2) {
    if (equals(type.key(), map[i], key) == true) return &map[i + 1];
  }
  return nullptr;
}

const Value* find_map_value(const Type& type, const std::vector<Value>& map, const Value& key) {
  for (std::size_t i = 0; i + 1 < map.size(); i += 2) {
    if (is_identical(type.key(), map[i], key)) return &map[i + 1];
  }
  return nullptr;
}

std::optional<bool> maps_equal(const Type& type, const Value& a, const Value& b) {
  const auto& left = a.as_list();
  const auto& right = b.as_list();
  if (left.size() != right.size()) return false;
  bool unknown = false;
  for (std::size_t i = 0; i + 1 < left.size(); i += 2) {
    const Value* other = find_equal_key(type, right, left[i]);
    if (other == nullptr) return false;
    const auto equal = equals(type.value(), left[i + 1], *other);
    if (equal == false) return false;
    if (!equal) unknown = true;
  }
  if (unknown) return std::nullopt;
  return true;
}

bool maps_identical(const Type& type, const Value& a, const Value& b) {
  const auto& left = a.as_list();
  if (left.size() != b.as_list().size()) return false;
  for (std::size_t i = 0; i + 1 < left.size(); i += 2) {
    const Value* other = find_map_value(type, b.as_list(), left[i]);
    if (other == nullptr || !is_identical(type.value(), left[i + 1], *other)) return false;
  }
  return true;
}

}  // namespace

std::optional<bool> equals(const Type& type, const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return std::nullopt;
  switch (type.kind) {
    case TypeKind::Real:
    case TypeKind::Double:
      return a.as_double() == b.as_double();
    case TypeKind::Array:
    case TypeKind::Row:
      return lists_equal(type, a, b);
    case TypeKind::Map:
      return maps_equal(type, a, b);
    default:
      return order_scalars(type, a, b) == 0;
  }
}

bool is_identical(const Type& type, const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  switch (type.kind) {
    case TypeKind::Array:
    case TypeKind::Row: {
      const auto& left = a.as_list();
      const auto& right = b.as_list();
      if (left.size() != right.size()) return false;
      for (std::size_t i = 0; i < left.size(); ++i) {
        if (!is_identical(part_type(type, i), left[i], right[i])) return false;
      }
      return true;
    }
    case TypeKind::Map:
      return maps_identical(type, a, b);
    default:
      return order_scalars(type, a, b) == 0;
  }
}

int order(const Type& type, const Value& a, const Value& b) {
  if (!type.is(TypeKind::Array) && !type.is(TypeKind::Row)) return order_scalars(type, a, b);
  const auto& left = a.as_list();
  const auto& right = b.as_list();
  const std::size_t common = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (left[i].is_null() || right[i].is_null()) {
      if (left[i].is_null() != right[i].is_null()) return left[i].is_null() ? 1 : -1;
      continue;
    }
    const int result = order(part_type(type, i), left[i], right[i]);
    if (result != 0) return result;
  }
  return three_way(left.size(), right.size());
}

}  // namespace tarn::types
