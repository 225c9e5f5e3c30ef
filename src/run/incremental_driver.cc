// SPDX-License-Identifier: Apache-2.0
// Incremental models by append and merge: the model's query stands in the statement itself, so that
// it and the target are read in one consistent state, and nothing has to be put beside it.
#include <fmt/format.h>

#include "base/text.h"
#include "project/context/table.h"
#include "run/driver.h"
#include "run/key_check.h"
#include "run/schema_change.h"
#include "run/sql_text.h"

namespace tarn::run {

namespace {

// Brings the table in line with the query as on_schema_change says; gives the columns to write.
Result<std::vector<project::ColumnInfo>> sync_columns(NodeWork& work,
                                                      const std::string& compiled_code) {
  auto table = TRY(work.target_columns());
  const std::string mode_text = work.config_text("on_schema_change");
  const auto mode = parse_on_schema_change(mode_text);
  if (!mode) {
    return invalid_input(
        "`{}` is no value of on_schema_change: use ignore, fail, "
        "append_new_columns or sync_all_columns",
        mode_text);
  }
  if (*mode == OnSchemaChange::Ignore) return table;
  auto query = TRY(work.query_columns(compiled_code));
  const SchemaChange change = compare_columns(query, table);
  if (change.empty()) return table;
  if (*mode == OnSchemaChange::Fail) return invalid_input("{}", out_of_sync_message(change));
  const std::string target = work.target().render();
  std::vector<std::string> statements = add_column_statements(target, change.added);
  if (*mode == OnSchemaChange::SyncAllColumns) {
    for (auto& text : drop_column_statements(target, change.removed)) statements.push_back(text);
    for (const auto& column : change.retyped) {
      if (!can_widen(column.from, stored_type_text(column.to))) {
        return unsupported(
            "column `{}` cannot become {} in place, it is {}: cast it in the model, or run with "
            "--full-refresh",
            column.name, column.to, column.from);
      }
    }
    for (auto& text : widen_column_statements(target, change.retyped)) statements.push_back(text);
  }
  for (const auto& statement : statements) TRY(work.run_other(statement));
  if (*mode == OnSchemaChange::SyncAllColumns) return query;
  for (const auto& column : change.added) table.push_back(column);
  return table;
}

// The statement of the strategy's macro, with the query in place of a temporary table.
Result<std::string> merge_statement(NodeWork& work, const std::string& source,
                                    const std::vector<project::ColumnInfo>& columns) {
  std::string strategy = work.config_text("incremental_strategy");
  if (strategy.empty()) strategy = "default";
  const auto keys = text_list(work.config("unique_key"));
  jinja::Value unique_key = jinja::Value::none();
  if (work.config("unique_key").is_text()) {
    unique_key = jinja::Value(keys.front());
  } else if (!keys.empty()) {
    std::vector<jinja::Value> items;
    for (const auto& key : keys) items.emplace_back(key);
    unique_key = jinja::Value::list(std::move(items));
  }
  auto predicates = work.config("predicates");
  if (predicates.is_null()) predicates = work.config("incremental_predicates");
  const auto arguments =
      jinja::Value::dict({{"target_relation", project::relation_value(work.target())},
                          {"temp_relation", jinja::Value(source)},
                          {"unique_key", unique_key},
                          {"dest_columns", project::columns_value(columns)},
                          {"predicates", project::to_template(predicates)},
                          {"incremental_predicates", project::to_template(predicates)}});
  const auto text =
      TRY(work.session().call(fmt::format("get_incremental_{}_sql", strategy), {arguments}));
  if (!text.is_text()) return invalid_input("get_incremental_{}_sql gives no text", strategy);
  return std::string(text.text());
}

}  // namespace

Result<void> run_incremental(const RunContext& context, const project::Node& node,
                             NodeResult& result) {
  NodeWork work(context, node, result);
  TRY(work.run_pre_hooks());
  const auto type = TRY(work.existing_type());
  const bool first = !type || *type != "table" || work.is_full_refresh();
  if (first) {
    TRY(work.drop_other_kind(type));
    TRY(work.begin());
    TRY(work.create_table(result.compiled_code, type == "table"));
    TRY(work.commit());
    return work.finish();
  }
  // Changes of columns cannot be part of a transaction.
  const auto columns = TRY(sync_columns(work, result.compiled_code));
  TRY(work.begin());
  std::string source = fmt::format("(\n{}\n)", result.compiled_code);
  const auto keys = text_list(work.config("unique_key"));
  if (!keys.empty() && TRY(key_check_of(node)) == KeyCheck::Fail) {
    source = fmt::format("(\n{}\n)",
                         checked_query(result.compiled_code, keys, "model", names_of(columns),
                                       key_search(context.adapter.kind(), keys, columns)));
  }
  for (auto& statement : project::split_statements(TRY(merge_statement(work, source, columns)))) {
    TRY(work.run_main(statement));
  }
  TRY(work.commit());
  return work.finish();
}

}  // namespace tarn::run
