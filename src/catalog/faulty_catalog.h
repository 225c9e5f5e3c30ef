// SPDX-License-Identifier: Apache-2.0
// A catalog that fails on purpose, for tests of what stands above it: around another catalog, the
// n-th call of an operation fails, has an unknown outcome before or after it was done, or is held
// up by an action (such as another commit).
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "iceberg/catalog.h"

namespace tarn::catalog {

enum class FaultEffect {
  Fail,            // with `code`; nothing is done
  UnknownNotDone,  // UnknownOutcome; nothing is done
  UnknownButDone,  // it is done, and the answer is UnknownOutcome
  Act,             // `action` runs first, then the operation
};

struct CatalogFault {
  // Name of a function of iceberg::Catalog such as `commit`; empty for any.
  std::string operation;
  int nth = 1;  // the first call is 1
  FaultEffect effect = FaultEffect::Fail;
  ErrorCode code = ErrorCode::Unavailable;
  std::function<void()> action = {};
};

// Thread-safe as far as the actions are.
class FaultyCatalog final : public iceberg::Catalog {
 public:
  // REQUIRES: `inner` outlives it.
  FaultyCatalog(iceberg::Catalog& inner, std::vector<CatalogFault> faults)
      : inner_(inner), faults_(std::move(faults)), counts_(faults_.size(), 0) {}

  // Calls of all operations so far: to loop over every point of failure.
  int call_count() const { return calls_; }

  const std::string& name() const override { return inner_.name(); }
  Result<std::vector<iceberg::Namespace>> list_namespaces(
      const std::optional<iceberg::Namespace>& parent) override;
  Result<void> create_namespace(const iceberg::Namespace& space,
                                const std::map<std::string, std::string>& properties) override;
  Result<void> drop_namespace(const iceberg::Namespace& space) override;
  Result<bool> namespace_exists(const iceberg::Namespace& space) override;
  Result<std::map<std::string, std::string>> load_namespace_properties(
      const iceberg::Namespace& space) override;
  Result<void> update_namespace_properties(const iceberg::Namespace& space,
                                           const std::map<std::string, std::string>& updates,
                                           const std::vector<std::string>& removals) override;
  Result<std::vector<iceberg::TableIdentifier>> list_tables(
      const iceberg::Namespace& space) override;
  Result<bool> table_exists(const iceberg::TableIdentifier& table) override;
  Result<iceberg::LoadedTable> load_table(const iceberg::TableIdentifier& table) override;
  Result<iceberg::LoadedTable> create_table(const iceberg::TableIdentifier& table,
                                            const iceberg::TableCreation& creation) override;
  Result<iceberg::LoadedTable> stage_table(const iceberg::TableIdentifier& table,
                                           const iceberg::TableCreation& creation) override;
  Result<iceberg::LoadedTable> register_table(const iceberg::TableIdentifier& table,
                                              const std::string& metadata_location) override;
  Result<void> drop_table(const iceberg::TableIdentifier& table, iceberg::DropMode mode) override;
  Result<void> rename_table(const iceberg::TableIdentifier& from,
                            const iceberg::TableIdentifier& to) override;
  Result<std::vector<iceberg::LoadedTable>> commit(
      std::span<const iceberg::TableChange> changes) override;
  bool commits_several_tables() const override { return inner_.commits_several_tables(); }
  Result<std::vector<iceberg::TableIdentifier>> list_views(
      const iceberg::Namespace& space) override;
  Result<iceberg::LoadedView> load_view(const iceberg::TableIdentifier& view) override;
  Result<iceberg::LoadedView> create_view(
      const iceberg::TableIdentifier& view, const iceberg::ViewDefinition& definition,
      const std::map<std::string, std::string>& properties) override;
  Result<iceberg::LoadedView> replace_view(const iceberg::LoadedView& base,
                                           const iceberg::ViewDefinition& definition) override;
  Result<void> drop_view(const iceberg::TableIdentifier& view) override;
  Result<void> rename_view(const iceberg::TableIdentifier& from,
                           const iceberg::TableIdentifier& to) override;

 private:
  // The fault that is due at this call; nullptr for none.
  const CatalogFault* due(std::string_view operation);
  template <typename Call>
  auto run(std::string_view operation, Call call) -> decltype(call());

  iceberg::Catalog& inner_;
  std::mutex mutex_;
  const std::vector<CatalogFault> faults_;
  std::vector<int> counts_;
  std::atomic<int> calls_{0};
};

}  // namespace tarn::catalog
