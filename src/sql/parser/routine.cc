// SPDX-License-Identifier: Apache-2.0
// SQL routines.
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<StatementPtr> Grammar::create_function(bool or_replace) {
  auto node = std::make_unique<CreateFunction>();
  node->or_replace = or_replace;
  node->definition = TRY(function_definition());
  return StatementPtr(std::move(node));
}

Result<FunctionDefinition> Grammar::function_definition() {
  FunctionDefinition definition;
  std::size_t begin = cursor_.position();
  TRY(cursor_.expect(Token::KwFunction));
  definition.signature = TRY(function_signature());
  TRY(cursor_.expect(Token::KwReturns));
  definition.returns = TRY(type());
  TRY(routine_characteristics(definition.characteristics));
  bool foreign = cursor_.peek() == Token::KwWith ||
                 (cursor_.peek() == Token::KwAs && cursor_.peek(1) == Token::DollarString);
  if (foreign) {
    return unsupported("functions in other languages than SQL are not supported")
        .at(cursor_.span());
  }
  definition.body = TRY(control_statement());
  definition.span = cursor_.span_from(begin);
  return definition;
}

Result<FunctionSignature> Grammar::function_signature() {
  FunctionSignature signature;
  std::size_t begin = cursor_.position();
  signature.name = TRY(qualified_name());
  TRY(cursor_.expect(Token::LeftParen));
  if (!cursor_.take(Token::RightParen)) {
    signature.parameters = TRY((list<FunctionParameter>(&Grammar::function_parameter)));
    TRY(cursor_.expect(Token::RightParen));
  }
  signature.span = cursor_.span_from(begin);
  return signature;
}

// `type` or `name type`: the same choice as in the fields of a row.
Result<FunctionParameter> Grammar::function_parameter() {
  RowTypeField field = TRY(row_type_field());
  return FunctionParameter{std::move(field.name), std::move(field.type)};
}

Result<void> Grammar::routine_characteristics(RoutineCharacteristics& characteristics) {
  while (true) {
    if (cursor_.take(Token::KwLanguage)) {
      characteristics.language = TRY(identifier());
    } else if (cursor_.take(Token::KwNot)) {
      TRY(cursor_.expect(Token::KwDeterministic));
      characteristics.deterministic = false;
    } else if (cursor_.take(Token::KwDeterministic)) {
      characteristics.deterministic = true;
    } else if (cursor_.take(Token::KwReturns)) {
      TRY(cursor_.expect(Token::KwNull));
      TRY(cursor_.expect(Token::KwOn, Token::KwNull));
      TRY(cursor_.expect(Token::KwInput));
      characteristics.returns_null_on_null = true;
    } else if (cursor_.take(Token::KwCalled)) {
      TRY(cursor_.expect(Token::KwOn, Token::KwNull));
      TRY(cursor_.expect(Token::KwInput));
      characteristics.called_on_null = true;
    } else if (cursor_.take(Token::KwSecurity)) {
      bool invoker = cursor_.take(Token::KwInvoker);
      if (!invoker) TRY(cursor_.expect(Token::KwDefiner));
      characteristics.security_definer = !invoker;
    } else if (cursor_.take(Token::KwComment)) {
      characteristics.comment = TRY(string());
    } else {
      return {};
    }
  }
}

Result<ControlPtr> Grammar::control_statement() {
  using Kind = ControlStatement::Kind;
  Nest nest(*this);
  TRY(check_depth());
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<ControlStatement>();
  if (cursor_.take(Token::KwReturn)) {
    node->kind = Kind::Return;
    node->value = TRY(value_expression());
  } else if (cursor_.take(Token::KwSet)) {
    node->kind = Kind::Assign;
    node->name = TRY(identifier());
    TRY(cursor_.expect(Token::Equal));
    node->value = TRY(expression());
  } else if (cursor_.take(Token::KwCase)) {
    TRY(case_statement(*node));
  } else if (cursor_.take(Token::KwIf)) {
    TRY(if_statement(*node));
  } else if (cursor_.take(Token::KwIterate)) {
    node->kind = Kind::Iterate;
    node->name = TRY(identifier());
  } else if (cursor_.take(Token::KwLeave)) {
    node->kind = Kind::Leave;
    node->name = TRY(identifier());
  } else if (cursor_.take(Token::KwBegin)) {
    TRY(compound_statement(*node));
  } else {
    TRY(loop_statement(*node));
  }
  node->span = cursor_.span_from(begin);
  return node;
}

// (statement ;)+ up to a word that ends the list.
Result<std::vector<ControlPtr>> Grammar::control_list() {
  std::vector<ControlPtr> statements;
  while (true) {
    statements.push_back(TRY(control_statement()));
    TRY(cursor_.expect(Token::Semicolon));
    switch (cursor_.peek()) {
      case Token::KwEnd:
      case Token::KwElse:
      case Token::KwElseif:
      case Token::KwWhen:
      case Token::KwUntil:
        return statements;
      default:
        break;
    }
  }
}

Result<void> Grammar::case_statement(ControlStatement& statement) {
  statement.kind = ControlStatement::Kind::Case;
  if (!cursor_.at(Token::KwWhen)) statement.value = TRY(expression());
  do {
    TRY(cursor_.expect(Token::KwWhen));
    ControlBranch branch;
    branch.condition = TRY(expression());
    TRY(cursor_.expect(Token::KwThen));
    branch.body = TRY(control_list());
    statement.branches.push_back(std::move(branch));
  } while (cursor_.at(Token::KwWhen));
  if (cursor_.take(Token::KwElse)) statement.otherwise = TRY(control_list());
  return cursor_.expect(Token::KwEnd, Token::KwCase);
}

Result<void> Grammar::if_statement(ControlStatement& statement) {
  statement.kind = ControlStatement::Kind::If;
  do {
    ControlBranch branch;
    branch.condition = TRY(expression());
    TRY(cursor_.expect(Token::KwThen));
    branch.body = TRY(control_list());
    statement.branches.push_back(std::move(branch));
  } while (cursor_.take(Token::KwElseif));
  if (cursor_.take(Token::KwElse)) statement.otherwise = TRY(control_list());
  return cursor_.expect(Token::KwEnd, Token::KwIf);
}

Result<void> Grammar::compound_statement(ControlStatement& statement) {
  statement.kind = ControlStatement::Kind::Compound;
  while (cursor_.take(Token::KwDeclare)) {
    VariableDeclaration declaration;
    declaration.names = TRY((list<Identifier>(&Grammar::identifier)));
    declaration.type = TRY(type());
    if (cursor_.take(Token::KwDefault)) declaration.initial = TRY(value_expression());
    TRY(cursor_.expect(Token::Semicolon));
    statement.declarations.push_back(std::move(declaration));
  }
  if (!cursor_.at(Token::KwEnd)) statement.body = TRY(control_list());
  return cursor_.expect(Token::KwEnd);
}

Result<void> Grammar::loop_statement(ControlStatement& statement) {
  using Kind = ControlStatement::Kind;
  if (can_be_identifier(cursor_.peek()) && cursor_.peek(1) == Token::Colon) {
    statement.label = TRY(identifier());
    cursor_.advance();
  }
  if (cursor_.take(Token::KwLoop)) {
    statement.kind = Kind::Loop;
    statement.body = TRY(control_list());
    return cursor_.expect(Token::KwEnd, Token::KwLoop);
  }
  if (cursor_.take(Token::KwWhile)) {
    statement.kind = Kind::While;
    statement.value = TRY(expression());
    TRY(cursor_.expect(Token::KwDo));
    statement.body = TRY(control_list());
    return cursor_.expect(Token::KwEnd, Token::KwWhile);
  }
  TRY(cursor_.expect(Token::KwRepeat));
  statement.kind = Kind::Repeat;
  statement.body = TRY(control_list());
  TRY(cursor_.expect(Token::KwUntil));
  statement.value = TRY(expression());
  return cursor_.expect(Token::KwEnd, Token::KwRepeat);
}

}  // namespace tarn::sql
