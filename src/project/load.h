// SPDX-License-Identifier: Apache-2.0
// The steps of load_project(), in order. Each adds to the project; mistakes are findings.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "project/project.h"
#include "yaml/value.h"

namespace tarn::project {

// One entry of a properties file that describes a node: `models: [{name: …}]`.
struct Patch {
  const SourceFile* file = nullptr;
  const yaml::Value* value = nullptr;
  std::uint32_t package = 0;
  std::string_view section;  // `models`, `seeds`, …
  std::string_view name;
  Data data;    // rendered
  Data config;  // of `config:` and of top-level keys that belong there
  bool used = false;
};

// A properties file after loading.
struct PropertiesFile {
  const SourceFile* file = nullptr;
  std::uint32_t package = 0;
  const yaml::Value* root = nullptr;
};

struct VersionEntry {
  const Patch* patch = nullptr;  // of the model
  std::string_view model;
  Data version;
  Data latest;
  std::string_view suffix;  // `v1`
  Data data;                // the entry of `versions`
};

struct LoadState {
  explicit LoadState(Project& owner) : project(owner) {}
  Project& project;
  std::vector<PropertiesFile> properties;
  // By section kind and name: `model:apple` in a package → patch.
  std::unordered_map<std::string, Patch*> patches;
  std::deque<Patch> patch_store;
  std::unordered_map<std::string, VersionEntry> versions;  // by package and file name
};

// dbt_project.yml of the root alone, without a profile.
Result<void> load_root_file(Project& project);
// dbt_project.yml, profiles.yml, installed packages.
Result<void> load_configuration(Project& project);
// Lists the files of all packages and reads those that are wanted, in parallel.
using WantsFile = std::function<bool(const PackageFile&)>;
Result<void> read_package_files(Project& project, const WantsFile& wants = {});
// Node::parse_digest of a file's node, whose macros are loaded; nullopt: the file has mistakes.
std::optional<std::uint64_t> digest_file(LoadState& state, FileKind kind, const SourceFile& file);
// Macro and test blocks, with calls between them.
void load_macros(LoadState& state);
void load_builtin_macros(Project& project);
void link_macros(LoadState& state);
void load_docs(LoadState& state);
// Loads YAML files and sorts their entries.
void load_properties(LoadState& state);
// Models, snapshots, seeds, analyses, singular tests.
void parse_nodes(LoadState& state);
void load_snapshot_properties(LoadState& state);
void load_sources(LoadState& state);
// Data tests of properties.
void load_generic_tests(LoadState& state);
// Exposures, groups, metrics, semantic models, saved queries, unit tests, macro properties.
void load_groups(LoadState& state);
void load_semantics(LoadState& state);
void load_exposures(LoadState& state);
void load_unit_tests(LoadState& state);
void load_hooks(LoadState& state);
void apply_macro_properties(LoadState& state);
// Descriptions, refs and sources to unique ids, access, groups, contracts.
void resolve(LoadState& state);
void load_selectors(LoadState& state);
void report_deprecations(Project& project);
// Parts of resolve().
void resolve_metrics(Project& project);
void set_node_relation(Project& project, Node& node, const Node& model);

// Helpers that several steps use.

// A finding at a value of a properties file.
void report_at(Project& project, Severity severity, std::string code, std::string message,
               const SourceFile& file, const yaml::Value* value, std::string hint = {});
// fqn of a file: package, folders, name.
std::vector<std::string_view> make_fqn(Arena& arena, std::string_view package,
                                       std::string_view relative, std::string_view name);
// Merged configs of dbt_project.yml (own package, then root), patch and config() calls.
struct ConfigParts {
  ResourceType type;
  std::uint32_t package;
  const std::vector<std::string_view>& fqn;
  const Data* patch = nullptr;
  const Data* calls = nullptr;
};
struct MergedConfig {
  Data values;
  Data unrendered;
};
Result<MergedConfig> merge_config(const Project& project, const ConfigParts& parts, Arena& arena);
// Sets config, tags, meta, docs, database, schema, alias, relation name, enabled of a node.
Result<void> apply_config(const Project& project, Node& node, const Data* patch, const Data* calls,
                          Arena& arena);
// Adds the node to nodes or disabled. Names that clash are findings.
Node* add_node(Project& project, Node node);

}  // namespace tarn::project
