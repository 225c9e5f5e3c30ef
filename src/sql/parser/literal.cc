// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "base/text.h"
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<ExpressionPtr> Grammar::number() {
  std::size_t begin = cursor_.position();
  bool negative = cursor_.take(Token::Minus);
  Token token = cursor_.peek();
  std::string text(negative ? "-" : "");
  text += cursor_.source();
  TextSpan where = cursor_.span_from(begin);
  if (token == Token::Integer) {
    auto literal = std::make_unique<IntegerLiteral>();
    literal->value = TRY(integer_value(text, where));
    cursor_.advance();
    return finish(std::move(literal), begin);
  }
  std::erase(text, '_');
  cursor_.advance();
  if (token == Token::Decimal) {
    auto literal = std::make_unique<DecimalLiteral>();
    literal->text = std::move(text);
    return finish(std::move(literal), begin);
  }
  auto literal = std::make_unique<DoubleLiteral>();
  literal->value = std::strtod(text.c_str(), nullptr);  // infinity and zero where out of range
  return finish(std::move(literal), begin);
}

Result<ExpressionPtr> Grammar::string_literal() {
  std::size_t begin = cursor_.position();
  auto literal = std::make_unique<StringLiteral>();
  literal->value = TRY(string());
  return finish(std::move(literal), begin);
}

Result<ExpressionPtr> Grammar::binary_literal() {
  std::size_t begin = cursor_.position();
  TextSpan where = cursor_.span();
  std::string_view source = cursor_.source();
  std::string digits;
  for (char c : source.substr(2, source.size() - 3)) {
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') digits += c;
  }
  cursor_.advance();
  auto literal = std::make_unique<BinaryLiteral>();
  auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (!std::all_of(digits.begin(), digits.end(), is_hex)) {
    defer(invalid_input("Binary literal can only contain hexadecimal digits"), where);
  } else if (digits.size() % 2 != 0) {
    defer(invalid_input("Binary literal must contain an even number of digits"), where);
  } else {
    literal->value = TRY(from_hex(digits));
  }
  return finish(std::move(literal), begin);
}

bool Grammar::at_interval_literal() const {
  if (cursor_.peek() != Token::KwInterval) return false;
  std::size_t ahead = 1;
  if (cursor_.peek(1) == Token::Plus || cursor_.peek(1) == Token::Minus) ++ahead;
  Token token = cursor_.peek(ahead);
  if (token == Token::UnicodeString) return true;
  return token == Token::String && (ahead == 2 || at_interval_field(2));
}

Result<ExpressionPtr> Grammar::interval_literal() {
  std::size_t begin = cursor_.position();
  TRY(cursor_.expect(Token::KwInterval));
  auto literal = std::make_unique<IntervalLiteral>();
  if (cursor_.take(Token::Minus)) {
    literal->negative = true;
  } else {
    cursor_.take(Token::Plus);
  }
  literal->text = TRY(string());
  literal->from = TRY(interval_field());
  if (cursor_.take(Token::KwTo)) literal->to = TRY(interval_field());
  return finish(std::move(literal), begin);
}

Result<ExpressionPtr> Grammar::typed_literal() {
  std::size_t begin = cursor_.position();
  auto literal = std::make_unique<TypedLiteral>();
  literal->type = TRY(identifier());
  if (!at_string()) {
    TRY(cursor_.expect(Token::KwPrecision));
    literal->type.value = "double";
  }
  literal->text = TRY(string());
  return finish(std::move(literal), begin);
}

Result<ExpressionPtr> Grammar::parameter() {
  std::size_t begin = cursor_.position();
  TRY(cursor_.expect(Token::QuestionMark));
  auto parameter = std::make_unique<Parameter>();
  parameter->index = parameter_count_++;
  return finish(std::move(parameter), begin);
}

}  // namespace tarn::sql
