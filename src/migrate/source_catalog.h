// SPDX-License-Identifier: Apache-2.0
// What a Postgres database says about its tables: columns, keys, comments, sizes, and the leaves
// that hold the rows of partitioned and inherited tables.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "postgres/connection.h"
#include "postgres/type_mapping.h"

namespace tarn::migrate {

struct SourceColumn {
  std::string name;
  std::uint32_t type = 0;
  std::int32_t modifier = -1;
  std::string type_text;
  bool not_null = false;
  std::string comment;
};

// A relation that holds rows itself.
struct SourceLeaf {
  std::string schema;
  std::string name;
  std::uint64_t pages = 0;  // of the heap
  std::uint64_t bytes = 0;  // with what is stored out of line
  // Whether ranges of pages can be read one by one: a heap, on a server that scans them directly.
  bool has_ranges = false;
  // Read as a whole with what is below it, not alone.
  bool with_children = false;
};

// `kind` as pg_class.relkind: r table, p partitioned, v view, m materialized view, f foreign.
struct SourceName {
  std::uint32_t oid = 0;
  std::string schema;
  std::string name;
  char kind = 'r';
  bool is_partition = false;
};

struct SourceTable {
  SourceName id;
  std::string comment;
  std::vector<SourceColumn> columns;
  std::vector<std::string> primary_key;
  std::vector<SourceLeaf> leaves;
  std::optional<std::int64_t> row_estimate;  // nullopt: never analyzed
  std::uint64_t bytes = 0;
};

// `schema.name`, quoted where SQL needs it; for people.
std::string show_name(const SourceName& name);

// All tables and views outside of the system's schemas, by schema and name.
Result<std::vector<SourceName>> list_sources(postgres::Connection& connection);

// Details of these. The sizes are those of now: read them under the snapshot that the rows are read
// under.
Result<std::vector<SourceTable>> describe_sources(postgres::Connection& connection,
                                                  std::span<const SourceName> names);

// Types that are not built in, and the number of decimals of `money`.
Result<postgres::TypeTable> read_types(postgres::Connection& connection);
Result<int> read_money_scale(postgres::Connection& connection);

// What the user asks for.
struct Selection {
  // `schema.table`; `table` is in `public`; `*` and `?` match, but not partitions and views: these
  // are taken when named in full.
  std::vector<std::string> tables;
  std::vector<std::string> schemas;  // all of their tables; patterns, too
  bool whole_database = false;
  std::vector<std::string> excluded;  // as `tables`; what they match is not taken
};

// A table that could not be locked, planned or copied.
struct TableFailure {
  SourceName source;
  Error error;
};

// NotFound, with a suggestion, for a pattern that nothing matches, and when all is excluded. Each
// table once.
Result<std::vector<SourceName>> select_sources(std::span<const SourceName> all,
                                               const Selection& selection);

}  // namespace tarn::migrate
