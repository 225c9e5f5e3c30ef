// SPDX-License-Identifier: Apache-2.0
#include "jinja/text_wrap.h"

#include <algorithm>

#include "base/text.h"
#include "jinja/error.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

using Points = std::u32string;

Points to_points(std::string_view text) {
  Points points;
  std::size_t offset = 0;
  while (offset < text.size()) points.push_back(next_code_point(text, offset));
  return points;
}

std::string to_bytes(const Points& points) {
  std::string text;
  for (const char32_t c : points) append_utf8(text, c);
  return text;
}

// Only these separate words here.
bool is_blank(char32_t c) {
  return c == '\t' || c == '\n' || c == 0x0B || c == 0x0C || c == '\r' || c == ' ';
}
bool is_letter(char32_t c) { return is_word(c) && !is_decimal(c); }
bool is_dash_leader(char32_t c) {
  constexpr std::u32string_view kMarks = U"!\"'&.,?";
  return is_word(c) || kMarks.find(c) != std::u32string_view::npos;
}

// Whether a word may be cut after the hyphen at `at`: two letters (or `a-b`) before, letters after.
bool cuts_after_hyphen(const Points& text, std::size_t start, std::size_t at) {
  const bool two_letters = at >= 2 && is_letter(text[at - 1]) && is_letter(text[at - 2]);
  const bool letter_hyphen_letter =
      at >= 3 && is_letter(text[at - 1]) && text[at - 2] == '-' && is_letter(text[at - 3]);
  if (!two_letters && !letter_hyphen_letter) return false;
  if (at <= start) return false;
  std::size_t next = at + 1;
  if (next >= text.size() || !is_letter(text[next])) return false;
  ++next;
  if (next < text.size() && text[next] == '-') ++next;
  return next < text.size() && is_letter(text[next]);
}

std::size_t dashes_end(const Points& text, std::size_t at) {
  while (at < text.size() && text[at] == '-') ++at;
  return at;
}

// Two or more dashes between words.
bool is_em_dash(const Points& text, std::size_t at) {
  if (at == 0 || !is_dash_leader(text[at - 1])) return false;
  const std::size_t end = dashes_end(text, at);
  return end >= at + 2 && end < text.size() && is_word(text[end]);
}

std::size_t hyphenated_end(const Points& text, std::size_t start) {
  for (std::size_t at = start + 1; at <= text.size(); ++at) {
    // At least one character is taken before any of the ends is tried.
    if (at < text.size() && text[at] == '-' && cuts_after_hyphen(text, start, at)) return at + 1;
    if (at == text.size() || is_blank(text[at])) return at;
    if (is_em_dash(text, at)) return at;
  }
  return text.size();
}

std::vector<Points> split_chunks(const Points& text, bool break_on_hyphens) {
  std::vector<Points> chunks;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    if (is_blank(text[at])) {
      while (end < text.size() && is_blank(text[end])) ++end;
    } else if (!break_on_hyphens) {
      while (end < text.size() && !is_blank(text[end])) ++end;
    } else if (is_em_dash(text, at)) {
      end = dashes_end(text, at);
    } else {
      end = hyphenated_end(text, at);
    }
    chunks.push_back(text.substr(at, end - at));
    at = end;
  }
  return chunks;
}

bool is_blank_chunk(const Points& chunk) {
  return std::all_of(chunk.begin(), chunk.end(), [](char32_t c) { return is_space(c); });
}

}  // namespace

Result<std::vector<std::string>> wrap_text(std::string_view text, const WrapOptions& options) {
  if (options.width <= 0) {
    return value_error("invalid width {} (must be > 0)", options.width);
  }
  const auto width = static_cast<std::size_t>(options.width);
  auto chunks = split_chunks(to_points(text), options.break_on_hyphens);
  std::reverse(chunks.begin(), chunks.end());
  std::vector<std::string> lines;
  while (!chunks.empty()) {
    std::vector<Points> line;
    std::size_t length = 0;
    if (!lines.empty() && is_blank_chunk(chunks.back())) chunks.pop_back();
    while (!chunks.empty() && length + chunks.back().size() <= width) {
      length += chunks.back().size();
      line.push_back(std::move(chunks.back()));
      chunks.pop_back();
    }
    if (!chunks.empty() && chunks.back().size() > width) {
      Points& word = chunks.back();
      if (options.break_long_words) {
        std::size_t end = width - length;
        if (options.break_on_hyphens && word.size() > end && end > 0) {
          const std::size_t hyphen = word.rfind(U'-', end - 1);
          const bool inside =
              hyphen != Points::npos && hyphen > 0 &&
              std::any_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(hyphen),
                          [](char32_t c) { return c != '-'; });
          if (inside) end = hyphen + 1;
        }
        line.push_back(word.substr(0, end));
        word.erase(0, end);
      } else if (line.empty()) {
        line.push_back(std::move(word));
        chunks.pop_back();
      }
    }
    if (!line.empty() && is_blank_chunk(line.back())) line.pop_back();
    if (line.empty()) continue;
    std::string joined;
    for (const auto& chunk : line) joined += to_bytes(chunk);
    lines.push_back(std::move(joined));
  }
  return lines;
}

}  // namespace tarn::jinja
