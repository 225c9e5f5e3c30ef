// SPDX-License-Identifier: Apache-2.0
// Subqueries in expressions, with SQL's three truth values.
#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/nested.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;

namespace {

struct QuantifiedForm {
  Comparison op;
  std::string_view sign;
};

QuantifiedForm quantified_form(const TypedExpression& node) {
  const std::string& name = node.function->name;
  Comparison op = name == "$equal"       ? Comparison::Equal
                  : name == "$not_equal" ? Comparison::NotEqual
                  : name == "$less_than" ? Comparison::Less
                                         : Comparison::LessOrEqual;
  return {op, node.name};
}

}  // namespace

Text Printer::scalar_subquery(const TypedExpression& node) {
  const auto& column = node.relation->columns[0];
  std::string text = TRY(relation(*node.relation));
  std::string outer = fmt::format("c{}", column.id.value);
  if (form_of(column.id) == ColumnForm::Physical) return "(" + text + ")";
  return fmt::format("(SELECT CASE WHEN {0} IS NOT NULL THEN {{'t': {0}, 'z': 0}} END FROM ({1}))",
                     outer, text);
}

Text Printer::exists(const TypedExpression& node) {
  return "EXISTS (" + TRY(relation(*node.relation)) + ")";
}

Text Printer::in_subquery(const TypedExpression& node) {
  const Type& type = node.children[0]->type;
  if (types::is_nested(type)) return counted(node, false);
  std::string left = TRY(comparable(*node.children[0]));
  std::string rows = TRY(relation(*node.relation));
  const auto& column = node.relation->columns[0];
  std::string name = fmt::format("c{}", column.id.value);
  std::string key = key_text(type, name, form_of(column.id));
  if (is_floating(type)) {
    // No row equals NaN.
    return fmt::format("({} IN (SELECT {} FROM ({}) WHERE {} IS NULL OR NOT isnan({})))", left, key,
                       rows, name, name);
  }
  if (key == name) return fmt::format("({} IN ({}))", left, rows);
  return fmt::format("({} IN (SELECT {} FROM ({})))", left, key, rows);
}

Text Printer::quantified(const TypedExpression& node) {
  const Type& type = node.children[0]->type;
  QuantifiedForm form = quantified_form(node);
  bool native = (duckdb::compares_natively(type) && !is_floating(type)) || is_instant(type);
  if (!native) return counted(node, node.all);
  std::string left = TRY(comparable(*node.children[0]));
  std::string rows = TRY(relation(*node.relation));
  const auto& column = node.relation->columns[0];
  std::string name = fmt::format("c{}", column.id.value);
  std::string key = key_text(type, name, form_of(column.id));
  return fmt::format("({} {} {} (SELECT {} FROM ({})))", left, form.sign, node.all ? "ALL" : "ANY",
                     key, rows);
}

// Counts for how many rows the comparison is true, and for how many it is not known.
Text Printer::counted(const TypedExpression& node, bool all) {
  const TypedExpression& left = *node.children[0];
  const auto& column = node.relation->columns[0];
  std::string rows = TRY(relation(*node.relation));
  const auto item = analysis::column_node(column.id, column.type);
  Comparison op = quantified_form(node).op;
  std::string test =
      TRY(node.swapped ? compare(op, left.type, *item, left) : compare(op, left.type, left, *item));
  return fmt::format(
      "(SELECT CASE WHEN count(*) FILTER (WHERE {0} t) > 0 THEN {1} WHEN count(*) FILTER (WHERE t "
      "IS NULL) > 0 THEN NULL ELSE {2} END FROM (SELECT {3} AS t FROM ({4})))",
      all ? "NOT" : "", all ? "false" : "true", all ? "true" : "false", test, rows);
}

}  // namespace tarn::engine
