// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"
#include "base/check.h"
#include "base/time.h"
#include "iceberg/type.h"
#include "iceberg/value.h"

namespace tarn::iceberg {

namespace {

template <typename T>
std::string little_endian_bytes(T value) {
  std::string out;
  append_little_endian(out, value);
  return out;
}

Error wrong_length(std::string_view bytes, const Type& type) {
  return corrupt("{} bytes do not make a value of type `{}`", bytes.size(), to_string(type));
}

// A bound that was written when the column still was a date.
Result<Value> timestamp_from_date_bytes(std::string_view bytes, const Type& type) {
  const auto days = date_value(load_little_endian<std::int32_t>(bytes));
  auto value = cast_value(days, type);
  if (!value) return corrupt("date {} does not fit into `{}`", describe(days), to_string(type));
  return value;
}

Value opaque_value(TypeKind kind, std::string_view bytes) {
  Value value = binary_value(std::string(bytes));
  value.kind = kind;
  return value;
}

Result<Value> integer_from_bytes(std::string_view bytes, const Type& type) {
  const std::size_t size = bytes.size();
  switch (type.kind) {
    case TypeKind::Int:
      if (size == 4) return int_value(load_little_endian<std::int32_t>(bytes));
      break;
    case TypeKind::Long:
      if (size == 8) return long_value(load_little_endian<std::int64_t>(bytes));
      if (size == 4) return long_value(load_little_endian<std::int32_t>(bytes));
      break;
    case TypeKind::Date:
      if (size == 4) return date_value(load_little_endian<std::int32_t>(bytes));
      break;
    case TypeKind::Time:
      if (size == 8) return time_value(load_little_endian<std::int64_t>(bytes));
      break;
    default:
      if (size == 8) return timestamp_value(type.kind, load_little_endian<std::int64_t>(bytes));
      if (size == 4 && (type.kind == TypeKind::Timestamp || type.kind == TypeKind::TimestampNs)) {
        return timestamp_from_date_bytes(bytes, type);
      }
      break;
  }
  return wrong_length(bytes, type);
}

}  // namespace

std::string to_bytes(const Value& value) {
  VERIFY(!value.is_null());
  switch (value.kind) {
    case TypeKind::Boolean:
      return std::string(1, value.as_bool() ? '\1' : '\0');
    case TypeKind::Int:
    case TypeKind::Date:
      return little_endian_bytes(static_cast<std::int32_t>(value.as_int()));
    case TypeKind::Long:
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampTzNs:
      return little_endian_bytes(value.as_int());
    case TypeKind::Float:
      return little_endian_bytes(value.as_float());
    case TypeKind::Double:
      return little_endian_bytes(value.as_double());
    case TypeKind::Decimal:
      return to_minimal_big_endian(value.as_decimal());
    case TypeKind::Uuid: {
      const auto& bytes = value.as_uuid().bytes;
      return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    default:
      return value.as_bytes();
  }
}

Result<Value> value_from_bytes(std::string_view bytes, const Type& type) {
  const std::size_t size = bytes.size();
  switch (type.kind) {
    case TypeKind::Boolean:
      if (size == 1) return boolean_value(bytes[0] != 0);
      break;
    case TypeKind::Int:
    case TypeKind::Long:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampTzNs:
      return integer_from_bytes(bytes, type);
    case TypeKind::Float:
      if (size == 4) return float_value(load_little_endian<float>(bytes));
      break;
    case TypeKind::Double:
      if (size == 8) return double_value(load_little_endian<double>(bytes));
      if (size == 4) return double_value(static_cast<double>(load_little_endian<float>(bytes)));
      break;
    case TypeKind::Decimal:
      if (size < 1 || size > 16) break;
      return decimal_value(TRY(from_big_endian(bytes)), type.scale);
    case TypeKind::Uuid: {
      if (size != 16) break;
      Uuid uuid;
      std::memcpy(uuid.bytes.data(), bytes.data(), 16);
      return uuid_value(uuid);
    }
    case TypeKind::String:
      return string_value(std::string(bytes));
    case TypeKind::Fixed:
      // Bounds may be cut, so shorter is right.
      if (size <= static_cast<std::size_t>(type.length)) return fixed_value(std::string(bytes));
      // An upper or lower bound is never longer than the values.
      break;
    case TypeKind::Binary:
      return binary_value(std::string(bytes));
    case TypeKind::Variant:
    case TypeKind::Geometry:
    case TypeKind::Geography:
      return opaque_value(type.kind, bytes);
    default:
      break;
  }
  return wrong_length(bytes, type);
}

}  // namespace tarn::iceberg
