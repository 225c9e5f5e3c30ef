// SPDX-License-Identifier: Apache-2.0
// GROUP BY: keys, grouping sets, and the expressions above an aggregation.
#include <algorithm>
#include <set>

#include "analysis/select_state.h"
#include "analysis/typed_walk.h"
#include "sql/printer.h"
#include "types/coercion.h"

namespace tarn::analysis {

using types::TypeKind;

namespace {

constexpr std::size_t kGroupingSetsMax = 2048;

}  // namespace

std::int32_t QueryAnalyzer::add_key(SelectState& state, TypedExpressionPtr key) {
  for (std::size_t i = 0; i < state.keys.size(); ++i) {
    if (same_expression(*state.keys[i], *key)) return static_cast<std::int32_t>(i);
  }
  // A plain column keeps its id, so that nothing above has to be rewritten.
  bool own = key->kind == TypedKind::Column &&
             std::any_of(state.scope.fields.begin(), state.scope.fields.end(),
                         [&](const Field& field) { return field.id == key->column; });
  state.key_columns.push_back({own ? key->column : new_column(), key->type});
  state.keys.push_back(std::move(key));
  return static_cast<std::int32_t>(state.keys.size() - 1);
}

Result<std::int32_t> QueryAnalyzer::group_key(SelectState& state, const sql::Expression& node,
                                              bool simple) {
  TypedExpressionPtr key;
  const auto* ordinal = sql::as<sql::IntegerLiteral>(node);
  if (ordinal && simple) {
    auto count = static_cast<std::int64_t>(state.items.size());
    if (ordinal->value < 1 || ordinal->value > count) {
      return named_error("INVALID_COLUMN_REFERENCE", node.at,
                         "GROUP BY position {} is not in select list", ordinal->value);
    }
    const auto& item = state.items[static_cast<std::size_t>(ordinal->value - 1)];
    ColumnSet ids;
    collect_columns(*item.value, ids);
    for (const auto& call : state.collector.aggregates) {
      if (!ids.contains(call.id)) continue;
      return named_error("EXPRESSION_NOT_SCALAR", item.at,
                         "GROUP BY clause cannot contain aggregations, window functions or "
                         "grouping operations: [{}]",
                         item.node ? sql::print(*item.node) : "*");
    }
    key = clone(*item.value);
  } else {
    ExpressionContext context = state.context;
    context.collector = nullptr;
    context.clause = "GROUP BY clause";
    context.clause_at = node.at;
    key = TRY(bind(node, context));
    bool column = key->kind == TypedKind::Column || key->kind == TypedKind::Field;
    if (!simple && !column) {
      return named_error("INVALID_COLUMN_REFERENCE", node.at,
                         "GROUP BY expression must be a column reference: {}", sql::print(node));
    }
  }
  if (!types::is_comparable(key->type)) {
    return named_error("TYPE_MISMATCH", node.at,
                       "{} is not comparable, and therefore cannot be used in GROUP BY",
                       text_of(key->type));
  }
  return add_key(state, std::move(key));
}

// The grouping sets of one element.
Result<std::vector<std::vector<std::int32_t>>> QueryAnalyzer::grouping_element(
    SelectState& state, const sql::GroupingElement& element) {
  using Kind = sql::GroupingElement::Kind;
  std::vector<std::vector<std::int32_t>> parts;
  for (const auto& set : element.sets) {
    std::vector<std::int32_t> indices;
    for (const auto& node : set) {
      indices.push_back(TRY(group_key(state, *node, element.kind == Kind::Simple)));
    }
    parts.push_back(std::move(indices));
  }
  if (element.kind == Kind::Auto) {
    std::vector<std::int32_t> indices;
    for (const auto& item : state.items) {
      ColumnSet ids;
      collect_columns(*item.value, ids);
      auto uses = [&](const auto& calls) {
        return std::any_of(calls.begin(), calls.end(),
                           [&](const auto& call) { return ids.contains(call.id); });
      };
      bool computed = uses(state.collector.aggregates) || uses(state.collector.windows) ||
                      uses(state.collector.groupings);
      if (!computed) indices.push_back(add_key(state, clone(*item.value)));
    }
    parts.push_back(std::move(indices));
  }
  if (element.kind == Kind::Rollup) {
    std::vector<std::vector<std::int32_t>> sets;
    std::vector<std::int32_t> prefix;
    sets.push_back(prefix);
    for (const auto& part : parts) {
      prefix.insert(prefix.end(), part.begin(), part.end());
      sets.insert(sets.begin(), prefix);
    }
    return sets;
  }
  if (element.kind == Kind::Cube) {
    if (parts.size() > 11) {
      return named_error("TOO_MANY_GROUPING_SETS", element.span,
                         "GROUP BY has more than {} grouping sets", kGroupingSetsMax);
    }
    std::vector<std::vector<std::int32_t>> sets;
    for (std::size_t mask = std::size_t{1} << parts.size(); mask-- > 0;) {
      std::vector<std::int32_t> set;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        if (mask >> i & 1) set.insert(set.end(), parts[i].begin(), parts[i].end());
      }
      sets.push_back(std::move(set));
    }
    return sets;
  }
  return parts;
}

Result<void> QueryAnalyzer::group_keys(SelectState& state) {
  if (!state.node.group_by) return {};
  std::vector<std::vector<std::int32_t>> product{{}};
  for (const auto& element : state.node.group_by->elements) {
    auto sets = TRY(grouping_element(state, element));
    std::vector<std::vector<std::int32_t>> next;
    if (product.size() * sets.size() > kGroupingSetsMax) {
      return named_error("TOO_MANY_GROUPING_SETS", state.node.group_by->span,
                         "GROUP BY has more than {} grouping sets", kGroupingSetsMax);
    }
    for (const auto& left : product) {
      for (const auto& right : sets) {
        auto both = left;
        both.insert(both.end(), right.begin(), right.end());
        next.push_back(std::move(both));
      }
    }
    product = std::move(next);
  }
  for (auto& set : product) {
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
  }
  if (state.node.group_by->distinct) {
    std::set<std::vector<std::int32_t>> seen;
    std::erase_if(product, [&](const auto& set) { return !seen.insert(set).second; });
  }
  bool plain = product.size() == 1 && product[0].size() == state.keys.size();
  if (!plain || state.keys.empty()) state.sets = std::move(product);
  return {};
}

// Replaces what equals a key by the key's column; a column of FROM that remains is an error.
Result<void> QueryAnalyzer::replace_keys(SelectState& state, TypedExpressionPtr& expression,
                                         const TextSpan& at, std::string_view text) {
  for (std::size_t i = 0; i < state.keys.size(); ++i) {
    if (same_expression(*state.keys[i], *expression)) {
      expression = reference(state.key_columns[i], expression->at);
      return {};
    }
  }
  auto is_grouped = [&](ColumnId id) {
    bool of_source = std::any_of(state.scope.fields.begin(), state.scope.fields.end(),
                                 [&](const Field& field) { return field.id == id; });
    return !of_source || std::any_of(state.key_columns.begin(), state.key_columns.end(),
                                     [&](const OutputColumn& key) { return key.id == id; });
  };
  ColumnSet ids;
  if (expression->kind == TypedKind::Column) ids.insert(expression->column);
  if (expression->relation) collect_columns(*expression->relation, ids);
  for (ColumnId id : ids) {
    if (is_grouped(id)) continue;
    return named_error("EXPRESSION_NOT_AGGREGATE", at,
                       "'{}' must be an aggregate expression or appear in GROUP BY clause", text);
  }
  for (auto& child : expression->children) TRY(replace_keys(state, child, at, text));
  return {};
}

Result<void> QueryAnalyzer::build_aggregate(SelectState& state) {
  auto aggregate = make_relation(TypedRelationKind::Aggregate, state.node.span);
  for (auto& item : state.items) {
    std::string text = item.node ? sql::print(*item.node) : item.name.value_or("*");
    TRY(replace_keys(state, item.value, item.at, text));
  }
  if (state.having) {
    TRY(replace_keys(state, state.having, state.node.having->at, sql::print(*state.node.having)));
  }
  for (std::size_t i = 0; i < state.order.size(); ++i) {
    const auto& node = *state.query.order_by[i].key;
    TRY(replace_keys(state, state.order[i].key, node.at, sql::print(node)));
  }
  for (auto& call : state.collector.windows) {
    auto replace = [&](TypedExpressionPtr& value) {
      return replace_keys(state, value, call.at, "window function");
    };
    for (auto& argument : call.arguments) TRY(replace(argument));
    for (auto& key : call.partition_by) TRY(replace(key));
    for (auto& key : call.order_by) TRY(replace(key.key));
    for (auto& key : call.argument_order) TRY(replace(key.key));
    if (call.filter) TRY(replace(call.filter));
    if (call.start.distance) TRY(replace(call.start.distance));
    if (call.end.distance) TRY(replace(call.end.distance));
  }
  if (!state.collector.groupings.empty() && !state.node.group_by) {
    return named_error("MISSING_GROUP_BY", state.node.span,
                       "A GROUPING() operation can only be used with a corresponding GROUPING "
                       "SET/CUBE/ROLLUP/GROUP BY clause");
  }
  for (auto& pending : state.collector.groupings) {
    GroupingCall call{pending.id, pending.type, {}};
    for (const auto& column : pending.columns) {
      auto found = std::find_if(state.keys.begin(), state.keys.end(),
                                [&](const auto& key) { return same_expression(*key, *column); });
      if (found == state.keys.end()) {
        return named_error("INVALID_ARGUMENTS", pending.at,
                           "The arguments to GROUPING() must be expressions referenced by the "
                           "GROUP BY at the associated query level");
      }
      call.keys.push_back(static_cast<std::int32_t>(found - state.keys.begin()));
    }
    aggregate->groupings.push_back(std::move(call));
  }
  aggregate->columns = state.key_columns;
  for (const auto& call : state.collector.aggregates) {
    aggregate->columns.push_back({call.id, call.type});
  }
  for (const auto& call : aggregate->groupings) aggregate->columns.push_back({call.id, call.type});
  aggregate->expressions = std::move(state.keys);
  aggregate->sets = std::move(state.sets);
  aggregate->aggregates = std::move(state.collector.aggregates);
  aggregate->inputs.push_back(std::move(state.source.relation));
  state.source.relation = std::move(aggregate);
  if (state.having) put_filter(state.source.relation, std::move(state.having));
  return {};
}

}  // namespace tarn::analysis
