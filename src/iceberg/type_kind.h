// SPDX-License-Identifier: Apache-2.0
// The kinds of Iceberg types, primitive and nested.
#pragma once

#include <cstdint>
#include <string_view>

namespace tarn::iceberg {

enum class TypeKind : std::uint8_t {
  Boolean,
  Int,
  Long,
  Float,
  Double,
  Decimal,
  Date,           // days since 1970-01-01
  Time,           // microseconds of the day
  Timestamp,      // microseconds since 1970-01-01T00:00:00, no zone
  TimestampTz,    // microseconds since the epoch, UTC
  TimestampNs,    // v3, nanoseconds
  TimestampTzNs,  // v3, nanoseconds
  String,
  Uuid,
  Fixed,
  Binary,
  Unknown,    // v3, always null
  Variant,    // v3
  Geometry,   // v3, WKB
  Geography,  // v3, WKB
  Struct,
  List,
  Map,
};

// `boolean`, `int`, …, `timestamptz_ns`, …; without parameters. `struct`, `list`, `map` for nested.
std::string_view to_string(TypeKind kind);

constexpr bool is_nested(TypeKind kind) {
  return kind == TypeKind::Struct || kind == TypeKind::List || kind == TypeKind::Map;
}

constexpr bool is_timestamp(TypeKind kind) {
  return kind >= TypeKind::Timestamp && kind <= TypeKind::TimestampTzNs;
}
constexpr bool is_nanos_timestamp(TypeKind kind) {
  return kind == TypeKind::TimestampNs || kind == TypeKind::TimestampTzNs;
}
constexpr bool is_utc_timestamp(TypeKind kind) {
  return kind == TypeKind::TimestampTz || kind == TypeKind::TimestampTzNs;
}
inline constexpr std::int64_t kNanosPerMicro = 1'000;

}  // namespace tarn::iceberg
