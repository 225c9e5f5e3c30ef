// SPDX-License-Identifier: Apache-2.0
// Joins and UNNEST.
#include "analysis/typed_walk.h"
#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using analysis::JoinKind;
using types::Type;
using types::TypeKind;

namespace {

// An aggregate without keys gives a row for nothing.
bool always_has_row(const TypedRelation& node) {
  switch (node.kind) {
    case TypedRelationKind::Aggregate:
      return node.expressions.empty() && node.sets.empty();
    case TypedRelationKind::Project:
    case TypedRelationKind::Sort:
      return always_has_row(*node.inputs[0]);
    default:
      return false;
  }
}

bool is_true(const TypedExpression& node) {
  return node.kind == TypedKind::Constant && !node.constant.is_null() && node.constant.as_bool();
}

}  // namespace

Printer::Parts Printer::join(const TypedRelation& node) {
  const TypedRelation& right_node = *node.inputs[1];
  bool to_unnest =
      right_node.kind == TypedRelationKind::Unnest &&
      (node.join == JoinKind::Cross || node.join == JoinKind::Inner || node.join == JoinKind::Left);
  if (to_unnest) return unnest_join(node, right_node);
  SelectParts left = TRY(parts(*node.inputs[0]));
  SelectParts right = TRY(parts(right_node));
  constexpr std::string_view kWords[] = {"CROSS JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN",
                                         "FULL JOIN"};
  std::string condition = "true";
  bool is_outer =
      node.join == JoinKind::Left || node.join == JoinKind::Right || node.join == JoinKind::Full;
  Terms terms;
  if (node.condition && is_outer && has_subquery(*node.condition)) {
    condition = TRY(outer_condition(node, left, right));
  } else if (node.condition && is_outer) {
    condition = TRY(outer_terms(node));
  } else if (node.condition) {
    terms = terms_of(*node.condition, node);
    if (std::string early = TRY(early_terms(terms)); !early.empty()) condition = std::move(early);
  }
  SelectParts out;
  out.is_join = true;
  out.from = left.is_bare() ? left.from : from_item(left);
  std::string item = from_item(right);
  if (node.lateral)
    item = "LATERAL " + (item.starts_with("(SELECT") || item.starts_with("(WITH")
                             ? item
                             : "(SELECT * FROM " + item + ")");
  bool cross = node.join == JoinKind::Cross && !node.lateral && !node.condition;
  JoinKind kind = node.join == JoinKind::Cross && !cross ? JoinKind::Inner : node.join;
  // DuckDB loses constants of a row that is always there.
  bool matches = node.lateral && kind == JoinKind::Left && always_has_row(right_node) &&
                 (!node.condition || is_true(*node.condition));
  if (matches) kind = JoinKind::Inner;
  out.from += fmt::format(" {} {}", kWords[static_cast<int>(kind)], item);
  if (!cross) out.from += " ON " + condition;
  return filter_last(std::move(out), terms);
}

// The subqueries of ON become columns of the side that they read.
Text Printer::outer_condition(const TypedRelation& node, SelectParts& left, SelectParts& right) {
  std::vector<HoistedText> hoisted;
  std::vector<HoistedText>* outer = std::exchange(hoisted_, &hoisted);
  auto condition = this->condition(*node.condition);
  hoisted_ = outer;
  std::string out = TRY(std::move(condition));
  for (const auto& subquery : hoisted) {
    analysis::ColumnSet read;
    for (const auto& child : subquery.node->children) collect_columns(*child, read);
    bool from_right = false;
    bool from_left = false;
    for (const auto& column : node.inputs[0]->columns) {
      from_left = from_left || read.contains(column.id);
    }
    for (const auto& column : node.inputs[1]->columns) {
      from_right = from_right || read.contains(column.id);
    }
    if (from_left && from_right) {
      return types::named_error("NOT_SUPPORTED", node.span,
                                "a subquery over both sides of an outer join is not supported");
    }
    SelectParts& side = from_right ? right : left;
    SelectParts wide;
    wide.from =
        fmt::format("(SELECT *, {} AS {} FROM {})", subquery.text, subquery.name, from_item(side));
    side = std::move(wide);
  }
  return out;
}

// UNNEST as the right side of a join, over each row of the left side.
Printer::Parts Printer::unnest_join(const TypedRelation& node, const TypedRelation& unnest) {
  SelectParts left = TRY(parts(*node.inputs[0]));
  std::string from = left.is_bare() ? left.from : from_item(left);
  bool one_row = node.inputs[0]->kind == TypedRelationKind::OneRow;
  return unnest_over(unnest, one_row ? "" : std::move(from), node.join == JoinKind::Left);
}

Printer::Parts Printer::unnest(const TypedRelation& node) { return unnest_over(node, "", false); }

// Several unnest() of one SELECT go side by side and are filled up with NULL. With `keep_empty` a
// row whose lists are all empty stays, once.
Printer::Parts Printer::unnest_over(const TypedRelation& unnest, std::string from,
                                    bool keep_empty) {
  const auto& expressions = unnest.expressions;
  std::vector<std::string> lists;
  std::string before;
  bool measured = keep_empty || unnest.with_ordinality;
  for (const auto& expression : expressions) {
    std::string text = TRY(this->expression(*expression));
    if (!may_repeat(text)) {
      std::string name = fresh_name("a");
      before += (before.empty() ? "" : ", ") + text + " AS " + name;
      text = name;
    }
    lists.push_back(std::move(text));
  }
  if (!before.empty()) {
    from =
        from.empty() ? "(SELECT " + before + ")" : "(SELECT *, " + before + " FROM " + from + ")";
  }
  std::string count = "greatest(0";
  for (std::size_t i = 0; measured && i < lists.size(); ++i) {
    bool is_map = expressions[i]->type.is(TypeKind::Map);
    count += fmt::format(", coalesce({}({}), 0)", is_map ? "cardinality" : "len", lists[i]);
  }
  count = "CAST(" + count + ") AS BIGINT)";
  std::string inner;
  std::string outer;
  bool has_rows = false;
  auto item = [&](std::string list) {
    if (keep_empty) {
      list = fmt::format("CASE WHEN {} = 0 THEN [NULL] ELSE {} END", count, list);
    }
    return "unnest(" + list + ")";
  };
  auto add = [](std::string& text, std::string part) {
    if (!text.empty()) text += ", ";
    text += part;
  };
  std::size_t at = 0;
  auto name = [&] { return fmt::format("c{}", unnest.columns[at++].id.value); };
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const Type& type = expressions[i]->type;
    if (type.is(TypeKind::Map)) {
      for (std::string_view part : {"map_keys", "map_values"}) {
        std::string column = name();
        add(inner, item(fmt::format("{}({})", part, lists[i])) + " AS " + column);
      }
    } else if (type.element().is(TypeKind::Row)) {
      std::string row = fresh_name("u");
      add(inner, item(lists[i]) + " AS " + row);
      for (std::size_t f = 0; f < type.element().fields.size(); ++f) {
        add(outer, field_text(row, duckdb::row_field_name(type.element(), f)) + " AS " + name());
      }
      has_rows = true;
    } else {
      std::string column = name();
      add(inner, item(lists[i]) + " AS " + column);
    }
  }
  if (unnest.with_ordinality) {
    std::string column = name();
    add(inner, item(fmt::format("range(1, {} + 1)", count)) + " AS " + column);
  }
  for (const auto& column : unnest.columns) set_form(column.id, ColumnForm::Physical);
  SelectParts out;
  out.items = (from.empty() ? "" : "*, ") + inner;
  out.from = std::move(from);
  if (!has_rows) return out;
  SelectParts rows;
  rows.from = from_item(out);
  rows.items = "*, " + outer;
  return rows;
}

}  // namespace tarn::engine
