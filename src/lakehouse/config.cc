// SPDX-License-Identifier: Apache-2.0
#include "lakehouse/config.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "catalog/open_lake.h"
#include "lakehouse/map_reader.h"
#include "postgres/type_mapping.h"
#include "storage/store.h"
#include "yaml/load.h"

namespace tarn::lakehouse {
namespace {

constexpr std::string_view kCatalogTypes = "iceberg, postgres or tpch";

std::string absolute_path(const std::string& folder, std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  while (path.starts_with("./")) path.remove_prefix(2);
  return folder + '/' + std::string(path);
}

std::string without_last_slash(std::string text) {
  while (text.size() > 1 && text.ends_with('/') && !text.ends_with("://")) text.pop_back();
  return text;
}

bool has_scheme(std::string_view url, std::string_view scheme) {
  return url.substr(0, scheme.size()) == scheme && url.substr(scheme.size(), 1) == ":";
}

class ConfigReader {
 public:
  explicit ConfigReader(FindingSink& sink) : sink_(sink) {}

  Config read(const yaml::Value& root) {
    Config config;
    config.file = sink_.source().file;
    config.folder = sink_.source().folder;
    MapReader map(sink_, root, "");
    if (root.is_null()) {
      sink_.error(root, "missing-key", "`catalogs` is missing",
                  "`tarn init --lake` writes a file to start from");
      return config;
    }
    if (!map.check_is_map()) return config;
    read_catalogs(map, config);
    read_limits(map, config.limits);
    read_default(map, config);
    map.finish();
    return config;
  }

 private:
  void read_catalogs(MapReader& root, Config& config) {
    const yaml::Value* catalogs = root.value("catalogs");
    if (catalogs == nullptr) {
      sink_.error(root.map(), "missing-key", "`catalogs` is missing");
      return;
    }
    MapReader map(sink_, *catalogs, "catalogs");
    if (!map.check_is_map()) return;
    for (const yaml::Entry& entry : catalogs->entries) {
      if (!entry.key->is_text() || entry.key->text.empty()) {
        sink_.error(*entry.key, "wrong-type", "the name of a catalog must be a text");
        continue;
      }
      const std::size_t before = sink_.findings().size();
      config.catalogs.push_back(read_catalog(std::string(entry.key->text), *entry.value));
      CatalogConfig& catalog = config.catalogs.back();
      catalog.line = entry.key->line;
      for (std::size_t i = before; i < sink_.findings().size(); ++i) {
        const Diagnostic& finding = sink_.findings()[i];
        if (finding.code == kMissingVariable) catalog.unset.push_back(finding);
      }
    }
  }

  CatalogConfig read_catalog(std::string name, const yaml::Value& value) {
    CatalogConfig catalog;
    MapReader map(sink_, value, "catalogs." + name);
    catalog.name = std::move(name);
    if (!map.check_is_map()) return catalog;
    const std::string type = map.required_text("type");
    if (type.empty()) return catalog;
    if (type == "iceberg") {
      read_iceberg(map, catalog.iceberg);
    } else if (type == "postgres") {
      catalog.type = CatalogType::Postgres;
      read_postgres(map, catalog.postgres);
    } else if (type == "tpch") {
      catalog.type = CatalogType::Tpch;
      read_tpch(map);
    } else {
      static const std::vector<std::string> known = {"iceberg", "postgres", "tpch"};
      const auto near = nearest_name(type, known);
      sink_.error(*map.value("type"), "unknown-type",
                  fmt::format("a catalog's type must be {}, not `{}`", kCatalogTypes, type),
                  near ? fmt::format("did you mean `{}`?", *near) : "");
      return catalog;
    }
    map.finish();
    return catalog;
  }

  void read_iceberg(MapReader& map, IcebergSettings& settings) {
    const std::string url = map.required_text("catalog");
    if (!url.empty()) read_catalog_url(map, url, settings);
    if (settings.sqlite_path.empty()) {
      read_password(map, settings.postgres);
    } else {
      refuse(map, "password", "the catalog is a file");
      refuse(map, "password_file", "the catalog is a file");
    }
    settings.catalog_name = map.text("catalog_name").value_or("");
    const std::string warehouse = map.required_text("warehouse");
    if (!warehouse.empty()) read_warehouse(map, warehouse, settings);
    if (const yaml::Value* s3 = map.value("s3"); s3 != nullptr && !s3->is_null()) {
      if (!warehouse.empty() && !settings.warehouse.starts_with("s3:")) {
        refuse(map, "s3", "the warehouse is not on S3");
      }
      MapReader inner(sink_, *s3, map.key_path("s3"));
      if (inner.check_is_map()) read_s3(inner, settings.s3);
    }
  }

  void read_catalog_url(MapReader& map, const std::string& url, IcebergSettings& settings) {
    if (url.starts_with("sqlite:///")) {
      settings.sqlite_path = absolute_path(sink_.source().folder, url.substr(10));
      return;
    }
    if (has_scheme(url, "postgres") || has_scheme(url, "postgresql") ||
        url.find("service=") != std::string::npos || url.find("host=") != std::string::npos) {
      settings.postgres.target = url;
      return;
    }
    const yaml::Value& at = *map.value("catalog");
    const std::string_view scheme = std::string_view(url).substr(0, url.find(':'));
    for (const std::string_view later : {"http", "https", "rest", "glue", "thrift"}) {
      if (scheme != later) continue;
      sink_.error(at, "unsupported",
                  fmt::format("catalogs of type `{}` are not supported yet", scheme),
                  "use sqlite:///PATH or postgres://…");
      return;
    }
    sink_.error(at, "bad-url",
                fmt::format("`{}` must be sqlite:///PATH or postgres://…", map.key_path("catalog")),
                scheme == "sqlite" ? "three slashes: beside tarn.yml; four: an absolute path" : "");
  }

  void read_warehouse(MapReader& map, const std::string& warehouse, IcebergSettings& settings) {
    const std::string scheme = storage::location_scheme(warehouse);
    const bool is_path = warehouse.find("://") == std::string::npos;
    if (scheme == "s3" || scheme == "s3a" || scheme == "s3n") {
      settings.warehouse = without_last_slash(storage::normalize_location(warehouse));
      if (settings.warehouse.size() > 5) return;
      sink_.error(*map.value("warehouse"), "bad-url", "the warehouse names no bucket");
    } else if (is_path && !warehouse.starts_with("file:")) {
      settings.warehouse =
          "file://" + without_last_slash(absolute_path(sink_.source().folder, warehouse));
    } else if (warehouse.starts_with("file:")) {
      settings.warehouse = "file://" + without_last_slash(storage::normalize_location(warehouse));
    } else {
      sink_.error(*map.value("warehouse"), "bad-url",
                  fmt::format("warehouses on `{}` are not supported", scheme),
                  "use a folder, file:///PATH or s3://BUCKET/PREFIX");
    }
  }

  void read_s3(MapReader& map, S3Settings& s3) {
    s3.endpoint = map.text("endpoint").value_or("");
    s3.region = map.text("region").value_or("");
    s3.path_style = map.boolean("path_style");
    s3.profile = map.text("profile").value_or("");
    s3.access_key = map.text("access_key").value_or("");
    s3.secret_key = map.text("secret_key").value_or("");
    s3.session_token = map.text("session_token").value_or("");
    if (!s3.profile.empty()) s3.source = CredentialSource::Profile;
    if (!s3.access_key.empty() || !s3.secret_key.empty()) s3.source = CredentialSource::Keys;
    const auto credentials = map.text("credentials");
    if (map.has_unset()) return map.finish();  // the rules below would judge gaps
    if (s3.access_key.empty() != s3.secret_key.empty()) {
      sink_.error(map.map(), "missing-key",
                  fmt::format("`{}` needs both access_key and secret_key", map.path()));
    }
    if (credentials) read_credential_source(map, *credentials, s3);
    if (s3.source != CredentialSource::Keys) {
      constexpr std::string_view kWhy = "`credentials` names another source";
      if (!s3.access_key.empty()) refuse(map, "access_key", kWhy);
      if (!s3.secret_key.empty()) refuse(map, "secret_key", kWhy);
      if (!s3.session_token.empty()) {
        refuse(map, "session_token", credentials ? kWhy : "there is no access_key");
      }
    }
    if (s3.source != CredentialSource::Profile && !s3.profile.empty()) {
      refuse(map, "profile", "the keys come from elsewhere");
    }
    map.finish();
  }

  void read_credential_source(MapReader& map, const std::string& name, S3Settings& s3) {
    static const std::pair<const char*, CredentialSource> kSources[] = {
        {"default", CredentialSource::Default}, {"environment", CredentialSource::Environment},
        {"profile", CredentialSource::Profile}, {"instance_role", CredentialSource::InstanceRole},
        {"keys", CredentialSource::Keys},       {"anonymous", CredentialSource::Anonymous}};
    std::vector<std::string> names;
    for (const auto& [word, source] : kSources) {
      names.emplace_back(word);
      if (name != word) continue;
      s3.source = source;
      if (source == CredentialSource::Keys && s3.access_key.empty()) {
        sink_.error(map.map(), "missing-key",
                    fmt::format("`{}` needs access_key and secret_key", map.path()));
      }
      return;
    }
    const auto near = nearest_name(name, names);
    sink_.error(*map.value("credentials"), "unknown-value",
                fmt::format("`{}` must be {}", map.key_path("credentials"), join(names, ", ")),
                near ? fmt::format("did you mean `{}`?", *near) : "");
  }

  void read_postgres(MapReader& map, PostgresSettings& settings) {
    const auto url = map.text("url");
    const auto service = map.text("service");
    if ((!url || url->empty()) == (!service || service->empty()) && !map.has_unset()) {
      sink_.error(map.map(), "missing-key",
                  fmt::format("`{}` needs either url or service", map.path()));
    }
    if (url) settings.target.target = *url;
    if (service && !service->empty()) {
      settings.target.target = "service=" + quote_service(*service);
    }
    read_password(map, settings.target);
    if (const yaml::Value* policy = map.value("type_policy"); policy != nullptr) {
      settings.policies.all = read_policies(*policy, map.key_path("type_policy"));
    }
    if (const yaml::Value* tables = map.value("tables"); tables != nullptr) {
      read_tables(*tables, map.key_path("tables"), settings);
    }
  }

  static std::string quote_service(std::string_view name) {
    return '\'' + replace_all(replace_all(name, "\\", "\\\\"), "'", "\\'") + '\'';
  }

  // tables: {schema.table: {columns: {name: {infinity: clamp}}}}
  void read_tables(const yaml::Value& value, const std::string& path, PostgresSettings& settings) {
    MapReader tables(sink_, value, path);
    if (!tables.check_is_map()) return;
    for (const yaml::Entry& entry : value.entries) {
      const std::string name = yaml::to_python_text(*entry.key);
      MapReader table(sink_, *entry.value, path + '.' + name);
      if (!table.check_is_map()) continue;
      if (name.find('.') == std::string::npos) {
        sink_.error(
            *entry.key, "wrong-type",
            fmt::format("`{}.{}` must name schema and table: `public.{}`", path, name, name));
      }
      const yaml::Value* columns = table.value("columns");
      table.finish();
      if (columns == nullptr) continue;
      MapReader map(sink_, *columns, table.key_path("columns"));
      if (!map.check_is_map()) continue;
      for (const yaml::Entry& column : columns->entries) {
        const std::string column_name = yaml::to_python_text(*column.key);
        settings.policies.columns[name][column_name] =
            read_policies(*column.value, map.key_path(column_name));
      }
    }
  }

  postgres::PolicyTexts read_policies(const yaml::Value& value, const std::string& path) {
    postgres::PolicyTexts policies;
    MapReader map(sink_, value, path);
    if (!map.check_is_map()) return policies;
    for (const yaml::Entry& entry : value.entries) {
      const std::string name = yaml::to_python_text(*entry.key);
      const auto text = sink_.scalar(*entry.value, map.key_path(name));
      if (!text) continue;
      postgres::TypePolicy scratch;
      auto valid = postgres::set_type_policy(scratch, name, *text);
      if (!valid) sink_.error(*entry.key, "bad-policy", valid.error().message);
      policies[name] = *text;
    }
    return policies;
  }

  void read_tpch(MapReader& map) {
    refuse(map, "scale", "the schema of a table names its scale",
           "leave it out and read such as `tpch.sf1.orders`, `tpch.tiny.orders`");
  }

  // A finding for a key that is there but would be without effect.
  void refuse(MapReader& map, std::string_view key, std::string_view why,
              std::string hint = std::string()) {
    const yaml::Value* value = map.map().find(key);
    if (value == nullptr || value->is_null() || (value->is_text() && value->text.empty())) return;
    (void)map.value(key);  // known from now on
    sink_.error(*value, "unused-key", fmt::format("`{}` has no use: {}", map.key_path(key), why),
                std::move(hint));
  }

  // Of a Postgres database.
  void read_password(MapReader& map, PostgresTarget& target) {
    const auto password = map.text("password");
    if (password && !password->empty()) refuse(map, "password_file", "there is `password`");
    target.password = password.value_or("");
    target.password_file = file_path(map.text("password_file"));
  }

  void read_limits(MapReader& root, Limits& limits) {
    const yaml::Value* value = root.value("limits");
    if (value == nullptr || value->is_null()) return;
    MapReader map(sink_, *value, "limits");
    if (!map.check_is_map()) return;
    if (const auto memory = map.text("memory")) {
      const auto size = parse_size(*memory);
      if (!size || *size < 64'000'000) {
        sink_.error(*map.value("memory"), "wrong-type",
                    "`limits.memory` must be a size of at least 64MB, such as 2GB or 512MiB");
      }
      limits.memory_bytes = size.value_or(0);
    }
    limits.threads = static_cast<int>(map.integer("threads", 1, 1024).value_or(0));
    limits.temp_folder = file_path(map.text("temp_folder"));
    map.finish();
  }

  void read_default(MapReader& root, Config& config) {
    const auto wanted = root.text("default_catalog");
    for (const CatalogConfig& catalog : config.catalogs) {
      if (catalog.type != CatalogType::Iceberg) continue;
      if (config.default_catalog.empty()) config.default_catalog = catalog.name;
    }
    if (!wanted) return;
    const CatalogConfig* found = config.find(*wanted);
    if (found == nullptr || found->type != CatalogType::Iceberg) {
      const auto names = config.names(CatalogType::Iceberg);
      sink_.error(*root.value("default_catalog"), "unknown-catalog",
                  fmt::format("`{}` is no catalog of type iceberg", *wanted),
                  "there are: " + join(names, ", "));
      return;
    }
    config.default_catalog = *wanted;
  }

  std::string file_path(const std::optional<std::string>& path) const {
    if (!path || path->empty()) return "";
    if (path->starts_with("~/")) {
      return sink_.source().environment("HOME").value_or("") + path->substr(1);
    }
    return absolute_path(sink_.source().folder, *path);
  }

  FindingSink& sink_;
};

// nullopt after a finding that stops everything.
std::optional<Config> read_findings(std::string_view text, FindingSink& sink) {
  auto document = yaml::load(text);
  if (!document) {
    const TextSpan at = document.error().where.value_or(TextSpan{});
    sink.error_at(at.line, at.column, "yaml", document.error().message);
    return std::nullopt;
  }
  for (const yaml::Duplicate& duplicate : document->duplicates) {
    sink.error_at(duplicate.line, duplicate.column, "duplicate-key",
                  fmt::format("the key `{}` is there twice", duplicate.key));
  }
  Config config = ConfigReader(sink).read(*document->root);
  std::size_t unset = 0;
  for (const CatalogConfig& catalog : config.catalogs) unset += catalog.unset.size();
  if (sink.findings().size() != unset) return std::nullopt;
  return config;
}

Result<std::string> config_in(const std::string& wanted, std::string_view where) {
  const bool is_folder = !wanted.empty() && path_exists(wanted + "/.");
  const std::string file = is_folder ? wanted + '/' + kConfigFileName : wanted;
  if (path_exists(file)) return file;
  return not_found("{} names `{}`, but there is no such file", where, file);
}

}  // namespace

std::string_view to_string(CatalogType type) {
  switch (type) {
    case CatalogType::Iceberg:
      return "iceberg";
    case CatalogType::Postgres:
      return "postgres";
    case CatalogType::Tpch:
      return "tpch";
  }
  return "";
}

const CatalogConfig* Config::find(std::string_view name) const {
  for (const CatalogConfig& catalog : catalogs) {
    if (catalog.name == name) return &catalog;
  }
  return nullptr;
}

std::vector<std::string> Config::names(std::optional<CatalogType> type) const {
  std::vector<std::string> names;
  for (const CatalogConfig& catalog : catalogs) {
    if (!type || catalog.type == *type) names.push_back(catalog.name);
  }
  return names;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = ::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

std::optional<Config> read_config(std::string_view text, const ConfigSource& source,
                                  Diagnostics& diagnostics) {
  FindingSink sink(text, source);
  auto config = read_findings(text, sink);
  if (config) return config;
  for (const Diagnostic& finding : sink.findings()) diagnostics.add(finding);
  return std::nullopt;
}

Result<void> check_usable(const CatalogConfig& catalog) {
  if (catalog.unset.empty()) return {};
  std::vector<std::string> messages;
  for (const Diagnostic& finding : catalog.unset) {
    messages.push_back(fmt::format("{} ({}:{}:{})", finding.message, finding.file,
                                   finding.where->line, finding.where->column));
  }
  return invalid_input("catalog `{}` cannot be used: {}", catalog.name, join(messages, ", "))
      .with_context(catalog.unset.front().hint);
}

Config default_config(const std::string& lake_folder) {
  Config config;
  char buffer[PATH_MAX];
  config.folder = ::getcwd(buffer, sizeof(buffer)) != nullptr ? buffer : ".";
  std::string folder = without_last_slash(absolute_path(config.folder, lake_folder));
  CatalogConfig lake;
  lake.name = "lake";
  lake.iceberg.sqlite_path = folder + '/' + catalog::kLakeDatabaseName;
  lake.iceberg.warehouse = "file://" + folder + '/' + catalog::kLakeWarehouseName;
  config.default_catalog = lake.name;
  config.catalogs.push_back(std::move(lake));
  return config;
}

Result<std::string> find_config(const std::string& wanted, const std::string& start,
                                const Environment& environment) {
  if (!wanted.empty()) return config_in(wanted, "--lakehouse");
  if (const auto named = environment("TARN_LAKEHOUSE"); named && !named->empty()) {
    return config_in(*named, "TARN_LAKEHOUSE");
  }
  std::string folder = start;
  while (true) {
    const std::string file = (folder == "/" ? "" : folder) + '/' + kConfigFileName;
    if (path_exists(file)) return file;
    const std::size_t slash = folder.rfind('/');
    if (folder.empty() || folder == "/" || slash == std::string::npos) return std::string();
    folder = slash == 0 ? "/" : folder.substr(0, slash);
  }
}

std::string_view config_template() {
  return R"yaml(# The lakehouse: which catalogs there are and where they live.
# `${NAME}` is the value of an environment variable, `${NAME:-default}` with a default.
# Relative paths start from this file. `tarn debug` tests all of it.

catalogs:
  # A lake of Iceberg tables. The catalog is a SQLite file, or a Postgres database when shared:
  #   catalog: postgres://user@host/database      (password: ${LAKE_PASSWORD}, or password_file: …)
  # sqlite:/// and a path is beside this file; with four slashes it is absolute.
  lake:
    type: iceberg
    catalog: sqlite:///lake/catalog.db
    warehouse: lake/warehouse
    # On S3 or its like:
    # warehouse: s3://bucket/prefix
    # s3:
    #   region: eu-central-1
    #   endpoint: https://minio.example.com   # only when it is not AWS
    #   path_style: true
    #   credentials: environment              # or: profile (with profile: NAME), instance_role,
    #                                         # keys (with access_key, secret_key), anonymous

  # A Postgres database to read from.
  # shop:
  #   type: postgres
  #   url: postgres://reader@db.example.com/shop   # or: service: NAME (of pg_service.conf)
  #   password: ${SHOP_PASSWORD}                   # or: password_file: secrets/shop
  #   type_policy:                                 # what to do with values the lake cannot hold
  #     infinity: clamp
  #   tables:
  #     public.orders:
  #       columns:
  #         amount: {numeric: "decimal(20,4)"}

  # The sample data of TPC-H; its schemas are tiny, sf1, sf10, …
  # tpch:
  #   type: tpch

# limits:
#   memory: 2GB
#   threads: 4
#   temp_folder: /tmp
)yaml";
}

}  // namespace tarn::lakehouse
