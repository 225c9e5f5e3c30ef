// SPDX-License-Identifier: Apache-2.0
#include "iceberg/transform.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"

namespace tarn::iceberg {

namespace {

constexpr std::int64_t kEpochYear = 1970;
constexpr int kMonthsPerYear = 12;
constexpr int kHoursPerDay = 24;

bool takes_bucket(TypeKind kind) {
  switch (kind) {
    case TypeKind::Int:
    case TypeKind::Long:
    case TypeKind::Decimal:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::String:
    case TypeKind::Uuid:
    case TypeKind::Fixed:
    case TypeKind::Binary:
      return true;
    default:
      return is_timestamp(kind);
  }
}

bool takes_truncate(TypeKind kind) {
  return kind == TypeKind::Int || kind == TypeKind::Long || kind == TypeKind::Decimal ||
         kind == TypeKind::String || kind == TypeKind::Binary;
}

// Microseconds of a timestamp of either precision.
std::int64_t micros_of(const Value& value) {
  return is_nanos_timestamp(value.kind) ? floor_divide(value.as_int(), kNanosPerMicro)
                                        : value.as_int();
}

std::int64_t days_of(const Value& value) {
  return value.kind == TypeKind::Date ? value.as_int()
                                      : floor_divide(micros_of(value), kMicrosPerDay);
}

Value as_int_result(std::int64_t number) { return int_value(static_cast<std::int32_t>(number)); }

Value truncate_value(const Value& value, int width) {
  switch (value.kind) {
    case TypeKind::Int:
    case TypeKind::Long: {
      // Wraps below the smallest number, as in the reference implementation.
      const std::int64_t number = value.as_int();
      const auto rest = static_cast<std::uint64_t>(floor_modulo(number, width));
      const auto result = static_cast<std::int64_t>(static_cast<std::uint64_t>(number) - rest);
      return value.kind == TypeKind::Int ? as_int_result(result) : long_value(result);
    }
    case TypeKind::Decimal: {
      const Int128 number = value.as_decimal();
      const Int128 rest = ((number % width) + width) % width;
      return decimal_value(number - rest, value.scale);
    }
    case TypeKind::String:
      return string_value(
          std::string(utf8_prefix(value.as_bytes(), static_cast<std::size_t>(width))));
    default:
      return binary_value(value.as_bytes().substr(0, static_cast<std::size_t>(width)));
  }
}

std::string month_text(std::int64_t months) {
  return fmt::format("{:04}-{:02}", kEpochYear + floor_divide(months, kMonthsPerYear),
                     floor_modulo(months, kMonthsPerYear) + 1);
}

std::string hour_text(std::int64_t hours) {
  return fmt::format("{}-{:02}", format_date(floor_divide(hours, kHoursPerDay)),
                     floor_modulo(hours, kHoursPerDay));
}

std::string plain_text(const Value& value) {
  switch (value.kind) {
    case TypeKind::String:
      return value.as_bytes();
    case TypeKind::Fixed:
    case TypeKind::Binary:
      return to_base64(value.as_bytes());
    default:
      return describe(value);
  }
}

Result<Transform> with_parameter(TransformKind kind, std::string_view digits,
                                 std::string_view text) {
  const auto number = parse_int64(digits);
  if (!number || *number < 1 || *number > INT32_MAX) return corrupt("bad transform `{}`", text);
  return Transform{kind, static_cast<int>(*number), {}};
}

}  // namespace

Transform bucket_transform(int buckets) {
  VERIFY(buckets > 0);
  return {TransformKind::Bucket, buckets, {}};
}

Transform truncate_transform(int width) {
  VERIFY(width > 0);
  return {TransformKind::Truncate, width, {}};
}

std::string to_string(const Transform& transform) {
  switch (transform.kind) {
    case TransformKind::Identity:
      return "identity";
    case TransformKind::Void:
      return "void";
    case TransformKind::Year:
      return "year";
    case TransformKind::Month:
      return "month";
    case TransformKind::Day:
      return "day";
    case TransformKind::Hour:
      return "hour";
    case TransformKind::Bucket:
      return fmt::format("bucket[{}]", transform.parameter);
    case TransformKind::Truncate:
      return fmt::format("truncate[{}]", transform.parameter);
    case TransformKind::Unknown:
      return transform.text;
  }
  UNREACHABLE();
}

Result<Transform> parse_transform(std::string_view text) {
  const std::string lower = to_lower(text);
  for (const TransformKind kind :
       {TransformKind::Identity, TransformKind::Void, TransformKind::Year, TransformKind::Month,
        TransformKind::Day, TransformKind::Hour}) {
    if (lower == to_string(Transform{kind, 0, {}})) return Transform{kind, 0, {}};
  }
  const auto open = lower.find('[');
  if (open != std::string::npos && lower.ends_with(']')) {
    const std::string_view name = std::string_view(lower).substr(0, open);
    const auto digits = std::string_view(lower).substr(open + 1, lower.size() - open - 2);
    if (name == "bucket") return with_parameter(TransformKind::Bucket, digits, text);
    if (name == "truncate") return with_parameter(TransformKind::Truncate, digits, text);
  }
  return Transform{TransformKind::Unknown, 0, std::string(text)};
}

bool can_transform(const Transform& transform, const Type& source) {
  switch (transform.kind) {
    case TransformKind::Identity:
      return source.is_primitive() && source.kind != TypeKind::Geometry &&
             source.kind != TypeKind::Geography;
    case TransformKind::Void:
    case TransformKind::Unknown:
      return true;
    case TransformKind::Year:
    case TransformKind::Month:
    case TransformKind::Day:
      return source.kind == TypeKind::Date || is_timestamp(source.kind);
    case TransformKind::Hour:
      return is_timestamp(source.kind);
    case TransformKind::Bucket:
      return takes_bucket(source.kind);
    case TransformKind::Truncate:
      return takes_truncate(source.kind);
  }
  UNREACHABLE();
}

Type result_type(const Transform& transform, const Type& source) {
  switch (transform.kind) {
    case TransformKind::Identity:
    case TransformKind::Void:
    case TransformKind::Truncate:
      return source;
    case TransformKind::Day:
      return TypeKind::Date;
    case TransformKind::Year:
    case TransformKind::Month:
    case TransformKind::Hour:
    case TransformKind::Bucket:
      return TypeKind::Int;
    case TransformKind::Unknown:
      return TypeKind::String;
  }
  UNREACHABLE();
}

bool preserves_order(const Transform& transform) {
  return transform.kind != TransformKind::Bucket && transform.kind != TransformKind::Unknown &&
         transform.kind != TransformKind::Void;
}

std::int32_t bucket_hash(const Value& value) {
  VERIFY(!value.is_null() && takes_bucket(value.kind));
  std::string bytes;
  switch (value.kind) {
    case TypeKind::Decimal:
      bytes = to_minimal_big_endian(value.as_decimal());
      break;
    case TypeKind::String:
    case TypeKind::Fixed:
    case TypeKind::Binary:
      return static_cast<std::int32_t>(murmur3_x86_32(value.as_bytes()));
    case TypeKind::Uuid:
      bytes = to_bytes(value);
      break;
    case TypeKind::TimestampNs:
    case TypeKind::TimestampTzNs:
      append_little_endian(bytes, micros_of(value));
      break;
    default:
      append_little_endian(bytes, value.as_int());
      break;
  }
  return static_cast<std::int32_t>(murmur3_x86_32(bytes));
}

Result<Value> apply_transform(const Transform& transform, const Value& value) {
  if (transform.kind == TransformKind::Unknown) {
    return unsupported("cannot write with the unknown transform `{}`", transform.text);
  }
  if (value.is_null() || transform.kind == TransformKind::Void) return Value{};
  if (!can_transform(transform, Type(value.kind))) {
    return invalid_input("transform `{}` does not take type `{}`", to_string(transform),
                         to_string(value.kind));
  }
  switch (transform.kind) {
    case TransformKind::Year:
      return as_int_result(civil_from_days(days_of(value)).year - kEpochYear);
    case TransformKind::Month: {
      const CivilDate date = civil_from_days(days_of(value));
      return as_int_result((date.year - kEpochYear) * kMonthsPerYear + date.month - 1);
    }
    case TransformKind::Day:
      return date_value(days_of(value));
    case TransformKind::Hour:
      return as_int_result(floor_divide(micros_of(value), kMicrosPerHour));
    case TransformKind::Bucket:
      return int_value((bucket_hash(value) & INT32_MAX) % transform.parameter);
    case TransformKind::Truncate:
      return truncate_value(value, transform.parameter);
    default:
      return value;
  }
}

std::string to_human_string(const Transform& transform, const Value& value) {
  if (value.is_null()) return "null";
  if (!std::holds_alternative<std::int64_t>(value.data)) return plain_text(value);
  switch (transform.kind) {
    case TransformKind::Year:
      return fmt::format("{:04}", kEpochYear + value.as_int());
    case TransformKind::Month:
      return month_text(value.as_int());
    case TransformKind::Day:
      return format_date(value.as_int());
    case TransformKind::Hour:
      return hour_text(value.as_int());
    default:
      return plain_text(value);
  }
}

}  // namespace tarn::iceberg
