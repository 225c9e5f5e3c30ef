// SPDX-License-Identifier: Apache-2.0
#include "warehouse/lakehouse_catalogs.h"

#include "base/clock.h"
#include "base/text.h"
#include "catalog/intent_cleanup.h"

namespace tarn::warehouse {

Result<std::unique_ptr<LakehouseCatalogs>> LakehouseCatalogs::open(
    lakehouse::Lakehouse& lakehouse) {
  duckdb::Instance* instance = TRY(lakehouse.engine());
  return std::unique_ptr<LakehouseCatalogs>(new LakehouseCatalogs(lakehouse, *instance));
}

std::vector<std::string> LakehouseCatalogs::names() const {
  std::vector<std::string> names;
  for (const std::string& name : lakehouse_.config().names()) names.push_back(to_lower(name));
  return names;
}

Result<const engine::CatalogHandle*> LakehouseCatalogs::find(std::string_view name) {
  std::lock_guard lock(mutex_);
  if (auto found = handles_.find(name); found != handles_.end()) return found->second.get();
  const lakehouse::CatalogConfig* config = nullptr;
  for (const auto& catalog : lakehouse_.config().catalogs) {
    if (equals_ignore_case(catalog.name, name)) config = &catalog;
  }
  if (config == nullptr) return not_found("there is no catalog `{}`", name);
  auto handle = std::make_unique<engine::CatalogHandle>(TRY(open_catalog(*config)));
  return (handles_[std::string(name)] = std::move(handle)).get();
}

Result<engine::CatalogHandle> LakehouseCatalogs::open_catalog(
    const lakehouse::CatalogConfig& config) {
  switch (config.type) {
    case lakehouse::CatalogType::Iceberg: {
      TRY(lakehouse_.attach(config.name, lakehouse::Missing::IsCreated));
      const auto lake = TRY(lakehouse_.lake(config.name));
      // What killed writers left. Whoever may only read goes on without it.
      (void)catalog::clean_dead_intents(*lake->catalog, *lake->store, *lake->intents,
                                        system_clock());
      return engine::CatalogHandle(engine::LakeCatalog{lake->name, lake->warehouse, lake->store,
                                                       lake->catalog, lake->intents});
    }
    case lakehouse::CatalogType::Postgres:
      return engine::CatalogHandle(engine::PostgresCatalog{
          config.name, TRY(lakehouse_.postgres_options(config.name)), config.postgres.policies});
    case lakehouse::CatalogType::Tpch:
      break;
  }
  return engine::CatalogHandle(engine::TpchCatalog{config.name, ""});
}

}  // namespace tarn::warehouse
