// SPDX-License-Identifier: Apache-2.0
#include "project/version_check.h"

#include <array>
#include <charconv>

#include "base/text.h"

namespace tarn::project {

namespace {

// Major, minor, patch, and 0 for a prerelease (1 for none), so that 1.0.0-b1 < 1.0.0.
using Version = std::array<std::int64_t, 4>;

Result<Version> parse_version(std::string_view text) {
  Version out{0, 0, 0, 1};
  std::string_view numbers = text;
  const auto end = text.find_first_not_of("0123456789.");
  if (end != std::string_view::npos) {
    numbers = text.substr(0, end);
    out[3] = 0;
  }
  while (numbers.ends_with('.')) numbers.remove_suffix(1);
  const auto parts = split(numbers, '.');
  if (parts.size() > 3 || numbers.empty()) {
    return invalid_input("`{}` is not a version", text);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = parse_int64(parts[i]);
    if (!number) return invalid_input("`{}` is not a version", text);
    out[i] = *number;
  }
  return out;
}

Result<bool> satisfies_one(const Version& version, std::string_view requirement) {
  const auto split_at = requirement.find_first_not_of("<>=! ");
  const std::string_view op = trim(requirement.substr(0, split_at));
  if (split_at == std::string_view::npos) {
    return invalid_input("`{}` is not a version requirement", requirement);
  }
  const Version other = TRY(parse_version(trim(requirement.substr(split_at))));
  if (op == ">=") return version >= other;
  if (op == ">") return version > other;
  if (op == "<=") return version <= other;
  if (op == "<") return version < other;
  if (op.empty() || op == "=" || op == "==") return version == other;
  if (op == "!=") return version != other;
  return invalid_input("`{}` is not a version requirement", requirement);
}

}  // namespace

Result<bool> satisfies_version(std::string_view version, const std::vector<std::string>& required) {
  const Version mine = TRY(parse_version(version));
  for (const auto& text : required) {
    for (const auto part : split(text, ',')) {
      if (trim(part).empty()) continue;
      if (!TRY(satisfies_one(mine, trim(part)))) return false;
    }
  }
  return true;
}

}  // namespace tarn::project
