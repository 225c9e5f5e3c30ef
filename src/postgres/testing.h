// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server for tests: the one of TARN_TEST_POSTGRES, or a throw-away one that lives as
// long as the test program. Include in tests only.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "postgres/connection.h"

// Test programs are built with it; the check of this header alone is not.
#ifndef TARN_SOURCE_DIR
#define TARN_SOURCE_DIR "."
#endif

namespace tarn::postgres {

// Runs `tests/services/postgres.sh`, which stops the server when its input ends: at the latest when
// this process does.
class TestServer {
 public:
  // The URL of a superuser's database, or "" after a loud line when no server can be had.
  static const std::string& url() {
    static TestServer server;
    return server.url_;
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

 private:
  TestServer() {
    if (const char* given = ::getenv("TARN_TEST_POSTGRES"); given != nullptr) {
      url_ = given;
      return;
    }
    int input[2], output[2];
    VERIFY(::pipe2(input, O_CLOEXEC) == 0 && ::pipe2(output, O_CLOEXEC) == 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(input[0], STDIN_FILENO);
      ::dup2(output[1], STDOUT_FILENO);
      ::execl(TARN_SOURCE_DIR "/tests/services/postgres.sh", "postgres.sh", nullptr);
      ::_exit(127);
    }
    ::close(input[0]);
    ::close(output[1]);
    hold_ = input[1];
    char buffer[512];
    for (ssize_t size; (size = ::read(output[0], buffer, sizeof(buffer))) > 0;) {
      url_.append(buffer, static_cast<std::size_t>(size));
      if (url_.ends_with('\n')) break;
    }
    ::close(output[0]);
    url_ = trim(url_);
    if (url_.empty()) {
      std::fputs("SKIPPED: tests that need PostgreSQL (the server could not be started)\n", stderr);
      VERIFY(::getenv("TARN_REQUIRE_SERVICES") == nullptr, "PostgreSQL is required here");
    }
  }
  ~TestServer() {
    if (child_ <= 0) return;
    ::close(hold_);
    ::waitpid(child_, nullptr, 0);
  }

  std::string url_;
  pid_t child_ = 0;
  int hold_ = -1;
};

// An empty database of its own, dropped at the end. REQUIRES: TestServer::url() is not empty.
class TestDatabase {
 public:
  TestDatabase() {
    static std::atomic<int> count{0};
    name_ = fmt::format("tarn_test_{}_{}", ::getpid(), ++count);
    run_on_server("CREATE DATABASE " + name_);
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  ~TestDatabase() { run_on_server("DROP DATABASE " + name_ + " WITH (FORCE)"); }

  const std::string& name() const { return name_; }
  std::string url() const {
    const auto& server = TestServer::url();
    return server.substr(0, server.rfind('/') + 1) + name_;
  }

 private:
  static void run_on_server(const std::string& sql) {
    auto connection = Connection::connect({.target = TestServer::url()});
    VERIFY(connection.has_value(), describe(connection.error()));
    const auto result = connection->execute(sql);
    VERIFY(result.has_value(), describe(result.error()));
  }
  std::string name_;
};

}  // namespace tarn::postgres
