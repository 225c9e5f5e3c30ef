// SPDX-License-Identifier: Apache-2.0
// visit(node, overloads): calls the overload for the node's struct. One exhaustive switch a family.
#pragma once

#include <utility>

#include "base/check.h"
#include "sql/tree/statement.h"

namespace tarn::sql {

template <typename... Functions>
struct Overloads : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloads(Functions...) -> Overloads<Functions...>;

template <typename Visitor>
decltype(auto) visit(const Expression& node, Visitor&& visitor) {
  switch (node.kind) {
#define EXPRESSION(name)     \
  case ExpressionKind::name: \
    return visitor(static_cast<const name&>(node));
#include "sql/tree/expressions.def"
#undef EXPRESSION
  }
  UNREACHABLE();
}

template <typename Visitor>
decltype(auto) visit(const Relation& node, Visitor&& visitor) {
  switch (node.kind) {
#define RELATION(name)     \
  case RelationKind::name: \
    return visitor(static_cast<const name&>(node));
#include "sql/tree/relations.def"
#undef RELATION
  }
  UNREACHABLE();
}

template <typename Visitor>
decltype(auto) visit(const QueryBody& node, Visitor&& visitor) {
  switch (node.kind) {
    case QueryBodyKind::Select:
      return visitor(static_cast<const Select&>(node));
    case QueryBodyKind::Values:
      return visitor(static_cast<const Values&>(node));
    case QueryBodyKind::TableQuery:
      return visitor(static_cast<const TableQuery&>(node));
    case QueryBodyKind::SetOperation:
      return visitor(static_cast<const SetOperation&>(node));
    case QueryBodyKind::NestedQuery:
      return visitor(static_cast<const NestedQuery&>(node));
  }
  UNREACHABLE();
}

template <typename Visitor>
decltype(auto) visit(const Statement& node, Visitor&& visitor) {
  switch (node.kind) {
#define STATEMENT(name)     \
  case StatementKind::name: \
    return visitor(static_cast<const name&>(node));
#include "sql/tree/statements.def"
#undef STATEMENT
  }
  UNREACHABLE();
}

// The node as its struct, or null if it is another.
template <typename Node, typename Family>
const Node* as(const Family& node) {
  return node.kind == Node::kKind ? static_cast<const Node*>(&node) : nullptr;
}

}  // namespace tarn::sql
