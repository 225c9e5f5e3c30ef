// SPDX-License-Identifier: Apache-2.0
// The commands that need no warehouse: parse, ls, compile, deps, clean, debug, init. Each takes
// parsed options and gives text and an exit code; the caller prints.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "project/deferral.h"
#include "project/files.h"
#include "project/graph.h"
#include "project/microbatch.h"
#include "project/package_hub.h"
#include "project/project.h"
#include "project/selection/select.h"

namespace tarn::project {

class Adapter;

struct SelectOptions {
  std::vector<std::string> select;
  std::vector<std::string> exclude;
  std::string selector;  // name in selectors.yml
  std::vector<std::string> resource_types;
  std::vector<std::string> exclude_resource_types;
  std::string state;  // folder of an earlier run
};

// What a command says. `out` is its data; findings and notes go beside it.
struct CommandOutput {
  int exit_code = 0;
  std::string out;
  std::vector<Diagnostic> findings;
  std::vector<std::string> unmatched;  // criteria that match nothing
};

// Exit code 2 if there are errors (with --warn-error: or warnings), else 0.
int exit_code_of(const Project& project);

// Parses and writes target/manifest.json.
Result<CommandOutput> run_parse(const Project& project, bool write_json);

// The nodes that options select, with the rules of `ls` or of a command that runs SQL.
struct SelectedNodes {
  std::vector<const Node*> nodes;  // in the order of the graph
  std::vector<std::string> unmatched;
};
Result<SelectedNodes> select_nodes(const Project& project, const SelectOptions& options,
                                   bool include_empty_nodes);
// The graph of all enabled nodes.
Graph make_graph(const Project& project);

struct ListOptions {
  SelectOptions selection;
  std::string output = "selector";  // `name`, `path`, `json`
  std::vector<std::string> output_keys;
};
Result<CommandOutput> run_list(const Project& project, const ListOptions& options);

struct CompileOptions {
  SelectOptions selection;
  DeferFlags deferral;
  std::string inline_sql;
  bool write_files = true;
  bool as_json = false;  // the code that is printed, as {"node": …, "compiled": …}
};
// The folder for what is written, by dbt_project.yml, the environment and the options; nothing else
// of the project is read.
Result<std::string> find_target_folder(const LoadOptions& options, const Files& files,
                                       Environment environment);

Result<CommandOutput> run_compile(const Project& project, const CompileOptions& options,
                                  Adapter& adapter);

// A node for a query that is in no file. Texts are in the arena.
Node inline_node(const Project& project, std::string_view sql, Arena& arena);

enum class CodeKind {
  Compiled,  // the query of the node
  Run,       // the statement that was sent for it
};
// The node's file below `compiled` or `run` of the target folder; that of a batch if it is run in
// batches.
std::string code_file(const Project& project, const Node& node, CodeKind kind,
                      const Batch* batch = nullptr);
// Leaves SQL there.
Result<void> write_code(const Project& project, const Node& node, CodeKind kind,
                        const std::string& code, const Batch* batch = nullptr);

// Calls a macro with the YAML mapping of --args. Exit code 1 if it fails.
Result<CommandOutput> run_operation(const Project& project, const std::string& macro_name,
                                    const std::string& arguments, Adapter& adapter);

struct DepsOptions {
  bool upgrade = false;  // resolve again, whatever package-lock.yml says
  Fetch fetch;           // archives and the package hub; without it both are errors
};
// Installs the packages of packages.yml below dbt_packages, at the versions of package-lock.yml,
// which is written where it is missing or packages.yml says something else than when it was made.
Result<CommandOutput> run_deps(const LoadOptions& options, const Files& files,
                               Environment environment, const DepsOptions& deps = {});
// Deletes the folders of `clean-targets` below the project; others are errors.
Result<CommandOutput> run_clean(const LoadOptions& options, const Files& files,
                                Environment environment);
// A small project that parses and runs in `folder`; existing files stay.
Result<CommandOutput> run_init(const std::string& folder, const std::string& name);

}  // namespace tarn::project
