// SPDX-License-Identifier: Apache-2.0
#include "duckdb/lake_transaction.h"

#include <algorithm>
#include <duckdb/parser/parsed_data/create_schema_info.hpp>

#include "base/check.h"
#include "base/text.h"
#include "duckdb/dml.h"
#include "duckdb/lake_catalog.h"
#include "duckdb/row_deletes.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/metadata_io.h"
#include "iceberg/table_properties.h"

namespace tarn::duckdb {
namespace {

// Of a branch the table's own schema, of anything older the one it was written with.
const iceberg::Schema& schema_to_read(const iceberg::TableMetadata& metadata,
                                      const iceberg::Snapshot* snapshot,
                                      const iceberg::SnapshotChoice& choice) {
  if (snapshot == nullptr) return metadata.schema();
  if (choice.ref) {
    auto ref = metadata.refs.find(*choice.ref);
    if (ref != metadata.refs.end() && ref->second.kind == iceberg::RefKind::Branch) {
      return metadata.schema();
    }
    return metadata.schema_of(*snapshot);
  }
  if (choice.id || choice.timestamp_ms) return metadata.schema_of(*snapshot);
  return metadata.schema();
}

bool is_all_deleted(const PendingChanges& pending, const iceberg::DataFile& file) {
  auto deleted = pending.deleted.find(storage::normalize_location(file.path));
  return deleted != pending.deleted.end() &&
         deleted->second.cardinality() == static_cast<std::uint64_t>(file.record_count);
}

}  // namespace

LakeTransaction::LakeTransaction(dk::TransactionManager& manager, dk::ClientContext& context,
                                 LakeCatalog& catalog)
    : dk::Transaction(manager, context), catalog_(catalog), lake_(catalog.lake()) {}

LakeTransaction::~LakeTransaction() = default;

LakeSchema* LakeTransaction::find_schema(const std::string& name) {
  std::lock_guard lock(mutex_);
  auto found = schemas_.find(name);
  if (found != schemas_.end()) return found->second.get();
  iceberg::Namespace space = namespace_of(name);
  if (!value_or_throw(lake_->catalog.namespace_exists(space))) {
    // Names of SQL ignore case.
    bool is_known = false;
    const auto all = value_or_throw(lake_->catalog.list_namespaces());
    for (const iceberg::Namespace& other : all) {
      if (equals_ignore_case(to_string(other), name)) {
        space = other;
        is_known = true;
      }
    }
    if (!is_known) return nullptr;
  }
  dk::CreateSchemaInfo info;
  info.catalog = catalog_.GetName();
  info.schema = to_string(space);
  auto schema = dk::make_uniq<LakeSchema>(catalog_, info);
  return (schemas_[name] = std::move(schema)).get();
}

void LakeTransaction::forget_schema(const std::string& name) {
  std::lock_guard lock(mutex_);
  for (auto at = schemas_.begin(); at != schemas_.end();) {
    if (equals_ignore_case(at->first, name)) {
      retired_schemas_.push_back(std::move(at->second));
      at = schemas_.erase(at);
    } else {
      ++at;
    }
  }
}

std::vector<std::reference_wrapper<LakeSchema>> LakeTransaction::all_schemas() {
  std::vector<std::reference_wrapper<LakeSchema>> result;
  for (const iceberg::Namespace& space : value_or_throw(lake_->catalog.list_namespaces())) {
    if (auto schema = find_schema(to_string(space))) result.emplace_back(*schema);
  }
  return result;
}

std::vector<std::string> LakeTransaction::table_names(LakeSchema& schema) {
  std::vector<std::string> names;
  for (const auto& table : value_or_throw(lake_->catalog.list_tables(schema.space()))) {
    names.push_back(table.name);
  }
  std::lock_guard lock(mutex_);
  for (const auto& [table, work] : works_) {
    const bool is_listed = std::find(names.begin(), names.end(), table.name) != names.end();
    if (work.is_created && table.space == schema.space() && !is_listed) names.push_back(table.name);
  }
  return names;
}

LakeTransaction::Work* LakeTransaction::find_work(const iceberg::TableIdentifier& table) {
  auto found = works_.find(table);
  return found == works_.end() ? nullptr : &found->second;
}

// REQUIRES: mutex_ is held.
Result<LakeTransaction::Work*> LakeTransaction::load_work(const iceberg::TableIdentifier& table) {
  if (Work* work = find_work(table)) return work;
  Work work;
  work.base = TRY(lake_->catalog.load_table(table));
  return &(works_[table] = std::move(work));
}

LakeTable* LakeTransaction::find_table(LakeSchema& schema, const std::string& name,
                                       const TableVersion& version) {
  std::lock_guard lock(mutex_);
  const std::string key = fmt::format("{}\n{}\n{}", schema.name, name, version.text);
  auto known = tables_.find(key);
  if (known != tables_.end()) return known->second.get();

  iceberg::TableIdentifier identifier{schema.space(), name};
  auto work = load_work(identifier);
  if (!work && work.error().code == ErrorCode::NotFound) {
    // Names of SQL ignore case.
    auto all = lake_->catalog.list_tables(schema.space());
    if (!all) return nullptr;
    for (const auto& other : *all) {
      if (!equals_ignore_case(other.name, name)) continue;
      identifier = other;
      work = load_work(identifier);
      break;
    }
    if (!work && work.error().code == ErrorCode::NotFound) return nullptr;
  }
  Work& loaded = *value_or_throw(std::move(work));
  auto state = std::make_shared<TableState>();
  state->lake = lake_;
  state->table = loaded.base;
  const iceberg::TableMetadata& metadata = *loaded.base.metadata;
  state->snapshot = value_or_throw(iceberg::choose_snapshot(metadata, version.choice));
  state->schema = &schema_to_read(metadata, state->snapshot, version.choice);
  if (version.text.empty()) state->pending = loaded.pending;
  auto entry = value_or_throw(make_lake_table(catalog_, schema, std::move(state)));
  return (tables_[key] = std::move(entry)).get();
}

iceberg::LoadedTable LakeTransaction::writable_table(const iceberg::TableIdentifier& table) {
  std::lock_guard lock(mutex_);
  return value_or_throw(load_work(table))->base;
}

iceberg::LoadedTable LakeTransaction::pin(iceberg::LoadedTable table) {
  std::lock_guard lock(mutex_);
  if (const Work* work = find_work(table.identifier)) return work->base;
  Work& work = works_[table.identifier];
  work.base = std::move(table);
  return work.base;
}

Result<std::optional<std::int64_t>> LakeTransaction::delete_whole_files(
    const iceberg::TableIdentifier& table, const iceberg::Expression& filter) {
  iceberg::LoadedTable base;
  {
    std::lock_guard lock(mutex_);
    const Work* work = TRY(load_work(table));
    if (!work->pending->empty() || work->is_created) return std::optional<std::int64_t>();
    base = work->base;
  }
  const iceberg::TableMetadata& metadata = *base.metadata;
  if (metadata.current_snapshot() == nullptr) return std::optional<std::int64_t>(0);
  iceberg::ScanRequest request;
  request.filter = TRY(iceberg::bind_expression(filter, metadata.schema()));
  const auto plan =
      TRY(iceberg::plan_scan(lake_->store, lake_->manifests, metadata, metadata.current_snapshot(),
                             metadata.schema(), request));
  TableChanges changes;
  changes.read_filter = filter;
  changes.isolation = iceberg::Isolation::Serializable;
  changes.only_deletes = true;
  std::int64_t rows = 0;
  for (const iceberg::ScanFile& file : plan.files) {
    if (!file.all_rows_match) return std::optional<std::int64_t>();
    const iceberg::DataFile& data = file.data->file;
    const SharedVector before = TRY(lake_->deletes.load(file, metadata));
    iceberg::DeletionVector all;
    for (std::int64_t row = 0; row < data.record_count; ++row) {
      all.add(static_cast<std::uint64_t>(row));
    }
    rows += data.record_count - (before ? static_cast<std::int64_t>(before->cardinality()) : 0);
    changes.deleted.emplace(storage::normalize_location(data.path), std::move(all));
  }
  if (plan.files.empty()) return std::optional<std::int64_t>(0);
  begin_write(base);
  add_changes(table, std::move(changes));
  return std::optional<std::int64_t>(rows);
}

void LakeTransaction::watch(std::weak_ptr<StatementWrite> statement) {
  std::lock_guard lock(mutex_);
  statements_.push_back(std::move(statement));
}

void LakeTransaction::add_created(iceberg::LoadedTable table) {
  std::lock_guard lock(mutex_);
  Work work;
  const iceberg::TableIdentifier identifier = table.identifier;
  work.base = std::move(table);
  work.is_created = true;
  works_[identifier] = std::move(work);
  for (auto& [key, entry] : tables_) retired_.push_back(std::move(entry));
  tables_.clear();
}

void LakeTransaction::add_replacing(iceberg::LoadedTable table, Replacement replacement) {
  const iceberg::TableIdentifier identifier = table.identifier;
  add_created(std::move(table));
  std::lock_guard lock(mutex_);
  works_[identifier].replacement = std::move(replacement);
}

std::string LakeTransaction::begin_write(const iceberg::LoadedTable& table) {
  std::lock_guard lock(mutex_);
  Work* work = find_work(table.identifier);
  VERIFY(work != nullptr);
  iceberg::WriteIntent intent;
  intent.id = to_string(make_uuid7(*lake_->options.clock, *lake_->options.random));
  intent.table = table.identifier;
  intent.table_location = table.metadata->location;
  const std::string data_path =
      iceberg::read_property(table.metadata->properties, iceberg::property::kDataPath);
  intent.folders = {
      data_path.empty() ? storage::join_location(intent.table_location, "data") : data_path,
      iceberg::metadata_folder(*table.metadata)};
  const std::string id = intent.id;
  if (lake_->options.intents) value_or_throw(lake_->options.intents->begin(std::move(intent)));
  work->write_ids.push_back(id);
  return id;
}

void LakeTransaction::add_changes(const iceberg::TableIdentifier& table, TableChanges changes) {
  std::lock_guard lock(mutex_);
  Work* work = find_work(table);
  VERIFY(work != nullptr);
  if (changes.added.empty() && changes.deleted.empty()) return;
  auto pending = std::make_shared<PendingChanges>();
  pending->added = work->pending->added;
  for (const auto& [path, vector] : work->pending->deleted) {
    pending->deleted.emplace(path, vector.clone());
  }
  for (iceberg::DataFile& file : changes.added) {
    auto entry = std::make_shared<iceberg::ManifestEntry>();
    entry->file = std::move(file);
    pending->added.push_back(std::move(entry));
  }
  for (auto& [path, vector] : changes.deleted) pending->deleted[path].add_all(vector);
  if (changes.read_filter) {
    work->read_filter = work->read_filter
                            ? iceberg::either(*work->read_filter, *changes.read_filter)
                            : *changes.read_filter;
    work->isolation = std::max(work->isolation, changes.isolation);
    work->only_deletes = work->only_deletes && changes.only_deletes;
  }
  work->pending = std::move(pending);
  // Later statements see the table anew.
  for (auto& [key, entry] : tables_) retired_.push_back(std::move(entry));
  tables_.clear();
}

Result<iceberg::SnapshotChange> LakeTransaction::prepare_change(const Work& work,
                                                                std::vector<std::string>& files) {
  const PendingChanges& pending = *work.pending;
  iceberg::SnapshotChange change;
  change.kind = iceberg::ChangeKind::Append;
  if (!pending.deleted.empty()) {
    VERIFY(!work.write_ids.empty());
    RowDeletes deletes = TRY(prepare_row_deletes(*lake_, work.base, pending.deleted, pending.added,
                                                 work.write_ids.front(), files));
    change.kind = deletes.added_deletes.empty() ? iceberg::ChangeKind::Overwrite
                                                : iceberg::ChangeKind::RowDelta;
    change.removed_data = std::move(deletes.removed_files);
    change.added_data = std::move(deletes.rewritten_files);
    change.added_deletes = std::move(deletes.added_deletes);
    change.removed_deletes = std::move(deletes.removed_deletes);
    change.validation.referenced_files = std::move(deletes.referenced_files);
    change.validation.deleted_rows_may_vanish = work.only_deletes;
  }
  if (work.read_filter) {
    change.validation.isolation = work.isolation;
    change.validation.filter =
        TRY(iceberg::bind_expression(*work.read_filter, work.base.metadata->schema()));
  }
  for (const iceberg::SharedEntry& entry : pending.added) {
    if (!is_all_deleted(pending, entry->file)) change.added_data.push_back(entry->file);
  }
  change.summary = lake_->options.summary;
  return change;
}

Result<void> LakeTransaction::publish_replacement(iceberg::TableTransaction& table,
                                                  const Work& work,
                                                  std::vector<std::string>& files) {
  const iceberg::TableMetadata& existing = *work.replacement->existing.metadata;
  if (existing.current_snapshot_id) {
    iceberg::Validation validation;
    validation.isolation = iceberg::Isolation::Serializable;
    validation.start = existing.current_snapshot_id;
    auto removal = iceberg::overwrite_where(iceberg::always_true(), {}, std::move(validation));
    removal.summary = lake_->options.summary;
    table.change(std::move(removal));
  }
  work.replacement->changes(table);
  if (!work.pending->empty()) table.change(TRY(prepare_change(work, files)));
  return {};
}

// REQUIRES: mutex_ is held.
Result<void> LakeTransaction::publish(std::vector<std::string>& files) {
  iceberg::CommitEnvironment environment;
  environment.catalog = &lake_->catalog;
  environment.store = &lake_->store;
  environment.cache = &lake_->manifests;
  environment.intents = lake_->options.intents.get();
  environment.clock = lake_->options.clock;
  environment.random = lake_->options.random;
  environment.summary = lake_->options.summary;
  iceberg::Transaction transaction(std::move(environment));
  bool changes_anything = false;
  for (auto& [identifier, work] : works_) {
    if (!work.is_created && work.pending->empty()) continue;
    changes_anything = true;
    auto& table = work.replacement  ? transaction.table(work.replacement->existing)
                  : work.is_created ? transaction.create(work.base)
                                    : transaction.table(work.base);
    if (!work.write_ids.empty()) table.use_write_id(work.write_ids.front());
    if (work.replacement) {
      TRY(publish_replacement(table, work, files));
      continue;
    }
    if (!work.pending->empty()) table.change(TRY(prepare_change(work, files)));
  }
  if (!changes_anything) return {};
  TRY(transaction.commit());
  return {};
}

// Files that this transaction added and emptied again.
void LakeTransaction::remove_unused_files() {
  std::vector<std::string> unused;
  for (const auto& [table, work] : works_) {
    for (const auto& entry : work.pending->added) {
      if (is_all_deleted(*work.pending, entry->file)) unused.push_back(entry->file.path);
    }
  }
  if (unused.empty()) return;
  auto removed = lake_->store.remove_many(unused);
  (void)removed;  // orphans, found by the removal of orphan files
}

Result<void> LakeTransaction::commit() {
  std::lock_guard lock(mutex_);
  std::vector<std::string> files;
  auto committed = publish(files);
  if (committed) {
    remove_unused_files();
    finish_intents();
    return {};
  }
  // Files of a commit that may have landed are never touched: the intent stays open.
  if (committed.error().code != ErrorCode::UnknownOutcome) remove_files(files);
  works_.clear();
  return committed;
}

void LakeTransaction::rollback() {
  std::lock_guard lock(mutex_);
  for (const auto& watched : statements_) {
    if (auto statement = watched.lock()) statement->abandon();
  }
  remove_files({});
  works_.clear();
}

// REQUIRES: mutex_ is held.
void LakeTransaction::remove_files(const std::vector<std::string>& extra) {
  std::vector<std::string> files = extra;
  for (const auto& [table, work] : works_) {
    for (const auto& entry : work.pending->added) files.push_back(entry->file.path);
  }
  if (!files.empty() && !lake_->store.remove_many(files)) return;  // the intents still name them
  finish_intents();
}

void LakeTransaction::finish_intents() {
  if (!lake_->options.intents) return;
  for (auto& [table, work] : works_) {
    for (const std::string& id : work.write_ids) {
      auto finished = lake_->options.intents->finish(id);
      (void)finished;  // a clean-up later finds nothing to remove
    }
  }
}

dk::Transaction& LakeTransactionManager::StartTransaction(dk::ClientContext& context) {
  auto transaction = dk::make_uniq<LakeTransaction>(*this, context, catalog_);
  LakeTransaction& result = *transaction;
  std::lock_guard lock(mutex_);
  transactions_[result] = std::move(transaction);
  return result;
}

dk::ErrorData LakeTransactionManager::CommitTransaction(dk::ClientContext& context,
                                                        dk::Transaction& transaction) {
  auto& lake = transaction.Cast<LakeTransaction>();
  auto committed = guard([&] { return lake.commit(); });
  dk::unique_ptr<LakeTransaction> done;
  {
    std::lock_guard lock(mutex_);
    auto found = transactions_.find(transaction);
    if (found != transactions_.end()) {
      done = std::move(found->second);
      transactions_.erase(found);
    }
  }
  if (committed) return {};
  CommitFailure::of(context).error = committed.error();
  return dk::ErrorData(dk::ExceptionType::TRANSACTION, committed.error().message);
}

void LakeTransactionManager::RollbackTransaction(dk::Transaction& transaction) {
  dk::unique_ptr<LakeTransaction> done;
  {
    std::lock_guard lock(mutex_);
    auto found = transactions_.find(transaction);
    if (found == transactions_.end()) return;
    done = std::move(found->second);
    transactions_.erase(found);
  }
  done->rollback();
}

}  // namespace tarn::duckdb
