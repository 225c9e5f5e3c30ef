// SPDX-License-Identifier: Apache-2.0
// What a client of Trino keeps from statement to statement; the server keeps nothing of it. Goes
// out as headers of a statement and is changed by headers of its answers. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/client.h"

namespace tarn::trino {

struct Session {
  std::string user;  // "": that of the client
  std::string source = "tarn";
  std::optional<std::string> catalog;
  std::optional<std::string> schema;  // only with a catalog
  std::optional<std::string> path;
  std::string time_zone;  // "": the server's
  std::string language;   // BCP 47
  std::string client_info;
  std::string trace_token;
  std::vector<std::string> client_tags;  // without commas
  // `name` or `catalog.name` → value.
  std::map<std::string, std::string> properties;
  std::map<std::string, std::string> prepared;  // name → SQL
  // Catalog or `system` → `ROLE{name}`, `ALL` or `NONE`.
  std::map<std::string, std::string> roles;
  std::map<std::string, std::string> extra_credentials;  // secret
  std::map<std::string, std::string> resource_estimates;
  std::optional<std::string> transaction_id;  // an open transaction
  // Of SET SESSION AUTHORIZATION: who acts instead of `user`, and the roles that `user` had.
  std::optional<std::string> authorization_user;
  std::map<std::string, std::string> original_roles;
};

// Headers of POST /v1/statement but for the authentication.
std::vector<http::Header> session_headers(const Session& session);

// What the answer of a statement changes. A header that cannot be read is ErrorCode::Corrupt.
Result<void> apply_headers(Session& session, const std::vector<http::Header>& headers);

// `a%20b+c` → `a b c`, as java.net.URLDecoder; bad escapes are ErrorCode::Corrupt.
Result<std::string> url_decode(std::string_view text);

}  // namespace tarn::trino
