// SPDX-License-Identifier: Apache-2.0
#include "functions/json_path.h"

#include "functions/testing.h"

namespace tarn::functions {

namespace {

// The items that the path finds, as a JSON array, or the name of the error.
std::string found_by(std::string_view path_text, std::string_view json) {
  const auto path = parse_json_path(path_text);
  if (!path) return "!" + types::split_error(path.error()).name;
  const JsonPathVariables variables = {
      {"n", make_json_scalar(types::make_type(types::TypeKind::Integer), types::Value(2))}};
  const JsonItemPtr context = parse_json_item(json);
  REQUIRE(context);
  const auto items = evaluate_json_path(*path, context, variables);
  if (!items) return "!" + types::split_error(items.error()).name;
  std::string out;
  append_json_item(out, *make_json_array(*items));
  return out;
}

}  // namespace

TEST_CASE("SQL/JSON paths") {
  constexpr std::string_view kFailed = "!PATH_EVALUATION_ERROR";
  constexpr std::string_view kInvalid = "!INVALID_PATH";
  struct Case {
    std::string_view path, json, expected;
  };
  const Case cases[] = {
      {"lax $", "[1]", "[[1]]"},
      {"lax $.a", R"([{"a":1},{"b":2},{"a":null}])", "[1,null]"},
      {"strict $.a", R"({"b":2})", kFailed},
      {"strict $.a", "[]", kFailed},
      {"lax $.a", "1", "[]"},
      {"lax $.\"a b\"", R"({"a b":1})", "[1]"},
      {"lax $.*", R"({"a":1,"b":[2]})", "[1,[2]]"},
      {"lax $..a", R"({"a":{"a":1},"b":[{"a":2}]})", R"([{"a":1},1,2])"},
      {"lax $[1,0 to last]", "[1,2]", "[2,1,2]"},
      {"lax $[last - 1]", "[1,2,3]", "[2]"},
      {"lax $[0]", "5", "[5]"},
      {"strict $[0]", "5", kFailed},
      {"strict $[2]", "[1]", kFailed},
      {"lax $[2]", "[1]", "[]"},
      {"lax $[*]", "5", "[5]"},
      {"lax $[$n]", "[1,2,3]", "[3]"},
      {"lax $x", "1", kFailed},
      {"lax $ + 1", "1", "[2]"},
      {"lax $ * 1.5", "2", "[3.0]"},
      {"lax 2147483647 + $", "1", kFailed},
      {"lax -$[*]", "[1,-2]", "[-1,2]"},
      {"lax 7 / 2 + 7 % 2 * 2", "1", "[5]"},
      {"lax 1 / 0", "1", kFailed},
      {"lax $ + 1", "\"a\"", kFailed},
      {"lax $[*] + 1", "[1,2]", kFailed},
      {"lax $[*] ? (@ > 1 && @ < 4)", "[1,2,3,4,\"a\"]", "[2,3]"},
      {"lax $ ? (@.a == \"x\")", R"([{"a":"x"},{"a":1}])", R"([{"a":"x"}])"},
      {"lax $[*] ? (!(@ == 1))", "[1,2]", "[2]"},
      {"lax $[*] ? ((@ > \"a\") is unknown)", "[1,\"b\"]", "[1]"},
      {"lax $[*] ? (exists(@.a))", R"([{"a":1},{"b":1}])", R"([{"a":1}])"},
      {"lax $[*] ? (@ starts with \"a\")", R"(["ab","b"])", R"(["ab"])"},
      {"lax $[*] ? ((@ + 1) * 2 > 4)", "[1,2]", "[2]"},
      {"lax $[*] ? (@ == null)", "[1,null]", "[null]"},
      {"lax $.size()", "[1,2]", "[2]"},
      {"lax $[*].type()", R"([1,"a",null,true,{},[]])",
       R"(["number","string","null","boolean","object","array"])"},
      {"lax $.double()", "\"1.5\"", "[1.5]"},
      {"lax $.floor()", "1.5", "[1.0]"},
      {"lax $.abs()", "-3", "[3]"},
      {"lax $.abs()", "\"a\"", kFailed},
      {"lax $.datetime()", "\"a\"", "!NOT_SUPPORTED"},
      {"lax $ ? (@ like_regex \"a\")", "\"a\"", "!NOT_SUPPORTED"},
      {"$", "1", kInvalid},
      {"lax", "1", kInvalid},
      {"lax $.", "1", kInvalid},
      {"lax $[", "1", kInvalid},
      {"lax $ $", "1", kInvalid},
      {"lax $ ? (1)", "1", kInvalid},
      {"lax \"a", "1", kInvalid},
      {"lax $.nothing()", "1", kInvalid},
  };
  for (const Case& one : cases) {
    CAPTURE(one.path);
    CAPTURE(one.json);
    CHECK(found_by(one.path, one.json) == one.expected);
  }
}

TEST_CASE("hostile SQL/JSON paths") {
  std::string nested = "lax ";
  for (int i = 0; i < 50; ++i) nested += "($ ? (";
  CHECK(found_by(nested, "1") == "!INVALID_PATH");
  CHECK(found_by("lax " + std::string(100'000, '('), "1") == "!INVALID_PATH");
  CHECK(found_by("lax " + std::string(100'000, '-') + "1", "1") == "!INVALID_PATH");
  std::string long_path = "lax $";
  for (int i = 0; i < 100'000; ++i) long_path += ".a";
  CHECK(found_by(long_path, "1") == "!INVALID_PATH");
}

TEST_CASE("SQL/JSON functions") {
  const std::string_view value =
      "$json_value(varchar, varchar, unknown, varchar, bigint, bigint) -> bigint";
  const std::string_view query = "$json_query(varchar, varchar, unknown, varchar) -> varchar";
  const std::string_view exists = "$json_exists(varchar, varchar, unknown, varchar) -> boolean";
  const std::string_view null = kNullArgument;
  const TextCall cases[] = {
      {value, {"[1]", "lax $[0]", null, "", null, null}, "1"},
      {value, {"[\"7\"]", "lax $[0]", null, "", null, null}, "7"},
      {value, {"[]", "lax $[0]", null, "empty=default", "5", null}, "5"},
      {value, {"[]", "lax $[0]", null, "empty=error", null, null}, "!JSON_VALUE_RESULT_ERROR"},
      {value, {"[1,2]", "lax $[*]", null, "error=default", null, "6"}, "6"},
      {value, {"[\"x\"]", "lax $[0]", null, "error=error", null, null}, "!JSON_VALUE_RESULT_ERROR"},
      {value, {"[", "lax $", null, "", null, null}, "null"},
      {value, {"[", "lax $", null, "error=error", null, null}, "!JSON_INPUT_CONVERSION_ERROR"},
      {value, {null, "lax $", null, "error=error", null, null}, "null"},
      {value, {"null", "lax $", null, "error=error", null, null}, "null"},
      {value, {"1", "lax $.", null, "", null, null}, "!INVALID_PATH"},
      {query, {"[1,{\"a\":2.50}]", "lax $[1]", null, ""}, "{\"a\":2.5}"},
      {query, {"[1,2]", "lax $[*]", null, ""}, "null"},
      {query, {"[1,2]", "lax $[*]", null, "wrapper=unconditional"}, "[1,2]"},
      {query, {"[[1]]", "lax $[0]", null, "wrapper=conditional"}, "[1]"},
      {query, {"[1]", "lax $[0]", null, "wrapper=conditional"}, "[1]"},
      {query, {"[\"a\"]", "lax $[0]", null, "quotes=omit"}, "a"},
      {query, {"[]", "lax $[0]", null, "empty=object"}, "{}"},
      {query, {"[]", "strict $[0]", null, "error=array"}, "[]"},
      {query, {"[]", "strict $[0]", null, "error=error"}, "!PATH_EVALUATION_ERROR"},
      {exists, {"[1]", "lax $[0]", null, "error=false"}, "true"},
      {exists, {"[1]", "lax $[1]", null, "error=false"}, "false"},
      {exists, {"[1]", "strict $[1]", null, "error=unknown"}, "null"},
      {exists, {"[1]", "strict $[1]", null, "error=true"}, "true"},
      {"$json_bytes(varchar, varchar) -> varbinary", {"a😀", "utf16"}, "61003dd800de"},
      {"$json_text(varbinary, varchar) -> varchar", {"61003dd800de", "utf16"}, "a😀"},
      {"$json_text(varbinary, varchar) -> varchar",
       {"6100", "utf32"},
       "!JSON_INPUT_CONVERSION_ERROR"},
  };
  check_text_calls(cases);
}

}  // namespace tarn::functions
