// SPDX-License-Identifier: Apache-2.0
// The commands that execute nodes of a project: run, build, test, seed, snapshot. Tells what
// happens by events (events.h) and leaves run_results.json and manifest.json in the target folder.
#pragma once

#include "base/cancel.h"
#include "base/clock.h"
#include "base/event.h"
#include "base/result.h"
#include "run/node_result.h"
#include "run/run_context.h"

namespace tarn::run {

// REQUIRES: the project has no errors. Failures of nodes are results; an Error is returned where
// nothing could be executed (a selector that is wrong, a warehouse that cannot be reached, an
// on-run-start hook that fails).
Result<RunSummary> run_project(const project::Project& project, warehouse::Warehouse& warehouse,
                               const RunOptions& options, EventStream& events, Clock& clock,
                               const Cancel* cancel);

}  // namespace tarn::run
