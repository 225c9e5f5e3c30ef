// SPDX-License-Identifier: Apache-2.0
// GROUP BY and aggregates: DuckDB's own where they are exact, else a function over the list of the
// group's rows (functions/lambda.h).
#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using analysis::FunctionSignature;
using types::make_array;
using types::Type;
using types::TypeKind;

namespace {

struct NativeAggregate {
  std::string_view name;
  std::string_view own;  // DuckDB's
};

// Of bigint, double or real, computed as double (duckdb/aggregate_functions.h).
constexpr NativeAggregate kMoments[] = {
    {"stddev", "tarn_stddev_samp"},
    {"stddev_samp", "tarn_stddev_samp"},
    {"stddev_pop", "tarn_stddev_pop"},
    {"variance", "tarn_var_samp"},
    {"var_samp", "tarn_var_samp"},
    {"var_pop", "tarn_var_pop"},
    {"skewness", "tarn_skewness"},
    {"kurtosis", "tarn_kurtosis"},
    {"geometric_mean", "tarn_geometric_mean"},
};
constexpr std::string_view kPairMoments[] = {
    "corr",      "covar_pop", "covar_samp", "regr_slope", "regr_intercept", "regr_avgx",
    "regr_avgy", "regr_r2",   "regr_count", "regr_sxx",   "regr_sxy",       "regr_syy",
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

// sum and avg, before the cast to the type of the result; empty if there is none.
std::string number_aggregate(std::string_view name, const Type& argument, const std::string& text,
                             const AggregateShape& shape) {
  if (name != "sum" && name != "avg") return {};
  bool is_avg = name == "avg";
  if (is_floating(argument) || (is_avg && argument.is(TypeKind::BigInt))) {
    return aggregate_text(name, "CAST(" + text + " AS DOUBLE)", shape);
  }
  if (is_avg && !argument.is(TypeKind::Decimal)) return {};
  bool is_wide = argument.is(TypeKind::Decimal) && argument.precision > kSafeSumDigits;
  if (!is_avg && !is_wide) return aggregate_text("sum", text, shape);
  return aggregate_text(is_avg ? "tarn_avg" : "tarn_sum", text, shape);
}

Text grouping_text(const analysis::GroupingCall& call, const std::vector<std::string>& keys,
                   bool one_set) {
  std::string names;
  for (std::int32_t key : call.keys) {
    names += (names.empty() ? "" : ", ") + keys[static_cast<std::size_t>(key)];
  }
  std::string own = one_set ? "0" : "grouping(" + names + ")";
  return fmt::format("CAST({} AS {}) AS c{}", own, TRY(duckdb::physical_type(call.type)),
                     call.id.value);
}

std::optional<double> constant_double(const TypedExpression& node) {
  if (node.kind == TypedKind::Cast) return constant_double(*node.children[0]);
  if (node.kind != TypedKind::Constant || node.constant.is_null()) return std::nullopt;
  if (node.type.is(TypeKind::Double)) return node.constant.as_double();
  if (!node.type.is(TypeKind::Decimal)) return std::nullopt;
  auto text = format_decimal(node.constant.as_decimal(), node.type.scale);
  return parse_double(text);
}

// The share for DuckDB's quantile_disc that takes the value with the index that Trino takes for few
// values: floor(share * count). Nullopt unless it is a constant from 0 to 1.
std::optional<std::string> quantile_text(const TypedExpression& node) {
  if (node.kind == TypedKind::Array) {
    std::string out;
    for (const auto& child : node.children) {
      auto share = quantile_text(*child);
      if (!share) return std::nullopt;
      out += (out.empty() ? "[" : ", ") + *share;
    }
    if (out.empty()) return std::nullopt;
    return out + "]";
  }
  constexpr double kBeyond = 1e-12;
  if (node.kind == TypedKind::Cast && node.type.is(TypeKind::Array)) {
    return quantile_text(*node.children[0]);
  }
  auto share = constant_double(node);
  if (!share || !(*share >= 0 && *share <= 1)) return std::nullopt;
  return fmt::format("CAST({} AS DOUBLE)", std::min(1.0, *share + kBeyond));
}

}  // namespace

std::string aggregate_text(std::string_view name, const std::string& arguments,
                           const AggregateShape& shape, const std::string& more_filter) {
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

Printer::Parts Printer::aggregate(const TypedRelation& node) {
  if (auto groups = TRY(pushed_aggregate(node))) return *std::move(groups);
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
    const CallParts parts = TRY(settled(call.arguments, call.filter.get(), before));
    AggregateShape shape;
    shape.distinct = call.distinct;
    shape.order_by = TRY(sort_keys(call.order_by));
    if (parts.filter() != nullptr) shape.filter = TRY(condition(*parts.filter()));
    outputs.push_back(fmt::format(
        "{} AS c{}",
        TRY(aggregate_call(*call.function, call.type, parts.arguments(), shape, call.at)),
        call.id.value));
    bool keeps = aggregate_keeps_plain(*call.function, parts.arguments());
    forms.emplace_back(call.id, keeps ? ColumnForm::UtcInstant : ColumnForm::Physical);
  }
  for (const auto& call : node.groupings) {
    outputs.push_back(TRY(grouping_text(call, keys, node.sets.empty())));
  }
  SelectParts out;
  if (before.empty()) {
    if (input.items.empty() && input.tail.empty() && !input.from.empty()) {
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
    return aggregate_text(name, TRY(plain(*arguments[0])), shape);
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
    if (arguments.empty()) return Found(aggregate_text("count", "*", shape));
    std::string counted =
        shape.distinct ? TRY(comparable(*arguments[0])) : TRY(value(*arguments[0])).text;
    return Found(aggregate_text("count", counted, shape));
  }
  if (arguments.empty()) return Found();
  if (name == "approx_distinct") {  // exact, whatever error is allowed
    AggregateShape own = shape;
    own.distinct = true;
    own.order_by.clear();
    return Found(aggregate_text("count", TRY(comparable(*arguments[0])), own));
  }
  const Type& argument = arguments[0]->type;
  bool native = duckdb::compares_natively(argument) && !argument.is(TypeKind::Unknown);
  if (shape.distinct && !native) return Found();
  if (arguments.size() > 1) return native_several(name, type, arguments, shape);
  std::string physical = TRY(duckdb::physical_type(type));
  auto cast = [&](const std::string& sql) {
    return Found("CAST(" + sql + " AS " + physical + ")");
  };
  std::string text = TRY(expression(*arguments[0]));
  std::string own(find_own(kSimple, name));
  if (!own.empty()) return Found(aggregate_text(own, text, shape));
  if (name == "count_if") {
    if (shape.distinct) return Found();
    return Found(aggregate_text("count", "CASE WHEN " + text + " THEN 1 END", shape));
  }
  own = find_own(kMoments, name);
  if (!own.empty()) return cast(aggregate_text(own, "CAST(" + text + " AS DOUBLE)", shape));
  if (name == "checksum") return checksum(argument, text, shape);
  if (name == "histogram" && native && !is_floating(argument)) {
    return cast(aggregate_text("histogram", text, shape));
  }
  if (name == "avg" && argument.is(TypeKind::Decimal) && argument.precision <= kSafeSumDigits) {
    const Type wide = types::make_decimal(38, argument.scale);
    const std::string parts[] = {
        aggregate_text("sum", text, shape),
        "CAST(" + aggregate_text("count", text, shape) + " AS DECIMAL(19,0))"};
    return cast(TRY(tarn_call("$divide", {wide, types::make_decimal(19, 0)}, wide, parts)));
  }
  std::string number = number_aggregate(name, argument, text, shape);
  if (!number.empty()) return cast(number);
  bool orders = is_interval(argument) || (native && types::is_orderable(argument));
  if (name != "min" && name != "max") return Found();
  if (!orders) return extreme_aggregate(name, arguments, shape);
  if (name == "min" || !is_floating(argument)) return Found(aggregate_text(name, text, shape));
  // NaN counts only if nothing else is there.
  return Found("coalesce(" + aggregate_text("max", text, shape, "NOT isnan(" + text + ")") + ", " +
               aggregate_text("max", text, shape) + ")");
}

// Aggregates of more than one argument.
Result<std::optional<std::string>> Printer::native_several(
    const std::string& name, const Type& type, const std::vector<TypedExpressionPtr>& arguments,
    const AggregateShape& shape) {
  using Found = std::optional<std::string>;
  if (name == "max_by" || name == "min_by" || name == "max" || name == "min") {
    return extreme_aggregate(name, arguments, shape);
  }
  std::string first = TRY(expression(*arguments[0]));
  const TypedExpression& second = *arguments[1];
  if (name == "listagg") {
    bool fails_if_long = arguments[2]->constant == types::Value(true);
    if (shape.distinct || !fails_if_long) return Found();
    const std::string joined[] = {
        aggregate_text("string_agg", first + ", " + TRY(expression(second)), shape)};
    return Found(TRY(tarn_call("$listagg_result", {type}, type, joined)));
  }
  if (arguments.size() != 2) return Found();
  std::string own;
  if (name == "approx_percentile") {
    auto share = quantile_text(second);
    if (!share) return Found();
    own = aggregate_text("quantile_disc", first + ", " + *share, shape);
  }
  if (std::find(std::begin(kPairMoments), std::end(kPairMoments), name) != std::end(kPairMoments)) {
    std::string pair =
        fmt::format("CAST({} AS DOUBLE), CAST({} AS DOUBLE)", first, TRY(expression(second)));
    own = aggregate_text("tarn_" + name, pair, shape);
  }
  if (own.empty()) return Found();
  return Found("CAST(" + own + " AS " + TRY(duckdb::physical_type(type)) + ")");
}

// The sum of hashes; wrapped to 64 bits at the end.
Result<std::optional<std::string>> Printer::checksum(const Type& argument, const std::string& text,
                                                     const AggregateShape& shape) {
  const std::string values[] = {text};
  auto hash = tarn_call("$checksum_hash", {argument}, types::make_type(TypeKind::BigInt), values);
  const Type wide = types::make_decimal(38, 0);
  const std::string sums[] = {"CAST(" + aggregate_text("sum", TRY(std::move(hash)), shape) +
                              " AS DECIMAL(38,0))"};
  return std::optional(
      TRY(tarn_call("$checksum_result", {wide}, types::make_type(TypeKind::Varbinary), sums)));
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
  if (own.distinct && !single && !own.order_by.empty()) {
    std::string sorted = TRY(distinct_in_order(item, own));
    const std::string collected[] = {std::move(sorted)};
    return tarn_call("$final_" + function.name, {list}, type, collected);
  }
  std::string rows = aggregate_text("list", item, own);
  if (shape.distinct && keys_differ) {
    const std::string all[] = {rows};
    rows = TRY(tarn_call("array_distinct", {list}, list, all));
  }
  const std::string collected[] = {std::move(rows)};
  return tarn_call("$final_" + function.name, {list}, type, collected);
}

// DuckDB sorts distinct values by themselves only: the key goes in front of the row.
Text Printer::distinct_in_order(const std::string& item, const AggregateShape& shape) {
  if (shape.order_by.find(", ") != std::string::npos) {
    return types::named_error("NOT_SUPPORTED", {},
                              "DISTINCT with this ORDER BY is not supported yet");
  }
  std::string key = shape.order_by;
  auto cut = [&](std::string_view end) {
    bool found = key.ends_with(end);
    if (found) key.resize(key.size() - end.size());
    return found;
  };
  bool nulls_first = cut(" NULLS FIRST");
  if (!nulls_first) cut(" NULLS LAST");
  bool descending = cut(" DESC");
  if (!descending) cut(" ASC");
  AggregateShape own = shape;
  own.order_by.clear();
  std::string rows = aggregate_text("list", fmt::format("{{'k': {}, 'v': {}}}", key, item), own);
  // The key may be NULL: the order of structs puts it last, as asked for by NULLS LAST and ASC.
  if (nulls_first || descending) {
    return types::named_error("NOT_SUPPORTED", {},
                              "DISTINCT with this ORDER BY is not supported yet");
  }
  std::string name = fresh_name("l");
  return fmt::format("list_transform(list_sort({}), lambda {}: {})", rows, name,
                     field_text(name, "v"));
}

// reduce_agg(x, start, (state, x) -> …, combine): rows one after the other, no states to combine.
Text Printer::reduce_aggregate(const std::vector<TypedExpressionPtr>& arguments,
                               const AggregateShape& shape) {
  std::string item = TRY(expression(*arguments[0]));
  std::string rows = aggregate_text("list", item, shape, "(" + item + ") IS NOT NULL");
  return reduce_list(rows, arguments[0]->type, TRY(expression(*arguments[1])), arguments[1]->type,
                     *arguments[2]);
}

}  // namespace tarn::engine
