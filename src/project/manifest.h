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

// Where the document holds what belongs to one run, or to the text of one node's file.
struct ManifestIndex {
  struct CodePlace {
    const Node* node = nullptr;
    std::size_t checksum_offset = 0;             // of 64 hexadecimal digits
    std::size_t code_offset = 0, code_size = 0;  // of the JSON text, with its marks
  };
  std::vector<CodePlace> nodes;  // those with Node::parse_digest
  std::size_t time_offset = 0, time_size = 0, invocation_offset = 0, invocation_size = 0;
};

// The whole document. Thread-safe.
std::string write_manifest(const Project& project, ManifestIndex* index = nullptr);

}  // namespace tarn::project
