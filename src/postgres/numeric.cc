// SPDX-License-Identifier: Apache-2.0
#include "postgres/numeric.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace tarn::postgres {
namespace {

constexpr int kDigitsPerGroup = 4;
constexpr int kGroupBase = 10'000;
constexpr int kGroupPowers[] = {1, 10, 100, 1'000, 10'000};
constexpr std::int64_t kPowers64[] = {1,
                                      10,
                                      100,
                                      1'000,
                                      10'000,
                                      100'000,
                                      1'000'000,
                                      10'000'000,
                                      100'000'000,
                                      1'000'000'000,
                                      10'000'000'000,
                                      100'000'000'000,
                                      1'000'000'000'000,
                                      10'000'000'000'000,
                                      100'000'000'000'000,
                                      1'000'000'000'000'000,
                                      10'000'000'000'000'000,
                                      100'000'000'000'000'000,
                                      1'000'000'000'000'000'000};

inline unsigned load_u16(const char* data) {
  std::uint16_t value;
  std::memcpy(&value, data, 2);
  return __builtin_bswap16(value);
}

inline unsigned digit_at(const NumericView& numeric, int index) {
  return load_u16(numeric.digits + 2 * index);
}

// Any size: group after group with checks.
DecimalOutcome to_decimal_slowly(const NumericView& numeric, int precision, int scale,
                                 Int128& out) {
  const Int128 limit = power_of_ten(precision);
  const Int128 group_limit = (limit - 1) / kGroupBase;
  Int128 value = 0;
  bool exact = true;
  bool round_up = false;
  int exponent = kDigitsPerGroup * numeric.weight + scale;  // of the current group's last digit
  int index = 0;
  for (; index < numeric.digit_count && exponent >= 0; ++index, exponent -= kDigitsPerGroup) {
    if (value > group_limit) return DecimalOutcome::Overflow;
    value = value * kGroupBase + static_cast<int>(digit_at(numeric, index));
    if (value >= limit) return DecimalOutcome::Overflow;
  }
  if (index < numeric.digit_count) {
    // This group is cut, or dropped as a whole; all later ones are dropped.
    const int keep = std::max(kDigitsPerGroup + exponent, 0);
    const int cut = kGroupPowers[kDigitsPerGroup - keep];
    const int digit = static_cast<int>(digit_at(numeric, index));
    if (value > (limit - 1) / kGroupPowers[keep]) return DecimalOutcome::Overflow;
    value = value * kGroupPowers[keep] + digit / cut;
    // A group below the first dropped digit cannot round up.
    round_up = exponent >= -kDigitsPerGroup && digit % cut * 2 >= cut;
    exact = digit % cut == 0;
    for (++index; index < numeric.digit_count; ++index) exact &= digit_at(numeric, index) == 0;
  } else {
    // Groups that are left out at the end are zero.
    for (int rest = exponent + kDigitsPerGroup; rest > 0 && value != 0; --rest) {
      if (value >= limit / 10) return DecimalOutcome::Overflow;
      value *= 10;
    }
  }
  if (round_up) ++value;
  if (value >= limit) return DecimalOutcome::Overflow;
  out = numeric.sign == NumericSign::Negative ? -value : value;
  return exact ? DecimalOutcome::Exact : DecimalOutcome::Rounded;
}

char* write_group(char* out, unsigned digit) {
  out[0] = static_cast<char>('0' + digit / 1000);
  out[1] = static_cast<char>('0' + digit / 100 % 10);
  out[2] = static_cast<char>('0' + digit / 10 % 10);
  out[3] = static_cast<char>('0' + digit % 10);
  return out + 4;
}

unsigned group_or_zero(const NumericView& numeric, int index) {
  return index >= 0 && index < numeric.digit_count ? digit_at(numeric, index) : 0;
}

}  // namespace

std::optional<NumericView> read_numeric(std::string_view bytes) {
  if (bytes.size() < 8) return std::nullopt;
  NumericView numeric;
  numeric.digit_count = static_cast<int>(load_u16(bytes.data()));
  numeric.weight = static_cast<std::int16_t>(load_u16(bytes.data() + 2));
  numeric.display_scale = static_cast<int>(load_u16(bytes.data() + 6));
  numeric.digits = bytes.data() + 8;
  if (bytes.size() != 8 + 2 * static_cast<std::size_t>(numeric.digit_count) ||
      numeric.display_scale > 16'383) {
    return std::nullopt;
  }
  switch (load_u16(bytes.data() + 4)) {
    case 0x0000:
      numeric.sign = NumericSign::Positive;
      break;
    case 0x4000:
      numeric.sign = NumericSign::Negative;
      break;
    case 0xC000:
      numeric.sign = NumericSign::NotANumber;
      break;
    case 0xD000:
      numeric.sign = NumericSign::Infinity;
      break;
    case 0xF000:
      numeric.sign = NumericSign::MinusInfinity;
      break;
    default:
      return std::nullopt;
  }
  for (int i = 0; i < numeric.digit_count; ++i) {
    if (digit_at(numeric, i) >= kGroupBase) return std::nullopt;
  }
  return numeric;
}

DecimalOutcome to_decimal(const NumericView& numeric, int precision, int scale, Int128& out) {
  if (numeric.is_special()) return DecimalOutcome::Special;
  if (numeric.digit_count == 0) {
    out = 0;
    return DecimalOutcome::Exact;
  }
  // Up to 16 digits, at most cut inside of the last group: 64 bits are enough.
  const int exponent = kDigitsPerGroup * (numeric.weight - numeric.digit_count + 1) + scale;
  if (numeric.digit_count <= 4 && exponent > -kDigitsPerGroup && exponent <= 2) {
    std::int64_t value = 0;
    const int last = numeric.digit_count - 1;
    for (int i = 0; i < last; ++i) value = value * kGroupBase + digit_at(numeric, i);
    const int digit = static_cast<int>(digit_at(numeric, last));
    if (exponent >= 0) {
      value = (value * kGroupBase + digit) * kPowers64[exponent];
    } else {
      const int cut = kGroupPowers[-exponent];
      if (digit % cut != 0) return to_decimal_slowly(numeric, precision, scale, out);
      value = value * kGroupPowers[kDigitsPerGroup + exponent] + digit / cut;
    }
    if (precision <= 18 && value >= kPowers64[precision]) return DecimalOutcome::Overflow;
    out = numeric.sign == NumericSign::Negative ? -value : value;
    return DecimalOutcome::Exact;
  }
  return to_decimal_slowly(numeric, precision, scale, out);
}

std::size_t numeric_text_size_max(const NumericView& numeric) {
  return 16 + static_cast<std::size_t>(std::max(numeric.weight + 1, 1)) * kDigitsPerGroup +
         static_cast<std::size_t>(numeric.display_scale) + kDigitsPerGroup;
}

std::size_t write_numeric_text(const NumericView& numeric, char* out) {
  const auto special = [out](std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return text.size();
  };
  if (numeric.sign == NumericSign::NotANumber) return special("NaN");
  if (numeric.sign == NumericSign::Infinity) return special("Infinity");
  if (numeric.sign == NumericSign::MinusInfinity) return special("-Infinity");
  char* end = out;
  if (numeric.sign == NumericSign::Negative) *end++ = '-';
  if (numeric.weight < 0) {
    *end++ = '0';
  } else {
    char* const begin = end;
    for (int i = 0; i <= numeric.weight; ++i) end = write_group(end, group_or_zero(numeric, i));
    // The first group has no leading zeros.
    char* first = begin;
    while (first + 1 < end && first < begin + kDigitsPerGroup - 1 && *first == '0') ++first;
    std::memmove(begin, first, static_cast<std::size_t>(end - first));
    end -= first - begin;
  }
  if (numeric.display_scale > 0) {
    *end++ = '.';
    char* const fraction_end = end + numeric.display_scale;
    for (int i = numeric.weight + 1; end < fraction_end; ++i) {
      end = write_group(end, group_or_zero(numeric, i));
    }
    end = fraction_end;
  }
  return static_cast<std::size_t>(end - out);
}

}  // namespace tarn::postgres
