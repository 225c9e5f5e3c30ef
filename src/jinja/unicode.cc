// SPDX-License-Identifier: Apache-2.0
#include "jinja/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tarn::jinja {

namespace {

utf8proc_category_t category_of(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

// Characters whose upper-case form is more than one character.
struct WideUpper {
  char32_t character;
  std::string_view upper;
  std::string_view title;
};
constexpr std::array<WideUpper, 12> kWideUpper = {{
    {0xDF, "SS", "Ss"},
    {0x149, "\u02BCN", "\u02BCN"},
    {0x1F0, "J\u030C", "J\u030C"},
    {0x390, "\u0399\u0308\u0301", "\u0399\u0308\u0301"},
    {0x3B0, "\u03A5\u0308\u0301", "\u03A5\u0308\u0301"},
    {0xFB00, "FF", "Ff"},
    {0xFB01, "FI", "Fi"},
    {0xFB02, "FL", "Fl"},
    {0xFB03, "FFI", "Ffi"},
    {0xFB04, "FFL", "Ffl"},
    {0xFB05, "ST", "St"},
    {0xFB06, "ST", "St"},
}};

const WideUpper* find_wide_upper(char32_t c) {
  const auto* found = std::find_if(kWideUpper.begin(), kWideUpper.end(),
                                   [c](const WideUpper& wide) { return wide.character == c; });
  return found == kWideUpper.end() ? nullptr : found;
}

bool is_ascii_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

void append_upper(std::string& out, char32_t c) {
  if (const auto* wide = find_wide_upper(c)) {
    out += wide->upper;
  } else {
    append_utf8(out, static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c))));
  }
}

void append_title(std::string& out, char32_t c) {
  if (const auto* wide = find_wide_upper(c)) {
    out += wide->title;
  } else {
    append_utf8(out, static_cast<char32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(c))));
  }
}

void append_lower(std::string& out, char32_t c) {
  if (c == 0x130) {
    out += "i\u0307";
  } else {
    append_utf8(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
  }
}

template <typename Append>
std::string map_text(std::string_view text, Append append) {
  std::string out;
  out.reserve(text.size());
  std::size_t offset = 0;
  while (offset < text.size()) append(out, next_code_point(text, offset));
  return out;
}

}  // namespace

bool is_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_alpha(char32_t c) {
  if (c < 0x80) return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  const auto category = category_of(c);
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
         category == UTF8PROC_CATEGORY_LT || category == UTF8PROC_CATEGORY_LM ||
         category == UTF8PROC_CATEGORY_LO;
}

bool is_decimal(char32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  return category_of(c) == UTF8PROC_CATEGORY_ND;
}

int decimal_value(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (!is_decimal(c)) return -1;
  // Decimal digits come in runs of ten that start at their zero.
  int value = 0;
  while (value < 9 && is_decimal(c - static_cast<char32_t>(value) - 1)) ++value;
  return c >= 0x1D7CE && c <= 0x1D7FF ? static_cast<int>((c - 0x1D7CE) % 10) : value;
}

bool is_digit(char32_t c) {
  if (is_decimal(c)) return true;
  return c == 0xB2 || c == 0xB3 || c == 0xB9 || c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ||
         (c >= 0x2080 && c <= 0x2089) || (c >= 0x2460 && c <= 0x2468) ||
         (c >= 0x2474 && c <= 0x247C) || (c >= 0x2488 && c <= 0x2490) ||
         (c >= 0x24F5 && c <= 0x24FD) || c == 0x24EA || c == 0x24FF ||
         (c >= 0x2776 && c <= 0x277E) || (c >= 0x2780 && c <= 0x2788) ||
         (c >= 0x278A && c <= 0x2792) || (c >= 0x1369 && c <= 0x1371) || c == 0x19DA;
}

bool is_numeric(char32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  const auto category = category_of(c);
  constexpr std::u32string_view kHan =
      U"〇一二三四五六七八九十百千万亿零壹贰叁肆伍陆柒捌玖拾佰仟萬億兆京兩廿卅卌";
  return category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL ||
         category == UTF8PROC_CATEGORY_NO || kHan.find(c) != std::u32string_view::npos;
}

bool is_upper(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z';
  return category_of(c) == UTF8PROC_CATEGORY_LU || (c >= 0x2160 && c <= 0x216F) ||
         (c >= 0x24B6 && c <= 0x24CF);
}

bool is_lower(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z';
  return category_of(c) == UTF8PROC_CATEGORY_LL || c == 0xAA || c == 0xBA ||
         (c >= 0x2170 && c <= 0x217F) || (c >= 0x24D0 && c <= 0x24E9);
}

bool is_title(char32_t c) { return c >= 0x80 && category_of(c) == UTF8PROC_CATEGORY_LT; }
bool is_cased(char32_t c) { return is_upper(c) || is_lower(c) || is_title(c); }

bool is_printable(char32_t c) {
  if (c < 0x80) return c >= 0x20 && c != 0x7F;
  switch (category_of(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS:
      return false;
    default:
      return true;
  }
}

bool is_word(char32_t c) {
  if (c < 0x80) return is_alpha(c) || (c >= '0' && c <= '9') || c == '_';
  if (is_alpha(c) || is_numeric(c)) return true;
  const auto category = category_of(c);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
         category == UTF8PROC_CATEGORY_PC || c == 0xB7;
}

bool is_identifier(std::string_view text) {
  if (text.empty()) return false;
  std::size_t offset = 0;
  bool first = true;
  while (offset < text.size()) {
    const char32_t c = next_code_point(text, offset);
    const bool letter = c == '_' || is_alpha(c) || category_of(c) == UTF8PROC_CATEGORY_NL;
    if (!letter && (first || !is_word(c))) return false;
    if (!letter && c >= 0x80 && category_of(c) == UTF8PROC_CATEGORY_NO) return false;
    first = false;
  }
  return true;
}

std::string upper_text(std::string_view text) {
  if (is_ascii_text(text)) return to_upper(text);
  return map_text(text, append_upper);
}

std::string lower_text(std::string_view text) {
  if (is_ascii_text(text)) return to_lower(text);
  // A capital sigma at the end of a word has a form of its own.
  std::string out;
  std::size_t offset = 0;
  bool after_cased = false;
  while (offset < text.size()) {
    const char32_t c = next_code_point(text, offset);
    if (c == 0x3A3 && after_cased) {
      std::size_t ahead = offset;
      const bool word_goes_on = ahead < text.size() && is_cased(next_code_point(text, ahead));
      append_utf8(out, word_goes_on ? 0x3C3 : 0x3C2);
    } else {
      append_lower(out, c);
    }
    after_cased = is_cased(c);
  }
  return out;
}

std::string title_text(std::string_view text) {
  bool in_word = false;
  return map_text(text, [&in_word](std::string& out, char32_t c) {
    if (in_word) {
      append_lower(out, c);
    } else {
      append_title(out, c);
    }
    in_word = is_cased(c);
  });
}

std::string capitalize_text(std::string_view text) {
  bool first = true;
  return map_text(text, [&first](std::string& out, char32_t c) {
    if (first) {
      append_title(out, c);
    } else {
      append_lower(out, c);
    }
    first = false;
  });
}

std::string swap_case_text(std::string_view text) {
  return map_text(text, [](std::string& out, char32_t c) {
    if (is_upper(c)) {
      append_lower(out, c);
    } else if (is_lower(c)) {
      append_upper(out, c);
    } else {
      append_utf8(out, c);
    }
  });
}

std::string casefold_text(std::string_view text) {
  return map_text(text, [](std::string& out, char32_t c) {
    if (c == 0xDF || c == 0x1E9E) {
      out += "ss";
    } else if (c == 0x3C2) {
      append_utf8(out, 0x3C3);
    } else if (const auto* wide = find_wide_upper(c)) {
      out += lower_text(wide->upper);
    } else {
      append_lower(out, c);
    }
  });
}

std::size_t offset_of_code_point(std::string_view text, std::size_t index) {
  std::size_t offset = 0;
  while (index > 0 && offset < text.size()) {
    ++offset;
    while (offset < text.size() && (text[offset] & 0xC0) == 0x80) ++offset;
    --index;
  }
  return offset;
}

std::string_view strip_spaces(std::string_view text, bool left, bool right) {
  while (left && !text.empty()) {
    std::size_t offset = 0;
    if (!is_space(next_code_point(text, offset))) break;
    text.remove_prefix(offset);
  }
  while (right && !text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && (text[start] & 0xC0) == 0x80) --start;
    std::size_t offset = start;
    if (!is_space(next_code_point(text, offset))) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

}  // namespace tarn::jinja
