// SPDX-License-Identifier: Apache-2.0
// Set operations, common tables and recursion.
#include <algorithm>

#include "engine/print_state.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using analysis::OutputColumn;
using analysis::TypedSetOperator;

namespace {

constexpr int kRecursionMax = 200;
constexpr int kCopiesMax = 1000;

}  // namespace

std::vector<ColumnForm> Printer::forms_of(const std::vector<OutputColumn>& columns) const {
  std::vector<ColumnForm> out;
  for (const auto& column : columns) out.push_back(form_of(column.id));
  return out;
}

// A SELECT of the columns, where an instant that is plain gets a zone if it must.
std::string Printer::in_forms(std::string text, const std::vector<OutputColumn>& columns,
                              const std::vector<ColumnForm>& own,
                              const std::vector<ColumnForm>& forms) {
  if (own == forms) return text;
  std::string items;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::string name = fmt::format("c{}", columns[i].id.value);
    if (i > 0) items += ", ";
    if (own[i] == forms[i]) {
      items += name;
    } else {
      items += fmt::format("CASE WHEN {0} IS NOT NULL THEN {{'t': {0}, 'z': 0}} END AS {0}", name);
    }
  }
  return "SELECT " + items + " FROM (" + text + ")";
}

Printer::Parts Printer::set_operation(const TypedRelation& node) {
  // Instants stay plain if they are in all inputs; forms are known once an input is printed.
  std::vector<ColumnForm> forms;
  std::vector<std::string> texts;
  std::vector<std::vector<ColumnForm>> own_forms;
  for (const auto& input : node.inputs) {
    texts.push_back(TRY(relation(*input)));
    own_forms.push_back(forms_of(input->columns));
    if (forms.empty()) forms = own_forms.back();
    for (std::size_t i = 0; i < forms.size(); ++i) {
      if (own_forms.back()[i] != forms[i]) forms[i] = ColumnForm::Physical;
    }
  }
  bool distinct = !node.all || node.set_operator != TypedSetOperator::Union;
  bool native = true;
  for (std::size_t i = 0; distinct && i < node.columns.size(); ++i) {
    native = native && key_text(node.columns[i].type, "c", forms[i]) == "c";
  }
  bool is_union = node.set_operator == TypedSetOperator::Union;
  if (!native && !is_union) {
    return types::named_error("NOT_SUPPORTED", node.span,
                              "INTERSECT and EXCEPT of these types are not supported yet");
  }
  constexpr std::string_view kWords[] = {" UNION ", " INTERSECT ", " EXCEPT "};
  std::string text;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!text.empty()) {
      text = "(" + text + ")" + std::string(kWords[static_cast<int>(node.set_operator)]);
      if (node.all || !native) text += "ALL ";
    }
    std::string part = in_forms(std::move(texts[i]), node.inputs[i]->columns, own_forms[i], forms);
    text += text.empty() ? part : "(" + part + ")";
  }
  for (std::size_t i = 0; i < forms.size(); ++i) set_form(node.columns[i].id, forms[i]);
  SelectParts out;
  out.from = fmt::format("({}) AS {}({})", text, fresh_name("s"), column_list(node.columns));
  if (native) return out;
  std::string keys;
  for (const auto& column : node.columns) {
    std::string name = fmt::format("c{}", column.id.value);
    out.items += (out.items.empty() ? "" : ", ") + fmt::format("first({0}) AS {0}", name);
    keys += (keys.empty() ? "" : ", ") + key_text(column.type, name, form_of(column.id));
  }
  out.tail = "GROUP BY " + keys;
  out.is_exact = true;
  return out;
}

Printer::Parts Printer::with(const TypedRelation& node) {
  std::string text;
  for (const auto& definition : node.definitions) {
    std::string name = fmt::format("t{}", definition.index);
    if (definition.step) {
      text += (text.empty() ? "" : ", ") + TRY(recursion(definition));
      std::vector<ColumnForm> forms(definition.columns.size(), ColumnForm::Physical);
      common_tables_[definition.index] = {name, std::move(forms)};
      continue;
    }
    if (is_unsettled(*definition.relation)) {
      common_tables_[definition.index] = {{}, {}, definition.relation.get()};
      continue;
    }
    std::string body = TRY(relation(*definition.relation));
    common_tables_[definition.index] = {name, forms_of(definition.relation->columns)};
    text += fmt::format("{}{} AS ({})", text.empty() ? "" : ", ", name, body);
  }
  SelectParts input = TRY(parts(*node.inputs[0]));
  SelectParts out;
  if (text.empty()) return input;
  if (input.with.empty()) {
    out = std::move(input);
  } else {
    out.from = from_item(input);
  }
  out.with = "WITH " + text;
  return out;
}

// Trino runs the step at most max_recursion_depth times, and so do we: one table for each round,
// and an error if the last one leaves rows.
Text Printer::recursion(const analysis::CommonTableDefinition& definition) {
  int rounds = session_.max_recursion_depth;
  if (rounds > kRecursionMax) {
    return types::named_error("NOT_SUPPORTED", definition.relation->span,
                              "a recursion depth above {} is not supported", kRecursionMax);
  }
  std::vector<ColumnForm> forms(definition.columns.size(), ColumnForm::Physical);
  std::string name = fmt::format("t{}", definition.index);
  std::string text;
  std::string all;
  for (int round = 0; round <= rounds + 1; ++round) {
    const TypedRelation& body = round == 0 ? *definition.relation : *definition.step;
    std::string part = TRY(relation(body));
    part = in_forms(std::move(part), body.columns, forms_of(body.columns), forms);
    std::string own = fmt::format("{}r{}", name, round);
    common_tables_[definition.index] = {own, forms};
    if (round > rounds) {
      part = fmt::format(
          "SELECT * FROM ({}) WHERE CAST(error('NOT_SUPPORTED: Recursion depth limit exceeded "
          "({}). Use ''max_recursion_depth'' session property to modify the limit.') AS BOOLEAN)",
          part, rounds);
    }
    std::string columns = column_list(definition.columns);
    text += fmt::format("{}({}) AS MATERIALIZED ({}), ", own, columns, part);
    all += fmt::format("{}SELECT * FROM {}", round == 0 ? "" : " UNION ALL ", own);
  }
  if (definition.distinct) {
    for (const auto& column : definition.columns) {
      if (key_text(column.type, "c", ColumnForm::Physical) == "c") continue;
      return types::named_error("NOT_SUPPORTED", definition.relation->span,
                                "recursive UNION DISTINCT of {} is not supported yet",
                                types::to_sql_text(column.type));
    }
    all = fmt::format("SELECT DISTINCT * FROM ({})", all);
  }
  return fmt::format("{}{} AS ({})", text, name, all);
}

Printer::Parts Printer::common_table(const TypedRelation& node) {
  auto found = common_tables_.find(node.index);
  if (found == common_tables_.end()) return internal("common table {} is not known", node.index);
  const CommonTable table = found->second;
  SelectParts out;
  if (table.unsettled != nullptr) {
    if (++copies_ > kCopiesMax) {
      return types::named_error("NOT_SUPPORTED", node.span,
                                "too many uses of a common table that calls random functions");
    }
    const std::string body = TRY(relation(*table.unsettled));
    const auto forms = forms_of(table.unsettled->columns);
    for (std::size_t i = 0; i < node.columns.size(); ++i) set_form(node.columns[i].id, forms[i]);
    out.from = fmt::format("({}) AS {}({})", body, fresh_name("r"), column_list(node.columns));
    return out;
  }
  for (std::size_t i = 0; i < node.columns.size(); ++i) {
    set_form(node.columns[i].id, table.forms[i]);
  }
  out.from = fmt::format("{} AS {}({})", table.name, fresh_name("r"), column_list(node.columns));
  return out;
}

}  // namespace tarn::engine
