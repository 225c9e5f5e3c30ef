// SPDX-License-Identifier: Apache-2.0
#include "yaml/value.h"

#include <fmt/core.h>

#include <cmath>

#include "base/text.h"
#include "base/time.h"

namespace tarn::yaml {

const Value* Value::find(std::string_view key) const {
  for (const auto& entry : entries) {
    if (entry.key->kind == Kind::Text && entry.key->text == key) return entry.value;
  }
  return nullptr;
}

namespace {

bool is_number(const Value& value) {
  return value.kind == Kind::Bool || value.kind == Kind::Int || value.kind == Kind::Float;
}

// Bool, small Int or integral Float in range, as an integer.
std::optional<std::int64_t> as_integer(const Value& value) {
  if (value.kind == Kind::Bool) return value.boolean ? 1 : 0;
  if (value.kind == Kind::Int) return value.is_big ? std::nullopt : std::optional(value.integer);
  if (value.real >= -9.2e18 && value.real <= 9.2e18 && value.real == std::floor(value.real)) {
    return static_cast<std::int64_t>(value.real);
  }
  return std::nullopt;
}

bool numbers_equal(const Value& a, const Value& b) {
  const auto left = as_integer(a);
  const auto right = as_integer(b);
  if (left || right) return left == right;
  if (a.kind == Kind::Int && b.kind == Kind::Int) return a.text == b.text;
  const auto real = [](const Value& value) {
    return value.kind == Kind::Float ? value.real : parse_double(value.text).value_or(NAN);
  };
  return real(a) == real(b) || (std::isnan(real(a)) && std::isnan(real(b)));
}

}  // namespace

bool keys_equal(const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) return numbers_equal(a, b);
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::Null:
      return true;
    case Kind::Text:
    case Kind::Bytes:
      return a.text == b.text;
    case Kind::Date:
      return a.integer == b.integer;
    case Kind::DateTime: {
      if (a.offset_seconds.has_value() != b.offset_seconds.has_value()) return false;
      const auto instant = [](const Value& value) {
        return value.integer - value.offset_seconds.value_or(0) * kMicrosPerSecond;
      };
      return instant(a) == instant(b);
    }
    default:
      return false;
  }
}

std::string to_python_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const double size = std::fabs(value);
  if (size != 0 && (size < 1e-4 || size >= 1e16)) {
    // Shortest digits in scientific form: `1e-05`, `1.5e+20`.
    for (int precision = 0; precision <= 17; ++precision) {
      std::string text = fmt::format("{:.{}e}", value, precision);
      if (parse_double(text) == value) return text;
    }
  }
  for (int precision = 1; precision <= 17; ++precision) {
    std::string text = fmt::format("{:.{}g}", value, precision);
    if (parse_double(text) != value) continue;
    if (text.find('e') != std::string::npos) text = fmt::format("{:.0f}", value);
    if (text.find('.') == std::string::npos) text += ".0";
    return text;
  }
  return shortest_double(value);
}

std::string to_python_text(const Value& scalar) {
  switch (scalar.kind) {
    case Kind::Null:
      return "None";
    case Kind::Bool:
      return scalar.boolean ? "True" : "False";
    case Kind::Int:
      return scalar.is_big ? std::string(scalar.text) : std::to_string(scalar.integer);
    case Kind::Float:
      return to_python_text(scalar.real);
    case Kind::Text:
    case Kind::Bytes:
      return std::string(scalar.text);
    case Kind::Date:
      return format_date(scalar.integer);
    case Kind::DateTime: {
      const std::int64_t seconds = floor_divide(scalar.integer, kMicrosPerSecond);
      const std::int64_t micros = floor_modulo(scalar.integer, kMicrosPerSecond);
      const std::int64_t of_day = floor_modulo(seconds, 86'400);
      std::string out =
          fmt::format("{} {:02}:{:02}:{:02}", format_date(floor_divide(seconds, 86'400)),
                      of_day / 3600, of_day / 60 % 60, of_day % 60);
      if (micros != 0) out += fmt::format(".{:06}", micros);
      if (scalar.offset_seconds) {
        const int offset = std::abs(*scalar.offset_seconds);
        out += fmt::format("{}{:02}:{:02}", *scalar.offset_seconds < 0 ? '-' : '+', offset / 3600,
                           offset / 60 % 60);
      }
      return out;
    }
    default:
      return "";
  }
}

}  // namespace tarn::yaml
