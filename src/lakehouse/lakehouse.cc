// SPDX-License-Identifier: Apache-2.0
#include "lakehouse/lakehouse.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "catalog/open_lake.h"
#include "lakehouse/s3_credentials.h"
#include "storage/local_store.h"

namespace tarn::lakehouse {
namespace {

std::string absolute_folder(const std::string& path) {
  char absolute[PATH_MAX];
  if (::realpath(path.c_str(), absolute) != nullptr) return absolute;
  return path;
}

std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : file.substr(0, slash);
}

Result<Config> load_config(const OpenOptions& options, Diagnostics& diagnostics) {
  if (!options.lake_folder.empty()) return default_config(options.lake_folder);
  const std::string start =
      absolute_folder(options.start_folder.empty() ? "." : options.start_folder);
  const std::string file = TRY(find_config(options.lakehouse, start, options.environment));
  if (file.empty()) return default_config(catalog::kDefaultLakeFolder);
  const std::string text = TRY(read_file(file));
  const std::string shown = file.starts_with(start + '/') ? file.substr(start.size() + 1) : file;
  const ConfigSource source{shown, absolute_folder(folder_of(file)), options.environment};
  auto config = read_config(text, source, diagnostics);
  if (config) return std::move(*config);
  std::size_t count = 0;
  for (const auto& item : diagnostics.items()) count += item.severity == Severity::Error ? 1 : 0;
  return invalid_input("`{}` has {} {}", shown, count, count == 1 ? "error" : "errors");
}

}  // namespace

postgres::ConnectionOptions connection_options(const PostgresTarget& target) {
  postgres::ConnectionOptions options;
  options.target = target.target;
  options.password = target.password;
  options.password_file = target.password_file;
  options.settings = {{"TimeZone", "UTC"}};
  return options;
}

Result<std::unique_ptr<Lakehouse>> Lakehouse::open(const OpenOptions& options,
                                                   Diagnostics& diagnostics) {
  Config config = TRY(load_config(options, diagnostics));
  return std::unique_ptr<Lakehouse>(new Lakehouse(std::move(config), options));
}

Lakehouse::~Lakehouse() {
  // The engine holds the lakes, and a store on S3 holds the engine.
  for (const auto& [name, attached] : attached_) {
    auto detached = duckdb::detach_lake(*engine_, name);
    (void)detached;
  }
}

Result<const CatalogConfig*> Lakehouse::find_catalog(std::string_view name) const {
  if (const CatalogConfig* found = config_.find(name)) {
    TRY(check_usable(*found));
    return found;
  }
  const auto names = config_.names();
  const std::string file = config_.file.empty() ? "" : fmt::format(" in `{}`", config_.file);
  return not_found("there is no catalog `{}`{}{}", name, file, did_you_mean(name, names));
}

Result<std::shared_ptr<duckdb::Instance>> Lakehouse::shared_engine() {
  std::lock_guard lock(engine_mutex_);
  if (engine_) return engine_;
  duckdb::InstanceOptions options;
  options.memory_limit_bytes = config_.limits.memory_bytes;
  options.threads = config_.limits.threads;
  options.temp_folder = config_.limits.temp_folder;
  if (options.temp_folder.empty()) {
    options.temp_folder = options_.environment("TMPDIR").value_or("/tmp") + "/tarn-spill";
  }
  engine_ = TRY(duckdb::Instance::open(options));
  return engine_;
}

Result<duckdb::Instance*> Lakehouse::engine() { return TRY(shared_engine()).get(); }

Result<std::shared_ptr<storage::Store>> Lakehouse::open_store(const CatalogConfig& catalog) {
  const IcebergSettings& settings = catalog.iceberg;
  if (!settings.warehouse.starts_with("s3://")) {
    return std::shared_ptr<storage::Store>(
        std::make_shared<storage::LocalStore>(Durability::Durable, *options_.random));
  }
  auto options = TRY(resolve_s3(settings.s3, settings.warehouse, options_.environment));
  auto engine = TRY(shared_engine());
  // The store uses the engine's HTTP client: whoever holds the store holds the engine.
  std::shared_ptr<storage::Store> store =
      TRY(duckdb::open_s3_store(*engine, std::move(options), *options_.clock));
  storage::Store* plain = store.get();
  auto both = std::make_shared<
      std::pair<std::shared_ptr<duckdb::Instance>, std::shared_ptr<storage::Store>>>(
      std::move(engine), std::move(store));
  return std::shared_ptr<storage::Store>(std::move(both), plain);
}

Result<catalog::Lake> Lakehouse::open_lake(const CatalogConfig& config, Missing missing) {
  const IcebergSettings& settings = config.iceberg;
  const bool creates = missing == Missing::IsCreated;
  catalog::SqlConnector connector;
  if (!settings.sqlite_path.empty()) {
    if (!creates && !path_exists(settings.sqlite_path)) {
      return not_found("there is no lake in `{}`: `tarn migrate` makes one, --lake names another",
                       folder_of(settings.sqlite_path));
    }
    if (creates) TRY(make_directories(folder_of(settings.sqlite_path)));
    const auto mode = creates ? sqlite::OpenMode::CreateIfMissing : sqlite::OpenMode::ReadWrite;
    connector = catalog::sqlite_connector(settings.sqlite_path, {.mode = mode});
  } else {
    connector = catalog::postgres_connector(connection_options(settings.postgres));
  }
  catalog::Lake lake;
  lake.store = TRY(open_store(config));
  lake.catalog = TRY(catalog::SqlCatalog::open(
      std::move(connector), lake.store,
      {.name = config.name,
       .catalog_name = settings.catalog_name,
       .warehouse = settings.warehouse,
       .setup = creates ? catalog::CatalogSetup::CreateIfMissing : catalog::CatalogSetup::MustExist,
       .clock = options_.clock,
       .random = options_.random}));
  lake.intents = std::make_unique<catalog::SqlWriteIntents>(*lake.catalog, *options_.clock);
  return lake;
}

Result<const CatalogConfig*> Lakehouse::find_lake(std::string_view name) const {
  const std::string wanted(name.empty() ? std::string_view(config_.default_catalog) : name);
  if (wanted.empty()) {
    return not_found("there is no catalog of type iceberg in `{}`", config_.file);
  }
  const CatalogConfig* config = TRY(find_catalog(wanted));
  if (config->type != CatalogType::Iceberg) {
    return invalid_input("catalog `{}` is of type {}, not iceberg", wanted,
                         to_string(config->type));
  }
  return config;
}

Result<catalog::Lake> Lakehouse::open_separately(std::string_view name) {
  const CatalogConfig* config = TRY(find_lake(name));
  auto lake = open_lake(*config, Missing::IsError);
  if (lake || config_.file.empty()) return lake;
  return with_context(std::move(lake), fmt::format("in catalog `{}`", config->name));
}

Result<std::shared_ptr<Lake>> Lakehouse::lake(std::string_view name, Missing missing) {
  const CatalogConfig* config = TRY(find_lake(name));
  std::lock_guard lock(mutex_);
  if (auto found = lakes_.find(config->name); found != lakes_.end()) return found->second;
  auto opened = open_lake(*config, missing);
  if (!opened) return std::move(opened.error()).with_context("in catalog " + config->name);
  auto plain = std::make_shared<catalog::Lake>(std::move(*opened));
  auto lake = std::make_shared<Lake>();
  lake->name = config->name;
  lake->warehouse = config->iceberg.warehouse;
  lake->store = plain->store;
  // Whoever holds one of them holds all of the lake.
  lake->catalog = std::shared_ptr<catalog::SqlCatalog>(plain, plain->catalog.get());
  lake->intents = std::shared_ptr<iceberg::WriteIntents>(plain, plain->intents.get());
  return lakes_[lake->name] = std::move(lake);
}

Result<postgres::ConnectionOptions> Lakehouse::postgres_options(std::string_view name) const {
  const CatalogConfig* config = TRY(find_catalog(name));
  if (config->type != CatalogType::Postgres) {
    return invalid_input("catalog `{}` is of type {}, not postgres", name, to_string(config->type));
  }
  return connection_options(config->postgres.target);
}

Result<void> Lakehouse::attach(std::string_view name, Missing missing) {
  auto opened = TRY(lake(name, missing));
  auto engine = TRY(shared_engine());
  std::lock_guard lock(mutex_);
  if (attached_.contains(opened->name)) return {};
  duckdb::LakeOptions options;
  options.name = opened->name;
  options.catalog = opened->catalog;
  options.store = opened->store;
  options.intents = opened->intents;
  options.clock = options_.clock;
  options.random = options_.random;
  options.summary = options_.summary;
  TRY(duckdb::attach_lake(*engine, std::move(options)));
  attached_.emplace(opened->name, true);
  return {};
}

}  // namespace tarn::lakehouse
