// SPDX-License-Identifier: Apache-2.0
// Which correlated subqueries Trino can plan. DuckDB could run more of them, but a statement must
// not work in one place and fail in the other: what Trino refuses is refused here.
#pragma once

#include "analysis/typed_tree.h"
#include "base/result.h"

namespace tarn::engine {

// NOT_SUPPORTED with the place of the subquery: `Given correlated subquery is not supported`.
Result<void> check_correlation(const analysis::TypedQuery& query);

}  // namespace tarn::engine
