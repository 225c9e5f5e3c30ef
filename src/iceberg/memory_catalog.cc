// SPDX-License-Identifier: Apache-2.0
#include "iceberg/memory_catalog.h"

#include "base/uuid.h"
#include "iceberg/apply_update.h"
#include "iceberg/metadata_io.h"
#include "storage/store.h"

namespace tarn::iceberg {

namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;

Error no_table(const TableIdentifier& table) {
  return not_found("table `{}` does not exist", to_string(table));
}

Error no_views() { return unsupported("the catalog in memory has no views"); }

bool starts_with(const Namespace& space, const Namespace& parent) {
  return space.levels.size() == parent.levels.size() + 1 &&
         std::equal(parent.levels.begin(), parent.levels.end(), space.levels.begin());
}

}  // namespace

MemoryCatalog::MemoryCatalog(storage::Store& store, std::string location, Clock& clock,
                             Random& random)
    : store_(store), location_(std::move(location)), clock_(clock), random_(random) {}

Result<std::vector<Namespace>> MemoryCatalog::list_namespaces(
    const std::optional<Namespace>& parent) {
  const std::lock_guard lock(mutex_);
  std::vector<Namespace> result;
  for (const auto& [space, properties] : namespaces_) {
    if (starts_with(space, parent.value_or(Namespace{}))) result.push_back(space);
  }
  return result;
}

Result<void> MemoryCatalog::create_namespace(const Namespace& space,
                                             const std::map<std::string, std::string>& properties) {
  const std::lock_guard lock(mutex_);
  if (namespaces_.emplace(space, properties).second) return {};
  return already_exists("namespace `{}` exists", to_string(space));
}

Result<void> MemoryCatalog::drop_namespace(const Namespace& space) {
  const std::lock_guard lock(mutex_);
  for (const auto& [table, state] : tables_) {
    if (table.space == space) return conflict("namespace `{}` is not empty", to_string(space));
  }
  if (namespaces_.erase(space) > 0) return {};
  return not_found("namespace `{}` does not exist", to_string(space));
}

Result<bool> MemoryCatalog::namespace_exists(const Namespace& space) {
  const std::lock_guard lock(mutex_);
  return namespaces_.contains(space);
}

Result<std::map<std::string, std::string>> MemoryCatalog::load_namespace_properties(
    const Namespace& space) {
  const std::lock_guard lock(mutex_);
  const auto found = namespaces_.find(space);
  if (found == namespaces_.end()) {
    return not_found("namespace `{}` does not exist", to_string(space));
  }
  return found->second;
}

Result<void> MemoryCatalog::update_namespace_properties(
    const Namespace& space, const std::map<std::string, std::string>& updates,
    const std::vector<std::string>& removals) {
  const std::lock_guard lock(mutex_);
  const auto found = namespaces_.find(space);
  if (found == namespaces_.end()) {
    return not_found("namespace `{}` does not exist", to_string(space));
  }
  for (const std::string& name : removals) found->second.erase(name);
  for (const auto& [name, value] : updates) found->second[name] = value;
  return {};
}

Result<std::vector<TableIdentifier>> MemoryCatalog::list_tables(const Namespace& space) {
  const std::lock_guard lock(mutex_);
  std::vector<TableIdentifier> result;
  for (const auto& [table, state] : tables_) {
    if (table.space == space) result.push_back(table);
  }
  return result;
}

Result<bool> MemoryCatalog::table_exists(const TableIdentifier& table) {
  const std::lock_guard lock(mutex_);
  return tables_.contains(table);
}

Result<LoadedTable> MemoryCatalog::load_table(const TableIdentifier& table) {
  if (load_hook_) TRY(load_hook_());
  const std::lock_guard lock(mutex_);
  const auto found = tables_.find(table);
  if (found == tables_.end()) return no_table(table);
  return found->second;
}

Result<LoadedTable> MemoryCatalog::stage_table(const TableIdentifier& table,
                                               const TableCreation& creation) {
  const std::lock_guard lock(mutex_);
  if (tables_.contains(table)) {
    return already_exists("table `{}` exists", to_string(table));
  }
  NewTable made;
  made.schema = creation.schema;
  made.spec = creation.spec;
  made.sort_order = creation.sort_order;
  made.properties = creation.properties;
  made.uuid = to_string(make_uuid4(random_));
  made.location = creation.location.value_or(storage::join_location(location_, table.name));
  LoadedTable staged;
  staged.identifier = table;
  staged.metadata = std::make_shared<const TableMetadata>(
      TRY(make_table_metadata(std::move(made), clock_.now_micros() / kMicrosPerMilli)));
  return staged;
}

Result<LoadedTable> MemoryCatalog::create_table(const TableIdentifier& table,
                                                const TableCreation& creation) {
  const LoadedTable staged = TRY(stage_table(table, creation));
  TableChange change;
  change.table = table;
  change.requirements = {require_not_exists()};
  change.updates = updates_for_create(*staged.metadata);
  return TRY(commit(std::span(&change, 1))).front();
}

Result<LoadedTable> MemoryCatalog::register_table(const TableIdentifier& table,
                                                  const std::string& metadata_location) {
  LoadedTable loaded;
  loaded.identifier = table;
  loaded.metadata_location = metadata_location;
  loaded.metadata =
      std::make_shared<const TableMetadata>(TRY(read_table_metadata(store_, metadata_location)));
  const std::lock_guard lock(mutex_);
  if (!tables_.emplace(table, loaded).second) {
    return already_exists("table `{}` exists", to_string(table));
  }
  return loaded;
}

Result<void> MemoryCatalog::drop_table(const TableIdentifier& table, DropMode) {
  const std::lock_guard lock(mutex_);
  if (tables_.erase(table) > 0) return {};
  return no_table(table);
}

Result<void> MemoryCatalog::rename_table(const TableIdentifier& from, const TableIdentifier& to) {
  const std::lock_guard lock(mutex_);
  if (tables_.contains(to)) return already_exists("table `{}` exists", to_string(to));
  auto node = tables_.extract(from);
  if (!node) return no_table(from);
  node.key() = to;
  node.mapped().identifier = to;
  tables_.insert(std::move(node));
  return {};
}

Result<std::vector<LoadedTable>> MemoryCatalog::commit(std::span<const TableChange> changes) {
  int number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = commit_count_++;
  }
  const CommitFault fault = commit_hook_ ? commit_hook_(number) : CommitFault::None;
  switch (fault) {
    case CommitFault::Fail:
      return unavailable("the catalog is away");
    case CommitFault::Conflict:
      return conflict("somebody else was first");
    case CommitFault::UnknownNotDone:
      return unknown_outcome("no answer from the catalog");
    default:
      break;
  }
  const std::lock_guard lock(mutex_);
  auto result = commit_locked(changes);
  if (fault == CommitFault::UnknownButDone && result) {
    return unknown_outcome("no answer from the catalog");
  }
  return result;
}

Result<std::vector<LoadedTable>> MemoryCatalog::commit_locked(
    std::span<const TableChange> changes) {
  std::vector<LoadedTable> states;
  const ApplyOptions options{clock_.now_micros() / kMicrosPerMilli, ""};
  for (const TableChange& change : changes) {
    const auto found = tables_.find(change.table);
    const TableMetadata* current = found == tables_.end() ? nullptr : found->second.metadata.get();
    TRY(check_requirements(change.requirements, current));
    const std::string before = current == nullptr ? std::string() : found->second.metadata_location;
    const TableMetadata start = current == nullptr ? empty_metadata() : *current;
    TableMetadata next =
        TRY(apply_updates(start, change.updates, ApplyOptions{options.now_ms, before}));
    LoadedTable state;
    state.identifier = change.table;
    state.metadata_location = new_metadata_location(next, before, random_, change.write_id);
    auto written = write_table_metadata(store_, state.metadata_location, next);
    if (!written) return unavailable("cannot write metadata: {}", written.error().message);
    state.metadata = std::make_shared<const TableMetadata>(std::move(next));
    states.push_back(std::move(state));
  }
  for (const LoadedTable& state : states) tables_[state.identifier] = state;
  return states;
}

Result<std::vector<TableIdentifier>> MemoryCatalog::list_views(const Namespace&) {
  return std::vector<TableIdentifier>();
}
Result<LoadedView> MemoryCatalog::load_view(const TableIdentifier&) { return no_views(); }
Result<LoadedView> MemoryCatalog::create_view(const TableIdentifier&, const ViewDefinition&,
                                              const std::map<std::string, std::string>&) {
  return no_views();
}
Result<LoadedView> MemoryCatalog::replace_view(const LoadedView&, const ViewDefinition&) {
  return no_views();
}
Result<void> MemoryCatalog::drop_view(const TableIdentifier&) { return no_views(); }
Result<void> MemoryCatalog::rename_view(const TableIdentifier&, const TableIdentifier&) {
  return no_views();
}

}  // namespace tarn::iceberg
