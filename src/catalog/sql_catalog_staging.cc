// SPDX-License-Identifier: Apache-2.0
// Staging: changes that only this process sees until they are published in one transaction.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/uuid.h"
#include "catalog/intent_cleanup.h"
#include "catalog/purge.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_write_intents.h"

namespace tarn::catalog {

std::shared_ptr<Staging> SqlCatalog::staging() const {
  std::lock_guard lock(staging_mutex_);
  return staging_;
}

std::shared_ptr<Staging> SqlCatalog::end_staging() {
  std::lock_guard lock(staging_mutex_);
  return std::exchange(staging_, nullptr);
}

void SqlCatalog::begin_staging(iceberg::WriteIntents& intents) {
  std::lock_guard lock(staging_mutex_);
  VERIFY(staging_ == nullptr);
  staging_ = std::make_shared<Staging>(intents);
}

bool SqlCatalog::keeps_intent(const std::string& id) {
  const auto staging = this->staging();
  if (staging == nullptr) return false;
  std::lock_guard lock(staging->mutex);
  staging->intent_ids.push_back(id);
  return true;
}

Result<std::optional<StagedEntry>> SqlCatalog::staged_entry(
    Staging& staging, const iceberg::TableIdentifier& identifier) {
  if (const auto found = staging.names.find(identifier); found != staging.names.end()) {
    return found->second.now;
  }
  const auto stored = TRY(find_stored_entry(identifier));
  StagedName name;
  if (stored) {
    if (!stored->kind) {
      return unsupported("catalog entry `{}` is of a kind that cannot be changed here",
                         to_string(identifier));
    }
    name.base = StagedEntry{stored->location, *stored->kind};
  }
  name.now = name.base;
  return staging.names.emplace(identifier, std::move(name)).first->second.now;
}

Result<SqlCatalog::SwapOutcome> SqlCatalog::stage_swaps(Staging& staging,
                                                        const std::vector<Swap>& swaps) {
  std::lock_guard lock(staging.mutex);
  for (const auto& swap : swaps) {
    const auto now = TRY(staged_entry(staging, swap.identifier));
    const bool holds =
        swap.old_location.empty() ? !now : now == StagedEntry{swap.old_location, swap.kind};
    if (!holds) return SwapOutcome::Lost;
  }
  for (const auto& swap : swaps) {
    staging.names[swap.identifier].now = StagedEntry{swap.new_location, swap.kind};
  }
  return SwapOutcome::Landed;
}

Result<void> SqlCatalog::stage_rename(Staging& staging, const iceberg::TableIdentifier& from,
                                      const iceberg::TableIdentifier& to) {
  std::lock_guard lock(staging.mutex);
  auto entry = TRY(staged_entry(staging, from));
  if (!entry) return not_found("`{}` does not exist", to_string(from));
  if (TRY(staged_entry(staging, to))) return already_exists("`{}` already exists", to_string(to));
  staging.names[to].now = std::move(entry);
  staging.names[from].now.reset();
  return {};
}

Result<void> SqlCatalog::stage_delete(Staging& staging, const iceberg::TableIdentifier& identifier,
                                      const std::string& location) {
  std::lock_guard lock(staging.mutex);
  const auto entry = TRY(staged_entry(staging, identifier));
  if (!entry || entry->location != location) {
    return conflict("`{}` changed while it was dropped", to_string(identifier));
  }
  staging.names[identifier].now.reset();
  return {};
}

Result<std::string> SqlCatalog::begin_staged_write(const iceberg::TableIdentifier& identifier,
                                                   const std::string& location,
                                                   const std::string& folder) {
  const auto staging = this->staging();
  if (staging == nullptr) return std::string();
  iceberg::WriteIntent intent;
  intent.id = to_string(make_uuid7(*options_.clock, *options_.random));
  intent.table = identifier;
  intent.table_location = location;
  intent.folders = {folder};
  const std::string id = intent.id;
  TRY(staging->intents.begin(std::move(intent)));
  keeps_intent(id);
  return id;
}

// Where the tables and views are that will be there once it is published, in normal form.
Result<std::set<std::string>> SqlCatalog::staged_locations(Staging& staging) {
  std::set<std::string> out;
  for (const auto& [identifier, name] : staging.names) {
    if (!name.now || name.now == name.base) continue;
    if (name.now->kind == EntryKind::Table) {
      const auto metadata = TRY(read_metadata(identifier, name.now->location));
      out.insert(storage::normalize_location(metadata->location));
    } else {
      const auto view = TRY(load_view(identifier));
      out.insert(storage::normalize_location(view.metadata->location));
    }
  }
  return out;
}

Result<void> SqlCatalog::run_publication(SqlConnection& connection, const Staging& staging,
                                         const std::vector<std::string>& landing_intents) {
  // In the order of the names, as all commits do it.
  for (const auto& [identifier, name] : staging.names) {
    if (name.now == name.base) continue;
    const bool moves = name.base && name.now && name.base->kind == name.now->kind;
    if (name.base && !moves) {
      const bool is_table = name.base->kind == EntryKind::Table;
      const auto deleted = TRY(run_sql(connection, is_table ? sql_.delete_table : sql_.delete_view,
                                       {options_.catalog_name, to_string(identifier.space),
                                        identifier.name, name.base->location}));
      if (deleted.affected_rows != 1) {
        return conflict("`{}` was changed by another commit", to_string(identifier));
      }
    }
    if (!name.now) continue;
    const std::string old = moves ? name.base->location : std::string();
    TRY(run_swaps(connection, {{identifier, name.now->kind, old, name.now->location}}));
  }
  for (const auto& id : landing_intents) TRY(finish_intent(connection, id));
  return {};
}

void SqlCatalog::remove_staged_files(Staging& staging,
                                     const std::vector<iceberg::WriteIntent>& intents) {
  for (const auto& intent : intents) {
    // The next process finds what is left by the intent.
    static_cast<void>(abandon_write(*store_, staging.intents, intent));
  }
}

Result<void> SqlCatalog::publish_staged() {
  auto staging = this->staging();
  VERIFY(staging != nullptr);
  const auto locations = staged_locations(*staging);
  end_staging();
  const std::set<std::string> ids(staging->intent_ids.begin(), staging->intent_ids.end());
  auto open_intents = staging->intents.list();
  std::vector<iceberg::WriteIntent> own;
  std::vector<iceberg::WriteIntent> left;  // of tables that are gone again
  std::vector<std::string> landing;
  Result<void> done;
  if (!locations) done = locations.error();
  if (done && !open_intents) done = open_intents.error();
  if (done) {
    for (auto& intent : *open_intents) {
      if (!ids.contains(intent.id)) continue;
      own.push_back(intent);
      if (locations->contains(storage::normalize_location(intent.table_location))) {
        landing.push_back(intent.id);
      } else {
        left.push_back(std::move(intent));
      }
    }
    SqlDatabase::Token token;
    done = database_->transact(
        [&](SqlConnection& connection) { return run_publication(connection, *staging, landing); },
        &token);
    if (!done && done.error().code == ErrorCode::UnknownOutcome) {
      std::vector<Swap> swaps;
      for (const auto& [identifier, name] : staging->names) {
        if (!name.now || name.now == name.base) continue;
        swaps.push_back({identifier, name.now->kind, "", name.now->location});
      }
      const auto outcome = TRY(look_after_lost_answer(swaps, token, std::move(done.error())));
      done = {};
      if (outcome == SwapOutcome::Lost) done = conflict("the publication was not carried out");
    }
  }
  if (!done) {
    static_cast<void>(store_->remove_many(staging->written));
    remove_staged_files(*staging, own);
    if (done.error().code == ErrorCode::AlreadyExists) done.error().code = ErrorCode::Conflict;
    return done;
  }
  for (const auto& purge : staging->purges) {
    static_cast<void>(purge_table_files(*store_, *purge.metadata, purge.metadata_location));
  }
  remove_staged_files(*staging, left);
  static_cast<void>(store_->remove_many(staging->removals));
  return {};
}

void SqlCatalog::discard_staged() {
  const auto staging = end_staging();
  if (staging == nullptr) return;
  const std::set<std::string> ids(staging->intent_ids.begin(), staging->intent_ids.end());
  static_cast<void>(store_->remove_many(staging->written));
  auto open_intents = staging->intents.list();
  if (!open_intents) return;  // the clean-up of dead writes will find them
  std::erase_if(*open_intents, [&](const auto& intent) { return !ids.contains(intent.id); });
  remove_staged_files(*staging, *open_intents);
  for (const auto& [identifier, name] : staging->names) {
    tables_.forget(identifier);
    views_.forget(identifier);
  }
}

}  // namespace tarn::catalog
