// SPDX-License-Identifier: Apache-2.0
#include "trino/login.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace tarn::trino {

namespace {

// The value of `name="…"` in a challenge; "" if it is not there.
std::string quoted_value(std::string_view text, std::string_view name) {
  const auto at = text.find(std::string(name) + "=\"");
  if (at == std::string_view::npos) return "";
  const auto start = at + name.size() + 2;
  const auto end = text.find('"', start);
  return end == std::string_view::npos ? "" : std::string(text.substr(start, end - start));
}

struct TokenAnswer {
  std::string token;
  std::string next_uri;
};

Result<TokenAnswer> parse_token_answer(const http::Response& response) {
  if (response.status != 200) {
    return denied("the login failed: the token server answered with status {}", response.status);
  }
  const auto value = TRY(parse_json(response.body));
  const auto* object = value.if_object();
  if (object == nullptr) return corrupt("the answer of the token server is no JSON object");
  if (const auto error = TRY(json_optional_text(*object, "error"))) {
    return denied("the login failed: {}", mask_secrets(*error));
  }
  TokenAnswer answer;
  answer.token = TRY(json_optional_text(*object, "token")).value_or("");
  answer.next_uri = TRY(json_optional_text(*object, "nextUri")).value_or("");
  if (answer.token.empty() && answer.next_uri.empty()) {
    return corrupt("the token server gave neither a token nor another address");
  }
  return answer;
}

}  // namespace

std::optional<LoginChallenge> find_login_challenge(const std::vector<http::Header>& headers) {
  for (const auto& header : headers) {
    if (!equals_ignore_case(header.name, "WWW-Authenticate") ||
        !to_lower(header.value).starts_with("bearer")) {
      continue;
    }
    LoginChallenge challenge{quoted_value(header.value, "x_redirect_server"),
                             quoted_value(header.value, "x_token_server")};
    if (!challenge.token_server.empty()) return challenge;
  }
  return std::nullopt;
}

Result<std::string> log_in(const LoginChallenge& challenge, const LoginContext& context) {
  if (!challenge.redirect_server.empty()) {
    if (!context.open_browser) {
      return denied(
          "the server asks for a login in a browser, which is not possible here; give a "
          "token instead");
    }
    TRY(context.open_browser(challenge.redirect_server));
  }
  const std::int64_t end = context.clock->now_micros() + context.timeout_ms * 1'000;
  std::string uri = challenge.token_server;
  while (true) {
    if (context.cancel != nullptr) TRY(context.cancel->check());
    const auto answer =
        TRY(parse_token_answer(TRY(context.client->send({.url = uri, .cancel = context.cancel}))));
    if (!answer.token.empty()) {
      // The server may forget it now; it does so by itself in the end.
      static_cast<void>(context.client->send({.method = "DELETE", .url = uri}));
      return answer.token;
    }
    if (context.clock->now_micros() > end) return timed_out("nobody logged in within the time");
    uri = answer.next_uri;
  }
}

std::string url_origin(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return "";
  const auto scheme = to_lower(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return "";
  auto host = url.substr(scheme_end + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  // Programs do not agree on what this is.
  if (host.find('\\') != std::string_view::npos) return "";
  // What stands before an `@` is never sent, and decides nothing.
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host = host.substr(at + 1);
  if (host.empty()) return "";
  auto origin = scheme + "://" + to_lower(host);
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (!has_port) origin += scheme == "https" ? ":443" : ":80";
  return origin;
}

}  // namespace tarn::trino
