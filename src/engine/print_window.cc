// SPDX-License-Identifier: Apache-2.0
// Window functions and frames.
#include <algorithm>

#include "base/text.h"
#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using analysis::BoundKind;
using analysis::FrameUnit;
using analysis::TypedBound;
using analysis::WindowCall;
using types::Type;
using types::TypeKind;

namespace {

// Functions of the row's place: no frame counts.
bool is_ranking(std::string_view name) {
  constexpr std::string_view kNames[] = {"row_number", "rank",         "dense_rank",
                                         "ntile",      "percent_rank", "cume_dist"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// A value that DuckDB would take and Trino refuses ends the statement.
std::string checked(const std::string& value, std::string_view bad, std::string_view error,
                    std::string_view type = "BIGINT") {
  return fmt::format("CASE WHEN {0} THEN CAST(error({1}) AS {3}) ELSE {2} END",
                     replace_all(bad, "@", value), quote(error, '\''), value, type);
}

bool is_known_distance(const TypedExpression& node) {
  if (node.kind == TypedKind::Cast && node.implicit) return is_known_distance(*node.children[0]);
  if (node.kind != TypedKind::Constant || node.constant.is_null()) return false;
  if (is_floating(node.type)) return node.constant.as_double() >= 0;
  if (node.type.is(TypeKind::Decimal)) return node.constant.as_decimal() >= 0;
  return node.constant.as_int() >= 0;
}

}  // namespace

Printer::Parts Printer::window(const TypedRelation& node) {
  SelectParts input = TRY(parts(*node.inputs[0]));
  std::string items = "*";
  std::string before;
  std::vector<std::pair<ColumnId, ColumnForm>> forms;
  for (const auto& call : node.windows) {
    items += fmt::format(", {} AS c{}", TRY(window_call(call, before)), call.id.value);
    forms.emplace_back(call.id,
                       window_keeps_plain(call) ? ColumnForm::UtcInstant : ColumnForm::Physical);
  }
  for (const auto& [id, form] : forms) set_form(id, form);
  SelectParts out;
  if (!before.empty()) {
    out.from = "(SELECT *" + before + " FROM " + from_item(input) + ")";
  } else if (input.items.empty() && input.tail.empty() && !input.from.empty()) {
    out = std::move(input);
  } else {
    out.from = from_item(input);
  }
  out.items = std::move(items);
  return out;
}

// lag, lead and the values of a frame pass a plain instant on.
bool Printer::window_keeps_plain(const WindowCall& call) const {
  constexpr std::string_view kNames[] = {"lag", "lead", "first_value", "last_value", "nth_value",
                                         "min", "max",  "any_value",   "arbitrary"};
  bool keeps =
      std::find(std::begin(kNames), std::end(kNames), call.function->name) != std::end(kNames);
  if (!keeps || call.arguments.empty() || !can_be_plain(*call.arguments[0])) return false;
  if ((call.function->name == "min" || call.function->name == "max") && call.arguments.size() > 1) {
    return false;
  }
  bool has_default = call.arguments.size() == 3;
  return !has_default || can_be_plain(*call.arguments[2]);
}

Text Printer::window_call(const WindowCall& call, std::string& before) {
  if (call.function->kind == analysis::FunctionKind::Window) return window_function(call);
  const CallParts parts = TRY(settled(call.arguments, call.filter.get(), before));
  AggregateShape shape;
  shape.distinct = call.distinct;
  shape.order_by = TRY(sort_keys(call.argument_order));
  if (parts.filter() != nullptr) shape.filter = TRY(condition(*parts.filter()));
  shape.over = TRY(window_over(call, true));
  return aggregate_call(*call.function, call.type, parts.arguments(), shape, call.at);
}

Text Printer::window_function(const WindowCall& call) {
  const std::string& name = call.function->name;
  std::string over = TRY(window_over(call, !is_ranking(name)));
  std::vector<std::string> arguments;
  bool plain_values = window_keeps_plain(call);
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const TypedExpression& argument = *call.arguments[i];
    arguments.push_back(TRY(plain_values && i != 1 ? plain(argument) : expression(argument)));
  }
  bool counts = name == "ntile" || name == "lag" || name == "lead" || name == "nth_value";
  std::size_t at = name == "ntile" ? 0 : 1;
  if (counts && arguments.size() > at) {
    auto constant = constant_integer(*call.arguments[at]);
    bool shifts = name == "lag" || name == "lead";
    std::int64_t least = shifts ? 0 : 1;
    if (!constant || *constant < least) {
      std::string_view message = shifts ? "INVALID_FUNCTION_ARGUMENT: Offset must be at least 0"
                                 : name == "ntile"
                                     ? "INVALID_FUNCTION_ARGUMENT: Buckets must be greater than 0"
                                     : "INVALID_FUNCTION_ARGUMENT: Offset must be at least 1";
      arguments[at] = checked(arguments[at], shifts ? "@ < 0" : "@ < 1", message);
    }
  }
  std::string text = name + "(" + tarn::join(arguments, ", ");
  if (call.ignore_nulls) text += " IGNORE NULLS";
  return text + ") OVER " + over;
}

Text Printer::window_over(const WindowCall& call, bool with_frame) {
  std::string out;
  for (const auto& key : call.partition_by) {
    out += out.empty() ? "PARTITION BY " : ", ";
    std::string text = TRY(comparable(*key));
    if (is_floating(key->type)) text = "(" + text + " + CAST(0 AS DOUBLE))";  // -0.0 stays
    out += text;
  }
  if (!call.order_by.empty()) {
    out += out.empty() ? "ORDER BY " : " ORDER BY ";
    // The distance of a frame is from a single key.
    const bool measures = call.start.distance || call.end.distance;
    out += TRY(measures && call.unit == FrameUnit::Range ? sort_keys(call.order_by)
                                                         : row_keys(call.order_by));
  }
  if (with_frame && call.has_frame) {
    constexpr std::string_view kUnits[] = {"RANGE", "ROWS", "GROUPS"};
    out += fmt::format(" {} BETWEEN {} AND {}", kUnits[static_cast<int>(call.unit)],
                       TRY(frame_bound(call, call.start)), TRY(frame_bound(call, call.end)));
  }
  return "(" + out + ")";
}

Text Printer::frame_bound(const WindowCall& call, const TypedBound& bound) {
  constexpr std::string_view kWords[] = {"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW",
                                         "FOLLOWING", "UNBOUNDED FOLLOWING"};
  std::string word(kWords[static_cast<int>(bound.kind)]);
  if (!bound.distance) return word;
  const TypedExpression& distance = *bound.distance;
  std::string text = TRY(expression(distance));
  const Type& type = distance.type;
  if (call.unit != FrameUnit::Range) {
    if (type.is(TypeKind::Decimal)) text = "CAST(" + text + " AS BIGINT)";
    auto constant = constant_integer(distance);
    if (!constant || *constant < 0) {
      text =
          checked(text, "@ IS NULL OR @ < 0",
                  "INVALID_WINDOW_FRAME: Window frame offset value must not be negative or null");
    }
    return text + " " + word;
  }
  if (!is_known_distance(distance)) {
    std::string physical = TRY(duckdb::physical_type(type));
    text = checked(text, "@ IS NULL OR @ < 0",
                   "INVALID_WINDOW_FRAME: Window frame offset value must not be negative or null",
                   physical);
  }
  const Type& key = call.order_by[0].key->type;
  if (key == type) {
    // Intervals are numbers to DuckDB.
  } else if (type.is(TypeKind::IntervalDayToSecond)) {
    text = "to_microseconds(" + text + " * 1000)";
  } else if (type.is(TypeKind::IntervalYearToMonth)) {
    text = "to_months(" + text + ")";
  } else if (!types::is_numeric(type)) {
    return types::named_error("NOT_SUPPORTED", distance.at, "this frame is not supported yet");
  }
  return text + " " + word;
}

}  // namespace tarn::engine
