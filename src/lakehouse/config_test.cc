// SPDX-License-Identifier: Apache-2.0
#include "lakehouse/config.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/temp_folder.h"
#include "base/testing.h"
#include "base/text.h"
#include "lakehouse/map_reader.h"

namespace tarn::lakehouse {
namespace {

Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

struct Reading {
  std::optional<Config> config;
  Diagnostics diagnostics;

  // `line:column code message|hint`, one a line.
  std::string findings() const {
    std::string out;
    for (const auto& item : diagnostics.items()) {
      out +=
          fmt::format("{}:{} {} {}", item.where->line, item.where->column, item.code, item.message);
      if (!item.hint.empty()) out += "|" + item.hint;
      out += '\n';
    }
    return out;
  }
};

Reading read(std::string_view text, std::map<std::string, std::string> environment = {}) {
  Reading reading;
  const ConfigSource source{"tarn.yml", "/project", variables(std::move(environment))};
  reading.config = read_config(text, source, reading.diagnostics);
  return reading;
}

TEST_CASE("a whole file") {
  const Reading reading = read(R"yaml(
catalogs:
  lake:
    type: iceberg
    catalog: sqlite:///lake/catalog.db
    warehouse: lake/warehouse
  shared:
    type: iceberg
    catalog: postgres://lake@db/lake
    password: ${LAKE_PASSWORD}
    catalog_name: prod
    warehouse: s3://bucket/prefix/
    s3:
      endpoint: http://localhost:9000
      region: eu-central-1
      path_style: yes
      access_key: ${KEY}
      secret_key: ${SECRET:-none}
  shop:
    type: postgres
    url: postgres://reader@db/shop
    password_file: secrets/shop
    type_policy: {infinity: clamp}
    tables:
      public.orders:
        columns:
          amount: {numeric: "decimal(20,4)"}
  by_service: {type: postgres, service: "my shop"}
  tpch: {type: tpch}
default_catalog: shared
limits: {memory: 2GB, threads: "${THREADS}", temp_folder: tmp}
)yaml",
                               {{"LAKE_PASSWORD", "pw"}, {"KEY", "AK"}, {"THREADS", "3"}});
  INFO(reading.findings());
  REQUIRE(reading.config);
  const Config& config = *reading.config;
  CHECK(join(config.names(), " ") == "lake shared shop by_service tpch");
  CHECK(config.default_catalog == "shared");
  const IcebergSettings& lake = config.find("lake")->iceberg;
  CHECK(lake.sqlite_path == "/project/lake/catalog.db");
  CHECK(lake.warehouse == "file:///project/lake/warehouse");
  const IcebergSettings& shared = config.find("shared")->iceberg;
  CHECK(shared.postgres.target == "postgres://lake@db/lake");
  CHECK(shared.postgres.password == "pw");
  CHECK(shared.catalog_name == "prod");
  CHECK(shared.warehouse == "s3://bucket/prefix");
  CHECK(shared.s3.source == CredentialSource::Keys);
  CHECK(shared.s3.access_key == "AK");
  CHECK(shared.s3.secret_key == "none");
  CHECK(shared.s3.path_style == true);
  const PostgresSettings& shop = config.find("shop")->postgres;
  CHECK(shop.target.password_file == "/project/secrets/shop");
  CHECK(shop.policies.all.at("infinity") == "clamp");
  CHECK(shop.policies.columns.at("public.orders").at("amount").at("numeric") == "decimal(20,4)");
  CHECK(config.find("by_service")->postgres.target.target == "service='my shop'");
  CHECK(config.find("tpch")->type == CatalogType::Tpch);
  CHECK(config.limits.memory_bytes == 2'000'000'000);
  CHECK(config.limits.threads == 3);
  CHECK(config.limits.temp_folder == "/project/tmp");
}

TEST_CASE("locations of catalogs and warehouses") {
  const auto settings = [](std::string_view catalog, std::string_view warehouse) {
    const Reading reading = read(fmt::format(
        "catalogs: {{a: {{type: iceberg, catalog: '{}', warehouse: '{}'}}}}", catalog, warehouse));
    INFO(reading.findings());
    REQUIRE(reading.config);
    return reading.config->catalogs[0].iceberg;
  };
  CHECK(settings("sqlite:////data/c.db", "/w/").sqlite_path == "/data/c.db");
  CHECK(settings("sqlite:///c.db", "/w/").warehouse == "file:///w");
  CHECK(settings("sqlite:///c.db", "file:///w/x").warehouse == "file:///w/x");
  CHECK(settings("sqlite:///c.db", "./w").warehouse == "file:///project/w");
  CHECK(settings("sqlite:///c.db", "s3a://b/k").warehouse == "s3://b/k");
  CHECK(settings("service=lake", "w").postgres.target == "service=lake");
}

TEST_CASE("all findings at once, each with its place") {
  const Reading reading = read(R"yaml(
catalogs:
  lake:
    type: icebreg
  b:
    type: iceberg
    catalog: sqllite:///x
    warehous: x
  c:
    type: postgres
    url: postgres://${HOST}/x
    pasword: abc
  d: {type: tpch, scale: 1}
  e: {type: iceberg, catalog: "https://rest", warehouse: "gs://b"}
limits:
  memory: lots
  threads: 0
limit: 1
default_catalog: c
)yaml");
  CHECK_FALSE(reading.config);
  CHECK(
      reading.findings() ==
      "4:11 unknown-type a catalog's type must be iceberg, postgres or tpch, not `icebreg`|did "
      "you mean `iceberg`?\n"
      "7:14 bad-url `catalogs.b.catalog` must be sqlite:///PATH or postgres://…\n"
      "6:5 missing-key `catalogs.b.warehouse` is missing\n"
      "8:5 unknown-key unknown key `catalogs.b.warehous`|did you mean `warehouse`?\n"
      "11:10 missing-variable `catalogs.c.url`: environment variable `HOST` is not set|set it, or "
      "give a default as in `${NAME:-default}`\n"
      "12:5 unknown-key unknown key `catalogs.c.pasword`|did you mean `password`?\n"
      "13:26 unused-key `catalogs.d.scale` has no use: the schema of a table names its scale|leave "
      "it out and read such as `tpch.sf1.orders`, `tpch.tiny.orders`\n"
      "14:31 unsupported catalogs of type `https` are not supported yet|use sqlite:///PATH or "
      "postgres://…\n"
      "14:58 bad-url warehouses on `gs` are not supported|use a folder, file:///PATH or "
      "s3://BUCKET/PREFIX\n"
      "16:11 wrong-type `limits.memory` must be a size of at least 64MB, such as 2GB or 512MiB\n"
      "17:12 wrong-type `limits.threads` must be a whole number from 1 to 1024\n"
      "19:18 unknown-catalog `c` is no catalog of type iceberg|there are: lake, b, e\n"
      "18:1 unknown-key unknown key `limit`|did you mean `limits`?\n");
}

TEST_CASE("a variable that is not set concerns its catalog only") {
  const Reading reading = read(R"yaml(
catalogs:
  shop: {type: postgres, url: "postgres://u@${HOST}/x", password: "${PW}"}
  by_service: {type: postgres, service: "${SERVICE}"}
  lake: {type: iceberg, catalog: "sqlite:///c.db", warehouse: w}
  cloud:
    type: iceberg
    catalog: ${DB}
    warehouse: ${BUCKET}
    s3: {access_key: a, secret_key: "${SECRET}", credentials: keys}
)yaml");
  INFO(reading.findings());
  REQUIRE(reading.config);
  CHECK(reading.diagnostics.items().empty());
  CHECK_OK(check_usable(*reading.config->find("lake")));
  CHECK_ERROR(check_usable(*reading.config->find("shop")), ErrorCode::InvalidInput,
              "catalog `shop` cannot be used: `catalogs.shop.url`: environment variable `HOST` is "
              "not set (tarn.yml:3:31), `catalogs.shop.password`: environment variable `PW` is not "
              "set (tarn.yml:3:67)");
  CHECK(reading.config->find("by_service")->unset.size() == 1);
  CHECK(reading.config->find("cloud")->unset.size() == 3);
  CHECK(reading.config->default_catalog == "lake");
  // What decides about all catalogs is needed at once.
  CHECK_FALSE(read("catalogs: {}\nlimits: {memory: '${M}'}").config);
}

TEST_CASE("other mistakes") {
  struct Case {
    std::string_view text;
    std::string_view finding;
  };
  const Case cases[] = {
      {"", "1:1 missing-key `catalogs` is missing"},
      {"- a", "1:1 wrong-type the file must be a map, not a list"},
      {"catalogs: 1", "1:11 wrong-type `catalogs` must be a map, not a number"},
      {"catalogs: {a: {}}", "1:15 missing-key `catalogs.a.type` is missing"},
      {"catalogs: {a: {type: tpch}, a: {type: tpch}}",
       "1:29 duplicate-key the key `a` is there twice"},
      {"catalogs: {a: {type: postgres, url: x, service: y}}",
       "1:15 missing-key `catalogs.a` needs either url or service"},
      {"catalogs: {a: {type: postgres}}",
       "1:15 missing-key `catalogs.a` needs either url or service"},
      {"catalogs: {a: {type: postgres, url: x, type_policy: {infinity: round}}}",
       "1:54 bad-policy policy infinity cannot be `round`"},
      {"catalogs: {a: {type: iceberg, catalog: 'sqlite:///a', warehouse: s3://b, s3: {access_key: "
       "x}}}",
       "1:78 missing-key `catalogs.a.s3` needs both access_key and secret_key"},
      {"catalogs: {a: {type: iceberg, catalog: 'sqlite:///a', warehouse: s3://b, s3: {credentials: "
       "enviroment}}}",
       "did you mean `environment`?"},
      {"catalogs: {a: {type: iceberg, catalog: 'sqlite:///a', warehouse: w, s3: {}}}",
       "has no use: the warehouse is not on S3"},
      {"catalogs: {a: {type: postgres, url: '${X'}}", "bad-variable"},
      {"catalogs: {a: {type: postgres, url: x, password: p, password_file: f}}",
       "unused-key `catalogs.a.password_file` has no use: there is `password`"},
      {"catalogs: {a: {type: iceberg, catalog: 'sqlite:///a', warehouse: w, password: p}}",
       "unused-key `catalogs.a.password` has no use: the catalog is a file"},
      {"catalogs: {a: {type: iceberg, catalog: 'sqlite:///a', warehouse: s3://b, s3: {access_key: "
       "x, secret_key: y, credentials: environment}}}",
       "`catalogs.a.s3.secret_key` has no use: `credentials` names another source"},
      {"catalogs: {a: {type: iceberg, catalog: 'sqlite:///a', warehouse: s3://b, s3: {access_key: "
       "x, secret_key: y, profile: p}}}",
       "`catalogs.a.s3.profile` has no use: the keys come from elsewhere"},
      {"catalogs: {a: {type: iceberg, catalog: 'sqlite:///a', warehouse: s3://b, s3: "
       "{session_token: x}}}",
       "`catalogs.a.s3.session_token` has no use: there is no access_key"},
      {"catalogs: {a: {type: postgres, url: x, tables: {orders: {columns: {}}}}}",
       "must name schema and table: `public.orders`"},
      {"catalogs: [", "yaml"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Reading reading = read(c.text);
    CHECK_FALSE(reading.config);
    CHECK_MESSAGE(reading.findings().find(c.finding) != std::string::npos, reading.findings());
  }
}

TEST_CASE("no secret in an excerpt") {
  const Reading reading = read(R"yaml(
catalogs:
  a:
    type: postgres
    url: postgres://u:hunter1@h/${D}
    passwort: hunter2
    password: [hunter3]
    password_file:
      - hunter4
  b:
    type: iceberg
    catalog: sqlite:///x
    warehouse: s3://b
    s3: {secret_key: [hunter5], access_keyy: hunter6}
)yaml");
  CHECK(reading.diagnostics.items().size() >= 5);
  for (const auto& item : reading.diagnostics.items()) {
    const std::string shown = format_diagnostic(item);
    CHECK_MESSAGE(shown.find("hunter") == std::string::npos, shown);
  }
}

TEST_CASE("variables") {
  const Environment environment = variables({{"A", "x"}, {"E", ""}});
  const auto text = [&](std::string_view in) {
    return CHECK_OK(substitute_variables(in, environment));
  };
  CHECK(text("") == "");
  CHECK(text("a${A}b${A}") == "axbx");
  CHECK(text("${E:-d}${B:-}${B:-a b}") == "da b");
  CHECK(text("${E}|$A|$${A}|$") == "|$A|${A}|$");
  CHECK_ERROR(substitute_variables("${B}", environment), ErrorCode::NotFound, "`B` is not set");
  CHECK_ERROR(substitute_variables("${A", environment), ErrorCode::InvalidInput, "no closing");
  CHECK_ERROR(substitute_variables("${1a}", environment), ErrorCode::InvalidInput, "no name");
  CHECK_ERROR(substitute_variables("${}", environment), ErrorCode::InvalidInput, "no name");
}

TEST_CASE("sizes") {
  CHECK(parse_size("2GB") == 2'000'000'000);
  CHECK(parse_size("1.5 gb") == 1'500'000'000);
  CHECK(parse_size("512MiB") == 512ULL << 20);
  CHECK(parse_size("1000") == 1000);
  for (const char* bad : {"", "GB", "1XB", "-1", "1e9", "9999999999TB"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_size(bad));
  }
}

TEST_CASE("the template is a valid file") {
  const Reading reading = read(config_template());
  INFO(reading.findings());
  REQUIRE(reading.config);
  CHECK(reading.config->default_catalog == "lake");
}

TEST_CASE("where the file is found") {
  TempFolder folder;
  const std::string deep = folder.file("a/b/c");
  CHECK_OK(make_directories(deep));
  CHECK_OK(write_file(folder.file("a/tarn.yml"), "catalogs: {}"));
  CHECK_OK(write_file(folder.file("other.yml"), "catalogs: {}"));
  const Environment none = variables({});
  CHECK(CHECK_OK(find_config("", deep, none)) == folder.file("a/tarn.yml"));
  CHECK(CHECK_OK(find_config(folder.file("other.yml"), deep, none)) == folder.file("other.yml"));
  CHECK(CHECK_OK(find_config(folder.file("a"), deep, none)) == folder.file("a/tarn.yml"));
  const Environment named = variables({{"TARN_LAKEHOUSE", folder.file("other.yml")}});
  CHECK(CHECK_OK(find_config("", deep, named)) == folder.file("other.yml"));
  CHECK(CHECK_OK(find_config(folder.file("a"), deep, named)) == folder.file("a/tarn.yml"));
  CHECK_ERROR(find_config(folder.file("a/b"), deep, none), ErrorCode::NotFound, "tarn.yml");
}

}  // namespace
}  // namespace tarn::lakehouse
