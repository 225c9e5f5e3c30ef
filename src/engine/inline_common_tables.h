// SPDX-License-Identifier: Apache-2.0
// Common tables that are read once become part of the relation that reads them: conditions and the
// choice of columns then reach what they are made of. Pure.
#pragma once

#include "analysis/typed_tree.h"

namespace tarn::engine {

// A common table stays if it is recursive, gives another answer when it is computed again, or is
// read from a subquery, the right side of a lateral join or a step of a recursion.
void inline_common_tables(analysis::TypedRelationPtr& relation);

}  // namespace tarn::engine
