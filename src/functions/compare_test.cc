// SPDX-License-Identifier: Apache-2.0
#include "functions/call_test.h"

namespace tarn::functions {
namespace {

using types::Value;

std::string compare_values(std::string_view signature_text, const Value& a, const Value& b) {
  const CallSignature signature = CHECK_OK(parse_call_signature(signature_text));
  const BoundFunction bound = CHECK_OK(bind_function(signature));
  const auto result = bound.call(std::vector<Value>{a, b});
  if (!result) return types::split_error(result.error()).name;
  if (result->is_null()) return "NULL";
  return result->as_bool() ? "true" : "false";
}

Value list(std::vector<Value> items) { return Value(std::move(items)); }

}  // namespace

TEST_CASE("scalars compare by their type") {
  check_calls({
      {"$equal(double, double) -> boolean", {"NaN", "NaN"}, "false"},
      {"$not_equal(double, double) -> boolean", {"NaN", "NaN"}, "true"},
      {"$less_than(double, double) -> boolean", {"1", "NaN"}, "false"},
      {"$less_than_or_equal(real, real) -> boolean", {"NaN", "NaN"}, "false"},
      {"$is_distinct_from(double, double) -> boolean", {"NaN", "NaN"}, "false"},
      {"$is_distinct_from(bigint, bigint) -> boolean", {"1", std::nullopt}, "true"},
      {"$is_distinct_from(bigint, bigint) -> boolean", {std::nullopt, std::nullopt}, "false"},
      {"$equal(double, double) -> boolean", {"0", "-0"}, "true"},
      {"$equal(char(5), char(3)) -> boolean", {"foo", "foo"}, "true"},
      {"$less_than(char(3), char(3)) -> boolean", {"a\x01", "a"}, "true"},
      {"$equal(varchar, varchar) -> boolean", {"a ", "a"}, "false"},
      {"$equal(timestamp(3) with time zone, timestamp(3) with time zone) -> boolean",
       {"2020-05-01 11:33:56.123 +04:44", "2020-05-01 12:34:56.123 Asia/Kathmandu"},
       "true"},
      {"$less_than(time(0) with time zone, time(0) with time zone) -> boolean",
       {"03:00:00+01:00", "21:00:00-10:00"},
       "true"},
      {"$less_than(decimal(38,0), decimal(38,0)) -> boolean",
       {"-99999999999999999999999999999999999999", "99999999999999999999999999999999999999"},
       "true"},
      {"greatest(double, double, double) -> double", {"1", "NaN", "2"}, "2.0E0"},
      {"least(double, double) -> double", {"NaN", "NaN"}, "NaN"},
      {"least(bigint, bigint) -> bigint", {"1", std::nullopt}, "NULL"},
  });
}

TEST_CASE("NULL parts make comparisons of nested values unknown, or refused in order") {
  const Value one_null = list({Value(1), Value()});
  const Value one_two = list({Value(1), Value(2)});
  const Value two_null = list({Value(2), Value()});
  CHECK(compare_values("$equal(array(bigint), array(bigint)) -> boolean", one_null, one_two) ==
        "NULL");
  CHECK(compare_values("$equal(array(bigint), array(bigint)) -> boolean", one_null, two_null) ==
        "false");
  CHECK(compare_values("$is_distinct_from(array(bigint), array(bigint)) -> boolean", one_null,
                       one_null) == "false");
  CHECK(compare_values("$less_than(row(bigint, bigint), row(bigint, bigint)) -> boolean", one_null,
                       one_two) == "NOT_SUPPORTED");
  CHECK(compare_values("$less_than(array(bigint), array(bigint)) -> boolean", list({Value(1)}),
                       one_two) == "true");
  const Value map = list({Value(1), Value(2), Value(3), Value(4)});
  const Value swapped = list({Value(3), Value(4), Value(1), Value(2)});
  CHECK(compare_values("$equal(map(bigint, bigint), map(bigint, bigint)) -> boolean", map,
                       swapped) == "true");
}

}  // namespace tarn::functions
