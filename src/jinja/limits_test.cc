// SPDX-License-Identifier: Apache-2.0
// Hostile templates: each ends with an error of kind `limit`, and soon.
#include <string>

#include "jinja/bigint.h"
#include "jinja/rendering.h"

namespace tarn::jinja {
namespace {

std::string repeat_text(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

void check_limited(const std::string& source) {
  TestRender test;
  test.options.limits.steps_max = 2'000'000;
  test.options.limits.text_bytes_max = 4 * 1'048'576;
  const auto result = test.text(source);
  CAPTURE(source.substr(0, 200));
  REQUIRE(!result);
  CHECK_MESSAGE(result.error().kind == kLimitError, describe(result.error()));
}

TEST_CASE("runaway templates hit a limit") {
  for (const char* source : {
           "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
           "{{ 'x' * 1000000000 }}",
           "{{ [1] * 1000000000 }}",
           "{{ 'x'.ljust(1000000000) }}",
           "{{ 'x'.center(1000000000) }}",
           "{{ 'x'.zfill(1000000000) }}",
           "{{ 'x' | center(1000000000) }}",
           "{{ 'a\nb' | indent(1000000000) }}",
           "{{ 10 ** (10 ** 10) }}",
           "{{ 9 ** 99999999999999999999 }}",
           "{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}"
           "{% endfor %}",
           "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}"
           "{% endfor %}",
           "{% set ns = namespace(n=9) %}{% for i in range(100) %}{% set ns.n = ns.n * ns.n %}"
           "{% endfor %}",
           "{% macro m() %}{{ dbt_macro__m() }}{% endmacro %}{{ dbt_macro__m() }}",
           "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
           "{{ modules.itertools.count() | list }}",
           "{{ modules.itertools.cycle([1]) | list }}",
           "{{ modules.itertools.product(range(1000), repeat=9) | list }}",
           "{{ modules.re.sub('', 'x' * 1000000, 'y' * 1000000) }}",
           "{{ ('x' * 1000000).replace('x', 'y' * 1000000) }}",
           "{{ ('x' * 1000000).replace('', 'y' * 1000000) }}",
           "{% set l = [] %}{% for i in l %}{% endfor %}{% do l.append(1) %}{% for i in l %}"
           "{% do l.append(i) %}{% endfor %}",
           "{% block a %}{{ self.a() }}{% endblock %}",
       }) {
    check_limited(source);
  }
}

TEST_CASE("deep nests are limits, not crashes") {
  const std::size_t many = 100'000;
  for (const auto& source : {
           "{{ " + repeat_text("(", many) + "1" + repeat_text(")", many) + " }}",
           "{{ " + repeat_text("[", many) + repeat_text("]", many) + " }}",
           "{{ " + repeat_text("{1:", many) + "1" + repeat_text("}", many) + " }}",
           "{{ " + repeat_text("not ", many) + "1 }}",
           "{{ " + repeat_text("-", many) + "1 }}",
           "{{ " + repeat_text("1+", many) + "1 }}",
           "{{ x" + repeat_text(".a", many) + " }}",
           "{{ x" + repeat_text("|e", many) + " }}",
           "{{ " + repeat_text("f(", many) + repeat_text(")", many) + " }}",
           "{{ " + repeat_text("1 if 1 else ", many) + "1 }}",
           repeat_text("{% if 1 %}", many) + repeat_text("{% endif %}", many),
           repeat_text("{% for x in y %}", many) + repeat_text("{% endfor %}", many),
           std::string("{% set ns = namespace(l=[]) %}{% for i in range(10000) %}"
                       "{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}"),
           std::string("{% set ns = namespace(l=[]) %}{% for i in range(10000) %}"
                       "{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l == [1] or ns.l | tojson }}"),
           std::string("{% set ns = namespace(l=()) %}{% for i in range(10000) %}"
                       "{% set ns.l = (ns.l,) %}{% endfor %}{{ {ns.l: 1} }}"),
           std::string("{% set d = {} %}{% do d.update({'v': d.items()}) %}{{ d }}"),
       }) {
    TestRender test;
    const auto result = test.text(source);
    REQUIRE(!result);
    const bool limited = result.error().kind == kLimitError || result.error().kind == kValueError ||
                         result.error().kind == kUndefinedError;
    CHECK_MESSAGE(limited, describe(result.error()));
  }
}

TEST_CASE("values within themselves print and end") {
  TestRender test;
  CHECK(CHECK_OK(test.text("{% set l = [1] %}{% do l.append(l) %}{{ l }}{% do l.clear() %}")) ==
        "[1, [...]]");
  CHECK(CHECK_OK(test.text("{% set d = {} %}{% do d.update(a=d) %}{{ d }}{% do d.clear() %}")) ==
        "{'a': {...}}");
}

TEST_CASE("a hundred thousand names and statements are fast enough") {
  std::string source;
  for (int i = 0; i < 3'000; ++i) {
    source += fmt::format("{{% set v{} = {} %}}", i, i);
  }
  source += "{{ v2999 }}";
  TestRender test;
  CHECK(CHECK_OK(test.text(source)) == "2999");
}

TEST_CASE("long integers cannot be printed, as in Python") {
  TestRender test;
  CHECK_ERROR(test.text("{{ 10 ** 5000 }}"), ErrorCode::InvalidInput, "Exceeds the limit");
}

}  // namespace
}  // namespace tarn::jinja
