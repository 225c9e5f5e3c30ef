// SPDX-License-Identifier: Apache-2.0
// A parsed project: root and packages, their macros, docs, groups and nodes, ready for selection,
// compilation and the manifest. Made by load_project(); read by many threads afterwards.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "project/files.h"
#include "project/profile.h"
#include "project/project_file.h"
#include "project/resource.h"
#include "project/selection/spec.h"
#include "project/warn_options.h"

namespace tarn::yaml {
struct Document;
}

namespace tarn::project {

class Contexts;
class ReferenceIndex;

// What a command line says about the project.
struct LoadOptions {
  std::string project_dir = ".";
  std::string profiles_dir;
  std::string profile;
  std::string target;
  std::string target_path;  // empty: of dbt_project.yml
  std::string vars;         // YAML mapping of --vars
  bool full_refresh = false;
  bool empty = false;
  WarnOptions warnings;  // where they are the defaults, flags of dbt_project.yml count
  bool store_failures = false;
  // --sample: models and snapshots read only rows of this time from inputs with an `event_time`;
  // as dbt prints times, empty: all.
  std::string sample_start, sample_end;
  bool needs_profile = true;
  bool checks_version = true;  // heeds require-dbt-version
  std::int64_t threads = 0;
  std::size_t parse_threads = 1;
  std::int64_t now_micros = 0;  // run_started_at
  std::string invocation_id;
  std::string command = "parse";  // `flags.WHICH`
  std::string home;
  std::optional<IndirectSelection> indirect;  // not given: a flag of dbt_project.yml, or eager
};

enum class FileKind : std::uint8_t {
  Macro,
  Model,
  Snapshot,
  Analysis,
  SingularTest,
  GenericTest,
  Seed,
  Doc,
  Properties,
  Fixture,
  Function,
};

struct PackageFile {
  FileKind kind;
  SourceFile source;
};

struct Package {
  std::string name;
  std::string root;    // folder, as files can be opened
  std::string prefix;  // from the root project's folder: ``, `dbt_packages/x`
  ProjectFile file;
  std::deque<PackageFile> files;
  bool is_root = false;
};

struct Project {
  LoadOptions options;
  const Files* files = nullptr;
  Environment environment;
  Profile profile;
  std::vector<std::unique_ptr<Package>> packages;  // the root is the first
  Data cli_vars;

  std::deque<Node> nodes;  // enabled ones of all kinds that the graph has
  std::deque<Node> disabled;
  std::deque<MacroDefinition> macros;
  std::deque<DocBlock> docs;
  std::deque<GroupDefinition> groups;
  std::vector<NamedSelector> selectors;
  std::unordered_map<std::string_view, Node*> nodes_by_id;
  std::unordered_map<std::string_view, const MacroDefinition*> macros_by_id;

  Diagnostics diagnostics;
  std::unique_ptr<Contexts> contexts;  // names for templates
  std::unique_ptr<ReferenceIndex> references;

  // Memory of everything above.
  std::deque<Arena> arenas;
  std::deque<yaml::Document> documents;
  std::deque<std::string> texts;

  Project();
  ~Project();
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  Package& root() { return *packages[0]; }
  const Package& root() const { return *packages[0]; }
  const Package* find_package(std::string_view name) const;
  Arena& arena() { return arenas.front(); }
  std::string target_folder() const;
  // Adds a finding at a line of a file (from 1; 0: no place).
  void report(Severity severity, std::string code, std::string message, const SourceFile* file,
              std::uint32_t line = 0, std::uint32_t column = 1, std::string hint = {});
};

// Parses everything. Mistakes in the project are findings in `diagnostics` (all of them); an Error
// is returned where nothing can be parsed (dbt_project.yml, profiles.yml, packages).
Result<std::unique_ptr<Project>> load_project(LoadOptions options, const Files& files,
                                              Environment environment);

}  // namespace tarn::project
