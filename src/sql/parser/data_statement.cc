// SPDX-License-Identifier: Apache-2.0
// INSERT, DELETE, UPDATE, MERGE, TRUNCATE.
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<StatementPtr> Grammar::insert() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwInto));
  auto node = std::make_unique<Insert>();
  node->table = TRY(qualified_name());
  // (a, b) are columns, (SELECT …) is a query.
  if (cursor_.at(Token::LeftParen) && !at_query(cursor_.position())) {
    node->columns = TRY((parenthesized_list<Identifier>(&Grammar::identifier)));
  }
  cursor_.enter_rule("<query>");
  node->query = TRY(root_query());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::delete_rows() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwFrom));
  auto node = std::make_unique<Delete>();
  node->table = TRY(qualified_name());
  if (cursor_.take(Token::KwWhere)) node->where = TRY(expression());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::truncate() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwTable));
  auto node = std::make_unique<Truncate>();
  node->table = TRY(qualified_name());
  return finish(std::move(node), begin);
}

Result<Assignment> Grammar::assignment() {
  Assignment assignment;
  std::size_t begin = cursor_.position();
  assignment.column = TRY(identifier());
  TRY(cursor_.expect(Token::Equal));
  assignment.value = TRY(expression());
  assignment.span = cursor_.span_from(begin);
  return assignment;
}

Result<StatementPtr> Grammar::update() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Update>();
  node->table = TRY(qualified_name());
  TRY(cursor_.expect(Token::KwSet));
  node->assignments = TRY((list<Assignment>(&Grammar::assignment)));
  if (cursor_.take(Token::KwWhere)) node->where = TRY(expression());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::merge() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwInto));
  auto node = std::make_unique<Merge>();
  node->table = TRY(qualified_name());
  cursor_.note(Token::KwAs);
  node->alias = TRY(optional_alias());
  TRY(cursor_.expect(Token::KwUsing));
  node->source = TRY(relation());
  TRY(cursor_.expect(Token::KwOn));
  node->on = TRY(expression());
  do {
    node->cases.push_back(TRY(merge_case()));
  } while (cursor_.at(Token::KwWhen));
  return finish(std::move(node), begin);
}

Result<MergeCase> Grammar::merge_case() {
  MergeCase merge_case;
  std::size_t begin = cursor_.position();
  TRY(cursor_.expect(Token::KwWhen));
  bool matched = !cursor_.take(Token::KwNot);
  TRY(cursor_.expect(Token::KwMatched));
  if (cursor_.take(Token::KwAnd)) merge_case.condition = TRY(expression());
  TRY(cursor_.expect(Token::KwThen));
  if (!matched) {
    TRY(cursor_.expect(Token::KwInsert));
    merge_case.action = MergeCase::Action::Insert;
    merge_case.columns = TRY(optional_column_list());
    TRY(cursor_.expect(Token::KwValues));
    merge_case.values = TRY((parenthesized_list<ExpressionPtr>(&Grammar::expression)));
  } else if (cursor_.take(Token::KwDelete)) {
    merge_case.action = MergeCase::Action::Delete;
  } else {
    TRY(cursor_.expect(Token::KwUpdate));
    TRY(cursor_.expect(Token::KwSet));
    merge_case.assignments = TRY((list<Assignment>(&Grammar::assignment)));
  }
  merge_case.span = cursor_.span_from(begin);
  return merge_case;
}

}  // namespace tarn::sql
