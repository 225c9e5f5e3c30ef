// SPDX-License-Identifier: Apache-2.0
// A table of Postgres as a statement sees it: its columns, and the text that reads it. Internal to
// the engine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/table_lookup.h"
#include "duckdb/instance.h"
#include "engine/postgres_column.h"
#include "engine/postgres_copy.h"
#include "engine/postgres_snapshot.h"
#include "engine/scan_source.h"
#include "postgres/column_policies.h"

namespace tarn::engine {

// What holds rows: the table itself, or the leaves of a partitioned one.
struct PostgresLeaf {
  std::string schema;
  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t pages = 0;  // 0: ranges of pages cannot be read
};

struct PostgresTable {
  std::string schema;  // as the server has them
  std::string name;
  char kind = 'r';  // pg_class.relkind
  std::vector<PostgresColumn> columns;
  std::int64_t row_estimate = 1'000;
  std::optional<std::string> comment;
  std::string policy_path;  // where tarn.yml has its policies: `catalogs.shop`
};

// Of a catalog; `all` has them as read.
struct PostgresPolicies {
  postgres::TypePolicy all;
  postgres::ColumnPolicies columns;
};

// The columns of a table, in the transaction that the connection is in. `types` is filled when the
// table has types that are not built in.
Result<std::vector<PostgresColumn>> load_postgres_columns(postgres::Connection& connection,
                                                          std::optional<postgres::TypeTable>& types,
                                                          const std::string& schema,
                                                          const std::string& table,
                                                          const PostgresPolicies& policies = {});
// Their types as the server writes them: needed for writing only.
Result<void> load_type_texts(postgres::Connection& connection, PostgresTable& table);

// The first hidden column of every table that can be changed: `$row`, which table and where in it.
inline constexpr const char* kRowColumn = "$row";

// What else than conditions and columns may be told to the server.
struct PostgresPush {
  bool aggregates = true;
  bool limits = true;
};

class PostgresSource final : public ScanSource {
 public:
  PostgresSource(duckdb::Instance& instance, std::shared_ptr<PostgresSnapshot> snapshot,
                 std::shared_ptr<const PostgresTable> table, PostgresPush push)
      : instance_(instance),
        snapshot_(std::move(snapshot)),
        table_(std::move(table)),
        push_(push) {}

  Result<ScanText> scan(const ScanRequest& request, KeepAlive& alive) const override;
  // In postgres_push.cc.
  Result<std::optional<AggregateText>> aggregate(const AggregateRequest& request,
                                                 KeepAlive& alive) const override;
  const PostgresTable& table() const { return *table_; }

 private:
  // ` ORDER BY … LIMIT n`, or "" if the server cannot choose the rows.
  std::string limit_text(const ScanRequest& request) const;

  duckdb::Instance& instance_;
  std::shared_ptr<PostgresSnapshot> snapshot_;
  std::shared_ptr<const PostgresTable> table_;
  PostgresPush push_;
};

// The column of a request's scan, or nullptr.
const PostgresColumn* find_scanned(const PostgresTable& table, const ScanRequest& request,
                                   analysis::ColumnId id);

// Makes the rows a table of the engine, for as long as `alive` lives: the text for FROM.
Result<std::string> register_postgres_rows(duckdb::Instance& instance,
                                           std::shared_ptr<PostgresSnapshot> snapshot,
                                           PostgresRows rows, KeepAlive& alive);

// `tarn_rows(n)` over a query of Postgres that gives these columns.
Result<ScanText> scan_postgres_query(duckdb::Instance& instance,
                                     const std::shared_ptr<PostgresSnapshot>& snapshot,
                                     const std::vector<PostgresColumn>& columns, std::string query,
                                     const std::string& policy_path, KeepAlive& alive);

}  // namespace tarn::engine
