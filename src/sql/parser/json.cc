// SPDX-License-Identifier: Apache-2.0
// SQL/JSON functions and JSON_TABLE.
#include "sql/parser/grammar.h"

namespace tarn::sql {

Result<JsonEncoding> Grammar::json_format() {
  if (!cursor_.take(Token::KwFormat)) return JsonEncoding::None;
  TRY(cursor_.expect(Token::KwJson));
  if (!cursor_.take(Token::KwEncoding)) return JsonEncoding::Plain;
  if (cursor_.take(Token::KwUtf8)) return JsonEncoding::Utf8;
  if (cursor_.take(Token::KwUtf16)) return JsonEncoding::Utf16;
  TRY(cursor_.expect(Token::KwUtf32));
  return JsonEncoding::Utf32;
}

Result<JsonInput> Grammar::json_input() {
  JsonInput input;
  input.value = TRY(expression());
  input.format = TRY(json_format());
  return input;
}

Result<JsonArgument> Grammar::json_argument() {
  JsonArgument argument;
  argument.input = TRY(json_input());
  TRY(cursor_.expect(Token::KwAs));
  argument.name = TRY(identifier());
  return argument;
}

Result<JsonPathCall> Grammar::json_path_call() {
  JsonPathCall call;
  std::size_t begin = cursor_.position();
  call.input = TRY(json_input());
  TRY(cursor_.expect(Token::Comma));
  call.path_span = cursor_.span();
  call.path = TRY(string());
  if (cursor_.take(Token::KwAs)) call.path_name = TRY(identifier());
  if (cursor_.take(Token::KwPassing)) {
    call.passing = TRY((list<JsonArgument>(&Grammar::json_argument)));
  }
  call.span = cursor_.span_from(begin);
  return call;
}

Result<JsonOutput> Grammar::json_output() {
  JsonOutput output;
  if (!cursor_.take(Token::KwReturning)) return output;
  output.type = TRY(type());
  output.format = TRY(json_format());
  return output;
}

Result<JsonNulls> Grammar::json_nulls() {
  JsonNulls nulls = JsonNulls::Unspecified;
  if (cursor_.take(Token::KwNull)) {
    nulls = JsonNulls::Null;
  } else if (cursor_.take(Token::KwAbsent)) {
    nulls = JsonNulls::Absent;
  } else {
    return nulls;
  }
  TRY(cursor_.expect(Token::KwOn, Token::KwNull));
  return nulls;
}

Result<JsonWrapper> Grammar::json_wrapper() {
  JsonWrapper wrapper = JsonWrapper::None;
  if (cursor_.take(Token::KwWithout)) {
    wrapper = JsonWrapper::Without;
  } else if (cursor_.take(Token::KwWith)) {
    wrapper = JsonWrapper::Unconditional;
    if (cursor_.take(Token::KwConditional)) {
      wrapper = JsonWrapper::Conditional;
    } else {
      cursor_.take(Token::KwUnconditional);
    }
  } else {
    return wrapper;
  }
  cursor_.take(Token::KwArray);
  TRY(cursor_.expect(Token::KwWrapper));
  return wrapper;
}

Result<JsonQuotes> Grammar::json_quotes() {
  JsonQuotes quotes = JsonQuotes::Unspecified;
  if (cursor_.take(Token::KwKeep)) {
    quotes = JsonQuotes::Keep;
  } else if (cursor_.take(Token::KwOmit)) {
    quotes = JsonQuotes::Omit;
  } else {
    return quotes;
  }
  TRY(cursor_.expect(Token::KwQuotes));
  if (cursor_.take(Token::KwOn, Token::KwScalar)) TRY(cursor_.expect(Token::KwString));
  return quotes;
}

// [behavior ON EMPTY] [behavior ON ERROR] with ERROR, NULL or DEFAULT.
Result<void> Grammar::json_value_behaviors(JsonBehavior& on_empty, JsonBehavior& on_error) {
  bool empty_seen = false;
  while (true) {
    JsonBehavior behavior;
    if (cursor_.take(Token::KwError)) {
      behavior.kind = JsonBehavior::Kind::Error;
    } else if (cursor_.take(Token::KwNull)) {
      behavior.kind = JsonBehavior::Kind::Null;
    } else if (cursor_.take(Token::KwDefault)) {
      behavior.kind = JsonBehavior::Kind::Default;
      behavior.value = TRY(expression());
    } else {
      return {};
    }
    TRY(cursor_.expect(Token::KwOn));
    if (!empty_seen && cursor_.take(Token::KwEmpty)) {
      on_empty = std::move(behavior);
      empty_seen = true;
      continue;
    }
    TRY(cursor_.expect(Token::KwError));
    on_error = std::move(behavior);
    return {};
  }
}

// The same with ERROR, NULL, EMPTY ARRAY or EMPTY OBJECT.
Result<void> Grammar::json_query_behaviors(JsonBehavior& on_empty, JsonBehavior& on_error) {
  bool empty_seen = false;
  while (true) {
    JsonBehavior behavior;
    if (cursor_.take(Token::KwError)) {
      behavior.kind = JsonBehavior::Kind::Error;
    } else if (cursor_.take(Token::KwNull)) {
      behavior.kind = JsonBehavior::Kind::Null;
    } else if (cursor_.take(Token::KwEmpty)) {
      behavior.kind = JsonBehavior::Kind::EmptyArray;
      if (!cursor_.take(Token::KwArray)) {
        TRY(cursor_.expect(Token::KwObject));
        behavior.kind = JsonBehavior::Kind::EmptyObject;
      }
    } else {
      return {};
    }
    TRY(cursor_.expect(Token::KwOn));
    if (!empty_seen && cursor_.take(Token::KwEmpty)) {
      on_empty = std::move(behavior);
      empty_seen = true;
      continue;
    }
    TRY(cursor_.expect(Token::KwError));
    on_error = std::move(behavior);
    return {};
  }
}

Result<ExpressionPtr> Grammar::json_exists() {
  using Kind = JsonBehavior::Kind;
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<JsonExists>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  node->call = TRY(json_path_call());
  if (cursor_.take(Token::KwTrue)) {
    node->on_error.kind = Kind::True;
  } else if (cursor_.take(Token::KwFalse)) {
    node->on_error.kind = Kind::False;
  } else if (cursor_.take(Token::KwUnknown)) {
    node->on_error.kind = Kind::Unknown;
  } else if (cursor_.take(Token::KwError)) {
    node->on_error.kind = Kind::Error;
  }
  if (node->on_error.kind != Kind::Unspecified) {
    TRY(cursor_.expect(Token::KwOn, Token::KwError));
  }
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::json_value() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<JsonValue>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  node->call = TRY(json_path_call());
  if (cursor_.take(Token::KwReturning)) node->returning = TRY(type());
  TRY(json_value_behaviors(node->on_empty, node->on_error));
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::json_query() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<JsonQuery>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  node->call = TRY(json_path_call());
  node->output = TRY(json_output());
  node->wrapper = TRY(json_wrapper());
  node->quotes = TRY(json_quotes());
  TRY(json_query_behaviors(node->on_empty, node->on_error));
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

// KEY? key VALUE value, or key : value.
Result<JsonMember> Grammar::json_member() {
  JsonMember member;
  if (cursor_.peek() == Token::KwKey) {
    Token following = cursor_.peek(1);
    bool is_name = following == Token::Colon || following == Token::KwValue ||
                   following == Token::Dot || following == Token::LeftParen ||
                   following == Token::Concat;
    if (!is_name) cursor_.advance();
  }
  member.key = TRY(expression());
  if (!cursor_.take(Token::Colon)) TRY(cursor_.expect(Token::KwValue));
  member.value = TRY(json_input());
  return member;
}

Result<ExpressionPtr> Grammar::json_object() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<JsonObject>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  if (!cursor_.at(Token::RightParen) && !cursor_.at(Token::KwReturning)) {
    node->members = TRY((list<JsonMember>(&Grammar::json_member)));
    node->nulls = TRY(json_nulls());
    bool with = cursor_.take(Token::KwWith);
    if (with || cursor_.take(Token::KwWithout)) {
      node->unique_keys = with;
      TRY(cursor_.expect(Token::KwUnique));
      cursor_.take(Token::KwKeys);
    }
  }
  node->output = TRY(json_output());
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<ExpressionPtr> Grammar::json_array() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<JsonArray>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  if (!cursor_.at(Token::RightParen) && !cursor_.at(Token::KwReturning)) {
    node->items = TRY((list<JsonInput>(&Grammar::json_input)));
    node->nulls = TRY(json_nulls());
  }
  node->output = TRY(json_output());
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<RelationPtr> Grammar::json_table() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<JsonTable>();
  cursor_.advance();
  TRY(cursor_.expect(Token::LeftParen));
  node->call = TRY(json_path_call());
  TRY(cursor_.expect(Token::KwColumns));
  node->columns = TRY((parenthesized_list<JsonTableColumn>(&Grammar::json_table_column)));
  if (cursor_.take(Token::KwPlan)) {
    if (cursor_.take(Token::KwDefault)) {
      node->default_plan = true;
      TRY(json_default_plan(*node));
    } else {
      TRY(cursor_.expect(Token::LeftParen));
      node->plan = TRY(json_table_plan());
      TRY(cursor_.expect(Token::RightParen));
    }
  }
  if (cursor_.at(Token::KwError) || cursor_.at(Token::KwEmpty)) {
    node->error_on_error = cursor_.peek() == Token::KwError;
    cursor_.advance();
    TRY(cursor_.expect(Token::KwOn, Token::KwError));
  }
  TRY(cursor_.expect(Token::RightParen));
  return finish(std::move(node), begin);
}

Result<JsonTableColumn> Grammar::json_table_column() {
  if (cursor_.peek() == Token::KwNested &&
      (cursor_.peek(1) == Token::KwPath || cursor_.peek(1) == Token::String)) {
    return json_nested_columns();
  }
  JsonTableColumn column;
  std::size_t begin = cursor_.position();
  column.name = TRY(identifier());
  if (cursor_.take(Token::KwFor)) {
    TRY(cursor_.expect(Token::KwOrdinality));
    column.kind = JsonTableColumn::Kind::Ordinality;
    column.span = cursor_.span_from(begin);
    return column;
  }
  column.type = TRY(type());
  column.format = TRY(json_format());
  if (cursor_.take(Token::KwPath)) column.path = TRY(string());
  if (column.format != JsonEncoding::None) {
    column.kind = JsonTableColumn::Kind::Query;
    column.wrapper = TRY(json_wrapper());
    column.quotes = TRY(json_quotes());
    TRY(json_query_behaviors(column.on_empty, column.on_error));
  } else {
    TRY(json_value_behaviors(column.on_empty, column.on_error));
  }
  column.span = cursor_.span_from(begin);
  return column;
}

Result<JsonTableColumn> Grammar::json_nested_columns() {
  Nest nest(*this);
  TRY(check_depth());
  JsonTableColumn column;
  std::size_t begin = cursor_.position();
  column.kind = JsonTableColumn::Kind::Nested;
  cursor_.advance();
  cursor_.take(Token::KwPath);
  column.path = TRY(string());
  if (cursor_.take(Token::KwAs)) column.name = TRY(identifier());
  TRY(cursor_.expect(Token::KwColumns));
  column.nested = TRY((parenthesized_list<JsonTableColumn>(&Grammar::json_table_column)));
  column.span = cursor_.span_from(begin);
  return column;
}

Result<JsonTablePlan> Grammar::json_plan_primary() {
  if (cursor_.take(Token::LeftParen)) {
    JsonTablePlan plan = TRY(json_table_plan());
    TRY(cursor_.expect(Token::RightParen));
    return plan;
  }
  JsonTablePlan plan;
  plan.name = TRY(identifier());
  return plan;
}

Result<JsonTablePlan> Grammar::json_table_plan() {
  using Kind = JsonTablePlan::Kind;
  Nest nest(*this);
  TRY(check_depth());
  JsonTablePlan first = TRY(json_plan_primary());
  JsonTablePlan plan;
  plan.parts.push_back(std::move(first));
  bool outer = cursor_.take(Token::KwOuter);
  if (outer || cursor_.take(Token::KwInner)) {
    plan.kind = outer ? Kind::Outer : Kind::Inner;
    plan.parts.push_back(TRY(json_plan_primary()));
    return plan;
  }
  for (Token token : {Token::KwUnion, Token::KwCross}) {
    if (!cursor_.at(token)) continue;
    plan.kind = token == Token::KwUnion ? Kind::Union : Kind::Cross;
    while (cursor_.take(token)) plan.parts.push_back(TRY(json_plan_primary()));
    return plan;
  }
  return std::move(plan.parts.front());
}

// (OUTER|INNER [, UNION|CROSS]) or (UNION|CROSS [, OUTER|INNER]).
Result<void> Grammar::json_default_plan(JsonTable& table) {
  TRY(cursor_.expect(Token::LeftParen));
  bool join_seen = false;
  bool sibling_seen = false;
  do {
    if (!join_seen && cursor_.take(Token::KwOuter)) {
      join_seen = true;
    } else if (!join_seen && cursor_.take(Token::KwInner)) {
      join_seen = table.default_inner = true;
    } else if (!sibling_seen && cursor_.take(Token::KwUnion)) {
      sibling_seen = true;
    } else if (!sibling_seen && cursor_.take(Token::KwCross)) {
      sibling_seen = table.default_cross = true;
    } else {
      return cursor_.unexpected();
    }
  } while (cursor_.take(Token::Comma));
  return cursor_.expect(Token::RightParen);
}

}  // namespace tarn::sql
