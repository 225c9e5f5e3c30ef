// SPDX-License-Identifier: Apache-2.0
// What stands behind a table that a query reads: the text for FROM and for each column. TableInfo's
// `handle` is a `std::shared_ptr<const ScanSource>`; whoever looks tables up makes it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
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

struct ScanOrder {
  analysis::ColumnId column;
  bool descending = false;
  bool nulls_first = false;
};

struct ScanRequest {
  // Indices in the table of the columns that are read; all if the reader is not known.
  std::vector<std::int32_t> columns;
  // A condition of the query over the scan's columns (ids[i] is columns[i]) that may be used to
  // read fewer rows; it is applied again above. May be null.
  const analysis::TypedExpression* filter = nullptr;
  std::vector<analysis::ColumnId> ids;
  // Only that many rows that meet the filter are needed: any, or the first ones by `order`. The
  // order and the limit are applied again above.
  std::optional<std::int64_t> rows_max;
  std::vector<ScanOrder> order;
  // Set: `notes` are wanted about this scan.
  const analysis::TypedRelation* explained = nullptr;
};

// Sums of decimals of so many digits need no check: ten billion rows stay below 38 digits.
inline constexpr int kSafeSumDigits = 28;

// count(*), count, sum, min and max over columns of a scan, in groups.
struct AggregateRequest {
  struct Call {
    std::string function;
    std::optional<analysis::ColumnId> argument;  // nullopt: count(*)
    types::Type argument_type;                   // after a cast that keeps the value
    bool distinct = false;
    const analysis::TypedExpression* filter = nullptr;
    types::Type type;
  };
  ScanRequest scan;  // the filter must be applied; no limit
  std::vector<analysis::ColumnId> keys;
  std::vector<Call> calls;
};

struct ScanText {
  std::string from;                 // `"lake"."s"."t" AT (VERSION => 5)`
  std::vector<ScanColumn> columns;  // one for each of the request
  std::vector<std::string> notes;   // for EXPLAIN: snapshot, files, the server's SQL
};

// A row for each group; without keys one row.
struct AggregateText {
  std::string from;
  std::vector<ScanColumn> keys;
  std::vector<ScanColumn> calls;
  std::vector<std::string> notes;
};

// What sources say about scans, and about groups that they compute, for EXPLAIN.
using ScanNotes = std::unordered_map<const analysis::TypedRelation*, std::vector<std::string>>;

// Thread-safe.
class ScanSource {
 public:
  virtual ~ScanSource() = default;
  virtual Result<ScanText> scan(const ScanRequest& request, KeepAlive& alive) const = 0;
  // Groups that the source computes itself; nullopt if it cannot, exactly.
  virtual Result<std::optional<AggregateText>> aggregate(const AggregateRequest&,
                                                         KeepAlive&) const {
    return std::optional<AggregateText>();
  }
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
