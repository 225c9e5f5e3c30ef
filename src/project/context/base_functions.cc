// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "jinja/json_text.h"
#include "jinja/modules.h"
#include "project/context/functions.h"
#include "project/context/yaml_text.h"
#include "project/project.h"
#include "project/unit_test_sql.h"
#include "project/version_check.h"
#include "yaml/load.h"

namespace tarn::project {

using jinja::Arguments;
using jinja::Runtime;
using jinja::Value;

RenderHost& host_of(Runtime& runtime) { return runtime.host_as<RenderHost>(); }

Result<std::string> render_nested(Runtime& runtime, std::string_view text) {
  if (!jinja::has_render_marks(text)) return std::string(text);
  RenderHost& host = host_of(runtime);
  const auto& environment = host.record != nullptr ? host.project.contexts->parse_environment()
                                                   : host.project.contexts->run_environment();
  const auto source = TRY(environment.compile(text, "render()"));
  jinja::RenderOptions options;
  options.host = &host;
  options.limits = runtime.limits();
  jinja::Render render(environment, runtime.names(), options);
  return render.text(*source);
}

namespace {

constexpr std::string_view kSecretPrefix = "DBT_ENV_SECRET";

// `var('x')`, `var('x', default)`, `var.has_var('x')`.
class VarFunction final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "Var"; }
  bool is_callable() const override { return true; }

  Result<Value> call(Runtime& runtime, const Arguments& arguments) override {
    static const jinja::Signature signature(
        "var", {{"var_name", std::nullopt}, {"default", Value::undefined_name("default")}});
    const auto values = TRY(signature.bind(arguments));
    RenderHost& host = host_of(runtime);
    const std::string name = TRY(jinja::to_text(runtime, values[0]));
    if (host.unit_test != nullptr) {
      if (const Data* given = host.unit_test->vars.find(name)) return to_template(*given);
    }
    if (const Data* found = find_var(host.project, host.package, name)) {
      // Texts of vars may be templates themselves.
      if (found->is_text()) return Value(TRY(render_nested(runtime, found->text())));
      return to_template(*found);
    }
    if (!values[1].is_undefined()) return values[1];
    if (host.record != nullptr) return Value::none();
    return jinja::fail(kMissingVar, "required var '{}' not found in config: vars supplied to {}",
                       name, host.var_owner);
  }

  Result<std::optional<Value>> call_method(Runtime& runtime, std::string_view name,
                                           const Arguments& arguments) override {
    if (name != "has_var" || arguments.positional.empty()) return std::optional<Value>();
    RenderHost& host = host_of(runtime);
    const std::string key = TRY(jinja::to_text(runtime, arguments.positional[0]));
    return std::optional(Value(find_var(host.project, host.package, key) != nullptr));
  }
};

Result<Value> env_var(Runtime& runtime, std::span<const Value> values) {
  RenderHost& host = host_of(runtime);
  const std::string name = TRY(jinja::to_text(runtime, values[0]));
  if (name.starts_with(kSecretPrefix) && !host.allow_secrets) {
    return jinja::fail("dbt:SecretEnvVarLocationError",
                       "secret env vars are allowed only in profiles.yml or packages.yml: found "
                       "'{}' referenced elsewhere",
                       name);
  }
  if (host.unit_test != nullptr) {
    if (const Data* given = host.unit_test->env_vars.find(name)) return to_template(*given);
  }
  if (auto value = host.project.environment(name)) return Value(*value);
  if (!values[1].is_none()) return values[1];
  return jinja::fail(kMissingEnvVar, "env var required but not provided: '{}'", name);
}

Result<Value> to_json_function(Runtime& runtime, std::span<const Value> values) {
  jinja::JsonStyle style;
  style.sort_keys = TRY(jinja::truth(runtime, values[2]));
  auto text = jinja::write_json_text(runtime, values[0], style);
  if (text) return Value(*text);
  if (text.error().kind == jinja::kValueError) return values[1];
  return std::move(text).error();
}

Result<Value> from_json_function(Runtime&, std::span<const Value> values) {
  if (!values[0].is_text()) {
    return jinja::type_error("the JSON object must be str, bytes or bytearray, not {}",
                             jinja::type_name(values[0]));
  }
  auto parsed = jinja::parse_json_text(values[0].text());
  if (parsed) return parsed;
  if (parsed.error().kind == jinja::kValueError) return values[1];
  return parsed;
}

Result<Value> to_yaml_function(Runtime&, std::span<const Value> values) {
  Arena arena;
  auto data = from_template(values[0], arena);
  if (!data) return values[1];
  if (values[2].is_int64() && values[2].as_int() != 0) data = sorted_keys(*data, arena);
  return Value(write_yaml(*data));
}

Result<Value> from_yaml_function(Runtime& runtime, std::span<const Value> values) {
  const std::string text = TRY(jinja::to_text(runtime, values[0]));
  auto document = yaml::load(text, {.mode = yaml::LoadMode::Plain});
  if (!document || document->recursive) return values[1];
  Arena arena;
  return to_template(from_yaml(*document->root, arena));
}

Result<Value> make_set(Runtime& runtime, const Value& iterable) {
  auto set = jinja::make_ref<jinja::Set>();
  for (auto& item : TRY(jinja::collect(runtime, iterable))) TRY(set->set(item, Value::none()));
  return Value(set);
}

Result<Value> make_zip(Runtime& runtime, std::span<const Value> lists) {
  std::vector<std::vector<Value>> columns;
  std::size_t size = SIZE_MAX;
  for (const auto& list : lists) {
    columns.push_back(TRY(jinja::collect(runtime, list)));
    size = std::min(size, columns.back().size());
  }
  if (columns.empty()) size = 0;
  std::vector<Value> out;
  for (std::size_t i = 0; i < size; ++i) {
    std::vector<Value> row;
    for (auto& column : columns) row.push_back(column[i]);
    out.push_back(Value::tuple(std::move(row)));
  }
  return Value::list(std::move(out));
}

const Value* named(const Arguments& arguments, std::string_view name) {
  for (const auto& argument : arguments.named) {
    if (argument.name == name) return &argument.value;
  }
  return nullptr;
}

Result<Value> log_function(Runtime& runtime, std::span<const Value> values) {
  const bool info = TRY(jinja::truth(runtime, values[1]));
  host_of(runtime).logs.push_back(
      {info ? "info" : "debug", TRY(jinja::to_text(runtime, values[0]))});
  return Value("");
}

Result<Value> diff_of_two_dicts(Runtime& runtime, std::span<const Value> values) {
  // Keys and items of the first that the second has not, letter case aside.
  auto out = jinja::make_ref<jinja::Dict>();
  if (!values[0].is_dict() || !values[1].is_dict()) {
    return jinja::type_error("diff_of_two_dicts() needs two dicts");
  }
  std::map<std::string, std::vector<std::string>> other;
  for (const auto& entry : values[1].dict_items().entries()) {
    if (!entry.live) continue;
    auto& list = other[to_lower(TRY(jinja::to_text(runtime, entry.key)))];
    for (const auto& item : TRY(jinja::collect(runtime, entry.value))) {
      list.push_back(to_lower(TRY(jinja::to_text(runtime, item))));
    }
  }
  for (const auto& entry : values[0].dict_items().entries()) {
    if (!entry.live) continue;
    const auto found = other.find(to_lower(TRY(jinja::to_text(runtime, entry.key))));
    if (found == other.end()) {
      TRY(out->set(entry.key, entry.value));
      continue;
    }
    std::vector<Value> rest;
    for (const auto& item : TRY(jinja::collect(runtime, entry.value))) {
      const std::string text = to_lower(TRY(jinja::to_text(runtime, item)));
      const auto& known = found->second;
      if (std::find(known.begin(), known.end(), text) == known.end()) rest.push_back(item);
    }
    if (!rest.empty()) TRY(out->set(entry.key, Value::list(std::move(rest))));
  }
  return Value(out);
}

using Parameters = std::vector<jinja::Signature::Parameter>;

void add(jinja::NameTable& names, const char* name, Parameters parameters,
         jinja::BoundFunction function) {
  names.set(name, jinja::make_function(jinja::Signature(name, std::move(parameters)),
                                       std::move(function)));
}

Value flags_of(const Project& project) {
  const auto& options = project.options;
  return Value::dict({{"FULL_REFRESH", Value(options.full_refresh)},
                      {"EMPTY", Value(options.empty)},
                      {"STORE_FAILURES", Value(options.store_failures)},
                      {"WHICH", Value(options.command)},
                      {"WARN_ERROR", Value(options.warnings.warn_error)},
                      {"PROFILES_DIR", Value(options.profiles_dir)},
                      {"INTROSPECT", Value(true)},
                      {"QUIET", Value(false)},
                      {"DEBUG", Value(false)},
                      {"FAIL_FAST", Value(false)},
                      {"USE_COLORS", Value(false)},
                      {"VERSION_CHECK", Value(true)},
                      {"INDIRECT_SELECTION", Value("eager")},
                      {"CACHE_SELECTED_ONLY", Value(false)},
                      {"WRITE_JSON", Value(true)},
                      {"PRINTER_WIDTH", Value(80)}});
}

Value target_of(const Project& project) {
  const auto& profile = project.profile;
  auto dict = jinja::make_ref<jinja::Dict>();
  for (const auto& [key, value] : profile.values.members()) dict->set(key, to_template(value));
  dict->set("type", Value("trino"));
  dict->set("threads", Value(profile.threads));
  dict->set("database", Value(profile.database));
  dict->set("schema", Value(profile.schema));
  dict->set("name", Value(profile.target_name));
  dict->set("target_name", Value(profile.target_name));
  dict->set("profile_name", Value(profile.name));
  return Value(dict);
}

void add_text_functions(jinja::NameTable& names) {
  const Value none;
  add(names, "return", {{"data", none}},
      [](Runtime& runtime, std::span<const Value> values) -> Result<Value> {
        return runtime.return_from_macro(values[0]);
      });
  add(names, "tojson", {{"value", {}}, {"default", none}, {"sort_keys", Value(false)}},
      to_json_function);
  add(names, "fromjson", {{"string", {}}, {"default", none}}, from_json_function);
  add(names, "toyaml", {{"value", {}}, {"default", none}, {"sort_keys", Value(false)}},
      to_yaml_function);
  add(names, "fromyaml", {{"value", {}}, {"default", none}}, from_yaml_function);
  add(names, "local_md5", {{"value", {}}},
      [](Runtime&, std::span<const Value> values) -> Result<Value> {
        if (values[0].is_undefined()) return jinja::undefined_error(values[0]);
        if (!values[0].is_text()) {
          return jinja::fail(jinja::kAttributeError, "'{}' object has no attribute 'encode'",
                             jinja::type_name(values[0]));
        }
        return Value(to_hex(md5(values[0].text())));
      });
  add(names, "diff_of_two_dicts", {{"dict_a", {}}, {"dict_b", {}}}, diff_of_two_dicts);
  add(names, "set", {{"value", {}}, {"default", none}},
      [](Runtime& runtime, std::span<const Value> values) -> Result<Value> {
        auto made = make_set(runtime, values[0]);
        return made ? *made : values[1];
      });
  add(names, "set_strict", {{"value", {}}},
      [](Runtime& runtime, std::span<const Value> values) { return make_set(runtime, values[0]); });
  names.set("zip", jinja::make_function(
                       "zip", [](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
                         auto made = make_zip(runtime, arguments.positional);
                         if (made) return made;
                         const Value* fallback = named(arguments, "default");
                         return fallback != nullptr ? *fallback : Value::none();
                       }));
  names.set("zip_strict",
            jinja::make_function("zip_strict", [](Runtime& runtime, const Arguments& arguments) {
              return make_zip(runtime, arguments.positional);
            }));
}

}  // namespace

void add_base_names(const Project& project, jinja::NameTable& names) {
  names.set("var", Value(jinja::make_ref<VarFunction>()));
  add(names, "env_var", {{"var", {}}, {"default", Value::none()}}, env_var);
  add_text_functions(names);
  add(names, "log", {{"msg", {}}, {"info", Value(false)}}, log_function);
  names.set("print",
            jinja::make_function(
                "print", [](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
                  if (!arguments.positional.empty()) {
                    host_of(runtime).logs.push_back(
                        {"print", TRY(jinja::to_text(runtime, arguments.positional[0]))});
                  }
                  return Value("");
                }));
  names.set("debug", jinja::make_function("debug", [](Runtime&, const Arguments&) {
              return Result<Value>(Value(""));
            }));
  names.set_lazy("modules", [] { return jinja::make_modules(system_clock()); });
  names.set_lazy("run_started_at",
                 [&project] { return jinja::make_datetime(project.options.now_micros, true); });
  names.set("exceptions", make_exceptions());
  names.set("dbt_version", Value(kDbtVersion));
  names.set("invocation_id", Value(project.options.invocation_id));
  names.set("thread_id", Value("Thread-1"));
  names.set_lazy("flags", [&project] { return flags_of(project); });
  // Without a profile (deps, clean) it is there and empty, so `{{ target.schema }}` is too.
  names.set_lazy("target", [&project] {
    return project.options.needs_profile ? target_of(project)
                                         : Value(jinja::make_ref<jinja::Dict>());
  });
  names.set_lazy("project_name", [&project] {
    return project.packages.empty() ? Value::none() : Value(project.root().name);
  });
}

}  // namespace tarn::project
