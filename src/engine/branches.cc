// SPDX-License-Identifier: Apache-2.0
// CREATE BRANCH, DROP BRANCH, ALTER BRANCH … FAST FORWARD, SHOW BRANCHES.
#include <algorithm>

#include "base/text.h"
#include "engine/lake_change.h"
#include "engine/statements.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::named_error;

namespace {

const iceberg::SnapshotRef* find_branch(const iceberg::TableMetadata& metadata,
                                        const std::string& name) {
  const auto found = metadata.refs.find(name);
  if (found == metadata.refs.end() || found->second.kind != iceberg::RefKind::Branch) {
    return nullptr;
  }
  return &found->second;
}

Error no_branch(const TextSpan& span, const std::string& name) {
  return named_error("BRANCH_NOT_FOUND", span, "Branch '{}' does not exist", name);
}

Result<Answer> create_branch(StatementRun& run, const sql::BranchStatement& statement,
                             const AlterTarget& target, const std::string& name) {
  const iceberg::TableMetadata& metadata = *target.table.metadata;
  if (metadata.refs.contains(name) && !statement.or_replace) {
    if (statement.if_exists) return make_update("CREATE BRANCH");
    return named_error("BRANCH_ALREADY_EXISTS", statement.span, "Branch '{}' already exists", name);
  }
  std::string from = statement.target.value;
  if (from.empty()) from = std::string(iceberg::kMainBranch);
  const auto* head = metadata.find_ref(from);
  if (head == nullptr) {
    if (!statement.target.value.empty()) return no_branch(statement.span, from);
    return named_error("NOT_SUPPORTED", statement.span,
                       "A branch of a table without a snapshot is not supported");
  }
  iceberg::SnapshotRef ref;
  ref.snapshot_id = head->id;
  TRY(change_table(run, *target.lake, target.table,
                   [&](iceberg::TableTransaction& table) { table.set_ref(name, ref); }));
  return make_update("CREATE BRANCH");
}

Result<Answer> fast_forward(StatementRun& run, const sql::BranchStatement& statement,
                            const AlterTarget& target, const std::string& name) {
  const iceberg::TableMetadata& metadata = *target.table.metadata;
  const auto* source = find_branch(metadata, name);
  const std::string to = statement.target.value;
  const auto* wanted = find_branch(metadata, to);
  if (source == nullptr) return no_branch(statement.span, name);
  if (wanted == nullptr) return no_branch(statement.span, to);
  if (!iceberg::is_ancestor(metadata, source->snapshot_id, wanted->snapshot_id)) {
    return named_error("GENERIC_USER_ERROR", statement.span,
                       "Branch '{}' head is not an ancestor of '{}' head", name, to);
  }
  iceberg::SnapshotRef ref = *source;
  ref.snapshot_id = wanted->snapshot_id;
  TRY(change_table(run, *target.lake, target.table,
                   [&](iceberg::TableTransaction& table) { table.set_ref(name, ref); }));
  return make_update("FAST FORWARD BRANCH");
}

}  // namespace

Result<Answer> run_branch(StatementRun& run, const sql::BranchStatement& statement) {
  const auto target = TRY(open_alter_target(run, statement.table, false, statement.span));
  const std::string& name = statement.branch.value;
  switch (statement.action) {
    case sql::BranchStatement::Action::Create:
      return create_branch(run, statement, *target, name);
    case sql::BranchStatement::Action::FastForward:
      return fast_forward(run, statement, *target, name);
    case sql::BranchStatement::Action::Drop:
      break;
  }
  if (find_branch(*target->table.metadata, name) == nullptr) {
    if (statement.if_exists) return make_update("DROP BRANCH");
    return no_branch(statement.span, name);
  }
  if (name == iceberg::kMainBranch) {
    return named_error("NOT_SUPPORTED", statement.span, "Cannot drop 'main' branch");
  }
  TRY(change_table(run, *target->lake, target->table,
                   [&](iceberg::TableTransaction& table) { table.remove_ref(name); }));
  return make_update("DROP BRANCH");
}

Result<Answer> run_show_branches(StatementRun& run, const sql::Show& statement) {
  const auto target = TRY(open_alter_target(run, *statement.from, false, statement.span));
  std::vector<Row> rows;
  for (const auto& [name, ref] : target->table.metadata->refs) {
    if (ref.kind == iceberg::RefKind::Branch) rows.push_back({text_value(name)});
  }
  return make_answer({{"Branch", varchar_type()}}, std::move(rows));
}

}  // namespace tarn::engine
