// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "lakehouse/config.h"

namespace tarn::lakehouse {
namespace {

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!is_letter && (c < '0' || c > '9')) return false;
  }
  return true;
}

}  // namespace

Result<std::string> substitute_variables(std::string_view text, const Environment& environment) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at, 3) == "$${") {
      out += "${";
      at += 3;
      continue;
    }
    if (text.substr(at, 2) != "${") {
      out += text[at++];
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) {
      return invalid_input("a `${{` has no closing `}}`; write `$${{` for the characters");
    }
    const std::string_view inner = text.substr(at + 2, end - at - 2);
    const std::size_t mark = inner.find(":-");
    const std::string name(inner.substr(0, mark));
    if (!is_variable_name(name)) return invalid_input("`{}` is no name of a variable", name);
    const auto value = environment(name);
    if (mark == std::string_view::npos && !value) {
      return not_found("environment variable `{}` is not set", name);
    }
    // As in a shell, `:-` also stands in for an empty value.
    const bool use_default = mark != std::string_view::npos && (!value || value->empty());
    if (use_default) {
      out += inner.substr(mark + 2);
    } else {
      out += *value;
    }
    at = end + 1;
  }
  return out;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  text = trim(text);
  std::size_t digits = 0;
  while (digits < text.size() &&
         ((text[digits] >= '0' && text[digits] <= '9') || text[digits] == '.')) {
    ++digits;
  }
  const auto number = parse_double(text.substr(0, digits));
  if (!number) return std::nullopt;
  const std::string unit = to_lower(trim(text.substr(digits)));
  static constexpr std::string_view kUnits[] = {"", "k", "m", "g", "t"};
  for (std::size_t i = 0; i < std::size(kUnits); ++i) {
    const std::string letter(kUnits[i]);
    double factor = 0;
    if (unit == letter || unit == letter + "b") factor = 1000;
    if (i > 0 && unit == letter + "ib") factor = 1024;
    if (factor == 0) continue;
    double size = *number;
    for (std::size_t k = 0; k < i; ++k) size *= factor;
    if (size < 0 || size > 1e18) return std::nullopt;
    return static_cast<std::uint64_t>(size);
  }
  return std::nullopt;
}

}  // namespace tarn::lakehouse
