// SPDX-License-Identifier: Apache-2.0
#include "jinja/format_spec.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "jinja/bigint.h"
#include "jinja/methods.h"

namespace tarn::jinja {

namespace {

constexpr std::size_t kWidthMax = 1'000'000;
constexpr int kPrecisionMax = 10'000;

bool is_align(char c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

std::string group_digits(std::string_view digits, char separator, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % size == 0) out.push_back(separator);
    out.push_back(digits[i]);
  }
  return out;
}

// Puts sign, zeros and groups around the digits of a number.
std::string lay_out(bool negative, const std::string& prefix, std::string whole,
                    const std::string& rest, const FormatSpec& spec, std::size_t group_size) {
  std::string sign = negative ? "-" : spec.sign == '+' ? "+" : spec.sign == ' ' ? " " : "";
  sign += prefix;
  const char align = spec.align != '\0' ? spec.align : spec.zero ? '=' : '>';
  const std::string& fill = spec.fill;
  if (spec.grouping != '\0') {
    if (align == '=' && fill == "0") {
      // Zeros take part in the groups.
      const std::size_t used = sign.size() + rest.size();
      while (true) {
        const std::size_t grouped = whole.size() + (whole.size() - 1) / group_size;
        if (used + grouped >= spec.width) break;
        whole.insert(whole.begin(), '0');
      }
      return sign + group_digits(whole, spec.grouping, group_size) + rest;
    }
    whole = group_digits(whole, spec.grouping, group_size);
  }
  const std::size_t length = sign.size() + whole.size() + rest.size();
  if (align == '=' && length < spec.width) {
    std::string padding;
    for (std::size_t i = length; i < spec.width; ++i) padding += fill;
    return sign + padding + whole + rest;
  }
  FormatSpec outer = spec;
  outer.fill = fill;
  outer.align = align == '=' ? '>' : align;
  return pad_text(sign + whole + rest, outer, '>');
}

}  // namespace

Result<FormatSpec> parse_format_spec(std::string_view text) {
  FormatSpec spec;
  std::size_t at = 0;
  const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
  std::size_t after_fill = 0;
  bool explicit_fill = false;
  if (!text.empty()) next_code_point(text, after_fill);
  if (after_fill < text.size() && is_align(text[after_fill])) {
    spec.fill = text.substr(0, after_fill);
    explicit_fill = true;
    spec.align = text[after_fill];
    at = after_fill + 1;
  } else if (is_align(peek())) {
    spec.align = text[at++];
  }
  if (peek() == '+' || peek() == '-' || peek() == ' ') spec.sign = text[at++];
  if (peek() == 'z') ++at;
  if (peek() == '#') {
    spec.alternate = true;
    ++at;
  }
  if (peek() == '0') {
    spec.zero = true;
    if (!explicit_fill) spec.fill = "0";
    ++at;
  }
  const auto number = [&](std::size_t limit) -> Result<std::size_t> {
    std::size_t value = 0;
    while (peek() >= '0' && peek() <= '9') {
      value = value * 10 + static_cast<std::size_t>(text[at++] - '0');
      if (value > limit) return value_error("Too many decimal digits in format string");
    }
    return value;
  };
  spec.width = TRY(number(kWidthMax));
  if (peek() == ',' || peek() == '_') {
    spec.grouping = text[at++];
    if (peek() == ',' || peek() == '_') {
      return value_error("Cannot specify both ',' and '_'.");
    }
  }
  if (peek() == '.') {
    ++at;
    if (!(peek() >= '0' && peek() <= '9')) return value_error("Format specifier missing precision");
    spec.precision = static_cast<int>(TRY(number(kPrecisionMax)));
  }
  if (at < text.size()) spec.type = text[at++];
  if (at < text.size()) return value_error("Invalid format specifier");
  return spec;
}

std::string pad_text(const std::string& text, const FormatSpec& spec, char default_align) {
  const std::size_t length = count_code_points(text);
  if (length >= spec.width) return text;
  const std::size_t missing = spec.width - length;
  const char align = spec.align == '\0' ? default_align : spec.align;
  const std::size_t left = align == '>' ? missing : align == '^' ? missing / 2 : 0;
  std::string out;
  for (std::size_t i = 0; i < left; ++i) out += spec.fill;
  out += text;
  for (std::size_t i = left; i < missing; ++i) out += spec.fill;
  return out;
}

std::string format_double(double magnitude, char type, int precision, bool alternate) {
  const bool upper = type == 'E' || type == 'F' || type == 'G';
  if (std::isnan(magnitude)) return upper ? "NAN" : "nan";
  if (std::isinf(magnitude)) return upper ? "INF" : "inf";
  if (type == '%') return format_double(magnitude * 100, 'f', precision, alternate) + "%";
  if (precision < 0) precision = 6;
  if (type == 'n') type = 'g';
  std::string text;
  switch (type | 0x20) {
    case 'e':
      text = fmt::format("{:.{}e}", magnitude, precision);
      break;
    case 'g':
      if (precision == 0) precision = 1;
      text = alternate ? fmt::format("{:#.{}g}", magnitude, precision)
                       : fmt::format("{:.{}g}", magnitude, precision);
      break;
    default:
      text = fmt::format("{:.{}f}", magnitude, precision);
  }
  if (alternate && precision == 0 && text.find('.') == std::string::npos) {
    const std::size_t exponent = text.find('e');
    text.insert(exponent == std::string::npos ? text.size() : exponent, ".");
  }
  return upper ? to_upper(text) : text;
}

Result<std::string> format_integer(const Value& value, const FormatSpec& spec) {
  const BigInt number = value.kind() == Kind::BigInt ? value.big_int() : BigInt(value.as_int());
  if (spec.precision >= 0) {
    return value_error("Precision not allowed in integer format specifier");
  }
  unsigned base = 10;
  std::string prefix;
  switch (spec.type) {
    case '\0':
    case 'd':
    case 'n':
      break;
    case 'b':
      base = 2;
      prefix = "0b";
      break;
    case 'o':
      base = 8;
      prefix = "0o";
      break;
    case 'x':
      base = 16;
      prefix = "0x";
      break;
    case 'X':
      base = 16;
      prefix = "0X";
      break;
    case 'c': {
      const auto point = number.to_int64();
      if (!point || *point < 0 || *point > 0x10FFFF) {
        return fail(kOverflowError, "%c arg not in range(0x110000)");
      }
      std::string text;
      append_utf8(text, static_cast<char32_t>(*point));
      return pad_text(text, spec, '<');
    }
    default:
      return value_error("Unknown format code '{}' for object of type 'int'", spec.type);
  }
  if (spec.grouping == ',' && base != 10) {
    return value_error("Cannot specify ',' with '{}'.", spec.type);
  }
  std::string digits = (number.is_negative() ? number.negated() : number).to_string(base);
  if (spec.type == 'X') digits = to_upper(digits);
  return lay_out(number.is_negative(), spec.alternate ? prefix : "", std::move(digits), "", spec,
                 base == 10 ? 3 : 4);
}

Result<std::string> format_float(double value, const FormatSpec& spec) {
  const bool negative = std::signbit(value) && !std::isnan(value);
  const double magnitude = std::fabs(value);
  std::string text;
  if (spec.type == '\0') {
    if (spec.precision < 0) {
      text = float_repr(magnitude);
    } else {
      text = format_double(magnitude, 'g', spec.precision, false);
      const bool plain = text.find_first_of(".en") == std::string::npos;
      if (plain && std::isfinite(magnitude)) {
        // Without a type, `g` keeps one digit after the point if the exponent allows.
        const auto digits = static_cast<int>(text.size());
        if (digits < spec.precision) {
          text += ".0";
        } else if (digits >= spec.precision && spec.precision > 0 && digits == spec.precision) {
          text = format_double(magnitude, 'e', spec.precision - 1, false);
          const std::size_t mark = text.find('e');
          std::string mantissa = text.substr(0, mark);
          while (mantissa.find('.') != std::string::npos &&
                 (mantissa.ends_with('0') || mantissa.ends_with('.'))) {
            const bool point = mantissa.ends_with('.');
            mantissa.pop_back();
            if (point) break;
          }
          text = mantissa + text.substr(mark);
        }
      }
    }
  } else {
    constexpr std::string_view kTypes = "eEfFgGn%";
    if (kTypes.find(spec.type) == std::string_view::npos) {
      return value_error("Unknown format code '{}' for object of type 'float'", spec.type);
    }
    text = format_double(magnitude, spec.type, spec.precision, spec.alternate);
  }
  std::size_t whole = 0;
  while (whole < text.size() && text[whole] >= '0' && text[whole] <= '9') ++whole;
  if (whole == 0) return lay_out(negative, "", text, "", spec, text.size() + 1);
  return lay_out(negative, "", text.substr(0, whole), text.substr(whole), spec, 3);
}

}  // namespace tarn::jinja
