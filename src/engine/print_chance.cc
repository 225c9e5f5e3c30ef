// SPDX-License-Identifier: Apache-2.0
// Functions whose result differs from call to call. DuckDB moves, merges and repeats conditions
// and arguments as it likes, but not the columns of a SELECT that call such functions.
#include <algorithm>

#include "analysis/typed_walk.h"
#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using analysis::is_deterministic;

Terms terms_of(const TypedExpression& condition) {
  Terms out;
  const auto add = [&](const TypedExpression& term) {
    (is_deterministic(term) ? out.stable : out.chance).push_back(&term);
  };
  if (condition.kind != TypedKind::And) {
    add(condition);
  } else {
    for (const auto& term : condition.children) add(*term);
  }
  return out;
}

Text Printer::all_of(const std::vector<const TypedExpression*>& terms,
                     const TypedExpression& condition) {
  if (condition.kind != TypedKind::And || terms.size() == condition.children.size()) {
    return this->condition(condition);
  }
  if (terms.size() == 1) return this->condition(*terms[0]);
  TypedExpression rest;
  rest.kind = TypedKind::And;
  rest.type = condition.type;
  for (const TypedExpression* term : terms) rest.children.push_back(analysis::clone(*term));
  return this->condition(rest);
}

Text Printer::once(const TypedExpression& node,
                   const std::function<Text(const TypedExpression&)>& body) {
  TypedExpression column;
  column.kind = TypedKind::Column;
  column.column = ColumnId(-next_name_);
  column.type = node.type;
  column.at = node.at;
  const std::string name = fresh_name("q");
  const std::string value = TRY(expression(node));
  bind_column(column.column, {name, ColumnForm::Physical});
  return fmt::format("list_extract(list_transform([{}], lambda {}: {}), 1)", value, name,
                     TRY(body(column)));
}

Text Printer::if_chance_once(const TypedExpression& node,
                             const std::function<Text(const TypedExpression&)>& body) {
  return is_deterministic(node) ? body(node) : once(node, body);
}

Printer::Parts Printer::filter_by_chance(SelectParts input,
                                         const std::vector<const TypedExpression*>& terms) {
  if (terms.empty()) return input;
  std::string drawn;
  std::string test;
  for (const TypedExpression* term : terms) {
    const std::string name = fresh_name("w");
    drawn += fmt::format(", {} AS {}", TRY(condition(*term)), name);
    test += (test.empty() ? "" : " AND ") + name;
  }
  SelectParts out;
  out.from = "(SELECT *" + drawn + " FROM " + from_item(input) + ")";
  out.where = std::move(test);
  return out;
}

// A term that reads one side only would be computed for the rows of that side: here it stands in a
// list beside columns of both.
Text Printer::outer_terms(const TypedRelation& join) {
  const Terms terms = terms_of(*join.condition);
  if (terms.chance.empty()) return condition(*join.condition);
  std::string columns;
  for (const auto& input : join.inputs) {
    const auto used =
        std::find_if(input->columns.begin(), input->columns.end(),
                     [&](const auto& column) { return !knows_used_ || used_.contains(column.id); });
    if (used != input->columns.end()) columns += ", " + column_text(used->id) + " IS NULL";
  }
  std::string out;
  if (!terms.stable.empty()) out = TRY(all_of(terms.stable, *join.condition));
  for (const TypedExpression* term : terms.chance) {
    out += fmt::format("{}list_extract([{}{}], 1)", out.empty() ? "" : " AND ",
                       TRY(condition(*term)), columns);
  }
  return out;
}

Result<TypedExpressionPtr> Printer::settled(const TypedExpression& node, std::string& before) {
  if (node.kind == TypedKind::Lambda || is_deterministic(node)) return analysis::clone(node);
  auto column = std::make_unique<TypedExpression>();
  column->kind = TypedKind::Column;
  column->column = ColumnId(-next_name_);
  column->type = node.type;
  column->at = node.at;
  const std::string name = fresh_name("f");
  before += fmt::format(", {} AS {}", TRY(expression(node)), name);
  bind_column(column->column, {name, ColumnForm::Physical});
  return column;
}

Result<CallParts> Printer::settled(const std::vector<TypedExpressionPtr>& arguments,
                                   const TypedExpression* filter, std::string& before) {
  const bool is_stable = (filter == nullptr || is_deterministic(*filter)) &&
                         std::all_of(arguments.begin(), arguments.end(), [](const auto& argument) {
                           return is_deterministic(*argument);
                         });
  if (is_stable) return CallParts(arguments, filter);
  std::vector<TypedExpressionPtr> own;
  for (const auto& argument : arguments) own.push_back(TRY(settled(*argument, before)));
  TypedExpressionPtr own_filter;
  if (filter != nullptr) own_filter = TRY(settled(*filter, before));
  return CallParts(std::move(own), std::move(own_filter));
}

bool Printer::is_unsettled(const TypedRelation& node) const {
  if (!is_deterministic(node)) return true;
  return any_relation(node, [this](const TypedRelation& part) {
    if (part.kind != TypedRelationKind::CommonTable) return false;
    const auto found = common_tables_.find(part.index);
    return found != common_tables_.end() && found->second.unsettled != nullptr;
  });
}

}  // namespace tarn::engine
