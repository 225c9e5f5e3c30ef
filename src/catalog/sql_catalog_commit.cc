// SPDX-License-Identifier: Apache-2.0
// The commit of the SQL catalog: check, build, write, swap.
#include <algorithm>
#include <set>
#include <utility>

#include "base/time.h"
#include "catalog/sql_catalog.h"
#include "iceberg/apply_update.h"
#include "iceberg/metadata_io.h"
#include "iceberg/table_properties.h"
#include "iceberg/table_requirement.h"
#include "iceberg/table_update.h"

namespace tarn::catalog {

namespace {

constexpr int kSwapAttemptsMax = 10;

// The same state but for the time and the log of former files.
bool is_same_state(const iceberg::TableMetadata& base, const iceberg::TableMetadata& next) {
  if (base.snapshots.size() != next.snapshots.size()) return false;
  auto copy = next;
  copy.last_updated_ms = base.last_updated_ms;
  copy.metadata_log = base.metadata_log;
  return copy == base;
}

bool creates_table(const iceberg::TableChange& change) {
  return std::any_of(change.requirements.begin(), change.requirements.end(),
                     [](const auto& requirement) {
                       return requirement.kind == iceberg::TableRequirementKind::NotExists;
                     });
}

// The meaning of an error before the swap was sent: certainly nothing has happened.
Error before_swap(Error error) {
  if (error.code == ErrorCode::UnknownOutcome) error.code = ErrorCode::Unavailable;
  return error;
}

}  // namespace

Result<SqlCatalog::Pending> SqlCatalog::prepare_change(const iceberg::TableChange& change) {
  const bool creates = creates_table(change);
  Pending pending;
  if (creates) {
    TRY(check_new_name(change.table));
    pending.base.identifier = change.table;
  } else {
    pending.base = TRY(load_table(change.table));
  }
  const auto* current = pending.base.metadata.get();
  TRY(with_context(iceberg::check_requirements(change.requirements, current),
                   fmt::format("while committing to `{}`", to_string(change.table))));
  pending.next = pending.base;
  if (!creates && change.updates.empty()) {
    pending.changed = false;
    return pending;
  }
  const auto empty = creates ? iceberg::empty_metadata() : iceberg::TableMetadata();
  auto next = TRY(with_context(
      iceberg::apply_updates(creates ? empty : *current, change.updates,
                             {.now_ms = now_ms(), .base_location = pending.base.metadata_location}),
      fmt::format("while committing to `{}`", to_string(change.table))));
  pending.changed = creates || !is_same_state(*current, next);
  if (!pending.changed) return pending;
  pending.next.metadata_location = iceberg::new_metadata_location(
      next, pending.base.metadata_location, *options_.random, change.write_id);
  pending.next.metadata = std::make_shared<const iceberg::TableMetadata>(std::move(next));
  return pending;
}

Result<void> SqlCatalog::settle_write(const std::string& location, Result<void> written) {
  if (written) return written;
  auto error = std::move(written).error();
  if (error.code != ErrorCode::AlreadyExists) static_cast<void>(store_->remove(location));
  return before_swap(std::move(error));
}

Result<void> SqlCatalog::write_changes(const std::vector<Pending>& pending) {
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (!pending[i].changed) continue;
    const auto& location = pending[i].next.metadata_location;
    auto written = settle_write(
        location, iceberg::write_table_metadata(*store_, location, *pending[i].next.metadata));
    if (!written) {
      discard_changes(pending, i);
      return written;
    }
    if (const auto staging = this->staging()) {
      std::lock_guard lock(staging->mutex);
      staging->written.push_back(location);
    }
  }
  return {};
}

void SqlCatalog::discard_changes(const std::vector<Pending>& pending, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    // A file that stays costs only its space.
    if (pending[i].changed) static_cast<void>(store_->remove(pending[i].next.metadata_location));
  }
}

Result<std::vector<iceberg::LoadedTable>> SqlCatalog::commit(
    std::span<const iceberg::TableChange> changes) {
  std::vector<iceberg::TableChange> without_ids;  // once `changes` points to them
  std::set<iceberg::TableIdentifier> names;
  for (const auto& change : changes) {
    if (!names.insert(change.table).second) {
      return invalid_input("a commit changes table `{}` twice", to_string(change.table));
    }
  }
  for (int attempt = 1;; ++attempt) {
    std::vector<Pending> pending;
    std::vector<Swap> swaps;
    for (const auto& change : changes) {
      auto prepared = prepare_change(change);
      if (!prepared) return before_swap(std::move(prepared).error());
      const auto& table = pending.emplace_back(std::move(*prepared));
      swaps.push_back({change.table, EntryKind::Table, table.base.metadata_location,
                       table.next.metadata_location});
    }
    const bool changed = std::any_of(pending.begin(), pending.end(),
                                     [](const Pending& table) { return table.changed; });
    if (changed) {
      auto written = write_changes(pending);
      if (!written) {
        // An earlier attempt of this write could not remove its file.
        const bool name_taken = written.error().code == ErrorCode::AlreadyExists;
        if (!name_taken || !without_ids.empty()) return std::move(written).error();
        without_ids.assign(changes.begin(), changes.end());
        for (auto& change : without_ids) change.write_id.clear();
        changes = without_ids;
        continue;
      }
      auto outcome = swap_pointers(swaps);
      if (!outcome) {
        if (outcome.error().code != ErrorCode::UnknownOutcome) {
          discard_changes(pending, pending.size());
        }
        return std::move(outcome).error();
      }
      if (*outcome == SwapOutcome::Lost) {
        discard_changes(pending, pending.size());
        if (attempt < kSwapAttemptsMax) continue;
        return conflict("table `{}` is changed by others all the time",
                        to_string(changes.front().table));
      }
    }
    std::vector<iceberg::LoadedTable> states;
    for (auto& table : pending) {
      if (table.changed) {
        tables_.keep(table.next.identifier, table.next.metadata_location, table.next.metadata);
        remove_old_metadata(table);
      }
      states.push_back(std::move(table.next));
    }
    return states;
  }
}

void SqlCatalog::remove_old_metadata(const Pending& pending) {
  const auto& next = *pending.next.metadata;
  if (pending.base.metadata == nullptr ||
      !iceberg::read_property(next.properties, iceberg::property::kDeleteOldMetadata)) {
    return;
  }
  std::set<std::string> kept;
  for (const auto& entry : next.metadata_log) kept.insert(entry.metadata_file);
  std::vector<std::string> removed;
  for (const auto& entry : pending.base.metadata->metadata_log) {
    if (!kept.contains(entry.metadata_file)) removed.push_back(entry.metadata_file);
  }
  if (const auto staging = this->staging()) {
    std::lock_guard lock(staging->mutex);
    staging->removals.insert(staging->removals.end(), removed.begin(), removed.end());
    return;
  }
  // The commit has landed whether or not this works.
  static_cast<void>(store_->remove_many(removed));
}

Result<void> SqlCatalog::run_swaps(SqlConnection& connection, const std::vector<Swap>& swaps) {
  for (const auto& swap : swaps) {
    const bool is_table = swap.kind == EntryKind::Table;
    const auto space = to_string(swap.identifier.space);
    const auto& name = swap.identifier.name;
    if (swap.old_location.empty()) {
      TRY(run_sql(connection, is_table ? sql_.insert_table : sql_.insert_view,
                  {options_.catalog_name, space, name, swap.new_location}));
      continue;
    }
    if (swap.old_location == swap.new_location) {
      const auto locked =
          TRY(run_sql(connection, sql_.lock_table,
                      {swap.old_location, options_.catalog_name, space, name, swap.old_location}));
      if (locked.affected_rows == 1) continue;
      return conflict("`{}` was changed by another commit", to_string(swap.identifier));
    }
    const auto moved = TRY(run_sql(connection, is_table ? sql_.swap_table : sql_.swap_view,
                                   {swap.new_location, swap.old_location, options_.catalog_name,
                                    space, name, swap.old_location}));
    if (moved.affected_rows != 1) {
      return conflict("`{}` was changed by another commit", to_string(swap.identifier));
    }
  }
  return {};
}

Result<SqlCatalog::SwapOutcome> SqlCatalog::swap_pointers(const std::vector<Swap>& swaps) {
  if (const auto staging = this->staging()) return stage_swaps(*staging, swaps);
  // One order for all programs: two commits over the same tables wait instead of locking up.
  auto sorted = swaps;
  std::sort(sorted.begin(), sorted.end(),
            [](const Swap& a, const Swap& b) { return a.identifier < b.identifier; });
  SqlDatabase::Token token;
  auto result = database_->transact(
      [&](SqlConnection& connection) { return run_swaps(connection, sorted); }, &token);
  if (result) return SwapOutcome::Landed;
  switch (result.error().code) {
    case ErrorCode::Conflict:
    case ErrorCode::AlreadyExists:
      return SwapOutcome::Lost;
    case ErrorCode::UnknownOutcome:
      return look_after_lost_answer(sorted, token, std::move(result).error());
    default:
      return std::move(result).error();
  }
}

Result<SqlCatalog::SwapOutcome> SqlCatalog::look_after_lost_answer(const std::vector<Swap>& swaps,
                                                                   const SqlDatabase::Token& token,
                                                                   Error error) {
  // All swaps share one transaction: the first that moved something speaks for all.
  const auto swap = std::find_if(swaps.begin(), swaps.end(), [](const Swap& candidate) {
    return candidate.old_location != candidate.new_location;
  });
  if (swap == swaps.end()) return error;
  // First the transaction, which may be still running, then what it left.
  const auto fate = database_->fate(token.value_or(""), *options_.clock);
  if (!fate) return std::move(error).with_context("the catalog could not be asked afterwards");
  const auto landed = has_landed(*swap);
  if (!landed) return std::move(error).with_context("the catalog could not be read afterwards");
  if (*landed) return SwapOutcome::Landed;
  if (*fate == TransactionFate::RolledBack) return SwapOutcome::Lost;
  return error;
}

Result<bool> SqlCatalog::has_landed(const Swap& swap) {
  const auto entry = TRY(find_entry(swap.identifier));
  if (!entry || entry->kind != swap.kind) return false;
  if (entry->location == swap.new_location) return true;
  if (swap.kind != EntryKind::Table) return false;
  // Others may have committed on top of it.
  const auto metadata = TRY(read_metadata(swap.identifier, entry->location));
  return std::any_of(
      metadata->metadata_log.begin(), metadata->metadata_log.end(),
      [&swap](const auto& logged) { return logged.metadata_file == swap.new_location; });
}

}  // namespace tarn::catalog
