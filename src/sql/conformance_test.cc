// SPDX-License-Identifier: Apache-2.0
// Every statement of the recorded packs: parses or fails as Trino did, and print is stable. Runs
// only where TARN_CONFORMANCE names the folder of the packs.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/text.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tree/compare.h"
#include "sql/tree/visit.h"

namespace tarn::sql {
namespace {

namespace json = boost::json;

struct Counts {
  int total = 0, parsed = 0, refused = 0, rejected = 0, position_right = 0, position_known = 0;
};

Result<StatementPtr> parse_deep(const std::string& text) {
  StatementPtr statement = TRY(parse_statement(text));
  if (const auto* immediate = as<ExecuteImmediate>(*statement)) {
    auto inner = parse_statement(immediate->text);
    if (!inner) {
      Error error = inner.error();
      if (error.where) error.where = shift_into(immediate->text_span, *error.where);
      return error;
    }
  }
  return statement;
}

void check_stable(const std::string& text, const Statement& statement) {
  std::string printed = print(statement);
  auto again = parse_statement(printed);
  if (!again) {
    FAIL_CHECK(text << "\n  printed as " << printed << "\n  "
                    << show_error(printed, again.error()));
    return;
  }
  CHECK_MESSAGE(same(statement, **again), text << "\n  printed as " << printed);
}

void judge(const std::string& text, const json::object* error, Counts& counts) {
  ++counts.total;
  auto statement = parse_deep(text);
  bool must_fail = error && error->at("name").as_string() == "SYNTAX_ERROR";
  if (statement) {
    CHECK_MESSAGE(!must_fail, "should not parse: " << text);
    ++counts.parsed;
    check_stable(text, **statement);
    return;
  }
  if (statement.error().code == ErrorCode::Unsupported) {
    ++counts.refused;
    return;
  }
  CHECK_MESSAGE(must_fail, text << "\n" << show_error(text, statement.error()));
  ++counts.rejected;
  if (!must_fail || !error->contains("line")) return;
  ++counts.position_known;
  auto line = error->at("line").as_int64();
  auto column = error->at("column").as_int64();
  const auto& where = *statement.error().where;
  bool right = where.line == line && where.column == column;
  counts.position_right += right;
  CHECK_MESSAGE(right, text << "\n  Trino at " << line << ":" << column << ", we\n"
                            << show_error(text, statement.error()));
  if (std::getenv("TARN_SHOW_SYNTAX")) {
    MESSAGE(std::string(error->at("message").as_string())
            << "\n     " << statement.error().message);
  }
}

template <typename Function>
void each_line(const std::string& path, Function function) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file, path);
  for (std::string line; std::getline(file, line);) function(json::parse(line).as_object());
}

TEST_CASE("statements of the packs") {
  const char* folder = std::getenv("TARN_CONFORMANCE");
  if (!folder) {
    MESSAGE("SKIPPED: TARN_CONFORMANCE is not set");
    return;
  }
  Counts counts;
  for (const char* name : {"trino-sql/expressions.jsonl", "trino-sql/tpch.jsonl"}) {
    each_line(fmt::format("{}/{}", folder, name), [&](const json::object& line) {
      judge(std::string(line.at("sql").as_string()),
            line.contains("error") ? &line.at("error").as_object() : nullptr, counts);
    });
  }
  each_line(fmt::format("{}/trino-scripts/cases.jsonl", folder), [&](const json::object& script) {
    for (const auto& step : script.at("statements").as_array()) {
      const auto& expect = step.at("expect").as_object();
      std::string text(step.at("sql").as_string());
      for (const char* name : {"catalog", "schema", "pgcatalog", "pgschema", "user", "location"}) {
        text = replace_all(text, fmt::format("${{{}}}", name), name);
      }
      while (text.find("${") != std::string::npos) {
        std::size_t begin = text.find("${");
        text.replace(begin, text.find('}', begin) + 1 - begin, "12345");
      }
      judge(text, expect.contains("error") ? &expect.at("error").as_object() : nullptr, counts);
    }
  });
  MESSAGE(counts.total << " statements: " << counts.parsed << " parsed, " << counts.refused
                       << " refused, " << counts.rejected << " rejected (" << counts.position_right
                       << " of " << counts.position_known << " at Trino's place)");
}

}  // namespace
}  // namespace tarn::sql
