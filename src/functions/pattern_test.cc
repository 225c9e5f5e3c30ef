// SPDX-License-Identifier: Apache-2.0
#include "functions/java_regex.h"
#include "functions/like.h"
#include "functions/testing.h"

namespace tarn::functions {

namespace {

bool like(std::string_view text, std::string_view pattern) {
  return CHECK_OK(LikeMatcher::parse(pattern, std::nullopt)).matches(text);
}

}  // namespace

TEST_CASE("LIKE") {
  struct Case {
    std::string_view text, pattern;
    bool expected;
  };
  const Case cases[] = {
      {"", "", true},
      {"a", "", false},
      {"", "%", true},
      {"", "_", false},
      {"é", "_", true},
      {"😀x", "_x", true},
      {"abc", "a%c", true},
      {"abc", "a%b", false},
      {"aab", "%ab", true},
      {"abab", "%ab%ab", true},
      {"ab", "%ab%ab", false},
      {"abc", "%%%b%%", true},
      {"aXbXc", "a_b_c", true},
      {"a.c", "a.c", true},
      {"axc", "a.c", false},
      {"ab\nc", "a%c", true},
      {"mississippi", "m%iss%ip_i", true},
      {"aé", "%_", true},
      {"é", "%__", false},
      {"aaa", "a%a%a%a", false},
      {"abcabc", "%c_b%", true},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CAPTURE(one.pattern);
    CHECK(like(one.text, one.pattern) == one.expected);
  }
}

TEST_CASE("LIKE with an escape character") {
  const TextCall cases[] = {
      {"$like(varchar, varchar, varchar) -> boolean", {"a%b", "a#%b", "#"}, "true"},
      {"$like(varchar, varchar, varchar) -> boolean", {"axb", "a#%b", "#"}, "false"},
      {"$like(varchar, varchar, varchar) -> boolean", {"a#", "a##", "#"}, "true"},
      {"$like(varchar, varchar, varchar) -> boolean", {"a_", "aé_", "é"}, "true"},
      {"$like(varchar, varchar, varchar) -> boolean", {"axx", "a%%x", "%"}, "false"},
      {"$like(varchar, varchar, varchar) -> boolean",
       {"a", "a#b", "#"},
       "!INVALID_FUNCTION_ARGUMENT"},
      {"$like(varchar, varchar, varchar) -> boolean",
       {"a", "a#", "#"},
       "!INVALID_FUNCTION_ARGUMENT"},
      {"$like(varchar, varchar, varchar) -> boolean", {"a", "a", ""}, "!INVALID_FUNCTION_ARGUMENT"},
      {"$like(varchar, varchar, varchar) -> boolean", {"a", "a", kNullArgument}, "null"},
      {"$like(char(3), varchar) -> boolean", {"a", "a"}, "false"},
      {"$like(char(3), varchar) -> boolean", {"a", "a__"}, "true"},
  };
  check_text_calls(cases);
}

TEST_CASE("regular expressions in Java's syntax") {
  struct Case {
    std::string_view pattern, expected;
  };
  const Case cases[] = {
      {"a\\u00e9", "a\\x{00e9}"}, {"\\Qa.b\\E+", "a\\.b+"},
      {"[\\v-]", "[\\x0B-]"},     {"[]a]", "[\\]a]"},
      {"\\p{Alpha}", "\\p{L}"},   {"[[:alpha:]x]", "[[:alpha:]x]"},
      {"a(?#comment)b", "ab"},    {"(?<n>x)(?:y)(?=z)(?i)", "(?<n>x)(?:y)(?=z)(?i)"},
  };
  for (const Case& one : cases) CHECK(CHECK_OK(translate_java_regex(one.pattern)) == one.expected);
  for (const std::string_view bad :
       {"(*ACCEPT)", "(?R)", "(?P<n>x)", "(?1)", "\\", "[a", "\\u00"}) {
    CAPTURE(bad);
    CHECK_ERROR(translate_java_regex(bad), ErrorCode::InvalidInput, "INVALID_FUNCTION_ARGUMENT");
  }
  for (const std::string_view later : {"[a[b]]", "[a&&b]", "\\h", "\\K", "\\p{IsLatin}"}) {
    CAPTURE(later);
    CHECK_ERROR(translate_java_regex(later), ErrorCode::Unsupported, "NOT_SUPPORTED");
  }
}

TEST_CASE("regexp functions") {
  constexpr std::string_view kBad = "!INVALID_FUNCTION_ARGUMENT";
  const TextCall cases[] = {
      {"regexp_like(varchar, JoniRegExp) -> boolean", {"xéx", "^.é.$"}, "true"},
      {"regexp_like(varchar, JoniRegExp) -> boolean", {"a\nb", "a.b"}, "false"},
      {"regexp_like(varchar, JoniRegExp) -> boolean", {"é", "\\w"}, "false"},
      {"regexp_like(varchar, JoniRegExp) -> boolean", {"é", "^[^\\w][^\\W]*$"}, "true"},
      {"regexp_like(varchar, JoniRegExp) -> boolean", {"٣", "\\d"}, "false"},
      {"regexp_like(varchar, JoniRegExp) -> boolean", {"\v", "[\\s]"}, "true"},
      {"regexp_like(varchar, JoniRegExp) -> boolean", {"aéb", "a\\Bé"}, "true"},
      {"regexp_split(varchar, JoniRegExp) -> array(varchar)", {"aéb_1", "[\\W_]"}, "[a, b, 1]"},
      {"regexp_like(varchar, JoniRegExp) -> boolean", {"a", "("}, kBad},
      {"regexp_like(char(3), JoniRegExp) -> boolean", {"a", "a  $"}, "true"},
      {"regexp_like(varchar, JoniRegExp) -> boolean", {"a", kNullArgument}, "null"},
      {"regexp_count(varchar, JoniRegExp) -> bigint", {"é", ""}, "2"},
      {"regexp_extract(varchar, JoniRegExp) -> varchar", {"ab12", "\\d+"}, "12"},
      {"regexp_extract(varchar, JoniRegExp, bigint) -> varchar", {"a", "(a)|(b)", "2"}, "null"},
      {"regexp_extract(varchar, JoniRegExp, bigint) -> varchar", {"a", "a", "1"}, kBad},
      {"regexp_extract_all(varchar, JoniRegExp) -> array(varchar)", {"a1b22", "\\d+"}, "[1, 22]"},
      {"regexp_split(varchar, JoniRegExp) -> array(varchar)", {"a1b22", "\\d+"}, "[a, b, ]"},
      {"regexp_position(varchar, JoniRegExp) -> integer", {"éb", "b"}, "2"},
      {"regexp_position(varchar, JoniRegExp, bigint) -> integer", {"ab", "^a", "2"}, "-1"},
      {"regexp_replace(varchar, JoniRegExp, varchar) -> varchar", {"ab", "(a)", "$1$1\\$"}, "aa$b"},
      {"regexp_replace(varchar, JoniRegExp, varchar) -> varchar", {"é", "", "-"}, "-é-"},
      {"regexp_replace(varchar, JoniRegExp, varchar) -> varchar", {"b", "(a)?b", "[$1]"}, "[]"},
      {"regexp_replace(varchar, JoniRegExp, varchar) -> varchar", {"a", "a", "$"}, kBad},
      {"regexp_replace(varchar, JoniRegExp, varchar) -> varchar", {"b", "a", "$9"}, "b"},
  };
  check_text_calls(cases);
}

TEST_CASE("a regular expression that never ends is stopped") {
  const std::string text(60, 'a');
  const std::string answer = test_answer_of_texts("regexp_like(varchar, JoniRegExp) -> boolean",
                                                  {text, "(a?){30}(a*)*(a*)*b"});
  CHECK((answer == "false" || answer == "!INVALID_FUNCTION_ARGUMENT"));
}

}  // namespace tarn::functions
