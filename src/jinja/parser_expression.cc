// SPDX-License-Identifier: Apache-2.0
// Expressions.
#include <algorithm>

#include "base/check.h"
#include "jinja/parser.h"

namespace tarn::jinja {

namespace {

// Nesting that evaluation may follow by recursion: also chains such as `a + b + c …`.
constexpr std::uint16_t kTreeDepthMax = 1'000;

bool can_assign(const Expr& expr) {
  if (expr.kind == ExprKind::Name || expr.kind == ExprKind::NamespaceTarget) return true;
  if (expr.kind != ExprKind::Tuple) return false;
  const auto& items = static_cast<const SequenceExpr&>(expr).items;
  return std::all_of(items.begin(), items.end(),
                     [](const ExprPtr& item) { return can_assign(*item); });
}

void mark_stored(Expr& expr) {
  if (expr.kind == ExprKind::Name) static_cast<NameExpr&>(expr).use = NameUse::Store;
  if (expr.kind == ExprKind::Tuple) {
    for (const auto& item : static_cast<SequenceExpr&>(expr).items) mark_stored(*item);
  }
}

}  // namespace

std::string_view class_name(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::Constant:
      return "const";
    case ExprKind::Name:
      return "name";
    case ExprKind::NamespaceTarget:
      return "nsref";
    case ExprKind::List:
      return "list";
    case ExprKind::Tuple:
      return "tuple";
    case ExprKind::Dict:
      return "dict";
    case ExprKind::Attribute:
      return "getattr";
    case ExprKind::Item:
      return "getitem";
    case ExprKind::Slice:
      return "slice";
    case ExprKind::Call:
      return "call";
    case ExprKind::Filter:
      return "filter";
    case ExprKind::Test:
      return "test";
    case ExprKind::Not:
      return "not";
    case ExprKind::Negate:
      return "neg";
    case ExprKind::Plus:
      return "pos";
    case ExprKind::Binary:
      return "binexpr";
    case ExprKind::And:
      return "and";
    case ExprKind::Or:
      return "or";
    case ExprKind::Concat:
      return "concat";
    case ExprKind::Compare:
      return "compare";
    case ExprKind::Conditional:
      return "condexpr";
  }
  UNREACHABLE();
}

Result<ExprPtr> Parser::finish(ExprPtr node, const Token& first,
                               std::initializer_list<const Expr*> children,
                               std::uint16_t inner_depth) const {
  node->place = place_from(first);
  std::uint16_t depth = inner_depth;
  for (const Expr* child : children) {
    if (child == nullptr) continue;
    depth = std::max(depth, child->depth);
    if (child->place.offset < node->place.offset) {
      node->place.length += node->place.offset - child->place.offset;
      node->place.offset = child->place.offset;
    }
  }
  node->depth = static_cast<std::uint16_t>(depth + 1);
  if (node->depth > kTreeDepthMax) {
    auto error = fail_at(first, "the expression is nested too deeply");
    error.kind = kLimitError;
    return error;
  }
  return node;
}

Result<ExprPtr> Parser::parse_tuple(const TupleOptions& options) {
  const Token first = current();
  auto tuple = std::make_unique<SequenceExpr>(ExprKind::Tuple);
  bool is_tuple = false;
  while (true) {
    if (!tuple->items.empty()) TRY(expect(TokenType::Comma));
    const TokenType type = current().type;
    if (type == TokenType::VariableEnd || type == TokenType::BlockEnd ||
        type == TokenType::RightParen ||
        (!options.end_word.empty() && current().is_name(options.end_word))) {
      break;
    }
    tuple->items.push_back(options.simplified ? TRY(parse_primary(options.with_namespace))
                                              : TRY(parse_expression(options.with_conditional)));
    if (current().type != TokenType::Comma) break;
    is_tuple = true;
  }
  if (!is_tuple) {
    if (!tuple->items.empty()) return std::move(tuple->items[0]);
    if (!options.parentheses) {
      return fail_here(fmt::format("Expected an expression, got '{}'", describe(current())));
    }
  }
  std::uint16_t depth = 0;
  for (const auto& item : tuple->items) depth = std::max(depth, item->depth);
  return finish(std::move(tuple), first, {}, depth);
}

Result<ExprPtr> Parser::parse_assign_target(std::string_view end_word, bool with_namespace) {
  const Token first = current();
  auto target = TRY(
      parse_tuple({.simplified = true, .with_namespace = with_namespace, .end_word = end_word}));
  if (!can_assign(*target)) {
    return fail_at(first, fmt::format("can't assign to '{}'", class_name(*target)));
  }
  mark_stored(*target);
  return target;
}

Result<std::unique_ptr<NameExpr>> Parser::parse_target_name() {
  const Token token = TRY(expect(TokenType::Name));
  static constexpr std::string_view kConstants[] = {"true", "false", "none",
                                                    "True", "False", "None"};
  if (std::find(std::begin(kConstants), std::end(kConstants), token.text) != std::end(kConstants)) {
    return fail_at(token, "can't assign to 'name'");
  }
  auto target = std::make_unique<NameExpr>(token.text);
  target->use = NameUse::Store;
  target->place = place_of(token);
  return target;
}

Result<ExprPtr> Parser::parse_expression(bool with_conditional) {
  TRY(enter());
  auto expr = with_conditional ? TRY(parse_conditional()) : TRY(parse_or());
  leave();
  return expr;
}

Result<ExprPtr> Parser::parse_conditional() {
  const Token first = current();
  auto expr = TRY(parse_or());
  while (TRY(skip_word("if"))) {
    auto node = std::make_unique<ConditionalExpr>();
    node->yes = std::move(expr);
    node->test = TRY(parse_or());
    if (TRY(skip_word("else"))) {
      TRY(enter());
      node->no = TRY(parse_conditional());
      leave();
    }
    const Expr* children[] = {node->yes.get(), node->test.get(), node->no.get()};
    expr = TRY(finish(std::move(node), first, {children[0], children[1], children[2]}));
  }
  return expr;
}

Result<ExprPtr> Parser::make_binary(ExprKind kind, BinaryOp op, ExprPtr left, ExprPtr right,
                                    const Token& first) {
  auto node = std::make_unique<BinaryExpr>(kind);
  node->op = op;
  node->left = std::move(left);
  node->right = std::move(right);
  const Expr* a = node->left.get();
  const Expr* b = node->right.get();
  return finish(std::move(node), first, {a, b});
}

Result<ExprPtr> Parser::parse_or() {
  const Token first = current();
  auto left = TRY(parse_and());
  while (TRY(skip_word("or"))) {
    auto right = TRY(parse_and());
    left = TRY(make_binary(ExprKind::Or, {}, std::move(left), std::move(right), first));
  }
  return left;
}

Result<ExprPtr> Parser::parse_and() {
  const Token first = current();
  auto left = TRY(parse_not());
  while (TRY(skip_word("and"))) {
    auto right = TRY(parse_not());
    left = TRY(make_binary(ExprKind::And, {}, std::move(left), std::move(right), first));
  }
  return left;
}

Result<ExprPtr> Parser::parse_not() {
  const Token first = current();
  if (!TRY(skip_word("not"))) return parse_compare();
  TRY(enter());
  auto node = std::make_unique<UnaryExpr>(ExprKind::Not);
  node->operand = TRY(parse_not());
  leave();
  const Expr* operand = node->operand.get();
  return finish(std::move(node), first, {operand});
}

Result<ExprPtr> Parser::parse_compare() {
  const Token first = current();
  auto expr = TRY(parse_sum());
  std::vector<std::pair<CompareOp, ExprPtr>> rest;
  std::uint16_t depth = expr->depth;
  while (true) {
    std::optional<CompareOp> op;
    switch (current().type) {
      case TokenType::Equal:
        op = CompareOp::Equal;
        break;
      case TokenType::NotEqual:
        op = CompareOp::NotEqual;
        break;
      case TokenType::Greater:
        op = CompareOp::Greater;
        break;
      case TokenType::GreaterEqual:
        op = CompareOp::GreaterEqual;
        break;
      case TokenType::Less:
        op = CompareOp::Less;
        break;
      case TokenType::LessEqual:
        op = CompareOp::LessEqual;
        break;
      default:
        if (current().is_name("in")) op = CompareOp::In;
        if (current().is_name("not") && look().is_name("in")) {
          op = CompareOp::NotIn;
          TRY(advance());
        }
    }
    if (!op) break;
    TRY(advance());
    rest.emplace_back(*op, TRY(parse_sum()));
    depth = std::max(depth, rest.back().second->depth);
  }
  if (rest.empty()) return expr;
  auto node = std::make_unique<CompareExpr>();
  node->first = std::move(expr);
  node->rest = std::move(rest);
  return finish(std::move(node), first, {}, depth);
}

Result<ExprPtr> Parser::parse_sum() {
  const Token first = current();
  auto left = TRY(parse_concat());
  while (current().type == TokenType::Add || current().type == TokenType::Subtract) {
    const BinaryOp op = current().type == TokenType::Add ? BinaryOp::Add : BinaryOp::Subtract;
    TRY(advance());
    auto right = TRY(parse_concat());
    left = TRY(make_binary(ExprKind::Binary, op, std::move(left), std::move(right), first));
  }
  return left;
}

Result<ExprPtr> Parser::parse_concat() {
  const Token first = current();
  auto left = TRY(parse_product());
  if (current().type != TokenType::Tilde) return left;
  auto node = std::make_unique<SequenceExpr>(ExprKind::Concat);
  std::uint16_t depth = left->depth;
  node->items.push_back(std::move(left));
  while (TRY(skip_if(TokenType::Tilde))) {
    node->items.push_back(TRY(parse_product()));
    depth = std::max(depth, node->items.back()->depth);
  }
  return finish(std::move(node), first, {}, depth);
}

Result<ExprPtr> Parser::parse_product() {
  const Token first = current();
  auto left = TRY(parse_power());
  while (true) {
    BinaryOp op = BinaryOp::Multiply;
    switch (current().type) {
      case TokenType::Multiply:
        break;
      case TokenType::Divide:
        op = BinaryOp::Divide;
        break;
      case TokenType::FloorDivide:
        op = BinaryOp::FloorDivide;
        break;
      case TokenType::Modulo:
        op = BinaryOp::Modulo;
        break;
      default:
        return left;
    }
    TRY(advance());
    auto right = TRY(parse_power());
    left = TRY(make_binary(ExprKind::Binary, op, std::move(left), std::move(right), first));
  }
}

Result<ExprPtr> Parser::parse_power() {
  const Token first = current();
  auto left = TRY(parse_unary(true));
  while (TRY(skip_if(TokenType::Power))) {
    auto right = TRY(parse_unary(true));
    left = TRY(
        make_binary(ExprKind::Binary, BinaryOp::Power, std::move(left), std::move(right), first));
  }
  return left;
}

Result<ExprPtr> Parser::parse_unary(bool with_filter) {
  const Token first = current();
  ExprPtr node;
  if (first.type == TokenType::Subtract || first.type == TokenType::Add) {
    TRY(enter());
    TRY(advance());
    auto unary = std::make_unique<UnaryExpr>(first.type == TokenType::Subtract ? ExprKind::Negate
                                                                               : ExprKind::Plus);
    unary->operand = TRY(parse_unary(false));
    leave();
    const Expr* operand = unary->operand.get();
    node = TRY(finish(std::move(unary), first, {operand}));
  } else {
    node = TRY(parse_primary(false));
  }
  node = TRY(parse_postfix(std::move(node)));
  if (with_filter) node = TRY(parse_filter_chain(std::move(node)));
  return node;
}

}  // namespace tarn::jinja
