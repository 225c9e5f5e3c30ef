// SPDX-License-Identifier: Apache-2.0
// The analyzed query: relational operators over columns with ids, and expressions in which every
// type is Trino's, every coercion a Cast and every name a column id or a function. A column id is
// given once in a statement, so that a subquery refers to the rows around it by ids alone.
//
// A printer can turn each relation into one SELECT whose columns are named after their ids.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/functions.h"
#include "analysis/table_lookup.h"
#include "base/id.h"
#include "base/text_span.h"
#include "types/value.h"

namespace tarn::analysis {

struct ColumnIdTag;
using ColumnId = Id<std::int32_t, ColumnIdTag>;

struct TypedExpression;
struct TypedRelation;
using TypedExpressionPtr = std::unique_ptr<TypedExpression>;
using TypedRelationPtr = std::unique_ptr<TypedRelation>;

// What the children are stands beside the kind; `type` is the type of the result.
enum class TypedKind : std::uint8_t {
  Constant,        // `constant`
  Column,          // `column`; also a parameter of a lambda around it
  Parameter,       // `index`: a `?` without a value
  Call,            // `function` on the arguments, each coerced to what it takes
  Cast,            // operand; `null_on_error` for TRY_CAST, `implicit` for a coercion
  And,             // two or more terms
  Or,              // two or more terms
  Not,             // operand
  IsNull,          // operand
  Case,            // condition, result, condition, result, …, otherwise (always there)
  SimpleCase,      // operand, value, result, …, otherwise; `function` compares operand and value
  Coalesce,        // two or more, all of one type
  NullIf,          // first, second; compared as `compared_type` by `function`
  Try,             // operand: NULL where it fails with one of four errors
  In,              // value, item, item, …, all of one type; `function` compares
  Between,         // value, low, high, all of one type; `function` is <=
  Like,            // value, pattern, perhaps escape
  Field,           // row; its field `index` from 0
  Row,             // fields
  Array,           // items
  Lambda,          // body; `parameters`
  ScalarSubquery,  // `relation` of one column: its value, NULL without rows, an error for several
  Exists,          // `relation`
  InSubquery,      // value; `relation` of one column of the same type; `function` compares
  Quantified,      // left; `relation`; `function` compares, with `swapped` operands for > and >=;
                   // `all` for ALL, else ANY; `name` is the sign
  SessionValue     // `name`: current_date, current_user, …; constant in a statement
};

struct TypedExpression {
  TypedKind kind = TypedKind::Constant;
  types::Type type;
  TextSpan at;
  std::vector<TypedExpressionPtr> children;
  types::Value constant;
  ColumnId column;
  const FunctionSignature* function = nullptr;
  std::vector<ColumnId> parameters;
  TypedRelationPtr relation;
  types::Type compared_type;
  std::string name;
  std::int32_t index = 0;
  bool null_on_error = false;
  bool implicit = false;
  bool swapped = false;
  bool all = false;
};

struct OutputColumn {
  ColumnId id;
  types::Type type;
};

struct SortKey {
  TypedExpressionPtr key;
  bool descending = false;
  bool nulls_first = false;
};

// One aggregate of Aggregate.
struct AggregateCall {
  ColumnId id;
  types::Type type;
  TextSpan at;
  const FunctionSignature* function = nullptr;
  std::vector<TypedExpressionPtr> arguments;
  bool distinct = false;
  std::vector<SortKey> order_by;
  TypedExpressionPtr filter;  // may be null
};

enum class FrameUnit : std::uint8_t { Range, Rows, Groups };
enum class BoundKind : std::uint8_t {
  UnboundedPreceding,
  Preceding,
  CurrentRow,
  Following,
  UnboundedFollowing
};
struct TypedBound {
  BoundKind kind = BoundKind::CurrentRow;
  TypedExpressionPtr distance;  // Preceding and Following
};

struct WindowCall {
  ColumnId id;
  types::Type type;
  TextSpan at;
  const FunctionSignature* function = nullptr;
  std::vector<TypedExpressionPtr> arguments;
  bool distinct = false;
  bool ignore_nulls = false;
  TypedExpressionPtr filter;  // may be null
  std::vector<SortKey> argument_order;
  std::vector<TypedExpressionPtr> partition_by;
  std::vector<SortKey> order_by;
  bool has_frame = false;  // else RANGE from unbounded preceding to the current row
  FrameUnit unit = FrameUnit::Range;
  TypedBound start;
  TypedBound end;
};

// grouping(a, b): the bits of the keys that the row's grouping set leaves out.
struct GroupingCall {
  ColumnId id;
  types::Type type;
  std::vector<std::int32_t> keys;  // indices into Aggregate's keys
};

enum class TypedRelationKind : std::uint8_t {
  OneRow,        // no columns, one row: SELECT without FROM
  Scan,          // `table`, `source_columns`
  Values,        // `rows`
  Project,       // input; `expressions`, one a column
  Filter,        // input; `condition`
  Join,          // left, right; `join`, `condition`; `lateral`: right refers to left's columns
  Unnest,        // `expressions`; its columns in order, then the ordinality; refers to columns
                 // around it, so it is the right side of a lateral Join
  Aggregate,     // input; `expressions` are the keys, first of the columns; sets; calls
  Window,        // input; passes its columns on and adds one for each window call
  Sort,          // input; `keys`
  Limit,         // input; `offset`, `limit`; `with_ties` by `keys`
  Distinct,      // input
  SetOperation,  // inputs with columns of the same types; `set_operator`, `all`
  With,          // `definitions`, then the one input
  CommonTable,   // rows of the definition `index`, under ids of their own
  Sample         // input; `percentage`, `by_blocks`
};

enum class JoinKind : std::uint8_t { Cross, Inner, Left, Right, Full };
enum class TypedSetOperator : std::uint8_t { Union, Intersect, Except };

// One common table of a With. A recursive one has `step`, which reads it as CommonTable.
struct CommonTableDefinition {
  std::int32_t index = 0;
  std::string name;
  std::vector<OutputColumn> columns;  // of `relation`
  TypedRelationPtr relation;
  TypedRelationPtr step;  // may be null; its columns match in order
  bool distinct = false;  // of a recursion: equal rows of all rounds are one
};

// A count of rows: a number or the parameter `?`.
struct RowLimit {
  std::int64_t count = 0;
  std::optional<std::int32_t> parameter;
};

// A key of Aggregate that is a plain column keeps the column's id: inside the operator the id means
// the input's column, above it the key, which is NULL where a grouping set leaves it out.
struct TypedRelation {
  TypedRelationKind kind = TypedRelationKind::OneRow;
  TextSpan span;
  std::vector<OutputColumn> columns;
  std::vector<TypedRelationPtr> inputs;
  std::vector<TypedExpressionPtr> expressions;

  TableInfoPtr table;                                 // Scan
  std::vector<std::int32_t> source_columns;           // Scan: index in the table of each column
  std::vector<std::vector<TypedExpressionPtr>> rows;  // Values
  TypedExpressionPtr condition;                       // Filter, Join (null: none)
  JoinKind join = JoinKind::Cross;
  bool lateral = false;
  bool with_ordinality = false;  // Unnest
  // Aggregate: indices into the keys, one list a set; empty `sets`: all keys are one set.
  std::vector<std::vector<std::int32_t>> sets;
  std::vector<AggregateCall> aggregates;
  std::vector<GroupingCall> groupings;
  std::vector<WindowCall> windows;
  std::vector<SortKey> keys;  // Sort; Limit with ties
  std::optional<RowLimit> offset;
  std::optional<RowLimit> limit;
  bool with_ties = false;
  TypedSetOperator set_operator = TypedSetOperator::Union;
  bool all = false;
  std::vector<CommonTableDefinition> definitions;
  std::int32_t index = 0;  // CommonTable
  TypedExpressionPtr percentage;
  bool by_blocks = false;
};

struct QueryOutput {
  std::string name;  // letters as written; `_col0` for a column without a name
  bool has_name = false;
  ColumnId id;
  types::Type type;
};

struct TypedQuery {
  TypedRelationPtr relation;  // its columns are those of `outputs`, in order
  std::vector<QueryOutput> outputs;
};

// A Column.
TypedExpressionPtr column_node(ColumnId id, types::Type type, const TextSpan& at = {});

// Deep copies. Column ids stay.
TypedExpressionPtr clone(const TypedExpression& expression);
TypedRelationPtr clone(const TypedRelation& relation);
// Equal in meaning: same kind, types, columns, constants; places aside. Never for subqueries.
bool same_expression(const TypedExpression& a, const TypedExpression& b);

// Text forms for tests and EXPLAIN: `$add(#1, CAST(#2 AS bigint))`, one relation a line.
std::string dump(const TypedExpression& expression);
std::string dump(const TypedRelation& relation);
std::string dump(const TypedQuery& query);

}  // namespace tarn::analysis
