// SPDX-License-Identifier: Apache-2.0
// The rules of the grammar as functions over a Cursor; recursive descent, expressions by precedence
// climbing. Each function reads one rule and leaves the cursor after it; on an error the cursor is
// anywhere. The bodies are in the files beside this one, by family.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sql/parser.h"
#include "sql/parser/cursor.h"

namespace tarn::sql {

class Grammar {
 public:
  Grammar(std::string_view text, const TokenList& tokens, const ParseLimits& limits, bool recording)
      : cursor_(text, tokens, recording), limits_(limits) {}

  Cursor& cursor() { return cursor_; }
  // What Trino finds only after the whole text was read, such as a wrong number of arguments.
  const std::optional<Error>& deferred() const { return deferred_; }

  // statement.cc
  Result<StatementPtr> statement();
  // expression.cc
  Result<ExpressionPtr> expression();
  // type.cc
  Result<DataType> type();
  void reset_parameters() { parameter_count_ = 0; }

 private:
  // Counts nesting while it lives.
  struct Nest {
    explicit Nest(Grammar& grammar) : grammar(grammar) { ++grammar.depth_; }
    ~Nest() { --grammar.depth_; }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;
    Grammar& grammar;
  };
  // Measures the height of the expression that is read while it lives.
  struct Height {
    explicit Height(Grammar& grammar) : grammar(grammar), outer(grammar.height_) {
      grammar.height_ = 0;
    }
    ~Height() { grammar.height_ = std::max(outer, grammar.height_ + 1); }
    Height(const Height&) = delete;
    Height& operator=(const Height&) = delete;
    Grammar& grammar;
    int outer;
  };
  Result<void> check_depth();
  Result<void> add_link();  // one more link of a chain such as a + b + c
  void defer(Error error, const TextSpan& where);

  // Sets the place of a node that began at the token `begin`.
  template <typename Node>
  std::unique_ptr<Node> finish(std::unique_ptr<Node> node, std::size_t begin) {
    node->span = cursor_.span_from(begin);
    if constexpr (std::is_base_of_v<Expression, Node>) {
      if (node->at.length == 0) node->at = node->span;
    }
    return node;
  }
  // Reads `rule` one or more times, separated by commas.
  template <typename T, typename Rule>
  Result<std::vector<T>> list(Rule rule) {
    std::vector<T> items;
    do {
      items.push_back(TRY((this->*rule)()));
    } while (cursor_.take(Token::Comma));
    return items;
  }
  template <typename T, typename Rule>
  Result<std::vector<T>> parenthesized_list(Rule rule) {
    TRY(cursor_.expect(Token::LeftParen));
    std::vector<T> items = TRY((list<T>(rule)));
    TRY(cursor_.expect(Token::RightParen));
    return items;
  }

  // names.cc
  Result<Identifier> identifier();
  Result<QualifiedName> qualified_name();
  Result<std::optional<Identifier>> optional_alias();  // AS? identifier
  bool starts_clause() const;  // a word such as LIMIT that is meant as a clause, not as a name
  Result<std::vector<Identifier>> optional_column_list();
  bool at_string() const;
  Result<std::string> string();
  std::string unquoted(std::string_view source) const;
  Result<std::string> unicode_string();
  Result<std::int64_t> integer_value(std::string_view source, const TextSpan& where);
  Result<std::int64_t> integer();

  // type.cc
  Result<DataType> base_type();
  Result<DataType> interval_type();
  Result<DataType> date_time_type();
  Result<TypeParameter> type_parameter();
  Result<RowTypeField> row_type_field();
  Result<IntervalField> interval_field();
  bool at_interval_field(std::size_t ahead = 0) const;

  // expression.cc
  Result<ExpressionPtr> and_expression();
  Result<ExpressionPtr> not_expression();
  Result<ExpressionPtr> predicated();
  Result<ExpressionPtr> predicate(ExpressionPtr value, std::size_t begin);
  Result<ExpressionPtr> comparison(ExpressionPtr value, std::size_t begin);
  Result<ExpressionPtr> between(ExpressionPtr value, std::size_t begin, bool negated);
  Result<ExpressionPtr> in(ExpressionPtr value, std::size_t begin, bool negated);
  Result<ExpressionPtr> like(ExpressionPtr value, std::size_t begin, bool negated);
  Result<ExpressionPtr> is(ExpressionPtr value, std::size_t begin);
  Result<ExpressionPtr> value_expression() { return value(1); }
  Result<ExpressionPtr> value(int precedence);
  Result<ExpressionPtr> unary();
  Result<ExpressionPtr> at_time_zone(ExpressionPtr value, std::size_t begin);
  Result<ExpressionPtr> binary(ExpressionPtr left, std::size_t begin, int precedence);
  bool at_query(std::size_t position) const;  // is `(` at `position` the start of a query?

  // primary.cc
  Result<ExpressionPtr> primary();
  Result<ExpressionPtr> primary_base();
  Result<ExpressionPtr> keyword_expression();
  Result<ExpressionPtr> name_expression();
  Result<ExpressionPtr> parenthesized();
  Result<ExpressionPtr> lambda();
  Result<ExpressionPtr> case_expression();
  Result<ExpressionPtr> cast();
  Result<ExpressionPtr> array();
  Result<ExpressionPtr> row();
  Result<ExpressionPtr> exists();
  Result<ExpressionPtr> current_value();
  Result<ExpressionPtr> extract();
  Result<ExpressionPtr> trim();
  Result<ExpressionPtr> position_call();
  Result<ExpressionPtr> substring();
  Result<void> remaining_arguments(FunctionCall& call, ExpressionPtr first);
  Result<ExpressionPtr> normalize();
  Result<ExpressionPtr> grouping();
  Result<ExpressionPtr> grouping_column();
  Result<QueryPtr> query_in_parens();

  // call.cc
  bool at_call() const;  // a name, perhaps with dots, before a parenthesis
  Result<ExpressionPtr> call();
  Result<void> call_arguments(FunctionCall& call);
  Result<void> call_suffix(FunctionCall& call);
  void check_special_form(FunctionCall& call);
  Result<ExpressionPtr> listagg();
  Result<ExpressionPtr> filter();
  Result<Window> window();
  Result<WindowSpecification> window_specification();
  bool at_window_name() const;
  Result<WindowFrame> window_frame();
  Result<FrameBound> frame_bound();
  Result<SortItem> sort_item();
  Result<std::vector<SortItem>> optional_order_by();

  // literal.cc
  Result<ExpressionPtr> number();
  Result<ExpressionPtr> string_literal();
  Result<ExpressionPtr> binary_literal();
  Result<ExpressionPtr> interval_literal();
  Result<ExpressionPtr> typed_literal();
  Result<ExpressionPtr> parameter();
  bool at_interval_literal() const;

  // json.cc
  Result<ExpressionPtr> json_exists();
  Result<ExpressionPtr> json_value();
  Result<ExpressionPtr> json_query();
  Result<ExpressionPtr> json_object();
  Result<ExpressionPtr> json_array();
  Result<JsonPathCall> json_path_call();
  Result<JsonInput> json_input();
  Result<JsonArgument> json_argument();
  Result<JsonMember> json_member();
  Result<JsonEncoding> json_format();
  Result<JsonOutput> json_output();
  Result<JsonNulls> json_nulls();
  Result<JsonWrapper> json_wrapper();
  Result<JsonQuotes> json_quotes();
  Result<void> json_value_behaviors(JsonBehavior& on_empty, JsonBehavior& on_error);
  Result<void> json_query_behaviors(JsonBehavior& on_empty, JsonBehavior& on_error);
  Result<RelationPtr> json_table();
  Result<JsonTableColumn> json_table_column();
  Result<JsonTableColumn> json_nested_columns();
  Result<JsonTablePlan> json_table_plan();
  Result<JsonTablePlan> json_plan_primary();
  Result<void> json_default_plan(JsonTable& table);

  // query.cc
  Result<QueryPtr> root_query();
  Result<QueryPtr> query();
  Result<QueryPtr> query_no_with(QueryPtr query, std::size_t begin);
  Result<void> with_clause(Query& query);
  Result<CommonTable> common_table();
  Result<SessionAssignment> session_assignment();
  Result<QueryBodyPtr> query_term();
  Result<QueryBodyPtr> intersect_term();
  Result<QueryBodyPtr> query_primary();
  Result<QueryBodyPtr> set_operation(QueryBodyPtr left, std::size_t begin);
  Result<QueryBodyPtr> select();
  Result<QueryBodyPtr> values();
  bool take_set_quantifier(bool& distinct);
  Result<SelectItem> select_item();
  Result<GroupBy> group_by();
  Result<GroupingElement> grouping_element();
  Result<std::vector<ExpressionPtr>> grouping_set();
  Result<NamedWindow> named_window();
  Result<void> limit_clauses(Query& query);
  Result<RowCount> row_count();

  // relation.cc
  Result<RelationPtr> from();
  Result<RelationPtr> relation();
  Result<RelationPtr> join(RelationPtr left, std::size_t begin);
  bool at_join() const;
  Result<RelationPtr> sampled_relation();
  Result<RelationPtr> aliased_relation();
  Result<RelationPtr> relation_primary();
  Result<RelationPtr> table_name();
  Result<RelationPtr> table_function();
  Result<TableFunctionArgument> table_function_argument();
  Result<DescriptorField> descriptor_field();

  // statement.cc
  Result<StatementPtr> create();
  Result<StatementPtr> drop();
  Result<StatementPtr> alter();
  Result<StatementPtr> show();
  Result<StatementPtr> show_create();
  Result<StatementPtr> show_stats();
  Result<StatementPtr> show_listing(Show::What what, bool with_like);
  Result<StatementPtr> describe();
  Result<StatementPtr> explain();
  Result<StatementPtr> query_statement();
  Result<StatementPtr> call_statement();
  Result<StatementPtr> comment_on();
  Result<StatementPtr> analyze();
  Result<StatementPtr> refresh();
  Result<CallArgument> call_argument();
  Result<std::vector<CallArgument>> call_arguments();

  // table_statement.cc
  Result<bool> if_not_exists();
  Result<bool> if_exists();
  Result<StatementPtr> create_table(bool or_replace);
  Result<StatementPtr> create_table_as(CreateTable head, bool with_columns);
  bool at_column_aliases() const;
  Result<TableElement> table_element();
  Result<ColumnDefinition> column_definition();
  Result<std::optional<std::string>> optional_comment();
  Result<std::vector<Property>> optional_properties();
  Result<Property> property();
  Result<StatementPtr> create_view(bool or_replace);
  Result<StatementPtr> create_materialized_view(bool or_replace);
  Result<StatementPtr> create_schema();
  Result<StatementPtr> create_catalog();
  Result<StatementPtr> create_branch(bool or_replace);
  Result<StatementPtr> alter_table();
  Result<StatementPtr> alter_table_column(bool table_if_exists, QualifiedName table);
  Result<StatementPtr> add_column(bool table_if_exists, QualifiedName table);
  Result<StatementPtr> table_execute(ObjectKind object, QualifiedName table);
  Result<StatementPtr> alter_view();
  Result<StatementPtr> alter_materialized_view();
  Result<StatementPtr> alter_schema();
  Result<StatementPtr> alter_branch();
  Result<StatementPtr> rename_to(ObjectKind object, bool if_exists, QualifiedName from);
  Result<StatementPtr> set_authorization(ObjectKind object, QualifiedName name);
  Result<StatementPtr> set_properties(ObjectKind object, QualifiedName name);

  // data_statement.cc
  Result<StatementPtr> insert();
  Result<StatementPtr> delete_rows();
  Result<StatementPtr> update();
  Result<StatementPtr> truncate();
  Result<StatementPtr> merge();
  Result<MergeCase> merge_case();
  Result<Assignment> assignment();

  // session_statement.cc
  Result<StatementPtr> use();
  Result<StatementPtr> set();
  Result<StatementPtr> set_role();
  Result<StatementPtr> set_path();
  Result<StatementPtr> reset();
  Result<StatementPtr> start_transaction();
  Result<void> transaction_mode(StartTransaction& transaction);
  Result<StatementPtr> end_transaction(bool commit);
  Result<StatementPtr> prepare();
  Result<StatementPtr> deallocate();
  Result<StatementPtr> execute();
  Result<StatementPtr> create_role();
  Result<StatementPtr> drop_role();
  Result<StatementPtr> grant();
  Result<StatementPtr> revoke();
  Result<StatementPtr> deny();
  Result<StatementPtr> grant_rest(PrivilegeGrant::Action action, bool grant_option,
                                  std::vector<Identifier> privileges);
  Result<std::vector<Identifier>> privileges();
  Result<Identifier> privilege();
  Result<Principal> principal();
  Result<Principal> grantor();
  Result<GrantObject> grant_object();
  Result<std::optional<Identifier>> optional_in_catalog();

  // routine.cc
  Result<StatementPtr> create_function(bool or_replace);
  Result<FunctionDefinition> function_definition();
  Result<FunctionSignature> function_signature();
  Result<FunctionParameter> function_parameter();
  Result<void> routine_characteristics(RoutineCharacteristics& characteristics);
  Result<ControlPtr> control_statement();
  Result<void> case_statement(ControlStatement& statement);
  Result<void> if_statement(ControlStatement& statement);
  Result<void> compound_statement(ControlStatement& statement);
  Result<void> loop_statement(ControlStatement& statement);
  Result<std::vector<ControlPtr>> control_list();

  Cursor cursor_;
  const ParseLimits& limits_;
  int depth_ = 0;
  int height_ = 0;
  std::uint32_t parameter_count_ = 0;
  std::size_t primary_begin_ = 0;  // where the last primary expression began
  std::optional<Error> deferred_;
};

}  // namespace tarn::sql
