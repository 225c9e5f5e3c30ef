// SPDX-License-Identifier: Apache-2.0
// MERGE into a table of a lake, and what the statements with a target share.
#include "base/text.h"
#include "engine/dml_target.h"
#include "engine/inline_common_tables.h"
#include "engine/lake_write.h"
#include "engine/statements.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::named_error;

void bind_target(SqlPrinter& printer, const analysis::TypedRelation& scan,
                 const analysis::TableInfo& table) {
  for (std::size_t i = 0; i < scan.columns.size(); ++i) {
    const auto& column = table.columns[static_cast<std::size_t>(scan.source_columns[i])];
    std::string name = quote(column.name, '"');
    if (column.name == "$path") name = "filename";
    const std::string text = fmt::format("{}.{}", kTargetAlias, name);
    printer.bind_column(scan.columns[i].id, stored_column(column.type, text));
  }
}

Result<std::string> print_assigned(SqlPrinter& printer, const analysis::TypedExpression& value,
                                   const iceberg::Field& field, std::string_view error_name) {
  std::string text = to_stored(value.type, TRY(printer.print_value(value)));
  if (field.required) text = not_null_text(text, error_name, to_lower(field.name));
  return text;
}

Result<std::string> print_assignments(SqlPrinter& printer,
                                      const std::vector<analysis::TypedAssignment>& assignments,
                                      const iceberg::TableMetadata& metadata,
                                      std::string_view error_name) {
  std::string out;
  for (const auto& assignment : assignments) {
    const auto& field = metadata.schema().fields[static_cast<std::size_t>(assignment.column)];
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", quote(field.name, '"'),
                       TRY(print_assigned(printer, *assignment.value, field, error_name)));
  }
  return out;
}

namespace {

Result<std::string> print_insert_case(SqlPrinter& printer, const analysis::TypedMergeCase& item,
                                      const iceberg::TableMetadata& metadata) {
  std::string columns;
  std::string values;
  const auto& fields = metadata.schema().fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const analysis::TypedAssignment* given = nullptr;
    for (const auto& assignment : item.assignments) {
      if (static_cast<std::size_t>(assignment.column) == i) given = &assignment;
    }
    std::string value = "NULL";
    if (given != nullptr) {
      value = TRY(print_assigned(printer, *given->value, fields[i], "CONSTRAINT_VIOLATION"));
    } else if (fields[i].required) {
      value = not_null_text("NULL", "CONSTRAINT_VIOLATION", to_lower(fields[i].name));
    }
    columns += (i == 0 ? "" : ", ") + quote(fields[i].name, '"');
    values += (i == 0 ? "" : ", ") + value;
  }
  return fmt::format("INSERT ({}) VALUES ({})", columns, values);
}

Result<std::string> print_case(SqlPrinter& printer, const analysis::TypedMergeCase& item,
                               const iceberg::TableMetadata& metadata) {
  using Action = sql::MergeCase::Action;
  const bool inserts = item.action == Action::Insert;
  std::string out = inserts ? " WHEN NOT MATCHED" : " WHEN MATCHED";
  if (item.condition) out += " AND " + TRY(printer.print_condition(*item.condition));
  out += " THEN ";
  switch (item.action) {
    case Action::Insert:
      return out + TRY(print_insert_case(printer, item, metadata));
    case Action::Delete:
      return out + "DELETE";
    case Action::Update:
      return out + "UPDATE SET " +
             TRY(print_assignments(printer, item.assignments, metadata, "INVALID_ARGUMENTS"));
  }
  return out;
}

bool writes_rows(const analysis::TypedMerge& typed) {
  for (const auto& item : typed.cases) {
    if (item.action != sql::MergeCase::Action::Delete) return true;
  }
  return false;
}

}  // namespace

Result<Answer> run_merge(StatementRun& run, const sql::Merge& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.table))) {
    return *std::move(answer);
  }
  const auto target =
      TRY(open_target(run, statement.table, "Merging into", "modifying table rows"));
  auto typed = TRY(analysis::analyze_merge(statement, run, run.options()));
  inline_common_tables(typed.source);
  if (writes_rows(typed)) TRY(check_writable_format(table_format(*target.table.metadata)));
  SqlPrinter printer(run.values());
  const std::string source = TRY(printer.print_relation(*typed.source));
  for (const auto& column : typed.source->columns) {
    printer.bind_column(
        column.id, {fmt::format("tarn_source.c{}", column.id.value), printer.form_of(column.id)});
  }
  bind_target(printer, *typed.target, *typed.table);
  std::string sql =
      fmt::format("MERGE INTO {} AS {} USING ({}) AS tarn_source ON {}", target.name, kTargetAlias,
                  source, TRY(printer.print_condition(*typed.condition)));
  for (const auto& item : typed.cases) {
    sql += TRY(print_case(printer, item, *target.table.metadata));
  }
  run.keep(printer.take_alive());
  auto count = execute_write(run, sql);
  if (!count) {
    auto error = std::move(count).error();
    if (error.message.find("matched by more than one row") != std::string::npos) {
      return named_error("MERGE_TARGET_ROW_MULTIPLE_MATCHES", statement.span,
                         "One MERGE target table row matched more than one source row");
    }
    return error;
  }
  TRY(commit_write(run));
  return make_update("MERGE", *count);
}

}  // namespace tarn::engine
