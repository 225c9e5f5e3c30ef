// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "functions/json_cursor.h"
#include "functions/json_path.h"
#include "types/error_name.h"
#include "types/number_text.h"

namespace tarn::functions {

namespace {

using Kind = JsonPathNode::Kind;
using types::TypeKind;
using types::Value;

constexpr int kPathDepthMax = 100;
constexpr int kPathStepsMax = 10'000;

Error path_not_supported(std::string_view what) {
  return types::named_error("NOT_SUPPORTED", {}, "{} in JSON path is not yet supported", what);
}

bool is_name_start(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_path_digit(char c) { return c >= '0' && c <= '9'; }

class SqlJsonPathParser {
 public:
  explicit SqlJsonPathParser(std::string_view text) : text_(text) {}

  Result<SqlJsonPath> run() {
    SqlJsonPath path;
    const std::string mode = word();
    if (mode != "lax" && mode != "strict") return bad("expected lax or strict");
    path.lax = mode == "lax";
    path.root = TRY(expression());
    if (!at_end()) return bad("unexpected text");
    return path;
  }

 private:
  using Node = Result<JsonPathNodePtr>;

  Error bad(std::string_view what) const {
    return types::named_error("INVALID_PATH", {}, "invalid JSON path: {} at {} of `{}`", what,
                              at_ + 1, text_);
  }

  void skip_blanks() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }
  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  bool next_is(std::string_view sign) {
    skip_blanks();
    return text_.substr(at_).starts_with(sign);
  }
  bool accept(std::string_view sign) {
    if (!next_is(sign)) return false;
    at_ += sign.size();
    return true;
  }
  std::string word() {
    skip_blanks();
    const std::size_t begin = at_;
    if (at_ < text_.size() && is_name_start(text_[at_])) {
      while (at_ < text_.size() && (is_name_start(text_[at_]) || is_path_digit(text_[at_]))) ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }
  bool accept_word(std::string_view wanted) {
    const std::size_t begin = at_;
    if (word() == wanted) return true;
    at_ = begin;
    return false;
  }

  static JsonPathNodePtr make(Kind kind, JsonPathNodePtr first = nullptr,
                              JsonPathNodePtr second = nullptr) {
    auto node = std::make_unique<JsonPathNode>();
    node->kind = kind;
    if (first) node->children.push_back(std::move(first));
    if (second) node->children.push_back(std::move(second));
    return node;
  }
  static JsonPathNodePtr literal(JsonItemPtr item) {
    auto node = make(Kind::Literal);
    node->item = std::move(item);
    return node;
  }

  Node expression() {
    if (++depth_ > kPathDepthMax) return bad("too deep");
    if (++steps_ > kPathStepsMax) return bad("too complex");
    JsonPathNodePtr left = TRY(product());
    while (true) {
      const bool plus = next_is("+");
      if (!plus && !next_is("-")) break;
      ++at_;
      left = make(Kind::Arithmetic, std::move(left), TRY(product()));
      left->name = plus ? "$add" : "$subtract";
    }
    --depth_;
    return left;
  }

  Node product() {
    JsonPathNodePtr left = TRY(unary());
    while (true) {
      const char sign = at_end() ? '\0' : text_[at_];
      if (sign != '*' && sign != '/' && sign != '%') return left;
      ++at_;
      left = make(Kind::Arithmetic, std::move(left), TRY(unary()));
      left->name = sign == '*' ? "$multiply" : sign == '/' ? "$divide" : "$modulus";
    }
  }

  Node unary() {
    for (const auto& [sign, kind] :
         {std::pair{"-", Kind::Negative}, std::pair{"+", Kind::Positive}}) {
      if (!accept(sign)) continue;
      if (++depth_ > kPathDepthMax) return bad("too deep");
      JsonPathNodePtr operand = TRY(unary());
      --depth_;
      return make(kind, std::move(operand));
    }
    return accessor();
  }

  Node accessor() {
    JsonPathNodePtr base = TRY(primary());
    for (int steps = 0;; ++steps) {
      if (steps > 10 * kPathDepthMax) return bad("too long");
      if (accept("..")) {
        base = make(Kind::Descendant, std::move(base));
        base->name = TRY(member_name());
      } else if (accept(".")) {
        base = TRY(member(std::move(base)));
      } else if (accept("[")) {
        base = TRY(subscripts(std::move(base)));
      } else if (accept("?")) {
        if (!accept("(")) return bad("expected (");
        JsonPathNodePtr condition = TRY(predicate());
        if (!accept(")")) return bad("expected )");
        base = make(Kind::Filter, std::move(base), std::move(condition));
      } else {
        return base;
      }
    }
  }

  Result<std::string> member_name() {
    if (next_is("\"")) return quoted();
    std::string name = word();
    if (name.empty()) return bad("expected a name");
    return name;
  }

  Node member(JsonPathNodePtr base) {
    if (accept("*")) return make(Kind::Member, std::move(base));
    const bool is_quoted = next_is("\"");
    std::string name = TRY(member_name());
    if (!is_quoted && accept("(")) {
      for (const std::string_view later : {"datetime", "keyvalue"}) {
        if (name == later) return path_not_supported(fmt::format("{} method", later));
      }
      bool known = false;
      for (const std::string_view method : {"type", "size", "double", "ceiling", "floor", "abs"}) {
        known = known || name == method;
      }
      if (!known || !accept(")")) return bad("unknown method");
      base = make(Kind::Method, std::move(base));
    } else {
      base = make(Kind::Member, std::move(base));
      base->has_name = true;
    }
    base->name = std::move(name);
    return base;
  }

  Node subscripts(JsonPathNodePtr base) {
    if (accept("*")) {
      if (!accept("]")) return bad("expected ]");
      return make(Kind::Items, std::move(base));
    }
    auto node = make(Kind::Subscript, std::move(base));
    do {
      node->children.push_back(TRY(expression()));
      node->children.push_back(accept_word("to") ? TRY(expression()) : nullptr);
    } while (accept(","));
    if (!accept("]")) return bad("expected ]");
    return node;
  }

  Result<std::string> quoted() {
    skip_blanks();
    JsonCursor cursor(text_.substr(at_));
    std::string_view raw;
    std::string out;
    JsonCursor copy = cursor;
    // The cursor wants blanks or signs of JSON behind a number only, so a string stops anywhere.
    if (!cursor.read_string(out) || !copy.read_raw_scalar(raw)) return bad("malformed string");
    at_ += raw.size();
    return out;
  }

  Node primary() {
    skip_blanks();
    if (at_ >= text_.size()) return bad("unexpected end");
    const char c = text_[at_];
    if (c == '$') {
      ++at_;
      if (at_ < text_.size() && is_name_start(text_[at_])) {
        auto node = make(Kind::Variable);
        node->name = word();
        return node;
      }
      return make(Kind::Context);
    }
    if (accept("@")) return make(Kind::Current);
    if (accept("(")) {
      JsonPathNodePtr inner = TRY(expression());
      if (!accept(")")) return bad("expected )");
      return inner;
    }
    if (c == '"') {
      return literal(make_json_scalar(types::make_varchar(), Value(TRY(quoted()))));
    }
    if (is_path_digit(c) || c == '.') return number();
    const std::string name = word();
    if (name == "last") return make(Kind::Last);
    if (name == "null") return literal(std::make_shared<const JsonItem>());
    if (name == "true" || name == "false") {
      return literal(make_json_scalar(types::make_type(TypeKind::Boolean), Value(name == "true")));
    }
    return bad("unexpected text");
  }

  Node number() {
    const std::size_t begin = at_;
    const auto digits = [&] {
      while (at_ < text_.size() && is_path_digit(text_[at_])) ++at_;
    };
    digits();
    bool is_exact = true;
    bool has_point = false;
    if (at_ + 1 < text_.size() && text_[at_] == '.' && is_path_digit(text_[at_ + 1])) {
      has_point = true;
      ++at_;
      digits();
    }
    if (at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
      is_exact = false;
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      digits();
    }
    const std::string_view text = text_.substr(begin, at_ - begin);
    if (!is_exact) {
      const auto value = types::parse_java_double(text);
      if (!value) return bad("malformed number");
      return literal(make_json_scalar(types::make_type(TypeKind::Double), Value(*value)));
    }
    const auto whole = has_point ? std::nullopt : parse_int64(text);
    if (whole) {
      const TypeKind kind = *whole <= 2147483647 ? TypeKind::Integer : TypeKind::BigInt;
      return literal(make_json_scalar(types::make_type(kind), Value(*whole)));
    }
    const auto decimal = types::parse_decimal_literal(text);
    if (!decimal) return bad("malformed number");
    return literal(make_json_scalar(types::make_decimal(decimal->precision, decimal->scale),
                                    Value(decimal->unscaled)));
  }

  Node predicate() {
    if (++depth_ > kPathDepthMax) return bad("too deep");
    JsonPathNodePtr left = TRY(conjunction());
    while (accept("||")) left = make(Kind::Or, std::move(left), TRY(conjunction()));
    --depth_;
    return left;
  }

  Node conjunction() {
    JsonPathNodePtr left = TRY(negation());
    while (accept("&&")) left = make(Kind::And, std::move(left), TRY(negation()));
    return left;
  }

  Node negation() {
    if (next_is("!") && !next_is("!=")) {
      ++at_;
      return make(Kind::Not, TRY(delimited()));
    }
    const std::size_t begin = at_;
    const int depth = depth_;
    if (next_is("(") || next_is("exists")) {
      auto inner = delimited();
      if (inner && !continues_expression()) return inner;
      at_ = begin;
      depth_ = depth;
    }
    return comparison();
  }

  // What was read as a predicate in parentheses was the begin of an expression.
  bool continues_expression() {
    for (const std::string_view sign :
         {"==", "<", ">", "!=", "+", "-", "*", "/", "%", ".", "[", "?"}) {
      if (next_is(sign)) return true;
    }
    return next_is("like_regex") || next_is("starts");
  }

  // ( predicate ) [is unknown], or exists ( path ).
  Node delimited() {
    if (accept_word("exists")) {
      if (!accept("(")) return bad("expected (");
      JsonPathNodePtr path = TRY(expression());
      if (!accept(")")) return bad("expected )");
      return make(Kind::Exists, std::move(path));
    }
    if (!accept("(")) return bad("expected (");
    JsonPathNodePtr inner = TRY(predicate());
    if (!accept(")")) return bad("expected )");
    if (!accept_word("is")) return inner;
    if (!accept_word("unknown")) return bad("expected unknown");
    return make(Kind::IsUnknown, std::move(inner));
  }

  Node comparison() {
    JsonPathNodePtr left = TRY(expression());
    for (const std::string_view sign : {"==", "<>", "!=", "<=", ">=", "<", ">"}) {
      if (!accept(sign)) continue;
      auto node = make(Kind::Compare, std::move(left), TRY(expression()));
      node->name = sign == "!=" ? "<>" : sign;
      return node;
    }
    if (accept_word("like_regex")) return path_not_supported("like_regex predicate");
    if (accept_word("starts")) {
      if (!accept_word("with")) return bad("expected with");
      return make(Kind::StartsWith, std::move(left), TRY(primary()));
    }
    return bad("expected a comparison");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int steps_ = 0;
};

}  // namespace

Result<SqlJsonPath> parse_json_path(std::string_view text) { return SqlJsonPathParser(text).run(); }

}  // namespace tarn::functions
