// SPDX-License-Identifier: Apache-2.0
// Literals of Python, as its ast.literal_eval reads them.
#include <cstdlib>

#include "base/text.h"
#include "jinja/bigint.h"
#include "jinja/environment.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

class LiteralParser {
 public:
  explicit LiteralParser(std::string_view text) : text_(text) {}

  Result<Value> parse() {
    // Python strips blanks in front, but not line ends.
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t')) {
      ++position_;
    }
    auto value = TRY(parse_value(0));
    skip();
    if (peek() == ',') {
      std::vector<Value> items = {std::move(value)};
      while (take(',')) {
        skip();
        if (position_ >= text_.size()) break;
        items.push_back(TRY(parse_value(0)));
        skip();
      }
      value = Value::tuple(std::move(items));
    }
    skip_line_ends();
    if (position_ < text_.size()) return malformed();
    return value;
  }

 private:
  static Error malformed() { return value_error("malformed node or string"); }
  char peek(std::size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  void skip() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\f' ||
           (brackets_ > 0 && (peek() == '\n' || peek() == '\r'))) {
      ++position_;
    }
    if (peek() == '#') {
      while (position_ < text_.size() && peek() != '\n') ++position_;
      if (brackets_ > 0) skip_line_ends();
    }
  }
  void skip_line_ends() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++position_;
  }
  bool take(char c) {
    skip();
    if (peek() != c) return false;
    ++position_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (!text_.substr(position_).starts_with(word)) return false;
    std::size_t end = position_ + word.size();
    if (end < text_.size() && is_word(next_code_point(text_, end))) return false;
    position_ += word.size();
    return true;
  }

  Result<Value> parse_value(int depth) {
    if (depth > kNestingMax) return fail(kLimitError, "literal is nested too deeply");
    skip();
    const char c = peek();
    if (c == '[' || c == '(' || c == '{') {
      ++brackets_;
      ++position_;
      auto value = c == '['   ? parse_list(depth)
                   : c == '(' ? parse_tuple(depth)
                              : parse_braces(depth);
      --brackets_;
      return value;
    }
    if (take_word("None")) return Value::none();
    if (take_word("True")) return Value(true);
    if (take_word("False")) return Value(false);
    if (take_word("set")) {
      if (take('(') && take(')')) return Value(make_ref<Set>());
      return malformed();
    }
    if (c == '-' || c == '+') return parse_signed();
    if ((c >= '0' && c <= '9') || c == '.') return parse_number();
    return parse_strings();
  }

  Result<std::vector<Value>> parse_items(char close, int depth, bool& trailing_comma) {
    std::vector<Value> items;
    trailing_comma = false;
    while (!take(close)) {
      if (!items.empty() && !trailing_comma) return malformed();
      items.push_back(TRY(parse_value(depth + 1)));
      trailing_comma = take(',');
    }
    return items;
  }

  Result<Value> parse_list(int depth) {
    bool comma = false;
    return Value::list(TRY(parse_items(']', depth, comma)));
  }

  Result<Value> parse_tuple(int depth) {
    bool comma = false;
    auto items = TRY(parse_items(')', depth, comma));
    if (items.size() == 1 && !comma) return std::move(items[0]);
    return Value::tuple(std::move(items));
  }

  Result<Value> parse_braces(int depth) {
    auto dict = make_ref<Dict>();
    if (take('}')) return Value(dict);
    auto first = TRY(parse_value(depth + 1));
    if (!take(':')) {
      auto set = make_ref<Set>();
      TRY(set->set(std::move(first), Value()));
      while (take(',')) {
        if (take('}')) return Value(set);
        TRY(set->set(TRY(parse_value(depth + 1)), Value()));
      }
      if (!take('}')) return malformed();
      return Value(set);
    }
    auto value = TRY(parse_value(depth + 1));
    TRY(dict->set(std::move(first), std::move(value)));
    while (take(',')) {
      if (take('}')) return Value(dict);
      auto key = TRY(parse_value(depth + 1));
      if (!take(':')) return malformed();
      value = TRY(parse_value(depth + 1));
      TRY(dict->set(std::move(key), std::move(value)));
    }
    if (!take('}')) return malformed();
    return Value(dict);
  }

  Result<Value> parse_signed() {
    const bool negative = peek() == '-';
    ++position_;
    skip();
    if (!((peek() >= '0' && peek() <= '9') || peek() == '.')) return malformed();
    auto value = TRY(parse_number());
    if (!negative) return value;
    if (value.kind() == Kind::Float) return Value(-value.as_float());
    if (value.kind() == Kind::BigInt) return Value::integer(value.big_int().negated());
    return Value(-value.as_int());
  }

  Result<Value> parse_number() {
    const std::size_t start = position_;
    while (true) {
      const char c = peek();
      const bool exponent_sign = (c == '+' || c == '-') && position_ > start &&
                                 (text_[position_ - 1] | 0x20) == 'e' &&
                                 !text_.substr(start, 2).starts_with("0x");
      const char lower = static_cast<char>(c | 0x20);
      if (!((c >= '0' && c <= '9') || c == '.' || c == '_' || (lower >= 'a' && lower <= 'z') ||
            exponent_sign)) {
        break;
      }
      ++position_;
    }
    std::string digits;
    const std::string_view raw = text_.substr(start, position_ - start);
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '_') {
        digits.push_back(raw[i]);
      } else if (i == 0 || i + 1 == raw.size() || raw[i + 1] == '_') {
        return malformed();
      }
    }
    return number_from(digits);
  }

  static Result<Value> number_from(const std::string& digits) {
    unsigned base = 10;
    std::string_view rest = digits;
    if (rest.size() > 2 && rest[0] == '0') {
      const char kind = static_cast<char>(rest[1] | 0x20);
      base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
      if (base != 10) rest.remove_prefix(2);
    }
    const auto is_digit_of_base = [base](char c) {
      const char lower = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0') < base;
      return base == 16 && lower >= 'a' && lower <= 'f';
    };
    bool all_digits = true;
    for (const char c : rest) all_digits = all_digits && is_digit_of_base(c);
    if (all_digits) {
      const bool zeros = rest.find_first_not_of('0') == std::string_view::npos;
      if (base == 10 && rest.size() > 1 && rest[0] == '0' && !zeros) return malformed();
      if (rest.size() > kIntegerDigitsMax) {
        return value_error("Exceeds the limit (4300 digits) for integer string conversion");
      }
      return Value::integer(BigInt::from_digits(rest, base));
    }
    if (base != 10) return malformed();
    const char last = static_cast<char>(digits.back() | 0x20);
    if (last == 'j') return unsupported("complex numbers in templates");
    char* end = nullptr;
    const double number = std::strtod(digits.c_str(), &end);
    if (*end != '\0') return malformed();
    return Value(number);
  }

  Result<Value> parse_strings() {
    std::string text;
    bool any = false;
    while (true) {
      skip();
      const std::size_t before = position_;
      bool raw = false;
      const char prefix = static_cast<char>(peek() | 0x20);
      if ((prefix == 'r' || prefix == 'u') && (peek(1) == '\'' || peek(1) == '"')) {
        raw = prefix == 'r';
        ++position_;
      }
      if (peek() != '\'' && peek() != '"') {
        position_ = before;
        break;
      }
      TRY(parse_string(raw, text));
      any = true;
    }
    if (!any) return malformed();
    return Value(text);
  }

  Result<void> parse_string(bool raw, std::string& out) {
    const char mark = peek();
    const bool triple = peek(1) == mark && peek(2) == mark;
    position_ += triple ? 3 : 1;
    while (true) {
      if (position_ >= text_.size()) return malformed();
      const char c = peek();
      if (c == mark && (!triple || (peek(1) == mark && peek(2) == mark))) {
        position_ += triple ? 3 : 1;
        return {};
      }
      if (c == '\n' && !triple) return malformed();
      if (c != '\\' || raw) {
        out.push_back(c);
        ++position_;
        if (c == '\\' && position_ < text_.size()) out.push_back(text_[position_++]);
        continue;
      }
      ++position_;
      TRY(parse_escape(out));
    }
  }

  Result<void> parse_escape(std::string& out) {
    const char c = peek();
    ++position_;
    constexpr std::string_view kMarks = "\\'\"abfnrtv";
    constexpr std::string_view kValues = "\\'\"\a\b\f\n\r\t\v";
    if (c == '\n') return {};
    if (const auto at = kMarks.find(c); c != '\0' && at != std::string_view::npos) {
      out.push_back(kValues[at]);
      return {};
    }
    if (c >= '0' && c <= '7') {
      char32_t value = static_cast<char32_t>(c - '0');
      for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; ++i) {
        value = value * 8 + static_cast<char32_t>(text_[position_++] - '0');
      }
      append_utf8(out, value);
      return {};
    }
    const int length = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (length == 0) {
      out.push_back('\\');
      out.push_back(c);
      return {};
    }
    std::uint32_t value = 0;
    for (int i = 0; i < length; ++i) {
      const char digit = peek();
      const char lower = static_cast<char>(digit | 0x20);
      ++position_;
      if (digit >= '0' && digit <= '9') {
        value = value * 16 + static_cast<std::uint32_t>(digit - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        value = value * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
      } else {
        return malformed();
      }
    }
    if (value > 0x10FFFF) return malformed();
    append_utf8(out, static_cast<char32_t>(value));
    return {};
  }

  std::string_view text_;
  std::size_t position_ = 0;
  int brackets_ = 0;
};

}  // namespace

Result<Value> literal_eval(std::string_view text) { return LiteralParser(text).parse(); }

}  // namespace tarn::jinja
