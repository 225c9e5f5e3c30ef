// SPDX-License-Identifier: Apache-2.0
#include "engine/lake_type.h"

#include <set>

#include "base/text.h"
#include "base/uuid.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using types::TypeKind;
using LakeKind = iceberg::TypeKind;

namespace {

constexpr std::int64_t kPicosPerMicro = 1'000'000;

Error not_supported_type(const types::Type& type) {
  return types::named_error("NOT_SUPPORTED", {}, "Type not supported for Iceberg: {}",
                            types::to_string(type));
}

Result<iceberg::Type> to_struct(const types::Type& type) {
  std::vector<iceberg::Field> fields;
  std::set<std::string> names;
  for (const types::TypeField& field : type.fields) {
    if (!field.name) {
      return types::named_error("NOT_SUPPORTED", {}, "Row type field does not have a name: {}",
                                types::to_string(type));
    }
    if (!names.insert(to_lower(*field.name)).second) {
      return types::named_error("DUPLICATE_COLUMN_NAME", {},
                                "Field name '{}' specified more than once", to_lower(*field.name));
    }
    fields.push_back(iceberg::optional_field(0, *field.name, TRY(to_lake_type(field.type))));
  }
  return iceberg::struct_type(std::move(fields));
}

// Nanoseconds or microseconds by the kind.
types::Value timestamp_value(std::int64_t ticks, LakeKind kind) {
  types::Timestamp stamp;
  if (iceberg::is_nanos_timestamp(kind)) {
    std::int64_t micros = ticks / 1'000;
    std::int64_t nanos = ticks % 1'000;
    if (nanos < 0) {
      nanos += 1'000;
      --micros;
    }
    stamp.micros = micros;
    stamp.picos = static_cast<std::int32_t>(nanos * 1'000);
  } else {
    stamp.micros = ticks;
  }
  return stamp;
}

}  // namespace

Result<iceberg::Type> to_lake_type(const types::Type& type) {
  switch (type.kind) {
    case TypeKind::Boolean:
      return iceberg::Type(LakeKind::Boolean);
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
      return iceberg::Type(LakeKind::Int);
    case TypeKind::BigInt:
      return iceberg::Type(LakeKind::Long);
    case TypeKind::Real:
      return iceberg::Type(LakeKind::Float);
    case TypeKind::Double:
      return iceberg::Type(LakeKind::Double);
    case TypeKind::Decimal:
      return iceberg::decimal_type(type.precision, type.scale);
    case TypeKind::Varchar:
    case TypeKind::Char:
      return iceberg::Type(LakeKind::String);
    case TypeKind::Varbinary:
      return iceberg::Type(LakeKind::Binary);
    case TypeKind::Date:
      return iceberg::Type(LakeKind::Date);
    case TypeKind::Time:
      return iceberg::Type(LakeKind::Time);
    case TypeKind::Timestamp:
      return iceberg::Type(LakeKind::Timestamp);
    case TypeKind::TimestampWithTimeZone:
      return iceberg::Type(LakeKind::TimestampTz);
    case TypeKind::Uuid:
      return iceberg::Type(LakeKind::Uuid);
    case TypeKind::Array:
      return iceberg::list_type(0, TRY(to_lake_type(type.element())), false);
    case TypeKind::Map:
      return iceberg::map_type(
          iceberg::required_field(0, "key", TRY(to_lake_type(type.key()))),
          iceberg::optional_field(0, "value", TRY(to_lake_type(type.value()))));
    case TypeKind::Row:
      return to_struct(type);
    default:
      return not_supported_type(type);
  }
}

Result<types::Type> from_lake_type(const iceberg::Type& type) {
  switch (type.kind) {
    case LakeKind::Boolean:
      return types::make_type(TypeKind::Boolean);
    case LakeKind::Int:
      return types::make_type(TypeKind::Integer);
    case LakeKind::Long:
      return types::make_type(TypeKind::BigInt);
    case LakeKind::Float:
      return types::make_type(TypeKind::Real);
    case LakeKind::Double:
      return types::make_type(TypeKind::Double);
    case LakeKind::Decimal:
      return types::make_decimal(type.precision, type.scale);
    case LakeKind::Date:
      return types::make_type(TypeKind::Date);
    case LakeKind::Time:
      return types::make_time(6);
    case LakeKind::Timestamp:
      return types::make_timestamp(6);
    case LakeKind::TimestampTz:
      return types::make_timestamp_with_time_zone(6);
    case LakeKind::TimestampNs:
      return types::make_timestamp(9);
    case LakeKind::TimestampTzNs:
      return types::make_timestamp_with_time_zone(9);
    case LakeKind::String:
      return types::make_varchar();
    case LakeKind::Uuid:
      return types::make_type(TypeKind::Uuid);
    case LakeKind::Fixed:
    case LakeKind::Binary:
      return types::make_type(TypeKind::Varbinary);
    case LakeKind::List:
      return types::make_array(TRY(from_lake_type(type.element().type)));
    case LakeKind::Map:
      return types::make_map(TRY(from_lake_type(type.key().type)),
                             TRY(from_lake_type(type.value().type)));
    case LakeKind::Struct: {
      std::vector<types::TypeField> fields;
      for (const iceberg::Field& field : type.fields) {
        fields.push_back({field.name, TRY(from_lake_type(field.type))});
      }
      return types::make_row(std::move(fields));
    }
    default:
      return types::named_error("NOT_SUPPORTED", {},
                                "Cannot convert from Iceberg type '{}' to "
                                "a type of SQL",
                                iceberg::to_string(type));
  }
}

Result<types::Type> stored_type(const types::Type& type) {
  return from_lake_type(TRY(to_lake_type(type)));
}

types::Value from_lake_value(const iceberg::Value& value, const iceberg::Type& type) {
  if (value.is_null()) return {};
  switch (type.kind) {
    case LakeKind::Boolean:
      return value.as_bool();
    case LakeKind::Float:
      return static_cast<double>(value.as_float());
    case LakeKind::Double:
      return value.as_double();
    case LakeKind::Decimal:
      return value.as_decimal();
    case LakeKind::Time:
      return value.as_int() * kPicosPerMicro;
    case LakeKind::Timestamp:
    case LakeKind::TimestampTz:
    case LakeKind::TimestampNs:
    case LakeKind::TimestampTzNs:
      return timestamp_value(value.as_int(), type.kind);
    case LakeKind::Uuid: {
      const Uuid& uuid = value.as_uuid();
      return std::string(reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size());
    }
    case LakeKind::String:
    case LakeKind::Fixed:
    case LakeKind::Binary:
      return value.as_bytes();
    default:
      return value.as_int();
  }
}

Result<iceberg::Value> to_lake_value(const types::Value& value, const types::Type& type,
                                     const iceberg::Type& lake_type) {
  if (value.is_null()) return iceberg::Value{};
  switch (type.kind) {
    case TypeKind::Boolean:
      return iceberg::cast_value(iceberg::boolean_value(value.as_bool()), lake_type);
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return iceberg::cast_value(iceberg::long_value(value.as_int()), lake_type);
    case TypeKind::Real:
      return iceberg::cast_value(iceberg::float_value(static_cast<float>(value.as_double())),
                                 lake_type);
    case TypeKind::Double:
      return iceberg::cast_value(iceberg::double_value(value.as_double()), lake_type);
    case TypeKind::Decimal:
      return iceberg::cast_value(iceberg::decimal_value(value.as_decimal(), type.scale), lake_type);
    case TypeKind::Date:
      return iceberg::cast_value(iceberg::date_value(value.as_int()), lake_type);
    case TypeKind::Time:
      if (value.as_int() % kPicosPerMicro != 0) break;
      return iceberg::cast_value(iceberg::time_value(value.as_int() / kPicosPerMicro), lake_type);
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone: {
      const types::Timestamp& stamp = value.as_timestamp();
      if (stamp.picos != 0) break;
      auto kind = type.is(TypeKind::Timestamp) ? LakeKind::Timestamp : LakeKind::TimestampTz;
      return iceberg::cast_value(iceberg::timestamp_value(kind, stamp.micros), lake_type);
    }
    case TypeKind::Varchar:
      return iceberg::cast_value(iceberg::string_value(value.as_text()), lake_type);
    case TypeKind::Varbinary:
      return iceberg::cast_value(iceberg::binary_value(value.as_text()), lake_type);
    case TypeKind::Uuid: {
      Uuid uuid;
      if (value.as_text().size() != uuid.bytes.size()) break;
      std::copy(value.as_text().begin(), value.as_text().end(),
                reinterpret_cast<char*>(uuid.bytes.data()));
      return iceberg::cast_value(iceberg::uuid_value(uuid), lake_type);
    }
    default:
      break;
  }
  return invalid_input("a value of type {} has no form in a lake", types::to_string(type));
}

Result<types::Type> partition_row_type(const iceberg::Type& partition) {
  std::vector<types::TypeField> fields;
  for (const iceberg::Field& field : partition.fields) {
    auto type = from_lake_type(field.type);
    fields.push_back({field.name, type ? *std::move(type) : types::make_varchar()});
  }
  return types::make_row(std::move(fields));
}

}  // namespace tarn::engine
