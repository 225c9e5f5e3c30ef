// SPDX-License-Identifier: Apache-2.0
#include "project/state.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "project/config.h"

namespace tarn::project {

namespace {

namespace json = boost::json;

Data to_data(const json::value& value, Arena& arena) {
  switch (value.kind()) {
    case json::kind::null:
      return {};
    case json::kind::bool_:
      return value.get_bool();
    case json::kind::int64:
      return value.get_int64();
    case json::kind::uint64:
      return static_cast<double>(value.get_uint64());
    case json::kind::double_:
      return value.get_double();
    case json::kind::string:
      return arena.copy(std::string_view(value.get_string()));
    case json::kind::array: {
      std::vector<Data> items;
      for (const auto& item : value.get_array()) items.push_back(to_data(item, arena));
      return make_list(arena, items);
    }
    case json::kind::object: {
      std::vector<Member> members;
      for (const auto& [key, item] : value.get_object()) {
        members.push_back({arena.copy(std::string_view(key)), to_data(item, arena)});
      }
      return Data(arena.copy(members));
    }
  }
  return {};
}

std::vector<std::string_view> texts_of(const Data& list) {
  std::vector<std::string_view> out;
  for (const auto& item : list.items()) out.push_back(item.text());
  return out;
}

std::optional<ResourceType> type_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ResourceType::Group); ++i) {
    const auto type = static_cast<ResourceType>(i);
    if (to_string(type) == name) return type;
  }
  return std::nullopt;
}

std::unique_ptr<Node> make_node(const Data& data, Arena& arena) {
  auto node = std::make_unique<Node>();
  const auto type = type_named(data.get("resource_type").text());
  if (!type) return nullptr;
  node->type = *type;
  node->body = data;
  node->name = data.get("name").text();
  node->package_name = data.get("package_name").text();
  node->path = data.get("path").text();
  node->original_path = data.get("original_file_path").text();
  node->unique_id = data.get("unique_id").text();
  node->database = data.get("database").text();
  node->schema = data.get("schema").text();
  node->alias = data.get("alias").text();
  node->identifier = data.get("identifier").text();
  node->relation_name = data.get("relation_name").text();
  node->raw_code = data.get("raw_code").text();
  node->checksum = data.get("checksum").is_text() ? data.get("checksum").text()
                                                  : data.get("checksum").get("checksum").text();
  node->checksum_kind = data.get("checksum").get("name").text();
  node->fqn = texts_of(data.get("fqn"));
  node->config = data.get("config");
  node->unrendered_config = data.get("unrendered_config");
  node->tags = texts_of(data.get("tags"));
  node->meta = data.get("meta");
  node->description = data.get("description").text();
  node->columns = data.get("columns");
  node->contract_checksum = data.get("contract").get("checksum").text();
  node->patch_path = data.get("patch_path").text();
  node->depends_nodes = texts_of(data.get("depends_on").get("nodes"));
  node->depends_macros = texts_of(data.get("depends_on").get("macros"));
  node->version = data.get("version");
  node->latest_version = data.get("latest_version");
  node->enabled = config_value(node->type, node->config, "enabled").truthy();
  if (const Data test = data.get("test_metadata"); test.is_map()) {
    auto* info = new (arena.allocate(sizeof(TestInfo), alignof(TestInfo))) TestInfo();
    info->name = test.get("name").text();
    info->package = test.get("namespace").text();
    info->kwargs = test.get("kwargs");
    info->column = data.get("column_name").text();
    info->attached = data.get("attached_node").text();
    node->test = info;
  }
  return node;
}

}  // namespace

Result<std::unique_ptr<PreviousManifest>> read_manifest(std::string_view text) {
  const auto parsed = with_context(parse_json(text), "while reading a manifest");
  if (!parsed) return parsed.error();
  if (!parsed->is_object()) return corrupt("the manifest is no JSON object");
  auto out = std::make_unique<PreviousManifest>();
  const auto& object = parsed->get_object();
  for (const char* kind : {"nodes", "sources", "exposures", "metrics", "semantic_models",
                           "saved_queries", "unit_tests", "functions"}) {
    const auto* section = object.if_contains(kind);
    if (section == nullptr || !section->is_object()) continue;
    for (const auto& [id, value] : section->get_object()) {
      auto node = make_node(to_data(value, out->arena), out->arena);
      if (node == nullptr) continue;
      out->by_id.emplace(node->unique_id, node.get());
      out->nodes.push_back(std::move(node));
    }
  }
  if (const auto* macros = object.if_contains("macros"); macros != nullptr && macros->is_object()) {
    for (const auto& [id, value] : macros->get_object()) {
      const auto* body = value.is_object() ? value.get_object().if_contains("macro_sql") : nullptr;
      if (body == nullptr || !body->is_string()) continue;
      out->macro_texts.emplace(out->arena.copy(std::string_view(id)),
                               out->arena.copy(std::string_view(body->get_string())));
    }
  }
  return out;
}

namespace {

Result<json::value> read_results(std::string_view text, std::string_view what) {
  auto parsed = parse_json(text);
  if (!parsed)
    return with_context(std::move(parsed), std::string("while reading ") + std::string(what));
  if (!parsed->is_object() || !parsed->get_object().contains("results") ||
      !parsed->get_object().at("results").is_array()) {
    return corrupt("{} has no list `results`", what);
  }
  return parsed->get_object().at("results");
}

std::string text_member(const json::value& value, const char* key) {
  if (!value.is_object()) return {};
  const auto* found = value.get_object().if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace

Result<std::map<std::string, std::string>> read_run_results(std::string_view text) {
  std::map<std::string, std::string> out;
  const auto results = TRY(read_results(text, "run_results.json"));
  for (const auto& item : results.get_array()) {
    out[text_member(item, "unique_id")] = text_member(item, "status");
  }
  return out;
}

Result<std::map<std::string, SourceFreshness>> read_source_results(std::string_view text) {
  std::map<std::string, SourceFreshness> out;
  const auto results = TRY(read_results(text, "sources.json"));
  for (const auto& item : results.get_array()) {
    out[text_member(item, "unique_id")] = {text_member(item, "max_loaded_at"),
                                           text_member(item, "status")};
  }
  return out;
}

namespace {

bool same_key(const Data& a, const Data& b, std::string_view key) {
  const Data* left = a.find(key);
  const Data* right = b.find(key);
  if (left == nullptr || right == nullptr) return left == right;
  return *left == *right;
}

// Fields of configs that do not count as a change.
bool is_ignored(ResourceType type, std::string_view key) {
  // Sources count neither; everything else counts its meta.
  if (key == "tags" || (key == "meta" && type == ResourceType::Source)) return true;
  if (type < ResourceType::Source) {
    for (const std::string_view name : {"alias", "schema", "database", "group"}) {
      if (key == name) return true;
    }
  }
  return key == "group" && (type == ResourceType::Metric || type == ResourceType::SemanticModel ||
                            type == ResourceType::SavedQuery);
}

bool same_body_fields(const Node& a, const Node& b, std::initializer_list<const char*> keys) {
  for (const auto* key : keys) {
    if (!(a.body.get(key) == b.body.get(key))) return false;
  }
  return true;
}

std::set<std::string_view> id_set(const Node& node) {
  return {node.depends_nodes.begin(), node.depends_nodes.end()};
}

bool column_descriptions_equal(const Data& a, const Data& b) {
  if (a.members().size() != b.members().size()) return false;
  for (const auto& [name, column] : a.members()) {
    const Data* other = b.find(name);
    if (other == nullptr || !(column.get("description") == other->get("description"))) return false;
  }
  return true;
}

bool is_enforced(const Node& node) {
  return config_value(node.type, node.config, "contract").get("enforced").truthy();
}

}  // namespace

bool StateComparison::same_body() const {
  if (now.type == ResourceType::Seed) {
    return before.checksum == now.checksum && before.checksum_kind == now.checksum_kind;
  }
  return before.raw_code == now.raw_code;
}

bool StateComparison::same_config() const {
  const Data& a = before.unrendered_config;
  const Data& b = now.unrendered_config;
  if (now.type == ResourceType::Test) {
    for (const char* key : {"severity", "where", "limit", "fail_calc", "warn_if", "error_if",
                            "store_failures", "store_failures_as"}) {
      if (!same_key(a, b, key)) return false;
    }
    return true;
  }
  for (const auto* map : {&a, &b}) {
    for (const auto& member : map->members()) {
      if (!is_ignored(now.type, member.key) && !same_key(a, b, member.key)) return false;
    }
  }
  return true;
}

bool StateComparison::same_descriptions() const {
  const Data persist = config_value(now.type, now.config, "persist_docs");
  if (persist.get("relation").truthy() && before.description != now.description) return false;
  if (persist.get("columns").truthy())
    return column_descriptions_equal(before.columns, now.columns);
  return true;
}

bool StateComparison::same_relation() const {
  if (now.type == ResourceType::Source) {
    return before.database == now.database && before.schema == now.schema &&
           before.identifier == now.identifier;
  }
  for (const char* key : {"database", "schema", "alias"}) {
    if (!(before.unrendered_config.get(key) == now.unrendered_config.get(key))) return false;
  }
  return true;
}

bool StateComparison::same_fqn() const { return before.fqn == now.fqn; }

bool StateComparison::same_contract() const {
  if (now.type != ResourceType::Model) return true;
  const bool was = is_enforced(before);
  const bool is = is_enforced(now);
  if (!was && !is) return true;
  return was && is && before.contract_checksum == now.contract_checksum;
}

namespace {

// `varchar(10)` → `varchar`: lengths may change.
std::string base_type(const Data& column) {
  const std::string_view type = column.get("data_type").text();
  return to_lower(trim(type.substr(0, type.find('('))));
}

bool has_not_null(const Data& column) {
  for (const auto& constraint : column.get("constraints").items()) {
    if (constraint.get("type").text() == "not_null") return true;
  }
  return false;
}

bool keeps_constraints(std::string_view materialized) {
  return materialized == "table" || materialized == "incremental";
}

}  // namespace

std::vector<std::string> StateComparison::contract_breaches() const {
  std::vector<std::string> out;
  if (now.type != ResourceType::Model || !is_enforced(before) || same_contract()) return out;
  if (!is_enforced(now)) out.emplace_back("the contract's enforcement has been disabled");
  const std::string_view was = config_value(before.type, before.config, "materialized").text();
  const std::string_view is = config_value(now.type, now.config, "materialized").text();
  bool had_constraints = before.body.get("constraints").truthy();
  for (const auto& [name, column] : before.body.get("columns").members()) {
    had_constraints = had_constraints || column.get("constraints").truthy();
    const Data* other = now.columns.find(name);
    if (other == nullptr) {
      out.push_back(fmt::format("column {} was removed", name));
      continue;
    }
    if (base_type(column) != base_type(*other)) {
      out.push_back(fmt::format("column {} had the type {}, now {}", name,
                                column.get("data_type").text(), other->get("data_type").text()));
    }
    if (keeps_constraints(was) && has_not_null(column) && !has_not_null(*other)) {
      out.push_back(fmt::format("column {} lost its constraint not_null", name));
    }
  }
  if (had_constraints && keeps_constraints(was) && !keeps_constraints(is)) {
    out.push_back(fmt::format("it was a {} and is a {}, which keeps no constraints", was, is));
  }
  return out;
}

bool StateComparison::same_contents() const {
  switch (now.type) {
    case ResourceType::Source:
      return same_relation() && same_fqn() && same_config() &&
             same_body_fields(before, now, {"quoting", "freshness", "loaded_at_field", "external"});
    case ResourceType::Exposure:
      return same_fqn() && same_config() && before.description == now.description &&
             id_set(before) == id_set(now) &&
             same_body_fields(before, now, {"type", "owner", "maturity", "url", "label"});
    case ResourceType::Metric:
      return same_config() && before.description == now.description &&
             same_body_fields(before, now, {"filter", "metadata", "type", "type_params", "label"});
    case ResourceType::SemanticModel:
      return same_config() && same_body_fields(before, now,
                                               {"model", "description", "defaults", "entities",
                                                "dimensions", "measures", "primary_entity"});
    case ResourceType::SavedQuery:
      return same_config() &&
             same_body_fields(before, now, {"query_params", "description", "label", "exports"});
    case ResourceType::UnitTest:
      return before.checksum == now.checksum;
    default:
      break;
  }
  if (now.is_generic_test()) return same_config() && same_fqn();
  return same_body() && same_config() && same_descriptions() && same_fqn() && same_relation() &&
         same_contract();
}

}  // namespace tarn::project
