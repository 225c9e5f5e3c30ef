// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/testing.h"
#include "functions/registry.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

using types::Value;
using Items = std::vector<Value>;

std::string checksum_hex(std::string_view type, const Items& values) {
  const auto signature =
      CHECK_OK(parse_call_signature(fmt::format("$final_checksum(array({})) -> varbinary", type)));
  const Value rows(values);
  const Value answer = CHECK_OK(CHECK_OK(bind_function(signature)).call(std::span(&rows, 1)));
  std::string out;
  for (const char byte : answer.as_text()) {
    out += fmt::format("{:02X}", static_cast<unsigned char>(byte));
  }
  return out;
}

Value text(std::string value) { return Value(std::move(value)); }

}  // namespace

TEST_CASE("checksums are those of Trino 476") {
  struct Case {
    std::string_view type;
    std::string_view literal;
    std::string_view expected;
  };
  const Case scalars[] = {
      {"bigint", "-7", "7649DF104F50F1EC"},
      {"boolean", "true", "938FC30AB52DE5D4"},
      {"double", "1.5", "4F83AA852755EBDE"},
      {"double", "NaN", "B4382469F51D2405"},
      {"double", "-0.0", "9D2D16796C5091EA"},
      {"real", "1.5", "A7CF78CF4EA91988"},
      {"decimal(2, 1)", "-1.5", "2672A988B0FD2DED"},
      {"decimal(21, 1)", "-12345678901234567890.5", "CCAE1F272D33200B"},
      {"varchar", "abc", "AFC9CBB379981054"},
      {"char(5)", "abc", "AFC9CBB379981054"},
      {"date", "2020-01-02", "DA38FFD406A8425F"},
      {"time(3)", "01:02:03.456", "A1CB6CBB2FC62C37"},
      {"timestamp(3)", "2020-01-02 03:04:05.678", "95E4E9C9EF4E98C7"},
      {"timestamp(9)", "2020-01-02 03:04:05.678901234", "324EF427F46002F7"},
      {"timestamp(3) with time zone", "2020-01-02 03:04:05.678 Europe/Vienna", "C95C56BC5FC3C212"},
      {"timestamp(6) with time zone", "2020-01-02 03:04:05.678901 Europe/Vienna",
       "BFACB1FAF1CE2C95"},
  };
  for (const Case& test : scalars) {
    CAPTURE(test.type);
    const auto type = CHECK_OK(parse_call_signature(fmt::format("f() -> {}", test.type))).result;
    const Value value = CHECK_OK(types::cast_from_text(type, test.literal, {}));
    CHECK(checksum_hex(test.type, {value}) == test.expected);
  }
  CHECK(checksum_hex("integer", {Value(1), Value(), Value(5)}) == "458B95402F71F097");
  CHECK(checksum_hex("integer", {Value(5), Value(1), Value()}) == "458B95402F71F097");
  CHECK(checksum_hex("interval day to second", {Value(259'200'000)}) == "F8497828DA0679A7");
  CHECK(checksum_hex("interval year to month", {Value(3)}) == "47644817B5EF28CF");
  CHECK(checksum_hex("array(integer)", {Value(Items{Value(1), Value(), Value(3)})}) ==
        "1A5B667F528479FF");
  CHECK(checksum_hex("map(integer, varchar)",
                     {Value(Items{Value(1), text("a"), Value(2), Value()})}) == "72314AA1B7537F17");
  CHECK(checksum_hex("row(integer, unknown, varchar)",
                     {Value(Items{Value(1), Value(), text("x")})}) == "CCAAA4422A2D65B4");
  CHECK(checksum_hex("row(integer)", {Value(Items{Value(1)})}) == "17ED1F94688CD03F");
}

}  // namespace tarn::functions
