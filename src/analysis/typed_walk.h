// SPDX-License-Identifier: Apache-2.0
// Which columns a part of the typed tree reads.
#pragma once

#include <unordered_set>
#include <vector>

#include "analysis/typed_tree.h"

namespace tarn::analysis {

using ColumnSet = std::unordered_set<ColumnId>;

// Adds every column that is referred to, subqueries and their insides included.
void collect_columns(const TypedExpression& node, ColumnSet& columns);
void collect_columns(const TypedRelation& node, ColumnSet& columns);
void collect_columns(const std::vector<SortKey>& keys, ColumnSet& columns);

}  // namespace tarn::analysis
