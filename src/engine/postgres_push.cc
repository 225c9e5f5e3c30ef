// SPDX-License-Identifier: Apache-2.0
// What else than columns and conditions a Postgres server computes for a query: the first rows, and
// groups with their counts, sums and bounds. Only where it means the same there.
#include <set>

#include "base/text.h"
#include "duckdb/physical_type.h"
#include "engine/postgres_copy.h"
#include "engine/postgres_filter.h"
#include "engine/postgres_table.h"
#include "postgres/quoting.h"

namespace tarn::engine {
namespace {

using types::Type;
using types::TypeKind;

// Beyond it several connections are faster than one that stops early.
constexpr std::int64_t kPushedRowsMax = 100'000;

// What is asked of the server for one column of the answer.
struct PushedColumn {
  std::string select;
  postgres::ColumnPlan plan;
  ScanColumn column;
};

postgres::ColumnPlan whole_number_plan(postgres::DecodeOp op) {
  postgres::ColumnPlan plan;
  plan.op = op;
  plan.kind = postgres::ColumnKind::Int64;
  plan.source_type = "bigint";
  plan.target_type = "long";
  return plan;
}

postgres::ColumnPlan sum_plan(int scale) {
  postgres::ColumnPlan plan;
  plan.op = postgres::DecodeOp::NumericDecimal;
  plan.kind = postgres::ColumnKind::Decimal;
  plan.precision = 38;
  plan.scale = scale;
  plan.source_type = "numeric";
  plan.target_type = fmt::format("decimal(38,{})", scale);
  return plan;
}

class AggregatePush {
 public:
  AggregatePush(const PostgresTable& table, const AggregateRequest& request)
      : table_(table), request_(request) {}

  // "" if something has no exact form.
  std::optional<std::string> query() {
    std::string groups;
    for (const analysis::ColumnId key : request_.keys) {
      const auto* column = find(key);
      const auto value = column == nullptr ? std::nullopt : exact_postgres_value(*column);
      if (!value) return std::nullopt;
      groups += fmt::format("{}{}", groups.empty() ? " GROUP BY " : ", ", columns_.size() + 1);
      add(*value, column->plan, column->name, column);
    }
    for (const auto& call : request_.calls) {
      if (!add_call(call)) return std::nullopt;
    }
    std::string where;
    if (request_.scan.filter != nullptr) {
      const auto condition = filter_text(*request_.scan.filter);
      if (!condition) return std::nullopt;
      where = " WHERE " + *condition;
    }
    std::string select;
    for (const auto& column : columns_) select += (select.empty() ? "" : ", ") + column.select;
    return "SELECT " + select + " FROM " + postgres::quote_qualified(table_.schema, table_.name) +
           where + groups;
  }

  std::vector<PushedColumn>& columns() { return columns_; }

 private:
  const PostgresColumn* find(analysis::ColumnId id) const {
    return find_scanned(table_, request_.scan, id);
  }

  std::optional<std::string> filter_text(const analysis::TypedExpression& condition) const {
    return to_exact_postgres_filter(condition, [&](analysis::ColumnId id) { return find(id); });
  }

  // `source`: the values are those of a column; else they are read as they come.
  std::string add(std::string select, postgres::ColumnPlan plan, const std::string& name,
                  const PostgresColumn* source) {
    PushedColumn& out = columns_.emplace_back();
    out.select = std::move(select);
    out.plan = std::move(plan);
    out.plan.name = name;
    // DuckDB wants other names.
    if (!names_.insert(to_lower(name)).second) {
      out.plan.name = fmt::format("{} ({})", name, columns_.size());
    }
    const std::string text = quote(out.plan.name, '"');
    out.column = source == nullptr ? ScanColumn{text} : read_postgres_column(*source, text);
    return text;
  }

  bool add_call(const AggregateRequest::Call& call) {
    std::string filter;
    if (call.filter != nullptr) {
      const auto condition = filter_text(*call.filter);
      if (!condition) return false;
      filter = fmt::format(" FILTER (WHERE {})", *condition);
    }
    if (!call.argument) {
      if (call.function != "count" || call.distinct) return false;
      add("count(*)" + filter, whole_number_plan(postgres::DecodeOp::Int8), "count(*)", nullptr);
      return true;
    }
    const auto* column = find(*call.argument);
    if (column == nullptr) return false;
    const std::string name = fmt::format("{}({})", call.function, column->name);
    if (call.function == "count") return add_count(call, *column, name, filter);
    const auto value = exact_postgres_value(*column);
    if (!value || column->push == PushKind::Boolean) return false;
    if (call.function == "sum") return add_sum(call, *column, *value, name, filter);
    if (call.function != "min" && call.function != "max") return false;
    if (!(call.type == column->type)) return false;
    add(fmt::format("{}({}){}", call.function, *value, filter), column->plan, name, column);
    return true;
  }

  bool add_count(const AggregateRequest::Call& call, const PostgresColumn& column,
                 const std::string& name, const std::string& filter) {
    auto value = exact_postgres_value(column);
    // Whether it is NULL is known of more columns than what it equals.
    if (!value && !call.distinct && column.push != PushKind::Changed && !infinity_policy(column)) {
      value = postgres::quote_identifier(column.name);
    }
    if (!value) return false;
    add(fmt::format("count({}{}){}", call.distinct ? "DISTINCT " : "", *value, filter),
        whole_number_plan(postgres::DecodeOp::Int8), name, nullptr);
    return true;
  }

  bool add_sum(const AggregateRequest::Call& call, const PostgresColumn& column,
               const std::string& value, const std::string& name, const std::string& filter) {
    const bool is_whole = types::is_integral(column.type) && call.type.is(TypeKind::BigInt);
    const bool is_decimal =
        column.type.is(TypeKind::Decimal) && call.argument_type == column.type &&
        column.type.precision <= kSafeSumDigits && call.type.is(TypeKind::Decimal);
    if (!is_whole && !is_decimal) return false;
    const std::string text =
        add(fmt::format("sum({}{}){}::numeric", call.distinct ? "DISTINCT " : "", value, filter),
            sum_plan(is_whole ? 0 : column.type.scale), name, nullptr);
    // As the engine's own sum, which is out of range when the cast is.
    if (is_whole) {
      columns_.back().column.text = fmt::format("CAST(CAST({} AS HUGEINT) AS BIGINT)", text);
    }
    return true;
  }

  const PostgresTable& table_;
  const AggregateRequest& request_;
  std::vector<PushedColumn> columns_;
  std::set<std::string> names_;
};

}  // namespace

std::string PostgresSource::limit_text(const ScanRequest& request) const {
  if (!push_.limits || !request.rows_max || *request.rows_max > kPushedRowsMax) return "";
  const auto find = [&](analysis::ColumnId id) { return find_scanned(*table_, request, id); };
  if (request.filter != nullptr && !to_exact_postgres_filter(*request.filter, find)) return "";
  std::string order;
  for (const ScanOrder& key : request.order) {
    const auto* column = find(key.column);
    const auto value = column == nullptr ? std::nullopt : exact_postgres_value(*column);
    if (!value) return "";
    order += fmt::format("{}{} {} NULLS {}", order.empty() ? " ORDER BY " : ", ", *value,
                         key.descending ? "DESC" : "ASC", key.nulls_first ? "FIRST" : "LAST");
  }
  return fmt::format("{} LIMIT {}", order, *request.rows_max);
}

Result<std::optional<AggregateText>> PostgresSource::aggregate(const AggregateRequest& request,
                                                               KeepAlive& alive) const {
  if (!push_.aggregates) return std::optional<AggregateText>();
  AggregatePush push(*table_, request);
  auto query = push.query();
  if (!query) return std::optional<AggregateText>();
  PostgresRows rows;
  for (auto& column : push.columns()) rows.columns.push_back(column.plan);
  AggregateText out;
  out.notes.push_back("by Postgres: " + *query);
  rows.queries.push_back(*std::move(query));
  rows.origin = {table_->schema + '.' + table_->name, table_->policy_path};
  rows.row_estimate = request.keys.empty() ? 1 : 1'000;
  out.from = TRY(register_postgres_rows(instance_, snapshot_, std::move(rows), alive));
  for (std::size_t i = 0; i < push.columns().size(); ++i) {
    auto& list = i < request.keys.size() ? out.keys : out.calls;
    list.push_back(std::move(push.columns()[i].column));
  }
  return std::optional(std::move(out));
}

}  // namespace tarn::engine
