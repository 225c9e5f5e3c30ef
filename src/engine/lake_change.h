// SPDX-License-Identifier: Apache-2.0
// Changes of a table's metadata by one commit of its own. Internal to the engine.
#pragma once

#include <functional>

#include "engine/lake_access.h"
#include "engine/session_state.h"
#include "iceberg/commit/transaction.h"

namespace tarn::engine {

iceberg::CommitEnvironment commit_environment(StatementRun& run, const LakeCatalog& lake);

// One commit of what `changes` puts into the transaction. A failure without a name is
// ICEBERG_COMMIT_ERROR.
Result<iceberg::LoadedTable> change_table(
    StatementRun& run, const LakeCatalog& lake, const iceberg::LoadedTable& table,
    const std::function<void(iceberg::TableTransaction&)>& changes);

// The table that an ALTER statement names; none with IF EXISTS. TABLE_NOT_FOUND with
// `missing_format` (`Table '{}' does not exist`).
struct AlterTarget {
  const LakeCatalog* lake = nullptr;
  analysis::TableId id;
  iceberg::LoadedTable table;
};
Result<std::optional<AlterTarget>> open_alter_target(StatementRun& run,
                                                     const sql::QualifiedName& name, bool if_exists,
                                                     const TextSpan& span);

}  // namespace tarn::engine
