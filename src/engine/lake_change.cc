// SPDX-License-Identifier: Apache-2.0
#include "engine/lake_change.h"

#include "types/error_name.h"

namespace tarn::engine {

using types::named_error;

iceberg::CommitEnvironment commit_environment(StatementRun& run, const LakeCatalog& lake) {
  iceberg::CommitEnvironment environment;
  environment.catalog = lake.catalog.get();
  environment.store = lake.store.get();
  environment.intents = lake.intents.get();
  environment.clock = run.session().options.clock;
  environment.random = run.session().options.random;
  environment.cancel = run.cancel();
  environment.summary = {{"engine-name", "tarn"}};
  return environment;
}

Result<iceberg::LoadedTable> change_table(
    StatementRun& run, const LakeCatalog& lake, const iceberg::LoadedTable& table,
    const std::function<void(iceberg::TableTransaction&)>& changes) {
  iceberg::Transaction transaction(commit_environment(run, lake));
  changes(transaction.table(table));
  auto committed = transaction.commit();
  if (committed) return committed->front();
  if (committed.error().code == ErrorCode::Cancelled) return std::move(committed).error();
  return types::with_name(std::move(committed).error(), "ICEBERG_COMMIT_ERROR", {});
}

Result<std::optional<AlterTarget>> open_alter_target(StatementRun& run,
                                                     const sql::QualifiedName& name, bool if_exists,
                                                     const TextSpan& span) {
  AlterTarget target;
  target.id = TRY(run.resolve(name));
  target.lake = TRY(find_lake(run, target.id.catalog));
  if (target.lake == nullptr) {
    return named_error("NOT_SUPPORTED", span, "This connector does not support altering tables");
  }
  auto* access = TRY(run.access(target.id.catalog));
  std::optional<LakeObject> object;
  if (TRY(access->has_schema(target.id.schema))) {
    object = TRY(find_lake_object(*target.lake, target.id));
  }
  if (!object || object->kind != RelationKind::Table) {
    if (!object && if_exists) return std::optional<AlterTarget>();
    return named_error("TABLE_NOT_FOUND", span, "Table '{}' does not exist", to_string(target.id));
  }
  TRY(run.check_autocommit(target.id.catalog));
  target.table = *std::move(object->table);
  return std::optional(std::move(target));
}

}  // namespace tarn::engine
