// SPDX-License-Identifier: Apache-2.0
// Trino's types as plain values. Text forms are in type_text.h, the lattice of implicit coercions
// in coercion.h, values in value.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::types {

enum class TypeKind : std::uint8_t {
  Unknown,  // the type of NULL
  Boolean,
  TinyInt,
  SmallInt,
  Integer,
  BigInt,
  Real,
  Double,
  Decimal,
  Varchar,
  Char,
  Varbinary,
  Date,
  Time,
  TimeWithTimeZone,
  Timestamp,
  TimestampWithTimeZone,
  IntervalDayToSecond,
  IntervalYearToMonth,
  Array,
  Map,
  Row,
  Json,
  Uuid,
  IpAddress,
  Function,
  HyperLogLog,
  P4HyperLogLog,
  SetDigest,
  QDigest,
  TDigest,
  Geometry,
  SphericalGeography,
  BingTile,
  KdbTree,
  Color,
  ObjectId,
  // Only in signatures of functions: compiled patterns that texts are coerced to.
  RegularExpression,
  LikePattern,
  JsonPath,
  CodePoints,
};

// Length of `varchar` without a bound, as on the wire.
inline constexpr std::int32_t kUnboundedLength = 2147483647;
inline constexpr std::int32_t kCharLengthMax = 65536;
inline constexpr std::int32_t kTimePrecisionMax = 12;
inline constexpr std::int32_t kTimePrecisionDefault = 3;

struct TypeField;

struct Type {
  TypeKind kind = TypeKind::Unknown;
  // Decimal: digits. Varchar and Char: length in code points. Time and Timestamp kinds: digits of
  // the fraction, 0–12. Zero for all others.
  std::int32_t precision = 0;
  std::int32_t scale = 0;  // Decimal only
  // Array and QDigest: the element. Map: key, value. Row: its fields. Function: arguments, result.
  std::vector<TypeField> fields;

  bool is(TypeKind other) const { return kind == other; }
  // Array: the element type; REQUIRES one field. Map: REQUIRES two.
  const Type& element() const;
  const Type& key() const;
  const Type& value() const;
};

struct TypeField {
  std::optional<std::string> name;  // Row only
  Type type;
};

// Field names of rows count, letter case included.
bool operator==(const Type& a, const Type& b);
bool operator==(const TypeField& a, const TypeField& b);

Type make_type(TypeKind kind);
Type make_decimal(int precision, int scale);
Type make_varchar();
// REQUIRES: 0 ≤ length ≤ kUnboundedLength.
Type make_varchar(std::int64_t length);
Type make_char(std::int64_t length);
Type make_time(int precision);
Type make_time_with_time_zone(int precision);
Type make_timestamp(int precision);
Type make_timestamp_with_time_zone(int precision);
Type make_array(Type element);
Type make_map(Type key, Type value);
Type make_row(std::vector<TypeField> fields);
Type make_anonymous_row(std::vector<Type> types);
Type make_function(std::vector<Type> arguments, Type result);

// Trino's base name: `timestamp with time zone`, `row`, `HyperLogLog`.
std::string_view base_name(TypeKind kind);
// Ignores letter case; knows synonyms (`int`, `string` is not one).
std::optional<TypeKind> find_kind(std::string_view name);

bool is_integral(const Type& type);  // tinyint … bigint
bool is_numeric(const Type& type);   // integral, decimal, real, double
bool is_unbounded_varchar(const Type& type);
// `=` is defined: all but functions, sketches and containers of them.
bool is_comparable(const Type& type);
// `<` and ORDER BY are defined: as comparable, but not maps, json, colors.
bool is_orderable(const Type& type);
// Depth of nesting: 1 for a scalar.
int depth(const Type& type);

}  // namespace tarn::types
