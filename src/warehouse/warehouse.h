// SPDX-License-Identifier: Apache-2.0
// The boundary below the project language: Trino SQL in, rows out. One implementation executes in
// this process, the other sends to a Trino cluster; nobody above can tell but by `kind`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "types/value.h"

namespace tarn::warehouse {

struct Column {
  std::string name;
  types::Type type;
};

struct Answer {
  std::vector<Column> columns;
  std::vector<std::vector<types::Value>> rows;
  std::string update_type;  // `INSERT`, `MERGE`, …; empty for queries
  std::optional<std::int64_t> update_count;
  std::string query_id;
};

enum class Kind { Embedded, Trino };

// What the statements of a connection have done so far, the running one included. A cluster tells
// of no files.
struct Work {
  std::int64_t rows_read = 0;
  std::int64_t rows_written = 0;
  std::int64_t files_written = 0;
  std::int64_t bytes_written = 0;
};

// A session: properties, catalog and schema stay from statement to statement. One thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;
  // One statement without a final `;`. Errors carry Trino's name (types/error_name.h) and, where
  // known, the place in `sql`. At most `rows_max` rows are kept (0: all).
  virtual Result<Answer> execute(std::string_view sql, const Cancel* cancel = nullptr,
                                 std::size_t rows_max = 0) = 0;

  // Appends rows to a table by one statement, as INSERT would: `table` is its name in SQL, columns
  // are named as in it. nullopt: this warehouse has no shorter way than INSERT.
  virtual Result<std::optional<Answer>> append(
      std::string_view table, const std::vector<Column>& columns,
      std::shared_ptr<const std::vector<std::vector<types::Value>>> rows, const Cancel* cancel);

  // Any thread, also while a statement runs.
  virtual Work work() const { return {}; }
};

// Changes that nobody but the connections of one warehouse sees. Going away discards them, unless
// they were published. No statement may run at its end.
class Staging {
 public:
  virtual ~Staging() = default;
  // All together or, with an error, nothing: Conflict if others have changed one of the tables
  // meanwhile. UnknownOutcome: it may have landed. Once.
  virtual Result<void> publish() = 0;
};

// Thread-safe.
class Warehouse {
 public:
  virtual ~Warehouse() = default;
  virtual Kind kind() const = 0;
  // A session that begins with the catalog and schema of the target.
  virtual Result<std::unique_ptr<Connection>> connect() = 0;
  // From here on what statements change in the lake `catalog` is staged. One at a time. Unsupported
  // by clusters, which publish each statement; InvalidInput for other kinds of catalogs.
  virtual Result<std::unique_ptr<Staging>> stage(std::string_view catalog);
};

}  // namespace tarn::warehouse
