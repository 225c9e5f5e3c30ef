// SPDX-License-Identifier: Apache-2.0
#include "trino/client.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "trino/login.h"
#include "types/error_name.h"

namespace tarn::trino {

namespace {

constexpr std::int64_t kStopTimeoutMs = 3'000;
constexpr int kSegmentRedirectsMax = 5;
constexpr std::size_t kBodyShownMax = 200;

bool is_loopback(std::string_view origin) {
  const auto host = origin.substr(origin.find("://") + 3);
  return host.starts_with("127.0.0.1:") || host.starts_with("localhost:") ||
         host.starts_with("[::1]:");
}

// What a person needs of the body of an answer that is no page.
std::string excerpt_of(const http::Response& response) {
  const auto type = to_lower(response.header("content-type").value_or(""));
  const auto text = trim(response.body);
  if (text.empty() || type.find("html") != std::string::npos || !is_valid_utf8(text)) return "";
  std::string line = mask_secrets(utf8_prefix(text, kBodyShownMax));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return ": " + line;
}

Error status_error(const http::Response& response, std::string_view action) {
  const auto text = excerpt_of(response);
  switch (response.status) {
    case 401:
      return denied("{} failed: the server does not accept the credentials{}", action, text);
    case 403:
      return denied("{} failed: the server forbids it{}", action, text);
    case 400:
      return invalid_input("{} failed: the server cannot read the request{}", action, text);
    case 404:
    case 410:
      return not_found("{} failed: the server does not know it (status {}){}", action,
                       response.status, text);
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return invalid_input(
          "{} failed: the server sends to another address (status {}); give that "
          "one",
          action, response.status);
    default:
      return unavailable("{} failed: the server answered with status {}{}", action, response.status,
                         text);
  }
}

Error cancelled_statement() { return cancelled("USER_CANCELED: Query was canceled"); }

// Certainly: what is not known to read only may change something.
bool only_reads(std::string_view sql) {
  while (true) {
    sql = trim_left(sql);
    if (sql.starts_with("--")) {
      sql.remove_prefix(std::min(sql.size(), sql.find('\n')));
    } else if (sql.starts_with("/*") && sql.find("*/", 2) != std::string_view::npos) {
      sql.remove_prefix(sql.find("*/", 2) + 2);
    } else if (sql.starts_with('(')) {
      sql.remove_prefix(1);
    } else {
      break;
    }
  }
  const auto word = to_lower(sql.substr(0, sql.find_first_of(" \t\r\n(*'\"")));
  return word == "select" || word == "with" || word == "values" || word == "table" ||
         word == "show" || word == "describe" || word == "desc";
}

http::ClientOptions http_options(const ClientOptions& options, int attempts) {
  http::ClientOptions http;
  http.user_agent = "tarn-trino";
  http.connect_timeout_ms = options.connect_timeout_ms;
  http.idle_timeout_ms = options.idle_timeout_ms;
  http.body_bytes_max = options.page_bytes_max;
  http.attempts_max = attempts;
  http.ca_file = options.ca_file;
  http.certificate = options.certificate;
  http.private_key = options.private_key;
  http.verification = options.verification;
  http.proxy = options.proxy;
  http.clock = options.clock;
  http.random = options.random;
  return http;
}

Result<void> check_options(const ClientOptions& options, const std::string& origin) {
  if (origin.empty() || options.server.find('@') != std::string::npos) {
    return invalid_input(
        "the address of a Trino server is `http://host:port` or "
        "`https://host:port`");
  }
  if (options.user.empty() && options.token.empty()) {
    return invalid_input("a Trino server needs a user");
  }
  const bool secret = !options.password.empty() || !options.token.empty();
  if (!options.password.empty() && !options.token.empty()) {
    return invalid_input("a password and a token for the same Trino server");
  }
  if (!options.password.empty() && options.user.find(':') != std::string::npos) {
    return invalid_input("a user with a password cannot have a `:` in the name");
  }
  if (options.certificate.empty() != options.private_key.empty()) {
    return invalid_input("a certificate needs its private key, and the other way round");
  }
  if (secret && origin.starts_with("http://") && !is_loopback(origin)) {
    return invalid_input("a password or token is sent to a Trino server over https only");
  }
  return {};
}

}  // namespace

// Shared by all statements.
struct Client::State {
  ClientOptions options;
  std::string origin;
  std::unique_ptr<http::Client> posts;
  std::unique_ptr<http::Client> pages;
  std::unique_ptr<http::Client> segments;  // follows redirects, knows no credentials
  std::unique_ptr<http::Client> stops;
  std::mutex mutex;
  std::string login_token;  // of the login in a browser
  std::mutex login_mutex;   // one login at a time

  std::string bearer() {
    if (!options.token.empty()) return options.token;
    const std::lock_guard lock(mutex);
    return login_token;
  }

  // REQUIRES: the request goes to the server's own origin.
  void authenticate(http::Request& request, const std::string& token) {
    request.headers.insert(request.headers.end(), options.headers.begin(), options.headers.end());
    std::string value;
    if (!token.empty()) {
      value = "Bearer " + token;
    } else if (!options.password.empty()) {
      value = "Basic " + to_base64(options.user + ":" + options.password);
    } else {
      return;
    }
    request.headers.push_back({"Authorization", std::move(value)});
  }

  // Credentials, and a login where the server asks for one.
  Result<http::Response> send(http::Client& client, const http::Request& request) {
    const bool own = url_origin(request.url) == origin;
    const auto token = own ? bearer() : std::string();
    auto first = request;
    if (own) authenticate(first, token);
    auto response = TRY(client.send(first));
    if (response.status != 401 || !own || !options.token.empty()) return response;
    const auto challenge = find_login_challenge(response.headers);
    if (!challenge) return response;
    TRY(renew_token(*challenge, token, request.cancel));
    auto second = request;
    authenticate(second, bearer());
    return client.send(second);
  }

  // `old` is the token that was refused: another thread may have renewed it meanwhile.
  Result<void> renew_token(const LoginChallenge& challenge, const std::string& old,
                           const Cancel* cancel) {
    const std::lock_guard login_lock(login_mutex);
    if (bearer() != old) return {};
    LoginContext context{pages.get(), options.clock, cancel, options.open_browser};
    auto token = TRY(log_in(challenge, context));
    const std::lock_guard lock(mutex);
    login_token = std::move(token);
    return {};
  }

  // Addresses come from the server's answers; an http one from an https server gives the rows away.
  Result<void> check_uri(const std::string& uri) const {
    const auto other = url_origin(uri);
    if (other.empty()) return corrupt("the server gave an address that is none");
    if (origin.starts_with("https://") && other.starts_with("http://")) {
      return corrupt(
          "the server at {} goes on at an http address: behind a proxy it needs "
          "http-server.process-forwarded=true",
          origin);
    }
    return {};
  }
};

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::make(ClientOptions options) {
  auto state = std::make_unique<State>();
  while (options.server.ends_with('/')) options.server.pop_back();
  state->origin = url_origin(options.server);
  TRY(check_options(options, state->origin));
  state->posts = TRY(http::Client::make(http_options(options, options.post_attempts_max)));
  state->pages = TRY(http::Client::make(http_options(options, options.page_attempts_max)));
  auto segments = http_options(options, options.page_attempts_max);
  segments.body_bytes_max = options.segment_bytes_max;
  segments.redirects_max = kSegmentRedirectsMax;
  state->segments = TRY(http::Client::make(std::move(segments)));
  auto stops = http_options(options, 1);
  stops.connect_timeout_ms = std::min(options.connect_timeout_ms, kStopTimeoutMs);
  stops.total_timeout_ms = kStopTimeoutMs;
  state->stops = TRY(http::Client::make(std::move(stops)));
  state->options = std::move(options);
  return std::unique_ptr<Client>(new Client(std::move(state)));
}

Result<std::unique_ptr<Statement>> Client::start(std::string_view sql, Session& session,
                                                 const Cancel* cancel) {
  if (trim(sql).empty()) return invalid_input("an empty statement");
  std::unique_ptr<Statement> statement(
      new Statement(state_.get(), std::string(sql), &session, cancel));
  TRY(statement->post());
  return statement;
}

Statement::Statement(Client::State* client, std::string sql, Session* session, const Cancel* cancel)
    : client_(client), sql_(std::move(sql)), session_(session), cancel_(cancel) {
  started_micros_ = client->options.clock->now_micros();
}

Statement::~Statement() { stop(); }

Result<void> Statement::post() {
  http::Request request;
  request.method = "POST";
  request.url = client_->options.server + "/v1/statement";
  auto session = *session_;
  if (session.user.empty()) session.user = client_->options.user;
  request.headers = session_headers(session);
  request.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
  if (!client_->options.encodings.empty()) {
    request.headers.push_back({"X-Trino-Query-Data-Encoding", client_->options.encodings});
  }
  request.body = sql_;
  request.cancel = cancel_;
  TRY(check_limits());
  auto response = client_->send(*client_->posts, request);
  if (!response && response.error().code == ErrorCode::Cancelled) return cancelled_statement();
  return take(TRY(std::move(response)), "starting a statement");
}

Result<void> Statement::take(const http::Response& response, std::string_view action) {
  // Until the answer is understood, the former address stays for stop().
  if (response.status != 200) {
    if (response.status == 404 || response.status == 410) next_uri_.clear();
    return status_error(response, action);
  }
  const auto type = to_lower(response.header("content-type").value_or(""));
  if (!type.starts_with("application/json")) {
    return corrupt("{} failed: what answers at {} is no Trino server (content type `{}`)", action,
                   client_->origin, utf8_prefix(type, 40));
  }
  TRY(apply_headers(*session_, response.headers));
  auto page = TRY(with_context(parse_page(response.body, columns_), std::string(action)));
  next_uri_ = std::move(page.next_uri);
  if (query_id_.empty()) query_id_ = std::move(page.query_id);
  if (!page.info_uri.empty()) info_uri_ = std::move(page.info_uri);
  if (!page.warnings.empty()) warnings_ = std::move(page.warnings);
  progress_ = std::move(page.progress);
  if (listener_) listener_(progress_);
  if (page.failure) {
    next_uri_.clear();
    return make_error(*page.failure, sql_, query_id_);
  }
  if (!page.columns.empty()) columns_ = std::move(page.columns);
  if (!page.update_type.empty()) update_type_ = std::move(page.update_type);
  if (page.update_count) update_count_ = page.update_count;
  rows_ = std::move(page.rows);
  if (!page.encoding.empty()) encoding_ = std::move(page.encoding);
  for (auto& segment : page.segments) segments_.push_back(std::move(segment));
  return {};
}

Result<void> Statement::check_limits() const {
  if (cancel_ != nullptr && cancel_->requested()) return cancelled_statement();
  const auto& options = client_->options;
  if (options.statement_timeout_ms > 0 &&
      options.clock->now_micros() - started_micros_ > options.statement_timeout_ms * 1'000) {
    return timed_out("EXCEEDED_TIME_LIMIT: the statement took longer than {} ms",
                     options.statement_timeout_ms);
  }
  return {};
}

Result<void> Statement::fetch_page() {
  TRY(client_->check_uri(next_uri_));
  auto response = client_->send(*client_->pages, {.url = next_uri_, .cancel = cancel_});
  if (!response && response.error().code == ErrorCode::Cancelled) return cancelled_statement();
  if (!response) return lost(std::move(response).error());
  auto taken = take(*response, "fetching the result");
  if (!taken && !types::has_name(taken.error())) return lost(std::move(taken).error());
  return taken;
}

// The end of the statement will not be known.
Error Statement::lost(Error error) const {
  if (!only_reads(sql_)) {
    error.code = ErrorCode::UnknownOutcome;
    error.context.push_back("the statement may have been carried out");
  }
  return std::move(error).with_context(fmt::format("query {}", query_id_));
}

Result<std::vector<Row>> Statement::read_segment() {
  Segment segment = std::move(segments_.front());
  segments_.pop_front();
  if (segment.uri.empty()) return decode_segment(encoding_, segment, columns_);
  TRY(client_->check_uri(segment.uri));
  auto response =
      client_->segments->send({.url = segment.uri, .headers = segment.headers, .cancel = cancel_});
  if (!response && response.error().code == ErrorCode::Cancelled) return cancelled_statement();
  const auto fetched = TRY(std::move(response));
  if (fetched.status != 200) return status_error(fetched, "fetching a part of the result");
  segment.payload = std::move(fetched.body);
  auto rows = TRY(decode_segment(encoding_, segment, columns_));
  if (!segment.ack_uri.empty() && client_->check_uri(segment.ack_uri)) {
    // The server removes it in the end anyway.
    static_cast<void>(client_->stops->send({.url = segment.ack_uri, .headers = segment.headers}));
  }
  return rows;
}

Result<std::vector<Row>> Statement::next() {
  const auto step = [this]() -> Result<std::vector<Row>> {
    while (true) {
      if (!rows_.empty()) return std::exchange(rows_, {});
      TRY(check_limits());
      if (!segments_.empty()) {
        auto rows = TRY(read_segment());
        if (!rows.empty()) return rows;
      } else if (!next_uri_.empty()) {
        TRY(fetch_page());
      } else {
        return std::vector<Row>();
      }
    }
  };
  auto rows = step();
  if (!rows) stop();
  return rows;
}

void Statement::stop() {
  rows_.clear();
  segments_.clear();
  const auto uri = std::exchange(next_uri_, {});
  if (uri.empty() || !client_->check_uri(uri)) return;
  // Nobody can do anything about a failure; the server ends what is not fetched by itself.
  static_cast<void>(client_->send(*client_->stops, {.method = "DELETE", .url = uri}));
}

}  // namespace tarn::trino
