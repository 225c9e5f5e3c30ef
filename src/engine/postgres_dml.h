// SPDX-License-Identifier: Apache-2.0
// Statements that change rows of Postgres: the engine computes which rows and values, in the
// snapshot that the statement reads; they go to the server by COPY. Internal to the engine.
#pragma once

#include "engine/postgres_access.h"
#include "engine/session_state.h"

namespace tarn::engine {

Result<Answer> insert_into_postgres(StatementRun& run, PostgresAccess& access,
                                    const sql::Insert& statement);
Result<Answer> delete_from_postgres(StatementRun& run, PostgresAccess& access,
                                    const sql::Delete& statement);
Result<Answer> update_postgres(StatementRun& run, PostgresAccess& access,
                               const sql::Update& statement);
Result<Answer> merge_into_postgres(StatementRun& run, PostgresAccess& access,
                                   const sql::Merge& statement);
Result<Answer> create_postgres_table_as(StatementRun& run, PostgresAccess& access,
                                        const sql::CreateTableAs& statement,
                                        const analysis::TableId& id);

}  // namespace tarn::engine
