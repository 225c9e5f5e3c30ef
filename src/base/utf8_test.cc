// SPDX-License-Identifier: Apache-2.0
#include "base/testing.h"
#include "base/text.h"

using namespace tarn;

TEST_CASE("code points read back") {
  const char32_t points[] = {0,      0x41,   0x7F,   0x80,    0x7FF,   0x800,
                             0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x1F600, 0x10FFFF};
  for (const char32_t point : points) {
    std::string text;
    append_utf8(text, point);
    std::size_t offset = 0;
    CHECK(next_code_point(text, offset) == point);
    CHECK(offset == text.size());
    CHECK(is_valid_utf8(text));
  }
}

TEST_CASE("malformed bytes count one by one") {
  const std::string_view rows[] = {
      "\x80",          // trail without lead
      "\xC0\xAF",      // overlong
      "\xC1\xBF",      // overlong
      "\xE0\x80\x80",  // overlong
      "\xF0\x80\x80\x80",
      "\xED\xA0\x80",      // surrogate
      "\xF4\x90\x80\x80",  // past U+10FFFF
      "\xF5\x80\x80\x80",
      "\xE2\x82",  // cut off
      "\xFF",
  };
  for (const auto text : rows) {
    CHECK_FALSE(is_valid_utf8(text));
    CHECK_FALSE(is_valid_utf8("12345678" + std::string(text) + "tail"));
    CHECK(count_code_points(text) == text.size());
    std::size_t offset = 0;
    CHECK(next_code_point(text, offset) == 0xFFFD);
    CHECK(offset == 1);
    CHECK(utf8_lower(text) == text);
  }
}

TEST_CASE("counts, prefixes and widths") {
  struct Row {
    std::string_view text;
    std::size_t count, width;
  };
  const Row rows[] = {
      {"", 0, 0},         {"plain ascii text", 16, 16}, {"äöü", 3, 3}, {"日本", 2, 4},
      {"e\u0301x", 3, 2}, {"12345678ä", 9, 9},          {"😀", 1, 2},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(is_valid_utf8(row.text));
    CHECK(count_code_points(row.text) == row.count);
    CHECK(display_width(row.text) == row.width);
    CHECK(utf8_prefix(row.text, row.count) == row.text);
  }
  CHECK(utf8_prefix("äöü", 2) == "äö");
  CHECK(utf8_prefix("aäbc", 2) == "aä");
  CHECK(utf8_prefix("abcdefghijk", 10) == "abcdefghij");
  CHECK(utf8_prefix("abc", 0) == "");
}

TEST_CASE("case of all letters") {
  struct Row {
    std::string_view text, lower, upper;
  };
  const Row rows[] = {
      {"AbC 1", "abc 1", "ABC 1"}, {"ÄÖÜ", "äöü", "ÄÖÜ"}, {"straße", "straße", "STRAßE"},
      {"ΑΣ", "ας", "ΑΣ"},          {"Ж", "ж", "Ж"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(utf8_upper(row.text) == row.upper);
    if (row.text != "ΑΣ") CHECK(utf8_lower(row.text) == row.lower);
  }
  CHECK(utf8_lower("ΑΣ") == "ασ");  // one by one: no final sigma
}
