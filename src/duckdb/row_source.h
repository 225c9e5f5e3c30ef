// SPDX-License-Identifier: Apache-2.0
// Rows that come from outside of the engine (a COPY of Postgres) as a table in its SQL. The engine
// asks for as many readers as it has threads; the batches are taken without copying. Shows no
// DuckDB type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "duckdb/instance.h"
#include "iceberg/catalog.h"
#include "iceberg/commit/transaction.h"
#include "postgres/row_batch.h"

namespace tarn::duckdb {

// Belongs to one thread.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // Up to 2,048 rows, valid until the next call; nullptr at the end.
  virtual Result<const postgres::RowBatch*> next() = 0;
};

// Thread-safe.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // A scan begins; the engine may begin several. What it gets its readers from; nullptr: this
  // object, whose rows are there once only.
  virtual Result<std::shared_ptr<RowSource>> begin_scan() { return std::shared_ptr<RowSource>(); }
  virtual std::span<const postgres::ColumnPlan> columns() const = 0;
  // More readers would find nothing to do.
  virtual std::size_t readers_max() const = 0;
  virtual std::int64_t row_estimate() const = 0;
  virtual Result<std::unique_ptr<RowReader>> open_reader() = 0;
};

// A source under a name in SQL, until the end of this object.
class RegisteredSource {
 public:
  static Result<RegisteredSource> add(Instance& instance, std::shared_ptr<RowSource> source);
  RegisteredSource(RegisteredSource&& other) noexcept;
  RegisteredSource& operator=(RegisteredSource&&) = delete;
  ~RegisteredSource();

  // For the FROM clause: `tarn_rows(17)`.
  std::string sql() const;

 private:
  RegisteredSource(Instance& instance, std::int64_t id) : instance_(&instance), id_(id) {}
  Instance* instance_;
  std::int64_t id_;
};

// Inside of the connection's transaction the staged table is there, and its commit creates it.
// REQUIRES: BEGIN was executed; the table's namespace exists.
Result<void> add_staged_table(Connection& connection, const std::string& lake,
                              iceberg::LoadedTable staged);

// Likewise for a table that takes the place of `existing`: `staged` is what the new rows are
// written for, `changes` makes it of the existing table at the commit, which also removes all old
// rows. The commit is a Conflict if somebody changes the table meanwhile.
Result<void> add_replacing_table(Connection& connection, const std::string& lake,
                                 iceberg::LoadedTable staged, iceberg::LoadedTable existing,
                                 std::function<void(iceberg::TableTransaction&)> changes);

}  // namespace tarn::duckdb
