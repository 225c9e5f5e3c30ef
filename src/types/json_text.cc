// SPDX-License-Identifier: Apache-2.0
#include "types/json_text.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/json_text.h"
#include "base/text.h"
#include "types/number_text.h"

namespace tarn::types {
namespace {

constexpr int kJsonDepthMax = 1000;

// UTF-16 order, as Java sorts: only surrogates (U+10000 and up) differ from the order of bytes,
// they come before U+E000–U+FFFF.
bool less_in_utf16(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  const auto [left, right] =
      std::mismatch(a.begin(), a.begin() + static_cast<long>(common), b.begin());
  if (left == a.begin() + static_cast<long>(common)) return a.size() < b.size();
  const auto x = static_cast<unsigned char>(*left);
  const auto y = static_cast<unsigned char>(*right);
  if (x >= 0xee && y >= 0xf0) return false;
  if (x >= 0xf0 && y >= 0xee && y < 0xf0) return true;
  return x < y;
}

class JsonCanonicalizer {
 public:
  explicit JsonCanonicalizer(std::string_view text) : text_(text) {}

  Result<std::string> run() {
    std::string out;
    TRY(write_value(out, 0));
    skip_space();
    if (position_ != text_.size()) return bad();
    return out;
  }

 private:
  Error bad() const {
    return invalid_input("cannot convert value to JSON: '{}'", text_.substr(0, 200));
  }

  void skip_space() {
    while (position_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[position_]) != std::string_view::npos) {
      ++position_;
    }
  }

  char peek() {
    skip_space();
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  bool accept(char c) {
    if (peek() != c || position_ >= text_.size()) return false;
    ++position_;
    return true;
  }

  Result<void> write_value(std::string& out, int level) {
    if (level > kJsonDepthMax) return bad();
    switch (peek()) {
      case '{':
        return write_object(out, level);
      case '[':
        return write_array(out, level);
      case '"':
        append_json_text(out, TRY(read_string()));
        return ok();
      case 't':
        return write_word(out, "true");
      case 'f':
        return write_word(out, "false");
      case 'n':
        return write_word(out, "null");
      default:
        return write_number(out);
    }
  }

  Result<void> write_word(std::string& out, std::string_view word) {
    if (text_.substr(position_, word.size()) != word) return bad();
    position_ += word.size();
    if (position_ < text_.size() && ((text_[position_] | 0x20) >= 'a') &&
        ((text_[position_] | 0x20) <= 'z')) {
      return bad();
    }
    out += word;
    return ok();
  }

  Result<void> write_array(std::string& out, int level) {
    ++position_;
    out += '[';
    if (!accept(']')) {
      TRY(write_value(out, level + 1));
      while (accept(',')) {
        out += ',';
        TRY(write_value(out, level + 1));
      }
      if (!accept(']')) return bad();
    }
    out += ']';
    return ok();
  }

  Result<void> write_object(std::string& out, int level) {
    ++position_;
    std::vector<std::pair<std::string, std::string>> members;
    if (!accept('}')) {
      do {
        if (peek() != '"') return bad();
        std::string key = TRY(read_string());
        if (!accept(':')) return bad();
        std::string value;
        TRY(write_value(value, level + 1));
        members.emplace_back(std::move(key), std::move(value));
      } while (accept(','));
      if (!accept('}')) return bad();
    }
    std::stable_sort(members.begin(), members.end(),
                     [](const auto& a, const auto& b) { return less_in_utf16(a.first, b.first); });
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i + 1 < members.size() && members[i].first == members[i + 1].first) continue;
      if (!first) out += ',';
      first = false;
      append_json_text(out, members[i].first);
      out += ':';
      out += members[i].second;
    }
    out += '}';
    return ok();
  }

  std::size_t skip_digits() {
    const std::size_t begin = position_;
    while (position_ < text_.size() && text_[position_] >= '0' && text_[position_] <= '9') {
      ++position_;
    }
    return position_ - begin;
  }

  Result<void> write_number(std::string& out) {
    const std::size_t begin = position_;
    if (position_ < text_.size() && text_[position_] == '-') ++position_;
    const std::size_t whole = position_;
    const std::size_t digits = skip_digits();
    if (digits == 0 || (digits > 1 && text_[whole] == '0')) return bad();
    bool floating = false;
    if (position_ < text_.size() && text_[position_] == '.') {
      floating = true;
      ++position_;
      if (skip_digits() == 0) return bad();
    }
    if (position_ < text_.size() && (text_[position_] | 0x20) == 'e') {
      floating = true;
      ++position_;
      if (position_ < text_.size() && (text_[position_] == '+' || text_[position_] == '-')) {
        ++position_;
      }
      if (skip_digits() == 0) return bad();
    }
    if (position_ < text_.size() &&
        std::string_view(",]} \t\r\n").find(text_[position_]) == std::string_view::npos) {
      return bad();
    }
    const std::string_view number = text_.substr(begin, position_ - begin);
    if (!floating) {
      out += number == "-0" ? "0" : number;
      return ok();
    }
    const auto value = parse_java_double(number);
    if (!value) return bad();
    if (*value - *value != 0) {
      out += *value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
    } else {
      append_java_double(out, *value);
    }
    return ok();
  }

  Result<unsigned> read_hex4() {
    if (text_.size() - position_ < 4) return bad();
    unsigned value = 0;
    const char* begin = text_.data() + position_;
    const auto result = std::from_chars(begin, begin + 4, value, 16);
    if (result.ptr != begin + 4) return bad();
    position_ += 4;
    return value;
  }

  Result<void> read_unicode_escape(std::string& out) {
    unsigned code = TRY(read_hex4());
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(position_, 2) == "\\u") {
      position_ += 2;
      const unsigned low = TRY(read_hex4());
      if (low < 0xdc00 || low > 0xdfff) return bad();
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    // A lone surrogate has no UTF-8 form: Java writes a question mark.
    append_utf8(out, code >= 0xd800 && code <= 0xdfff ? U'?' : static_cast<char32_t>(code));
    return ok();
  }

  // At the opening quote.
  Result<std::string> read_string() {
    ++position_;
    std::string out;
    while (position_ < text_.size()) {
      const char c = text_[position_++];
      if (c == '"') {
        if (!is_valid_utf8(out)) return bad();
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20) return bad();
      if (c != '\\') {
        out += c;
        continue;
      }
      if (position_ >= text_.size()) return bad();
      const char escape = text_[position_++];
      constexpr std::string_view kFrom = "\"\\/bfnrt";
      constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
      if (escape == 'u') {
        TRY(read_unicode_escape(out));
      } else if (const std::size_t at = kFrom.find(escape); at != std::string_view::npos) {
        out += kTo[at];
      } else {
        return bad();
      }
    }
    return bad();
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  tarn::append_json_text(out, text, JsonEscapes::Java);
}

Result<std::string> canonical_json(std::string_view text) { return JsonCanonicalizer(text).run(); }

}  // namespace tarn::types
