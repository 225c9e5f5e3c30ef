// SPDX-License-Identifier: Apache-2.0
// listagg, approx_distinct (exact here), and approx_percentile (exact too).
#include <algorithm>
#include <cmath>

#include "functions/aggregate_rows.h"
#include "functions/lists.h"
#include "functions/value_index.h"
#include "types/compare.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;
using Items = std::vector<Value>;

constexpr std::size_t kListaggBytesMax = 1'048'576;

template <typename... Args>
Error bad_list_argument(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("INVALID_FUNCTION_ARGUMENT", {}, format, std::forward<Args>(args)...);
}

Error listagg_overflow() {
  return types::named_error("EXCEEDED_FUNCTION_MEMORY_LIMIT", {},
                            "Concatenated string has the length in bytes larger than the "
                            "maximum output length {}",
                            kListaggBytesMax);
}

// Rows are (value, separator, error on overflow, filler, with the count of what is left out).
Result<Value> join_rows(const GroupRows& rows) {
  std::string out;
  std::int64_t taken = 0;
  std::int64_t left_out = 0;
  std::span<const Value> overflow;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows[i];
    if (row[0].is_null()) continue;
    const std::string& text = row[0].as_text();
    const std::string& separator = row[1].as_text();
    const std::size_t grown = out.size() + text.size() + (taken > 0 ? separator.size() : 0);
    if (left_out > 0 || grown > kListaggBytesMax) {
      overflow = row;
      ++left_out;
      if (!row[2].as_bool()) continue;
      return listagg_overflow();
    }
    if (taken++ > 0) out += separator;
    out += text;
  }
  if (taken == 0 && left_out == 0) return Value();
  if (left_out > 0) {
    if (taken > 0) out += overflow[1].as_text();
    out += overflow[3].as_text();
    if (overflow[4].as_bool()) out += fmt::format("({})", left_out);
  }
  return Value(std::move(out));
}

BoundFunction bind_listagg(const CallSignature&) { return over_rows(true, join_rows); }

// Of the joined text.
BoundFunction bind_listagg_result(const CallSignature&) {
  return {.call = [](std::span<const Value> values) -> Result<Value> {
    if (values[0].as_text().size() > kListaggBytesMax) return listagg_overflow();
    return values[0];
  }};
}

BoundFunction bind_approx_distinct(const CallSignature& signature) {
  return over_rows(
      false, [type = signature.arguments[0].element()](const GroupRows& rows) -> Result<Value> {
        ValueIndex seen(type);
        for (std::size_t i = 0; i < rows.size(); ++i) {
          if (!rows[i][0].is_null()) seen.add(rows[i][0]);
        }
        return Value(static_cast<std::int64_t>(seen.size()));
      });
}

// Values in order, each with the weight of it and all before it.
struct WeightedValues {
  Items values;
  std::vector<double> weights;
  // Among the rows without NULLs, as they came.
  std::size_t first_row = 0;
  std::size_t last_row = 0;

  double total() const { return weights.back(); }
  const Value& at(double percentile) const {
    const double offset = percentile * total();
    auto found = std::upper_bound(weights.begin(), weights.end(), offset);
    const auto index = static_cast<std::size_t>(found - weights.begin());
    return values[std::min(index, values.size() - 1)];
  }
};

Result<WeightedValues> weigh_values(const Type& type, const GroupRows& rows, bool weighted) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows[i];
    if (std::any_of(row.begin(), row.end(), [](const Value& v) { return v.is_null(); })) continue;
    if (weighted && !(row[1].as_double() > 0)) {
      return bad_list_argument("percentile weight must be > 0");
    }
    order.push_back(i);
  }
  WeightedValues out;
  if (order.empty()) return out;
  out.first_row = order.front();
  out.last_row = order.back();
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return types::order(type, rows[a][0], rows[b][0]) < 0;
  });
  double sum = 0;
  for (std::size_t row : order) {
    sum += weighted ? rows[row][1].as_double() : 1.0;
    out.values.push_back(rows[row][0]);
    out.weights.push_back(sum);
  }
  return out;
}

Result<Value> percentile_of(const WeightedValues& values, const Value& percentile) {
  if (percentile.is_null()) return bad_list_argument("Percentile cannot be null");
  const double share = percentile.as_double();
  if (!(share >= 0 && share <= 1)) {
    return bad_list_argument("Percentile must be between 0 and 1");
  }
  return values.at(share);
}

// Rows are (value, percentile) or (value, weight, percentile); the percentile may be an array.
BoundFunction bind_approx_percentile(const CallSignature& signature) {
  const Type& row_type = signature.arguments[0].element();
  if (!row_type.is(TypeKind::Row) || row_type.fields.size() < 2) return {};
  const bool weighted = row_type.fields.size() == 3;
  const bool many = signature.result.is(TypeKind::Array);
  return over_rows(
      true,
      [type = row_type.fields[0].type, weighted, many](const GroupRows& rows) -> Result<Value> {
        const WeightedValues values = TRY(weigh_values(type, rows, weighted));
        if (values.values.empty()) return Value();
        if (!many) return percentile_of(values, rows[values.last_row].back());
        Items out;
        for (const Value& percentile : rows[values.first_row].back().as_list()) {
          out.push_back(TRY(percentile_of(values, percentile)));
        }
        return Value(std::move(out));
      });
}

constexpr FunctionEntry kAggregateListFunctions[] = {
    {"$final_listagg", bind_listagg},
    {"$listagg_result", bind_listagg_result},
    {"$final_approx_distinct", bind_approx_distinct},
    {"$final_approx_percentile", bind_approx_percentile},
};

}  // namespace

FunctionList aggregate_list_functions() { return kAggregateListFunctions; }

}  // namespace tarn::functions
