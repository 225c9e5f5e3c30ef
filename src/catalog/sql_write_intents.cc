// SPDX-License-Identifier: Apache-2.0
#include "catalog/sql_write_intents.h"

#include <utility>

#include "base/text.h"
#include "catalog/write_owner.h"

namespace tarn::catalog {

namespace {

constexpr const char* kTable = "tarn_write_intents";
constexpr const char* kCreateTable =
    "CREATE TABLE tarn_write_intents (intent_id VARCHAR(64) NOT NULL PRIMARY KEY, catalog_name "
    "VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT "
    "NULL, table_location VARCHAR(1000) NOT NULL, folders TEXT NOT NULL, owner_host VARCHAR(400) "
    "NOT NULL, owner_process BIGINT NOT NULL, owner_started BIGINT NOT NULL, created_ms BIGINT NOT "
    "NULL, heartbeat_ms BIGINT NOT NULL, condemned INTEGER NOT NULL)";

Result<std::int64_t> number(const SqlValue& value) {
  const auto parsed = parse_int64(value.value_or(""));
  if (!parsed) return corrupt("table `{}` holds a number that is none", kTable);
  return *parsed;
}

Result<iceberg::WriteIntent> intent_from_row(const std::vector<SqlValue>& row) {
  iceberg::WriteIntent intent;
  intent.id = row[0].value_or("");
  const std::string space = row[1].value_or("");
  for (const auto level : split(space, '.')) intent.table.space.levels.emplace_back(level);
  intent.table.name = row[2].value_or("");
  intent.table_location = row[3].value_or("");
  const std::string folders = row[4].value_or("");
  for (const auto folder : split(folders, '\n')) {
    if (!folder.empty()) intent.folders.emplace_back(folder);
  }
  intent.owner.host = row[5].value_or("");
  intent.owner.process_id = TRY(number(row[6]));
  intent.owner.started = TRY(number(row[7]));
  intent.created_ms = TRY(number(row[8]));
  intent.heartbeat_ms = TRY(number(row[9]));
  return intent;
}

Error taken_for_dead(const std::string& id) {
  return not_found("write `{}` was taken for dead and its files may be gone", id);
}

}  // namespace

Result<void> finish_intent(SqlConnection& connection, const std::string& id) {
  const auto deleted = TRY(run_sql(
      connection, "DELETE FROM tarn_write_intents WHERE intent_id = $1 AND condemned = 0", {id}));
  if (deleted.affected_rows == 1) return {};
  return taken_for_dead(id);
}

Result<bool> SqlWriteIntents::has_table() {
  if (has_table_) return true;
  bool found = false;
  TRY(database_.with_connection([&found](SqlConnection& connection) -> Result<void> {
    found = TRY(connection.has_table(kTable));
    return {};
  }));
  has_table_ = found;
  return found;
}

Result<void> SqlWriteIntents::create_table() {
  if (TRY(has_table())) return {};
  auto created = database_.with_connection([](SqlConnection& connection) -> Result<void> {
    TRY(run_sql(connection, kCreateTable, {}));
    return {};
  });
  // Another process may have made it at the same moment.
  if (!created && !TRY(has_table())) {
    return std::move(created).error().with_context(
        fmt::format("while making table `{}` beside the catalog", kTable));
  }
  has_table_ = true;
  return {};
}

Result<void> SqlWriteIntents::begin(iceberg::WriteIntent intent) {
  if (intent.id.size() < 16 || intent.folders.empty()) {
    return invalid_input("a write intent needs an id of at least 16 characters, and folders");
  }
  for (const auto& folder : intent.folders) {
    if (folder.find('\n') != std::string::npos) {
      return invalid_input("a location cannot have a line feed");
    }
  }
  TRY(create_table());
  const auto owner = current_owner();
  const auto now = std::to_string(clock_.now_micros() / 1'000);
  return database_.transact([&](SqlConnection& connection) -> Result<void> {
    TRY(run_sql(connection,
                "INSERT INTO tarn_write_intents VALUES ($1, $2, $3, $4, $5, $6, $7, CAST($8 AS "
                "BIGINT), CAST($9 AS BIGINT), CAST($10 AS BIGINT), CAST($11 AS BIGINT), 0)",
                {intent.id, catalog_name_, to_string(intent.table.space), intent.table.name,
                 intent.table_location, join(intent.folders, "\n"), owner.host,
                 std::to_string(owner.process_id), std::to_string(owner.started), now, now}));
    return {};
  });
}

Result<void> SqlWriteIntents::heartbeat(const std::string& id) {
  const auto now = std::to_string(clock_.now_micros() / 1'000);
  return database_.transact([&](SqlConnection& connection) -> Result<void> {
    const auto updated = TRY(run_sql(connection,
                                     "UPDATE tarn_write_intents SET heartbeat_ms = CAST($1 AS "
                                     "BIGINT) WHERE intent_id = $2 AND condemned = 0",
                                     {now, id}));
    if (updated.affected_rows == 1) return {};
    return taken_for_dead(id);
  });
}

Result<void> SqlWriteIntents::finish(const std::string& id) {
  if (catalog_.keeps_intent(id)) return {};
  if (!TRY(has_table())) return {};
  return database_.transact([&](SqlConnection& connection) -> Result<void> {
    TRY(run_sql(connection, "DELETE FROM tarn_write_intents WHERE intent_id = $1", {id}));
    return {};
  });
}

Result<std::vector<iceberg::WriteIntent>> SqlWriteIntents::list() {
  std::vector<iceberg::WriteIntent> intents;
  if (!TRY(has_table())) return intents;
  const auto result = TRY(database_.query(
      "SELECT intent_id, table_namespace, table_name, table_location, folders, owner_host, "
      "owner_process, owner_started, created_ms, heartbeat_ms FROM tarn_write_intents WHERE "
      "catalog_name = $1 ORDER BY created_ms, intent_id",
      {catalog_name_}));
  for (const auto& row : result.rows) intents.push_back(TRY(intent_from_row(row)));
  return intents;
}

Result<bool> SqlWriteIntents::condemn(const iceberg::WriteIntent& intent) {
  bool condemned = false;
  TRY(database_.transact([&](SqlConnection& connection) -> Result<void> {
    const auto updated =
        TRY(run_sql(connection,
                    "UPDATE tarn_write_intents SET condemned = 1 WHERE intent_id = $1 AND "
                    "heartbeat_ms = CAST($2 AS BIGINT)",
                    {intent.id, std::to_string(intent.heartbeat_ms)}));
    condemned = updated.affected_rows == 1;
    return {};
  }));
  return condemned;
}

}  // namespace tarn::catalog
