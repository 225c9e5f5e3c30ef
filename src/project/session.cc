// SPDX-License-Identifier: Apache-2.0
#include "project/session.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/json_text.h"
#include "jinja/runtime.h"
#include "project/config.h"
#include "project/context/adapter_methods.h"
#include "project/context/node_object.h"
#include "project/context/table.h"
#include "project/node_parse.h"
#include "project/seed_table.h"

namespace tarn::project {

using jinja::Value;

namespace {

// Seeds and drivers walk many rows.
jinja::Limits session_limits() {
  jinja::Limits limits;
  limits.steps_max = 20'000'000'000;
  limits.text_bytes_max = 1'024 * std::size_t{1'048'576};
  return limits;
}

Value hook_value(const Data& hook) {
  Value sql = hook.is_map() ? to_template(hook.get("sql")) : to_template(hook);
  Value transaction(true);
  if (hook.is_map() && hook.find("transaction") != nullptr) {
    transaction = to_template(hook.get("transaction"));
  }
  // before_begin() and its kin write a JSON text.
  if (sql.is_text() && sql.text().starts_with('{')) {
    const auto parsed = jinja::parse_json_text(sql.text());
    if (parsed && parsed->is_dict() && parsed->dict_items().find("sql") != nullptr) {
      const Value inside = *parsed->dict_items().find("sql");
      if (const Value* flag = parsed->dict_items().find("transaction")) transaction = *flag;
      sql = inside;
    }
  }
  return Value::dict({{"sql", sql}, {"transaction", transaction}, {"index", Value::none()}});
}

Value hooks_value(const Node& node, std::string_view field) {
  const Data hooks = config_value(node.type, node.config, field);
  std::vector<Value> out;
  if (hooks.is_list()) {
    for (const auto& hook : hooks.items()) out.push_back(hook_value(hook));
  } else if (hooks.truthy()) {
    out.push_back(hook_value(hooks));
  }
  return Value::list(std::move(out));
}

Value batch_value(const Batch& batch) {
  return Value::dict({{"id", Value(batch.id)},
                      {"event_time_start", Value(batch.event_time_start)},
                      {"event_time_end", Value(batch.event_time_end)}});
}

// `model` of a running node: the manifest's entry with what the run adds.
Value running_model(const Project& project, const Node& node, const SessionOptions& options) {
  Value model = make_node_dict(project, node);
  auto& dict = model.dict_items();
  dict.set("compiled_code", Value(options.compiled_code));
  dict.set("compiled", Value(true));
  if (!options.batch) return model;
  dict.set("batch", batch_value(*options.batch));
  if (const Value* config = dict.find("config"); config != nullptr && config->is_dict()) {
    config->dict_items().set("__dbt_internal_microbatch_event_time_start",
                             Value(options.batch->event_time_start));
    config->dict_items().set("__dbt_internal_microbatch_event_time_end",
                             Value(options.batch->event_time_end));
  }
  return model;
}

}  // namespace

struct Session::Impl {
  Impl(const Project& owner, Adapter& adapter, RelationCache& cache, SessionOptions given)
      : project(owner),
        options(std::move(given)),
        host(owner, options.node == nullptr ? 0 : options.node->package) {
    host.node = options.node;
    host.execute = true;
    host.adapter = &adapter;
    host.cache = &cache;
    host.session = &options;
    host.deferral = options.deferral;
    host.var_owner = options.node == nullptr ? "run-operation" : options.node->name;
    fill_names();
  }

  void fill_names() {
    if (options.node != nullptr) {
      const Node& node = *options.node;
      names = node_table(project, node, true);
      names->set_lazy("model", [this, &node] { return running_model(project, node, options); });
      names->set("compiled_code", Value(options.compiled_code));
      names->set("sql", Value(options.compiled_code));
      names->set("database", Value(node.database));
      names->set("schema", Value(node.schema));
      names->set_lazy("pre_hooks", [&node] { return hooks_value(node, "pre-hook"); });
      names->set_lazy("post_hooks", [&node] { return hooks_value(node, "post-hook"); });
      if (node.type == ResourceType::Seed) {
        names->set("load_agate_table",
                   jinja::make_function(
                       "load_agate_table",
                       [this, &node](jinja::Runtime&, const jinja::Arguments&) -> Result<Value> {
                         return make_table(TRY(load_seed(project, node)));
                       }));
      }
    } else {
      names = std::make_shared<jinja::NameTable>(project.contexts->node_names(0));
      names->set("execute", Value(true));
    }
    names->set("thread_id", Value(options.thread_id));
    names->set("defer_relation",
               options.defer_relation ? make_relation(*options.defer_relation) : Value::none());
    std::vector<Value> selected;
    for (const auto& id : options.selected_resources) selected.emplace_back(id);
    names->set("selected_resources", Value::list(std::move(selected)));
    if (options.is_incremental_batch) {
      names->set("is_incremental", constant_function("is_incremental", Value(true)));
      names->set("should_full_refresh", constant_function("should_full_refresh", Value(false)));
    }
    for (const auto& [name, value] : options.names) names->set(name, value);
  }

  static Value constant_function(std::string_view name, const Value& value) {
    return jinja::make_function(
        name, [value](jinja::Runtime&, const jinja::Arguments&) { return Result<Value>(value); });
  }

  jinja::RenderOptions render_options() {
    jinja::RenderOptions out;
    out.host = &host;
    out.limits = session_limits();
    return out;
  }

  Result<Value> call(const MacroDefinition& macro, const std::vector<Value>& positional,
                     const std::vector<jinja::NamedArgument>& named) {
    const Value value = TRY(project.contexts->macro_value(macro));
    jinja::Render render(project.contexts->run_environment(), *names, render_options());
    auto result = render.call(*value.as<jinja::Macro>(), {positional, named});
    if (result) return result;
    return with_trace(std::move(result.error()), render.trace());
  }

  Error with_trace(Error error, const jinja::Trace& trace) const {
    if (!trace.empty()) error.context.push_back(jinja::format_failure(error, trace));
    if (options.node != nullptr) {
      error.context.push_back(fmt::format("in {} {} ({})", to_string(options.node->type),
                                          options.node->name, options.node->original_path));
    }
    return error;
  }

  const Project& project;
  SessionOptions options;
  RenderHost host;
  std::shared_ptr<jinja::NameTable> names;
};

Session::Session(const Project& project, Adapter& adapter, RelationCache& cache,
                 SessionOptions options)
    : impl_(std::make_unique<Impl>(project, adapter, cache, std::move(options))) {}

Session::~Session() = default;

Result<Value> Session::call(std::string_view macro, std::vector<Value> positional,
                            std::vector<jinja::NamedArgument> named) {
  std::string_view package;
  std::string_view name = macro;
  if (const auto dot = macro.find('.'); dot != std::string_view::npos) {
    package = macro.substr(0, dot);
    name = macro.substr(dot + 1);
  }
  const auto* found = impl_->project.contexts->find_macro(package, name, impl_->host.package);
  if (found == nullptr) return not_found("there is no macro named `{}`", macro);
  return impl_->call(*found, positional, named);
}

Result<Value> Session::dispatch(std::string_view name, std::vector<Value> positional) {
  const auto* found = impl_->project.contexts->dispatch(name, "dbt", impl_->host.package);
  if (found == nullptr) return not_found("there is no macro named `default__{}`", name);
  return impl_->call(*found, positional, {});
}

Result<std::string> Session::call_text(std::string_view macro, std::vector<Value> positional) {
  const Value value = TRY(call(macro, std::move(positional)));
  if (value.is_none()) return std::string();
  jinja::Render render(impl_->project.contexts->run_environment(), *impl_->names,
                       impl_->render_options());
  return jinja::to_text(render.runtime(), value);
}

Result<std::string> Session::render(std::string_view text) {
  if (!jinja::has_render_marks(text)) return std::string(text);
  const auto& environment = impl_->project.contexts->run_environment();
  const auto source = TRY(environment.compile(text, "hook"));
  jinja::Render render(environment, *impl_->names, impl_->render_options());
  auto out = render.text(*source);
  if (out) return out;
  return impl_->with_trace(std::move(out.error()), render.trace());
}

const MacroDefinition* Session::find_materialization(std::string_view materialization) const {
  const auto& contexts = *impl_->project.contexts;
  const MacroDefinition* package_macro = nullptr;
  for (const char* adapter : {"trino", "default"}) {
    const std::string name = fmt::format("materialization_{}_{}", materialization, adapter);
    // The root project wins over everything of the same kind, built-in ones over packages.
    const auto* root = contexts.find_macro(impl_->project.root().name, name, 0);
    if (root != nullptr) return root;
    const auto* builtin = contexts.find_macro("dbt", name, 0);
    if (builtin != nullptr) return builtin;
    for (const auto& package : impl_->project.packages) {
      if (package_macro == nullptr) package_macro = contexts.find_macro(package->name, name, 0);
    }
    if (package_macro != nullptr) break;
  }
  return package_macro;
}

Result<std::vector<RelationParts>> Session::materialize(std::string_view materialization) {
  std::string name(materialization);
  const Node* node = impl_->options.node;
  if (name.empty()) {
    if (node == nullptr) return invalid_input("there is no node to materialize");
    name = node->type == ResourceType::UnitTest
               ? "unit"
               : std::string(config_value(node->type, node->config, "materialized").text());
  }
  const auto* macro = find_materialization(name);
  if (macro == nullptr) {
    return invalid_input("no materialization '{}' was found for adapter trino", name);
  }
  const Value result = TRY(impl_->call(*macro, {}, {}));
  std::vector<RelationParts> out;
  const Value* list = result.is_dict() ? result.dict_items().find("relations") : nullptr;
  if (list == nullptr || !list->is_list()) {
    return invalid_input(
        "the materialization ('{}') must return a dict with a list of `relations`, but it gave {}",
        name, jinja::type_name(result));
  }
  for (const auto& item : list->items()) {
    auto parts = relation_parts(item);
    if (!parts) {
      return invalid_input("the materialization ('{}') returned something that is no relation",
                           name);
    }
    impl_->host.cache->add(*parts);
    out.push_back(std::move(*parts));
  }
  return out;
}

const StoredResult* Session::result(std::string_view name) const {
  const auto found = impl_->host.results.find(std::string(name));
  return found == impl_->host.results.end() ? nullptr : &found->second;
}

const std::string& Session::written() const { return impl_->host.written; }
const std::vector<LogLine>& Session::logs() const { return impl_->host.logs; }
const std::vector<std::string>& Session::warnings() const { return impl_->host.warnings; }
std::size_t Session::statements_sent() const { return impl_->host.statements; }

bool is_overridden(const Project& project, std::string_view macro, std::uint32_t package) {
  const auto& contexts = *project.contexts;
  const auto* direct = contexts.find_macro({}, macro, package);
  if (direct != nullptr && !direct->builtin) return true;
  const auto* dispatched = contexts.dispatch(macro, "dbt", package);
  return dispatched != nullptr && !dispatched->builtin;
}

Value relation_value(const RelationParts& relation) { return make_relation(relation); }

Value columns_value(const std::vector<ColumnInfo>& columns) {
  std::vector<Value> out;
  for (const auto& column : columns) out.push_back(make_column(column.name, column.type));
  return Value::list(std::move(out));
}

std::optional<RelationParts> relation_parts(const Value& value) {
  const auto* relation = value.as<Relation>();
  return relation == nullptr ? std::nullopt : std::optional(relation->parts());
}

}  // namespace tarn::project
