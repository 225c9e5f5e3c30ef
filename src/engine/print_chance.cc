// SPDX-License-Identifier: Apache-2.0
// What must be computed for exactly the rows where it stands: functions whose result differs from
// call to call, and terms that can fail. DuckDB moves, merges and repeats conditions and arguments
// as it likes, but not the columns of a SELECT that call functions of chance.
#include <algorithm>

#include "analysis/typed_walk.h"
#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using analysis::is_deterministic;

namespace {

bool is_join(const TypedRelation& node) {
  return node.kind == TypedRelationKind::Join && node.inputs[1]->kind != TypedRelationKind::Unnest;
}

// What the joins at the top join.
void collect_joined(const TypedRelation& node, std::vector<const TypedRelation*>& out) {
  if (!is_join(node)) {
    out.push_back(&node);
    return;
  }
  for (const auto& input : node.inputs) collect_joined(*input, out);
}

bool has_column(const TypedRelation& node, ColumnId id) {
  return std::any_of(node.columns.begin(), node.columns.end(),
                     [&](const auto& column) { return column.id == id; });
}

bool may_join(const TypedRelation& node) {
  return any_relation(node, [](const TypedRelation& part) {
    return is_join(part) || part.kind == TypedRelationKind::CommonTable;
  });
}

// DuckDB computes a term that reads one input below the join. Terms over several inputs are what
// joins are made of, deeper down too: they are left alone.
bool is_late(const TypedExpression& term, const std::vector<const TypedRelation*>& joined) {
  if (joined.size() < 2 || has_subquery(term) || !can_fail_on_some_rows(term)) return false;
  analysis::ColumnSet columns;
  collect_columns(term, columns);
  for (const TypedRelation* input : joined) {
    const bool reads_only = std::all_of(columns.begin(), columns.end(),
                                        [&](ColumnId id) { return has_column(*input, id); });
    if (reads_only) return columns.size() == 1 || !may_join(*input);
  }
  return false;
}

void add_text(std::string& out, const std::string& term) {
  out += (out.empty() ? "" : " AND ") + term;
}

}  // namespace

Terms terms_of(const TypedExpression& condition, const TypedRelation& input) {
  Terms out;
  std::vector<const TypedRelation*> joined;
  collect_joined(input, joined);
  const auto add = [&](const TypedExpression& term) {
    const bool chance = !is_deterministic(term);
    (chance ? out.chance : is_late(term, joined) ? out.late : out.stable).push_back(&term);
  };
  if (condition.kind != TypedKind::And) {
    add(condition);
  } else {
    for (const auto& term : condition.children) add(*term);
  }
  return out;
}

Text Printer::early_terms(const Terms& terms) {
  std::string out;
  for (const TypedExpression* term : terms.stable) add_text(out, TRY(condition(*term)));
  for (const TypedExpression* term : terms.late) {
    add_text(out, "coalesce(" + TRY(try_of(*term, &Printer::condition)) + ", true)");
  }
  return out;
}

Text Printer::once(const TypedExpression& node,
                   const std::function<Text(const TypedExpression&)>& body) {
  const auto column = analysis::column_node(ColumnId(-next_name_), node.type, node.at);
  const std::string name = fresh_name("q");
  const std::string value = TRY(expression(node));
  bind_column(column->column, {name, ColumnForm::Physical});
  return fmt::format("list_extract(list_transform([{}], lambda {}: {}), 1)", value, name,
                     TRY(body(*column)));
}

Text Printer::if_chance_once(const TypedExpression& node,
                             const std::function<Text(const TypedExpression&)>& body) {
  return is_deterministic(node) ? body(node) : once(node, body);
}

Printer::Parts Printer::filter_last(SelectParts input, const Terms& terms) {
  if (terms.late.empty() && terms.chance.empty()) return input;
  std::string columns;
  std::string test;
  const auto add = [&](const std::string& text) {
    const std::string name = fresh_name("w");
    columns += fmt::format(", {} AS {}", text, name);
    add_text(test, name);
  };
  // DuckDB leaves a column that calls random() where it is.
  for (const TypedExpression* term : terms.late) {
    add("(" + TRY(condition(*term)) + " AND random() >= 0)");
  }
  for (const TypedExpression* term : terms.chance) add(TRY(condition(*term)));
  SelectParts out;
  out.from = "(SELECT *" + columns + " FROM " + from_item(input) + ")";
  out.where = std::move(test);
  return out;
}

// A term that reads one side only would be computed for the rows of that side: here it stands in a
// list beside columns of both.
Text Printer::outer_terms(const TypedRelation& join) {
  const Terms terms = terms_of(*join.condition, *join.inputs[0]);
  if (terms.chance.empty()) return condition(*join.condition);
  std::string columns;
  for (const auto& input : join.inputs) {
    const auto used = std::find_if(input->columns.begin(), input->columns.end(),
                                   [&](const auto& column) { return is_used(column.id); });
    if (used != input->columns.end()) columns += ", " + column_text(used->id) + " IS NULL";
  }
  std::string out;
  for (const TypedExpression* term : terms.stable) add_text(out, TRY(condition(*term)));
  for (const TypedExpression* term : terms.late) add_text(out, TRY(condition(*term)));
  for (const TypedExpression* term : terms.chance) {
    add_text(out, fmt::format("list_extract([{}{}], 1)", TRY(condition(*term)), columns));
  }
  return out;
}

Result<TypedExpressionPtr> Printer::settled(const TypedExpression& node, std::string& before) {
  if (node.kind == TypedKind::Lambda || is_deterministic(node)) return analysis::clone(node);
  auto column = analysis::column_node(ColumnId(-next_name_), node.type, node.at);
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
