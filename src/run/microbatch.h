// SPDX-License-Identifier: Apache-2.0
// Microbatch models: batch after batch of the event time, each compiled and written for itself.
#pragma once

#include "base/result.h"
#include "run/node_result.h"
#include "run/run_context.h"

namespace tarn::run {

// A batch that fails does not stop the later ones: PartialSuccess, or Error if none succeeds. With
// the first batch of a new table everything stands or falls.
Result<void> run_microbatch(const RunContext& context, const project::Node& node,
                            NodeResult& result);

}  // namespace tarn::run
