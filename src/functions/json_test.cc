// SPDX-License-Identifier: Apache-2.0
#include "functions/json_cursor.h"
#include "functions/testing.h"

namespace tarn::functions {

TEST_CASE("JSON functions") {
  constexpr std::string_view kBad = "!INVALID_FUNCTION_ARGUMENT";
  const TextCall cases[] = {
      {"json_parse(varchar) -> json", {R"({"b":1, "a":[1.50]})"}, R"({"a":[1.5],"b":1})"},
      {"json_parse(varchar) -> json", {"[1"}, kBad},
      {"is_json_scalar(varchar) -> boolean", {" null "}, "true"},
      {"is_json_scalar(varchar) -> boolean", {"{}"}, "false"},
      {"is_json_scalar(varchar) -> boolean", {"{"}, kBad},
      {"json_extract(varchar, JsonPath) -> json",
       {R"({"a":{"b":[1,{"c":2}]}})", "$.a.b[1]"},
       R"({"c":2})"},
      {"json_extract(varchar, JsonPath) -> json", {R"({"a b":null})", R"($["a b"])"}, "null"},
      {"json_extract(varchar, JsonPath) -> json", {R"({"a":1,"a":2})", "$.a"}, "1"},
      {"json_extract(varchar, JsonPath) -> json", {R"({"a":1)", "$.a"}, "1"},
      {"json_extract(varchar, JsonPath) -> json", {R"({"a":1.10})", "$.a"}, "1.1"},
      {"json_extract(varchar, JsonPath) -> json", {"1", "$.a"}, "null"},
      {"json_extract(varchar, JsonPath) -> json", {"1", "a"}, kBad},
      {"json_extract(varchar, JsonPath) -> json", {"1", "$."}, kBad},
      {"json_extract(varchar, JsonPath) -> json", {"1", "$[*]"}, kBad},
      {"json_extract(varchar, JsonPath) -> json", {"1", ""}, kBad},
      {"json_extract_scalar(varchar, JsonPath) -> varchar", {R"(["a\u00e9"])", "$[0]"}, "aé"},
      {"json_extract_scalar(varchar, JsonPath) -> varchar", {"[1.10]", "$[0]"}, "1.10"},
      {"json_extract_scalar(varchar, JsonPath) -> varchar", {"[null]", "$[0]"}, "null"},
      {"json_extract_scalar(varchar, JsonPath) -> varchar", {"[[1]]", "$[0]"}, "null"},
      {"json_extract_scalar(varchar, JsonPath) -> varchar", {R"({"1":2})", "$[1]"}, "2"},
      {"json_size(varchar, JsonPath) -> bigint", {R"({"a":[1,2]})", "$.a"}, "2"},
      {"json_size(varchar, JsonPath) -> bigint", {R"({"a":[1,2)", "$.a"}, "null"},
      {"json_array_length(varchar) -> bigint", {"[1,[2,3]]"}, "2"},
      {"json_array_length(varchar) -> bigint", {"{}"}, "null"},
      {"json_array_get(varchar, bigint) -> json", {"[1,2]", "-1"}, "2"},
      {"json_array_get(varchar, bigint) -> json", {"[1,2]", "-9223372036854775808"}, "null"},
      {"json_array_contains(varchar, bigint) -> boolean", {"[1", "1"}, "true"},
      {"json_array_contains(varchar, bigint) -> boolean", {"[1", "2"}, "null"},
      {"json_array_contains(varchar, double) -> boolean", {"[1.0]", "1"}, "true"},
      {"json_array_contains(varchar, double) -> boolean", {"[1]", "1"}, "false"},
      {"json_array_contains(varchar, varchar) -> boolean", {R"(["\u0061"])", "a"}, "true"},
  };
  check_text_calls(cases);
}

TEST_CASE("hostile JSON") {
  const std::string deep(100'000, '[');
  CHECK_FALSE(JsonCursor(deep).skip_value());
  std::string out;
  CHECK_FALSE(JsonCursor(deep).copy_value(out, true));
  for (const std::string_view bad :
       {"", "tru", "nullx", "01", "1.", "-", "\"a", "\"\\x\"", "\"\\u12\"", "[1,]", "[,1]", "{1:2}",
        "{\"a\" 1}", "{\"a\":1,}", "\"\n\"", "\"\xff\"", "[1 2]"}) {
    CAPTURE(bad);
    CHECK_FALSE(JsonCursor(bad).skip_value());
  }
  for (const std::string_view good :
       {"\"\\ud83d\\ude00\"", "\"\\ud83d\"", "[ ]", "{ }", "-0", "1e5"}) {
    CAPTURE(good);
    CHECK(JsonCursor(good).skip_value());
  }
}

}  // namespace tarn::functions
