// SPDX-License-Identifier: Apache-2.0
// From a Spec to nodes of the graph, with dbt's rules: methods, graph operators, tests that come
// along (indirect selection), warnings for criteria that match nothing.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "project/graph.h"
#include "project/selection/spec.h"
#include "project/state.h"

namespace tarn::project {

struct SelectionInput {
  const Graph* graph = nullptr;
  std::string_view project_name;  // `package:this`
  // True if the path (from the root project) is there.
  std::function<bool(const std::string&)> path_exists;
  const PreviousState* previous = nullptr;
  const std::map<std::string, SourceFreshness>* sources_now = nullptr;
  // Macros of the project by unique id.
  const std::unordered_map<std::string_view, const MacroDefinition*>* macros = nullptr;
  // Nodes without SQL are no part of the graph, unless set (`ls`).
  bool include_empty_nodes = true;
};

struct Selection {
  NodeSet nodes;
  std::vector<std::string> unmatched;  // texts of criteria that match nothing
};

Result<Selection> select(const Spec& spec, const SelectionInput& input);

}  // namespace tarn::project
