// SPDX-License-Identifier: Apache-2.0
// What templates see: the functions of dbt, the macros of the project in dbt's search order, and
// the state of one render (the node, what it recorded, the adapter).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jinja/environment.h"
#include "jinja/names.h"
#include "jinja/runtime.h"
#include "project/adapter.h"
#include "project/context/relation.h"
#include "project/relation_cache.h"
#include "project/resource.h"

namespace tarn::project {

struct Project;
class NameMacros;

struct Batch;
struct Deferral;
struct SessionOptions;
struct UnitTestScope;

// What `store_result` kept.
struct StoredResult {
  Response response;
  jinja::Value response_value;  // as templates see it
  jinja::Value table;           // None, or a table (see context/table.h)
  bool taken = false;           // by load_result(), which gives all but `main` only once
};

// What rendering a node at parse time found.
struct ParseRecord {
  explicit ParseRecord(Arena& memory) : arena(memory) {}
  Arena& arena;
  std::vector<RefCall> refs;
  std::vector<SourceCall> sources;
  std::vector<std::vector<std::string_view>> metrics;
  std::vector<std::vector<std::string_view>> functions;
  std::vector<std::string_view> macros;  // unique ids, called by the template itself
  MapBuilder config;                     // merged arguments of config()
};

struct LogLine {
  std::string level;  // `info`, `debug`, `print`
  std::string text;
};

// State of one render; functions find it through the Runtime.
class RenderHost : public jinja::Host {
 public:
  RenderHost(const Project& owner, std::uint32_t package_index)
      : project(owner), package(package_index) {}

  const Project& project;
  std::uint32_t package;  // whose vars and macros come first
  const Node* node = nullptr;
  ParseRecord* record = nullptr;  // set while parsing
  bool execute = false;
  bool is_yaml = false;  // a file of configuration: no node, secrets as the file allows
  bool allow_secrets = false;
  Adapter* adapter = nullptr;
  RelationCache* cache = nullptr;           // set where `adapter` is
  const SessionOptions* session = nullptr;  // set while a node runs
  const UnitTestScope* unit_test = nullptr;
  const Batch* batch = nullptr;        // narrows refs and sources
  const Deferral* deferral = nullptr;  // --defer
  std::vector<LogLine> logs;
  std::vector<std::string> warnings;
  std::map<std::string, StoredResult> results;  // of statements, by name
  std::string written;                          // of write()
  std::size_t statements = 0;                   // sent to the warehouse
  std::map<std::string, jinja::Value> graph;    // sections of `graph` that were asked for
  std::vector<std::string_view> ephemerals;     // unique ids referred to, in order
  std::string_view var_owner;                   // for messages: `c`, `dbt_project.yml`

  // A warning of dbt's event of that name: kept, dropped, or an error, as --warn-error-options
  // says.
  Result<void> warn(std::string_view event, std::string message);

  Result<void> enter_macro(const jinja::Macro& macro, std::size_t depth) override;
};

class Contexts {
 public:
  explicit Contexts(const Project& project);
  ~Contexts();

  const jinja::Environment& parse_environment() const { return parse_; }
  const jinja::Environment& run_environment() const { return run_; }
  const jinja::Environment& native_environment() const { return native_; }

  // Names of configuration files: var, env_var, target, … but no ref and no macros.
  const jinja::NameTable& yaml_names() const { return *yaml_names_; }
  // Names for the nodes of a package, macros first. Valid after index_macros().
  std::shared_ptr<const jinja::NameTable> node_names(std::uint32_t package) const;

  // Compiles the macros of the project (not the built-in ones, which wait until they are called)
  // and builds the tables of names. Bad macros are findings in the project.
  void index_macros(Project& project);
  // A macro by package (empty: search order of `from_package`) and name; nullptr if there is none.
  const MacroDefinition* find_macro(std::string_view package, std::string_view name,
                                    std::uint32_t from_package) const;
  // adapter.dispatch(): the macro that is called; nullptr if there is none.
  const MacroDefinition* dispatch(std::string_view name, std::string_view macro_namespace,
                                  std::uint32_t from_package) const;
  // The callable; compiled at first use.
  Result<jinja::Value> macro_value(const MacroDefinition& macro) const;

  // Names of relations. Valid after index_macros().
  const NameMacros& name_macros() const { return *name_macros_; }

  // One text of a YAML file, keeping types.
  Result<Data> render_yaml(std::string_view text, RenderHost& host, Arena& arena) const;

 private:
  struct Impl;
  jinja::Environment parse_;
  jinja::Environment run_;
  jinja::Environment native_;
  std::shared_ptr<jinja::NameTable> yaml_names_;
  std::unique_ptr<Impl> impl_;
  std::unique_ptr<NameMacros> name_macros_;
  const Project& project_;
};

// The value of a var for a package: --vars, then dbt_project.yml of the root, then of the package.
const Data* find_var(const Project& project, std::uint32_t package, std::string_view name);

// The relation of a node.
RelationParts relation_of(const Project& project, const Node& node);

}  // namespace tarn::project
