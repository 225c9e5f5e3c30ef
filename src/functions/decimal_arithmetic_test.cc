// SPDX-License-Identifier: Apache-2.0
#include "functions/decimal_arithmetic.h"

#include "base/testing.h"

namespace tarn::functions {
namespace {

const Int128 kLargest = power_of_ten(38) - 1;

Decimal decimal(std::string_view text) { return CHECK_OK(parse_decimal(text)); }

std::string show(std::optional<Int128> value, int scale) {
  return value ? format_decimal(*value, scale) : "overflow";
}

}  // namespace

TEST_CASE("decimals are divided half away from zero") {
  struct Case {
    const char* a;
    const char* b;
    const char* quotient;
    const char* rest;
  };
  const Case cases[] = {
      {"-9", "5", "-2", "-4"},
      {"9", "-5", "-2", "4"},
      {"1", "3.00", "0.33", "1.00"},
      {"500.00", "0.1", "5000.00", "0.00"},
      {"10", "0.000000001", "10000000000.000000000", "0.000000000"},
      {"-0.1", ".0000000000000000001", "-1000000000000000000.0000000000000000000",
       "0.0000000000000000000"},
      {"200000000000000000000000000000000000", "0.30", "666666666666666666666666666666666666.67",
       "0.20"},
      {"500000000000000000000000000000070", "-50", "-10000000000000000000000000000001", "20"},
      {"9999999999999999999999999999999999999", "0.1", "overflow", "0.0"},
      {"1", "99999999999999999999999999999999999999", "0", "1"},
      {"0.00000000000000000000000000000000000001", "30000000000",
       "0.00000000000000000000000000000000000000", "0.00000000000000000000000000000000000001"},
      {"1", "1.0000000000000000000", "overflow", "0.0000000000000000000"},
      {"1.0", "1.0000000000000000000", "1.0000000000000000000", "0.0000000000000000000"},
      {"99999999999999999999999999999999999999", "0.07", "overflow", "overflow"},
      {"99999999999999999999999999999999999999", "1.07", "overflow", "0.37"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.a);
    CAPTURE(c.b);
    const Decimal a = decimal(c.a);
    const Decimal b = decimal(c.b);
    const int scale = std::max(a.scale, b.scale);
    CHECK(show(divide_decimals(a.unscaled, a.scale, b.unscaled, b.scale), scale) == c.quotient);
    CHECK(show(modulo_decimals(a.unscaled, a.scale, b.unscaled, b.scale), scale) == c.rest);
  }
}

TEST_CASE("sums and products of decimals overflow beyond 38 digits") {
  CHECK(add_decimals(kLargest, 0, 1, 0) == std::nullopt);
  CHECK(add_decimals(-kLargest, 0, -kLargest, 0) == std::nullopt);
  CHECK(subtract_decimals(kLargest, 0, 1, 0) == kLargest - 1);
  CHECK(subtract_decimals(kLargest, 0, 1, 1) == std::nullopt);
  CHECK(add_decimals(12, 1, 345, 2) == Int128{465});
  CHECK(multiply_decimals(kLargest, -1) == -kLargest);
  CHECK(multiply_decimals(kLargest, 2) == std::nullopt);
  CHECK(multiply_decimals(power_of_ten(19), power_of_ten(19)) == std::nullopt);
  CHECK(multiply_decimals(power_of_ten(19), power_of_ten(18)) == power_of_ten(37));
}

TEST_CASE("digits that go are rounded half away from zero") {
  CHECK(shift_decimal(15, -1) == Int128{2});
  CHECK(shift_decimal(-15, -1) == Int128{-2});
  CHECK(shift_decimal(14, -1) == Int128{1});
  CHECK(shift_decimal(7, 2) == Int128{700});
  CHECK(shift_decimal(kLargest, 1) == std::nullopt);
  CHECK(shift_decimal(kLargest, -38) == Int128{1});
}

}  // namespace tarn::functions
