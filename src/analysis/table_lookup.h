// SPDX-License-Identifier: Apache-2.0
// What the analyzer asks about tables; the engine answers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace tarn::analysis {

// Lower case, as Trino folds all names.
struct TableId {
  std::string catalog;
  std::string schema;
  std::string table;
  bool operator==(const TableId&) const = default;
};

// `catalog.schema.table`.
std::string to_string(const TableId& id);

struct TableColumn {
  std::string name;  // lower case
  types::Type type;
  bool hidden = false;  // `$path`: not part of `*`
  bool nullable = true;
};

// A view's text and the names that it is read with.
struct ViewDefinition {
  std::string sql;
  std::optional<std::string> catalog;
  std::optional<std::string> schema;
};

struct TableInfo {
  TableId id;
  std::vector<TableColumn> columns;
  std::optional<ViewDefinition> view;  // then the columns are those that the view promises
  std::shared_ptr<const void> handle;  // the engine's own: which table, which snapshot
};
using TableInfoPtr = std::shared_ptr<const TableInfo>;

// FOR VERSION AS OF or FOR TIMESTAMP AS OF.
struct TableVersion {
  bool by_version = false;
  types::TypedValue value;
};

// Each name of a statement is asked for once; the answer pins a snapshot. Errors carry Trino's name
// (CATALOG_NOT_FOUND, SCHEMA_NOT_FOUND, …, see types/error_name.h) and get the place from the
// analyzer.
class TableLookup {
 public:
  virtual ~TableLookup() = default;
  // Null if the catalog and the schema exist, but not the table.
  virtual Result<TableInfoPtr> find_table(const TableId& id,
                                          const std::optional<TableVersion>& version) = 0;
};

}  // namespace tarn::analysis
