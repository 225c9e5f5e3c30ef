// SPDX-License-Identifier: Apache-2.0
// ref, source, config and the other names that need a node.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "project/commands.h"
#include "project/config.h"
#include "project/context/adapter_methods.h"
#include "project/context/functions.h"
#include "project/context/node_object.h"
#include "project/context/scope_objects.h"
#include "project/deferral.h"
#include "project/project.h"
#include "project/reference.h"
#include "project/session.h"
#include "project/unit_test_sql.h"

namespace tarn::project {

namespace {

using jinja::Arguments;
using jinja::Runtime;
using jinja::Value;

constexpr std::string_view kTargetNotFound = "dbt:TargetNotFoundError";

Error compilation(std::string message) {
  return jinja::fail(jinja::kCompilationError, "{}", message);
}

std::string_view keep(RenderHost& host, std::string_view text) {
  return host.record != nullptr ? host.record->arena.copy(text) : text;
}

Result<RefCall> read_ref(RenderHost& host, const Arguments& arguments) {
  const std::size_t count = arguments.positional.size();
  if (count == 0 || count > 2) {
    return jinja::fail("dbt:RefArgsError", "{}",
                       fmt::format("ref() takes at most two arguments ({} given)", count));
  }
  for (const auto& value : arguments.positional) {
    if (!value.is_text()) return compilation("the arguments of ref() must be texts");
  }
  RefCall out;
  if (count == 2) out.package = keep(host, arguments.positional[0].text());
  out.name = keep(host, arguments.positional[count - 1].text());
  for (const auto& named : arguments.named) {
    if (named.name != "v" && named.name != "version") {
      return compilation(fmt::format("unexpected keyword argument to ref(): `{}`", named.name));
    }
    if (named.value.is_none() || named.value.is_undefined()) continue;
    if (named.value.kind() == jinja::Kind::Int) {
      out.version = named.value.as_int();
    } else if (named.value.kind() == jinja::Kind::Float) {
      out.version = named.value.as_float();
    } else if (named.value.is_text()) {
      out.version = keep(host, named.value.text());
    }
  }
  return out;
}

// The column's own `quote`, or that of the source.
bool quotes_event_time(const Node& target, std::string_view name) {
  for (const auto& [key, column] : target.columns.members()) {
    (void)key;
    if (column.get("name").text() != name) continue;
    if (const Data quote = column.get("quote"); !quote.is_null()) return quote.truthy();
  }
  return target.body.get("quoting").get("column").truthy();
}

// `seen >= TIMESTAMP '…' and seen < TIMESTAMP '…'`: rows of a batch or of a sample.
std::string event_time_filter(const RenderHost& host, const Node& target) {
  if (host.node == nullptr) return {};
  std::string start, end;
  if (host.node->is_model() || host.node->type == ResourceType::Snapshot) {
    start = host.project.options.sample_start;
    end = host.project.options.sample_end;
  }
  if (host.batch != nullptr && is_microbatch(*host.node)) {
    // What batch and sample share. Texts of this form sort as the times.
    start = std::max(start, host.batch->event_time_start);
    end = end.empty() ? host.batch->event_time_end : std::min(end, host.batch->event_time_end);
  }
  if (start.empty() && end.empty()) return {};
  const Data column = config_value(target.type, target.config, "event_time");
  if (!column.truthy()) return {};
  std::string name(column.text());
  if (quotes_event_time(target, name)) name = fmt::format("\"{}\"", name);
  std::string out;
  if (!start.empty()) out = fmt::format("{} >= TIMESTAMP '{}'", name, start);
  if (!start.empty() && !end.empty()) out += " and ";
  if (!end.empty()) out += fmt::format("{} < TIMESTAMP '{}'", name, end);
  return out;
}

Value narrowed_relation(const RenderHost& host, const Node& target, RelationParts parts) {
  if (host.project.options.empty) parts.limit = 0;
  parts.event_time_filter = event_time_filter(host, target);
  return make_relation(std::move(parts));
}

Value cte_relation(RenderHost& host, const Node& target, std::string name,
                   std::string filter = {}) {
  host.ephemerals.push_back(target.unique_id);
  RelationParts cte;
  cte.identifier = std::move(name);
  cte.quote_identifier = false;
  cte.type = "cte";
  if (host.project.options.empty) cte.limit = 0;
  cte.event_time_filter = std::move(filter);
  return make_relation(std::move(cte));
}

// A given input of a unit test; other nodes do not exist there.
Result<Value> unit_test_relation(RenderHost& host, const Node& target) {
  const std::string* name = host.unit_test->find(target.unique_id);
  if (name != nullptr) return cte_relation(host, target, *name);
  return jinja::fail(
      kTargetNotFound,
      "unit test of model '{}' depends on {} '{}', which is not among its inputs: add "
      "it to `given`",
      host.node->name, to_string(target.type), target.name);
}

// The relation of an earlier run that takes the place of one that was not built here.
Result<std::optional<RelationParts>> deferred_relation(Runtime& runtime, const Node& target,
                                                       const RelationParts& own) {
  RenderHost& host = host_of(runtime);
  if (host.deferral == nullptr) return std::optional<RelationParts>();
  const RelationParts* earlier = host.deferral->find(target.unique_id);
  if (earlier == nullptr) return std::optional<RelationParts>();
  const bool prefers = host.deferral->favor_state &&
                       !host.deferral->selected.contains(std::string(target.unique_id));
  if (!prefers && TRY(find_relation(runtime, own))) return std::optional<RelationParts>();
  return std::optional(*earlier);
}

Result<Value> relation_for(Runtime& runtime, RenderHost& host, const Node& target) {
  if (host.unit_test != nullptr) return unit_test_relation(host, target);
  RelationParts parts = relation_of(host.project, target);
  if (target.is_model() &&
      config_value(target.type, target.config, "materialized").text() == "ephemeral") {
    return cte_relation(host, target, "__dbt__cte__" + std::string(parts.identifier.value_or("")),
                        event_time_filter(host, target));
  }
  if (auto earlier = TRY(deferred_relation(runtime, target, parts))) parts = std::move(*earlier);
  return narrowed_relation(host, target, std::move(parts));
}

bool is_known_dependency(const Node& node, std::string_view id) {
  return std::find(node.depends_nodes.begin(), node.depends_nodes.end(), id) !=
         node.depends_nodes.end();
}

Result<Value> ref(Runtime& runtime, const Arguments& arguments) {
  RenderHost& host = host_of(runtime);
  const RefCall call = TRY(read_ref(host, arguments));
  if (host.record != nullptr) {
    host.record->refs.push_back(call);
    return make_relation(relation_of(host.project, *host.node));
  }
  if (host.node == nullptr) return compilation("ref() is not available here");
  const Found found = find_ref(host.project, host.node->package, call);
  if (found.node == nullptr || !found.node->enabled) {
    return jinja::fail(kTargetNotFound, "{}", describe_missing_ref(*host.node, call, found));
  }
  const auto type = host.node->type;
  if (!is_known_dependency(*host.node, found.node->unique_id) && type != ResourceType::Operation &&
      type != ResourceType::SqlOperation) {
    return compilation(fmt::format(
        "dbt was unable to infer all dependencies for the model \"{}\": ref({}) is called only "
        "when `execute` is true; add a comment `-- depends_on: {{{{ ref('{}') }}}}`",
        host.node->name, call.name, call.name));
  }
  return relation_for(runtime, host, *found.node);
}

Result<Value> source(Runtime& runtime, const Arguments& arguments) {
  RenderHost& host = host_of(runtime);
  if (arguments.positional.size() != 2 || !arguments.positional[0].is_text() ||
      !arguments.positional[1].is_text()) {
    return compilation(
        fmt::format("source() takes exactly two texts ({} given)", arguments.positional.size()));
  }
  const SourceCall call{keep(host, arguments.positional[0].text()),
                        keep(host, arguments.positional[1].text())};
  if (host.record != nullptr) {
    host.record->sources.push_back(call);
    return make_relation(relation_of(host.project, *host.node));
  }
  if (host.node == nullptr) return compilation("source() is not available here");
  const Found found = find_source(host.project, host.node->package, call);
  if (found.node == nullptr || !found.node->enabled) {
    return jinja::fail(kTargetNotFound, "{}", describe_missing_source(*host.node, call, found));
  }
  if (host.unit_test != nullptr) return unit_test_relation(host, *found.node);
  return narrowed_relation(host, *found.node, relation_of(host.project, *found.node));
}

Result<Value> record_texts(Runtime& runtime, const Arguments& arguments,
                           std::vector<std::vector<std::string_view>> ParseRecord::*list) {
  RenderHost& host = host_of(runtime);
  if (host.record == nullptr) return Value("");
  std::vector<std::string_view> parts;
  for (const auto& value : arguments.positional) {
    parts.push_back(keep(host, TRY(jinja::to_text(runtime, value))));
  }
  (host.record->*list).push_back(std::move(parts));
  return Value("");
}

// Merges the arguments of one config() call into those before.
Result<void> add_config_call(RenderHost& host, std::string_view name, const Value& value) {
  ParseRecord& record = *host.record;
  const Data data = TRY(from_template(value, record.arena));
  std::string_view key = record.arena.copy(name);
  if (key == "pre_hook") key = "pre-hook";
  if (key == "post_hook") key = "post-hook";
  const Data* before = record.config.find(key);
  const bool appends = key == "tags" || key == "pre-hook" || key == "post-hook";
  if (before == nullptr || (!appends && key != "meta" && key != "docs" && key != "grants")) {
    record.config.set(key, data);
    return ok();
  }
  if (appends) {
    std::vector<Data> items;
    for (const Data* part : std::initializer_list<const Data*>{before, &data}) {
      if (part->is_list()) {
        items.insert(items.end(), part->items().begin(), part->items().end());
      } else {
        items.push_back(*part);
      }
    }
    record.config.set(key, make_list(record.arena, items));
    return ok();
  }
  MapBuilder merged(*before);
  for (const auto& [inner, item] : data.members()) merged.set(inner, item);
  record.config.set(key, merged.build(record.arena));
  return ok();
}

class ConfigObject final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "Config"; }
  bool is_callable() const override { return true; }

  Result<Value> call(Runtime& runtime, const Arguments& arguments) override {
    RenderHost& host = host_of(runtime);
    if (host.record == nullptr) return Value("");
    if (arguments.positional.size() > 1 ||
        (arguments.positional.size() == 1 && !arguments.named.empty())) {
      return compilation("invalid inline model config: only keyword arguments or one dict");
    }
    if (arguments.positional.size() == 1) {
      if (!arguments.positional[0].is_dict()) {
        return jinja::value_error("invalid inline model config: the argument must be a dict");
      }
      for (const auto& entry : arguments.positional[0].dict_items().entries()) {
        if (!entry.live) continue;
        TRY(add_config_call(host, TRY(jinja::to_text(runtime, entry.key)), entry.value));
      }
    }
    for (const auto& named : arguments.named) {
      TRY(add_config_call(host, named.name, named.value));
    }
    return Value("");
  }

  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override {
    RenderHost& host = host_of(runtime);
    if (name != "model" || host.node == nullptr) return std::optional<Value>();
    return std::optional(make_node_object(host.project, *host.node));
  }

  Result<std::optional<Value>> call_method(Runtime& runtime, std::string_view name,
                                           const Arguments& arguments) override {
    RenderHost& host = host_of(runtime);
    if (name == "set") return std::optional(TRY(set(host, runtime, arguments)));
    if (name == "get" || name == "require" || name == "meta_get" || name == "meta_require") {
      return std::optional(TRY(get(host, runtime, name, arguments)));
    }
    if (name == "persist_relation_docs" || name == "persist_column_docs") {
      const Data persist = host.node == nullptr || host.record != nullptr
                               ? Data()
                               : config_value(host.node->type, host.node->config, "persist_docs");
      const char* key = name == "persist_relation_docs" ? "relation" : "columns";
      return std::optional(Value(persist.get(key).truthy()));
    }
    return jinja::Object::call_method(runtime, name, arguments);
  }

 private:
  static Result<Value> set(RenderHost& host, Runtime& runtime, const Arguments& arguments) {
    if (host.record != nullptr && arguments.positional.size() == 2) {
      TRY(add_config_call(host, TRY(jinja::to_text(runtime, arguments.positional[0])),
                          arguments.positional[1]));
    }
    return Value("");
  }

  // dbt's names where the config gives no other.
  static Value snapshot_columns(const Node& node) {
    const Data names = config_value(node.type, node.config, "snapshot_meta_column_names");
    auto out = jinja::make_ref<jinja::Dict>();
    for (const std::string_view column :
         {"dbt_valid_from", "dbt_valid_to", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"}) {
      const Data own = names.get(column);
      out->set(column, own.is_text() ? Value(own.text()) : Value(column));
    }
    return Value(out);
  }

  static Result<Value> get(RenderHost& host, Runtime& runtime, std::string_view method,
                           const Arguments& arguments) {
    const bool requires_value = method == "require" || method == "meta_require";
    const bool is_meta = method.starts_with("meta_");
    if (host.record != nullptr) return Value("");
    if (arguments.positional.empty()) return jinja::type_error("get() missing argument 'name'");
    const std::string name = TRY(jinja::to_text(runtime, arguments.positional[0]));
    Value fallback;
    if (arguments.positional.size() > 1) fallback = arguments.positional[1];
    for (const auto& named : arguments.named) {
      if (named.name == "default") fallback = named.value;
    }
    if (host.session != nullptr) {
      for (const auto& [key, value] : host.session->config) {
        if (key == name) return value;
      }
    }
    if (name == "snapshot_table_column_names" && host.node != nullptr &&
        host.node->type == ResourceType::Snapshot) {
      return snapshot_columns(*host.node);
    }
    Data found;
    if (host.node != nullptr) {
      Data from = host.node->config;
      found = is_meta ? config_value(host.node->type, from, "meta").get(name)
                      : config_value(host.node->type, from, name);
      if (found.is_null() && !is_meta && (name == "pre_hook" || name == "post_hook")) {
        found = config_value(host.node->type, from, name == "pre_hook" ? "pre-hook" : "post-hook");
      }
    }
    if (!found.is_null()) return to_template(found);
    if (!requires_value) return fallback;
    return jinja::fail("dbt:MissingConfigError",
                       "Model '{}' does not define a required config parameter '{}'.",
                       host.node == nullptr ? "" : host.node->unique_id, name);
  }
};

Value builtins_of(const jinja::NameTable& names) {
  auto dict = jinja::make_ref<jinja::Dict>();
  for (const char* name : {"ref", "source", "config", "var", "env_var"}) {
    if (const Value* found = names.find(name)) dict->set(name, *found);
  }
  return Value(dict);
}

StoredResult make_result(Response response, Value shown, Value table) {
  StoredResult out;
  out.response = std::move(response);
  out.response_value = std::move(shown);
  out.table = std::move(table);
  return out;
}

Result<Value> store_result(Runtime& runtime, const Arguments& arguments) {
  RenderHost& host = host_of(runtime);
  static const jinja::Signature signature(
      "store_result",
      {{"name", std::nullopt}, {"response", std::nullopt}, {"agate_table", Value::none()}});
  const auto values = TRY(signature.bind(arguments));
  Response response;
  if (const auto* known = response_of(values[1])) {
    response = *known;
  } else {
    response.message = TRY(jinja::to_text(runtime, values[1]));
  }
  host.results[TRY(jinja::to_text(runtime, values[0]))] =
      make_result(std::move(response), values[1], values[2]);
  return Value("");
}

// What no statement gave, as seeds and materialized views tell it.
Result<Value> store_raw_result(Runtime& runtime, const Arguments& arguments) {
  static const jinja::Signature signature("store_raw_result", {{"name", std::nullopt},
                                                               {"message", Value::none()},
                                                               {"code", Value::none()},
                                                               {"rows_affected", Value::none()},
                                                               {"agate_table", Value::none()}});
  const auto values = TRY(signature.bind(arguments));
  Response response;
  response.message = values[1].is_none() ? "" : TRY(jinja::to_text(runtime, values[1]));
  response.code = values[2].is_none() ? "" : TRY(jinja::to_text(runtime, values[2]));
  if (values[3].is_int64()) response.rows_affected = values[3].as_int();
  const Value shown = make_response(response);
  host_of(runtime).results[TRY(jinja::to_text(runtime, values[0]))] =
      make_result(std::move(response), shown, values[4]);
  return Value("");
}

Result<Value> load_result(Runtime& runtime, const Arguments& arguments) {
  RenderHost& host = host_of(runtime);
  if (arguments.positional.empty() && arguments.named.empty()) {
    return jinja::type_error("load_result() missing 1 required positional argument: 'name'");
  }
  const std::string name = TRY(argument_text(runtime, arguments, "name", 0));
  const auto found = host.results.find(name);
  if (found == host.results.end()) return Value::none();
  StoredResult& result = found->second;
  if (result.taken) {
    return jinja::fail("dbt:MacroResultAlreadyLoadedError",
                       "The 'statement' result named '{}' has already been loaded into a variable",
                       name);
  }
  result.taken = name != "main";
  Value data = Value::list({});
  if (!result.table.is_none()) data = TRY(jinja::get_attribute(runtime, result.table, "rows"));
  return Value::dict(
      {{"response", result.response_value}, {"data", data}, {"table", result.table}});
}

Result<Value> write_result(Runtime& runtime, const Arguments& arguments) {
  RenderHost& host = host_of(runtime);
  host.written = TRY(argument_text(runtime, arguments, "payload", 0));
  if (host.session != nullptr && host.session->keeps_sql && host.node != nullptr) {
    const auto& batch = host.session->batch;
    TRY(write_code(host.project, *host.node, CodeKind::Run, host.written,
                   batch ? &*batch : nullptr));
  }
  return Value("");
}

Value api_module() {
  return jinja::make_module("api",
                            {{"Relation", make_relation_class()}, {"Column", make_column_class()}});
}

// Renders a text with the names of the template that asks.
Result<Value> render_text(Runtime& runtime, const Arguments& arguments) {
  if (arguments.positional.empty() || !arguments.positional[0].is_text()) {
    return jinja::type_error("render() needs a text");
  }
  return Value(TRY(render_nested(runtime, arguments.positional[0].text())));
}

}  // namespace

Value make_config_object() { return Value(jinja::make_ref<ConfigObject>()); }

void add_node_names(const Project& project, jinja::NameTable& names) {
  (void)project;
  names.set("ref", jinja::make_function("ref", ref));
  names.set("source", jinja::make_function("source", source));
  names.set("metric", jinja::make_function(
                          "metric", [](Runtime& runtime, const Arguments& a) -> Result<Value> {
                            TRY(record_texts(runtime, a, &ParseRecord::metrics));
                            return a.positional.empty() ? Value("") : a.positional.back();
                          }));
  names.set("function", jinja::make_function("function", [](Runtime& runtime, const Arguments& a) {
              return record_texts(runtime, a, &ParseRecord::functions);
            }));
  names.set("config", make_config_object());
  names.set("adapter", make_adapter());
  names.set("api", api_module());
  names.set("store_result", jinja::make_function("store_result", store_result));
  names.set("store_raw_result", jinja::make_function("store_raw_result", store_raw_result));
  names.set("load_result", jinja::make_function("load_result", load_result));
  names.set("write", jinja::make_function("write", write_result));
  names.set("render", jinja::make_function("render", render_text));
  names.set("try_or_compiler_error",
            jinja::make_function(
                "try_or_compiler_error", [](Runtime& runtime, const Arguments& a) -> Result<Value> {
                  if (a.positional.size() < 2)
                    return jinja::type_error(
                        "try_or_compiler_error() needs "
                        "a message and a function");
                  auto result = runtime.call(
                      a.positional[1], {.positional = a.positional.subspan(2), .named = a.named});
                  if (result) return result;
                  return compilation(TRY(jinja::to_text(runtime, a.positional[0])));
                }));
  names.set("sql_now", Value(""));
  names.set("dbt_metadata_envs", Value::dict());
  names.set("invocation_args_dict", Value::dict());
  names.set("selected_resources", Value::list({}));
  names.set("column", make_column_class());
  names.set_lazy("env", [&names] {
    const Value* target = names.find("target");
    return target == nullptr ? Value::dict() : *target;
  });
  names.set("graph", make_graph());
  names.set("context", make_context());
  names.set("validation", make_validation());
  names.set("compiled_code", Value::none());
  names.set("sql", Value::none());
  names.set("database", Value(project.profile.database));
  names.set("schema", Value(project.profile.schema));
  names.set("pre_hooks", Value::list({}));
  names.set("post_hooks", Value::list({}));
  names.set("builtins", builtins_of(names));
}

}  // namespace tarn::project
