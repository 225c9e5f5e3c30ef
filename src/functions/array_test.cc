// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "base/testing.h"
#include "functions/registry.h"
#include "functions/value_index.h"

namespace tarn::functions {

namespace {

using types::Value;
using Items = std::vector<Value>;

Result<Value> call_array(std::string_view signature, const Items& values) {
  const CallSignature parsed = TRY(parse_call_signature(signature));
  const BoundFunction function = TRY(bind_function(parsed));
  for (const Value& value : values) {
    if (value.is_null() && !function.sees_nulls) return Value();
  }
  return function.call(values);
}

// The answer as text, or the error.
std::string array_answer(std::string_view signature, const Items& values) {
  const auto answer = call_array(signature, values);
  if (!answer) return answer.error().message.substr(0, answer.error().message.find(':'));
  return describe_value(CHECK_OK(parse_call_signature(signature)).result, *answer);
}

Value ints(std::initializer_list<int> numbers) {
  Items out;
  for (int number : numbers) out.push_back(Value(number));
  return Value(std::move(out));
}

const Value kNullItem = Value(Items{Value(1), Value(), Value(3)});
const Value kNan = Value(std::numeric_limits<double>::quiet_NaN());

}  // namespace

TEST_CASE("array functions at their edges") {
  struct Case {
    std::string_view signature;
    Items values;
    std::string expected;
  };
  const std::string bad = "INVALID_FUNCTION_ARGUMENT";
  const Case cases[] = {
      {"cardinality(array(bigint)) -> bigint", {ints({})}, "0"},
      {"$subscript(array(bigint), bigint) -> bigint", {ints({7}), Value(1)}, "7"},
      {"$subscript(array(bigint), bigint) -> bigint", {ints({7}), Value(0)}, bad},
      {"$subscript(array(bigint), bigint) -> bigint", {ints({7}), Value(2)}, bad},
      {"element_at(array(bigint), bigint) -> bigint", {ints({7, 8}), Value(-2)}, "7"},
      {"element_at(array(bigint), bigint) -> bigint", {ints({7, 8}), Value(-3)}, "null"},
      {"element_at(array(bigint), bigint) -> bigint", {ints({7, 8}), Value(0)}, bad},
      {"concat(array(bigint), bigint) -> array(bigint)", {ints({7}), Value()}, "null"},
      {"concat(array(bigint), bigint) -> array(bigint)", {Value(), Value(1)}, "null"},
      {"concat(bigint, array(bigint)) -> array(bigint)", {Value(1), ints({2})}, "[1, 2]"},
      {"slice(array(bigint), bigint, bigint) -> array(bigint)",
       {ints({1, 2, 3}), Value(-2), Value(9)},
       "[2, 3]"},
      {"slice(array(bigint), bigint, bigint) -> array(bigint)",
       {ints({1, 2, 3}), Value(4), Value(1)},
       "[]"},
      {"slice(array(bigint), bigint, bigint) -> array(bigint)",
       {ints({1, 2, 3}), Value(INT64_MIN), Value(INT64_MAX)},
       "[]"},
      {"trim_array(array(bigint), bigint) -> array(bigint)", {ints({1}), Value(2)}, bad},
      {"repeat(bigint, bigint) -> array(bigint)", {Value(), Value(2)}, "[null, null]"},
      {"repeat(bigint, bigint) -> array(bigint)", {Value(1), Value(10'001)}, bad},
      {"contains(array(bigint), bigint) -> boolean", {kNullItem, Value(3)}, "true"},
      {"contains(array(bigint), bigint) -> boolean", {kNullItem, Value(2)}, "null"},
      {"contains(array(array(bigint)), array(bigint)) -> boolean",
       {Value(Items{kNullItem}), ints({1, 2, 3})},
       "NOT_SUPPORTED"},
      {"array_position(array(bigint), bigint) -> bigint", {kNullItem, Value(3)}, "3"},
      {"array_remove(array(bigint), bigint) -> array(bigint)", {kNullItem, Value(1)}, "[null, 3]"},
      {"array_max(array(double)) -> double", {Value(Items{Value(1.0), kNan})}, "1.0E0"},
      {"array_min(array(double)) -> double", {Value(Items{kNan, kNan})}, "NaN"},
      {"array_max(array(bigint)) -> bigint", {kNullItem}, "null"},
      {"array_sort(array(double)) -> array(double)",
       {Value(Items{kNan, Value(), Value(1.0)})},
       "[1.0E0, NaN, null]"},
      {"array_intersect(array(bigint), array(bigint)) -> array(bigint)",
       {ints({1, 2}), ints({2, 3, 1})},
       "[2, 1]"},
      {"arrays_overlap(array(bigint), array(bigint)) -> boolean", {kNullItem, ints({})}, "false"},
      {"arrays_overlap(array(bigint), array(bigint)) -> boolean", {kNullItem, ints({2})}, "null"},
      {"combinations(array(bigint), integer) -> array(array(bigint))",
       {ints({1, 2, 3, 4}), Value(2)},
       "[[1, 2], [1, 3], [2, 3], [1, 4], [2, 4], [3, 4]]"},
      {"combinations(array(bigint), integer) -> array(array(bigint))",
       {ints({1}), Value(0)},
       "[[]]"},
      {"combinations(array(bigint), integer) -> array(array(bigint))", {ints({1}), Value(6)}, bad},
      {"ngrams(array(bigint), bigint) -> array(array(bigint))", {ints({1}), Value(0)}, bad},
      {"zip(array(bigint), array(bigint)) -> array(row(bigint, bigint))",
       {ints({1}), ints({})},
       "[[1, null]]"},
      {"sequence(bigint, bigint) -> array(bigint)", {Value(2), Value(0)}, "[2, 1, 0]"},
      {"sequence(bigint, bigint, bigint) -> array(bigint)",
       {Value(INT64_MIN), Value(INT64_MAX), Value(1)},
       bad},
      {"sequence(bigint, bigint, bigint) -> array(bigint)", {Value(1), Value(1), Value(0)}, bad},
      {"sequence(date, date, interval year to month) -> array(date)",
       {Value(30), Value(90), Value(1)},
       "[1970-01-31, 1970-02-28, 1970-03-31]"},
      {"map_from_entries(array(row(bigint, bigint))) -> map(bigint, bigint)",
       {Value(Items{ints({1, 2}), Value()})},
       bad},
      {"map(array(double), array(bigint)) -> map(double, bigint)",
       {Value(Items{kNan, kNan}), ints({1, 2})},
       bad},
      {"map_concat(map(bigint, bigint), map(bigint, bigint)) -> map(bigint, bigint)",
       {ints({1, 2, 3, 4}), ints({3, 5})},
       "{1=2, 3=5}"},
      {"$subscript(map(bigint, bigint), bigint) -> bigint", {ints({1, 2}), Value(3)}, bad},
      {"split_to_map(varchar, varchar, varchar) -> map(varchar, varchar)",
       {Value(std::string("a:1,b:,")), Value(std::string(",")), Value(std::string(":"))},
       "{a=1, b=}"},
      {"split_to_map(varchar, varchar, varchar) -> map(varchar, varchar)",
       {Value(std::string("a:1:2")), Value(std::string(",")), Value(std::string(":"))},
       bad},
  };
  for (const Case& test : cases) {
    CAPTURE(test.signature);
    CHECK(array_answer(test.signature, test.values) == test.expected);
  }
}

TEST_CASE("results of lambdas are put together") {
  const Value flags = Value(Items{Value(true), Value(), Value(false)});
  CHECK(array_answer("$any_match(array(boolean)) -> boolean", {flags}) == "true");
  CHECK(array_answer("$all_match(array(boolean)) -> boolean", {flags}) == "false");
  CHECK(array_answer("$none_match(array(boolean)) -> boolean", {flags}) == "false");
  CHECK(array_answer("$none_match(array(boolean)) -> boolean", {Value(Items{Value()})}) == "null");
  CHECK(array_answer("$filter(array(bigint), array(boolean)) -> array(bigint)",
                     {ints({1, 2, 3}), flags}) == "[1]");
  CHECK(array_answer("$map_zip(map(bigint, bigint), map(bigint, bigint)) -> "
                     "array(row(bigint, bigint, bigint))",
                     {ints({1, 2, 3, 4}), ints({3, 5, 6, 7})}) ==
        "[[1, 2, null], [3, 4, 5], [6, null, 7]]");
  const std::string sort = "$array_sort(array(bigint), array(array(integer))) -> array(bigint)";
  const Value descending = Value(Items{ints({0, 1, -1}), ints({-1, 0, -1}), ints({1, 1, 0})});
  CHECK(array_answer(sort, {ints({2, 3, 1}), descending}) == "[3, 2, 1]");
  const Value bad = Value(Items{ints({0, 2}), ints({2, 0})});
  CHECK(array_answer(sort, {ints({2, 3}), bad}) == "INVALID_FUNCTION_ARGUMENT");
  CHECK(array_answer(sort, {ints({2, 3}), ints({})}).find("results of a lambda") !=
        std::string::npos);
}

TEST_CASE("sets of values grow and find") {
  const types::Type type = types::make_type(types::TypeKind::BigInt);
  std::vector<Value> values;
  for (std::int64_t i = 0; i < 1000; ++i) values.push_back(Value(i % 700));
  values.push_back(Value());
  ValueIndex index(type);
  for (const Value& value : values) index.add(value);
  CHECK(index.size() == 701);
  CHECK(index.find(Value(std::int64_t{699})) == 699);
  CHECK(index.find(Value()) == 700);
  CHECK(!index.find(Value(std::int64_t{700})));
}

}  // namespace tarn::functions
