// SPDX-License-Identifier: Apache-2.0
#include "trino/session.h"

#include <utility>

#include "base/bytes.h"
#include "base/text.h"

namespace tarn::trino {

namespace {

using Pairs = std::map<std::string, std::string>;

constexpr std::string_view kPrefix = "x-trino-";

void add_header(std::vector<http::Header>& headers, std::string name, std::string value) {
  if (!value.empty()) headers.push_back({"X-Trino-" + std::move(name), std::move(value)});
}

enum class Keys { Plain, Encoded };

void add_pairs(std::vector<http::Header>& headers, const std::string& name, const Pairs& pairs,
               Keys keys = Keys::Plain) {
  for (const auto& [key, value] : pairs) {
    add_header(
        headers, name,
        (keys == Keys::Encoded ? http::url_encode(key) : key) + "=" + http::url_encode(value));
  }
}

struct Pair {
  std::string key;
  std::string value;
};

Result<Pair> parse_pair(const http::Header& header) {
  const auto equals = header.value.find('=');
  if (equals == std::string::npos) {
    return corrupt("header `{}` of the server has no `=`", header.name);
  }
  const std::string_view text = header.value;
  return Pair{std::string(trim(text.substr(0, equals))),
              TRY(url_decode(trim(text.substr(equals + 1))))};
}

Result<void> set_pair(Pairs& pairs, const http::Header& header) {
  auto pair = TRY(parse_pair(header));
  pairs[std::move(pair.key)] = std::move(pair.value);
  return {};
}

// Those that others build on: a change of the acting user takes the roles of the former one away.
void apply_authorization(Session& session, const std::vector<http::Header>& headers) {
  for (const auto& header : headers) {
    const auto name = to_lower(header.name);
    if (name == "x-trino-set-authorization-user") {
      session.authorization_user = header.value;
      session.roles.clear();
    } else if (name == "x-trino-reset-authorization-user") {
      session.authorization_user.reset();
      session.roles = std::exchange(session.original_roles, {});
    }
  }
}

Result<void> apply_header(Session& session, std::string_view name, const http::Header& header) {
  const auto& value = header.value;
  if (name == "set-catalog") {
    session.catalog = value;
  } else if (name == "set-schema") {
    session.schema = value;
  } else if (name == "set-path") {
    session.path = value;
  } else if (name == "set-session") {
    return set_pair(session.properties, header);
  } else if (name == "clear-session") {
    session.properties.erase(value);
  } else if (name == "set-role") {
    return set_pair(session.roles, header);
  } else if (name == "set-original-roles") {
    return set_pair(session.original_roles, header);
  } else if (name == "added-prepare") {
    auto pair = TRY(parse_pair(header));
    session.prepared[TRY(url_decode(pair.key))] = std::move(pair.value);
  } else if (name == "deallocated-prepare") {
    session.prepared.erase(TRY(url_decode(value)));
  } else if (name == "started-transaction-id") {
    session.transaction_id = value;
  } else if (name == "clear-transaction-id") {
    session.transaction_id.reset();
  }
  return {};
}

}  // namespace

std::vector<http::Header> session_headers(const Session& session) {
  std::vector<http::Header> headers;
  const auto optional = [&headers](std::string name, const std::optional<std::string>& value) {
    if (value) add_header(headers, std::move(name), *value);
  };
  if (session.authorization_user) {
    add_header(headers, "User", *session.authorization_user);
    add_header(headers, "Original-User", session.user);
    add_pairs(headers, "Original-Roles", session.original_roles);
  } else {
    add_header(headers, "User", session.user);
  }
  add_header(headers, "Source", session.source);
  add_header(headers, "Client-Info", session.client_info);
  add_header(headers, "Client-Tags", join(session.client_tags, ","));
  add_header(headers, "Trace-Token", session.trace_token);
  add_header(headers, "Language", session.language);
  add_header(headers, "Time-Zone", session.time_zone);
  optional("Catalog", session.catalog);
  optional("Schema", session.schema);
  optional("Path", session.path);
  add_pairs(headers, "Session", session.properties);
  add_pairs(headers, "Role", session.roles);
  add_pairs(headers, "Prepared-Statement", session.prepared, Keys::Encoded);
  add_pairs(headers, "Extra-Credential", session.extra_credentials);
  add_pairs(headers, "Resource-Estimate", session.resource_estimates);
  add_header(headers, "Transaction-Id", session.transaction_id.value_or("NONE"));
  add_header(headers, "Client-Capabilities", "PATH,PARAMETRIC_DATETIME,SESSION_AUTHORIZATION");
  return headers;
}

Result<void> apply_headers(Session& session, const std::vector<http::Header>& headers) {
  apply_authorization(session, headers);
  for (const auto& header : headers) {
    const auto name = to_lower(header.name);
    if (name.starts_with(kPrefix)) {
      TRY(apply_header(session, std::string_view(name).substr(kPrefix.size()), header));
    }
  }
  return {};
}

Result<std::string> url_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.push_back(' ');
    } else if (text[i] == '%') {
      const auto byte = i + 3 <= text.size() ? from_hex(text.substr(i + 1, 2))
                                             : Result<std::string>(corrupt("cut off"));
      if (!byte) return corrupt("bad escape in a header of the server");
      out += *byte;
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace tarn::trino
