// SPDX-License-Identifier: Apache-2.0
// A node as templates see it: `model`, the argument `node` of naming macros, entries of
// `graph.nodes`. Reads like a dict; members are made when they are asked for.
#pragma once

#include "jinja/object.h"
#include "project/resource.h"

namespace tarn::project {

struct Project;

jinja::Value make_node_object(const Project& project, const Node& node);
// The whole node as a dict, with the members of the manifest.
jinja::Value make_node_dict(const Project& project, const Node& node);

}  // namespace tarn::project
