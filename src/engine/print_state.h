// SPDX-License-Identifier: Apache-2.0
// The working class of SqlPrinter. Internal to this folder; bodies by subject in print_*.cc.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "analysis/typed_tree.h"
#include "engine/scan_filters.h"
#include "engine/scan_source.h"
#include "engine/sql_printer.h"
#include "functions/call_signature.h"

namespace tarn::engine {

using analysis::ColumnId;
using analysis::TypedExpression;
using analysis::TypedExpressionPtr;
using analysis::TypedKind;
using analysis::TypedRelation;
using analysis::TypedRelationKind;

using Text = Result<std::string>;

// One SELECT while it grows: an operator of the tree may still add its part.
struct SelectParts {
  std::string with;   // `WITH t1 AS (…)`
  std::string items;  // empty: all columns
  std::string from;   // empty: one row without columns
  std::string where;
  std::string tail;  // GROUP BY …, ORDER BY …, LIMIT …
  bool is_join = false;
  bool is_exact = false;  // gives the columns of its relation and no others, in their order

  bool is_bare() const {
    return with.empty() && items.empty() && where.empty() && tail.empty() && !from.empty();
  }
};

enum class Comparison : std::uint8_t { Equal, NotEqual, Less, LessOrEqual, Distinct };

// The terms of a condition.
struct Terms {
  std::vector<const TypedExpression*> stable;
  // That can fail on rows of one input of the joins below, which these joins may remove.
  std::vector<const TypedExpression*> late;
  std::vector<const TypedExpression*> chance;  // that may differ when computed again
};
// `input` is what the condition filters.
Terms terms_of(const TypedExpression& condition, const TypedRelation& input);

// The arguments and the filter of an aggregate or a window function.
class CallParts {
 public:
  CallParts(const std::vector<TypedExpressionPtr>& arguments, const TypedExpression* filter)
      : arguments_(&arguments), filter_(filter) {}
  CallParts(std::vector<TypedExpressionPtr> arguments, TypedExpressionPtr filter)
      : own_arguments_(std::move(arguments)), own_filter_(std::move(filter)) {}

  const std::vector<TypedExpressionPtr>& arguments() const {
    return arguments_ != nullptr ? *arguments_ : own_arguments_;
  }
  const TypedExpression* filter() const { return filter_ != nullptr ? filter_ : own_filter_.get(); }

 private:
  const std::vector<TypedExpressionPtr>* arguments_ = nullptr;
  const TypedExpression* filter_ = nullptr;
  std::vector<TypedExpressionPtr> own_arguments_;
  TypedExpressionPtr own_filter_;
};

// What surrounds the arguments of an aggregate.
struct AggregateShape {
  bool distinct = false;
  std::string order_by;  // `a DESC NULLS LAST, …`
  std::string filter;    // a condition
  std::string over;      // `(PARTITION BY …)` for a window
};

// `name(arguments)` with what stands around; `more_filter` is a further condition.
std::string aggregate_text(std::string_view name, const std::string& arguments,
                           const AggregateShape& shape, const std::string& more_filter = {});

// A subquery that is computed beside the expression that it stands in.
struct HoistedText {
  std::string name;
  std::string text;
  const TypedExpression* node = nullptr;
};

class Printer {
 public:
  explicit Printer(const SessionValues& session) : session_(session) {}

  enum class OutputForm : std::uint8_t { Physical, Stored };
  Text query(const analysis::TypedQuery& query, OutputForm form);
  Text relation(const TypedRelation& relation);
  Text expression(const TypedExpression& node);
  Text condition(const TypedExpression& node);
  Result<ScanColumn> value(const TypedExpression& node);
  void bind_column(ColumnId id, ScanColumn column) { columns_[id] = std::move(column); }
  ColumnForm form_of(ColumnId id) const;
  KeepAlive take_alive() { return std::move(alive_); }
  void set_explain() { explains_ = true; }
  const ScanNotes& notes() const { return notes_; }
  // Marks what is read there, so that scans give no other columns.
  void mark_used(const TypedRelation& relation);
  void mark_used(const TypedExpression& expression);
  void mark_used(ColumnId id) { used_.insert(id); }
  bool is_used(ColumnId id) const { return !knows_used_ || used_.contains(id); }

 private:
  // print_expression.cc
  Text print(const TypedExpression& node);
  Text simple_case(const TypedExpression& node);
  Text coalesce(const TypedExpression& node);
  Text null_if(const TypedExpression& node);
  Text try_of(const TypedExpression& operand, Text (Printer::*print)(const TypedExpression&));
  Text logical(const TypedExpression& node, bool is_condition);
  Text row(const TypedExpression& node);
  Text array(const TypedExpression& node);
  Text field(const TypedExpression& node);
  Text session_value(const TypedExpression& node);
  Text case_text(const TypedExpression& node, Text (Printer::*result)(const TypedExpression&));
  std::string column_text(ColumnId id) const;
  std::string fresh_name(std::string_view letter);
  types::Value session_timestamp(int precision) const;

  // print_instant.cc: UTC instants
  bool can_be_plain(const TypedExpression& node) const;
  Text plain(const TypedExpression& node);
  // Native text that compares like the instant, whatever the zone.
  Text instant(const TypedExpression& node);
  Text plain_as_timestamp(const TypedExpression& node);

  // print_comparison.cc
  Text comparison(const TypedExpression& node);
  Text compare(Comparison op, const types::Type& type, const TypedExpression& a,
               const TypedExpression& b);
  // A decimal that 38 digits cannot hold in the common scale, beside one that fits.
  Text compare_wide(Comparison op, const types::Type& type, const TypedExpression& a,
                    const TypedExpression& b);
  Text compare_texts(Comparison op, const types::Type& type, const std::string& a,
                     const std::string& b, bool instants);
  Text in_list(const TypedExpression& node);
  Text in_list_of(const TypedExpression& value, const TypedExpression& node);
  Text in_failing_list(const TypedExpression& value, const TypedExpression& node);
  Text between(const TypedExpression& node);
  Text between_of(const TypedExpression& value, const TypedExpression& node);
  Text like(const TypedExpression& node);
  // What GROUP BY, DISTINCT, joins and = may use in place of the value.
  Text comparable(const TypedExpression& node);
  std::string key_text(const types::Type& type, const std::string& text, ColumnForm form);
  std::string null_test(const types::Type& type, const std::string& text);
  std::string order_text(const types::Type& type, const std::string& text, ColumnForm form);
  Text sort_keys(const std::vector<analysis::SortKey>& keys);
  // Of rows and windows.
  Text row_keys(const std::vector<analysis::SortKey>& keys);
  static std::string row_order(const std::string& text, const analysis::SortKey& key,
                               std::string& keys);

  // print_call.cc
  Text call(const TypedExpression& node);
  Text tarn_call(std::string name, std::vector<types::Type> types, const types::Type& result,
                 std::span<const std::string> arguments, bool is_volatile = false);
  Result<std::optional<std::string>> session_call(const TypedExpression& node);
  Result<std::optional<std::string>> digest_call(const TypedExpression& node);
  Result<std::optional<std::string>> native_call(const TypedExpression& node,
                                                 std::span<const std::string> arguments);
  std::optional<std::string> native_decimal(const TypedExpression& node,
                                            std::span<const std::string> arguments);
  std::optional<std::string> native_date(const TypedExpression& node,
                                         std::span<const std::string> arguments);
  std::optional<std::string> native_text(const TypedExpression& node,
                                         std::span<const std::string> arguments);

  // print_cast.cc
  Text cast(const TypedExpression& node);
  Text bare_cast(const TypedExpression& node);
  Text cast_text(const types::Type& from, const types::Type& to, const std::string& text,
                 bool is_constant);
  std::optional<std::string> native_cast(const types::Type& from, const types::Type& to,
                                         const std::string& text);
  Result<std::optional<std::string>> row_cast(const types::Type& from, const types::Type& to,
                                              const std::string& text);

  // print_lambda.cc
  Result<std::optional<std::string>> lambda_call(const TypedExpression& node);
  // The lambda on each item of a list; on each row of one, its fields being the parameters.
  Text lambda_over(const TypedExpression& lambda, const std::string& list);
  Text lambda_over_rows(const TypedExpression& lambda, const std::string& list,
                        const std::vector<std::string>& fields);
  // `body` of a name for `text`, which is computed once.
  Text let(const std::string& text, const std::function<Text(const std::string&)>& body);
  Text transform(const TypedExpression& node);
  Text filter_list(const TypedExpression& node);
  Text match(const TypedExpression& node);
  Text reduce(const TypedExpression& node);
  Text reduce_list(const std::string& list, const types::Type& element, const std::string& start,
                   const types::Type& state, const TypedExpression& step);
  Text zip_with(const TypedExpression& node);
  Text sort_by(const TypedExpression& node);
  Text map_lambda(const TypedExpression& node);
  Text map_zip_with(const TypedExpression& node);
  Text split_to_map(const TypedExpression& node);
  Text regexp_replace(const TypedExpression& node);

  // print_subquery.cc
  Text scalar_subquery(const TypedExpression& node);
  Text exists(const TypedExpression& node);
  Text in_subquery(const TypedExpression& node);
  Text quantified(const TypedExpression& node);
  Text counted(const TypedExpression& node, bool all);

  // print_chance.cc: functions whose result differs from call to call
  // `body` of a column that stands for `node`, which is computed once.
  Text once(const TypedExpression& node, const std::function<Text(const TypedExpression&)>& body);
  // Likewise, unless `node` gives the same whenever it is computed.
  Text if_chance_once(const TypedExpression& node,
                      const std::function<Text(const TypedExpression&)>& body);
  // The terms that may be computed wherever DuckDB likes; empty if there are none. A late term is
  // among them as one that lets rows pass on which it fails.
  Text early_terms(const Terms& terms);
  // Rows of `input` for which all late terms and those of chance are true, each computed for each
  // of these rows.
  Result<SelectParts> filter_last(SelectParts input, const Terms& terms);
  // ON of an outer join: each term is computed for each pair of rows.
  Text outer_terms(const TypedRelation& join);
  // Aggregates and windows may print an argument or a filter more than once: those that differ from
  // call to call become columns of their input, `, random() AS f1` in `before`.
  Result<CallParts> settled(const std::vector<TypedExpressionPtr>& arguments,
                            const TypedExpression* filter, std::string& before);
  Result<TypedExpressionPtr> settled(const TypedExpression& node, std::string& before);
  bool is_unsettled(const TypedRelation& node) const;

  // print_relation.cc
  using Parts = Result<SelectParts>;
  Parts parts(const TypedRelation& node);
  Parts scan(const TypedRelation& node);
  Parts values(const TypedRelation& node);
  Parts project(const TypedRelation& node);
  Parts filter(const TypedRelation& node);
  Parts sort(const TypedRelation& node);
  Parts limit(const TypedRelation& node);
  Parts limit_with_ties(const TypedRelation& node);
  Parts distinct(const TypedRelation& node);
  Parts sample(const TypedRelation& node);
  // print_join.cc
  Parts join(const TypedRelation& node);
  Text outer_condition(const TypedRelation& node, SelectParts& left, SelectParts& right);
  Parts unnest(const TypedRelation& node);
  Parts unnest_join(const TypedRelation& node, const TypedRelation& unnest);
  Parts unnest_over(const TypedRelation& unnest, std::string from, bool keep_empty);
  // print_set.cc
  Parts set_operation(const TypedRelation& node);
  Parts with(const TypedRelation& node);
  Text recursion(const analysis::CommonTableDefinition& definition);
  Parts common_table(const TypedRelation& node);
  static std::string in_forms(std::string text, const std::vector<analysis::OutputColumn>& columns,
                              const std::vector<ColumnForm>& own,
                              const std::vector<ColumnForm>& forms);
  std::vector<ColumnForm> forms_of(const std::vector<analysis::OutputColumn>& columns) const;

  // print_push.cc
  void note_limit(const TypedRelation& node);
  Result<std::optional<SelectParts>> pushed_groups(
      const TypedRelation& node, const std::vector<const TypedExpression*>& keys,
      const std::vector<ColumnId>& key_ids, const std::vector<analysis::AggregateCall>& calls);
  Result<std::optional<SelectParts>> pushed_aggregate(const TypedRelation& node);
  Result<std::optional<SelectParts>> pushed_distinct(const TypedRelation& node);

  // print_aggregate.cc
  Parts aggregate(const TypedRelation& node);
  Text group_by(const TypedRelation& node, const std::vector<std::string>& keys);
  bool aggregate_keeps_plain(const analysis::FunctionSignature& function,
                             const std::vector<TypedExpressionPtr>& arguments) const;
  Text aggregate_call(const analysis::FunctionSignature& function, const types::Type& type,
                      const std::vector<TypedExpressionPtr>& arguments, const AggregateShape& shape,
                      const TextSpan& at);
  Result<std::optional<std::string>> native_aggregate(
      const analysis::FunctionSignature& function, const types::Type& type,
      const std::vector<TypedExpressionPtr>& arguments, const AggregateShape& shape);
  Result<std::optional<std::string>> native_several(
      const std::string& name, const types::Type& type,
      const std::vector<TypedExpressionPtr>& arguments, const AggregateShape& shape);
  Result<std::optional<std::string>> extreme_aggregate(
      const std::string& name, const std::vector<TypedExpressionPtr>& arguments,
      const AggregateShape& shape);
  Result<std::optional<std::string>> checksum(const types::Type& argument, const std::string& text,
                                              const AggregateShape& shape);
  Text final_aggregate(const analysis::FunctionSignature& function, const types::Type& type,
                       const std::vector<TypedExpressionPtr>& arguments,
                       const AggregateShape& shape);
  Text distinct_in_order(const std::string& item, const AggregateShape& shape);
  Text reduce_aggregate(const std::vector<TypedExpressionPtr>& arguments,
                        const AggregateShape& shape);
  // print_window.cc
  Parts window(const TypedRelation& node);
  bool window_keeps_plain(const analysis::WindowCall& call) const;
  Text window_call(const analysis::WindowCall& call, std::string& before);
  Text window_over(const analysis::WindowCall& call, bool with_frame);
  Text frame_bound(const analysis::WindowCall& call, const analysis::TypedBound& bound);
  Text window_function(const analysis::WindowCall& call);

  static std::string select_text(const SelectParts& parts);
  static std::string from_item(const SelectParts& parts);
  void set_form(ColumnId id, ColumnForm form);
  std::string column_list(const std::vector<analysis::OutputColumn>& columns) const;

  struct CommonTable {
    std::string name;
    std::vector<ColumnForm> forms;
    const TypedRelation* unsettled = nullptr;  // computed anew at each place
  };

  const SessionValues& session_;
  KeepAlive alive_;
  std::unordered_map<ColumnId, ScanColumn> columns_;
  std::unordered_map<std::int32_t, CommonTable> common_tables_;
  std::unordered_set<ColumnId> used_;
  // How many rows of a scan are asked for, and which.
  struct LimitNote {
    std::int64_t rows = 0;
    std::vector<ScanOrder> order;
  };
  std::unordered_map<const TypedRelation*, LimitNote> limits_;
  ScanFilters filters_;
  std::vector<HoistedText>* hoisted_ = nullptr;  // set below TRY
  bool knows_used_ = false;
  bool explains_ = false;
  ScanNotes notes_;
  std::int32_t next_name_ = 1;
  int try_depth_ = 0;
  bool orders_rows_ = false;
  int copies_ = 0;  // of common tables
};

// print_constant.cc: an expression of exactly the physical type and value.
Text print_constant(const types::Type& type, const types::Value& value);
std::string print_text(std::string_view text);
// The instant of a timestamp with time zone, without its zone.
std::string print_instant(const types::Timestamp& value);
// `CAST(NULL AS …)`.
Text print_null(const types::Type& type);

// print_values.cc
bool is_floating(const types::Type& type);
// Short and free of effects: may be printed twice.
bool may_repeat(std::string_view text);
bool is_null_constant(const TypedExpression& node);
// An integer constant below coercions of integers.
std::optional<std::int64_t> constant_integer(const TypedExpression& node);
std::optional<std::string> constant_text(const TypedExpression& node);
bool can_fail(const TypedExpression& node);
// A part that reads columns can fail.
bool can_fail_on_some_rows(const TypedExpression& node);
// Deterministic, and reads no column and no subquery.
bool is_constant(const TypedExpression& node);
bool has_subquery(const TypedExpression& node);
// `struct_extract(x, 'f')`.
std::string field_text(const std::string& row, std::string_view name);
// A timestamp with time zone whose instant fits DuckDB's.
bool is_instant(const types::Type& type);

}  // namespace tarn::engine
