// SPDX-License-Identifier: Apache-2.0
// Block tags, filters and functions that dbt adds to Jinja.
#include <fmt/core.h>

#include "project/context/functions.h"

namespace tarn::project {

namespace {

using jinja::Arguments;
using jinja::Runtime;
using jinja::Value;

using Options = std::vector<jinja::BlockTag::Option>;

void add_block_tags(jinja::Environment& environment) {
  jinja::BlockTag test;
  test.tag = "test";
  test.end_tag = "endtest";
  test.header = jinja::BlockTag::Header::Parameters;
  test.macro_name = [](std::string_view name, const Options&) -> Result<std::string> {
    return fmt::format("test_{}", name);
  };
  environment.add_block_tag(std::move(test));

  jinja::BlockTag materialization;
  materialization.tag = "materialization";
  materialization.end_tag = "endmaterialization";
  materialization.header = jinja::BlockTag::Header::Options;
  materialization.macro_name = [](std::string_view name,
                                  const Options& options) -> Result<std::string> {
    std::string adapter = "default";
    for (const auto& option : options) {
      if (option.name == "adapter" && option.value.is_text()) adapter = option.value.text();
    }
    return fmt::format("materialization_{}_{}", name, adapter);
  };
  environment.add_block_tag(std::move(materialization));

  // Snapshots are cut out of their files before; within a template they are an unknown tag.
  jinja::BlockTag docs;
  docs.tag = "docs";
  docs.end_tag = "enddocs";
  docs.header = jinja::BlockTag::Header::Name;
  docs.macro_name = [](std::string_view name, const Options&) -> Result<std::string> {
    return fmt::format("dbt_docs__{}", name);
  };
  environment.add_block_tag(std::move(docs));
}

// Marks for native rendering; elsewhere the value passes through.
jinja::Filter mark(jinja::Flavor flavor) {
  return [flavor](Runtime& runtime, const Value& value, const Arguments&) -> Result<Value> {
    if (!runtime.environment().options().native) return value;
    if (value.is_text()) return Value(value.text(), flavor);
    return Value(TRY(jinja::to_text(runtime, value)), flavor);
  };
}

}  // namespace

void add_dbt_extensions(jinja::Environment& environment) {
  add_block_tags(environment);
  for (const auto& [name, flavor] : {std::pair{"as_text", jinja::Flavor::AsText},
                                     std::pair{"as_native", jinja::Flavor::AsNative},
                                     std::pair{"as_bool", jinja::Flavor::AsBool},
                                     std::pair{"as_number", jinja::Flavor::AsNumber}}) {
    if (environment.find_filter(name) == nullptr) environment.add_filter(name, mark(flavor));
  }
  if (environment.find_filter("is_list") == nullptr) {
    environment.add_filter("is_list", [](Runtime&, const Value& value, const Arguments&) {
      return Result<Value>(Value(value.is_list()));
    });
  }
}

}  // namespace tarn::project
