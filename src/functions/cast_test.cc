// SPDX-License-Identifier: Apache-2.0
#include "functions/call_test.h"
#include "types/json_text.h"

namespace tarn::functions {
namespace {

constexpr std::string_view kBad = "INVALID_CAST_ARGUMENT";
constexpr std::string_view kRange = "NUMERIC_VALUE_OUT_OF_RANGE";

}  // namespace

TEST_CASE("numbers are cast half up and checked") {
  check_calls({
      {"$cast(double) -> bigint", {"17.5"}, "18"},
      {"$cast(double) -> bigint", {"-17.5"}, "-18"},
      {"$cast(double) -> bigint", {"0.49999999999999994"}, "0"},
      {"$cast(double) -> bigint", {"9.3E18"}, kBad},
      {"$cast(double) -> integer", {"NaN"}, kBad},
      {"$cast(double) -> integer", {"2147483647.5"}, kRange},
      {"$cast(real) -> bigint", {"Infinity"}, "9223372036854775807"},
      {"$cast(real) -> tinyint", {"127.45"}, "127"},
      {"$cast(bigint) -> integer", {"2147483648"}, kRange},
      {"$cast(bigint) -> decimal(2,1)", {"123"}, kBad},
      {"$cast(decimal(3,2)) -> bigint", {"2.50"}, "3"},
      {"$cast(decimal(20,0)) -> smallint", {"12345678901234567890"}, kBad},
      {"$cast(decimal(3,2)) -> decimal(2,1)", {"9.95"}, kBad},
      {"$cast(decimal(3,2)) -> decimal(3,1)", {"-9.95"}, "-10.0"},
      {"$cast(decimal(18,2)) -> double", {"5764607523034800.00"}, "5.764607523034801E15"},
      {"$cast(decimal(38,0)) -> double",
       {"-1234567890123456789012345678"},
       "-1.2345678901234569E27"},
      {"$cast(double) -> decimal(30,30)",
       {".1234567890123456789"},
       "0.123456789012345680000000000000"},
      {"$cast(double) -> decimal(10,5)", {"NaN"}, kBad},
      {"$cast(boolean) -> decimal(3,1)", {"true"}, "1.0"},
      {"$cast(double) -> varchar(4)", {"12e2"}, kBad},
      {"$cast(double) -> varchar(5)", {"12e2"}, "1.2E3"},
      {"$cast(bigint) -> varchar(2)", {"100"}, kBad},
      {"$cast(double) -> boolean", {"NaN"}, "true"},
  });
}

TEST_CASE("texts are cut by casts and refused by columns") {
  check_calls({
      {"$cast(varchar) -> varchar(3)", {"banana"}, "ban"},
      {"$cast(char(5)) -> varchar(4)", {"bar"}, "bar "},
      {"$cast(varchar) -> char(2)", {"b  x"}, "b "},
      {"$cast(varchar) -> varchar(2)", {"äöü"}, "äö"},
      {"$store_cast(varchar) -> varchar(3)", {"banana"}, kBad},
      {"$store_cast(varchar) -> varchar(3)", {"ban   "}, "ban"},
      {"$store_cast(varchar) -> varchar(3)", {"äöü"}, "äöü"},
      {"$store_cast(varchar) -> char(3)", {"bana"}, kBad},
      {"$cast(varchar) -> bigint", {" 12 "}, "12"},
      {"$cast(varchar) -> tinyint", {"128"}, kBad},
      {"$cast(varchar) -> timestamp(0)", {"2020-02-30"}, kBad},
      {"$cast(varchar) -> uuid", {"12151fd217586211e938f9e42a86e4085a59"}, kBad},
      {"$cast(varbinary) -> uuid", {"short"}, kBad},
      {"$cast(varbinary) -> ipaddress", {"\x01\x02\x03\x04"}, "1.2.3.4"},
  });
}

TEST_CASE("dates and times") {
  check_calls({
      {"$cast(date) -> timestamp(6)", {"5881580-07-11"}, "+294247-01-10 04:00:54.775807"},
      {"$cast(date) -> timestamp(0) with time zone @ Europe/Vienna",
       {"2024-07-01"},
       "2024-07-01 00:00:00 Europe/Vienna"},
      {"$cast(timestamp(3)) -> timestamp(3) with time zone @ Europe/Vienna",
       {"2024-03-31 02:30:00.000"},
       "2024-03-31 03:30:00.000 Europe/Vienna"},
      {"$cast(timestamp(3)) -> timestamp(3) with time zone @ America/New_York",
       {"2024-03-10 02:30:00.000"},
       "2024-03-10 03:30:00.000 America/New_York"},
      {"$cast(timestamp(6)) -> time(3)", {"2020-05-01 23:59:59.999999"}, "00:00:00.000"},
      {"$cast(timestamp(0) with time zone) -> date",
       {"2020-05-01 23:00:00 Asia/Kathmandu"},
       "2020-05-01"},
      {"$cast(timestamp(0) with time zone) -> time(0) with time zone",
       {"2020-05-01 12:34:56 Asia/Kathmandu"},
       "12:34:56+05:45"},
      {"$cast(timestamp(0) with time zone) -> time(0) with time zone",
       {"2020-05-01 12:34:56 Europe/Vienna"},
       "12:34:56+02:00"},
      {"$cast(timestamp(0) with time zone) -> time(0) with time zone",
       {"2020-03-08 03:23:45 America/Los_Angeles"},
       "03:23:45-08:00"},
      {"$cast(timestamp(1)) -> timestamp(0)", {"1969-12-31 23:59:59.5"}, "1970-01-01 00:00:00"},
      {"$cast(date) -> varchar(9)", {"2013-02-02"}, kBad},
      {"$cast(interval day to second) -> varchar", {"-1"}, "-0 00:00:00.001"},
  });
}

TEST_CASE("json is cast to scalars") {
  check_calls({
      {"$cast(json) -> bigint", {"128.9"}, "129"},
      {"$cast(json) -> bigint", {"\"128\""}, "128"},
      {"$cast(json) -> bigint", {"null"}, "NULL"},
      {"$cast(json) -> bigint", {"true"}, "1"},
      {"$cast(json) -> bigint", {"12345678901234567890"}, kBad},
      {"$cast(json) -> integer", {"1.0E300"}, kBad},
      {"$cast(json) -> bigint", {"{\"x\":1}"}, kBad},
      {"$cast(json) -> bigint", {"1 2"}, kBad},
      {"$cast(json) -> varchar", {"128.9"}, "1.289E2"},
      {"$cast(json) -> varchar", {"12345678901234567890"}, "12345678901234567890"},
      {"$cast(json) -> varchar", {"\"a\\u00e4\\n\""}, "aä\n"},
      {"$cast(json) -> boolean", {"\"True\""}, "true"},
      {"$cast(json) -> decimal(10,5)", {"false"}, "0.00000"},
      {"$cast(json) -> decimal(38,8)",
       {"1.2345678901234568E29"},
       "123456789012345680000000000000.00000000"},
      {"$cast(json) -> real", {"1.0E39"}, "Infinity"},
  });
}

TEST_CASE("texts of json_parse are cast to nested types without the detour") {
  struct Case {
    std::string_view type, text, expected;
  };
  const Case cases[] = {
      {"array(json)", "[ {\"b\":1.50, \"a\":2, \"a\":3}, 1e400, -0 ]",
       "[{\"b\":1.5,\"a\":3},\"Infinity\",0]"},
      {"array(json)", "[[[1],[]],{}]", "[[[1],[]],{}]"},
      {"array(bigint)", "null x", ""},
      {"array(bigint)", "[1] x", "!"},
      {"array(bigint)", "[01]", "!"},
      {"array(double)", "[1.]", "!"},
      {"array(varchar)", "[\"a\tb\"]", "!"},
      {"map(varchar, bigint)", "{\"a\":1,\"a\":2}", "!"},
      {"row(a bigint)", "{\"a\":1,\"A\":2}", "!"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const std::string type(c.type);
    const auto read =
        CHECK_OK(bind_function(CHECK_OK(parse_call_signature("$cast(varchar) -> " + type))));
    const auto write =
        CHECK_OK(bind_function(CHECK_OK(parse_call_signature("$cast(" + type + ") -> json"))));
    const std::vector<types::Value> text{types::Value(std::string(c.text))};
    const auto value = read.call(text);
    if (c.expected == "!") {
      CHECK_ERROR(value, ErrorCode::InvalidInput, "INVALID_CAST_ARGUMENT");
      continue;
    }
    REQUIRE(value);
    if (value->is_null()) {
      CHECK(c.expected == "");
      continue;
    }
    const std::vector<types::Value> nested{*value};
    CHECK(CHECK_OK(write.call(nested)).as_text() == c.expected);
  }
}

TEST_CASE("values as json and back") {
  struct Case {
    std::string_view type;
    std::string_view json;
  };
  const Case cases[] = {
      {"array(bigint)", "[1,null,3]"},
      {"array(array(double))", "[[1.5],[],null]"},
      {"map(varchar, bigint)", "{\"a\":1,\"b\":null}"},
      {"row(a bigint, b varchar)", "{\"a\":1,\"b\":\"x\"}"},
      {"array(json)", "[{\"a\":[1]},null,\"x\"]"},
      {"row(a map(bigint, boolean))", "{\"a\":{\"1\":true}}"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.type);
    const std::string type(c.type);
    const auto read =
        CHECK_OK(bind_function(CHECK_OK(parse_call_signature("$cast(json) -> " + type))));
    const auto write =
        CHECK_OK(bind_function(CHECK_OK(parse_call_signature("$cast(" + type + ") -> json"))));
    const std::vector<types::Value> json{types::Value(std::string(c.json))};
    const std::vector<types::Value> value{CHECK_OK(read.call(json))};
    CHECK(CHECK_OK(write.call(value)).as_text() == c.json);
  }
  for (const std::string_view bad : {"[1", "{", "[1,]", "3", "[{}]", "[[[[", "nul"}) {
    CAPTURE(bad);
    const auto read =
        CHECK_OK(bind_function(CHECK_OK(parse_call_signature("$cast(json) -> array(bigint)"))));
    const std::vector<types::Value> json{types::Value(std::string(bad))};
    CHECK_ERROR(read.call(json), ErrorCode::InvalidInput, "INVALID_CAST_ARGUMENT");
  }
}

}  // namespace tarn::functions
