// SPDX-License-Identifier: Apache-2.0
#include "duckdb/value_reader.h"

#include "base/check.h"
#include "duckdb/physical_type.h"

namespace tarn::duckdb {
namespace {

using types::Type;
using types::TypeKind;
using types::Value;
using Format = dk::RecursiveUnifiedVectorFormat;

constexpr std::int64_t kPicosPerMicro = 1'000'000;
constexpr std::int32_t kMicrosDigits = 6;

template <typename T>
const T& cell(const Format& format, dk::idx_t at) {
  return dk::UnifiedVectorFormat::GetData<T>(format.unified)[at];
}

// The entry of a part of a struct whose own entry is `at`.
template <typename T>
const T& part(const Format& format, std::size_t index, dk::idx_t at) {
  const Format& child = format.children[index];
  return cell<T>(child, child.unified.sel->get_index(at));
}

Int128 to_int128(const dk::hugeint_t& wide) {
  return static_cast<Int128>((static_cast<UInt128>(static_cast<std::uint64_t>(wide.upper)) << 64) |
                             wide.lower);
}

Int128 read_decimal(const Format& format, dk::idx_t at) {
  switch (format.logical_type.InternalType()) {
    case dk::PhysicalType::INT16:
      return cell<std::int16_t>(format, at);
    case dk::PhysicalType::INT32:
      return cell<std::int32_t>(format, at);
    case dk::PhysicalType::INT64:
      return cell<std::int64_t>(format, at);
    default:
      return to_int128(cell<dk::hugeint_t>(format, at));
  }
}

std::string uuid_bytes(const dk::hugeint_t& wide) {
  // The order of signed numbers is the order of UUIDs.
  const std::uint64_t high =
      __builtin_bswap64(static_cast<std::uint64_t>(wide.upper) ^ (std::uint64_t{1} << 63));
  const std::uint64_t low = __builtin_bswap64(wide.lower);
  std::string bytes(16, '\0');
  std::memcpy(bytes.data(), &high, 8);
  std::memcpy(bytes.data() + 8, &low, 8);
  return bytes;
}

void read_text(const Format& format, dk::idx_t at, Value& out) {
  const auto& text = cell<dk::string_t>(format, at);
  if (auto* held = std::get_if<std::string>(&out.data)) {
    held->assign(text.GetData(), text.GetSize());
  } else {
    out.data.emplace<std::string>(text.GetData(), text.GetSize());
  }
}

types::Timestamp read_timestamp(const Type& type, const Format& format, dk::idx_t at) {
  types::Timestamp out;
  const bool zoned = type.is(TypeKind::TimestampWithTimeZone);
  const bool fine = type.precision > kMicrosDigits;
  if (!zoned && !fine) {
    out.micros = cell<std::int64_t>(format, at);
    return out;
  }
  out.micros = part<std::int64_t>(format, 0, at);
  if (zoned) out.zone = types::TimeZone::from_key(part<std::int32_t>(format, 1, at));
  if (fine) out.picos = part<std::int32_t>(format, zoned ? 2 : 1, at);
  return out;
}

void read_cell(const Type& type, const Format& format, dk::idx_t row, Value& out);

std::vector<Value>& list_of(Value& out, std::size_t size) {
  auto* held = std::get_if<std::vector<Value>>(&out.data);
  if (held == nullptr) held = &out.data.emplace<std::vector<Value>>();
  held->resize(size);
  return *held;
}

void read_array(const Type& type, const Format& format, dk::idx_t at, Value& out) {
  const auto& entry = cell<dk::list_entry_t>(format, at);
  std::vector<Value>& values = list_of(out, entry.length);
  for (std::size_t i = 0; i < entry.length; ++i) {
    read_cell(type.element(), format.children[0], entry.offset + i, values[i]);
  }
}

void read_map(const Type& type, const Format& format, dk::idx_t at, Value& out) {
  const auto& entry = cell<dk::list_entry_t>(format, at);
  std::vector<Value>& values = list_of(out, 2 * entry.length);
  const Format& pairs = format.children[0];
  for (std::size_t i = 0; i < entry.length; ++i) {
    const dk::idx_t pair = pairs.unified.sel->get_index(entry.offset + i);
    read_cell(type.key(), pairs.children[0], pair, values[2 * i]);
    read_cell(type.value(), pairs.children[1], pair, values[2 * i + 1]);
  }
}

void read_row(const Type& type, const Format& format, dk::idx_t at, Value& out) {
  std::vector<Value>& values = list_of(out, type.fields.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    read_cell(type.fields[i].type, format.children[i], at, values[i]);
  }
}

void read_valid(const Type& type, const Format& format, dk::idx_t at, Value& out) {
  switch (type.kind) {
    case TypeKind::Unknown:
      out.data = std::monostate{};
      return;
    case TypeKind::Boolean:
      out.data = cell<bool>(format, at);
      return;
    case TypeKind::TinyInt:
      out.data = std::int64_t{cell<std::int8_t>(format, at)};
      return;
    case TypeKind::SmallInt:
      out.data = std::int64_t{cell<std::int16_t>(format, at)};
      return;
    case TypeKind::Integer:
    case TypeKind::Date:
    case TypeKind::IntervalYearToMonth:
      out.data = std::int64_t{cell<std::int32_t>(format, at)};
      return;
    case TypeKind::BigInt:
    case TypeKind::IntervalDayToSecond:
    case TypeKind::Color:
      out.data = cell<std::int64_t>(format, at);
      return;
    case TypeKind::Time:
      out.data =
          cell<std::int64_t>(format, at) * (type.precision > kMicrosDigits ? 1 : kPicosPerMicro);
      return;
    case TypeKind::Real:
      out.data = double{cell<float>(format, at)};
      return;
    case TypeKind::Double:
      out.data = cell<double>(format, at);
      return;
    case TypeKind::Decimal:
      out.data = read_decimal(format, at);
      return;
    case TypeKind::Uuid:
      out.data = uuid_bytes(cell<dk::hugeint_t>(format, at));
      return;
    case TypeKind::TimeWithTimeZone:
      out.data =
          types::ZonedTime{part<std::int64_t>(format, 0, at), part<std::int16_t>(format, 1, at)};
      return;
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      out.data = read_timestamp(type, format, at);
      return;
    case TypeKind::Array:
      return read_array(type, format, at, out);
    case TypeKind::Map:
      return read_map(type, format, at, out);
    case TypeKind::Row:
      return read_row(type, format, at, out);
    default:
      return read_text(format, at, out);
  }
}

void read_cell(const Type& type, const Format& format, dk::idx_t row, Value& out) {
  const dk::idx_t at = format.unified.sel->get_index(row);
  if (format.unified.validity.RowIsValid(at)) return read_valid(type, format, at, out);
  out.data = std::monostate{};
}

Result<dk::LogicalType> row_physical_type(const Type& type) {
  dk::child_list_t<dk::LogicalType> fields;
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    fields.emplace_back(row_field_name(type, i), TRY(to_physical_type(type.fields[i].type)));
  }
  return dk::LogicalType::STRUCT(std::move(fields));
}

dk::LogicalType time_part_type(const Type& type) {
  dk::child_list_t<dk::LogicalType> fields;
  if (type.is(TypeKind::TimeWithTimeZone)) {
    fields.emplace_back("t", dk::LogicalType::BIGINT);
    fields.emplace_back("z", dk::LogicalType::SMALLINT);
    return dk::LogicalType::STRUCT(std::move(fields));
  }
  const bool zoned = type.is(TypeKind::TimestampWithTimeZone);
  fields.emplace_back("t", zoned ? dk::LogicalType::TIMESTAMP_TZ : dk::LogicalType::TIMESTAMP);
  if (zoned) fields.emplace_back("z", dk::LogicalType::INTEGER);
  if (type.precision > kMicrosDigits) fields.emplace_back("p", dk::LogicalType::INTEGER);
  return dk::LogicalType::STRUCT(std::move(fields));
}

}  // namespace

Result<dk::LogicalType> to_physical_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::Array:
      return dk::LogicalType::LIST(TRY(to_physical_type(type.element())));
    case TypeKind::Map: {
      dk::LogicalType key = TRY(to_physical_type(type.key()));
      return dk::LogicalType::MAP(std::move(key), TRY(to_physical_type(type.value())));
    }
    case TypeKind::Row:
      return row_physical_type(type);
    case TypeKind::Decimal:
      return dk::LogicalType::DECIMAL(static_cast<std::uint8_t>(type.precision),
                                      static_cast<std::uint8_t>(type.scale));
    case TypeKind::TimeWithTimeZone:
    case TypeKind::TimestampWithTimeZone:
      return time_part_type(type);
    case TypeKind::Timestamp:
      if (type.precision > kMicrosDigits) return time_part_type(type);
      return dk::LogicalType(dk::LogicalType::TIMESTAMP);
    default:
      return dk::LogicalType(dk::TransformStringToLogicalTypeId(TRY(physical_type(type))));
  }
}

ValueReader::ValueReader(const Type& type, dk::Vector& vector, dk::idx_t count) : type_(type) {
  dk::Vector::RecursiveToUnifiedFormat(vector, count, format_);
}

bool ValueReader::is_null(dk::idx_t row) const {
  return !format_.unified.validity.RowIsValid(format_.unified.sel->get_index(row));
}

void ValueReader::read(dk::idx_t row, Value& out) const { read_cell(type_, format_, row, out); }

Value ValueReader::read(dk::idx_t row) const {
  Value out;
  read(row, out);
  return out;
}

}  // namespace tarn::duckdb
