// SPDX-License-Identifier: Apache-2.0
#include "project/context/contexts.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "project/config.h"
#include "project/context/functions.h"
#include "project/name_macros.h"
#include "project/project.h"

namespace tarn::project {

using jinja::Value;

namespace {

constexpr std::string_view kMacroPrefix = "dbt_macro__";

jinja::Environment make_environment(bool native, bool swallow) {
  jinja::EnvironmentOptions options;
  options.native = native;
  options.macro_prefix = kMacroPrefix;
  options.swallow_undefined = swallow;
  jinja::Environment environment(options);
  add_dbt_extensions(environment);
  return environment;
}

}  // namespace

Result<void> RenderHost::warn(std::string_view event, std::string message) {
  switch (project.options.warnings.verdict(event)) {
    case Verdict::Error:
      return jinja::fail(jinja::kCompilationError, "{}", message);
    case Verdict::Silence:
      return {};
    case Verdict::Warn:
      warnings.push_back(std::move(message));
  }
  return {};
}

Result<void> RenderHost::enter_macro(const jinja::Macro& macro, std::size_t depth) {
  if (record == nullptr || depth != 1) return ok();
  const std::string_view id = macro.unique_id();
  auto& macros = record->macros;
  if (std::find(macros.begin(), macros.end(), id) == macros.end()) {
    macros.push_back(record->arena.copy(id));
  }
  return ok();
}

struct Contexts::Impl {
  using ByName = std::unordered_map<std::string_view, const MacroDefinition*>;
  std::shared_ptr<jinja::NameTable> base;
  std::shared_ptr<jinja::NameTable> shared;  // packages and built-in macros
  ByName internal;
  std::unordered_map<std::string_view, ByName> by_package;

  mutable std::mutex mutex;
  mutable std::vector<std::shared_ptr<const jinja::NameTable>> by_search;
  mutable std::mutex value_mutex;
  mutable std::unordered_map<const MacroDefinition*, Result<Value>> values;
};

Contexts::Contexts(const Project& project)
    : parse_(make_environment(false, true)),
      run_(make_environment(false, false)),
      native_(make_environment(true, false)),
      yaml_names_(std::make_shared<jinja::NameTable>()),
      impl_(std::make_unique<Impl>()),
      project_(project) {
  add_base_names(project, *yaml_names_);
}

Contexts::~Contexts() = default;

Result<Value> Contexts::macro_value(const MacroDefinition& macro) const {
  {
    const std::lock_guard lock(impl_->value_mutex);
    const auto found = impl_->values.find(&macro);
    if (found != impl_->values.end()) return found->second;
  }
  const auto make = [&]() -> Result<Value> {
    auto source = TRY(run_.compile(macro.text, macro.path));
    const auto names = source->macro_names();
    if (names.size() != 1) {
      return invalid_input("a macro block must hold exactly one macro, found {}", names.size());
    }
    return Value(TRY(jinja::Macro::make(std::move(source), names[0], std::string(macro.name),
                                        std::string(macro.unique_id))));
  };
  auto value = make();
  const std::lock_guard lock(impl_->value_mutex);
  return impl_->values.emplace(&macro, std::move(value)).first->second;
}

namespace {

Value lazy_macro(const Contexts& contexts, const MacroDefinition& macro) {
  auto value = contexts.macro_value(macro);
  if (value) return *value;
  return Value::undefined_name(macro.name);
}

// `dbt_utils.star(…)`: the macros of a package by name.
class Namespace final : public jinja::Object {
 public:
  Namespace(const Contexts& contexts, std::string package, std::uint32_t search)
      : contexts_(contexts), package_(std::move(package)), search_(search) {}
  std::string_view type_name() const override { return "MacroNamespace"; }
  Result<std::optional<Value>> get_attribute(jinja::Runtime&, std::string_view name) override {
    const auto* macro = contexts_.find_macro(package_, name, search_);
    if (macro == nullptr) return std::optional<Value>();
    return std::optional(TRY(contexts_.macro_value(*macro)));
  }
  Result<std::optional<Value>> get_item(jinja::Runtime& runtime, const Value& key) override {
    if (!key.is_text()) return std::optional<Value>();
    return get_attribute(runtime, key.text());
  }

 private:
  const Contexts& contexts_;
  std::string package_;
  std::uint32_t search_;
};

}  // namespace

void Contexts::index_macros(Project& project) {
  auto& impl = *impl_;
  for (const auto& macro : project.macros) {
    // The last definition in a file counts.
    if (!macro.builtin) impl.by_package[macro.package_name][macro.name] = &macro;
  }
  // Macros of the adapter's package go before those of `dbt`.
  for (const std::string_view package : {"dbt", "dbt_trino"}) {
    for (const auto& macro : project.macros) {
      if (!macro.builtin || macro.package_name != package) continue;
      impl.internal[macro.name] = &macro;
      impl.by_package[package].emplace(macro.name, &macro);
    }
  }
  impl.base = std::make_shared<jinja::NameTable>();
  add_base_names(project, *impl.base);
  add_node_names(project, *impl.base);
  impl.shared = std::make_shared<jinja::NameTable>(impl.base);
  for (const auto& [name, macro] : impl.internal) {
    impl.shared->set_lazy(name, [this, macro = macro] { return lazy_macro(*this, *macro); });
  }
  for (const auto& [package, macros] : impl.by_package) {
    (void)macros;
    impl.shared->set(package, Value(jinja::make_ref<Namespace>(*this, std::string(package), 0)));
  }
  for (const auto& package : project.packages) {
    impl.shared->set(package->name, Value(jinja::make_ref<Namespace>(*this, package->name, 0)));
  }
  impl.by_search.resize(project.packages.size());
  name_macros_ = std::make_unique<NameMacros>(project);
}

std::shared_ptr<const jinja::NameTable> Contexts::node_names(std::uint32_t package) const {
  auto& impl = *impl_;
  const std::lock_guard lock(impl.mutex);
  auto& slot = impl.by_search[package];
  if (slot != nullptr) return slot;
  auto table = std::make_shared<jinja::NameTable>(impl.shared);
  for (const auto owner : {std::uint32_t{0}, package}) {
    const auto found = impl.by_package.find(project_.packages[owner]->name);
    if (found == impl.by_package.end()) continue;
    for (const auto& [name, macro] : found->second) {
      table->set_lazy(name, [this, macro = macro] { return lazy_macro(*this, *macro); });
    }
  }
  return slot = table;
}

const MacroDefinition* Contexts::find_macro(std::string_view package, std::string_view name,
                                            std::uint32_t from_package) const {
  const auto in_package = [&](std::string_view owner) -> const MacroDefinition* {
    const auto macros = impl_->by_package.find(owner);
    if (macros == impl_->by_package.end()) return nullptr;
    const auto found = macros->second.find(name);
    return found == macros->second.end() ? nullptr : found->second;
  };
  if (package == "dbt") {
    const auto found = impl_->internal.find(name);
    return found == impl_->internal.end() ? nullptr : found->second;
  }
  if (!package.empty()) return in_package(package);
  if (from_package < project_.packages.size()) {
    if (const auto* macro = in_package(project_.packages[from_package]->name)) return macro;
  }
  if (!project_.packages.empty()) {
    if (const auto* macro = in_package(project_.root().name)) return macro;
  }
  const auto found = impl_->internal.find(name);
  return found == impl_->internal.end() ? nullptr : found->second;
}

const MacroDefinition* Contexts::dispatch(std::string_view name, std::string_view macro_namespace,
                                          std::uint32_t from_package) const {
  std::vector<std::string> packages;
  if (!macro_namespace.empty()) {
    for (const auto& rule : project_.root().file.dispatch) {
      if (rule.macro_namespace == macro_namespace) packages = rule.search_order;
    }
    const bool is_builtin = macro_namespace == "dbt" || macro_namespace == "dbt_trino";
    if (packages.empty() && (is_builtin || project_.find_package(macro_namespace) != nullptr)) {
      packages = {project_.root().name, std::string(macro_namespace)};
    }
  }
  if (packages.empty()) packages = {""};
  for (const auto& package : packages) {
    for (const char* prefix : {"trino__", "default__"}) {
      const std::string full = prefix + std::string(name);
      if (const auto* macro = find_macro(package, full, from_package)) return macro;
    }
  }
  return nullptr;
}

Result<Data> Contexts::render_yaml(std::string_view text, RenderHost& host, Arena& arena) const {
  if (!jinja::has_render_marks(text)) return Data(arena.copy(text));
  auto source = native_.compile(text, host.var_owner.empty() ? "yaml" : host.var_owner);
  if (!source) return std::move(source).error();
  jinja::RenderOptions options;
  options.host = &host;
  jinja::Render render(native_, *yaml_names_, options);
  return from_template(TRY(render.value(**source)), arena);
}

const Data* find_var(const Project& project, std::uint32_t package, std::string_view name) {
  if (const Data* found = project.cli_vars.find(name)) return found;
  if (project.packages.empty()) return nullptr;
  const auto in_file = [&](const ProjectFile& file) -> const Data* {
    if (package < project.packages.size()) {
      const Data* scoped = file.vars.find(project.packages[package]->name);
      if (scoped != nullptr && scoped->is_map()) {
        if (const Data* found = scoped->find(name)) return found;
      }
    }
    return file.vars.find(name);
  };
  if (const Data* found = in_file(project.root().file)) return found;
  if (package != 0 && package < project.packages.size()) {
    return in_file(project.packages[package]->file);
  }
  return nullptr;
}

RelationParts relation_of(const Project& project, const Node& node) {
  RelationParts parts;
  parts.database = std::string(node.database);
  parts.schema = std::string(node.schema);
  parts.identifier = std::string(node.type == ResourceType::Source ? node.identifier : node.alias);
  const auto apply = [&](const Data& quoting) {
    const auto flag = [&](const char* key, bool& out) {
      const Data* found = quoting.find(key);
      if (found != nullptr && found->kind == DataKind::Bool) out = found->integer != 0;
    };
    flag("database", parts.quote_database);
    flag("schema", parts.quote_schema);
    flag("identifier", parts.quote_identifier);
  };
  if (!project.packages.empty()) apply(project.root().file.quoting);
  apply(node.type == ResourceType::Source ? node.body.get("quoting")
                                          : config_value(node.type, node.config, "quoting"));
  return parts;
}

}  // namespace tarn::project
