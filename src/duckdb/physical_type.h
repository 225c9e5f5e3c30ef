// SPDX-License-Identifier: Apache-2.0
// How Trino's types stand inside DuckDB while a statement of Trino's SQL is executed: one form a
// type, everywhere in the typed SQL that the engine prints and in `tarn_call`. Pure.
//
//   boolean, tinyint … bigint, real, double, decimal, date, uuid    DuckDB's own
//   varchar, varchar(n), json (its text)   VARCHAR
//   char(n)                                VARCHAR without trailing blanks
//   varbinary, ipaddress (16 bytes), sketches   BLOB
//   time(p ≤ 6)                            TIME
//   time(p > 6)                            BIGINT, picoseconds of the day
//   time(p) with time zone                 STRUCT(t BIGINT, z SMALLINT): local picoseconds, offset
//   in minutes timestamp(p ≤ 6)                       TIMESTAMP timestamp(p > 6) STRUCT(t
//   TIMESTAMP, p INTEGER): picoseconds beyond, 0–999'999 timestamp(p) with time zone STRUCT(t
//   TIMESTAMP WITH TIME ZONE, z INTEGER), and
//                                          p INTEGER behind them if p > 6; z is a TimeZone's `key`
//   interval day to second                 BIGINT, milliseconds
//   interval year to month                 INTEGER, months
//   array(T)                               T[]
//   map(K, V)                              MAP(K, V)
//   row(…)                                 STRUCT; see row_field_name
//   unknown                                BOOLEAN, always NULL
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "types/type.h"

namespace tarn::duckdb {

// DuckDB's SQL text of the type. ErrorCode::Unsupported (NOT_SUPPORTED) for types without a form.
Result<std::string> physical_type(const types::Type& type);

// The name of field `index` in the STRUCT of a row: its own name in lower case if all fields have
// names that differ without regard to case, else `f1`, `f2`, ….
std::string row_field_name(const types::Type& row, std::size_t index);

// The form is DuckDB's own with Trino's meaning of =, < and GROUP BY, NaN aside: no parts that
// compare otherwise (a zone, char(n) in other lengths) inside.
bool compares_natively(const types::Type& type);

}  // namespace tarn::duckdb
