// SPDX-License-Identifier: Apache-2.0
// A server that plays back recorded or made-up answers of Trino. Include in tests only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/file.h"
#include "base/text.h"
#include "http/testing.h"

namespace tarn::trino {

inline std::string json_answer(const std::string& body, const std::string& headers = "") {
  return http::plain_answer("200 OK", body, "Content-Type: application/json\r\n" + headers);
}

// Gives the answers in their order; `http://SERVER` in them becomes the server's own address.
// DELETE is answered with 204 and takes none of them.
class Playback {
 public:
  explicit Playback(std::vector<std::string> answers)
      : server_([answers = std::move(answers),
                 next = std::size_t{0}](const std::string& request) mutable -> std::string {
          if (request.starts_with("DELETE ")) return http::plain_answer("204 No Content", "");
          if (next == answers.size()) return "";
          const auto at = request.find("\r\nHost: ") + 8;
          const auto host = request.substr(at, request.find("\r\n", at) - at);
          const auto& answer = answers[next++];
          const auto head = answer.find("\r\n\r\n");
          if (answer.find("http://SERVER") == std::string::npos) return answer;
          return with_length(
              answer.substr(0, head),
              replace_all(answer.substr(head + 4), "http://SERVER", "http://" + host));
        }) {}

  std::string url() const { return server_.url(""); }
  std::vector<std::string> requests() const { return server_.requests(); }
  // First lines, such as `GET /x`.
  std::vector<std::string> request_lines() const {
    std::vector<std::string> lines;
    for (const auto& request : requests())
      lines.push_back(request.substr(0, request.find(" HTTP/")));
    return lines;
  }

 private:
  static std::string with_length(const std::string& head, const std::string& body) {
    const auto at = head.find("Content-Length: ");
    if (at == std::string::npos) return head + "\r\n\r\n" + body;
    return head.substr(0, at) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  }

  http::ScriptedServer server_;
};

// The answers of a file of tests/interop/trino below the folder of the sources.
inline std::vector<std::string> recorded(const std::string& sources, const std::string& name) {
  const auto text = read_file(sources + "/tests/interop/trino/" + name + ".txt");
  VERIFY(text.has_value(), name);
  std::vector<std::string> answers;
  std::string headers;
  for (const auto line : split(*text, '\n')) {
    if (line.starts_with("HTTP ")) {
      headers.clear();
    } else if (line.starts_with('{')) {
      answers.push_back(http::plain_answer("200 OK", std::string(line), headers));
    } else if (!line.empty()) {
      headers += std::string(line) + "\r\n";
    }
  }
  return answers;
}

}  // namespace tarn::trino
