// SPDX-License-Identifier: Apache-2.0
// Parse time of one node's template: what it refers to, configures and calls.
#pragma once

#include <optional>
#include <string>

#include "project/context/contexts.h"
#include "project/load.h"

namespace tarn::project {

struct NodeError {
  const SourceFile* file = nullptr;
  std::uint32_t line = 0;
  std::uint32_t column = 1;
  std::string message;
  std::string hint;
  std::string code = "template";
};

// Runs the template as dbt does while parsing (`execute` is false). `first_line` is where
// node.raw_code begins in its file.
std::optional<NodeError> parse_template(const Project& project, const Node& node,
                                        ParseRecord& record, std::uint32_t first_line);
// Moves refs, sources, … to the node.
void take_record(Node& node, ParseRecord& record);
void report_node_error(Project& project, const NodeError& error);
// Adds a node and the checks of its type.
void add_parsed_node(LoadState& state, Node node);

const Patch* find_patch(const LoadState& state, std::uint32_t package, std::string_view section,
                        std::string_view name);

// The names of one node over those of its package: `this`, `model`, `execute`.
std::shared_ptr<jinja::NameTable> node_table(const Project& project, const Node& node,
                                             bool execute);

// Arguments of a generic test as its macro gets them: texts such as `ref('x')` are calls.
Result<jinja::Value> render_test_arguments(const Project& project, const jinja::NameTable& names,
                                           const jinja::RenderOptions& options, const Data& kwargs);

}  // namespace tarn::project
