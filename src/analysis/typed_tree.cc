// SPDX-License-Identifier: Apache-2.0
#include "analysis/typed_tree.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::analysis {

TypedExpressionPtr column_node(ColumnId id, types::Type type, const TextSpan& at) {
  auto node = std::make_unique<TypedExpression>();
  node->kind = TypedKind::Column;
  node->column = id;
  node->type = std::move(type);
  node->at = at;
  return node;
}

TypedExpressionPtr clone(const TypedExpression& expression) {
  auto copy = std::make_unique<TypedExpression>();
  copy->kind = expression.kind;
  copy->type = expression.type;
  copy->at = expression.at;
  for (const auto& child : expression.children) copy->children.push_back(clone(*child));
  copy->constant = expression.constant;
  copy->column = expression.column;
  copy->function = expression.function;
  copy->parameters = expression.parameters;
  copy->compared_type = expression.compared_type;
  copy->name = expression.name;
  copy->index = expression.index;
  copy->null_on_error = expression.null_on_error;
  copy->implicit = expression.implicit;
  copy->swapped = expression.swapped;
  copy->all = expression.all;
  if (expression.relation) copy->relation = clone(*expression.relation);
  return copy;
}

namespace {

TypedExpressionPtr clone_optional(const TypedExpressionPtr& expression) {
  return expression ? clone(*expression) : nullptr;
}

std::vector<TypedExpressionPtr> clone_all(const std::vector<TypedExpressionPtr>& expressions) {
  std::vector<TypedExpressionPtr> copies;
  for (const auto& expression : expressions) copies.push_back(clone(*expression));
  return copies;
}

std::vector<SortKey> clone_keys(const std::vector<SortKey>& keys) {
  std::vector<SortKey> copies;
  for (const auto& key : keys) {
    copies.push_back({clone(*key.key), key.descending, key.nulls_first});
  }
  return copies;
}

AggregateCall clone_call(const AggregateCall& call) {
  return {call.id,
          call.type,
          call.at,
          call.function,
          clone_all(call.arguments),
          call.distinct,
          clone_keys(call.order_by),
          clone_optional(call.filter)};
}

WindowCall clone_call(const WindowCall& call) {
  WindowCall copy;
  copy.id = call.id;
  copy.type = call.type;
  copy.at = call.at;
  copy.function = call.function;
  copy.arguments = clone_all(call.arguments);
  copy.distinct = call.distinct;
  copy.ignore_nulls = call.ignore_nulls;
  copy.filter = clone_optional(call.filter);
  copy.argument_order = clone_keys(call.argument_order);
  copy.partition_by = clone_all(call.partition_by);
  copy.order_by = clone_keys(call.order_by);
  copy.has_frame = call.has_frame;
  copy.unit = call.unit;
  copy.start = {call.start.kind, clone_optional(call.start.distance)};
  copy.end = {call.end.kind, clone_optional(call.end.distance)};
  return copy;
}

}  // namespace

TypedRelationPtr clone(const TypedRelation& relation) {
  auto copy = std::make_unique<TypedRelation>();
  copy->kind = relation.kind;
  copy->span = relation.span;
  copy->columns = relation.columns;
  for (const auto& input : relation.inputs) copy->inputs.push_back(clone(*input));
  copy->expressions = clone_all(relation.expressions);
  copy->table = relation.table;
  copy->source_columns = relation.source_columns;
  for (const auto& row : relation.rows) copy->rows.push_back(clone_all(row));
  copy->condition = clone_optional(relation.condition);
  copy->join = relation.join;
  copy->lateral = relation.lateral;
  copy->with_ordinality = relation.with_ordinality;
  copy->sets = relation.sets;
  for (const auto& call : relation.aggregates) copy->aggregates.push_back(clone_call(call));
  copy->groupings = relation.groupings;
  for (const auto& call : relation.windows) copy->windows.push_back(clone_call(call));
  copy->keys = clone_keys(relation.keys);
  copy->offset = relation.offset;
  copy->limit = relation.limit;
  copy->with_ties = relation.with_ties;
  copy->set_operator = relation.set_operator;
  copy->all = relation.all;
  for (const auto& definition : relation.definitions) {
    CommonTableDefinition made{definition.index, definition.name, definition.columns,
                               clone(*definition.relation), nullptr};
    if (definition.step) made.step = clone(*definition.step);
    copy->definitions.push_back(std::move(made));
  }
  copy->index = relation.index;
  copy->percentage = clone_optional(relation.percentage);
  copy->by_blocks = relation.by_blocks;
  return copy;
}

bool same_expression(const TypedExpression& a, const TypedExpression& b) {
  if (a.kind != b.kind || a.relation || b.relation) return false;
  bool same = a.type == b.type && a.column == b.column && a.function == b.function &&
              a.constant == b.constant && a.name == b.name && a.index == b.index &&
              a.null_on_error == b.null_on_error && a.swapped == b.swapped && a.all == b.all &&
              a.children.size() == b.children.size() && a.parameters.size() == b.parameters.size();
  // Parameters of lambdas have ids of their own each time; such calls count as different.
  if (!same || !a.parameters.empty()) return false;
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (!same_expression(*a.children[i], *b.children[i])) return false;
  }
  return true;
}

namespace {

constexpr std::string_view kExpressionNames[] = {
    "constant", "column",  "parameter", "call",        "cast",     "and",    "or",
    "not",      "is_null", "case",      "simple_case", "coalesce", "nullif", "try",
    "in",       "between", "like",      "field",       "row",      "array",  "lambda",
    "scalar",   "exists",  "in_query",  "quantified",  "session"};

constexpr std::string_view kRelationNames[] = {
    "one_row", "scan", "values", "project",  "filter",        "join", "unnest",       "aggregate",
    "window",  "sort", "limit",  "distinct", "set_operation", "with", "common_table", "sample"};

class TypedDumper {
 public:
  std::string out;

  void put(const TypedExpression& node) {
    switch (node.kind) {
      case TypedKind::Constant: {
        auto literal = types::to_sql_literal(node.type, node.constant);
        out += literal ? *literal : "?";
        return;
      }
      case TypedKind::Column:
        put_id(node.column);
        return;
      case TypedKind::Cast:
        out += node.null_on_error ? "try_cast(" : node.implicit ? "coerce(" : "cast(";
        put(*node.children[0]);
        out += fmt::format(" as {})", types::to_string(node.type));
        return;
      case TypedKind::Lambda:
        out += "(";
        for (std::size_t i = 0; i < node.parameters.size(); ++i) {
          if (i > 0) out += ", ";
          put_id(node.parameters[i]);
        }
        out += ") -> ";
        put(*node.children[0]);
        return;
      case TypedKind::Call:
        out += node.function->name;
        break;
      case TypedKind::Field:
        put(*node.children[0]);
        out += fmt::format(".{}", node.index + 1);
        return;
      case TypedKind::SessionValue:
        out += node.name;
        return;
      default:
        out += kExpressionNames[static_cast<int>(node.kind)];
    }
    out += "(";
    put_list(node.children);
    if (node.relation) {
      ++depth_;
      put(*node.relation);
      --depth_;
      line("");
    }
    out += ")";
  }

  void put(const TypedRelation& node) {
    line(kRelationNames[static_cast<int>(node.kind)]);
    out += " [";
    bool first = true;
    for (const auto& column : node.columns) {
      if (!first) out += ", ";
      first = false;
      put_id(column.id);
      out += fmt::format(" {}", types::to_string(column.type));
    }
    out += "]";
    put_details(node);
    ++depth_;
    for (const auto& definition : node.definitions) {
      line(fmt::format("define {} {}", definition.index, definition.name));
      ++depth_;
      put(*definition.relation);
      if (definition.step) put(*definition.step);
      --depth_;
    }
    for (const auto& input : node.inputs) put(*input);
    --depth_;
  }

 private:
  void put_id(ColumnId id) { out += fmt::format("#{}", id.value); }
  void line(std::string_view text) {
    if (!out.empty()) out += '\n';
    out.append(static_cast<std::size_t>(depth_) * 2, ' ');
    out += text;
  }
  void put_list(const std::vector<TypedExpressionPtr>& nodes) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i > 0) out += ", ";
      put(*nodes[i]);
    }
  }
  void put_keys(std::string_view before, const std::vector<SortKey>& keys) {
    if (keys.empty()) return;
    out += before;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i > 0) out += ", ";
      put(*keys[i].key);
      if (keys[i].descending) out += " desc";
      if (keys[i].nulls_first) out += " nulls first";
    }
  }
  void put_details(const TypedRelation& node) {
    if (node.table) out += " " + to_string(node.table->id);
    if (node.kind == TypedRelationKind::CommonTable) out += fmt::format(" {}", node.index);
    if (node.kind == TypedRelationKind::Join) {
      constexpr std::string_view kJoins[] = {"cross", "inner", "left", "right", "full"};
      out +=
          fmt::format(" {}{}", kJoins[static_cast<int>(node.join)], node.lateral ? " lateral" : "");
    }
    if (node.kind == TypedRelationKind::SetOperation) {
      constexpr std::string_view kOperators[] = {"union", "intersect", "except"};
      out += fmt::format(" {}{}", kOperators[static_cast<int>(node.set_operator)],
                         node.all ? " all" : "");
    }
    if (!node.expressions.empty()) {
      out += " = ";
      put_list(node.expressions);
    }
    for (const auto& row : node.rows) {
      out += " (";
      put_list(row);
      out += ")";
    }
    if (node.condition) {
      out += " on ";
      put(*node.condition);
    }
    for (const auto& set : node.sets) out += fmt::format(" set({})", fmt::join(set, ","));
    for (const auto& call : node.aggregates) put_call(call);
    for (const auto& call : node.windows) put_window(call);
    for (const auto& call : node.groupings) {
      out += fmt::format(" #{}=grouping({})", call.id.value, fmt::join(call.keys, ","));
    }
    put_keys(" by ", node.keys);
    if (node.offset) out += fmt::format(" offset {}", node.offset->count);
    if (node.limit) out += fmt::format(" limit {}", node.limit->count);
    if (node.with_ties) out += " with ties";
  }
  void put_call(const AggregateCall& call) {
    out += fmt::format(" #{}={}({}", call.id.value, call.function->name,
                       call.distinct ? "distinct " : "");
    put_list(call.arguments);
    put_keys(" order by ", call.order_by);
    out += ")";
    if (call.filter) {
      out += " filter ";
      put(*call.filter);
    }
  }
  void put_window(const WindowCall& call) {
    out += fmt::format(" #{}={}(", call.id.value, call.function->name);
    put_list(call.arguments);
    out += ")";
    if (call.ignore_nulls) out += " ignore nulls";
    out += " over (";
    put_list(call.partition_by);
    put_keys(" order by ", call.order_by);
    out += ")";
  }
  int depth_ = 0;
};

}  // namespace

std::string dump(const TypedExpression& expression) {
  TypedDumper dumper;
  dumper.put(expression);
  return std::move(dumper.out);
}

std::string dump(const TypedRelation& relation) {
  TypedDumper dumper;
  dumper.put(relation);
  return std::move(dumper.out);
}

std::string dump(const TypedQuery& query) {
  std::string out = "output";
  for (const auto& output : query.outputs) {
    out += fmt::format(" {}=#{} {}", output.name, output.id.value, types::to_string(output.type));
  }
  return out + "\n" + dump(*query.relation);
}

}  // namespace tarn::analysis
