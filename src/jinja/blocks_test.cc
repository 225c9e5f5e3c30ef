// SPDX-License-Identifier: Apache-2.0
#include "jinja/blocks.h"

#include <doctest/doctest.h>

#include "base/testing.h"

namespace tarn::jinja {
namespace {

std::string describe_blocks(std::string_view text, bool data = false) {
  BlockOptions options;
  options.allowed = {"macro", "test", "snapshot", "docs"};
  options.collect_data = data;
  const auto blocks = extract_blocks(text, options);
  if (!blocks) return std::string(blocks.error().kind) + ": " + blocks.error().message;
  std::string out;
  for (const auto& block : *blocks) {
    out += fmt::format("{} {}@{}<{}>", block.type, block.name, block.line, block.contents);
  }
  return out;
}

TEST_CASE("files are cut at their top-level blocks") {
  struct Case {
    std::string text;
    std::string expected;
  };
  for (const auto& c : std::vector<Case>{
           {"{% macro a() %}x{% endmacro %}", "macro a@1<x>"},
           {"\n{%- macro a(q='%}') -%} x {%- endmacro -%} \n{% macro b() %}{% endmacro %}",
            "macro a@1<x>macro b@3<>"},
           {"{# {% macro a() %} #}{% macro b() %}y{% endmacro %}", "macro b@1<y>"},
           {"{% raw %}{% macro a() %}{% endraw %}{% macro b() %}y{% endmacro %}", "macro b@1<y>"},
           {"{{ '{% macro a() %}' }}{% macro b() %}{{ '}}' }}{% endmacro %}",
            "macro b@1<{{ '}}' }}>"},
           {"{% macro a() %}{% if x %}y{% endif %}{% endmacro %}",
            "macro a@1<{% if x %}y{% endif %}>"},
           {"{% snapshot s %}{{ config() }}{% endsnapshot %}", "snapshot s@1<{{ config() }}>"},
           {"{% docs d %} text {% enddocs %}", "docs d@1< text >"},
           {"plain", ""},
           {"{% set x = 1 %}", ""},
       }) {
    CAPTURE(c.text);
    CHECK(describe_blocks(c.text) == c.expected);
  }
  CHECK(describe_blocks("a {% macro m() %}x{% endmacro %} b", true) ==
        "__dbt__data @1<a >macro m@1<x>__dbt__data @1< b>");
}

TEST_CASE("files that cannot be cut say why in dbt's kinds") {
  struct Case {
    std::string text;
    std::string kind;
  };
  for (const auto& c : std::vector<Case>{
           {"{% macro a() %}{% macro b() %}{% endmacro %}{% endmacro %}", "dbt:NestedTagsError"},
           {"{% macro a() %}", "dbt:MissingCloseTagError"},
           {"{% if x %}{% macro a() %}{% endmacro %}{% endif %}",
            "dbt:BlockDefinitionNotAtTopError"},
           {"{% endif %}", "dbt:UnexpectedControlFlowEndTagError"},
           {"{% if x %}{% endfor %}", "dbt:MissingControlFlowStartTagError"},
           {"{{ 'a", "dbt:UnexpectedMacroEOFError"},
           {"{# a", "dbt:UnexpectedMacroEOFError"},
           {"{% macro a(", "dbt:UnexpectedMacroEOFError"},
       }) {
    CAPTURE(c.text);
    CHECK(describe_blocks(c.text).starts_with(c.kind));
  }
}

}  // namespace
}  // namespace tarn::jinja
