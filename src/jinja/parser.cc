// SPDX-License-Identifier: Apache-2.0
// Statements.
#include "jinja/parser.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

Error syntax_error(std::string_view text, const Place& place, std::string message) {
  return fail(kSyntaxError, "{}", message).at(make_text_span(text, place.offset, place.length));
}

const Token& Parser::look() const {
  return list_.tokens[std::min(position_ + 1, list_.tokens.size() - 1)];
}

Error Parser::fail_at(const Token& token, std::string message) const {
  auto error = syntax_error(text_, place_of(token), std::move(message));
  error.where->line = token.line;
  return error;
}

Result<void> Parser::advance() {
  if (position_ + 1 < list_.tokens.size()) ++position_;
  if (current().type == TokenType::Failure) return fail_here(std::string(current().text));
  return {};
}

Result<bool> Parser::skip_if(TokenType type) {
  if (current().type != type) return false;
  TRY(advance());
  return true;
}

Result<bool> Parser::skip_word(std::string_view word) {
  if (!current().is_name(word)) return false;
  TRY(advance());
  return true;
}

std::string Parser::describe(const Token& token) const {
  if (token.type == TokenType::Name) return std::string(token.text);
  return std::string(jinja::describe(token.type));
}

Result<Token> Parser::expect(TokenType type) {
  const Token token = current();
  if (token.type != type) {
    const auto expected = jinja::describe(type);
    if (token.type == TokenType::Eof) {
      return fail_here(fmt::format("unexpected end of template, expected '{}'.", expected));
    }
    return fail_here(fmt::format("expected token '{}', got '{}'", expected, describe(token)));
  }
  TRY(advance());
  return token;
}

Result<void> Parser::expect_word(std::string_view word) {
  if (current().is_name(word)) return advance();
  if (current().type == TokenType::Eof) {
    return fail_here(fmt::format("unexpected end of template, expected '{}'.", word));
  }
  return fail_here(fmt::format("expected token '{}', got '{}'", word, describe(current())));
}

Place Parser::place_of(const Token& token) const {
  return {token.offset, token.length, token.line};
}

Place Parser::place_from(const Token& first) const {
  const Token& last = list_.tokens[position_ > 0 ? position_ - 1 : 0];
  const std::uint32_t end = std::max(last.offset + last.length, first.offset + first.length);
  return {first.offset, end - first.offset, first.line};
}

Result<void> Parser::enter() {
  if (++nesting_ > kNestingMax) {
    auto error = fail_here("the template is nested too deeply");
    error.kind = kLimitError;
    return error;
  }
  return {};
}

Result<Body> Parser::parse() {
  if (current().type == TokenType::Failure) return fail_here(std::string(current().text));
  return subparse();
}

Error Parser::unknown_tag(const Token& token, bool eof) const {
  std::string looking;
  if (!end_stack_.empty()) {
    for (const auto& end : end_stack_.back()) {
      looking += fmt::format("{}'{}'", looking.empty() ? "" : " or ", end);
    }
  }
  std::string message = eof ? "Unexpected end of template."
                            : fmt::format("Encountered unknown tag '{}'.", token.text);
  const bool expected_outside =
      !eof && std::any_of(end_stack_.begin(), end_stack_.end(), [&](const auto& ends) {
        return std::find(ends.begin(), ends.end(), token.text) != ends.end();
      });
  if (!looking.empty() && expected_outside) {
    message +=
        " You probably made a nesting mistake. Jinja is expecting this tag, but currently "
        "looking for " +
        looking + ".";
  } else if (!looking.empty()) {
    message += " Jinja was looking for the following tags: " + looking + ".";
  }
  if (!tag_stack_.empty()) {
    message +=
        fmt::format(" The innermost block that needs to be closed is '{}'.", tag_stack_.back());
  }
  return fail_at(token, std::move(message));
}

Result<StmtPtr> Parser::parse_statement() {
  const Token tag = current();
  if (tag.type != TokenType::Name) return fail_here("tag name expected");
  TRY(enter());
  std::size_t end = position_;
  while (list_.tokens[end].type != TokenType::BlockEnd && end + 1 < list_.tokens.size()) ++end;
  tag_stack_.push_back(tag.text);
  auto statement = TRY(parse_known_statement(tag));
  tag_stack_.pop_back();
  leave();
  // The tag itself, without what it encloses.
  const Token& last = list_.tokens[end - 1];
  statement->place = {tag.offset, last.offset + last.length - tag.offset, tag.line};
  return statement;
}

Result<StmtPtr> Parser::parse_known_statement(const Token& tag) {
  using Method = Result<StmtPtr> (Parser::*)();
  struct Known {
    std::string_view tag;
    Method method;
  };
  static constexpr Known kKnown[] = {
      {"if", &Parser::parse_if},
      {"set", &Parser::parse_set},
      {"for", &Parser::parse_for},
      {"macro", &Parser::parse_macro},
      {"do", &Parser::parse_do},
      {"call", &Parser::parse_call_block},
      {"filter", &Parser::parse_filter_block},
      {"with", &Parser::parse_with},
      {"block", &Parser::parse_block},
      {"print", &Parser::parse_print},
      {"extends", &Parser::parse_loader},
      {"include", &Parser::parse_loader},
      {"import", &Parser::parse_loader},
      {"from", &Parser::parse_loader},
      {"autoescape", &Parser::parse_autoescape},
  };
  for (const auto& known : kKnown) {
    if (known.tag == tag.text) return (this->*known.method)();
  }
  if (tag.text == "break" || tag.text == "continue") {
    TRY(advance());
    return StmtPtr(
        std::make_unique<BreakStmt>(tag.text == "break" ? StmtKind::Break : StmtKind::Continue));
  }
  if (const auto* block = environment_.find_block_tag(tag.text)) return parse_block_tag(*block);
  tag_stack_.pop_back();
  return unknown_tag(tag, false);
}

Result<Body> Parser::subparse() {
  Body body;
  std::unique_ptr<OutputStmt> output;
  const auto flush = [&] {
    if (output) body.push_back(std::move(output));
  };
  const auto piece = [&](const Token& token) -> OutputPiece& {
    if (!output) {
      output = std::make_unique<OutputStmt>();
      output->place = place_of(token);
    }
    output->pieces.emplace_back();
    return output->pieces.back();
  };
  while (current().type != TokenType::Eof) {
    const Token token = current();
    if (token.type == TokenType::Data) {
      auto& data = piece(token);
      data.data = token.text;
      data.place = place_of(token);
      TRY(advance());
    } else if (token.type == TokenType::VariableBegin) {
      TRY(advance());
      auto expr = TRY(parse_tuple({}));
      TRY(expect(TokenType::VariableEnd));
      auto& printed = piece(token);
      printed.expr = std::move(expr);
      printed.place = place_from(token);
    } else {
      flush();
      TRY(advance());
      if (!end_stack_.empty() && current().type == TokenType::Name) {
        const auto& ends = end_stack_.back();
        if (std::find(ends.begin(), ends.end(), current().text) != ends.end()) return body;
      }
      body.push_back(TRY(parse_statement()));
      TRY(expect(TokenType::BlockEnd));
    }
  }
  flush();
  return body;
}

Result<Body> Parser::parse_statements(Words ends, bool drop_end) {
  TRY(skip_if(TokenType::Colon));
  TRY(expect(TokenType::BlockEnd));
  end_stack_.emplace_back(ends);
  auto body = TRY(subparse());
  if (current().type == TokenType::Eof) return unknown_tag(current(), true);
  end_stack_.pop_back();
  if (drop_end) TRY(advance());
  return body;
}

Result<StmtPtr> Parser::parse_set() {
  TRY(advance());
  auto target = TRY(parse_assign_target({}, true));
  if (TRY(skip_if(TokenType::Assign))) {
    auto statement = std::make_unique<SetStmt>();
    statement->target = std::move(target);
    statement->value = TRY(parse_tuple({}));
    return StmtPtr(std::move(statement));
  }
  auto statement = std::make_unique<SetBlockStmt>();
  statement->target = std::move(target);
  statement->filter = TRY(parse_filter(nullptr, false));
  statement->body = TRY(parse_statements({"endset"}, true));
  return StmtPtr(std::move(statement));
}

Result<StmtPtr> Parser::parse_for() {
  auto statement = std::make_unique<ForStmt>();
  TRY(advance());
  const std::size_t start = position_;
  statement->target = TRY(parse_assign_target("in", false));
  const std::size_t after = position_;
  TRY(expect_word("in"));
  statement->iterable = TRY(parse_tuple({.with_conditional = false, .end_word = "recursive"}));
  if (TRY(skip_word("if"))) {
    statement->test = TRY(parse_expression());
    // The test has variables of its own: parse the target once more for them.
    const std::size_t here = std::exchange(position_, start);
    statement->test_target = TRY(parse_assign_target("in", false));
    VERIFY(position_ == after);
    position_ = here;
  }
  statement->recursive = TRY(skip_word("recursive"));
  statement->body = TRY(parse_statements({"endfor", "else"}, false));
  const bool otherwise = current().is_name("else");
  TRY(advance());
  if (otherwise) statement->otherwise = TRY(parse_statements({"endfor"}, true));
  return StmtPtr(std::move(statement));
}

Result<StmtPtr> Parser::parse_if() {
  auto statement = std::make_unique<IfStmt>();
  TRY(advance());
  while (true) {
    auto& branch = statement->branches.emplace_back();
    branch.test = TRY(parse_tuple({.with_conditional = false}));
    branch.body = TRY(parse_statements({"elif", "else", "endif"}, false));
    const Token token = current();
    TRY(advance());
    if (token.is_name("elif")) continue;
    if (token.is_name("else")) {
      auto body = TRY(parse_statements({"endif"}, true));
      statement->branches.emplace_back().body = std::move(body);
      statement->has_otherwise = true;
    }
    return StmtPtr(std::move(statement));
  }
}

Result<StmtPtr> Parser::parse_with() {
  auto statement = std::make_unique<WithStmt>();
  TRY(advance());
  while (current().type != TokenType::BlockEnd) {
    if (!statement->targets.empty()) TRY(expect(TokenType::Comma));
    statement->targets.push_back(TRY(parse_assign_target({}, false)));
    TRY(expect(TokenType::Assign));
    statement->values.push_back(TRY(parse_expression()));
  }
  statement->body = TRY(parse_statements({"endwith"}, true));
  return StmtPtr(std::move(statement));
}

Result<StmtPtr> Parser::parse_autoescape() {
  auto statement = std::make_unique<AutoescapeStmt>();
  TRY(advance());
  statement->value = TRY(parse_expression());
  statement->body = TRY(parse_statements({"endautoescape"}, true));
  return StmtPtr(std::move(statement));
}

Result<StmtPtr> Parser::parse_block() {
  auto statement = std::make_unique<BlockStmt>();
  TRY(advance());
  statement->name = TRY(expect(TokenType::Name)).text;
  statement->scoped = TRY(skip_word("scoped"));
  statement->required = TRY(skip_word("required"));
  if (current().type == TokenType::Subtract) {
    return fail_here(
        "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, "
        "use an underscore instead.");
  }
  statement->body = TRY(parse_statements({"endblock"}, true));
  for (const auto& child : statement->body) {
    if (!statement->required) break;
    const auto* output = dynamic_cast<const OutputStmt*>(child.get());
    const bool blank =
        output != nullptr &&
        std::all_of(output->pieces.begin(), output->pieces.end(), [](const OutputPiece& piece) {
          return !piece.expr && strip_spaces(piece.data, true, false).empty();
        });
    if (!blank) return fail_here("Required blocks can only contain comments or whitespace");
  }
  TRY(skip_word(statement->name));
  return StmtPtr(std::move(statement));
}

Result<bool> Parser::parse_context_words() {
  if (!current().is_name("with") && !current().is_name("without")) return false;
  if (!look().is_name("context")) return false;
  TRY(advance());
  TRY(advance());
  return true;
}

Result<StmtPtr> Parser::parse_loader() {
  auto statement = std::make_unique<LoaderStmt>();
  const std::string_view tag = current().text;
  TRY(advance());
  statement->source = TRY(parse_expression());
  if (tag == "include") {
    if (current().is_name("ignore") && look().is_name("missing")) {
      TRY(advance());
      TRY(advance());
    }
    TRY(parse_context_words());
  } else if (tag == "import") {
    TRY(expect_word("as"));
    statement->targets.push_back(TRY(parse_target_name()));
    TRY(parse_context_words());
  } else if (tag == "from") {
    TRY(expect_word("import"));
    TRY(parse_from_names(*statement));
  }
  return StmtPtr(std::move(statement));
}

Result<void> Parser::parse_from_names(LoaderStmt& statement) {
  while (true) {
    if (!statement.targets.empty()) TRY(expect(TokenType::Comma));
    if (current().type != TokenType::Name) {
      TRY(expect(TokenType::Name));
      continue;
    }
    if (TRY(parse_context_words())) return {};
    const Token name = current();
    auto target = TRY(parse_target_name());
    if (target->name.text.starts_with('_')) {
      return fail_at(name, "names starting with an underline can not be imported");
    }
    if (TRY(skip_word("as"))) target = TRY(parse_target_name());
    statement.targets.push_back(std::move(target));
    if (TRY(parse_context_words()) || current().type != TokenType::Comma) return {};
  }
}

Result<std::string> Parser::parse_annotation() {
  TRY(enter());
  std::string text(TRY(expect(TokenType::Name)).text);
  if (TRY(skip_if(TokenType::LeftBracket))) {
    text += "[";
    bool first = true;
    while (current().type != TokenType::RightBracket) {
      if (!first) {
        TRY(expect(TokenType::Comma));
        text += ", ";
      }
      text += TRY(parse_annotation());
      first = false;
    }
    TRY(expect(TokenType::RightBracket));
    text += "]";
  }
  leave();
  return text;
}

Result<void> Parser::parse_signature(MacroDefinition& macro) {
  TRY(expect(TokenType::LeftParen));
  while (current().type != TokenType::RightParen) {
    if (!macro.parameters.empty()) TRY(expect(TokenType::Comma));
    auto parameter = TRY(parse_target_name());
    parameter->use = NameUse::Parameter;
    const bool annotated = TRY(skip_if(TokenType::Colon));
    macro.annotations.push_back(annotated ? TRY(parse_annotation()) : std::string());
    if (TRY(skip_if(TokenType::Assign))) {
      macro.defaults.push_back(TRY(parse_expression()));
    } else if (!macro.defaults.empty()) {
      return fail_here("non-default argument follows default argument");
    }
    macro.parameters.push_back(std::move(parameter));
  }
  TRY(expect(TokenType::RightParen));
  return {};
}

Result<StmtPtr> Parser::parse_call_block() {
  const Token tag = current();
  auto statement = std::make_unique<CallBlockStmt>();
  TRY(advance());
  statement->caller.name = "caller";
  if (current().type == TokenType::LeftParen) TRY(parse_signature(statement->caller));
  auto call = TRY(parse_expression());
  if (call->kind != ExprKind::Call) return fail_at(tag, "expected call");
  statement->call.reset(static_cast<CallExpr*>(call.release()));
  statement->caller.body = TRY(parse_statements({"endcall"}, true));
  return StmtPtr(std::move(statement));
}

Result<StmtPtr> Parser::parse_filter_block() {
  auto statement = std::make_unique<FilterBlockStmt>();
  TRY(advance());
  statement->filter = TRY(parse_filter(nullptr, true));
  statement->body = TRY(parse_statements({"endfilter"}, true));
  return StmtPtr(std::move(statement));
}

Result<StmtPtr> Parser::parse_macro() {
  auto statement = std::make_unique<MacroStmt>();
  TRY(advance());
  auto name = TRY(parse_target_name());
  statement->macro.name = environment_.options().macro_prefix + name->name.text;
  TRY(parse_signature(statement->macro));
  statement->macro.body = TRY(parse_statements({"endmacro"}, true));
  statement->target = std::make_unique<NameExpr>(statement->macro.name);
  statement->target->use = NameUse::Store;
  return StmtPtr(std::move(statement));
}

Result<StmtPtr> Parser::parse_print() {
  const Token tag = current();
  auto statement = std::make_unique<OutputStmt>();
  TRY(advance());
  while (current().type != TokenType::BlockEnd) {
    if (!statement->pieces.empty()) TRY(expect(TokenType::Comma));
    auto& piece = statement->pieces.emplace_back();
    piece.expr = TRY(parse_expression());
    piece.place = place_from(tag);
  }
  return StmtPtr(std::move(statement));
}

Result<StmtPtr> Parser::parse_do() {
  auto statement = std::make_unique<DoStmt>();
  TRY(advance());
  statement->value = TRY(parse_tuple({}));
  return StmtPtr(std::move(statement));
}

Result<std::vector<BlockTag::Option>> Parser::parse_options() {
  std::vector<BlockTag::Option> options;
  while (TRY(skip_if(TokenType::Comma))) {
    auto name = TRY(parse_target_name());
    BlockTag::Option option{name->name.text, Value(true)};
    if (TRY(skip_if(TokenType::Assign))) {
      const Token start = current();
      auto value = TRY(parse_expression());
      if (value->kind == ExprKind::List) {
        std::vector<Value> items;
        for (const auto& item : static_cast<SequenceExpr&>(*value).items) {
          if (item->kind != ExprKind::Constant) return fail_at(start, "expected a constant");
          items.push_back(static_cast<ConstantExpr&>(*item).value);
        }
        option.value = Value::list(std::move(items));
      } else if (value->kind == ExprKind::Constant) {
        option.value = static_cast<ConstantExpr&>(*value).value;
      } else {
        return fail_at(start, "expected a constant");
      }
    }
    options.push_back(std::move(option));
  }
  return options;
}

Result<StmtPtr> Parser::parse_block_tag(const BlockTag& tag) {
  const Token start = current();
  auto statement = std::make_unique<MacroStmt>();
  TRY(advance());
  auto name = TRY(parse_target_name());
  std::vector<BlockTag::Option> options;
  if (tag.header == BlockTag::Header::Parameters) TRY(parse_signature(statement->macro));
  if (tag.header == BlockTag::Header::Options) options = TRY(parse_options());
  auto macro_name = tag.macro_name(name->name.text, options);
  if (!macro_name) {
    if (!macro_name.error().where) {
      macro_name.error().at(make_text_span(text_, start.offset, start.length));
    }
    return std::move(macro_name).error();
  }
  for (const auto& [parameter, value] : tag.extra_parameters) {
    auto target = std::make_unique<NameExpr>(parameter);
    target->use = NameUse::Parameter;
    statement->macro.parameters.push_back(std::move(target));
    statement->macro.annotations.emplace_back();
    statement->macro.defaults.push_back(std::make_unique<ConstantExpr>(value));
  }
  statement->macro.name = *macro_name;
  statement->macro.body = TRY(parse_statements({tag.end_tag}, true));
  statement->target = std::make_unique<NameExpr>(statement->macro.name);
  statement->target->use = NameUse::Store;
  return StmtPtr(std::move(statement));
}

Result<std::unique_ptr<TemplateTree>> parse_template(const Environment& environment,
                                                     std::string text, std::string_view name) {
  auto tree = std::make_unique<TemplateTree>();
  tree->name = name;
  if (text.size() > UINT32_MAX / 2) return fail(kLimitError, "the template is too long");
  if (text.find('\r') != std::string::npos) {
    text = replace_all(replace_all(text, "\r\n", "\n"), "\r", "\n");
  }
  tree->text = std::move(text);
  Parser parser(environment, tree->text);
  tree->body = TRY(parser.parse());
  tree->has_slices = parser.has_slices();
  return tree;
}

}  // namespace tarn::jinja
