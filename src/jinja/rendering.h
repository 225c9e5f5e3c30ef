// SPDX-License-Identifier: Apache-2.0
// Shortcuts for tests: render a text with names from JSON.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/testing.h"
#include "jinja/environment.h"
#include "jinja/json_text.h"
#include "jinja/modules.h"

namespace tarn::jinja {

inline Value make_return_value() {
  return make_function("return", [](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
    return runtime.return_from_macro(arguments.positional.empty() ? Value::none()
                                                                  : arguments.positional[0]);
  });
}

// dbt's environments without dbt: macros are named `dbt_macro__x`, `test` blocks are macros.
inline Environment make_test_environment(EnvironmentOptions options = {}) {
  options.macro_prefix = "dbt_macro__";
  Environment environment(options);
  BlockTag tag;
  tag.tag = "test";
  tag.end_tag = "endtest";
  tag.header = BlockTag::Header::Parameters;
  tag.macro_name = [](std::string_view name, const std::vector<BlockTag::Option>&) {
    return Result<std::string>(fmt::format("dbt_macro__test_{}", name));
  };
  environment.add_block_tag(tag);
  tag.tag = "materialization";
  tag.end_tag = "endmaterialization";
  tag.header = BlockTag::Header::Options;
  tag.macro_name = [](std::string_view name,
                      const std::vector<BlockTag::Option>& options_given) -> Result<std::string> {
    std::string adapter = "default";
    for (const auto& option : options_given) {
      if (option.name == "adapter") adapter = option.value.text();
    }
    return fmt::format("dbt_macro__materialization_{}_{}", name, adapter);
  };
  tag.extra_parameters = {{"supported_languages", Value::list({Value("sql")})}};
  environment.add_block_tag(tag);
  return environment;
}

// Renders with the names of a JSON object over `names`.
struct TestRender {
  explicit TestRender(EnvironmentOptions options = {})
      : environment(make_test_environment(std::move(options))),
        names(std::make_shared<NameTable>()) {
    names->set("return", make_return_value());
    names->set("modules", make_modules(clock));
  }

  // Macros of the project, each by its own name.
  void add_macros(std::string_view text) {
    const auto source = CHECK_OK(environment.compile(text, "macros/m.sql"));
    for (const auto& inner : source->macro_names()) {
      const std::string name = inner.substr(11);
      names->set(name, Value(CHECK_OK(Macro::make(source, inner, name, "macro.p." + name))));
    }
  }
  void add_context(std::string_view json) {
    const Value values = CHECK_OK(parse_json_text(json));
    for (const auto& entry : values.dict_items().entries()) {
      names->set(entry.key.text(), entry.value);
    }
  }
  Result<std::string> text(std::string_view source) {
    const auto compiled = TRY(environment.compile(source, "models/x.sql"));
    render = std::make_unique<Render>(environment, *names, options);
    return render->text(*compiled);
  }
  // `type repr` of a native render.
  Result<std::string> native(std::string_view source) {
    const auto compiled = TRY(environment.compile(source, "models/x.sql"));
    render = std::make_unique<Render>(environment, *names, options);
    const Value value = TRY(render->value(*compiled));
    return fmt::format("{} {}", type_name(value), TRY(to_repr(render->runtime(), value)));
  }

  FakeClock clock;
  Environment environment;
  std::shared_ptr<NameTable> names;
  RenderOptions options;
  std::unique_ptr<Render> render;
};

}  // namespace tarn::jinja
