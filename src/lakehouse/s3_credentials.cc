// SPDX-License-Identifier: Apache-2.0
#include "lakehouse/s3_credentials.h"

#include <boost/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "http/client.h"

namespace tarn::lakehouse {
namespace {

using Keys = duckdb::S3Credentials;

std::string variable(const Environment& environment, const std::string& name) {
  return environment(name).value_or("");
}

std::optional<Keys> keys_of_environment(const Environment& environment) {
  Keys keys;
  keys.access_key = variable(environment, "AWS_ACCESS_KEY_ID");
  keys.secret_key = variable(environment, "AWS_SECRET_ACCESS_KEY");
  keys.session_token = variable(environment, "AWS_SESSION_TOKEN");
  if (keys.access_key.empty() || keys.secret_key.empty()) return std::nullopt;
  return keys;
}

struct ProfileFiles {
  std::string name;
  std::optional<AwsProfile> credentials;
  std::optional<AwsProfile> config;
};

// A file that is not there has no sections.
Result<std::string> read_optional_file(const std::string& path) {
  auto text = read_file(path);
  if (!text && text.error().code == ErrorCode::NotFound) return std::string();
  return text;
}

Result<ProfileFiles> read_profile_files(const std::string& name, const Environment& environment) {
  const std::string home = variable(environment, "HOME") + "/.aws/";
  ProfileFiles files;
  files.name = name;
  if (files.name.empty()) files.name = variable(environment, "AWS_PROFILE");
  if (files.name.empty()) files.name = "default";
  const std::string credentials =
      environment("AWS_SHARED_CREDENTIALS_FILE").value_or(home + "credentials");
  const std::string config = environment("AWS_CONFIG_FILE").value_or(home + "config");
  files.credentials = read_aws_profile(TRY(read_optional_file(credentials)), files.name);
  const std::string section = files.name == "default" ? "default" : "profile " + files.name;
  files.config = read_aws_profile(TRY(read_optional_file(config)), section);
  return files;
}

std::optional<Keys> keys_of_profile(const ProfileFiles& files) {
  for (const auto* profile : {&files.credentials, &files.config}) {
    if (!*profile || (*profile)->access_key.empty()) continue;
    Keys keys;
    keys.access_key = (*profile)->access_key;
    keys.secret_key = (*profile)->secret_key;
    keys.session_token = (*profile)->session_token;
    return keys;
  }
  return std::nullopt;
}

Result<Keys> keys_of_answer(std::string_view body) {
  const auto json = TRY(parse_json(body));
  if (!json.is_object()) return corrupt("the metadata service gave no object");
  Keys keys;
  keys.access_key = TRY(json_text(json.as_object(), "AccessKeyId"));
  keys.secret_key = TRY(json_text(json.as_object(), "SecretAccessKey"));
  keys.session_token = TRY(json_text(json.as_object(), "Token"));
  return keys;
}

Result<std::string> ask(http::Client& client, http::Request request) {
  const std::string url = request.url;
  auto answer = TRY(client.send(request));
  if (!answer.is_success()) return denied("`{}` answered with status {}", url, answer.status);
  return answer.body;
}

bool has_container_role(const Environment& environment) {
  return environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").has_value() ||
         environment("AWS_CONTAINER_CREDENTIALS_FULL_URI").has_value();
}

Result<Keys> keys_of_container(http::Client& client, const Environment& environment) {
  http::Request request;
  if (const auto path = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    request.url = "http://169.254.170.2" + *path;
  } else {
    request.url = variable(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  }
  std::string token = variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const auto file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    token = std::string(trim(TRY(read_file(*file))));
  }
  if (!token.empty()) request.headers.push_back({"Authorization", token});
  return keys_of_answer(TRY(ask(client, std::move(request))));
}

// Version 2 of the instance metadata service: a token first.
Result<Keys> keys_of_instance(http::Client& client, const Environment& environment) {
  std::string base = variable(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) base = "http://169.254.169.254";
  if (base.ends_with('/')) base.pop_back();
  http::Request session{.method = "PUT", .url = base + "/latest/api/token"};
  session.headers.push_back({"X-aws-ec2-metadata-token-ttl-seconds", "21600"});
  const std::string token = TRY(ask(client, std::move(session)));
  const http::Header proof{"X-aws-ec2-metadata-token", token};
  const std::string folder = base + "/latest/meta-data/iam/security-credentials/";
  const std::string roles = TRY(ask(client, {.url = folder, .headers = {proof}}));
  const std::string role(trim(roles.substr(0, roles.find('\n'))));
  if (role.empty()) return denied("this machine has no instance role");
  return keys_of_answer(TRY(ask(client, {.url = folder + role, .headers = {proof}})));
}

Result<Keys> keys_of_role(const Environment& environment) {
  auto client = TRY(http::Client::make(
      {.connect_timeout_ms = 2'000, .total_timeout_ms = 10'000, .attempts_max = 2}));
  if (has_container_role(environment)) return keys_of_container(*client, environment);
  return keys_of_instance(*client, environment);
}

Result<Keys> find_keys(const S3Settings& settings, const ProfileFiles& files,
                       const Environment& environment) {
  const auto missing_profile = [&]() -> Error {
    return denied("profile `{}` has no keys in ~/.aws/credentials or ~/.aws/config", files.name);
  };
  switch (settings.source) {
    case CredentialSource::Anonymous:
      return Keys{};
    case CredentialSource::Keys: {
      Keys keys;
      keys.access_key = settings.access_key;
      keys.secret_key = settings.secret_key;
      keys.session_token = settings.session_token;
      return keys;
    }
    case CredentialSource::Environment:
      if (auto keys = keys_of_environment(environment)) return *keys;
      return denied("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
    case CredentialSource::Profile:
      if (auto keys = keys_of_profile(files)) return *keys;
      return missing_profile();
    case CredentialSource::InstanceRole:
      return with_context(keys_of_role(environment), "while asking for the keys of the role");
    case CredentialSource::Default:
      break;
  }
  if (auto keys = keys_of_environment(environment)) return *keys;
  if (auto keys = keys_of_profile(files)) return *keys;
  if (has_container_role(environment)) return keys_of_role(environment);
  return denied(
      "no credentials for S3: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor profile `{}` "
      "of ~/.aws are there; on a machine with a role write `credentials: instance_role`",
      files.name);
}

}  // namespace

std::optional<AwsProfile> read_aws_profile(std::string_view ini, std::string_view section) {
  std::optional<AwsProfile> profile;
  bool is_inside = false;
  for (std::string_view line : split(ini, '\n')) {
    line = trim(line);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      const std::size_t end = line.find(']');
      is_inside = end != std::string_view::npos && trim(line.substr(1, end - 1)) == section;
      if (is_inside && !profile) profile.emplace();
      continue;
    }
    const std::size_t equals = line.find('=');
    if (!is_inside || equals == std::string_view::npos) continue;
    const std::string_view name = trim(line.substr(0, equals));
    const std::string value(trim(line.substr(equals + 1)));
    if (name == "aws_access_key_id") profile->access_key = value;
    if (name == "aws_secret_access_key") profile->secret_key = value;
    if (name == "aws_session_token") profile->session_token = value;
    if (name == "region") profile->region = value;
  }
  return profile;
}

Result<duckdb::S3Options> resolve_s3(const S3Settings& settings, const std::string& warehouse,
                                     const Environment& environment) {
  const ProfileFiles files = TRY(read_profile_files(settings.profile, environment));
  duckdb::S3Options options;
  options.credentials = TRY(find_keys(settings, files, environment));

  std::string region = settings.region;
  if (region.empty()) region = variable(environment, "AWS_REGION");
  if (region.empty()) region = variable(environment, "AWS_DEFAULT_REGION");
  if (region.empty() && files.config) region = files.config->region;
  if (!region.empty()) options.credentials.region = region;

  std::string endpoint = settings.endpoint;
  if (endpoint.empty()) endpoint = variable(environment, "AWS_ENDPOINT_URL_S3");
  if (endpoint.empty()) endpoint = variable(environment, "AWS_ENDPOINT_URL");
  options.use_ssl = !endpoint.starts_with("http://");
  if (const auto at = endpoint.find("://"); at != std::string::npos) endpoint.erase(0, at + 3);
  while (endpoint.ends_with('/')) endpoint.pop_back();
  options.endpoint = endpoint;
  const bool use_path = settings.path_style.value_or(!endpoint.empty());
  options.url_style = use_path ? duckdb::S3UrlStyle::Path : duckdb::S3UrlStyle::VirtualHost;
  // The bucket: `s3://bucket`.
  options.scope = warehouse.substr(0, warehouse.find('/', 5));
  return options;
}

}  // namespace tarn::lakehouse
