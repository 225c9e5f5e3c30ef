// SPDX-License-Identifier: Apache-2.0
#include "project/name_macros.h"

#include <fmt/core.h>

#include <optional>
#include <unordered_map>

#include "base/text.h"
#include "jinja/environment.h"
#include "project/config.h"
#include "project/context/contexts.h"
#include "project/context/node_object.h"

namespace tarn::project {

struct NameMacros::Override {
  const MacroDefinition* macro = nullptr;
  jinja::Value callable;
  bool uses_node = true;  // else the answer depends on the custom name only
  mutable std::mutex mutex;
  mutable std::unordered_map<std::string, std::string> answers;
};

namespace {

constexpr std::string_view kNames[] = {"generate_schema_name", "generate_database_name",
                                       "generate_alias_name"};

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t count_word(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + word.size())) {
    const bool begins = at == 0 || !is_word_char(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_word_char(text[at + word.size()]);
    if (begins && ends) ++count;
  }
  return count;
}

// True if the macro's text shows that it looks at nothing but its first argument and the target.
bool depends_on_node(const MacroDefinition& macro) {
  if (count_word(macro.text, "node") > 1) return true;
  for (const std::string_view word : {"model", "this", "varargs", "kwargs", "config", "graph"}) {
    if (count_word(macro.text, word) > 0) return true;
  }
  return !macro.depends_macros.empty();
}

}  // namespace

NameMacros::NameMacros(const Project& project) : project_(project) {
  for (std::uint32_t package = 0; package < project.packages.size(); ++package) {
    for (const auto name : kNames) {
      for (const auto& macro : project.macros) {
        if (macro.builtin || macro.package != package || macro.name != name) continue;
        auto override = std::make_unique<Override>();
        override->macro = &macro;
        auto value = project.contexts->macro_value(macro);
        if (!value) continue;  // reported when macros are loaded
        override->callable = *value;
        override->uses_node = depends_on_node(macro);
        overrides_[{std::string(name), package}] = std::move(override);
      }
    }
  }
}

NameMacros::~NameMacros() = default;

const NameMacros::Override* NameMacros::find(std::string_view macro, std::uint32_t package) const {
  if (overrides_.empty()) return nullptr;
  for (const auto owner : {package, std::uint32_t{0}}) {
    const auto found = overrides_.find({std::string(macro), owner});
    if (found != overrides_.end()) return found->second.get();
  }
  return nullptr;
}

Result<std::string> NameMacros::call(const Override& macro, const Node& node,
                                     const Data& custom) const {
  std::string key;
  if (!macro.uses_node) {
    key = custom.is_null() ? std::string("\x01") : to_python(custom);
    const std::lock_guard lock(macro.mutex);
    const auto known = macro.answers.find(key);
    if (known != macro.answers.end()) return known->second;
  }
  const auto names = project_.contexts->node_names(node.package);
  RenderHost host(project_, node.package);
  host.node = &node;
  jinja::RenderOptions options;
  options.host = &host;
  jinja::Render render(project_.contexts->run_environment(), *names, options);
  const jinja::Value arguments[] = {to_template(custom), make_node_object(project_, node)};
  const auto* callable = macro.callable.as<jinja::Macro>();
  if (callable == nullptr) return internal("`{}` is no macro", macro.macro->name);
  auto value = render.call(*callable, {.positional = arguments, .named = {}});
  if (!value) {
    return std::move(value.error())
        .with_context(fmt::format("in macro {} ({})", macro.macro->name, macro.macro->path));
  }
  std::string text =
      value->is_none() ? std::string() : TRY(jinja::to_text(render.runtime(), *value));
  text = trim(text);
  if (!macro.uses_node) {
    const std::lock_guard lock(macro.mutex);
    macro.answers.emplace(std::move(key), text);
  }
  return text;
}

Result<std::string> NameMacros::schema_name(const Node& node, const Data& custom) const {
  if (const auto* macro = find("generate_schema_name", node.package)) {
    return call(*macro, node, custom);
  }
  const auto& schema = project_.profile.schema;
  if (custom.is_null()) return schema;
  return fmt::format("{}_{}", schema, trim(to_python(custom)));
}

Result<std::string> NameMacros::database_name(const Node& node, const Data& custom) const {
  if (const auto* macro = find("generate_database_name", node.package)) {
    return call(*macro, node, custom);
  }
  if (custom.is_null()) return project_.profile.database;
  return std::string(trim(to_python(custom)));
}

Result<std::string> NameMacros::alias_name(const Node& node, const Data& custom) const {
  if (const auto* macro = find("generate_alias_name", node.package)) {
    return call(*macro, node, custom);
  }
  if (custom.truthy()) return std::string(trim(to_python(custom)));
  if (node.version.truthy()) {
    return fmt::format("{}_v{}", node.name, replace_all(to_python(node.version), ".", "_"));
  }
  return std::string(node.name);
}

}  // namespace tarn::project
