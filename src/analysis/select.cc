// SPDX-License-Identifier: Apache-2.0
// SELECT: items, GROUP BY, HAVING, windows, DISTINCT, ORDER BY and the limits, in this order:
//
//   from, where, Aggregate, having, Window, Project, Distinct, Sort, Limit, Project
#include <algorithm>

#include "analysis/select_state.h"
#include "analysis/typed_walk.h"
#include "base/text.h"
#include "sql/printer.h"
#include "types/coercion.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

void QueryAnalyzer::put_filter(TypedRelationPtr& relation, TypedExpressionPtr condition) {
  relation = over(TypedRelationKind::Filter, std::move(relation));
  relation->condition = std::move(condition);
}

QueryAnalyzer::Relation QueryAnalyzer::select(const sql::Select& node, const sql::Query& query,
                                              const Scope* outer, const NamedTables* tables) {
  SelectState state{node, query, {}, {}, tables, {}, {}, {}, {}, {}, {}, nullptr, {}, false};
  if (node.from) {
    state.source = TRY(relation(*node.from, outer, tables));
  } else {
    state.source.relation = make_relation(TypedRelationKind::OneRow, node.span);
  }
  state.scope.parent = outer;
  state.scope.fields = state.source.fields;
  state.context.scope = &state.scope;
  state.context.tables = tables;
  state.context.select_at = node.span;
  if (node.where) {
    state.context.clause = "WHERE clause";
    state.context.clause_at = node.where->at;
    TypedExpressionPtr condition = TRY(bind_boolean(*node.where, state.context, "WHERE clause"));
    put_filter(state.source.relation, std::move(condition));
  }
  state.context.collector = &state.collector;
  state.context.windows = &node.windows;
  TRY(select_items(state));
  TRY(group_keys(state));
  if (node.having) {
    std::size_t windows = state.collector.windows.size();
    state.having = TRY(bind_boolean(*node.having, state.context, "HAVING clause"));
    if (state.collector.windows.size() != windows) {
      return named_error("NESTED_WINDOW", node.having->at,
                         "HAVING clause cannot contain window functions");
    }
  }
  TRY(order_keys(state));
  state.aggregated = node.group_by || node.having || !state.collector.aggregates.empty() ||
                     !state.collector.groupings.empty();
  return build_select(state);
}

Result<void> QueryAnalyzer::select_items(SelectState& state) {
  for (const auto& item : state.node.items) {
    if (item.star) {
      TRY(star_item(state, item));
      continue;
    }
    SelectState::Item bound;
    bound.node = item.expression.get();
    bound.at = item.expression->at;
    bound.value = TRY(bind(*item.expression, state.context));
    if (item.alias) {
      bound.name = item.alias->value;
    } else if (const auto* column = sql::as<sql::ColumnReference>(*item.expression)) {
      bound.name = column->name.value;
    } else if (const auto* field = sql::as<sql::Dereference>(*item.expression);
               field && name_parts(*field)) {
      bound.name = field->field.value;
    }
    if (state.node.distinct && !types::is_comparable(bound.value->type)) {
      return named_error("TYPE_MISMATCH", bound.at,
                         "DISTINCT can only be applied to comparable types (actual: {}): {}",
                         text_of(bound.value->type), sql::print(*item.expression));
    }
    state.items.push_back(std::move(bound));
  }
  for (auto& item : state.items) item.id = new_column();
  return {};
}

// `*`, `t.*` and `row.*`.
Result<void> QueryAnalyzer::star_item(SelectState& state, const sql::SelectItem& item) {
  std::vector<SelectState::Item> added;
  auto add = [&](std::optional<std::string> name, TypedExpressionPtr value,
                 std::vector<std::string> relation) {
    SelectState::Item bound;
    bound.name = std::move(name);
    bound.value = std::move(value);
    bound.at = item.span;
    bound.relation = std::move(relation);
    added.push_back(std::move(bound));
  };
  if (!item.expression) {
    if (!state.node.from) {
      return named_error("COLUMN_NOT_FOUND", item.span,
                         "SELECT * not allowed in queries without FROM clause");
    }
    for (const Field& field : state.source.fields) {
      if (!field.hidden) add(field.name, column_of(field, item.span), field.relation);
    }
  } else {
    auto parts = name_parts(*item.expression);
    std::vector<const Field*> fields;
    if (parts) fields = find_relation(state.scope, *parts);
    for (const Field* field : fields) {
      if (!field->hidden) add(field->name, column_of(*field, item.span), field->relation);
    }
    if (fields.empty()) {
      if (parts && !find_field(state.scope, {parts->front()}).field &&
          !find_field(state.scope, *parts).field) {
        return named_error("TABLE_NOT_FOUND", item.span, "Unable to resolve reference {}",
                           sql::print(*item.expression));
      }
      TypedExpressionPtr row = TRY(bind(*item.expression, state.context));
      if (!row->type.is(TypeKind::Row)) {
        return named_error("TYPE_MISMATCH", item.span,
                           "expected type of Row for expression {}, but found: {}",
                           sql::print(*item.expression), text_of(row->type));
      }
      for (std::size_t i = 0; i < row->type.fields.size(); ++i) {
        auto value = std::make_unique<TypedExpression>();
        value->kind = TypedKind::Field;
        value->type = row->type.fields[i].type;
        value->at = item.span;
        value->index = static_cast<std::int32_t>(i);
        value->children.push_back(clone(*row));
        add(row->type.fields[i].name, std::move(value), {});
      }
    }
    if (!item.columns.empty()) {
      if (item.columns.size() != added.size()) {
        return named_error("MISMATCHED_COLUMN_ALIASES", item.span,
                           "Column alias list has {} entries but relation has {} columns",
                           item.columns.size(), added.size());
      }
      for (std::size_t i = 0; i < added.size(); ++i) {
        // Trino takes these names in their canonical form.
        const sql::Identifier& name = item.columns[i];
        added[i].name = name.quoted ? name.value : to_upper(name.value);
      }
    }
  }
  for (auto& bound : added) state.items.push_back(std::move(bound));
  return {};
}

void QueryAnalyzer::inline_outputs(const SelectState& state, TypedExpressionPtr& expression) {
  for (const auto& item : state.items) {
    if (expression->kind == TypedKind::Column && expression->column == item.id) {
      expression = clone(*item.value);
      return;
    }
  }
  for (auto& child : expression->children) inline_outputs(state, child);
}

void QueryAnalyzer::inline_outputs(const SelectState& state, WindowCall& call) {
  for (auto& argument : call.arguments) inline_outputs(state, argument);
  for (auto& key : call.partition_by) inline_outputs(state, key);
  for (auto& key : call.order_by) inline_outputs(state, key.key);
  for (auto& key : call.argument_order) inline_outputs(state, key.key);
  if (call.filter) inline_outputs(state, call.filter);
  if (call.start.distance) inline_outputs(state, call.start.distance);
  if (call.end.distance) inline_outputs(state, call.end.distance);
}

// ORDER BY sees the output columns first, then what FROM gives.
Result<void> QueryAnalyzer::order_keys(SelectState& state) {
  Scope scope;
  scope.parent = &state.scope;
  for (const auto& item : state.items) {
    Field field;
    field.name = item.name;
    field.relation = item.relation;
    field.type = item.value->type;
    field.id = item.id;
    scope.fields.push_back(std::move(field));
  }
  ExpressionContext context = state.context;
  context.scope = &scope;
  std::vector<SortKey> keys;
  for (const auto& sort : state.query.order_by) {
    SortKey key;
    if (const auto* ordinal = sql::as<sql::IntegerLiteral>(*sort.key)) {
      auto count = static_cast<std::int64_t>(state.items.size());
      if (ordinal->value < 1 || ordinal->value > count) {
        return named_error("INVALID_COLUMN_REFERENCE", sort.key->at,
                           "ORDER BY position {} is not in select list", ordinal->value);
      }
      const auto& item = state.items[static_cast<std::size_t>(ordinal->value - 1)];
      key.key = reference({item.id, item.value->type}, sort.key->at);
    } else {
      key.key = TRY(bind(*sort.key, context));
    }
    if (!types::is_orderable(key.key->type)) {
      return named_error("TYPE_MISMATCH", sort.key->at,
                         "Type {} is not orderable, and therefore cannot be used in ORDER BY: {}",
                         text_of(key.key->type), sql::print(*sort.key));
    }
    key.descending = sort.direction == sql::SortDirection::Descending;
    key.nulls_first = sort.nulls == sql::NullOrder::First;
    state.order.push_back(std::move(key));
  }
  // Aggregates and windows are computed below the projection: a window reads what an output column
  // is made of, an aggregate must not name one.
  ColumnSet ids;
  for (const auto& call : state.collector.aggregates) {
    for (const auto& argument : call.arguments) collect_columns(*argument, ids);
    collect_columns(call.order_by, ids);
    if (call.filter) collect_columns(*call.filter, ids);
  }
  for (auto& call : state.collector.windows) inline_outputs(state, call);
  for (const auto& item : state.items) {
    if (!ids.contains(item.id)) continue;
    return named_error("COLUMN_NOT_FOUND", state.query.order_by.front().span,
                       "Invalid reference to output projection attribute from ORDER BY "
                       "aggregation");
  }
  return {};
}

Result<void> QueryAnalyzer::build_windows(SelectState& state) {
  if (state.collector.windows.empty()) return {};
  auto window = over(TypedRelationKind::Window, std::move(state.source.relation));
  for (const auto& call : state.collector.windows) window->columns.push_back({call.id, call.type});
  window->windows = std::move(state.collector.windows);
  state.source.relation = std::move(window);
  return {};
}

QueryAnalyzer::Relation QueryAnalyzer::build_select(SelectState& state) {
  if (state.aggregated) TRY(build_aggregate(state));
  TRY(build_windows(state));
  const TextSpan& span = state.node.span;
  TypedRelationPtr input = std::move(state.source.relation);
  std::vector<OutputColumn> input_columns = input->columns;
  auto project = make_relation(TypedRelationKind::Project, span);
  project->inputs.push_back(std::move(input));
  if (state.node.distinct) {
    for (auto& key : state.order) {
      for (const auto& item : state.items) {
        if (same_expression(*key.key, *item.value)) {
          key.key = reference({item.id, item.value->type}, key.key->at);
        }
      }
      bool listed = std::any_of(state.items.begin(), state.items.end(), [&](const auto& item) {
        return key.key->kind == TypedKind::Column && key.key->column == item.id;
      });
      if (!listed) {
        return named_error("EXPRESSION_NOT_IN_DISTINCT", span,
                           "For SELECT DISTINCT, ORDER BY expressions must appear in select list");
      }
    }
  }
  BoundRelation bound;
  std::vector<OutputColumn> outputs;
  for (auto& item : state.items) {
    outputs.push_back({item.id, item.value->type});
    project->columns.push_back(outputs.back());
    bound.fields.push_back({item.name, item.relation, item.value->type, item.id, false});
    project->expressions.push_back(std::move(item.value));
  }
  ColumnSet needed;
  collect_columns(state.order, needed);
  for (const auto& column : input_columns) {
    if (!needed.contains(column.id)) continue;
    project->columns.push_back(column);
    project->expressions.push_back(reference(column, span));
  }
  bool extra = project->columns.size() > outputs.size();
  TypedRelationPtr relation = std::move(project);
  if (state.node.distinct) relation = over(TypedRelationKind::Distinct, std::move(relation));
  std::vector<SortKey> tie_keys;
  if (!state.order.empty()) {
    if (state.query.with_ties) {
      for (const auto& key : state.order) {
        tie_keys.push_back({clone(*key.key), key.descending, key.nulls_first});
      }
    }
    relation = over(TypedRelationKind::Sort, std::move(relation));
    relation->keys = std::move(state.order);
  }
  TRY(apply_limits(state.query, relation, std::move(tie_keys)));
  if (extra) {
    auto final_project = make_relation(TypedRelationKind::Project, span);
    for (const auto& column : outputs) {
      final_project->columns.push_back(column);
      final_project->expressions.push_back(reference(column, span));
    }
    final_project->inputs.push_back(std::move(relation));
    relation = std::move(final_project);
  }
  bound.relation = std::move(relation);
  return bound;
}

Result<void> QueryAnalyzer::apply_limits(const sql::Query& query, TypedRelationPtr& relation,
                                         std::vector<SortKey> tie_keys) {
  if (!query.offset && !query.limit && !query.fetch) return {};
  if (query.with_ties && query.order_by.empty()) {
    return named_error("MISSING_ORDER_BY", query.fetch ? query.fetch->span : query.span,
                       "FETCH FIRST WITH TIES clause requires ORDER BY");
  }
  relation = over(TypedRelationKind::Limit, std::move(relation));
  if (query.offset) relation->offset = TRY(row_limit(*query.offset));
  if (query.limit) relation->limit = TRY(row_limit(*query.limit));
  if (query.fetch) {
    relation->limit = TRY(row_limit(*query.fetch));
    if (relation->limit->count < 1) {
      return named_error("NUMERIC_VALUE_OUT_OF_RANGE", query.fetch->span,
                         "FETCH FIRST row count must be positive (actual value: {})",
                         relation->limit->count);
    }
  }
  relation->with_ties = query.with_ties;
  relation->keys = std::move(tie_keys);
  return {};
}

}  // namespace tarn::analysis
