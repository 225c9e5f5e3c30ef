// SPDX-License-Identifier: Apache-2.0
// Sums, averages, counts, and logical and bitwise aggregates.
#include <cmath>
#include <functional>
#include <optional>

#include "functions/aggregate_rows.h"
#include "functions/lists.h"
#include "functions/wide_sum.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

Error sum_out_of_range(std::string_view type) {
  return types::named_error("NUMERIC_VALUE_OUT_OF_RANGE", {}, "{} addition overflow", type);
}

WideSum wide_sum_of(const GroupRows& rows, bool decimal) {
  WideSum sum;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& value = rows[i][0];
    if (!value.is_null()) sum.add(decimal ? value.as_decimal() : Int128{value.as_int()});
  }
  return sum;
}

struct DoubleSum {
  double sum = 0;
  std::int64_t count = 0;
};

double to_double(const Value& value) {
  return std::holds_alternative<double>(value.data) ? value.as_double()
                                                    : static_cast<double>(value.as_int());
}

DoubleSum double_sum_of(const GroupRows& rows) {
  DoubleSum out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i][0].is_null()) continue;
    out.sum += to_double(rows[i][0]);
    ++out.count;
  }
  return out;
}

Value as_floating(const Type& type, double value) {
  return Value(type.is(TypeKind::Real) ? static_cast<double>(static_cast<float>(value)) : value);
}

BoundFunction bind_sum(const CallSignature& signature) {
  const Type type = signature.result;
  switch (type.kind) {
    case TypeKind::Real:
    case TypeKind::Double:
      return over_rows(false, [type](const GroupRows& rows) -> Result<Value> {
        const DoubleSum sum = double_sum_of(rows);
        return sum.count == 0 ? Value() : as_floating(type, sum.sum);
      });
    case TypeKind::Decimal:
      return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
        const WideSum sum = wide_sum_of(rows, true);
        if (sum.count == 0) return Value();
        const auto total = sum.total();
        if (!total) {
          return types::named_error("NUMERIC_VALUE_OUT_OF_RANGE", {}, "Decimal overflow");
        }
        return Value(*total);
      });
    case TypeKind::BigInt:
    case TypeKind::IntervalDayToSecond:
    case TypeKind::IntervalYearToMonth:
      return over_rows(false, [type](const GroupRows& rows) -> Result<Value> {
        const WideSum sum = wide_sum_of(rows, false);
        if (sum.count == 0) return Value();
        const auto total = sum.total();
        const bool months = type.is(TypeKind::IntervalYearToMonth);
        const Int128 largest = months ? Int128{INT32_MAX} : Int128{INT64_MAX};
        if (!total || *total > largest || *total < -largest - 1) {
          return sum_out_of_range(types::base_name(type.kind));
        }
        return Value(static_cast<std::int64_t>(*total));
      });
    default:
      return {};
  }
}

BoundFunction bind_avg(const CallSignature& signature) {
  const Type type = signature.result;
  if (type.is(TypeKind::Decimal)) {
    return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
      const WideSum sum = wide_sum_of(rows, true);
      return sum.count == 0 ? Value() : Value(sum.average());
    });
  }
  const bool interval =
      type.is(TypeKind::IntervalDayToSecond) || type.is(TypeKind::IntervalYearToMonth);
  return over_rows(false, [type, interval](const GroupRows& rows) -> Result<Value> {
    const DoubleSum sum = double_sum_of(rows);
    if (sum.count == 0) return Value();
    const double average = sum.sum / static_cast<double>(sum.count);
    if (interval) return Value(static_cast<std::int64_t>(std::floor(average + 0.5)));
    return as_floating(type, average);
  });
}

BoundFunction bind_count_if(const CallSignature&) {
  return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i][0].is_null() && rows[i][0].as_bool()) ++count;
    }
    return Value(count);
  });
}

BoundFunction bind_count(const CallSignature&) {
  return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) count += rows[i][0].is_null() ? 0 : 1;
    return Value(count);
  });
}

// True if any value is `kDecides`; NULL without values.
template <bool kDecides>
BoundFunction bind_bool(const CallSignature&) {
  return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
    bool seen = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i][0].is_null()) continue;
      if (rows[i][0].as_bool() == kDecides) return Value(kDecides);
      seen = true;
    }
    return seen ? Value(!kDecides) : Value();
  });
}

template <typename Operation>
BoundFunction bind_bitwise(const CallSignature&) {
  return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
    std::optional<std::int64_t> bits;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i][0].is_null()) continue;
      bits = bits ? Operation{}(*bits, rows[i][0].as_int()) : rows[i][0].as_int();
    }
    return bits ? Value(*bits) : Value();
  });
}

BoundFunction bind_geometric_mean(const CallSignature& signature) {
  return over_rows(false, [type = signature.result](const GroupRows& rows) -> Result<Value> {
    DoubleSum logs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i][0].is_null()) continue;
      logs.sum += std::log(to_double(rows[i][0]));
      ++logs.count;
    }
    if (logs.count == 0) return Value();
    return as_floating(type, std::exp(logs.sum / static_cast<double>(logs.count)));
  });
}

constexpr FunctionEntry kAggregateNumberFunctions[] = {
    {"$final_sum", bind_sum},
    {"$final_avg", bind_avg},
    {"$final_count", bind_count},
    {"$final_count_if", bind_count_if},
    {"$final_bool_and", bind_bool<false>},
    {"$final_every", bind_bool<false>},
    {"$final_bool_or", bind_bool<true>},
    {"$final_bitwise_and_agg", bind_bitwise<std::bit_and<>>},
    {"$final_bitwise_or_agg", bind_bitwise<std::bit_or<>>},
    {"$final_bitwise_xor_agg", bind_bitwise<std::bit_xor<>>},
    {"$final_geometric_mean", bind_geometric_mean},
};

}  // namespace

FunctionList aggregate_number_functions() { return kAggregateNumberFunctions; }

}  // namespace tarn::functions
