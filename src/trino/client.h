// SPDX-License-Identifier: Apache-2.0
// A client of Trino's REST protocol: a statement is posted, then page after page is fetched until
// the server names no next one. Failed statements are errors with Trino's name in front
// (types/error_name.h), the place in the SQL, and the query's id as context.
//
// Other errors: Unavailable (no server, or it stays overloaded), UnknownOutcome (the same after a
// statement that may change something had been accepted), Denied (credentials), TimedOut,
// Cancelled, Corrupt (no Trino at that address, or damaged answers), Unsupported (a column of a
// type that is not known). Credentials go to the server's own origin only, never to another address
// that an answer names, and never show in an error.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/client.h"
#include "trino/page.h"
#include "trino/session.h"

namespace tarn::trino {

struct ClientOptions {
  std::string server;  // `https://host:8443`, `http://host`
  std::string user;
  // At most one of them. Over http: only to the machine itself.
  std::string password;
  std::string token;  // a JWT, or an access token of OAuth2
  // For servers that ask for a login in a browser: shows or opens the URL. Without it such a server
  // is Denied.
  std::function<Result<void>(const std::string& url)> open_browser;

  // Sent with every request to the server itself, such as a router in front of it needs.
  std::vector<http::Header> headers;

  std::string ca_file;      // PEM; the system's when empty
  std::string certificate;  // PEM files of the client, where the server asks for one
  std::string private_key;
  http::Verification verification = http::Verification::Full;
  std::string proxy;  // as in http::ClientOptions

  // Offered for results, best first; "": the direct protocol.
  std::string encodings = "json+zstd, json+lz4, json";
  std::int64_t connect_timeout_ms = 10'000;
  std::int64_t idle_timeout_ms = 60'000;  // no byte for so long ends a request
  std::int64_t statement_timeout_ms = 0;  // from the start to the last row; 0: none
  // How often a page is asked for while the server answers 429, 502, 503, 504 or breaks off. The
  // waits double up to 10 s: 15 are about two minutes. A statement is only posted again when the
  // server certainly did not take it.
  int page_attempts_max = 15;
  int post_attempts_max = 4;
  std::size_t page_bytes_max = std::size_t{256} << 20;
  std::size_t segment_bytes_max = std::size_t{128} << 20;
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

class Statement;

// Thread-safe.
class Client {
 public:
  // InvalidInput for options that contradict each other.
  static Result<std::unique_ptr<Client>> make(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Posts one statement. `session` gives its headers and takes what the answers change; it and
  // `cancel` must outlive the statement, as the client itself.
  Result<std::unique_ptr<Statement>> start(std::string_view sql, Session& session,
                                           const Cancel* cancel = nullptr);

 private:
  friend class Statement;
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// One running statement. Going away before the end stops it on the server. One thread at a time.
class Statement {
 public:
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // The next rows, as many as the server sent at once; empty at the end.
  Result<std::vector<Row>> next();
  // Known from the first next() on.
  const std::vector<Column>& columns() const { return columns_; }

  const std::string& query_id() const { return query_id_; }
  const std::string& info_uri() const { return info_uri_; }  // for a person
  const Progress& progress() const { return progress_; }
  // Called by next() whenever the server has told how far it is.
  void on_progress(std::function<void(const Progress&)> listener) {
    listener_ = std::move(listener);
  }
  const std::vector<Warning>& warnings() const { return warnings_; }
  // Known at the end.
  const std::string& update_type() const { return update_type_; }  // "" for queries
  std::optional<std::int64_t> update_count() const { return update_count_; }

 private:
  friend class Client;
  Statement(Client::State* client, std::string sql, Session* session, const Cancel* cancel);

  Result<void> post();
  // Takes an answer of the server: headers, rows, next address.
  Result<void> take(const http::Response& response, std::string_view action);
  Result<void> fetch_page();
  Result<std::vector<Row>> read_segment();
  Result<void> check_limits() const;
  Error lost(Error error) const;
  // Ends the statement on the server if it may be running.
  void stop();

  Client::State* client_;
  std::string sql_;
  Session* session_;
  const Cancel* cancel_;
  std::int64_t started_micros_ = 0;
  std::string next_uri_;
  std::vector<Row> rows_;
  std::string encoding_;
  std::deque<Segment> segments_;
  std::vector<Column> columns_;
  std::string query_id_;
  std::string info_uri_;
  Progress progress_;
  std::function<void(const Progress&)> listener_;
  std::vector<Warning> warnings_;
  std::string update_type_;
  std::optional<std::int64_t> update_count_;
};

}  // namespace tarn::trino
