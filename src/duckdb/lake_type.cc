// SPDX-License-Identifier: Apache-2.0
#include "duckdb/lake_type.h"

#include <duckdb/common/types/blob.hpp>
#include <duckdb/common/types/decimal.hpp>
#include <duckdb/common/types/uuid.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>

#include "base/check.h"

namespace tarn::duckdb {
namespace {

using iceberg::TypeKind;

Result<dk::LogicalType> nested_type(const iceberg::Type& type) {
  dk::child_list_t<dk::LogicalType> children;
  for (const iceberg::Field& field : type.fields) {
    children.emplace_back(field.name, TRY(to_native_type(field.type)));
  }
  if (type.kind == TypeKind::List) return dk::LogicalType::LIST(children[0].second);
  if (type.kind == TypeKind::Map) {
    return dk::LogicalType::MAP(children[0].second, children[1].second);
  }
  return dk::LogicalType::STRUCT(std::move(children));
}

dk::hugeint_t to_hugeint(Int128 value) {
  return dk::hugeint_t(static_cast<std::int64_t>(value >> 64), static_cast<std::uint64_t>(value));
}

Int128 from_hugeint(const dk::hugeint_t& value) {
  return (static_cast<Int128>(value.upper) << 64) | static_cast<Int128>(value.lower);
}

dk::Value timestamp_to_native(const iceberg::Value& value, TypeKind kind) {
  switch (kind) {
    case TypeKind::TimestampTz:
      return dk::Value::TIMESTAMPTZ(dk::timestamp_tz_t(value.as_int()));
    case TypeKind::TimestampNs:
      return dk::Value::TIMESTAMPNS(dk::timestamp_ns_t(value.as_int()));
    default:
      return dk::Value::TIMESTAMP(dk::timestamp_t(value.as_int()));
  }
}

dk::Value uuid_to_native(const Uuid& uuid) { return dk::Value::UUID(to_string(uuid)); }

Result<iceberg::Type> decimal_from_native(const dk::LogicalType& type) {
  return iceberg::decimal_type(dk::DecimalType::GetWidth(type), dk::DecimalType::GetScale(type));
}

Result<iceberg::Type> nested_from_native(const dk::LogicalType& type) {
  switch (type.id()) {
    case dk::LogicalTypeId::STRUCT: {
      std::vector<iceberg::Field> fields;
      for (const auto& [name, child] : dk::StructType::GetChildTypes(type)) {
        fields.push_back(iceberg::optional_field(0, name, TRY(from_native_type(child))));
      }
      return iceberg::struct_type(std::move(fields));
    }
    case dk::LogicalTypeId::LIST:
      return iceberg::list_type(0, TRY(from_native_type(dk::ListType::GetChildType(type))), false);
    case dk::LogicalTypeId::ARRAY:
      return iceberg::list_type(0, TRY(from_native_type(dk::ArrayType::GetChildType(type))), false);
    default:
      return iceberg::map_type(
          iceberg::required_field(0, "key", TRY(from_native_type(dk::MapType::KeyType(type)))),
          iceberg::optional_field(0, "value", TRY(from_native_type(dk::MapType::ValueType(type)))));
  }
}

// Field ids of a nested type as DuckDB names the levels.
dk::Value nested_field_ids(const iceberg::Field& field) {
  static constexpr const char* kOwnId = "__duckdb_field_id";
  if (field.type.is_primitive()) return dk::Value::INTEGER(field.id);
  dk::child_list_t<dk::Value> children;
  children.emplace_back(kOwnId, dk::Value::INTEGER(field.id));
  static constexpr const char* kMapNames[] = {"key", "value"};
  for (std::size_t i = 0; i < field.type.fields.size(); ++i) {
    const iceberg::Field& child = field.type.fields[i];
    const std::string name = field.type.kind == TypeKind::List  ? "element"
                             : field.type.kind == TypeKind::Map ? kMapNames[i]
                                                                : child.name;
    children.emplace_back(name, nested_field_ids(child));
  }
  return dk::Value::STRUCT(std::move(children));
}

}  // namespace

Result<dk::LogicalType> to_native_type(const iceberg::Type& type) {
  switch (type.kind) {
    case TypeKind::Boolean:
      return dk::LogicalType(dk::LogicalType::BOOLEAN);
    case TypeKind::Int:
      return dk::LogicalType(dk::LogicalType::INTEGER);
    case TypeKind::Long:
      return dk::LogicalType(dk::LogicalType::BIGINT);
    case TypeKind::Float:
      return dk::LogicalType(dk::LogicalType::FLOAT);
    case TypeKind::Double:
      return dk::LogicalType(dk::LogicalType::DOUBLE);
    case TypeKind::Decimal:
      return dk::LogicalType::DECIMAL(static_cast<std::uint8_t>(type.precision),
                                      static_cast<std::uint8_t>(type.scale));
    case TypeKind::Date:
      return dk::LogicalType(dk::LogicalType::DATE);
    case TypeKind::Time:
      return dk::LogicalType(dk::LogicalType::TIME);
    case TypeKind::Timestamp:
      return dk::LogicalType(dk::LogicalType::TIMESTAMP);
    case TypeKind::TimestampTz:
      return dk::LogicalType(dk::LogicalType::TIMESTAMP_TZ);
    case TypeKind::TimestampNs:
      return dk::LogicalType(dk::LogicalType::TIMESTAMP_NS);
    case TypeKind::String:
      return dk::LogicalType(dk::LogicalType::VARCHAR);
    case TypeKind::Uuid:
      return dk::LogicalType(dk::LogicalType::UUID);
    case TypeKind::Fixed:
    case TypeKind::Binary:
      return dk::LogicalType(dk::LogicalType::BLOB);
    case TypeKind::Unknown:
      return dk::LogicalType(dk::LogicalType::SQLNULL);
    case TypeKind::Struct:
    case TypeKind::List:
    case TypeKind::Map:
      return nested_type(type);
    case TypeKind::TimestampTzNs:
    case TypeKind::Variant:
    case TypeKind::Geometry:
    case TypeKind::Geography:
      break;
  }
  return unsupported("columns of type {} cannot be read", iceberg::to_string(type));
}

Result<iceberg::Type> from_native_type(const dk::LogicalType& type) {
  switch (type.id()) {
    case dk::LogicalTypeId::BOOLEAN:
      return iceberg::Type(TypeKind::Boolean);
    case dk::LogicalTypeId::TINYINT:
    case dk::LogicalTypeId::SMALLINT:
    case dk::LogicalTypeId::INTEGER:
    case dk::LogicalTypeId::UTINYINT:
    case dk::LogicalTypeId::USMALLINT:
      return iceberg::Type(TypeKind::Int);
    case dk::LogicalTypeId::BIGINT:
    case dk::LogicalTypeId::UINTEGER:
      return iceberg::Type(TypeKind::Long);
    case dk::LogicalTypeId::UBIGINT:
      return iceberg::decimal_type(20, 0);
    case dk::LogicalTypeId::FLOAT:
      return iceberg::Type(TypeKind::Float);
    case dk::LogicalTypeId::DOUBLE:
      return iceberg::Type(TypeKind::Double);
    case dk::LogicalTypeId::DECIMAL:
      return decimal_from_native(type);
    case dk::LogicalTypeId::DATE:
      return iceberg::Type(TypeKind::Date);
    case dk::LogicalTypeId::TIME:
      return iceberg::Type(TypeKind::Time);
    case dk::LogicalTypeId::TIMESTAMP:
    case dk::LogicalTypeId::TIMESTAMP_MS:
    case dk::LogicalTypeId::TIMESTAMP_SEC:
      return iceberg::Type(TypeKind::Timestamp);
    case dk::LogicalTypeId::TIMESTAMP_TZ:
      return iceberg::Type(TypeKind::TimestampTz);
    case dk::LogicalTypeId::TIMESTAMP_NS:
      return iceberg::Type(TypeKind::TimestampNs);
    case dk::LogicalTypeId::VARCHAR:
    case dk::LogicalTypeId::ENUM:
    case dk::LogicalTypeId::CHAR:
      return iceberg::Type(TypeKind::String);
    case dk::LogicalTypeId::UUID:
      return iceberg::Type(TypeKind::Uuid);
    case dk::LogicalTypeId::BLOB:
      return iceberg::Type(TypeKind::Binary);
    case dk::LogicalTypeId::STRUCT:
    case dk::LogicalTypeId::LIST:
    case dk::LogicalTypeId::ARRAY:
    case dk::LogicalTypeId::MAP:
      return nested_from_native(type);
    default:
      return unsupported("a lake has no type for {}: cast the column", type.ToString());
  }
}

Result<void> check_writable(const iceberg::Field& field) {
  if (field.type.kind == TypeKind::Fixed || field.type.kind == TypeKind::Unknown) {
    return unsupported("column `{}` of type {} cannot be written", field.name,
                       iceberg::to_string(field.type));
  }
  if (auto native = to_native_type(field.type); !native) {
    return unsupported("column `{}` of type {} cannot be written", field.name,
                       iceberg::to_string(field.type));
  }
  for (const iceberg::Field& child : field.type.fields) TRY(check_writable(child));
  return {};
}

dk::Value to_native_value(const iceberg::Value& value, const iceberg::Type& type) {
  auto native_type = value_or_throw(to_native_type(type));
  if (value.is_null()) return dk::Value(native_type);
  switch (type.kind) {
    case TypeKind::Boolean:
      return dk::Value::BOOLEAN(value.as_bool());
    case TypeKind::Int:
      return dk::Value::INTEGER(static_cast<std::int32_t>(value.as_int()));
    case TypeKind::Long:
      return dk::Value::BIGINT(value.as_int());
    case TypeKind::Float:
      return dk::Value::FLOAT(value.as_float());
    case TypeKind::Double:
      return dk::Value::DOUBLE(value.as_double());
    case TypeKind::Decimal: {
      const auto width = static_cast<std::uint8_t>(type.precision);
      const auto scale = static_cast<std::uint8_t>(type.scale);
      if (type.precision <= dk::Decimal::MAX_WIDTH_INT64) {
        return dk::Value::DECIMAL(static_cast<std::int64_t>(value.as_decimal()), width, scale);
      }
      return dk::Value::DECIMAL(to_hugeint(value.as_decimal()), width, scale);
    }
    case TypeKind::Date:
      return dk::Value::DATE(dk::date_t(static_cast<std::int32_t>(value.as_int())));
    case TypeKind::Time:
      return dk::Value::TIME(dk::dtime_t(value.as_int()));
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
      return timestamp_to_native(value, type.kind);
    case TypeKind::String:
      return dk::Value(value.as_bytes());
    case TypeKind::Uuid:
      return uuid_to_native(value.as_uuid());
    case TypeKind::Fixed:
    case TypeKind::Binary:
      return dk::Value::BLOB_RAW(value.as_bytes());
    default:
      UNREACHABLE();
  }
}

Result<iceberg::Value> from_native_value(const dk::Value& value, const iceberg::Type& type) {
  if (value.IsNull()) return iceberg::Value();
  dk::Value cast = value.DefaultCastAs(TRY(to_native_type(type)));
  switch (type.kind) {
    case TypeKind::Boolean:
      return iceberg::boolean_value(cast.GetValueUnsafe<bool>());
    case TypeKind::Int:
      return iceberg::int_value(cast.GetValueUnsafe<std::int32_t>());
    case TypeKind::Long:
      return iceberg::long_value(cast.GetValueUnsafe<std::int64_t>());
    case TypeKind::Float:
      return iceberg::float_value(cast.GetValueUnsafe<float>());
    case TypeKind::Double:
      return iceberg::double_value(cast.GetValueUnsafe<double>());
    case TypeKind::Decimal:
      return iceberg::decimal_value(
          from_hugeint(cast.type().InternalType() == dk::PhysicalType::INT128
                           ? cast.GetValueUnsafe<dk::hugeint_t>()
                           : dk::IntegralValue::Get(cast)),
          type.scale);
    case TypeKind::Date:
      return iceberg::date_value(cast.GetValueUnsafe<dk::date_t>().days);
    case TypeKind::Time:
      return iceberg::time_value(cast.GetValueUnsafe<dk::dtime_t>().micros);
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
      return iceberg::timestamp_value(type.kind, cast.GetValueUnsafe<dk::timestamp_t>().value);
    case TypeKind::String:
      return iceberg::string_value(dk::StringValue::Get(cast));
    case TypeKind::Uuid:
      return iceberg::uuid_value(TRY(parse_uuid(cast.ToString())));
    case TypeKind::Fixed:
      return iceberg::fixed_value(dk::StringValue::Get(cast));
    case TypeKind::Binary:
      return iceberg::binary_value(dk::StringValue::Get(cast));
    default:
      return unsupported("a value of type {} is not a single value", iceberg::to_string(type));
  }
}

Result<dk::MultiFileColumnDefinition> to_reader_column(const iceberg::Field& field) {
  dk::LogicalType native = TRY(to_native_type(field.type));
  dk::MultiFileColumnDefinition column(field.name, native);
  column.identifier = dk::Value::INTEGER(field.id);
  dk::Value fallback = field.initial_default.is_null() || iceberg::is_nested(field.type.kind)
                           ? dk::Value(native)
                           : to_native_value(field.initial_default, field.type);
  column.default_expression = dk::make_uniq<dk::ConstantExpression>(std::move(fallback));
  for (std::size_t i = 0; i < field.type.fields.size(); ++i) {
    auto child = TRY(to_reader_column(field.type.fields[i]));
    if (field.type.kind == TypeKind::List) child.name = "element";
    if (field.type.kind == TypeKind::Map) child.name = i == 0 ? "key" : "value";
    column.children.push_back(std::move(child));
  }
  return column;
}

dk::Value field_ids_option(const std::vector<iceberg::Field>& fields) {
  dk::child_list_t<dk::Value> ids;
  for (const iceberg::Field& field : fields) ids.emplace_back(field.name, nested_field_ids(field));
  return dk::Value::STRUCT(std::move(ids));
}

}  // namespace tarn::duckdb
