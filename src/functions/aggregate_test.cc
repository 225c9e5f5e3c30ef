// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "base/testing.h"
#include "functions/moments.h"
#include "functions/registry.h"
#include "functions/value_index.h"
#include "functions/wide_sum.h"

namespace tarn::functions {

namespace {

using types::Value;
using Items = std::vector<Value>;

std::string final_answer(std::string_view signature, const Value& rows) {
  const CallSignature parsed = CHECK_OK(parse_call_signature(signature));
  const BoundFunction function = CHECK_OK(bind_function(parsed));
  CHECK(function.sees_nulls);
  const auto answer = function.call(std::span(&rows, 1));
  if (!answer) return answer.error().message.substr(0, answer.error().message.find(':'));
  return describe_value(parsed.result, *answer);
}

Value row_list(std::initializer_list<Items> rows) {
  Items out;
  for (const Items& row : rows) out.push_back(Value(row));
  return Value(std::move(out));
}

Value item_list(Items items) { return Value(std::move(items)); }

Value text_value(std::string text) { return Value(std::move(text)); }

const Value kNotANumber = Value(std::numeric_limits<double>::quiet_NaN());
const Int128 kLargestDecimal = power_of_ten(38) - 1;

}  // namespace

TEST_CASE("aggregates over no rows and over NULL") {
  const std::pair<std::string_view, std::string> cases[] = {
      {"$final_sum(array(bigint)) -> bigint", "null"},
      {"$final_avg(array(decimal(3,1))) -> decimal(3,1)", "null"},
      {"$final_max(array(bigint)) -> bigint", "null"},
      {"$final_arbitrary(array(bigint)) -> bigint", "null"},
      {"$final_count_if(array(boolean)) -> bigint", "0"},
      {"$final_approx_distinct(array(bigint)) -> bigint", "0"},
      {"$final_bool_and(array(boolean)) -> boolean", "null"},
      {"$final_histogram(array(bigint)) -> map(bigint, bigint)", "null"},
      {"$final_var_pop(array(double)) -> double", "null"},
  };
  for (const auto& [signature, expected] : cases) {
    CAPTURE(signature);
    CHECK(final_answer(signature, Value()) == expected);
    CHECK(final_answer(signature, item_list({Value(), Value()})) == expected);
  }
}

TEST_CASE("sums and averages") {
  const Value large = item_list({Value(INT64_MAX), Value(1), Value(-1)});
  CHECK(final_answer("$final_sum(array(bigint)) -> bigint", large) == "9223372036854775807");
  CHECK(final_answer("$final_sum(array(bigint)) -> bigint",
                     item_list({Value(INT64_MAX), Value(1)})) == "NUMERIC_VALUE_OUT_OF_RANGE");
  CHECK(final_answer("$final_sum(array(interval year to month)) -> interval year to month",
                     item_list({Value(INT32_MAX), Value(1)})) == "NUMERIC_VALUE_OUT_OF_RANGE");
  const Value decimals =
      item_list({Value(kLargestDecimal), Value(kLargestDecimal), Value(-kLargestDecimal)});
  CHECK(final_answer("$final_sum(array(decimal(38,0))) -> decimal(38,0)", decimals) ==
        to_string(kLargestDecimal));
  CHECK(final_answer("$final_sum(array(decimal(38,0))) -> decimal(38,0)",
                     item_list({Value(kLargestDecimal), Value(Int128{1})})) ==
        "NUMERIC_VALUE_OUT_OF_RANGE");
  CHECK(final_answer("$final_avg(array(decimal(38,0))) -> decimal(38,0)",
                     item_list({Value(kLargestDecimal), Value(kLargestDecimal)})) ==
        to_string(kLargestDecimal));
  const std::string avg = "$final_avg(array(decimal(3,1))) -> decimal(3,1)";
  CHECK(final_answer(avg, item_list({Value(Int128{1}), Value(Int128{2})})) == "0.2");
  CHECK(final_answer(avg, item_list({Value(Int128{-1}), Value(Int128{-2})})) == "-0.2");
  CHECK(final_answer(avg, item_list({Value(Int128{-1}), Value(Int128{0}), Value(Int128{0})})) ==
        "0.0");
  CHECK(final_answer("$final_avg(array(interval day to second)) -> interval day to second",
                     item_list({Value(1000), Value(2001)})) == "0 00:00:01.501");
  CHECK(final_answer("$final_bitwise_xor_agg(array(bigint)) -> bigint",
                     item_list({Value(6), Value(), Value(3)})) == "5");
  CHECK(final_answer("$final_geometric_mean(array(bigint)) -> double",
                     item_list({Value(1), Value(1)})) == "1.0E0");
}

TEST_CASE("aggregates that choose rows") {
  CHECK(final_answer("$final_max(array(double)) -> double",
                     item_list({kNotANumber, Value(1.0), Value()})) == "1.0E0");
  CHECK(final_answer("$final_min(array(double)) -> double", item_list({kNotANumber})) == "NaN");
  CHECK(final_answer("$final_max(array(row(bigint, bigint))) -> row(bigint, bigint)",
                     row_list({{Value(1), Value(9)}, {Value(2), Value(0)}})) == "[2, 0]");
  CHECK(
      final_answer("$final_max(array(row(bigint, bigint))) -> array(bigint)",
                   row_list({{Value(1), Value(2)}, {Value(3), Value(2)}, {Value(2), Value(2)}})) ==
      "[3, 2]");
  CHECK(final_answer("$final_min(array(row(bigint, bigint))) -> array(bigint)",
                     row_list({{Value(1), Value(0)}})) == "INVALID_FUNCTION_ARGUMENT");
  const Value keyed = row_list({{Value(), Value(7.0)},
                                {Value(5), kNotANumber},
                                {Value(6), Value()},
                                {Value(8), Value(3.0)}});
  CHECK(final_answer("$final_max_by(array(row(bigint, double))) -> bigint", keyed) == "null");
  CHECK(final_answer("$final_min_by(array(row(bigint, double))) -> bigint", keyed) == "8");
  CHECK(final_answer("$final_min_by(array(row(bigint, bigint, bigint))) -> array(bigint)",
                     row_list({{Value(1), Value(9), Value(5)}, {Value(2), Value(3), Value(5)}})) ==
        "[2, 1]");
  const Value broken =
      item_list({Value(Items{Value(1), Value()}), Value(Items{Value(1), Value(2)})});
  CHECK(final_answer("$final_max(array(array(bigint))) -> array(bigint)", broken) ==
        "NOT_SUPPORTED");
}

TEST_CASE("wide sums and moments are the same in parts") {
  const Int128 numbers[] = {kLargestDecimal, -kLargestDecimal, kLargestDecimal, 7, -9, 0};
  WideSum whole;
  WideSum parts[2];
  for (std::size_t i = 0; i < std::size(numbers); ++i) {
    whole.add(numbers[i]);
    parts[i % 2].add(numbers[i]);
  }
  parts[0].combine(parts[1]);
  CHECK(parts[0].total() == whole.total());
  CHECK(whole.total() == kLargestDecimal - 2);
  CHECK(whole.average() == parts[0].average());
  WideSum negative;
  for (int i = 0; i < 5; ++i) negative.add(-kLargestDecimal);
  CHECK(!negative.total());
  CHECK(negative.average() == -kLargestDecimal);
  Moments all;
  Moments left;
  Moments right;
  for (const double value : {1.0, 2.0, 3.0, 4.0, 50.0}) {
    all.add(value);
    (value < 3 ? left : right).add(value);
  }
  left.combine(right);
  CHECK(*left.skewness() == doctest::Approx(1.4896509056341307));
  CHECK(*left.kurtosis() == doctest::Approx(4.944867372790819));
  CHECK(*all.kurtosis() == doctest::Approx(4.944867372790819));
}

TEST_CASE("moments") {
  const Value numbers = item_list({Value(1.0), Value(5.0), Value()});
  CHECK(final_answer("$final_var_samp(array(double)) -> double", item_list({Value(1.0)})) ==
        "null");
  CHECK(final_answer("$final_var_pop(array(double)) -> double", numbers) == "4.0E0");
  CHECK(final_answer("$final_kurtosis(array(double)) -> double", item_list({Value(1.0)})) ==
        "null");
  const Value pairs = row_list({{Value(3.0), Value(1.0)}, {Value(5.0), Value(2.0)}});
  CHECK(final_answer("$final_regr_slope(array(row(double, double))) -> double", pairs) == "2.0E0");
  CHECK(final_answer("$final_regr_intercept(array(row(double, double))) -> double", pairs) ==
        "1.0E0");
  CHECK(final_answer("$final_corr(array(row(double, double))) -> double",
                     row_list({{Value(1.0), Value(1.0)}})) == "null");
}

TEST_CASE("maps of groups") {
  CHECK(final_answer("$final_histogram(array(bigint)) -> map(bigint, bigint)",
                     item_list({Value(1), Value(), Value(2), Value(1)})) == "{1=2, 2=1}");
  const Value pairs = row_list({{Value(1), Value(2)}, {Value(), Value(3)}, {Value(1), Value(4)}});
  CHECK(final_answer("$final_map_agg(array(row(bigint, bigint))) -> map(bigint, bigint)", pairs) ==
        "{1=2}");
  CHECK(final_answer("$final_multimap_agg(array(row(bigint, bigint))) -> map(bigint, "
                     "array(bigint))",
                     pairs) == "{1=[2, 4]}");
  CHECK(final_answer("$final_map_union(array(map(bigint, bigint))) -> map(bigint, bigint)",
                     row_list({{}, {Value(1), Value(2)}})) == "{1=2}");
  CHECK(final_answer("$final_map_union(array(map(bigint, bigint))) -> map(bigint, bigint)",
                     row_list({{}})) == "null");
  CHECK(final_answer(
            "$final_numeric_histogram(array(row(bigint, double))) -> map(double, double)",
            row_list({{Value(2), Value(1.0)}, {Value(2), Value(2.0)}, {Value(2), Value(9.0)}})) ==
        "{1.5E0=2.0E0, 9.0E0=1.0E0}");
  CHECK(final_answer("$final_approx_most_frequent(array(row(bigint, bigint, bigint))) -> "
                     "map(bigint, bigint)",
                     row_list({{Value(2), Value(7), Value(9)}, {Value(2), Value(7), Value(9)}})) ==
        "{7=2}");
}

TEST_CASE("listagg stops at its limit") {
  const std::string listagg =
      "$final_listagg(array(row(varchar, varchar, boolean, varchar, boolean))) -> varchar";
  auto row = [](Value text, bool fails, bool counts) {
    return Items{std::move(text), text_value(","), Value(fails), text_value("..."), Value(counts)};
  };
  CHECK(final_answer(listagg, row_list({row(Value(), true, true)})) == "null");
  CHECK(final_answer(listagg, row_list({row(text_value("a"), true, true), row(Value(), true, true),
                                        row(text_value(""), true, true)})) == "a,");
  const std::string half(600'000, 'x');
  CHECK(final_answer(listagg, row_list({row(text_value(half), true, true),
                                        row(text_value(half), true, true)})) ==
        "EXCEEDED_FUNCTION_MEMORY_LIMIT");
  const std::string cut = final_answer(
      listagg, row_list({row(text_value(half), false, true), row(text_value(half), false, true),
                         row(text_value("b"), false, true)}));
  CHECK(cut == half + ",...(2)");
}

TEST_CASE("percentiles are values of the group") {
  const std::string one = "$final_approx_percentile(array(row(bigint, double))) -> bigint";
  const std::string many =
      "$final_approx_percentile(array(row(double, double, array(double)))) -> array(double)";
  auto rows = [](double percentile) {
    return row_list({{Value(3), Value(percentile)},
                     {Value(1), Value(percentile)},
                     {Value(2), Value(percentile)},
                     {Value(), Value(percentile)}});
  };
  CHECK(final_answer(one, rows(0)) == "1");
  CHECK(final_answer(one, rows(0.5)) == "2");
  CHECK(final_answer(one, rows(1)) == "3");
  CHECK(final_answer(one, rows(1.5)) == "INVALID_FUNCTION_ARGUMENT");
  CHECK(final_answer(one, Value()) == "null");
  const Value shares = item_list({Value(0.1), Value(0.9)});
  CHECK(final_answer(many, row_list({{Value(1.0), Value(5.0), shares},
                                     {Value(2.0), Value(5.0), shares}})) == "[1.0E0, 2.0E0]");
  CHECK(final_answer(many, row_list({{Value(1.0), Value(0.0), shares}})) ==
        "INVALID_FUNCTION_ARGUMENT");
  // A row with a NULL argument does not count: neither its value nor its percentiles.
  CHECK(final_answer(many, row_list({{Value(9.0), Value(5.0), Value()},
                                     {Value(1.0), Value(5.0), shares},
                                     {Value(2.0), Value(5.0), Value()}})) == "[1.0E0, 1.0E0]");
  CHECK(final_answer(many, row_list({{Value(9.0), Value(5.0), Value()}})) == "null");
  CHECK(final_answer(one, row_list({{Value(9), Value()}, {Value(4), Value(0.5)}})) == "4");
}

}  // namespace tarn::functions
