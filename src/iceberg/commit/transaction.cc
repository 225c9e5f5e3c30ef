// SPDX-License-Identifier: Apache-2.0
// The loop of optimistic commits. Spec: "Optimistic Concurrency"; DESIGN on unknown outcomes: a
// commit that may have landed is looked for, and no file of it is ever deleted.
#include "iceberg/commit/transaction.h"

#include <algorithm>

#include "base/check.h"
#include "base/uuid.h"
#include "iceberg/apply_update.h"
#include "iceberg/commit/table_action.h"
#include "iceberg/metadata_io.h"
#include "iceberg/table_properties.h"
#include "storage/store.h"

namespace tarn::iceberg {

namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;
constexpr int kDoublingsMax = 20;

bool is_retried(ErrorCode code) {
  return code == ErrorCode::Conflict || code == ErrorCode::Unavailable;
}

// What happened before a commit was sent: nothing is unknown about it.
Error before_commit(Error error) {
  if (error.code == ErrorCode::UnknownOutcome) error.code = ErrorCode::Unavailable;
  return error;
}

// The state apart from when and in which file it was written.
bool is_same_table_state(const TableMetadata& a, TableMetadata b) {
  b.last_updated_ms = a.last_updated_ms;
  b.metadata_log = a.metadata_log;
  return a == b;
}

}  // namespace

// One try: what is sent, and what the manifest lists in it name.
struct Transaction::Attempt {
  int number = 0;
  std::vector<TableChange> changes;
  std::vector<std::size_t> tables;                     // of `changes`, indexes into tables_
  std::vector<std::vector<SnapshotId>> snapshots;      // by table
  std::vector<std::unordered_set<std::string>> files;  // by table: manifest lists and manifests
};

Transaction::Transaction(CommitEnvironment environment) : environment_(std::move(environment)) {
  VERIFY(environment_.catalog != nullptr && environment_.store != nullptr);
  if (environment_.cache != nullptr) return;
  own_cache_ = std::make_unique<ManifestCache>();
  environment_.cache = own_cache_.get();
}

Transaction::~Transaction() = default;

TableTransaction& Transaction::add(LoadedTable base, bool creates) {
  VERIFY(base.metadata != nullptr);
  current_.push_back(base);
  tables_.push_back(std::make_unique<TableTransaction>(std::move(base), creates));
  return *tables_.back();
}

TableTransaction& Transaction::table(LoadedTable base) { return add(std::move(base), false); }

TableTransaction& Transaction::create(LoadedTable staged) { return add(std::move(staged), true); }

std::int64_t Transaction::now_ms() const {
  return environment_.clock->now_micros() / kMicrosPerMilli;
}

// The most patient table decides.
Result<void> Transaction::read_limits() {
  limits_ = {};
  for (const auto& table : tables_) {
    const Properties& properties = table->base_.metadata->properties;
    const auto take = [&](std::int64_t& limit, const property::Number& name) -> Result<void> {
      limit = std::max(limit, TRY(read_property(properties, name)));
      return {};
    };
    TRY(take(limits_.retries, property::kCommitRetries));
    TRY(take(limits_.min_wait_ms, property::kCommitRetryMinWaitMs));
    TRY(take(limits_.max_wait_ms, property::kCommitRetryMaxWaitMs));
    TRY(take(limits_.total_ms, property::kCommitRetryTotalMs));
    TRY(take(limits_.status_checks, property::kStatusChecks));
    TRY(take(limits_.status_wait_ms, property::kStatusCheckMinWaitMs));
  }
  return {};
}

Result<void> Transaction::begin_intents() {
  for (const auto& table : tables_) {
    // Any change writes the metadata file at least.
    const bool writes = table->creates_ || !table->actions_.empty();
    if (!table->write_id_.empty() || !writes) continue;
    table->write_id_ = to_string(make_uuid4(*environment_.random));
    if (environment_.intents == nullptr) continue;
    WriteIntent intent;
    intent.id = table->write_id_;
    intent.table = table->base_.identifier;
    intent.table_location = table->base_.metadata->location;
    intent.folders = {metadata_folder(*table->base_.metadata)};
    // From here on: the intent may be there even if the answer was an error.
    table->owns_intent_ = true;
    TRY(environment_.intents->begin(std::move(intent)));
  }
  return {};
}

// A writer that was taken for dead has lost its files: it must not commit.
Result<void> Transaction::keep_intents_alive() {
  for (const auto& table : tables_) {
    if (table->owns_intent_) TRY(environment_.intents->heartbeat(table->write_id_));
  }
  return {};
}

void Transaction::finish_intents() {
  for (const auto& table : tables_) {
    // One that stays is cleaned up as that of a dead writer: nothing is left to remove then.
    if (table->owns_intent_) static_cast<void>(environment_.intents->finish(table->write_id_));
    table->owns_intent_ = false;
  }
}

Result<void> Transaction::prepare_table(std::size_t index, Attempt& attempt) {
  TableTransaction& table = *tables_[index];
  const TableMetadata& base = *current_[index].metadata;
  const std::int64_t now = now_ms();
  TableChange change;
  change.table = table.base_.identifier;
  change.write_id = table.write_id_;
  if (table.creates_) {
    change.requirements.push_back(require_not_exists());
    change.updates = updates_for_create(base);
  } else {
    change.requirements.push_back(require_uuid(base.uuid));
  }
  TableMetadata working = base;
  for (const auto& action : table.actions_) {
    const BuildContext context{environment_,    *environment_.cache, base, working,
                               table.write_id_, attempt.number,      now,  table.manifest_count_,
                               written_,        table.own_snapshots_};
    ActionResult result = TRY(action->apply(context));
    if (result.updates.empty()) continue;
    working = TRY(apply_updates(working, result.updates, ApplyOptions{now, ""}));
    for (TableUpdate& update : result.updates) {
      if (update.kind == TableUpdateKind::AddSnapshot) {
        attempt.snapshots[index].push_back(update.snapshot->id);
        attempt.files[index].insert(update.snapshot->manifest_list);
        table.own_snapshots_.insert(update.snapshot->id);
      }
      change.updates.push_back(std::move(update));
    }
    for (TableRequirement& requirement : result.requirements) {
      const bool known = std::find(change.requirements.begin(), change.requirements.end(),
                                   requirement) != change.requirements.end();
      if (!known && !table.creates_) change.requirements.push_back(std::move(requirement));
    }
    attempt.files[index].insert(result.manifests.begin(), result.manifests.end());
  }
  if (change.updates.empty()) return {};
  attempt.changes.push_back(std::move(change));
  attempt.tables.push_back(index);
  return {};
}

Result<Transaction::Attempt> Transaction::prepare(int number) {
  Attempt attempt;
  attempt.number = number;
  attempt.snapshots.resize(tables_.size());
  attempt.files.resize(tables_.size());
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    TRY(with_context(
        prepare_table(i, attempt),
        fmt::format("while committing to `{}`", to_string(tables_[i]->base_.identifier))));
  }
  return attempt;
}

Result<void> Transaction::refresh() {
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (tables_[i]->creates_) continue;
    LoadedTable loaded = TRY(environment_.catalog->load_table(tables_[i]->base_.identifier));
    if (loaded.metadata->uuid != current_[i].metadata->uuid) {
      return conflict("table `{}` was replaced by another one",
                      to_string(tables_[i]->base_.identifier));
    }
    current_[i] = std::move(loaded);
  }
  return {};
}

// Longer with each attempt, and never the same for two writers.
void Transaction::wait(int attempt) {
  std::int64_t wait_ms = limits_.min_wait_ms << std::min(attempt, kDoublingsMax);
  wait_ms = std::clamp<std::int64_t>(wait_ms, 1, std::max<std::int64_t>(1, limits_.max_wait_ms));
  const auto share = static_cast<std::int64_t>(environment_.random->next() % 512);
  environment_.clock->sleep_micros(wait_ms * (512 + share) * kMicrosPerMilli / 1024);
}

Result<std::vector<LoadedTable>> Transaction::commit_with_retries() {
  const std::int64_t started = now_ms();
  for (int number = 0;; ++number) {
    if (environment_.cancel != nullptr) TRY(environment_.cancel->check());
    auto prepared = prepare(number);
    if (!prepared) return before_commit(std::move(prepared).error());
    const Attempt attempt = std::move(*prepared);
    if (attempt.changes.empty()) return current_;
    auto alive = keep_intents_alive();
    if (!alive) return before_commit(std::move(alive).error());
    auto committed = environment_.catalog->commit(attempt.changes);
    if (committed) return finish(attempt, std::move(*committed));
    Error error = std::move(committed).error();
    if (error.code == ErrorCode::UnknownOutcome) {
      return look_after_unknown(attempt, std::move(error));
    }
    const bool out_of_time = now_ms() - started > limits_.total_ms;
    if (!is_retried(error.code) || number >= limits_.retries || out_of_time) return error;
    wait(number);
    auto refreshed = refresh();
    if (!refreshed) return before_commit(std::move(refreshed).error());
  }
}

Result<std::vector<LoadedTable>> Transaction::finish(const Attempt& attempt,
                                                     std::vector<LoadedTable> committed) {
  std::vector<LoadedTable> result = current_;
  for (std::size_t i = 0; i < committed.size() && i < attempt.tables.size(); ++i) {
    result[attempt.tables[i]] = std::move(committed[i]);
  }
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    tables_[i]->snapshot_ids_ = attempt.snapshots[i];
  }
  remove_unused(attempt, result);
  finish_intents();
  return result;
}

// Whether the catalog shows what the attempt wanted. False does not mean that it never will.
Result<bool> Transaction::has_landed(const Attempt& attempt) {
  // All tables land together, so that one that made a snapshot speaks for all.
  for (const std::size_t index : attempt.tables) {
    if (attempt.snapshots[index].empty()) continue;
    auto loaded = environment_.catalog->load_table(tables_[index]->base_.identifier);
    if (!loaded && loaded.error().code == ErrorCode::NotFound) return false;
    const LoadedTable table = TRY(std::move(loaded));
    return table.metadata->uuid == current_[index].metadata->uuid &&
           table.metadata->find_snapshot(attempt.snapshots[index].back()) != nullptr;
  }
  for (std::size_t i = 0; i < attempt.tables.size(); ++i) {
    const std::size_t index = attempt.tables[i];
    auto loaded = environment_.catalog->load_table(tables_[index]->base_.identifier);
    if (!loaded && loaded.error().code == ErrorCode::NotFound) return false;
    const LoadedTable table = TRY(std::move(loaded));
    if (table.metadata->uuid != current_[index].metadata->uuid) return false;
    if (tables_[index]->creates_) continue;
    // If doing it again changes nothing, it is done.
    const auto again = apply_updates(*table.metadata, attempt.changes[i].updates,
                                     ApplyOptions{table.metadata->last_updated_ms, ""});
    if (!again || !is_same_table_state(*table.metadata, *again)) return false;
  }
  return true;
}

Result<std::vector<LoadedTable>> Transaction::look_after_unknown(const Attempt& attempt,
                                                                 Error error) {
  for (std::int64_t check = 0; check <= limits_.status_checks; ++check) {
    if (check > 0) {
      environment_.clock->sleep_micros(limits_.status_wait_ms * kMicrosPerMilli);
    }
    const auto landed = has_landed(attempt);
    if (!landed || !*landed) continue;
    std::vector<LoadedTable> committed;
    for (const std::size_t index : attempt.tables) {
      auto loaded = environment_.catalog->load_table(tables_[index]->base_.identifier);
      if (!loaded) return error;
      committed.push_back(std::move(*loaded));
    }
    return finish(attempt, std::move(committed));
  }
  return error;
}

// Files of earlier attempts, and manifests that went into merged ones. Only where the catalog's
// answer shows this attempt's snapshots.
void Transaction::remove_unused(const Attempt& attempt, const std::vector<LoadedTable>& committed) {
  std::unordered_set<std::string> used;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    for (const SnapshotId id : attempt.snapshots[i]) {
      const Snapshot* snapshot = committed[i].metadata->find_snapshot(id);
      if (snapshot == nullptr || !attempt.files[i].contains(snapshot->manifest_list)) return;
    }
    used.insert(attempt.files[i].begin(), attempt.files[i].end());
  }
  std::vector<std::string> unused;
  for (const std::string& location : written_) {
    if (!used.contains(location)) unused.push_back(location);
  }
  // The commit stands whether or not this works.
  if (!unused.empty()) static_cast<void>(environment_.store->remove_many(unused));
}

Result<std::vector<LoadedTable>> Transaction::commit() {
  VERIFY(!committed_, "a transaction is committed once");
  committed_ = true;
  const auto run = [&]() -> Result<std::vector<LoadedTable>> {
    TRY(read_limits());
    auto begun = begin_intents();
    if (!begun) return before_commit(std::move(begun).error());
    return commit_with_retries();
  };
  auto result = run();
  if (result) {
    finish_intents();
    return result;
  }
  if (result.error().code == ErrorCode::UnknownOutcome) return result;
  const auto removed = environment_.store->remove_many(written_);
  // An intent whose files could not be removed stays for the clean-up of dead writers.
  if (removed) finish_intents();
  return result;
}

}  // namespace tarn::iceberg
