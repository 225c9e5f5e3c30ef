// SPDX-License-Identifier: Apache-2.0
// The answer of a printed statement as rows of Trino's values, read while it is computed. Shows no
// DuckDB type.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "duckdb/instance.h"
#include "types/value.h"

namespace tarn::duckdb {

using TypedRow = std::vector<types::Value>;

// The connection is busy until the end or until this object goes away, which stops the statement.
// One thread at a time.
class TypedRows {
 public:
  // Runs all statements of `sql`; the rows of the last one, whose columns have the physical forms
  // (physical_type.h) of `types`: ErrorCode::Internal if not. Errors have Trino's names. With
  // `cancel` (which outlives this object) the statement ends within some 20 ms.
  static Result<TypedRows> open(Connection& connection, const std::string& sql,
                                std::vector<types::Type> types, const Cancel* cancel = nullptr);
  TypedRows(TypedRows&&) noexcept;
  TypedRows& operator=(TypedRows&&) noexcept;
  ~TypedRows();

  // Up to 2,048 rows; empty at the end.
  Result<std::vector<TypedRow>> next();

  struct Impl;

 private:
  explicit TypedRows(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::duckdb
