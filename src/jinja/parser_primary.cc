// SPDX-License-Identifier: Apache-2.0
// Names, literals, subscripts, calls, filters and tests.
#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "jinja/bigint.h"
#include "jinja/parser.h"

namespace tarn::jinja {

namespace {

Value parse_integer(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '_') digits.push_back(c);
  }
  unsigned base = 10;
  std::string_view rest = digits;
  if (rest.size() > 2 && rest[0] == '0') {
    const char kind = static_cast<char>(rest[1] | 0x20);
    base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
    if (base != 10) rest.remove_prefix(2);
  }
  if (base == 10 && rest.size() <= 18) return Value(parse_int64(rest).value_or(0));
  return Value::integer(BigInt::from_digits(rest, base));
}

Value parse_float(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '_') digits.push_back(c);
  }
  return Value(std::strtod(digits.c_str(), nullptr));
}

std::uint16_t depth_of(const CallArguments& arguments) {
  std::uint16_t depth = 0;
  const auto look_at = [&depth](const ExprPtr& expr) {
    if (expr) depth = std::max(depth, expr->depth);
  };
  for (const auto& argument : arguments.positional) look_at(argument);
  for (const auto& [name, argument] : arguments.named) look_at(argument);
  look_at(arguments.star);
  look_at(arguments.double_star);
  return depth;
}

}  // namespace

Result<ExprPtr> Parser::parse_primary(bool with_namespace) {
  const Token token = current();
  switch (token.type) {
    case TokenType::Name:
      return parse_name(with_namespace);
    case TokenType::String:
    case TokenType::Integer:
    case TokenType::Float:
      return parse_literal();
    case TokenType::LeftParen: {
      TRY(enter());
      TRY(advance());
      auto expr = TRY(parse_tuple({.parentheses = true}));
      TRY(expect(TokenType::RightParen));
      leave();
      return expr;
    }
    case TokenType::LeftBracket:
      return parse_list();
    case TokenType::LeftBrace:
      return parse_dict();
    default:
      return fail_here(fmt::format("unexpected '{}'", describe(token)));
  }
}

Result<ExprPtr> Parser::parse_name(bool with_namespace) {
  const Token token = current();
  TRY(advance());
  ExprPtr node;
  if (token.text == "true" || token.text == "True") {
    node = std::make_unique<ConstantExpr>(Value(true));
  } else if (token.text == "false" || token.text == "False") {
    node = std::make_unique<ConstantExpr>(Value(false));
  } else if (token.text == "none" || token.text == "None") {
    node = std::make_unique<ConstantExpr>(Value::none());
  } else if (with_namespace && current().type == TokenType::Dot) {
    TRY(advance());
    const Token attribute = TRY(expect(TokenType::Name));
    node = std::make_unique<NamespaceExpr>(token.text, attribute.text);
  } else {
    node = std::make_unique<NameExpr>(token.text);
  }
  node->place = place_from(token);
  return node;
}

Result<ExprPtr> Parser::parse_literal() {
  const Token token = current();
  TRY(advance());
  ExprPtr node;
  if (token.type == TokenType::Integer) {
    if (token.text.size() > kIntegerDigitsMax) {
      return fail_at(token, "Exceeds the limit (4300 digits) for integer string conversion");
    }
    node = std::make_unique<ConstantExpr>(parse_integer(token.text));
  } else if (token.type == TokenType::Float) {
    node = std::make_unique<ConstantExpr>(parse_float(token.text));
  } else if (current().type != TokenType::String) {
    node = std::make_unique<ConstantExpr>(Value(token.text));
  } else {
    std::string joined(token.text);
    while (current().type == TokenType::String) {
      joined += current().text;
      TRY(advance());
    }
    node = std::make_unique<ConstantExpr>(Value(joined));
  }
  node->place = place_from(token);
  return node;
}

Result<ExprPtr> Parser::parse_list() {
  const Token first = current();
  TRY(enter());
  TRY(advance());
  auto node = std::make_unique<SequenceExpr>(ExprKind::List);
  std::uint16_t depth = 0;
  while (current().type != TokenType::RightBracket) {
    if (!node->items.empty()) TRY(expect(TokenType::Comma));
    if (current().type == TokenType::RightBracket) break;
    node->items.push_back(TRY(parse_expression()));
    depth = std::max(depth, node->items.back()->depth);
  }
  TRY(expect(TokenType::RightBracket));
  leave();
  return finish(std::move(node), first, {}, depth);
}

Result<ExprPtr> Parser::parse_dict() {
  const Token first = current();
  TRY(enter());
  TRY(advance());
  auto node = std::make_unique<DictExpr>();
  std::uint16_t depth = 0;
  while (current().type != TokenType::RightBrace) {
    if (!node->items.empty()) TRY(expect(TokenType::Comma));
    if (current().type == TokenType::RightBrace) break;
    auto key = TRY(parse_expression());
    TRY(expect(TokenType::Colon));
    auto value = TRY(parse_expression());
    depth = std::max({depth, key->depth, value->depth});
    node->items.emplace_back(std::move(key), std::move(value));
  }
  TRY(expect(TokenType::RightBrace));
  leave();
  return finish(std::move(node), first, {}, depth);
}

Result<ExprPtr> Parser::parse_postfix(ExprPtr node) {
  while (true) {
    const TokenType type = current().type;
    if (type == TokenType::Dot || type == TokenType::LeftBracket) {
      node = TRY(parse_subscript(std::move(node)));
    } else if (type == TokenType::LeftParen) {
      node = TRY(parse_call(std::move(node)));
    } else {
      return node;
    }
  }
}

Result<ExprPtr> Parser::parse_filter_chain(ExprPtr node) {
  while (true) {
    const TokenType type = current().type;
    if (type == TokenType::Pipe) {
      node = TRY(parse_filter(std::move(node), false));
    } else if (current().is_name("is")) {
      node = TRY(parse_test(std::move(node)));
    } else if (type == TokenType::LeftParen) {
      node = TRY(parse_call(std::move(node)));
    } else {
      return node;
    }
  }
}

Result<ExprPtr> Parser::parse_subscript(ExprPtr node) {
  const Token first = current();
  TRY(advance());
  const Expr* object = node.get();
  if (first.type == TokenType::Dot) {
    const Token name = current();
    TRY(advance());
    if (name.type == TokenType::Name) {
      auto attribute = std::make_unique<AttributeExpr>();
      attribute->object = std::move(node);
      attribute->name = Symbol(name.text);
      return finish(std::move(attribute), first, {object});
    }
    if (name.type != TokenType::Integer) return fail_at(name, "expected name or number");
    auto item = std::make_unique<ItemExpr>();
    item->object = std::move(node);
    item->key = std::make_unique<ConstantExpr>(parse_integer(name.text));
    return finish(std::move(item), first, {object});
  }
  auto item = std::make_unique<ItemExpr>();
  item->object = std::move(node);
  auto keys = std::make_unique<SequenceExpr>(ExprKind::Tuple);
  std::uint16_t depth = 0;
  while (current().type != TokenType::RightBracket) {
    if (!keys->items.empty()) TRY(expect(TokenType::Comma));
    keys->items.push_back(TRY(parse_subscribed()));
    depth = std::max(depth, keys->items.back()->depth);
  }
  TRY(expect(TokenType::RightBracket));
  keys->depth = static_cast<std::uint16_t>(depth + 1);
  keys->place = place_from(first);
  if (keys->items.size() == 1) {
    item->key = std::move(keys->items[0]);
  } else {
    for (const auto& key : keys->items) {
      if (key->kind == ExprKind::Slice) return fail_at(first, "a slice within a tuple of keys");
    }
    item->key = std::move(keys);
  }
  const Expr* key = item->key.get();
  return finish(std::move(item), first, {object, key});
}

Result<ExprPtr> Parser::parse_subscribed() {
  const Token first = current();
  ExprPtr start;
  if (current().type != TokenType::Colon) {
    start = TRY(parse_expression());
    if (current().type != TokenType::Colon) return start;
  }
  TRY(advance());
  has_slices_ = true;
  auto node = std::make_unique<SliceExpr>();
  node->start = std::move(start);
  const auto at_part = [this] {
    const TokenType type = current().type;
    return type != TokenType::Colon && type != TokenType::RightBracket && type != TokenType::Comma;
  };
  if (at_part()) node->stop = TRY(parse_expression());
  if (TRY(skip_if(TokenType::Colon)) && at_part()) node->step = TRY(parse_expression());
  const Expr* children[] = {node->start.get(), node->stop.get(), node->step.get()};
  return finish(std::move(node), first, {children[0], children[1], children[2]});
}

Result<ExprPtr> Parser::parse_call(ExprPtr node) {
  const Token first = current();
  auto call = std::make_unique<CallExpr>();
  call->callee = std::move(node);
  call->arguments = TRY(parse_arguments());
  const Expr* callee = call->callee.get();
  const auto depth = depth_of(call->arguments);
  return finish(std::move(call), first, {callee}, depth);
}

Result<CallArguments> Parser::parse_arguments() {
  const Token start = TRY(expect(TokenType::LeftParen));
  TRY(enter());
  CallArguments arguments;
  bool require_comma = false;
  while (current().type != TokenType::RightParen) {
    if (require_comma) {
      TRY(expect(TokenType::Comma));
      if (current().type == TokenType::RightParen) break;
    }
    TRY(parse_argument(arguments, start));
    require_comma = true;
  }
  TRY(expect(TokenType::RightParen));
  leave();
  return arguments;
}

Result<void> Parser::parse_argument(CallArguments& arguments, const Token& start) {
  const auto misplaced = [&] {
    return fail_at(start, "invalid syntax for function call expression");
  };
  if (current().type == TokenType::Multiply) {
    if (arguments.star || arguments.double_star) return misplaced();
    TRY(advance());
    arguments.star = TRY(parse_expression());
  } else if (current().type == TokenType::Power) {
    if (arguments.double_star) return misplaced();
    TRY(advance());
    arguments.double_star = TRY(parse_expression());
  } else if (current().type == TokenType::Name && look().type == TokenType::Assign) {
    if (arguments.double_star) return misplaced();
    std::string name(current().text);
    TRY(advance());
    TRY(advance());
    arguments.named.emplace_back(std::move(name), TRY(parse_expression()));
  } else {
    if (arguments.star || arguments.double_star || !arguments.named.empty()) return misplaced();
    arguments.positional.push_back(TRY(parse_expression()));
  }
  return {};
}

Result<std::string> Parser::parse_dotted_name() {
  std::string name(TRY(expect(TokenType::Name)).text);
  while (TRY(skip_if(TokenType::Dot))) {
    name += ".";
    name += TRY(expect(TokenType::Name)).text;
  }
  return name;
}

Result<ExprPtr> Parser::parse_filter(ExprPtr node, bool start_inline) {
  while (current().type == TokenType::Pipe || start_inline) {
    if (!start_inline) TRY(advance());
    start_inline = false;
    const Token first = current();
    auto filter = std::make_unique<FilterExpr>(ExprKind::Filter);
    filter->subject = std::move(node);
    filter->name = TRY(parse_dotted_name());
    if (current().type == TokenType::LeftParen) filter->arguments = TRY(parse_arguments());
    const Expr* subject = filter->subject.get();
    const auto depth = depth_of(filter->arguments);
    node = TRY(finish(std::move(filter), first, {subject}, depth));
    node->place.line = first.line;
  }
  return node;
}

Result<ExprPtr> Parser::parse_test(ExprPtr node) {
  const Token first = current();
  TRY(advance());
  const bool negated = TRY(skip_word("not"));
  auto test = std::make_unique<FilterExpr>(ExprKind::Test);
  test->subject = std::move(node);
  test->name = TRY(parse_dotted_name());
  const Token next = current();
  switch (next.type) {
    case TokenType::LeftParen:
      test->arguments = TRY(parse_arguments());
      break;
    case TokenType::Name:
      if (next.is_name("else") || next.is_name("or") || next.is_name("and")) break;
      if (next.is_name("is")) return fail_here("You cannot chain multiple tests with is");
      [[fallthrough]];
    case TokenType::String:
    case TokenType::Integer:
    case TokenType::Float:
    case TokenType::LeftBracket:
    case TokenType::LeftBrace: {
      auto argument = TRY(parse_primary(false));
      test->arguments.positional.push_back(TRY(parse_postfix(std::move(argument))));
      break;
    }
    default:
      break;
  }
  const Expr* subject = test->subject.get();
  const auto depth = depth_of(test->arguments);
  auto result = TRY(finish(std::move(test), first, {subject}, depth));
  if (!negated) return result;
  auto inverse = std::make_unique<UnaryExpr>(ExprKind::Not);
  inverse->operand = std::move(result);
  const Expr* operand = inverse->operand.get();
  return finish(std::move(inverse), first, {operand});
}

}  // namespace tarn::jinja
