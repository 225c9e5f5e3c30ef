// SPDX-License-Identifier: Apache-2.0
// Lineage as text: a tree for the terminal, JSON, a Mermaid chart, an SVG picture. Pure.
#pragma once

#include <string>

#include "run/lineage.h"

namespace tarn::run {

// The focus with everything above it, then what reads it; with columns a table of where each of its
// columns comes from, back to the sources.
std::string lineage_tree(const LineageGraph& graph, bool with_columns);
std::string lineage_json(const LineageGraph& graph);
// https://mermaid.js.org: `graph LR`.
std::string lineage_mermaid(const LineageGraph& graph, bool with_columns);
// A document of its own; a layer for each step from the sources.
std::string lineage_svg(const LineageGraph& graph, bool with_columns);

}  // namespace tarn::run
