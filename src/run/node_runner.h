// SPDX-License-Identifier: Apache-2.0
// Executes one node: compiles it, runs its materialization or its test, and says how it ended. A
// failure is a result, never an error.
#pragma once

#include "run/node_result.h"
#include "run/run_context.h"

namespace tarn::run {

// Called by several threads at once, for different nodes.
NodeResult run_node(const RunContext& context, const project::Node& node, std::size_t worker);

// The result of a node for which there is nothing to do (plan.h, is_idle).
NodeResult idle_result(const project::Node& node, std::size_t worker);
// Of one that is not executed because of another one.
NodeResult skipped_result(const project::Node& node, const project::Node& cause);

}  // namespace tarn::run
