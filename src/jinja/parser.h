// SPDX-License-Identifier: Apache-2.0
// From tokens to the syntax tree; private to the folder, see parse_template in tree.h.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/token.h"
#include "jinja/tree.h"

namespace tarn::jinja {

class Parser {
 public:
  Parser(const Environment& environment, std::string_view text)
      : environment_(environment), text_(text), list_(tokenize(text)) {}

  Result<Body> parse();
  bool has_slices() const { return has_slices_; }

 private:
  using Words = std::initializer_list<std::string_view>;

  // Cursor. The lexer's failure counts when its token becomes the current one.
  const Token& current() const { return list_.tokens[position_]; }
  const Token& look() const;
  Result<void> advance();
  Result<bool> skip_if(TokenType type);
  Result<bool> skip_word(std::string_view word);
  Result<Token> expect(TokenType type);
  Result<void> expect_word(std::string_view word);
  std::string describe(const Token& token) const;
  Place place_of(const Token& token) const;
  Place place_from(const Token& first) const;  // up to the last consumed token
  Error fail_at(const Token& token, std::string message) const;
  Error fail_here(std::string message) const { return fail_at(current(), std::move(message)); }
  Result<void> enter();
  void leave() { --nesting_; }
  // Sets place and depth; `inner_depth` is that of parts that are not in `children`.
  Result<ExprPtr> finish(ExprPtr node, const Token& first,
                         std::initializer_list<const Expr*> children,
                         std::uint16_t inner_depth = 0) const;

  // Statements (parser.cc).
  Error unknown_tag(const Token& token, bool eof) const;
  Result<StmtPtr> parse_statement();
  Result<StmtPtr> parse_known_statement(const Token& tag);
  Result<Body> subparse();
  Result<Body> parse_statements(Words ends, bool drop_end);
  Result<StmtPtr> parse_set();
  Result<StmtPtr> parse_for();
  Result<StmtPtr> parse_if();
  Result<StmtPtr> parse_with();
  Result<StmtPtr> parse_autoescape();
  Result<StmtPtr> parse_block();
  Result<StmtPtr> parse_loader();
  Result<void> parse_from_names(LoaderStmt& statement);
  Result<bool> parse_context_words();
  Result<void> parse_signature(MacroDefinition& macro);
  Result<std::string> parse_annotation();
  Result<StmtPtr> parse_call_block();
  Result<StmtPtr> parse_filter_block();
  Result<StmtPtr> parse_macro();
  Result<StmtPtr> parse_print();
  Result<StmtPtr> parse_do();
  Result<StmtPtr> parse_block_tag(const BlockTag& tag);
  Result<std::vector<BlockTag::Option>> parse_options();

  // Expressions (parser_expression.cc).
  struct TupleOptions {
    bool simplified = false;
    bool with_conditional = true;
    bool parentheses = false;
    bool with_namespace = false;
    std::string_view end_word = {};  // a name that ends the tuple, such as `in`
  };
  Result<ExprPtr> parse_tuple(const TupleOptions& options);
  Result<ExprPtr> parse_assign_target(std::string_view end_word, bool with_namespace);
  Result<std::unique_ptr<NameExpr>> parse_target_name();
  Result<ExprPtr> parse_expression(bool with_conditional = true);
  Result<ExprPtr> parse_conditional();
  Result<ExprPtr> parse_or();
  Result<ExprPtr> parse_and();
  Result<ExprPtr> parse_not();
  Result<ExprPtr> parse_compare();
  Result<ExprPtr> parse_sum();
  Result<ExprPtr> parse_concat();
  Result<ExprPtr> parse_product();
  Result<ExprPtr> parse_power();
  Result<ExprPtr> parse_unary(bool with_filter);
  Result<ExprPtr> parse_primary(bool with_namespace);
  Result<ExprPtr> parse_name(bool with_namespace);
  Result<ExprPtr> parse_literal();
  Result<ExprPtr> parse_list();
  Result<ExprPtr> parse_dict();
  Result<ExprPtr> parse_postfix(ExprPtr node);
  Result<ExprPtr> parse_filter_chain(ExprPtr node);
  Result<ExprPtr> parse_subscript(ExprPtr node);
  Result<ExprPtr> parse_subscribed();
  Result<ExprPtr> parse_call(ExprPtr node);
  Result<CallArguments> parse_arguments();
  Result<void> parse_argument(CallArguments& arguments, const Token& start);
  Result<ExprPtr> parse_filter(ExprPtr node, bool start_inline);
  Result<ExprPtr> parse_test(ExprPtr node);
  Result<std::string> parse_dotted_name();
  Result<ExprPtr> make_binary(ExprKind kind, BinaryOp op, ExprPtr left, ExprPtr right,
                              const Token& first);

  const Environment& environment_;
  std::string_view text_;
  TokenList list_;
  std::size_t position_ = 0;
  int nesting_ = 0;
  bool has_slices_ = false;
  std::vector<std::string_view> tag_stack_;
  std::vector<std::vector<std::string_view>> end_stack_;
};

}  // namespace tarn::jinja
