// SPDX-License-Identifier: Apache-2.0
// Seeds where the warehouse takes rows as they are: the table is made by dbt's macro, which knows
// the types, and filled by one statement.
#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "jinja/modules.h"
#include "project/seed_table.h"
#include "run/driver.h"
#include "run/schema_change.h"
#include "run/warehouse_adapter.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::run {

using project::TableData;
using project::ValueType;

namespace {

using Rows = std::vector<std::vector<types::Value>>;

// The type in which a column's values are given; the table's own type may be another.
types::Type given_type(ValueType type) {
  switch (type) {
    case ValueType::Integer:
      return types::make_type(types::TypeKind::BigInt);
    case ValueType::Number:
      return types::make_type(types::TypeKind::Double);
    case ValueType::Boolean:
      return types::make_type(types::TypeKind::Boolean);
    case ValueType::Date:
      return types::make_type(types::TypeKind::Date);
    case ValueType::DateTime:
      return types::make_timestamp(6);
    case ValueType::Text:
    case ValueType::Unknown:
      return types::make_varchar();
  }
  return types::make_varchar();
}

Result<types::Value> value_of(const jinja::Value& cell, const types::Type& type) {
  if (cell.is_none() || cell.is_undefined()) return types::Value();
  switch (cell.kind()) {
    case jinja::Kind::Bool:
      if (type.is(types::TypeKind::Boolean)) return types::Value(cell.as_bool());
      break;
    case jinja::Kind::Int:
      if (type.is(types::TypeKind::BigInt)) return types::Value(cell.as_int());
      if (type.is(types::TypeKind::Double)) {
        return types::Value(static_cast<double>(cell.as_int()));
      }
      break;
    case jinja::Kind::Float:
      if (type.is(types::TypeKind::Double)) return types::Value(cell.as_float());
      break;
    case jinja::Kind::Text:
      if (type.is(types::TypeKind::Timestamp)) {
        types::Timestamp out;
        out.micros = TRY(parse_timestamp_micros(cell.text()));
        return types::Value(out);
      }
      return types::cast_from_text(type, cell.text(), {});
    default:
      if (auto date = jinja::date_text(cell)) return types::cast_from_text(type, *date, {});
  }
  return unsupported("a seed's value of type `{}` cannot become {}", jinja::type_name(cell),
                     types::to_string(type));
}

// Columns whose type is set in `column_types`: their texts are cast to it.
std::vector<types::Type> column_types(const NodeWork& work, const TableData& table) {
  std::vector<types::Type> out;
  const auto overrides = work.config("column_types");
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    types::Type type = given_type(table.types[i]);
    if (const auto text = overrides.get(table.names[i]).text(); !text.empty()) {
      if (auto wanted = types::parse_type(text)) type = *std::move(wanted);
    }
    out.push_back(std::move(type));
  }
  return out;
}

// Takes the table's rows.
Result<std::shared_ptr<const Rows>> read_rows(TableData& table,
                                              const std::vector<types::Type>& column_types) {
  auto out = std::make_shared<Rows>();
  out->reserve(table.rows.size());
  for (std::size_t line = 0; line < table.rows.size(); ++line) {
    const auto cells = std::move(table.rows[line]);
    auto& row = out->emplace_back();
    row.reserve(cells.size());
    for (std::size_t i = 0; i < column_types.size(); ++i) {
      auto value = value_of(cells[i], column_types[i]);
      if (!value) {
        return std::move(value.error())
            .with_context(fmt::format("column `{}`, row {}", table.names[i], line + 1));
      }
      row.push_back(*std::move(value));
    }
  }
  table.rows = {};
  return std::shared_ptr<const Rows>(std::move(out));
}

// The table has the seed's columns, in types that take its values.
Result<bool> has_columns(NodeWork& work, const TableData& table,
                         const std::vector<types::Type>& types) {
  std::vector<project::ColumnInfo> wanted;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const bool is_integer = types[i].is(types::TypeKind::BigInt);
    wanted.push_back({table.names[i], is_integer ? "integer" : types::to_string(types[i])});
  }
  return compare_columns(wanted, TRY(work.target_columns())).empty();
}

}  // namespace

Result<void> run_seed(const RunContext& context, const project::Node& node, NodeResult& result) {
  // Timestamps stay texts: dbt's own values do not show their microseconds.
  auto table = TRY(project::load_seed(context.project, node, {.timestamps_as_texts = true}));
  // The macro needs names and types only.
  NodeWork work(context, node, result,
                {{"dbt_seed", project::make_table(TableData{table.names, {}, table.types})}});
  TRY(work.run_pre_hooks());
  const auto types = column_types(work, table);
  const auto rows = TRY(read_rows(table, types));
  const auto type = TRY(work.existing_type());
  const bool refill =
      type == "table" && !work.is_full_refresh() && TRY(has_columns(work, table, types));
  if (type && !refill) {
    TRY(work.session().render("{% do adapter.drop_relation(load_cached_relation(this)) %}"));
  }
  TRY(work.begin());
  if (refill) {
    const std::string emptying = "delete from " + work.target().render();
    TRY(work.keep_sql(emptying));
    TRY(work.run_other(emptying));
  } else {
    const auto created = TRY(work.session().render("{{ create_csv_table(model, dbt_seed) }}"));
    TRY(work.keep_sql(std::string(trim(created))));
  }
  if (!rows->empty()) {
    TRY(work.keep_sql(fmt::format("-- {} rows of {}, appended without a statement", rows->size(),
                                  node.original_path)));
    std::vector<warehouse::Column> columns;
    for (std::size_t i = 0; i < types.size(); ++i) columns.push_back({table.names[i], types[i]});
    auto* connection = TRY(context.adapter.connection());
    const auto answer =
        TRY(connection->append(work.target().render(), columns, rows, context.cancel));
    if (!answer) return internal("the warehouse takes no rows");
  }
  TRY(work.commit());
  auto made = work.target();
  made.type = "table";
  context.cache.add(made);
  const auto count = static_cast<std::int64_t>(rows->size());
  result.response = {fmt::format("INSERT {}", count), "INSERT", count, ""};
  result.message = result.response.message;
  return work.finish();
}

}  // namespace tarn::run
