// SPDX-License-Identifier: Apache-2.0
// Results of arithmetic on intervals. Internal to this folder.
#pragma once

#include "base/result.h"
#include "types/value.h"

namespace tarn::functions {

// An interval year to month; NUMERIC_VALUE_OUT_OF_RANGE beyond 32 bits.
Result<types::Value> month_interval(std::int64_t months);

}  // namespace tarn::functions
