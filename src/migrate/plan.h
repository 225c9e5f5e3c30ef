// SPDX-License-Identifier: Apache-2.0
// What a migration will do, table by table, before anything is read: columns with their types and
// what they may lose, layout, target, size.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "iceberg/catalog.h"
#include "migrate/source_catalog.h"
#include "migrate/source_snapshot.h"
#include "postgres/column_policies.h"
#include "postgres/type_mapping.h"

namespace tarn::migrate {

// When the target is there.
enum class IfExists { Fail, Replace, Append, Skip };

struct PlanOptions {
  Selection selection;
  // Where tables go: a namespace, or none: the namespace is the source's schema. With `name` (for
  // exactly one table) the table gets it.
  std::optional<iceberg::Namespace> into;
  std::string name;
  std::vector<std::string> partition_by;  // as layout.h; each may hold several
  std::vector<std::string> sort_by;
  std::vector<std::string> columns;  // empty: all
  std::string where;                 // SQL of the source
  int format_version = 2;
  IfExists if_exists = IfExists::Fail;
  std::vector<std::pair<std::string, std::string>> policies;  // name, value
  postgres::ColumnPolicies column_policies;
  std::map<std::string, std::string> properties;  // of new tables
};

enum class TableAction { Create, Replace, Append, Skip };

struct TablePlan {
  SourceTable source;  // `columns` are the selected ones
  std::vector<postgres::ColumnPlan> columns;
  std::string policy;  // as text, for the table's property
  std::string where;
  iceberg::TableIdentifier target;
  TableAction action = TableAction::Create;
  std::optional<iceberg::LoadedTable> existing;
  iceberg::TableCreation creation;  // Create and Replace
  std::vector<std::string> warnings;
};

// Name of the table property that keeps the policies.
inline constexpr const char* kPolicyProperty = "tarn.type-policy";
inline constexpr const char* kSourceProperty = "tarn.source";

struct MigrationPlan {
  std::vector<TablePlan> tables;
  std::vector<TableFailure> failures;  // with those of the snapshot
};

// `catalog` is nullptr when the lake is not there yet. AlreadyExists lists all targets in the way.
Result<MigrationPlan> plan_migration(SourceSnapshot& snapshot, iceberg::Catalog* catalog,
                                     const PlanOptions& options);

// Whether the other tables would fail likewise.
bool ends_migration(const Error& error);

// For people, several lines: columns with source and target type, what may be lost and what then
// happens, layout, estimate.
std::string describe_plan(const TablePlan& plan);

// `infinity (error)`; names as `--type-policy` takes them.
std::string_view policy_name(postgres::Loss loss);
std::string_view to_string(postgres::LossPolicy policy);

}  // namespace tarn::migrate
