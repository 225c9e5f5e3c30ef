// SPDX-License-Identifier: Apache-2.0
#include "http/client.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/temp_folder.h"
#include "base/testing.h"
#include "http/testing.h"

namespace tarn::http {
namespace {

std::unique_ptr<Client> make_client(ClientOptions options = {}) {
  static FakeClock clock;
  options.clock = &clock;
  options.proxy = "";
  return CHECK_OK(Client::make(options));
}

TEST_CASE("a request goes out and an answer comes back") {
  ScriptedServer server({plain_answer("200 OK", "hello", "X-One: 1\r\nx-two:  b \r\n"),
                         plain_answer("404 Not Found", "gone")});
  auto client = make_client({.user_agent = "tarn-test"});
  const auto answer = CHECK_OK(client->send({.method = "POST",
                                             .url = server.url("/v1/statement?a=1"),
                                             .headers = {{"X-Trino-User", "anna"}, {"X-Empty", ""}},
                                             .body = "SELECT 1"}));
  CHECK(answer.status == 200);
  CHECK(answer.is_success());
  CHECK(answer.body == "hello");
  CHECK(answer.header("x-one") == "1");
  CHECK(answer.header("X-Two") == "b");
  CHECK(!answer.header("x-three"));
  const auto sent = server.requests().at(0);
  CHECK(sent.starts_with("POST /v1/statement?a=1 HTTP/1.1\r\n"));
  CHECK(sent.find("\r\nX-Trino-User: anna\r\n") != std::string::npos);
  CHECK(sent.find("\r\nX-Empty:\r\n") != std::string::npos);
  CHECK(sent.find("\r\nUser-Agent: tarn-test\r\n") != std::string::npos);
  CHECK(sent.find("Expect:") == std::string::npos);
  CHECK(sent.ends_with("\r\n\r\nSELECT 1"));
  const auto missing = CHECK_OK(client->send({.method = "DELETE", .url = server.url("/x")}));
  CHECK(missing.status == 404);
  CHECK(missing.body == "gone");
  CHECK(server.requests().at(1).starts_with("DELETE /x "));
}

TEST_CASE("what is repeated, and what is not") {
  const auto busy = plain_answer("503 Service Unavailable", "", "Retry-After: 2\r\n");
  const auto gateway = plain_answer("502 Bad Gateway", "");
  const auto fine = plain_answer("200 OK", "fine");
  const struct {
    const char* method;
    std::vector<std::string> answers;
    int status;  // 0: an error
    std::size_t requests;
  } cases[] = {
      {"GET", {busy, gateway, fine}, 200, 3},
      {"POST", {busy, fine}, 200, 2},
      {"POST", {gateway, fine}, 502, 1},
      {"GET", {plain_answer("500 Internal Server Error", "")}, 500, 1},
      {"GET", {busy, busy, busy, busy, fine}, 503, 4},
      {"GET", {"", "", fine}, 200, 3},  // broken off
      {"POST", {"", fine}, 0, 1},
      {"GET", {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", fine}, 200, 2},
      {"POST", {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", fine}, 0, 1},
  };
  for (const auto& c : cases) {
    CAPTURE(c.method);
    CAPTURE(c.status);
    ScriptedServer server(c.answers);
    const auto result = make_client()->send({.method = c.method, .url = server.url(), .body = ""});
    if (c.status == 0) {
      CHECK_ERROR(result, ErrorCode::Unavailable, c.method);
    } else {
      CHECK(CHECK_OK(result).status == c.status);
    }
    CHECK(server.requests().size() == c.requests);
  }
}

TEST_CASE("limits and wrong answers") {
  const auto send = [](const std::string& answer, ClientOptions options) {
    ScriptedServer server({answer});
    options.attempts_max = 1;
    return make_client(options)->send({.url = server.url()});
  };
  CHECK_ERROR(send(plain_answer("200 OK", std::string(1000, 'x')), {.body_bytes_max = 999}),
              ErrorCode::Corrupt, "more than 999 bytes");
  CHECK_OK(send(plain_answer("200 OK", std::string(1000, 'x')), {.body_bytes_max = 1000}));
  CHECK_ERROR(send(plain_answer("200 OK", "", "X: " + std::string(5000, 'x') + "\r\n"),
                   {.header_bytes_max = 1000}),
              ErrorCode::Corrupt, "headers");
  CHECK_ERROR(send("this is not HTTP\r\n\r\n", {}), ErrorCode::Corrupt, "GET");
  CHECK(CHECK_OK(send(plain_answer("302 Found", "", "Location: http://127.0.0.1:1/\r\n"), {}))
            .status == 302);
  auto client = make_client({.attempts_max = 1});
  CHECK_ERROR(client->send({.url = "file:///etc/passwd"}), ErrorCode::InvalidInput, "rotocol");
  CHECK_ERROR(client->send({.url = "nonsense"}), ErrorCode::Unavailable, "nonsense");
  CHECK_ERROR(client->send({.url = "http://x/", .headers = {{"A", "b\r\nC: d"}}}),
              ErrorCode::InvalidInput, "header `A`");
  const auto masked = client->send({.url = "http://anna:open-sesame@127.0.0.1:1/"});
  CHECK_ERROR(masked, ErrorCode::Unavailable, "***");
  CHECK(describe(masked.error()).find("open-sesame") == std::string::npos);
}

TEST_CASE("a request ends when time runs out or somebody cancels") {
  Cancel cancel;
  ScriptedServer silent({}, [&cancel](const std::string&) {
    cancel.request();
    ::usleep(300'000);
  });
  CHECK_ERROR(make_client({.total_timeout_ms = 50, .attempts_max = 1})->send({.url = silent.url()}),
              ErrorCode::TimedOut, "GET");
  CHECK_ERROR(make_client({.cancel = &cancel})->send({.url = silent.url()}), ErrorCode::Cancelled,
              "cancelled");
}

TEST_CASE("one request can be cancelled, others of the client go on") {
  Cancel cancel;
  ScriptedServer server([&cancel](const std::string& request) {
    if (request.starts_with("GET /slow")) cancel.request();
    return plain_answer("503 Service Unavailable", "");
  });
  auto client = make_client();
  // Seen while waiting for the answer, or before the second attempt.
  CHECK_ERROR(client->send({.url = server.url("/slow"), .cancel = &cancel}), ErrorCode::Cancelled,
              "");
  CHECK(server.requests().size() == 1);
  CHECK_ERROR(client->send({.url = server.url(), .cancel = &cancel}), ErrorCode::Cancelled,
              "cancel");
  CHECK(server.requests().size() == 1);
  CHECK(CHECK_OK(client->send({.url = server.url()})).status == 503);
}

TEST_CASE("a body can be taken piece by piece") {
  ScriptedServer server({plain_answer("200 OK", std::string(100'000, 'x')),
                         plain_answer("404 Not Found", "no"), plain_answer("200 OK", "abc")});
  auto client = make_client({.body_bytes_max = 10});
  std::size_t bytes = 0;
  const auto count = [&bytes](std::string_view piece) -> Result<void> {
    bytes += piece.size();
    return {};
  };
  CHECK(CHECK_OK(client->send({.url = server.url(), .on_body = count})).body.empty());
  CHECK(bytes == 100'000);
  CHECK(CHECK_OK(client->send({.url = server.url(), .on_body = count})).body == "no");
  const auto refuse = [](std::string_view) -> Result<void> { return invalid_input("no room"); };
  CHECK_ERROR(client->send({.url = server.url(), .on_body = refuse}), ErrorCode::InvalidInput,
              "no room");
}

// `openssl s_server` with a certificate of its own for `localhost`, while it lives.
class TlsServer {
 public:
  explicit TlsServer(const TempFolder& folder) : certificate_(folder.file("cert.pem")) {
    const auto make = fmt::format(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout {0}/key.pem -out {0}/cert.pem -days 2 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1",
        folder.path());
    ready_ = std::system(make.c_str()) == 0;
    if (!ready_) return;
    port_ = 20'000 + ::getpid() % 20'000;
    child_ = ::fork();
    if (child_ == 0) {
      const auto port = std::to_string(port_);
      const auto log = folder.file("log");
      const int file = ::open(log.c_str(), O_WRONLY | O_CREAT, 0600);
      ::dup2(file, STDOUT_FILENO);
      ::dup2(file, STDERR_FILENO);
      ::execlp("openssl", "openssl", "s_server", "-accept", port.c_str(), "-key",
               folder.file("key.pem").c_str(), "-cert", certificate_.c_str(), "-www", nullptr);
      ::_exit(1);
    }
  }
  ~TlsServer() {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }
  bool ready() const { return ready_; }
  std::string url(const std::string& host) const {
    return fmt::format("https://{}:{}/", host, port_);
  }
  const std::string& certificate() const { return certificate_; }

 private:
  std::string certificate_;
  bool ready_ = false;
  int port_ = 0;
  pid_t child_ = 0;
};

TEST_CASE("only servers that prove who they are") {
  TempFolder folder;
  TlsServer server(folder);
  if (!server.ready()) {
    MESSAGE("SKIPPED: TLS (no `openssl` program)");
    return;
  }
  ClientOptions trusting{.attempts_max = 200,
                         .first_wait_ms = 20,
                         .longest_wait_ms = 50,
                         .ca_file = server.certificate()};
  trusting.proxy = "";
  // Real time: the server needs a moment to start.
  auto client = CHECK_OK(Client::make(trusting));
  CHECK(CHECK_OK(client->send({.url = server.url("localhost")})).status == 200);
  CHECK_ERROR(client->send({.url = server.url("127.0.0.1")}), ErrorCode::Denied, "127.0.0.1");
  CHECK_ERROR(make_client()->send({.url = server.url("localhost")}), ErrorCode::Denied,
              "certificate");
  CHECK(
      CHECK_OK(
          make_client({.verification = Verification::None})->send({.url = server.url("127.0.0.1")}))
          .status == 200);
}

TEST_CASE("texts are encoded for URLs") {
  CHECK(url_encode("a b/ü~-_.9") == "a%20b%2F%C3%BC~-_.9");
  CHECK(url_encode("") == "");
}

}  // namespace
}  // namespace tarn::http
