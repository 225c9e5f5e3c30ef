// SPDX-License-Identifier: Apache-2.0
// Golden files: templates, then what is expected of each. UPDATE_GOLDEN=1 rewrites the files.
//   lex/*.txt  the tokens        render/*.txt  the output        error/*.txt  the failure
// A case is a template, a line `---`, the expected text, a line `====`. A first line `#json {…}`
// names the context, a first part that ends in a line `#end` holds macros. `·` stands for a blank
// at a line's end in what is expected, `¶` for the missing line feed at the end.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "jinja/rendering.h"
#include "jinja/token.h"

namespace tarn::jinja {
namespace {

struct GoldenCase {
  std::string input;
  std::string expected;
};

std::vector<GoldenCase> read_golden_cases(const std::filesystem::path& path) {
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
    } else if (line == "---" && in_input) {
      in_input = false;
    } else {
      (in_input ? current.input : current.expected) += line + "\n";
    }
  }
  for (auto& item : cases) {
    if (item.input.ends_with('\n')) item.input.pop_back();
  }
  return cases;
}

// Shows blanks at line ends and whether the last line ends.
std::string show_ends(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t next = text.find_first_not_of(' ', i);
    const bool at_end = next == std::string_view::npos || text[next] == '\n';
    out += text[i] == ' ' && at_end ? "·" : std::string(1, text[i]);
  }
  return out + "¶\n";
}

std::string show_tokens(std::string_view text) {
  std::string out;
  const auto list = tokenize(text);
  for (const auto& token : list.tokens) {
    out += fmt::format("{} {}", token.line, describe(token.type));
    const bool has_text = token.type == TokenType::Data || token.type == TokenType::Name ||
                          token.type == TokenType::String || token.type == TokenType::Integer ||
                          token.type == TokenType::Float || token.type == TokenType::Failure;
    if (has_text) out += " |" + replace_all(token.text, "\n", "¶") + "|";
    out += "\n";
  }
  return out;
}

std::string golden_answer(const std::string& kind, std::string input) {
  if (kind == "lex") return show_tokens(input);
  TestRender test;
  if (const auto end = input.find("#end\n"); end != std::string::npos) {
    test.add_macros(std::string_view(input).substr(0, end));
    input.erase(0, end + 5);
  }
  if (input.starts_with("#json ")) {
    const std::size_t end = input.find('\n');
    test.add_context(std::string_view(input).substr(6, end - 6));
    input.erase(0, end + 1);
  }
  const auto text = test.text(input);
  if (kind == "render") return text ? show_ends(*text) : "FAILED " + text.error().message + "\n";
  if (text) return "no error\n";
  const Error& error = text.error();
  if (error.kind == kSyntaxError || test.render == nullptr) {
    return fmt::format("{}: line {}: {}\n", error.kind, error.where ? error.where->line : 0,
                       error.message);
  }
  return fmt::format("{}: {}\n", error.kind, format_failure(error, test.render->trace()));
}

TEST_CASE("golden files of templates") {
  const bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
  const std::filesystem::path root = std::filesystem::path(TARN_SOURCE_DIR) / "tests/golden/jinja";
  for (const std::string kind : {"lex", "render", "error"}) {
    for (const auto& entry : std::filesystem::directory_iterator(root / kind)) {
      const auto cases = read_golden_cases(entry.path());
      std::ostringstream rewritten;
      for (const auto& item : cases) {
        const std::string actual = golden_answer(kind, item.input);
        if (!update) {
          CHECK_MESSAGE(actual == item.expected, entry.path().string(), "\n", item.input, "\n",
                        actual);
        }
        rewritten << item.input << "\n---\n" << actual << "====\n";
      }
      if (update) std::ofstream(entry.path()) << rewritten.str();
    }
  }
}

}  // namespace
}  // namespace tarn::jinja
