// SPDX-License-Identifier: Apache-2.0
// A throw-away S3 server for tests: `tests/services/s3.py` as a child process. Tests only.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/testing.h"
#include "base/text.h"
#include "duckdb/s3_store.h"

namespace tarn::duckdb {

class MotoServer {
 public:
  // nullptr after a loud note if moto is not installed. `source_folder` is the project's.
  static std::unique_ptr<MotoServer> start(const std::string& source_folder,
                                           const std::string& option = "") {
    const char* python = std::getenv("TARN_PYTHON");
    const char* home = std::getenv("HOME");
    const std::string program = python != nullptr ? python
                                : home != nullptr
                                    ? std::string(home) + "/.cache/tarn/python/bin/python3"
                                    : "python3";
    std::array<int, 2> to_child{};
    std::array<int, 2> from_child{};
    REQUIRE(pipe(to_child.data()) == 0);
    REQUIRE(pipe(from_child.data()) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      dup2(to_child[0], 0);
      dup2(from_child[1], 1);
      for (int end : {to_child[0], to_child[1], from_child[0], from_child[1]}) close(end);
      const std::string script = source_folder + "/tests/services/s3.py";
      execlp(program.c_str(), program.c_str(), script.c_str(), option.c_str(), nullptr);
      _exit(77);
    }
    close(to_child[0]);
    close(from_child[1]);
    std::unique_ptr<MotoServer> server(new MotoServer(child, to_child[1]));
    std::string line;
    char c = 0;
    while (read(from_child[0], &c, 1) == 1 && c != '\n') line += c;
    close(from_child[0]);
    const auto words = split(line, ' ');
    if (words.size() != 3) {
      MESSAGE("SKIPPED: moto is not installed (TARN_PYTHON)");
      return nullptr;
    }
    server->options_.endpoint = words[0];
    server->options_.credentials.access_key = words[1];
    server->options_.credentials.secret_key = words[2];
    server->options_.url_style = S3UrlStyle::Path;
    server->options_.use_ssl = false;
    server->options_.scope = "s3://lake";
    return server;
  }

  MotoServer(const MotoServer&) = delete;
  MotoServer& operator=(const MotoServer&) = delete;
  ~MotoServer() {
    close(input_);
    waitpid(child_, nullptr, 0);
  }

  // Right credentials for the bucket `lake`.
  const S3Options& options() const { return options_; }

 private:
  MotoServer(pid_t child, int input) : child_(child), input_(input) {}

  pid_t child_;
  int input_;
  S3Options options_;
};

}  // namespace tarn::duckdb
