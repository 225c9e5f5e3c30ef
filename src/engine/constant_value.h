// SPDX-License-Identifier: Apache-2.0
// Values of expressions without columns, as far as casts of constants go. Pure; internal to the
// engine.
#pragma once

#include <optional>

#include "analysis/typed_tree.h"
#include "types/value.h"

namespace tarn::engine {

// A constant below casts. nullopt for others, for NULL below a cast, and where the session's time
// zone would count.
std::optional<types::TypedValue> constant_value(const analysis::TypedExpression& node);

}  // namespace tarn::engine
