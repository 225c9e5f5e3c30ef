// SPDX-License-Identifier: Apache-2.0
// Conditions of a query as conditions on the scans whose rows they are about, through projections,
// joins, sorts, groups and unions: so that a source reads fewer rows. They stay where they are,
// too. Pure.
#pragma once

#include <unordered_map>

#include "analysis/typed_tree.h"

namespace tarn::engine {

// For each scan a condition over its columns; rows for which it is not true do not count. None has
// subqueries or functions of chance.
using ScanFilters =
    std::unordered_map<const analysis::TypedRelation*, analysis::TypedExpressionPtr>;

// Adds the scans at or below the relation, or in the subqueries of the expression.
void collect_scan_filters(const analysis::TypedRelation& relation, ScanFilters& filters);
void collect_scan_filters(const analysis::TypedExpression& expression, ScanFilters& filters);

}  // namespace tarn::engine
