// SPDX-License-Identifier: Apache-2.0
// Session, transactions, prepared statements, roles and privileges.
#include "base/text.h"
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<StatementPtr> Grammar::use() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Use>();
  node->schema = TRY(identifier());
  if (cursor_.take(Token::Dot)) {
    node->catalog = std::move(node->schema);
    node->schema = TRY(identifier());
  }
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::set() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  if (cursor_.at(Token::KwRole)) return finish(TRY(set_role()), begin);
  if (cursor_.at(Token::KwPath)) return finish(TRY(set_path()), begin);
  if (cursor_.take(Token::KwTime)) {
    TRY(cursor_.expect(Token::KwZone));
    auto node = std::make_unique<SetTimeZone>();
    bool local = cursor_.peek() == Token::KwLocal &&
                 (cursor_.peek(1) == Token::EndOfText || cursor_.peek(1) == Token::Semicolon);
    if (local) {
      cursor_.advance();
    } else {
      cursor_.note(Token::KwLocal);
      node->zone = TRY(expression());
    }
    return finish(std::move(node), begin);
  }
  TRY(cursor_.expect(Token::KwSession));
  if (cursor_.peek() == Token::KwAuthorization && cursor_.peek(1) != Token::Equal &&
      cursor_.peek(1) != Token::Dot) {
    cursor_.advance();
    auto node = std::make_unique<SessionAuthorization>();
    node->user_is_text = at_string();
    node->user = node->user_is_text ? TRY(string()) : TRY(identifier()).value;
    return finish(std::move(node), begin);
  }
  auto node = std::make_unique<SetSession>();
  node->name = TRY(qualified_name());
  TRY(cursor_.expect(Token::Equal));
  node->value = TRY(expression());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::set_role() {
  cursor_.advance();
  auto node = std::make_unique<SetRole>();
  Token following = cursor_.peek(1);
  bool last =
      following == Token::EndOfText || following == Token::Semicolon || following == Token::KwIn;
  if (cursor_.peek() == Token::KwAll && last) {
    node->role_kind = SetRole::Kind::All;
    cursor_.advance();
  } else if (cursor_.peek() == Token::KwNone && last) {
    node->role_kind = SetRole::Kind::None;
    cursor_.advance();
  } else {
    node->role = TRY(identifier());
  }
  node->catalog = TRY(optional_in_catalog());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::set_path() {
  cursor_.advance();
  auto node = std::make_unique<SetPath>();
  do {
    QualifiedName element;
    std::size_t begin = cursor_.position();
    element.parts.push_back(TRY(identifier()));
    if (cursor_.take(Token::Dot)) element.parts.push_back(TRY(identifier()));
    element.span = cursor_.span_from(begin);
    node->elements.push_back(std::move(element));
  } while (cursor_.take(Token::Comma));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::reset() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwSession));
  if (cursor_.peek() == Token::KwAuthorization && cursor_.peek(1) != Token::Dot) {
    cursor_.advance();
    return finish(std::make_unique<SessionAuthorization>(), begin);
  }
  auto node = std::make_unique<SetSession>();
  node->name = TRY(qualified_name());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::start_transaction() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwTransaction));
  auto node = std::make_unique<StartTransaction>();
  if (cursor_.at(Token::KwIsolation) || cursor_.at(Token::KwRead)) {
    do {
      TRY(transaction_mode(*node));
    } while (cursor_.take(Token::Comma));
  }
  return finish(std::move(node), begin);
}

Result<void> Grammar::transaction_mode(StartTransaction& transaction) {
  using Isolation = StartTransaction::Isolation;
  TextSpan where = cursor_.span();
  if (cursor_.take(Token::KwRead)) {
    bool read_only = cursor_.take(Token::KwOnly);
    if (!read_only) TRY(cursor_.expect(Token::KwWrite));
    if (transaction.read_only) {
      defer(invalid_input("Multiple transaction read modes specified"), where);
    }
    transaction.read_only = read_only;
    return {};
  }
  TRY(cursor_.expect(Token::KwIsolation));
  TRY(cursor_.expect(Token::KwLevel));
  Isolation isolation = Isolation::Serializable;
  if (cursor_.take(Token::KwRead)) {
    isolation = Isolation::ReadUncommitted;
    if (!cursor_.take(Token::KwUncommitted)) {
      TRY(cursor_.expect(Token::KwCommitted));
      isolation = Isolation::ReadCommitted;
    }
  } else if (cursor_.take(Token::KwRepeatable)) {
    TRY(cursor_.expect(Token::KwRead));
    isolation = Isolation::RepeatableRead;
  } else {
    TRY(cursor_.expect(Token::KwSerializable));
  }
  if (transaction.isolation) {
    defer(invalid_input("Multiple transaction isolation levels specified"), where);
  }
  transaction.isolation = isolation;
  return {};
}

Result<StatementPtr> Grammar::end_transaction(bool commit) {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  cursor_.take(Token::KwWork);
  auto node = std::make_unique<EndTransaction>();
  node->commit = commit;
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::prepare() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Prepare>();
  node->name = TRY(identifier());
  TRY(cursor_.expect(Token::KwFrom));
  node->statement = TRY(statement());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::deallocate() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwPrepare));
  auto node = std::make_unique<Deallocate>();
  node->name = TRY(identifier());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::execute() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  Token following = cursor_.peek(1);
  if (cursor_.peek() == Token::KwImmediate &&
      (following == Token::String || following == Token::UnicodeString)) {
    cursor_.advance();
    auto node = std::make_unique<ExecuteImmediate>();
    node->text_span = cursor_.span();
    node->text = TRY(string());
    if (cursor_.take(Token::KwUsing)) {
      node->parameters = TRY((list<ExpressionPtr>(&Grammar::expression)));
    }
    return finish(std::move(node), begin);
  }
  cursor_.note(Token::KwImmediate);
  auto node = std::make_unique<Execute>();
  node->name = TRY(identifier());
  if (cursor_.take(Token::KwUsing)) {
    node->parameters = TRY((list<ExpressionPtr>(&Grammar::expression)));
  }
  return finish(std::move(node), begin);
}

Result<std::optional<Identifier>> Grammar::optional_in_catalog() {
  if (!cursor_.take(Token::KwIn)) return std::optional<Identifier>{};
  return TRY(identifier());
}

Result<Principal> Grammar::principal() {
  Principal principal;
  bool named = can_be_identifier(cursor_.peek(1));
  if (named && cursor_.take(Token::KwUser)) {
    principal.kind = Principal::Kind::User;
  } else if (named && cursor_.take(Token::KwRole)) {
    principal.kind = Principal::Kind::Role;
  }
  principal.name = TRY(identifier());
  return principal;
}

Result<Principal> Grammar::grantor() {
  Principal grantor;
  if (cursor_.take(Token::KwCurrentUser)) {
    grantor.kind = Principal::Kind::CurrentUser;
    return grantor;
  }
  if (cursor_.take(Token::KwCurrentRole)) {
    grantor.kind = Principal::Kind::CurrentRole;
    return grantor;
  }
  return principal();
}

Result<StatementPtr> Grammar::create_role() {
  cursor_.advance();
  auto node = std::make_unique<CreateRole>();
  node->name = TRY(identifier());
  if (cursor_.take(Token::KwWith)) {
    TRY(cursor_.expect(Token::KwAdmin));
    node->admin = TRY(grantor());
  }
  node->catalog = TRY(optional_in_catalog());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::drop_role() {
  cursor_.advance();
  auto node = std::make_unique<DropRole>();
  node->name = TRY(identifier());
  node->catalog = TRY(optional_in_catalog());
  return StatementPtr(std::move(node));
}

Result<Identifier> Grammar::privilege() {
  for (Token token :
       {Token::KwCreate, Token::KwSelect, Token::KwDelete, Token::KwInsert, Token::KwUpdate}) {
    if (!cursor_.at(token)) continue;
    Identifier name{cursor_.span(), to_upper(cursor_.source()), false};
    cursor_.advance();
    return name;
  }
  return identifier();
}

Result<std::vector<Identifier>> Grammar::privileges() {
  if (cursor_.take(Token::KwAll, Token::KwPrivileges)) return std::vector<Identifier>{};
  return list<Identifier>(&Grammar::privilege);
}

Result<GrantObject> Grammar::grant_object() {
  GrantObject object;
  // In `ON t TO u` the word TO, which may be a name, ends the object.
  Token after = cursor_.peek(2);
  bool ends = cursor_.peek(1) == Token::KwTo && after != Token::KwTo && after != Token::Dot;
  bool word = cursor_.at(Token::KwTable) ||
              (can_be_identifier(cursor_.peek()) && can_be_identifier(cursor_.peek(1)) && !ends);
  if (word) {
    object.kind = to_upper(cursor_.source());
    cursor_.advance();
  }
  object.name = TRY(qualified_name());
  return object;
}

Result<StatementPtr> Grammar::grant() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  std::vector<Identifier> names = TRY(privileges());
  if (cursor_.at(Token::KwOn) || names.empty()) {
    return finish(TRY(grant_rest(PrivilegeGrant::Action::Grant, false, std::move(names))), begin);
  }
  TRY(cursor_.expect(Token::KwTo));
  auto node = std::make_unique<RoleGrant>();
  node->roles = std::move(names);
  node->principals = TRY((list<Principal>(&Grammar::principal)));
  if (cursor_.take(Token::KwWith)) {
    TRY(cursor_.expect(Token::KwAdmin, Token::KwOption));
    node->admin_option = true;
  }
  if (cursor_.take(Token::KwGranted)) {
    TRY(cursor_.expect(Token::KwBy));
    node->granted_by = TRY(grantor());
  }
  node->catalog = TRY(optional_in_catalog());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::grant_rest(PrivilegeGrant::Action action, bool grant_option,
                                         std::vector<Identifier> privileges) {
  TRY(cursor_.expect(Token::KwOn));
  auto node = std::make_unique<PrivilegeGrant>();
  node->action = action;
  node->grant_option = grant_option;
  node->privileges = std::move(privileges);
  node->object = TRY(grant_object());
  TRY(cursor_.expect(action == PrivilegeGrant::Action::Revoke ? Token::KwFrom : Token::KwTo));
  node->principal = TRY(principal());
  if (action == PrivilegeGrant::Action::Grant && cursor_.take(Token::KwWith)) {
    TRY(cursor_.expect(Token::KwGrant, Token::KwOption));
    node->grant_option = true;
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::revoke() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  bool admin_option = cursor_.take(Token::KwAdmin, Token::KwOption);
  bool grant_option = !admin_option && cursor_.take(Token::KwGrant, Token::KwOption);
  if (admin_option || grant_option) TRY(cursor_.expect(Token::KwFor));
  std::vector<Identifier> names = TRY(privileges());
  bool of_privileges = grant_option || names.empty() || cursor_.at(Token::KwOn);
  if (of_privileges && !admin_option) {
    auto action = PrivilegeGrant::Action::Revoke;
    return finish(TRY(grant_rest(action, grant_option, std::move(names))), begin);
  }
  TRY(cursor_.expect(Token::KwFrom));
  auto node = std::make_unique<RoleGrant>();
  node->revoke = true;
  node->admin_option = admin_option;
  node->roles = std::move(names);
  node->principals = TRY((list<Principal>(&Grammar::principal)));
  if (cursor_.take(Token::KwGranted)) {
    TRY(cursor_.expect(Token::KwBy));
    node->granted_by = TRY(grantor());
  }
  node->catalog = TRY(optional_in_catalog());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::deny() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  std::vector<Identifier> names = TRY(privileges());
  return finish(TRY(grant_rest(PrivilegeGrant::Action::Deny, false, std::move(names))), begin);
}

}  // namespace tarn::sql
