// SPDX-License-Identifier: Apache-2.0
// manifest.json, version 12: what dbt and its friends read.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "project/project.h"

namespace tarn::project {

struct Compiled;

// One node with the members it has in the manifest, in order.
Data node_data(const Project& project, const Node& node, Arena& arena);
Data macro_data(const MacroDefinition& macro, Arena& arena);
Data doc_data(const DocBlock& doc, Arena& arena);
Data group_data(const GroupDefinition& group, Arena& arena);

// The whole document. Thread-safe.
std::string write_manifest(const Project& project);

}  // namespace tarn::project
