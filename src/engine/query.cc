// SPDX-License-Identifier: Apache-2.0
#include "engine/query.h"

#include "duckdb/typed_rows.h"
#include "engine/correlation.h"
#include "types/error_name.h"

namespace tarn::engine {

namespace {

class QueryRows final : public RowReader {
 public:
  QueryRows(duckdb::TypedRows rows, KeepAlive alive)
      : alive_(std::move(alive)), rows_(std::move(rows)) {}

  Result<std::vector<Row>> next() override { return rows_.next(); }

 private:
  KeepAlive alive_;  // longer than the rows
  duckdb::TypedRows rows_;
};

// What DuckDB refuses to plan is a form that we do not support, not a failure of the statement.
Error as_refusal(Error error) {
  if (error.kind != "refused") return error;
  types::NamedError named = types::split_error(error);
  return types::named_error("NOT_SUPPORTED", {}, "the engine cannot run this statement: {}",
                            named.message);
}

}  // namespace

Result<std::vector<Row>> read_all(Answer& answer) {
  std::vector<Row> out;
  while (answer.rows) {
    std::vector<Row> batch = TRY(answer.rows->next());
    if (batch.empty()) break;
    if (out.empty()) {
      out = std::move(batch);
    } else {
      out.insert(out.end(), std::make_move_iterator(batch.begin()),
                 std::make_move_iterator(batch.end()));
    }
  }
  return out;
}

Result<Answer> run_query(const analysis::TypedQuery& query, const QueryContext& context) {
  TRY(check_correlation(query));
  SqlPrinter printer(context.session);
  std::string sql = TRY(printer.print_query(query));
  Answer answer;
  std::vector<types::Type> types;
  for (const auto& output : query.outputs) {
    answer.columns.push_back({output.name, output.type});
    types.push_back(output.type);
  }
  auto rows = duckdb::TypedRows::open(context.connection, sql, std::move(types), context.cancel);
  if (!rows) return as_refusal(std::move(rows).error());
  answer.rows = std::make_unique<QueryRows>(std::move(*rows), printer.take_alive());
  return answer;
}

Result<Answer> run_query(const sql::Query& query, const QueryContext& context) {
  return run_query(TRY(analysis::analyze_query(query, context.lookup, context.options)), context);
}

Result<types::Value> evaluate_constant(const analysis::TypedExpression& expression,
                                       const QueryContext& context) {
  if (expression.kind == analysis::TypedKind::Constant) return expression.constant;
  SqlPrinter printer(context.session);
  std::string sql = "SELECT " + TRY(printer.print_expression(expression));
  auto rows =
      TRY(duckdb::TypedRows::open(context.connection, sql, {expression.type}, context.cancel));
  auto batch = TRY(rows.next());
  if (batch.size() != 1) return internal("a constant gave {} rows", batch.size());
  return std::move(batch[0][0]);
}

}  // namespace tarn::engine
