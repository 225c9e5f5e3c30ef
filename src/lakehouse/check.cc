// SPDX-License-Identifier: Apache-2.0
#include "lakehouse/check.h"

#include "base/file.h"
#include "base/text.h"
#include "base/uuid.h"

namespace tarn::lakehouse {
namespace {

std::string hint_for(const Error& error, const CatalogConfig& catalog) {
  const bool is_s3 = catalog.iceberg.warehouse.starts_with("s3://");
  switch (error.code) {
    case ErrorCode::Denied:
      return is_s3 && catalog.type == CatalogType::Iceberg
                 ? "check the keys, and that they may list, read and write the bucket"
                 : "check user and password; see `password` and `password_file` in tarn.yml";
    case ErrorCode::Unavailable:
    case ErrorCode::TimedOut:
      return "check host and port, and that the server runs and can be reached from here";
    case ErrorCode::NotFound:
      return is_s3 ? "check the name of the bucket, the region and the endpoint" : "";
    default:
      return "";
  }
}

class Checker {
 public:
  Checker(Lakehouse& lakehouse, const Cancel& cancel) : lakehouse_(lakehouse), cancel_(cancel) {}

  std::vector<CheckStep> run() {
    add({}, "engine", check_engine());
    for (const CatalogConfig& catalog : lakehouse_.config().catalogs) {
      if (cancel_.requested()) break;
      if (auto usable = check_usable(catalog); !usable) {
        add(catalog, "settings", usable.error());
        continue;
      }
      switch (catalog.type) {
        case CatalogType::Iceberg:
          check_lake(catalog);
          break;
        case CatalogType::Postgres:
          add(catalog, "connection", check_postgres(catalog));
          break;
        case CatalogType::Tpch:
          add(catalog, "extension", check_tpch());
          break;
      }
    }
    return std::move(steps_);
  }

 private:
  void add(const CatalogConfig& catalog, std::string subject, Result<std::string> result) {
    CheckStep step;
    step.catalog = catalog.name;
    step.subject = std::move(subject);
    if (result) {
      step.detail = mask_secrets(*result);
    } else {
      step.hint = hint_for(result.error(), catalog);
      step.error = std::move(result.error());
    }
    steps_.push_back(std::move(step));
  }

  Result<std::string> check_engine() {
    auto connection = TRY(TRY(lakehouse_.engine())->connect());
    const auto version = TRY(connection.query("SELECT version()")).single();
    const auto memory = TRY(connection.query("SELECT current_setting('memory_limit')")).single();
    const auto threads = TRY(connection.query("SELECT current_setting('threads')")).single();
    return fmt::format("DuckDB {}, {} threads, {} of memory", version.value_or("?"),
                       threads.value_or("?"), memory.value_or("?"));
  }

  void check_lake(const CatalogConfig& config) {
    if (!config.iceberg.sqlite_path.empty() && !path_exists(config.iceberg.sqlite_path)) {
      add(config, "catalog",
          fmt::format("`{}` does not exist yet: the first write makes it",
                      config.iceberg.sqlite_path));
      // A folder is made as well; a bucket must be there.
      const std::string& warehouse = config.iceberg.warehouse;
      if (!warehouse.starts_with("s3://")) return;
      auto store = lakehouse_.open_store(config);
      add(config, "warehouse",
          store ? check_warehouse(**store, warehouse) : Result<std::string>(store.error()));
      return;
    }
    auto lake = lakehouse_.lake(config.name);
    if (!lake) {
      add(config, "catalog", lake.error());
      return;
    }
    add(config, "catalog", check_catalog(**lake, config));
    add(config, "warehouse", check_warehouse(*(*lake)->store, (*lake)->warehouse));
  }

  static Result<std::string> check_catalog(Lake& lake, const CatalogConfig& config) {
    const auto spaces = TRY(lake.catalog->list_namespaces(std::nullopt));
    std::size_t tables = 0;
    for (const auto& space : spaces) tables += TRY(lake.catalog->list_tables(space)).size();
    return fmt::format("{}, {} {}, {} {}",
                       config.iceberg.sqlite_path.empty() ? "Postgres" : "SQLite", spaces.size(),
                       spaces.size() == 1 ? "schema" : "schemas", tables,
                       tables == 1 ? "table" : "tables");
  }

  static Result<std::string> check_warehouse(storage::Store& store, const std::string& warehouse) {
    const std::string name = "tarn-debug-" + to_string(make_uuid4(system_random()));
    const std::string location = storage::join_location(warehouse, name);
    TRY(store.write(location, "tarn debug", storage::WriteMode::CreateExclusive));
    auto text = store.read(location);
    TRY(store.remove(location));
    if (TRY(std::move(text)) != "tarn debug") return corrupt("`{}` reads back otherwise", location);
    return fmt::format("{} can be written and read", warehouse);
  }

  Result<std::string> check_postgres(const CatalogConfig& config) {
    auto options = TRY(lakehouse_.postgres_options(config.name));
    options.cancel = &cancel_;
    auto connection = TRY(postgres::Connection::connect(options));
    const auto version = TRY(connection.query_value("SHOW server_version"));
    const auto tables = TRY(connection.query_value(
        "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
        "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' "
        "AND n.nspname <> 'information_schema' AND pg_catalog.has_table_privilege(c.oid, "
        "'SELECT')"));
    return fmt::format("{}, PostgreSQL {}, {} tables can be read", connection.description(),
                       version.value_or("?"), tables.value_or("?"));
  }

  Result<std::string> check_tpch() {
    TRY(TRY(lakehouse_.engine())->load_extension("tpch"));
    return std::string("sample data can be made");
  }

  Lakehouse& lakehouse_;
  const Cancel& cancel_;
  std::vector<CheckStep> steps_;
};

}  // namespace

std::vector<CheckStep> check_lakehouse(Lakehouse& lakehouse, const Cancel& cancel) {
  return Checker(lakehouse, cancel).run();
}

}  // namespace tarn::lakehouse
