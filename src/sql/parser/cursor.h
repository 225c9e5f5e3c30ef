// SPDX-License-Identifier: Apache-2.0
// A position in a list of tokens, and what was looked for there. What was expected is written down
// only in a second run after an error, so that the first run costs nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/lexer.h"
#include "sql/tree/node.h"

namespace tarn::sql {

class Cursor {
 public:
  Cursor(std::string_view text, const TokenList& list, bool recording)
      : text_(text), list_(list), recording_(recording) {}

  Token peek(std::size_t ahead = 0) const {
    std::size_t index = position_ + ahead;
    return index < list_.tokens.size() ? list_.tokens[index].token : Token::EndOfText;
  }
  std::size_t position() const { return position_; }
  void rewind(std::size_t position) { position_ = position; }
  std::uint32_t partner(std::size_t position) const { return list_.partner[position]; }
  Token token_at(std::size_t position) const {
    return position < list_.tokens.size() ? list_.tokens[position].token : Token::EndOfText;
  }
  const TextSpan& span() const { return list_.tokens[position_].span; }
  std::string_view source() const { return text_of(span()); }
  std::string_view text_of(const TextSpan& span) const {
    return text_.substr(span.offset, span.length);
  }
  void advance() {
    if (position_ + 1 < list_.tokens.size()) ++position_;
  }

  // Is this token next? If not, it is written down as expected.
  bool at(Token token) {
    if (peek() == token) return true;
    note(token);
    return false;
  }
  bool take(Token token) {
    if (!at(token)) return false;
    advance();
    return true;
  }
  // Both tokens in a row, or none.
  bool take(Token first, Token second) {
    if (peek() != first || peek(1) != second) {
      if (peek() != first) note(first);
      return false;
    }
    advance();
    advance();
    return true;
  }
  // An identifier token with this text, upper case; for words that are no keywords.
  bool at_word(std::string_view word, std::size_t ahead = 0) const;
  bool take_word(std::string_view word) {
    if (!at_word(word)) return false;
    advance();
    return true;
  }
  Result<void> expect(Token token) {
    if (take(token)) return {};
    return unexpected();
  }
  Result<void> expect(Token first, Token second) {
    TRY(expect(first));
    return expect(second);
  }

  void note(Token token);
  void note(std::string_view rule);
  // Names a rule instead of the tokens that it starts with.
  void enter_rule(std::string_view rule) {
    if (!recording_) return;
    note(rule);
    silent_at_ = position_;
  }

  // mismatched input 'x'. Expecting: ….
  Error unexpected() const;

  // From the token at `begin` to the last one read.
  TextSpan span_from(std::size_t begin) const;

 private:
  void add_expected(std::string text);

  std::string_view text_;
  const TokenList& list_;
  std::size_t position_ = 0;
  bool recording_ = false;
  std::size_t silent_at_ = static_cast<std::size_t>(-1);
  std::size_t noted_at_ = 0;
  std::vector<std::string> expected_;
};

}  // namespace tarn::sql
