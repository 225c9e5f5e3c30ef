// SPDX-License-Identifier: Apache-2.0
// What a project is made of: files, macros, docs, and the nodes of its graph, as dbt's manifest
// (v12) has them. Plain structs; texts and Data live in the arenas of the Project.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "project/data.h"

namespace tarn::project {

enum class ResourceType : std::uint8_t {
  Model,
  Seed,
  Snapshot,
  Analysis,
  Test,
  Operation,     // on-run-start, on-run-end
  SqlOperation,  // `compile --inline`
  Function,
  Source,
  Exposure,
  Metric,
  SemanticModel,
  SavedQuery,
  UnitTest,
  Macro,
  Doc,
  Group,
};
// `model`, `sql_operation`, `semantic_model`, …
std::string_view to_string(ResourceType type);

// A file of a package, read once.
struct SourceFile {
  std::string path;           // from the package's root: `models/a.sql`
  std::string relative;       // from the folder in model-paths etc.: `a.sql`
  std::string search_folder;  // `models`
  std::string full_path;      // as it can be opened
  std::string text;
  std::uint32_t package = 0;  // index in Project::packages
};

struct RefCall {
  std::string_view package;  // empty: not given
  std::string_view name;
  Data version;
  bool operator==(const RefCall&) const = default;
};
struct SourceCall {
  std::string_view source;
  std::string_view table;
  bool operator==(const SourceCall&) const = default;
};

// What a data test knows besides its node.
struct TestInfo {
  std::string_view name;      // `not_null`
  std::string_view package;   // namespace as written, `toolkit`; empty: none
  std::string_view column;    // empty: none
  std::string_view file_key;  // `models.apple`
  std::string_view attached;  // unique id of the tested node; empty: none
  std::string_view tested;    // name of the tested model or `source_table`
  Data kwargs;
};

struct Node {
  ResourceType type = ResourceType::Model;
  bool enabled = true;
  std::uint32_t package = 0;
  std::uint32_t line = 1;            // in `original_path`, for messages
  const SourceFile* file = nullptr;  // of the code, or of the properties
  std::string_view name;
  std::string_view package_name;
  std::string_view path;
  std::string_view original_path;
  std::string_view unique_id;
  std::string_view database, schema, alias;
  std::string_view relation_name;  // empty: null
  std::string_view identifier;     // sources
  std::string_view raw_code;
  std::string_view language = "sql";
  std::string_view checksum;  // hex of SHA-256; empty: kind `none`
  std::string_view checksum_kind = "sha256";
  std::vector<std::string_view> fqn;
  Data config;  // values that were set, merged (see config.h)
  Data unrendered_config;
  std::vector<std::string_view> tags;
  Data meta;
  Data docs;  // null: the default
  std::string_view description;
  std::vector<std::string_view> doc_blocks;
  Data columns;                 // name → column as in the manifest
  std::string_view patch_path;  // empty: null
  std::string_view group;       // empty: null
  std::string_view access;      // of models
  Data version, latest_version, deprecation_date;
  Data constraints, primary_key, time_spine;
  std::string_view contract_checksum;  // empty: null
  std::vector<RefCall> refs;
  std::vector<SourceCall> sources;
  std::vector<std::vector<std::string_view>> metrics;
  std::vector<std::string_view> depends_macros;
  std::vector<std::string_view> depends_nodes;  // unique ids
  std::vector<std::string_view> missing_refs;   // named but not there: only of tests and exposures
  // Types with a body of their own (sources, exposures, metrics, …): members of the manifest that
  // are not above, in its order.
  Data body;
  const TestInfo* test = nullptr;  // generic tests
  Data unrendered_schema, unrendered_database;
  std::string_view hook_index;  // of operations
  // What the template refers to, configures and calls, as one number; 0: its file is more than this
  // node.
  std::uint64_t parse_digest = 0;

  bool is_model() const { return type == ResourceType::Model; }
  bool is_generic_test() const { return type == ResourceType::Test && test != nullptr; }
  // Nodes with SQL of their own that end in `nodes` of the manifest.
  bool is_executable() const { return type < ResourceType::Source; }
};

struct MacroArgument {
  std::string_view name;
  Data type;
  std::string_view description;
};

struct MacroDefinition {
  std::string_view name;
  std::string_view package_name;
  std::uint32_t package = 0;
  std::string_view path;  // `macros/m.sql`
  std::string_view unique_id;
  std::string_view text;  // the whole block
  std::uint32_t line = 1;
  std::vector<std::string_view> depends_macros;
  std::string_view description;
  std::string_view patch_path;
  Data meta, docs, config;
  std::vector<MacroArgument> arguments;
  Data supported_languages;
  bool builtin = false;
};

struct DocBlock {
  std::string_view name;
  std::string_view package_name;
  std::string_view path;
  std::string_view original_path;
  std::string_view unique_id;
  std::string_view contents;
};

struct GroupDefinition {
  std::string_view name;
  std::string_view package_name;
  std::string_view path;
  std::string_view original_path;
  std::string_view unique_id;
  Data owner;
  Data description;
  Data config;
};

}  // namespace tarn::project
