// SPDX-License-Identifier: Apache-2.0
// Templates that hold nothing but `{{ ref('x') }}`, `{{ source('a', 'b') }}`, `{{ config(k='v') }}`
// and comments are understood without running them.
#pragma once

#include <string_view>
#include <vector>

#include "project/context/contexts.h"
#include "project/resource.h"

namespace tarn::project {

// Fills `record` and gives true, or gives false and leaves it alone: then the template must run.
bool scan_static(std::string_view text, ParseRecord& record);

}  // namespace tarn::project
