// SPDX-License-Identifier: Apache-2.0
// Cells of DuckDB's vectors in the form of physical_type.h as Trino's values. Internal: shows
// DuckDB's types.
#pragma once

#include "duckdb/native.h"
#include "types/value.h"

namespace tarn::duckdb {

// DuckDB's type of the form. Unsupported as physical_type.
Result<dk::LogicalType> to_physical_type(const types::Type& type);

// Reads one vector. One thread at a time.
class ValueReader {
 public:
  // REQUIRES: `vector` has the physical type of `type`; both outlive the reader.
  ValueReader(const types::Type& type, dk::Vector& vector, dk::idx_t count);

  bool is_null(dk::idx_t row) const;
  // Keeps the memory that `out` has where it can.
  void read(dk::idx_t row, types::Value& out) const;
  types::Value read(dk::idx_t row) const;

 private:
  const types::Type& type_;
  dk::RecursiveUnifiedVectorFormat format_;
};

}  // namespace tarn::duckdb
