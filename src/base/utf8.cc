// SPDX-License-Identifier: Apache-2.0
#include <utf8proc.h>

#include <cstring>

#include "base/text.h"

namespace tarn {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

// The number of leading ASCII bytes, eight at a time.
std::size_t ascii_prefix(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  while (i < text.size() && static_cast<signed char>(text[i]) >= 0) ++i;
  return i;
}

struct Utf8Sequence {
  char32_t code_point = kReplacement;
  std::size_t size = 1;
  bool valid = false;
};

// REQUIRES: offset < text.size().
Utf8Sequence decode_utf8(std::string_view text, std::size_t offset) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const unsigned first = at(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() - offset < size) return {};
  char32_t code_point = first & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0) != 0x80) return {};
    code_point = code_point << 6 | (at(i) & 0x3Fu);
  }
  const bool overlong = (size == 3 && code_point < 0x800) || (size == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (overlong || surrogate || code_point > 0x10FFFF) return {};
  return {code_point, size, true};
}

template <typename Map>
std::string map_code_points(std::string_view text, std::string ascii_mapped, Map map) {
  std::size_t offset = ascii_prefix(text);
  if (offset == text.size()) return ascii_mapped;
  std::string out = ascii_mapped.substr(0, offset);
  out.reserve(text.size() + 8);
  while (offset < text.size()) {
    const auto sequence = decode_utf8(text, offset);
    if (sequence.valid) {
      append_utf8(out, map(sequence.code_point));
    } else {
      out.push_back(text[offset]);
    }
    offset += sequence.size;
  }
  return out;
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& offset) {
  const auto sequence = decode_utf8(text, offset);
  offset += sequence.size;
  return sequence.code_point;
}

void append_utf8(std::string& out, char32_t code_point) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) {
    code_point = kReplacement;
  }
  const auto trail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | (code_point >> shift & 0x3F)));
  };
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code_point >> 6));
    trail(0);
  } else if (code_point < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | code_point >> 12));
    trail(6);
    trail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | code_point >> 18));
    trail(12);
    trail(6);
    trail(0);
  }
}

bool is_valid_utf8(std::string_view text) {
  while (true) {
    text.remove_prefix(ascii_prefix(text));
    if (text.empty()) return true;
    const auto sequence = decode_utf8(text, 0);
    if (!sequence.valid) return false;
    text.remove_prefix(sequence.size);
  }
}

std::size_t count_code_points(std::string_view text) {
  std::size_t offset = ascii_prefix(text);
  std::size_t count = offset;
  while (offset < text.size()) {
    offset += decode_utf8(text, offset).size;
    ++count;
  }
  return count;
}

std::string_view utf8_prefix(std::string_view text, std::size_t count) {
  if (count >= text.size()) return text;
  std::size_t offset = ascii_prefix(text.substr(0, count));
  if (offset == count) return text.substr(0, count);
  for (count -= offset; count > 0 && offset < text.size(); --count) {
    offset += decode_utf8(text, offset).size;
  }
  return text.substr(0, offset);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t offset = 0; offset < text.size();) {
    const char32_t c = next_code_point(text, offset);
    if (c < 0x80) {
      width += c >= 0x20 && c != 0x7F ? 1 : 0;
    } else {
      const int columns = utf8proc_charwidth(static_cast<utf8proc_int32_t>(c));
      width += columns > 0 ? static_cast<std::size_t>(columns) : 0;
    }
  }
  return width;
}

std::string utf8_lower(std::string_view text) {
  return map_code_points(text, to_lower(text), [](char32_t c) {
    return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  });
}

std::string utf8_upper(std::string_view text) {
  return map_code_points(text, to_upper(text), [](char32_t c) {
    // utf8proc goes to the capital sharp s; Unicode's simple mapping leaves the letter alone.
    if (c == 0xDF) return c;
    return static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c)));
  });
}

}  // namespace tarn
