// SPDX-License-Identifier: Apache-2.0
// What views and materialized views are made from. Internal to the engine.
#pragma once

#include <string>
#include <string_view>

#include "analysis/typed_tree.h"
#include "base/result.h"
#include "iceberg/schema.h"
#include "sql/tree/query.h"

namespace tarn::engine {

// The columns of a query as a lake has them: MISSING_COLUMN_NAME, DUPLICATE_COLUMN_NAME,
// NOT_SUPPORTED for types that have no form there.
Result<iceberg::Schema> view_schema(const analysis::TypedQuery& query, const TextSpan& where);

// The text of the query in the statement that holds it.
std::string query_text(const sql::Query& query, std::string_view text);

}  // namespace tarn::engine
