// SPDX-License-Identifier: Apache-2.0
#include "run/driver.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "project/commands.h"
#include "project/config.h"
#include "run/materialize.h"
#include "types/type_text.h"

namespace tarn::run {

using project::Node;
using project::ResourceType;

namespace {

const Driver kSnapshot = {
    {"build_snapshot_table", "build_snapshot_staging_table", "snapshot_staging_table",
     "snapshot_merge_sql", "create_columns", "get_dbt_valid_to_current", "unique_key_fields",
     "unique_key_is_null", "unique_key_is_not_null", "unique_key_join_on", "post_snapshot",
     "get_column_schema_from_query"},
    run_snapshot};
const Driver kIncremental = {
    {"process_schema_changes", "check_for_schema_changes", "sync_column_schemas",
     "alter_relation_add_remove_columns", "incremental_validate_on_schema_change",
     "validate_get_incremental_strategy", "create_view_as"},
    run_incremental};
const Driver kSeed = {{"load_csv_rows", "reset_csv_table", "get_csv_sql", "get_batch_size"},
                      run_seed};
const Driver kTable = {{"create_table_as", "rename_relation", "drop_relation_if_exists"},
                       run_table};

std::string_view materialization_of(const Node& node) {
  return project::config_value(node.type, node.config, "materialized").text();
}

bool has_contract(const Node& node) {
  const auto contract = project::config_value(node.type, node.config, "contract");
  return contract.get("enforced").truthy();
}

// Only the strategies whose statement may read the model's query in place of a table.
bool is_simple_incremental(const Node& node) {
  const auto strategy =
      project::config_value(node.type, node.config, "incremental_strategy").text();
  return strategy.empty() || strategy == "append" || strategy == "merge" || strategy == "default";
}

const Driver* driver_of(const RunContext& context, const Node& node) {
  if (node.type == ResourceType::Snapshot) return &kSnapshot;
  if (node.type == ResourceType::Seed) {
    return context.adapter.kind() == warehouse::Kind::Embedded ? &kSeed : nullptr;
  }
  if (node.type != ResourceType::Model || has_contract(node)) return nullptr;
  const auto materialization = materialization_of(node);
  if (materialization == "incremental" && is_simple_incremental(node)) {
    const bool rebuilds = context.project.options.full_refresh ||
                          project::config_value(node.type, node.config, "full_refresh").truthy();
    const bool embedded = context.adapter.kind() == warehouse::Kind::Embedded;
    return embedded || !rebuilds ? &kIncremental : nullptr;
  }
  // A cluster's catalog may not be able to replace a table.
  const bool embedded = context.adapter.kind() == warehouse::Kind::Embedded;
  const bool by_rename = project::config_value(node.type, node.config, "on_table_exists").is_null();
  if (materialization == "table" && embedded && by_rename) return &kTable;
  return nullptr;
}

}  // namespace

const Driver* find_driver(const RunContext& context, const Node& node) {
  if (context.options.as_dbt) return nullptr;
  const Driver* driver = driver_of(context, node);
  if (driver == nullptr) return nullptr;
  const std::string macro = fmt::format("materialization_{}_trino", materialization_of(node));
  const std::string fallback = fmt::format("materialization_{}_default", materialization_of(node));
  const auto overridden = [&](std::string_view name) {
    return project::is_overridden(context.project, name, node.package);
  };
  if (overridden(macro) || overridden(fallback)) return nullptr;
  return std::any_of(driver->replaced.begin(), driver->replaced.end(), overridden) ? nullptr
                                                                                   : driver;
}

namespace {

project::SessionOptions work_options(const RunContext& context, const Node& node,
                                     const NodeResult& result, NodeWork::Names names) {
  auto out = session_options(context, node, result);
  out.names = std::move(names);
  return out;
}

}  // namespace

NodeWork::NodeWork(const RunContext& context, const Node& node, NodeResult& result, Names names)
    : context_(context),
      node_(node),
      result_(result),
      session_(context.project, context.adapter, context.cache,
               work_options(context, node, result, std::move(names))),
      target_(project::relation_of(context.project, node)) {}

NodeWork::~NodeWork() {
  roll_back();
  tell(context_, node_, session_.logs(), session_.warnings());
}

Result<void> NodeWork::run_pre_hooks() {
  TRY(
      session_.render("{{ run_hooks(pre_hooks, inside_transaction=False) }}"
                      "{{ run_hooks(pre_hooks, inside_transaction=True) }}"));
  return {};
}

Result<void> NodeWork::finish() {
  TRY(
      session_.render("{% do apply_grants(this, config.get('grants'), should_revoke=True) %}"
                      "{% do persist_docs(this.incorporate(type='table'), model) %}"
                      "{{ run_hooks(post_hooks, inside_transaction=True) }}"
                      "{{ run_hooks(post_hooks, inside_transaction=False) }}"));
  return {};
}

Result<std::optional<std::string>> NodeWork::existing_type() {
  const std::string type{
      trim(TRY(session_.render("{% set there = load_cached_relation(this) %}{{ there.type if there "
                               "is not none else '' }}")))};
  if (type.empty()) return std::optional<std::string>();
  return std::optional(type);
}

Result<void> NodeWork::drop_other_kind(const std::optional<std::string>& type) {
  if (!type || *type == "table") return {};
  TRY(session_.render("{% do adapter.drop_relation(load_cached_relation(this)) %}"));
  return {};
}

Result<std::vector<project::ColumnInfo>> NodeWork::query_columns(const std::string& sql) {
  const auto answer = TRY(context_.adapter.query(
      fmt::format("select * from (\n{}\n) as __dbt_sbq where false limit 0", sql),
      node_.unique_id));
  std::vector<project::ColumnInfo> out;
  for (const auto& column : answer.columns) {
    out.push_back({column.name, types::to_string(column.type)});
  }
  return out;
}

Result<std::vector<project::ColumnInfo>> NodeWork::target_columns() {
  return query_columns("select * from " + target_.render());
}

Result<void> NodeWork::create_table(const std::string& sql, bool replaces) {
  std::vector<jinja::Value> arguments = {jinja::Value(false), project::relation_value(target_),
                                         jinja::Value(sql)};
  if (replaces) arguments.emplace_back("replace");
  const auto text = TRY(session_.dispatch("create_table_as", std::move(arguments)));
  if (!text.is_text()) return invalid_input("the macro create_table_as gives no text");
  TRY(run_main(std::string(text.text())));
  auto made = target_;
  made.type = "table";
  context_.cache.add(made);
  return {};
}

Result<void> NodeWork::keep_sql(const std::string& sql) {
  if (!kept_sql_.empty()) kept_sql_ += ";\n";
  kept_sql_ += sql;
  return project::write_code(context_.project, node_, project::CodeKind::Run, kept_sql_);
}

Result<void> NodeWork::run_main(const std::string& sql) {
  TRY(keep_sql(sql));
  // Macros may end their statement with `;`.
  for (const auto& statement : project::split_statements(sql)) {
    const auto answer = TRY(context_.adapter.query(statement, node_.unique_id));
    result_.response = {response_message(answer), answer.update_type, answer.update_count,
                        answer.query_id};
    result_.message = result_.response.message;
  }
  return {};
}

Result<void> NodeWork::run_other(const std::string& sql) {
  TRY(context_.adapter.query(sql, node_.unique_id));
  return {};
}

Result<void> NodeWork::begin() {
  if (context_.adapter.kind() != warehouse::Kind::Embedded) return {};
  TRY(run_other("START TRANSACTION"));
  in_transaction_ = true;
  return {};
}

Result<void> NodeWork::commit() {
  if (!in_transaction_) return {};
  in_transaction_ = false;
  return run_other("COMMIT");
}

void NodeWork::roll_back() {
  if (!in_transaction_) return;
  in_transaction_ = false;
  // The failure that led here is what counts.
  (void)run_other("ROLLBACK");
}

project::Data NodeWork::config(std::string_view name) const {
  return project::config_value(node_.type, node_.config, name);
}

std::string NodeWork::config_text(std::string_view name) const {
  return std::string(config(name).text());
}

bool NodeWork::is_full_refresh() const {
  const auto own = config("full_refresh");
  return own.is_null() ? context_.project.options.full_refresh : own.truthy();
}

std::vector<std::string> names_of(const std::vector<project::ColumnInfo>& columns) {
  std::vector<std::string> out;
  for (const auto& column : columns) out.push_back(column.name);
  return out;
}

std::vector<std::string> text_list(const project::Data& data) {
  std::vector<std::string> out;
  if (data.is_text()) out.emplace_back(data.text());
  for (const auto& item : data.items()) out.emplace_back(item.text());
  return out;
}

}  // namespace tarn::run
