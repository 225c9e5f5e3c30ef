// SPDX-License-Identifier: Apache-2.0
// An HTTP client over libcurl: TLS, limits of time and size, retries. It knows no protocol above
// HTTP; any status is an answer, not an error. Only http: and https: URLs. No password of a URL and
// no header ever shows in an error.
//
// Errors: Unavailable (no connection, broken off), TimedOut, Cancelled, Denied (the server's
// certificate cannot be trusted), InvalidInput (bad URL or header), Corrupt (an answer that is no
// HTTP, or larger than allowed).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"

namespace tarn::http {

struct Header {
  std::string name;
  std::string value;

  bool operator==(const Header&) const = default;
};

struct Request {
  std::string method = "GET";
  std::string url;
  std::vector<Header> headers;
  std::string body;
  // Whether sending it twice does no harm; by default so for GET, HEAD, PUT, DELETE and OPTIONS.
  std::optional<bool> idempotent;
  // Takes the body of an answer with a status below 300 piece by piece; Response::body stays empty
  // and no limit of size applies. Once called, the request is not repeated.
  std::function<Result<void>(std::string_view)> on_body;
  // Ends this request, as ClientOptions::cancel ends all; must outlive it.
  const Cancel* cancel = nullptr;
};

struct Response {
  int status = 0;
  std::vector<Header> headers;  // of the last answer, in order
  std::string body;             // decompressed

  // The first header of this name, in any letter case; nullopt when there is none.
  std::optional<std::string> header(std::string_view name) const;
  bool is_success() const { return status >= 200 && status < 300; }
};

enum class Verification { Full, None };

struct ClientOptions {
  std::string user_agent = "tarn";
  std::int64_t connect_timeout_ms = 10'000;
  // No byte for so long ends the request; 0 = never.
  std::int64_t idle_timeout_ms = 60'000;
  // For the whole request, without repetitions; 0 = no limit.
  std::int64_t total_timeout_ms = 0;
  std::size_t body_bytes_max = std::size_t{256} << 20;
  std::size_t header_bytes_max = std::size_t{1} << 20;
  int redirects_max = 0;  // 0: a redirect is an answer like any other

  // Repeats what was certainly not done (no connection, 429, 503) and, where idempotent, also what
  // broke off, 502 and 504. Waits double from the first one, with chance; `Retry-After` counts.
  int attempts_max = 4;
  std::int64_t first_wait_ms = 100;
  std::int64_t longest_wait_ms = 10'000;

  std::string ca_file;      // PEM; the system's when empty
  std::string certificate;  // PEM files of the client, where the server asks for one
  std::string private_key;
  Verification verification = Verification::Full;
  // As in curl; empty: what the environment says (https_proxy, no_proxy).
  std::string proxy;

  const Cancel* cancel = nullptr;  // must outlive the client
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

// Keeps connections open between requests. Thread-safe.
class Client {
 public:
  static Result<std::unique_ptr<Client>> make(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Result<Response> send(const Request& request);

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// `a b/ü` → `a%20b%2F%C3%BC`: for one segment of a path or one value of a query.
std::string url_encode(std::string_view text);

}  // namespace tarn::http
