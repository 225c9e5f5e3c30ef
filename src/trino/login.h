// SPDX-License-Identifier: Apache-2.0
// The login in a browser that a server of type OAUTH2 asks for with status 401: one URL for the
// person, another one that gives the token once the person is done.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/client.h"

namespace tarn::trino {

struct LoginChallenge {
  std::string redirect_server;  // "": the token is renewed without the person
  std::string token_server;
};

// From the `WWW-Authenticate: Bearer x_redirect_server="…", x_token_server="…"` of an answer;
// nullopt if there is none.
std::optional<LoginChallenge> find_login_challenge(const std::vector<http::Header>& headers);

struct LoginContext {
  http::Client* client = nullptr;
  Clock* clock = nullptr;
  const Cancel* cancel = nullptr;  // may be null
  // Shows the URL to the person or opens a browser.
  std::function<Result<void>(const std::string& url)> open_browser;
  std::int64_t timeout_ms = 120'000;
};

// Gives the token. Denied if the person was refused or there is no `open_browser`, TimedOut if the
// person did nothing.
Result<std::string> log_in(const LoginChallenge& challenge, const LoginContext& context);

// `https://host:port` in lower case and with the port, for comparison; "" if it is no such URL.
std::string url_origin(std::string_view url);

}  // namespace tarn::trino
