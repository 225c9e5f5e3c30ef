// SPDX-License-Identifier: Apache-2.0
#include "types/type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace tarn::types {
namespace {

struct KindName {
  TypeKind kind;
  std::string_view name;
};

constexpr std::array<KindName, 41> kKindNames = {{
    {TypeKind::Unknown, "unknown"},
    {TypeKind::Boolean, "boolean"},
    {TypeKind::TinyInt, "tinyint"},
    {TypeKind::SmallInt, "smallint"},
    {TypeKind::Integer, "integer"},
    {TypeKind::BigInt, "bigint"},
    {TypeKind::Real, "real"},
    {TypeKind::Double, "double"},
    {TypeKind::Decimal, "decimal"},
    {TypeKind::Varchar, "varchar"},
    {TypeKind::Char, "char"},
    {TypeKind::Varbinary, "varbinary"},
    {TypeKind::Date, "date"},
    {TypeKind::Time, "time"},
    {TypeKind::TimeWithTimeZone, "time with time zone"},
    {TypeKind::Timestamp, "timestamp"},
    {TypeKind::TimestampWithTimeZone, "timestamp with time zone"},
    {TypeKind::IntervalDayToSecond, "interval day to second"},
    {TypeKind::IntervalYearToMonth, "interval year to month"},
    {TypeKind::Array, "array"},
    {TypeKind::Map, "map"},
    {TypeKind::Row, "row"},
    {TypeKind::Json, "json"},
    {TypeKind::Uuid, "uuid"},
    {TypeKind::IpAddress, "ipaddress"},
    {TypeKind::Function, "function"},
    {TypeKind::HyperLogLog, "HyperLogLog"},
    {TypeKind::P4HyperLogLog, "P4HyperLogLog"},
    {TypeKind::SetDigest, "SetDigest"},
    {TypeKind::QDigest, "qdigest"},
    {TypeKind::TDigest, "tdigest"},
    {TypeKind::Geometry, "Geometry"},
    {TypeKind::SphericalGeography, "SphericalGeography"},
    {TypeKind::BingTile, "BingTile"},
    {TypeKind::KdbTree, "KdbTree"},
    {TypeKind::Color, "color"},
    {TypeKind::ObjectId, "ObjectId"},
    {TypeKind::RegularExpression, "JoniRegExp"},
    {TypeKind::LikePattern, "LikePattern"},
    {TypeKind::JsonPath, "JsonPath"},
    {TypeKind::CodePoints, "CodePoints"},
}};

Type make_with_precision(TypeKind kind, std::int64_t precision) {
  Type type;
  type.kind = kind;
  type.precision = static_cast<std::int32_t>(precision);
  return type;
}

}  // namespace

const Type& Type::element() const {
  VERIFY(fields.size() == 1);
  return fields[0].type;
}

const Type& Type::key() const {
  VERIFY(fields.size() == 2);
  return fields[0].type;
}

const Type& Type::value() const {
  VERIFY(fields.size() == 2);
  return fields[1].type;
}

bool operator==(const TypeField& a, const TypeField& b) {
  return a.name == b.name && a.type == b.type;
}

bool operator==(const Type& a, const Type& b) {
  return a.kind == b.kind && a.precision == b.precision && a.scale == b.scale &&
         a.fields == b.fields;
}

Type make_type(TypeKind kind) {
  switch (kind) {
    case TypeKind::Varchar:
      return make_varchar();
    case TypeKind::Char:
      return make_char(1);
    case TypeKind::Decimal:
      return make_decimal(38, 0);
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return make_with_precision(kind, kTimePrecisionDefault);
    default:
      return make_with_precision(kind, 0);
  }
}

Type make_decimal(int precision, int scale) {
  VERIFY(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision);
  Type type = make_with_precision(TypeKind::Decimal, precision);
  type.scale = scale;
  return type;
}

Type make_varchar() { return make_with_precision(TypeKind::Varchar, kUnboundedLength); }

Type make_varchar(std::int64_t length) {
  VERIFY(length >= 0 && length <= kUnboundedLength);
  return make_with_precision(TypeKind::Varchar, length);
}

Type make_char(std::int64_t length) {
  VERIFY(length >= 0 && length <= kCharLengthMax);
  return make_with_precision(TypeKind::Char, length);
}

Type make_time(int precision) { return make_with_precision(TypeKind::Time, precision); }
Type make_time_with_time_zone(int precision) {
  return make_with_precision(TypeKind::TimeWithTimeZone, precision);
}
Type make_timestamp(int precision) { return make_with_precision(TypeKind::Timestamp, precision); }
Type make_timestamp_with_time_zone(int precision) {
  return make_with_precision(TypeKind::TimestampWithTimeZone, precision);
}

Type make_array(Type element) {
  Type type = make_with_precision(TypeKind::Array, 0);
  type.fields.push_back({std::nullopt, std::move(element)});
  return type;
}

Type make_map(Type key, Type value) {
  Type type = make_with_precision(TypeKind::Map, 0);
  type.fields.push_back({std::nullopt, std::move(key)});
  type.fields.push_back({std::nullopt, std::move(value)});
  return type;
}

Type make_row(std::vector<TypeField> fields) {
  Type type = make_with_precision(TypeKind::Row, 0);
  type.fields = std::move(fields);
  return type;
}

Type make_anonymous_row(std::vector<Type> types) {
  Type type = make_with_precision(TypeKind::Row, 0);
  for (Type& field : types) type.fields.push_back({std::nullopt, std::move(field)});
  return type;
}

Type make_function(std::vector<Type> arguments, Type result) {
  Type type = make_anonymous_row(std::move(arguments));
  type.kind = TypeKind::Function;
  type.fields.push_back({std::nullopt, std::move(result)});
  return type;
}

std::string_view base_name(TypeKind kind) {
  return kKindNames[static_cast<std::size_t>(kind)].name;
}

std::optional<TypeKind> find_kind(std::string_view name) {
  if (equals_ignore_case(name, "int")) return TypeKind::Integer;
  if (equals_ignore_case(name, "dec")) return TypeKind::Decimal;
  for (const KindName& entry : kKindNames) {
    if (equals_ignore_case(entry.name, name)) return entry.kind;
  }
  return std::nullopt;
}

bool is_integral(const Type& type) {
  return type.kind >= TypeKind::TinyInt && type.kind <= TypeKind::BigInt;
}

bool is_numeric(const Type& type) {
  return type.kind >= TypeKind::TinyInt && type.kind <= TypeKind::Decimal;
}

bool is_unbounded_varchar(const Type& type) {
  return type.kind == TypeKind::Varchar && type.precision == kUnboundedLength;
}

bool is_comparable(const Type& type) {
  switch (type.kind) {
    case TypeKind::Function:
    case TypeKind::HyperLogLog:
    case TypeKind::P4HyperLogLog:
    case TypeKind::SetDigest:
    case TypeKind::QDigest:
    case TypeKind::TDigest:
    case TypeKind::Geometry:
    case TypeKind::SphericalGeography:
    case TypeKind::KdbTree:
    case TypeKind::RegularExpression:
    case TypeKind::LikePattern:
    case TypeKind::JsonPath:
    case TypeKind::CodePoints:
      return false;
    default:
      return std::all_of(type.fields.begin(), type.fields.end(),
                         [](const TypeField& field) { return is_comparable(field.type); });
  }
}

bool is_orderable(const Type& type) {
  switch (type.kind) {
    case TypeKind::Map:
    case TypeKind::Json:
    case TypeKind::Color:
    case TypeKind::BingTile:
      return false;
    default:
      return is_comparable(type) &&
             std::all_of(type.fields.begin(), type.fields.end(),
                         [](const TypeField& field) { return is_orderable(field.type); });
  }
}

int depth(const Type& type) {
  int deepest = 0;
  for (const TypeField& field : type.fields) deepest = std::max(deepest, depth(field.type));
  return deepest + 1;
}

}  // namespace tarn::types
