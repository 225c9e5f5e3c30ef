// SPDX-License-Identifier: Apache-2.0
// Conditions of SQL as filters of Iceberg, where both mean exactly the same rows. Internal to the
// engine.
#pragma once

#include <functional>
#include <optional>

#include "analysis/typed_tree.h"
#include "base/result.h"
#include "iceberg/expression.h"
#include "iceberg/schema.h"

namespace tarn::engine {

// Evaluates an expression without columns.
using ConstantEvaluator = std::function<Result<types::Value>(const analysis::TypedExpression&)>;

// `scan` reads the table's columns, its `source_columns` are fields of `schema`. nullopt if some
// part has no exact form. Errors are those of evaluating constants.
Result<std::optional<iceberg::Expression>> to_lake_filter(
    const analysis::TypedExpression& condition, const analysis::TypedRelation& scan,
    const iceberg::Schema& schema, const ConstantEvaluator& evaluate);

}  // namespace tarn::engine
