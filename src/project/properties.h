// SPDX-License-Identifier: Apache-2.0
// What properties files say about nodes: descriptions with doc(), columns, constraints.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "project/load.h"
#include "project/node_parse.h"

namespace tarn::project {

struct Description {
  std::string_view text;
  std::vector<std::string_view> doc_blocks;  // unique ids, in order
};

// Renders `{{ doc('x') }}` and the names of configuration files.
Result<Description> render_description(const Project& project, std::uint32_t package,
                                       std::string_view owner, const Data& text, Arena& arena);

// Columns as the manifest has them, by name.
Result<Data> make_columns(const Project& project, std::uint32_t package, std::string_view owner,
                          const Data& list, Arena& arena);

// Sets description, columns, constraints, … of a node; config was merged before.
std::optional<NodeError> apply_properties(const Project& project, Node& node, const Patch& patch,
                                          Arena& arena);

// `package://models/schema.yml`
std::string_view patch_path(const Project& project, const Patch& patch, Arena& arena);

// Members of a contract that count, hashed as dbt does.
std::string contract_checksum(const Node& node, bool with_constraints);

const DocBlock* find_doc(const Project& project, std::uint32_t package, std::string_view in_package,
                         std::string_view name);

}  // namespace tarn::project
