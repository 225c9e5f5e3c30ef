// SPDX-License-Identifier: Apache-2.0
// Golden files: statements, then what is expected of each. UPDATE_GOLDEN=1 rewrites the files.
//   parse/*.txt  the tree        print/*.txt  the text       error/*.txt  the error with its
//   excerpt
// A case is a statement, a line `---`, the expected text, a line `====`.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tree/compare.h"

namespace tarn::sql {
namespace {

struct GoldenCase {
  std::string input;
  std::string expected;
};

std::vector<GoldenCase> read_cases(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file, path.string());
  std::vector<GoldenCase> cases;
  GoldenCase current;
  bool in_input = true;
  for (std::string line; std::getline(file, line);) {
    if (line == "====") {
      cases.push_back(std::move(current));
      current = {};
      in_input = true;
    } else if (line == "---") {
      in_input = false;
    } else {
      (in_input ? current.input : current.expected) += line + "\n";
    }
  }
  if (!trim(current.input).empty()) cases.push_back(std::move(current));
  for (auto& item : cases) item.input = std::string(trim(item.input));
  return cases;
}

std::string answer(const std::string& kind, const std::string& input) {
  auto statement = parse_statement(input);
  if (!statement) return show_error(input, statement.error());
  if (kind == "error") return "no error\n";
  std::string printed = print(**statement);
  auto again = parse_statement(printed);
  if (!again) return "NOT STABLE: " + printed + "\n" + show_error(printed, again.error());
  if (!same(**statement, **again)) return "NOT STABLE: " + printed + "\n";
  return (kind == "parse" ? dump(**statement) : printed) + "\n";
}

TEST_CASE("golden files") {
  bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
  std::filesystem::path root = std::filesystem::path(TARN_SOURCE_DIR) / "tests/golden/sql";
  for (const std::string kind : {"parse", "print", "error"}) {
    for (const auto& entry : std::filesystem::directory_iterator(root / kind)) {
      auto cases = read_cases(entry.path());
      std::ostringstream rewritten;
      for (const auto& item : cases) {
        std::string actual = answer(kind, item.input);
        if (!update) CHECK_MESSAGE(actual == item.expected, entry.path().string(), "\n", actual);
        rewritten << item.input << "\n---\n" << actual << "====\n";
      }
      if (update) std::ofstream(entry.path()) << rewritten.str();
    }
  }
}

}  // namespace
}  // namespace tarn::sql
