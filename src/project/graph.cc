// SPDX-License-Identifier: Apache-2.0
#include "project/graph.h"

#include <algorithm>
#include <bit>

namespace tarn::project {

std::string_view to_string(ResourceType type) {
  switch (type) {
    case ResourceType::Model:
      return "model";
    case ResourceType::Seed:
      return "seed";
    case ResourceType::Snapshot:
      return "snapshot";
    case ResourceType::Analysis:
      return "analysis";
    case ResourceType::Test:
      return "test";
    case ResourceType::Operation:
      return "operation";
    case ResourceType::SqlOperation:
      return "sql_operation";
    case ResourceType::Function:
      return "function";
    case ResourceType::Source:
      return "source";
    case ResourceType::Exposure:
      return "exposure";
    case ResourceType::Metric:
      return "metric";
    case ResourceType::SemanticModel:
      return "semantic_model";
    case ResourceType::SavedQuery:
      return "saved_query";
    case ResourceType::UnitTest:
      return "unit_test";
    case ResourceType::Macro:
      return "macro";
    case ResourceType::Doc:
      return "doc";
    case ResourceType::Group:
      return "group";
  }
  return "";
}

bool NodeSet::empty() const {
  return std::all_of(words_.begin(), words_.end(), [](std::uint64_t word) { return word == 0; });
}

std::size_t NodeSet::count() const {
  std::size_t total = 0;
  for (const auto word : words_) total += static_cast<std::size_t>(std::popcount(word));
  return total;
}

NodeSet& NodeSet::operator|=(const NodeSet& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  return *this;
}

NodeSet& NodeSet::operator&=(const NodeSet& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  return *this;
}

NodeSet& NodeSet::operator-=(const NodeSet& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
  return *this;
}

std::vector<std::uint32_t> NodeSet::members() const {
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    for (auto word = words_[i]; word != 0; word &= word - 1) {
      out.push_back(static_cast<std::uint32_t>(i * 64) +
                    static_cast<std::uint32_t>(std::countr_zero(word)));
    }
  }
  return out;
}

Graph::Graph(std::vector<const Node*> nodes)
    : nodes_(std::move(nodes)), parents_(nodes_.size()), children_(nodes_.size()) {
  index_.reserve(nodes_.size());
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) index_.emplace(nodes_[i]->unique_id, i);
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    for (const auto id : nodes_[i]->depends_nodes) {
      const auto found = index_.find(id);
      if (found == index_.end()) continue;
      auto& parents = parents_[i];
      if (std::find(parents.begin(), parents.end(), found->second) != parents.end()) continue;
      parents.push_back(found->second);
      children_[found->second].push_back(i);
    }
  }
}

std::optional<std::uint32_t> Graph::find(std::string_view unique_id) const {
  const auto found = index_.find(unique_id);
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

NodeSet Graph::all() const {
  NodeSet out(size());
  for (std::uint32_t i = 0; i < size(); ++i) out.add(i);
  return out;
}

NodeSet Graph::reach(const NodeSet& from, const std::vector<std::vector<std::uint32_t>>& edges,
                     std::optional<std::uint32_t> depth) const {
  NodeSet out(size());
  // By breadth from all starts at once: a start may be reached from another one.
  std::vector<std::uint32_t> frontier = from.members();
  for (std::uint32_t level = 0; !frontier.empty() && (!depth || level < *depth); ++level) {
    std::vector<std::uint32_t> next;
    for (const auto at : frontier) {
      for (const auto to : edges[at]) {
        if (out.has(to)) continue;
        out.add(to);
        if (!from.has(to)) next.push_back(to);
      }
    }
    frontier = std::move(next);
  }
  return out;
}

NodeSet Graph::ancestors(const NodeSet& from, std::optional<std::uint32_t> depth) const {
  return reach(from, parents_, depth);
}

NodeSet Graph::descendants(const NodeSet& from, std::optional<std::uint32_t> depth) const {
  return reach(from, children_, depth);
}

std::vector<std::uint32_t> Graph::find_cycle() const {
  enum class Mark : std::uint8_t { New, Open, Done };
  std::vector<Mark> marks(size(), Mark::New);
  struct Step {
    std::uint32_t node;
    std::size_t next = 0;
  };
  for (std::uint32_t start = 0; start < size(); ++start) {
    if (marks[start] != Mark::New) continue;
    std::vector<Step> path{{start}};
    marks[start] = Mark::Open;
    while (!path.empty()) {
      auto& step = path.back();
      if (step.next == children_[step.node].size()) {
        marks[step.node] = Mark::Done;
        path.pop_back();
        continue;
      }
      const std::uint32_t to = children_[step.node][step.next++];
      if (marks[to] == Mark::Open) {
        std::vector<std::uint32_t> cycle;
        auto at =
            std::find_if(path.begin(), path.end(), [&](const Step& one) { return one.node == to; });
        for (; at != path.end(); ++at) cycle.push_back(at->node);
        return cycle;
      }
      if (marks[to] == Mark::New) {
        marks[to] = Mark::Open;
        path.push_back({to});
      }
    }
  }
  return {};
}

}  // namespace tarn::project
