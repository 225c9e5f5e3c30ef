// SPDX-License-Identifier: Apache-2.0
#include "sql/parser.h"

#include <fmt/format.h>

#include "sql/parser/grammar.h"

namespace tarn::sql {

namespace {

Result<void> check_size(std::string_view text, const ParseLimits& limits) {
  if (text.size() <= limits.size_max) return {};
  return invalid_input("statement is too large: {} bytes, at most {}", text.size(),
                       limits.size_max);
}

// Runs a rule over the whole text. After an error it runs once more to find what was expected.
template <typename T, typename Rule>
Result<T> run(std::string_view text, const ParseLimits& limits, Rule rule) {
  TRY(check_size(text, limits));
  TokenList tokens = tokenize(text);
  for (bool recording : {false, true}) {
    Grammar grammar(text, tokens, limits, recording);
    Result<T> result = rule(grammar);
    if (result && grammar.deferred()) return *grammar.deferred();
    bool done = result.has_value() || recording || result.error().code == ErrorCode::Unsupported;
    if (done) return result;
  }
  return internal("a text parsed in one run only");
}

Result<void> expect_end(Cursor& cursor) { return cursor.expect(Token::EndOfText); }

}  // namespace

Result<StatementPtr> parse_statement(std::string_view text, const ParseLimits& limits) {
  return run<StatementPtr>(text, limits, [](Grammar& grammar) -> Result<StatementPtr> {
    StatementPtr statement = TRY(grammar.statement());
    if (grammar.cursor().peek() == Token::Semicolon &&
        grammar.cursor().peek(1) == Token::EndOfText) {
      grammar.cursor().advance();
    }
    TRY(expect_end(grammar.cursor()));
    return statement;
  });
}

Result<std::vector<StatementPtr>> parse_statements(std::string_view text,
                                                   const ParseLimits& limits) {
  using Statements = std::vector<StatementPtr>;
  return run<Statements>(text, limits, [](Grammar& grammar) -> Result<Statements> {
    Statements statements;
    Cursor& cursor = grammar.cursor();
    while (true) {
      while (cursor.peek() == Token::Semicolon) cursor.advance();
      if (cursor.peek() == Token::EndOfText) return statements;
      grammar.reset_parameters();
      statements.push_back(TRY(grammar.statement()));
      if (cursor.peek() != Token::EndOfText) TRY(cursor.expect(Token::Semicolon));
    }
  });
}

Result<ExpressionPtr> parse_expression(std::string_view text, const ParseLimits& limits) {
  return run<ExpressionPtr>(text, limits, [](Grammar& grammar) -> Result<ExpressionPtr> {
    ExpressionPtr expression = TRY(grammar.expression());
    TRY(expect_end(grammar.cursor()));
    return expression;
  });
}

Result<DataType> parse_type(std::string_view text, const ParseLimits& limits) {
  return run<DataType>(text, limits, [](Grammar& grammar) -> Result<DataType> {
    DataType type = TRY(grammar.type());
    TRY(expect_end(grammar.cursor()));
    return type;
  });
}

std::vector<TextSpan> find_comments(std::string_view text) {
  std::vector<TextSpan> spans;
  for (const Comment& comment : tokenize(text).comments) spans.push_back(comment.span);
  return spans;
}

TextSpan shift_into(const TextSpan& literal, const TextSpan& inner) {
  TextSpan shifted = inner;
  shifted.offset += literal.offset + 1;
  if (inner.line == 1) shifted.column += literal.column;
  shifted.line += literal.line - 1;
  return shifted;
}

std::string show_error(std::string_view text, const Error& error) {
  if (!error.where) return describe(error) + "\n";
  return fmt::format("line {}:{}: {}\n{}", error.where->line, error.where->column, error.message,
                     excerpt(text, *error.where));
}

}  // namespace tarn::sql
