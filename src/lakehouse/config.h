// SPDX-License-Identifier: Apache-2.0
// `tarn.yml`: which catalogs there are, where their files and databases live, and how much of the
// machine may be used. Reading it is pure: text and environment in, values and findings out.
//
//   catalogs:
//     lake:
//       type: iceberg
//       catalog: sqlite:///lake/catalog.db      # beside tarn.yml; four slashes: absolute
//       warehouse: s3://bucket/prefix           # or file:///data, or a folder beside tarn.yml
//       s3: {endpoint: "http://…", region: …, path_style: true, credentials: environment}
//     shop: {type: postgres, url: "postgres://reader@host/shop", password: "${SHOP_PASSWORD}"}
//     tpch: {type: tpch}
//   limits: {memory: 2GB, threads: 4, temp_folder: /tmp}
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "postgres/column_policies.h"

namespace tarn::lakehouse {

inline constexpr const char* kConfigFileName = "tarn.yml";

enum class CatalogType { Iceberg, Postgres, Tpch };
std::string_view to_string(CatalogType type);

enum class CredentialSource {
  Default,       // environment, else the profile, else the container's role
  Environment,   // AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
  Profile,       // ~/.aws/credentials and ~/.aws/config
  InstanceRole,  // asked from the machine's or the container's metadata service
  Keys,          // in the file, usually by ${NAME}
  Anonymous,     // requests are not signed
};

// Never shown to anybody: has no text form on purpose.
struct S3Settings {
  std::string endpoint;            // `http://host:port`, `https://host`, `host`; "": AWS
  std::string region;              // "": of the environment or the profile, else us-east-1
  std::optional<bool> path_style;  // nullopt: when there is an endpoint
  CredentialSource source = CredentialSource::Default;
  std::string profile;
  std::string access_key;
  std::string secret_key;
  std::string session_token;
};

// Where a Postgres database is; as in postgres::ConnectionOptions.
struct PostgresTarget {
  std::string target;  // URL, `key=value …` or `service=…`
  std::string password;
  std::string password_file;
};

struct IcebergSettings {
  std::string sqlite_path;   // absolute; "": the catalog is in Postgres
  PostgresTarget postgres;   // if there is no path
  std::string catalog_name;  // in the database's rows; "": the catalog's name
  std::string warehouse;     // a full location without a slash at the end
  S3Settings s3;
};

struct PostgresSettings {
  PostgresTarget target;
  postgres::SourcePolicies policies;
};

struct CatalogConfig {
  std::string name;
  CatalogType type = CatalogType::Iceberg;
  IcebergSettings iceberg;
  PostgresSettings postgres;
  std::uint32_t line = 0;  // in the file; 0 without one
  // Fields with a variable that is not set: an error for whoever uses the catalog, not before.
  std::vector<Diagnostic> unset;
};

// InvalidInput with field, variable and place if a variable is not set.
Result<void> check_usable(const CatalogConfig& catalog);

struct Limits {
  std::uint64_t memory_bytes = 0;  // 0: the engine's own rule
  int threads = 0;                 // 0: all cores
  std::string temp_folder;         // "": the system's
};

struct Config {
  std::string file;                     // as found; "" without one
  std::string folder;                   // that relative paths start from; absolute
  std::vector<CatalogConfig> catalogs;  // in the file's order
  std::string default_catalog;  // the Iceberg catalog that names without a catalog mean; may be ""
  Limits limits;

  const CatalogConfig* find(std::string_view name) const;
  std::vector<std::string> names(std::optional<CatalogType> type = std::nullopt) const;
};

// The value of an environment variable.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
Environment process_environment();

struct ConfigSource {
  std::string file;    // for messages
  std::string folder;  // absolute
  Environment environment;
};

// All findings go to `diagnostics`; nullopt if one of them is an error. Variables that are not set
// are findings only beside others: alone they are kept with their catalog. Excerpts do not show
// the values of secrets.
std::optional<Config> read_config(std::string_view text, const ConfigSource& source,
                                  Diagnostics& diagnostics);

// Without a file: the catalog `lake` in the folder `lake_folder` (made absolute).
Config default_config(const std::string& lake_folder);

// `wanted` (of `--lakehouse`) or TARN_LAKEHOUSE, a file or a folder that holds tarn.yml; else the
// first tarn.yml in `start` and the folders above. "" if there is none, NotFound if a named one is
// missing.
Result<std::string> find_config(const std::string& wanted, const std::string& start,
                                const Environment& environment);

// The commented file that `tarn init --lake` writes.
std::string_view config_template();

// `2GB`, `512 MiB`, `1000000`; powers of 1000, or of 1024 with an i.
std::optional<std::uint64_t> parse_size(std::string_view text);

// Replaces `${NAME}` and `${NAME:-default}`; `$${` stays as `${`. An error names the variable or
// says what is malformed.
Result<std::string> substitute_variables(std::string_view text, const Environment& environment);

}  // namespace tarn::lakehouse
