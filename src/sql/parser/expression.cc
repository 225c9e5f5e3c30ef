// SPDX-License-Identifier: Apache-2.0
// Boolean and value expressions, from OR down to unary signs.
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<void> Grammar::check_depth() {
  if (depth_ <= limits_.depth_max) return {};
  return invalid_input("statement is nested too deeply (more than {} levels)", limits_.depth_max)
      .at(cursor_.span());
}

Result<void> Grammar::add_link() {
  if (++height_ <= limits_.height_max) return {};
  return invalid_input("expression is nested too deeply (more than {} levels)", limits_.height_max)
      .at(cursor_.span());
}

void Grammar::defer(Error error, const TextSpan& where) {
  if (!deferred_) deferred_ = std::move(error).at(where);
}

Result<ExpressionPtr> Grammar::expression() {
  cursor_.enter_rule("<expression>");
  Nest nest(*this);
  TRY(check_depth());
  Height height(*this);
  std::size_t begin = cursor_.position();
  ExpressionPtr first = TRY(and_expression());
  if (!cursor_.at(Token::KwOr)) return first;
  auto logical = std::make_unique<Logical>();
  logical->op = LogicalOperator::Or;
  logical->terms.push_back(std::move(first));
  while (cursor_.take(Token::KwOr)) logical->terms.push_back(TRY(and_expression()));
  TRY(add_link());
  return finish(std::move(logical), begin);
}

Result<ExpressionPtr> Grammar::and_expression() {
  std::size_t begin = cursor_.position();
  ExpressionPtr first = TRY(not_expression());
  if (!cursor_.at(Token::KwAnd)) return first;
  auto logical = std::make_unique<Logical>();
  logical->terms.push_back(std::move(first));
  while (cursor_.take(Token::KwAnd)) logical->terms.push_back(TRY(not_expression()));
  TRY(add_link());
  return finish(std::move(logical), begin);
}

Result<ExpressionPtr> Grammar::not_expression() {
  cursor_.enter_rule("<expression>");
  if (cursor_.peek() != Token::KwNot) return predicated();
  Nest nest(*this);
  TRY(check_depth());
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Not>();
  node->operand = TRY(not_expression());
  TRY(add_link());
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::predicated() {
  std::size_t begin = cursor_.position();
  ExpressionPtr value = TRY(value_expression());
  return predicate(std::move(value), begin);
}

Result<ExpressionPtr> Grammar::predicate(ExpressionPtr value, std::size_t begin) {
  switch (cursor_.peek()) {
    case Token::Equal:
    case Token::NotEqual:
    case Token::Less:
    case Token::LessOrEqual:
    case Token::Greater:
    case Token::GreaterOrEqual:
      return comparison(std::move(value), begin);
    case Token::KwBetween:
      return between(std::move(value), begin, false);
    case Token::KwIn:
      return in(std::move(value), begin, false);
    case Token::KwLike:
      return like(std::move(value), begin, false);
    case Token::KwIs:
      return is(std::move(value), begin);
    case Token::KwNot:
      switch (cursor_.peek(1)) {
        case Token::KwBetween:
          return between(std::move(value), begin, true);
        case Token::KwIn:
          return in(std::move(value), begin, true);
        case Token::KwLike:
          return like(std::move(value), begin, true);
        default:
          break;
      }
      break;
    default:
      break;
  }
  cursor_.note("<predicate>");
  return value;
}

Result<ExpressionPtr> Grammar::comparison(ExpressionPtr value, std::size_t begin) {
  TextSpan at = cursor_.span();
  auto op = static_cast<ComparisonOperator>(static_cast<int>(cursor_.peek()) -
                                            static_cast<int>(Token::Equal));
  cursor_.advance();
  Token word = cursor_.peek();
  bool quantified = (word == Token::KwAll || word == Token::KwSome || word == Token::KwAny) &&
                    cursor_.peek(1) == Token::LeftParen && at_query(cursor_.position() + 1);
  if (quantified) {
    auto node = std::make_unique<QuantifiedComparison>();
    node->at = at;
    node->op = op;
    node->quantifier = word == Token::KwAll ? Quantifier::All : Quantifier::Any;
    cursor_.advance();
    node->left = std::move(value);
    node->query = TRY(query_in_parens());
    TRY(add_link());
    return finish(std::move(node), begin);
  }
  auto node = std::make_unique<Comparison>();
  node->at = at;
  node->op = op;
  node->left = std::move(value);
  node->right = TRY(value_expression());
  TRY(add_link());
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::between(ExpressionPtr value, std::size_t begin, bool negated) {
  auto node = std::make_unique<Between>();
  std::size_t first = cursor_.position();
  if (negated) cursor_.advance();
  cursor_.advance();
  node->negated = negated;
  node->value = std::move(value);
  node->low = TRY(value_expression());
  TRY(cursor_.expect(Token::KwAnd));
  node->high = TRY(value_expression());
  node->at = cursor_.span_from(first);
  TRY(add_link());
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::in(ExpressionPtr value, std::size_t begin, bool negated) {
  std::size_t first = cursor_.position();
  if (negated) cursor_.advance();
  cursor_.advance();
  if (cursor_.peek() == Token::LeftParen && at_query(cursor_.position())) {
    auto node = std::make_unique<InSubquery>();
    node->negated = negated;
    node->value = std::move(value);
    node->query = TRY(query_in_parens());
    node->at = cursor_.span_from(first);
    TRY(add_link());
    return finish(std::move(node), begin);
  }
  auto node = std::make_unique<InList>();
  node->negated = negated;
  node->value = std::move(value);
  node->items = TRY((parenthesized_list<ExpressionPtr>(&Grammar::expression)));
  node->at = cursor_.span_from(first);
  TRY(add_link());
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::like(ExpressionPtr value, std::size_t begin, bool negated) {
  auto node = std::make_unique<Like>();
  std::size_t first = cursor_.position();
  if (negated) cursor_.advance();
  cursor_.advance();
  node->negated = negated;
  node->value = std::move(value);
  node->pattern = TRY(value_expression());
  if (cursor_.take(Token::KwEscape)) node->escape = TRY(value_expression());
  node->at = cursor_.span_from(first);
  TRY(add_link());
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::is(ExpressionPtr value, std::size_t begin) {
  std::size_t first = cursor_.position();
  cursor_.advance();
  bool negated = cursor_.take(Token::KwNot);
  if (cursor_.take(Token::KwNull)) {
    auto node = std::make_unique<NullPredicate>();
    node->negated = negated;
    node->operand = std::move(value);
    node->at = cursor_.span_from(first);
    TRY(add_link());
    return finish(std::move(node), begin);
  }
  TRY(cursor_.expect(Token::KwDistinct));
  TRY(cursor_.expect(Token::KwFrom));
  auto node = std::make_unique<DistinctFrom>();
  node->negated = negated;
  node->left = std::move(value);
  node->right = TRY(value_expression());
  node->at = cursor_.span_from(first);
  TRY(add_link());
  return finish(std::move(node), begin);
}

namespace {

// How tightly an operator binds: || 1, + - 2, * / % 3, a sign 4, AT TIME ZONE 5; else 0.
int binding_of(Token token) {
  switch (token) {
    case Token::Concat:
      return 1;
    case Token::Plus:
    case Token::Minus:
      return 2;
    case Token::Asterisk:
    case Token::Slash:
    case Token::Percent:
      return 3;
    case Token::KwAt:
      return 5;
    default:
      return 0;
  }
}

constexpr int kSignBinding = 4;

}  // namespace

Result<ExpressionPtr> Grammar::value(int precedence) {
  cursor_.enter_rule("<expression>");
  Height height(*this);
  std::size_t begin = cursor_.position();
  ExpressionPtr left = TRY(unary());
  while (true) {
    Token token = cursor_.peek();
    int binding = binding_of(token);
    if (binding == 0 || binding < precedence) break;
    if (token == Token::KwAt) {
      if (cursor_.peek(1) != Token::KwTime) break;
      left = TRY(at_time_zone(std::move(left), begin));
    } else {
      left = TRY(binary(std::move(left), begin, binding + 1));
    }
    TRY(add_link());
  }
  for (Token token : {Token::Concat, Token::Plus, Token::Minus, Token::Asterisk, Token::Slash,
                      Token::Percent, Token::KwAt}) {
    cursor_.note(token);
  }
  return left;
}

Result<ExpressionPtr> Grammar::at_time_zone(ExpressionPtr value, std::size_t begin) {
  auto node = std::make_unique<AtTimeZone>();
  node->at = cursor_.span();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwTime));
  TRY(cursor_.expect(Token::KwZone));
  node->value = std::move(value);
  node->zone =
      cursor_.peek() == Token::KwInterval ? TRY(interval_literal()) : TRY(string_literal());
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::binary(ExpressionPtr left, std::size_t begin, int precedence) {
  Token token = cursor_.peek();
  TextSpan at = cursor_.span();
  cursor_.advance();
  ExpressionPtr right = TRY(value(precedence));
  if (token == Token::Concat) {
    auto node = std::make_unique<Concatenation>();
    node->at = at;
    node->left = std::move(left);
    node->right = std::move(right);
    return finish(std::move(node), begin);
  }
  auto node = std::make_unique<Arithmetic>();
  node->at = at;
  node->op = token == Token::Plus       ? ArithmeticOperator::Add
             : token == Token::Minus    ? ArithmeticOperator::Subtract
             : token == Token::Asterisk ? ArithmeticOperator::Multiply
             : token == Token::Slash    ? ArithmeticOperator::Divide
                                        : ArithmeticOperator::Modulus;
  node->left = std::move(left);
  node->right = std::move(right);
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::unary() {
  Token token = cursor_.peek();
  if (token != Token::Plus && token != Token::Minus) return primary();
  Token following = cursor_.peek(1);
  bool number =
      following == Token::Integer || following == Token::Decimal || following == Token::Double;
  if (token == Token::Minus && number) return primary();
  Nest nest(*this);
  TRY(check_depth());
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Unary>();
  node->negative = token == Token::Minus;
  node->operand = TRY(value(kSignBinding));
  TRY(add_link());
  return finish(std::move(node), begin);
}

// A parenthesis starts a query if SELECT, VALUES, TABLE or WITH follows, perhaps after more
// parentheses, each of which must end before a word that continues a query.
bool Grammar::at_query(std::size_t position) const {
  while (cursor_.token_at(position) == Token::LeftParen) {
    Token inner = cursor_.token_at(position + 1);
    if (inner == Token::KwSelect || inner == Token::KwValues || inner == Token::KwTable ||
        inner == Token::KwWith) {
      return true;
    }
    if (inner != Token::LeftParen) return false;
    ++position;
    std::uint32_t partner = cursor_.partner(position);
    if (partner == 0) continue;
    switch (cursor_.token_at(partner + 1)) {
      case Token::RightParen:
      case Token::KwUnion:
      case Token::KwIntersect:
      case Token::KwExcept:
      case Token::KwOrder:
      case Token::KwLimit:
      case Token::KwOffset:
      case Token::KwFetch:
        continue;
      default:
        return false;
    }
  }
  return false;
}

}  // namespace tarn::sql
