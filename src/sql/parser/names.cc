// SPDX-License-Identifier: Apache-2.0
// Identifiers, strings and integers.
#include "base/text.h"
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<Identifier> Grammar::identifier() {
  Token token = cursor_.peek();
  if (!can_be_identifier(token)) {
    cursor_.note("<identifier>");
    return cursor_.unexpected();
  }
  Identifier name;
  name.span = cursor_.span();
  std::string_view source = cursor_.source();
  switch (token) {
    case Token::QuotedIdentifier:
      name.quoted = true;
      name.value = unquoted(source);
      if (name.value.empty()) {
        return invalid_input("Zero-length delimited identifier not allowed").at(name.span);
      }
      break;
    case Token::BackquotedIdentifier:
      return invalid_input(
                 "backquoted identifiers are not supported; use double quotes to quote identifiers")
          .at(name.span);
    case Token::DigitIdentifier:
      return invalid_input(
                 "identifiers must not start with a digit; surround the identifier with double "
                 "quotes")
          .at(name.span);
    default:
      name.value = std::string(source);
  }
  cursor_.advance();
  return name;
}

Result<QualifiedName> Grammar::qualified_name() {
  QualifiedName name;
  std::size_t begin = cursor_.position();
  do {
    name.parts.push_back(TRY(identifier()));
  } while (cursor_.take(Token::Dot));
  name.span = cursor_.span_from(begin);
  return name;
}

bool Grammar::starts_clause() const {
  Token following = cursor_.peek(1);
  switch (cursor_.peek()) {
    case Token::KwLimit:
      return following == Token::Integer || following == Token::KwAll ||
             following == Token::QuestionMark;
    case Token::KwOffset:
      return following == Token::Integer || following == Token::QuestionMark;
    case Token::KwFetch:
      return following == Token::KwFirst || following == Token::KwNext;
    case Token::KwWindow:
      return can_be_identifier(following) && cursor_.peek(2) == Token::KwAs;
    case Token::KwTablesample:
      return following == Token::KwBernoulli || following == Token::KwSystem;
    case Token::KwMatchRecognize:
      return following == Token::LeftParen;
    default:
      return false;
  }
}

Result<std::optional<Identifier>> Grammar::optional_alias() {
  if (cursor_.take(Token::KwAs)) return TRY(identifier());
  if (can_be_identifier(cursor_.peek()) && !starts_clause()) return TRY(identifier());
  cursor_.note("<identifier>");
  return std::optional<Identifier>{};
}

Result<std::vector<Identifier>> Grammar::optional_column_list() {
  if (!cursor_.at(Token::LeftParen)) return std::vector<Identifier>{};
  return parenthesized_list<Identifier>(&Grammar::identifier);
}

bool Grammar::at_string() const {
  return cursor_.peek() == Token::String || cursor_.peek() == Token::UnicodeString;
}

std::string Grammar::unquoted(std::string_view source) const {
  char mark = source.front();
  std::string_view inner = source.substr(1, source.size() - 2);
  if (inner.find(mark) == std::string_view::npos) return std::string(inner);
  return replace_all(inner, std::string(2, mark), std::string(1, mark));
}

Result<std::string> Grammar::string() {
  if (cursor_.peek() == Token::UnicodeString) return unicode_string();
  if (cursor_.peek() != Token::String) {
    cursor_.note("<string>");
    return cursor_.unexpected();
  }
  std::string value = unquoted(cursor_.source());
  cursor_.advance();
  return value;
}

namespace {

bool is_hex_digits(std::string_view text) {
  for (char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return false;
  }
  return true;
}

Result<std::string> decode_unicode(std::string_view text, std::string_view escape) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (!text.substr(i).starts_with(escape)) {
      out += text[i++];
      continue;
    }
    i += escape.size();
    if (text.substr(i).starts_with(escape)) {
      out += escape;
      i += escape.size();
      continue;
    }
    std::size_t count = text.substr(i).starts_with('+') ? 6 : 4;
    if (count == 6) ++i;
    std::string_view digits = text.substr(i, count);
    if (digits.size() != count) {
      return invalid_input("Incomplete escape sequence: {}", digits);
    }
    if (!is_hex_digits(digits)) return invalid_input("Invalid hexadecimal digit: {}", digits);
    auto code = static_cast<char32_t>(std::stoul(std::string(digits), nullptr, 16));
    if (code > 0x10FFFF) return invalid_input("Invalid escaped character: {}", digits);
    if (code >= 0xD800 && code <= 0xDFFF) {
      return invalid_input(
          "Invalid escaped character: {}. Escaped character is a surrogate. Use '\\+123456' "
          "instead.",
          digits);
    }
    append_utf8(out, code);
    i += count;
  }
  return out;
}

}  // namespace

Result<std::string> Grammar::unicode_string() {
  TextSpan where = cursor_.span();
  std::string text = unquoted(cursor_.source().substr(2));
  cursor_.advance();
  std::string escape = "\\";
  if (cursor_.take(Token::KwUescape)) {
    if (!cursor_.at(Token::String)) return cursor_.unexpected();
    escape = unquoted(cursor_.source());
    cursor_.advance();
    bool bad = escape.size() != 1 || is_hex_digits(escape) || escape == "+" || escape == "'" ||
               escape == "\"" || escape == " ";
    if (bad) {
      if (escape.empty()) {
        defer(invalid_input("Empty Unicode escape character"), where);
      } else if (escape.size() != 1) {
        defer(invalid_input("Invalid Unicode escape character: {}", escape), where);
      } else {
        defer(invalid_input("Invalid Unicode escape character: {}", escape), where);
      }
      return text;
    }
  }
  auto decoded = decode_unicode(text, escape);
  if (decoded) return decoded;
  defer(std::move(decoded).error(), where);
  return text;
}

Result<std::int64_t> Grammar::integer_value(std::string_view source, const TextSpan& where) {
  std::string digits;
  for (char c : source) {
    if (c != '_') digits += c;
  }
  bool negative = digits.starts_with('-');
  std::size_t begin = negative ? 1 : 0;
  int base = 10;
  if (digits.size() > begin + 1 && digits[begin] == '0') {
    char mark = static_cast<char>(digits[begin + 1] | 32);
    base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    if (base != 10) begin += 2;
  }
  std::uint64_t value = 0;
  std::uint64_t limit = negative ? (std::uint64_t{1} << 63) : (std::uint64_t{1} << 63) - 1;
  for (std::size_t i = begin; i < digits.size(); ++i) {
    char c = digits[i];
    auto digit = static_cast<std::uint64_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    if (value > (limit - digit) / static_cast<std::uint64_t>(base)) {
      defer(invalid_input("Invalid numeric literal: {}", source), where);
      return 0;
    }
    value = value * static_cast<std::uint64_t>(base) + digit;
  }
  return static_cast<std::int64_t>(negative ? 0 - value : value);
}

Result<std::int64_t> Grammar::integer() {
  if (cursor_.peek() != Token::Integer) {
    cursor_.note("<integer>");
    return cursor_.unexpected();
  }
  TextSpan where = cursor_.span();
  std::int64_t value = TRY(integer_value(cursor_.source(), where));
  cursor_.advance();
  return value;
}

}  // namespace tarn::sql
