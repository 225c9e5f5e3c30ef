// SPDX-License-Identifier: Apache-2.0
// Which nodes a command executes and in which order: the selected ones of the types that it deals
// with, each behind the selected nodes that it depends on, directly or through others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/commands.h"
#include "project/graph.h"
#include "run/scheduler.h"

namespace tarn::run {

enum class Command { Run, Build, Test, Seed, Snapshot, Compile, Show, Clone, Freshness };
// `run`, `build`, …: also `flags.WHICH` in templates.
std::string_view to_string(Command command);
std::optional<Command> parse_command(std::string_view word);

struct Plan {
  std::vector<const project::Node*> nodes;  // in the order of the graph
  TaskGraph tasks;                          // indices are those of `nodes`
  std::vector<std::string> unmatched;       // criteria that match nothing
};

// Exposures and saved queries: `build` counts them in their place, but there is nothing to do.
bool is_idle(const project::Node& node);

// Whether the command executes such a node at all. Ephemeral models never are.
bool is_executed_by(Command command, const project::Node& node);

Result<Plan> make_plan(const project::Project& project, Command command,
                       const project::SelectOptions& options);

// The nodes of these ids, as far as they are there and the command executes them.
Plan make_plan(const project::Project& project, Command command,
               const std::vector<std::string>& unique_ids);

// The same for nodes that are given. With `tests_first` (build) whatever depends on a tested node
// also waits for its tests, where those need nothing from behind it.
Plan plan_nodes(const project::Graph& graph, const project::NodeSet& chosen, bool tests_first);

}  // namespace tarn::run
