// SPDX-License-Identifier: Apache-2.0
// How old the newest rows of sources are, against the limits that the project sets.
#pragma once

#include <string>

#include "base/result.h"
#include "run/node_result.h"
#include "run/run_context.h"
#include "run/run_results.h"

namespace tarn::run {

// The source has a limit and a way to tell the time of its rows.
bool has_freshness(const project::Node& source);

// Fills status, message and `freshness` of the result.
Result<void> run_freshness(const RunContext& context, const project::Node& source,
                           NodeResult& result);

// sources.json, version 3.
std::string write_sources(const RunResultsHead& head, const RunSummary& summary);

}  // namespace tarn::run
