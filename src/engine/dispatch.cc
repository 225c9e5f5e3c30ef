// SPDX-License-Identifier: Apache-2.0
// Which function runs a statement.
#include "base/text.h"
#include "engine/inline_common_tables.h"
#include "engine/statements.h"
#include "types/error_name.h"

namespace tarn::engine {

using sql::StatementKind;
using types::named_error;

namespace {

Result<Answer> run_query_statement(const std::shared_ptr<StatementRun>& run,
                                   const sql::QueryStatement& statement) {
  auto query = TRY(analysis::analyze_query(*statement.query, *run, run->options()));
  inline_common_tables(query.relation);
  return keep_running(TRY(engine::run_query(query, run->query_context())), run);
}

Result<Answer> refuse_grant(StatementRun& run, const sql::PrivilegeGrant& statement) {
  using Action = sql::PrivilegeGrant::Action;
  const std::string kind = statement.object.kind.empty() ? "TABLE" : statement.object.kind;
  if (kind == "TABLE") {
    const auto id = TRY(run.resolve(statement.object.name));
    if (!TRY(run.find_relation(id))) {
      return named_error("TABLE_NOT_FOUND", statement.span, "Table '{}' does not exist",
                         to_string(id));
    }
  }
  const char* what = statement.action == Action::Grant    ? "grants"
                     : statement.action == Action::Revoke ? "revokes"
                                                          : "denies";
  return named_error("NOT_SUPPORTED", statement.span, "This connector does not support {} on {}s",
                     what, to_lower(kind));
}

Result<Answer> refuse(const sql::Statement& statement, std::string_view what) {
  return named_error("NOT_SUPPORTED", statement.span, "{}", what);
}

Result<Answer> run_grants_list(const sql::ShowGrants&) {
  std::vector<AnswerColumn> columns;
  for (const char* name : {"Grantor", "Grantor Type", "Grantee", "Grantee Type", "Catalog",
                           "Schema", "Table", "Privilege", "Grantable", "With Hierarchy"}) {
    columns.push_back({name, varchar_type()});
  }
  return make_answer(std::move(columns), {});
}

// Roles are not kept: the one that everybody has needs no SET ROLE.
Result<Answer> run_set_role(const sql::SetRole& statement) {
  if (statement.role_kind != sql::SetRole::Kind::Role) return make_update("SET ROLE");
  return named_error("ROLE_NOT_FOUND", statement.span, "Role '{}' does not exist",
                     to_lower(statement.role.value));
}

Result<Answer> run_definition(StatementRun& run, const sql::Statement& statement,
                              std::string_view text) {
  switch (statement.kind) {
    case StatementKind::CreateTable:
      return run_create_table(run, statement_as<sql::CreateTable>(statement));
    case StatementKind::CreateTableAs:
      return run_create_table_as(run, statement_as<sql::CreateTableAs>(statement));
    case StatementKind::CreateView:
      return run_create_view(run, statement_as<sql::CreateView>(statement), text);
    case StatementKind::CreateMaterializedView:
      return run_create_materialized_view(run, statement_as<sql::CreateMaterializedView>(statement),
                                          text);
    case StatementKind::Refresh:
      return run_refresh(run, statement_as<sql::Refresh>(statement));
    case StatementKind::CreateSchema:
      return run_create_schema(run, statement_as<sql::CreateSchema>(statement));
    case StatementKind::Drop:
      return run_drop(run, statement_as<sql::Drop>(statement));
    case StatementKind::Rename:
      return run_rename(run, statement_as<sql::Rename>(statement));
    case StatementKind::AddColumn:
      return run_add_column(run, statement_as<sql::AddColumn>(statement));
    case StatementKind::DropColumn:
      return run_drop_column(run, statement_as<sql::DropColumn>(statement));
    case StatementKind::RenameColumn:
      return run_rename_column(run, statement_as<sql::RenameColumn>(statement));
    case StatementKind::AlterColumn:
      return run_alter_column(run, statement_as<sql::AlterColumn>(statement));
    case StatementKind::SetProperties:
      return run_set_properties(run, statement_as<sql::SetProperties>(statement));
    case StatementKind::CommentOn:
      return run_comment(run, statement_as<sql::CommentOn>(statement));
    case StatementKind::BranchStatement:
      return run_branch(run, statement_as<sql::BranchStatement>(statement));
    case StatementKind::SetAuthorization:
      return refuse(statement, "This connector does not support setting an owner");
    case StatementKind::CreateCatalog:
      return refuse(statement, "Catalogs are declared in tarn.yml");
    case StatementKind::CreateFunction:
    case StatementKind::DropFunction:
      return refuse(statement, "This connector does not support creating functions");
    case StatementKind::CreateRole:
    case StatementKind::DropRole:
    case StatementKind::RoleGrant:
      return refuse(statement, "This connector does not support roles");
    case StatementKind::PrivilegeGrant:
      return refuse_grant(run, statement_as<sql::PrivilegeGrant>(statement));
    default:
      return named_error("NOT_SUPPORTED", statement.span, "Unsupported statement type: {}",
                         to_string(statement.kind));
  }
}

Result<Answer> run_session_statement(const std::shared_ptr<StatementRun>& run,
                                     const sql::Statement& statement, std::string_view text) {
  switch (statement.kind) {
    case StatementKind::Use:
      return run_use(*run, statement_as<sql::Use>(statement));
    case StatementKind::SetSession:
      return run_set_session(*run, statement_as<sql::SetSession>(statement));
    case StatementKind::SetTimeZone:
      return run_set_time_zone(*run, statement_as<sql::SetTimeZone>(statement));
    case StatementKind::SetRole:
      return run_set_role(statement_as<sql::SetRole>(statement));
    case StatementKind::SetPath:
      return refuse(statement, "SET PATH not supported by client");
    case StatementKind::SessionAuthorization:
      return refuse(statement, "The user of a session cannot be changed");
    case StatementKind::StartTransaction:
      return run_start_transaction(*run, statement_as<sql::StartTransaction>(statement));
    case StatementKind::EndTransaction:
      return run_end_transaction(*run, statement_as<sql::EndTransaction>(statement));
    case StatementKind::Prepare:
      return run_prepare(*run, statement_as<sql::Prepare>(statement), text);
    case StatementKind::Deallocate:
      return run_deallocate(*run, statement_as<sql::Deallocate>(statement));
    case StatementKind::Execute:
      return run_execute(run, statement_as<sql::Execute>(statement));
    case StatementKind::ExecuteImmediate:
      return run_execute_immediate(run, statement_as<sql::ExecuteImmediate>(statement));
    case StatementKind::DescribePrepared:
      return run_describe_prepared(*run, statement_as<sql::DescribePrepared>(statement));
    default:
      return run_definition(*run, statement, text);
  }
}

Result<Answer> run_statement(const std::shared_ptr<StatementRun>& run,
                             const sql::Statement& statement, std::string_view text) {
  switch (statement.kind) {
    case StatementKind::QueryStatement:
      return run_query_statement(run, statement_as<sql::QueryStatement>(statement));
    case StatementKind::Insert:
      return run_insert(*run, statement_as<sql::Insert>(statement));
    case StatementKind::Delete:
      return run_delete(*run, statement_as<sql::Delete>(statement));
    case StatementKind::Update:
      return run_update(*run, statement_as<sql::Update>(statement));
    case StatementKind::Merge:
      return run_merge(*run, statement_as<sql::Merge>(statement));
    case StatementKind::Truncate:
      return run_truncate(*run, statement_as<sql::Truncate>(statement));
    case StatementKind::TableExecute:
      return run_table_execute(*run, statement_as<sql::TableExecute>(statement));
    case StatementKind::Call:
      return run_call(*run, statement_as<sql::Call>(statement));
    case StatementKind::Analyze:
      return run_analyze(*run, statement_as<sql::Analyze>(statement));
    case StatementKind::Explain:
      return run_explain(run, statement_as<sql::Explain>(statement), text);
    case StatementKind::Show:
      return run_show(*run, statement_as<sql::Show>(statement));
    case StatementKind::ShowCreate:
      return run_show_create(*run, statement_as<sql::ShowCreate>(statement));
    case StatementKind::ShowStats:
      return run_show_stats(*run, statement_as<sql::ShowStats>(statement));
    case StatementKind::ShowGrants:
      return run_grants_list(statement_as<sql::ShowGrants>(statement));
    default:
      return run_session_statement(run, statement, text);
  }
}

}  // namespace

Result<Answer> dispatch(const std::shared_ptr<StatementRun>& run, const sql::Statement& statement,
                        std::string_view text) {
  auto answer = run_statement(run, statement, text);
  if (!answer && !answer.error().where && types::has_name(answer.error())) {
    return std::move(answer.error()).at(statement.span);
  }
  return answer;
}

}  // namespace tarn::engine
