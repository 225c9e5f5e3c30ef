// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <boost/json.hpp>

#include "base/testing.h"

using namespace tarn;

TEST_CASE("JSON reads and writes the same text") {
  const char* texts[] = {
      "null",
      "true",
      "[]",
      "{}",
      "[1,-1,0.1,1.0,1e+20,5e-324,2.2250738585072014e-308]",
      "9223372036854775807",
      "-9223372036854775808",
      "18446744073709551615",
      "{\"b\":1,\"a\":{\"x\":[null,false]}}",
      "\"a\\\"b\\\\c\\n\\t\\u0001 äö日\"",
      "[123456789.12345679,0.30000000000000004,1.7976931348623157e+308]",
  };
  for (const auto* text : texts) CHECK(write_json(CHECK_OK(parse_json(text))) == text);
  CHECK(write_json(CHECK_OK(parse_json(" [ 1 , 2e2 , \"\\u00e4\\/\" ] "))) == "[1,200.0,\"ä/\"]");
}

TEST_CASE("doubles are the nearest to their text") {
  for (const double value : {0.1, 1.0 / 3, 2.0 / 3, 1e22, 1e23, 9007199254740993.0, 4.35,
                             1.2345678901234567e-200, 8.41e21}) {
    std::string text = write_json(boost::json::value(value));
    CHECK(CHECK_OK(parse_json(text)).as_double() == value);
    CHECK(CHECK_OK(parse_json("[" + text + "]")).as_array()[0].as_double() == value);
  }
}

TEST_CASE("JSON with indentation") {
  CHECK(write_json_pretty(CHECK_OK(parse_json("{\"a\":[1,{}],\"b\":[]}"))) ==
        "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST_CASE("bad JSON is an error with its place") {
  const std::pair<std::string, const char*> rows[] = {
      {"", "offset 0"},        {"[1,]", "offset 3"},     {"[1] x", "offset 4"},
      {"{\"a\"}", "offset 4"}, {"\"\xff\"", "offset 1"}, {"nul", "offset"},
      {"[NaN]", "offset 1"},   {"1e999", "offset"},      {std::string(300, '['), "offset 256"},
  };
  for (const auto& [text, part] : rows) {
    CAPTURE(text);
    CHECK_ERROR(parse_json(text), ErrorCode::Corrupt, part);
  }
}

TEST_CASE("fields of objects") {
  const auto value = CHECK_OK(
      parse_json(R"({"i":7,"u":18446744073709551615,"t":"x","b":true,"a":[1],"o":{},"n":null})"));
  const auto& object = value.as_object();
  CHECK(CHECK_OK(json_int(object, "i")) == 7);
  CHECK(CHECK_OK(json_text(object, "t")) == "x");
  CHECK(CHECK_OK(json_bool(object, "b")));
  CHECK(CHECK_OK(json_array(object, "a"))->size() == 1);
  CHECK(CHECK_OK(json_object(object, "o"))->empty());
  CHECK_ERROR(json_int(object, "u"), ErrorCode::Corrupt, "`u` is not an integer");
  CHECK_ERROR(json_int(object, "x"), ErrorCode::Corrupt, "`x` is missing");
  CHECK_ERROR(json_int(object, "n"), ErrorCode::Corrupt, "`n` is missing");
  CHECK_ERROR(json_text(object, "i"), ErrorCode::Corrupt, "`i` is not a string");
  CHECK_ERROR(json_array(object, "o"), ErrorCode::Corrupt, "`o` is not an array");
  CHECK_ERROR(json_object(object, "n"), ErrorCode::Corrupt, "`n` is missing");
  CHECK(CHECK_OK(json_optional_int(object, "n")) == std::nullopt);
  CHECK(CHECK_OK(json_optional_text(object, "t")) == "x");
  CHECK(CHECK_OK(json_optional_bool(object, "x")) == std::nullopt);
  CHECK(CHECK_OK(json_optional_array(object, "x")) == nullptr);
  CHECK(CHECK_OK(json_optional_object(object, "o")) != nullptr);
  CHECK_ERROR(json_optional_bool(object, "i"), ErrorCode::Corrupt, "`i` is not true or false");
}
