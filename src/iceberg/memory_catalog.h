// SPDX-License-Identifier: Apache-2.0
// A catalog in memory, for tests: tables only, metadata files in a store, commits that can be made
// to fail or to race. Not for users: it forgets everything.
#pragma once

#include <functional>
#include <mutex>
#include <set>

#include "base/clock.h"
#include "iceberg/catalog.h"

namespace tarn::storage {
class Store;
}

namespace tarn::iceberg {

class MemoryCatalog final : public Catalog {
 public:
  // What happens to a commit instead of going well.
  enum class CommitFault {
    None,
    Fail,            // Unavailable, nothing is done
    Conflict,        // as if somebody else had been first
    UnknownNotDone,  // UnknownOutcome, nothing is done
    UnknownButDone,  // UnknownOutcome, and it is done
  };
  // Called at the start of each commit with its number from 0, without a lock: it may commit
  // itself.
  using CommitHook = std::function<CommitFault(int)>;
  // Called at the start of each load; an error is the answer.
  using LoadHook = std::function<Result<void>()>;

  // All must outlive the catalog.
  MemoryCatalog(storage::Store& store, std::string location, Clock& clock, Random& random);

  void set_commit_hook(CommitHook hook) { commit_hook_ = std::move(hook); }
  void set_load_hook(LoadHook hook) { load_hook_ = std::move(hook); }
  int commit_count() const { return commit_count_; }

  const std::string& name() const override { return name_; }
  Result<std::vector<Namespace>> list_namespaces(
      const std::optional<Namespace>& parent = std::nullopt) override;
  Result<void> create_namespace(const Namespace& space,
                                const std::map<std::string, std::string>& properties) override;
  Result<void> drop_namespace(const Namespace& space) override;
  Result<bool> namespace_exists(const Namespace& space) override;
  Result<std::map<std::string, std::string>> load_namespace_properties(
      const Namespace& space) override;
  Result<void> update_namespace_properties(const Namespace& space,
                                           const std::map<std::string, std::string>& updates,
                                           const std::vector<std::string>& removals) override;
  Result<std::vector<TableIdentifier>> list_tables(const Namespace& space) override;
  Result<bool> table_exists(const TableIdentifier& table) override;
  Result<LoadedTable> load_table(const TableIdentifier& table) override;
  Result<LoadedTable> create_table(const TableIdentifier& table,
                                   const TableCreation& creation) override;
  Result<LoadedTable> stage_table(const TableIdentifier& table,
                                  const TableCreation& creation) override;
  Result<LoadedTable> register_table(const TableIdentifier& table,
                                     const std::string& metadata_location) override;
  Result<void> drop_table(const TableIdentifier& table, DropMode mode) override;
  Result<void> rename_table(const TableIdentifier& from, const TableIdentifier& to) override;
  Result<std::vector<LoadedTable>> commit(std::span<const TableChange> changes) override;
  bool commits_several_tables() const override { return true; }
  // Views are Unsupported.
  Result<std::vector<TableIdentifier>> list_views(const Namespace& space) override;
  Result<LoadedView> load_view(const TableIdentifier& view) override;
  Result<LoadedView> create_view(const TableIdentifier& view, const ViewDefinition& definition,
                                 const std::map<std::string, std::string>& properties) override;
  Result<LoadedView> replace_view(const LoadedView& base,
                                  const ViewDefinition& definition) override;
  Result<void> drop_view(const TableIdentifier& view) override;
  Result<void> rename_view(const TableIdentifier& from, const TableIdentifier& to) override;

 private:
  Result<std::vector<LoadedTable>> commit_locked(std::span<const TableChange> changes);

  storage::Store& store_;
  std::string location_;
  Clock& clock_;
  Random& random_;
  std::string name_ = "memory";
  CommitHook commit_hook_;
  LoadHook load_hook_;
  int commit_count_ = 0;
  mutable std::mutex mutex_;
  std::map<Namespace, std::map<std::string, std::string>> namespaces_;
  std::map<TableIdentifier, LoadedTable> tables_;
};

}  // namespace tarn::iceberg
