// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/text.h"
#include "jinja/token.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

std::string_view describe(TokenType type) {
  static constexpr std::array<std::string_view, 37> kNames = {
      "template data / text",
      "begin of statement block",
      "end of statement block",
      "begin of print statement",
      "end of print statement",
      "name",
      "string",
      "integer",
      "float",
      "+",
      "-",
      "/",
      "//",
      "*",
      "%",
      "**",
      "~",
      "[",
      "]",
      "(",
      ")",
      "{",
      "}",
      "==",
      "!=",
      ">",
      ">=",
      "<",
      "<=",
      "=",
      ".",
      ":",
      "|",
      ",",
      ";",
      "end of template",
      "failure",
  };
  return kNames[static_cast<std::size_t>(type)];
}

namespace {

struct Operator {
  std::string_view text;
  TokenType type;
};
// Longer ones first.
constexpr std::array<Operator, 26> kOperators = {{
    {"//", TokenType::FloorDivide}, {"**", TokenType::Power},        {"==", TokenType::Equal},
    {"!=", TokenType::NotEqual},    {">=", TokenType::GreaterEqual}, {"<=", TokenType::LessEqual},
    {"+", TokenType::Add},          {"-", TokenType::Subtract},      {"/", TokenType::Divide},
    {"*", TokenType::Multiply},     {"%", TokenType::Modulo},        {"~", TokenType::Tilde},
    {"[", TokenType::LeftBracket},  {"]", TokenType::RightBracket},  {"(", TokenType::LeftParen},
    {")", TokenType::RightParen},   {"{", TokenType::LeftBrace},     {"}", TokenType::RightBrace},
    {">", TokenType::Greater},      {"<", TokenType::Less},          {"=", TokenType::Assign},
    {".", TokenType::Dot},          {":", TokenType::Colon},         {"|", TokenType::Pipe},
    {",", TokenType::Comma},        {";", TokenType::Semicolon},
}};

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

void append_backslash_escape(std::string& out, char32_t c) {
  // Jinja escapes other characters before it resolves escapes: `\é` becomes `\xe9`, as text.
  out += c < 0x100     ? fmt::format("\\x{:02x}", static_cast<std::uint32_t>(c))
         : c < 0x10000 ? fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c))
                       : fmt::format("\\U{:08x}", static_cast<std::uint32_t>(c));
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {
    if (source_.ends_with('\n')) source_.remove_suffix(1);
  }

  TokenList run() {
    while (!failed_ && position_ < source_.size()) lex_root();
    if (!failed_) {
      const std::uint32_t line = list_.tokens.empty() ? 1 : list_.tokens.back().line;
      const auto end = static_cast<std::uint32_t>(source_.size());
      list_.tokens.push_back({TokenType::Eof, end, 0, line, {}});
    }
    return std::move(list_);
  }

 private:
  char at(std::size_t position) const {
    return position < source_.size() ? source_[position] : '\0';
  }
  bool starts(std::size_t position, std::string_view text) const {
    return source_.substr(std::min(position, source_.size())).starts_with(text);
  }

  // Counts the lines up to `end` and moves there.
  void advance_to(std::size_t end) {
    line_ += static_cast<std::uint32_t>(
        std::count(source_.begin() + static_cast<std::ptrdiff_t>(position_),
                   source_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    position_ = end;
  }

  void add(TokenType type, std::size_t end, std::string_view text) {
    list_.tokens.push_back({type, static_cast<std::uint32_t>(position_),
                            static_cast<std::uint32_t>(end - position_), line_, text});
    advance_to(end);
  }
  void add(TokenType type, std::size_t end) {
    add(type, end, source_.substr(position_, end - position_));
  }

  void fail_lexing(std::string message, std::uint32_t line) {
    failed_ = true;
    list_.storage.push_back(std::move(message));
    const std::size_t offset = std::min(position_, source_.size());
    list_.tokens.push_back({TokenType::Failure, static_cast<std::uint32_t>(offset),
                            offset < source_.size() ? 1U : 0U, line, list_.storage.back()});
  }

  std::size_t skip_spaces(std::size_t position) const {
    while (position < source_.size()) {
      std::size_t next = position;
      if (!is_space(next_code_point(source_, next))) break;
      position = next;
    }
    return position;
  }

  static bool is_sign(char c) { return c == '-' || c == '+'; }

  void lex_root() {
    std::size_t tag = position_;
    while (true) {
      tag = source_.find('{', tag);
      if (tag == std::string_view::npos) {
        add(TokenType::Data, source_.size());
        return;
      }
      const char next = at(tag + 1);
      if (next == '%' || next == '{' || next == '#') break;
      ++tag;
    }
    const char kind = source_[tag + 1];
    const char sign = is_sign(at(tag + 2)) ? source_[tag + 2] : '\0';
    emit_data(tag, sign == '-');
    const std::size_t body = tag + (sign == '\0' ? 2 : 3);
    if (kind == '#') {
      lex_comment(body);
    } else if (kind == '{') {
      add(TokenType::VariableBegin, body);
      lex_tag(TokenType::VariableEnd);
    } else if (const auto raw = raw_begin_end(body)) {
      advance_to(*raw);
      lex_raw();
    } else {
      add(TokenType::BlockBegin, body);
      lex_tag(TokenType::BlockEnd);
    }
  }

  void emit_data(std::size_t end, bool strip) {
    std::string_view data = source_.substr(position_, end - position_);
    if (strip) data = strip_spaces(data, false, true);
    if (!data.empty()) add(TokenType::Data, position_ + data.size(), data);
    advance_to(end);
  }

  void lex_comment(std::size_t body) {
    advance_to(body);
    const std::size_t end = source_.find("#}", body);
    if (end == std::string_view::npos) {
      if (body < source_.size()) {
        fail_lexing("Missing end of comment tag", line_);
      } else {
        position_ = source_.size();
      }
      return;
    }
    const bool strip = end > body && source_[end - 1] == '-';
    advance_to(strip ? skip_spaces(end + 2) : end + 2);
  }

  std::optional<std::size_t> raw_begin_end(std::size_t position) const {
    position = skip_spaces(position);
    if (!starts(position, "raw")) return std::nullopt;
    position = skip_spaces(position + 3);
    if (starts(position, "-%}")) return skip_spaces(position + 3);
    if (starts(position, "%}")) return position + 2;
    return std::nullopt;
  }

  // The end of `{% endraw %}` at `tag`.
  std::optional<std::size_t> raw_end_end(std::size_t tag) const {
    std::size_t position = tag + 2;
    if (is_sign(at(position))) ++position;
    position = skip_spaces(position);
    if (!starts(position, "endraw")) return std::nullopt;
    position = skip_spaces(position + 6);
    if (starts(position, "-%}")) return skip_spaces(position + 3);
    if (starts(position, "+%}")) return position + 3;
    if (starts(position, "%}")) return position + 2;
    return std::nullopt;
  }

  void lex_raw() {
    for (std::size_t tag = source_.find("{%", position_); tag != std::string_view::npos;
         tag = source_.find("{%", tag + 1)) {
      if (const auto end = raw_end_end(tag)) {
        emit_data(tag, at(tag + 2) == '-');
        advance_to(*end);
        return;
      }
    }
    if (position_ < source_.size()) fail_lexing("Missing end of raw directive", line_);
  }

  // The end of the closing mark at the current place, white space after `-` included.
  std::optional<std::size_t> tag_end(TokenType end_type) const {
    const std::string_view mark = end_type == TokenType::BlockEnd ? "%}" : "}}";
    const char c = at(position_);
    if (c == '-' && starts(position_ + 1, mark)) return skip_spaces(position_ + 3);
    if (c == '+' && end_type == TokenType::BlockEnd && starts(position_ + 1, mark)) {
      return position_ + 3;
    }
    if (starts(position_, mark)) return position_ + 2;
    return std::nullopt;
  }

  void lex_tag(TokenType end_type) {
    balance_.clear();
    while (!failed_ && position_ < source_.size()) {
      if (balance_.empty()) {
        if (const auto end = tag_end(end_type)) {
          add(end_type, *end, {});
          return;
        }
      }
      lex_token();
    }
  }

  void lex_token() {
    const char c = source_[position_];
    std::size_t next = position_;
    const char32_t point = next_code_point(source_, next);
    if (is_space(point)) {
      advance_to(skip_spaces(position_));
    } else if (is_ascii_digit(c)) {
      lex_number();
    } else if (is_word(point)) {
      lex_name();
    } else if ((c == '"' || c == '\'') && lex_string(c)) {
      return;
    } else {
      lex_operator();
    }
  }

  std::size_t digits_end(std::size_t position, const char* digits) const {
    const std::string_view allowed(digits);
    const auto is_allowed = [&](char c) {
      return c != '\0' && allowed.find(c) != std::string_view::npos;
    };
    while (true) {
      if (is_allowed(at(position))) {
        ++position;
      } else if (at(position) == '_' && is_allowed(at(position + 1))) {
        position += 2;
      } else {
        return position;
      }
    }
  }

  void lex_number() {
    constexpr const char* kDecimal = "0123456789";
    const std::size_t whole = digits_end(position_, kDecimal);
    const bool after_dot = position_ > 0 && source_[position_ - 1] == '.';
    if (!after_dot) {
      std::size_t end = whole;
      if (at(end) == '.' && is_ascii_digit(at(end + 1))) end = digits_end(end + 1, kDecimal);
      if ((at(end) | 0x20) == 'e') {
        std::size_t exponent = end + 1;
        if (is_sign(at(exponent))) ++exponent;
        if (is_ascii_digit(at(exponent))) end = digits_end(exponent, kDecimal);
      }
      if (end != whole) return add(TokenType::Float, end);
    }
    add(TokenType::Integer, integer_end(whole));
  }

  std::size_t integer_end(std::size_t whole) const {
    if (at(position_) != '0') return whole;
    const char kind = static_cast<char>(at(position_ + 1) | 0x20);
    const char* digits = kind == 'x'   ? "0123456789abcdefABCDEF"
                         : kind == 'o' ? "01234567"
                         : kind == 'b' ? "01"
                                       : nullptr;
    if (digits != nullptr) {
      const std::size_t end = digits_end(position_ + 2, digits);
      if (end > position_ + 2) return end;
    }
    return digits_end(position_, "0");
  }

  void lex_name() {
    std::size_t end = position_;
    while (end < source_.size()) {
      std::size_t next = end;
      if (!is_word(next_code_point(source_, next))) break;
      end = next;
    }
    const std::string_view name = source_.substr(position_, end - position_);
    if (!is_identifier(name)) return fail_lexing("Invalid character in identifier", line_);
    add(TokenType::Name, end, name);
  }

  bool lex_string(char mark) {
    std::size_t end = position_ + 1;
    bool escapes = false;
    while (end < source_.size() && source_[end] != mark) {
      if (source_[end] == '\\') {
        escapes = true;
        ++end;
      }
      ++end;
    }
    if (end >= source_.size()) return false;
    std::string_view text = source_.substr(position_ + 1, end - position_ - 1);
    if (escapes) {
      auto resolved = resolve_escapes(text);
      if (!resolved) {
        fail_lexing(resolved.error().message, line_);
        return true;
      }
      list_.storage.push_back(*std::move(resolved));
      text = list_.storage.back();
    }
    add(TokenType::String, end + 1, text);
    return true;
  }

  static Result<std::string> resolve_escapes(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t i = 0;
    while (i < text.size()) {
      if (text[i] != '\\') {
        out.push_back(text[i++]);
        continue;
      }
      const std::size_t start = i++;
      const char c = text[i];
      if ((c & 0x80) != 0) {
        append_backslash_escape(out, next_code_point(text, i));
        continue;
      }
      ++i;
      constexpr std::string_view kShort = "\n\\'\"abfnrtv";
      constexpr std::string_view kShortValues = "\\'\"\a\b\f\n\r\t\v";
      if (c == '\n') {
        continue;
      }
      if (const auto at = kShort.find(c); at != std::string_view::npos) {
        out.push_back(kShortValues[at - 1]);
      } else if (c >= '0' && c <= '7') {
        char32_t value = static_cast<char32_t>(c - '0');
        for (int n = 1; n < 3 && i < text.size() && text[i] >= '0' && text[i] <= '7'; ++n) {
          value = value * 8 + static_cast<char32_t>(text[i++] - '0');
        }
        append_utf8(out, value);
      } else if (c == 'x' || c == 'u' || c == 'U') {
        append_utf8(out, TRY(hex_escape(text, i, c)));
      } else if (c == 'N') {
        return unsupported("names of characters (\\N{{…}}) in strings");
      } else {
        out += text.substr(start, i - start);
      }
    }
    return out;
  }

  static Result<char32_t> hex_escape(std::string_view text, std::size_t& i, char kind) {
    const std::size_t length = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
    std::uint32_t value = 0;
    for (std::size_t n = 0; n < length; ++n) {
      const char c = i < text.size() ? text[i] : '\0';
      const char lower = static_cast<char>(c | 0x20);
      if (is_ascii_digit(c)) {
        value = value * 16 + static_cast<std::uint32_t>(c - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        value = value * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
      } else {
        return invalid_input("truncated \\{}{} escape", kind, std::string(length, 'X'));
      }
      ++i;
    }
    if (value > 0x10FFFF) return invalid_input("illegal Unicode character");
    return static_cast<char32_t>(value);
  }

  void lex_operator() {
    const auto* found = std::find_if(kOperators.begin(), kOperators.end(), [&](const Operator& op) {
      return starts(position_, op.text);
    });
    if (found == kOperators.end()) {
      std::size_t next = position_;
      next_code_point(source_, next);
      const std::string_view c = source_.substr(position_, next - position_);
      const char* mark = c == "'" ? "\"" : "'";
      return fail_lexing(fmt::format("unexpected char {}{}{} at {}", mark, c, mark,
                                     count_code_points(source_.substr(0, position_))),
                         line_);
    }
    if (!balance(*found)) return;
    add(found->type, position_ + found->text.size());
  }

  bool balance(const Operator& op) {
    switch (op.type) {
      case TokenType::LeftBrace:
        balance_.push_back('}');
        return true;
      case TokenType::LeftParen:
        balance_.push_back(')');
        return true;
      case TokenType::LeftBracket:
        balance_.push_back(']');
        return true;
      case TokenType::RightBrace:
      case TokenType::RightParen:
      case TokenType::RightBracket:
        break;
      default:
        return true;
    }
    if (balance_.empty()) {
      fail_lexing(fmt::format("unexpected '{}'", op.text), line_);
      return false;
    }
    const char expected = balance_.back();
    balance_.pop_back();
    if (expected != op.text[0]) {
      fail_lexing(fmt::format("unexpected '{}', expected '{}'", op.text, expected), line_);
      return false;
    }
    return true;
  }

  std::string_view source_;
  std::size_t position_ = 0;
  std::uint32_t line_ = 1;
  bool failed_ = false;
  std::vector<char> balance_;
  TokenList list_;
};

}  // namespace

TokenList tokenize(std::string_view source) { return Lexer(source).run(); }

}  // namespace tarn::jinja
