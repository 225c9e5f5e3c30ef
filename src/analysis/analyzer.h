// SPDX-License-Identifier: Apache-2.0
// Names and types of statements, by Trino's rules: syntax tree in, typed tree out. Errors carry
// Trino's name before the message (types/error_name.h) and the place in the statement; what is not
// analyzed yet is NOT_SUPPORTED. Asks the TableLookup, and touches nothing else outside.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/table_lookup.h"
#include "analysis/typed_tree.h"
#include "base/result.h"
#include "sql/tree/statement.h"
#include "types/time_zone.h"

namespace tarn::analysis {

struct AnalyzerOptions {
  std::optional<std::string> catalog;  // of the session, for names without one
  std::optional<std::string> schema;
  types::TimeZone time_zone;  // for literals without a zone
  // Values of `?`, in order; a parameter beyond them is INVALID_PARAMETER_USAGE.
  std::vector<const sql::Expression*> parameters;
  int max_recursion_depth = 10;
};

// One query. REQUIRES: `lookup` outlives the call only.
Result<TypedQuery> analyze_query(const sql::Query& query, TableLookup& lookup,
                                 const AnalyzerOptions& options);

// `catalog.schema.table` with the session's defaults filled in: MISSING_CATALOG_NAME,
// MISSING_SCHEMA_NAME or SYNTAX_ERROR if it cannot be.
Result<TableId> resolve_table_name(const sql::QualifiedName& name, const AnalyzerOptions& options);

// INSERT: rows of `source`, column i for the table's column `columns[i]`, already coerced. Here and
// in assignments an implicit Cast may be narrower than the value: a text that does not fit is an
// error then, not cut, and a number out of range fails as CAST does.
struct TypedInsert {
  TableInfoPtr table;
  std::vector<std::int32_t> columns;
  TypedQuery source;
};

// DELETE, UPDATE and MERGE read the target through `target`, a Scan of all its columns.
struct TypedAssignment {
  std::int32_t column = 0;   // index in the table
  TypedExpressionPtr value;  // coerced to the column's type
};
struct TypedDelete {
  TableInfoPtr table;
  TypedRelationPtr target;
  TypedExpressionPtr condition;  // null: all rows
};
struct TypedUpdate {
  TableInfoPtr table;
  TypedRelationPtr target;
  TypedExpressionPtr condition;  // null: all rows
  std::vector<TypedAssignment> assignments;
};
struct TypedMergeCase {
  sql::MergeCase::Action action = sql::MergeCase::Action::Update;
  TypedExpressionPtr condition;              // may be null
  std::vector<TypedAssignment> assignments;  // of UPDATE, and the values of INSERT
};
struct TypedMerge {
  TableInfoPtr table;
  TypedRelationPtr target;
  TypedRelationPtr source;
  TypedExpressionPtr condition;
  std::vector<TypedMergeCase> cases;
};

Result<TypedInsert> analyze_insert(const sql::Insert& statement, TableLookup& lookup,
                                   const AnalyzerOptions& options);
Result<TypedDelete> analyze_delete(const sql::Delete& statement, TableLookup& lookup,
                                   const AnalyzerOptions& options);
Result<TypedUpdate> analyze_update(const sql::Update& statement, TableLookup& lookup,
                                   const AnalyzerOptions& options);
Result<TypedMerge> analyze_merge(const sql::Merge& statement, TableLookup& lookup,
                                 const AnalyzerOptions& options);

// An expression without columns: properties, arguments of CALL, SET SESSION.
Result<TypedExpressionPtr> analyze_constant(const sql::Expression& expression,
                                            const AnalyzerOptions& options);

}  // namespace tarn::analysis
