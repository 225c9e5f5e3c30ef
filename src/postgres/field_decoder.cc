// SPDX-License-Identifier: Apache-2.0
#include "postgres/field_decoder.h"

#include <array>
#include <bit>
#include <cstring>

#include "base/text.h"
#include "postgres/binary_text.h"
#include "postgres/nested_decoder.h"
#include "postgres/numeric.h"
#include "postgres/value_loss.h"

namespace tarn::postgres {
namespace {

// 2000-01-01 in days and microseconds since 1970.
constexpr std::int32_t kEpochDays = 10'957;
constexpr std::int64_t kDayMicros = 86'400'000'000;
constexpr std::int64_t kEpochMicros = kEpochDays * kDayMicros;
// 0001-01-01 and 9999-12-31.
constexpr std::int32_t kNearDayMin = -719'162;
constexpr std::int32_t kNearDayMax = 2'932'896;
constexpr std::int64_t kNearMicrosMin = kNearDayMin * kDayMicros;
constexpr std::int64_t kNearMicrosMax = (kNearDayMax + 1) * kDayMicros - 1;

inline std::uint16_t load16(const char* data) {
  std::uint16_t value;
  std::memcpy(&value, data, 2);
  return __builtin_bswap16(value);
}
inline std::uint32_t load32(const char* data) {
  std::uint32_t value;
  std::memcpy(&value, data, 4);
  return __builtin_bswap32(value);
}
inline std::uint64_t load64(const char* data) {
  std::uint64_t value;
  std::memcpy(&value, data, 8);
  return __builtin_bswap64(value);
}

bool is_ascii(const char* data, std::size_t size) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t seen = 0;
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, data + i, 8);
    seen |= word;
  }
  for (; i < size; ++i) seen |= static_cast<unsigned char>(data[i]) & 0x80;
  return (seen & kHighBits) == 0;
}

std::uint64_t load_raw64(const char* data) {
  std::uint64_t value;
  std::memcpy(&value, data, 8);
  return value;
}
std::uint64_t load_raw32(const char* data) {
  std::uint32_t value;
  std::memcpy(&value, data, 4);
  return value;
}

// Up to 12 bytes, padded with zeros, without a byte read beyond them.
void copy_short_text(const char* data, std::uint32_t size, TextRef& text) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (size >= 8) {
    low = load_raw64(data);
    if (size > 8) high = load_raw64(data + size - 8) >> (8 * (16 - size));
  } else if (size >= 4) {
    low = load_raw32(data) | load_raw32(data + size - 4) << (8 * (size - 4));
  } else if (size > 0) {
    const auto byte = [data](std::uint32_t at) -> std::uint64_t {
      return static_cast<unsigned char>(data[at]);
    };
    low = byte(0) | byte(size / 2) << (8 * (size / 2)) | byte(size - 1) << (8 * (size - 1));
  }
  const std::uint64_t tail = low >> 32 | high << 32;
  std::memcpy(text.head, &low, 4);
  std::memcpy(text.tail, &tail, 8);
}

void append_text(const char* data, std::uint32_t size, ColumnBuffer& out, TextHeap& heap) {
  TextRef text;
  text.size = size;
  if (size <= TextRef::kInlineMax) {
    copy_short_text(data, size, text);
  } else {
    std::memcpy(text.head, data, 4);
    text.data = heap.add(data, size);
  }
  out.append(text);
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  for (std::size_t offset = 0; offset < text.size();) {
    append_utf8(out, next_code_point(text, offset));
  }
  return out;
}

constexpr auto kSmallPowers = [] {
  std::array<std::int64_t, 19> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// REQUIRES: up to 18 digits.
void append_small_decimal(std::int64_t value, ColumnBuffer& out) {
  if (out.width == 8) {
    out.append(value);
  } else if (out.width == 4) {
    out.append(static_cast<std::int32_t>(value));
  } else {
    out.append(static_cast<std::int16_t>(value));
  }
}

void append_decimal(Int128 value, ColumnBuffer& out) {
  switch (out.width) {
    case 2:
      out.append(static_cast<std::int16_t>(value));
      break;
    case 4:
      out.append(static_cast<std::int32_t>(value));
      break;
    case 8:
      out.append(static_cast<std::int64_t>(value));
      break;
    default:
      out.append(value);
  }
}

std::string numeric_text(const NumericView& numeric) {
  std::string text(numeric_text_size_max(numeric), '\0');
  text.resize(write_numeric_text(numeric, text.data()));
  return text;
}

// Up to 16 digits that fit without a loss, which is nearly all of them: no 128-bit arithmetic.
std::optional<std::int64_t> decode_small_numeric(const ColumnPlan& plan, const char* data,
                                                 std::uint32_t size) {
  if (size < 10 || size > 16) return std::nullopt;
  const unsigned count = load16(data);
  const unsigned sign = load16(data + 4);
  if (size != 8 + 2 * count || (sign & ~0x4000U) != 0 || plan.precision > 18) return std::nullopt;
  const int weight = static_cast<std::int16_t>(load16(data + 2));
  const int exponent = 4 * (weight - static_cast<int>(count) + 1) + plan.scale;
  std::int64_t value = 0;
  bool good = true;
  const char* digits = data + 8;
  for (unsigned i = 0; i + 1 < count; ++i, digits += 2) {
    const unsigned digit = load16(digits);
    good &= digit < 10'000;
    value = value * 10'000 + digit;
  }
  const unsigned last = load16(digits);
  good &= last < 10'000;
  unsigned rest = 0;
  switch (exponent) {
    case 2:
      value = (value * 10'000 + last) * 100;
      break;
    case 1:
      value = (value * 10'000 + last) * 10;
      break;
    case 0:
      value = value * 10'000 + last;
      break;
    case -1:
      value = value * 1'000 + last / 10;
      rest = last % 10;
      break;
    case -2:
      value = value * 100 + last / 100;
      rest = last % 100;
      break;
    case -3:
      value = value * 10 + last / 1'000;
      rest = last % 1'000;
      break;
    default:
      return std::nullopt;
  }
  if (!good || rest != 0 || value >= kSmallPowers[plan.precision]) return std::nullopt;
  return sign != 0 ? -value : value;
}

bool decode_numeric(const ColumnPlan& plan, std::string_view bytes, ColumnBuffer& out,
                    FieldContext& context) {
  const auto small =
      decode_small_numeric(plan, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
  if (small) {
    append_small_decimal(*small, out);
    return true;
  }
  const auto numeric = read_numeric(bytes);
  if (!numeric) return bad_bytes(plan, context);
  Int128 value = 0;
  switch (to_decimal(*numeric, plan.precision, plan.scale, value)) {
    case DecimalOutcome::Exact:
      break;
    case DecimalOutcome::Special:
      return null_or_fail(plan, Loss::NumericSpecial, numeric_text(*numeric), out, context);
    case DecimalOutcome::Overflow:
      return null_or_fail(plan, Loss::NumericOverflow, numeric_text(*numeric), out, context);
    case DecimalOutcome::Rounded:
      switch (treat_loss(plan, Loss::NumericScale, numeric_text(*numeric), context)) {
        case Treatment::Fail:
          return false;
        case Treatment::Null:
          out.append_null();
          return true;
        case Treatment::Clamp:
          break;
      }
  }
  append_decimal(value, out);
  return true;
}

bool decode_numeric_text(const ColumnPlan& plan, std::string_view bytes, ColumnBuffer& out,
                         FieldContext& context) {
  const auto numeric = read_numeric(bytes);
  if (!numeric) return bad_bytes(plan, context);
  context.scratch.resize(numeric_text_size_max(*numeric));
  const std::size_t size = write_numeric_text(*numeric, context.scratch.data());
  append_text(context.scratch.data(), static_cast<std::uint32_t>(size), out, *context.heap);
  return true;
}

bool decode_xid8(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                 FieldContext& context) {
  if (size != 8) return bad_bytes(plan, context);
  append_decimal(static_cast<Int128>(load64(data)), out);
  return true;
}

bool decode_money(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                  FieldContext& context) {
  if (size != 8) return bad_bytes(plan, context);
  append_decimal(static_cast<std::int64_t>(load64(data)), out);
  return true;
}

// Infinity, or beyond what the target holds.
template <typename T>
bool decode_infinity(const ColumnPlan& plan, bool negative, T low, T high, ColumnBuffer& out,
                     FieldContext& context) {
  switch (treat_loss(plan, Loss::InfiniteTime, negative ? "-infinity" : "infinity", context)) {
    case Treatment::Fail:
      return false;
    case Treatment::Null:
      out.append_null();
      return true;
    case Treatment::Clamp:
      out.append(negative ? low : high);
  }
  return true;
}

bool decode_date(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                 FieldContext& context) {
  if (size != 4) return bad_bytes(plan, context);
  const auto days = static_cast<std::int32_t>(load32(data));
  std::int32_t value = 0;
  if (days == INT32_MIN || __builtin_add_overflow(days, kEpochDays, &value)) {
    return decode_infinity(plan, days < 0, kNearDayMin, kNearDayMax, out, context);
  }
  if (value < kNearDayMin || value > kNearDayMax) {
    ++context.counts[static_cast<std::size_t>(Loss::FarTime)];
  }
  out.append(value);
  return true;
}

bool decode_timestamp(const ColumnPlan& plan, const char* data, std::uint32_t size,
                      ColumnBuffer& out, FieldContext& context) {
  if (size != 8) return bad_bytes(plan, context);
  const auto micros = static_cast<std::int64_t>(load64(data));
  std::int64_t value = 0;
  // The last 29 years of the server's range (to 294276) lie beyond 64 bits since 1970.
  if (micros == INT64_MIN || __builtin_add_overflow(micros, kEpochMicros, &value)) {
    return decode_infinity(plan, micros < 0, kNearMicrosMin, kNearMicrosMax, out, context);
  }
  if (value < kNearMicrosMin || value > kNearMicrosMax) {
    ++context.counts[static_cast<std::size_t>(Loss::FarTime)];
  }
  out.append(value);
  return true;
}

bool decode_time(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                 FieldContext& context) {
  if (size != 8) return bad_bytes(plan, context);
  auto micros = static_cast<std::int64_t>(load64(data));
  if (micros < 0 || micros > kDayMicros) return bad_bytes(plan, context);
  if (micros == kDayMicros) {
    switch (treat_loss(plan, Loss::EndOfDay, "24:00:00", context)) {
      case Treatment::Fail:
        return false;
      case Treatment::Null:
        out.append_null();
        return true;
      case Treatment::Clamp:
        --micros;
    }
  }
  out.append(micros);
  return true;
}

bool decode_uuid_text(const ColumnPlan& plan, const char* data, std::uint32_t size,
                      ColumnBuffer& out, FieldContext& context) {
  if (size != 16) return bad_bytes(plan, context);
  constexpr char kHexDigits[] = "0123456789abcdef";
  char text[36];
  char* end = text;
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *end++ = '-';
    *end++ = kHexDigits[static_cast<unsigned char>(data[i]) >> 4];
    *end++ = kHexDigits[static_cast<unsigned char>(data[i]) & 15];
  }
  append_text(text, 36, out, *context.heap);
  return true;
}

// Types whose text is made from their bytes.
bool decode_as_text(const ColumnPlan& plan, std::string_view bytes, ColumnBuffer& out,
                    FieldContext& context) {
  std::string& text = context.scratch;
  text.clear();
  bool good = false;
  switch (plan.op) {
    case DecodeOp::TimeTz:
      good = append_time_with_zone(text, bytes);
      break;
    case DecodeOp::IntervalText:
      good = append_interval(text, bytes);
      break;
    case DecodeOp::Bits:
      good = append_bits(text, bytes);
      break;
    case DecodeOp::Inet:
      good = append_inet(text, bytes);
      break;
    case DecodeOp::MacAddress:
      good = append_mac_address(text, bytes);
      break;
    case DecodeOp::Lsn:
      good = append_lsn(text, bytes);
      break;
    default:
      good = append_tid(text, bytes);
      break;
  }
  if (!good) return bad_bytes(plan, context);
  append_text(text.data(), static_cast<std::uint32_t>(text.size()), out, *context.heap);
  return true;
}

bool decode_jsonb(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                  FieldContext& context) {
  if (size == 0 || data[0] != 1) return bad_bytes(plan, context);
  return decode_text(plan, data + 1, size - 1, out, context);
}

// What is not in every table.
bool decode_rare_field(const ColumnPlan& plan, const char* data, std::uint32_t size,
                       ColumnBuffer& out, FieldContext& context) {
  switch (plan.op) {
    case DecodeOp::Oid:
      if (size != 4) return bad_bytes(plan, context);
      out.append(std::int64_t{load32(data)});
      return true;
    case DecodeOp::Xid8:
      return decode_xid8(plan, data, size, out, context);
    case DecodeOp::Money:
      return decode_money(plan, data, size, out, context);
    case DecodeOp::IntervalStruct:
      return decode_interval_struct(plan, {data, size}, out, context);
    case DecodeOp::UuidText:
      return decode_uuid_text(plan, data, size, out, context);
    case DecodeOp::Array:
      return decode_array(plan, data, size, out, context);
    case DecodeOp::Composite:
      return decode_composite(plan, data, size, out, context);
    case DecodeOp::Range:
      return decode_range(plan, data, size, out, context);
    case DecodeOp::Hstore:
      return decode_hstore(plan, data, size, out, context);
    default:
      return decode_as_text(plan, {data, size}, out, context);
  }
}

}  // namespace

bool decode_text(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                 FieldContext& context) {
  const std::string_view text(data, size);
  if (is_ascii(data, size) || is_valid_utf8(text)) {
    append_text(data, size, out, *context.heap);
    return true;
  }
  const std::string repaired = replace_invalid_utf8(text);
  switch (treat_loss(plan, Loss::InvalidText, repaired, context)) {
    case Treatment::Fail:
      return false;
    case Treatment::Null:
      out.append_null();
      return true;
    case Treatment::Clamp:
      break;
  }
  append_text(repaired.data(), static_cast<std::uint32_t>(repaired.size()), out, *context.heap);
  return true;
}

bool decode_field(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                  FieldContext& context) {
  out.ensure_room();
  switch (plan.op) {
    case DecodeOp::Boolean:
      if (size != 1) return bad_bytes(plan, context);
      out.append(static_cast<std::uint8_t>(data[0] != 0));
      return true;
    case DecodeOp::Int2:
      if (size != 2) return bad_bytes(plan, context);
      out.append(std::int32_t{static_cast<std::int16_t>(load16(data))});
      return true;
    case DecodeOp::Int4:
    case DecodeOp::Float4:
      if (size != 4) return bad_bytes(plan, context);
      out.append(load32(data));
      return true;
    case DecodeOp::Int8:
    case DecodeOp::Float8:
      if (size != 8) return bad_bytes(plan, context);
      out.append(load64(data));
      return true;
    case DecodeOp::NumericDecimal:
      return decode_numeric(plan, {data, size}, out, context);
    case DecodeOp::NumericText:
      return decode_numeric_text(plan, {data, size}, out, context);
    case DecodeOp::Text:
    case DecodeOp::ServerText:
      return decode_text(plan, data, size, out, context);
    case DecodeOp::Jsonb:
      return decode_jsonb(plan, data, size, out, context);
    case DecodeOp::Bytes:
      append_text(data, size, out, *context.heap);
      return true;
    case DecodeOp::Date:
      return decode_date(plan, data, size, out, context);
    case DecodeOp::Time:
      return decode_time(plan, data, size, out, context);
    case DecodeOp::Timestamp:
    case DecodeOp::TimestampTz:
      return decode_timestamp(plan, data, size, out, context);
    case DecodeOp::Uuid: {
      if (size != 16) return bad_bytes(plan, context);
      std::array<char, 16> bytes;
      std::memcpy(bytes.data(), data, 16);
      out.append(bytes);
      return true;
    }
    default:
      return decode_rare_field(plan, data, size, out, context);
  }
}

}  // namespace tarn::postgres
