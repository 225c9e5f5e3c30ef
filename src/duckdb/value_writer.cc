// SPDX-License-Identifier: Apache-2.0
#include "duckdb/value_writer.h"

#include "types/type_text.h"

namespace tarn::duckdb {
namespace {

using types::Type;
using types::TypeKind;
using types::Value;

constexpr std::int64_t kPicosPerMicro = 1'000'000;
constexpr std::int32_t kMicrosDigits = 6;

template <typename T>
void put(dk::Vector& vector, dk::idx_t row, T value) {
  dk::FlatVector::GetData<T>(vector)[row] = value;
}

[[noreturn]] void throw_misfit(const Type& type) {
  throw_error(
      internal("a function gave a value that is not of its type {}", types::to_string(type)));
}

template <typename T>
void put_integer(const Type& type, dk::Vector& vector, dk::idx_t row, std::int64_t value) {
  if (static_cast<T>(value) != value) throw_misfit(type);
  put(vector, row, static_cast<T>(value));
}

void put_decimal(const Type& type, dk::Vector& vector, dk::idx_t row, Int128 value) {
  const Int128 bound = type.precision >= 38 ? power_of_ten(38) : power_of_ten(type.precision);
  if (value >= bound || value <= -bound) throw_misfit(type);
  switch (vector.GetType().InternalType()) {
    case dk::PhysicalType::INT16:
      return put(vector, row, static_cast<std::int16_t>(value));
    case dk::PhysicalType::INT32:
      return put(vector, row, static_cast<std::int32_t>(value));
    case dk::PhysicalType::INT64:
      return put(vector, row, static_cast<std::int64_t>(value));
    default:
      return put(
          vector, row,
          dk::hugeint_t(static_cast<std::int64_t>(value >> 64), static_cast<std::uint64_t>(value)));
  }
}

void put_uuid(const Type& type, dk::Vector& vector, dk::idx_t row, const std::string& bytes) {
  if (bytes.size() != 16) throw_misfit(type);
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, bytes.data(), 8);
  std::memcpy(&low, bytes.data() + 8, 8);
  // The order of signed numbers is the order of UUIDs.
  high = __builtin_bswap64(high) ^ (std::uint64_t{1} << 63);
  put(vector, row, dk::hugeint_t(static_cast<std::int64_t>(high), __builtin_bswap64(low)));
}

void put_timestamp(const Type& type, dk::Vector& vector, dk::idx_t row,
                   const types::Timestamp& value) {
  const bool zoned = type.is(TypeKind::TimestampWithTimeZone);
  const bool fine = type.precision > kMicrosDigits;
  if (!zoned && !fine) return put(vector, row, value.micros);
  auto& parts = dk::StructVector::GetEntries(vector);
  put(*parts[0], row, value.micros);
  if (zoned) put(*parts[1], row, value.zone.key());
  if (fine) put(*parts[zoned ? 2 : 1], row, value.picos);
}

// Adds room for `count` entries to the list vector and gives the first of them.
dk::idx_t extend_list(dk::Vector& vector, dk::idx_t row, std::size_t count) {
  const dk::idx_t start = dk::ListVector::GetListSize(vector);
  dk::ListVector::Reserve(vector, start + count);
  dk::ListVector::SetListSize(vector, start + count);
  put(vector, row, dk::list_entry_t(start, count));
  return start;
}

void put_array(const Type& type, dk::Vector& vector, dk::idx_t row,
               const std::vector<Value>& values) {
  const dk::idx_t start = extend_list(vector, row, values.size());
  dk::Vector& child = dk::ListVector::GetEntry(vector);
  for (std::size_t i = 0; i < values.size(); ++i) {
    write_value(type.element(), values[i], child, start + i);
  }
}

void put_map(const Type& type, dk::Vector& vector, dk::idx_t row,
             const std::vector<Value>& values) {
  if (values.size() % 2 != 0) throw_misfit(type);
  const dk::idx_t start = extend_list(vector, row, values.size() / 2);
  dk::Vector& pairs = dk::ListVector::GetEntry(vector);
  auto& parts = dk::StructVector::GetEntries(pairs);
  for (std::size_t i = 0; i < values.size() / 2; ++i) {
    write_value(type.key(), values[2 * i], *parts[0], start + i);
    write_value(type.value(), values[2 * i + 1], *parts[1], start + i);
  }
}

void put_row(const Type& type, dk::Vector& vector, dk::idx_t row,
             const std::vector<Value>& values) {
  if (values.size() != type.fields.size()) throw_misfit(type);
  auto& parts = dk::StructVector::GetEntries(vector);
  for (std::size_t i = 0; i < values.size(); ++i) {
    write_value(type.fields[i].type, values[i], *parts[i], row);
  }
}

void put_value(const Type& type, const Value& value, dk::Vector& vector, dk::idx_t row) {
  switch (type.kind) {
    case TypeKind::Boolean:
      return put(vector, row, value.as_bool());
    case TypeKind::TinyInt:
      return put_integer<std::int8_t>(type, vector, row, value.as_int());
    case TypeKind::SmallInt:
      return put_integer<std::int16_t>(type, vector, row, value.as_int());
    case TypeKind::Integer:
    case TypeKind::Date:
    case TypeKind::IntervalYearToMonth:
      return put_integer<std::int32_t>(type, vector, row, value.as_int());
    case TypeKind::BigInt:
    case TypeKind::IntervalDayToSecond:
    case TypeKind::Color:
      return put(vector, row, value.as_int());
    case TypeKind::Time:
      return put(vector, row,
                 value.as_int() / (type.precision > kMicrosDigits ? 1 : kPicosPerMicro));
    case TypeKind::Real:
      return put(vector, row, static_cast<float>(value.as_double()));
    case TypeKind::Double:
      return put(vector, row, value.as_double());
    case TypeKind::Decimal:
      return put_decimal(type, vector, row, value.as_decimal());
    case TypeKind::Uuid:
      return put_uuid(type, vector, row, value.as_text());
    case TypeKind::TimeWithTimeZone: {
      auto& parts = dk::StructVector::GetEntries(vector);
      put(*parts[0], row, value.as_zoned_time().picos);
      return put(*parts[1], row, static_cast<std::int16_t>(value.as_zoned_time().offset_minutes));
    }
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return put_timestamp(type, vector, row, value.as_timestamp());
    case TypeKind::Array:
      return put_array(type, vector, row, value.as_list());
    case TypeKind::Map:
      return put_map(type, vector, row, value.as_list());
    case TypeKind::Row:
      return put_row(type, vector, row, value.as_list());
    case TypeKind::Unknown:
      throw_misfit(type);
    default:
      return put(vector, row, dk::StringVector::AddStringOrBlob(vector, value.as_text()));
  }
}

}  // namespace

void write_value(const Type& type, const Value& value, dk::Vector& vector, dk::idx_t row) {
  if (value.is_null()) {
    dk::FlatVector::SetNull(vector, row, true);
    // A list that is null must not point anywhere.
    if (vector.GetType().InternalType() == dk::PhysicalType::LIST) {
      put(vector, row, dk::list_entry_t(0, 0));
    }
    return;
  }
  try {
    put_value(type, value, vector, row);
  } catch (const std::bad_variant_access&) {
    throw_misfit(type);
  }
}

}  // namespace tarn::duckdb
