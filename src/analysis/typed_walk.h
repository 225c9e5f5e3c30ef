// SPDX-License-Identifier: Apache-2.0
// Which columns a part of the typed tree reads, and whether it may give another answer when it is
// computed again.
#pragma once

#include <functional>
#include <unordered_set>
#include <vector>

#include "analysis/typed_tree.h"

namespace tarn::analysis {

using ColumnSet = std::unordered_set<ColumnId>;

// Adds every column that is referred to, subqueries and their insides included.
void collect_columns(const TypedExpression& node, ColumnSet& columns);
void collect_columns(const TypedRelation& node, ColumnSet& columns);
void collect_columns(const std::vector<SortKey>& keys, ColumnSet& columns);

// True if `test` is for one of the relations at or below `node`, those of subqueries included.
bool any_relation(const TypedRelation& node, const std::function<bool(const TypedRelation&)>& test);

// No random(), uuid() and the like, and no sample, in it or in a subquery. A CommonTable is looked
// at where it is defined only.
bool is_deterministic(const TypedExpression& node);
bool is_deterministic(const TypedRelation& node);

}  // namespace tarn::analysis
