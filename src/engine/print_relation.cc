// SPDX-License-Identifier: Apache-2.0
// Relations: one SELECT for each operator, merged where one SELECT can say both.
#include <algorithm>

#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;

namespace {

void add_part(std::string& out, std::string_view keyword, const std::string& part) {
  if (part.empty()) return;
  if (!out.empty()) out += ' ';
  out += keyword;
  out += part;
}

bool only_columns(const std::vector<TypedExpressionPtr>& expressions) {
  return std::all_of(expressions.begin(), expressions.end(),
                     [](const auto& expression) { return expression->kind == TypedKind::Column; });
}

}  // namespace

std::string Printer::select_text(const SelectParts& parts) {
  std::string out = parts.with;
  std::string items = parts.items;
  if (items.empty()) items = parts.from.empty() ? "0 AS nothing" : "*";
  add_part(out, "SELECT ", items);
  add_part(out, "FROM ", parts.from);
  add_part(out, "WHERE ", parts.where);
  add_part(out, "", parts.tail);
  return out;
}

// For FROM; in parentheses unless it is a plain name.
std::string Printer::from_item(const SelectParts& parts) {
  if (parts.is_bare() && !parts.is_join) return parts.from;
  if (parts.is_bare()) return "(" + parts.from + ")";
  return "(" + select_text(parts) + ")";
}

std::string Printer::column_list(const std::vector<analysis::OutputColumn>& columns) const {
  std::string out;
  for (const auto& column : columns) {
    if (!out.empty()) out += ", ";
    out += fmt::format("c{}", column.id.value);
  }
  return out;
}

Text Printer::relation(const TypedRelation& node) {
  SelectParts out = TRY(parts(node));
  if (out.is_exact || node.columns.empty()) return select_text(out);
  std::string columns = column_list(node.columns);
  if (out.items.empty() && !out.from.empty()) {
    out.items = std::move(columns);
    return select_text(out);
  }
  return "SELECT " + columns + " FROM " + from_item(out);
}

Text Printer::query(const analysis::TypedQuery& query, OutputForm form) {
  mark_used(*query.relation);
  SelectParts inner = TRY(parts(*query.relation));
  std::string items;
  for (std::size_t i = 0; i < query.outputs.size(); ++i) {
    const auto& output = query.outputs[i];
    if (i > 0) items += ", ";
    std::string text = column_text(output.id);
    ColumnForm have = form_of(output.id);
    if (form == OutputForm::Stored) {
      text = to_stored(output.type, {text, have});
    } else if (have == ColumnForm::UtcInstant) {
      text = fmt::format("CASE WHEN {0} IS NOT NULL THEN {{'t': {0}, 'z': 0}} END", text);
    }
    items += fmt::format("{} AS c{}", text, i);
  }
  // A sort stays outermost, so that nothing may change its order.
  if (inner.items.empty() && !inner.from.empty()) {
    inner.items = std::move(items);
    return select_text(inner);
  }
  return "SELECT " + items + " FROM " + from_item(inner);
}

Printer::Parts Printer::parts(const TypedRelation& node) {
  switch (node.kind) {
    case TypedRelationKind::OneRow:
      return SelectParts();
    case TypedRelationKind::Scan:
      return scan(node);
    case TypedRelationKind::Values:
      return values(node);
    case TypedRelationKind::Project:
      return project(node);
    case TypedRelationKind::Filter:
      return filter(node);
    case TypedRelationKind::Join:
      return join(node);
    case TypedRelationKind::Unnest:
      return unnest(node);
    case TypedRelationKind::Aggregate:
      return aggregate(node);
    case TypedRelationKind::Window:
      return window(node);
    case TypedRelationKind::Sort:
      return sort(node);
    case TypedRelationKind::Limit:
      return limit(node);
    case TypedRelationKind::Distinct:
      return distinct(node);
    case TypedRelationKind::SetOperation:
      return set_operation(node);
    case TypedRelationKind::With:
      return with(node);
    case TypedRelationKind::CommonTable:
      return common_table(node);
    case TypedRelationKind::Sample:
      return sample(node);
  }
  return internal("unknown relation");
}

Printer::Parts Printer::scan(const TypedRelation& node) {
  const auto* source = static_cast<const ScanSource*>(node.table->handle.get());
  if (source == nullptr) {
    return types::named_error("NOT_SUPPORTED", node.span, "table {} cannot be read",
                              analysis::to_string(node.table->id));
  }
  ScanRequest request;
  if (const auto filter = filters_.find(&node); filter != filters_.end()) {
    request.filter = filter->second.get();
  }
  for (std::size_t i = 0; i < node.columns.size(); ++i) {
    if (!is_used(node.columns[i].id)) continue;
    request.columns.push_back(node.source_columns[i]);
    request.ids.push_back(node.columns[i].id);
  }
  if (const auto note = limits_.find(&node); note != limits_.end()) {
    request.rows_max = note->second.rows;
    request.order = note->second.order;
  }
  if (explains_) request.explained = &node;
  ScanText text = TRY(source->scan(request, alive_));
  if (explains_) {
    std::string columns;
    for (const std::int32_t index : request.columns) {
      columns += (columns.empty() ? "columns: " : ", ") +
                 node.table->columns[static_cast<std::size_t>(index)].name;
    }
    if (!columns.empty()) text.notes.insert(text.notes.begin(), std::move(columns));
    notes_.insert_or_assign(&node, std::move(text.notes));
  }
  SelectParts out;
  out.from = std::move(text.from);
  for (std::size_t i = 0; i < text.columns.size(); ++i) {
    if (i > 0) out.items += ", ";
    out.items += fmt::format("{} AS c{}", text.columns[i].text, request.ids[i].value);
    set_form(request.ids[i], text.columns[i].form);
  }
  out.is_exact = request.ids.size() == node.columns.size();
  if (out.items.empty()) out.items = "0 AS nothing";
  return out;
}

Printer::Parts Printer::values(const TypedRelation& node) {
  std::vector<std::string> rows;
  bool constant = true;
  for (const auto& row : node.rows) {
    std::string& text = rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      constant = constant && !has_subquery(*row[i]);
      if (i > 0) text += ", ";
      text += TRY(expression(*row[i]));
      if (node.rows.size() == 1) text += fmt::format(" AS c{}", node.columns[i].id.value);
    }
  }
  SelectParts out;
  if (rows.size() == 1) {
    out.items = std::move(rows[0]);
    out.is_exact = true;
    return out;
  }
  out.from = "(";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (constant) {
      out.from += (i == 0 ? "VALUES (" : ", (") + rows[i] + ")";
    } else {
      out.from += (i == 0 ? "SELECT " : " UNION ALL SELECT ") + rows[i];
    }
  }
  out.from += fmt::format(") AS {}({})", fresh_name("v"), column_list(node.columns));
  return out;
}

Printer::Parts Printer::project(const TypedRelation& node) {
  const TypedRelation& input_node = *node.inputs[0];
  SelectParts input = TRY(parts(input_node));
  // Over a limit other rows must not be computed.
  bool merge = input.items.empty() && (input.tail.empty() || only_columns(node.expressions));
  if (!merge) {
    SelectParts nested;
    nested.from = from_item(input);
    input = std::move(nested);
  }
  std::string items;
  std::vector<std::pair<ColumnId, ColumnForm>> forms;
  for (std::size_t i = 0; i < node.expressions.size(); ++i) {
    if (!is_used(node.columns[i].id)) continue;
    ScanColumn column = TRY(value(*node.expressions[i]));
    forms.emplace_back(node.columns[i].id, column.form);
    if (!items.empty()) items += ", ";
    items += column.text;
    std::string name = fmt::format("c{}", node.columns[i].id.value);
    if (column.text != name) items += " AS " + name;
  }
  for (const auto& [id, form] : forms) set_form(id, form);
  if (items.empty()) items = "0 AS nothing";
  input.items = std::move(items);
  input.is_exact = forms.size() == node.columns.size();
  return input;
}

Printer::Parts Printer::filter(const TypedRelation& node) {
  SelectParts out = TRY(parts(*node.inputs[0]));
  const Terms terms = terms_of(*node.condition, *node.inputs[0]);
  std::string condition = TRY(early_terms(terms));
  if (!condition.empty()) {
    if (!out.items.empty() || !out.where.empty() || !out.tail.empty()) {
      SelectParts nested;
      nested.from = from_item(out);
      out = std::move(nested);
    }
    out.where = std::move(condition);
  }
  return filter_last(std::move(out), terms);
}

Printer::Parts Printer::sort(const TypedRelation& node) {
  SelectParts input = TRY(parts(*node.inputs[0]));
  SelectParts out;
  if (input.items.empty() && input.tail.empty() && !input.from.empty()) {
    out = std::move(input);
  } else {
    out.from = from_item(input);
  }
  out.tail = "ORDER BY " + TRY(row_keys(node.keys));
  return out;
}

Printer::Parts Printer::limit(const TypedRelation& node) {
  if (node.limit && node.limit->parameter) {
    return types::named_error("INVALID_PARAMETER_USAGE", node.span, "parameter without a value");
  }
  if (node.with_ties) return limit_with_ties(node);
  note_limit(node);
  SelectParts input = TRY(parts(*node.inputs[0]));
  bool is_sort = node.inputs[0]->kind == TypedRelationKind::Sort;
  SelectParts out;
  if (is_sort || (input.items.empty() && input.tail.empty() && !input.from.empty())) {
    out = std::move(input);
  } else {
    out.from = from_item(input);
  }
  if (node.limit) {
    out.tail += fmt::format("{}LIMIT {}", out.tail.empty() ? "" : " ", node.limit->count);
  }
  if (node.offset && node.offset->count > 0) {
    out.tail += fmt::format("{}OFFSET {}", out.tail.empty() ? "" : " ", node.offset->count);
  }
  return out;
}

// The rows after OFFSET up to the last one that is equal to the row at the limit.
Printer::Parts Printer::limit_with_ties(const TypedRelation& node) {
  SelectParts input = TRY(parts(*node.inputs[0]));
  std::string keys = TRY(row_keys(node.keys));
  std::string rank = fresh_name("w");
  std::string number = fresh_name("w");
  std::int64_t offset = node.offset ? node.offset->count : 0;
  SelectParts out;
  out.from = fmt::format(
      "(SELECT *, rank() OVER (ORDER BY {0}) AS {1}, row_number() OVER (ORDER BY {0}) AS {2} FROM "
      "{3})",
      keys, rank, number, from_item(input));
  out.where = fmt::format("{} <= {} AND {} > {}", rank, node.limit->count + offset, number, offset);
  out.tail = "ORDER BY " + number;
  return out;
}

Printer::Parts Printer::distinct(const TypedRelation& node) {
  if (auto groups = TRY(pushed_distinct(node))) return *std::move(groups);
  SelectParts input = TRY(parts(*node.inputs[0]));
  bool native = true;
  std::string keys;
  std::string items;
  std::string names = column_list(node.columns);
  for (const auto& column : node.columns) {
    std::string name = fmt::format("c{}", column.id.value);
    std::string key = key_text(column.type, name, form_of(column.id));
    native = native && key == name;
    items += (items.empty() ? "" : ", ") + fmt::format("first({0}) AS {0}", name);
    keys += (keys.empty() ? "" : ", ") + key;
  }
  SelectParts out;
  out.from = from_item(input);
  if (native) {
    out.items = "DISTINCT " + names;
  } else {
    out.items = std::move(items);
    out.tail = "GROUP BY " + keys;
  }
  out.is_exact = true;
  return out;
}

Printer::Parts Printer::sample(const TypedRelation& node) {
  SelectParts input = TRY(parts(*node.inputs[0]));
  const std::string drawn = fresh_name("w");
  SelectParts out;
  out.from = fmt::format("(SELECT *, random() * 100 < {} AS {} FROM {})",
                         TRY(expression(*node.percentage)), drawn, from_item(input));
  out.where = drawn;
  return out;
}

}  // namespace tarn::engine
