// SPDX-License-Identifier: Apache-2.0
#include "functions/testing.h"

namespace tarn::functions {

TEST_CASE("mathematics at the edges") {
  constexpr std::string_view kRange = "!NUMERIC_VALUE_OUT_OF_RANGE";
  constexpr std::string_view kBad = "!INVALID_FUNCTION_ARGUMENT";
  const TextCall cases[] = {
      {"abs(tinyint) -> tinyint", {"-128"}, kRange},
      {"abs(bigint) -> bigint", {"-9223372036854775808"}, kRange},
      {"abs(bigint) -> bigint", {"-9223372036854775807"}, "9223372036854775807"},
      {"abs(double) -> double", {"-0"}, "0.0"},
      {"abs(decimal(5, 2)) -> decimal(5, 2)", {"-1.50"}, "1.50"},
      {"sign(double) -> double", {"NaN"}, "NaN"},
      {"sign(decimal(3, 1)) -> decimal(1, 0)", {"-1.5"}, "-1"},
      {"mod(bigint, bigint) -> bigint", {"-7", "2"}, "-1"},
      {"mod(bigint, bigint) -> bigint", {"7", "0"}, "!DIVISION_BY_ZERO"},
      {"power(double, double) -> double", {"1", "NaN"}, "NaN"},
      {"power(double, double) -> double", {"-1", "Infinity"}, "NaN"},
      {"power(double, double) -> double", {"NaN", "0"}, "1.0"},
      {"sqrt(double) -> double", {"-1"}, "NaN"},
      {"ln(double) -> double", {"0"}, "-Infinity"},
      {"log(double, double) -> double", {"10", "100"}, "2.0"},
      {"from_base(varchar, bigint) -> bigint", {"7fffffffffffffff", "16"}, "9223372036854775807"},
      {"from_base(varchar, bigint) -> bigint", {"8000000000000000", "16"}, kBad},
      {"from_base(varchar, bigint) -> bigint", {"", "10"}, kBad},
      {"from_base(varchar, bigint) -> bigint", {"-", "10"}, kBad},
      {"from_base(varchar, bigint) -> bigint", {"2", "2"}, kBad},
      {"to_base(bigint, bigint) -> varchar(64)",
       {"-9223372036854775808", "2"},
       "-1000000000000000000000000000000000000000000000000000000000000000"},
      {"to_base(bigint, bigint) -> varchar(64)", {"0", "36"}, "0"},
      {"width_bucket(double, double, double, bigint) -> bigint", {"5", "0", "4", "3"}, "4"},
      {"width_bucket(double, double, double, bigint) -> bigint", {"1", "1", "1", "3"}, kBad},
      {"normal_cdf(double, double, double) -> double", {"0", "1", "0"}, "0.5"},
      {"normal_cdf(double, double, double) -> double", {"0", "0", "0"}, kBad},
      {"inverse_normal_cdf(double, double, double) -> double", {"0", "1", "0.5"}, "0.0"},
      {"beta_cdf(double, double, double) -> double", {"1", "1", "0.25"}, "0.25"},
      {"wilson_interval_lower(bigint, bigint, double) -> double", {"2", "1", "1"}, kBad},
      {"is_nan(real) -> boolean", {"NaN"}, "true"},
      {"nan() -> double", {}, "NaN"},
  };
  check_text_calls(cases);
}

TEST_CASE("rounding") {
  constexpr std::string_view kRange = "!NUMERIC_VALUE_OUT_OF_RANGE";
  const TextCall cases[] = {
      {"round(double) -> double", {"-0.5"}, "-1.0"},
      {"round(double) -> double", {"0.49999999999999994"}, "0.0"},
      {"round(double) -> double", {"-0.4"}, "-0.0"},
      {"round(double) -> double", {"1e300"}, "1.0E300"},
      {"round(double, integer) -> double", {"2.345", "2"}, "2.35"},
      {"round(double, integer) -> double", {"1", "400"}, "1.0"},
      {"round(double, integer) -> double", {"0", "400"}, "0.0"},
      {"round(tinyint, integer) -> tinyint", {"127", "-1"}, kRange},
      {"round(bigint, integer) -> bigint", {"9223372036854775807", "-1"}, kRange},
      {"round(bigint, integer) -> bigint", {"-15", "-1"}, "-20"},
      {"round(decimal(2, 1)) -> decimal(2, 0)", {"-9.5"}, "-10"},
      {"round(decimal(38, 0)) -> decimal(38, 0)",
       {"99999999999999999999999999999999999999"},
       "99999999999999999999999999999999999999"},
      {"round(decimal(38, 0), integer) -> decimal(38, 0)",
       {"99999999999999999999999999999999999999", "-1"},
       kRange},
      {"round(decimal(38, 0), integer) -> decimal(38, 0)",
       {"99999999999999999999999999999999999999", "-100"},
       "0"},
      {"ceil(decimal(2, 1)) -> decimal(2, 0)", {"-0.1"}, "0"},
      {"ceil(decimal(2, 1)) -> decimal(2, 0)", {"9.1"}, "10"},
      {"floor(decimal(2, 1)) -> decimal(2, 0)", {"-9.1"}, "-10"},
      {"floor(double) -> double", {"-0.5"}, "-1.0"},
      {"truncate(double) -> double", {"-0.5"}, "-0.0"},
      {"truncate(decimal(3, 1), integer) -> decimal(3, 1)", {"-19.9", "-1"}, "-10.0"},
      {"truncate(decimal(3, 1), integer) -> decimal(3, 1)", {"19.9", "-2147483648"}, "0.0"},
  };
  check_text_calls(cases);
}

TEST_CASE("bits") {
  const TextCall cases[] = {
      {"bitwise_left_shift(bigint, integer) -> bigint", {"1", "63"}, "-9223372036854775808"},
      {"bitwise_left_shift(bigint, integer) -> bigint", {"1", "-1"}, "-9223372036854775808"},
      {"bitwise_left_shift(tinyint, integer) -> tinyint", {"1", "7"}, "-128"},
      {"bitwise_right_shift(bigint, integer) -> bigint", {"-1", "63"}, "1"},
      {"bitwise_right_shift(integer, integer) -> integer", {"-1", "31"}, "1"},
      {"bitwise_right_shift_arithmetic(smallint, integer) -> smallint", {"-7", "20"}, "-1"},
      {"bit_count(bigint, bigint) -> bigint", {"-9223372036854775808", "64"}, "1"},
      {"bit_count(bigint, bigint) -> bigint", {"8", "4"}, "!INVALID_FUNCTION_ARGUMENT"},
  };
  check_text_calls(cases);
}

TEST_CASE("chance") {
  for (int i = 0; i < 1'000; ++i) {
    const auto random =
        CHECK_OK(bind_function(CHECK_OK(parse_call_signature("random(bigint, bigint) -> bigint"))));
    const types::Value bounds[] = {types::Value(-2), types::Value(2)};
    const std::int64_t value = CHECK_OK(random.call(bounds)).as_int();
    CHECK((value >= -2 && value < 2));
  }
  CHECK(test_answer_of_texts("random(bigint) -> bigint", {"0"}) == "!INVALID_FUNCTION_ARGUMENT");
  CHECK(test_answer_of_texts("random(tinyint) -> tinyint", {"1"}) == "0");
  CHECK(test_answer_of_texts("random_string(bigint) -> varchar", {"20"}).size() == 20);
  CHECK(test_answer_of_texts("uuid() -> uuid", {}) != test_answer_of_texts("uuid() -> uuid", {}));
}

}  // namespace tarn::functions
