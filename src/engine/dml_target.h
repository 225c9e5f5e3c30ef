// SPDX-License-Identifier: Apache-2.0
// The target of DELETE, UPDATE and MERGE in printed SQL. Internal to the engine.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/analyzer.h"
#include "base/result.h"
#include "engine/sql_printer.h"
#include "iceberg/table_metadata.h"

namespace tarn::engine {

// What the target is called in the statement.
inline constexpr const char* kTargetAlias = "tarn_target";

// The columns of `scan` become those of the target.
void bind_target(SqlPrinter& printer, const analysis::TypedRelation& scan,
                 const analysis::TableInfo& table);

// `"a" = …, "b" = …`; a null in a column that must have a value is `error_name`.
Result<std::string> print_assignments(SqlPrinter& printer,
                                      const std::vector<analysis::TypedAssignment>& assignments,
                                      const iceberg::TableMetadata& metadata,
                                      std::string_view error_name);

// The stored form of a value for a column.
Result<std::string> print_assigned(SqlPrinter& printer, const analysis::TypedExpression& value,
                                   const iceberg::Field& field, std::string_view error_name);

}  // namespace tarn::engine
