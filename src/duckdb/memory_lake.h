// SPDX-License-Identifier: Apache-2.0
// A catalog in memory and a plain commit, for the tests of this folder. Tests only.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "base/testing.h"
#include "base/uuid.h"
#include "duckdb/lake.h"
#include "iceberg/apply_update.h"
#include "iceberg/catalog.h"
#include "iceberg/manifest_io.h"
#include "iceberg/metadata_io.h"
#include "storage/local_store.h"

namespace tarn::duckdb {

// Tables in memory, metadata never stored. Views are not there.
class MemoryCatalog final : public iceberg::Catalog {
 public:
  MemoryCatalog(std::string location, Clock& clock)
      : location_(std::move(location)), clock_(clock) {}

  const std::string& name() const override { return name_; }
  Result<std::vector<iceberg::Namespace>> list_namespaces(
      const std::optional<iceberg::Namespace>&) override {
    return spaces_;
  }
  Result<void> create_namespace(const iceberg::Namespace& space,
                                const std::map<std::string, std::string>&) override {
    if (has_space(space)) return already_exists("namespace `{}` exists", to_string(space));
    spaces_.push_back(space);
    return {};
  }
  Result<void> drop_namespace(const iceberg::Namespace& space) override {
    std::erase(spaces_, space);
    return {};
  }
  Result<bool> namespace_exists(const iceberg::Namespace& space) override {
    return has_space(space);
  }
  Result<std::map<std::string, std::string>> load_namespace_properties(
      const iceberg::Namespace&) override {
    return std::map<std::string, std::string>();
  }
  Result<void> update_namespace_properties(const iceberg::Namespace&,
                                           const std::map<std::string, std::string>&,
                                           const std::vector<std::string>&) override {
    return {};
  }
  Result<std::vector<iceberg::TableIdentifier>> list_tables(
      const iceberg::Namespace& space) override {
    std::lock_guard lock(mutex_);
    std::vector<iceberg::TableIdentifier> result;
    for (const auto& [table, metadata] : tables_) {
      if (table.space == space) result.push_back(table);
    }
    return result;
  }
  Result<bool> table_exists(const iceberg::TableIdentifier& table) override {
    std::lock_guard lock(mutex_);
    return tables_.contains(table);
  }
  Result<iceberg::LoadedTable> load_table(const iceberg::TableIdentifier& table) override {
    std::lock_guard lock(mutex_);
    ++loads;
    auto found = tables_.find(table);
    if (found == tables_.end()) return not_found("table `{}` does not exist", to_string(table));
    return iceberg::LoadedTable{table, found->second, "memory", {}};
  }
  Result<iceberg::LoadedTable> create_table(const iceberg::TableIdentifier& table,
                                            const iceberg::TableCreation& creation) override {
    auto staged = TRY(stage_table(table, creation));
    std::lock_guard lock(mutex_);
    tables_[table] = staged.metadata;
    return staged;
  }
  Result<iceberg::LoadedTable> stage_table(const iceberg::TableIdentifier& table,
                                           const iceberg::TableCreation& creation) override {
    if (TRY(table_exists(table))) return already_exists("table `{}` exists", to_string(table));
    iceberg::NewTable made;
    made.schema = creation.schema;
    made.spec = creation.spec;
    made.sort_order = creation.sort_order;
    made.location = creation.location.value_or(location_ + '/' + table.name);
    made.uuid = to_string(make_uuid4(system_random()));
    made.properties = creation.properties;
    auto metadata = TRY(iceberg::make_table_metadata(std::move(made), clock_.now_micros() / 1000));
    return iceberg::LoadedTable{
        table, std::make_shared<const iceberg::TableMetadata>(std::move(metadata)), "", {}};
  }
  Result<iceberg::LoadedTable> register_table(const iceberg::TableIdentifier& table,
                                              const std::string&) override {
    return unsupported("{}", table.name);
  }
  Result<void> drop_table(const iceberg::TableIdentifier& table, iceberg::DropMode) override {
    std::lock_guard lock(mutex_);
    if (tables_.erase(table) == 0) return not_found("table `{}`", to_string(table));
    return {};
  }
  Result<void> rename_table(const iceberg::TableIdentifier&,
                            const iceberg::TableIdentifier&) override {
    return unsupported("rename");
  }
  Result<std::vector<iceberg::LoadedTable>> commit(
      std::span<const iceberg::TableChange> changes) override {
    std::lock_guard lock(mutex_);
    if (fail_next) {
      Error error = *std::move(fail_next);
      fail_next.reset();
      return error;
    }
    std::vector<iceberg::LoadedTable> loaded;
    for (const auto& change : changes) {
      auto found = tables_.find(change.table);
      const auto* current = found == tables_.end() ? nullptr : found->second.get();
      TRY(iceberg::check_requirements(change.requirements, current));
      auto next = TRY(iceberg::apply_updates(
          current != nullptr ? *current : iceberg::empty_metadata(), change.updates,
          {.now_ms = clock_.now_micros() / 1000, .base_location = ""}));
      loaded.push_back(
          {change.table, std::make_shared<const iceberg::TableMetadata>(std::move(next)), "", {}});
    }
    for (const auto& table : loaded) tables_[table.identifier] = table.metadata;
    ++commits;
    return loaded;
  }
  bool commits_several_tables() const override { return true; }
  Result<std::vector<iceberg::TableIdentifier>> list_views(const iceberg::Namespace&) override {
    return std::vector<iceberg::TableIdentifier>();
  }
  Result<iceberg::LoadedView> load_view(const iceberg::TableIdentifier& view) override {
    return not_found("view `{}`", view.name);
  }
  Result<iceberg::LoadedView> create_view(const iceberg::TableIdentifier& view,
                                          const iceberg::ViewDefinition&,
                                          const std::map<std::string, std::string>&) override {
    return unsupported("{}", view.name);
  }
  Result<iceberg::LoadedView> replace_view(const iceberg::LoadedView& base,
                                           const iceberg::ViewDefinition&) override {
    return unsupported("{}", base.identifier.name);
  }
  Result<void> drop_view(const iceberg::TableIdentifier&) override { return {}; }
  Result<void> rename_view(const iceberg::TableIdentifier&,
                           const iceberg::TableIdentifier&) override {
    return {};
  }

  int commits = 0;
  int loads = 0;
  std::optional<Error> fail_next;

 private:
  bool has_space(const iceberg::Namespace& space) const {
    return std::find(spaces_.begin(), spaces_.end(), space) != spaces_.end();
  }

  std::string name_ = "memory";
  std::string location_;
  Clock& clock_;
  std::mutex mutex_;
  std::vector<iceberg::Namespace> spaces_;
  std::map<iceberg::TableIdentifier, std::shared_ptr<const iceberg::TableMetadata>> tables_;
};

// One snapshot a table with all its manifests written anew: no retry, no validation.
class PlainCommit {
 public:
  PlainCommit(iceberg::Catalog& catalog, storage::Store& store, Clock& clock)
      : catalog_(catalog), store_(store), clock_(clock) {}

  Result<void> operator()(std::span<const TableWrite> writes) {
    std::vector<iceberg::TableChange> changes;
    last.assign(writes.begin(), writes.end());
    for (const TableWrite& write : writes) changes.push_back(TRY(change_of(write)));
    TRY(catalog_.commit(changes));
    return {};
  }

  std::vector<TableWrite> last;

 private:
  Result<iceberg::TableChange> change_of(const TableWrite& write) {
    const iceberg::TableMetadata& base = *write.base.metadata;
    iceberg::TableChange change;
    change.table = write.base.identifier;
    if (write.creates_table) {
      change.requirements.push_back(iceberg::require_not_exists());
      change.updates = iceberg::updates_for_create(base);
      if (write.added_files.empty()) return change;
    } else {
      change.requirements.push_back(iceberg::require_ref("main", base.current_snapshot_id));
    }
    iceberg::Snapshot snapshot;
    snapshot.id = iceberg::SnapshotId(static_cast<std::int64_t>(system_random().next() >> 2));
    snapshot.parent_id = base.current_snapshot_id;
    snapshot.sequence_number = base.last_sequence_number + 1;
    snapshot.timestamp_ms = clock_.now_micros() / 1000;
    snapshot.operation = iceberg::kOperationOverwrite;
    snapshot.schema_id = base.current_schema_id;
    if (base.format_version >= 3) {
      snapshot.first_row_id = base.next_row_id;
      snapshot.added_rows = 0;
      for (const auto& file : write.added_files) *snapshot.added_rows += file.record_count;
    }
    const auto manifests = TRY(write_manifests(write, snapshot));
    snapshot.manifest_list = iceberg::manifest_list_location(base, snapshot.id, 1, "test");
    TRY(iceberg::write_manifest_list(store_, snapshot.manifest_list,
                                     {.format_version = base.format_version,
                                      .snapshot_id = snapshot.id,
                                      .parent_id = snapshot.parent_id,
                                      .sequence_number = snapshot.sequence_number,
                                      .first_row_id = snapshot.first_row_id},
                                     manifests, system_random()));
    change.updates.push_back(iceberg::add_snapshot(snapshot));
    change.updates.push_back(iceberg::set_snapshot_ref("main", {.snapshot_id = snapshot.id}));
    return change;
  }

  Result<std::vector<iceberg::ManifestFile>> write_manifests(const TableWrite& write,
                                                             const iceberg::Snapshot& snapshot) {
    const iceberg::TableMetadata& base = *write.base.metadata;
    std::vector<iceberg::ManifestEntry> entries;
    if (const auto* current = base.current_snapshot()) {
      const auto manifests = TRY(iceberg::read_manifests(store_, *current));
      for (const auto& manifest : manifests) {
        auto read = TRY(iceberg::read_manifest(store_, manifest, base));
        for (auto& entry : read) {
          entry.status = iceberg::EntryStatus::Existing;
          if (!is_removed(write, entry.file)) entries.push_back(std::move(entry));
        }
      }
    }
    for (const auto* added : {&write.added_files, &write.added_deletes}) {
      for (const iceberg::DataFile& file : *added) {
        iceberg::ManifestEntry entry;
        entry.snapshot_id = snapshot.id;
        entry.file = file;
        entries.push_back(std::move(entry));
      }
    }
    return write_groups(base, snapshot, entries);
  }

  Result<std::vector<iceberg::ManifestFile>> write_groups(
      const iceberg::TableMetadata& base, const iceberg::Snapshot& snapshot,
      const std::vector<iceberg::ManifestEntry>& entries) {
    std::map<std::pair<int, bool>, iceberg::ManifestWriter> writers;
    for (const auto& entry : entries) {
      const bool is_data = entry.file.content == iceberg::FileContent::Data;
      const std::pair key(entry.file.spec_id, is_data);
      auto found = writers.find(key);
      if (found == writers.end()) {
        iceberg::ManifestHeader header;
        header.format_version = base.format_version;
        header.schema = base.schema();
        header.spec = *base.find_spec(entry.file.spec_id);
        header.content =
            is_data ? iceberg::ManifestContent::Data : iceberg::ManifestContent::Deletes;
        header.snapshot_id = snapshot.id;
        found =
            writers.emplace(key, TRY(iceberg::ManifestWriter::make(header, system_random()))).first;
      }
      TRY(found->second.add(entry));
    }
    std::vector<iceberg::ManifestFile> manifests;
    for (auto& [key, writer] : writers) {
      const std::string name = fmt::format("{}-{}", snapshot.id.value, manifests.size());
      manifests.push_back(TRY(writer.finish(store_, iceberg::manifest_location(base, name, 0))));
    }
    return manifests;
  }

  static bool is_removed(const TableWrite& write, const iceberg::DataFile& file) {
    for (const auto* removed : {&write.removed_files, &write.removed_deletes}) {
      for (const auto& entry : *removed) {
        if (entry->file.path == file.path && entry->file.content_offset == file.content_offset) {
          return true;
        }
      }
    }
    return false;
  }

  iceberg::Catalog& catalog_;
  storage::Store& store_;
  Clock& clock_;
};

// A lake `lake` with the schema `s` in a folder of its own.
struct MemoryLake {
  TemporaryFolder folder = std::move(TemporaryFolder::make()).value();
  FakeClock clock;
  std::shared_ptr<storage::LocalStore> store =
      std::make_shared<storage::LocalStore>(Durability::Fast);
  std::shared_ptr<MemoryCatalog> catalog =
      std::make_shared<MemoryCatalog>(folder.path() + "/lake", clock);
  std::shared_ptr<PlainCommit> commit = std::make_shared<PlainCommit>(*catalog, *store, clock);
  std::unique_ptr<Instance> instance;
  std::optional<Connection> connection;

  explicit MemoryLake(std::uint64_t memory = 500'000'000, int threads = 2) {
    instance = CHECK_OK(Instance::open(
        {.memory_limit_bytes = memory, .threads = threads, .temp_folder = folder.path() + "/tmp"}));
    CHECK_OK(catalog->create_namespace({{"s"}}, {}));
    auto publish = commit;
    CHECK_OK(attach_lake(*instance, {.name = "lake",
                                     .catalog = catalog,
                                     .store = store,
                                     .intents = nullptr,
                                     .commit = [publish](std::span<const TableWrite> writes) {
                                       return (*publish)(writes);
                                     }}));
    connection.emplace(CHECK_OK(instance->connect()));
  }
  ~MemoryLake() { connection.reset(); }

  std::int64_t run(const std::string& sql) { return CHECK_OK(connection->execute(sql)); }
  // Rows as `a|b`, joined by `;`, nulls as `-`.
  std::string rows(const std::string& sql) { return rows(*connection, sql); }
  static std::string rows(Connection& on, const std::string& sql) {
    std::string text;
    for (const auto& row : CHECK_OK(on.query(sql)).rows) {
      if (!text.empty()) text += ';';
      for (std::size_t i = 0; i < row.size(); ++i) {
        text += (i == 0 ? "" : "|") + row[i].value_or("-");
      }
    }
    return text;
  }
  iceberg::LoadedTable table(const std::string& name) {
    return CHECK_OK(catalog->load_table({{{"s"}}, name}));
  }
  std::size_t file_count() { return CHECK_OK(store->list_all(folder.path() + "/lake")).size(); }
};

}  // namespace tarn::duckdb
