// SPDX-License-Identifier: Apache-2.0
// Queries: WITH, set operations, SELECT, VALUES, TABLE.
#pragma once

#include "sql/tree/relation.h"
#include "sql/tree/routine.h"

namespace tarn::sql {

enum class QueryBodyKind { Select, Values, TableQuery, SetOperation, NestedQuery };

std::string_view to_string(QueryBodyKind kind);

struct QueryBody {
  explicit QueryBody(QueryBodyKind kind) : kind(kind) {}
  virtual ~QueryBody() = default;
  QueryBodyKind kind;
  TextSpan span;
};

template <QueryBodyKind K>
struct QueryBodyOf : QueryBody {
  static constexpr QueryBodyKind kKind = K;
  QueryBodyOf() : QueryBody(K) {}
};

struct SelectItem {
  TextSpan span;
  bool star = false;
  ExpressionPtr expression;         // what `.*` is of, or null for a bare `*`
  std::optional<Identifier> alias;  // not for a star
  std::vector<Identifier> columns;  // x.* AS (a, b)
  static auto fields(auto& self) {
    return std::tie(self.star, self.expression, self.alias, self.columns);
  }
};

struct GroupingElement {
  enum class Kind { Simple, Rollup, Cube, GroupingSets, Auto };
  TextSpan span;
  Kind kind = Kind::Simple;
  std::vector<std::vector<ExpressionPtr>> sets;  // one for Simple, none for Auto
  static auto fields(auto& self) { return std::tie(self.kind, self.sets); }
};

struct GroupBy {
  TextSpan span;
  bool distinct = false;  // GROUP BY DISTINCT: equal grouping sets count once
  std::vector<GroupingElement> elements;
  static auto fields(auto& self) { return std::tie(self.distinct, self.elements); }
};

struct NamedWindow {
  Identifier name;
  WindowSpecification specification;
  static auto fields(auto& self) { return std::tie(self.name, self.specification); }
};

// SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW ….
struct Select : QueryBodyOf<QueryBodyKind::Select> {
  bool distinct = false;
  std::vector<SelectItem> items;
  RelationPtr from;  // may be null; relations after commas are Implicit joins
  ExpressionPtr where;
  std::optional<GroupBy> group_by;
  ExpressionPtr having;
  std::vector<NamedWindow> windows;
  static auto fields(auto& self) {
    return std::tie(self.distinct, self.items, self.from, self.where, self.group_by, self.having,
                    self.windows);
  }
};

struct Values : QueryBodyOf<QueryBodyKind::Values> {
  std::vector<ExpressionPtr> rows;  // a RowConstructor, or any expression as a row of one column
  static auto fields(auto& self) { return std::tie(self.rows); }
};

// TABLE name.
struct TableQuery : QueryBodyOf<QueryBodyKind::TableQuery> {
  QualifiedName name;
  static auto fields(auto& self) { return std::tie(self.name); }
};

enum class SetOperator { Union, Intersect, Except };

// Chains of UNION with the same quantifier are one node with many inputs.
struct SetOperation : QueryBodyOf<QueryBodyKind::SetOperation> {
  SetOperator op = SetOperator::Union;
  bool all = false;
  bool corresponding = false;
  std::vector<Identifier> corresponding_columns;
  std::vector<QueryBodyPtr> inputs;      // two or more
  std::vector<TextSpan> operator_spans;  // one less: the words UNION, …
  static auto fields(auto& self) {
    return std::tie(self.op, self.all, self.corresponding, self.corresponding_columns, self.inputs);
  }
};

// A query in parentheses.
struct NestedQuery : QueryBodyOf<QueryBodyKind::NestedQuery> {
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.query); }
};

struct CommonTable {
  TextSpan span;
  Identifier name;
  std::vector<Identifier> columns;
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.name, self.columns, self.query); }
};

struct SessionAssignment {
  QualifiedName name;
  ExpressionPtr value;
  static auto fields(auto& self) { return std::tie(self.name, self.value); }
};

// A number of rows: a literal, or `?`.
struct RowCount {
  TextSpan span;
  std::int64_t count = 0;
  std::optional<std::uint32_t> parameter;
  static auto fields(auto& self) { return std::tie(self.count, self.parameter); }
};

struct Query {
  TextSpan span;
  std::vector<FunctionDefinition> functions;           // WITH FUNCTION
  std::vector<SessionAssignment> session_assignments;  // WITH SESSION
  bool recursive = false;
  std::vector<CommonTable> common_tables;
  QueryBodyPtr body;
  std::vector<SortItem> order_by;
  std::optional<RowCount> offset;
  std::optional<RowCount> limit;  // LIMIT n
  bool limit_all = false;         // LIMIT ALL
  std::optional<RowCount> fetch;  // FETCH FIRST n ROWS
  bool with_ties = false;
  static auto fields(auto& self) {
    return std::tie(self.functions, self.session_assignments, self.recursive, self.common_tables,
                    self.body, self.order_by, self.offset, self.limit, self.limit_all, self.fetch,
                    self.with_ties);
  }
};

inline QueryPtr make_query() { return QueryPtr(new Query); }

}  // namespace tarn::sql
