// SPDX-License-Identifier: Apache-2.0
// The methods of criteria: which nodes of a set match `method.arguments:value`.
#pragma once

#include "base/result.h"
#include "project/graph.h"
#include "project/selection/select.h"

namespace tarn::project {

// Bad values (`version:1`, `state:x`) are ErrorCode::InvalidInput.
Result<NodeSet> match_criterion(const Criterion& criterion, const NodeSet& among,
                                const SelectionInput& input);

}  // namespace tarn::project
