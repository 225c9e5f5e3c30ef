// SPDX-License-Identifier: Apache-2.0
// What surrounds the nodes of a run: schemas that must be there, hooks at start and end.
#pragma once

#include <string_view>

#include "base/result.h"
#include "run/node_result.h"
#include "run/run_context.h"

namespace tarn::run {

// Models, seeds, snapshots, and tests that keep what they find.
bool makes_relation(const RunContext& context, const project::Node& node);

// Creates the schemas of the plan's nodes that are not there, by the macro `create_schema`.
Result<void> create_schemas(const RunContext& context, const Plan& plan);

// Runs the hooks of that name of all packages, the root's last at the start and first … in dbt's
// order. Their results are added to the summary; the first that fails is the error.
Result<void> run_hooks(const RunContext& context, std::string_view name, RunSummary& summary);

}  // namespace tarn::run
