// SPDX-License-Identifier: Apache-2.0
// The parser of type texts: words, parentheses, quoted names.
#include <optional>
#include <utility>

#include "base/text.h"
#include "types/type_text.h"

namespace tarn::types {
namespace {

class TypeParser {
 public:
  TypeParser(std::string_view text, FieldNames names) : text_(text), names_(names) {}

  Result<Type> parse_whole() {
    Type type = TRY(parse(1));
    skip_space();
    if (position_ != text_.size()) return bad("unexpected text");
    return type;
  }

 private:
  Error bad(std::string_view what) const {
    return invalid_input("{} in type `{}` at character {}", what, text_.substr(0, 200),
                         position_ + 1);
  }

  void skip_space() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t' ||
                                        text_[position_] == '\n' || text_[position_] == '\r')) {
      ++position_;
    }
  }

  bool accept(char c) {
    skip_space();
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  char peek() {
    skip_space();
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '@' || c == ':' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
  }

  std::string_view read_word() {
    skip_space();
    const std::size_t begin = position_;
    while (position_ < text_.size() && is_word(text_[position_])) ++position_;
    return text_.substr(begin, position_ - begin);
  }

  // Reads the words in their order or none of them.
  bool accept_words(std::initializer_list<std::string_view> words) {
    const std::size_t begin = position_;
    for (const std::string_view word : words) {
      if (!equals_ignore_case(read_word(), word)) {
        position_ = begin;
        return false;
      }
    }
    return true;
  }

  Result<std::string> read_quoted() {
    skip_space();
    ++position_;
    std::string name;
    while (position_ < text_.size()) {
      const char c = text_[position_++];
      if (c != '"') {
        name += c;
      } else if (position_ < text_.size() && text_[position_] == '"') {
        name += text_[position_++];
      } else {
        return name;
      }
    }
    return bad("quote not closed");
  }

  Result<std::int64_t> read_number() {
    const std::optional<std::int64_t> number = parse_int64(read_word());
    if (!number || *number < 0) return bad("expected a number");
    return *number;
  }

  // `(n)` or nothing.
  Result<std::optional<std::int64_t>> read_optional_number() {
    if (!accept('(')) return std::optional<std::int64_t>();
    const std::int64_t number = TRY(read_number());
    if (!accept(')')) return bad("expected `)`");
    return std::optional<std::int64_t>(number);
  }

  Result<Type> parse(int level) {
    if (level > kTypeDepthMax) return bad("too deep nesting");
    Type type = TRY(parse_primary(level));
    int suffixes = 0;
    while (accept_words({"array"})) {
      if (++suffixes + level > kTypeDepthMax) return bad("too deep nesting");
      type = make_array(std::move(type));
      if (accept('[')) {
        TRY(read_number());
        if (!accept(']')) return bad("expected `]`");
      }
    }
    return type;
  }

  Result<Type> parse_primary(int level) {
    if (peek() == '"') return with_name(TRY(read_quoted()), level);
    const std::size_t begin = position_;
    const std::string name = to_lower(read_word());
    if (name.empty()) return bad("expected a type");
    if (name == "interval") return parse_interval();
    if (name == "double") {
      accept_words({"precision"});
      return make_type(TypeKind::Double);
    }
    if (name == "time" || name == "timestamp") return parse_time(name == "time");
    skip_space();
    Result<Type> type = with_name(name, level);
    if (!type && type.error().message.starts_with("unknown type")) position_ = begin;
    return type;
  }

  Result<Type> parse_interval() {
    if (accept_words({"day", "to", "second"})) return make_type(TypeKind::IntervalDayToSecond);
    if (accept_words({"year", "to", "month"})) return make_type(TypeKind::IntervalYearToMonth);
    return bad("expected `day to second` or `year to month`");
  }

  Result<Type> parse_time(bool is_time) {
    const std::int64_t precision = TRY(read_optional_number()).value_or(kTimePrecisionDefault);
    if (precision > kTimePrecisionMax) return bad("precision must be from 0 to 12");
    const bool zoned = accept_words({"with", "time", "zone"});
    if (!zoned) accept_words({"without", "time", "zone"});
    const int digits = static_cast<int>(precision);
    if (is_time) return zoned ? make_time_with_time_zone(digits) : make_time(digits);
    return zoned ? make_timestamp_with_time_zone(digits) : make_timestamp(digits);
  }

  Result<Type> parse_decimal() {
    std::int64_t precision = 38;
    std::int64_t scale = 0;
    if (accept('(')) {
      precision = TRY(read_number());
      if (accept(',')) scale = TRY(read_number());
      if (!accept(')')) return bad("expected `)`");
    }
    if (precision < 1 || precision > 38) return bad("decimal precision must be from 1 to 38");
    if (scale > precision) return bad("decimal scale must not exceed the precision");
    return make_decimal(static_cast<int>(precision), static_cast<int>(scale));
  }

  Result<Type> with_name(const std::string& name, int level) {
    const std::optional<TypeKind> kind = find_kind(name);
    if (!kind) return invalid_input("unknown type: `{}`", name);
    switch (*kind) {
      case TypeKind::Decimal:
        return parse_decimal();
      case TypeKind::Varchar: {
        const auto length = TRY(read_optional_number());
        if (length && *length > kUnboundedLength) return bad("varchar length is too large");
        return length ? make_varchar(*length) : make_varchar();
      }
      case TypeKind::Char: {
        const std::int64_t length = TRY(read_optional_number()).value_or(1);
        if (length > kCharLengthMax) return bad("char length must be from 0 to 65536");
        return make_char(length);
      }
      case TypeKind::Array:
      case TypeKind::Map:
      case TypeKind::QDigest:
      case TypeKind::Function:
        return parse_parameters(*kind, level);
      case TypeKind::Row:
        return parse_row(level);
      default:
        return make_type(*kind);
    }
  }

  Result<Type> parse_parameters(TypeKind kind, int level) {
    const bool angle = accept('<');
    if (!angle && !accept('(')) return bad("expected `(`");
    Type type;
    type.kind = kind;
    do {
      type.fields.push_back({std::nullopt, TRY(parse(level + 1))});
    } while (accept(','));
    if (!accept(angle ? '>' : ')')) return bad("expected `)`");
    const std::size_t count = type.fields.size();
    if (kind == TypeKind::Map ? count != 2 : kind != TypeKind::Function && count != 1) {
      return bad("wrong number of parameters");
    }
    return type;
  }

  Result<Type> parse_row(int level) {
    if (!accept('(')) return bad("expected `(`");
    Type row = make_row({});
    do {
      row.fields.push_back(TRY(parse_field(level)));
    } while (accept(','));
    if (!accept(')')) return bad("expected `)` or `,`");
    return row;
  }

  // `name type` or `type`: a type first, and a name if something else than `,` and `)` follows it.
  Result<TypeField> parse_field(int level) {
    const std::size_t begin = position_;
    if (peek() != '"') {
      Result<Type> type = parse(level + 1);
      if (type && (peek() == ',' || peek() == ')')) return TypeField{std::nullopt, *type};
      position_ = begin;
    }
    const bool quoted = peek() == '"';
    std::string name = quoted ? TRY(read_quoted()) : std::string(read_word());
    if (!quoted && names_ == FieldNames::InSql) name = to_lower(name);
    if (name.empty()) return bad("expected a field");
    if (peek() == ',' || peek() == ')') return invalid_input("unknown type: `{}`", name);
    return TypeField{std::move(name), TRY(parse(level + 1))};
  }

  std::string_view text_;
  FieldNames names_;
  std::size_t position_ = 0;
};

}  // namespace

Result<Type> parse_type(std::string_view text, FieldNames names) {
  return TypeParser(text, names).parse_whole();
}

}  // namespace tarn::types
