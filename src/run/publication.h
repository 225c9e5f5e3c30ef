// SPDX-License-Identifier: Apache-2.0
// `--atomic`: what the nodes of a run make in the lake is seen by the run alone, until it is
// published together at the end; a run that fails publishes nothing.
#pragma once

#include <memory>

#include "base/result.h"
#include "run/node_result.h"
#include "run/plan.h"
#include "run/run_context.h"
#include "warehouse/warehouse.h"

namespace tarn::run {

// nullptr where no node of the plan makes anything. Errors say which nodes stand in the way:
// Unsupported on a cluster and for nodes of several catalogs, InvalidInput for nodes in a catalog
// that is no lake.
Result<std::unique_ptr<warehouse::Staging>> begin_publication(const RunContext& context,
                                                              const Plan& plan);

// Publishes if every node did well, else rolls back: then the results of nodes that had succeeded
// are `skipped` with a message, and the summary says why.
void end_publication(const RunContext& context, std::unique_ptr<warehouse::Staging> staging,
                     RunSummary& summary);

}  // namespace tarn::run
