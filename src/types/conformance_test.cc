// SPDX-License-Identifier: Apache-2.0
// Every type text and every value that a real Trino answered must survive parse and print, decode
// and encode. Runs where TARN_CONFORMANCE names the packs.
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>

#include "base/json.h"
#include "base/testing.h"
#include "types/json_text.h"
#include "types/type_text.h"
#include "types/wire.h"

namespace tarn::types {
namespace {

// Floating-point numbers are wrapped in the packs to keep their text.
void append_recorded(std::string& out, const boost::json::value& json) {
  if (const auto* object = json.if_object()) {
    if (const auto* text = object->if_contains("$float")) {
      out += text->as_string();
      return;
    }
    out += '{';
    bool first = true;
    for (const auto& member : *object) {
      if (!first) out += ',';
      first = false;
      append_json_text(out, member.key());
      out += ':';
      append_recorded(out, member.value());
    }
    out += '}';
  } else if (const auto* array = json.if_array()) {
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) out += ',';
      append_recorded(out, (*array)[i]);
    }
    out += ']';
  } else if (const auto* text = json.if_string()) {
    append_json_text(out, *text);
  } else {
    out += boost::json::serialize(json);
  }
}

// The same value with the wrapped numbers as JSON numbers.
boost::json::value unwrap(const boost::json::value& json) {
  if (const auto* array = json.if_array()) {
    boost::json::array out;
    for (const auto& item : *array) out.push_back(unwrap(item));
    return out;
  }
  if (const auto* object = json.if_object()) {
    if (const auto* text = object->if_contains("$float")) {
      return std::strtod(text->as_string().c_str(), nullptr);
    }
    boost::json::object out;
    for (const auto& member : *object) out[member.key()] = unwrap(member.value());
    return out;
  }
  return json;
}

struct Counts {
  int types = 0, values = 0, skipped = 0;
};

void check_answer(const boost::json::object& answer, Counts& counts) {
  const auto* texts = answer.if_contains("types");
  if (texts == nullptr || !texts->is_array()) return;
  std::vector<Type> types;
  for (const auto& text : texts->get_array()) {
    const std::string_view name = text.as_string();
    types.push_back(CHECK_OK(parse_type(name)));
    CHECK(to_sql_text(types.back()) == name);
    ++counts.types;
  }
  const auto* rows = answer.if_contains("rows");
  if (rows == nullptr || !rows->is_array()) return;
  for (const auto& row : rows->get_array()) {
    for (std::size_t i = 0; i < types.size(); ++i) {
      const auto& cell = row.as_array()[i];
      const auto value = decode_wire_json(types[i], unwrap(cell));
      if (!value && value.error().code == ErrorCode::Unsupported) {
        ++counts.skipped;
        continue;
      }
      if (!value && boost::json::serialize(cell).find("${") != std::string::npos) continue;
      std::string out;
      append_wire_json(out, types[i], CHECK_OK(value));
      std::string expected;
      append_recorded(expected, cell);
      CHECK(out == expected);
      ++counts.values;
    }
  }
}

TEST_CASE("recorded types and values" * doctest::skip(std::getenv("TARN_CONFORMANCE") == nullptr)) {
  const std::string folder = std::getenv("TARN_CONFORMANCE");
  Counts counts;
  for (const char* name : {"/trino-sql/expressions.jsonl", "/trino-sql/tpch.jsonl"}) {
    std::ifstream file(folder + name);
    REQUIRE(file);
    for (std::string line; std::getline(file, line);) {
      const auto json = CHECK_OK(parse_json(line));
      CAPTURE(json.at("sql").as_string().c_str());
      check_answer(json.as_object(), counts);
    }
  }
  std::ifstream scripts(folder + "/trino-scripts/cases.jsonl");
  REQUIRE(scripts);
  for (std::string line; std::getline(scripts, line);) {
    const auto json = CHECK_OK(parse_json(line));
    for (const auto& statement : json.at("statements").as_array()) {
      boost::json::object answer = statement.at("expect").as_object();
      answer.erase("rows");
      check_answer(answer, counts);
    }
  }
  MESSAGE("types: ", counts.types, ", values: ", counts.values, ", skipped: ", counts.skipped);
  CHECK(counts.values > 13'000);
}

}  // namespace
}  // namespace tarn::types
