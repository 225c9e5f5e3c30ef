// SPDX-License-Identifier: Apache-2.0
#include "functions/java_format_number.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace tarn::functions {

namespace {

// 0.d₁d₂d₃… · 10^exponent, without zeros in front; zero has no digits and exponent 1 − scale.
struct DecimalDigits {
  std::string digits;
  int exponent = 0;

  // Half up, to `count` digits.
  void round_to(int count) {
    if (count >= static_cast<int>(digits.size())) return;
    if (count < 0) {
      digits.clear();
      return;
    }
    const bool up = digits[static_cast<std::size_t>(count)] >= '5';
    digits.resize(static_cast<std::size_t>(count));
    if (!up) return;
    std::size_t at = digits.size();
    while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
    if (at > 0) {
      ++digits[at - 1];
    } else {
      digits.insert(0, 1, '1');
      digits.resize(static_cast<std::size_t>(std::max(count, 1)));
      ++exponent;
    }
  }

  bool is_zero() const { return digits.find_first_not_of('0') == std::string::npos; }

  char at(int position) const {
    return position >= 0 && position < static_cast<int>(digits.size())
               ? digits[static_cast<std::size_t>(position)]
               : '0';
  }
};

DecimalDigits digits_of(double magnitude) {
  DecimalDigits out;
  out.exponent = 1;
  if (magnitude == 0) return out;
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<std::size_t>(end.ptr - buffer));
  const std::size_t e = text.find('e');
  for (const char c : text.substr(0, e)) {
    if (c != '.') out.digits += c;
  }
  std::string_view exponent = text.substr(e + 1);
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.exponent);
  ++out.exponent;
  return out;
}

DecimalDigits digits_of(Int128 magnitude, int scale) {
  DecimalDigits out;
  out.exponent = 1 - scale;  // Java shows the scale of a zero
  if (magnitude == 0) return out;
  out.digits = to_string(magnitude);
  out.exponent = static_cast<int>(out.digits.size()) - scale;
  return out;
}

std::string fixed_text(DecimalDigits value, int precision) {
  value.round_to(value.exponent + precision);
  std::string out;
  for (int i = 0; i < value.exponent; ++i) out += value.at(i);
  if (out.empty()) out = "0";
  if (precision > 0) out += '.';
  for (int i = 0; i < precision; ++i) out += value.at(value.exponent + i);
  return out;
}

std::string scientific_text(DecimalDigits value, int precision) {
  value.round_to(precision + 1);
  const int exponent = value.exponent - 1;
  std::string out(1, value.at(0));
  if (precision > 0) out += '.';
  for (int i = 1; i <= precision; ++i) out += value.at(i);
  out += fmt::format("e{}{:02}", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
  return out;
}

std::string general_text(DecimalDigits value, int precision) {
  if (precision == 0) precision = 1;
  DecimalDigits rounded = value;
  rounded.round_to(precision);
  if (rounded.is_zero()) return fixed_text(value, precision - 1);
  // 10^-4 ≤ value < 10^precision
  if (rounded.exponent >= -3 && rounded.exponent <= precision) {
    return fixed_text(value, precision - rounded.exponent);
  }
  return scientific_text(value, precision - 1);
}

void insert_commas(std::string& text) {
  std::size_t end = text.find_first_not_of("0123456789");
  if (end == std::string::npos) end = text.size();
  while (end > 3) {
    end -= 3;
    text.insert(end, 1, ',');
  }
}

bool flags_fit(const FormatSpec& spec) {
  if (spec.has('+') && spec.has(' ')) return false;
  if (spec.has('-') && spec.has('0')) return false;
  return !spec.has('0') || spec.width;
}

// Sign, brackets and zeros around the digits.
std::string with_sign(const FormatSpec& spec, bool negative, std::string digits,
                      bool fill_zeros = true) {
  std::string front = negative ? (spec.has('(') ? "(" : "-") : spec.has('+') ? "+" : "";
  if (!negative && spec.has(' ')) front = " ";
  const std::string_view back = negative && spec.has('(') ? ")" : "";
  if (fill_zeros && spec.has('0')) {
    const auto width = static_cast<std::size_t>(spec.width.value_or(0));
    const std::size_t used = front.size() + digits.size() + back.size();
    if (width > used) digits.insert(0, width - used, '0');
  }
  return front + digits + std::string(back);
}

std::optional<std::string> format_digits(const FormatSpec& spec, bool negative,
                                         const DecimalDigits& value) {
  const int precision = spec.precision.value_or(6);
  if (spec.has('#') || !flags_fit(spec)) return std::nullopt;
  std::string text;
  switch (spec.conversion) {
    case 'f':
      text = fixed_text(value, precision);
      break;
    case 'e':
      if (spec.has(',')) return std::nullopt;
      text = scientific_text(value, precision);
      break;
    default:
      text = general_text(value, precision);
      break;
  }
  if (spec.has(',')) insert_commas(text);
  return with_sign(spec, negative, std::move(text));
}

}  // namespace

std::optional<std::string> format_java_integer(const FormatSpec& spec, std::int64_t value) {
  if (!flags_fit(spec)) return std::nullopt;
  if (spec.conversion == 'd') {
    if (spec.has('#')) return std::nullopt;
    const auto magnitude =
        value < 0 ? -static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::string digits = std::to_string(magnitude);
    if (spec.has(',')) insert_commas(digits);
    return with_sign(spec, value < 0, std::move(digits));
  }
  if (spec.flags.find_first_of("+ ,(") != std::string::npos) return std::nullopt;
  const auto bits = static_cast<std::uint64_t>(value);
  std::string text = spec.conversion == 'x' ? fmt::format("{:x}", bits) : fmt::format("{:o}", bits);
  const std::string_view prefix = !spec.has('#') ? "" : spec.conversion == 'x' ? "0x" : "0";
  const auto width = static_cast<std::size_t>(spec.width.value_or(0));
  if (spec.has('0') && width > text.size() + prefix.size()) {
    text.insert(0, width - text.size() - prefix.size(), '0');
  }
  return std::string(prefix) + text;
}

std::optional<std::string> format_java_double(const FormatSpec& spec, double value) {
  if (std::isfinite(value)) {
    return format_digits(spec, std::signbit(value), digits_of(std::fabs(value)));
  }
  if (spec.has('#') || !flags_fit(spec)) return std::nullopt;
  if (std::isnan(value)) return "NaN";
  return with_sign(spec, value < 0, "Infinity", false);
}

std::optional<std::string> format_java_decimal(const FormatSpec& spec, Int128 unscaled, int scale) {
  return format_digits(spec, unscaled < 0, digits_of(unscaled < 0 ? -unscaled : unscaled, scale));
}

void append_big_decimal(std::string& out, Int128 unscaled, int scale) {
  std::string digits = to_string(unscaled < 0 ? -unscaled : unscaled);
  const int exponent = static_cast<int>(digits.size()) - 1 - scale;
  if (exponent >= -6) {
    out += format_decimal(unscaled, scale);
    return;
  }
  if (unscaled < 0) out += '-';
  if (digits.size() > 1) digits.insert(1, ".");
  out += fmt::format("{}E{}", digits, exponent);
}

}  // namespace tarn::functions
