// SPDX-License-Identifier: Apache-2.0
// What all nodes of the syntax tree share. Nodes are plain structs with a kind and owned children;
// they know their place in the text, but no names, types or execution. `fields` of a node lists
// what counts when trees are compared, printed for tests or walked; spans are left out.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text_span.h"

namespace tarn::sql {

struct Expression;
struct Relation;
struct QueryBody;
struct Query;
struct Statement;
struct ControlStatement;

// Query is complete only in query.h; the deleter lets other headers own one.
struct QueryDeleter {
  void operator()(Query* query) const;
};

using ExpressionPtr = std::unique_ptr<Expression>;
using RelationPtr = std::unique_ptr<Relation>;
using QueryBodyPtr = std::unique_ptr<QueryBody>;
using QueryPtr = std::unique_ptr<Query, QueryDeleter>;
using StatementPtr = std::unique_ptr<Statement>;

// `value` is the name without quotes, letters as written.
struct Identifier {
  TextSpan span;
  std::string value;
  bool quoted = false;
  static auto fields(auto& self) { return std::tie(self.value, self.quoted); }
};

// `catalog.schema.table` and such.
struct QualifiedName {
  TextSpan span;
  std::vector<Identifier> parts;
  static auto fields(auto& self) { return std::tie(self.parts); }
};

// The parts in lower case, joined by dots, as error messages show them.
std::string to_string(const QualifiedName& name);

}  // namespace tarn::sql
