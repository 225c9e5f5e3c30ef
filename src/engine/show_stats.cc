// SPDX-License-Identifier: Apache-2.0
// SHOW STATS: what the manifests tell of a table's columns.
#include <map>

#include "base/text.h"
#include "engine/lake_access.h"
#include "engine/lake_type.h"
#include "engine/statements.h"
#include "iceberg/distinct_counts.h"
#include "iceberg/scan/plan.h"
#include "types/error_name.h"
#include "types/number_text.h"
#include "types/value_text.h"

namespace tarn::engine {

using types::named_error;
using types::Value;

namespace {

struct ColumnFigures {
  std::int64_t bytes = 0;
  std::int64_t nulls = 0;
  std::optional<std::int64_t> distinct;
  bool nulls_known = true;
  bool bounds_known = true;
  std::optional<iceberg::Value> low;
  std::optional<iceberg::Value> high;
};

void add_bounds(ColumnFigures& figures, const iceberg::DataFile& file,
                const iceberg::Field& field) {
  const std::int64_t* nulls = file.null_value_counts.find(field.id);
  if (nulls == nullptr) {
    figures.nulls_known = false;
  } else {
    figures.nulls += *nulls;
  }
  if (const auto* bytes = file.column_sizes.find(field.id)) figures.bytes += *bytes;
  const std::string* low = file.lower_bounds.find(field.id);
  const std::string* high = file.upper_bounds.find(field.id);
  auto low_value = low != nullptr ? iceberg::value_from_bytes(*low, field.type)
                                  : Result<iceberg::Value>(not_found("no bound"));
  auto high_value = high != nullptr ? iceberg::value_from_bytes(*high, field.type)
                                    : Result<iceberg::Value>(not_found("no bound"));
  if (!low_value || !high_value) {
    if (nulls == nullptr || *nulls != file.record_count) figures.bounds_known = false;
    return;
  }
  if (!figures.low || iceberg::compare(*low_value, *figures.low) < 0) figures.low = *low_value;
  if (!figures.high || iceberg::compare(*high_value, *figures.high) > 0) {
    figures.high = *high_value;
  }
}

bool shows_bounds(const types::Type& type) {
  return types::is_numeric(type) || type.is(types::TypeKind::Date) ||
         type.is(types::TypeKind::Timestamp) || type.is(types::TypeKind::TimestampWithTimeZone);
}

// Trino keeps the bounds of decimals as doubles, and shows doubles as Java does.
Value bound_text(const types::Type& type, const Value& value) {
  std::string text;
  if (type.is(types::TypeKind::Double)) {
    types::append_java_double(text, value.as_double());
  } else if (type.is(types::TypeKind::Real)) {
    types::append_java_float(text, static_cast<float>(value.as_double()));
  } else if (type.is(types::TypeKind::Decimal)) {
    types::append_java_double(text, parse_double(types::cast_to_text(type, value)).value_or(0));
  } else {
    text = types::cast_to_text(type, value);
  }
  return text_value(std::move(text));
}

Row stats_row(const iceberg::Field& field, const ColumnFigures& figures, std::int64_t rows) {
  Value low;
  Value high;
  auto type = from_lake_type(field.type);
  if (type && shows_bounds(*type) && figures.bounds_known && figures.low) {
    low = bound_text(*type, from_lake_value(*figures.low, field.type));
    high = bound_text(*type, from_lake_value(*figures.high, field.type));
  }
  const bool counts_nulls = figures.nulls_known && rows > 0;
  const bool is_text =
      type && (type->is(types::TypeKind::Varchar) || type->is(types::TypeKind::Varbinary));
  return {text_value(to_lower(field.name)),
          is_text && rows > 0 ? Value(static_cast<double>(figures.bytes)) : Value(),
          rows == 0          ? Value(0.0)
          : figures.distinct ? Value(static_cast<double>(*figures.distinct))
                             : Value(),
          rows == 0      ? Value(1.0)
          : counts_nulls ? Value(static_cast<double>(figures.nulls) / static_cast<double>(rows))
                         : Value(),
          Value(),
          std::move(low),
          std::move(high)};
}

Result<std::vector<Row>> table_rows(const LakeCatalog& lake, const iceberg::LoadedTable& table) {
  const iceberg::TableMetadata& metadata = *table.metadata;
  std::vector<ColumnFigures> figures(metadata.schema().fields.size());
  std::int64_t rows = 0;
  for (const auto& [id, count] : iceberg::distinct_counts(metadata)) {
    for (std::size_t i = 0; i < figures.size(); ++i) {
      if (metadata.schema().fields[i].id == id) figures[i].distinct = count;
    }
  }
  if (metadata.current_snapshot() != nullptr) {
    iceberg::ManifestCache cache;
    const auto plan =
        TRY(iceberg::plan_scan(*lake.store, cache, metadata, metadata.current_snapshot(),
                               metadata.schema(), iceberg::ScanRequest{}));
    for (const auto& file : plan.files) {
      rows += file.data->file.record_count;
      for (std::size_t i = 0; i < figures.size(); ++i) {
        const auto& field = metadata.schema().fields[i];
        if (field.type.is_primitive()) add_bounds(figures[i], file.data->file, field);
      }
    }
  }
  std::vector<Row> out;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const auto& field = metadata.schema().fields[i];
    if (!field.type.is_primitive()) {
      out.push_back(
          {text_value(to_lower(field.name)), Value(), Value(), Value(), Value(), Value(), Value()});
      continue;
    }
    out.push_back(stats_row(field, figures[i], rows));
  }
  out.push_back(
      {Value(), Value(), Value(), Value(), Value(static_cast<double>(rows)), Value(), Value()});
  return out;
}

std::vector<AnswerColumn> stats_columns() {
  const auto text = varchar_type();
  const auto real = types::make_type(types::TypeKind::Double);
  return {{"column_name", text},    {"data_size", real}, {"distinct_values_count", real},
          {"nulls_fraction", real}, {"row_count", real}, {"low_value", text},
          {"high_value", text}};
}

}  // namespace

Result<Answer> run_show_stats(StatementRun& run, const sql::ShowStats& statement) {
  if (statement.query) {
    // Of a query nothing is known but its columns.
    const auto query = TRY(analysis::analyze_query(*statement.query, run, run.options()));
    std::vector<Row> rows;
    for (const auto& output : query.outputs) {
      rows.push_back(
          {text_value(output.name), Value(), Value(), Value(), Value(), Value(), Value()});
    }
    rows.push_back({Value(), Value(), Value(), Value(), Value(), Value(), Value()});
    return make_answer(stats_columns(), std::move(rows));
  }
  const auto id = TRY(run.resolve(statement.table));
  const auto relation = TRY(run.find_relation(id));
  if (!relation) {
    return named_error("TABLE_NOT_FOUND", statement.span, "Table '{}' does not exist",
                       to_string(id));
  }
  const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
  auto object = lake != nullptr ? TRY(find_lake_object(*lake, id)) : std::nullopt;
  std::vector<Row> rows;
  if (object && object->table) {
    rows = TRY(table_rows(*lake, *object->table));
  } else {
    for (const auto& column : relation->info->columns) {
      if (column.hidden) continue;
      rows.push_back(
          {text_value(column.name), Value(), Value(), Value(), Value(), Value(), Value()});
    }
    rows.push_back({Value(), Value(), Value(), Value(), Value(), Value(), Value()});
  }
  return make_answer(stats_columns(), std::move(rows));
}

}  // namespace tarn::engine
