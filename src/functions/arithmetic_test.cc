// SPDX-License-Identifier: Apache-2.0
#include "functions/call_test.h"

namespace tarn::functions {

TEST_CASE("integers overflow at the limits of their type") {
  check_calls({
      {"$add(tinyint, tinyint) -> tinyint", {"100", "27"}, "127"},
      {"$add(tinyint, tinyint) -> tinyint", {"100", "28"}, "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"$subtract(smallint, smallint) -> smallint", {"-32768", "1"}, "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"$multiply(integer, integer) -> integer", {"65536", "32768"}, "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"$multiply(bigint, bigint) -> bigint",
       {"9223372036854775807", "2"},
       "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"$divide(bigint, bigint) -> bigint",
       {"-9223372036854775808", "-1"},
       "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"$divide(integer, integer) -> integer", {"-7", "2"}, "-3"},
      {"$divide(integer, integer) -> integer", {"7", "0"}, "DIVISION_BY_ZERO"},
      {"$modulus(bigint, bigint) -> bigint", {"-9223372036854775808", "-1"}, "0"},
      {"$modulus(integer, integer) -> integer", {"-7", "2"}, "-1"},
      {"$modulus(integer, integer) -> integer", {"7", "0"}, "DIVISION_BY_ZERO"},
      {"$negate(tinyint) -> tinyint", {"-128"}, "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"$negate(bigint) -> bigint", {"-5"}, "5"},
      {"$add(bigint, bigint) -> bigint", {std::nullopt, "5"}, "NULL"},
  });
}

TEST_CASE("reals and doubles follow IEEE 754") {
  check_calls({
      {"$divide(double, double) -> double", {"1", "0"}, "Infinity"},
      {"$divide(double, double) -> double", {"0", "0"}, "NaN"},
      {"$modulus(double, double) -> double", {"-5.5", "2"}, "-1.5E0"},
      {"$add(real, real) -> real", {"16777216", "1"}, "1.677722E7"},
      {"$multiply(real, real) -> real", {"1e30", "1e30"}, "Infinity"},
      {"$negate(double) -> double", {"0"}, "-0E0"},
  });
}

TEST_CASE("decimals by the rules of their result") {
  check_calls({
      {"$add(decimal(3,1), decimal(3,2)) -> decimal(5,2)", {"10.1", "0.05"}, "10.15"},
      {"$multiply(decimal(3,1), decimal(3,2)) -> decimal(6,3)", {"1.5", "0.05"}, "0.075"},
      {"$divide(decimal(1,0), decimal(1,0)) -> decimal(1,0)", {"1", "0"}, "DIVISION_BY_ZERO"},
      {"$divide(decimal(3,1), decimal(2,0)) -> decimal(3,1)", {"-10.0", "3"}, "-3.3"},
      {"$modulus(decimal(3,1), decimal(2,0)) -> decimal(3,1)", {"-10.5", "3"}, "-1.5"},
      {"$modulus(decimal(3,1), decimal(2,0)) -> decimal(3,1)", {"-10.5", "0"}, "DIVISION_BY_ZERO"},
      {"$add(decimal(38,0), decimal(38,0)) -> decimal(38,0)",
       {"99999999999999999999999999999999999999", "1"},
       "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"$negate(decimal(3,1)) -> decimal(3,1)", {"-0.1"}, "0.1"},
  });
}

}  // namespace tarn::functions
