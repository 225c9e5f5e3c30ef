// SPDX-License-Identifier: Apache-2.0
// Function calls, windows, sort items.
#include "base/text.h"
#include "sql/parser/grammar.h"

namespace tarn::sql {

bool Grammar::at_call() const {
  std::size_t ahead = 1;
  while (cursor_.peek(ahead) == Token::Dot && can_be_identifier(cursor_.peek(ahead + 1))) {
    ahead += 2;
  }
  return cursor_.peek(ahead) == Token::LeftParen;
}

Result<ExpressionPtr> Grammar::call() {
  Nest nest(*this);
  TRY(check_depth());
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<FunctionCall>();
  node->name = TRY(qualified_name());
  TRY(cursor_.expect(Token::LeftParen));
  TRY(call_arguments(*node));
  TRY(cursor_.expect(Token::RightParen));
  TRY(call_suffix(*node));
  node->span = cursor_.span_from(begin);
  check_special_form(*node);
  return finish(std::move(node), begin);
}

Result<void> Grammar::call_arguments(FunctionCall& call) {
  if (cursor_.take(Token::Asterisk)) {
    call.star = true;
    return {};
  }
  if (can_be_identifier(cursor_.peek()) && cursor_.peek(1) == Token::Dot &&
      cursor_.peek(2) == Token::Asterisk) {
    call.star = true;
    call.star_of = TRY(identifier());
    cursor_.advance();
    cursor_.advance();
    return {};
  }
  if (cursor_.at(Token::RightParen)) return {};
  if (cursor_.peek() != Token::KwOrder) {
    take_set_quantifier(call.distinct);
    call.arguments = TRY((list<ExpressionPtr>(&Grammar::expression)));
  }
  call.order_by = TRY(optional_order_by());
  return {};
}

Result<void> Grammar::call_suffix(FunctionCall& call) {
  if (cursor_.peek() == Token::KwFilter && cursor_.peek(1) == Token::LeftParen) {
    call.filter = TRY(filter());
  }
  bool treatment = (cursor_.peek() == Token::KwIgnore || cursor_.peek() == Token::KwRespect) &&
                   cursor_.peek(1) == Token::KwNulls;
  if (treatment) {
    call.nulls = cursor_.peek() == Token::KwIgnore ? NullTreatment::Ignore : NullTreatment::Respect;
    cursor_.advance();
    cursor_.advance();
    if (cursor_.peek() != Token::KwOver) {
      cursor_.note(Token::KwOver);
      return cursor_.unexpected();
    }
  }
  Token following = cursor_.peek(1);
  bool over = cursor_.peek() == Token::KwOver &&
              (treatment || following == Token::LeftParen || can_be_identifier(following));
  if (over) {
    cursor_.advance();
    call.over = TRY(window());
  }
  cursor_.note(Token::KwOver);
  return {};
}

// Trino reads these names as syntax and checks their shape while it builds the tree.
void Grammar::check_special_form(FunctionCall& call) {
  if (call.name.parts.size() != 1 || call.name.parts[0].quoted) return;
  std::string name = to_lower(call.name.parts[0].value);
  std::size_t count = call.arguments.size();
  std::optional<Error> error;
  bool special =
      name == "if" || name == "nullif" || name == "coalesce" || name == "try" || name == "format";
  if (!special) return;
  if (name == "if" && count != 2 && count != 3) {
    error = invalid_input("Invalid number of arguments for 'if' function");
  } else if (name == "nullif" && count != 2) {
    error = invalid_input("Invalid number of arguments for 'nullif' function");
  } else if (name == "coalesce" && count < 2) {
    error = invalid_input("The 'coalesce' function must have at least two arguments");
  } else if (name == "try" && count != 1) {
    error = invalid_input("The 'try' function must have exactly one argument");
  } else if (name == "format" && count < 2) {
    error = invalid_input("The 'format' function must have at least two arguments");
  }
  if (call.over) {
    error = invalid_input("OVER clause not valid for '{}' function", name);
  } else if (call.distinct) {
    error = invalid_input("DISTINCT not valid for '{}' function", name);
  } else if (call.filter) {
    error = invalid_input("FILTER not valid for '{}' function", name);
  }
  if (error) defer(std::move(*error), call.span);
}

// LISTAGG([DISTINCT] value [, separator] [ON OVERFLOW …]) WITHIN GROUP (ORDER BY …) [FILTER …].
Result<ExpressionPtr> Grammar::listagg() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<Listagg>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  take_set_quantifier(node->distinct);
  node->value = TRY(expression());
  if (cursor_.take(Token::Comma)) node->separator = TRY(string());
  if (cursor_.take(Token::KwOn)) {
    TRY(cursor_.expect(Token::KwOverflow));
    if (cursor_.take(Token::KwTruncate)) {
      node->truncate = true;
      if (at_string()) node->filler = TRY(string());
      node->with_count = cursor_.take(Token::KwWith);
      if (!node->with_count) TRY(cursor_.expect(Token::KwWithout));
      TRY(cursor_.expect(Token::KwCount));
    } else {
      TRY(cursor_.expect(Token::KwError));
    }
  }
  TRY(cursor_.expect(Token::RightParen));
  TRY(cursor_.expect(Token::KwWithin, Token::KwGroup));
  TRY(cursor_.expect(Token::LeftParen));
  TRY(cursor_.expect(Token::KwOrder, Token::KwBy));
  node->order_by = TRY((list<SortItem>(&Grammar::sort_item)));
  TRY(cursor_.expect(Token::RightParen));
  if (cursor_.peek() == Token::KwFilter && cursor_.peek(1) == Token::LeftParen) {
    node->filter = TRY(filter());
  }
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::filter() {
  TRY(cursor_.expect(Token::KwFilter));
  TRY(cursor_.expect(Token::LeftParen));
  TRY(cursor_.expect(Token::KwWhere));
  ExpressionPtr condition = TRY(expression());
  TRY(cursor_.expect(Token::RightParen));
  return condition;
}

Result<Window> Grammar::window() {
  std::size_t begin = cursor_.position();
  Window window;
  if (cursor_.take(Token::LeftParen)) {
    window.specification = TRY(window_specification());
    TRY(cursor_.expect(Token::RightParen));
  } else {
    window.name = TRY(identifier());
  }
  window.span = cursor_.span_from(begin);
  return window;
}

bool Grammar::at_window_name() const {
  Token token = cursor_.peek();
  if (!can_be_identifier(token)) return false;
  Token following = cursor_.peek(1);
  if (token == Token::KwPartition && following == Token::KwBy) return false;
  bool frame = token == Token::KwRows || token == Token::KwRange || token == Token::KwGroups ||
               token == Token::KwMeasures;
  if (!frame) return true;
  return following == Token::RightParen || following == Token::KwOrder ||
         following == Token::KwPartition || following == Token::KwRows ||
         following == Token::KwRange || following == Token::KwGroups;
}

Result<WindowSpecification> Grammar::window_specification() {
  WindowSpecification specification;
  std::size_t begin = cursor_.position();
  if (at_window_name()) specification.base = TRY(identifier());
  if (cursor_.take(Token::KwPartition)) {
    TRY(cursor_.expect(Token::KwBy));
    specification.partition_by = TRY((list<ExpressionPtr>(&Grammar::expression)));
  }
  specification.order_by = TRY(optional_order_by());
  if (cursor_.at(Token::KwMeasures)) {
    return unsupported("row pattern matching in windows is not supported").at(cursor_.span());
  }
  if (cursor_.at(Token::KwRows) || cursor_.at(Token::KwRange) || cursor_.at(Token::KwGroups)) {
    specification.frame = TRY(window_frame());
  }
  if (cursor_.peek() != Token::RightParen && !cursor_.at(Token::RightParen)) {
    Token token = cursor_.peek();
    if (token == Token::KwAfter || token == Token::KwInitial || token == Token::KwSeek ||
        token == Token::KwPattern || token == Token::KwSubset || token == Token::KwDefine) {
      return unsupported("row pattern matching in windows is not supported").at(cursor_.span());
    }
  }
  specification.span = cursor_.span_from(begin);
  return specification;
}

Result<WindowFrame> Grammar::window_frame() {
  WindowFrame frame;
  std::size_t begin = cursor_.position();
  frame.type = cursor_.peek() == Token::KwRows    ? FrameType::Rows
               : cursor_.peek() == Token::KwRange ? FrameType::Range
                                                  : FrameType::Groups;
  cursor_.advance();
  if (cursor_.take(Token::KwBetween)) {
    frame.start = TRY(frame_bound());
    TRY(cursor_.expect(Token::KwAnd));
    frame.end = TRY(frame_bound());
  } else {
    frame.start = TRY(frame_bound());
  }
  frame.span = cursor_.span_from(begin);
  return frame;
}

Result<FrameBound> Grammar::frame_bound() {
  FrameBound bound;
  std::size_t begin = cursor_.position();
  if (cursor_.take(Token::KwUnbounded, Token::KwPreceding)) {
    bound.kind = FrameBound::Kind::UnboundedPreceding;
  } else if (cursor_.take(Token::KwUnbounded, Token::KwFollowing)) {
    bound.kind = FrameBound::Kind::UnboundedFollowing;
  } else if (cursor_.take(Token::KwCurrent, Token::KwRow)) {
    bound.kind = FrameBound::Kind::CurrentRow;
  } else {
    bound.distance = TRY(expression());
    bound.kind = FrameBound::Kind::Preceding;
    if (!cursor_.take(Token::KwPreceding)) {
      TRY(cursor_.expect(Token::KwFollowing));
      bound.kind = FrameBound::Kind::Following;
    }
  }
  bound.span = cursor_.span_from(begin);
  return bound;
}

Result<SortItem> Grammar::sort_item() {
  SortItem item;
  std::size_t begin = cursor_.position();
  item.key = TRY(expression());
  if (cursor_.take(Token::KwDesc)) {
    item.direction = SortDirection::Descending;
  } else {
    cursor_.take(Token::KwAsc);
  }
  if (cursor_.take(Token::KwNulls)) {
    item.nulls = cursor_.take(Token::KwFirst) ? NullOrder::First : NullOrder::Last;
    if (item.nulls == NullOrder::Last) TRY(cursor_.expect(Token::KwLast));
  }
  item.span = cursor_.span_from(begin);
  return item;
}

Result<std::vector<SortItem>> Grammar::optional_order_by() {
  if (!cursor_.take(Token::KwOrder)) return std::vector<SortItem>{};
  TRY(cursor_.expect(Token::KwBy));
  return list<SortItem>(&Grammar::sort_item);
}

}  // namespace tarn::sql
