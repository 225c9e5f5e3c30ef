// SPDX-License-Identifier: Apache-2.0
// Aggregates that choose rows: max, min, max_by, min_by with and without a count, arbitrary, and
// array_agg.
#include <algorithm>
#include <optional>

#include "functions/aggregate_rows.h"
#include "functions/lists.h"
#include "functions/value_index.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;
using Items = std::vector<Value>;

constexpr std::int64_t kExtremesMax = 10'000;

// NaN never wins against a number.
NanOrder nan_order(bool largest) { return largest ? NanOrder::First : NanOrder::Last; }

// The row whose key is the largest or smallest, the first of equal ones; rows without key do not
// count.
Result<std::optional<std::size_t>> extreme_row(const Type& type, const GroupRows& rows,
                                               std::size_t key, bool largest) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i][key].is_null()) continue;
    if (!best) {
      best = i;
      continue;
    }
    const int sign = TRY(compare_ordered(type, rows[i][key], rows[*best][key], nan_order(largest)));
    if (largest ? sign > 0 : sign < 0) best = i;
  }
  return best;
}

Result<std::size_t> wanted_rows(const Value& count) {
  if (count.is_null() || count.as_int() <= 0) {
    return types::named_error("INVALID_FUNCTION_ARGUMENT", {},
                              "the count of values must be a positive integer");
  }
  if (count.as_int() > kExtremesMax) {
    return types::named_error("INVALID_FUNCTION_ARGUMENT", {},
                              "the count of values must be less than or equal to {}; found {}",
                              kExtremesMax, count.as_int());
  }
  return static_cast<std::size_t>(count.as_int());
}

// Values (argument 0) of the rows with the first keys in that order; the count is the last
// argument.
Result<Value> extreme_rows(const Type& type, const GroupRows& rows, std::size_t key, bool largest) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i][key].is_null()) order.push_back(i);
  }
  if (order.empty()) return Value();
  const std::size_t count = TRY(wanted_rows(rows[order[0]].back()));
  std::optional<Error> failure;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    auto sign = compare_ordered(type, rows[a][key], rows[b][key], nan_order(largest));
    if (!sign && !failure) failure = sign.error();
    return sign && (largest ? *sign > 0 : *sign < 0);
  });
  if (failure) return *failure;
  order.resize(std::min(order.size(), count));
  Items out;
  for (std::size_t row : order) out.push_back(rows[row][0]);
  return Value(std::move(out));
}

template <bool kLargest>
BoundFunction bind_final_extreme(const CallSignature& signature) {
  const Type& element = signature.arguments[0].element();
  if (element == signature.result) {
    return over_rows(false, [element](const GroupRows& rows) -> Result<Value> {
      const auto best = TRY(extreme_row(element, rows, 0, kLargest));
      return best ? rows[*best][0] : Value();
    });
  }
  if (!element.is(TypeKind::Row) || element.fields.size() != 2) return {};
  return over_rows(true, [type = aggregate_argument(signature, 0)](const GroupRows& rows) {
    return extreme_rows(type, rows, 0, kLargest);
  });
}

template <bool kLargest>
BoundFunction bind_final_extreme_by(const CallSignature& signature) {
  const Type key = aggregate_argument(signature, 1);
  if (signature.arguments[0].element().fields.size() == 3) {
    return over_rows(true,
                     [key](const GroupRows& rows) { return extreme_rows(key, rows, 1, kLargest); });
  }
  return over_rows(true, [key](const GroupRows& rows) -> Result<Value> {
    const auto best = TRY(extreme_row(key, rows, 1, kLargest));
    return best ? rows[*best][0] : Value();
  });
}

BoundFunction bind_arbitrary(const CallSignature&) {
  return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i][0].is_null()) return rows[i][0];
    }
    return Value();
  });
}

BoundFunction bind_array_agg(const CallSignature&) {
  return {.call = [](std::span<const Value> v) -> Result<Value> { return v[0]; },
          .sees_nulls = true};
}

constexpr FunctionEntry kAggregateOrderFunctions[] = {
    {"$final_max", bind_final_extreme<true>},       {"$final_min", bind_final_extreme<false>},
    {"$final_max_by", bind_final_extreme_by<true>}, {"$final_min_by", bind_final_extreme_by<false>},
    {"$final_arbitrary", bind_arbitrary},           {"$final_any_value", bind_arbitrary},
    {"$final_array_agg", bind_array_agg},
};

}  // namespace

FunctionList aggregate_order_functions() { return kAggregateOrderFunctions; }

}  // namespace tarn::functions
