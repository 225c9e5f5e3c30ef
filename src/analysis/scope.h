// SPDX-License-Identifier: Apache-2.0
// Which names mean which columns at one place of a statement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/typed_tree.h"
#include "sql/tree/expression.h"

namespace tarn::analysis {

// A visible column. Names are compared in lower case.
struct Field {
  std::optional<std::string> name;    // letters as written
  std::vector<std::string> relation;  // `t`, or `catalog`, `schema`, `t`; lower case; may be empty
  types::Type type;
  ColumnId id;
  bool hidden = false;  // not part of `*`
};

struct Scope {
  const Scope* parent = nullptr;
  std::vector<Field> fields;
  bool is_lambda = false;
  // Set while ON of an outer join is analyzed: its subqueries must not refer to these fields.
  bool no_correlation = false;
  // RIGHT or FULL while the right side of such a join is analyzed, which must not see the left one.
  std::string_view refused_join;
};

struct FoundField {
  const Field* field = nullptr;  // null: nothing of that name
  const Scope* scope = nullptr;
  bool ambiguous = false;
  int levels = 0;  // scopes between
};

// Looks for `name` (parts in lower case, the column last) from the inside out; the innermost scope
// that knows it wins.
FoundField find_field(const Scope& scope, const std::vector<std::string>& name);

// Fields of the relation that the parts name (`t.*`), from the innermost scope that has one.
std::vector<const Field*> find_relation(const Scope& scope, const std::vector<std::string>& name);

// The parts of a.b.c, in lower case; nullopt if the expression is something else.
std::optional<std::vector<std::string>> name_parts(const sql::Expression& expression);

}  // namespace tarn::analysis
