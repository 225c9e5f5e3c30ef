// SPDX-License-Identifier: Apache-2.0
// Snapshots: the strategy comes from the project's macros, the statements are ours
// (snapshot_sql.h).
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "run/driver.h"
#include "run/schema_change.h"
#include "run/snapshot_sql.h"
#include "types/error_name.h"

namespace tarn::run {

namespace json = boost::json;

namespace {

Result<HardDeletes> parse_hard_deletes(std::string_view text) {
  if (text == "ignore") return HardDeletes::Ignore;
  if (text == "invalidate") return HardDeletes::Invalidate;
  if (text == "new_record") return HardDeletes::NewRecord;
  return invalid_input("`{}` is no value of hard_deletes: use ignore, invalidate or new_record",
                       text);
}

SnapshotColumns column_names(const NodeWork& work) {
  SnapshotColumns out;
  const auto names = work.config("snapshot_meta_column_names");
  const auto take = [&](std::string_view key, std::string& name) {
    if (const auto text = names.get(key).text(); !text.empty()) name = text;
  };
  take("dbt_valid_from", out.valid_from);
  take("dbt_valid_to", out.valid_to);
  take("dbt_scd_id", out.scd_id);
  take("dbt_updated_at", out.updated_at);
  take("dbt_is_deleted", out.is_deleted);
  return out;
}

// The strategy's macro is called with the names that snapshot_merge gives to both sides.
Result<SnapshotStrategy> read_strategy(NodeWork& work, bool target_exists) {
  const std::string text = TRY(work.session().render(fmt::format(
      "{{{{ tojson(strategy_dispatch(config.get('strategy'))(model, 'snapshotted_data', "
      "'source_data', model['config'], {})) }}}}",
      target_exists ? "true" : "false")));
  const json::value parsed = TRY(parse_json(trim(text)));
  if (!parsed.is_object()) return invalid_input("the snapshot's strategy gives no dictionary");
  const json::object& strategy = parsed.as_object();
  SnapshotStrategy out;
  if (const auto* key = strategy.if_contains("unique_key"); key != nullptr && key->is_array()) {
    for (const auto& part : key->as_array()) {
      if (part.is_string()) out.unique_key.emplace_back(part.as_string());
    }
  } else {
    out.unique_key.push_back(TRY(json_text(strategy, "unique_key")));
  }
  out.updated_at = TRY(json_text(strategy, "updated_at"));
  out.scd_id = TRY(json_text(strategy, "scd_id"));
  out.row_changed = TRY(json_text(strategy, "row_changed"));
  out.hard_deletes = TRY(parse_hard_deletes(
      trim(TRY(work.session().render("{{ adapter.get_hard_deletes_behavior(config) }}")))));
  return out;
}

Result<SnapshotStatement> read_statement(NodeWork& work, const project::Node& node,
                                         const std::string& source_sql, bool target_exists) {
  SnapshotStatement out;
  out.target = work.target().render();
  out.source_sql = source_sql;
  out.columns = column_names(work);
  out.strategy = TRY(read_strategy(work, target_exists));
  out.valid_to_current = work.config_text("dbt_valid_to_current");
  out.now = trim(TRY(work.session().render("{{ snapshot_get_time() }}")));
  out.key_check = TRY(key_check_of(node));
  return out;
}

// The columns of a table without those that the snapshot adds.
std::vector<project::ColumnInfo> data_columns(const std::vector<project::ColumnInfo>& table,
                                              const SnapshotColumns& names) {
  const std::set<std::string> own = {to_lower(names.valid_from), to_lower(names.valid_to),
                                     to_lower(names.scd_id), to_lower(names.updated_at),
                                     to_lower(names.is_deleted)};
  std::vector<project::ColumnInfo> out;
  for (const auto& column : table) {
    if (!own.contains(to_lower(column.name))) out.push_back(column);
  }
  return out;
}

Result<void> check_target(const std::vector<project::ColumnInfo>& table,
                          const SnapshotStatement& statement) {
  std::set<std::string> there;
  for (const auto& column : table) there.insert(to_lower(column.name));
  const auto& names = statement.columns;
  std::vector<std::string> wanted = {names.scd_id, names.valid_from, names.valid_to};
  if (statement.strategy.hard_deletes == HardDeletes::NewRecord) wanted.push_back(names.is_deleted);
  std::string missing;
  for (const auto& name : wanted) {
    if (there.contains(to_lower(name))) continue;
    missing += fmt::format("{}`{}`", missing.empty() ? "" : ", ", name);
  }
  if (missing.empty()) return {};
  return invalid_input(
      "the table {} is no history of this snapshot: it has no column {}. Was it made by something "
      "else, or has snapshot_meta_column_names or hard_deletes changed since?",
      statement.target, missing);
}

// Keys that one MERGE met twice, for the error's context.
Error name_keys(NodeWork& work, const RunContext& context, const project::Node& node,
                const SnapshotStatement& statement, Error error) {
  if (types::split_error(error).name != "MERGE_TARGET_ROW_MULTIPLE_MATCHES") return error;
  work.roll_back();
  const auto report = context.adapter.query(snapshot_key_report(statement), node.unique_id);
  if (!report) return error;
  for (const auto& row : report->rows) {
    std::string line = "key";
    for (const auto& value : row) {
      if (value.is_null()) {
        line += " NULL";
      } else if (const auto* text = std::get_if<std::string>(&value.data)) {
        line += fmt::format(" `{}`", *text);
      } else {
        line += fmt::format(" occurs {} times in the source", value.as_int());
      }
    }
    error.context.push_back(std::move(line));
  }
  return error;
}

Result<void> continue_history(const RunContext& context, const project::Node& node, NodeWork& work,
                              const SnapshotStatement& statement,
                              const std::vector<project::ColumnInfo>& query) {
  const auto table = TRY(work.target_columns());
  TRY(check_target(table, statement));
  const SchemaChange change = compare_columns(query, data_columns(table, statement.columns));
  auto changes = add_column_statements(statement.target, change.added);
  std::vector<TypeChange> wider;
  for (const auto& column : change.retyped) {
    if (can_widen(column.from, stored_type_text(column.to))) wider.push_back(column);
  }
  for (auto& text : widen_column_statements(statement.target, wider)) changes.push_back(text);
  // Changes of columns cannot be part of a transaction; a column too many does no harm.
  for (const auto& text : changes) TRY(work.run_other(text));
  auto merged = work.run_main(snapshot_merge(statement));
  if (!merged) return name_keys(work, context, node, statement, std::move(merged.error()));
  return {};
}

}  // namespace

Result<void> run_snapshot(const RunContext& context, const project::Node& node,
                          NodeResult& result) {
  NodeWork work(context, node, result);
  TRY(work.run_pre_hooks());
  const auto type = TRY(work.existing_type());
  if (type && *type != "table") {
    return invalid_input("{} is a {}, but a snapshot needs a table there", work.target().render(),
                         *type);
  }
  auto statement = TRY(read_statement(work, node, result.compiled_code, type.has_value()));
  const auto query = TRY(work.query_columns(result.compiled_code));
  statement.source_columns = names_of(query);
  statement.key_search = key_search(context.adapter.kind(), statement.strategy.unique_key, query);
  if (type) {
    TRY(continue_history(context, node, work, statement, query));
  } else {
    TRY(work.create_table(snapshot_first_query(statement), false));
  }
  return work.finish();
}

}  // namespace tarn::run
