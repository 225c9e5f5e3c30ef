// SPDX-License-Identifier: Apache-2.0
// Rows of Trino's values, made in this program, as a table in the engine's SQL: metadata tables,
// information_schema, SHOW, answers of other databases. Shows no DuckDB type.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "duckdb/instance.h"
#include "duckdb/typed_rows.h"
#include "types/value.h"

namespace tarn::duckdb {

struct ValueColumn {
  std::string name;
  types::Type type;
};

// One scan. One thread at a time.
class ValueSource {
 public:
  virtual ~ValueSource() = default;
  // Some rows, as wide as the columns; empty at the end.
  virtual Result<std::vector<TypedRow>> next() = 0;
};

// A table under a name in SQL, until the end of this object. It can be scanned many times, also at
// once. Its columns have the physical forms of their types.
class RegisteredValues {
 public:
  using Open = std::function<Result<std::unique_ptr<ValueSource>>()>;

  // ErrorCode::Unsupported (NOT_SUPPORTED) for types without a physical form.
  static Result<RegisteredValues> add(Instance& instance, std::vector<ValueColumn> columns,
                                      std::vector<TypedRow> rows);
  // `open` begins a scan: thread-safe, and called only when the table is really read.
  static Result<RegisteredValues> add(Instance& instance, std::vector<ValueColumn> columns,
                                      Open open);
  RegisteredValues(RegisteredValues&& other) noexcept;
  RegisteredValues& operator=(RegisteredValues&&) = delete;
  ~RegisteredValues();

  // For the FROM clause: `tarn_values(17)`.
  std::string sql() const;

 private:
  RegisteredValues(Instance& instance, std::int64_t id) : instance_(&instance), id_(id) {}
  Instance* instance_;
  std::int64_t id_;
};

}  // namespace tarn::duckdb
