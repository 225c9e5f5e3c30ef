// SPDX-License-Identifier: Apache-2.0
// Aggregates, window functions and grouping(): taken out of expressions into a Collector.
#include <algorithm>

#include "analysis/query_analyzer.h"
#include "base/text.h"
#include "sql/printer.h"
#include "types/coercion.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

namespace {

// In ORDER BY inside a call an integer is a value, not a position.
bool is_exact_count(const Type& type) {
  return types::is_integral(type) || (type.is(TypeKind::Decimal) && type.scale == 0);
}

bool takes_null_treatment(std::string_view name) {
  return name == "lag" || name == "lead" || name == "first_value" || name == "last_value" ||
         name == "nth_value";
}

// Sort keys from which RANGE can step by a distance.
bool has_distances(const Type& type) {
  return types::is_numeric(type) ||
         (type.kind >= TypeKind::Date && type.kind <= TypeKind::IntervalYearToMonth);
}

}  // namespace

Result<std::vector<SortKey>> QueryAnalyzer::sort_keys(const std::vector<sql::SortItem>& items,
                                                      const ExpressionContext& context) {
  std::vector<SortKey> keys;
  for (const auto& item : items) {
    SortKey key;
    key.key = TRY(bind(*item.key, context));
    if (!types::is_orderable(key.key->type)) {
      return named_error("TYPE_MISMATCH", item.key->at,
                         "Type {} is not orderable, and therefore cannot be used in ORDER BY: {}",
                         text_of(key.key->type), sql::print(*item.key));
    }
    key.descending = item.direction == sql::SortDirection::Descending;
    key.nulls_first = item.nulls == sql::NullOrder::First;
    keys.push_back(std::move(key));
  }
  return keys;
}

QueryAnalyzer::Expression QueryAnalyzer::aggregate(const sql::FunctionCall& node,
                                                   const ExpressionContext& context) {
  if (!context.collector) return not_allowed(context, node);
  ExpressionContext inner = context;
  inner.collector = nullptr;
  inner.clause = "aggregate";
  inner.clause_at = node.at;
  AggregateCall call;
  call.id = new_column();
  call.at = node.at;
  call.distinct = node.distinct;
  std::string name = to_lower(node.name.parts[0].value);
  BoundArguments bound = TRY(resolve_call(name, node.arguments, inner, node.at));
  call.function = bound.function;
  call.type = bound.result;
  call.arguments = std::move(bound.arguments);
  call.order_by = TRY(sort_keys(node.order_by, inner));
  if (node.distinct) {
    for (const auto& argument : call.arguments) {
      if (types::is_comparable(argument->type)) continue;
      return named_error("TYPE_MISMATCH", node.at,
                         "{} type doesn't support comparison, DISTINCT cannot be used",
                         text_of(argument->type));
    }
    for (std::size_t i = 0; i < call.order_by.size(); ++i) {
      bool found = std::any_of(call.arguments.begin(), call.arguments.end(), [&](const auto& a) {
        return same_expression(*a, *call.order_by[i].key);
      });
      if (!found) {
        return named_error("EXPRESSION_NOT_IN_DISTINCT", call.order_by[i].key->at,
                           "For aggregate function with DISTINCT, ORDER BY expressions must "
                           "appear in arguments");
      }
    }
  }
  if (node.filter) call.filter = TRY(bind_boolean(*node.filter, inner, "FILTER clause"));
  auto column = column_node(call.id, call.type, node.at);
  context.collector->aggregates.push_back(std::move(call));
  return column;
}

// listagg(value, separator, error on overflow, filler, with count).
QueryAnalyzer::Expression QueryAnalyzer::listagg(const sql::Listagg& node,
                                                 const ExpressionContext& context) {
  if (!context.collector) return not_allowed(context, node);
  ExpressionContext inner = context;
  inner.collector = nullptr;
  inner.clause = "aggregate";
  inner.clause_at = node.at;
  AggregateCall call;
  call.id = new_column();
  call.at = node.at;
  call.distinct = node.distinct;
  std::vector<TypedExpressionPtr> arguments;
  arguments.push_back(TRY(bind(*node.value, inner)));
  if (!types::can_coerce(arguments[0]->type, types::make_varchar())) {
    return named_error("TYPE_MISMATCH", node.at,
                       "Expected expression of varchar, but '{}' has {} type",
                       sql::print(*node.value), text_of(arguments[0]->type));
  }
  Type boolean = types::make_type(TypeKind::Boolean);
  auto text = [&](const std::string& value) {
    auto length = static_cast<std::int64_t>(count_code_points(value));
    return constant(types::make_varchar(length), types::Value(value), node.at);
  };
  arguments.push_back(text(node.separator));
  arguments.push_back(constant(boolean, types::Value(!node.truncate), node.at));
  arguments.push_back(text(node.filler.value_or("...")));
  arguments.push_back(constant(boolean, types::Value(node.with_count), node.at));
  TypedExpressionPtr resolved = TRY(named_call("listagg", std::move(arguments), node.at));
  call.function = resolved->function;
  call.type = resolved->type;
  call.arguments = std::move(resolved->children);
  auto keys = sort_keys(node.order_by, inner);
  if (!keys) {
    if (split_error(keys.error()).name == "TYPE_MISMATCH") keys.error().where = node.at;
    return std::move(keys).error();
  }
  call.order_by = std::move(*keys);
  if (node.filter) call.filter = TRY(bind_boolean(*node.filter, inner, "FILTER clause"));
  auto column = column_node(call.id, call.type, node.at);
  context.collector->aggregates.push_back(std::move(call));
  return column;
}

QueryAnalyzer::Expression QueryAnalyzer::grouping(const sql::GroupingOperation& node,
                                                  const ExpressionContext& context) {
  if (!context.collector) return not_allowed(context, node);
  if (node.columns.size() > 63) {
    return named_error("TOO_MANY_ARGUMENTS", node.at,
                       "GROUPING supports up to 63 column arguments");
  }
  PendingGrouping pending;
  pending.id = new_column();
  pending.at = node.at;
  pending.type = types::make_type(node.columns.size() <= 31 ? TypeKind::Integer : TypeKind::BigInt);
  pending.columns = TRY(bind_all(node.columns, context));
  auto column = column_node(pending.id, pending.type, node.at);
  context.collector->groupings.push_back(std::move(pending));
  return column;
}

QueryAnalyzer::Expression QueryAnalyzer::window(const sql::FunctionCall& node,
                                                const ExpressionContext& context) {
  if (!context.collector || context.in_window) return not_allowed(context, node);
  std::string name = to_lower(node.name.parts[0].value);
  bool window_only = is_window_only(name);
  if (!window_only && !is_aggregate(name)) {
    if (!node.order_by.empty()) {
      return named_error("FUNCTION_NOT_AGGREGATE", node.at,
                         "ORDER BY is only valid for aggregation functions");
    }
    bool known = !find_overloads(name).empty();
    return known ? named_error("FUNCTION_NOT_WINDOW", context.select_at,
                               "Not a window function: {}", name)
                 : named_error("FUNCTION_NOT_FOUND", node.at, "Function '{}' not registered", name);
  }
  if (window_only && node.filter && !node.distinct) {
    return named_error("FUNCTION_NOT_AGGREGATE", node.at,
                       "Filter is only valid for aggregation functions: {}", name);
  }
  if (node.distinct && window_only) {
    return named_error("NOT_SUPPORTED", node.at,
                       "DISTINCT in window function parameters not yet supported: {}",
                       sql::print(node));
  }
  if (node.filter) {
    return named_error("NOT_SUPPORTED", context.select_at,
                       "FILTER is not yet supported for window functions");
  }
  if (node.nulls != sql::NullTreatment::Unspecified && !takes_null_treatment(name)) {
    return named_error("NULL_TREATMENT_NOT_ALLOWED", node.at,
                       "Cannot specify null treatment clause for {} function", name);
  }
  ExpressionContext inner = context;
  inner.in_window = true;
  WindowCall call;
  call.id = new_column();
  call.at = node.at;
  BoundArguments bound = TRY(resolve_call(name, node.arguments, inner, node.at));
  call.function = bound.function;
  call.type = bound.result;
  call.arguments = std::move(bound.arguments);
  call.distinct = node.distinct;
  call.ignore_nulls = node.nulls == sql::NullTreatment::Ignore;
  call.argument_order = TRY(sort_keys(node.order_by, inner));
  if (node.filter) call.filter = TRY(bind_boolean(*node.filter, inner, "FILTER clause"));
  TRY(window_shape(*node.over, inner, call));
  bool needs_order = name == "lag" || name == "lead";
  if (needs_order && call.order_by.empty()) {
    return named_error("MISSING_ORDER_BY", node.at,
                       "{} function requires an ORDER BY window clause", name);
  }
  if (needs_order && call.has_frame) {
    return named_error("INVALID_WINDOW_FRAME", node.over->span,
                       "Cannot specify window frame for {} function", name);
  }
  auto column = column_node(call.id, call.type, node.at);
  context.collector->windows.push_back(std::move(call));
  return column;
}

Result<void> QueryAnalyzer::window_shape(const sql::Window& window,
                                         const ExpressionContext& context, WindowCall& call) {
  // A named window may extend another; the outermost has the frame, some base the partition.
  std::vector<const sql::WindowSpecification*> chain;
  auto find = [&](const sql::Identifier& name) -> const sql::WindowSpecification* {
    if (!context.windows) return nullptr;
    for (const auto& named : *context.windows) {
      if (equals_ignore_case(named.name.value, name.value)) return &named.specification;
    }
    return nullptr;
  };
  const sql::Identifier* base = nullptr;
  if (window.name) {
    base = &*window.name;
  } else {
    chain.push_back(&window.specification);
    if (window.specification.base) base = &*window.specification.base;
  }
  while (base) {
    const auto* specification = find(*base);
    if (!specification || chain.size() > 100) {
      return named_error("INVALID_WINDOW_REFERENCE", base->span, "Cannot resolve WINDOW name {}",
                         base->value);
    }
    bool extended = !chain.empty();
    if (extended && specification->frame) {
      return named_error("INVALID_WINDOW_REFERENCE", base->span,
                         "Cannot reference named WINDOW containing frame specification");
    }
    chain.push_back(specification);
    base = specification->base ? &*specification->base : nullptr;
  }
  for (const auto* specification : chain) {
    if (!specification->partition_by.empty()) {
      call.partition_by = TRY(bind_all(specification->partition_by, context));
      for (const auto& key : call.partition_by) {
        if (types::is_comparable(key->type)) continue;
        return named_error("TYPE_MISMATCH", key->at,
                           "{} is not comparable, and therefore cannot be used in window function "
                           "PARTITION BY",
                           text_of(key->type));
      }
    }
    if (!specification->order_by.empty()) {
      call.order_by = TRY(sort_keys(specification->order_by, context));
    }
  }
  if (!chain.empty() && chain.front()->frame) {
    TRY(window_frame(*chain.front()->frame, context, call));
  }
  return {};
}

Result<void> QueryAnalyzer::window_frame(const sql::WindowFrame& frame,
                                         const ExpressionContext& context, WindowCall& call) {
  using Kind = sql::FrameBound::Kind;
  call.has_frame = true;
  call.unit = static_cast<FrameUnit>(frame.type);
  Kind start = frame.start.kind;
  Kind end = frame.end ? frame.end->kind : Kind::CurrentRow;
  auto invalid = [&](std::string_view message) {
    return named_error("INVALID_WINDOW_FRAME", frame.span, "{}", message);
  };
  if (start == Kind::UnboundedFollowing) {
    return invalid("Window frame start cannot be UNBOUNDED FOLLOWING");
  }
  if (end == Kind::UnboundedPreceding) {
    return invalid("Window frame end cannot be UNBOUNDED PRECEDING");
  }
  if (start == Kind::CurrentRow && end == Kind::Preceding) {
    return invalid("Window frame starting from CURRENT ROW cannot end with PRECEDING");
  }
  if (start == Kind::Following && end == Kind::Preceding) {
    return invalid("Window frame starting from FOLLOWING cannot end with PRECEDING");
  }
  if (start == Kind::Following && end == Kind::CurrentRow) {
    return invalid("Window frame starting from FOLLOWING cannot end with CURRENT ROW");
  }
  bool offset = start == Kind::Preceding || start == Kind::Following || end == Kind::Preceding ||
                end == Kind::Following;
  if (call.unit == FrameUnit::Groups && call.order_by.empty()) {
    return named_error("MISSING_ORDER_BY", frame.span,
                       "Window frame of type GROUPS requires ORDER BY");
  }
  if (call.unit == FrameUnit::Range && offset && call.order_by.size() != 1) {
    const bool missing = call.order_by.empty();
    return named_error(missing ? "MISSING_ORDER_BY" : "INVALID_ORDER_BY", frame.span,
                       "Window frame of type RANGE PRECEDING or FOLLOWING requires {}",
                       missing ? "ORDER BY" : "single sort item in ORDER BY");
  }
  call.start = TRY(frame_bound(frame.start, call, context));
  if (frame.end) call.end = TRY(frame_bound(*frame.end, call, context));
  return {};
}

Result<TypedBound> QueryAnalyzer::frame_bound(const sql::FrameBound& bound, const WindowCall& call,
                                              const ExpressionContext& context) {
  TypedBound typed;
  typed.kind = static_cast<BoundKind>(bound.kind);
  if (!bound.distance) return typed;
  typed.distance = TRY(bind(*bound.distance, context));
  const Type& type = typed.distance->type;
  if (call.unit != FrameUnit::Range) {
    if (!is_exact_count(type)) {
      return named_error("TYPE_MISMATCH", bound.distance->at,
                         "Window frame {} value type must be exact numeric type with scale 0 "
                         "(actual {})",
                         call.unit == FrameUnit::Rows ? "ROWS" : "GROUPS", text_of(type));
    }
    if (!type.is(TypeKind::Decimal)) {
      typed.distance = coerce(std::move(typed.distance), types::make_type(TypeKind::BigInt));
    }
    return typed;
  }
  // The key minus or plus the distance must be comparable with the key.
  const Type& key = call.order_by[0].key->type;
  if (!has_distances(key)) {
    return named_error("TYPE_MISMATCH", call.order_by[0].key->at,
                       "Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item "
                       "type be numeric, datetime or interval (actual: {})",
                       text_of(key));
  }
  const Type operands[] = {key, type};
  auto resolved = resolve_operator(Operator::Add, operands);
  bool fits = types::is_numeric(key) ? types::is_numeric(type)
                                     : resolved && types::can_coerce(resolved->result, key);
  if (!fits || !resolved) {
    return named_error("TYPE_MISMATCH", bound.distance->at,
                       "Window frame RANGE value type ({}) not compatible with sort item type ({})",
                       text_of(type), text_of(key));
  }
  return typed;
}

}  // namespace tarn::analysis
