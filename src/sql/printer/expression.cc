// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "base/bytes.h"
#include "base/text.h"
#include "sql/lexer.h"
#include "sql/printer/writer.h"
#include "sql/tree/visit.h"

namespace tarn::sql {

namespace {

// Words that begin another form when they stand as a bare name.
bool is_risky_word(std::string_view word) {
  constexpr std::string_view kWords[] = {"all",   "array",   "auto",     "both",      "current",
                                         "key",   "leading", "trailing", "unbounded", "interval",
                                         "final", "running", "default",  "descriptor"};
  for (std::string_view candidate : kWords) {
    if (equals_ignore_case(candidate, word)) return true;
  }
  return false;
}

bool is_plain_name(std::string_view text) {
  TokenList list = tokenize(text);
  return list.tokens.size() == 2 && list.comments.empty() &&
         list.tokens[0].span.length == text.size() &&
         (list.tokens[0].token == Token::Identifier || is_keyword(list.tokens[0].token)) &&
         can_be_identifier(list.tokens[0].token);
}

struct BindingOf {
  Binding operator()(const Lambda&) const { return Binding::Lambda; }
  Binding operator()(const Logical& node) const {
    return node.op == LogicalOperator::Or ? Binding::Or : Binding::And;
  }
  Binding operator()(const Not&) const { return Binding::Not; }
  Binding operator()(const Comparison&) const { return Binding::Predicate; }
  Binding operator()(const DistinctFrom&) const { return Binding::Predicate; }
  Binding operator()(const Between&) const { return Binding::Predicate; }
  Binding operator()(const InList&) const { return Binding::Predicate; }
  Binding operator()(const InSubquery&) const { return Binding::Predicate; }
  Binding operator()(const Like&) const { return Binding::Predicate; }
  Binding operator()(const NullPredicate&) const { return Binding::Predicate; }
  Binding operator()(const QuantifiedComparison&) const { return Binding::Predicate; }
  Binding operator()(const Concatenation&) const { return Binding::Concat; }
  Binding operator()(const Arithmetic& node) const {
    bool sum = node.op == ArithmeticOperator::Add || node.op == ArithmeticOperator::Subtract;
    return sum ? Binding::Sum : Binding::Product;
  }
  Binding operator()(const Unary&) const { return Binding::Sign; }
  Binding operator()(const AtTimeZone&) const { return Binding::Zone; }
  Binding operator()(const Expression&) const { return Binding::Primary; }
};

Binding tighter(Binding binding) { return static_cast<Binding>(static_cast<int>(binding) + 1); }

}  // namespace

void Writer::put(const Identifier& name) {
  if (name.quoted || !is_plain_name(name.value)) {
    put(quote(name.value, '"'));
  } else {
    put(name.value);
  }
}

void Writer::put(const QualifiedName& name) { put_list(name.parts, "."); }

void Writer::put_string(std::string_view text) { put(quote(text, '\'')); }

void Writer::put(const TypeParameter& parameter) {
  if (parameter.number) {
    put(fmt::format("{}", *parameter.number));
  } else {
    put(parameter.type.front());
  }
}

void Writer::put(const RowTypeField& field) {
  if (field.name) puts(*field.name, " ");
  put(field.type);
}

void Writer::put(const DataType& type) {
  switch (type.kind) {
    case DataType::Kind::Row:
      put("ROW");
      put_list_in_parens(type.row_fields);
      return;
    case DataType::Kind::Interval:
      puts("INTERVAL ", to_string(type.from));
      if (type.to != type.from) puts(" TO ", to_string(type.to));
      return;
    case DataType::Kind::Named:
    case DataType::Kind::DateTime:
      put(type.name);
      if (!type.parameters.empty()) put_list_in_parens(type.parameters);
      if (type.with_time_zone) put(" WITH TIME ZONE");
      return;
  }
}

void Writer::put(const Expression& node, Binding at_least) {
  bool parens = visit(node, BindingOf{}) < at_least;
  if (parens) put("(");
  visit(node, [&](const auto& actual) { print(actual); });
  if (parens) put(")");
}

// What stands before a dot or a bracket.
void Writer::put_base(const Expression& base) {
  bool parens = base.kind == ExpressionKind::IntegerLiteral ||
                base.kind == ExpressionKind::DecimalLiteral ||
                base.kind == ExpressionKind::DoubleLiteral;
  if (parens) put("(");
  put(base, Binding::Primary);
  if (parens) put(")");
}

void Writer::print(const NullLiteral&) { put("NULL"); }
void Writer::print(const BooleanLiteral& node) { put(node.value ? "TRUE" : "FALSE"); }
void Writer::print(const StringLiteral& node) { put_string(node.value); }
void Writer::print(const BinaryLiteral& node) { puts("X'", to_upper(to_hex(node.value)), "'"); }
void Writer::print(const IntegerLiteral& node) { put(fmt::format("{}", node.value)); }
void Writer::print(const DecimalLiteral& node) { put(node.text); }

void Writer::print(const DoubleLiteral& node) {
  if (std::isinf(node.value)) {
    put(node.value < 0 ? "-1E999" : "1E999");
    return;
  }
  std::string text = to_upper(shortest_double(node.value));
  if (text.find('E') == std::string::npos) text += "E0";
  put(text);
}

void Writer::print(const IntervalLiteral& node) {
  put("INTERVAL ");
  if (node.negative) put("-");
  put_string(node.text);
  puts(" ", to_string(node.from));
  if (node.to) puts(" TO ", to_string(*node.to));
}

void Writer::print(const TypedLiteral& node) {
  puts(node.type, " ");
  put_string(node.text);
}

void Writer::print(const Parameter&) { put("?"); }

void Writer::print(const ColumnReference& node) {
  bool parens = !node.name.quoted && is_risky_word(node.name.value);
  if (parens) put("(");
  put(node.name);
  if (parens) put(")");
}

void Writer::print(const Dereference& node) {
  put_base(*node.base);
  puts(".", node.field);
}

void Writer::print(const Subscript& node) {
  put_base(*node.base);
  put("[");
  put(*node.index, Binding::Concat);
  put("]");
}

void Writer::print(const RowConstructor& node) {
  put("ROW");
  put_list_in_parens(node.items);
}

void Writer::print(const ArrayConstructor& node) {
  put("ARRAY[");
  put_list(node.items);
  put("]");
}

// `-` before a digit would become part of the number, before `-` a comment.
void Writer::print(const Unary& node) {
  put(node.negative ? "-" : "+");
  std::size_t begin = out.size();
  put(*node.operand, Binding::Sign);
  char first = out[begin];
  if (first == '-' || first == '+') {
    out.insert(begin, " ");
  } else if (node.negative && ((first >= '0' && first <= '9') || first == '.')) {
    out.insert(begin, "(");
    put(")");
  }
}

void Writer::print(const Arithmetic& node) {
  Binding binding = BindingOf{}(node);
  put(*node.left, binding);
  puts(" ", to_string(node.op), " ");
  put(*node.right, tighter(binding));
}

void Writer::print(const Concatenation& node) {
  put(*node.left, Binding::Concat);
  put(" || ");
  put(*node.right, Binding::Sum);
}

void Writer::print(const Comparison& node) {
  put(*node.left, Binding::Concat);
  puts(" ", to_string(node.op), " ");
  put(*node.right, Binding::Concat);
}

void Writer::print(const DistinctFrom& node) {
  put(*node.left, Binding::Concat);
  put(" IS");
  put_negated(node.negated);
  put(" DISTINCT FROM ");
  put(*node.right, Binding::Concat);
}

void Writer::print(const Logical& node) {
  Binding binding = BindingOf{}(node);
  bool first = true;
  for (const auto& term : node.terms) {
    if (!first) put(node.op == LogicalOperator::Or ? " OR " : " AND ");
    first = false;
    put(*term, tighter(binding));
  }
}

void Writer::print(const Not& node) {
  put("NOT ");
  put(*node.operand, Binding::Not);
}

void Writer::print(const Between& node) {
  put(*node.value, Binding::Concat);
  put_negated(node.negated);
  put(" BETWEEN ");
  put(*node.low, Binding::Concat);
  put(" AND ");
  put(*node.high, Binding::Concat);
}

void Writer::print(const InList& node) {
  put(*node.value, Binding::Concat);
  put_negated(node.negated);
  put(" IN ");
  put_list_in_parens(node.items);
}

void Writer::print(const InSubquery& node) {
  put(*node.value, Binding::Concat);
  put_negated(node.negated);
  puts(" IN (", node.query, ")");
}

void Writer::print(const Like& node) {
  put(*node.value, Binding::Concat);
  put_negated(node.negated);
  put(" LIKE ");
  put(*node.pattern, Binding::Concat);
  if (node.escape) {
    put(" ESCAPE ");
    put(*node.escape, Binding::Concat);
  }
}

void Writer::print(const NullPredicate& node) {
  put(*node.operand, Binding::Concat);
  put(" IS");
  put_negated(node.negated);
  put(" NULL");
}

void Writer::print(const QuantifiedComparison& node) {
  put(*node.left, Binding::Concat);
  puts(" ", to_string(node.op), node.quantifier == Quantifier::All ? " ALL (" : " ANY (",
       node.query, ")");
}

void Writer::print(const Exists& node) { puts("EXISTS (", node.query, ")"); }
void Writer::print(const ScalarSubquery& node) { puts("(", node.query, ")"); }

void Writer::put_branches(const std::vector<WhenClause>& branches, const ExpressionPtr& otherwise) {
  for (const auto& branch : branches) {
    puts(" WHEN ", branch.condition, " THEN ", branch.result);
  }
  if (otherwise) puts(" ELSE ", otherwise);
  put(" END");
}

void Writer::print(const SimpleCase& node) {
  puts("CASE ", node.operand);
  put_branches(node.branches, node.otherwise);
}

void Writer::print(const SearchedCase& node) {
  put("CASE");
  put_branches(node.branches, node.otherwise);
}

void Writer::print(const Cast& node) {
  puts(node.null_on_error ? "TRY_CAST(" : "CAST(", node.operand, " AS ", node.type, ")");
}

void Writer::print(const AtTimeZone& node) {
  put(*node.value, Binding::Zone);
  puts(" AT TIME ZONE ", node.zone);
}

void Writer::print(const Lambda& node) {
  put_list_in_parens(node.parameters);
  puts(" -> ", node.body);
}

void Writer::print(const Extract& node) {
  puts("EXTRACT(", to_string(node.field), " FROM ");
  put(*node.operand, Binding::Concat);
  put(")");
}

void Writer::print(const Trim& node) {
  constexpr std::string_view kSides[] = {"LEADING ", "TRAILING ", "BOTH "};
  puts("TRIM(", kSides[static_cast<int>(node.side)]);
  if (node.characters) {
    put(*node.characters, Binding::Concat);
    put(" ");
  }
  put("FROM ");
  put(*node.operand, Binding::Concat);
  put(")");
}

void Writer::print(const GroupingOperation& node) {
  put("GROUPING");
  put("(");
  bool first = true;
  for (const auto& column : node.columns) {
    if (!first) put(", ");
    first = false;
    if (const auto* name = as<ColumnReference>(*column)) {
      put(name->name);
    } else {
      put(*column);
    }
  }
  put(")");
}

void Writer::print(const CurrentValue& node) {
  put(to_string(node.what));
  if (node.precision) put(fmt::format("({})", *node.precision));
}

}  // namespace tarn::sql
