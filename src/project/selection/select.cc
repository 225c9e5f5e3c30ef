// SPDX-License-Identifier: Apache-2.0
#include "project/selection/select.h"

#include <algorithm>

#include "base/text.h"
#include "project/selection/method.h"

namespace tarn::project {

namespace {

struct SelectedPart {
  NodeSet direct;
  NodeSet indirect;  // tests that wait for all of their parents
};

class Selector {
 public:
  explicit Selector(const SelectionInput& input) : input_(input), graph_(*input.graph) {
    members_ = graph_.none();
    for (std::uint32_t i = 0; i < graph_.size(); ++i) {
      if (is_member(graph_.node(i))) members_.add(i);
    }
  }

  Result<SelectedPart> select(const Spec& spec);
  std::vector<std::string> unmatched;

 private:
  bool is_member(const Node& node) const {
    if (!node.enabled) return false;
    if (input_.include_empty_nodes || !node.is_executable() || node.type == ResourceType::Seed) {
      return true;
    }
    return !trim(node.raw_code).empty();
  }
  bool parents_within(std::uint32_t test, const NodeSet& selected) const;
  NodeSet with_parents(const NodeSet& selected) const;
  SelectedPart expand(NodeSet selected, IndirectSelection mode) const;
  NodeSet incorporate(const NodeSet& direct, const NodeSet& indirect, IndirectSelection mode) const;
  Result<SelectedPart> select_criterion(const Spec& spec);
  static NodeSet combine(Spec::Kind kind, std::vector<NodeSet> sets, const NodeSet& none);

  const SelectionInput& input_;
  const Graph& graph_;
  NodeSet members_;
};

bool Selector::parents_within(std::uint32_t test, const NodeSet& selected) const {
  // A parent that is not in the graph (disabled, missing) can never be selected.
  const Node& node = graph_.node(test);
  return std::all_of(node.depends_nodes.begin(), node.depends_nodes.end(), [&](auto id) {
    const auto index = graph_.find(id);
    return index && selected.has(*index);
  });
}

NodeSet Selector::with_parents(const NodeSet& selected) const {
  NodeSet out = selected;
  out |= graph_.ancestors(selected);
  for (std::uint32_t i = 0; i < graph_.size(); ++i) {
    if (graph_.node(i).type == ResourceType::Source) out.add(i);
  }
  return out;
}

SelectedPart Selector::expand(NodeSet selected, IndirectSelection mode) const {
  SelectedPart out{selected, graph_.none()};
  if (mode == IndirectSelection::Empty) return out;
  const NodeSet wide = mode == IndirectSelection::Buildable ? with_parents(selected) : selected;
  for (const auto index : selected.members()) {
    for (const auto child : graph_.children(index)) {
      if (!members_.has(child)) continue;
      const auto type = graph_.node(child).type;
      if (type != ResourceType::Test && type != ResourceType::UnitTest) continue;
      if (mode == IndirectSelection::Eager || parents_within(child, wide)) {
        out.direct.add(child);
      } else {
        out.indirect.add(child);
      }
    }
  }
  return out;
}

NodeSet Selector::incorporate(const NodeSet& direct, const NodeSet& indirect,
                              IndirectSelection mode) const {
  if (mode != IndirectSelection::Cautious && mode != IndirectSelection::Buildable) return direct;
  NodeSet out = direct;
  const NodeSet wide = mode == IndirectSelection::Buildable ? with_parents(direct) : direct;
  NodeSet waiting = indirect;
  waiting -= direct;
  for (const auto index : waiting.members()) {
    const auto type = graph_.node(index).type;
    if (type != ResourceType::Test && type != ResourceType::UnitTest) continue;
    if (parents_within(index, wide)) out.add(index);
  }
  return out;
}

Result<SelectedPart> Selector::select_criterion(const Spec& spec) {
  const Criterion& criterion = spec.criterion;
  NodeSet selected = TRY(match_criterion(criterion, members_, input_));
  NodeSet neighbors = graph_.none();
  if (criterion.childrens_parents) {
    NodeSet below = graph_.descendants(selected);
    below |= selected;
    neighbors |= graph_.ancestors(below);
    neighbors |= below;
  }
  if (criterion.parents) neighbors |= graph_.ancestors(selected, criterion.parents_depth);
  if (criterion.children) neighbors |= graph_.descendants(selected, criterion.children_depth);
  neighbors &= members_;
  selected |= neighbors;
  return expand(std::move(selected), spec.indirect);
}

NodeSet Selector::combine(Spec::Kind kind, std::vector<NodeSet> sets, const NodeSet& none) {
  if (sets.empty()) return none;
  NodeSet out = std::move(sets[0]);
  for (std::size_t i = 1; i < sets.size(); ++i) {
    switch (kind) {
      case Spec::Kind::Union:
        out |= sets[i];
        break;
      case Spec::Kind::Intersection:
        out &= sets[i];
        break;
      default:
        out -= sets[i];
        break;
    }
  }
  return out;
}

Result<SelectedPart> Selector::select(const Spec& spec) {
  if (spec.kind == Spec::Kind::Criterion) return select_criterion(spec);
  std::vector<NodeSet> direct;
  std::vector<NodeSet> wide;
  for (const auto& part : spec.parts) {
    SelectedPart found = TRY(select(part));
    direct.push_back(found.direct);
    found.indirect |= found.direct;
    wide.push_back(std::move(found.indirect));
  }
  NodeSet initial = combine(spec.kind, std::move(direct), graph_.none());
  NodeSet indirect = combine(spec.kind, std::move(wide), graph_.none());
  SelectedPart out{incorporate(initial, indirect, spec.indirect), std::move(indirect)};
  if (spec.expect_exists && out.direct.empty()) unmatched.push_back(spec.raw);
  return out;
}

}  // namespace

Result<Selection> select(const Spec& spec, const SelectionInput& input) {
  Selector selector(input);
  SelectedPart found = TRY(selector.select(spec));
  return Selection{std::move(found.direct), std::move(selector.unmatched)};
}

}  // namespace tarn::project
