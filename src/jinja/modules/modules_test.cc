// SPDX-License-Identifier: Apache-2.0
#include "jinja/modules.h"

#include "jinja/rendering.h"

namespace tarn::jinja {
namespace {

struct Expectation {
  std::string expression;
  std::string expected;
};

void check_expressions(const std::vector<Expectation>& cases) {
  TestRender test;
  for (const auto& c : cases) {
    CAPTURE(c.expression);
    CHECK(CHECK_OK(test.text("{{ " + c.expression + " }}")) == c.expected);
  }
}

TEST_CASE("dates and times compute as Python's") {
  const std::string dt = "modules.datetime.datetime";
  const std::string date = "modules.datetime.date";
  const std::string delta = "modules.datetime.timedelta";
  check_expressions({
      {dt + "(2024,1,31) + " + delta + "(days=30)", "2024-03-01 00:00:00"},
      {"(" + dt + "(2024,3,1) - " + dt + "(2024,2,1)).days", "29"},
      {"[" + dt + "(2024,1,2,3,4,5,6)]", "[datetime.datetime(2024, 1, 2, 3, 4, 5, 6)]"},
      {dt + "(2024,1,2) < " + dt + "(2024,1,3)", "True"},
      {dt + "(2024,1,2).replace(day=5, hour=7).isoformat()", "2024-01-05T07:00:00"},
      {dt + ".strptime('03/02/24 11:05 PM', '%d/%m/%y %I:%M %p')", "2024-02-03 23:05:00"},
      {dt + ".fromisoformat('2024-01-02T03:04:05.5+01:30')", "2024-01-02 03:04:05.500000+01:30"},
      {dt + "(2024,12,30).strftime('%G-%V-%u %U %W %e|%-d|%j')", "2025-01-1 52 53 30|30|365"},
      {date + ".fromordinal(738887)", "2024-01-02"},
      {date + "(2024,1,2).toordinal()", "738887"},
      {date + "(2024,1,4).isocalendar()[1]", "1"},
      {delta + "(hours=1) * 1.5", "1:30:00"},
      {delta + "(days=1) // " + delta + "(hours=5)", "4"},
      {"(-" + delta + "(seconds=90)).total_seconds()", "-90.0"},
      {delta + "(weeks=1, milliseconds=1)", "7 days, 0:00:00.001000"},
      {dt + ".now() - " + dt + ".utcnow() > " + delta + "(days=-2)", "True"},
      {dt + ".combine(" + date + "(2024,1,2), modules.datetime.time(3,4))", "2024-01-02 03:04:00"},
  });
}

TEST_CASE("week numbers agree with the calendar") {
  check_expressions({{"modules.datetime.datetime(2024,12,30).strftime('%G')", "2025"},
                     {"modules.datetime.datetime(2024,12,30).strftime('%V')", "01"}});
}

TEST_CASE("time zones behave as pytz's") {
  const std::string new_york = "modules.pytz.timezone('America/New_York')";
  const std::string dt = "modules.datetime.datetime";
  check_expressions({
      {new_york + ".localize(" + dt + "(2024,7,1,12)).isoformat()", "2024-07-01T12:00:00-04:00"},
      {new_york + ".localize(" + dt + "(2024,11,3,1,30)).strftime('%Z')", "EST"},
      {new_york + ".localize(" + dt + "(2024,11,3,1,30), is_dst=true).strftime('%Z')", "EDT"},
      {dt + "(2024,1,1,tzinfo=modules.pytz.utc).astimezone(" + new_york + ")",
       "2023-12-31 19:00:00-05:00"},
      {new_york + ".normalize(" + new_york + ".localize(" + dt +
           "(2024,3,10,1,30)) + "
           "modules.datetime.timedelta(hours=1))",
       "2024-03-10 03:30:00-04:00"},
      {"modules.pytz.timezone('utc')", "UTC"},
      {"[modules.pytz.FixedOffset(90)]", "[pytz.FixedOffset(90)]"},
  });
  TestRender test;
  CHECK_ERROR(test.text("{{ modules.pytz.timezone('Mars/Base') }}"), ErrorCode::InvalidInput,
              "Mars/Base");
}

TEST_CASE("regular expressions behave as Python's re") {
  check_expressions({
      {R"(modules.re.sub('(\\w+) (\\w+)', '\\2-\\1', 'a b c d'))", "b-a d-c"},
      {R"(modules.re.sub('(?P<n>x)', '[\\g<n>]', 'axb'))", "a[x]b"},
      {"modules.re.sub('x*', '-', 'abxd')", "-a-b--d-"},
      {"modules.re.findall('a|', 'ba')", "['', 'a', '']"},
      {"modules.re.split('[,;]', 'a,b;c')", "['a', 'b', 'c']"},
      {"modules.re.split('(,)', 'a,b', 1)", "['a', ',', 'b']"},
      {"modules.re.split('', 'ab')", "['', 'a', 'b', '']"},
      {"modules.re.match('b', 'ab') is none", "True"},
      {"modules.re.fullmatch('a|ab', 'ab').group()", "ab"},
      {"modules.re.search('é', 'aéb').span()", "(1, 2)"},
      {"modules.re.search('(?P<y>\\\\d{4})', 'in 2024').groupdict()", "{'y': '2024'}"},
      {"modules.re.compile('a.c', modules.re.S).match('a\\nc') is none", "False"},
      {"modules.re.findall('[]x]', 'a]x')", "[']', 'x']"},
      {"modules.re.findall('[[a]', '[a')", "['[', 'a']"},
      {"modules.re.search('a\\\\Z', 'a\\n') is none", "True"},
      {"modules.re.findall('a{,2}b', 'aab')", "['aab']"},
      {"modules.re.escape('a.b-c')", "a\\.b\\-c"},
  });
  TestRender test;
  CHECK(test.text("{{ modules.re.sub('a', '\\\\q', 'a') }}").error().kind == kRegexError);
  CHECK(test.text("{{ modules.re.compile('(') }}").error().kind == kRegexError);
  CHECK(test.text("{{ modules.re.search('a', 5) }}").error().kind == kTypeError);
}

TEST_CASE("itertools give what Python's give") {
  const std::string it = "modules.itertools.";
  check_expressions({
      {it + "islice(" + it + "count(5, 2), 3) | list", "[5, 7, 9]"},
      {it + "islice(" + it + "cycle('ab'), 1, 4) | join", "bab"},
      {it + "repeat('x', 2) | list", "['x', 'x']"},
      {it + "accumulate([1, 2, 3]) | list", "[1, 3, 6]"},
      {it + "chain.from_iterable(['ab', [1]]) | list", "['a', 'b', 1]"},
      {it + "compress('abc', [1, 0, 1]) | join", "ac"},
      {it + "combinations('abc', 2) | map('join') | list", "['ab', 'ac', 'bc']"},
      {it + "combinations_with_replacement('ab', 2) | map('join') | list", "['aa', 'ab', 'bb']"},
      {it + "permutations('abc', 2) | map('join') | list", "['ab', 'ac', 'ba', 'bc', 'ca', 'cb']"},
      {it + "product('ab', repeat=2) | map('join') | list", "['aa', 'ab', 'ba', 'bb']"},
      {it + "product() | list", "[()]"},
      {it + "combinations('a', 2) | list", "[]"},
      {it + "tee([1, 2]) | map('list') | list", "[[1, 2], [1, 2]]"},
  });
}

}  // namespace
}  // namespace tarn::jinja
