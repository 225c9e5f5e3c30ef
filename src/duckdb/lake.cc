// SPDX-License-Identifier: Apache-2.0
#include "duckdb/lake.h"

#include "base/text.h"
#include "duckdb/lake_catalog.h"
#include "duckdb/lake_state.h"
#include "duckdb/native.h"

namespace tarn::duckdb {
namespace {

constexpr const char* kStorageName = "tarn_lake";

// Lakes that wait for their ATTACH, by name.
struct LakeRegistry final : dk::StorageExtensionInfo {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Lake>> lakes;
};

dk::unique_ptr<dk::Catalog> attach_catalog(dk::optional_ptr<dk::StorageExtensionInfo> info,
                                           dk::ClientContext&, dk::AttachedDatabase& database,
                                           const dk::string& name, dk::AttachInfo&,
                                           dk::AttachOptions&) {
  auto& registry = static_cast<LakeRegistry&>(*info);
  std::lock_guard lock(registry.mutex);
  auto found = registry.lakes.find(name);
  if (found == registry.lakes.end()) {
    throw_error(not_found("there is no lake of the name `{}`", name));
  }
  auto catalog = dk::make_uniq<LakeCatalog>(database, std::move(found->second));
  registry.lakes.erase(found);
  return catalog;
}

dk::unique_ptr<dk::TransactionManager> make_manager(dk::optional_ptr<dk::StorageExtensionInfo>,
                                                    dk::AttachedDatabase& database,
                                                    dk::Catalog& catalog) {
  return dk::make_uniq<LakeTransactionManager>(database, static_cast<LakeCatalog&>(catalog));
}

LakeRegistry& registry_of(Instance& instance) {
  std::lock_guard lock(instance.impl().mutex);
  auto& config = dk::DBConfig::GetConfig(instance.impl().native());
  auto extension = dk::StorageExtension::Find(config, kStorageName);
  if (!extension) {
    auto made = dk::make_shared_ptr<dk::StorageExtension>();
    made->attach = attach_catalog;
    made->create_transaction_manager = make_manager;
    made->storage_info = dk::make_shared_ptr<LakeRegistry>();
    dk::StorageExtension::Register(config, kStorageName, made);
    extension = dk::StorageExtension::Find(config, kStorageName);
  }
  return static_cast<LakeRegistry&>(*extension->storage_info);
}

}  // namespace

Result<void> attach_lake(Instance& instance, LakeOptions options) {
  const std::string name = options.name;
  auto connection = TRY(instance.connect());
  const std::string attached =
      "SELECT count(*) FROM duckdb_databases() WHERE database_name = " + quote(name, '\'');
  if (TRY(connection.query(attached)).single() != "0") {
    return already_exists("a database of the name `{}` is attached", name);
  }
  auto registered = guard([&]() -> Result<void> {
    LakeRegistry& registry = registry_of(instance);
    std::lock_guard lock(registry.mutex);
    registry.lakes[name] = std::make_shared<Lake>(instance, std::move(options));
    return {};
  });
  TRY(std::move(registered));
  TRY(connection.execute(
      fmt::format("ATTACH {} AS {} (TYPE {})", quote(name, '\''), quote(name, '"'), kStorageName)));
  return {};
}

Result<void> detach_lake(Instance& instance, const std::string& name) {
  auto connection = TRY(instance.connect());
  TRY(connection.execute("DETACH " + quote(name, '"')));
  return {};
}

}  // namespace tarn::duckdb
