// SPDX-License-Identifier: Apache-2.0
// Result types of recorded statements that are one expression, over constants or one row of VALUES.
// The little typer here knows just enough SQL for them; what it does not know is skipped. Runs
// where TARN_CONFORMANCE names the packs.
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "analysis/functions.h"
#include "base/json.h"
#include "base/testing.h"
#include "base/text.h"
#include "types/coercion.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::analysis {
namespace {

using types::Type;
using types::TypeKind;

struct Node {
  enum class Kind { Known, Name, Call, Operator, Lambda, Cast, Array, Row, Logical, Comparison };
  Kind kind = Kind::Known;
  std::string text;
  Type type;
  std::vector<Node> children;
  std::vector<std::string> names;
};

class MiniParser {
 public:
  explicit MiniParser(std::string_view text) : text_(text) {}

  // Sets the columns of VALUES.
  Result<Node> parse_statement(std::vector<std::pair<std::string, Node>>& columns) {
    if (!accept_word("select")) return skip();
    Node node = TRY(parse_expression());
    if (accept_word("from")) {
      if (!accept("(") || !accept_word("values") || !accept_word("row") || !accept("(")) {
        return skip();
      }
      std::vector<Node> values = TRY(parse_list(")"));
      if (!accept(")") || !accept_word("t") || !accept("(")) return skip();
      std::size_t i = 0;
      do {
        if (i == values.size()) return skip();
        columns.emplace_back(word(), std::move(values[i++]));
      } while (accept(","));
      if (!accept(")")) return skip();
    }
    space();
    if (position_ != text_.size()) return skip();
    return node;
  }

 private:
  static Error skip() { return unsupported("not for this test"); }

  void space() {
    while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_]))) {
      ++position_;
    }
  }
  bool accept(std::string_view sign) {
    space();
    if (!text_.substr(position_).starts_with(sign)) return false;
    position_ += sign.size();
    return true;
  }
  static bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
  }
  std::string word() {
    space();
    const std::size_t begin = position_;
    if (position_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[position_]))) {
      return "";
    }
    while (position_ < text_.size() && is_word(text_[position_])) ++position_;
    return to_lower(text_.substr(begin, position_ - begin));
  }
  bool accept_word(std::string_view wanted) {
    const std::size_t begin = position_;
    if (word() == wanted) return true;
    position_ = begin;
    return false;
  }
  std::string peek_word() {
    const std::size_t begin = position_;
    std::string found = word();
    position_ = begin;
    return found;
  }

  static Node known(Type type) {
    Node node;
    node.type = std::move(type);
    return node;
  }
  static Node make(Node::Kind kind, std::string text, std::vector<Node> children) {
    Node node;
    node.kind = kind;
    node.text = std::move(text);
    node.children = std::move(children);
    return node;
  }

  Result<std::vector<Node>> parse_list(std::string_view end) {
    std::vector<Node> nodes;
    if (accept(end)) return nodes;
    do {
      nodes.push_back(TRY(parse_expression()));
    } while (accept(","));
    if (!accept(end)) return skip();
    return nodes;
  }

  Result<Node> parse_expression() {
    if (auto lambda = TRY(parse_lambda())) return std::move(*lambda);
    Node left = TRY(parse_comparison());
    while (true) {
      const std::string next = peek_word();
      if (next != "and" && next != "or") return left;
      accept_word(next);
      left = make(Node::Kind::Logical, next, {std::move(left), TRY(parse_comparison())});
    }
  }

  Result<std::optional<Node>> parse_lambda() {
    const std::size_t begin = position_;
    Node lambda;
    lambda.kind = Node::Kind::Lambda;
    if (accept("(")) {
      do {
        lambda.names.push_back(word());
      } while (accept(","));
      if (lambda.names.back().empty() || !accept(")") || !accept("->")) {
        position_ = begin;
        return std::optional<Node>();
      }
    } else {
      lambda.names.push_back(word());
      if (lambda.names[0].empty() || !accept("->")) {
        position_ = begin;
        return std::optional<Node>();
      }
    }
    lambda.children.push_back(TRY(parse_expression()));
    return std::optional(std::move(lambda));
  }

  Result<Node> parse_comparison() {
    if (accept_word("not")) {
      return make(Node::Kind::Logical, "not", {TRY(parse_comparison())});
    }
    Node left = TRY(parse_sum());
    for (const std::string_view sign : {"=", "<>", "!=", "<=", ">=", "<", ">"}) {
      if (accept(sign)) {
        return make(Node::Kind::Comparison, std::string(sign), {std::move(left), TRY(parse_sum())});
      }
    }
    if (accept_word("is")) {
      accept_word("not");
      if (accept_word("null")) return make(Node::Kind::Logical, "is null", {std::move(left)});
      return skip();
    }
    return left;
  }

  Result<Node> parse_sum() {
    Node left = TRY(parse_product());
    while (true) {
      if (accept("||")) {
        left = make(Node::Kind::Call, "concat", {std::move(left), TRY(parse_product())});
      } else if (accept("+")) {
        left = make(Node::Kind::Operator, "+", {std::move(left), TRY(parse_product())});
      } else if (!text_.substr(position_).starts_with("->") && accept("-")) {
        left = make(Node::Kind::Operator, "-", {std::move(left), TRY(parse_product())});
      } else {
        return left;
      }
    }
  }

  Result<Node> parse_product() {
    Node left = TRY(parse_unary());
    while (true) {
      space();
      const char sign = position_ < text_.size() ? text_[position_] : '\0';
      if (sign != '*' && sign != '/' && sign != '%') return left;
      ++position_;
      left =
          make(Node::Kind::Operator, std::string(1, sign), {std::move(left), TRY(parse_unary())});
    }
  }

  Result<Node> parse_unary() {
    if (accept("-")) return make(Node::Kind::Operator, "negate", {TRY(parse_unary())});
    Node node = TRY(parse_primary());
    while (true) {
      if (accept("[")) {
        node = make(Node::Kind::Operator, "[]", {std::move(node), TRY(parse_expression())});
        if (!accept("]")) return skip();
      } else if (accept_word("at")) {
        if (!accept_word("time") || !accept_word("zone")) return skip();
        node = make(Node::Kind::Operator, "at", {std::move(node), TRY(parse_primary())});
      } else {
        return node;
      }
    }
  }

  Result<std::string> parse_string() {
    std::string out;
    while (position_ < text_.size()) {
      const char c = text_[position_++];
      if (c != '\'') {
        out += c;
      } else if (position_ < text_.size() && text_[position_] == '\'') {
        out += text_[position_++];
      } else {
        return out;
      }
    }
    return skip();
  }

  Result<Node> parse_number() {
    const std::size_t begin = position_;
    while (position_ < text_.size() && (is_word(text_[position_]) || text_[position_] == '.' ||
                                        ((text_[position_] == '-' || text_[position_] == '+') &&
                                         (text_[position_ - 1] | 0x20) == 'e'))) {
      ++position_;
    }
    const std::string_view text = text_.substr(begin, position_ - begin);
    if (text.find_first_not_of("0123456789") == std::string_view::npos) {
      const auto value = parse_int64(text);
      if (!value) return skip();
      return known(types::make_type(*value > 2147483647 ? TypeKind::BigInt : TypeKind::Integer));
    }
    if (text.find_first_of("eE") != std::string_view::npos) {
      return known(types::make_type(TypeKind::Double));
    }
    const auto literal = types::parse_decimal_literal(text);
    if (!literal) return skip();
    return known(types::make_decimal(literal->precision, literal->scale));
  }

  // Up to the closing parenthesis.
  Result<Type> parse_type_text() {
    const std::size_t begin = position_;
    int level = 0;
    for (; position_ < text_.size(); ++position_) {
      if (text_[position_] == '(') ++level;
      if (text_[position_] == ')' && level-- == 0) break;
    }
    auto type = types::parse_type(trim(text_.substr(begin, position_ - begin)));
    if (!type) return skip();
    ++position_;
    return *type;
  }

  Result<Node> parse_interval() {
    if (!accept("'")) return skip();
    TRY(parse_string());
    const std::string unit = word();
    if (accept_word("to")) word();
    return known(types::make_type(unit == "year" || unit == "month"
                                      ? TypeKind::IntervalYearToMonth
                                      : TypeKind::IntervalDayToSecond));
  }

  Result<Node> parse_primary() {
    space();
    if (position_ >= text_.size()) return skip();
    const char c = text_[position_];
    if (c == '\'') {
      ++position_;
      const std::string text = TRY(parse_string());
      return known(types::make_varchar(static_cast<std::int64_t>(count_code_points(text))));
    }
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return parse_number();
    if (accept("(")) {
      std::vector<Node> nodes = TRY(parse_list(")"));
      if (nodes.size() == 1) return std::move(nodes[0]);
      return make(Node::Kind::Row, "", std::move(nodes));
    }
    const std::string name = word();
    if (name.empty()) return skip();
    if (name == "null") return known(Type());
    if (name == "true" || name == "false") return known(types::make_type(TypeKind::Boolean));
    if (name == "interval") return parse_interval();
    if (name == "array" && accept("[")) {
      return make(Node::Kind::Array, "", TRY(parse_list("]")));
    }
    if ((name == "cast" || name == "try_cast") && accept("(")) {
      Node inner = TRY(parse_expression());
      if (!accept_word("as")) return skip();
      Node node = make(Node::Kind::Cast, "", {std::move(inner)});
      node.type = TRY(parse_type_text());
      return node;
    }
    if (name == "x" && accept("'")) {
      TRY(parse_string());
      return known(types::make_type(TypeKind::Varbinary));
    }
    if (accept("'")) {
      auto literal = types::parse_typed_literal(name, TRY(parse_string()), types::TimeZone());
      if (!literal) return skip();
      return known(literal->type);
    }
    static constexpr std::string_view kSpecial[] = {
        "case",       "extract",        "exists",       "json_exists",  "json_value",
        "json_query", "json_object",    "json_array",   "json_table",   "normalize",
        "trim",       "listagg",        "format",       "current_date", "current_timestamp",
        "localtime",  "localtimestamp", "current_time", "substring",    "position",
        "unnest",     "grouping"};
    for (const std::string_view special : kSpecial) {
      if (name == special) return skip();
    }
    if (!accept("(")) return make(Node::Kind::Name, name, {});
    if (accept("*") || peek_word() == "distinct") return skip();
    std::vector<Node> arguments = TRY(parse_list(")"));
    for (const std::string_view clause : {"filter", "over", "within"}) {
      if (peek_word() == clause) return skip();
    }
    return make(name == "row" ? Node::Kind::Row : Node::Kind::Call, name, std::move(arguments));
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

using Scope = std::vector<std::pair<std::string, Type>>;

Result<Type> type_of(const Node& node, const Scope& scope);

Result<Type> type_of_call(const Node& node, const Scope& scope) {
  std::vector<Argument> arguments;
  for (const Node& child : node.children) {
    if (child.kind != Node::Kind::Lambda) {
      arguments.push_back(typed_argument(TRY(type_of(child, scope))));
      continue;
    }
    arguments.push_back(
        lambda_argument(static_cast<int>(child.names.size()),
                        [&child, &scope](std::span<const Type> parameters) -> Result<Type> {
                          Scope inner;
                          for (std::size_t i = 0; i < parameters.size(); ++i) {
                            inner.emplace_back(child.names[i], parameters[i]);
                          }
                          inner.insert(inner.end(), scope.begin(), scope.end());
                          return type_of(child.children[0], inner);
                        }));
  }
  if (node.text == "if" || node.text == "coalesce") {
    Type common;
    for (std::size_t i = node.text == "if" ? 1 : 0; i < arguments.size(); ++i) {
      auto next = types::common_super_type(common, arguments[i].type);
      if (!next) return invalid_input("no common type");
      common = *next;
    }
    return common;
  }
  if (node.text == "nullif" || node.text == "try") return arguments.at(0).type;
  return TRY(resolve_function(node.text, arguments)).result;
}

Result<Type> type_of_operator(const Node& node, const Scope& scope) {
  std::vector<Type> operands;
  for (const Node& child : node.children) operands.push_back(TRY(type_of(child, scope)));
  if (node.text == "[]" && operands[0].is(TypeKind::Row)) return unsupported("row subscript");
  if (node.text == ">" || node.text == ">=") std::swap(operands[0], operands[1]);
  static const std::pair<std::string_view, Operator> kOperators[] = {
      {"+", Operator::Add},
      {"-", Operator::Subtract},
      {"*", Operator::Multiply},
      {"/", Operator::Divide},
      {"%", Operator::Modulus},
      {"negate", Operator::Negate},
      {"[]", Operator::Subscript},
      {"at", Operator::AtTimeZone},
      {"=", Operator::Equal},
      {"<>", Operator::NotEqual},
      {"!=", Operator::NotEqual},
      {"<", Operator::LessThan},
      {">", Operator::LessThan},
      {"<=", Operator::LessThanOrEqual},
      {">=", Operator::LessThanOrEqual}};
  for (const auto& [text, op] : kOperators) {
    if (text == node.text) return TRY(resolve_operator(op, operands)).result;
  }
  return unsupported("operator");
}

Result<Type> type_of(const Node& node, const Scope& scope) {
  switch (node.kind) {
    case Node::Kind::Known:
      return node.type;
    case Node::Kind::Name:
      for (const auto& [name, type] : scope) {
        if (name == node.text) return type;
      }
      return unsupported("name");
    case Node::Kind::Call:
      return type_of_call(node, scope);
    case Node::Kind::Operator:
    case Node::Kind::Comparison:
      return type_of_operator(node, scope);
    case Node::Kind::Cast: {
      const Type from = TRY(type_of(node.children[0], scope));
      if (!types::can_cast(from, node.type)) {
        return invalid_input("cannot cast {} to {}", types::to_string(from),
                             types::to_string(node.type));
      }
      return node.type;
    }
    case Node::Kind::Array: {
      Type common;
      for (const Node& child : node.children) {
        auto next = types::common_super_type(common, TRY(type_of(child, scope)));
        if (!next) return invalid_input("no common type");
        common = *next;
      }
      return types::make_array(common);
    }
    case Node::Kind::Row: {
      std::vector<Type> fields;
      for (const Node& child : node.children) fields.push_back(TRY(type_of(child, scope)));
      return types::make_anonymous_row(std::move(fields));
    }
    case Node::Kind::Logical:
      for (const Node& child : node.children) TRY(type_of(child, scope));
      return types::make_type(TypeKind::Boolean);
    case Node::Kind::Lambda:
      return unsupported("lambda");
  }
  return unsupported("node");
}

Result<Type> type_of_statement(std::string_view sql) {
  std::vector<std::pair<std::string, Node>> columns;
  const Node node = TRY(MiniParser(sql).parse_statement(columns));
  Scope scope;
  for (const auto& [name, value] : columns) scope.emplace_back(name, TRY(type_of(value, {})));
  return type_of(node, scope);
}

TEST_CASE("types of recorded expressions" *
          doctest::skip(std::getenv("TARN_CONFORMANCE") == nullptr)) {
  std::ifstream file(std::string(std::getenv("TARN_CONFORMANCE")) + "/trino-sql/expressions.jsonl");
  REQUIRE(file);
  int checked = 0;
  int skipped = 0;
  for (std::string line; std::getline(file, line);) {
    const auto json = CHECK_OK(parse_json(line));
    const std::string sql(json.at("sql").as_string());
    const auto type = type_of_statement(sql);
    if (!type && type.error().code == ErrorCode::Unsupported) {
      ++skipped;
      continue;
    }
    ++checked;
    CAPTURE(sql);
    if (const auto* error = json.as_object().if_contains("error")) {
      const std::string_view name = error->at("name").as_string();
      if (name == "TYPE_MISMATCH" || name == "FUNCTION_NOT_FOUND") {
        CHECK_MESSAGE(!type, "should be ", std::string(error->at("message").as_string()));
      }
      continue;
    }
    const std::string expected(json.at("types").at(0).as_string());
    CHECK((type ? types::to_sql_text(*type) : describe(type.error())) == expected);
  }
  MESSAGE("checked: ", checked, ", skipped: ", skipped);
  CHECK(checked > 3'000);
}

}  // namespace
}  // namespace tarn::analysis
