// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_encode.h"

#include <bit>
#include <vector>

#include "base/text.h"
#include "types/nested.h"
#include "types/value_text.h"

namespace tarn::engine {
namespace {

using postgres::ColumnKind;
using postgres::ColumnPlan;
using postgres::DecodeOp;
using types::Type;
using types::TypeKind;
using types::Value;

constexpr std::int64_t kEpochDays = 10'957;  // 2000-01-01
constexpr std::int64_t kEpochMicros = kEpochDays * 86'400'000'000;
constexpr std::int64_t kPicosPerMicro = 1'000'000;
constexpr std::int64_t kDayMin = -2'440'588;                    // 4713-11-24 BC
constexpr std::int64_t kDayMax = 2'145'031'948;                 // 5874897-12-31
constexpr std::int64_t kMicrosMax = 9'223'371'331'200'000'000;  // 294277-01-01

template <typename T>
void append_big_endian(std::string& out, T value) {
  using Unsigned = std::make_unsigned_t<T>;
  auto bits = static_cast<Unsigned>(value);
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(bits >> shift);
  }
}

template <typename T>
void append_fixed(std::string& out, T value) {
  append_big_endian(out, static_cast<std::int32_t>(sizeof(T)));
  append_big_endian(out, value);
}

void append_bytes(std::string& out, std::string_view bytes) {
  append_big_endian(out, static_cast<std::int32_t>(bytes.size()));
  out += bytes;
}

// Digits of base 10,000 with the point between two of them.
void append_numeric(std::string& out, Int128 unscaled, int scale) {
  const bool negative = unscaled < 0;
  auto rest = negative ? -static_cast<UInt128>(unscaled) : static_cast<UInt128>(unscaled);
  std::vector<std::int16_t> digits;  // lowest first
  int fraction_digits = (scale + 3) / 4;
  // The lowest digit may be a part of four decimals only.
  if (const int odd = scale % 4; odd != 0) {
    const auto unit = static_cast<UInt128>(power_of_ten(odd));
    const auto part = static_cast<int>(rest % unit);
    rest /= unit;
    digits.push_back(static_cast<std::int16_t>(part * static_cast<int>(power_of_ten(4 - odd))));
  }
  while (rest > 0 || static_cast<int>(digits.size()) < fraction_digits) {
    digits.push_back(static_cast<std::int16_t>(rest % 10'000));
    rest /= 10'000;
  }
  std::size_t low = 0;
  while (low < digits.size() && digits[low] == 0) ++low;
  while (digits.size() > low && digits.back() == 0) digits.pop_back();
  const std::size_t count = digits.size() - low;
  const int weight = count == 0 ? 0 : static_cast<int>(digits.size()) - fraction_digits - 1;
  append_big_endian(out, static_cast<std::int32_t>(8 + 2 * count));
  append_big_endian(out, static_cast<std::int16_t>(count));
  append_big_endian(out, static_cast<std::int16_t>(weight));
  append_big_endian(out, static_cast<std::uint16_t>(negative && count > 0 ? 0x4000 : 0));
  append_big_endian(out, static_cast<std::int16_t>(scale));
  for (std::size_t i = digits.size(); i > low; --i) append_big_endian(out, digits[i - 1]);
}

Result<void> append_timestamp(std::string& out, const types::Timestamp& value) {
  const std::int64_t micros = value.micros + (value.picos >= kPicosPerMicro / 2 ? 1 : 0);
  if (micros >= kMicrosMax || micros < kDayMin * 86'400'000'000) {
    return invalid_input("a timestamp is out of the range of Postgres");
  }
  append_fixed(out, micros - kEpochMicros);
  return {};
}

// Of the elements of an array.
std::uint32_t element_oid(const ColumnPlan& plan) {
  switch (plan.op) {
    case DecodeOp::Boolean:
      return 16;
    case DecodeOp::Bytes:
      return 17;
    case DecodeOp::Int8:
      return 20;
    case DecodeOp::Int2:
      return 21;
    case DecodeOp::Int4:
      return 23;
    case DecodeOp::Float4:
      return 700;
    case DecodeOp::Float8:
      return 701;
    case DecodeOp::Date:
      return 1082;
    case DecodeOp::Time:
      return 1083;
    case DecodeOp::Timestamp:
      return 1114;
    case DecodeOp::TimestampTz:
      return 1184;
    case DecodeOp::NumericDecimal:
      return 1700;
    case DecodeOp::Uuid:
      return 2950;
    case DecodeOp::Text:
      if (plan.source_type == "text") return 25;
      if (plan.source_type == "bpchar") return 1042;
      return plan.source_type == "varchar" ? 1043 : 0;
    default:
      return 0;
  }
}

bool is_plain(const ColumnPlan& plan) {
  if (!plan.cast.empty()) return false;
  switch (plan.op) {
    case DecodeOp::Oid:
    case DecodeOp::Xid8:
    case DecodeOp::Money:
    case DecodeOp::NumericText:
    case DecodeOp::TimeTz:
    case DecodeOp::IntervalText:
    case DecodeOp::IntervalStruct:
    case DecodeOp::UuidText:
    case DecodeOp::Bits:
    case DecodeOp::Inet:
    case DecodeOp::MacAddress:
    case DecodeOp::Lsn:
    case DecodeOp::Tid:
    case DecodeOp::Composite:
    case DecodeOp::Range:
    case DecodeOp::Hstore:
    case DecodeOp::ServerText:
      return false;
    case DecodeOp::Array:
      return element_oid(plan.children.at(0)) != 0;
    default:
      return true;
  }
}

Result<void> append_value(std::string& out, const ColumnPlan& plan, const Type& type,
                          const Value& value);

Result<void> append_array(std::string& out, const ColumnPlan& plan, const Type& type,
                          const Value& value) {
  const ColumnPlan& element = plan.children.at(0);
  const auto& items = value.as_list();
  const std::size_t size_at = out.size();
  append_big_endian(out, std::int32_t{0});
  append_big_endian(out, static_cast<std::int32_t>(items.empty() ? 0 : 1));
  append_big_endian(out, std::int32_t{1});  // there may be nulls
  append_big_endian(out, element_oid(element));
  if (!items.empty()) {
    append_big_endian(out, static_cast<std::int32_t>(items.size()));
    append_big_endian(out, std::int32_t{1});
  }
  for (const Value& item : items) TRY(append_value(out, element, type.element(), item));
  std::string size;
  append_big_endian(size, static_cast<std::int32_t>(out.size() - size_at - 4));
  out.replace(size_at, 4, size);
  return {};
}

Result<void> append_number(std::string& out, const ColumnPlan& plan, const Value& value) {
  switch (plan.op) {
    case DecodeOp::Int2:
      append_fixed(out, static_cast<std::int16_t>(value.as_int()));
      return {};
    case DecodeOp::Int4:
      append_fixed(out, static_cast<std::int32_t>(value.as_int()));
      return {};
    case DecodeOp::Int8:
      append_fixed(out, value.as_int());
      return {};
    case DecodeOp::Float4:
      append_fixed(out, std::bit_cast<std::uint32_t>(static_cast<float>(value.as_double())));
      return {};
    case DecodeOp::Float8:
      append_fixed(out, std::bit_cast<std::uint64_t>(value.as_double()));
      return {};
    default:
      append_numeric(out, value.as_decimal(), plan.scale);
      return {};
  }
}

Result<void> append_value(std::string& out, const ColumnPlan& plan, const Type& type,
                          const Value& value) {
  if (value.is_null()) {
    append_big_endian(out, std::int32_t{-1});
    return {};
  }
  switch (plan.op) {
    case DecodeOp::Boolean:
      append_fixed(out, static_cast<std::int8_t>(value.as_bool()));
      return {};
    case DecodeOp::Int2:
    case DecodeOp::Int4:
    case DecodeOp::Int8:
    case DecodeOp::Float4:
    case DecodeOp::Float8:
    case DecodeOp::NumericDecimal:
      return append_number(out, plan, value);
    case DecodeOp::Date:
      if (value.as_int() < kDayMin || value.as_int() > kDayMax) {
        return invalid_input("a date is out of the range of Postgres");
      }
      append_fixed(out, static_cast<std::int32_t>(value.as_int() - kEpochDays));
      return {};
    case DecodeOp::Time:
      append_fixed(out, (value.as_int() + kPicosPerMicro / 2) / kPicosPerMicro);
      return {};
    case DecodeOp::Timestamp:
    case DecodeOp::TimestampTz:
      return append_timestamp(out, value.as_timestamp());
    case DecodeOp::Array:
      return append_array(out, plan, type, value);
    case DecodeOp::Jsonb:
      append_big_endian(out, static_cast<std::int32_t>(value.as_text().size() + 1));
      out += '\x01';
      out += value.as_text();
      return {};
    default:
      append_bytes(out, value.as_text());
      return {};
  }
}

}  // namespace

void append_copy_header(std::string& out) {
  out.append("PGCOPY\n\xff\r\n\0", 11);
  append_big_endian(out, std::int32_t{0});
  append_big_endian(out, std::int32_t{0});
}

void append_copy_trailer(std::string& out) { append_big_endian(out, std::int16_t{-1}); }

void append_row_start(std::string& out, std::size_t field_count) {
  append_big_endian(out, static_cast<std::int16_t>(field_count));
}

bool has_binary_form(const PostgresColumn& column) { return is_plain(column.plan); }

Result<void> append_field(std::string& out, const PostgresColumn& column, const Value& value) {
  if (has_binary_form(column)) return append_value(out, column.plan, column.type, value);
  if (value.is_null()) {
    append_big_endian(out, std::int32_t{-1});
    return {};
  }
  if (types::is_nested(column.type)) {
    return unsupported("writing column {} of type {} of Postgres", column.name,
                       column.plan.source_type);
  }
  append_bytes(out, column.type.is(TypeKind::Varchar) ? value.as_text()
                                                      : types::cast_to_text(column.type, value));
  return {};
}

Result<void> append_row_place(std::string& out, const std::string& place) {
  // `16384:(12,3)`
  const auto parts = split(place, ':');
  if (parts.size() != 2 || parts[1].size() < 5) return internal("bad place of a row `{}`", place);
  const auto numbers = split(parts[1].substr(1, parts[1].size() - 2), ',');
  const auto relation = parse_int64(parts[0]);
  const auto block = parse_int64(numbers.front());
  const auto offset = parse_int64(numbers.back());
  if (!relation || !block || !offset) return internal("bad place of a row `{}`", place);
  append_fixed(out, static_cast<std::uint32_t>(*relation));
  append_big_endian(out, std::int32_t{6});
  append_big_endian(out, static_cast<std::uint32_t>(*block));
  append_big_endian(out, static_cast<std::uint16_t>(*offset));
  return {};
}

}  // namespace tarn::engine
