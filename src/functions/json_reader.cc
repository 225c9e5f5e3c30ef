// SPDX-License-Identifier: Apache-2.0
#include "functions/json_reader.h"

#include <charconv>

#include "base/text.h"

namespace tarn::functions {

namespace {

constexpr int kJsonReaderDepthMax = 1000;

bool is_json_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void JsonReader::skip_blanks() {
  while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n' ||
                                      text_[position_] == '\t' || text_[position_] == '\r')) {
    ++position_;
  }
}

bool JsonReader::accept(char sign) {
  skip_blanks();
  if (position_ >= text_.size() || text_[position_] != sign) return false;
  ++position_;
  return true;
}

bool JsonReader::at_end() {
  skip_blanks();
  return position_ == text_.size();
}

JsonToken JsonReader::next() {
  skip_blanks();
  if (position_ >= text_.size()) return JsonToken::Bad;
  const auto word = [this](std::string_view expected, JsonToken token) {
    if (!text_.substr(position_).starts_with(expected)) return JsonToken::Bad;
    position_ += expected.size();
    return token;
  };
  switch (text_[position_]) {
    case '[':
      ++position_;
      return JsonToken::BeginArray;
    case '{':
      ++position_;
      return JsonToken::BeginObject;
    case '"':
      return read_text() ? JsonToken::Text : JsonToken::Bad;
    case 'n':
      return word("null", JsonToken::Null);
    case 't':
      return word("true", JsonToken::True);
    case 'f':
      return word("false", JsonToken::False);
    default:
      return read_number();
  }
}

JsonToken JsonReader::read_number() {
  const std::size_t begin = position_;
  const auto peek = [this] { return position_ < text_.size() ? text_[position_] : '\0'; };
  const auto skip_digits = [&] {
    const std::size_t first = position_;
    while (is_json_digit(peek())) ++position_;
    return position_ - first;
  };
  if (peek() == '-') ++position_;
  const bool zero = peek() == '0';
  const std::size_t whole = skip_digits();
  if (whole == 0 || (zero && whole > 1)) return JsonToken::Bad;
  bool floating = false;
  if (peek() == '.') {
    ++position_;
    floating = true;
    if (skip_digits() == 0) return JsonToken::Bad;
  }
  if (peek() == 'e' || peek() == 'E') {
    ++position_;
    floating = true;
    if (peek() == '+' || peek() == '-') ++position_;
    if (skip_digits() == 0) return JsonToken::Bad;
  }
  decoded_ = text_.substr(begin, position_ - begin);
  return floating ? JsonToken::Float : JsonToken::Integer;
}

bool JsonReader::read_text() {
  ++position_;
  decoded_.clear();
  const auto hex = [this](unsigned& out) {
    const std::string_view digits = text_.substr(std::min(position_, text_.size()), 4);
    const auto end = digits.data() + digits.size();
    if (digits.size() < 4 || std::from_chars(digits.data(), end, out, 16).ptr != end) return false;
    position_ += 4;
    return true;
  };
  while (position_ < text_.size()) {
    const char c = text_[position_++];
    if (c == '"') return is_valid_utf8(decoded_);
    if (static_cast<unsigned char>(c) < 0x20) return false;
    if (c != '\\') {
      decoded_ += c;
      continue;
    }
    if (position_ >= text_.size()) return false;
    const char escape = text_[position_++];
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (const std::size_t at = kFrom.find(escape); at != std::string_view::npos) {
      decoded_ += kTo[at];
      continue;
    }
    unsigned code = 0;
    unsigned low = 0;
    if (escape != 'u' || !hex(code)) return false;
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(position_, 2) == "\\u") {
      position_ += 2;
      if (!hex(low) || low < 0xdc00 || low > 0xdfff) return false;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(decoded_, code >= 0xd800 && code <= 0xdfff ? U'?' : static_cast<char32_t>(code));
  }
  return false;
}

bool JsonReader::skip_value(int depth) {
  if (depth > kJsonReaderDepthMax) return false;
  switch (next()) {
    case JsonToken::Bad:
      return false;
    case JsonToken::BeginArray:
      if (accept(']')) return true;
      do {
        if (!skip_value(depth + 1)) return false;
      } while (accept(','));
      return accept(']');
    case JsonToken::BeginObject:
      if (accept('}')) return true;
      do {
        skip_blanks();
        if (next() != JsonToken::Text || !accept(':') || !skip_value(depth + 1)) return false;
      } while (accept(','));
      return accept('}');
    default:
      return true;
  }
}

std::optional<std::string_view> JsonReader::raw_value() {
  skip_blanks();
  const std::size_t begin = position_;
  if (!skip_value(0)) return std::nullopt;
  return text_.substr(begin, position_ - begin);
}

}  // namespace tarn::functions
