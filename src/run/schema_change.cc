// SPDX-License-Identifier: Apache-2.0
#include "run/schema_change.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "run/sql_text.h"
#include "types/coercion.h"
#include "types/type_text.h"

namespace tarn::run {

using project::ColumnInfo;
using types::TypeKind;

namespace {

std::map<std::string, const ColumnInfo*> by_name(const std::vector<ColumnInfo>& columns) {
  std::map<std::string, const ColumnInfo*> out;
  for (const auto& column : columns) out[to_lower(column.name)] = &column;
  return out;
}

// As Trino's Iceberg connector maps types to what tables can have.
types::Type stored_type(const types::Type& type) {
  switch (type.kind) {
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
      return types::make_type(TypeKind::Integer);
    case TypeKind::Varchar:
    case TypeKind::Char:
      return types::make_varchar();
    case TypeKind::Time:
      return types::make_time(6);
    case TypeKind::Timestamp:
      return types::make_timestamp(6);
    case TypeKind::TimestampWithTimeZone:
      return types::make_timestamp_with_time_zone(6);
    case TypeKind::Array:
    case TypeKind::Map:
    case TypeKind::Row: {
      types::Type out = type;
      for (auto& field : out.fields) field.type = stored_type(field.type);
      return out;
    }
    default:
      return type;
  }
}

bool fits(const std::string& query_type, const std::string& table_type) {
  const auto from = types::parse_type(query_type);
  const auto to = types::parse_type(table_type);
  if (!from || !to) return query_type == table_type;
  return types::can_coerce(stored_type(*from), *to);
}

std::string names_text(const std::vector<ColumnInfo>& columns) {
  std::string out;
  for (const auto& column : columns) {
    out += fmt::format("{}{} ({})", out.empty() ? "" : ", ", column.name, column.type);
  }
  return out.empty() ? "none" : out;
}

}  // namespace

std::optional<OnSchemaChange> parse_on_schema_change(std::string_view text) {
  if (text.empty() || text == "ignore") return OnSchemaChange::Ignore;
  if (text == "fail") return OnSchemaChange::Fail;
  if (text == "append_new_columns") return OnSchemaChange::AppendNewColumns;
  if (text == "sync_all_columns") return OnSchemaChange::SyncAllColumns;
  return std::nullopt;
}

SchemaChange compare_columns(const std::vector<ColumnInfo>& query,
                             const std::vector<ColumnInfo>& table) {
  SchemaChange out;
  const auto in_table = by_name(table);
  const auto in_query = by_name(query);
  for (const auto& column : query) {
    auto found = in_table.find(to_lower(column.name));
    if (found == in_table.end()) {
      out.added.push_back(column);
    } else if (!fits(column.type, found->second->type)) {
      out.retyped.push_back({found->second->name, found->second->type, column.type});
    }
  }
  for (const auto& column : table) {
    if (!in_query.contains(to_lower(column.name))) out.removed.push_back(column);
  }
  return out;
}

std::string stored_type_text(const std::string& type) {
  const auto parsed = types::parse_type(type);
  return parsed ? types::to_string(stored_type(*parsed)) : type;
}

bool can_widen(const std::string& from, const std::string& to) {
  const auto old_type = types::parse_type(from);
  const auto new_type = types::parse_type(to);
  if (!old_type || !new_type) return false;
  if (old_type->is(TypeKind::Integer)) return new_type->is(TypeKind::BigInt);
  if (old_type->is(TypeKind::Real)) return new_type->is(TypeKind::Double);
  return old_type->is(TypeKind::Decimal) && new_type->is(TypeKind::Decimal) &&
         old_type->scale == new_type->scale && old_type->precision < new_type->precision;
}

std::vector<std::string> add_column_statements(const std::string& table,
                                               const std::vector<ColumnInfo>& columns) {
  std::vector<std::string> out;
  for (const auto& column : columns) {
    out.push_back(fmt::format("alter table {} add column {} {}", table, quoted_name(column.name),
                              stored_type_text(column.type)));
  }
  return out;
}

std::vector<std::string> drop_column_statements(const std::string& table,
                                                const std::vector<ColumnInfo>& columns) {
  std::vector<std::string> out;
  for (const auto& column : columns) {
    out.push_back(fmt::format("alter table {} drop column {}", table, quoted_name(column.name)));
  }
  return out;
}

std::vector<std::string> widen_column_statements(const std::string& table,
                                                 const std::vector<TypeChange>& changes) {
  std::vector<std::string> out;
  for (const auto& change : changes) {
    out.push_back(fmt::format("alter table {} alter column {} set data type {}", table,
                              quoted_name(change.name), stored_type_text(change.to)));
  }
  return out;
}

std::string out_of_sync_message(const SchemaChange& change) {
  std::vector<ColumnInfo> retyped;
  for (const auto& column : change.retyped) {
    retyped.push_back({column.name, column.from + " → " + column.to});
  }
  return fmt::format(
      "the source and target schemas on this incremental model are out of sync: they can be "
      "reconciled by on_schema_change set to append_new_columns or sync_all_columns, by running "
      "with --full-refresh, or by hand. Source columns not in target: {}. Target columns not in "
      "source: {}. New column types: {}",
      names_text(change.added), names_text(change.removed), names_text(retyped));
}

}  // namespace tarn::run
