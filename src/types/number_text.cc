// SPDX-License-Identifier: Apache-2.0
#include "types/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/text.h"

namespace tarn::types {
namespace {

// Digits without leading or trailing zeros, and the exponent of the first: 0.012 is {"12", -2}.
struct Digits {
  std::string_view text;
  int exponent = 0;
};

constexpr std::size_t kDigitBufferSize = 64;
constexpr std::size_t kRealDigits = 7;

// Rewrites `d.ddde±x` in the buffer to digits.
Digits split_scientific(char* begin, char* end) {
  char* e = end;
  while (*--e != 'e') {
  }
  const int exponent = std::atoi(e + 1);
  if (e > begin + 1) {
    std::memmove(begin + 1, begin + 2, static_cast<std::size_t>(e - begin - 2));
    --e;
  }
  while (e > begin + 1 && e[-1] == '0') --e;
  return {{begin, static_cast<std::size_t>(e - begin)}, exponent};
}

// Java looks for the nearest of all texts with the fewest digits, but at least two digits.
template <typename T>
Digits shortest_digits(T magnitude, char (&buffer)[kDigitBufferSize]) {
  const auto result = std::to_chars(buffer, buffer + kDigitBufferSize - 1, magnitude,
                                    std::chars_format::scientific);
  *result.ptr = '\0';
  Digits digits = split_scientific(buffer, result.ptr);
  if (digits.text.size() > 1) return digits;
  char* end =
      buffer + std::snprintf(buffer, kDigitBufferSize, "%.1e", static_cast<double>(magnitude));
  return split_scientific(buffer, end);
}

void append_scientific(std::string& out, const Digits& digits) {
  out += digits.text[0];
  out += '.';
  if (digits.text.size() > 1) {
    out += digits.text.substr(1);
  } else {
    out += '0';
  }
  out += 'E';
  out += std::to_string(digits.exponent);
}

void append_plain(std::string& out, const Digits& digits) {
  const auto size = static_cast<int>(digits.text.size());
  if (digits.exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-digits.exponent - 1), '0');
    out += digits.text;
    return;
  }
  const int whole = digits.exponent + 1;
  if (size <= whole) {
    out += digits.text;
    out.append(static_cast<std::size_t>(whole - size), '0');
    out += ".0";
    return;
  }
  out += digits.text.substr(0, static_cast<std::size_t>(whole));
  out += '.';
  out += digits.text.substr(static_cast<std::size_t>(whole));
}

// Whether digits beyond `count` round up, as Java's DecimalFormat decides for the double of the
// shortest text: by its exact value; a tie goes to the even digit, but up for whole numbers.
bool rounds_up(const Digits& digits, std::size_t count) {
  if (digits.text[count] != '5' || digits.text.size() > count + 1) return digits.text[count] >= '5';
  std::string text(digits.text);
  const std::string exponent =
      std::to_string(digits.exponent - static_cast<int>(digits.text.size()) + 1);
  const double value = std::strtod((text + "e" + exponent).c_str(), nullptr);
  constexpr int kExactDigits = 60;
  char exact[kExactDigits + 16];
  std::snprintf(exact, sizeof exact, "%.*e", kExactDigits, value);
  text.resize(kExactDigits + 1, '0');
  std::string found(exact, kExactDigits + 2);
  found.erase(1, 1);
  if (found != text) return found > text;
  return value == std::floor(value) || (digits.text[count - 1] - '0') % 2 != 0;
}

// In the buffer of the digits.
Digits round_digits(const Digits& digits, std::size_t count, char (&buffer)[kDigitBufferSize]) {
  const bool up = rounds_up(digits, count);
  std::size_t size = count;
  Digits out = digits;
  if (up) {
    while (size > 0 && buffer[size - 1] == '9') --size;
    if (size == 0) {
      buffer[0] = '1';
      size = 1;
      ++out.exponent;
    } else {
      ++buffer[size - 1];
    }
  }
  while (size > 1 && buffer[size - 1] == '0') --size;
  out.text = {buffer, size};
  return out;
}

// Handles what has no digits; true if it did.
template <typename T>
bool append_special(std::string& out, T value) {
  if (std::isnan(value)) {
    out += "NaN";
    return true;
  }
  if (std::signbit(value)) out += '-';
  if (std::isinf(value)) {
    out += "Infinity";
    return true;
  }
  return false;
}

template <typename T>
void append_java(std::string& out, T value) {
  if (append_special(out, value)) return;
  const T magnitude = std::fabs(value);
  if (magnitude == 0) {
    out += "0.0";
    return;
  }
  char buffer[kDigitBufferSize];
  const Digits digits = shortest_digits(magnitude, buffer);
  if (digits.exponent >= -3 && digits.exponent < 7) {
    append_plain(out, digits);
  } else {
    append_scientific(out, digits);
  }
}

template <typename T>
std::optional<T> parse_java(std::string_view text) {
  // Java trims all characters up to the blank.
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  T value = 0;
  if (text == "NaN") return std::numeric_limits<T>::quiet_NaN();
  if (text == "Infinity") {
    value = std::numeric_limits<T>::infinity();
    return negative ? -value : value;
  }
  if (!text.empty() && std::string_view("dDfF").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  if (text.empty() || (text[0] != '.' && (text[0] < '0' || text[0] > '9'))) return std::nullopt;
  auto form = std::chars_format::general;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    // Java wants the exponent.
    text.remove_prefix(2);
    if (text.find_first_of("pP") == std::string_view::npos || text[0] == '-') return std::nullopt;
    form = std::chars_format::hex;
  }
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, form);
  if (result.ptr != text.data() + text.size()) return std::nullopt;
  if (result.ec == std::errc::result_out_of_range) {
    // Too large or too small: strtod tells which.
    const std::string prefix = form == std::chars_format::hex ? "0x" : "";
    const double wide = std::strtod((prefix + std::string(text)).c_str(), nullptr);
    value = static_cast<T>(wide);
  } else if (result.ec != std::errc()) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

struct DecimalParts {
  bool negative = false;
  std::string digits;        // whole and fraction, without leading zeros
  std::size_t fraction = 0;  // digits of the fraction
  std::int64_t exponent = 0;
};

std::optional<DecimalParts> split_decimal(std::string_view text, bool with_exponent) {
  DecimalParts parts;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    parts.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  bool any = false;
  bool in_fraction = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !in_fraction) {
      in_fraction = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      if (in_fraction) ++parts.fraction;
      if (c != '0' || !parts.digits.empty()) parts.digits += c;
    } else {
      break;
    }
  }
  if (!any) return std::nullopt;
  if (i == text.size()) return parts;
  if (!with_exponent || (text[i] != 'e' && text[i] != 'E')) return std::nullopt;
  std::string_view exponent = text.substr(i + 1);
  const auto number = parse_int64(exponent);
  if (!number || *number > 100'000 || *number < -100'000) return std::nullopt;
  parts.exponent = *number;
  return parts;
}

}  // namespace

void append_java_double(std::string& out, double value) { append_java(out, value); }
void append_java_float(std::string& out, float value) { append_java(out, value); }

std::string format_double_cast(double value) {
  std::string out;
  if (append_special(out, value)) return out;
  if (value == 0) return out += "0E0";
  char buffer[kDigitBufferSize];
  append_scientific(out, shortest_digits(std::fabs(value), buffer));
  return out;
}

std::string format_real_cast(float value) {
  std::string out;
  if (append_special(out, value)) return out;
  if (value == 0) return out += "0E0";
  char buffer[kDigitBufferSize];
  Digits digits = shortest_digits(std::fabs(value), buffer);
  if (digits.text.size() > kRealDigits) digits = round_digits(digits, kRealDigits, buffer);
  append_scientific(out, digits);
  return out;
}

std::optional<double> parse_java_double(std::string_view text) { return parse_java<double>(text); }
std::optional<float> parse_java_float(std::string_view text) { return parse_java<float>(text); }

Result<Int128> parse_decimal_cast(std::string_view text, int precision, int scale) {
  const auto parts = split_decimal(text, true);
  if (!parts) return invalid_input("value `{}` is no decimal number", text.substr(0, 100));
  // Digits to keep from the front of `digits`.
  const std::int64_t keep = static_cast<std::int64_t>(parts->digits.size()) -
                            static_cast<std::int64_t>(parts->fraction) + parts->exponent + scale;
  Int128 unscaled = 0;
  const Int128 limit = power_of_ten(precision);
  const auto size = static_cast<std::int64_t>(parts->digits.size());
  for (std::int64_t i = 0; i < keep && size > 0; ++i) {
    if (unscaled >= limit / 10) {
      unscaled = limit;
      break;
    }
    unscaled = unscaled * 10 + (i < size ? parts->digits[static_cast<std::size_t>(i)] - '0' : 0);
  }
  if (keep >= 0 && keep < size && parts->digits[static_cast<std::size_t>(keep)] >= '5') ++unscaled;
  if (unscaled >= limit) {
    return invalid_input("value `{}` does not fit into decimal({},{})", text.substr(0, 100),
                         precision, scale);
  }
  return parts->negative ? -unscaled : unscaled;
}

Result<Int128> parse_exact_decimal(std::string_view text, int scale) {
  const auto parts = split_decimal(text, false);
  if (!parts || parts->fraction != static_cast<std::size_t>(scale)) {
    return invalid_input("`{}` is no decimal number with {} digits of fraction",
                         text.substr(0, 100), scale);
  }
  Int128 unscaled = 0;
  for (const char c : parts->digits) {
    const Int128 digit = parts->negative ? '0' - c : c - '0';
    if (__builtin_mul_overflow(unscaled, Int128{10}, &unscaled) ||
        __builtin_add_overflow(unscaled, digit, &unscaled)) {
      return invalid_input("`{}` does not fit into 128 bits", text.substr(0, 100));
    }
  }
  return unscaled;
}

Result<DecimalLiteral> parse_decimal_literal(std::string_view text) {
  const auto parts = split_decimal(text, false);
  if (!parts) return invalid_input("`{}` is not a valid decimal literal", text.substr(0, 100));
  // Zeros at the front of the fraction count as digits: 0.01 is decimal(2,2).
  const std::size_t precision =
      std::max<std::size_t>({parts->digits.size(), parts->fraction, std::size_t{1}});
  if (precision > static_cast<std::size_t>(kDecimalPrecisionMax)) {
    return invalid_input("decimal literal `{}` has more than 38 digits", text.substr(0, 100));
  }
  DecimalLiteral literal;
  for (const char c : parts->digits) literal.unscaled = literal.unscaled * 10 + (c - '0');
  if (parts->negative) literal.unscaled = -literal.unscaled;
  literal.precision = static_cast<int>(precision);
  literal.scale = static_cast<int>(parts->fraction);
  return literal;
}

}  // namespace tarn::types
