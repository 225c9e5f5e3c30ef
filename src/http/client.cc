// SPDX-License-Identifier: Apache-2.0
#include "http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace tarn::http {

// Not in the unnamed namespace: Client::State, which holds some, has linkage.
struct CurlHandleDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CurlHandleDeleter>;

namespace {

constexpr std::size_t kIdleHandlesMax = 16;
constexpr std::int64_t kWaitSliceMs = 50;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

void start_library() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// What one attempt collects.
struct Exchange {
  const ClientOptions& options;
  const Request& request;
  Response response;
  std::size_t header_bytes = 0;
  bool body_handed_out = false;
  std::optional<Error> failure;  // why a callback stopped the transfer
};

void parse_header_line(std::string_view line, Exchange& exchange) {
  line = trim_right(line);
  if (line.starts_with("HTTP/")) {
    // The next answer: after a redirect, or after `100 Continue`.
    exchange.response = {};
    const auto space = line.find(' ');
    const auto status = space == std::string_view::npos ? "" : line.substr(space + 1, 3);
    exchange.response.status = static_cast<int>(parse_int64(status).value_or(0));
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  exchange.response.headers.push_back(
      {std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* argument) {
  auto& exchange = *static_cast<Exchange*>(argument);
  const std::size_t bytes = size * count;
  exchange.header_bytes += bytes;
  if (exchange.header_bytes > exchange.options.header_bytes_max) {
    exchange.failure = corrupt("the headers of the answer have more than {} bytes",
                               exchange.options.header_bytes_max);
    return 0;
  }
  parse_header_line({data, bytes}, exchange);
  return bytes;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* argument) {
  auto& exchange = *static_cast<Exchange*>(argument);
  const std::size_t bytes = size * count;
  auto& body = exchange.response.body;
  if (exchange.request.on_body && exchange.response.is_success()) {
    exchange.body_handed_out = true;
    auto taken = exchange.request.on_body({data, bytes});
    if (taken) return bytes;
    exchange.failure = std::move(taken).error();
    return bytes == 0 ? 1 : 0;
  }
  if (body.size() + bytes > exchange.options.body_bytes_max) {
    exchange.failure =
        corrupt("the answer has more than {} bytes", exchange.options.body_bytes_max);
    return 0;
  }
  body.append(data, bytes);
  return bytes;
}

Result<void> check_cancel(const ClientOptions& options, const Request& request) {
  if (options.cancel != nullptr) TRY(options.cancel->check());
  if (request.cancel != nullptr) TRY(request.cancel->check());
  return {};
}

int look_at_cancel(void* argument, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& exchange = *static_cast<Exchange*>(argument);
  return check_cancel(exchange.options, exchange.request) ? 0 : 1;
}

Result<HeaderList> make_header_list(const Request& request) {
  HeaderList list;
  const auto add = [&list](const std::string& line) -> Result<void> {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return unavailable("no memory for a request");
    static_cast<void>(list.release());
    list.reset(longer);
    return {};
  };
  for (const auto& header : request.headers) {
    constexpr std::string_view kForbidden("\r\n\0", 3);
    if (header.name.empty() || header.name.find(':') != std::string::npos ||
        header.name.find_first_of(kForbidden) != std::string::npos ||
        header.value.find_first_of(kForbidden) != std::string::npos) {
      return invalid_input("header `{}` has a character that headers cannot have", header.name);
    }
    // A header without a value would be left out by `Name:`.
    TRY(add(header.value.empty() ? header.name + ";" : header.name + ": " + header.value));
  }
  // No round trip before the body.
  TRY(add("Expect:"));
  return list;
}

bool is_idempotent(const Request& request) {
  if (request.idempotent) return *request.idempotent;
  const auto& method = request.method;
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS";
}

ErrorCode code_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::TimedOut;
    case CURLE_ABORTED_BY_CALLBACK:
      return ErrorCode::Cancelled;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return ErrorCode::InvalidInput;
    case CURLE_PEER_FAILED_VERIFICATION:
      return ErrorCode::Denied;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_TOO_MANY_REDIRECTS:
      return ErrorCode::Corrupt;
    default:
      return ErrorCode::Unavailable;
  }
}

// The server cannot have seen the request.
bool was_never_sent(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
         code == CURLE_COULDNT_RESOLVE_PROXY;
}

enum class Repeat { No, Yes };

struct Attempt {
  Result<Response> result;
  Repeat repeat = Repeat::No;
};

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  VERIFY(curl_easy_setopt(handle, option, value) == CURLE_OK);
}

void set_method(CURL* handle, const Request& request) {
  const bool has_body = !request.body.empty() || request.method == "POST" ||
                        request.method == "PUT" || request.method == "PATCH";
  if (request.method == "HEAD") {
    set(handle, CURLOPT_NOBODY, 1L);
  } else if (has_body) {
    set(handle, CURLOPT_POSTFIELDS, request.body.data());
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else if (request.method != "GET") {
    set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void set_limits(CURL* handle, const ClientOptions& options) {
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout_ms));
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout_ms));
  if (options.idle_timeout_ms > 0) {
    set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(handle, CURLOPT_LOW_SPEED_TIME,
        static_cast<long>(std::max<std::int64_t>(1, options.idle_timeout_ms / 1'000)));
  }
  set(handle, CURLOPT_FOLLOWLOCATION, options.redirects_max > 0 ? 1L : 0L);
  set(handle, CURLOPT_MAXREDIRS, static_cast<long>(options.redirects_max));
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
}

void set_security(CURL* handle, const ClientOptions& options) {
  const bool verify = options.verification == Verification::Full;
  set(handle, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  set(handle, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const auto set_text = [handle](CURLoption option, const std::string& text) {
    if (!text.empty()) set(handle, option, text.c_str());
  };
  set_text(CURLOPT_CAINFO, options.ca_file);
  set_text(CURLOPT_SSLCERT, options.certificate);
  set_text(CURLOPT_SSLKEY, options.private_key);
  set_text(CURLOPT_PROXY, options.proxy);
}

Attempt perform(CURL* handle, const ClientOptions& options, const Request& request) {
  auto headers = make_header_list(request);
  if (!headers) return {std::move(headers).error()};
  Exchange exchange{options, request, {}, 0, false, std::nullopt};
  char message[CURL_ERROR_SIZE] = {};
  curl_easy_reset(handle);
  set(handle, CURLOPT_URL, request.url.c_str());
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_ERRORBUFFER, message);
  set(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  set(handle, CURLOPT_ACCEPT_ENCODING, "");
  set(handle, CURLOPT_HTTPHEADER, headers->get());
  set(handle, CURLOPT_HEADERFUNCTION, take_header);
  set(handle, CURLOPT_HEADERDATA, &exchange);
  set(handle, CURLOPT_WRITEFUNCTION, take_body);
  set(handle, CURLOPT_WRITEDATA, &exchange);
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_XFERINFOFUNCTION, look_at_cancel);
  set(handle, CURLOPT_XFERINFODATA, &exchange);
  set_method(handle, request);
  set_limits(handle, options);
  set_security(handle, options);

  const CURLcode code = curl_easy_perform(handle);
  const bool idempotent = is_idempotent(request) && !exchange.body_handed_out;
  if (code == CURLE_OK) {
    const int status = exchange.response.status;
    const bool repeat =
        status == 429 || status == 503 || (idempotent && (status == 502 || status == 504));
    return {std::move(exchange.response), repeat ? Repeat::Yes : Repeat::No};
  }
  if (exchange.failure) return {std::move(*exchange.failure)};
  auto error_code = code_of(code);
  curl_off_t connected_micros = 0;
  curl_easy_getinfo(handle, CURLINFO_CONNECT_TIME_T, &connected_micros);
  // An answer without a status line counts as HTTP/0.9, a protocol that is not spoken here.
  if (code == CURLE_UNSUPPORTED_PROTOCOL && connected_micros > 0) error_code = ErrorCode::Corrupt;
  const std::string_view reason = message[0] != '\0' ? message : curl_easy_strerror(code);
  Error error{error_code,
              fmt::format("{} {} failed: {}", request.method, mask_secrets(request.url),
                          mask_secrets(reason)),
              {},
              {}};
  const bool repeat = was_never_sent(code) || (error_code == ErrorCode::Unavailable && idempotent);
  return {std::move(error), repeat ? Repeat::Yes : Repeat::No};
}

}  // namespace

std::optional<std::string> Response::header(std::string_view name) const {
  for (const auto& header : headers) {
    if (equals_ignore_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

struct Client::State {
  // A handle that is not in use, with its open connections.
  Result<Handle> take_handle() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        Handle handle = std::move(idle.back());
        idle.pop_back();
        return handle;
      }
    }
    Handle handle(curl_easy_init());
    if (handle == nullptr) return unavailable("no memory for a connection");
    return handle;
  }
  void give_back(Handle handle) {
    const std::lock_guard lock(mutex);
    if (idle.size() < kIdleHandlesMax) idle.push_back(std::move(handle));
  }
  // Before attempt `attempt` + 1.
  Result<void> wait(int attempt, const Request& request, const Result<Response>& result) {
    std::int64_t wait_ms = options.first_wait_ms << std::min(attempt - 1, 20);
    wait_ms = std::min(wait_ms, options.longest_wait_ms);
    if (wait_ms > 1) {
      wait_ms =
          wait_ms / 2 + static_cast<std::int64_t>(options.random->next() %
                                                  static_cast<std::uint64_t>(wait_ms / 2 + 1));
    }
    if (result) {
      const auto asked = parse_int64(result->header("retry-after").value_or(""));
      if (asked && *asked > 0) {
        wait_ms = std::min(std::max(wait_ms, *asked * 1'000), options.longest_wait_ms);
      }
    }
    while (wait_ms > 0) {
      TRY(check_cancel(options, request));
      const auto slice = std::min(wait_ms, kWaitSliceMs);
      options.clock->sleep_micros(slice * 1'000);
      wait_ms -= slice;
    }
    return {};
  }

  ClientOptions options;
  std::mutex mutex;
  std::vector<Handle> idle;
};

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::make(ClientOptions options) {
  start_library();
  for (const auto& file : {options.ca_file, options.certificate, options.private_key}) {
    if (file.find('\0') != std::string::npos) return invalid_input("a path has a zero byte");
  }
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  return std::unique_ptr<Client>(new Client(std::move(state)));
}

Result<Response> Client::send(const Request& request) {
  if (request.url.find('\0') != std::string::npos || request.method.empty() ||
      request.method.find_first_of(std::string_view(" \r\n\0", 4)) != std::string::npos) {
    return invalid_input("bad URL or method of an HTTP request");
  }
  for (int attempt = 1;; ++attempt) {
    TRY(check_cancel(state_->options, request));
    auto handle = TRY(state_->take_handle());
    auto done = perform(handle.get(), state_->options, request);
    state_->give_back(std::move(handle));
    if (done.repeat == Repeat::No || attempt >= state_->options.attempts_max) {
      return std::move(done.result);
    }
    TRY(state_->wait(attempt, request, done.result));
  }
}

std::string url_encode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15]);
    }
  }
  return out;
}

}  // namespace tarn::http
