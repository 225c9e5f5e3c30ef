// SPDX-License-Identifier: Apache-2.0
// What the drivers of materializations share. A driver makes of a node the same tables as dbt's
// macro does, in fewer statements: the source is read once, one commit, nothing left beside the
// target. It calls the macros that a project may override; where the project overrides one that the
// driver does not call, the node is run in dbt's way instead (materialize.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/session.h"
#include "run/node_result.h"
#include "run/run_context.h"

namespace tarn::run {

struct Driver {
  // Macros that dbt's way would call and this driver does not.
  std::vector<std::string_view> replaced;
  Result<void> (*run)(const RunContext& context, const project::Node& node, NodeResult& result);
};

// nullptr: there is none for this node, target or configuration.
const Driver* find_driver(const RunContext& context, const project::Node& node);

// One node being run: its session and the statements that it sends.
class NodeWork {
 public:
  using Names = std::vector<std::pair<std::string, jinja::Value>>;
  // `names` are names on top of all others in the session's templates.
  NodeWork(const RunContext& context, const project::Node& node, NodeResult& result,
           Names names = {});
  ~NodeWork();

  project::Session& session() { return session_; }
  const project::RelationParts& target() const { return target_; }

  Result<void> run_pre_hooks();
  // Grants, comments, post hooks.
  Result<void> finish();

  // `table`, `view`, `materialized_view`; nullopt: nothing of that name is there.
  Result<std::optional<std::string>> existing_type();
  // Drops a view that is where a table shall be. Not in a transaction: that of a lake takes tables
  // only.
  Result<void> drop_other_kind(const std::optional<std::string>& type);
  // Of the target, or of a query, without reading rows.
  Result<std::vector<project::ColumnInfo>> target_columns();
  Result<std::vector<project::ColumnInfo>> query_columns(const std::string& sql);

  // CREATE TABLE … AS by the project's macro; with `replaces` in place of a table that is there,
  // which only the embedded engine is asked for: a cluster's catalog may not be able to.
  Result<void> create_table(const std::string& sql, bool replaces);

  // The statement that the result tells about. It is also kept below target/run; several of them
  // one behind the other.
  Result<void> run_main(const std::string& sql);
  // Adds to what is kept there.
  Result<void> keep_sql(const std::string& sql);
  Result<void> run_other(const std::string& sql);
  // Several statements as one on the embedded engine: all or nothing. Elsewhere one by one.
  Result<void> begin();
  Result<void> commit();
  // Leaves the transaction if one is open.
  void roll_back();

  // A config value of the node; Null if it is not set.
  project::Data config(std::string_view name) const;
  std::string config_text(std::string_view name) const;
  bool is_full_refresh() const;

 private:
  const RunContext& context_;
  const project::Node& node_;
  NodeResult& result_;
  project::Session session_;
  project::RelationParts target_;
  std::string kept_sql_;
  bool in_transaction_ = false;
};

// `"a"` of each.
std::vector<std::string> names_of(const std::vector<project::ColumnInfo>& columns);
// Texts of a list or of one text.
std::vector<std::string> text_list(const project::Data& data);

// The drivers.
Result<void> run_snapshot(const RunContext& context, const project::Node& node, NodeResult& result);
Result<void> run_incremental(const RunContext& context, const project::Node& node,
                             NodeResult& result);
Result<void> run_table(const RunContext& context, const project::Node& node, NodeResult& result);
Result<void> run_seed(const RunContext& context, const project::Node& node, NodeResult& result);

}  // namespace tarn::run
