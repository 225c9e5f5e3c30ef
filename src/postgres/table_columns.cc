// SPDX-License-Identifier: Apache-2.0
#include "postgres/table_columns.h"

#include "base/text.h"
#include "postgres/quoting.h"

namespace tarn::postgres {
namespace {

constexpr const char* kColumnQuery = R"(SELECT a.attname, a.atttypid::int8, a.atttypmod,
       NOT a.attnotnull, a.attgenerated <> '',
       coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0),
       pg_catalog.col_description(a.attrelid, a.attnum)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY a.attnum)";

}  // namespace

Result<TypeTable> load_type_table(Connection& connection) {
  const Rows rows = TRY(connection.query(std::string(type_table_query())));
  std::vector<TextRow> texts;
  for (int row = 0; row < rows.row_count(); ++row) {
    TextRow& text = texts.emplace_back();
    for (int column = 0; column < rows.column_count(); ++column) {
      text.push_back(rows.optional_at(row, column));
    }
  }
  return read_type_table(texts);
}

Result<std::vector<SourceColumn>> load_columns(Connection& connection, std::string_view schema,
                                               std::string_view table) {
  const std::optional<std::string> parameters[] = {std::string(schema), std::string(table)};
  const Rows rows = TRY(connection.query(kColumnQuery, parameters));
  std::vector<SourceColumn> columns;
  for (int row = 0; row < rows.row_count(); ++row) {
    const auto number = [&](int column) { return parse_int64(rows.at(row, column)).value_or(0); };
    SourceColumn& column = columns.emplace_back();
    column.name = rows.at(row, 0);
    column.type = static_cast<std::uint32_t>(number(1));
    column.modifier = static_cast<std::int32_t>(number(2));
    column.is_nullable = rows.at(row, 3) == "t";
    column.is_generated = rows.at(row, 4) == "t";
    // indkey counts its elements from 0.
    column.primary_key_position = static_cast<int>(number(5));
    column.comment = rows.optional_at(row, 6);
  }
  if (columns.empty()) {
    return not_found("table {} does not exist or has no columns", quote_qualified(schema, table));
  }
  return columns;
}

Result<int> load_money_scale(Connection& connection) {
  // One unit in the locale's smallest part.
  const auto value = TRY(connection.query_value("SELECT (1::money::numeric * 1)::text"));
  if (!value) return internal("no answer about money");
  const std::size_t point = value->find('.');
  return point == std::string::npos ? 0 : static_cast<int>(value->size() - point - 1);
}

}  // namespace tarn::postgres
