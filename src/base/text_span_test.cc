// SPDX-License-Identifier: Apache-2.0
#include "base/text_span.h"

#include "base/diagnostics.h"
#include "base/testing.h"

using namespace tarn;

TEST_CASE("lines and columns of spans") {
  const std::string_view text = "ab\ncäde\n";
  struct Row {
    std::size_t offset, length;
    TextSpan span;
  };
  const Row rows[] = {
      {0, 2, {0, 2, 1, 1}}, {2, 1, {2, 1, 1, 3}},  {3, 1, {3, 1, 2, 1}},  {6, 1, {6, 1, 2, 3}},
      {9, 0, {9, 0, 3, 1}}, {7, 99, {7, 2, 2, 4}}, {99, 5, {9, 0, 3, 1}},
  };
  for (const auto& row : rows) CHECK(make_text_span(text, row.offset, row.length) == row.span);
  CHECK(cover({0, 2, 1, 1}, {6, 1, 2, 3}) == TextSpan{0, 7, 1, 1});
  CHECK(cover({6, 1, 2, 3}, {0, 9, 1, 1}) == TextSpan{0, 9, 1, 1});
}

TEST_CASE("excerpts show the place") {
  const auto show = [](std::string_view text, std::size_t offset, std::size_t length) {
    return excerpt(text, make_text_span(text, offset, length));
  };
  CHECK(show("select colour from t", 7, 6) ==
        "     1 | select colour from t\n"
        "       |        ^^^^^^\n");
  CHECK(show("a\r\n\tb日c\r\nd", 5, 3) ==
        "     2 |  b日c\n"
        "       |   ^^\n");
  CHECK(show("a\nb", 3, 0) ==
        "     2 | b\n"
        "       |  ^\n");
  CHECK(show("ab\ncd", 1, 3) ==
        "     1 | ab\n"
        "       |  ^\n");
  CHECK(show("", 0, 0) ==
        "     1 | \n"
        "       | ^\n");
  CHECK(show("\n\n\n\n\n\n\n\n\nx", 9, 1) ==
        "     10 | x\n"
        "        | ^\n");
}

TEST_CASE("excerpts of long lines are cut around the place") {
  const std::string text = std::string(500, 'a') + "XY" + std::string(500, 'b');
  CHECK(excerpt(text, make_text_span(text, 500, 2)) ==
        "     1 | ..." + std::string(40, 'a') + "XY" + std::string(58, 'b') + "...\n" +
            "       | " + std::string(43, ' ') + "^^\n");
  CHECK(excerpt(text, make_text_span(text, 0, 1002)) ==
        "     1 | " + std::string(100, 'a') + "...\n" + "       | " + std::string(100, '^') + "\n");
}

TEST_CASE("findings are printed with their place") {
  const std::string_view text = "x: 1\nx: 2\na: 1";
  const auto where = make_text_span(text, 10, 1);
  Diagnostics diagnostics;
  CHECK_FALSE(diagnostics.has_errors());
  diagnostics.add({Severity::Warning, "", "odd", "", std::nullopt, "", ""});
  CHECK_FALSE(diagnostics.has_errors());
  diagnostics.add({Severity::Error, "duplicate-key", "duplicate key `a`", "models/schema.yml",
                   where, excerpt(text, where), "did you mean `x`?"});
  CHECK(diagnostics.has_errors());
  CHECK(format_diagnostic(diagnostics.items()[0]) == "warning: odd\n");
  CHECK(format_diagnostic(diagnostics.items()[1]) ==
        "error: duplicate key `a`\n"
        "  --> models/schema.yml:3:1\n"
        "     3 | a: 1\n"
        "       | ^\n"
        "  hint: did you mean `x`?\n");
}
