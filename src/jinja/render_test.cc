// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <thread>
#include <vector>

#include "jinja/rendering.h"

namespace tarn::jinja {
namespace {

struct TextCase {
  std::string source;
  std::string expected;
};

void check_texts(TestRender& test, const std::vector<TextCase>& cases) {
  for (const auto& c : cases) {
    CAPTURE(c.source);
    CHECK(CHECK_OK(test.text(c.source)) == c.expected);
  }
}

TEST_CASE("variables live where Jinja says") {
  TestRender test;
  test.add_context(R"({"x": "X", "l": [1, 2, 3]})");
  check_texts(
      test,
      {
          {"{% for i in l %}{% set x = i %}{{ x }}{% endfor %}{{ x }}", "123X"},
          {"{% for i in l %}{{ x }}{% set x = i %}{% endfor %}", "XXX"},
          {"{% if false %}{% set x = 1 %}{% endif %}{{ x }}", "X"},
          {"{% if true %}{% set y = 1 %}{% endif %}{{ y }}", "1"},
          {"{% with y = 2 %}{% set x = 1 %}{{ x }}{{ y }}{% endwith %}{{ x }}{{ y is defined }}",
           "12XFalse"},
          {"{% set y %}{% set x = 5 %}{{ x }}{% endset %}{{ y }}{{ x }}", "5X"},
          {"{% macro m() %}{{ y }}{% endmacro %}{{ dbt_macro__m() }}{% set y = 1 %}"
           "{{ dbt_macro__m() }}",
           "1"},
          {"{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ dbt_macro__m() }}", "1"},
          {"{% for i in l if i > 1 %}{{ i }}{{ loop.index }}{{ loop.last }} {% endfor %}",
           "21False 32True "},
          {"{% for i in l %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "13"},
          {"{% for i in l %}{% continue %}{% else %}E{% endfor %}", "E"},
          {"{% for i in l %}{% break %}{% else %}E{% endfor %}", "E"},
          {"{% for i in [] %}{% else %}{{ x }}{% endfor %}", "X"},
          {"{% for a, b in {'k': 1}.items() %}{{ a }}{{ b }}{% endfor %}", "k1"},
          {"{% block b %}{{ x }}{% endblock %}{{ self.b() }}", "XX"},
          {"{% set x = 1 %}{% block b %}{{ x }}{% endblock %}", "1"},
          {"{% autoescape true %}{{ '<' }}{{ '<' | safe }}{% endautoescape %}{{ '<' }}", "&lt;<<"},
          {"{% filter upper %}a{{ x }}{% endfilter %}", "AX"},
      });
}

TEST_CASE("recursive loops keep the variables of each level") {
  TestRender test;
  test.add_context(R"({"t": [{"n": "a", "c": [{"n": "b", "c": []}]}, {"n": "d", "c": []}]})");
  check_texts(test,
              {{"{% for i in t recursive %}{{ i.n }}{{ loop.depth }}[{{ loop(i.c) }}]{{ i.n }}"
                "{% endfor %}",
                "a1[b2[]b]ad1[]d"}});
}

TEST_CASE("macros bind arguments") {
  TestRender test;
  test.add_macros(
      "{% macro m(a, b=2, c=b) %}{{ a }}|{{ b }}|{{ c }}{% endmacro %}"
      "{% macro v() %}{{ varargs }}{{ kwargs }}{% endmacro %}"
      "{% macro w() %}<{{ caller(1, k=2) }}>{% endmacro %}"
      "{% macro r(x) %}a{{ return(x) }}b{% endmacro %}"
      "{% macro outer(x) %}{% set y = r(x) %}{{ return(y + 1) }}{% endmacro %}"
      "{% macro typed(a: int, b: dict[str, list[int]] = {}) %}{{ a }}{{ b }}{% endmacro %}");
  check_texts(test, {
                        {"{{ m(1) }}", "1|2|2"},
                        {"{{ m(1, c=5) }}", "1|2|5"},
                        {"{{ m(b=1) }}", "|1|1"},
                        {"{{ m(*[1, 2], **{'c': 3}) }}", "1|2|3"},
                        {"{{ v(1, 2, k=3) }}", "(1, 2){'k': 3}"},
                        {"{% call(x, k) w() %}{{ x }}{{ k }}{% endcall %}", "<12>"},
                        {"{{ r([1]) | length }}{{ r(none) is none }}", "1True"},
                        {"{{ outer(4) }}", "5"},
                        {"{% set f = {'m': m} %}{{ f.m(7) }}", "7|2|2"},
                        {"{{ typed(1) }}", "1{}"},
                    });
  const auto* macro = test.names->find("typed")->as<Macro>();
  REQUIRE(macro != nullptr);
  const auto parameters = macro->parameters();
  REQUIRE(parameters.size() == 2);
  CHECK(parameters[0].annotation == "int");
  CHECK(!parameters[0].has_default);
  CHECK(parameters[1].annotation == "dict[str, list[int]]");
  CHECK(parameters[1].has_default);
  CHECK_ERROR(test.text("{{ m(1, 2, 3, 4) }}"), ErrorCode::InvalidInput, "takes not more than 3");
  CHECK_ERROR(test.text("{{ m(z=1) }}"), ErrorCode::InvalidInput, "no keyword argument 'z'");
  CHECK_ERROR(test.text("{{ return(1) }}"), ErrorCode::InvalidInput, "outside of a macro");
}

TEST_CASE("block tags define macros with names of their own") {
  TestRender test;
  test.add_macros(
      "{% test t(model) %}select {{ model }}{% endtest %}"
      "{% materialization mm, adapter='trino' %}x{{ supported_languages }}{% endmaterialization "
      "%}");
  check_texts(
      test, {{"{{ test_t('m') }}", "select m"}, {"{{ materialization_mm_trino() }}", "x['sql']"}});
}

TEST_CASE("native renders keep types, constants become text") {
  EnvironmentOptions options;
  options.native = true;
  TestRender test(options);
  test.add_context(R"({"n": 5, "s": "7", "l": [1]})");
  for (const auto& c : std::vector<TextCase>{
           {"{{ n }}", "int 5"},
           {"{{ s }}", "str '7'"},
           {"{{ s | as_number }}", "int 7"},
           {"{{ '1e3' | as_number }}", "float 1000.0"},
           {"{{ 'True' | as_bool }}", "bool True"},
           {"{{ '[1, (2, {3: None})]' | as_native }}", "list [1, (2, {3: None})]"},
           {"{{ 'x y' | as_native }}", "NativeMarker 'x y'"},
           {"{{ l | as_text }}", "str '[1]'"},
           {"{{ 5 }}", "str '5'"},
           {"{{ [1, 2] }}", "str '[1, 2]'"},
           {"{{ n }}{{ n }}", "str '55'"},
           {"{{ n }} ", "str '5 '"},
           {"", "str ''"},
           {"{% if n %}{{ l }}{% endif %}", "list [1]"},
           {"{{ false and n }}", "str 'False'"},
           {"{{ l | map('string') | list }}", "list ['1']"},
       }) {
    CAPTURE(c.source);
    CHECK(CHECK_OK(test.native(c.source)) == c.expected);
  }
  CHECK(test.native("{{ 'x' | as_bool }}").error().kind == kNativeConversionError);
  CHECK(test.native("{% set x %}{{ n }}{% endset %}").error().kind == kTypeError);
}

TEST_CASE("parse mode swallows what is undefined") {
  EnvironmentOptions options;
  options.swallow_undefined = true;
  TestRender test(options);
  check_texts(test, {{"[{{ u.x(1).y['z'] }}]", "[]"},
                     {"{{ u.name }}", "u"},
                     {"{% for i in u() %}x{% endfor %}", ""}});
  CHECK(test.text("{{ u + 1 }}").error().kind == kUndefinedError);
}

struct CountingHost final : Host {
  int calls = 0;
  std::vector<std::string> macros;
  Result<int> next() { return ++calls; }
  Result<void> enter_macro(const Macro& macro, std::size_t depth) override {
    macros.push_back(fmt::format("{}@{}", macro.unique_id(), depth));
    return {};
  }
};

// An object of the program around.
class Relation final : public Object {
 public:
  std::string_view type_name() const override { return "Relation"; }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "schema") return std::optional<Value>(Value("s"));
    if (name == "include") return std::optional<Value>(make_function("include", include));
    return std::optional<Value>();
  }
  Result<std::string> to_text(Runtime&) const override { return "\"d\".\"s\""; }

 private:
  static Result<Value> include(Runtime& runtime, const Arguments& arguments) {
    return Value(
        fmt::format("{}{}", TRY(runtime.host_as<CountingHost>().next()), arguments.named.size()));
  }
};

TEST_CASE("host objects take part") {
  TestRender test;
  CountingHost host;
  test.options.host = &host;
  test.names->set("this", Value(make_ref<Relation>()));
  test.add_macros("{% macro in() %}i{% endmacro %}{% macro out() %}{{ in() }}{% endmacro %}");
  check_texts(test,
              {{"{{ this }}|{{ this.schema }}|{{ this.nope is defined }}", "\"d\".\"s\"|s|False"},
               {"{{ this.include(a=1) }}{{ this.include() }}", "1120"},
               {"{{ out() }}{{ in() }}", "ii"}});
  CHECK(host.macros == std::vector<std::string>{"macro.p.out@1", "macro.p.in@2", "macro.p.in@1"});
}

TEST_CASE("failures say where, through all macros") {
  TestRender test;
  test.add_macros(
      "{% macro a(x) %}\n  {{ x + 1 }}{% endmacro %}{% macro b() %}{{ a('t') }}"
      "{% endmacro %}");
  const auto failed = test.text("select\n  {{ b() }}");
  REQUIRE(!failed);
  CHECK(failed.error().kind == kTypeError);
  const auto& trace = test.render->trace();
  REQUIRE(trace.size() == 3);
  CHECK(trace[0].macro == "dbt_macro__a");
  CHECK(trace[0].where.line == 2);
  CHECK(trace[2].template_name == "models/x.sql");
  CHECK(trace[2].where.line == 2);
  CHECK(format_failure(failed.error(), trace).find("called from models/x.sql:2:6") !=
        std::string::npos);
}

TEST_CASE("syntax errors carry the line of Jinja") {
  TestRender test;
  for (const auto& [source, line] : std::vector<std::pair<std::string, std::uint32_t>>{
           {"a\n{% if %}", 2},
           {"{{\n\n1 +\n}}", 4},
           {"\n{{ x is nothing }}", 2},
           {"a\n{% if x %}\nb", 2},
           {"{% for loop in [] %}{% endfor %}", 1},
           {"\n\n{{ 'a }}", 3},
       }) {
    CAPTURE(source);
    const auto failed = test.text(source);
    REQUIRE(!failed);
    CHECK(failed.error().kind == kSyntaxError);
    CHECK(failed.error().where->line == line);
  }
}

TEST_CASE("the source map leads back from the output") {
  TestRender test;
  test.options.keep_source_map = true;
  test.add_macros("{% macro m() %}made by a macro{% endmacro %}");
  const std::string source = "select a,\n  {{ m() }}\nfrom t\n{% if true %}where b{% endif %}";
  const std::string output = CHECK_OK(test.text(source));
  const auto line_of = [&](std::string_view part) {
    const auto span = test.render->source_map().locate(source, output.find(part));
    REQUIRE(span.has_value());
    return span->line;
  };
  CHECK(line_of("select") == 1);
  CHECK(line_of("by a macro") == 2);
  CHECK(line_of("from") == 3);
  CHECK(line_of("b") == 2);
  CHECK(line_of("where b") == 4);
}

TEST_CASE("the source map leads into the macros that made the text") {
  TestRender test;
  test.options.keep_source_map = true;
  test.add_macros(
      "{% macro inner(x) %}\n  deep({{ x }}) as d\n{% endmacro %}"
      "{% macro outer() %}first,\n{{ dbt_macro__inner(1) }}, last{% endmacro %}"
      "{% macro giver() %}{{ return(dbt_macro__inner(2)) }}{% endmacro %}"
      "{% macro with_set() %}{% set t %}by a block{% endset %}{{ t }}{% endmacro %}");
  const std::string source =
      "select {{ outer() }},\n{{ giver() }},\n{{ with_set() }}, {{ outer() | upper }}\nfrom t";
  const auto compiled = CHECK_OK(test.environment.compile(source, "models/x.sql"));
  Render render(test.environment, *test.names, test.options);
  const std::string output = CHECK_OK(render.text(*compiled));
  const auto places = [&](std::string_view part) {
    std::string out;
    for (const auto& frame : render.source_map().trace(*compiled, output.find(part), 3)) {
      out += fmt::format("{}:{}:{} {}\n", frame.template_name, frame.where.line, frame.where.column,
                         frame.macro);
    }
    return out;
  };
  CHECK(places("deep(1") ==
        "macros/m.sql:2:3 dbt_macro__inner\n"
        "macros/m.sql:4:1 dbt_macro__outer\n"
        "models/x.sql:1:8 \n");
  CHECK(places("last") == "macros/m.sql:4:28 dbt_macro__outer\nmodels/x.sql:1:8 \n");
  CHECK(places("deep(2") == "macros/m.sql:2:3 dbt_macro__inner\nmodels/x.sql:2:1 \n");
  CHECK(places("block").starts_with("macros/m.sql:4:"));
  // A filter makes a new text: the place of the call is what is known.
  CHECK(places("DEEP") == "models/x.sql:3:19 \n");
  const auto trace = render.source_map().trace(*compiled, output.find("deep(1"), 4);
  REQUIRE(!trace.empty());
  CHECK(trace[0].excerpt.find("^^^^") != std::string::npos);
}

TEST_CASE("one template renders on many threads") {
  TestRender test;
  test.add_macros("{% macro m(x) %}{% for i in range(x) %}{{ i }},{% endfor %}{% endmacro %}");
  const auto source = CHECK_OK(test.environment.compile("{{ m(n) | length }}{{ shared }}", "t"));
  test.names->set("shared", Value::list({Value("a"), Value(1)}));
  std::vector<std::string> outputs(8);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < outputs.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        NameTable names(test.names);
        names.set("n", Value(t + 1));
        Render render(test.environment, names);
        auto text = render.text(*source);
        outputs[t] = text ? *text : text.error().message;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t t = 0; t < outputs.size(); ++t) {
    CHECK(outputs[t] == fmt::format("{}['a', 1]", (t + 1) * 2));
  }
}

TEST_CASE("literals of Python") {
  for (const auto& [text, type] :
       std::vector<std::pair<std::string, std::string>>{{"1", "int"},
                                                        {" 5", "int"},
                                                        {"-1.5", "float"},
                                                        {"1_000", "int"},
                                                        {"'a' 'b'", "str"},
                                                        {"(1,)", "tuple"},
                                                        {"1, 2", "tuple"},
                                                        {"{1, 2}", "set"},
                                                        {"{}", "dict"},
                                                        {"None", "NoneType"},
                                                        {"True", "bool"},
                                                        {"r'\\n'", "str"},
                                                        {"[\n1\n]", "list"}}) {
    CAPTURE(text);
    CHECK(type_name(CHECK_OK(literal_eval(text))) == type);
  }
  for (const char* text : {"", "1 + 1", "true", "abc", "[1", "01", "1__0", "f(1)", "'a", "\n1"}) {
    CAPTURE(text);
    CHECK(!literal_eval(text));
  }
}

}  // namespace
}  // namespace tarn::jinja
