// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_table.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "duckdb/row_source.h"
#include "engine/postgres_copy.h"
#include "engine/postgres_filter.h"
#include "postgres/quoting.h"
#include "postgres/table_columns.h"

namespace tarn::engine {
namespace {

// Pieces of a table, so that all readers end at about the same time.
constexpr std::uint64_t kPieceBytesMin = 8ULL << 20;
constexpr std::uint64_t kPieceBytesMax = 64ULL << 20;
constexpr std::uint64_t kPiecesPerReader = 6;
constexpr std::size_t kReadersMax = 8;
constexpr int kTidRangeVersion = 140'000;
constexpr std::uint32_t kFirstOwnOid = 16'384;  // below are the built-in types
constexpr std::uint64_t kPageBytes = 8'192;

std::size_t reader_count() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kReadersMax);
}

std::int64_t number_at(const postgres::Rows& rows, int row, int column) {
  return parse_int64(rows.at(row, column)).value_or(0);
}

// Leaves of a partitioned table, else the table; nothing for views and what has children.
Result<std::vector<PostgresLeaf>> load_leaves(PostgresSnapshot& snapshot,
                                              const PostgresTable& table) {
  constexpr const char* kQuery = R"(SELECT n.nspname, c.relname, pg_table_size(c.oid)::int8,
       CASE WHEN am.amname = 'heap' THEN pg_relation_size(c.oid)::int8 ELSE 0 END, c.relkind
FROM pg_class r
JOIN pg_namespace rn ON rn.oid = r.relnamespace
CROSS JOIN LATERAL (SELECT relid FROM pg_partition_tree(r.oid) WHERE isleaf
                    UNION ALL SELECT r.oid WHERE r.relkind = 'r' AND NOT r.relispartition) l
JOIN pg_class c ON c.oid = l.relid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am am ON am.oid = c.relam
WHERE rn.nspname = $1 AND r.relname = $2
  AND NOT (r.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = r.oid)))";
  const std::optional<std::string> parameters[] = {table.schema, table.name};
  auto lease = TRY(snapshot.take());
  postgres::Connection& connection = *lease;
  const auto rows = TRY(connection.query(kQuery, parameters));
  std::vector<PostgresLeaf> leaves;
  for (int row = 0; row < rows.row_count(); ++row) {
    // Somebody else's rows: read through the parent.
    if (rows.at(row, 4) != "r") return std::vector<PostgresLeaf>();
    PostgresLeaf& leaf = leaves.emplace_back();
    leaf.schema = rows.at(row, 0);
    leaf.name = rows.at(row, 1);
    leaf.bytes = static_cast<std::uint64_t>(number_at(rows, row, 2));
    leaf.pages = static_cast<std::uint64_t>(number_at(rows, row, 3)) / kPageBytes;
  }
  // A table named as partition and as itself.
  if (leaves.size() == 2 && leaves[0].schema == leaves[1].schema &&
      leaves[0].name == leaves[1].name) {
    leaves.pop_back();
  }
  if (connection.server_version() < kTidRangeVersion) {
    for (PostgresLeaf& leaf : leaves) leaf.pages = 0;
  }
  return leaves;
}

std::string piece_query(const std::string& select, const std::string& from, std::string where,
                        const std::string& range) {
  if (!range.empty()) where = where.empty() ? range : range + " AND " + where;
  return select + " FROM " + from + (where.empty() ? "" : " WHERE " + where);
}

std::vector<std::string> piece_queries(const std::vector<PostgresLeaf>& leaves,
                                       const std::string& select, const std::string& where) {
  std::uint64_t total = 0;
  for (const PostgresLeaf& leaf : leaves) total += leaf.bytes;
  const std::uint64_t piece_bytes =
      std::clamp(total / (reader_count() * kPiecesPerReader), kPieceBytesMin, kPieceBytesMax);
  std::vector<std::string> queries;
  for (const PostgresLeaf& leaf : leaves) {
    const std::string from = "ONLY " + postgres::quote_qualified(leaf.schema, leaf.name);
    const std::uint64_t count = leaf.bytes / piece_bytes + 1;
    const std::uint64_t pages = std::max<std::uint64_t>((leaf.pages + count - 1) / count, 1);
    if (count <= 1 || leaf.pages <= pages) {
      queries.push_back(piece_query(select, from, where, ""));
      continue;
    }
    // The last piece is open: rows of this snapshot may lie behind what was counted.
    for (std::uint64_t page = 0; page < leaf.pages; page += pages) {
      std::string range;
      if (page > 0) range = fmt::format("ctid >= '({},0)'", page);
      if (page + pages < leaf.pages) {
        range += fmt::format("{}ctid < '({},0)'", range.empty() ? "" : " AND ", page + pages);
      }
      queries.push_back(piece_query(select, from, where, range));
    }
  }
  return queries;
}

// Whether the server would read all of the table for it; else one query is enough.
Result<bool> scans_all(PostgresSnapshot& snapshot, const std::string& query) {
  const auto rows = TRY(snapshot.query("EXPLAIN " + query));
  for (int row = 0; row < rows.row_count(); ++row) {
    if (rows.at(row, 0).find("Seq Scan") != std::string_view::npos) return true;
  }
  return false;
}

// No column of any row is asked for, so that their number is all that counts.
Result<ScanText> count_rows(PostgresSnapshot& snapshot, const PostgresTable& table) {
  const auto rows = TRY(snapshot.query("SELECT count(*) FROM " +
                                       postgres::quote_qualified(table.schema, table.name)));
  ScanText out;
  out.from = fmt::format("range({})", rows.at(0, 0));
  return out;
}

std::string select_of(const postgres::ColumnPlan& plan) {
  std::string out = postgres::quote_identifier(plan.name);
  if (!plan.cast.empty()) out += "::" + plan.cast;
  return out;
}

postgres::ColumnPlan text_plan(std::string name) {
  postgres::ColumnPlan plan;
  plan.name = std::move(name);
  plan.source_type = "text";
  return plan;
}

}  // namespace

Result<std::vector<PostgresColumn>> load_postgres_columns(postgres::Connection& connection,
                                                          std::optional<postgres::TypeTable>& types,
                                                          const std::string& schema,
                                                          const std::string& table,
                                                          const PostgresPolicies& policies) {
  auto sources = postgres::load_columns(connection, schema, table);
  std::vector<PostgresColumn> columns;
  if (!sources) {
    if (sources.error().code != ErrorCode::NotFound) return std::move(sources).error();
    return columns;  // a table without columns
  }
  for (const postgres::SourceColumn& source : *sources) {
    if (source.type < kFirstOwnOid || types) continue;
    types = TRY(postgres::load_type_table(connection));
  }
  const postgres::TypeTable none;
  std::vector<std::string> names;
  for (const postgres::SourceColumn& source : *sources) {
    const auto policy =
        TRY(postgres::column_policy(policies.all, policies.columns, schema, table, source.name));
    columns.push_back(TRY(make_postgres_column(source, types ? *types : none, policy)));
    names.push_back(source.name);
  }
  TRY(postgres::check_policy_columns(policies.columns, schema, table, names));
  return columns;
}

Result<void> load_type_texts(postgres::Connection& connection, PostgresTable& table) {
  constexpr const char* kTypeQuery =
      "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_class c "
      "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
      "WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped";
  const std::optional<std::string> parameters[] = {table.schema, table.name};
  const auto rows = TRY(connection.query(kTypeQuery, parameters));
  for (PostgresColumn& column : table.columns) {
    for (int row = 0; row < rows.row_count(); ++row) {
      if (rows.at(row, 0) == column.name) column.type_text = rows.at(row, 1);
    }
    if (column.type_text.empty()) {
      return conflict("column `{}` has gone meanwhile", column.name);
    }
  }
  return {};
}

Result<ScanText> PostgresSource::scan(const ScanRequest& request, KeepAlive& alive) const {
  if (request.columns.empty()) return count_rows(*snapshot_, *table_);
  PostgresRows rows;
  std::string select;
  std::vector<ScanColumn> columns;
  for (const std::int32_t index : request.columns) {
    const auto at = static_cast<std::size_t>(index);
    const bool is_row = at >= table_->columns.size();
    if (!select.empty()) select += ", ";
    if (is_row) {
      select += "tableoid::int8 || ':' || ctid::text";
      rows.columns.push_back(text_plan(kRowColumn));
      columns.push_back({quote(kRowColumn, '"')});
      continue;
    }
    const PostgresColumn& column = table_->columns[at];
    select += select_of(column.plan);
    rows.columns.push_back(column.plan);
    columns.push_back(read_postgres_column(column, quote(column.name, '"')));
  }
  select = "SELECT " + select;
  std::string where;
  const std::string limit = limit_text(request);
  if (request.filter != nullptr) {
    const auto find = [&](analysis::ColumnId id) { return find_scanned(*table_, request, id); };
    where = limit.empty() ? to_postgres_filter(*request.filter, find)
                          : to_exact_postgres_filter(*request.filter, find).value_or("");
  }
  const std::string whole =
      piece_query(select, postgres::quote_qualified(table_->schema, table_->name), where, "");
  const auto leaves =
      limit.empty() ? TRY(load_leaves(*snapshot_, *table_)) : std::vector<PostgresLeaf>();
  const bool pieces = !leaves.empty() && (where.empty() || TRY(scans_all(*snapshot_, whole)));
  if (pieces) {
    rows.queries = piece_queries(leaves, select, where);
  } else {
    rows.queries.push_back(whole + limit);
  }
  std::vector<std::string> notes;
  if (request.explained != nullptr) {
    notes.push_back("from Postgres: " + whole + limit);
    const std::size_t count = rows.queries.size();
    if (count > 1) {
      notes.push_back(fmt::format("in {} pieces by up to {} connections", count,
                                  std::min(count, reader_count())));
    }
  }
  rows.origin = {table_->schema + '.' + table_->name, table_->policy_path};
  rows.row_estimate = table_->row_estimate;
  rows.readers_max = reader_count();
  ScanText out;
  out.notes = std::move(notes);
  out.from = TRY(register_postgres_rows(instance_, snapshot_, std::move(rows), alive));
  out.columns = std::move(columns);
  return out;
}

const PostgresColumn* find_scanned(const PostgresTable& table, const ScanRequest& request,
                                   analysis::ColumnId id) {
  for (std::size_t i = 0; i < request.ids.size(); ++i) {
    const auto at = static_cast<std::size_t>(request.columns[i]);
    if (request.ids[i] == id && at < table.columns.size()) return &table.columns[at];
  }
  return nullptr;
}

Result<std::string> register_postgres_rows(duckdb::Instance& instance,
                                           std::shared_ptr<PostgresSnapshot> snapshot,
                                           PostgresRows rows, KeepAlive& alive) {
  auto registered = TRY(duckdb::RegisteredSource::add(
      instance, make_postgres_source(std::move(snapshot), std::move(rows))));
  auto kept = std::make_shared<duckdb::RegisteredSource>(std::move(registered));
  std::string from = kept->sql();
  alive.push_back(std::move(kept));
  return from;
}

Result<ScanText> scan_postgres_query(duckdb::Instance& instance,
                                     const std::shared_ptr<PostgresSnapshot>& snapshot,
                                     const std::vector<PostgresColumn>& columns, std::string query,
                                     const std::string& policy_path, KeepAlive& alive) {
  PostgresRows rows;
  rows.origin.policy_path = policy_path;
  for (const PostgresColumn& column : columns) rows.columns.push_back(column.plan);
  rows.queries.push_back(std::move(query));
  ScanText out;
  out.from = TRY(register_postgres_rows(instance, snapshot, std::move(rows), alive));
  for (const PostgresColumn& column : columns) {
    out.columns.push_back(read_postgres_column(column, quote(column.name, '"')));
  }
  return out;
}

}  // namespace tarn::engine
