// SPDX-License-Identifier: Apache-2.0
#include "project/context/relation.h"

#include <fmt/core.h>

#include "base/hash.h"
#include "base/text.h"
#include "jinja/runtime.h"

namespace tarn::project {

namespace {

using jinja::Value;

Value optional_text(const std::optional<std::string>& text) {
  return text ? Value(*text) : Value::none();
}

std::string quoted(const std::string& name, bool quote) {
  return quote ? fmt::format("\"{}\"", name) : name;
}

// A keyword or positional argument, by place.
const Value* relation_argument(const jinja::Arguments& arguments, std::string_view name,
                               std::size_t place) {
  for (const auto& named : arguments.named) {
    if (named.name == name) return &named.value;
  }
  return place < arguments.positional.size() ? &arguments.positional[place] : nullptr;
}

void take_text(const Value* value, std::optional<std::string>& out) {
  if (value == nullptr) return;
  if (value->is_none() || value->is_undefined()) {
    out.reset();
  } else if (value->is_text()) {
    out = std::string(value->text());
  }
}

// Flags given as `database=`, `schema=`, `identifier=`.
void take_flags(const jinja::Arguments& arguments, bool& database, bool& schema, bool& identifier) {
  const auto take = [&](std::string_view name, std::size_t place, bool& out) {
    const Value* value = relation_argument(arguments, name, place);
    if (value != nullptr && value->is_int64()) out = value->as_int() != 0;
  };
  take("database", 0, database);
  take("schema", 1, schema);
  take("identifier", 2, identifier);
}

constexpr std::string_view kTypes[] = {"table",    "view",          "cte",     "materialized_view",
                                       "external", "pointer_table", "function"};

Value type_flag(const RelationParts& parts, std::string_view name) {
  return Value(parts.type == name);
}

Value path_of(const RelationParts& parts) {
  return Value::dict({{"database", optional_text(parts.database)},
                      {"schema", optional_text(parts.schema)},
                      {"identifier", optional_text(parts.identifier)}});
}

// A mapping such as `quote_policy={'identifier': false}`.
void take_policy(const Value* value, bool& database, bool& schema, bool& identifier) {
  if (value == nullptr || !value->is_dict()) return;
  const auto take = [&](const char* name, bool& out) {
    const Value* flag = value->dict_items().find(name);
    if (flag != nullptr && flag->is_bool()) out = flag->as_bool();
  };
  take("database", database);
  take("schema", schema);
  take("identifier", identifier);
}

RelationParts create(const jinja::Arguments& arguments) {
  RelationParts parts;
  take_text(relation_argument(arguments, "database", 0), parts.database);
  take_text(relation_argument(arguments, "schema", 1), parts.schema);
  take_text(relation_argument(arguments, "identifier", 2), parts.identifier);
  std::optional<std::string> type;
  take_text(relation_argument(arguments, "type", 3), type);
  parts.type = type.value_or("");
  take_policy(relation_argument(arguments, "quote_policy", 99), parts.quote_database,
              parts.quote_schema, parts.quote_identifier);
  take_policy(relation_argument(arguments, "include_policy", 99), parts.include_database,
              parts.include_schema, parts.include_identifier);
  return parts;
}

}  // namespace

std::string RelationParts::render() const {
  std::string out;
  const auto add = [&](const std::optional<std::string>& part, bool include, bool quote) {
    if (!include || !part) return;
    if (!out.empty()) out += '.';
    out += quoted(*part, quote);
  };
  add(database, include_database, quote_database);
  add(schema, include_schema, quote_schema);
  add(identifier, include_identifier, quote_identifier);
  return out;
}

std::string RelationParts::render_for_query() const {
  std::string out = render();
  if (limit && *limit == 0) {
    out = fmt::format("(select * from {} where false limit 0)", out);
  } else if (limit) {
    out = fmt::format("(select * from {} limit {})", out, *limit);
  }
  if (!event_time_filter.empty()) {
    out = fmt::format("(select * from {} where {})", out, event_time_filter);
  }
  return out;
}

namespace {

const Value* first_argument(const jinja::Arguments& arguments) {
  if (!arguments.positional.empty()) return &arguments.positional[0];
  return arguments.named.empty() ? nullptr : &arguments.named[0].value;
}

// Language and kind of a function's node.
Result<Value> function_config(jinja::Runtime& runtime, const jinja::Arguments& arguments) {
  const Value* model = first_argument(arguments);
  if (model == nullptr) return jinja::type_error("get_function_config() needs a model");
  const Value type = TRY(jinja::get_item(runtime, *model, Value("resource_type")));
  if (!type.is_text() || type.text() != "function") return Value::none();
  const Value config = TRY(jinja::get_item(runtime, *model, Value("config")));
  auto out = jinja::make_ref<jinja::Dict>();
  out->set("language", TRY(jinja::get_item(runtime, *model, Value("language"))));
  for (const char* key : {"type", "runtime_version", "entry_point"}) {
    out->set(key, TRY(jinja::get_item(runtime, config, Value(key))));
  }
  return Value(out);
}

Result<Value> function_macro(jinja::Runtime& runtime, const jinja::Arguments& arguments) {
  const Value* config = first_argument(arguments);
  if (config == nullptr) return jinja::type_error("get_function_macro_name() needs a config");
  const Value type = TRY(jinja::get_item(runtime, *config, Value("type")));
  const Value language = TRY(jinja::get_item(runtime, *config, Value("language")));
  return Value(fmt::format("{}_function_{}", TRY(jinja::to_text(runtime, type)),
                           TRY(jinja::to_text(runtime, language))));
}

// Parts of a snapshot's row id: the keys, then the time.
Result<Value> scd_args(jinja::Runtime&, std::span<const Value> values) {
  std::vector<Value> out;
  if (values[0].is_list()) {
    out = values[0].items();
  } else {
    out.push_back(values[0]);
  }
  out.push_back(values[1]);
  return Value::list(std::move(out));
}

}  // namespace

jinja::Value make_relation(RelationParts parts) {
  return Value(jinja::make_ref<Relation>(std::move(parts)));
}

std::string Relation::object_type_name() const {
  return "dbt.adapters.trino.relation.TrinoRelation object";
}

Result<std::optional<Value>> Relation::get_attribute(jinja::Runtime&, std::string_view name) {
  using Found = std::optional<Value>;
  if (name == "database") return Found(optional_text(parts_.database));
  if (name == "schema") return Found(optional_text(parts_.schema));
  if (name == "identifier" || name == "name" || name == "table") {
    return Found(optional_text(parts_.identifier));
  }
  if (name == "type") return Found(parts_.type.empty() ? Value::none() : Value(parts_.type));
  if (name == "path") return Found(path_of(parts_));
  if (name == "quote_character") return Found(Value("\""));
  if (name == "limit") return Found(parts_.limit ? Value(*parts_.limit) : Value::none());
  // dbt-trino lists no type for either.
  if (name == "can_be_renamed" || name == "can_be_replaced") return Found(Value(false));
  for (const std::string_view type : kTypes) {
    if (name.starts_with("is_") && name.substr(3) == type) return Found(type_flag(parts_, type));
  }
  if (name == "include_policy" || name == "quote_policy") {
    const bool is_include = name == "include_policy";
    return Found(Value::dict(
        {{"database", Value(is_include ? parts_.include_database : parts_.quote_database)},
         {"schema", Value(is_include ? parts_.include_schema : parts_.quote_schema)},
         {"identifier", Value(is_include ? parts_.include_identifier : parts_.quote_identifier)}}));
  }
  for (const std::string_view type :
       {"Table", "View", "MaterializedView", "CTE", "External", "Function"}) {
    if (name == type)
      return Found(Value(name == "MaterializedView" ? "materialized_view" : to_lower(type)));
  }
  return Found();
}

Result<std::optional<Value>> Relation::call_method(jinja::Runtime& runtime, std::string_view name,
                                                   const jinja::Arguments& arguments) {
  using Found = std::optional<Value>;
  RelationParts parts = parts_;
  if (name == "render") return Found(Value(parts_.render()));
  if (name == "get_function_config") return Found(TRY(function_config(runtime, arguments)));
  if (name == "get_function_macro_name") return Found(TRY(function_macro(runtime, arguments)));
  if (name == "include") {
    take_flags(arguments, parts.include_database, parts.include_schema, parts.include_identifier);
    return Found(make_relation(std::move(parts)));
  }
  if (name == "quote") {
    take_flags(arguments, parts.quote_database, parts.quote_schema, parts.quote_identifier);
    return Found(make_relation(std::move(parts)));
  }
  if (name == "without_identifier") {
    parts.include_identifier = false;
    return Found(make_relation(std::move(parts)));
  }
  if (name == "quoted") {
    const Value* text = relation_argument(arguments, "identifier", 0);
    if (text == nullptr) return jinja::type_error("quoted() missing 1 required argument");
    return Found(Value(quoted(TRY(jinja::to_text(runtime, *text)), true)));
  }
  if (name == "replace_path" || name == "incorporate") {
    const Value* path = relation_argument(arguments, "path", 99);
    if (path != nullptr && path->is_dict()) {
      take_text(path->dict_items().find(std::string_view("database")), parts.database);
      take_text(path->dict_items().find(std::string_view("schema")), parts.schema);
      take_text(path->dict_items().find(std::string_view("identifier")), parts.identifier);
    }
    if (name == "replace_path") {
      take_text(relation_argument(arguments, "database", 0), parts.database);
      take_text(relation_argument(arguments, "schema", 1), parts.schema);
      take_text(relation_argument(arguments, "identifier", 2), parts.identifier);
    }
    std::optional<std::string> type;
    take_text(relation_argument(arguments, "type", 99), type);
    if (type) parts.type = *type;
    return Found(make_relation(std::move(parts)));
  }
  if (name == "information_schema") {
    parts.schema = "INFORMATION_SCHEMA";
    parts.quote_schema = false;
    parts.identifier.reset();
    const Value* view = relation_argument(arguments, "view_name", 0);
    take_text(view, parts.identifier);
    parts.quote_identifier = false;
    return Found(make_relation(std::move(parts)));
  }
  if (name == "create") return Found(make_relation(create(arguments)));
  if (name == "matches") {
    const auto same = [&](std::string_view key, std::size_t place, const auto& mine) {
      std::optional<std::string> asked;
      take_text(relation_argument(arguments, key, place), asked);
      return !asked || (mine && equals_ignore_case(*asked, *mine));
    };
    return Found(Value(same("database", 0, parts.database) && same("schema", 1, parts.schema) &&
                       same("identifier", 2, parts.identifier)));
  }
  return jinja::Object::call_method(runtime, name, arguments);
}

Result<std::string> Relation::to_text(jinja::Runtime&) const { return parts_.render_for_query(); }

Result<std::string> Relation::to_repr(jinja::Runtime&) const {
  return fmt::format("<TrinoRelation {}>", parts_.render());
}

Result<std::optional<Value>> Relation::iterate(jinja::Runtime&) {
  return jinja::fail("dbt:DataclassNotDictError",
                     "the object (\"{}\") was used as a dictionary: this capability has been "
                     "removed from objects of this type",
                     parts_.render());
}

bool Relation::equals(const jinja::Object& other) const {
  const auto* relation = dynamic_cast<const Relation*>(&other);
  return relation != nullptr && relation->parts_ == parts_;
}

Result<std::uint64_t> Relation::hash() const { return fast_hash(parts_.render()); }

Value make_relation_class() {
  const auto create_function =
      jinja::make_function("create", [](jinja::Runtime&, const jinja::Arguments& arguments) {
        return Result<Value>(make_relation(create(arguments)));
      });
  const auto scd_function = jinja::make_function(
      jinja::Signature("scd_args", {{"primary_key", std::nullopt}, {"updated_at", std::nullopt}}),
      scd_args);
  const auto type_function = jinja::make_function(
      "get_relation_type", [](jinja::Runtime&, const jinja::Arguments& arguments) -> Result<Value> {
        const Value* text = first_argument(arguments);
        if (text == nullptr) return jinja::type_error("get_relation_type() needs a text");
        return *text;
      });
  return jinja::make_module("type", {{"create", create_function},
                                     {"scd_args", scd_function},
                                     {"get_relation_type", type_function},
                                     {"Function", Value("function")},
                                     {"Table", Value("table")},
                                     {"View", Value("view")},
                                     {"CTE", Value("cte")},
                                     {"MaterializedView", Value("materialized_view")},
                                     {"External", Value("external")}});
}

}  // namespace tarn::project
