// SPDX-License-Identifier: Apache-2.0
#include "run/plan.h"

#include <doctest/doctest.h>

#include <deque>

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

}  // namespace tarn::run
