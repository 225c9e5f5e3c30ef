// SPDX-License-Identifier: Apache-2.0
// Expressions of the syntax tree. `span` is the whole text; `at` is the place that Trino names in
// errors about the node: the operator of a comparison or a calculation, else the start.
#pragma once

#include <cstdint>
#include <optional>

#include "sql/tree/node.h"
#include "sql/tree/type.h"

namespace tarn::sql {

enum class ExpressionKind {
#define EXPRESSION(name) name,
#include "sql/tree/expressions.def"
#undef EXPRESSION
};

std::string_view to_string(ExpressionKind kind);

struct Expression {
  explicit Expression(ExpressionKind kind) : kind(kind) {}
  virtual ~Expression() = default;
  ExpressionKind kind;
  TextSpan span;
  TextSpan at;
};

// Ties a struct to its kind.
template <ExpressionKind K>
struct ExpressionOf : Expression {
  static constexpr ExpressionKind kKind = K;
  ExpressionOf() : Expression(K) {}
};

enum class ArithmeticOperator { Add, Subtract, Multiply, Divide, Modulus };
enum class ComparisonOperator { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual };
enum class LogicalOperator { And, Or };
enum class Quantifier { All, Any };
enum class SortDirection { Ascending, Descending };
enum class NullOrder { Unspecified, First, Last };
enum class NullTreatment { Unspecified, Respect, Ignore };
enum class FrameType { Range, Rows, Groups };
enum class TrimSide { Leading, Trailing, Both };

// `+`, `<=`, … as written in SQL.
std::string_view to_string(ArithmeticOperator op);
std::string_view to_string(ComparisonOperator op);
std::string_view to_string(IntervalField field);

struct NullLiteral : ExpressionOf<ExpressionKind::NullLiteral> {
  static auto fields(auto&) { return std::tuple<>(); }
};

struct BooleanLiteral : ExpressionOf<ExpressionKind::BooleanLiteral> {
  bool value = false;
  static auto fields(auto& self) { return std::tie(self.value); }
};

struct StringLiteral : ExpressionOf<ExpressionKind::StringLiteral> {
  std::string value;
  static auto fields(auto& self) { return std::tie(self.value); }
};

// X'…'; `value` holds the bytes.
struct BinaryLiteral : ExpressionOf<ExpressionKind::BinaryLiteral> {
  std::string value;
  static auto fields(auto& self) { return std::tie(self.value); }
};

struct IntegerLiteral : ExpressionOf<ExpressionKind::IntegerLiteral> {
  std::int64_t value = 0;
  static auto fields(auto& self) { return std::tie(self.value); }
};

// Digits and a point, perhaps a sign, without underscores: `1.50`, `-.5`.
struct DecimalLiteral : ExpressionOf<ExpressionKind::DecimalLiteral> {
  std::string text;
  static auto fields(auto& self) { return std::tie(self.text); }
};

struct DoubleLiteral : ExpressionOf<ExpressionKind::DoubleLiteral> {
  double value = 0;
  static auto fields(auto& self) { return std::tie(self.value); }
};

// INTERVAL -'1-2' YEAR TO MONTH.
struct IntervalLiteral : ExpressionOf<ExpressionKind::IntervalLiteral> {
  std::string text;
  bool negative = false;
  IntervalField from = IntervalField::Day;
  std::optional<IntervalField> to;
  static auto fields(auto& self) { return std::tie(self.text, self.negative, self.from, self.to); }
};

// DATE '2020-01-01', JSON '{}', DECIMAL '1.10', any type by its name.
struct TypedLiteral : ExpressionOf<ExpressionKind::TypedLiteral> {
  Identifier type;
  std::string text;
  static auto fields(auto& self) { return std::tie(self.type, self.text); }
};

// `?`, counted from 0 in the order of the text.
struct Parameter : ExpressionOf<ExpressionKind::Parameter> {
  std::uint32_t index = 0;
  static auto fields(auto& self) { return std::tie(self.index); }
};

struct ColumnReference : ExpressionOf<ExpressionKind::ColumnReference> {
  Identifier name;
  static auto fields(auto& self) { return std::tie(self.name); }
};

// base.field: a qualified column or a field of a row.
struct Dereference : ExpressionOf<ExpressionKind::Dereference> {
  ExpressionPtr base;
  Identifier field;
  static auto fields(auto& self) { return std::tie(self.base, self.field); }
};

struct Subscript : ExpressionOf<ExpressionKind::Subscript> {
  ExpressionPtr base;
  ExpressionPtr index;
  static auto fields(auto& self) { return std::tie(self.base, self.index); }
};

struct RowConstructor : ExpressionOf<ExpressionKind::RowConstructor> {
  std::vector<ExpressionPtr> items;
  static auto fields(auto& self) { return std::tie(self.items); }
};

struct ArrayConstructor : ExpressionOf<ExpressionKind::ArrayConstructor> {
  std::vector<ExpressionPtr> items;
  static auto fields(auto& self) { return std::tie(self.items); }
};

struct Unary : ExpressionOf<ExpressionKind::Unary> {
  bool negative = false;
  ExpressionPtr operand;
  static auto fields(auto& self) { return std::tie(self.negative, self.operand); }
};

struct Arithmetic : ExpressionOf<ExpressionKind::Arithmetic> {
  ArithmeticOperator op = ArithmeticOperator::Add;
  ExpressionPtr left;
  ExpressionPtr right;
  static auto fields(auto& self) { return std::tie(self.op, self.left, self.right); }
};

struct Concatenation : ExpressionOf<ExpressionKind::Concatenation> {
  ExpressionPtr left;
  ExpressionPtr right;
  static auto fields(auto& self) { return std::tie(self.left, self.right); }
};

struct Comparison : ExpressionOf<ExpressionKind::Comparison> {
  ComparisonOperator op = ComparisonOperator::Equal;
  ExpressionPtr left;
  ExpressionPtr right;
  static auto fields(auto& self) { return std::tie(self.op, self.left, self.right); }
};

// left IS [NOT] DISTINCT FROM right.
struct DistinctFrom : ExpressionOf<ExpressionKind::DistinctFrom> {
  bool negated = false;
  ExpressionPtr left;
  ExpressionPtr right;
  static auto fields(auto& self) { return std::tie(self.negated, self.left, self.right); }
};

// Two or more terms; chains of one operator are one node.
struct Logical : ExpressionOf<ExpressionKind::Logical> {
  LogicalOperator op = LogicalOperator::And;
  std::vector<ExpressionPtr> terms;
  static auto fields(auto& self) { return std::tie(self.op, self.terms); }
};

struct Not : ExpressionOf<ExpressionKind::Not> {
  ExpressionPtr operand;
  static auto fields(auto& self) { return std::tie(self.operand); }
};

struct Between : ExpressionOf<ExpressionKind::Between> {
  bool negated = false;
  ExpressionPtr value;
  ExpressionPtr low;
  ExpressionPtr high;
  static auto fields(auto& self) { return std::tie(self.negated, self.value, self.low, self.high); }
};

struct InList : ExpressionOf<ExpressionKind::InList> {
  bool negated = false;
  ExpressionPtr value;
  std::vector<ExpressionPtr> items;
  static auto fields(auto& self) { return std::tie(self.negated, self.value, self.items); }
};

struct InSubquery : ExpressionOf<ExpressionKind::InSubquery> {
  bool negated = false;
  ExpressionPtr value;
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.negated, self.value, self.query); }
};

struct Like : ExpressionOf<ExpressionKind::Like> {
  bool negated = false;
  ExpressionPtr value;
  ExpressionPtr pattern;
  ExpressionPtr escape;  // may be null
  static auto fields(auto& self) {
    return std::tie(self.negated, self.value, self.pattern, self.escape);
  }
};

// operand IS [NOT] NULL.
struct NullPredicate : ExpressionOf<ExpressionKind::NullPredicate> {
  bool negated = false;
  ExpressionPtr operand;
  static auto fields(auto& self) { return std::tie(self.negated, self.operand); }
};

// left < ALL (query); SOME is read as ANY.
struct QuantifiedComparison : ExpressionOf<ExpressionKind::QuantifiedComparison> {
  ComparisonOperator op = ComparisonOperator::Equal;
  Quantifier quantifier = Quantifier::Any;
  ExpressionPtr left;
  QueryPtr query;
  static auto fields(auto& self) {
    return std::tie(self.op, self.quantifier, self.left, self.query);
  }
};

struct Exists : ExpressionOf<ExpressionKind::Exists> {
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.query); }
};

struct ScalarSubquery : ExpressionOf<ExpressionKind::ScalarSubquery> {
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.query); }
};

struct WhenClause {
  TextSpan span;
  ExpressionPtr condition;
  ExpressionPtr result;
  static auto fields(auto& self) { return std::tie(self.condition, self.result); }
};

struct SimpleCase : ExpressionOf<ExpressionKind::SimpleCase> {
  ExpressionPtr operand;
  std::vector<WhenClause> branches;
  ExpressionPtr otherwise;  // may be null
  static auto fields(auto& self) { return std::tie(self.operand, self.branches, self.otherwise); }
};

struct SearchedCase : ExpressionOf<ExpressionKind::SearchedCase> {
  std::vector<WhenClause> branches;
  ExpressionPtr otherwise;  // may be null
  static auto fields(auto& self) { return std::tie(self.branches, self.otherwise); }
};

struct Cast : ExpressionOf<ExpressionKind::Cast> {
  bool null_on_error = false;  // TRY_CAST
  ExpressionPtr operand;
  DataType type;
  static auto fields(auto& self) { return std::tie(self.null_on_error, self.operand, self.type); }
};

// value AT TIME ZONE zone; the zone is a string or an interval.
struct AtTimeZone : ExpressionOf<ExpressionKind::AtTimeZone> {
  ExpressionPtr value;
  ExpressionPtr zone;
  static auto fields(auto& self) { return std::tie(self.value, self.zone); }
};

struct SortItem {
  TextSpan span;
  ExpressionPtr key;
  SortDirection direction = SortDirection::Ascending;
  NullOrder nulls = NullOrder::Unspecified;
  static auto fields(auto& self) { return std::tie(self.key, self.direction, self.nulls); }
};

struct FrameBound {
  enum class Kind { UnboundedPreceding, Preceding, CurrentRow, Following, UnboundedFollowing };
  TextSpan span;
  Kind kind = Kind::CurrentRow;
  ExpressionPtr distance;  // Preceding and Following
  static auto fields(auto& self) { return std::tie(self.kind, self.distance); }
};

struct WindowFrame {
  TextSpan span;
  FrameType type = FrameType::Range;
  FrameBound start;
  std::optional<FrameBound> end;
  static auto fields(auto& self) { return std::tie(self.type, self.start, self.end); }
};

struct WindowSpecification {
  TextSpan span;
  std::optional<Identifier> base;  // an existing window that this one extends
  std::vector<ExpressionPtr> partition_by;
  std::vector<SortItem> order_by;
  std::optional<WindowFrame> frame;
  static auto fields(auto& self) {
    return std::tie(self.base, self.partition_by, self.order_by, self.frame);
  }
};

// OVER name or OVER (…).
struct Window {
  TextSpan span;
  std::optional<Identifier> name;
  WindowSpecification specification;  // if there is no name
  static auto fields(auto& self) { return std::tie(self.name, self.specification); }
};

// Calls, COALESCE, IF, NULLIF and TRY among them. POSITION(a IN b) is read as strpos(b, a),
// SUBSTRING(a FROM b FOR c) as substring(a, b, c), NORMALIZE(a, NFC) as normalize(a, 'NFC').
struct FunctionCall : ExpressionOf<ExpressionKind::FunctionCall> {
  QualifiedName name;
  std::vector<ExpressionPtr> arguments;
  bool star = false;                  // count(*)
  std::optional<Identifier> star_of;  // count(t.*)
  bool distinct = false;
  std::vector<SortItem> order_by;
  ExpressionPtr filter;  // may be null
  NullTreatment nulls = NullTreatment::Unspecified;
  std::optional<Window> over;
  static auto fields(auto& self) {
    return std::tie(self.name, self.arguments, self.star, self.star_of, self.distinct,
                    self.order_by, self.filter, self.nulls, self.over);
  }
};

struct Listagg : ExpressionOf<ExpressionKind::Listagg> {
  ExpressionPtr value;
  std::string separator;
  bool distinct = false;
  bool truncate = false;  // ON OVERFLOW TRUNCATE, else ERROR
  std::optional<std::string> filler;
  bool with_count = false;
  std::vector<SortItem> order_by;
  ExpressionPtr filter;  // may be null
  static auto fields(auto& self) {
    return std::tie(self.value, self.separator, self.distinct, self.truncate, self.filler,
                    self.with_count, self.order_by, self.filter);
  }
};

struct Lambda : ExpressionOf<ExpressionKind::Lambda> {
  std::vector<Identifier> parameters;
  ExpressionPtr body;
  static auto fields(auto& self) { return std::tie(self.parameters, self.body); }
};

enum class ExtractField {
  Year,
  Quarter,
  Month,
  Week,
  Day,
  DayOfMonth,
  DayOfWeek,
  Dow,
  DayOfYear,
  Doy,
  YearOfWeek,
  Yow,
  Hour,
  Minute,
  Second,
  TimezoneMinute,
  TimezoneHour
};
// `DAY_OF_WEEK` and such.
std::string_view to_string(ExtractField field);

struct Extract : ExpressionOf<ExpressionKind::Extract> {
  ExtractField field = ExtractField::Year;
  ExpressionPtr operand;
  static auto fields(auto& self) { return std::tie(self.field, self.operand); }
};

struct Trim : ExpressionOf<ExpressionKind::Trim> {
  TrimSide side = TrimSide::Both;
  ExpressionPtr operand;
  ExpressionPtr characters;  // may be null: white space
  static auto fields(auto& self) { return std::tie(self.side, self.operand, self.characters); }
};

// grouping(a, t.b): the arguments are ColumnReference or Dereference.
struct GroupingOperation : ExpressionOf<ExpressionKind::GroupingOperation> {
  std::vector<ExpressionPtr> columns;
  static auto fields(auto& self) { return std::tie(self.columns); }
};

// CURRENT_TIMESTAMP(3), CURRENT_USER, …
struct CurrentValue : ExpressionOf<ExpressionKind::CurrentValue> {
  enum class What { Date, Time, Timestamp, LocalTime, LocalTimestamp, User, Catalog, Schema, Path };
  What what = What::Date;
  std::optional<std::int64_t> precision;
  static auto fields(auto& self) { return std::tie(self.what, self.precision); }
};
// `CURRENT_DATE` and such.
std::string_view to_string(CurrentValue::What what);

enum class JsonEncoding { None, Plain, Utf8, Utf16, Utf32 };  // None: no FORMAT JSON
enum class JsonWrapper { None, Without, Conditional, Unconditional };
enum class JsonQuotes { Unspecified, Keep, Omit };
enum class JsonNulls { Unspecified, Null, Absent };

// What JSON functions give ON EMPTY or ON ERROR.
struct JsonBehavior {
  enum class Kind {
    Unspecified,
    Null,
    Error,
    Default,
    EmptyArray,
    EmptyObject,
    True,
    False,
    Unknown
  };
  Kind kind = Kind::Unspecified;
  ExpressionPtr value;  // Default
  static auto fields(auto& self) { return std::tie(self.kind, self.value); }
};

// expression [FORMAT JSON [ENCODING …]].
struct JsonInput {
  ExpressionPtr value;
  JsonEncoding format = JsonEncoding::None;
  static auto fields(auto& self) { return std::tie(self.value, self.format); }
};

struct JsonArgument {
  JsonInput input;
  Identifier name;
  static auto fields(auto& self) { return std::tie(self.input, self.name); }
};

struct JsonPathCall {
  TextSpan span;
  JsonInput input;
  std::string path;
  TextSpan path_span;
  std::optional<Identifier> path_name;
  std::vector<JsonArgument> passing;
  static auto fields(auto& self) {
    return std::tie(self.input, self.path, self.path_name, self.passing);
  }
};

// RETURNING type [FORMAT JSON].
struct JsonOutput {
  std::optional<DataType> type;
  JsonEncoding format = JsonEncoding::None;
  static auto fields(auto& self) { return std::tie(self.type, self.format); }
};

struct JsonExists : ExpressionOf<ExpressionKind::JsonExists> {
  JsonPathCall call;
  JsonBehavior on_error;
  static auto fields(auto& self) { return std::tie(self.call, self.on_error); }
};

struct JsonValue : ExpressionOf<ExpressionKind::JsonValue> {
  JsonPathCall call;
  std::optional<DataType> returning;
  JsonBehavior on_empty;
  JsonBehavior on_error;
  static auto fields(auto& self) {
    return std::tie(self.call, self.returning, self.on_empty, self.on_error);
  }
};

struct JsonQuery : ExpressionOf<ExpressionKind::JsonQuery> {
  JsonPathCall call;
  JsonOutput output;
  JsonWrapper wrapper = JsonWrapper::None;
  JsonQuotes quotes = JsonQuotes::Unspecified;
  JsonBehavior on_empty;
  JsonBehavior on_error;
  static auto fields(auto& self) {
    return std::tie(self.call, self.output, self.wrapper, self.quotes, self.on_empty,
                    self.on_error);
  }
};

struct JsonMember {
  ExpressionPtr key;
  JsonInput value;
  static auto fields(auto& self) { return std::tie(self.key, self.value); }
};

struct JsonObject : ExpressionOf<ExpressionKind::JsonObject> {
  std::vector<JsonMember> members;
  JsonNulls nulls = JsonNulls::Unspecified;
  bool unique_keys = false;
  JsonOutput output;
  static auto fields(auto& self) {
    return std::tie(self.members, self.nulls, self.unique_keys, self.output);
  }
};

struct JsonArray : ExpressionOf<ExpressionKind::JsonArray> {
  std::vector<JsonInput> items;
  JsonNulls nulls = JsonNulls::Unspecified;
  JsonOutput output;
  static auto fields(auto& self) { return std::tie(self.items, self.nulls, self.output); }
};

}  // namespace tarn::sql
