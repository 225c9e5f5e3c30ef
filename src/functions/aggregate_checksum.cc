// SPDX-License-Identifier: Apache-2.0
// checksum: the sum of the hashes of all values, whatever their order.
#include <algorithm>
#include <bit>
#include <cmath>

#include "base/bytes.h"
#include "functions/aggregate_rows.h"
#include "functions/byte_hash.h"
#include "functions/lists.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

constexpr std::uint64_t kChecksumPrime = 0x9E3779B185EBCA87u;
constexpr std::int64_t kMicrosPerMilliOfHash = 1'000;
constexpr int kHashedAsNumberDigits = 18;

std::uint64_t hash_of_number(std::int64_t number) {
  std::string bytes;
  append_little_endian(bytes, number);
  return xxhash64(bytes);
}

std::int64_t floating_bits(const Type& type, double value) {
  if (value == 0) value = 0;
  if (type.is(TypeKind::Real)) {
    constexpr std::int32_t kNan = 0x7fc00000;
    const auto narrow = static_cast<float>(value);
    return std::isnan(value) ? kNan : std::bit_cast<std::int32_t>(narrow);
  }
  constexpr std::int64_t kNan = 0x7ff8000000000000;
  return std::isnan(value) ? kNan : std::bit_cast<std::int64_t>(value);
}

std::uint64_t hash_of_decimal(const Type& type, Int128 value) {
  const auto low = static_cast<std::int64_t>(value);
  if (type.precision <= kHashedAsNumberDigits) return hash_of_number(low);
  return hash_of_number(low) ^ hash_of_number(static_cast<std::int64_t>(value >> 64));
}

std::uint64_t hash_of_timestamp(const Type& type, const types::Timestamp& time) {
  if (type.is(TypeKind::TimestampWithTimeZone)) {
    constexpr std::int64_t kPicosPerMicro = 1'000'000;
    const std::int64_t micros = time.micros % kMicrosPerMilliOfHash;
    const std::int64_t rest = micros < 0 ? micros + kMicrosPerMilliOfHash : micros;
    const std::int64_t millis = (time.micros - rest) / kMicrosPerMilliOfHash;
    const std::uint64_t hash = hash_of_number(millis);
    if (type.precision <= 3) return hash;
    return hash ^ hash_of_number(rest * kPicosPerMicro + time.picos);
  }
  const std::uint64_t hash = hash_of_number(time.micros);
  return type.precision <= 6 ? hash : hash ^ hash_of_number(time.picos);
}

std::uint64_t hash_of_value(const Type& type, const Value& value);

// Rows hash numbers among their fields another way.
std::uint64_t hash_of_field(const Type& type, const Value& value) {
  const bool as_everywhere = value.is_null() || type.is(TypeKind::Boolean) ||
                             std::holds_alternative<std::string>(value.data) ||
                             std::holds_alternative<std::vector<Value>>(value.data);
  if (as_everywhere) return hash_of_value(type, value);
  std::int64_t bits = 0;
  if (const auto* number = std::get_if<double>(&value.data)) {
    bits = floating_bits(type, *number);
  } else if (const auto* decimal = std::get_if<Int128>(&value.data)) {
    bits = static_cast<std::int64_t>(*decimal);
  } else if (const auto* time = std::get_if<types::Timestamp>(&value.data)) {
    bits = time->micros;
  } else {
    bits = value.as_int();
  }
  return std::rotl(static_cast<std::uint64_t>(bits) * 0xC2B2AE3D27D4EB4Fu, 31) * kChecksumPrime;
}

std::uint64_t hash_of_parts(const Type& type, const std::vector<Value>& parts) {
  if (type.is(TypeKind::Map)) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
      sum += hash_of_value(type.key(), parts[i]) ^ hash_of_value(type.value(), parts[i + 1]);
    }
    return sum;
  }
  const bool row = type.is(TypeKind::Row);
  std::uint64_t hash = row ? 1 : 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    hash = hash * 31 + (row ? hash_of_field(type.fields[i].type, parts[i])
                            : hash_of_value(type.element(), parts[i]));
  }
  return hash;
}

std::uint64_t hash_of_value(const Type& type, const Value& value) {
  if (value.is_null()) return 0;
  switch (type.kind) {
    case TypeKind::Boolean:
      return hash_of_number(value.as_bool() ? 1 : 0);
    case TypeKind::Real:
    case TypeKind::Double:
      return hash_of_number(floating_bits(type, value.as_double()));
    case TypeKind::Decimal:
      return hash_of_decimal(type, value.as_decimal());
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return hash_of_timestamp(type, value.as_timestamp());
    case TypeKind::Varchar:
    case TypeKind::Char:
    case TypeKind::Varbinary:
      return xxhash64(value.as_text());
    case TypeKind::Array:
    case TypeKind::Map:
    case TypeKind::Row:
      return hash_of_parts(type, value.as_list());
    default:
      return hash_of_number(value.as_int());
  }
}

bool has_known_hash(const Type& type);

bool has_known_field_hash(const Type& type) {
  switch (type.kind) {
    case TypeKind::Decimal:
      return type.precision <= kHashedAsNumberDigits;
    case TypeKind::Timestamp:
      return type.precision <= 6;
    case TypeKind::Real:
    case TypeKind::TimestampWithTimeZone:
    case TypeKind::Array:
    case TypeKind::Map:
    case TypeKind::Row:
      return false;
    default:
      return has_known_hash(type);
  }
}

bool has_known_hash(const Type& type) {
  switch (type.kind) {
    case TypeKind::Unknown:
    case TypeKind::Boolean:
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
    case TypeKind::Real:
    case TypeKind::Double:
    case TypeKind::Decimal:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
    case TypeKind::Varchar:
    case TypeKind::Char:
    case TypeKind::Varbinary:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::IntervalDayToSecond:
    case TypeKind::IntervalYearToMonth:
      return true;
    case TypeKind::Array:
      return has_known_hash(type.element());
    case TypeKind::Map:
      return has_known_hash(type.key()) && has_known_hash(type.value());
    case TypeKind::Row:
      return std::all_of(type.fields.begin(), type.fields.end(), [](const types::TypeField& field) {
        return has_known_field_hash(field.type);
      });
    default:
      return false;
  }
}

std::uint64_t checksum_part(const Type& type, const Value& value) {
  return (value.is_null() ? 1 : hash_of_value(type, value)) * kChecksumPrime;
}

Value checksum_value(std::uint64_t sum) {
  std::string out;
  append_little_endian(out, sum);
  return Value(std::move(out));
}

BoundFunction bind_checksum(const CallSignature& signature) {
  const Type type = signature.arguments[0].element();
  if (!has_known_hash(type)) return {};
  return over_rows(false, [type](const GroupRows& rows) -> Result<Value> {
    if (rows.size() == 0) return Value();
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) sum += checksum_part(type, rows[i][0]);
    return checksum_value(sum);
  });
}

// In two steps: what a value adds, and the sum of that, of which 64 bits count.
BoundFunction bind_checksum_hash(const CallSignature& signature) {
  const Type type = signature.arguments[0];
  if (!has_known_hash(type)) return {};
  return {.call = [type](std::span<const Value> values) -> Result<Value> {
            return Value(static_cast<std::int64_t>(checksum_part(type, values[0])));
          },
          .sees_nulls = true};
}

BoundFunction bind_checksum_result(const CallSignature&) {
  return {.call = [](std::span<const Value> values) -> Result<Value> {
    return checksum_value(static_cast<std::uint64_t>(values[0].as_decimal()));
  }};
}

constexpr FunctionEntry kAggregateChecksumFunctions[] = {
    {"$final_checksum", bind_checksum},
    {"$checksum_hash", bind_checksum_hash},
    {"$checksum_result", bind_checksum_result},
};

}  // namespace

FunctionList aggregate_checksum_functions() { return kAggregateChecksumFunctions; }

}  // namespace tarn::functions
