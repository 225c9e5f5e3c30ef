// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<RelationPtr> Grammar::from() {
  std::size_t begin = cursor_.position();
  RelationPtr left = TRY(relation());
  while (cursor_.take(Token::Comma)) {
    auto node = std::make_unique<Join>();
    node->type = JoinType::Implicit;
    node->left = std::move(left);
    node->right = TRY(relation());
    TRY(add_link());
    left = finish(std::move(node), begin);
  }
  return left;
}

bool Grammar::at_join() const {
  switch (cursor_.peek()) {
    case Token::KwCross:
    case Token::KwJoin:
    case Token::KwInner:
    case Token::KwLeft:
    case Token::KwRight:
    case Token::KwFull:
    case Token::KwNatural:
      return true;
    default:
      return false;
  }
}

Result<RelationPtr> Grammar::relation() {
  Nest nest(*this);
  TRY(check_depth());
  std::size_t begin = cursor_.position();
  RelationPtr left = TRY(sampled_relation());
  while (at_join()) {
    left = TRY(join(std::move(left), begin));
    TRY(add_link());
  }
  for (Token token : {Token::KwCross, Token::KwJoin, Token::KwInner, Token::KwLeft, Token::KwRight,
                      Token::KwFull, Token::KwNatural}) {
    cursor_.note(token);
  }
  return left;
}

Result<RelationPtr> Grammar::join(RelationPtr left, std::size_t begin) {
  auto node = std::make_unique<Join>();
  node->left = std::move(left);
  if (cursor_.take(Token::KwCross)) {
    TRY(cursor_.expect(Token::KwJoin));
    node->type = JoinType::Cross;
    node->right = TRY(sampled_relation());
    return finish(std::move(node), begin);
  }
  node->natural = cursor_.take(Token::KwNatural);
  bool outer = true;
  if (cursor_.take(Token::KwLeft)) {
    node->type = JoinType::Left;
  } else if (cursor_.take(Token::KwRight)) {
    node->type = JoinType::Right;
  } else if (cursor_.take(Token::KwFull)) {
    node->type = JoinType::Full;
  } else {
    outer = false;
    cursor_.take(Token::KwInner);
  }
  if (outer) cursor_.take(Token::KwOuter);
  TRY(cursor_.expect(Token::KwJoin));
  if (node->natural) {
    node->right = TRY(sampled_relation());
    return finish(std::move(node), begin);
  }
  // `a JOIN b JOIN c ON x ON y` nests to the right.
  node->right = TRY(relation());
  if (cursor_.take(Token::KwUsing)) {
    node->using_columns = TRY((parenthesized_list<Identifier>(&Grammar::identifier)));
  } else {
    TRY(cursor_.expect(Token::KwOn));
    node->on = TRY(expression());
  }
  return finish(std::move(node), begin);
}

Result<RelationPtr> Grammar::sampled_relation() {
  std::size_t begin = cursor_.position();
  RelationPtr relation = TRY(aliased_relation());
  if (cursor_.peek() == Token::KwMatchRecognize && cursor_.peek(1) == Token::LeftParen) {
    return unsupported("MATCH_RECOGNIZE is not supported").at(cursor_.span());
  }
  bool sampled = cursor_.peek() == Token::KwTablesample &&
                 (cursor_.peek(1) == Token::KwBernoulli || cursor_.peek(1) == Token::KwSystem);
  if (!sampled) return relation;
  cursor_.advance();
  auto node = std::make_unique<SampledRelation>();
  node->by_blocks = cursor_.peek() == Token::KwSystem;
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  node->relation = std::move(relation);
  node->percentage = TRY(expression());
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<RelationPtr> Grammar::aliased_relation() {
  std::size_t begin = cursor_.position();
  RelationPtr relation = TRY(relation_primary());
  cursor_.note(Token::KwAs);
  std::optional<Identifier> alias = TRY(optional_alias());
  if (!alias) return relation;
  auto node = std::make_unique<AliasedRelation>();
  node->relation = std::move(relation);
  node->alias = std::move(*alias);
  node->columns = TRY(optional_column_list());
  return finish(std::move(node), begin);
}

Result<RelationPtr> Grammar::relation_primary() {
  std::size_t begin = cursor_.position();
  if (cursor_.at(Token::LeftParen)) {
    if (at_query(begin)) {
      auto node = std::make_unique<SubqueryRelation>();
      node->query = TRY(query_in_parens());
      return finish(std::move(node), begin);
    }
    cursor_.advance();
    RelationPtr inner = TRY(relation());
    TRY(cursor_.expect(Token::RightParen));
    return inner;
  }
  if (cursor_.at(Token::KwUnnest)) {
    cursor_.advance();
    auto node = std::make_unique<Unnest>();
    node->items = TRY((parenthesized_list<ExpressionPtr>(&Grammar::expression)));
    if (cursor_.take(Token::KwWith)) {
      TRY(cursor_.expect(Token::KwOrdinality));
      node->with_ordinality = true;
    }
    return finish(std::move(node), begin);
  }
  cursor_.note(Token::KwLateral);
  if (cursor_.peek() == Token::KwLateral && cursor_.peek(1) == Token::LeftParen) {
    cursor_.advance();
    auto node = std::make_unique<Lateral>();
    node->query = TRY(query_in_parens());
    return finish(std::move(node), begin);
  }
  if (cursor_.at(Token::KwJsonTable)) return json_table();
  if (cursor_.at(Token::KwTable)) return table_function();
  return table_name();
}

Result<RelationPtr> Grammar::table_name() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<TableName>();
  node->name = TRY(qualified_name());
  if (node->name.parts.size() > 3) {
    defer(invalid_input("Too many dots in table name: {}", to_string(node->name)), node->name.span);
  }
  std::size_t period_begin = cursor_.position();
  if (cursor_.take(Token::KwFor)) {
    QueryPeriod period;
    period.by_version = cursor_.take(Token::KwVersion);
    if (!period.by_version) TRY(cursor_.expect(Token::KwTimestamp));
    TRY(cursor_.expect(Token::KwAs, Token::KwOf));
    period.value = TRY(value_expression());
    period.span = cursor_.span_from(period_begin);
    node->period = std::move(period);
  }
  return finish(std::move(node), begin);
}

Result<RelationPtr> Grammar::table_function() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  auto node = std::make_unique<TableFunction>();
  node->name = TRY(qualified_name());
  TRY(cursor_.expect(Token::LeftParen));
  if (!cursor_.at(Token::RightParen)) {
    node->arguments = TRY((list<TableFunctionArgument>(&Grammar::table_function_argument)));
  }
  if (cursor_.peek() == Token::KwCopartition) {
    return unsupported("table arguments of table functions are not supported").at(cursor_.span());
  }
  TRY(cursor_.expect(Token::RightParen));
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<TableFunctionArgument> Grammar::table_function_argument() {
  TableFunctionArgument argument;
  std::size_t begin = cursor_.position();
  if (can_be_identifier(cursor_.peek()) && cursor_.peek(1) == Token::FatArrow) {
    argument.name = TRY(identifier());
    cursor_.advance();
  }
  if (cursor_.peek() == Token::KwTable && cursor_.peek(1) == Token::LeftParen) {
    return unsupported("table arguments of table functions are not supported").at(cursor_.span());
  }
  bool null_descriptor = cursor_.peek() == Token::KwCast && cursor_.peek(1) == Token::LeftParen &&
                         cursor_.peek(2) == Token::KwNull && cursor_.peek(3) == Token::KwAs &&
                         cursor_.peek(4) == Token::KwDescriptor;
  if (null_descriptor) {
    argument.is_descriptor = true;
    for (int i = 0; i < 5; ++i) cursor_.advance();
    TRY(cursor_.expect(Token::RightParen));
  } else if (cursor_.peek() == Token::KwDescriptor && cursor_.peek(1) == Token::LeftParen) {
    argument.is_descriptor = true;
    cursor_.advance();
    argument.columns = TRY((parenthesized_list<DescriptorField>(&Grammar::descriptor_field)));
  } else {
    argument.value = TRY(expression());
  }
  argument.span = cursor_.span_from(begin);
  return argument;
}

Result<DescriptorField> Grammar::descriptor_field() {
  DescriptorField field;
  field.name = TRY(identifier());
  if (!cursor_.at(Token::Comma) && !cursor_.at(Token::RightParen)) field.type = TRY(type());
  return field;
}

}  // namespace tarn::sql
