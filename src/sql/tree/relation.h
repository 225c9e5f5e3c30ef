// SPDX-License-Identifier: Apache-2.0
// What stands in FROM.
#pragma once

#include "sql/tree/expression.h"

namespace tarn::sql {

enum class RelationKind {
#define RELATION(name) name,
#include "sql/tree/relations.def"
#undef RELATION
};

std::string_view to_string(RelationKind kind);

struct Relation {
  explicit Relation(RelationKind kind) : kind(kind) {}
  virtual ~Relation() = default;
  RelationKind kind;
  TextSpan span;
};

template <RelationKind K>
struct RelationOf : Relation {
  static constexpr RelationKind kKind = K;
  RelationOf() : Relation(K) {}
};

// FOR VERSION AS OF … or FOR TIMESTAMP AS OF ….
struct QueryPeriod {
  TextSpan span;
  bool by_version = false;
  ExpressionPtr value;
  static auto fields(auto& self) { return std::tie(self.by_version, self.value); }
};

struct TableName : RelationOf<RelationKind::TableName> {
  QualifiedName name;
  std::optional<QueryPeriod> period;
  static auto fields(auto& self) { return std::tie(self.name, self.period); }
};

struct SubqueryRelation : RelationOf<RelationKind::SubqueryRelation> {
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.query); }
};

struct Lateral : RelationOf<RelationKind::Lateral> {
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.query); }
};

struct Unnest : RelationOf<RelationKind::Unnest> {
  std::vector<ExpressionPtr> items;
  bool with_ordinality = false;
  static auto fields(auto& self) { return std::tie(self.items, self.with_ordinality); }
};

struct DescriptorField {
  Identifier name;
  std::optional<DataType> type;
  static auto fields(auto& self) { return std::tie(self.name, self.type); }
};

struct TableFunctionArgument {
  TextSpan span;
  std::optional<Identifier> name;
  ExpressionPtr value;                   // null for a descriptor
  bool is_descriptor = false;            // DESCRIPTOR(a, b) or CAST(NULL AS DESCRIPTOR)
  std::vector<DescriptorField> columns;  // of a descriptor
  static auto fields(auto& self) {
    return std::tie(self.name, self.value, self.is_descriptor, self.columns);
  }
};

// TABLE(f(…)). Table arguments are refused by the parser.
struct TableFunction : RelationOf<RelationKind::TableFunction> {
  QualifiedName name;
  std::vector<TableFunctionArgument> arguments;
  static auto fields(auto& self) { return std::tie(self.name, self.arguments); }
};

struct AliasedRelation : RelationOf<RelationKind::AliasedRelation> {
  RelationPtr relation;
  Identifier alias;
  std::vector<Identifier> columns;
  static auto fields(auto& self) { return std::tie(self.relation, self.alias, self.columns); }
};

struct SampledRelation : RelationOf<RelationKind::SampledRelation> {
  RelationPtr relation;
  bool by_blocks = false;  // SYSTEM, else BERNOULLI
  ExpressionPtr percentage;
  static auto fields(auto& self) {
    return std::tie(self.relation, self.by_blocks, self.percentage);
  }
};

enum class JoinType { Cross, Implicit, Inner, Left, Right, Full };  // Implicit: a comma in FROM

struct Join : RelationOf<RelationKind::Join> {
  JoinType type = JoinType::Inner;
  bool natural = false;
  RelationPtr left;
  RelationPtr right;
  ExpressionPtr on;  // may be null
  std::vector<Identifier> using_columns;
  static auto fields(auto& self) {
    return std::tie(self.type, self.natural, self.left, self.right, self.on, self.using_columns);
  }
};

struct JsonTableColumn {
  enum class Kind { Ordinality, Value, Query, Nested };
  TextSpan span;
  Kind kind = Kind::Value;
  std::optional<Identifier> name;  // all but Nested; the name of the path for Nested
  std::optional<DataType> type;    // Value and Query
  std::optional<std::string> path;
  JsonEncoding format = JsonEncoding::None;  // Query
  JsonWrapper wrapper = JsonWrapper::None;
  JsonQuotes quotes = JsonQuotes::Unspecified;
  JsonBehavior on_empty;
  JsonBehavior on_error;
  std::vector<JsonTableColumn> nested;
  static auto fields(auto& self) {
    return std::tie(self.kind, self.name, self.type, self.path, self.format, self.wrapper,
                    self.quotes, self.on_empty, self.on_error, self.nested);
  }
};

// A plan of JSON_TABLE: a name, or parts joined by one operator.
struct JsonTablePlan {
  enum class Kind { Leaf, Outer, Inner, Union, Cross };
  Kind kind = Kind::Leaf;
  Identifier name;                   // Leaf
  std::vector<JsonTablePlan> parts;  // Outer and Inner: the parent's leaf, then its child
  static auto fields(auto& self) { return std::tie(self.kind, self.name, self.parts); }
};

struct JsonTable : RelationOf<RelationKind::JsonTable> {
  JsonPathCall call;
  std::vector<JsonTableColumn> columns;
  std::optional<JsonTablePlan> plan;
  bool default_plan = false;           // PLAN DEFAULT (…)
  bool default_inner = false;          // INNER, else OUTER
  bool default_cross = false;          // CROSS, else UNION
  std::optional<bool> error_on_error;  // ERROR ON ERROR or EMPTY ON ERROR
  static auto fields(auto& self) {
    return std::tie(self.call, self.columns, self.plan, self.default_plan, self.default_inner,
                    self.default_cross, self.error_on_error);
  }
};

}  // namespace tarn::sql
