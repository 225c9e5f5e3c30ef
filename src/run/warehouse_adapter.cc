// SPDX-License-Identifier: Apache-2.0
#include "run/warehouse_adapter.h"

#include <fmt/format.h>

#include "base/text.h"
#include "run/sql_text.h"
#include "run/template_value.h"
#include "types/type_text.h"

namespace tarn::run {

namespace {

// A statement with values for its `?`, as one text: the values become literals of USING.
Result<std::string> with_bindings(const project::Statement& statement) {
  if (statement.bindings.empty()) return statement.sql;
  std::string values;
  for (const auto& value : statement.bindings) {
    if (!values.empty()) values += ", ";
    values += TRY(sql_literal(value));
  }
  return fmt::format("EXECUTE IMMEDIATE {} USING {}", text_literal(statement.sql), values);
}

}  // namespace

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
  std::string text = sql;
  if (!options_.query_comment.empty()) {
    text = replace_all(options_.query_comment, "{node_id}", node_id) + "\n" + sql;
  }
  auto* session = TRY(connection());
  return session->execute(text, options_.cancel, rows_max);
}

Result<project::StatementResult> WarehouseAdapter::execute(const project::Statement& statement) {
  const auto answer = TRY(query(TRY(with_bindings(statement)), statement.node_id));
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
