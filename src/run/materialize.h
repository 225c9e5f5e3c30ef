// SPDX-License-Identifier: Apache-2.0
// Models, snapshots and seeds: the drivers of the materializations that are built in, and the way
// of dbt (the materialization's macro, statement by statement) for all others and wherever the
// project overrides a macro that the driver would not call.
#pragma once

#include <vector>

#include "base/result.h"
#include "project/session.h"
#include "run/node_result.h"
#include "run/run_context.h"

namespace tarn::run {

// After a failure in dbt's way: what it made beside the target of an incremental model or a
// snapshot goes at once, not at the next run only. Failures of that are not told.
void drop_staging(const RunContext& context, const project::Node& node, project::Session& session);

// Fills the result; an error is the node's failure.
Result<void> materialize(const RunContext& context, const project::Node& node, NodeResult& result);

// Sends logs and warnings of templates to the listeners.
void tell(const RunContext& context, const project::Node& node,
          const std::vector<project::LogLine>& logs, const std::vector<std::string>& warnings);

// Options of a session that runs this node with its compiled code.
project::SessionOptions session_options(const RunContext& context, const project::Node& node,
                                        const NodeResult& result);

}  // namespace tarn::run
