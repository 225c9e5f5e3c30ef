// SPDX-License-Identifier: Apache-2.0
#include "run/plan.h"

#include <algorithm>
#include <unordered_map>

#include "project/config.h"
#include "run/freshness.h"

namespace tarn::run {

namespace {

using project::Graph;
using project::Node;
using project::NodeSet;
using project::ResourceType;

// Every node after all its parents. A cycle was an error of the project.
std::vector<std::uint32_t> topological_order(const Graph& graph) {
  std::vector<std::size_t> left(graph.size());
  std::vector<std::uint32_t> order;
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    left[node] = graph.parents(node).size();
    if (left[node] == 0) order.push_back(node);
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    for (std::uint32_t child : graph.children(order[at])) {
      if (--left[child] == 0) order.push_back(child);
    }
  }
  return order;
}

bool is_test(const Node& node) {
  return node.type == ResourceType::Test || node.type == ResourceType::UnitTest;
}

// The nearest chosen nodes above each node: its chosen parents, and those of parents in between.
std::vector<NodeSet> chosen_parents(const Graph& graph, const NodeSet& chosen) {
  std::vector<NodeSet> nearest(graph.size(), graph.none());
  for (std::uint32_t node : topological_order(graph)) {
    for (std::uint32_t parent : graph.parents(node)) {
      if (chosen.has(parent)) {
        nearest[node].add(parent);
      } else {
        nearest[node] |= nearest[parent];
      }
    }
  }
  return nearest;
}

// A unit test must run before its model, a data test before whatever reads the tested nodes.
void put_tests_first(const Graph& graph, const NodeSet& chosen, std::vector<NodeSet>& parents) {
  for (std::uint32_t test : chosen.members()) {
    if (!is_test(graph.node(test))) continue;
    NodeSet tested = graph.none();
    for (std::uint32_t parent : graph.parents(test)) tested.add(parent);
    if (graph.node(test).type == ResourceType::UnitTest) {
      parents[test] = graph.none();
      for (std::uint32_t model : tested.members()) {
        parents[test] |= parents[model];
      }
      for (std::uint32_t model : tested.members()) parents[model].add(test);
      continue;
    }
    for (std::uint32_t node : graph.descendants(tested, 1).members()) {
      if (!chosen.has(node) || is_test(graph.node(node))) continue;
      NodeSet above = graph.none();
      above.add(node);
      above = graph.ancestors(above);
      NodeSet needed = tested;
      needed -= above;
      if (needed.empty()) parents[node].add(test);
    }
  }
}

}  // namespace

std::optional<Command> parse_command(std::string_view word) {
  for (Command command : {Command::Run, Command::Build, Command::Test, Command::Seed,
                          Command::Snapshot, Command::Clone, Command::Freshness}) {
    if (to_string(command) == word) return command;
  }
  return std::nullopt;
}

std::string_view to_string(Command command) {
  switch (command) {
    case Command::Run:
      return "run";
    case Command::Build:
      return "build";
    case Command::Test:
      return "test";
    case Command::Seed:
      return "seed";
    case Command::Snapshot:
      return "snapshot";
    case Command::Compile:
      return "compile";
    case Command::Show:
      return "show";
    case Command::Clone:
      return "clone";
    case Command::Freshness:
      return "freshness";
  }
  return "";
}

bool is_idle(const Node& node) {
  return node.type == ResourceType::Exposure || node.type == ResourceType::SavedQuery;
}

bool is_executed_by(Command command, const Node& node) {
  const bool ephemeral =
      node.is_model() &&
      project::config_value(node.type, node.config, "materialized").text() == "ephemeral";
  if (ephemeral) return false;
  const ResourceType type = node.type;
  switch (command) {
    case Command::Run:
      return type == ResourceType::Model;
    case Command::Build:
      return type == ResourceType::Model || type == ResourceType::Seed ||
             type == ResourceType::Snapshot || is_test(node) || is_idle(node);
    case Command::Test:
      return is_test(node);
    case Command::Seed:
      return type == ResourceType::Seed;
    case Command::Snapshot:
      return type == ResourceType::Snapshot;
    case Command::Clone:
      return type == ResourceType::Model || type == ResourceType::Seed ||
             type == ResourceType::Snapshot;
    case Command::Show:
      return node.is_executable() && !is_test(node) && type != ResourceType::Operation;
    case Command::Compile:
      return node.is_executable() && type != ResourceType::Operation;
    case Command::Freshness:
      return type == ResourceType::Source && has_freshness(node);
  }
  return false;
}

Plan plan_nodes(const Graph& graph, const NodeSet& chosen, bool tests_first) {
  Plan plan;
  auto parents = chosen_parents(graph, chosen);
  if (tests_first) put_tests_first(graph, chosen, parents);
  std::unordered_map<std::uint32_t, std::uint32_t> places;
  for (std::uint32_t node : chosen.members()) {
    places[node] = static_cast<std::uint32_t>(plan.nodes.size());
    plan.nodes.push_back(&graph.node(node));
  }
  for (std::uint32_t node : chosen.members()) {
    auto& own = plan.tasks.parents.emplace_back();
    for (std::uint32_t parent : parents[node].members()) own.push_back(places.at(parent));
  }
  return plan;
}

namespace {

Plan plan_command(const Graph& graph, const NodeSet& chosen, Command command) {
  Plan plan = plan_nodes(graph, chosen, command == Command::Build);
  // Clones read the earlier run, not each other.
  if (command == Command::Clone) plan.tasks.parents.assign(plan.nodes.size(), {});
  return plan;
}

}  // namespace

Result<Plan> make_plan(const project::Project& project, Command command,
                       const project::SelectOptions& options) {
  auto selected = TRY(project::select_nodes(project, options, false));
  const Graph graph = project::make_graph(project);
  NodeSet chosen = graph.none();
  for (const Node* node : selected.nodes) {
    auto index = graph.find(node->unique_id);
    if (index && is_executed_by(command, *node)) chosen.add(*index);
  }
  Plan plan = plan_command(graph, chosen, command);
  plan.unmatched = std::move(selected.unmatched);
  return plan;
}

Plan make_plan(const project::Project& project, Command command,
               const std::vector<std::string>& unique_ids) {
  const Graph graph = project::make_graph(project);
  NodeSet chosen = graph.none();
  for (const auto& id : unique_ids) {
    auto index = graph.find(id);
    if (index && is_executed_by(command, graph.node(*index))) chosen.add(*index);
  }
  return plan_command(graph, chosen, command);
}

}  // namespace tarn::run
