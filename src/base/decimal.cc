// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace tarn {

namespace {

constexpr std::array<Int128, kDecimalPrecisionMax + 1> make_powers() {
  std::array<Int128, kDecimalPrecisionMax + 1> powers{};
  Int128 power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}

constexpr auto kPowersOfTen = make_powers();

UInt128 magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

}  // namespace

Int128 power_of_ten(int exponent) {
  VERIFY(exponent >= 0 && exponent <= kDecimalPrecisionMax);
  return kPowersOfTen[static_cast<std::size_t>(exponent)];
}

std::string to_string(UInt128 value) {
  std::array<char, 40> buffer;
  std::size_t at = buffer.size();
  // Divisions of 128 bits are slow: take 19 digits at a time.
  constexpr std::uint64_t kChunk = 10'000'000'000'000'000'000u;
  while (value > kChunk - 1) {
    auto chunk = static_cast<std::uint64_t>(value % kChunk);
    value /= kChunk;
    for (int i = 0; i < 19; ++i, chunk /= 10) buffer[--at] = static_cast<char>('0' + chunk % 10);
  }
  auto rest = static_cast<std::uint64_t>(value);
  do {
    buffer[--at] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  return std::string(buffer.data() + at, buffer.size() - at);
}

std::string to_string(Int128 value) {
  std::string digits = to_string(magnitude(value));
  if (value < 0) digits.insert(0, 1, '-');
  return digits;
}

std::string format_decimal(Int128 unscaled, int scale) {
  std::string digits = to_string(magnitude(unscaled));
  if (scale < 0 && unscaled != 0) digits.append(static_cast<std::size_t>(-scale), '0');
  if (scale > 0) {
    const auto fraction = static_cast<std::size_t>(scale);
    if (digits.size() <= fraction) digits.insert(0, fraction + 1 - digits.size(), '0');
    digits.insert(digits.size() - fraction, 1, '.');
  }
  if (unscaled < 0) digits.insert(0, 1, '-');
  return digits;
}

Result<Decimal> parse_decimal(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest[0] == '-';
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
  Decimal value;
  int digits = 0;
  bool any_digit = false;
  bool after_point = false;
  for (const char c : rest) {
    if (c == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (c < '0' || c > '9') return invalid_input("not a decimal number: `{}`", text);
    any_digit = true;
    if (digits > 0 || c != '0') ++digits;
    if (after_point) ++value.scale;
    if (digits > kDecimalPrecisionMax || value.scale > kDecimalPrecisionMax) {
      return invalid_input("more than {} digits: `{}`", kDecimalPrecisionMax, text);
    }
    value.unscaled = value.unscaled * 10 + (c - '0');
  }
  if (!any_digit) return invalid_input("not a decimal number: `{}`", text);
  if (negative) value.unscaled = -value.unscaled;
  return value;
}

Result<Int128> rescale(const Decimal& value, int scale) {
  if (value.unscaled == 0 || scale == value.scale) return value.unscaled;
  const auto lossy = [&] {
    return invalid_input("decimal {} does not fit scale {}",
                         format_decimal(value.unscaled, value.scale), scale);
  };
  const std::int64_t change = std::int64_t{scale} - value.scale;
  if (change < -kDecimalPrecisionMax || change > kDecimalPrecisionMax) return lossy();
  const Int128 factor = power_of_ten(static_cast<int>(change < 0 ? -change : change));
  if (change < 0) {
    if (value.unscaled % factor != 0) return lossy();
    return value.unscaled / factor;
  }
  const UInt128 most = static_cast<UInt128>(power_of_ten(kDecimalPrecisionMax) - 1);
  if (magnitude(value.unscaled) > most / static_cast<UInt128>(factor)) return lossy();
  return value.unscaled * factor;
}

std::string to_minimal_big_endian(Int128 value) {
  std::array<char, 16> bytes;
  auto bits = static_cast<UInt128>(value);
  for (std::size_t i = bytes.size(); i-- > 0; bits >>= 8) bytes[i] = static_cast<char>(bits);
  // A leading byte goes while it only repeats the sign bit of the next one.
  const char sign = value < 0 ? '\xFF' : '\0';
  std::size_t start = 0;
  while (start < 15 && bytes[start] == sign && (bytes[start + 1] & 0x80) == (sign & 0x80)) ++start;
  return std::string(bytes.data() + start, bytes.size() - start);
}

Result<Int128> from_big_endian(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > 16) {
    return corrupt("a decimal of {} bytes, 1 to 16 are possible", bytes.size());
  }
  UInt128 bits = static_cast<signed char>(bytes[0]) < 0 ? ~UInt128{0} : UInt128{0};
  for (const char byte : bytes) bits = bits << 8 | static_cast<unsigned char>(byte);
  return static_cast<Int128>(bits);
}

}  // namespace tarn
