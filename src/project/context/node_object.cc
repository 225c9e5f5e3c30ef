// SPDX-License-Identifier: Apache-2.0
#include "project/context/node_object.h"

#include "jinja/runtime.h"
#include "project/config.h"
#include "project/manifest.h"
#include "project/project.h"

namespace tarn::project {

namespace {

using jinja::Value;

class NodeObject final : public jinja::Object {
 public:
  NodeObject(const Project& project, const Node& node) : project_(project), node_(node) {}

  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }

  Result<std::optional<Value>> get_attribute(jinja::Runtime&, std::string_view name) override {
    return find(name);
  }
  Result<std::optional<Value>> get_item(jinja::Runtime&, const Value& key) override {
    if (!key.is_text()) return std::optional<Value>();
    return find(key.text());
  }
  Result<std::optional<Value>> call_method(jinja::Runtime& runtime, std::string_view name,
                                           const jinja::Arguments& arguments) override {
    if (name == "get" && !arguments.positional.empty() && arguments.positional[0].is_text()) {
      auto found = find(arguments.positional[0].text());
      if (found) return found;
      return std::optional(arguments.positional.size() > 1 ? arguments.positional[1]
                                                           : Value::none());
    }
    if (name == "is_incremental_model") return std::optional(Value(false));
    // Everything else is what a dict does.
    return std::optional(TRY(jinja::call_method(runtime, whole(), name, arguments)));
  }
  Result<std::optional<std::size_t>> length(jinja::Runtime&) const override {
    return std::optional(whole().dict_items().size());
  }
  Result<std::optional<Value>> iterate(jinja::Runtime&) override {
    std::vector<Value> keys;
    for (const auto& entry : whole().dict_items().entries()) keys.push_back(entry.key);
    return std::optional(Value::list(std::move(keys)));
  }
  Result<std::optional<bool>> contains(jinja::Runtime&, const Value& key) override {
    return std::optional(key.is_text() && whole().dict_items().find(key.text()) != nullptr);
  }
  Result<std::string> to_repr(jinja::Runtime& runtime) const override {
    return jinja::to_repr(runtime, whole());
  }

 private:
  // Built at most once per object; objects belong to one render.
  const Value& whole() const {
    if (whole_.is_none()) whole_ = make_node_dict(project_, node_);
    return whole_;
  }

  std::optional<Value> find(std::string_view name) const {
    if (name == "name") return Value(node_.name);
    if (name == "package_name") return Value(node_.package_name);
    if (name == "resource_type") return Value(to_string(node_.type));
    if (name == "unique_id") return Value(node_.unique_id);
    if (name == "alias") return Value(node_.alias);
    if (name == "schema") return Value(node_.schema);
    if (name == "database") return Value(node_.database);
    if (name == "original_file_path") return Value(node_.original_path);
    if (name == "path") return Value(node_.path);
    if (name == "version" && !node_.version.is_null()) return to_template(node_.version);
    if (name == "fqn") return texts(node_.fqn);
    if (name == "tags") return texts(node_.tags);
    if (name == "raw_code" || name == "raw_sql") return Value(node_.raw_code);
    if (name == "description") return Value(node_.description);
    if (name == "is_versioned") return Value(!node_.version.is_null());
    if (name == "config" && config_.is_none()) {
      Arena arena;
      config_ = to_template(full_config(node_.type, node_.config, arena));
    }
    if (name == "config") return config_;
    if (const Value* found = whole().dict_items().find(name)) return *found;
    return std::nullopt;
  }

  static Value texts(const std::vector<std::string_view>& items) {
    std::vector<Value> out;
    for (const auto item : items) out.emplace_back(item);
    return Value::list(std::move(out));
  }

  const Project& project_;
  const Node& node_;
  mutable Value whole_;
  mutable Value config_;
};

}  // namespace

Value make_node_object(const Project& project, const Node& node) {
  return Value(jinja::make_ref<NodeObject>(project, node));
}

namespace {

// Templates see no fields without a value, as dbt omits them; what users wrote stays.
Data without_nulls(const Data& data, Arena& arena) {
  if (data.is_list()) {
    std::vector<Data> items;
    for (const auto& item : data.items()) items.push_back(without_nulls(item, arena));
    return make_list(arena, items);
  }
  if (!data.is_map()) return data;
  MapBuilder kept;
  for (const auto& [key, value] : data.members()) {
    if (value.is_null()) continue;
    const bool free = key == "meta" || key == "unrendered_config" || key == "grants";
    kept.add(key, free ? value : without_nulls(value, arena));
  }
  return kept.build(arena);
}

}  // namespace

Value make_node_dict(const Project& project, const Node& node) {
  Arena arena;
  auto dict = to_template(node_data(project, node, arena));
  if (node.version.is_null()) (void)dict.dict_items().take(Value("version"));
  // Only columns lose their empty fields here: configs are read with and without them.
  const Data columns = node_data(project, node, arena).get("columns");
  if (!columns.is_null()) {
    dict.dict_items().set("columns", to_template(without_nulls(columns, arena)));
  }
  return dict;
}

}  // namespace tarn::project
