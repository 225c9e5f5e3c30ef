// SPDX-License-Identifier: Apache-2.0
#include "yaml/load.h"

#include "base/testing.h"

namespace tarn::yaml {

namespace {

// One line for a value, in the manner of Python's repr.
std::string show(const Value& value) {
  const auto list = [&](const char* open, const char* close) {
    std::string out = open;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      if (i != 0) out += ", ";
      out += show(*value.items[i]);
    }
    return out + close;
  };
  switch (value.kind) {
    case Kind::Text:
      return "'" + std::string(value.text) + "'";
    case Kind::List:
      return list("[", "]");
    case Kind::Set:
      return list("{", "}");
    case Kind::Pair:
      return list("(", ")");
    case Kind::Map: {
      std::string out = "{";
      for (const auto& entry : value.entries) {
        if (out.size() > 1) out += ", ";
        out += show(*entry.key) + ": " + show(*entry.value);
      }
      return out + "}";
    }
    default:
      return to_python_text(value);
  }
}

}  // namespace

TEST_CASE("values") {
  struct Case {
    const char* text;
    const char* expected;
  };
  for (const auto& [text, expected] : {
           Case{"", "None"},
           {"a: yes\nb: 'yes'", "{'a': True, 'b': 'yes'}"},
           {"[010, 0x1F, 0b11, 1_000, 1:30, 08, 0o7]", "[8, 31, 3, 1000, 90, '08', '0o7']"},
           {"[1.5, 1e3, 1.0e+3, .inf, .5, 12:30:45.5]", "[1.5, '1e3', 1000.0, inf, 0.5, 45045.5]"},
           {"123456789012345678901234567890", "123456789012345678901234567890"},
           {"0xffffffffffffffffffff", "1208925819614629174706175"},
           {"[2020-01-01, 2020-01-01 10:00:00.5+02:00]",
            "[2020-01-01, 2020-01-01 10:00:00.500000+02:00]"},
           {"a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}",
            "{'a': {'p': 1, 'q': 2}, 'b': {'p': 1, 'q': 3}}"},
           {"!!set {b, a}", "{'b', 'a'}"},
           {"!!omap [x: 1]", "[('x', 1)]"},
           {"!!binary aGk=", "hi"},
           {"{1: a, 1.0: b, '1': c}", "{1: 'b', '1': 'c'}"},
       }) {
    CAPTURE(text);
    CHECK(show(*CHECK_OK(load(text)).root) == expected);
  }
}

TEST_CASE("errors have a place") {
  struct Case {
    const char* text;
    std::uint32_t line, column;
    const char* message;
  };
  for (const auto& [text, line, column, message] : {
           Case{"a: 1\n b: 2", 2, 3, "mapping values are not allowed"},
           {"a: *x", 1, 4, "undefined alias"},
           {"a: !custom x", 1, 4, "could not determine a constructor"},
           {"a: &x {b: *x}", 1, 4, "recursive"},
           {"k: {{ x }}", 1, 5, "unhashable"},
           {"a: 1\n---\nb: 2", 2, 1, "single document"},
       }) {
    CAPTURE(text);
    const auto loaded = load(text);
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error().message.find(message) != std::string::npos);
    REQUIRE(loaded.error().where);
    CHECK(loaded.error().where->line == line);
    CHECK(loaded.error().where->column == column);
  }
}

TEST_CASE("duplicate keys are findings") {
  const auto document = CHECK_OK(load("a: 1\nb: 2\na: 3"));
  REQUIRE(document.duplicates.size() == 1);
  CHECK(document.duplicates[0].key == "a");
  CHECK(document.duplicates[0].line == 3);
  CHECK(document.root->find("a")->integer == 3);
  CHECK(CHECK_OK(load("a: 1\na: 2", {.mode = LoadMode::Plain})).duplicates.empty());
}

TEST_CASE("limits") {
  CHECK_ERROR(load(std::string(10'000, '[')), ErrorCode::InvalidInput, "nested deeper");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 9; ++k) bomb += before + ", ";
    bomb += before + "]\n";
  }
  CHECK_ERROR(load(bomb), ErrorCode::InvalidInput, "aliases expand");
  CHECK_ERROR(load("ab", {.size_max = 1}), ErrorCode::InvalidInput, "larger than");
  CHECK(CHECK_OK(load("&a [*a]", {.mode = LoadMode::Plain})).recursive);
}

}  // namespace tarn::yaml
