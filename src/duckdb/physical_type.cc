// SPDX-License-Identifier: Apache-2.0
#include "duckdb/physical_type.h"

#include <set>

#include "base/text.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::duckdb {
namespace {

using types::Type;
using types::TypeKind;

constexpr std::int32_t kMicrosDigits = 6;

std::string zoned_timestamp_type(const Type& type) {
  const std::string_view picos = type.precision > kMicrosDigits ? ", p INTEGER" : "";
  return fmt::format("STRUCT(t TIMESTAMP WITH TIME ZONE, z INTEGER{})", picos);
}

Result<std::string> row_type(const Type& type) {
  std::string out = "STRUCT(";
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    if (i > 0) out += ", ";
    out += quote(row_field_name(type, i), '"') + " ";
    out += TRY(physical_type(type.fields[i].type));
  }
  return out + ")";
}

std::string scalar_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::Unknown:
    case TypeKind::Boolean:
      return "BOOLEAN";
    case TypeKind::TinyInt:
      return "TINYINT";
    case TypeKind::SmallInt:
      return "SMALLINT";
    case TypeKind::Integer:
    case TypeKind::IntervalYearToMonth:
      return "INTEGER";
    case TypeKind::BigInt:
    case TypeKind::IntervalDayToSecond:
    case TypeKind::Color:
      return "BIGINT";
    case TypeKind::Real:
      return "FLOAT";
    case TypeKind::Double:
      return "DOUBLE";
    case TypeKind::Decimal:
      return fmt::format("DECIMAL({},{})", type.precision, type.scale);
    case TypeKind::Varchar:
    case TypeKind::Char:
    case TypeKind::Json:
    case TypeKind::RegularExpression:
    case TypeKind::LikePattern:
    case TypeKind::JsonPath:
    case TypeKind::CodePoints:
      return "VARCHAR";
    case TypeKind::Varbinary:
    case TypeKind::IpAddress:
    case TypeKind::HyperLogLog:
    case TypeKind::P4HyperLogLog:
    case TypeKind::SetDigest:
    case TypeKind::QDigest:
    case TypeKind::TDigest:
      return "BLOB";
    case TypeKind::Date:
      return "DATE";
    case TypeKind::Uuid:
      return "UUID";
    case TypeKind::Time:
      return type.precision > kMicrosDigits ? "BIGINT" : "TIME";
    case TypeKind::TimeWithTimeZone:
      return "STRUCT(t BIGINT, z SMALLINT)";
    case TypeKind::Timestamp:
      return type.precision > kMicrosDigits ? "STRUCT(t TIMESTAMP, p INTEGER)" : "TIMESTAMP";
    case TypeKind::TimestampWithTimeZone:
      return zoned_timestamp_type(type);
    default:
      return {};
  }
}

}  // namespace

Result<std::string> physical_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::Array:
      return TRY(physical_type(type.element())) + "[]";
    case TypeKind::Map: {
      const std::string key = TRY(physical_type(type.key()));
      return fmt::format("MAP({}, {})", key, TRY(physical_type(type.value())));
    }
    case TypeKind::Row:
      return row_type(type);
    default:
      break;
  }
  std::string text = scalar_type(type);
  if (text.empty()) {
    return types::named_error("NOT_SUPPORTED", {}, "values of type {} are not supported yet",
                              types::to_string(type));
  }
  return text;
}

std::string row_field_name(const Type& row, std::size_t index) {
  std::set<std::string> names;
  for (const types::TypeField& field : row.fields) {
    if (!field.name || field.name->empty()) break;
    names.insert(to_lower(*field.name));
  }
  if (names.size() != row.fields.size()) return fmt::format("f{}", index + 1);
  return to_lower(*row.fields[index].name);
}

bool compares_natively(const Type& type) {
  switch (type.kind) {
    case TypeKind::Char:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::TimestampWithTimeZone:
    case TypeKind::Array:
    case TypeKind::Map:
    case TypeKind::Row:
    case TypeKind::Function:
    case TypeKind::HyperLogLog:
    case TypeKind::P4HyperLogLog:
    case TypeKind::SetDigest:
    case TypeKind::QDigest:
    case TypeKind::TDigest:
    case TypeKind::Geometry:
    case TypeKind::SphericalGeography:
    case TypeKind::BingTile:
    case TypeKind::KdbTree:
    case TypeKind::ObjectId:
      return false;
    default:
      return true;
  }
}

}  // namespace tarn::duckdb
