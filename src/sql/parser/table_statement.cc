// SPDX-License-Identifier: Apache-2.0
// CREATE and ALTER of tables, views, schemas, catalogs and branches.
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<bool> Grammar::if_not_exists() {
  if (!cursor_.take(Token::KwIf, Token::KwNot)) return false;
  TRY(cursor_.expect(Token::KwExists));
  return true;
}

Result<bool> Grammar::if_exists() { return cursor_.take(Token::KwIf, Token::KwExists); }

Result<std::optional<std::string>> Grammar::optional_comment() {
  if (!cursor_.take(Token::KwComment)) return std::optional<std::string>{};
  return TRY(string());
}

Result<std::vector<Property>> Grammar::optional_properties() {
  if (!cursor_.take(Token::KwWith)) return std::vector<Property>{};
  return parenthesized_list<Property>(&Grammar::property);
}

Result<Property> Grammar::property() {
  Property property;
  std::size_t begin = cursor_.position();
  property.name = TRY(identifier());
  TRY(cursor_.expect(Token::Equal));
  Token following = cursor_.peek(1);
  bool is_default = cursor_.peek() == Token::KwDefault &&
                    (following == Token::Comma || following == Token::RightParen ||
                     following == Token::EndOfText || following == Token::Semicolon);
  if (is_default) {
    cursor_.advance();
  } else {
    property.value = TRY(expression());
  }
  property.span = cursor_.span_from(begin);
  return property;
}

// (a, b) before AS, COMMENT or WITH, rather than column definitions.
bool Grammar::at_column_aliases() const {
  std::size_t ahead = 1;
  while (can_be_identifier(cursor_.peek(ahead)) && cursor_.peek(ahead + 1) == Token::Comma) {
    ahead += 2;
  }
  return cursor_.peek(0) == Token::LeftParen && can_be_identifier(cursor_.peek(ahead)) &&
         cursor_.peek(ahead + 1) == Token::RightParen;
}

Result<StatementPtr> Grammar::create_table(bool or_replace) {
  std::size_t begin = cursor_.position() - (or_replace ? 3 : 1);
  cursor_.advance();
  CreateTable head;
  head.or_replace = or_replace;
  head.if_not_exists = TRY(if_not_exists());
  head.name = TRY(qualified_name());
  bool aliases = at_column_aliases();
  if (or_replace && head.if_not_exists) {
    defer(invalid_input("'OR REPLACE' and 'IF NOT EXISTS' clauses can not be used together"),
          cursor_.span_from(begin));
  }
  if (!cursor_.at(Token::LeftParen) || aliases) return create_table_as(std::move(head), aliases);
  auto node = std::make_unique<CreateTable>(std::move(head));
  node->elements = TRY((parenthesized_list<TableElement>(&Grammar::table_element)));
  node->comment = TRY(optional_comment());
  node->properties = TRY(optional_properties());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::create_table_as(CreateTable head, bool with_columns) {
  auto node = std::make_unique<CreateTableAs>();
  node->or_replace = head.or_replace;
  node->if_not_exists = head.if_not_exists;
  node->name = std::move(head.name);
  if (with_columns) node->columns = TRY(optional_column_list());
  node->comment = TRY(optional_comment());
  node->properties = TRY(optional_properties());
  TRY(cursor_.expect(Token::KwAs));
  // The parentheses are the statement's own if nothing but WITH [NO] DATA follows them.
  std::uint32_t partner = cursor_.partner(cursor_.position());
  Token after = partner == 0 ? Token::Comma : cursor_.token_at(partner + 1);
  bool own_parens =
      cursor_.peek() == Token::LeftParen &&
      (after == Token::EndOfText || after == Token::Semicolon || after == Token::KwWith);
  if (own_parens) cursor_.advance();
  node->query = TRY(root_query());
  if (own_parens) TRY(cursor_.expect(Token::RightParen));
  if (cursor_.take(Token::KwWith)) {
    node->with_data = !cursor_.take(Token::KwNo);
    TRY(cursor_.expect(Token::KwData));
  }
  return StatementPtr(std::move(node));
}

Result<TableElement> Grammar::table_element() {
  TableElement element;
  if (cursor_.take(Token::KwLike)) {
    element.like = TRY(qualified_name());
    bool including = cursor_.take(Token::KwIncluding);
    if (including || cursor_.take(Token::KwExcluding)) {
      TRY(cursor_.expect(Token::KwProperties));
      element.including_properties = including;
    }
    return element;
  }
  element.column = TRY(column_definition());
  return element;
}

Result<ColumnDefinition> Grammar::column_definition() {
  ColumnDefinition column;
  std::size_t begin = cursor_.position();
  column.name = TRY(qualified_name());
  column.type = TRY(type());
  if (cursor_.take(Token::KwNot, Token::KwNull)) column.not_null = true;
  column.comment = TRY(optional_comment());
  column.properties = TRY(optional_properties());
  column.span = cursor_.span_from(begin);
  return column;
}

Result<StatementPtr> Grammar::create_view(bool or_replace) {
  cursor_.advance();
  auto node = std::make_unique<CreateView>();
  node->or_replace = or_replace;
  node->name = TRY(qualified_name());
  node->comment = TRY(optional_comment());
  if (cursor_.take(Token::KwSecurity)) {
    node->security_invoker = cursor_.take(Token::KwInvoker);
    if (!*node->security_invoker) TRY(cursor_.expect(Token::KwDefiner));
  }
  TRY(cursor_.expect(Token::KwAs));
  node->query = TRY(root_query());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::create_materialized_view(bool or_replace) {
  std::size_t begin = cursor_.position() - (or_replace ? 3 : 1);
  cursor_.advance();
  TRY(cursor_.expect(Token::KwView));
  auto node = std::make_unique<CreateMaterializedView>();
  node->or_replace = or_replace;
  node->if_not_exists = TRY(if_not_exists());
  if (or_replace && node->if_not_exists) {
    defer(invalid_input("'OR REPLACE' and 'IF NOT EXISTS' clauses can not be used together"),
          cursor_.span_from(begin));
  }
  node->name = TRY(qualified_name());
  if (cursor_.take(Token::KwGrace, Token::KwPeriod)) node->grace_period = TRY(interval_literal());
  if (cursor_.peek() == Token::KwWhen && cursor_.at_word("STALE", 1)) {
    cursor_.advance();
    cursor_.advance();
    node->stale_inline = cursor_.take_word("INLINE");
    if (!*node->stale_inline && !cursor_.take_word("FAIL")) return cursor_.unexpected();
  }
  node->comment = TRY(optional_comment());
  node->properties = TRY(optional_properties());
  TRY(cursor_.expect(Token::KwAs));
  node->query = TRY(root_query());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::create_schema() {
  cursor_.advance();
  auto node = std::make_unique<CreateSchema>();
  node->if_not_exists = TRY(if_not_exists());
  node->name = TRY(qualified_name());
  if (cursor_.take(Token::KwAuthorization)) node->authorization = TRY(principal());
  node->properties = TRY(optional_properties());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::create_catalog() {
  cursor_.advance();
  auto node = std::make_unique<CreateCatalog>();
  node->if_not_exists = TRY(if_not_exists());
  node->name = TRY(identifier());
  TRY(cursor_.expect(Token::KwUsing));
  node->connector = TRY(identifier());
  node->comment = TRY(optional_comment());
  if (cursor_.take(Token::KwAuthorization)) node->authorization = TRY(principal());
  node->properties = TRY(optional_properties());
  return StatementPtr(std::move(node));
}

// CREATE [OR REPLACE] BRANCH [IF NOT EXISTS] b [WITH (…)] IN TABLE t [FROM c].
Result<StatementPtr> Grammar::create_branch(bool or_replace) {
  cursor_.advance();
  auto node = std::make_unique<BranchStatement>();
  node->or_replace = or_replace;
  node->if_exists = TRY(if_not_exists());
  node->branch = TRY(identifier());
  node->properties = TRY(optional_properties());
  TRY(cursor_.expect(Token::KwIn));
  TRY(cursor_.expect(Token::KwTable));
  node->table = TRY(qualified_name());
  if (cursor_.take(Token::KwFrom)) node->target = TRY(identifier());
  return StatementPtr(std::move(node));
}

// ALTER BRANCH b IN TABLE t FAST FORWARD TO c.
Result<StatementPtr> Grammar::alter_branch() {
  cursor_.advance();
  auto node = std::make_unique<BranchStatement>();
  node->action = BranchStatement::Action::FastForward;
  node->branch = TRY(identifier());
  TRY(cursor_.expect(Token::KwIn));
  TRY(cursor_.expect(Token::KwTable));
  node->table = TRY(qualified_name());
  if (!cursor_.take_word("FAST") || !cursor_.take_word("FORWARD")) return cursor_.unexpected();
  TRY(cursor_.expect(Token::KwTo));
  node->target = TRY(identifier());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::alter_table() {
  cursor_.advance();
  bool exists = TRY(if_exists());
  QualifiedName table = TRY(qualified_name());
  if (cursor_.take(Token::KwRename)) {
    if (cursor_.at(Token::KwTo)) return rename_to(ObjectKind::Table, exists, std::move(table));
    TRY(cursor_.expect(Token::KwColumn));
    auto node = std::make_unique<RenameColumn>();
    node->table_if_exists = exists;
    node->table = std::move(table);
    node->if_exists = TRY(if_exists());
    node->from = TRY(qualified_name());
    TRY(cursor_.expect(Token::KwTo));
    node->to = TRY(identifier());
    return StatementPtr(std::move(node));
  }
  if (cursor_.take(Token::KwAdd)) return add_column(exists, std::move(table));
  if (cursor_.take(Token::KwDrop)) {
    TRY(cursor_.expect(Token::KwColumn));
    auto node = std::make_unique<DropColumn>();
    node->table_if_exists = exists;
    node->table = std::move(table);
    node->if_exists = TRY(if_exists());
    node->column = TRY(qualified_name());
    return StatementPtr(std::move(node));
  }
  if (cursor_.take(Token::KwAlter)) return alter_table_column(exists, std::move(table));
  if (!exists && cursor_.take(Token::KwExecute)) {
    return table_execute(ObjectKind::Table, std::move(table));
  }
  if (exists) return cursor_.unexpected();
  TRY(cursor_.expect(Token::KwSet));
  if (cursor_.at(Token::KwAuthorization)) {
    return set_authorization(ObjectKind::Table, std::move(table));
  }
  return set_properties(ObjectKind::Table, std::move(table));
}

Result<StatementPtr> Grammar::add_column(bool table_if_exists, QualifiedName table) {
  using Position = AddColumn::Position;
  TRY(cursor_.expect(Token::KwColumn));
  auto node = std::make_unique<AddColumn>();
  node->table_if_exists = table_if_exists;
  node->table = std::move(table);
  node->if_not_exists = TRY(if_not_exists());
  node->column = TRY(column_definition());
  if (cursor_.take(Token::KwFirst)) {
    node->position = Position::First;
  } else if (cursor_.take(Token::KwLast)) {
    node->position = Position::Last;
  } else if (cursor_.take(Token::KwAfter)) {
    node->position = Position::After;
    node->after = TRY(identifier());
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::alter_table_column(bool table_if_exists, QualifiedName table) {
  TRY(cursor_.expect(Token::KwColumn));
  auto node = std::make_unique<AlterColumn>();
  node->table_if_exists = table_if_exists;
  node->table = std::move(table);
  node->column = TRY(qualified_name());
  bool plain = node->column.parts.size() == 1;
  if (plain && cursor_.take(Token::KwDrop)) {
    TRY(cursor_.expect(Token::KwNot, Token::KwNull));
    return StatementPtr(std::move(node));
  }
  TRY(cursor_.expect(Token::KwSet));
  TRY(cursor_.expect(Token::KwData));
  TRY(cursor_.expect(Token::KwType));
  node->type = TRY(type());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::table_execute(ObjectKind object, QualifiedName table) {
  auto node = std::make_unique<TableExecute>();
  node->object = object;
  node->table = std::move(table);
  node->procedure = TRY(identifier());
  if (cursor_.at(Token::LeftParen)) node->arguments = TRY(call_arguments());
  if (cursor_.take(Token::KwWhere)) node->where = TRY(expression());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::alter_view() {
  cursor_.advance();
  QualifiedName name = TRY(qualified_name());
  if (cursor_.take(Token::KwRename)) {
    return rename_to(ObjectKind::View, false, std::move(name));
  }
  if (cursor_.take(Token::KwRefresh)) {
    auto node = std::make_unique<Refresh>();
    node->object = ObjectKind::View;
    node->name = std::move(name);
    return StatementPtr(std::move(node));
  }
  TRY(cursor_.expect(Token::KwSet));
  return set_authorization(ObjectKind::View, std::move(name));
}

Result<StatementPtr> Grammar::alter_materialized_view() {
  cursor_.advance();
  TRY(cursor_.expect(Token::KwView));
  bool exists = TRY(if_exists());
  QualifiedName name = TRY(qualified_name());
  if (cursor_.take(Token::KwRename)) {
    return rename_to(ObjectKind::MaterializedView, exists, std::move(name));
  }
  if (exists) return cursor_.unexpected();
  if (cursor_.take(Token::KwExecute)) {
    return table_execute(ObjectKind::MaterializedView, std::move(name));
  }
  TRY(cursor_.expect(Token::KwSet));
  if (cursor_.at(Token::KwAuthorization)) {
    return set_authorization(ObjectKind::MaterializedView, std::move(name));
  }
  return set_properties(ObjectKind::MaterializedView, std::move(name));
}

Result<StatementPtr> Grammar::alter_schema() {
  cursor_.advance();
  QualifiedName name = TRY(qualified_name());
  if (cursor_.take(Token::KwRename)) {
    TRY(cursor_.expect(Token::KwTo));
    auto node = std::make_unique<Rename>();
    node->object = ObjectKind::Schema;
    node->from = std::move(name);
    node->to.parts.push_back(TRY(identifier()));
    node->to.span = node->to.parts[0].span;
    return StatementPtr(std::move(node));
  }
  TRY(cursor_.expect(Token::KwSet));
  return set_authorization(ObjectKind::Schema, std::move(name));
}

Result<StatementPtr> Grammar::rename_to(ObjectKind object, bool if_exists, QualifiedName from) {
  TRY(cursor_.expect(Token::KwTo));
  auto node = std::make_unique<Rename>();
  node->object = object;
  node->if_exists = if_exists;
  node->from = std::move(from);
  node->to = TRY(qualified_name());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::set_authorization(ObjectKind object, QualifiedName name) {
  TRY(cursor_.expect(Token::KwAuthorization));
  auto node = std::make_unique<SetAuthorization>();
  node->object = object;
  node->name = std::move(name);
  node->principal = TRY(principal());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::set_properties(ObjectKind object, QualifiedName name) {
  TRY(cursor_.expect(Token::KwProperties));
  auto node = std::make_unique<SetProperties>();
  node->object = object;
  node->name = std::move(name);
  node->properties = TRY((list<Property>(&Grammar::property)));
  return StatementPtr(std::move(node));
}

}  // namespace tarn::sql
