// SPDX-License-Identifier: Apache-2.0
#include "lakehouse/lakehouse.h"

#include "base/file.h"
#include "base/temp_folder.h"
#include "base/testing.h"
#include "http/testing.h"
#include "lakehouse/s3_credentials.h"

namespace tarn::lakehouse {
namespace {

Environment environment_of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

TEST_CASE("without a file there is the lake in a folder") {
  TempFolder folder;
  Diagnostics diagnostics;
  OpenOptions options;
  options.lake_folder = folder.file("x");
  auto lakehouse = CHECK_OK(Lakehouse::open(options, diagnostics));
  CHECK_ERROR(lakehouse->lake(""), ErrorCode::NotFound, "there is no lake in");
  auto lake = CHECK_OK(lakehouse->lake("lake", Missing::IsCreated));
  CHECK_OK(lake->catalog->create_namespace({{"s"}}, {}));
  CHECK_OK(lakehouse->attach(""));
  auto connection = CHECK_OK((*lakehouse->engine())->connect());
  CHECK_OK(connection.execute("CREATE TABLE lake.s.t AS SELECT 1 AS a"));
  CHECK(CHECK_OK(connection.query("SELECT a FROM lake.s.t")).single() == "1");
  CHECK(CHECK_OK(lake->catalog->list_tables({{"s"}})).size() == 1);
  CHECK_ERROR(lakehouse->lake("lakke"), ErrorCode::NotFound, "did you mean `lake`?");
}

TEST_CASE("a file with findings opens nothing") {
  TempFolder folder;
  CHECK_OK(write_file(folder.file("tarn.yml"), "catalogs:\n  a: {typ: 1}\n"));
  Diagnostics diagnostics;
  OpenOptions options;
  options.lakehouse = folder.path();
  CHECK_ERROR(Lakehouse::open(options, diagnostics), ErrorCode::InvalidInput, "has 1 error");
  CHECK(diagnostics.items().size() == 1);
}

TEST_CASE("catalogs by name and type") {
  TempFolder folder;
  CHECK_OK(write_file(folder.file("tarn.yml"), R"yaml(
catalogs:
  shop: {type: postgres, url: "postgres://u@h/d", password: secret}
  one: {type: iceberg, catalog: "sqlite:///one.db", warehouse: w1}
  two: {type: iceberg, catalog: "sqlite:///two.db", warehouse: w2}
)yaml"));
  Diagnostics diagnostics;
  OpenOptions options;
  options.lakehouse = folder.path();
  auto lakehouse = CHECK_OK(Lakehouse::open(options, diagnostics));
  CHECK(CHECK_OK(lakehouse->lake("", Missing::IsCreated))->name == "one");
  CHECK(CHECK_OK(lakehouse->lake("two", Missing::IsCreated))->warehouse ==
        "file://" + folder.file("w2"));
  CHECK_ERROR(lakehouse->lake("shop"), ErrorCode::InvalidInput, "is of type postgres");
  CHECK_ERROR(lakehouse->postgres_options("one"), ErrorCode::InvalidInput, "is of type iceberg");
  CHECK(CHECK_OK(lakehouse->postgres_options("shop")).password == "secret");
}

TEST_CASE("profiles of the AWS tools") {
  const char* ini =
      "# x\n[default]\naws_access_key_id = A\naws_secret_access_key=B\n"
      "[profile dev]\nregion = eu-west-1\n";
  CHECK(read_aws_profile(ini, "default")->access_key == "A");
  CHECK(read_aws_profile(ini, "default")->secret_key == "B");
  CHECK(read_aws_profile(ini, "profile dev")->region == "eu-west-1");
  CHECK_FALSE(read_aws_profile(ini, "dev"));
}

TEST_CASE("keys for S3") {
  TempFolder folder;
  CHECK_OK(write_file(folder.file("credentials"),
                      "[dev]\naws_access_key_id=PA\naws_secret_access_key=PB\n"));
  CHECK_OK(write_file(folder.file("config"), "[profile dev]\nregion=eu-west-3\n"));
  std::map<std::string, std::string> base = {
      {"AWS_SHARED_CREDENTIALS_FILE", folder.file("credentials")},
      {"AWS_CONFIG_FILE", folder.file("config")}};
  S3Settings settings;
  SUBCASE("nothing") {
    CHECK_ERROR(resolve_s3(settings, "s3://b/p", environment_of(base)), ErrorCode::Denied,
                "no credentials for S3");
    settings.source = CredentialSource::Environment;
    CHECK_ERROR(resolve_s3(settings, "s3://b/p", environment_of(base)), ErrorCode::Denied,
                "are not set");
  }
  SUBCASE("environment") {
    base["AWS_ACCESS_KEY_ID"] = "EA";
    base["AWS_SECRET_ACCESS_KEY"] = "EB";
    base["AWS_REGION"] = "us-west-2";
    const auto options = CHECK_OK(resolve_s3(settings, "s3://b/p", environment_of(base)));
    CHECK(options.credentials.access_key == "EA");
    CHECK(options.credentials.region == "us-west-2");
    CHECK(options.scope == "s3://b");
    CHECK(options.use_ssl);
    CHECK(options.url_style == duckdb::S3UrlStyle::VirtualHost);
  }
  SUBCASE("profile, endpoint") {
    settings.source = CredentialSource::Profile;
    settings.profile = "dev";
    settings.endpoint = "http://localhost:9000/";
    const auto options = CHECK_OK(resolve_s3(settings, "s3://b", environment_of(base)));
    CHECK(options.credentials.access_key == "PA");
    CHECK(options.credentials.region == "eu-west-3");
    CHECK(options.endpoint == "localhost:9000");
    CHECK_FALSE(options.use_ssl);
    CHECK(options.url_style == duckdb::S3UrlStyle::Path);
    settings.profile = "nobody";
    CHECK_ERROR(resolve_s3(settings, "s3://b", environment_of(base)), ErrorCode::Denied,
                "`nobody`");
  }
  SUBCASE("role of the machine") {
    settings.source = CredentialSource::InstanceRole;
    const auto answer = [](const std::string& body) {
      return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                         body.size(), body);
    };
    http::ScriptedServer server(
        {answer("token"), answer("my-role\n"),
         answer(R"({"AccessKeyId":"RA","SecretAccessKey":"RB","Token":"RT"})")});
    base["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.url("");
    const auto options = CHECK_OK(resolve_s3(settings, "s3://b", environment_of(base)));
    CHECK(options.credentials.access_key == "RA");
    CHECK(options.credentials.session_token == "RT");
  }
}

}  // namespace
}  // namespace tarn::lakehouse
