// SPDX-License-Identifier: Apache-2.0
// Microseconds per template: compiling, and rendering at parse time with small host functions.
//   template_bench [RUNS]
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "jinja/environment.h"

namespace {

using namespace tarn;
using namespace tarn::jinja;

using Time = std::chrono::steady_clock;

struct Case {
  std::string name;
  std::string text;
};

std::string model(int lines) {
  std::string text = "{{ config(materialized='table', tags=['daily']) }}\n\nwith orders as (\n";
  text += "  select * from {{ ref('stg_orders') }}\n), payments as (\n";
  text += "  select * from {{ source('raw', 'payments') }}\n)\nselect\n";
  for (int i = 0; i < lines; ++i) {
    text += fmt::format("  orders.column_{} as renamed_column_{},\n", i, i);
  }
  return text + "  1 as one\nfrom orders join payments using (order_id)\n";
}

std::vector<Case> cases() {
  return {
      {"model, 3 calls, 20 lines", model(20)},
      {"model, 3 calls, 200 lines", model(200)},
      {"loop of 50 with macro calls",
       "{% for i in range(50) %}{{ cents('c' ~ i) }} as c{{ i }}{{ ',' if not loop.last }}\n"
       "{% endfor %}"},
      {"sets, filters, methods",
       "{% set xs = [] %}{% for c in ['a', 'b', 'c', 'd'] %}{% do xs.append(c | upper) %}"
       "{% endfor %}{{ xs | join(', ') }}{{ '%s' % xs | length }}{{ {'k': 1}.get('k') }}"},
  };
}

double micros_since(Time::time_point start, int runs) {
  return std::chrono::duration<double, std::micro>(Time::now() - start).count() / runs;
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 20'000;
  EnvironmentOptions options;
  options.macro_prefix = "dbt_macro__";
  options.swallow_undefined = true;
  const Environment environment(options);
  NameTable names;
  for (const char* name : {"ref", "source", "config"}) {
    names.set(name, make_function(name, [](Runtime&, const Arguments&) -> Result<Value> {
                return Value("\"a\".\"b\".\"c\"");
              }));
  }
  const auto source = environment.compile(
      "{% macro cents(c, d=2) %}round({{ c }} / 100, {{ d }}){% endmacro %}", "macros/c.sql");
  if (!source) return 1;
  names.set("cents",
            Value(*Macro::make(*source, "dbt_macro__cents", "cents", "macro.bench.cents")));
  for (const auto& item : cases()) {
    auto start = Time::now();
    for (int i = 0; i < runs; ++i) {
      if (!environment.compile(item.text, "models/m.sql")) return 1;
    }
    const double compiling = micros_since(start, runs);
    const auto compiled = environment.compile(item.text, "models/m.sql");
    start = Time::now();
    for (int i = 0; i < runs; ++i) {
      Render render(environment, names);
      const auto text = render.text(**compiled);
      if (!text) {
        fmt::print(stderr, "{}\n", text.error().message);
        return 1;
      }
    }
    fmt::print("{:<32} compile {:8.2f} us   render {:8.2f} us\n", item.name, compiling,
               micros_since(start, runs));
  }
}
