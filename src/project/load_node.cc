// SPDX-License-Identifier: Apache-2.0
// What all nodes share while a project is parsed: names, configs, uniqueness.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "project/config.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/name_macros.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

// Keys of dbt_project.yml that hold the configs of a type; the second is the older name.
std::pair<std::string_view, std::string_view> config_keys(ResourceType type) {
  switch (type) {
    case ResourceType::Seed:
      return {"seeds", {}};
    case ResourceType::Snapshot:
      return {"snapshots", {}};
    case ResourceType::Source:
      return {"sources", {}};
    case ResourceType::Test:
      return {"data_tests", "tests"};
    case ResourceType::Metric:
      return {"metrics", {}};
    case ResourceType::SemanticModel:
      return {"semantic-models", {}};
    case ResourceType::SavedQuery:
      return {"saved-queries", {}};
    case ResourceType::Exposure:
      return {"exposures", {}};
    case ResourceType::UnitTest:
      return {"unit_tests", {}};
    case ResourceType::Function:
      return {"functions", {}};
    default:
      return {"models", {}};
  }
}

Data config_tree(const Data& file, ResourceType type) {
  const auto [key, older] = config_keys(type);
  const Data tree = file.get(key);
  return tree.is_null() && !older.empty() ? file.get(older) : tree;
}

// Adds the partials of all levels of a tree that lead to the fqn.
Result<void> add_levels(ConfigMerger& merger, const ProjectFile& file, ResourceType type,
                        const std::vector<std::string_view>& fqn, Arena& arena) {
  Data rendered = config_tree(file.rendered, type);
  Data unrendered = config_tree(file.unrendered, type);
  if (!rendered.is_map()) return ok();
  TRY(merger.add(level_config(rendered, arena), level_config(unrendered, arena)));
  for (const auto level : fqn) {
    rendered = rendered.get(level);
    unrendered = unrendered.get(level);
    if (!rendered.is_map()) break;
    TRY(merger.add(level_config(rendered, arena), level_config(unrendered, arena)));
  }
  return ok();
}

std::vector<std::string_view> tag_texts(const Data& tags, Arena& arena) {
  std::vector<std::string_view> out;
  if (tags.is_text()) out.push_back(tags.text());
  for (const auto& tag : tags.items()) {
    out.push_back(tag.is_text() ? tag.text() : arena.copy(to_python(tag)));
  }
  return out;
}

void add_missing(std::vector<std::string_view>& tags, const std::vector<std::string_view>& more) {
  for (const auto tag : more) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  }
}

bool is_relational(const Node& node) {
  switch (node.type) {
    case ResourceType::Model:
      return config_value(node.type, node.config, "materialized").text() != "ephemeral";
    case ResourceType::Seed:
    case ResourceType::Snapshot:
    case ResourceType::Function:
      return true;
    case ResourceType::Test:
      return config_value(node.type, node.config, "store_failures").truthy();
    default:
      return false;
  }
}

void finish_test_config(ConfigMerger& merger) {
  const Data as = merger.get("store_failures_as");
  const Data store = merger.get("store_failures");
  if (as.is_null()) {
    if (!store.is_null()) merger.set("store_failures_as", store.truthy() ? "table" : "ephemeral");
  } else {
    merger.set("store_failures", as.text() != "ephemeral");
  }
}

}  // namespace

std::vector<std::string_view> make_fqn(Arena& arena, std::string_view package,
                                       std::string_view relative, std::string_view name) {
  std::vector<std::string_view> out{package};
  const auto parts = split(relative, '/');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) out.push_back(arena.copy(parts[i]));
  out.push_back(name);
  return out;
}

Result<MergedConfig> merge_config(const Project& project, const ConfigParts& parts, Arena& arena) {
  ConfigMerger merger(parts.type, arena);
  TRY(add_levels(merger, project.packages[parts.package]->file, parts.type, parts.fqn, arena));
  if (parts.patch != nullptr) TRY(merger.add(*parts.patch));
  if (parts.calls != nullptr) TRY(merger.add(*parts.calls));
  Data unrendered;
  if (parts.package != 0) {
    TRY(add_levels(merger, project.root().file, parts.type, parts.fqn, arena));
    // As written, the file's own configs win.
    MapBuilder written(merger.unrendered());
    if (parts.calls != nullptr) {
      for (const auto& [key, value] : parts.calls->members()) written.set(key, value);
    }
    unrendered = written.build(arena);
  } else {
    unrendered = merger.unrendered();
  }
  if (parts.type == ResourceType::Test) finish_test_config(merger);
  return MergedConfig{merger.values(), unrendered};
}

Result<void> apply_config(const Project& project, Node& node, const Data* patch, const Data* calls,
                          Arena& arena) {
  ConfigParts parts{node.type, node.package, node.fqn, patch, calls};
  const MergedConfig merged = TRY(merge_config(project, parts, arena));
  node.config = merged.values;
  node.unrendered_config = merged.unrendered;
  const auto value = [&](std::string_view field) {
    return config_value(node.type, node.config, field);
  };
  node.enabled = value("enabled").truthy();
  node.tags.clear();
  if (patch != nullptr && patch->find("tags") != nullptr) {
    // Tags of the file come before those of its properties.
    parts.patch = nullptr;
    const MergedConfig first = TRY(merge_config(project, parts, arena));
    add_missing(node.tags, tag_texts(config_value(node.type, first.values, "tags"), arena));
  }
  add_missing(node.tags, tag_texts(value("tags"), arena));
  node.meta = value("meta");
  node.docs = value("docs");
  if (const Data group = value("group"); group.is_text()) node.group = group.text();
  if (node.type == ResourceType::Model) {
    const Data access = value("access");
    node.access = access.is_text() ? access.text() : std::string_view("protected");
  }
  const auto& names = project.contexts->name_macros();
  node.database = arena.copy(TRY(names.database_name(node, value("database"))));
  node.schema = arena.copy(TRY(names.schema_name(node, value("schema"))));
  node.alias = arena.copy(TRY(names.alias_name(node, value("alias"))));
  if (node.type == ResourceType::Snapshot) {
    if (const Data schema = value("target_schema"); schema.truthy()) node.schema = schema.text();
    if (const Data database = value("target_database"); database.truthy()) {
      node.database = database.text();
    }
  }
  node.relation_name = {};
  if (is_relational(node)) node.relation_name = arena.copy(relation_of(project, node).render());
  return ok();
}

void report_at(Project& project, Severity severity, std::string code, std::string message,
               const SourceFile& file, const yaml::Value* value, std::string hint) {
  project.report(severity, std::move(code), std::move(message), &file,
                 value != nullptr ? value->line : 0, value != nullptr ? value->column : 1,
                 std::move(hint));
}

namespace {

std::string_view plural(ResourceType type) {
  switch (type) {
    case ResourceType::Model:
      return "models";
    case ResourceType::Source:
      return "sources";
    case ResourceType::Exposure:
      return "exposures";
    case ResourceType::UnitTest:
      return "unit_tests";
    case ResourceType::Test:
      return "tests";
    case ResourceType::Seed:
      return "seeds";
    case ResourceType::Snapshot:
      return "snapshots";
    case ResourceType::Metric:
      return "metrics";
    default:
      return "resources";
  }
}

}  // namespace

Node* add_node(Project& project, Node node) {
  if (!node.enabled) {
    project.disabled.push_back(std::move(node));
    return &project.disabled.back();
  }
  const auto found = project.nodes_by_id.find(node.unique_id);
  if (found != project.nodes_by_id.end()) {
    const Node& other = *found->second;
    project.report(Severity::Error, "duplicate-name",
                   fmt::format("found two {} with the name `{}`: {} ({}) and {} ({})",
                               plural(node.type), node.name, node.unique_id, node.original_path,
                               other.unique_id, other.original_path),
                   node.file, node.line, 1, "change the name of one of them");
    return found->second;
  }
  project.nodes.push_back(std::move(node));
  Node* added = &project.nodes.back();
  project.nodes_by_id.emplace(added->unique_id, added);
  return added;
}

}  // namespace tarn::project
