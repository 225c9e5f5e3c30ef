// SPDX-License-Identifier: Apache-2.0
#include "catalog/faulty_catalog.h"

namespace tarn::catalog {

const CatalogFault* FaultyCatalog::due(std::string_view operation) {
  ++calls_;
  const std::lock_guard lock(mutex_);
  const CatalogFault* due = nullptr;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const auto& fault = faults_[i];
    if (!fault.operation.empty() && fault.operation != operation) continue;
    if (++counts_[i] == fault.nth) due = &fault;
  }
  return due;
}

template <typename Call>
auto FaultyCatalog::run(std::string_view operation, Call call) -> decltype(call()) {
  const auto* fault = due(operation);
  if (fault == nullptr) return call();
  switch (fault->effect) {
    case FaultEffect::Fail:
      return Error{fault->code, fmt::format("`{}` fails on purpose", operation), {}, {}};
    case FaultEffect::UnknownNotDone:
      return unknown_outcome("`{}` lost its answer on purpose", operation);
    case FaultEffect::UnknownButDone:
      if (auto done = call(); !done) return done;
      return unknown_outcome("`{}` lost its answer on purpose", operation);
    case FaultEffect::Act:
      fault->action();
      break;
  }
  return call();
}

Result<std::vector<iceberg::Namespace>> FaultyCatalog::list_namespaces(
    const std::optional<iceberg::Namespace>& parent) {
  return run("list_namespaces", [&] { return inner_.list_namespaces(parent); });
}

Result<void> FaultyCatalog::create_namespace(const iceberg::Namespace& space,
                                             const std::map<std::string, std::string>& properties) {
  return run("create_namespace", [&] { return inner_.create_namespace(space, properties); });
}

Result<void> FaultyCatalog::drop_namespace(const iceberg::Namespace& space) {
  return run("drop_namespace", [&] { return inner_.drop_namespace(space); });
}

Result<bool> FaultyCatalog::namespace_exists(const iceberg::Namespace& space) {
  return run("namespace_exists", [&] { return inner_.namespace_exists(space); });
}

Result<std::map<std::string, std::string>> FaultyCatalog::load_namespace_properties(
    const iceberg::Namespace& space) {
  return run("load_namespace_properties", [&] { return inner_.load_namespace_properties(space); });
}

Result<void> FaultyCatalog::update_namespace_properties(
    const iceberg::Namespace& space, const std::map<std::string, std::string>& updates,
    const std::vector<std::string>& removals) {
  return run("update_namespace_properties",
             [&] { return inner_.update_namespace_properties(space, updates, removals); });
}

Result<std::vector<iceberg::TableIdentifier>> FaultyCatalog::list_tables(
    const iceberg::Namespace& space) {
  return run("list_tables", [&] { return inner_.list_tables(space); });
}

Result<bool> FaultyCatalog::table_exists(const iceberg::TableIdentifier& table) {
  return run("table_exists", [&] { return inner_.table_exists(table); });
}

Result<iceberg::LoadedTable> FaultyCatalog::load_table(const iceberg::TableIdentifier& table) {
  return run("load_table", [&] { return inner_.load_table(table); });
}

Result<iceberg::LoadedTable> FaultyCatalog::create_table(const iceberg::TableIdentifier& table,
                                                         const iceberg::TableCreation& creation) {
  return run("create_table", [&] { return inner_.create_table(table, creation); });
}

Result<iceberg::LoadedTable> FaultyCatalog::stage_table(const iceberg::TableIdentifier& table,
                                                        const iceberg::TableCreation& creation) {
  return run("stage_table", [&] { return inner_.stage_table(table, creation); });
}

Result<iceberg::LoadedTable> FaultyCatalog::register_table(const iceberg::TableIdentifier& table,
                                                           const std::string& metadata_location) {
  return run("register_table", [&] { return inner_.register_table(table, metadata_location); });
}

Result<void> FaultyCatalog::drop_table(const iceberg::TableIdentifier& table,
                                       iceberg::DropMode mode) {
  return run("drop_table", [&] { return inner_.drop_table(table, mode); });
}

Result<void> FaultyCatalog::rename_table(const iceberg::TableIdentifier& from,
                                         const iceberg::TableIdentifier& to) {
  return run("rename_table", [&] { return inner_.rename_table(from, to); });
}

Result<std::vector<iceberg::LoadedTable>> FaultyCatalog::commit(
    std::span<const iceberg::TableChange> changes) {
  return run("commit", [&] { return inner_.commit(changes); });
}

Result<std::vector<iceberg::TableIdentifier>> FaultyCatalog::list_views(
    const iceberg::Namespace& space) {
  return run("list_views", [&] { return inner_.list_views(space); });
}

Result<iceberg::LoadedView> FaultyCatalog::load_view(const iceberg::TableIdentifier& view) {
  return run("load_view", [&] { return inner_.load_view(view); });
}

Result<iceberg::LoadedView> FaultyCatalog::create_view(
    const iceberg::TableIdentifier& view, const iceberg::ViewDefinition& definition,
    const std::map<std::string, std::string>& properties) {
  return run("create_view", [&] { return inner_.create_view(view, definition, properties); });
}

Result<iceberg::LoadedView> FaultyCatalog::replace_view(const iceberg::LoadedView& base,
                                                        const iceberg::ViewDefinition& definition) {
  return run("replace_view", [&] { return inner_.replace_view(base, definition); });
}

Result<void> FaultyCatalog::drop_view(const iceberg::TableIdentifier& view) {
  return run("drop_view", [&] { return inner_.drop_view(view); });
}

Result<void> FaultyCatalog::rename_view(const iceberg::TableIdentifier& from,
                                        const iceberg::TableIdentifier& to) {
  return run("rename_view", [&] { return inner_.rename_view(from, to); });
}

}  // namespace tarn::catalog
