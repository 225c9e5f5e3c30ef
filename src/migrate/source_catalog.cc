// SPDX-License-Identifier: Apache-2.0
#include "migrate/source_catalog.h"

#include <cmath>
#include <set>
#include <unordered_map>

#include "base/text.h"

namespace tarn::migrate {
namespace {

constexpr int kServerWithTidRangeScan = 140000;

constexpr const char* kListQuery = R"(
SELECT c.oid::int8, n.nspname, c.relname, c.relkind, c.relispartition
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C")";

constexpr const char* kColumnQuery = R"(
SELECT a.attrelid::int8, a.attname, a.atttypid::int8, a.atttypmod,
       pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_catalog.col_description(a.attrelid, a.attnum)
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum)";

constexpr const char* kKeyQuery = R"(
SELECT i.indrelid::int8, a.attname
FROM pg_catalog.pg_index i
CROSS JOIN LATERAL pg_catalog.unnest(i.indkey) WITH ORDINALITY k(attnum, place)
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indisprimary AND i.indrelid = ANY ($1::oid[])
ORDER BY i.indrelid, k.place)";

constexpr const char* kCommentQuery = R"(
SELECT c.oid::int8, pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c WHERE c.oid = ANY ($1::oid[]))";

// A table itself is its first leaf, unless it is partitioned.
constexpr const char* kLeafQuery = R"(
WITH RECURSIVE tree (root, relation) AS (
  SELECT c.oid, c.oid FROM pg_catalog.pg_class c WHERE c.oid = ANY ($1::oid[])
  UNION
  SELECT t.root, i.inhrelid
  FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.relation)
SELECT t.root::int8, n.nspname, c.relname, c.relkind, am.amname,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_table_size(c.oid) ELSE 0 END,
       CASE WHEN c.relkind IN ('r', 'm')
            THEN pg_catalog.pg_relation_size(c.oid)
                 / pg_catalog.current_setting('block_size')::int8 ELSE 0 END,
       c.reltuples::float8, c.relpages::int8,
       c.oid = t.root OR pg_catalog.has_table_privilege(c.oid, 'SELECT')
FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.relation
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
WHERE c.relkind <> 'p'
ORDER BY t.root, (t.relation <> t.root), n.nspname COLLATE "C", c.relname COLLATE "C")";

std::int64_t integer_at(const postgres::Rows& rows, int row, int column) {
  return parse_int64(rows.at(row, column)).value_or(0);
}

std::uint32_t oid_at(const postgres::Rows& rows, int row, int column) {
  return static_cast<std::uint32_t>(integer_at(rows, row, column));
}

class Describer {
 public:
  Describer(postgres::Connection& connection, std::span<const SourceName> names)
      : connection_(connection) {
    std::string list;
    for (const SourceName& name : names) {
      places_.emplace(name.oid, tables_.size());
      tables_.emplace_back().id = name;
      list += fmt::format("{}{}", list.empty() ? "" : ",", name.oid);
    }
    oids_ = '{' + list + '}';
  }

  Result<std::vector<SourceTable>> describe() {
    TRY(read_columns());
    TRY(read_keys());
    TRY(read_comments());
    TRY(read_leaves());
    return std::move(tables_);
  }

 private:
  Result<postgres::Rows> ask(const char* query) {
    const std::optional<std::string> parameters[] = {oids_};
    return connection_.query(query, parameters);
  }
  SourceTable& table_of(const postgres::Rows& rows, int row) {
    return tables_[places_.at(oid_at(rows, row, 0))];
  }

  Result<void> read_columns() {
    const auto rows = TRY(ask(kColumnQuery));
    for (int i = 0; i < rows.row_count(); ++i) {
      SourceColumn column;
      column.name = rows.at(i, 1);
      column.type = oid_at(rows, i, 2);
      column.modifier = static_cast<std::int32_t>(integer_at(rows, i, 3));
      column.type_text = rows.at(i, 4);
      column.not_null = rows.at(i, 5) == "t";
      column.comment = rows.at(i, 6);
      table_of(rows, i).columns.push_back(std::move(column));
    }
    return {};
  }

  Result<void> read_keys() {
    const auto rows = TRY(ask(kKeyQuery));
    for (int i = 0; i < rows.row_count(); ++i) {
      table_of(rows, i).primary_key.emplace_back(rows.at(i, 1));
    }
    return {};
  }

  Result<void> read_comments() {
    const auto rows = TRY(ask(kCommentQuery));
    for (int i = 0; i < rows.row_count(); ++i) table_of(rows, i).comment = rows.at(i, 1);
    return {};
  }

  Result<void> read_leaves() {
    const auto rows = TRY(ask(kLeafQuery));
    for (SourceTable& table : tables_) table.row_estimate = 0;
    for (int i = 0; i < rows.row_count(); ++i) {
      SourceTable& table = table_of(rows, i);
      const std::string_view kind = rows.at(i, 3);
      SourceLeaf leaf;
      leaf.schema = rows.at(i, 1);
      leaf.name = rows.at(i, 2);
      leaf.bytes = static_cast<std::uint64_t>(integer_at(rows, i, 5));
      leaf.pages = static_cast<std::uint64_t>(integer_at(rows, i, 6));
      leaf.has_ranges = (kind == "r" || kind == "m") && rows.at(i, 4) == "heap" &&
                        connection_.server_version() >= kServerWithTidRangeScan;
      leaf.with_children = kind == "f" || kind == "v";
      const double tuples = parse_double(rows.at(i, 7)).value_or(-1);
      const std::int64_t analyzed_pages = integer_at(rows, i, 8);
      add_estimate(table, leaf, tuples, analyzed_pages, kind == "r" || kind == "m");
      table.bytes += leaf.bytes;
      table.leaves.push_back(std::move(leaf));
      if (rows.at(i, 9) != "t") closed_.insert(table.id.oid);
    }
    // Who may read a table may read what is below it, but only through the table.
    for (SourceTable& table : tables_) {
      if (!closed_.contains(table.id.oid)) continue;
      table.leaves = {{.schema = table.id.schema,
                       .name = table.id.name,
                       .bytes = table.bytes,
                       .with_children = true}};
    }
    return {};
  }

  // The density when the table was analyzed, times its size of now.
  static void add_estimate(SourceTable& table, const SourceLeaf& leaf, double tuples,
                           std::int64_t analyzed_pages, bool has_size) {
    if (has_size && leaf.pages == 0) return;
    if (!has_size || tuples < 0 || analyzed_pages <= 0) {
      table.row_estimate.reset();
    } else if (table.row_estimate) {
      const double density = tuples / static_cast<double>(analyzed_pages);
      *table.row_estimate += std::llround(density * static_cast<double>(leaf.pages));
    }
  }

  postgres::Connection& connection_;
  std::vector<SourceTable> tables_;
  std::unordered_map<std::uint32_t, std::size_t> places_;
  std::set<std::uint32_t> closed_;  // with a leaf that the user may not read
  std::string oids_;
};

bool is_plain_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
  }
  return true;
}

std::string show_part(std::string_view name) {
  return is_plain_name(name) ? std::string(name) : quote(name, '"');
}

struct NamePattern {
  std::string schema = "public";
  std::string name;
};

// Quotation marks keep dots and pattern characters together, as in SQL.
NamePattern read_pattern(std::string_view text) {
  std::vector<std::string> parts(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (is_quoted && text.substr(i + 1, 1) == "\"") {
        parts.back() += text[i++];
      } else {
        is_quoted = !is_quoted;
      }
    } else if (text[i] == '.' && !is_quoted) {
      parts.emplace_back();
    } else {
      parts.back() += text[i];
    }
  }
  NamePattern pattern;
  pattern.name = parts.back();
  if (parts.size() > 1) pattern.schema = parts[parts.size() - 2];
  return pattern;
}

bool is_readable_by_pattern(const SourceName& name) {
  return !name.is_partition && (name.kind == 'r' || name.kind == 'p');
}

// Which tables a selection takes.
class Selector {
 public:
  explicit Selector(std::span<const SourceName> all) : all_(all), is_taken_(all.size(), false) {}

  void take_all() {
    for (std::size_t i = 0; i < all_.size(); ++i) is_taken_[i] = is_readable_by_pattern(all_[i]);
  }

  Result<void> take_tables(const std::string& text) {
    const NamePattern pattern = read_pattern(text);
    bool is_found = false;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const bool is_match = is_exact(all_[i], pattern) ||
                            (is_readable_by_pattern(all_[i]) && is_like(all_[i], pattern));
      if (is_match) is_found = is_taken_[i] = true;
    }
    return is_found ? Result<void>() : unmatched(text, pattern);
  }

  Result<void> exclude(const std::string& text) {
    const NamePattern pattern = read_pattern(text);
    bool is_found = false;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (!is_exact(all_[i], pattern) && !is_like(all_[i], pattern)) continue;
      is_found = true;
      is_taken_[i] = false;
    }
    return is_found ? Result<void>() : unmatched(text, pattern);
  }

  Result<void> take_schemas(const std::string& pattern) {
    bool is_found = false;
    std::vector<std::string> schemas;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      schemas.push_back(all_[i].schema);
      if (!is_readable_by_pattern(all_[i]) || !matches_glob(pattern, all_[i].schema)) continue;
      is_found = is_taken_[i] = true;
    }
    if (is_found) return {};
    return not_found("no schema of the source with tables matches `{}`{}", pattern,
                     did_you_mean(pattern, schemas));
  }

  std::vector<SourceName> taken() const {
    std::vector<SourceName> taken;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (is_taken_[i]) taken.push_back(all_[i]);
    }
    return taken;
  }

 private:
  static bool is_exact(const SourceName& name, const NamePattern& pattern) {
    return name.schema == pattern.schema && name.name == pattern.name;
  }
  static bool is_like(const SourceName& name, const NamePattern& pattern) {
    return matches_glob(pattern.schema, name.schema) && matches_glob(pattern.name, name.name);
  }

  Error unmatched(const std::string& text, const NamePattern& pattern) const {
    std::vector<std::string> known;
    for (const SourceName& name : all_) {
      if (text.find('.') == std::string::npos && name.name == pattern.name) {
        return not_found("no table of the source matches `{}`, did you mean `{}`?", text,
                         show_name(name));
      }
      known.push_back(show_name(name));
    }
    return not_found("no table of the source matches `{}`{}", text,
                     did_you_mean(pattern.schema + '.' + pattern.name, known));
  }

  std::span<const SourceName> all_;
  std::vector<bool> is_taken_;
};

}  // namespace

std::string show_name(const SourceName& name) {
  return show_part(name.schema) + '.' + show_part(name.name);
}

Result<std::vector<SourceName>> list_sources(postgres::Connection& connection) {
  const auto rows = TRY(connection.query(kListQuery));
  std::vector<SourceName> names;
  names.reserve(static_cast<std::size_t>(rows.row_count()));
  for (int i = 0; i < rows.row_count(); ++i) {
    names.push_back({.oid = oid_at(rows, i, 0),
                     .schema = std::string(rows.at(i, 1)),
                     .name = std::string(rows.at(i, 2)),
                     .kind = rows.at(i, 3).empty() ? 'r' : rows.at(i, 3)[0],
                     .is_partition = rows.at(i, 4) == "t"});
  }
  return names;
}

Result<std::vector<SourceTable>> describe_sources(postgres::Connection& connection,
                                                  std::span<const SourceName> names) {
  return Describer(connection, names).describe();
}

Result<postgres::TypeTable> read_types(postgres::Connection& connection) {
  const auto rows = TRY(connection.query(std::string(postgres::type_table_query())));
  std::vector<postgres::TextRow> texts;
  for (int i = 0; i < rows.row_count(); ++i) {
    auto& row = texts.emplace_back();
    for (int k = 0; k < rows.column_count(); ++k) row.push_back(rows.optional_at(i, k));
  }
  return postgres::read_type_table(texts);
}

Result<int> read_money_scale(postgres::Connection& connection) {
  const auto text = TRY(connection.query_value("SELECT scale(1::int4::money::numeric)"));
  return static_cast<int>(parse_int64(text.value_or("2")).value_or(2));
}

Result<std::vector<SourceName>> select_sources(std::span<const SourceName> all,
                                               const Selection& selection) {
  Selector selector(all);
  if (selection.whole_database) selector.take_all();
  for (const std::string& text : selection.tables) TRY(selector.take_tables(text));
  for (const std::string& schema : selection.schemas) TRY(selector.take_schemas(schema));
  for (const std::string& text : selection.excluded) TRY(selector.exclude(text));
  auto taken = selector.taken();
  if (taken.empty() && !selection.excluded.empty()) {
    return not_found("all tables that were asked for are excluded");
  }
  return taken;
}

}  // namespace tarn::migrate
