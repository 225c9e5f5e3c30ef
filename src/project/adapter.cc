// SPDX-License-Identifier: Apache-2.0
#include "project/adapter.h"

#include <algorithm>

#include "base/text.h"

namespace tarn::project {

Result<std::optional<std::vector<RelationParts>>> Adapter::list_relations(const RelationParts&) {
  return std::optional<std::vector<RelationParts>>();
}

Result<std::optional<std::vector<ColumnInfo>>> Adapter::columns(const RelationParts&) {
  return std::optional<std::vector<ColumnInfo>>();
}

Result<std::optional<std::vector<ColumnInfo>>> Adapter::query_columns(const std::string&) {
  return std::optional<std::vector<ColumnInfo>>();
}

Result<StatementResult> NoAdapter::execute(const Statement&) {
  return unsupported("a template asks the warehouse a question, but there is no connection");
}

Result<std::optional<std::vector<RelationParts>>> NoAdapter::list_relations(const RelationParts&) {
  return std::optional(std::vector<RelationParts>());
}

Result<std::optional<std::vector<ColumnInfo>>> NoAdapter::columns(const RelationParts&) {
  return std::optional(std::vector<ColumnInfo>());
}

namespace {

bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word_part(char c) { return is_word_start(c) || (c >= '0' && c <= '9'); }

// Walks over a text and finds the `;` between statements.
class StatementCutter {
 public:
  explicit StatementCutter(std::string_view text) : text_(text) {}

  std::vector<std::string> cut() {
    while (at_ < text_.size()) step();
    end_statement(text_.size());
    return std::move(out_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\'' || c == '"') {
      has_code_ = true;
      skip_quoted(c);
    } else if (text_.substr(at_, 2) == "--") {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (text_.substr(at_, 2) == "/*") {
      const auto close = text_.find("*/", at_ + 2);
      at_ = close == std::string_view::npos ? text_.size() : close + 2;
    } else if (c == ';' && depth_ == 0) {
      end_statement(at_);
      begin_ = ++at_;
    } else if (is_word_start(c)) {
      has_code_ = true;
      take_word();
    } else {
      if (c != ' ' && c != '\n' && c != '\t' && c != '\r') has_code_ = true;
      ++at_;
    }
  }

  void skip_quoted(char mark) {
    const auto close = text_.find(mark, at_ + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + 1;
  }

  // Bodies of `CREATE FUNCTION … BEGIN … END` hold statements of their own.
  void take_word() {
    std::size_t end = at_;
    while (end < text_.size() && is_word_part(text_[end])) ++end;
    const std::string word = to_lower(text_.substr(at_, end - at_));
    at_ = end;
    if (word_count_++ == 0) is_create_ = word == "create";
    if (is_create_ && word == "function") is_function_ = true;
    if (!is_function_) return;
    const bool closes = previous_ == "end";
    if (word == "end") {
      if (depth_ > 0) --depth_;
    } else if (word == "begin" || (depth_ > 0 && !closes && opens(word))) {
      ++depth_;
    }
    previous_ = word;
  }
  static bool opens(std::string_view word) {
    return word == "case" || word == "loop" || word == "while" || word == "repeat";
  }

  void end_statement(std::size_t end) {
    if (has_code_) out_.emplace_back(trim(text_.substr(begin_, end - begin_)));
    has_code_ = is_create_ = is_function_ = false;
    word_count_ = 0;
    depth_ = 0;
    previous_.clear();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  bool has_code_ = false;
  bool is_create_ = false;
  bool is_function_ = false;
  int word_count_ = 0;
  int depth_ = 0;
  std::string previous_;
  std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> split_statements(std::string_view sql) {
  return StatementCutter(sql).cut();
}

}  // namespace tarn::project
