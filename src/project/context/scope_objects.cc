// SPDX-License-Identifier: Apache-2.0
#include "project/context/scope_objects.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/runtime.h"
#include "project/context/functions.h"
#include "project/context/node_object.h"
#include "project/context/table.h"
#include "project/project.h"

namespace tarn::project {

namespace {

using jinja::Arguments;
using jinja::Runtime;
using jinja::Value;
using Found = std::optional<Value>;

struct GraphSection {
  std::string_view name;
  bool (*holds)(ResourceType);
};
constexpr GraphSection kSections[] = {
    {"nodes",
     [](ResourceType type) {
       return type == ResourceType::Model || type == ResourceType::Seed ||
              type == ResourceType::Snapshot || type == ResourceType::Analysis ||
              type == ResourceType::Test || type == ResourceType::Operation ||
              type == ResourceType::SqlOperation;
     }},
    {"sources", [](ResourceType type) { return type == ResourceType::Source; }},
    {"exposures", [](ResourceType type) { return type == ResourceType::Exposure; }},
    {"metrics", [](ResourceType type) { return type == ResourceType::Metric; }},
    {"groups", [](ResourceType type) { return type == ResourceType::Group; }},
    {"semantic_models", [](ResourceType type) { return type == ResourceType::SemanticModel; }},
    {"saved_queries", [](ResourceType type) { return type == ResourceType::SavedQuery; }},
    {"functions", [](ResourceType type) { return type == ResourceType::Function; }},
};

class GraphObject final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  Result<Found> get_attribute(Runtime& runtime, std::string_view name) override {
    return section(runtime, name);
  }
  Result<Found> get_item(Runtime& runtime, const Value& key) override {
    return key.is_text() ? section(runtime, key.text()) : Found();
  }
  Result<Found> call_method(Runtime& runtime, std::string_view name,
                            const Arguments& arguments) override {
    // Everything that is no section is what a dict does.
    auto dict = jinja::make_ref<jinja::Dict>();
    for (const auto& known : kSections) {
      if (auto values = section(runtime, known.name)) dict->set(known.name, *values);
    }
    return Found(TRY(jinja::call_method(runtime, Value(dict), name, arguments)));
  }
  Result<Found> iterate(Runtime& runtime) override {
    std::vector<Value> names;
    for (const auto& known : kSections) {
      if (section(runtime, known.name)) names.emplace_back(known.name);
    }
    return Found(Value::list(std::move(names)));
  }
  Result<std::optional<bool>> contains(Runtime& runtime, const Value& key) override {
    return std::optional(key.is_text() && section(runtime, key.text()).has_value());
  }
  Result<bool> truth(Runtime& runtime) const override { return host_of(runtime).execute; }

 private:
  // Made once for each render: node objects belong to one.
  static Found section(Runtime& runtime, std::string_view name) {
    RenderHost& host = host_of(runtime);
    if (!host.execute) return std::nullopt;
    const auto* known = std::find_if(std::begin(kSections), std::end(kSections),
                                     [&](const GraphSection& one) { return one.name == name; });
    if (known == std::end(kSections)) return std::nullopt;
    auto& slot = host.graph[std::string(name)];
    if (slot.is_none()) {
      auto dict = jinja::make_ref<jinja::Dict>();
      for (const auto& node : host.project.nodes) {
        if (known->holds(node.type)) {
          dict->set(node.unique_id, make_node_object(host.project, node));
        }
      }
      slot = Value(dict);
    }
    return slot;
  }
};

class Context final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  Result<Found> get_attribute(Runtime& runtime, std::string_view name) override {
    return find(runtime, name);
  }
  Result<Found> get_item(Runtime& runtime, const Value& key) override {
    return key.is_text() ? find(runtime, key.text()) : Found();
  }
  Result<Found> call_method(Runtime& runtime, std::string_view name,
                            const Arguments& arguments) override {
    if (name != "get") return jinja::Object::call_method(runtime, name, arguments);
    static const jinja::Signature signature("get",
                                            {{"key", std::nullopt}, {"default", Value::none()}});
    const auto values = TRY(signature.bind(arguments));
    auto found = values[0].is_text() ? find(runtime, values[0].text()) : Found();
    return found ? found : Found(values[1]);
  }
  Result<std::optional<bool>> contains(Runtime& runtime, const Value& key) override {
    return std::optional(key.is_text() && find(runtime, key.text()).has_value());
  }
  Result<Found> iterate(Runtime& runtime) override {
    std::vector<Value> names;
    for (const auto* table = &runtime.names(); table != nullptr; table = table->parent()) {
      for (const auto name : table->own_names()) names.emplace_back(name);
    }
    return Found(Value::list(std::move(names)));
  }

 private:
  static Found find(Runtime& runtime, std::string_view name) {
    const Value* found = runtime.names().find(name);
    return found == nullptr ? Found() : Found(*found);
  }
};

// `any[…]`: gives a function that fails for other values.
class AnyValidator final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "Exists"; }
  Result<Found> get_item(Runtime&, const Value& key) override {
    std::vector<Value> allowed = {key};
    if (key.is_tuple() || key.is_list()) allowed = key.items();
    return Found(jinja::make_function(
        "validator", [allowed](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
          if (arguments.positional.empty()) return jinja::type_error("inner() missing argument");
          for (const auto& value : allowed) {
            if (TRY(jinja::equals(value, arguments.positional[0]))) return Value::none();
          }
          return jinja::fail("dbt:ValidationError", "Expected value \"{}\" to be one of {}",
                             TRY(jinja::to_text(runtime, arguments.positional[0])),
                             TRY(jinja::to_repr(runtime, Value::list(allowed))));
        }));
  }
};

// Names of types that dbt knows in general.
std::string translated_type(const std::string& type) {
  if (equals_ignore_case(type, "string")) return "VARCHAR";
  if (equals_ignore_case(type, "float")) return "DOUBLE";
  return type;
}

class ColumnClass final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "type"; }
  bool is_callable() const override { return true; }
  Result<std::string> to_repr(Runtime&) const override {
    return "<class 'dbt.adapters.trino.column.TrinoColumn'>";
  }
  Result<Value> call(Runtime& runtime, const Arguments& arguments) override {
    static const jinja::Signature signature("TrinoColumn", {{"column", std::nullopt},
                                                            {"dtype", std::nullopt},
                                                            {"char_size", Value::none()},
                                                            {"numeric_precision", Value::none()},
                                                            {"numeric_scale", Value::none()}});
    const auto values = TRY(signature.bind(arguments));
    ColumnParts parts;
    parts.name = TRY(jinja::to_text(runtime, values[0]));
    parts.dtype = TRY(jinja::to_text(runtime, values[1]));
    const auto number = [&](std::size_t place) {
      return values[place].is_int64() ? std::optional(values[place].as_int()) : std::nullopt;
    };
    parts.char_size = number(2);
    parts.precision = number(3);
    parts.scale = number(4);
    return make_column(std::move(parts));
  }
  Result<Found> get_attribute(Runtime&, std::string_view name) override {
    if (name == "create") {
      return Found(jinja::make_function(
          "create", [](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
            static const jinja::Signature signature(
                "create", {{"name", std::nullopt}, {"label_or_dtype", std::nullopt}});
            const auto values = TRY(signature.bind(arguments));
            ColumnParts parts;
            parts.name = TRY(jinja::to_text(runtime, values[0]));
            parts.dtype = translated_type(TRY(jinja::to_text(runtime, values[1])));
            return make_column(std::move(parts));
          }));
    }
    if (name == "from_description") {
      return Found(jinja::make_function(
          "from_description", [](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
            static const jinja::Signature signature(
                "from_description", {{"name", std::nullopt}, {"raw_data_type", std::nullopt}});
            const auto values = TRY(signature.bind(arguments));
            return make_column(TRY(jinja::to_text(runtime, values[0])),
                               TRY(jinja::to_text(runtime, values[1])));
          }));
    }
    if (name == "translate_type") {
      return Found(jinja::make_function(
          "translate_type", [](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
            if (arguments.positional.empty()) return jinja::type_error("missing argument 'dtype'");
            return Value(translated_type(TRY(jinja::to_text(runtime, arguments.positional[0]))));
          }));
    }
    return Found();
  }
};

}  // namespace

jinja::Value make_graph() { return Value(jinja::make_ref<GraphObject>()); }
jinja::Value make_context() { return Value(jinja::make_ref<Context>()); }
jinja::Value make_validation() {
  return jinja::make_module("dict", {{"any", Value(jinja::make_ref<AnyValidator>())}});
}
jinja::Value make_column_class() { return Value(jinja::make_ref<ColumnClass>()); }

}  // namespace tarn::project
