// SPDX-License-Identifier: Apache-2.0
// DuckDB's own Parquet scan over the files of a table: columns by field id, deletes as a filter,
// files pruned by the scan planner. Internal: shows DuckDB's types.
#pragma once

#include "duckdb/lake_state.h"
#include "duckdb/native.h"

namespace tarn::duckdb {

// The virtual columns of every table: path and position of a row. DELETE and its like ask for both.
dk::virtual_column_map_t lake_virtual_columns();
dk::vector<dk::column_t> lake_row_id_columns();

// The function that scans `state`, with its bind data. `entry` is what DELETE and UPDATE take the
// scanned table to be; it must outlive the statement. nullptr outside of statements.
dk::TableFunction make_scan_function(dk::ClientContext& context,
                                     std::shared_ptr<const TableState> state,
                                     dk::TableCatalogEntry* entry,
                                     dk::unique_ptr<dk::FunctionData>& bind_data);

// The filter under which `plan` scans the table of `entry`; True if it does not find the scan.
iceberg::Expression scan_filter(const dk::PhysicalOperator& plan,
                                const dk::TableCatalogEntry& entry);

}  // namespace tarn::duckdb
