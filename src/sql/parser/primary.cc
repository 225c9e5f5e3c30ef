// SPDX-License-Identifier: Apache-2.0
// Primary expressions: literals, names, calls with a syntax of their own, parentheses.
#include "base/text.h"
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<ExpressionPtr> Grammar::primary() {
  std::size_t begin = cursor_.position();
  ExpressionPtr base = TRY(primary_base());
  while (true) {
    if (cursor_.peek() == Token::LeftBracket) {
      cursor_.advance();
      auto node = std::make_unique<Subscript>();
      node->base = std::move(base);
      node->index = TRY(value_expression());
      TRY(cursor_.expect(Token::RightBracket));
      TRY(add_link());
      base = finish(std::move(node), begin);
    } else if (cursor_.peek() == Token::Dot && cursor_.peek(1) != Token::Asterisk) {
      cursor_.advance();
      auto node = std::make_unique<Dereference>();
      node->base = std::move(base);
      node->field = TRY(identifier());
      TRY(add_link());
      base = finish(std::move(node), begin);
    } else {
      break;
    }
  }
  cursor_.note(Token::LeftBracket);
  cursor_.note(Token::Dot);
  primary_begin_ = begin;
  return base;
}

Result<ExpressionPtr> Grammar::primary_base() {
  cursor_.enter_rule("<expression>");
  switch (cursor_.peek()) {
    case Token::Minus:
    case Token::Integer:
    case Token::Decimal:
    case Token::Double:
      return number();
    case Token::String:
    case Token::UnicodeString:
      return string_literal();
    case Token::Binary:
      return binary_literal();
    case Token::QuestionMark:
      return parameter();
    case Token::LeftParen:
      return parenthesized();
    case Token::LeftBracket:
      return array();
    default:
      break;
  }
  if (can_be_identifier(cursor_.peek())) return name_expression();
  return keyword_expression();
}

// Reserved words that start an expression.
Result<ExpressionPtr> Grammar::keyword_expression() {
  std::size_t begin = cursor_.position();
  switch (cursor_.peek()) {
    case Token::KwNull:
      cursor_.advance();
      return finish(std::make_unique<NullLiteral>(), begin);
    case Token::KwTrue:
    case Token::KwFalse: {
      auto literal = std::make_unique<BooleanLiteral>();
      literal->value = cursor_.peek() == Token::KwTrue;
      cursor_.advance();
      return finish(std::move(literal), begin);
    }
    case Token::KwCase:
      return case_expression();
    case Token::KwCast:
      return cast();
    case Token::KwExists:
      return exists();
    case Token::KwExtract:
      return extract();
    case Token::KwTrim:
      return trim();
    case Token::KwNormalize:
      return normalize();
    case Token::KwGrouping:
      return grouping();
    case Token::KwListagg:
      return listagg();
    case Token::KwJsonExists:
      return json_exists();
    case Token::KwJsonValue:
      return json_value();
    case Token::KwJsonQuery:
      return json_query();
    case Token::KwJsonObject:
      return json_object();
    case Token::KwJsonArray:
      return json_array();
    case Token::KwCurrentDate:
    case Token::KwCurrentTime:
    case Token::KwCurrentTimestamp:
    case Token::KwLocaltime:
    case Token::KwLocaltimestamp:
    case Token::KwCurrentUser:
    case Token::KwCurrentCatalog:
    case Token::KwCurrentSchema:
    case Token::KwCurrentPath:
      return current_value();
    default:
      return cursor_.unexpected();
  }
}

// Names and the words that are names unless a special form follows.
Result<ExpressionPtr> Grammar::name_expression() {
  Token token = cursor_.peek();
  Token following = cursor_.peek(1);
  if (following == Token::LeftParen) {
    switch (token) {
      case Token::KwTryCast:
        return cast();
      case Token::KwRow:
        return row();
      case Token::KwPosition:
        return position_call();
      case Token::KwSubstring:
        return substring();
      default:
        break;
    }
  }
  if (token == Token::KwArray && following == Token::LeftBracket) return array();
  if (at_interval_literal()) return interval_literal();
  if (following == Token::String || following == Token::UnicodeString) return typed_literal();
  if (token == Token::KwDouble && following == Token::KwPrecision &&
      (cursor_.peek(2) == Token::String || cursor_.peek(2) == Token::UnicodeString)) {
    return typed_literal();
  }
  if (following == Token::Arrow) return lambda();
  bool mode = (token == Token::KwRunning || token == Token::KwFinal) &&
              can_be_identifier(following) && cursor_.peek(2) == Token::LeftParen;
  bool measure = following == Token::KwOver &&
                 (cursor_.peek(2) == Token::LeftParen || can_be_identifier(cursor_.peek(2)));
  if (mode || measure) {
    return unsupported("row pattern matching is not supported").at(cursor_.span());
  }
  if (at_call()) return call();
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<ColumnReference>();
  node->name = TRY(identifier());
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::parenthesized() {
  Nest nest(*this);
  TRY(check_depth());
  std::size_t begin = cursor_.position();
  std::uint32_t partner = cursor_.partner(begin);
  if (partner != 0 && cursor_.token_at(partner + 1) == Token::Arrow) return lambda();
  if (at_query(begin)) {
    auto node = std::make_unique<ScalarSubquery>();
    node->query = TRY(query_in_parens());
    return finish(std::move(node), begin);
  }
  cursor_.advance();
  ExpressionPtr first = TRY(expression());
  if (!cursor_.at(Token::Comma)) {
    TRY(cursor_.expect(Token::RightParen));
    return first;
  }
  auto node = std::make_unique<RowConstructor>();
  node->items.push_back(std::move(first));
  while (cursor_.take(Token::Comma)) node->items.push_back(TRY(expression()));
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::lambda() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<Lambda>();
  if (cursor_.take(Token::LeftParen)) {
    if (!cursor_.take(Token::RightParen)) {
      node->parameters = TRY((list<Identifier>(&Grammar::identifier)));
      TRY(cursor_.expect(Token::RightParen));
    }
  } else {
    node->parameters.push_back(TRY(identifier()));
  }
  TRY(cursor_.expect(Token::Arrow));
  node->body = TRY(expression());
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::case_expression() {
  std::size_t begin = cursor_.position();
  TRY(cursor_.expect(Token::KwCase));
  ExpressionPtr operand;
  if (!cursor_.at(Token::KwWhen)) operand = TRY(expression());
  std::vector<WhenClause> branches;
  do {
    std::size_t clause_begin = cursor_.position();
    TRY(cursor_.expect(Token::KwWhen));
    WhenClause clause;
    clause.condition = TRY(expression());
    TRY(cursor_.expect(Token::KwThen));
    clause.result = TRY(expression());
    clause.span = cursor_.span_from(clause_begin);
    branches.push_back(std::move(clause));
  } while (cursor_.at(Token::KwWhen));
  ExpressionPtr otherwise;
  if (cursor_.take(Token::KwElse)) otherwise = TRY(expression());
  TRY(cursor_.expect(Token::KwEnd));
  if (operand) {
    auto node = std::make_unique<SimpleCase>();
    node->operand = std::move(operand);
    node->branches = std::move(branches);
    node->otherwise = std::move(otherwise);
    return finish(std::move(node), begin);
  }
  auto node = std::make_unique<SearchedCase>();
  node->branches = std::move(branches);
  node->otherwise = std::move(otherwise);
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::cast() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<Cast>();
  node->null_on_error = cursor_.peek() == Token::KwTryCast;
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  node->operand = TRY(expression());
  TRY(cursor_.expect(Token::KwAs));
  node->type = TRY(type());
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::array() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<ArrayConstructor>();
  if (cursor_.peek() == Token::KwArray) cursor_.advance();
  TRY(cursor_.expect(Token::LeftBracket));
  if (!cursor_.take(Token::RightBracket)) {
    node->items = TRY((list<ExpressionPtr>(&Grammar::expression)));
    TRY(cursor_.expect(Token::RightBracket));
  }
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::row() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<RowConstructor>();
  cursor_.advance();
  node->items = TRY((parenthesized_list<ExpressionPtr>(&Grammar::expression)));
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::exists() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<Exists>();
  cursor_.advance();
  node->query = TRY(query_in_parens());
  return finish(std::move(node), begin);
}

Result<QueryPtr> Grammar::query_in_parens() {
  TRY(cursor_.expect(Token::LeftParen));
  QueryPtr query = TRY(this->query());
  TRY(cursor_.expect(Token::RightParen));
  return query;
}

Result<ExpressionPtr> Grammar::current_value() {
  using What = CurrentValue::What;
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<CurrentValue>();
  bool with_precision = false;
  switch (cursor_.peek()) {
    case Token::KwCurrentDate:
      node->what = What::Date;
      break;
    case Token::KwCurrentUser:
      node->what = What::User;
      break;
    case Token::KwCurrentCatalog:
      node->what = What::Catalog;
      break;
    case Token::KwCurrentSchema:
      node->what = What::Schema;
      break;
    case Token::KwCurrentPath:
      node->what = What::Path;
      break;
    default:
      with_precision = true;
      node->what = cursor_.peek() == Token::KwCurrentTime        ? What::Time
                   : cursor_.peek() == Token::KwCurrentTimestamp ? What::Timestamp
                   : cursor_.peek() == Token::KwLocaltime        ? What::LocalTime
                                                                 : What::LocalTimestamp;
  }
  cursor_.advance();
  if (with_precision && cursor_.take(Token::LeftParen)) {
    node->precision = TRY(integer());
    TRY(cursor_.expect(Token::RightParen));
  }
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::extract() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<Extract>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  Identifier field = TRY(identifier());
  TRY(cursor_.expect(Token::KwFrom));
  node->operand = TRY(value_expression());
  TRY(cursor_.expect(Token::RightParen));
  std::string name = to_upper(field.value);
  std::string valid;
  bool found = false;
  for (int i = 0; i <= static_cast<int>(ExtractField::TimezoneHour); ++i) {
    auto candidate = static_cast<ExtractField>(i);
    if (to_string(candidate) == name) {
      node->field = candidate;
      found = true;
    }
    if (i > 0) valid += ", ";
    valid += to_string(candidate);
  }
  if (!found) {
    defer(invalid_input("Invalid EXTRACT field {}, valid fields are: {}", name, valid),
          cursor_.span_from(begin));
  }
  return finish(std::move(node), begin);
}

// TRIM([[LEADING|TRAILING|BOTH] [characters] FROM] source) or TRIM(source, characters).
Result<ExpressionPtr> Grammar::trim() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<Trim>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  Token side = cursor_.peek();
  Token following = cursor_.peek(1);
  bool has_side =
      (side == Token::KwLeading || side == Token::KwTrailing || side == Token::KwBoth) &&
      following != Token::RightParen && following != Token::Comma && following != Token::Dot &&
      following != Token::LeftBracket;
  if (has_side) {
    node->side = side == Token::KwLeading    ? TrimSide::Leading
                 : side == Token::KwTrailing ? TrimSide::Trailing
                                             : TrimSide::Both;
    cursor_.advance();
  }
  if (cursor_.take(Token::KwFrom)) {
    node->operand = TRY(value_expression());
  } else {
    ExpressionPtr first = TRY(value_expression());
    if (cursor_.take(Token::KwFrom)) {
      node->characters = std::move(first);
      node->operand = TRY(value_expression());
    } else if (!has_side && cursor_.take(Token::Comma)) {
      node->operand = std::move(first);
      node->characters = TRY(value_expression());
    } else {
      if (has_side) return cursor_.unexpected();
      node->operand = std::move(first);
    }
  }
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

namespace {

std::unique_ptr<FunctionCall> make_call(const TextSpan& where, std::string name) {
  auto call = std::make_unique<FunctionCall>();
  call->name.span = where;
  call->name.parts.push_back({where, std::move(name), false});
  return call;
}

}  // namespace

// POSITION(needle IN haystack); with a comma it is a call of a function of that name.
Result<ExpressionPtr> Grammar::position_call() {
  std::size_t begin = cursor_.position();
  TextSpan where = cursor_.span();
  cursor_.advance();
  cursor_.advance();
  ExpressionPtr needle = TRY(value_expression());
  if (cursor_.take(Token::KwIn)) {
    auto node = make_call(where, "strpos");
    node->arguments.push_back(TRY(value_expression()));
    node->arguments.push_back(std::move(needle));
    TRY(cursor_.expect(Token::RightParen));
    return finish(std::move(node), begin);
  }
  auto node = make_call(where, "position");
  TRY(remaining_arguments(*node, std::move(needle)));
  return finish(std::move(node), begin);
}

// SUBSTRING(text FROM start [FOR length]), or a plain call.
Result<ExpressionPtr> Grammar::substring() {
  std::size_t begin = cursor_.position();
  auto node = make_call(cursor_.span(), std::string(cursor_.source()));
  cursor_.advance();
  cursor_.advance();
  if (cursor_.peek() == Token::RightParen || cursor_.peek() == Token::KwDistinct) {
    cursor_.rewind(begin);
    return call();
  }
  ExpressionPtr first = TRY(expression());
  if (cursor_.take(Token::KwFrom)) {
    node->name.parts.back().value = "substr";  // as which Trino reads it
    node->arguments.push_back(std::move(first));
    node->arguments.push_back(TRY(value_expression()));
    if (cursor_.take(Token::KwFor)) node->arguments.push_back(TRY(value_expression()));
    TRY(cursor_.expect(Token::RightParen));
  } else {
    TRY(remaining_arguments(*node, std::move(first)));
  }
  return finish(std::move(node), begin);
}

// The arguments of a call after the first, and what follows them.
Result<void> Grammar::remaining_arguments(FunctionCall& call, ExpressionPtr first) {
  call.arguments.push_back(std::move(first));
  while (cursor_.take(Token::Comma)) call.arguments.push_back(TRY(expression()));
  TRY(cursor_.expect(Token::RightParen));
  return call_suffix(call);
}

Result<ExpressionPtr> Grammar::normalize() {
  std::size_t begin = cursor_.position();
  auto node = make_call(cursor_.span(), "normalize");
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  node->arguments.push_back(TRY(value_expression()));
  auto form = std::make_unique<StringLiteral>();
  std::size_t form_begin = cursor_.position();
  form->value = "NFC";
  if (cursor_.take(Token::Comma)) {
    form_begin = cursor_.position();
    bool known = cursor_.at(Token::KwNfc) || cursor_.at(Token::KwNfd) ||
                 cursor_.at(Token::KwNfkc) || cursor_.at(Token::KwNfkd);
    if (!known) return cursor_.unexpected();
    form->value = to_upper(cursor_.source());
    cursor_.advance();
  }
  node->arguments.push_back(finish(std::move(form), form_begin));
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::grouping() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<GroupingOperation>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  if (!cursor_.take(Token::RightParen)) {
    node->columns = TRY((list<ExpressionPtr>(&Grammar::grouping_column)));
    TRY(cursor_.expect(Token::RightParen));
  }
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::grouping_column() {
  std::size_t begin = cursor_.position();
  auto column = std::make_unique<ColumnReference>();
  column->name = TRY(identifier());
  ExpressionPtr node = finish(std::move(column), begin);
  while (cursor_.take(Token::Dot)) {
    auto dereference = std::make_unique<Dereference>();
    dereference->base = std::move(node);
    dereference->field = TRY(identifier());
    TRY(add_link());
    node = finish(std::move(dereference), begin);
  }
  return node;
}

}  // namespace tarn::sql
