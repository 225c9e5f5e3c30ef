// SPDX-License-Identifier: Apache-2.0
#include "iceberg/expression.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::iceberg {

namespace {

bool value_less(const Value& a, const Value& b) {
  return compare(a, b) == std::strong_ordering::less;
}

bool value_same(const Value& a, const Value& b) {
  return compare(a, b) == std::strong_ordering::equal;
}

// Joins two expressions by And or Or without needless nesting.
Expression join_expressions(ExpressionKind kind, Expression a, Expression b) {
  Expression result;
  result.kind = kind;
  for (Expression* part : {&a, &b}) {
    if (part->kind == kind) {
      for (Expression& child : part->children) result.children.push_back(std::move(child));
    } else {
      result.children.push_back(std::move(*part));
    }
  }
  return result;
}

ExpressionKind opposite(ExpressionKind kind) {
  switch (kind) {
    case ExpressionKind::True:
      return ExpressionKind::False;
    case ExpressionKind::False:
      return ExpressionKind::True;
    case ExpressionKind::And:
      return ExpressionKind::Or;
    case ExpressionKind::Or:
      return ExpressionKind::And;
    case ExpressionKind::IsNull:
      return ExpressionKind::NotNull;
    case ExpressionKind::NotNull:
      return ExpressionKind::IsNull;
    case ExpressionKind::IsNan:
      return ExpressionKind::NotNan;
    case ExpressionKind::NotNan:
      return ExpressionKind::IsNan;
    case ExpressionKind::Less:
      return ExpressionKind::GreaterOrEqual;
    case ExpressionKind::LessOrEqual:
      return ExpressionKind::Greater;
    case ExpressionKind::Greater:
      return ExpressionKind::LessOrEqual;
    case ExpressionKind::GreaterOrEqual:
      return ExpressionKind::Less;
    case ExpressionKind::Equal:
      return ExpressionKind::NotEqual;
    case ExpressionKind::NotEqual:
      return ExpressionKind::Equal;
    case ExpressionKind::StartsWith:
      return ExpressionKind::NotStartsWith;
    case ExpressionKind::NotStartsWith:
      return ExpressionKind::StartsWith;
    case ExpressionKind::In:
      return ExpressionKind::NotIn;
    case ExpressionKind::NotIn:
      return ExpressionKind::In;
    case ExpressionKind::Not:
      break;
  }
  UNREACHABLE();
}

std::string_view operator_text(ExpressionKind kind) {
  switch (kind) {
    case ExpressionKind::IsNull:
      return "is null";
    case ExpressionKind::NotNull:
      return "is not null";
    case ExpressionKind::IsNan:
      return "is nan";
    case ExpressionKind::NotNan:
      return "is not nan";
    case ExpressionKind::Less:
      return "<";
    case ExpressionKind::LessOrEqual:
      return "<=";
    case ExpressionKind::Greater:
      return ">";
    case ExpressionKind::GreaterOrEqual:
      return ">=";
    case ExpressionKind::Equal:
      return "=";
    case ExpressionKind::NotEqual:
      return "<>";
    case ExpressionKind::StartsWith:
      return "starts with";
    case ExpressionKind::NotStartsWith:
      return "not starts with";
    case ExpressionKind::In:
      return "in";
    case ExpressionKind::NotIn:
      return "not in";
    default:
      return "";
  }
}

std::string describe_children(const Expression& expression, std::string_view word) {
  std::string text = "(";
  for (const Expression& child : expression.children) {
    if (text.size() > 1) text += fmt::format(" {} ", word);
    text += describe(child);
  }
  return text + ")";
}

}  // namespace

bool Expression::operator==(const Expression& other) const {
  return kind == other.kind && field_id == other.field_id && literals == other.literals &&
         children == other.children;
}

Expression always_true() { return {}; }

Expression always_false() {
  Expression result;
  result.kind = ExpressionKind::False;
  return result;
}

Expression both(Expression a, Expression b) {
  if (a.kind == ExpressionKind::False || b.kind == ExpressionKind::True) return a;
  if (b.kind == ExpressionKind::False || a.kind == ExpressionKind::True) return b;
  return join_expressions(ExpressionKind::And, std::move(a), std::move(b));
}

Expression either(Expression a, Expression b) {
  if (a.kind == ExpressionKind::True || b.kind == ExpressionKind::False) return a;
  if (b.kind == ExpressionKind::True || a.kind == ExpressionKind::False) return b;
  return join_expressions(ExpressionKind::Or, std::move(a), std::move(b));
}

Expression negate(Expression expression) {
  if (expression.kind == ExpressionKind::Not) {
    VERIFY(expression.children.size() == 1);
    Expression inner = std::move(expression.children.front());
    // Twice negated, so that deeper negations go as well.
    return negate(negate(std::move(inner)));
  }
  expression.kind = opposite(expression.kind);
  for (Expression& child : expression.children) child = negate(std::move(child));
  return expression;
}

Expression predicate(ExpressionKind kind, int field_id) {
  VERIFY(kind >= ExpressionKind::IsNull && kind <= ExpressionKind::NotNan);
  Expression result;
  result.kind = kind;
  result.field_id = field_id;
  return result;
}

Expression predicate(ExpressionKind kind, int field_id, Value literal) {
  VERIFY(kind >= ExpressionKind::Less && kind <= ExpressionKind::NotStartsWith);
  Expression result;
  result.kind = kind;
  result.field_id = field_id;
  result.literals.push_back(std::move(literal));
  return result;
}

Expression in_list(ExpressionKind kind, int field_id, std::vector<Value> literals) {
  VERIFY(kind == ExpressionKind::In || kind == ExpressionKind::NotIn);
  std::sort(literals.begin(), literals.end(), value_less);
  literals.erase(std::unique(literals.begin(), literals.end(), value_same), literals.end());
  if (literals.empty()) return kind == ExpressionKind::In ? always_false() : always_true();
  if (literals.size() == 1) {
    return predicate(kind == ExpressionKind::In ? ExpressionKind::Equal : ExpressionKind::NotEqual,
                     field_id, std::move(literals.front()));
  }
  Expression result;
  result.kind = kind;
  result.field_id = field_id;
  result.literals = std::move(literals);
  return result;
}

std::string describe(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::True:
      return "true";
    case ExpressionKind::False:
      return "false";
    case ExpressionKind::And:
      return describe_children(expression, "and");
    case ExpressionKind::Or:
      return describe_children(expression, "or");
    case ExpressionKind::Not:
      return "not " + describe_children(expression, "");
    default:
      break;
  }
  std::string text = fmt::format("id {} {}", expression.field_id, operator_text(expression.kind));
  const bool list =
      expression.kind == ExpressionKind::In || expression.kind == ExpressionKind::NotIn;
  if (list) {
    std::string items;
    for (const Value& literal : expression.literals) {
      if (!items.empty()) items += ", ";
      items += describe(literal);
    }
    return text + " (" + items + ")";
  }
  for (const Value& literal : expression.literals) text += " " + describe(literal);
  return text;
}

}  // namespace tarn::iceberg
