// SPDX-License-Identifier: Apache-2.0
// The statement families, one function for each statement; dispatch.cc calls them. Internal.
#pragma once

#include <memory>

#include "engine/computed_table.h"
#include "engine/session_state.h"

namespace tarn::engine {

// REQUIRES: the statement is of that kind.
template <typename T>
const T& statement_as(const sql::Statement& statement) {
  return static_cast<const T&>(statement);
}

// schemas.cc
Result<Answer> run_create_schema(StatementRun& run, const sql::CreateSchema& statement);
Result<Answer> run_drop_schema(StatementRun& run, const sql::Drop& statement);

// create_table.cc
Result<Answer> run_create_table(StatementRun& run, const sql::CreateTable& statement);
Result<Answer> run_create_table_as(StatementRun& run, const sql::CreateTableAs& statement);

// drop.cc
Result<Answer> run_drop(StatementRun& run, const sql::Drop& statement);
Result<Answer> run_rename(StatementRun& run, const sql::Rename& statement);
// The new name: what is left out of it is as in the old one.
Result<analysis::TableId> rename_target(const sql::Rename& statement,
                                        const analysis::TableId& from);

// alter_table.cc
Result<Answer> run_add_column(StatementRun& run, const sql::AddColumn& statement);
Result<Answer> run_drop_column(StatementRun& run, const sql::DropColumn& statement);
Result<Answer> run_rename_column(StatementRun& run, const sql::RenameColumn& statement);
Result<Answer> run_alter_column(StatementRun& run, const sql::AlterColumn& statement);
Result<Answer> run_set_properties(StatementRun& run, const sql::SetProperties& statement);
// comment.cc
Result<Answer> run_comment(StatementRun& run, const sql::CommentOn& statement);

// dml.cc
Result<Answer> run_insert(StatementRun& run, const sql::Insert& statement);
Result<Answer> run_delete(StatementRun& run, const sql::Delete& statement);
Result<Answer> run_update(StatementRun& run, const sql::Update& statement);
Result<Answer> run_truncate(StatementRun& run, const sql::Truncate& statement);
// merge.cc
Result<Answer> run_merge(StatementRun& run, const sql::Merge& statement);

// views.cc
Result<Answer> run_create_view(StatementRun& run, const sql::CreateView& statement,
                               std::string_view text);
// materialized_view.cc
Result<Answer> run_create_materialized_view(StatementRun& run,
                                            const sql::CreateMaterializedView& statement,
                                            std::string_view text);
Result<Answer> run_refresh(StatementRun& run, const sql::Refresh& statement);

// maintenance.cc
Result<Answer> run_table_execute(StatementRun& run, const sql::TableExecute& statement);
Result<Answer> run_call(StatementRun& run, const sql::Call& statement);
Result<Answer> run_analyze(StatementRun& run, const sql::Analyze& statement);
// branches.cc
Result<Answer> run_branch(StatementRun& run, const sql::BranchStatement& statement);
Result<Answer> run_show_branches(StatementRun& run, const sql::Show& statement);

// show.cc
Result<Answer> run_show(StatementRun& run, const sql::Show& statement);
Result<Answer> run_show_create(StatementRun& run, const sql::ShowCreate& statement);
Result<Answer> run_show_stats(StatementRun& run, const sql::ShowStats& statement);

// session_statements.cc
Result<Answer> run_use(StatementRun& run, const sql::Use& statement);
Result<Answer> run_set_session(StatementRun& run, const sql::SetSession& statement);
Result<Answer> run_set_time_zone(StatementRun& run, const sql::SetTimeZone& statement);
Result<Answer> run_start_transaction(StatementRun& run, const sql::StartTransaction& statement);
Result<Answer> run_end_transaction(StatementRun& run, const sql::EndTransaction& statement);
Result<Answer> run_show_session(StatementRun& run, const sql::Show& statement);

// prepared.cc
Result<Answer> run_prepare(StatementRun& run, const sql::Prepare& statement, std::string_view text);
Result<Answer> run_deallocate(StatementRun& run, const sql::Deallocate& statement);
Result<Answer> run_execute(const std::shared_ptr<StatementRun>& run, const sql::Execute& statement);
Result<Answer> run_execute_immediate(const std::shared_ptr<StatementRun>& run,
                                     const sql::ExecuteImmediate& statement);
Result<Answer> run_describe_prepared(StatementRun& run, const sql::DescribePrepared& statement);

// explain.cc
Result<Answer> run_explain(const std::shared_ptr<StatementRun>& run, const sql::Explain& statement,
                           std::string_view text);

// A statement whose target may be in a Postgres catalog; in postgres_statement.cc. nullopt: it is
// not. `target` is its table, or schema with an empty table.
Result<std::optional<Answer>> run_in_postgres(StatementRun& run, const sql::Statement& statement,
                                              const analysis::TableId& target);
Result<std::optional<Answer>> run_in_postgres(StatementRun& run, const sql::Statement& statement,
                                              const sql::QualifiedName& target);

}  // namespace tarn::engine
