// SPDX-License-Identifier: Apache-2.0
#include "functions/java_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "base/time.h"
#include "functions/call_error.h"
#include "functions/java_format_number.h"
#include "functions/java_format_time.h"
#include "types/number_text.h"

namespace tarn::functions {

namespace {

constexpr int kFormatWidthMax = 100'000;

// `%[index$][flags][width][.precision][t]conversion`; nullopt if it is none.
std::optional<FormatSpec> read_spec(std::string_view text, std::size_t& at) {
  FormatSpec spec;
  const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
  const auto number = [&]() -> std::optional<int> {
    int value = 0;
    const std::size_t begin = at;
    while (peek() >= '0' && peek() <= '9' && value <= kFormatWidthMax) {
      value = value * 10 + (text[at++] - '0');
    }
    if (at == begin || value > kFormatWidthMax) return std::nullopt;
    return value;
  };
  const std::size_t begin = at;
  if (peek() >= '1' && peek() <= '9') {
    const auto index = number();
    if (index && peek() == '$') {
      spec.index = *index;
      ++at;
    } else {
      at = begin;
    }
  }
  for (; std::string_view("-#+ 0,(<").find(peek()) != std::string_view::npos && peek() != '\0';
       ++at) {
    if (spec.has(peek())) return std::nullopt;
    spec.flags += peek();
  }
  if (peek() >= '1' && peek() <= '9') {
    spec.width = number();
    if (!spec.width) return std::nullopt;
  }
  if (peek() == '.') {
    ++at;
    spec.precision = number();
    if (!spec.precision) return std::nullopt;
  }
  if (peek() == 't' || peek() == 'T') {
    spec.upper = peek() == 'T';
    spec.time = true;
    ++at;
    spec.conversion = peek();
  } else {
    spec.conversion = peek();
    spec.upper = spec.conversion >= 'A' && spec.conversion <= 'Z';
    if (spec.upper) spec.conversion = static_cast<char>(spec.conversion + 32);
  }
  if (at >= text.size()) return std::nullopt;
  ++at;
  return spec;
}

Error bad_format(std::string_view format, std::string_view why) {
  return invalid_argument("Invalid format string: {} ({})", format, why);
}

void append_padded(std::string& out, std::string_view text, const FormatSpec& spec) {
  const std::size_t count = count_code_points(text);
  const auto width = static_cast<std::size_t>(spec.width.value_or(0));
  const std::size_t pad = width > count ? width - count : 0;
  if (!spec.has('-')) out.append(pad, ' ');
  out += text;
  if (spec.has('-')) out.append(pad, ' ');
}

std::string boolean_text(const FormatArgument& argument) {
  if (std::holds_alternative<std::monostate>(argument)) return "false";
  const bool* truth = std::get_if<bool>(&argument);
  return truth == nullptr || *truth ? "true" : "false";
}

bool is_only(const FormatSpec& spec, std::string_view allowed) {
  return spec.flags.find_first_not_of(allowed) == std::string::npos;
}

// The text of a conversion, before padding; nullopt if Java refuses it.
Result<std::optional<std::string>> convert(const FormatSpec& spec, const FormatArgument& argument) {
  using Text = std::optional<std::string>;
  if (spec.has('-') && !spec.width) return Text();
  if (spec.time) {
    if (!is_only(spec, "-<") || spec.precision) return Text();
    if (std::holds_alternative<std::monostate>(argument)) return Text("null");
    return format_java_time(spec.conversion, argument);
  }
  const bool null = std::holds_alternative<std::monostate>(argument);
  switch (spec.conversion) {
    case 'b':
    case 's': {
      if (!is_only(spec, "-<")) return Text();
      std::string text = spec.conversion == 'b' ? boolean_text(argument) : java_text_of(argument);
      if (spec.precision) {
        text = utf8_prefix(text, static_cast<std::size_t>(*spec.precision));
      }
      return Text(std::move(text));
    }
    case 'h':
      if (null) return Text("null");
      return not_supported("hash codes in format strings");
    case 'c':
      if (null) return Text("null");
      return Text();
    case 'd':
    case 'o':
    case 'x':
      if (spec.precision) return Text();
      if (null) return Text("null");
      if (const auto* value = std::get_if<std::int64_t>(&argument)) {
        return format_java_integer(spec, *value);
      }
      return Text();
    case 'e':
    case 'f':
    case 'g':
      if (null) return Text("null");
      if (const auto* value = std::get_if<double>(&argument)) {
        return format_java_double(spec, *value);
      }
      if (const auto* value = std::get_if<FormatReal>(&argument)) {
        return format_java_double(spec, double{value->value});
      }
      if (const auto* value = std::get_if<FormatDecimal>(&argument)) {
        return format_java_decimal(spec, value->unscaled, value->scale);
      }
      return Text();
    case 'a':
      return not_supported("hexadecimal floating-point numbers in format strings");
    default:
      return Text();
  }
}

}  // namespace

std::string java_text_of(const FormatArgument& argument) {
  struct Printer {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(FormatReal value) const {
      std::string out;
      types::append_java_float(out, value.value);
      return out;
    }
    std::string operator()(double value) const {
      std::string out;
      types::append_java_double(out, value);
      return out;
    }
    std::string operator()(const FormatDecimal& value) const {
      std::string out;
      append_big_decimal(out, value.unscaled, value.scale);
      return out;
    }
    std::string operator()(const std::string& value) const { return value; }
    std::string operator()(FormatDate value) const { return format_date(value.day); }
    std::string operator()(FormatTime value) const { return java_time_text(value.nanos); }
    std::string operator()(const FormatTimestamp& value) const {
      return java_timestamp_text(value);
    }
  };
  return std::visit(Printer{}, argument);
}

Result<std::string> format_java(std::string_view format,
                                std::span<const FormatArgument> arguments) {
  std::string out;
  int next = 0;
  int last = -1;
  for (std::size_t at = 0; at < format.size();) {
    const std::size_t percent = format.find('%', at);
    out += format.substr(at, percent == std::string_view::npos ? percent : percent - at);
    if (percent == std::string_view::npos) break;
    at = percent + 1;
    const auto spec = read_spec(format, at);
    if (!spec) return bad_format(format, "UnknownFormatConversionException");
    if (!spec->time && spec->conversion == 'n' && spec->flags.empty() && !spec->width) {
      out += '\n';
      continue;
    }
    if (!spec->time && spec->conversion == '%') {
      append_padded(out, "%", *spec);
      continue;
    }
    const int index = spec->index > 0 ? spec->index - 1 : spec->has('<') ? last : next++;
    if (index < 0 || index >= static_cast<int>(arguments.size())) {
      return bad_format(format, "MissingFormatArgumentException");
    }
    last = index;
    auto text = TRY(convert(*spec, arguments[static_cast<std::size_t>(index)]));
    if (!text) return bad_format(format, "IllegalFormatException");
    append_padded(out, spec->upper ? utf8_upper(*text) : *text, *spec);
  }
  return out;
}

}  // namespace tarn::functions
