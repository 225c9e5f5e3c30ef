// SPDX-License-Identifier: Apache-2.0
#include "base/json_text.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace tarn {

namespace {

std::string json_of(std::string_view text, JsonEscapes escapes) {
  std::string out;
  append_json_text(out, text, escapes);
  return out;
}

}  // namespace

TEST_CASE("texts as JSON in the three ways") {
  struct Case {
    std::string_view text, needed, java, ascii;
  };
  const Case cases[] = {
      {"", R"("")", R"("")", R"("")"},
      {"a\"b\\c", R"("a\"b\\c")", R"("a\"b\\c")", R"("a\"b\\c")"},
      {"\b\f\n\r\t", R"("\b\f\n\r\t")", R"("\b\f\n\r\t")", R"("\b\f\n\r\t")"},
      {"\x1f|\x7f", "\"\\u001f|\x7f\"", "\"\\u001F|\x7f\"", R"("\u001f|\u007f")"},
      {"ä€", R"("ä€")", R"("ä€")", R"("\u00e4\u20ac")"},
      {"😀", R"("😀")", R"("😀")", R"("\ud83d\ude00")"},
  };
  for (const Case& c : cases) {
    CHECK(json_of(c.text, JsonEscapes::Needed) == c.needed);
    CHECK(json_of(c.text, JsonEscapes::Java) == c.java);
    CHECK(json_of(c.text, JsonEscapes::Ascii) == c.ascii);
  }
}

}  // namespace tarn
