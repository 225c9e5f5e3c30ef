// SPDX-License-Identifier: Apache-2.0
// The analyzer's working class; analyzer.h is the way in. The bodies are in files by subject:
// expression.cc, predicate.cc, call.cc, aggregate.cc, literal.cc, query.cc, select.cc, grouping.cc,
// relation.cc.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/analyzer.h"
#include "analysis/scope.h"
#include "sql/tree/visit.h"
#include "types/error_name.h"

namespace tarn::analysis {

using types::code_of_name;
using types::has_name;
using types::make_named_error;
using types::named_error;
using types::NamedError;
using types::split_error;
using types::with_name;

// A relation and the names of its columns.
struct BoundRelation {
  TypedRelationPtr relation;
  std::vector<Field> fields;
};

// A common table that can be named; the fields have the ids of its definition.
struct NamedTable {
  std::string name;  // lower case
  std::int32_t index = 0;
  std::vector<Field> fields;
  bool is_step = false;  // inside its own recursion
};

struct NamedTables {
  const NamedTables* parent = nullptr;
  std::vector<NamedTable> tables;
};

struct PendingGrouping {
  ColumnId id;
  types::Type type;
  TextSpan at;
  std::vector<TypedExpressionPtr> columns;
};

// What a SELECT takes out of its expressions, to be computed below them.
struct Collector {
  std::vector<AggregateCall> aggregates;
  std::vector<WindowCall> windows;
  std::vector<PendingGrouping> groupings;
};

// Where an expression stands.
struct ExpressionContext {
  const Scope* scope = nullptr;
  const NamedTables* tables = nullptr;
  Collector* collector = nullptr;  // null: no aggregates and windows here
  std::string_view clause;         // then the error names the clause
  TextSpan clause_at;              // and stands here, if it is set
  TextSpan select_at;              // the SELECT around
  bool in_window = false;
  const std::vector<sql::NamedWindow>* windows = nullptr;
};

// Tables that a statement has asked for, so that each is looked up once.
struct FoundTables {
  std::vector<std::pair<TableId, TableInfoPtr>> tables;
};

class QueryAnalyzer {
 public:
  QueryAnalyzer(TableLookup& lookup, const AnalyzerOptions& options)
      : lookup_(lookup), options_(options), found_(std::make_shared<FoundTables>()) {}

  using Expression = Result<TypedExpressionPtr>;
  using Relation = Result<BoundRelation>;

  // query.cc
  Relation query(const sql::Query& query, const Scope* outer, const NamedTables* tables);
  Result<TypedQuery> whole_query(const sql::Query& query);
  // expression.cc
  Expression bind(const sql::Expression& node, const ExpressionContext& context);
  Expression bind_boolean(const sql::Expression& node, const ExpressionContext& context,
                          std::string_view what);
  static TypedExpressionPtr coerce(TypedExpressionPtr value, const types::Type& type);
  // relation.cc
  Relation relation(const sql::Relation& node, const Scope* outer, const NamedTables* tables);
  Relation scan(const TableInfoPtr& table, std::vector<std::string> relation_name,
                const TextSpan& where);
  Result<TableInfoPtr> find_table(const sql::QualifiedName& name,
                                  const std::optional<TableVersion>& version);
  TypedRelationPtr project_casts(TypedRelationPtr input, std::span<const types::Type> types);
  ColumnId new_column() { return ColumnId(next_column_++); }

 private:
  struct Nest {
    explicit Nest(QueryAnalyzer& analyzer) : analyzer(analyzer) { ++analyzer.depth_; }
    ~Nest() { --analyzer.depth_; }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;
    QueryAnalyzer& analyzer;
  };
  Result<void> check_work(const TextSpan& where);

  // literal.cc
  Expression literal(const sql::IntegerLiteral& node);
  Expression literal(const sql::DecimalLiteral& node);
  Expression literal(const sql::StringLiteral& node);
  Expression literal(const sql::IntervalLiteral& node);
  Expression literal(const sql::TypedLiteral& node);
  Expression session_value(const sql::CurrentValue& node);
  Expression parameter(const sql::Parameter& node, const ExpressionContext& context);
  static TypedExpressionPtr constant(types::Type type, types::Value value, const TextSpan& at);

  // expression.cc
  Expression column(const sql::Expression& node, const std::vector<std::string>& parts,
                    const ExpressionContext& context);
  Expression dereference(const sql::Dereference& node, const ExpressionContext& context);
  Expression field_of(TypedExpressionPtr base, const sql::Dereference& node);
  Expression subscript(const sql::Subscript& node, const ExpressionContext& context);
  Expression row(const sql::RowConstructor& node, const ExpressionContext& context);
  Expression array(const sql::ArrayConstructor& node, const ExpressionContext& context);
  Expression unary(const sql::Unary& node, const ExpressionContext& context);
  Expression arithmetic(const sql::Arithmetic& node, const ExpressionContext& context);
  Expression cast(const sql::Cast& node, const ExpressionContext& context);
  Expression at_time_zone(const sql::AtTimeZone& node, const ExpressionContext& context);
  Result<std::vector<TypedExpressionPtr>> bind_all(const std::vector<sql::ExpressionPtr>& nodes,
                                                   const ExpressionContext& context);
  Result<types::Type> data_type(const sql::DataType& type, std::string_view error_name,
                                const TextSpan& where);
  Expression operator_call(Operator op, std::vector<TypedExpressionPtr> operands,
                           const TextSpan& at);
  TypedExpressionPtr call_of(const ResolvedFunction& resolved,
                             std::vector<TypedExpressionPtr> arguments, const TextSpan& at);

  // predicate.cc
  Expression comparison(const sql::Comparison& node, const ExpressionContext& context);
  Expression distinct_from(const sql::DistinctFrom& node, const ExpressionContext& context);
  Expression logical(const sql::Logical& node, const ExpressionContext& context);
  Expression between(const sql::Between& node, const ExpressionContext& context);
  Expression in_list(const sql::InList& node, const ExpressionContext& context);
  Expression like(const sql::Like& node, const ExpressionContext& context);
  Expression searched_case(const sql::SearchedCase& node, const ExpressionContext& context);
  Expression simple_case(const sql::SimpleCase& node, const ExpressionContext& context);
  Expression scalar_subquery(const sql::ScalarSubquery& node, const ExpressionContext& context);
  Expression in_subquery(const sql::InSubquery& node, const ExpressionContext& context);
  Expression quantified(const sql::QuantifiedComparison& node, const ExpressionContext& context);
  Expression exists(const sql::Exists& node, const ExpressionContext& context);
  // The query in an expression that stands at `at`.
  Result<BoundRelation> subquery(const sql::Query& query, const ExpressionContext& context,
                                 const TextSpan& at);
  Result<types::Type> comparable_subquery(TypedExpressionPtr& value, TypedRelationPtr& relation,
                                          const TextSpan& at);
  TypedRelationPtr single_column(BoundRelation bound, bool as_row);
  static TypedExpressionPtr negate(TypedExpressionPtr value);
  // The function that compares two values of the type.
  Result<const FunctionSignature*> comparison_function(Operator op, const types::Type& type,
                                                       const TextSpan& at);
  // All become the common type; the error is Trino's `All X must be the same type …`.
  Result<types::Type> unify(std::vector<TypedExpressionPtr*> values, std::string_view what);

  // json_functions.cc
  Expression json_exists(const sql::JsonExists& node, const ExpressionContext& context);
  Expression json_value(const sql::JsonValue& node, const ExpressionContext& context);
  Expression json_query(const sql::JsonQuery& node, const ExpressionContext& context);
  Expression json_object(const sql::JsonObject& node, const ExpressionContext& context);
  Expression json_array(const sql::JsonArray& node, const ExpressionContext& context);
  Expression json_document(const sql::JsonInput& input, const ExpressionContext& context);
  Result<void> add_json_field(TypedExpression& row, std::string& options,
                              const sql::JsonInput& input, std::string name,
                              const ExpressionContext& context);
  Result<std::vector<TypedExpressionPtr>> json_path_arguments(const sql::JsonPathCall& call,
                                                              std::string options,
                                                              const ExpressionContext& context);
  Expression json_output(TypedExpressionPtr text, const sql::JsonOutput& output,
                         const TextSpan& at);
  Expression json_constructor(std::string_view name, TypedExpressionPtr row, std::string options,
                              bool absent, const sql::JsonOutput& output, const TextSpan& at);

  // json_table.cc
  Relation json_table(const sql::JsonTable& node, const Scope* outer, const NamedTables* tables);
  struct JsonTableState;
  Result<void> json_table_default(JsonTableState& state, std::string& out, std::string_view name,
                                  const sql::JsonBehavior& behavior, const types::Type& type);
  Result<std::string> json_table_column(JsonTableState& state, const sql::JsonTableColumn& column);
  // The plan below one path as the text that `$json_table` reads.
  Result<std::string> json_table_plan(JsonTableState& state, const std::string& path,
                                      const std::optional<sql::Identifier>& name,
                                      const std::vector<sql::JsonTableColumn>& columns,
                                      const sql::JsonTablePlan* plan);
  static const sql::JsonTablePlan* find_json_plan(const sql::JsonTablePlan& plan,
                                                  const std::string& name);
  Result<std::string> json_table_siblings(
      const sql::JsonTablePlan& plan,
      std::vector<std::pair<std::optional<sql::Identifier>, std::string>>& children,
      const TextSpan& span);

  // call.cc
  Expression function_call(const sql::FunctionCall& node, const ExpressionContext& context);
  Result<bool> special_form(const sql::FunctionCall& node, const ExpressionContext& context,
                            TypedExpressionPtr& out);
  Expression if_form(const sql::FunctionCall& node, const ExpressionContext& context);
  Expression coalesce_form(const sql::FunctionCall& node, const ExpressionContext& context);
  Expression nullif_form(const sql::FunctionCall& node, const ExpressionContext& context);
  Expression try_form(const sql::FunctionCall& node, const ExpressionContext& context);
  Expression format_form(const sql::FunctionCall& node, const ExpressionContext& context);
  Expression named_call(std::string_view name, std::vector<TypedExpressionPtr> arguments,
                        const TextSpan& at);
  Expression extract(const sql::Extract& node, const ExpressionContext& context);
  Expression trim(const sql::Trim& node, const ExpressionContext& context);
  Expression concatenation(const sql::Concatenation& node, const ExpressionContext& context);
  struct BoundArguments {
    const FunctionSignature* function = nullptr;
    types::Type result;
    std::vector<TypedExpressionPtr> arguments;
  };
  Result<void> check_lambdas(std::string_view name, const std::vector<sql::ExpressionPtr>& nodes);
  Result<BoundArguments> resolve_call(std::string_view name,
                                      const std::vector<sql::ExpressionPtr>& nodes,
                                      const ExpressionContext& context, const TextSpan& at);
  Expression lambda(const sql::Lambda& node, std::span<const types::Type> parameters,
                    const ExpressionContext& context);
  Expression aggregate(const sql::FunctionCall& node, const ExpressionContext& context);
  Expression window(const sql::FunctionCall& node, const ExpressionContext& context);
  Result<void> window_shape(const sql::Window& window, const ExpressionContext& context,
                            WindowCall& call);
  Result<void> window_frame(const sql::WindowFrame& frame, const ExpressionContext& context,
                            WindowCall& call);
  Result<TypedBound> frame_bound(const sql::FrameBound& bound, const WindowCall& call,
                                 const ExpressionContext& context);
  Result<std::vector<SortKey>> sort_keys(const std::vector<sql::SortItem>& items,
                                         const ExpressionContext& context);
  Expression listagg(const sql::Listagg& node, const ExpressionContext& context);
  Expression grouping(const sql::GroupingOperation& node, const ExpressionContext& context);
  Error not_allowed(const ExpressionContext& context, const sql::Expression& node);

  // select.cc
  struct SelectState;
  Relation select(const sql::Select& node, const sql::Query& query, const Scope* outer,
                  const NamedTables* tables);
  Result<void> select_items(SelectState& state);
  Result<void> star_item(SelectState& state, const sql::SelectItem& item);
  Result<void> group_keys(SelectState& state);
  Result<std::vector<std::vector<std::int32_t>>> grouping_element(
      SelectState& state, const sql::GroupingElement& element);
  Result<std::int32_t> group_key(SelectState& state, const sql::Expression& node, bool simple);
  std::int32_t add_key(SelectState& state, TypedExpressionPtr key);
  Result<void> order_keys(SelectState& state);
  void inline_outputs(const SelectState& state, TypedExpressionPtr& expression);
  void inline_outputs(const SelectState& state, WindowCall& call);
  Result<void> build_aggregate(SelectState& state);
  Result<void> replace_keys(SelectState& state, TypedExpressionPtr& expression, const TextSpan& at,
                            std::string_view text);
  Result<void> build_windows(SelectState& state);
  Relation build_select(SelectState& state);
  Result<void> apply_limits(const sql::Query& query, TypedRelationPtr& relation,
                            std::vector<SortKey> tie_keys);
  void put_filter(TypedRelationPtr& relation, TypedExpressionPtr condition);

  // query.cc
  Relation body(const sql::QueryBody& node, const Scope* outer, const NamedTables* tables);
  Relation set_operation(const sql::SetOperation& node, const Scope* outer,
                         const NamedTables* tables);
  Result<void> make_corresponding(const sql::SetOperation& node,
                                  std::vector<BoundRelation>& inputs);
  Relation values(const sql::Values& node, const Scope* outer, const NamedTables* tables);
  Relation order_and_limit(BoundRelation input, const sql::Query& query, const Scope* outer,
                           const NamedTables* tables);
  Result<void> common_tables(const sql::Query& query, const Scope* outer, NamedTables& tables,
                             std::vector<CommonTableDefinition>& definitions);
  Result<bool> recursive_table(const sql::CommonTable& node, const Scope* outer,
                               NamedTables& tables, CommonTableDefinition& definition,
                               NamedTable& entry);
  Result<RowLimit> row_limit(const sql::RowCount& count);

  // relation.cc
  Relation table_name(const sql::TableName& node, const Scope* outer, const NamedTables* tables);
  Relation table_function(const sql::TableFunction& node);
  Relation named_table(const NamedTable& table, const TextSpan& span);
  Relation view(const TableInfoPtr& table, std::vector<std::string> name, const TextSpan& where);
  Relation aliased(const sql::AliasedRelation& node, const Scope* outer, const NamedTables* tables);
  Relation sampled(const sql::SampledRelation& node, const Scope* outer, const NamedTables* tables);
  Relation join(const sql::Join& node, const Scope* outer, const NamedTables* tables);
  Relation join_using(const sql::Join& node, BoundRelation left, BoundRelation right,
                      TypedRelationPtr joined, const Scope* outer);
  Relation unnest(const sql::Unnest& node, const Scope* outer, const NamedTables* tables);
  Result<std::optional<TableVersion>> version(const sql::QueryPeriod& period);

  TypedExpressionPtr column_of(const Field& field, const TextSpan& at);

  TableLookup& lookup_;
  const AnalyzerOptions& options_;
  std::shared_ptr<FoundTables> found_;  // shared with the analyzers of views
  std::int32_t next_column_ = 1;
  std::int32_t next_table_ = 1;
  int depth_ = 0;
  int view_depth_ = 0;
  int lambda_depth_ = 0;
  std::int64_t work_ = 0;
};

// The type as messages show it.
std::string text_of(const types::Type& type);

}  // namespace tarn::analysis
