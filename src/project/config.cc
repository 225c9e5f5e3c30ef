// SPDX-License-Identifier: Apache-2.0
#include "project/config.h"

#include <fmt/core.h>

#include "base/json_text.h"

namespace tarn::project {

namespace {

Data kEmptyList() { return Data(std::span<const Data>()); }
Data kEmptyMap() { return Data(std::span<const Member>()); }

const Member kDocsMembers[] = {{"show", Data(true)}, {"node_color", Data()}};
const Member kContractMembers[] = {{"enforced", Data(false)}, {"alias_types", Data(true)}};
const Member kSnapshotColumnMembers[] = {{"dbt_valid_to", Data()},
                                         {"dbt_valid_from", Data()},
                                         {"dbt_scd_id", Data()},
                                         {"dbt_updated_at", Data()},
                                         {"dbt_is_deleted", Data()}};
const Member kThresholdMembers[] = {{"count", Data()}, {"period", Data()}};
const Member kFreshnessMembers[] = {
    {"warn_after", Data(std::span<const Member>(kThresholdMembers))},
    {"error_after", Data(std::span<const Member>(kThresholdMembers))},
    {"filter", Data()}};
const Member kCacheMembers[] = {{"enabled", Data(false)}};

std::vector<ConfigField> base_fields() {
  return {{"enabled", Merge::Clobber, true},
          {"alias"},
          {"schema"},
          {"database"},
          {"tags", Merge::Append, kEmptyList()},
          {"meta", Merge::Update, kEmptyMap()},
          {"group"},
          {"static_analysis"}};
}

std::vector<ConfigField> node_fields(std::string_view materialized) {
  auto fields = base_fields();
  for (const ConfigField& field : std::initializer_list<ConfigField>{
           {"materialized", Merge::Clobber, materialized},
           {"incremental_strategy"},
           {"batch_size"},
           {"lookback", Merge::Clobber, 1},
           {"begin"},
           {"persist_docs", Merge::Clobber, kEmptyMap()},
           {"post-hook", Merge::Append, kEmptyList()},
           {"pre-hook", Merge::Append, kEmptyList()},
           {"quoting", Merge::Update, kEmptyMap()},
           {"column_types", Merge::Update, kEmptyMap()},
           {"full_refresh"},
           {"unique_key"},
           {"on_schema_change", Merge::Clobber, "ignore"},
           {"on_configuration_change", Merge::Clobber, "apply"},
           {"grants", Merge::KeyAppend, kEmptyMap()},
           {"packages", Merge::Append, kEmptyList()},
           {"docs", Merge::Update, std::span<const Member>(kDocsMembers)},
           {"contract", Merge::Update, std::span<const Member>(kContractMembers)},
           {"event_time"},
           {"concurrent_batches"}}) {
    fields.push_back(field);
  }
  return fields;
}

std::vector<ConfigField> with(std::vector<ConfigField> fields,
                              std::initializer_list<ConfigField> more) {
  fields.insert(fields.end(), more);
  return fields;
}

std::vector<ConfigField> test_fields() {
  auto fields = base_fields();
  fields[2].default_value = "dbt_test__audit";
  return with(std::move(fields), {{"materialized", Merge::Clobber, "test"},
                                  {"severity", Merge::Clobber, "ERROR"},
                                  {"store_failures"},
                                  {"store_failures_as"},
                                  {"where"},
                                  {"limit"},
                                  {"fail_calc", Merge::Clobber, "count(*)"},
                                  {"warn_if", Merge::Clobber, "!= 0"},
                                  {"error_if", Merge::Clobber, "!= 0"}});
}

std::vector<ConfigField> make_fields(ResourceType type) {
  const ConfigField enabled{"enabled", Merge::Clobber, true};
  const ConfigField tags{"tags", Merge::Append, kEmptyList()};
  const ConfigField meta{"meta", Merge::Update, kEmptyMap()};
  switch (type) {
    case ResourceType::Model:
      return with(node_fields("view"), {{"access", Merge::Clobber, "protected"}, {"freshness"}});
    case ResourceType::Seed:
      return with(node_fields("seed"), {{"delimiter", Merge::Clobber, ","}, {"quote_columns"}});
    case ResourceType::Snapshot:
      return with(node_fields("snapshot"), {{"strategy"},
                                            {"target_schema"},
                                            {"target_database"},
                                            {"updated_at"},
                                            {"check_cols"},
                                            {"snapshot_meta_column_names", Merge::Update,
                                             std::span<const Member>(kSnapshotColumnMembers)},
                                            {"dbt_valid_to_current"}});
    case ResourceType::Test:
      return test_fields();
    case ResourceType::Source:
      return {enabled,
              {"event_time"},
              {"freshness", Merge::Clobber, std::span<const Member>(kFreshnessMembers)},
              {"loaded_at_field"},
              {"loaded_at_query"},
              meta,
              tags,
              {"static_analysis"}};
    case ResourceType::Exposure:
      return {enabled, tags, meta};
    case ResourceType::Metric:
      return {enabled, {"group"}, meta};
    case ResourceType::SemanticModel:
      return {enabled, {"group"}, meta};
    case ResourceType::SavedQuery:
      return {enabled,    {"group"},
              meta,       {"export_as"},
              {"schema"}, {"cache", Merge::Update, std::span<const Member>(kCacheMembers)}};
    case ResourceType::UnitTest:
      return {tags, meta, enabled, {"static_analysis"}};
    case ResourceType::Function:
      return with(base_fields(), {{"materialized", Merge::Clobber, "function"},
                                  {"type", Merge::Clobber, "scalar"},
                                  {"volatility"},
                                  {"runtime_version"},
                                  {"entry_point"}});
    case ResourceType::Macro:
      return {meta, {"docs", Merge::Update, std::span<const Member>(kDocsMembers)}};
    default:
      return node_fields("view");
  }
}

// One value counts as a list of one.
std::vector<Data> as_list(const Data& value) {
  if (value.is_null()) return {};
  if (value.is_list()) return {value.items().begin(), value.items().end()};
  return {value};
}

// `{sql, transaction, index}` of a hook.
Data normalized_hook(const Data& hook, Arena& arena) {
  const Data sql = hook.is_map() ? hook.get("sql") : hook;
  const Data* transaction = hook.find("transaction");
  return Data(arena.copy(
      std::vector<Member>{{"sql", sql},
                          {"transaction", transaction != nullptr ? *transaction : Data(true)},
                          {"index", hook.get("index")}}));
}

std::string_view translated(std::string_view key) {
  if (key == "pre_hook") return "pre-hook";
  if (key == "post_hook") return "post-hook";
  if (key == "catalog") return "database";
  return key;
}

}  // namespace

std::span<const ConfigField> config_fields(ResourceType type) {
  static const auto tables = [] {
    std::vector<std::vector<ConfigField>> all;
    for (int i = 0; i <= static_cast<int>(ResourceType::Group); ++i) {
      all.push_back(make_fields(static_cast<ResourceType>(i)));
    }
    return all;
  }();
  return tables[static_cast<std::size_t>(type)];
}

namespace {

const ConfigField* find_field(ResourceType type, std::string_view name) {
  for (const auto& field : config_fields(type)) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace

Data ConfigMerger::get(std::string_view field) const {
  if (const Data* found = values_.find(field)) return *found;
  const ConfigField* known = find_field(type_, field);
  return known != nullptr ? known->default_value : Data();
}

Result<void> ConfigMerger::merge_field(const ConfigField& field, const Data& value) {
  const Data before = get(field.name);
  if (field.name.ends_with("-hook")) {
    for (const auto& item : as_list(value)) {
      if (item.is_text() || item.is_map()) continue;
      return invalid_input("a hook must be a text or a mapping with `sql`, not `{}`",
                           to_python(item));
    }
  }
  switch (field.merge) {
    case Merge::Clobber:
      values_.set(field.name, value);
      return ok();
    case Merge::Append: {
      auto items = as_list(before);
      const bool is_hook = field.name.ends_with("-hook");
      for (const auto& item : as_list(value)) {
        items.push_back(is_hook ? normalized_hook(item, arena_) : item);
      }
      values_.set(field.name, make_list(arena_, items));
      return ok();
    }
    case Merge::Update: {
      if (value.is_null()) return ok();
      if (!value.is_map()) return invalid_input("config `{}` must be a mapping", field.name);
      MapBuilder merged(before);
      for (const auto& [key, item] : value.members()) merged.set(key, item);
      values_.set(field.name, merged.build(arena_));
      return ok();
    }
    case Merge::KeyAppend: {
      if (value.is_null()) return ok();
      if (!value.is_map()) return invalid_input("config `{}` must be a mapping", field.name);
      MapBuilder merged(before);
      for (const auto& [key, item] : value.members()) {
        const bool append = key.starts_with('+');
        const std::string_view name = append ? key.substr(1) : key;
        const Data* old = merged.find(name);
        auto items = append && old != nullptr ? as_list(*old) : std::vector<Data>();
        for (const auto& one : as_list(item)) items.push_back(one);
        merged.set(name, make_list(arena_, items));
      }
      values_.set(field.name, merged.build(arena_));
      return ok();
    }
  }
  return ok();
}

Result<void> ConfigMerger::add(const Data& partial, const Data& unrendered) {
  for (const auto& [raw_key, value] : partial.members()) {
    const std::string_view key = translated(raw_key);
    const ConfigField* field = find_field(type_, key);
    if (field == nullptr) {
      values_.set(key, value);
      continue;
    }
    TRY(merge_field(*field, value));
  }
  for (const auto& [raw_key, value] : unrendered.members()) {
    unrendered_.set(translated(raw_key), value);
  }
  return ok();
}

Data config_value(ResourceType type, const Data& config, std::string_view field) {
  if (const Data* found = config.find(field)) return *found;
  const ConfigField* known = find_field(type, field);
  return known != nullptr ? known->default_value : Data();
}

Data full_config(ResourceType type, const Data& config, Arena& arena) {
  std::vector<Member> members;
  for (const auto& field : config_fields(type)) {
    const Data* found = config.find(field.name);
    members.push_back({field.name, found != nullptr ? *found : field.default_value});
  }
  for (const auto& member : config.members()) {
    if (find_field(type, member.key) == nullptr) members.push_back(member);
  }
  return Data(arena.copy(members));
}

void append_config_json(std::string& out, ResourceType type, const Data& config) {
  out += '{';
  bool first = true;
  const auto add = [&](std::string_view key, const Data& value) {
    if (!first) out += ',';
    first = false;
    append_json_text(out, key);
    out += ':';
    append_json(out, value);
  };
  for (const auto& field : config_fields(type)) {
    const Data* found = config.find(field.name);
    add(field.name, found != nullptr ? *found : field.default_value);
  }
  for (const auto& member : config.members()) {
    if (find_field(type, member.key) == nullptr) add(member.key, member.value);
  }
  out += '}';
}

Data level_config(const Data& level, Arena& arena) {
  std::vector<Member> members;
  for (const auto& [key, value] : level.members()) {
    if (key.starts_with('+')) {
      std::string_view name = key.substr(1);
      while (name.starts_with(' ')) name.remove_prefix(1);
      members.push_back({name, value});
    } else if (!value.is_map()) {
      members.push_back({key, value});
    }
  }
  return Data(arena.copy(members));
}

}  // namespace tarn::project
