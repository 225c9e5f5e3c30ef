// SPDX-License-Identifier: Apache-2.0
#include "analysis/scope.h"

#include <algorithm>

#include "base/text.h"
#include "sql/tree/visit.h"

namespace tarn::analysis {

namespace {

bool ends_with_parts(const std::vector<std::string>& whole, const std::string* begin,
                     std::size_t count) {
  if (count > whole.size()) return false;
  return std::equal(begin, begin + count, whole.end() - static_cast<std::ptrdiff_t>(count));
}

bool matches(const Field& field, const std::vector<std::string>& name) {
  if (!field.name || !equals_ignore_case(*field.name, name.back())) return false;
  return ends_with_parts(field.relation, name.data(), name.size() - 1);
}

}  // namespace

FoundField find_field(const Scope& scope, const std::vector<std::string>& name) {
  FoundField found;
  for (const Scope* current = &scope; current; current = current->parent) {
    for (const Field& field : current->fields) {
      if (!matches(field, name)) continue;
      if (found.field) {
        found.ambiguous = true;
        return found;
      }
      found.field = &field;
      found.scope = current;
    }
    if (found.field) return found;
    if (!current->is_lambda) ++found.levels;
  }
  return found;
}

std::vector<const Field*> find_relation(const Scope& scope, const std::vector<std::string>& name) {
  std::vector<const Field*> fields;
  for (const Scope* current = &scope; current && fields.empty(); current = current->parent) {
    for (const Field& field : current->fields) {
      if (!field.relation.empty() && ends_with_parts(field.relation, name.data(), name.size())) {
        fields.push_back(&field);
      }
    }
  }
  return fields;
}

std::optional<std::vector<std::string>> name_parts(const sql::Expression& expression) {
  std::vector<std::string> parts;
  const sql::Expression* current = &expression;
  while (const auto* dereference = sql::as<sql::Dereference>(*current)) {
    parts.push_back(to_lower(dereference->field.value));
    current = dereference->base.get();
  }
  const auto* column = sql::as<sql::ColumnReference>(*current);
  if (!column) return std::nullopt;
  parts.push_back(to_lower(column->name.value));
  std::reverse(parts.begin(), parts.end());
  return parts;
}

}  // namespace tarn::analysis
