// SPDX-License-Identifier: Apache-2.0
// Likeness of names, shell patterns and the search for secrets in texts.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tarn {

namespace {

// Edits (insert, delete, replace, exchange of neighbors) from a to b, or more than `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit) return gap;
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > limit) return least;
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

// Matches one `[…]` at `pattern[at]`; moves `at` behind it. An unclosed one is a plain `[`.
bool matches_set(std::string_view pattern, std::size_t& at, char32_t c) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  const std::size_t first = i;
  bool found = false;
  while (i < pattern.size() && (pattern[i] != ']' || i == first)) {
    const char32_t low = next_code_point(pattern, i);
    char32_t high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      ++i;
      high = next_code_point(pattern, i);
    }
    found = found || (c >= low && c <= high);
  }
  if (i >= pattern.size()) {
    ++at;
    return c == U'[';
  }
  at = i + 1;
  return found != negated;
}

constexpr bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

constexpr bool ends_token(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '\'' || c == '`';
}

// The end of the value that begins at `at`: quoted as libpq does, else up to white space, in the
// query of a URL up to `&`.
std::size_t end_of_value(std::string_view text, std::size_t at, bool in_query) {
  if (at < text.size() && (text[at] == '\'' || text[at] == '"')) {
    const char mark = text[at];
    for (std::size_t i = at + 1; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == mark) {
        return i + 1;
      }
    }
    return text.size();
  }
  while (at < text.size() && !ends_token(text[at]) && !(in_query && text[at] == '&')) {
    at += text[at] == '\\' ? 2 : 1;
  }
  return std::min(at, text.size());
}

// If a secret's key stands at `at`, gives the offset of its value.
std::optional<std::size_t> value_of_secret(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 4> kKeys = {"password", "passwd", "secret", "token"};
  for (const auto key : kKeys) {
    if (!equals_ignore_case(text.substr(at, key.size()), key)) continue;
    std::size_t i = at + key.size();
    while (i < text.size() && is_word_character(text[i])) ++i;
    const bool may_have_spaces = key == "password";
    while (may_have_spaces && i < text.size() && text[i] == ' ') ++i;
    if (i >= text.size() || text[i] != '=') continue;
    ++i;
    while (may_have_spaces && i < text.size() && text[i] == ' ') ++i;
    return i;
  }
  return std::nullopt;
}

// The end of the credentials of a URL whose authority begins at `at`: where `@` stands; `at` if
// there are none.
std::size_t end_of_credentials(std::string_view text, std::size_t at) {
  std::size_t last = at;
  for (std::size_t i = at; i < text.size() && text[i] != '/' && !ends_token(text[i]); ++i) {
    if (text[i] == '@') last = i;
  }
  return last;
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string> candidates) {
  const std::string wanted = to_lower(name);
  std::optional<std::string> nearest;
  std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(wanted, to_lower(candidate), limit - 1);
    if (distance >= limit || distance >= wanted.size()) continue;
    limit = distance;
    nearest = candidate;
    if (limit == 0) break;
  }
  return nearest;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const auto nearest = nearest_name(name, candidates);
  return nearest ? fmt::format(", did you mean `{}`?", *nearest) : std::string();
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  // Where to go on if the text behind the last `*` does not match: let the star take one more.
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      resume = t;
      continue;
    }
    if (p < pattern.size()) {
      std::size_t next_t = t;
      std::size_t next_p = p;
      const char32_t c = next_code_point(text, next_t);
      const bool matched = pattern[p] == '['   ? matches_set(pattern, next_p, c)
                           : pattern[p] == '?' ? (++next_p, true)
                                               : next_code_point(pattern, next_p) == c;
      if (matched) {
        p = next_p;
        t = next_t;
        continue;
      }
    }
    if (star == std::string_view::npos) return false;
    p = star;
    next_code_point(text, resume);
    t = resume;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string mask_secrets(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool in_query = false;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i, 3) == "://") {
      out += "://";
      i += 3;
      const std::size_t end = end_of_credentials(text, i);
      const auto colon = text.substr(i, end - i).find(':');
      if (colon != std::string_view::npos) {
        out += text.substr(i, colon + 1);
        out += "***";
        i = end;
      }
      continue;
    }
    if (const auto value = value_of_secret(text, i)) {
      out += text.substr(i, *value - i);
      const std::size_t end = end_of_value(text, *value, in_query);
      if (end > *value) out += "***";
      i = end;
      continue;
    }
    if (ends_token(text[i])) in_query = false;
    if (text[i] == '?') in_query = true;
    out.push_back(text[i++]);
  }
  return out;
}

}  // namespace tarn
