// SPDX-License-Identifier: Apache-2.0
// Python models are understood as far as the graph needs (what they refer to and configure); they
// cannot run here.
#pragma once

#include <string_view>

#include "base/result.h"
#include "project/context/contexts.h"

namespace tarn::project {

// Literal `dbt.ref('x')`, `dbt.source('a', 'b')`, `dbt.config(k='v')`. Not exactly one function
// `model` is an error.
Result<void> scan_python_model(std::string_view text, const Node& node, ParseRecord& record);

}  // namespace tarn::project
