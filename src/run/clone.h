// SPDX-License-Identifier: Apache-2.0
// `clone`: models, seeds and snapshots of an earlier run as views in the own schemas. A relation
// that is there already is left alone unless --full-refresh is given.
#pragma once

#include "base/result.h"
#include "project/resource.h"
#include "run/node_result.h"
#include "run/run_context.h"

namespace tarn::run {

Result<void> run_clone(const RunContext& context, const project::Node& node, NodeResult& result);

}  // namespace tarn::run
