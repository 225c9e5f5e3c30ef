// SPDX-License-Identifier: Apache-2.0
#include "migrate/layout.h"

#include <optional>

#include "base/text.h"
#include "iceberg/update_partition.h"

namespace tarn::migrate {
namespace {

struct Token {
  enum class Kind { Name, Number, Mark, End } kind = Kind::End;
  std::string text;
  bool is_quoted = false;
};

Result<std::vector<Token>> split_tokens(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else if (c == '(' || c == ')' || c == ',') {
      tokens.push_back({Token::Kind::Mark, std::string(1, c)});
      ++at;
    } else if (c == '"') {
      Token token{Token::Kind::Name, "", true};
      for (++at; at < text.size(); ++at) {
        if (text[at] == '"' && text.substr(at + 1, 1) != "\"") break;
        if (text[at] == '"') ++at;
        token.text += text[at];
      }
      if (at >= text.size()) return invalid_input("open quotation mark in `{}`", text);
      ++at;
      tokens.push_back(std::move(token));
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\r\n(),\"", at), text.size());
      const std::string_view word = text.substr(at, end - at);
      const bool is_number = word.find_first_not_of("0123456789") == std::string_view::npos;
      tokens.push_back({is_number ? Token::Kind::Number : Token::Kind::Name, std::string(word)});
      at = end;
    }
  }
  tokens.push_back({});
  return tokens;
}

struct Element {
  int source_id = 0;
  std::string column;
  iceberg::Transform transform;
};

class LayoutParser {
 public:
  LayoutParser(std::string_view text, std::vector<Token> tokens, const iceberg::Schema& schema)
      : text_(text), tokens_(std::move(tokens)), schema_(schema) {}

  bool at_end() const { return next().kind == Token::Kind::End; }
  const Token& next() const { return tokens_[at_]; }
  bool take_mark(char mark) {
    if (next().kind != Token::Kind::Mark || next().text[0] != mark) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (next().kind != Token::Kind::Name || next().is_quoted) return false;
    if (!equals_ignore_case(next().text, word)) return false;
    ++at_;
    return true;
  }
  Error unexpected() const {
    return invalid_input("`{}` is not understood at `{}`", text_,
                         at_end() ? std::string("the end") : next().text);
  }

  Result<Element> element() {
    if (next().kind != Token::Kind::Name && next().kind != Token::Kind::Number) return unexpected();
    const Token first = tokens_[at_++];
    if (first.is_quoted || !take_mark('(')) return with_column(first.text, {});
    std::string column;
    std::optional<int> number;
    while (true) {
      const Token token = tokens_[at_++];
      if (token.kind == Token::Kind::Name && column.empty()) {
        column = token.text;
      } else if (token.kind == Token::Kind::Number && !number) {
        number = static_cast<int>(parse_int64(token.text).value_or(0));
      } else {
        --at_;
        return unexpected();
      }
      if (take_mark(')')) break;
      if (!take_mark(',')) return unexpected();
    }
    if (column.empty()) return invalid_input("`{}` names no column in {}", text_, first.text);
    return with_column(column, TRY(transform_of(to_lower(first.text), number)));
  }

 private:
  Result<iceberg::Transform> transform_of(std::string name, std::optional<int> number) const {
    if (name.size() > 3 && name.ends_with('s')) name.pop_back();  // `months`, as Spark also takes
    const bool wants_number = name == "bucket" || name == "truncate";
    if (wants_number && (!number || *number < 1)) {
      return invalid_input("{} needs a number, as in {}(column, 16)", name, name);
    }
    if (name == "bucket") return iceberg::bucket_transform(*number);
    if (name == "truncate") return iceberg::truncate_transform(*number);
    static const std::vector<std::string> known = {"year",   "month",    "day",  "hour",
                                                   "bucket", "truncate", "void", "identity"};
    for (const std::string& word : known) {
      if (name != word) continue;
      if (number) return invalid_input("{} takes no number", name);
      return iceberg::parse_transform(name);
    }
    return invalid_input("`{}` is no transform{}", name, did_you_mean(name, known));
  }

  Result<Element> with_column(const std::string& name, iceberg::Transform transform) const {
    const iceberg::Field* field = TRY(iceberg::find_column(schema_, name));
    if (field == nullptr) {
      std::vector<std::string> columns;
      for (const auto& other : schema_.fields) columns.push_back(other.name);
      return invalid_input("there is no column `{}`{}", name, did_you_mean(name, columns));
    }
    if (!iceberg::can_transform(transform, field->type)) {
      return invalid_input("{} does not take column `{}` of type {}", to_string(transform), name,
                           iceberg::to_string(field->type));
    }
    return Element{field->id, name, std::move(transform)};
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  const iceberg::Schema& schema_;
};

Result<LayoutParser> make_parser(std::string_view text, const iceberg::Schema& schema) {
  return LayoutParser(text, TRY(split_tokens(text)), schema);
}

}  // namespace

Result<iceberg::PartitionSpec> parse_partitioning(std::string_view text,
                                                  const iceberg::Schema& schema) {
  iceberg::PartitionSpec spec;
  LayoutParser parser = TRY(make_parser(text, schema));
  while (!parser.at_end()) {
    Element element = TRY(parser.element());
    iceberg::PartitionField field;
    field.source_id = element.source_id;
    field.field_id = iceberg::kFirstPartitionFieldId + static_cast<int>(spec.fields.size());
    field.name = iceberg::default_partition_name(element.column, element.transform);
    field.transform = std::move(element.transform);
    spec.fields.push_back(std::move(field));
    if (!parser.take_mark(',') && !parser.at_end()) return parser.unexpected();
  }
  TRY(iceberg::validate_partition_spec(spec, schema));
  return spec;
}

Result<iceberg::SortOrder> parse_sort_order(std::string_view text, const iceberg::Schema& schema) {
  iceberg::SortOrder order;
  LayoutParser parser = TRY(make_parser(text, schema));
  while (!parser.at_end()) {
    Element element = TRY(parser.element());
    iceberg::SortField field;
    field.source_id = element.source_id;
    field.transform = std::move(element.transform);
    if (!parser.take_word("asc") && parser.take_word("desc")) {
      field.direction = iceberg::SortDirection::Descending;
      field.null_order = iceberg::NullOrder::Last;
    }
    if (parser.take_word("nulls")) {
      if (parser.take_word("first")) {
        field.null_order = iceberg::NullOrder::First;
      } else if (parser.take_word("last")) {
        field.null_order = iceberg::NullOrder::Last;
      } else {
        return parser.unexpected();
      }
    }
    order.fields.push_back(std::move(field));
    if (!parser.take_mark(',') && !parser.at_end()) return parser.unexpected();
  }
  if (!order.fields.empty()) order.order_id = 1;
  TRY(iceberg::validate_sort_order(order, schema));
  return order;
}

}  // namespace tarn::migrate
