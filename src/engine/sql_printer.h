// SPDX-License-Identifier: Apache-2.0
// The typed tree as SQL of DuckDB in which every value has the form of duckdb/physical_type.h and
// every operation Trino's meaning: DuckDB's own expressions where they agree exactly, `tarn_call`
// for all others. What has no such form is NOT_SUPPORTED with the place. Runs nothing.
//
//   SELECT c3 AS c7, tarn_call('lower(varchar) -> varchar', c4) AS c8 FROM (…) WHERE …
//
// A column is named `c<id>`. The bodies are in print_*.cc by subject.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "analysis/typed_tree.h"
#include "base/result.h"
#include "engine/scan_source.h"
#include "types/time_zone.h"

namespace tarn::engine {

// Values that are constant in a statement.
struct SessionValues {
  std::int64_t start_micros = 0;  // of the statement, UTC: current_timestamp and its kin
  types::TimeZone time_zone;
  std::string user;
  std::optional<std::string> catalog;
  std::optional<std::string> schema;
  int max_recursion_depth = 10;
};

class Printer;

// One statement. Not thread-safe. REQUIRES: `session` outlives it.
class SqlPrinter {
 public:
  explicit SqlPrinter(const SessionValues& session);
  ~SqlPrinter();
  SqlPrinter(const SqlPrinter&) = delete;
  SqlPrinter& operator=(const SqlPrinter&) = delete;

  // A SELECT of the outputs, in order, all in their physical form, named `c0`, `c1`, ….
  Result<std::string> print_query(const analysis::TypedQuery& query);
  // Likewise, but each output as a lake's table stores its type (scan_source.h).
  Result<std::string> print_stored_query(const analysis::TypedQuery& query);
  // A SELECT of the relation's columns, named `c<id>`; ask `form_of` for the form of instants.
  Result<std::string> print_relation(const analysis::TypedRelation& relation);
  // In the physical form. Columns in it must have been printed or bound.
  Result<std::string> print_expression(const analysis::TypedExpression& expression);
  // For WHERE and ON: NULL and false need not differ.
  Result<std::string> print_condition(const analysis::TypedExpression& expression);
  // An instant in UTC may come back plain.
  Result<ScanColumn> print_value(const analysis::TypedExpression& expression);

  // Gives a column of another origin (the target of UPDATE and MERGE) its text.
  void bind_column(analysis::ColumnId id, ScanColumn column);
  ColumnForm form_of(analysis::ColumnId id) const;

  // What the printed text needs while it runs.
  KeepAlive take_alive();

  // Asks sources how they will be read, from now on.
  void set_explain();
  const ScanNotes& notes() const;

 private:
  std::unique_ptr<Printer> printer_;
};

}  // namespace tarn::engine
