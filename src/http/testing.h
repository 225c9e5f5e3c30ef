// SPDX-License-Identifier: Apache-2.0
// A server on loopback that gives prepared answers, one per connection. Include in tests only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/text.h"

namespace tarn::http {

class ScriptedServer {
 public:
  // Each connection gets the next answer, as raw bytes, and is closed; after the last one
  // connections are closed without an answer. `on_request` runs before an answer is sent.
  explicit ScriptedServer(std::vector<std::string> answers,
                          std::function<void(const std::string&)> on_request = {})
      : ScriptedServer([answers = std::move(answers), on_request = std::move(on_request),
                        next = std::size_t{0}](const std::string& request) mutable {
          if (on_request) on_request(request);
          return next < answers.size() ? answers[next++] : std::string();
        }) {}
  // `answer` gives the raw answer to each request; "" closes the connection without one.
  explicit ScriptedServer(std::function<std::string(const std::string&)> answer)
      : answer_(std::move(answer)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    VERIFY(::bind(socket_, generic, size) == 0 && ::listen(socket_, 16) == 0);
    VERIFY(::getsockname(socket_, generic, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  // Heads and bodies as they came.
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  static std::size_t body_size(std::string head) {
    std::transform(head.begin(), head.end(), head.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    const auto at = head.find("content-length: ");
    if (at == std::string::npos) return 0;
    const auto end = head.find("\r\n", at);
    return static_cast<std::size_t>(
        parse_int64(std::string_view(head).substr(at + 16, end - at - 16)).value_or(0));
  }
  static std::string read_request(int connection) {
    std::string text;
    char buffer[4096];
    while (true) {
      const auto head = text.find("\r\n\r\n");
      if (head != std::string::npos &&
          text.size() >= head + 4 + body_size(text.substr(0, head + 2))) {
        return text;
      }
      const auto size = ::recv(connection, buffer, sizeof(buffer), 0);
      if (size <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(size));
    }
  }
  void serve() {
    while (true) {
      const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      auto request = read_request(connection);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const auto answer = answer_(request);
      for (std::size_t sent = 0; sent < answer.size();) {
        const auto size =
            ::send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (size <= 0) break;
        sent += static_cast<std::size_t>(size);
      }
      ::close(connection);
    }
  }

  std::function<std::string(const std::string&)> answer_;
  int socket_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

// An answer with its length, for a connection that is closed after it.
inline std::string plain_answer(const std::string& status, const std::string& body,
                                const std::string& headers = "") {
  return "HTTP/1.1 " + status + "\r\n" + headers +
         "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace tarn::http
