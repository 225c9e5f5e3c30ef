// SPDX-License-Identifier: Apache-2.0
#include "sql/parser/grammar.h"

namespace tarn::sql {

// [WITH FUNCTION … [, …]] [WITH SESSION …] query. A common table named `function` or `session`
// is told apart by the word after it.
Result<QueryPtr> Grammar::root_query() {
  std::size_t begin = cursor_.position();
  QueryPtr prefix = make_query();
  if (cursor_.peek() == Token::KwWith && cursor_.peek(1) == Token::KwFunction &&
      can_be_identifier(cursor_.peek(2))) {
    cursor_.advance();
    prefix->functions = TRY((list<FunctionDefinition>(&Grammar::function_definition)));
    if (cursor_.peek() == Token::KwSession) {
      prefix->session_assignments = TRY((list<SessionAssignment>(&Grammar::session_assignment)));
    }
  } else if (cursor_.peek() == Token::KwWith && cursor_.peek(1) == Token::KwSession &&
             can_be_identifier(cursor_.peek(2))) {
    cursor_.advance();
    prefix->session_assignments = TRY((list<SessionAssignment>(&Grammar::session_assignment)));
  }
  QueryPtr query = TRY(this->query());
  query->functions = std::move(prefix->functions);
  query->session_assignments = std::move(prefix->session_assignments);
  query->span = cursor_.span_from(begin);
  return query;
}

Result<SessionAssignment> Grammar::session_assignment() {
  TRY(cursor_.expect(Token::KwSession));
  SessionAssignment assignment;
  assignment.name = TRY(qualified_name());
  TRY(cursor_.expect(Token::Equal));
  assignment.value = TRY(expression());
  return assignment;
}

Result<QueryPtr> Grammar::query() {
  Nest nest(*this);
  TRY(check_depth());
  std::size_t begin = cursor_.position();
  QueryPtr query = make_query();
  if (cursor_.peek() == Token::KwWith) TRY(with_clause(*query));
  return query_no_with(std::move(query), begin);
}

Result<void> Grammar::with_clause(Query& query) {
  cursor_.advance();
  query.recursive = cursor_.take(Token::KwRecursive);
  query.common_tables = TRY((list<CommonTable>(&Grammar::common_table)));
  return {};
}

Result<CommonTable> Grammar::common_table() {
  CommonTable table;
  std::size_t begin = cursor_.position();
  table.name = TRY(identifier());
  table.columns = TRY(optional_column_list());
  TRY(cursor_.expect(Token::KwAs));
  table.query = TRY(query_in_parens());
  table.span = cursor_.span_from(begin);
  return table;
}

Result<QueryPtr> Grammar::query_no_with(QueryPtr query, std::size_t begin) {
  query->body = TRY(query_term());
  query->order_by = TRY(optional_order_by());
  TRY(limit_clauses(*query));
  query->span = cursor_.span_from(begin);
  return query;
}

Result<void> Grammar::limit_clauses(Query& query) {
  if (cursor_.take(Token::KwOffset)) {
    query.offset = TRY(row_count());
    if (!cursor_.take(Token::KwRow)) cursor_.take(Token::KwRows);
  }
  if (cursor_.take(Token::KwLimit)) {
    if (cursor_.take(Token::KwAll)) {
      query.limit_all = true;
    } else {
      query.limit = TRY(row_count());
    }
  } else if (cursor_.take(Token::KwFetch)) {
    if (!cursor_.take(Token::KwFirst)) TRY(cursor_.expect(Token::KwNext));
    query.fetch.emplace();
    query.fetch->count = 1;
    if (cursor_.peek() == Token::Integer || cursor_.peek() == Token::QuestionMark) {
      query.fetch = TRY(row_count());
    }
    if (!cursor_.take(Token::KwRow)) TRY(cursor_.expect(Token::KwRows));
    if (!cursor_.take(Token::KwOnly)) {
      TRY(cursor_.expect(Token::KwWith, Token::KwTies));
      query.with_ties = true;
    }
  }
  return {};
}

Result<RowCount> Grammar::row_count() {
  RowCount count;
  count.span = cursor_.span();
  if (cursor_.take(Token::QuestionMark)) {
    count.parameter = parameter_count_++;
  } else {
    count.count = TRY(integer());
  }
  return count;
}

Result<QueryBodyPtr> Grammar::query_term() {
  std::size_t begin = cursor_.position();
  QueryBodyPtr left = TRY(intersect_term());
  while (cursor_.at(Token::KwUnion) || cursor_.at(Token::KwExcept)) {
    left = TRY(set_operation(std::move(left), begin));
  }
  return left;
}

Result<QueryBodyPtr> Grammar::intersect_term() {
  std::size_t begin = cursor_.position();
  QueryBodyPtr left = TRY(query_primary());
  while (cursor_.at(Token::KwIntersect)) left = TRY(set_operation(std::move(left), begin));
  return left;
}

// Reads one operator and its right side. A UNION with the quantifier of the UNION before it joins
// that node, so that long chains stay flat.
Result<QueryBodyPtr> Grammar::set_operation(QueryBodyPtr left, std::size_t begin) {
  auto node = std::make_unique<SetOperation>();
  Token token = cursor_.peek();
  TextSpan where = cursor_.span();
  node->op = token == Token::KwUnion       ? SetOperator::Union
             : token == Token::KwIntersect ? SetOperator::Intersect
                                           : SetOperator::Except;
  cursor_.advance();
  node->all = cursor_.take(Token::KwAll);
  if (!node->all) cursor_.take(Token::KwDistinct);
  if (cursor_.take(Token::KwCorresponding)) {
    node->corresponding = true;
    if (cursor_.take(Token::KwBy)) {
      node->corresponding_columns = TRY((parenthesized_list<Identifier>(&Grammar::identifier)));
    }
  }
  QueryBodyPtr right = token == Token::KwIntersect ? TRY(query_primary()) : TRY(intersect_term());
  if (left->kind == QueryBodyKind::SetOperation && node->op == SetOperator::Union) {
    auto& chain = static_cast<SetOperation&>(*left);
    if (chain.op == SetOperator::Union && chain.all == node->all && !chain.corresponding &&
        !node->corresponding) {
      chain.inputs.push_back(std::move(right));
      chain.operator_spans.push_back(where);
      chain.span = cursor_.span_from(begin);
      return left;
    }
  }
  TRY(add_link());
  node->inputs.push_back(std::move(left));
  node->inputs.push_back(std::move(right));
  node->operator_spans.push_back(where);
  return finish(std::move(node), begin);
}

Result<QueryBodyPtr> Grammar::query_primary() {
  std::size_t begin = cursor_.position();
  if (cursor_.take(Token::KwTable)) {
    auto node = std::make_unique<TableQuery>();
    node->name = TRY(qualified_name());
    return finish(std::move(node), begin);
  }
  if (cursor_.at(Token::KwSelect)) return select();
  if (cursor_.at(Token::KwValues)) return values();
  TRY(cursor_.expect(Token::LeftParen));
  Nest nest(*this);
  TRY(check_depth());
  auto node = std::make_unique<NestedQuery>();
  node->query = TRY(query_no_with(make_query(), cursor_.position()));
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<QueryBodyPtr> Grammar::values() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Values>();
  node->rows = TRY((list<ExpressionPtr>(&Grammar::expression)));
  return finish(std::move(node), begin);
}

// ALL is a quantifier only where something follows that it can stand before.
bool Grammar::take_set_quantifier(bool& distinct) {
  cursor_.note(Token::KwAll);
  if (cursor_.take(Token::KwDistinct)) {
    distinct = true;
    return true;
  }
  if (cursor_.peek() != Token::KwAll) return false;
  switch (cursor_.peek(1)) {
    case Token::Comma:
    case Token::Dot:
    case Token::RightParen:
    case Token::KwFrom:
    case Token::KwAs:
    case Token::EndOfText:
    case Token::Semicolon:
    case Token::Plus:
    case Token::Concat:
    case Token::Slash:
    case Token::Equal:
      return false;
    default:
      cursor_.advance();
      return true;
  }
}

Result<QueryBodyPtr> Grammar::select() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Select>();
  take_set_quantifier(node->distinct);
  node->items = TRY((list<SelectItem>(&Grammar::select_item)));
  if (cursor_.take(Token::KwFrom)) node->from = TRY(from());
  if (cursor_.take(Token::KwWhere)) node->where = TRY(expression());
  if (cursor_.take(Token::KwGroup)) {
    TRY(cursor_.expect(Token::KwBy));
    node->group_by = TRY(group_by());
  }
  if (cursor_.take(Token::KwHaving)) node->having = TRY(expression());
  if (cursor_.take(Token::KwWindow)) {
    node->windows = TRY((list<NamedWindow>(&Grammar::named_window)));
  }
  // What may follow a query; noted here so that an error names it after all of these.
  for (Token token : {Token::KwUnion, Token::KwExcept, Token::KwIntersect, Token::KwOrder,
                      Token::KwOffset, Token::KwLimit, Token::KwFetch}) {
    cursor_.note(token);
  }
  return finish(std::move(node), begin);
}

Result<SelectItem> Grammar::select_item() {
  SelectItem item;
  std::size_t begin = cursor_.position();
  if (cursor_.take(Token::Asterisk)) {
    item.star = true;
    item.span = cursor_.span_from(begin);
    return item;
  }
  item.expression = TRY(expression());
  bool whole = primary_begin_ == begin;
  if (whole && cursor_.peek() == Token::Dot && cursor_.peek(1) == Token::Asterisk) {
    cursor_.advance();
    cursor_.advance();
    item.star = true;
    if (cursor_.take(Token::KwAs)) {
      item.columns = TRY((parenthesized_list<Identifier>(&Grammar::identifier)));
    }
  } else {
    cursor_.note(Token::KwAs);
    item.alias = TRY(optional_alias());
  }
  item.span = cursor_.span_from(begin);
  return item;
}

Result<GroupBy> Grammar::group_by() {
  GroupBy group_by;
  std::size_t begin = cursor_.position();
  take_set_quantifier(group_by.distinct);
  group_by.elements = TRY((list<GroupingElement>(&Grammar::grouping_element)));
  group_by.span = cursor_.span_from(begin);
  return group_by;
}

Result<GroupingElement> Grammar::grouping_element() {
  using Kind = GroupingElement::Kind;
  GroupingElement element;
  std::size_t begin = cursor_.position();
  Token following = cursor_.peek(1);
  bool rollup = cursor_.at(Token::KwRollup);
  if (rollup || cursor_.at(Token::KwCube)) {
    element.kind = rollup ? Kind::Rollup : Kind::Cube;
    cursor_.advance();
    TRY(cursor_.expect(Token::LeftParen));
    if (!cursor_.take(Token::RightParen)) {
      element.sets = TRY((list<std::vector<ExpressionPtr>>(&Grammar::grouping_set)));
      TRY(cursor_.expect(Token::RightParen));
    }
  } else if (cursor_.at(Token::KwGrouping) && following == Token::KwSets) {
    element.kind = Kind::GroupingSets;
    cursor_.advance();
    cursor_.advance();
    element.sets = TRY((parenthesized_list<std::vector<ExpressionPtr>>(&Grammar::grouping_set)));
  } else if (cursor_.peek() == Token::KwAuto && following != Token::Dot &&
             following != Token::LeftParen && following != Token::LeftBracket) {
    element.kind = Kind::Auto;
    cursor_.advance();
  } else {
    element.sets.push_back(TRY(grouping_set()));
  }
  element.span = cursor_.span_from(begin);
  return element;
}

// (a, b), () or an expression, which may begin with a parenthesis itself.
Result<std::vector<ExpressionPtr>> Grammar::grouping_set() {
  std::vector<ExpressionPtr> columns;
  std::size_t begin = cursor_.position();
  std::uint32_t partner = cursor_.partner(begin);
  Token after = partner == 0 ? Token::EndOfText : cursor_.token_at(partner + 1);
  if (cursor_.peek() == Token::LeftParen && cursor_.peek(1) == Token::RightParen &&
      after != Token::Arrow) {
    cursor_.advance();
    cursor_.advance();
    return columns;
  }
  ExpressionPtr whole = TRY(expression());
  // A bare list in parentheses is a set of several columns, not a row.
  bool list_in_parens = whole->kind == ExpressionKind::RowConstructor &&
                        cursor_.token_at(begin) == Token::LeftParen &&
                        cursor_.position() == partner + 1;
  if (!list_in_parens) {
    columns.push_back(std::move(whole));
    return columns;
  }
  auto& row = static_cast<RowConstructor&>(*whole);
  if (row.span.offset != cursor_.span_from(begin).offset) {
    columns.push_back(std::move(whole));
    return columns;
  }
  return std::move(row.items);
}

Result<NamedWindow> Grammar::named_window() {
  NamedWindow window;
  window.name = TRY(identifier());
  TRY(cursor_.expect(Token::KwAs));
  TRY(cursor_.expect(Token::LeftParen));
  window.specification = TRY(window_specification());
  TRY(cursor_.expect(Token::RightParen));
  return window;
}

}  // namespace tarn::sql
