// SPDX-License-Identifier: Apache-2.0
// The house style as a test that fails: sizes, include arrows, banned words, the map of folders.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/testing.h"
#include "base/text.h"

namespace {

using namespace tarn;

constexpr std::size_t kFileLinesMax = 600;
constexpr std::size_t kFunctionLinesMax = 70;
constexpr std::size_t kTestLinesMax = 120;  // tests are tables
constexpr std::size_t kLineCharactersMax = 100;

// Tables of facts, where a longer file or function is easier to read than a cut one.
const std::set<std::string> kLongFiles = {};

std::string source_folder() { return TARN_SOURCE_DIR; }

struct Source {
  std::string path;  // below the root
  std::vector<std::string> lines;
};

bool is_code(const std::string& path) { return path.ends_with(".cc") || path.ends_with(".h"); }

std::vector<Source> sources() {
  std::vector<Source> result;
  for (const std::string folder : {"src", "tests", "fuzz", "bench"}) {
    for (const auto& file : CHECK_OK(list_files(source_folder() + "/" + folder))) {
      if (!is_code(file.path)) continue;
      Source source{folder + "/" + file.path, {}};
      std::string text = CHECK_OK(read_file(source_folder() + "/" + source.path));
      for (auto line : split(text, '\n')) source.lines.emplace_back(line);
      result.push_back(std::move(source));
    }
  }
  return result;
}

const std::vector<Source>& all_sources() {
  static const std::vector<Source> all = sources();
  return all;
}

// name → folders named behind DEPENDS in src/CMakeLists.txt.
std::map<std::string, std::set<std::string>> declared_arrows() {
  std::map<std::string, std::set<std::string>> arrows;
  std::string text = CHECK_OK(read_file(source_folder() + "/src/CMakeLists.txt"));
  for (auto line : split(text, '\n')) {
    if (!line.starts_with("folder(")) continue;
    line.remove_prefix(7);
    line = line.substr(0, line.find(')'));
    auto words = split(line, ' ');
    auto& to = arrows[std::string(words[0])];
    bool depends = false;
    for (auto word : words) {
      if (word == "DEPENDS" || word == "LIBRARIES") {
        depends = word == "DEPENDS";
      } else if (depends) {
        to.emplace(word);
      }
    }
  }
  return arrows;
}

std::set<std::string> reachable(const std::map<std::string, std::set<std::string>>& arrows,
                                const std::string& from) {
  std::set<std::string> seen = {from};
  std::vector<std::string> open = {from};
  while (!open.empty()) {
    std::string next = open.back();
    open.pop_back();
    auto found = arrows.find(next);
    if (found == arrows.end()) continue;
    for (const auto& to : found->second) {
      if (seen.insert(to).second) open.push_back(to);
    }
  }
  return seen;
}

bool opens_function(const std::string& line) {
  if (line.empty() || line[0] == ' ' || line[0] == '}' || line[0] == '#' || line[0] == '/') {
    return false;
  }
  for (std::string_view word :
       {"namespace", "class ", "struct ", "enum ", "union ", "extern ", "template"}) {
    if (line.starts_with(word)) return false;
  }
  return line.ends_with("{") && line.find('(') != std::string::npos &&
         line.find("= {") == std::string::npos;
}

}  // namespace

TEST_CASE("files, functions and lines are short") {
  for (const auto& source : all_sources()) {
    CAPTURE(source.path);
    if (!kLongFiles.contains(source.path)) CHECK(source.lines.size() <= kFileLinesMax + 1);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string& line = source.lines[i];
      if (count_code_points(line) > kLineCharactersMax && line.find("R\"") == std::string::npos &&
          line.find("://") == std::string::npos) {
        FAIL_CHECK("line " << i + 1 << " is longer than 100 characters");
      }
      if (opens_function(line)) begin = i + 1;
      if (line == "}" && begin != 0) {
        std::size_t length = i + 2 - begin;
        bool test = source.path.ends_with("_test.cc");
        if (length > (test ? kTestLinesMax : kFunctionLinesMax)) {
          FAIL_CHECK("the function at line " << begin << " has " << length << " lines");
        }
        begin = 0;
      }
    }
  }
}

TEST_CASE("folders include only what their arrows allow") {
  auto arrows = declared_arrows();
  REQUIRE(arrows.size() > 10);
  for (const auto& source : all_sources()) {
    if (!source.path.starts_with("src/")) continue;
    CAPTURE(source.path);
    std::string folder(split(source.path, '/')[1]);
    if (folder.ends_with(".cc")) continue;
    REQUIRE(arrows.contains(folder));
    auto allowed = reachable(arrows, folder);
    for (const auto& line : source.lines) {
      if (!line.starts_with("#include \"")) continue;
      std::string target = line.substr(10, line.find('/') - 10);
      if (!allowed.contains(target)) FAIL_CHECK("may not include " << line.substr(9));
    }
  }
}

TEST_CASE("DuckDB headers are seen by one folder only, libraries by few") {
  struct Rule {
    std::string include;
    std::string folder;
  };
  const std::vector<Rule> rules = {{"#include \"duckdb.h", "src/duckdb/"},
                                   {"#include <duckdb", "src/duckdb/"},
                                   {"#include <CLI/", "src/cli/command_line.cc"},
                                   {"#include <sqlite3.h>", "src/sqlite/"},
                                   {"#include <libpq-fe.h>", "src/postgres/"},
                                   {"#include <yaml.h>", "src/yaml/"},
                                   {"#include <curl/", "src/http/"},
                                   {"#include <roaring", "src/iceberg/"}};
  for (const auto& source : all_sources()) {
    CAPTURE(source.path);
    for (const auto& line : source.lines) {
      for (const auto& rule : rules) {
        if (line.starts_with(rule.include) && !source.path.starts_with(rule.folder)) {
          FAIL_CHECK(line << " belongs to " << rule.folder);
        }
      }
    }
  }
}

TEST_CASE("headers stay light and self-declared, and banned words stay out") {
  for (const auto& source : all_sources()) {
    CAPTURE(source.path);
    REQUIRE(!source.lines.empty());
    CHECK(source.lines[0].starts_with("// SPDX-License-Identifier: Apache-2.0"));
    bool header = source.path.ends_with(".h");
    for (const auto& line : source.lines) {
      if (header && source.path.find("/testing.h") == std::string::npos) {
        for (std::string_view heavy : {"#include <iostream>", "#include <regex>",
                                       "#include <filesystem>", "#include <boost/"}) {
          if (line.starts_with(heavy)) FAIL_CHECK("a header may not have " << line);
        }
      }
      if (!source.path.starts_with("src/")) continue;
      for (std::string_view banned : {"std::cout", "std::cerr", "sleep_for(", "using namespace std",
                                      "std::regex", "//====", "// XXX", "FIXME"}) {
        if (line.find(banned) != std::string::npos) FAIL_CHECK("banned: " << line);
      }
    }
  }
}

TEST_CASE("no file or folder is a drawer") {
  const std::set<std::string> drawers = {"util",    "utils", "common", "helper",
                                         "helpers", "misc",  "core",   "manager"};
  for (const auto& source : all_sources()) {
    for (auto part : split(source.path, '/')) {
      std::string name(part.substr(0, part.find('.')));
      if (drawers.contains(name)) FAIL_CHECK(source.path << " is named like a drawer");
    }
  }
}

TEST_CASE("the map in ARCHITECTURE.md lists the folders that exist") {
  std::set<std::string> folders;
  for (const auto& source : all_sources()) {
    if (source.path.starts_with("src/")) folders.emplace(split(source.path, '/')[1]);
  }
  std::set<std::string> listed;
  std::string text = CHECK_OK(read_file(source_folder() + "/docs/ARCHITECTURE.md"));
  CHECK(std::count(text.begin(), text.end(), '\n') <= 200);
  for (auto line : split(text, '\n')) {
    if (!line.starts_with("| `")) continue;
    listed.emplace(line.substr(3, line.find('`', 3) - 3));
  }
  CHECK(folders == listed);
}
