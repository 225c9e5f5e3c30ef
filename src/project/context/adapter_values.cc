// SPDX-License-Identifier: Apache-2.0
// Methods of `adapter` that are functions of their arguments, and the objects that it gives.
#include <fmt/core.h>

#include "base/text.h"
#include "jinja/runtime.h"
#include "project/context/adapter_methods.h"
#include "project/context/functions.h"
#include "project/project.h"

namespace tarn::project {

using jinja::Arguments;
using jinja::Runtime;
using jinja::Value;

namespace {

// Flags of dbt's adapters that change what macros render.
class BehaviorFlag final : public jinja::Object {
 public:
  explicit BehaviorFlag(bool value) : value_(value) {}
  std::string_view type_name() const override { return "BehaviorFlagRendered"; }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "no_warn" || name == "setting") return std::optional(Value(value_));
    return std::optional<Value>();
  }
  Result<bool> truth(Runtime&) const override { return value_; }

 private:
  bool value_;
};

class Behavior final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "Behavior"; }
  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override {
    const Project& project = host_of(runtime).project;
    const bool value = !project.packages.empty() && project.root().file.flags.get(name).truthy();
    return std::optional(Value(jinja::make_ref<BehaviorFlag>(value)));
  }
};

class AdapterResponse final : public jinja::Object {
 public:
  explicit AdapterResponse(Response response) : response_(std::move(response)) {}
  const Response& response() const { return response_; }
  std::string_view type_name() const override { return "TrinoAdapterResponse"; }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "_message") return std::optional(Value(response_.message));
    if (name == "code") return std::optional(text_or_none(response_.code));
    if (name == "query") return std::optional(Value(response_.query));
    if (name == "query_id") return std::optional(Value(response_.query_id));
    if (name == "rows_affected") {
      return std::optional(response_.rows_affected ? Value(*response_.rows_affected)
                                                   : Value::none());
    }
    return std::optional<Value>();
  }
  Result<std::string> to_text(Runtime&) const override { return response_.message; }

 private:
  static Value text_or_none(const std::string& text) {
    return text.empty() ? Value::none() : Value(text);
  }
  Response response_;
};

// `catalogs.yml` is not read: every model is in the catalog of its database.
class CatalogRelation final : public jinja::Object {
 public:
  explicit CatalogRelation(Value storage_uri) : storage_uri_(std::move(storage_uri)) {}
  std::string_view type_name() const override { return "TrinoCatalogRelation"; }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "catalog_type") return std::optional(Value("trino"));
    if (name == "catalog_name") return std::optional(Value("trino_default"));
    if (name == "storage_uri") return std::optional(storage_uri_);
    for (const std::string_view none :
         {"table_format", "file_format", "external_volume", "catalog_database"}) {
      if (name == none) return std::optional(Value::none());
    }
    return std::optional<Value>();
  }

 private:
  Value storage_uri_;
};

Result<Value> catalog_relation(Runtime& runtime, const Arguments& arguments) {
  const Value* model = find_argument(arguments, "model", 0);
  if (model == nullptr || model->is_none()) return Value::none();
  const Value config = TRY(jinja::get_attribute(runtime, *model, "config"));
  if (config.is_undefined() || config.is_none()) return Value::none();
  const Value name[] = {Value("catalog_name")};
  const Value catalog = TRY(jinja::call_method(runtime, config, "get", {name, {}}));
  if (!catalog.is_none() && !catalog.is_undefined()) {
    return unsupported("`catalog_name` (catalogs.yml) is not supported: set `database`");
  }
  const Value key[] = {Value("storage_uri")};
  return Value(
      jinja::make_ref<CatalogRelation>(TRY(jinja::call_method(runtime, config, "get", {key, {}}))));
}

Result<Value> grants_by_privilege(Runtime& runtime, const Arguments& arguments) {
  const Value* table = find_argument(arguments, "grants_table", 0);
  auto out = jinja::make_ref<jinja::Dict>();
  if (table == nullptr) return Value(out);
  for (const auto& row : TRY(jinja::collect(runtime, *table))) {
    const Value grantee = TRY(jinja::get_item(runtime, row, Value("grantee")));
    const std::string privilege =
        TRY(jinja::to_text(runtime, TRY(jinja::get_item(runtime, row, Value("privilege_type")))));
    if (const Value* list = out->find(privilege)) {
      list->items().push_back(grantee);
    } else {
      out->set(privilege, Value::list({grantee}));
    }
  }
  return Value(out);
}

Result<Value> hard_deletes(Runtime& runtime, const Arguments& arguments) {
  const Value* config = find_argument(arguments, "config", 0);
  if (config == nullptr) return jinja::type_error("get_hard_deletes_behavior() needs a config");
  const auto setting = [&](const char* name) -> Result<Value> {
    const Value key[] = {Value(name)};
    return jinja::call_method(runtime, *config, "get", {key, {}});
  };
  const Value older = TRY(setting("invalidate_hard_deletes"));
  const Value deletes = TRY(setting("hard_deletes"));
  if (!older.is_none() && !deletes.is_none()) {
    return jinja::fail("dbt:DbtValidationError",
                       "You cannot set both the invalidate_hard_deletes and hard_deletes config "
                       "properties on the same snapshot.");
  }
  const std::string_view text = deletes.is_text() ? deletes.text() : std::string_view();
  if (TRY(jinja::truth(runtime, older)) || text == "invalidate") return Value("invalidate");
  if (text == "new_record") return Value("new_record");
  if (deletes.is_none() || text == "ignore") return Value("ignore");
  return jinja::fail("dbt:DbtValidationError", "Invalid setting for property hard_deletes.");
}

// The type of a seed's column, as agate found it.
Result<Value> convert_type(const Arguments& arguments) {
  const Value* table = find_argument(arguments, "agate_table", 0);
  const Value* place = find_argument(arguments, "col_idx", 1);
  const TableData* data = table == nullptr ? nullptr : table_data(*table);
  if (data == nullptr || place == nullptr || !place->is_int64()) {
    return jinja::type_error("convert_type() needs a table and the place of a column");
  }
  const auto at = static_cast<std::size_t>(place->as_int());
  const ValueType type = at < data->types.size() ? data->types[at] : ValueType::Text;
  switch (type) {
    case ValueType::Unknown:
    case ValueType::Integer:
      return Value("INTEGER");
    case ValueType::Number:
      return Value("DOUBLE");
    case ValueType::Date:
      return Value("DATE");
    case ValueType::DateTime:
      return Value("TIMESTAMP");
    case ValueType::Boolean:
      return Value("boolean");
    case ValueType::Text:
      return Value("VARCHAR");
  }
  return Value("VARCHAR");
}

Value text_list(const std::vector<std::string>& texts) {
  std::vector<Value> out;
  for (const auto& text : texts) out.emplace_back(text);
  return Value::list(std::move(out));
}

}  // namespace

Value make_behavior() { return Value(jinja::make_ref<Behavior>()); }
Value make_response(Response response) {
  return Value(jinja::make_ref<AdapterResponse>(std::move(response)));
}
const Response* response_of(const Value& value) {
  const auto* response = value.as<AdapterResponse>();
  return response == nullptr ? nullptr : &response->response();
}

Result<std::optional<Value>> call_pure_method(Runtime& runtime, std::string_view name,
                                              const Arguments& arguments) {
  using Found = std::optional<Value>;
  if (name == "build_catalog_relation") return Found(TRY(catalog_relation(runtime, arguments)));
  if (name == "standardize_grants_dict") {
    return Found(TRY(grants_by_privilege(runtime, arguments)));
  }
  if (name == "get_hard_deletes_behavior") return Found(TRY(hard_deletes(runtime, arguments)));
  if (name == "convert_type") return Found(TRY(convert_type(arguments)));
  if (name == "render_raw_columns_constraints") {
    const Value* columns = find_argument(arguments, "raw_columns", 0);
    if (columns == nullptr) return jinja::type_error("missing argument 'raw_columns'");
    return Found(text_list(TRY(render_columns(runtime, *columns))));
  }
  if (name == "render_raw_model_constraints") {
    const Value* constraints = find_argument(arguments, "raw_constraints", 0);
    if (constraints == nullptr) return jinja::type_error("missing argument 'raw_constraints'");
    return Found(text_list(TRY(render_constraints(runtime, *constraints))));
  }
  if (name == "valid_incremental_strategies") {
    return Found(text_list({"append", "merge", "delete+insert", "microbatch"}));
  }
  return Found();
}

namespace {

struct Constraint {
  std::string type, expression, name, to;
  std::vector<std::string> columns, to_columns;
  bool warn_unsupported = true;
};

Result<std::vector<std::string>> texts_of(Runtime& runtime, const Value& list) {
  std::vector<std::string> out;
  if (list.is_none() || list.is_undefined()) return out;
  for (const auto& item : TRY(jinja::collect(runtime, list))) {
    out.push_back(TRY(jinja::to_text(runtime, item)));
  }
  return out;
}

Result<std::string> member_text(Runtime& runtime, const Value& map, std::string_view key) {
  const Value value = TRY(jinja::get_item(runtime, map, Value(key)));
  if (value.is_none() || value.is_undefined()) return std::string();
  return jinja::to_text(runtime, value);
}

Result<Constraint> read_constraint(Runtime& runtime, const Value& value) {
  Constraint out;
  out.type = TRY(member_text(runtime, value, "type"));
  out.expression = TRY(member_text(runtime, value, "expression"));
  out.name = TRY(member_text(runtime, value, "name"));
  out.to = TRY(member_text(runtime, value, "to"));
  out.columns = TRY(texts_of(runtime, TRY(jinja::get_item(runtime, value, Value("columns")))));
  out.to_columns =
      TRY(texts_of(runtime, TRY(jinja::get_item(runtime, value, Value("to_columns")))));
  const Value warn = TRY(jinja::get_item(runtime, value, Value("warn_unsupported")));
  if (warn.is_bool()) out.warn_unsupported = warn.as_bool();
  return out;
}

// Trino keeps NOT NULL only; custom texts are passed on as they are.
Result<bool> is_supported(RenderHost& host, const Constraint& constraint) {
  if (constraint.type == "custom" || constraint.type == "not_null") return true;
  if (constraint.warn_unsupported) {
    TRY(host.warn("ConstraintNotSupported",
                  fmt::format("Constraint type {} is not supported for adapter trino. The "
                              "constraint will be ignored",
                              constraint.type)));
  }
  return false;
}

}  // namespace

Result<std::vector<std::string>> render_columns(Runtime& runtime, const Value& columns) {
  std::vector<std::string> out;
  const Value items = TRY(jinja::call_method(runtime, columns, "values", {}));
  for (const auto& column : TRY(jinja::collect(runtime, items))) {
    std::string name = TRY(member_text(runtime, column, "name"));
    const Value quote = TRY(jinja::get_item(runtime, column, Value("quote")));
    if (!quote.is_undefined() && TRY(jinja::truth(runtime, quote)))
      name = fmt::format("\"{}\"", name);
    std::string text = fmt::format("{} {}", name, TRY(member_text(runtime, column, "data_type")));
    const Value list = TRY(jinja::get_item(runtime, column, Value("constraints")));
    if (!list.is_none() && !list.is_undefined()) {
      for (const auto& item : TRY(jinja::collect(runtime, list))) {
        const auto constraint = TRY(read_constraint(runtime, item));
        if (!TRY(is_supported(host_of(runtime), constraint))) continue;
        const std::string rendered = constraint.type == "not_null"
                                         ? std::string(trim("not null " + constraint.expression))
                                         : std::string(trim(constraint.expression));
        if (!rendered.empty()) text += " " + rendered;
      }
    }
    out.push_back(std::move(text));
  }
  return out;
}

Result<std::vector<std::string>> render_constraints(Runtime& runtime, const Value& constraints) {
  std::vector<std::string> out;
  if (constraints.is_none() || constraints.is_undefined()) return out;
  for (const auto& item : TRY(jinja::collect(runtime, constraints))) {
    const auto constraint = TRY(read_constraint(runtime, item));
    if (!TRY(is_supported(host_of(runtime), constraint))) continue;
    // NOT NULL of a whole table has no form in SQL.
    if (constraint.type != "custom" || constraint.expression.empty()) continue;
    const std::string prefix =
        constraint.name.empty() ? "" : fmt::format("constraint {} ", constraint.name);
    out.push_back(prefix + constraint.expression);
  }
  return out;
}

}  // namespace tarn::project
