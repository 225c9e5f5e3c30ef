// SPDX-License-Identifier: Apache-2.0
#include "sql/lexer.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/check.h"

namespace tarn::sql {

namespace {

struct KeywordEntry {
  std::string_view text;
  bool reserved;
};

constexpr KeywordEntry kKeywords[] = {
#define KEYWORD(name, text, reserved) {text, reserved},
#include "sql/keywords.def"
#undef KEYWORD
};
constexpr auto kFirstKeyword = static_cast<std::uint16_t>(Token::Unrecognized) + 1;
constexpr std::size_t kKeywordLengthMax = 17;

constexpr std::string_view kMarks[] = {"<EOF>",
                                       "<identifier>",
                                       "<identifier>",
                                       "<identifier>",
                                       "<identifier>",
                                       "<string>",
                                       "<string>",
                                       "<binary>",
                                       "<integer>",
                                       "<decimal>",
                                       "<double>",
                                       "<string>",
                                       "=",
                                       "<>",
                                       "<",
                                       "<=",
                                       ">",
                                       ">=",
                                       "+",
                                       "-",
                                       "*",
                                       "/",
                                       "%",
                                       "||",
                                       "?",
                                       ";",
                                       "(",
                                       ")",
                                       "[",
                                       "]",
                                       ",",
                                       ".",
                                       ":",
                                       "->",
                                       "=>",
                                       "<unrecognized>"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_binary(char c) { return c == '0' || c == '1'; }

Token keyword_or_identifier(std::string_view word) {
  if (word.size() > kKeywordLengthMax) return Token::Identifier;
  std::array<char, kKeywordLengthMax> upper;
  for (std::size_t i = 0; i < word.size(); ++i) {
    char c = word[i];
    upper[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  std::string_view key(upper.data(), word.size());
  auto found = std::lower_bound(
      std::begin(kKeywords), std::end(kKeywords), key,
      [](const KeywordEntry& entry, std::string_view text) { return entry.text < text; });
  if (found == std::end(kKeywords) || found->text != key) return Token::Identifier;
  return static_cast<Token>(kFirstKeyword + (found - std::begin(kKeywords)));
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { out_.tokens.reserve(text.size() / 4 + 8); }

  TokenList run() {
    while (skip_blanks_and_comments(), position_ < text_.size()) {
      std::size_t begin = position_;
      Token token = next();
      push(token, begin);
    }
    push(Token::EndOfText, position_);
    match_parens();
    return std::move(out_);
  }

 private:
  char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

  // Moves the count of lines and columns on to `offset`.
  void count_to(std::size_t offset) {
    for (; counted_ < offset; ++counted_) {
      char c = text_[counted_];
      if (c == '\n') {
        ++line_;
        column_ = 1;
      } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
        ++column_;
      }
    }
  }

  TextSpan span_from(std::size_t begin) {
    count_to(begin);
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(position_ - begin), line_,
            column_};
  }

  void push(Token token, std::size_t begin) { out_.tokens.push_back({token, span_from(begin)}); }

  void skip_blanks_and_comments() {
    while (position_ < text_.size()) {
      char c = text_[position_];
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        ++position_;
      } else if (c == '-' && at(position_ + 1) == '-') {
        std::size_t begin = position_;
        std::size_t end = text_.find_first_of("\r\n", position_);
        position_ = end == std::string_view::npos ? text_.size() : end;
        out_.comments.push_back({span_from(begin)});
      } else if (c == '/' && at(position_ + 1) == '*' && !no_comment_end_) {
        std::size_t end = text_.find("*/", position_ + 2);
        no_comment_end_ = end == std::string_view::npos;
        if (no_comment_end_) return;
        std::size_t begin = position_;
        position_ = end + 2;
        out_.comments.push_back({span_from(begin)});
      } else {
        return;
      }
    }
  }

  // Reads a text in `mark`s, doubled marks inside, whose first mark is at `open`. Without an end
  // nothing is read, and no later text can have one.
  bool read_quoted(std::size_t open, char mark, bool doubled = true) {
    std::size_t from = open + 1;
    while (true) {
      std::size_t end = from < text_.size() ? text_.find(mark, from) : std::string_view::npos;
      if (end == std::string_view::npos) {
        // ANTLR takes the longest match: up to the last doubled mark, if there was one.
        if (last_doubled_ > open) {
          position_ = last_doubled_;
          return true;
        }
        return false;
      }
      if (doubled && at(end + 1) == mark) {
        last_doubled_ = end + 1;
        from = end + 2;
        continue;
      }
      position_ = end + 1;
      return true;
    }
  }

  Token quoted(std::size_t open, char mark, Token token, bool doubled = true) {
    last_doubled_ = 0;
    if (read_quoted(open, mark, doubled)) return token;
    return single();
  }

  Token single() {
    unsigned char lead = static_cast<unsigned char>(text_[position_]);
    std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    position_ = std::min(position_ + length, text_.size());
    return Token::Unrecognized;
  }

  Token take(std::size_t count, Token token) {
    position_ += count;
    return token;
  }

  Token next() {
    char c = text_[position_];
    if (is_letter(c) || c == '_') return word();
    if (is_digit(c) || (c == '.' && is_digit(at(position_ + 1)))) return number();
    switch (c) {
      case '\'':
        return quoted(position_, '\'', Token::String);
      case '"':
        return quoted(position_, '"', Token::QuotedIdentifier);
      case '`':
        return quoted(position_, '`', Token::BackquotedIdentifier);
      case '$':
        return dollar();
      default:
        return mark(c);
    }
  }

  Token dollar() {
    if (at(position_ + 1) == '$' && !no_dollar_end_) {
      std::size_t end = text_.find("$$", position_ + 2);
      if (end != std::string_view::npos) {
        position_ = end + 2;
        return Token::DollarString;
      }
      no_dollar_end_ = true;
    }
    return single();
  }

  Token mark(char c) {
    char following = at(position_ + 1);
    switch (c) {
      case '=':
        return following == '>' ? take(2, Token::FatArrow) : take(1, Token::Equal);
      case '!':
        return following == '=' ? take(2, Token::NotEqual) : single();
      case '<':
        if (following == '>') return take(2, Token::NotEqual);
        return following == '=' ? take(2, Token::LessOrEqual) : take(1, Token::Less);
      case '>':
        return following == '=' ? take(2, Token::GreaterOrEqual) : take(1, Token::Greater);
      case '-':
        return following == '>' ? take(2, Token::Arrow) : take(1, Token::Minus);
      case '|':
        return following == '|' ? take(2, Token::Concat) : single();
      case '+':
        return take(1, Token::Plus);
      case '*':
        return take(1, Token::Asterisk);
      case '/':
        return take(1, Token::Slash);
      case '%':
        return take(1, Token::Percent);
      case '?':
        return take(1, Token::QuestionMark);
      case ';':
        return take(1, Token::Semicolon);
      case '(':
        return take(1, Token::LeftParen);
      case ')':
        return take(1, Token::RightParen);
      case '[':
        return take(1, Token::LeftBracket);
      case ']':
        return take(1, Token::RightBracket);
      case ',':
        return take(1, Token::Comma);
      case '.':
        return take(1, Token::Dot);
      case ':':
        return take(1, Token::Colon);
      default:
        return single();
    }
  }

  Token word() {
    char c = text_[position_];
    std::size_t saved = position_;
    if ((c == 'X' || c == 'x') && at(position_ + 1) == '\'') {
      last_doubled_ = 0;
      if (read_quoted(position_ + 1, '\'', false)) return Token::Binary;
    } else if ((c == 'U' || c == 'u') && at(position_ + 1) == '&' && at(position_ + 2) == '\'') {
      last_doubled_ = 0;
      if (read_quoted(position_ + 2, '\'')) return Token::UnicodeString;
    }
    position_ = saved;
    std::size_t end = position_ + 1;
    while (end < text_.size() && is_word(text_[end])) ++end;
    std::string_view word = text_.substr(position_, end - position_);
    position_ = end;
    return keyword_or_identifier(word);
  }

  // The end of `('_'? digit)+` at `from`, or `from` if there is none.
  template <typename IsDigit>
  std::size_t digits(std::size_t from, IsDigit is, bool underscore_first) const {
    std::size_t end = from;
    while (true) {
      std::size_t next = end;
      if (at(next) == '_' && (end > from || underscore_first)) ++next;
      if (!is(at(next)) || next >= text_.size()) return end;
      end = next + 1;
    }
  }

  // The longest of the number forms wins, and a longer word with a leading digit beats them all.
  Token number() {
    std::size_t begin = position_;
    Token token = Token::Integer;
    std::size_t end = digits(begin, is_digit, false);
    if (text_[begin] == '0') {
      char base = static_cast<char>(at(begin + 1) | 32);
      std::size_t other = base == 'x'   ? digits(begin + 2, is_hex, true)
                          : base == 'o' ? digits(begin + 2, is_octal, true)
                          : base == 'b' ? digits(begin + 2, is_binary, true)
                                        : begin;
      if (other > begin + 2) end = std::max(end, other);
    }
    if (at(end) == '.' && end == digits(begin, is_digit, false)) {
      token = Token::Decimal;
      end = digits(end + 1, is_digit, false);
    }
    if (auto real = double_end(begin); real && *real > end) {
      token = Token::Double;
      end = *real;
    }
    if (text_[begin] != '.') {
      std::size_t word = begin;
      while (word < text_.size() && is_word(text_[word])) ++word;
      if (word > end) {
        token = Token::DigitIdentifier;
        end = word;
      }
    }
    position_ = end;
    return token;
  }

  std::optional<std::size_t> double_end(std::size_t begin) const {
    std::size_t end = begin;
    while (is_digit(at(end))) ++end;
    if (at(end) == '.') {
      ++end;
      while (is_digit(at(end))) ++end;
    }
    if ((at(end) | 32) != 'e') return std::nullopt;
    ++end;
    if (at(end) == '+' || at(end) == '-') ++end;
    if (!is_digit(at(end))) return std::nullopt;
    while (is_digit(at(end))) ++end;
    return end;
  }

  void match_parens() {
    out_.partner.assign(out_.tokens.size(), 0);
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < out_.tokens.size(); ++i) {
      Token token = out_.tokens[i].token;
      if (token == Token::LeftParen) {
        open.push_back(i);
      } else if (token == Token::RightParen && !open.empty()) {
        out_.partner[open.back()] = i;
        open.pop_back();
      }
    }
  }

  std::string_view text_;
  TokenList out_;
  std::size_t position_ = 0;
  std::size_t counted_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
  std::size_t last_doubled_ = 0;
  bool no_comment_end_ = false;
  bool no_dollar_end_ = false;
};

}  // namespace

std::string_view to_string(Token token) {
  auto index = static_cast<std::size_t>(token);
  return index < kFirstKeyword ? kMarks[index] : kKeywords[index - kFirstKeyword].text;
}

bool can_be_identifier(Token token) {
  if (is_keyword(token))
    return !kKeywords[static_cast<std::size_t>(token) - kFirstKeyword].reserved;
  return token >= Token::Identifier && token <= Token::DigitIdentifier;
}

TokenList tokenize(std::string_view text) { return Lexer(text).run(); }

}  // namespace tarn::sql
