// SPDX-License-Identifier: Apache-2.0
#include "analysis/signature.h"

#include <cctype>
#include <utility>

#include "base/text.h"

namespace tarn::analysis {
namespace {

using types::TypeKind;

class SignatureParser {
 public:
  explicit SignatureParser(std::string_view text) : text_(text) {}

  Result<FunctionSignature> parse() {
    if (accept('<')) TRY(parse_variables());
    skip_space();
    signature_.text = text_.substr(position_);
    signature_.name = read_word();
    TRY(expect('('));
    if (!accept(')')) {
      do {
        signature_.arguments.push_back(TRY(parse_type()));
        if (accept_text("...")) signature_.variadic = true;
      } while (accept(','));
      TRY(expect(')'));
    }
    if (!accept_text("->")) return bad("expected ->");
    signature_.result = TRY(parse_type());
    skip_space();
    if (position_ != text_.size()) return bad("unexpected text");
    return std::move(signature_);
  }

 private:
  Error bad(std::string_view what) const {
    return internal("{} in signature `{}` at {}", what, text_, position_);
  }

  void skip_space() {
    while (position_ < text_.size() && text_[position_] == ' ') ++position_;
  }
  bool accept(char c) {
    skip_space();
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }
  bool accept_text(std::string_view word) {
    skip_space();
    if (!text_.substr(position_).starts_with(word)) return false;
    position_ += word.size();
    return true;
  }
  Result<void> expect(char c) {
    if (!accept(c)) return bad(fmt::format("expected {}", c));
    return ok();
  }
  std::string_view read_word() {
    skip_space();
    const std::size_t begin = position_;
    while (position_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[position_])) != 0 ||
            text_[position_] == '_' || text_[position_] == '$')) {
      ++position_;
    }
    return text_.substr(begin, position_ - begin);
  }

  Result<void> parse_variables() {
    do {
      TypeVariable variable;
      variable.name = read_word();
      if (accept_text("comparable")) variable.comparable = true;
      if (accept_text("orderable")) variable.orderable = true;
      signature_.type_variables.push_back(std::move(variable));
    } while (accept(','));
    return expect('>');
  }

  int find_type_variable(std::string_view name) const {
    for (std::size_t i = 0; i < signature_.type_variables.size(); ++i) {
      if (signature_.type_variables[i].name == name) return static_cast<int>(i);
    }
    return -1;
  }

  std::int64_t number_variable(std::string_view name) {
    auto& names = signature_.number_variables;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) return static_cast<std::int64_t>(i);
    }
    names.emplace_back(name);
    return static_cast<std::int64_t>(names.size()) - 1;
  }

  Result<TypeTerm> parse_type() {
    TypeTerm term;
    const std::string_view name = read_word();
    term.variable = find_type_variable(name);
    if (term.variable >= 0) {
      term.has_variables = true;
      return term;
    }
    if (name == "interval") {
      const bool day = accept_text("day to second");
      if (!day && !accept_text("year to month")) return bad("unknown interval");
      term.kind = day ? TypeKind::IntervalDayToSecond : TypeKind::IntervalYearToMonth;
    } else {
      const auto kind = types::find_kind(name);
      if (!kind) return bad("unknown type");
      term.kind = *kind;
      if (accept('(')) TRY(parse_parameters(term));
      if (accept_text("with time zone")) {
        term.kind = term.kind == TypeKind::Time ? TypeKind::TimeWithTimeZone
                                                : TypeKind::TimestampWithTimeZone;
      }
    }
    if (!term.has_variables) TRY(make_concrete(term));
    return term;
  }

  static bool takes_numbers(TypeKind kind) {
    return kind == TypeKind::Decimal || kind == TypeKind::Varchar || kind == TypeKind::Char ||
           kind == TypeKind::Time || kind == TypeKind::Timestamp;
  }

  Result<void> parse_parameters(TypeTerm& term) {
    do {
      if (takes_numbers(term.kind)) {
        term.numbers.push_back(TRY(parse_number()));
        term.has_variables |= term.numbers.back().kind != NumberTerm::Kind::Constant;
      } else {
        term.parts.push_back(TRY(parse_type()));
        term.has_variables |= term.parts.back().has_variables;
      }
    } while (accept(','));
    return expect(')');
  }

  Result<void> make_concrete(TypeTerm& term) {
    term.concrete = types::make_type(term.kind);
    if (!term.numbers.empty()) {
      term.concrete.precision = static_cast<std::int32_t>(term.numbers[0].value);
    }
    if (term.numbers.size() > 1) {
      term.concrete.scale = static_cast<std::int32_t>(term.numbers[1].value);
    }
    for (const TypeTerm& part : term.parts) {
      term.concrete.fields.push_back({std::nullopt, part.concrete});
    }
    term.is_any_row = term.kind == TypeKind::Row && term.parts.empty();
    return ok();
  }

  Result<NumberTerm> parse_number() {
    if (!accept('{')) return parse_factor();
    NumberTerm term = TRY(parse_sum());
    TRY(expect('}'));
    return term;
  }

  static NumberTerm combine(NumberTerm::Kind kind, NumberTerm left, NumberTerm right) {
    NumberTerm term;
    term.kind = kind;
    term.operands.push_back(std::move(left));
    term.operands.push_back(std::move(right));
    return term;
  }

  Result<NumberTerm> parse_sum() {
    NumberTerm left = TRY(parse_product());
    while (true) {
      if (accept('+')) {
        left = combine(NumberTerm::Kind::Add, std::move(left), TRY(parse_product()));
      } else if (accept('-')) {
        left = combine(NumberTerm::Kind::Subtract, std::move(left), TRY(parse_product()));
      } else {
        return left;
      }
    }
  }

  Result<NumberTerm> parse_product() {
    NumberTerm left = TRY(parse_factor());
    while (true) {
      if (accept('*')) {
        left = combine(NumberTerm::Kind::Multiply, std::move(left), TRY(parse_factor()));
      } else if (accept('/')) {
        left = combine(NumberTerm::Kind::Divide, std::move(left), TRY(parse_factor()));
      } else {
        return left;
      }
    }
  }

  Result<NumberTerm> parse_factor() {
    if (accept('(')) {
      NumberTerm inner = TRY(parse_sum());
      TRY(expect(')'));
      return inner;
    }
    const std::string_view word = read_word();
    if (word == "min" || word == "max") {
      TRY(expect('('));
      NumberTerm left = TRY(parse_sum());
      TRY(expect(','));
      NumberTerm right = TRY(parse_sum());
      TRY(expect(')'));
      return combine(word == "min" ? NumberTerm::Kind::Min : NumberTerm::Kind::Max, std::move(left),
                     std::move(right));
    }
    NumberTerm term;
    if (const auto constant = parse_int64(word)) {
      term.value = *constant;
      return term;
    }
    if (word.empty()) return bad("expected a number");
    term.kind = NumberTerm::Kind::Variable;
    term.value = number_variable(word);
    return term;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  FunctionSignature signature_;
};

}  // namespace

Result<FunctionSignature> parse_signature(std::string_view text) {
  return SignatureParser(text).parse();
}

}  // namespace tarn::analysis
