// SPDX-License-Identifier: Apache-2.0
#include "run/plan.h"

#include <doctest/doctest.h>

#include <deque>

#include "run/report.h"

namespace tarn::run {

namespace {

using project::Node;
using project::NodeSet;
using project::ResourceType;

struct Made {
  std::deque<Node> nodes;

  void add(std::string_view id, ResourceType type, std::vector<std::string_view> parents) {
    Node& node = nodes.emplace_back();
    node.unique_id = id;
    node.type = type;
    node.depends_nodes = std::move(parents);
  }
  project::Graph graph() const {
    std::vector<const Node*> pointers;
    for (const Node& node : nodes) pointers.push_back(&node);
    return project::Graph(pointers);
  }
};

std::vector<std::uint32_t> parents_of(const Plan& plan, std::string_view id) {
  for (std::size_t at = 0; at < plan.nodes.size(); ++at) {
    if (plan.nodes[at]->unique_id == id) return plan.tasks.parents[at];
  }
  return {999};
}

}  // namespace

TEST_CASE("order goes through nodes that are not chosen") {
  Made made;
  made.add("a", ResourceType::Model, {});
  made.add("b", ResourceType::Model, {"a"});
  made.add("c", ResourceType::Model, {"b"});
  const auto graph = made.graph();
  NodeSet chosen = graph.none();
  chosen.add(0);
  chosen.add(2);
  const Plan plan = plan_nodes(graph, chosen, false);
  REQUIRE(plan.nodes.size() == 2);
  CHECK(plan.tasks.parents[1] == std::vector<std::uint32_t>{0});
}

TEST_CASE("in a build whatever reads a tested node waits for its tests") {
  Made made;
  made.add("a", ResourceType::Model, {});
  made.add("b", ResourceType::Model, {"a"});
  made.add("test_a", ResourceType::Test, {"a"});
  made.add("relationship", ResourceType::Test, {"a", "b"});
  made.add("unit_b", ResourceType::UnitTest, {"b"});
  const auto graph = made.graph();
  const Plan plan = plan_nodes(graph, graph.all(), true);
  CHECK(parents_of(plan, "b") == std::vector<std::uint32_t>{0, 2, 4});
  CHECK(parents_of(plan, "relationship") == std::vector<std::uint32_t>{0, 1});
  CHECK(parents_of(plan, "test_a") == std::vector<std::uint32_t>{0});
  CHECK(parents_of(plan, "unit_b") == std::vector<std::uint32_t>{0, 2});
  const Plan plain = plan_nodes(graph, graph.all(), false);
  CHECK(parents_of(plain, "b") == std::vector<std::uint32_t>{0});
}

TEST_CASE("a build counts exposures, other commands do not") {
  Node exposure;
  exposure.type = ResourceType::Exposure;
  CHECK(is_executed_by(Command::Build, exposure));
  for (const Command command : {Command::Run, Command::Test, Command::Clone, Command::Show}) {
    CHECK_FALSE(is_executed_by(command, exposure));
  }
  Made made;
  made.add("a", ResourceType::Model, {});
  made.add("test_a", ResourceType::Test, {"a"});
  made.add("report", ResourceType::Exposure, {"a"});
  const auto graph = made.graph();
  CHECK(parents_of(plan_nodes(graph, graph.all(), true), "report") ==
        std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("an exposure in results and totals") {
  Node node;
  node.type = ResourceType::Exposure;
  node.name = "report";
  RunSummary summary;
  summary.results.push_back({.node = &node, .status = NodeStatus::NoOp, .message = "NO-OP"});
  CHECK(totals_text(summary) == "PASS=0 WARN=0 ERROR=0 SKIP=0 NO-OP=1 TOTAL=1");
  CHECK(exit_code_of(summary) == 0);
  CHECK(finished_line({&summary.results[0], 1, 1}).text == "1 of 1 NO-OP exposure report");
  // Skipped, it does not fail the command: what failed above it does.
  summary.results[0].status = NodeStatus::Skipped;
  CHECK(exit_code_of(summary) == 0);
  CHECK(finished_line({&summary.results[0], 1, 1}).text == "1 of 1 SKIP exposure report");
}

}  // namespace tarn::run
