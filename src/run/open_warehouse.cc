// SPDX-License-Identifier: Apache-2.0
#include "run/open_warehouse.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "run/driver.h"
#include "warehouse/embedded_warehouse.h"
#include "warehouse/trino_warehouse.h"

namespace tarn::run {

using project::Data;
using project::Profile;

namespace {

// Keys of dbt-trino's profile. All others are mistakes, but for those that dbt itself reads.
constexpr std::string_view kKnownKeys[] = {"type",
                                           "method",
                                           "host",
                                           "port",
                                           "user",
                                           "password",
                                           "jwt_token",
                                           "client_certificate",
                                           "client_private_key",
                                           "impersonation_user",
                                           "database",
                                           "catalog",
                                           "schema",
                                           "threads",
                                           "http_scheme",
                                           "http_headers",
                                           "session_properties",
                                           "roles",
                                           "cert",
                                           "timezone",
                                           "client_tags",
                                           "retries",
                                           "prepared_statements_enabled",
                                           "suppress_cert_warning",
                                           "keyring_username"};

std::string text_of(const Profile& profile, std::string_view key) {
  const Data value = profile.values.get(key);
  return value.is_null() ? std::string() : project::to_python(value);
}

Result<void> check_keys(const Profile& profile) {
  for (const auto& member : profile.values.members()) {
    if (std::find(std::begin(kKnownKeys), std::end(kKnownKeys), member.key) !=
        std::end(kKnownKeys)) {
      continue;
    }
    return invalid_input("profile `{}`, target `{}`: `{}` is no option of a Trino target",
                         profile.name, profile.output_name, member.key);
  }
  return {};
}

Result<std::string> required(const Profile& profile, std::string_view key,
                             std::string_view method) {
  std::string value = text_of(profile, key);
  if (value.empty()) {
    return invalid_input("profile `{}`, target `{}`: the method `{}` needs `{}`", profile.name,
                         profile.output_name, method, key);
  }
  return value;
}

Result<void> add_login(const Profile& profile, std::string_view method,
                       trino::ClientOptions& client) {
  client.user = text_of(profile, "user");
  if (method == "none") return {};
  if (method == "ldap") {
    client.password = TRY(required(profile, "password", method));
  } else if (method == "jwt") {
    client.token = TRY(required(profile, "jwt_token", method));
  } else if (method == "certificate") {
    client.certificate = TRY(required(profile, "client_certificate", method));
    client.private_key = TRY(required(profile, "client_private_key", method));
  } else if (method == "oauth" || method == "oauth_console") {
    client.open_browser = [](const std::string& url) -> Result<void> {
      fmt::print(stderr, "Open this address in a browser to log in:\n{}\n", url);
      return {};
    };
  } else {
    return unsupported(
        "profile `{}`, target `{}`: there is no login method `{}` here: use none, ldap, jwt, "
        "certificate, oauth or oauth_console",
        profile.name, profile.output_name, method);
  }
  return {};
}

// `cert`: a file of certificates, or false for none of the checks.
void add_verification(const Profile& profile, trino::ClientOptions& client) {
  const Data cert = profile.values.get("cert");
  if (cert.is_text()) client.ca_file = cert.text();
  if (cert.kind == project::DataKind::Bool && !cert.is_true()) {
    client.verification = http::Verification::None;
  }
}

// Headers that the client makes from other keys of the profile.
constexpr std::string_view kReservedHeaders[] = {"x-trino-catalog",
                                                 "x-trino-schema",
                                                 "x-trino-source",
                                                 "x-trino-user",
                                                 "x-trino-original-user",
                                                 "x-trino-time-zone",
                                                 "x-trino-query-data-encoding",
                                                 "x-trino-client-capabilities",
                                                 "x-trino-role",
                                                 "x-trino-client-tags",
                                                 "x-trino-session",
                                                 "x-trino-prepared-statement",
                                                 "x-trino-transaction-id",
                                                 "x-trino-extra-credential",
                                                 "authorization",
                                                 "user-agent"};

Result<void> add_headers(const Profile& profile, trino::ClientOptions& client) {
  const Data headers = profile.values.get("http_headers");
  if (headers.is_null()) return {};
  const auto fail = [&](std::string_view what) {
    return invalid_input("profile `{}`, target `{}`: {}", profile.name, profile.output_name, what);
  };
  if (!headers.is_map()) return fail("`http_headers` must be a mapping of names to texts");
  for (const auto& member : headers.members()) {
    const std::string name(member.key);
    const std::string value = project::to_python(member.value);
    if (std::find(std::begin(kReservedHeaders), std::end(kReservedHeaders), to_lower(name)) !=
        std::end(kReservedHeaders)) {
      return fail(fmt::format("the header `{}` is made from other keys of the profile", name));
    }
    if (name.empty() || name.find_first_of(":\r\n ") != std::string::npos ||
        value.find_first_of("\r\n") != std::string::npos) {
      return fail(fmt::format("the header `{}` cannot be sent", name));
    }
    client.headers.push_back({name, value});
  }
  return {};
}

trino::Session session_of(const Profile& profile) {
  trino::Session out;
  out.catalog = profile.database;
  out.schema = profile.schema;
  out.time_zone = text_of(profile, "timezone");
  if (const std::string other = text_of(profile, "impersonation_user"); !other.empty()) {
    out.user = other;
  }
  for (const auto& member : profile.values.get("session_properties").members()) {
    out.properties[std::string(member.key)] = project::to_python(member.value);
  }
  for (const auto& member : profile.values.get("roles").members()) {
    const std::string role = project::to_python(member.value);
    const std::string upper = to_upper(role);
    out.roles[std::string(member.key)] =
        upper == "ALL" || upper == "NONE" ? upper : fmt::format("ROLE{{{}}}", role);
  }
  out.client_tags = text_list(profile.values.get("client_tags"));
  return out;
}

Result<std::unique_ptr<warehouse::Warehouse>> open_trino(const Profile& profile) {
  TRY(check_keys(profile));
  std::string method = text_of(profile, "method");
  if (method.empty()) method = "none";
  std::string scheme = text_of(profile, "http_scheme");
  if (scheme.empty()) scheme = method == "none" ? "http" : "https";
  warehouse::TrinoOptions options;
  options.client.server =
      fmt::format("{}://{}:{}", scheme, text_of(profile, "host"), text_of(profile, "port"));
  TRY(add_login(profile, method, options.client));
  add_verification(profile, options.client);
  if (const Data retries = profile.values.get("retries"); retries.kind == project::DataKind::Int) {
    options.client.post_attempts_max =
        static_cast<int>(std::clamp<std::int64_t>(retries.integer, 1, 100));
  }
  TRY(add_headers(profile, options.client));
  options.session = session_of(profile);
  return warehouse::make_trino_warehouse(std::move(options));
}

// The lakehouse and the warehouse over it.
class LocalWarehouse final : public warehouse::Warehouse {
 public:
  static Result<std::unique_ptr<warehouse::Warehouse>> open(
      std::unique_ptr<lakehouse::Lakehouse> lakehouse, warehouse::EmbeddedOptions options) {
    auto out = std::make_unique<LocalWarehouse>();
    out->lakehouse_ = std::move(lakehouse);
    out->inner_ = TRY(warehouse::make_embedded_warehouse(*out->lakehouse_, std::move(options)));
    return std::unique_ptr<warehouse::Warehouse>(std::move(out));
  }

  warehouse::Kind kind() const override { return inner_->kind(); }
  Result<std::unique_ptr<warehouse::Connection>> connect() override { return inner_->connect(); }
  Result<std::unique_ptr<warehouse::Staging>> stage(std::string_view catalog) override {
    return inner_->stage(catalog);
  }

 private:
  std::unique_ptr<lakehouse::Lakehouse> lakehouse_;
  std::unique_ptr<warehouse::Warehouse> inner_;
};

Result<std::unique_ptr<warehouse::Warehouse>> open_local(const Profile& profile,
                                                         const lakehouse::OpenOptions& options,
                                                         Diagnostics& diagnostics) {
  warehouse::EmbeddedOptions embedded;
  embedded.catalog = profile.database;
  embedded.schema = profile.schema;
  if (const std::string zone = text_of(profile, "timezone"); !zone.empty()) {
    embedded.time_zone = zone;
  }
  if (!profile.user.empty()) embedded.user = profile.user;
  return LocalWarehouse::open(TRY(lakehouse::Lakehouse::open(options, diagnostics)),
                              std::move(embedded));
}

}  // namespace

Result<std::unique_ptr<warehouse::Warehouse>> open_warehouse(const Profile& profile,
                                                             const lakehouse::OpenOptions& options,
                                                             Diagnostics& diagnostics) {
  return profile.is_local ? open_local(profile, options, diagnostics) : open_trino(profile);
}

}  // namespace tarn::run
