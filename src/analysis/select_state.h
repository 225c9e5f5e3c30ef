// SPDX-License-Identifier: Apache-2.0
// What is known of one SELECT while it is analyzed.
#pragma once

#include "analysis/query_analyzer.h"

namespace tarn::analysis {

inline TypedRelationPtr make_relation(TypedRelationKind kind, const TextSpan& span) {
  auto relation = std::make_unique<TypedRelation>();
  relation->kind = kind;
  relation->span = span;
  return relation;
}

inline TypedExpressionPtr reference(const OutputColumn& column, const TextSpan& at) {
  auto node = std::make_unique<TypedExpression>();
  node->kind = TypedKind::Column;
  node->column = column.id;
  node->type = column.type;
  node->at = at;
  return node;
}

// Puts an operator that passes all columns on over a relation.
inline TypedRelationPtr over(TypedRelationKind kind, TypedRelationPtr input) {
  auto relation = make_relation(kind, input->span);
  relation->columns = input->columns;
  relation->inputs.push_back(std::move(input));
  return relation;
}

struct QueryAnalyzer::SelectState {
  struct Item {
    std::optional<std::string> name;
    TypedExpressionPtr value;
    const sql::Expression* node = nullptr;  // null for columns of a star
    TextSpan at;
    std::vector<std::string> relation;  // of a plain column
    ColumnId id;                        // under which Project gives it
  };
  const sql::Select& node;
  const sql::Query& query;
  BoundRelation source;
  Scope scope;
  const NamedTables* tables = nullptr;
  ExpressionContext context;
  Collector collector;
  std::vector<Item> items;
  std::vector<TypedExpressionPtr> keys;
  std::vector<OutputColumn> key_columns;
  std::vector<std::vector<std::int32_t>> sets;
  TypedExpressionPtr having;
  std::vector<SortKey> order;
  bool aggregated = false;
};

}  // namespace tarn::analysis
