// SPDX-License-Identifier: Apache-2.0
// What stands behind a table that a query reads: the text for FROM and for each column. TableInfo's
// `handle` is a `std::shared_ptr<const ScanSource>`; whoever looks tables up makes it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/typed_tree.h"
#include "base/result.h"

namespace tarn::engine {

// Things that the printed text names (rows of tables in memory, COPY streams) and that must live
// until the statement has ended.
using KeepAlive = std::vector<std::shared_ptr<const void>>;

// How a column's text stands for its value.
enum class ColumnForm : std::uint8_t {
  Physical,  // duckdb/physical_type.h
  // A timestamp(p ≤ 6) with time zone in UTC as plain TIMESTAMP WITH TIME ZONE: stays native in
  // comparisons, keys and filters.
  UtcInstant,
};

struct ScanColumn {
  std::string text;  // over the FROM text, without a prefix: `"b"`, `CAST("b" AS VARCHAR)`
  ColumnForm form = ColumnForm::Physical;
};

struct ScanRequest {
  // Indices in the table of the columns that are read; all if the reader is not known.
  std::vector<std::int32_t> columns;
  // A condition of the query over the scan's columns (ids[i] is columns[i]) that may be used to
  // read fewer rows; it is applied again above. May be null.
  const analysis::TypedExpression* filter = nullptr;
  std::vector<analysis::ColumnId> ids;
};

struct ScanText {
  std::string from;                 // `"lake"."s"."t" AT (VERSION => 5)`
  std::vector<ScanColumn> columns;  // one for each of the request
};

// Thread-safe.
class ScanSource {
 public:
  virtual ~ScanSource() = default;
  virtual Result<ScanText> scan(const ScanRequest& request, KeepAlive& alive) const = 0;
};

// A column of a lake's table, or of anything with DuckDB's plain types: `name` is its quoted name.
// Instants stay plain; they get their zone inside nested values only.
ScanColumn stored_column(const types::Type& type, const std::string& name);

// The other way: text in the physical form to what a lake's table holds of that type.
std::string to_stored(const types::Type& type, const ScanColumn& value);

// A table of the DuckDB catalog. `from` is its text, columns have their own names.
std::shared_ptr<const ScanSource> make_stored_source(std::string from,
                                                     const analysis::TableInfo& table);

}  // namespace tarn::engine
