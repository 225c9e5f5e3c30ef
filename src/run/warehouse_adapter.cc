// SPDX-License-Identifier: Apache-2.0
#include "run/warehouse_adapter.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "run/sql_text.h"
#include "run/template_value.h"
#include "types/type_text.h"

namespace tarn::run {

namespace {

// Literals in place of the `?` or `%s` that are in no text or quoted name.
Result<std::string> with_literals(const std::string& sql,
                                  const std::vector<std::string>& literals) {
  std::string out;
  std::size_t used = 0;
  char quote = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '?' || (c == '%' && sql.substr(i, 2) == "%s"))) {
      if (used == literals.size()) return invalid_input("a statement has more places than values");
      out += literals[used++];
      if (c == '%') ++i;
      continue;
    }
    out += c;
  }
  if (used != literals.size()) return invalid_input("a statement has fewer places than values");
  return out;
}

// A statement with values for its `?`, as one text: the values become literals of USING.
Result<std::string> with_bindings(const project::Statement& statement, bool prepares) {
  if (statement.bindings.empty()) return statement.sql;
  std::vector<std::string> literals;
  for (const auto& value : statement.bindings) literals.push_back(TRY(sql_literal(value)));
  if (!prepares) return with_literals(statement.sql, literals);
  const std::string values = join(literals, ", ");
  return fmt::format("EXECUTE IMMEDIATE {} USING {}", text_literal(statement.sql), values);
}

}  // namespace

AdapterOptions adapter_options(const project::Project& project, QueryComment& comment,
                               const Cancel* cancel) {
  const auto prepares = project.profile.values.get("prepared_statements_enabled");
  return {.comment = &comment,
          .prepares_statements = prepares.is_null() || prepares.truthy(),
          .cancel = cancel};
}

std::string response_message(const warehouse::Answer& answer) {
  if (answer.update_type.empty()) return "SUCCESS";
  if (!answer.update_count) return answer.update_type;
  return fmt::format("{} ({} {})", answer.update_type, *answer.update_count,
                     *answer.update_count == 1 ? "row" : "rows");
}

Result<warehouse::Connection*> WarehouseAdapter::connection() {
  const auto own = std::this_thread::get_id();
  {
    std::lock_guard lock(mutex_);
    if (auto found = connections_.find(own); found != connections_.end()) {
      return found->second.get();
    }
  }
  auto opened = TRY(warehouse_.connect());
  std::lock_guard lock(mutex_);
  return (connections_[own] = std::move(opened)).get();
}

Result<warehouse::Answer> WarehouseAdapter::query(const std::string& sql, std::string_view node_id,
                                                  std::size_t rows_max) {
  auto* session = TRY(connection());
  if (options_.comment == nullptr) {
    auto answer = session->execute(sql, options_.cancel, rows_max);
    if (!answer) keep_failed(sql);
    return answer;
  }
  const auto commented = TRY(options_.comment->add(sql, node_id));
  auto answer = session->execute(commented.text, options_.cancel, rows_max);
  if (answer) return answer;
  keep_failed(sql);
  return commented.in_statement(std::move(answer.error()));
}

void WarehouseAdapter::keep_failed(const std::string& sql) {
  std::lock_guard lock(mutex_);
  failed_[std::this_thread::get_id()] = sql;
}

std::string WarehouseAdapter::take_failed_statement() {
  std::lock_guard lock(mutex_);
  const auto found = failed_.find(std::this_thread::get_id());
  return found == failed_.end() ? std::string() : std::exchange(found->second, {});
}

Result<project::StatementResult> WarehouseAdapter::execute(const project::Statement& statement) {
  const auto answer =
      TRY(query(TRY(with_bindings(statement, options_.prepares_statements)), statement.node_id));
  project::StatementResult out;
  out.response.message = response_message(answer);
  out.response.code = answer.update_type.empty() ? "SUCCESS" : answer.update_type;
  out.response.rows_affected = answer.update_count;
  out.response.query = statement.sql;
  out.response.query_id = answer.query_id;
  for (const auto& column : answer.columns) {
    out.columns.push_back({column.name, types::to_sql_text(column.type)});
  }
  if (!statement.fetch) return out;
  for (const auto& row : answer.rows) {
    auto& values = out.rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      values.push_back(template_value(answer.columns[i].type, row[i]));
    }
  }
  return out;
}

}  // namespace tarn::run
