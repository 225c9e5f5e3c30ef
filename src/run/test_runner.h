// SPDX-License-Identifier: Apache-2.0
// Data tests and unit tests.
#pragma once

#include "base/result.h"
#include "run/node_result.h"
#include "run/run_context.h"

namespace tarn::run {

// The test's materialization counts the rows that it finds; `severity`, `warn_if` and `error_if`
// decide what that means.
Result<void> run_data_test(const RunContext& context, const project::Node& node,
                           NodeResult& result);
// The model over rows that are given, compared with the rows that are expected.
Result<void> run_unit_test(const RunContext& context, const project::Node& node,
                           NodeResult& result);

}  // namespace tarn::run
