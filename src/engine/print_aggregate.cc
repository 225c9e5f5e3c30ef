// SPDX-License-Identifier: Apache-2.0
// GROUP BY and aggregates: DuckDB's own where they are exact, else a function over the list of the
// group's rows (functions/lambda.h).
#include <algorithm>

#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using analysis::FunctionSignature;
using types::make_array;
using types::Type;
using types::TypeKind;

namespace {

// `name(arguments)` with what stands around.
std::string call_text(std::string_view name, const std::string& arguments,
                      const AggregateShape& shape, const std::string& more_filter = {}) {
  std::string out = std::string(name) + "(";
  if (shape.distinct) out += "DISTINCT ";
  out += arguments;
  if (!shape.order_by.empty()) out += " ORDER BY " + shape.order_by;
  out += ")";
  std::string filter = shape.filter;
  if (!more_filter.empty()) {
    filter = filter.empty() ? more_filter : "(" + filter + ") AND " + more_filter;
  }
  if (!filter.empty()) out += " FILTER (WHERE " + filter + ")";
  if (!shape.over.empty()) out += " OVER " + shape.over;
  return out;
}

struct NativeAggregate {
  std::string_view name;
  std::string_view own;  // DuckDB's
};

// Of bigint or double, to double.
constexpr NativeAggregate kMoments[] = {
    {"stddev", "stddev_samp"}, {"stddev_samp", "stddev_samp"}, {"stddev_pop", "stddev_pop"},
    {"variance", "var_samp"},  {"var_samp", "var_samp"},       {"var_pop", "var_pop"},
};

// One argument, same type as the result.
constexpr NativeAggregate kSimple[] = {
    {"bool_and", "bool_and"},       {"every", "bool_and"},        {"bool_or", "bool_or"},
    {"any_value", "any_value"},     {"arbitrary", "any_value"},   {"array_agg", "list"},
    {"bitwise_and_agg", "bit_and"}, {"bitwise_or_agg", "bit_or"}, {"bitwise_xor_agg", "bit_xor"},
};

template <std::size_t N>
std::string_view find_own(const NativeAggregate (&list)[N], std::string_view name) {
  for (const auto& entry : list) {
    if (entry.name == name) return entry.own;
  }
  return {};
}

bool is_interval(const Type& type) {
  return type.is(TypeKind::IntervalDayToSecond) || type.is(TypeKind::IntervalYearToMonth);
}

}  // namespace

Printer::Parts Printer::aggregate(const TypedRelation& node) {
  SelectParts input = TRY(parts(*node.inputs[0]));
  std::string before;
  std::vector<std::string> keys;
  std::vector<std::string> outputs;
  std::vector<std::pair<ColumnId, ColumnForm>> forms;
  for (std::size_t i = 0; i < node.expressions.size(); ++i) {
    ScanColumn column = TRY(value(*node.expressions[i]));
    const Type& type = node.expressions[i]->type;
    std::string name = fmt::format("c{}", node.columns[i].id.value);
    if (node.expressions[i]->kind != TypedKind::Column || column.text != name) {
      std::string fresh = fresh_name("g");
      before += fmt::format(", {} AS {}", column.text, fresh);
      column.text = fresh;
    }
    std::string key = key_text(type, column.text, column.form);
    forms.emplace_back(node.columns[i].id, column.form);
    if (key == column.text) {
      outputs.push_back(column.text);
    } else {
      std::string fresh = fresh_name("g");
      before += fmt::format(", {} AS {}", key, fresh);
      key = fresh;
      std::string first = fmt::format("first({})", column.text);
      if (!node.sets.empty()) {
        first = fmt::format("CASE WHEN grouping({}) = 0 THEN {} END", key, first);
      }
      outputs.push_back(first);
    }
    keys.push_back(std::move(key));
    outputs.back() += " AS " + name;
  }
  for (const auto& call : node.aggregates) {
    AggregateShape shape;
    shape.distinct = call.distinct;
    shape.order_by = TRY(sort_keys(call.order_by));
    if (call.filter) shape.filter = TRY(condition(*call.filter));
    outputs.push_back(fmt::format(
        "{} AS c{}", TRY(aggregate_call(*call.function, call.type, call.arguments, shape, call.at)),
        call.id.value));
    bool keeps = aggregate_keeps_plain(*call.function, call.arguments);
    forms.emplace_back(call.id, keeps ? ColumnForm::UtcInstant : ColumnForm::Physical);
  }
  for (const auto& call : node.groupings) {
    std::string names;
    for (std::int32_t key : call.keys) {
      names += (names.empty() ? "" : ", ") + keys[static_cast<std::size_t>(key)];
    }
    std::string own = node.sets.empty() ? "0" : "grouping(" + names + ")";
    outputs.push_back(fmt::format("CAST({} AS {}) AS c{}", own,
                                  TRY(duckdb::physical_type(call.type)), call.id.value));
  }
  SelectParts out;
  if (before.empty()) {
    bool simple = input.items.empty() && input.tail.empty() && !input.from.empty();
    if (simple) {
      out = std::move(input);
    } else {
      out.from = from_item(input);
    }
  } else {
    std::string item = from_item(input);
    out.from = "(SELECT *" + before + " FROM " + item + ")";
  }
  for (const auto& [id, form] : forms) set_form(id, form);
  out.is_exact = node.groupings.empty();
  if (outputs.empty()) {
    outputs.push_back("count(*) AS nothing");
    out.is_exact = false;
  }
  for (const auto& output : outputs) out.items += (out.items.empty() ? "" : ", ") + output;
  out.tail = TRY(group_by(node, keys));
  return out;
}

Text Printer::group_by(const TypedRelation& node, const std::vector<std::string>& keys) {
  if (node.sets.empty()) {
    std::string list;
    for (const auto& key : keys) list += (list.empty() ? "GROUP BY " : ", ") + key;
    return list;
  }
  std::string out;
  for (const auto& set : node.sets) {
    std::string names;
    for (std::int32_t key : set) {
      names += (names.empty() ? "" : ", ") + keys[static_cast<std::size_t>(key)];
    }
    out += (out.empty() ? "" : ", ") + ("(" + names + ")");
  }
  return "GROUP BY GROUPING SETS (" + out + ")";
}

// min, max and their kin give one of the values, which stays as plain as it was.
bool Printer::aggregate_keeps_plain(const FunctionSignature& function,
                                    const std::vector<TypedExpressionPtr>& arguments) const {
  const std::string& name = function.name;
  bool keeps = (name == "min" || name == "max" || name == "any_value" || name == "arbitrary") &&
               arguments.size() == 1;
  return keeps && can_be_plain(*arguments[0]);
}

Text Printer::aggregate_call(const FunctionSignature& function, const Type& type,
                             const std::vector<TypedExpressionPtr>& arguments,
                             const AggregateShape& shape, const TextSpan& at) {
  if (aggregate_keeps_plain(function, arguments)) {
    std::string name = function.name == "arbitrary" ? "any_value" : function.name;
    return call_text(name, TRY(plain(*arguments[0])), shape);
  }
  if (function.name == "reduce_agg") return reduce_aggregate(arguments, shape);
  if (auto text = TRY(native_aggregate(function, type, arguments, shape))) return std::move(*text);
  auto text = final_aggregate(function, type, arguments, shape);
  if (!text) text.error().where = at;
  return text;
}

Result<std::optional<std::string>> Printer::native_aggregate(
    const FunctionSignature& function, const Type& type,
    const std::vector<TypedExpressionPtr>& arguments, const AggregateShape& shape) {
  const std::string& name = function.name;
  using Found = std::optional<std::string>;
  if (name == "count") {
    if (arguments.empty()) return Found(call_text("count", "*", shape));
    std::string counted =
        shape.distinct ? TRY(comparable(*arguments[0])) : TRY(value(*arguments[0])).text;
    return Found(call_text("count", counted, shape));
  }
  if (arguments.empty()) return Found();
  const Type& argument = arguments[0]->type;
  bool native = duckdb::compares_natively(argument) && !argument.is(TypeKind::Unknown);
  if (shape.distinct && !native) return Found();
  if (arguments.size() == 2 && (name == "max_by" || name == "min_by")) {
    const TypedExpression& key = *arguments[1];
    bool plain_key = can_be_plain(key);
    bool by_native = plain_key || (duckdb::compares_natively(key.type) && !is_floating(key.type) &&
                                   !key.type.is(TypeKind::Unknown));
    if (!by_native || shape.distinct) return Found();
    std::string own = name == "max_by" ? "arg_max_null" : "arg_min_null";
    return Found(
        call_text(own, TRY(expression(*arguments[0])) + ", " + TRY(value(key)).text, shape));
  }
  if (arguments.size() != 1) return Found();
  std::string text = TRY(expression(*arguments[0]));
  std::string own(find_own(kSimple, name));
  if (!own.empty()) return Found(call_text(own, text, shape));
  if (name == "count_if") {
    if (shape.distinct) return Found();
    return Found(call_text("count", "CASE WHEN " + text + " THEN 1 END", shape));
  }
  own = find_own(kMoments, name);
  if (!own.empty()) return Found(call_text(own, "CAST(" + text + " AS DOUBLE)", shape));
  std::string physical = TRY(duckdb::physical_type(type));
  auto cast = [&](const std::string& sql) {
    return Found("CAST(" + sql + " AS " + physical + ")");
  };
  if (name == "sum") {
    if (is_floating(argument)) {
      return cast(call_text("sum", "CAST(" + text + " AS DOUBLE)", shape));
    }
    return cast(call_text("sum", text, shape));
  }
  if (name == "avg" && (argument.is(TypeKind::BigInt) || is_floating(argument))) {
    return cast(call_text("avg", "CAST(" + text + " AS DOUBLE)", shape));
  }
  if (name == "avg" && argument.is(TypeKind::Decimal)) {
    Type wide = types::make_decimal(38, argument.scale);
    Type count = types::make_decimal(19, 0);
    const std::string parts[] = {call_text("sum", text, shape),
                                 "CAST(" + call_text("count", text, shape) + " AS DECIMAL(19,0))"};
    return cast(TRY(tarn_call("$divide", {wide, count}, wide, parts)));
  }
  if (name != "min" && name != "max") return Found();
  if (is_floating(argument)) {
    std::string rest = call_text(name, text, shape);
    if (name == "min") return Found(rest);
    return Found("coalesce(" + call_text(name, text, shape, "NOT isnan(" + text + ")") + ", " +
                 rest + ")");
  }
  bool orders = native && !is_interval(argument) && types::is_orderable(argument);
  if (!orders && !is_interval(argument)) return Found();
  return Found(call_text(name, text, shape));
}

Text Printer::final_aggregate(const FunctionSignature& function, const Type& type,
                              const std::vector<TypedExpressionPtr>& arguments,
                              const AggregateShape& shape) {
  std::vector<Type> types;
  std::string item;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i]->kind == TypedKind::Lambda) {
      return types::named_error("NOT_SUPPORTED", {}, "{} is not supported yet", function.name);
    }
    types.push_back(arguments[i]->type);
    std::string text = TRY(expression(*arguments[i]));
    item += i > 0 ? fmt::format(", 'f{}': {}", i + 1, text) : text;
  }
  bool single = types.size() == 1;
  if (!single) item = "{'f1': " + item + "}";
  Type element = single ? types[0] : types::make_anonymous_row(types);
  Type list = make_array(element);
  AggregateShape own = shape;
  bool keys_differ = key_text(element, "c", ColumnForm::Physical) != "c";
  if (shape.distinct && keys_differ) own.distinct = false;
  std::string rows = call_text("list", item, own);
  if (shape.distinct && keys_differ) {
    const std::string all[] = {rows};
    rows = TRY(tarn_call("array_distinct", {list}, list, all));
  }
  const std::string collected[] = {std::move(rows)};
  return tarn_call("$final_" + function.name, {list}, type, collected);
}

// reduce_agg(x, start, (state, x) -> …, combine): rows one after the other, no states to combine.
Text Printer::reduce_aggregate(const std::vector<TypedExpressionPtr>& arguments,
                               const AggregateShape& shape) {
  std::string item = TRY(expression(*arguments[0]));
  std::string rows = call_text("list", item, shape, "(" + item + ") IS NOT NULL");
  return reduce_list(rows, arguments[0]->type, TRY(expression(*arguments[1])), arguments[1]->type,
                     *arguments[2]);
}

}  // namespace tarn::engine
