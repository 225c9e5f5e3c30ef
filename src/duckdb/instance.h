// SPDX-License-Identifier: Apache-2.0
// The engine inside this process: one DuckDB instance in memory, its connections and the rows they
// return. Nothing is downloaded or loaded by itself; extensions come from a folder beside the
// program. This header shows no DuckDB type.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"

namespace tarn::duckdb {

struct InstanceOptions {
  std::uint64_t memory_limit_bytes = 0;  // 0: 80 % of the machine's
  int threads = 0;                       // 0: all cores
  std::string temp_folder = {};          // for spilling; "": none, larger inputs fail
  std::string extension_folder = {};     // "": `lib/extensions` beside the program's folder
};

// `<folder of the program>/../lib/extensions`.
std::string default_extension_folder();

class Connection;

// Thread-safe. Must outlive its connections.
class Instance {
 public:
  // ErrorCode::Internal if the library is not the one that this program was built for.
  static Result<std::unique_ptr<Instance>> open(const InstanceOptions& options);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Loads `<extension folder>/<name>.duckdb_extension` once; later calls cost nothing. The first
  // use checks the signature (50–200 ms). ErrorCode::NotFound if the file is missing.
  Result<void> load_extension(std::string_view name);

  Result<Connection> connect();

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit Instance(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

struct Column {
  std::string name;
  std::string type;  // DuckDB's text: `DECIMAL(9,2)`, `STRUCT(a INTEGER)`
};

// Some rows of a result, column by column.
class Batch {
 public:
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  ~Batch();

  std::size_t row_count() const;
  bool is_null(std::size_t column, std::size_t row) const;
  // DuckDB's text form. REQUIRES for all getters: not null.
  std::string text(std::size_t column, std::size_t row) const;
  // REQUIRES: a column of TINYINT … BIGINT, DATE (days), TIMESTAMP (its own unit) or BOOLEAN.
  std::int64_t integer(std::size_t column, std::size_t row) const;
  // REQUIRES: VARCHAR or BLOB. Valid as long as this batch.
  std::string_view bytes(std::size_t column, std::size_t row) const;

  struct Impl;
  explicit Batch(std::unique_ptr<Impl> impl);
  const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// A result that is computed while it is read. The connection is busy until the end or until this
// object goes away, which stops the statement.
class RowStream {
 public:
  RowStream(RowStream&&) noexcept;
  RowStream& operator=(RowStream&&) noexcept;
  ~RowStream();

  const std::vector<Column>& columns() const;
  // nullopt at the end; never an empty batch.
  Result<std::optional<Batch>> next();

  struct Impl;
  explicit RowStream(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

// A whole result as text, for small answers.
struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;

  // The one value of a result with one row and one column, or nullopt.
  std::optional<std::string> single() const;
};

// One session: settings, temporary tables, at most one transaction. One thread at a time, except
// for `interrupt`.
class Connection {
 public:
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // Runs all statements of `sql`; the answer of the last one. With `cancel` the calling thread
  // looks at it between pieces of work: ErrorCode::Cancelled.
  Result<Table> query(const std::string& sql, const Cancel* cancel = nullptr);
  // Likewise, for statements whose answer is a count (INSERT, …) or nothing (0).
  Result<std::int64_t> execute(const std::string& sql, const Cancel* cancel = nullptr);
  Result<RowStream> stream(const std::string& sql, const Cancel* cancel = nullptr);

  // Any thread: the running statement fails with ErrorCode::Cancelled. Nothing if none runs.
  void interrupt();

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  friend class Instance;
  explicit Connection(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::duckdb
