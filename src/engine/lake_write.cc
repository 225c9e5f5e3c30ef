// SPDX-License-Identifier: Apache-2.0
#include "engine/lake_write.h"

#include "base/text.h"
#include "duckdb/lake_session.h"
#include "duckdb/trino_error.h"
#include "engine/inline_common_tables.h"
#include "engine/lake_type.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using types::named_error;

namespace {

// Ids beyond those that the analyzer gives.
constexpr std::int32_t kFirstOwnId = 1'500'000'000;

// Outputs as what the fields hold: `timestamp(9)` as `timestamp(6)`, `char(3)` as `varchar`.
Result<analysis::TypedQuery> cast_outputs(analysis::TypedQuery query,
                                          const std::vector<types::Type>& wanted) {
  bool changes = false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    changes = changes || !(query.outputs[i].type == wanted[i]);
  }
  if (!changes) return query;
  auto project = std::make_unique<analysis::TypedRelation>();
  project->kind = analysis::TypedRelationKind::Project;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto& output = query.outputs[i];
    auto column = std::make_unique<analysis::TypedExpression>();
    column->kind = analysis::TypedKind::Column;
    column->type = output.type;
    column->column = output.id;
    if (!(output.type == wanted[i])) {
      auto cast = std::make_unique<analysis::TypedExpression>();
      cast->kind = analysis::TypedKind::Cast;
      cast->type = wanted[i];
      cast->implicit = true;
      cast->children.push_back(std::move(column));
      column = std::move(cast);
    }
    const analysis::ColumnId id(kFirstOwnId + static_cast<std::int32_t>(i));
    project->expressions.push_back(std::move(column));
    project->columns.push_back({id, wanted[i]});
    output.id = id;
    output.type = wanted[i];
  }
  project->inputs.push_back(std::move(query.relation));
  query.relation = std::move(project);
  return query;
}

}  // namespace

Result<void> check_writable_format(const std::string& format) {
  if (equals_ignore_case(format, "PARQUET")) return {};
  return named_error(
      "NOT_SUPPORTED", {},
      "Writing {} files is not supported: only PARQUET tables can be written (of a table that "
      "is there: ALTER TABLE … SET PROPERTIES format = 'PARQUET' makes new files so)",
      to_upper(format));
}

std::string quoted_table(const LakeCatalog& lake, const iceberg::TableIdentifier& table) {
  return fmt::format("{}.{}.{}", quote(lake.name, '"'), quote(to_string(table.space), '"'),
                     quote(table.name, '"'));
}

Result<WriteTarget> open_target(StatementRun& run, const sql::QualifiedName& name,
                                std::string_view doing, std::string_view verb) {
  WriteTarget target;
  target.id = TRY(run.resolve(name));
  target.lake = TRY(find_lake(run, target.id.catalog));
  if (target.lake == nullptr) {
    auto relation = TRY(run.find_relation(target.id));
    if (!relation) {
      return named_error("TABLE_NOT_FOUND", name.span, "Table '{}' does not exist",
                         to_string(target.id));
    }
    return named_error("NOT_SUPPORTED", name.span, "This connector does not support {}", verb);
  }
  auto relation = TRY(run.find_relation(target.id));
  if (!relation) {
    return named_error("TABLE_NOT_FOUND", name.span, "Table '{}' does not exist",
                       to_string(target.id));
  }
  if (relation->kind != RelationKind::Table) {
    return named_error("NOT_SUPPORTED", name.span, "{} {}s is not supported", doing,
                       to_string(relation->kind));
  }
  TRY(run.check_write(target.id.catalog));
  if (const auto& open = run.session().transaction) {
    if (auto found = open->created.find(to_string(target.id)); found != open->created.end()) {
      target.table = found->second;
      target.name = quoted_table(*target.lake, target.table.identifier);
      return target;
    }
  }
  auto object = TRY(find_lake_object(*target.lake, target.id));
  if (!object || !object->table) {
    return named_error("NOT_SUPPORTED", name.span, "Metadata tables cannot be changed");
  }
  TRY(run.begin());
  target.table =
      TRY(duckdb::pin_table(run.connection(), target.lake->name, *std::move(object->table)));
  target.name = quoted_table(*target.lake, target.table.identifier);
  return target;
}

std::string not_null_text(const std::string& value, std::string_view error_name,
                          const std::string& column) {
  const std::string message =
      fmt::format("{}: NULL value not allowed for NOT NULL column: {}", error_name, column);
  return fmt::format("coalesce({}, error({}))", value, quote(message, '\''));
}

Result<std::string> print_stored_rows(StatementRun& run, analysis::TypedQuery query,
                                      const iceberg::Schema& schema,
                                      const std::vector<std::int32_t>& columns) {
  std::vector<types::Type> wanted;
  for (std::int32_t column : columns) {
    wanted.push_back(TRY(from_lake_type(schema.fields[static_cast<std::size_t>(column)].type)));
  }
  inline_common_tables(query.relation);
  const auto stored = TRY(cast_outputs(std::move(query), wanted));
  SqlPrinter printer(run.values());
  const std::string rows = TRY(printer.print_stored_query(stored));
  run.keep(printer.take_alive());
  std::string list;
  for (std::size_t field = 0; field < schema.fields.size(); ++field) {
    std::string text = "NULL";
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (static_cast<std::size_t>(columns[i]) == field) text = fmt::format("r.v{}", i);
    }
    if (schema.fields[field].required) {
      text = not_null_text(text, "CONSTRAINT_VIOLATION", to_lower(schema.fields[field].name));
    }
    list += (field == 0 ? "" : ", ") + text;
  }
  std::string names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += fmt::format("{}v{}", i == 0 ? "" : ", ", i);
  }
  return fmt::format("SELECT {} FROM ({}) AS r({})", list, rows, names);
}

std::string insert_text(const std::string& name, const iceberg::Schema& schema,
                        const std::string& rows) {
  std::string columns;
  for (const auto& field : schema.fields) {
    columns += (columns.empty() ? "" : ", ") + quote(field.name, '"');
  }
  return fmt::format("INSERT INTO {} ({}) {}", name, columns, rows);
}

Result<std::int64_t> execute_write(StatementRun& run, const std::string& sql) {
  return duckdb::with_trino_error(run.connection().execute(sql, run.cancel()));
}

Result<void> commit_write(StatementRun& run) {
  auto committed = run.commit();
  if (committed) return {};
  if (committed.error().code == ErrorCode::Conflict) {
    return types::with_name(std::move(committed).error(), "ICEBERG_COMMIT_ERROR", {});
  }
  return std::move(committed).error();
}

std::vector<GivenProperty> like_properties(const iceberg::TableMetadata& metadata) {
  std::vector<GivenProperty> out;
  const auto text = [](std::string value) {
    return types::TypedValue{types::make_varchar(), types::Value(std::move(value))};
  };
  const auto list = [](const std::vector<std::string>& values) {
    std::vector<types::Value> items;
    for (const auto& value : values) items.emplace_back(value);
    return types::TypedValue{types::make_array(types::make_varchar()),
                             types::Value(std::move(items))};
  };
  out.push_back({"format", text(table_format(metadata))});
  out.push_back({"format_version", types::TypedValue{types::make_type(types::TypeKind::Integer),
                                                     types::Value(metadata.format_version)}});
  if (!metadata.spec().is_unpartitioned()) {
    out.push_back({"partitioning", list(partitioning_texts(metadata.spec(), metadata.schema()))});
  }
  if (!metadata.sort_order().is_unsorted()) {
    out.push_back({"sorted_by", list(sorted_by_texts(metadata.sort_order(), metadata.schema()))});
  }
  return out;
}

}  // namespace tarn::engine
