// SPDX-License-Identifier: Apache-2.0
// The graph of nodes: who depends on whom. Sets of nodes are bit sets over its indexes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "project/resource.h"

namespace tarn::project {

class NodeSet {
 public:
  NodeSet() = default;
  explicit NodeSet(std::size_t size) : words_((size + 63) / 64) {}
  void add(std::uint32_t index) { words_[index / 64] |= std::uint64_t{1} << (index % 64); }
  void remove(std::uint32_t index) { words_[index / 64] &= ~(std::uint64_t{1} << (index % 64)); }
  bool has(std::uint32_t index) const { return (words_[index / 64] >> (index % 64)) & 1; }
  bool empty() const;
  std::size_t count() const;
  NodeSet& operator|=(const NodeSet& other);
  NodeSet& operator&=(const NodeSet& other);
  NodeSet& operator-=(const NodeSet& other);
  bool operator==(const NodeSet&) const = default;
  // Members in ascending order.
  std::vector<std::uint32_t> members() const;

 private:
  std::vector<std::uint64_t> words_;
};

class Graph {
 public:
  // Edges to nodes that are not in `nodes` are left out. The nodes must outlive the graph.
  explicit Graph(std::vector<const Node*> nodes);

  std::size_t size() const { return nodes_.size(); }
  const Node& node(std::uint32_t index) const { return *nodes_[index]; }
  std::optional<std::uint32_t> find(std::string_view unique_id) const;
  const std::vector<std::uint32_t>& parents(std::uint32_t index) const { return parents_[index]; }
  const std::vector<std::uint32_t>& children(std::uint32_t index) const { return children_[index]; }

  NodeSet none() const { return NodeSet(size()); }
  NodeSet all() const;
  // Everything above (below) the set, not the set itself unless reached; up to `depth` steps.
  NodeSet ancestors(const NodeSet& from, std::optional<std::uint32_t> depth = {}) const;
  NodeSet descendants(const NodeSet& from, std::optional<std::uint32_t> depth = {}) const;
  // Nodes of one cycle in order; empty if there is none.
  std::vector<std::uint32_t> find_cycle() const;

 private:
  NodeSet reach(const NodeSet& from, const std::vector<std::vector<std::uint32_t>>& edges,
                std::optional<std::uint32_t> depth) const;
  std::vector<const Node*> nodes_;
  std::unordered_map<std::string_view, std::uint32_t> index_;
  std::vector<std::vector<std::uint32_t>> parents_;
  std::vector<std::vector<std::uint32_t>> children_;
};

}  // namespace tarn::project
