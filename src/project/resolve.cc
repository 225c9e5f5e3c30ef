// SPDX-License-Identifier: Apache-2.0
// From names to unique ids: refs and sources of all nodes; then access, groups, contracts, keys.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/text_span.h"
#include "project/config.h"
#include "project/load.h"
#include "project/node_parse.h"
#include "project/properties.h"
#include "project/reference.h"
#include "project/reference_index.h"

namespace tarn::project {

namespace {

bool must_exist(const Node& node) {
  return node.type != ResourceType::Test && node.type != ResourceType::Operation;
}

void depend_on(Node& node, std::string_view id) {
  if (std::find(node.depends_nodes.begin(), node.depends_nodes.end(), id) ==
      node.depends_nodes.end()) {
    node.depends_nodes.push_back(id);
  }
}

// Where a node's SQL file names something in quotes; else where the node begins.
TextSpan place_of_name(const Node& node, std::string_view name) {
  TextSpan whole;
  whole.line = node.line;
  if (node.file == nullptr || node.raw_code.empty() || node.is_generic_test()) return whole;
  const std::string_view text = node.file->text;
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    const char after = at + name.size() < text.size() ? text[at + name.size()] : ' ';
    if ((before != '\'' && before != '"') || before != after) continue;
    return make_text_span(text, at - 1, name.size() + 2);
  }
  return whole;
}

// A missing parent of a test is a warning; dbt takes a disabled one as a note.
void report_missing(Project& project, Node& node, std::string message, const Found& found,
                    std::string_view name, std::string hint) {
  if (must_exist(node)) {
    const TextSpan place = place_of_name(node, name);
    project.report(Severity::Error, "missing-reference", std::move(message), node.file, place.line,
                   place.column, std::move(hint));
    return;
  }
  node.missing_refs.push_back(node.unique_id);
  const bool is_disabled = found.node != nullptr && !found.node->enabled;
  project.report(is_disabled ? Severity::Note : Severity::Warning, "missing-reference",
                 std::move(message), node.file, node.line, 1, std::move(hint));
}

bool is_private_for(const Project& project, const Node& node, const Node& target) {
  if (target.type != ResourceType::Model) return false;
  if (target.access == "private") {
    const bool is_generic_test = node.is_generic_test();
    return !target.group.empty() && node.group != target.group && !is_generic_test;
  }
  if (target.access != "protected" || node.package == target.package) return false;
  return project.packages[target.package]->file.rendered.get("restrict-access").truthy();
}

void resolve_sources(Project& project, Node& node) {
  for (const auto& call : node.sources) {
    const Found found = find_source(project, node.package, call);
    if (found.node == nullptr || !found.node->enabled) {
      report_missing(project, node, describe_missing_source(node, call, found), found, call.table,
                     {});
      continue;
    }
    depend_on(node, found.node->unique_id);
  }
}

void resolve_refs(Project& project, Node& node) {
  // Depends on what the template refers to, in order, each once.
  for (const auto& call : node.refs) {
    const Found found = find_ref(project, node.package, call);
    if (found.node == nullptr || !found.node->enabled) {
      report_missing(project, node, describe_missing_ref(node, call, found), found, call.name,
                     ref_suggestion(project, call.name));
      continue;
    }
    if (is_private_for(project, node, *found.node)) {
      project.report(Severity::Error, "access",
                     fmt::format("node {} attempted to reference node {}, which is not allowed "
                                 "because the referenced node is {} to the {} `{}`",
                                 node.unique_id, found.node->unique_id, found.node->access,
                                 found.node->access == "private" ? "group" : "package",
                                 found.node->access == "private" ? found.node->group
                                                                 : found.node->package_name),
                     node.file, node.line);
    }
    depend_on(node, found.node->unique_id);
  }
  for (const auto& metric : node.metrics) {
    const std::string id = metric.size() == 2
                               ? fmt::format("metric.{}.{}", metric[0], metric[1])
                               : fmt::format("metric.{}.{}", node.package_name, metric.back());
    const auto found = project.nodes_by_id.find(id);
    if (found != project.nodes_by_id.end()) depend_on(node, found->second->unique_id);
  }
}

void check_access(Project& project, const Node& node) {
  if (node.type != ResourceType::Model) return;
  if (node.access == "private" || node.access == "protected" || node.access == "public") return;
  project.report(Severity::Error, "access",
                 fmt::format("node {} has an invalid value `{}` for the access field",
                             node.unique_id, node.access),
                 node.file, node.line, 1, "use private, protected or public");
}

void check_group(Project& project, const Node& node) {
  if (node.group.empty() || node.type == ResourceType::Test) return;
  std::vector<std::string> names;
  for (const auto& group : project.groups) {
    if (group.name == node.group) return;
    names.emplace_back(group.name);
  }
  project.report(
      Severity::Error, "group",
      fmt::format("invalid group `{}` in {} {} ({}), expected one of [{}]", node.group,
                  to_string(node.type), node.name, node.original_path, join(names, ", ")),
      node.file, node.line);
}

void finish_contract(Project& project, Node& node) {
  const Data contract = config_value(node.type, node.config, "contract");
  if (node.type != ResourceType::Model || !contract.get("enforced").truthy()) return;
  const std::string_view materialized = config_value(node.type, node.config, "materialized").text();
  const bool with_constraints = materialized == "table" || materialized == "incremental";
  node.contract_checksum = project.arena().copy(contract_checksum(node, with_constraints));
}

// Columns that identify rows: constraints, then tests.
struct KeyTests {
  std::set<std::string_view> unique, unique_disabled, not_null;
};

void note_test(const Node& test, std::unordered_map<std::string_view, KeyTests>& keys) {
  if (!test.is_generic_test() || test.test->attached.empty()) return;
  const bool is_unique =
      test.test->name == "unique" || test.test->name == "unique_combination_of_columns";
  if (!is_unique && test.test->name != "not_null") return;
  KeyTests& key = keys[test.test->attached];
  const Data columns = test.test->kwargs.get("columns");
  std::vector<std::string_view> names;
  for (const auto& column : columns.items()) names.push_back(column.text());
  if (columns.is_null()) {
    const Data column = test.test->kwargs.get("column_name");
    if (column.is_text()) names.push_back(column.text());
  }
  for (const auto name : names) {
    if (!is_unique) {
      key.not_null.insert(name);
    } else if (test.enabled) {
      key.unique.insert(name);
    } else {
      key.unique_disabled.insert(name);
    }
  }
}

Data primary_key_of(const Node& node, const KeyTests* tests, Arena& arena) {
  for (const auto& constraint : node.constraints.items()) {
    if (constraint.get("type").text() == "primary_key") return constraint.get("columns");
  }
  for (const auto& [name, column] : node.columns.members()) {
    for (const auto& constraint : column.get("constraints").items()) {
      if (constraint.get("type").text() == "primary_key") {
        return make_text_list(arena, {name});
      }
    }
  }
  std::vector<std::string_view> out;
  if (tests != nullptr) {
    for (const auto name : tests->not_null) {
      if (tests->unique.contains(name) || tests->unique_disabled.contains(name)) {
        out.push_back(name);
      }
    }
    if (out.empty()) out.assign(tests->unique.begin(), tests->unique.end());
    if (out.empty()) out.assign(tests->unique_disabled.begin(), tests->unique_disabled.end());
  }
  return make_text_list(arena, out);
}

void set_primary_keys(Project& project) {
  std::unordered_map<std::string_view, KeyTests> keys;
  for (const auto* list : {&project.nodes, &project.disabled}) {
    for (const auto& node : *list) note_test(node, keys);
  }
  for (auto& node : project.nodes) {
    if (node.type != ResourceType::Model) continue;
    const auto found = keys.find(node.unique_id);
    node.primary_key =
        primary_key_of(node, found == keys.end() ? nullptr : &found->second, project.arena());
  }
}

// Tests belong to the group of the node that they test.
void set_test_groups(Project& project) {
  for (auto& node : project.nodes) {
    if (!node.is_generic_test() || node.test->attached.empty()) continue;
    const auto found = project.nodes_by_id.find(node.test->attached);
    if (found != project.nodes_by_id.end()) node.group = found->second->group;
  }
}

void check_relations(Project& project) {
  std::unordered_map<std::string, const Node*> relations;
  std::unordered_map<std::string, const Node*> plain;
  for (const auto& node : project.nodes) {
    if (node.type != ResourceType::Model && node.type != ResourceType::Seed &&
        node.type != ResourceType::Snapshot) {
      continue;
    }
    const std::string key = fmt::format("{}/{}", node.package, node.name);
    if (node.is_model()) {
      const auto [same, fresh] = plain.emplace(key, &node);
      if (!fresh && same->second->version.is_null() != node.version.is_null()) {
        project.report(Severity::Error, "duplicate-name",
                       fmt::format("found versioned and unversioned models with the name `{}`: {} "
                                   "({}) and {} ({})",
                                   node.name, same->second->unique_id, same->second->original_path,
                                   node.unique_id, node.original_path),
                       node.file, node.line, 1, "change the name of one of them");
      }
    }
    if (node.relation_name.empty()) continue;
    const auto [found, fresh] = relations.emplace(to_lower(node.relation_name), &node);
    if (fresh) continue;
    project.report(Severity::Error, "ambiguous-alias",
                   fmt::format("found two resources with the database representation {}: {} ({}) "
                               "and {} ({})",
                               node.relation_name, found->second->unique_id,
                               found->second->original_path, node.unique_id, node.original_path),
                   node.file, node.line, 1, "give one of them another alias or schema");
  }
}

void report_unused_patches(LoadState& state) {
  for (const auto& patch : state.patch_store) {
    if (patch.used || !patch.data.get("__version").is_null()) continue;
    const char* prefix = nullptr;
    if (patch.section == "models") prefix = "model";
    if (patch.section == "seeds") prefix = "seed";
    if (patch.section == "snapshots") prefix = "snapshot";
    if (patch.section == "analyses") prefix = "analysis";
    if (prefix == nullptr) continue;
    const std::string id =
        fmt::format("{}.{}.{}", prefix, state.project.packages[patch.package]->name, patch.name);
    if (state.project.nodes_by_id.contains(id)) continue;
    const auto& disabled = state.project.disabled;
    const bool is_disabled = std::any_of(disabled.begin(), disabled.end(),
                                         [&](const Node& node) { return node.unique_id == id; });
    if (is_disabled) continue;
    std::vector<std::string> names;
    for (const auto& node : state.project.nodes) {
      if (to_string(node.type) == prefix) names.emplace_back(node.name);
    }
    const auto near = nearest_name(patch.name, names);
    report_at(state.project, Severity::Warning, "unused-properties",
              fmt::format("did not find matching node for patch with name `{}` in the `{}` section "
                          "of file `{}`",
                          patch.name, patch.section, patch.file->path),
              *patch.file, patch.value, near ? fmt::format("did you mean `{}`?", *near) : "");
  }
}

// Keys of dbt_project.yml that lead to no resource.
struct ConfigTree {
  const char* key;
  std::vector<ResourceType> types;
};

void find_unused(const Data& tree, std::vector<std::string_view>& path,
                 const std::set<std::string>& known, std::vector<std::string>& unused) {
  bool has_configs = false;
  for (const auto& [key, value] : tree.members()) {
    if (key.starts_with('+') || !value.is_map()) has_configs = true;
  }
  if (has_configs && !path.empty()) {
    std::string text;
    for (const auto part : path) text += (text.empty() ? "" : ".") + std::string(part);
    if (!known.contains(text)) unused.push_back(text);
  }
  for (const auto& [key, value] : tree.members()) {
    if (key.starts_with('+') || !value.is_map()) continue;
    path.push_back(key);
    find_unused(value, path, known, unused);
    path.pop_back();
  }
}

void report_unused_configs(Project& project) {
  const ConfigTree trees[] = {{"models", {ResourceType::Model, ResourceType::Analysis}},
                              {"seeds", {ResourceType::Seed}},
                              {"snapshots", {ResourceType::Snapshot}},
                              {"data_tests", {ResourceType::Test}},
                              {"tests", {ResourceType::Test}},
                              {"sources", {ResourceType::Source}}};
  std::vector<std::string> unused;
  for (const auto& [key, types] : trees) {
    const Data tree = project.root().file.configs(key);
    if (!tree.is_map()) continue;
    std::set<std::string> known;
    for (const auto* list : {&project.nodes, &project.disabled}) {
      for (const auto& node : *list) {
        if (std::find(types.begin(), types.end(), node.type) == types.end()) continue;
        std::string text;
        for (const auto part : node.fqn) {
          text += (text.empty() ? "" : ".") + std::string(part);
          known.insert(text);
        }
      }
    }
    std::vector<std::string_view> path;
    std::vector<std::string> found;
    find_unused(tree, path, known, found);
    for (const auto& one : found) unused.push_back(fmt::format("{}.{}", key, one));
  }
  if (unused.empty()) return;
  project.report(Severity::Warning, "unused-config",
                 fmt::format("configuration paths in dbt_project.yml apply to no resource: {}",
                             join(unused, ", ")),
                 nullptr);
}

}  // namespace

void resolve(LoadState& state) {
  Project& project = state.project;
  index_references(project);
  for (auto& node : project.nodes) {
    if (node.type == ResourceType::UnitTest) continue;
    resolve_sources(project, node);
    resolve_refs(project, node);
    check_access(project, node);
    check_group(project, node);
    finish_contract(project, node);
    if (node.type == ResourceType::SemanticModel && !node.depends_nodes.empty()) {
      const auto model = project.nodes_by_id.find(node.depends_nodes[0]);
      if (model != project.nodes_by_id.end()) set_node_relation(project, node, *model->second);
    }
  }
  resolve_metrics(project);
  set_primary_keys(project);
  set_test_groups(project);
  check_relations(project);
  report_unused_patches(state);
  report_unused_configs(project);
}

}  // namespace tarn::project
