// SPDX-License-Identifier: Apache-2.0
// Work that the source of a scan may do itself: the first rows, and groups.
#include "analysis/typed_walk.h"
#include "engine/postgres_filter.h"
#include "engine/print_state.h"

namespace tarn::engine {

namespace {

using types::TypeKind;

// Column ids that projections give other names to.
class Renames {
 public:
  void add(const TypedRelation& project) {
    for (std::size_t i = 0; i < project.expressions.size(); ++i) {
      const TypedExpression& given = *project.expressions[i];
      // A column that is passed on keeps its id.
      const bool is_same = given.kind == TypedKind::Column && given.column == project.columns[i].id;
      if (!is_same) given_.emplace(project.columns[i].id, &given);
    }
  }

  // The column of the scan below casts that keep its values; nullptr if there is none.
  const TypedExpression* find(const TypedExpression& node) const {
    const TypedExpression* at = column_below_casts(node);
    while (at != nullptr) {
      const auto found = given_.find(at->column);
      if (found == given_.end()) return at;
      at = column_below_casts(*found->second);
    }
    return nullptr;
  }

 private:
  std::unordered_map<ColumnId, const TypedExpression*> given_;
};

// A scan below projections and at most one condition that is on its own columns.
struct ScanBelow {
  const TypedRelation* scan = nullptr;
  const TypedExpression* filter = nullptr;
  Renames renames;
};

std::optional<ScanBelow> find_scan(const TypedRelation& top) {
  ScanBelow below;
  const TypedRelation* node = &top;
  while (node->kind == TypedRelationKind::Project) {
    below.renames.add(*node);
    node = node->inputs[0].get();
  }
  if (node->kind == TypedRelationKind::Filter) {
    if (has_subquery(*node->condition) || !analysis::is_deterministic(*node->condition)) {
      return std::nullopt;
    }
    below.filter = node->condition.get();
    node = node->inputs[0].get();
  }
  if (node->kind != TypedRelationKind::Scan || node->table->handle == nullptr) return std::nullopt;
  below.scan = node;
  return below;
}

ScanRequest request_all(const ScanBelow& below) {
  ScanRequest request;
  request.filter = below.filter;
  request.columns = below.scan->source_columns;
  for (const auto& column : below.scan->columns) request.ids.push_back(column.id);
  return request;
}

bool is_pushed_name(const std::string& name) {
  return name == "count" || name == "sum" || name == "min" || name == "max";
}

std::optional<AggregateRequest::Call> pushed_call(const analysis::AggregateCall& call,
                                                  const ScanBelow& below) {
  if (!is_pushed_name(call.function->name) || call.arguments.size() > 1) return std::nullopt;
  AggregateRequest::Call out;
  out.function = call.function->name;
  out.type = call.type;
  out.distinct = call.distinct && out.function != "min" && out.function != "max";
  out.filter = call.filter.get();
  if (call.arguments.empty()) return out;
  const TypedExpression& argument = *call.arguments[0];
  if (argument.kind == TypedKind::Constant && !argument.constant.is_null() &&
      out.function == "count" && !out.distinct) {
    return out;
  }
  const TypedExpression* column = below.renames.find(argument);
  if (column == nullptr) return std::nullopt;
  out.argument = column->column;
  out.argument_type = argument.type;
  return out;
}

}  // namespace

void Printer::note_limit(const TypedRelation& node) {
  const std::int64_t offset = node.offset ? node.offset->count : 0;
  if (!node.limit || node.limit->parameter || (node.offset && node.offset->parameter)) return;
  std::int64_t rows = 0;
  if (__builtin_add_overflow(node.limit->count, offset, &rows)) return;
  // Projections between the sort and the limit give no other rows.
  const TypedRelation* top = node.inputs[0].get();
  while (top->kind == TypedRelationKind::Project) top = top->inputs[0].get();
  const bool sorts = top->kind == TypedRelationKind::Sort;
  const auto below = find_scan(sorts ? *top->inputs[0] : *node.inputs[0]);
  if (!below) return;
  LimitNote note{rows, {}};
  if (sorts) {
    for (const auto& key : top->keys) {
      const TypedExpression* column = below->renames.find(*key.key);
      if (column == nullptr || (is_floating(key.key->type) && key.nulls_first)) return;
      note.order.push_back({column->column, key.descending, key.nulls_first});
    }
  }
  limits_.insert_or_assign(below->scan, std::move(note));
}

Result<std::optional<SelectParts>> Printer::pushed_groups(
    const TypedRelation& node, const std::vector<const TypedExpression*>& keys,
    const std::vector<ColumnId>& key_ids, const std::vector<analysis::AggregateCall>& calls) {
  const std::optional<SelectParts> none;
  const auto below = find_scan(*node.inputs[0]);
  if (!below) return none;
  AggregateRequest request;
  request.scan = request_all(*below);
  for (const TypedExpression* key : keys) {
    const TypedExpression* column = below->renames.find(*key);
    if (column == nullptr || !(column->type == key->type)) return none;
    request.keys.push_back(column->column);
  }
  for (const auto& call : calls) {
    auto pushed = pushed_call(call, *below);
    if (!pushed) return none;
    request.calls.push_back(*std::move(pushed));
  }
  if (request.keys.empty() && request.calls.empty()) return none;
  const auto* source = static_cast<const ScanSource*>(below->scan->table->handle.get());
  auto text = TRY(source->aggregate(request, alive_));
  if (!text) return none;
  if (explains_) notes_.insert_or_assign(&node, std::move(text->notes));
  SelectParts out;
  out.from = std::move(text->from);
  const auto add = [&](ColumnId id, const ScanColumn& column) {
    out.items += fmt::format("{}{} AS c{}", out.items.empty() ? "" : ", ", column.text, id.value);
    set_form(id, column.form);
  };
  for (std::size_t i = 0; i < key_ids.size(); ++i) add(key_ids[i], text->keys[i]);
  for (std::size_t i = 0; i < calls.size(); ++i) add(calls[i].id, text->calls[i]);
  out.is_exact = true;
  return std::optional(std::move(out));
}

Result<std::optional<SelectParts>> Printer::pushed_aggregate(const TypedRelation& node) {
  if (!node.sets.empty() || !node.groupings.empty()) return std::optional<SelectParts>();
  std::vector<const TypedExpression*> keys;
  std::vector<ColumnId> ids;
  for (std::size_t i = 0; i < node.expressions.size(); ++i) {
    keys.push_back(node.expressions[i].get());
    ids.push_back(node.columns[i].id);
  }
  return pushed_groups(node, keys, ids, node.aggregates);
}

Result<std::optional<SelectParts>> Printer::pushed_distinct(const TypedRelation& node) {
  std::vector<TypedExpressionPtr> columns;
  std::vector<const TypedExpression*> keys;
  std::vector<ColumnId> ids;
  for (const auto& column : node.columns) {
    columns.push_back(analysis::column_node(column.id, column.type));
    keys.push_back(columns.back().get());
    ids.push_back(column.id);
  }
  return pushed_groups(node, keys, ids, {});
}

}  // namespace tarn::engine
