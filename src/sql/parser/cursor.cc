// SPDX-License-Identifier: Apache-2.0
#include "sql/parser/cursor.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tarn::sql {

bool Cursor::at_word(std::string_view word, std::size_t ahead) const {
  if (peek(ahead) != Token::Identifier) return false;
  return equals_ignore_case(text_of(list_.tokens[position_ + ahead].span), word);
}

void Cursor::add_expected(std::string text) {
  if (noted_at_ != position_) {
    noted_at_ = position_;
    expected_.clear();
  }
  expected_.push_back(std::move(text));
}

void Cursor::note(Token token) {
  if (!recording_ || silent_at_ == position_) return;
  std::string_view text = to_string(token);
  bool special = text.size() > 2 && text.front() == '<';
  add_expected(special ? std::string(text) : fmt::format("'{}'", text));
}

void Cursor::note(std::string_view rule) {
  if (!recording_ || silent_at_ == position_) return;
  add_expected(std::string(rule));
}

Error Cursor::unexpected() const {
  std::string_view found = peek() == Token::EndOfText ? "<EOF>" : source();
  std::vector<std::string> expected;
  if (noted_at_ == position_) expected = expected_;
  std::sort(expected.begin(), expected.end());
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  Error error = expected.empty() ? invalid_input("mismatched input '{}'", found)
                                 : invalid_input("mismatched input '{}'. Expecting: {}", found,
                                                 join(expected, ", "));
  return std::move(error).at(span());
}

TextSpan Cursor::span_from(std::size_t begin) const {
  TextSpan span = list_.tokens[begin].span;
  if (position_ > begin) span.length = list_.tokens[position_ - 1].span.end() - span.offset;
  return span;
}

}  // namespace tarn::sql
