// SPDX-License-Identifier: Apache-2.0
#include "functions/json_cursor.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "types/json_text.h"
#include "types/number_text.h"

namespace tarn::functions {

namespace {

constexpr int kDepthMax = 1000;

bool is_word_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_json_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<unsigned> read_hex(std::string_view digits) {
  if (digits.size() != 4) return std::nullopt;
  unsigned out = 0;
  for (const char c : digits) {
    const char lower = static_cast<char>(c | 0x20);
    if (!is_json_digit(c) && (lower < 'a' || lower > 'f')) return std::nullopt;
    out = out << 4 | static_cast<unsigned>(is_json_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  return out;
}

// Resolves the escapes of a string without quotes.
bool unescape(std::string_view raw, std::string& out) {
  constexpr std::string_view kFrom = "\"\\/bfnrt";
  constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] != '\\') {
      out += raw[at++];
      continue;
    }
    const char escape = at + 1 < raw.size() ? raw[at + 1] : '\0';
    at += 2;
    if (const std::size_t found = kFrom.find(escape); found != std::string_view::npos) {
      out += kTo[found];
      continue;
    }
    if (escape != 'u') return false;
    const auto code = read_hex(raw.substr(std::min(at, raw.size()), 4));
    if (!code) return false;
    at += 4;
    char32_t letter = *code;
    if (letter >= 0xD800 && letter < 0xDC00 && raw.substr(at, 2) == "\\u") {
      const auto low = read_hex(raw.substr(std::min(at + 2, raw.size()), 4));
      if (!low) return false;
      if (*low >= 0xDC00 && *low <= 0xDFFF) {
        at += 6;
        letter = 0x10000 + ((letter - 0xD800) << 10) + (*low - 0xDC00);
      }
    }
    // A lone surrogate has no UTF-8 form: Java writes a question mark.
    append_utf8(out, letter >= 0xD800 && letter <= 0xDFFF ? U'?' : letter);
  }
  return true;
}

}  // namespace

bool is_json_floating(std::string_view number) {
  return number.find_first_of(".eE") != std::string_view::npos;
}

void JsonCursor::skip_blanks() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
}

JsonKind JsonCursor::kind() {
  skip_blanks();
  if (failed_ || at_ >= text_.size()) return JsonKind::Bad;
  switch (text_[at_]) {
    case '{':
      return JsonKind::Object;
    case '[':
      return JsonKind::Array;
    case '"':
      return JsonKind::String;
    case 't':
    case 'f':
      return JsonKind::Boolean;
    case 'n':
      return JsonKind::Null;
    default:
      return text_[at_] == '-' || is_json_digit(text_[at_]) ? JsonKind::Number : JsonKind::Bad;
  }
}

bool JsonCursor::at_end() {
  skip_blanks();
  return !failed_ && at_ == text_.size();
}

bool JsonCursor::read_raw_string(RawString& out) {
  const std::size_t begin = ++at_;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') {
      out.text = text_.substr(begin, at_++ - begin);
      return is_valid_utf8(out.text) || fail();
    }
    if (static_cast<unsigned char>(c) < 0x20) return fail();
    if (c != '\\') continue;
    out.has_escapes = true;
    ++at_;
  }
  return fail();
}

bool JsonCursor::read_raw_number(std::string_view& out) {
  const std::size_t begin = at_;
  const auto digits = [&] {
    const std::size_t first = at_;
    while (at_ < text_.size() && is_json_digit(text_[at_])) ++at_;
    return at_ - first;
  };
  if (text_[at_] == '-') ++at_;
  const bool zero = at_ < text_.size() && text_[at_] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return fail();
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    if (digits() == 0) return fail();
  }
  if (at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    if (digits() == 0) return fail();
  }
  out = text_.substr(begin, at_ - begin);
  if (at_ < text_.size() &&
      std::string_view(" \t\r\n,]}").find(text_[at_]) == std::string_view::npos) {
    return fail();
  }
  return true;
}

bool JsonCursor::read_word(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return fail();
  at_ += word.size();
  return at_ >= text_.size() || !is_word_letter(text_[at_]) || fail();
}

bool JsonCursor::read_raw_scalar(std::string_view& out) {
  const JsonKind found = kind();
  const std::size_t begin = at_;
  switch (found) {
    case JsonKind::String: {
      RawString raw;
      if (!read_raw_string(raw)) return false;
      break;
    }
    case JsonKind::Number:
      return read_raw_number(out);
    case JsonKind::Boolean:
      if (!read_word(text_[at_] == 't' ? "true" : "false")) return false;
      break;
    case JsonKind::Null:
      if (!read_word("null")) return false;
      break;
    default:
      return fail();
  }
  out = text_.substr(begin, at_ - begin);
  return true;
}

bool JsonCursor::read_string(std::string& out) {
  RawString raw;
  if (!read_raw_string(raw)) return false;
  out.clear();
  if (!raw.has_escapes) {
    out = raw.text;
    return true;
  }
  return unescape(raw.text, out) || fail();
}

void JsonCursor::enter() {
  ++at_;
  first_ = true;
  if (++depth_ > kDepthMax) failed_ = true;
}

// At the next item, behind its comma; false at the closing letter, which is taken.
bool JsonCursor::next_part(char close) {
  skip_blanks();
  if (failed_ || at_ >= text_.size()) return fail();
  const bool first = first_;
  first_ = false;
  if (text_[at_] == close) {
    ++at_;
    --depth_;
    return false;
  }
  if (first) return true;
  if (text_[at_] != ',') return fail();
  ++at_;
  skip_blanks();
  return true;
}

bool JsonCursor::next_item() { return next_part(']'); }

bool JsonCursor::next_member(std::string& key) {
  if (!next_part('}')) return false;
  if (kind() != JsonKind::String || !read_string(key)) return fail();
  skip_blanks();
  if (at_ >= text_.size() || text_[at_] != ':') return fail();
  ++at_;
  return true;
}

bool JsonCursor::skip_value() {
  const JsonKind found = kind();
  if (found == JsonKind::Array) {
    enter();
    while (next_item()) {
      if (!skip_value()) return false;
    }
    return !failed_;
  }
  if (found == JsonKind::Object) {
    enter();
    std::string key;
    while (next_member(key)) {
      if (!skip_value()) return false;
    }
    return !failed_;
  }
  if (found == JsonKind::String) {
    std::string ignored;
    return read_string(ignored);
  }
  std::string_view ignored;
  return read_raw_scalar(ignored);
}

bool JsonCursor::copy_array(std::string& out, bool last_member_wins) {
  out += '[';
  bool first = true;
  enter();
  while (next_item()) {
    if (!first) out += ',';
    first = false;
    if (!copy_value(out, last_member_wins)) return false;
  }
  out += ']';
  return !failed_;
}

bool JsonCursor::copy_object(std::string& out, bool last_member_wins) {
  std::vector<std::pair<std::string, std::string>> members;
  std::unordered_map<std::string, std::size_t> index;
  std::string key;
  enter();
  while (next_member(key)) {
    std::string value;
    if (!copy_value(value, last_member_wins)) return false;
    const auto [found, is_new] = index.try_emplace(key, members.size());
    if (is_new || !last_member_wins) {
      members.emplace_back(std::move(key), std::move(value));
    } else {
      members[found->second].second = std::move(value);
    }
  }
  if (failed_) return false;
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    types::append_json_text(out, members[i].first);
    out += ':';
    out += members[i].second;
  }
  out += '}';
  return true;
}

bool JsonCursor::copy_value(std::string& out, bool last_member_wins) {
  switch (kind()) {
    case JsonKind::Array:
      return copy_array(out, last_member_wins);
    case JsonKind::Object:
      return copy_object(out, last_member_wins);
    case JsonKind::String: {
      std::string text;
      if (!read_string(text)) return false;
      types::append_json_text(out, text);
      return true;
    }
    case JsonKind::Number: {
      std::string_view number;
      if (!read_raw_number(number)) return false;
      const auto value = types::canonical_json(number);
      if (!value) return fail();
      out += *value;
      return true;
    }
    default: {
      std::string_view word;
      if (!read_raw_scalar(word)) return false;
      out += word;
      return true;
    }
  }
}

}  // namespace tarn::functions
