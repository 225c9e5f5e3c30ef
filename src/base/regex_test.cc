// SPDX-License-Identifier: Apache-2.0
#include "base/regex.h"

#include "base/testing.h"

using namespace tarn;

TEST_CASE("matches, groups and options") {
  struct Row {
    const char* pattern;
    const char* subject;
    RegexOptions options;
    const char* expected;  // groups by '|', `-` for a group without part; null for no match
  };
  const Row rows[] = {
      {"b+", "abbbc", {}, "bbb"},
      {"(a)|(b)", "b", {}, "b|-|b"},
      {"(a)|(b)", "a", {}, "a|a|-"},
      {"x", "abc", {}, nullptr},
      {"", "", {}, ""},
      {"ABC", "xabc", {.ignore_case = true}, "abc"},
      {"Ä", "ä", {.ignore_case = true}, "ä"},
      {"^b$", "a\nb\nc", {}, nullptr},
      {"^b$", "a\nb\nc", {.multi_line = true}, "b"},
      {"a.b", "a\nb", {}, nullptr},
      {"a.b", "a\nb", {.dot_matches_all = true}, "a\nb"},
      {"\\w+", "-äb-", {}, "äb"},
      {"\\w+", "-äb-", {.ascii_classes = true}, "b"},
      {"^.$", "日", {}, "日"},
      {"a",
       "\xff\xfe"
       "a",
       {},
       "a"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.subject);
    const auto regex = CHECK_OK(Regex::compile(row.pattern, row.options));
    const auto match = CHECK_OK(regex.find(row.subject));
    REQUIRE(match.has_value() == (row.expected != nullptr));
    if (!match) continue;
    std::string found;
    for (std::size_t i = 0; i < match->groups.size(); ++i) {
      if (i > 0) found += '|';
      found += match->groups[i].value_or("-");
    }
    CHECK(found == row.expected);
  }
}

TEST_CASE("searching on from an offset") {
  const auto regex = CHECK_OK(Regex::compile("\\bb"));
  const std::string_view text = "ab b äb";
  CHECK(CHECK_OK(regex.find(text))->begin == 3);
  CHECK_FALSE(CHECK_OK(regex.find(text, 4)).has_value());
  CHECK_FALSE(CHECK_OK(regex.find(text, 6)).has_value());  // inside the ä
  CHECK_FALSE(CHECK_OK(regex.find(text, 99)).has_value());
  CHECK(CHECK_OK(CHECK_OK(Regex::compile("$")).find("ab", 2))->end == 2);
}

TEST_CASE("the whole text") {
  const auto regex = CHECK_OK(Regex::compile("a|ab"));
  CHECK(CHECK_OK(regex.matches_whole("ab")));
  CHECK(CHECK_OK(regex.matches_whole("a")));
  CHECK_FALSE(CHECK_OK(regex.matches_whole("abc")));
  CHECK_FALSE(CHECK_OK(regex.matches_whole("a\n")));
}

TEST_CASE("names of groups") {
  const auto regex = CHECK_OK(Regex::compile("(?P<year>\\d+)-(\\d+)-(?<day>\\d+)"));
  CHECK(regex.group_count() == 3);
  CHECK(regex.group_names() == std::vector<std::string>{"", "year", "", "day"});
}

TEST_CASE("bad patterns and endless work are errors") {
  CHECK_ERROR(Regex::compile("a(b"), ErrorCode::InvalidInput, "at character 4");
  CHECK_ERROR(Regex::compile("ä("), ErrorCode::InvalidInput, "at character 3");
  const auto regex = CHECK_OK(Regex::compile("^(a+)+$"));
  CHECK_ERROR(regex.find(std::string(60, 'a') + "b"), ErrorCode::InvalidInput, "limit");
  const auto deep = CHECK_OK(Regex::compile("^(?:a|b)*$"));
  CHECK(CHECK_OK(deep.find(std::string(200'000, 'a'))).has_value());
}

TEST_CASE("many groups") {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "(.)";
  const auto regex = CHECK_OK(Regex::compile(pattern));
  const std::string subject(100, 'z');
  const auto match = CHECK_OK(regex.find(subject));
  REQUIRE(match.has_value());
  CHECK(match->groups.size() == 101);
  CHECK(match->groups[100] == "z");
}
