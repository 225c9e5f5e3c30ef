// SPDX-License-Identifier: Apache-2.0
// INSERT, DELETE, UPDATE, TRUNCATE on tables of a lake.
#include "base/text.h"
#include "duckdb/lake_session.h"
#include "engine/dml_target.h"
#include "engine/lake_filter.h"
#include "engine/lake_write.h"
#include "engine/statements.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::named_error;

namespace {

Answer counted(const char* update_type, std::int64_t count) {
  return make_update(update_type, count);
}

}  // namespace

Result<Answer> run_insert(StatementRun& run, const sql::Insert& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.table)))
    return *std::move(answer);
  const auto target = TRY(open_target(run, statement.table, "Inserting into", "inserts"));
  auto typed = TRY(analysis::analyze_insert(statement, run, run.options()));
  TRY(check_writable_format(table_format(*target.table.metadata)));
  const iceberg::Schema& schema = target.table.metadata->schema();
  const std::string rows =
      TRY(print_stored_rows(run, std::move(typed.source), schema, typed.columns));
  const std::int64_t count = TRY(execute_write(run, insert_text(target.name, schema, rows)));
  TRY(commit_write(run));
  return counted("INSERT", count);
}

namespace {

// Without looking at rows, if the condition allows it; nullopt if not.
Result<std::optional<std::int64_t>> delete_by_metadata(StatementRun& run, const WriteTarget& target,
                                                       const analysis::TypedDelete& typed) {
  iceberg::Expression filter = iceberg::always_true();
  if (typed.condition) {
    const ConstantEvaluator evaluate = [&](const analysis::TypedExpression& expression) {
      if (expression.kind == analysis::TypedKind::Constant) {
        return Result<types::Value>(expression.constant);
      }
      return evaluate_constant(expression, run.query_context());
    };
    auto converted = TRY(
        to_lake_filter(*typed.condition, *typed.target, target.table.metadata->schema(), evaluate));
    if (!converted) return std::optional<std::int64_t>();
    filter = *std::move(converted);
  }
  auto bound = iceberg::bind_expression(filter, target.table.metadata->schema());
  if (!bound) return std::optional<std::int64_t>();
  return duckdb::delete_whole_files(run.connection(), target.lake->name, target.table.identifier,
                                    *bound);
}

}  // namespace

Result<Answer> run_delete(StatementRun& run, const sql::Delete& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.table)))
    return *std::move(answer);
  const auto target = TRY(open_target(run, statement.table, "Deleting from", "deletes"));
  const auto typed = TRY(analysis::analyze_delete(statement, run, run.options()));
  auto count = TRY(delete_by_metadata(run, target, typed));
  if (!count) {
    SqlPrinter printer(run.values());
    bind_target(printer, *typed.target, *typed.table);
    const std::string condition = TRY(printer.print_condition(*typed.condition));
    run.keep(printer.take_alive());
    count = TRY(execute_write(
        run, fmt::format("DELETE FROM {} AS {} WHERE {}", target.name, kTargetAlias, condition)));
  }
  TRY(commit_write(run));
  return counted("DELETE", *count);
}

Result<Answer> run_update(StatementRun& run, const sql::Update& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.table)))
    return *std::move(answer);
  const auto target = TRY(open_target(run, statement.table, "Updating", "modifying table rows"));
  const auto typed = TRY(analysis::analyze_update(statement, run, run.options()));
  TRY(check_writable_format(table_format(*target.table.metadata)));
  SqlPrinter printer(run.values());
  bind_target(printer, *typed.target, *typed.table);
  const std::string assignments = TRY(
      print_assignments(printer, typed.assignments, *target.table.metadata, "INVALID_ARGUMENTS"));
  std::string sql = fmt::format("UPDATE {} AS {} SET {}", target.name, kTargetAlias, assignments);
  if (typed.condition) sql += " WHERE " + TRY(printer.print_condition(*typed.condition));
  run.keep(printer.take_alive());
  const std::int64_t count = TRY(execute_write(run, sql));
  TRY(commit_write(run));
  return counted("UPDATE", count);
}

Result<Answer> run_truncate(StatementRun& run, const sql::Truncate& statement) {
  if (auto answer = TRY(run_in_postgres(run, statement, statement.table)))
    return *std::move(answer);
  const auto id = TRY(run.resolve(statement.table));
  const auto relation = TRY(run.find_relation(id));
  if (relation && relation->kind != RelationKind::Table) {
    return named_error("NOT_SUPPORTED", statement.span, "Cannot truncate a {}",
                       to_string(relation->kind));
  }
  const auto target = TRY(open_target(run, statement.table, "Truncating", "truncating tables"));
  auto count = TRY(duckdb::delete_whole_files(run.connection(), target.lake->name,
                                              target.table.identifier, iceberg::always_true()));
  if (!count) TRY(execute_write(run, fmt::format("DELETE FROM {}", target.name)));
  TRY(commit_write(run));
  return make_update("TRUNCATE TABLE");
}

}  // namespace tarn::engine
