// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "base/system_error.h"
#include "base/temporary_folder.h"
#include "base/testing.h"

using namespace tarn;

TEST_CASE("files are written, read and replaced") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  const auto path = folder.file("a");
  const std::string inputs[] = {"", "hello", std::string(1'000'000, 'z')};
  for (const auto durability : {Durability::Fast, Durability::Durable}) {
    for (const auto& input : inputs) {
      CHECK_OK(write_file(path, input, durability));
      CHECK(CHECK_OK(read_file(path)) == input);
    }
  }
  CHECK(CHECK_OK(list_files(folder.path())).size() == 1);  // nothing temporary is left
  CHECK_ERROR(read_file(folder.file("b")), ErrorCode::NotFound, folder.file("b"));
  CHECK_ERROR(write_file(folder.file("no/x"), "x"), ErrorCode::NotFound, "no/x");
  CHECK(CHECK_OK(read_file("/proc/self/stat")).size() > 10);
}

TEST_CASE("a failed write leaves nothing behind") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  CHECK_OK(make_directories(folder.file("taken/deep")));
  CHECK_FALSE(write_file(folder.file("taken"), "x").has_value());
  CHECK(CHECK_OK(list_files(folder.path())).empty());
}

TEST_CASE("folders") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  CHECK_OK(make_directories(folder.file("a/b//c/")));
  CHECK_OK(make_directories(folder.file("a/b")));
  CHECK(path_exists(folder.file("a/b/c")));
  CHECK_OK(write_file(folder.file("f"), ""));
  CHECK_ERROR(make_directories(folder.file("f")), ErrorCode::AlreadyExists, "/f");
  CHECK_ERROR(make_directories(folder.file("f/x")), ErrorCode::NotFound, "/f/x");
}

TEST_CASE("listing follows links but no cycles") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  CHECK_OK(make_directories(folder.file("d/e")));
  CHECK_OK(write_file(folder.file("d/e/z"), "123"));
  CHECK_OK(write_file(folder.file("b"), ""));
  REQUIRE(::symlink("b", folder.file("link").c_str()) == 0);
  REQUIRE(::symlink("missing", folder.file("broken").c_str()) == 0);
  REQUIRE(::symlink("..", folder.file("d/cycle").c_str()) == 0);
  REQUIRE(::symlink("d/e", folder.file("short").c_str()) == 0);
  std::vector<std::string> paths;
  for (const auto& entry : CHECK_OK(list_files(folder.path()))) paths.push_back(entry.path);
  CHECK(paths == std::vector<std::string>{"b", "d/e/z", "link", "short/z"});
  const auto entries = CHECK_OK(list_files(folder.file("d/e")));
  CHECK(entries.at(0).size == 3);
  CHECK(entries.at(0).modified_micros > 1'600'000'000'000'000);
  CHECK_ERROR(list_files(folder.file("none")), ErrorCode::NotFound, "none");
}

TEST_CASE("a temporary folder goes with its object") {
  std::string path;
  {
    auto folder = CHECK_OK(TemporaryFolder::make());
    path = folder.path();
    CHECK_OK(make_directories(folder.file("a/b")));
    const auto moved = std::move(folder);
    CHECK(path_exists(path));
  }
  CHECK_FALSE(path_exists(path));
}

TEST_CASE("ranges of a file") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  const auto path = folder.file("a");
  CHECK_OK(write_file(path, "0123456789"));
  const auto file = CHECK_OK(open_file(path, O_RDONLY, "read"));
  CHECK(CHECK_OK(read_at(file, path, 2, 3)) == "234");
  CHECK(CHECK_OK(read_at(file, path, 8, 100)) == "89");
  CHECK(CHECK_OK(read_at(file, path, 100, 5)) == "");
  CHECK(CHECK_OK(read_at(file, path, 0, std::size_t(-1))) == "0123456789");
  CHECK_ERROR(read_file(folder.path()), ErrorCode::Unavailable, "is a directory");
}

TEST_CASE("errors of the system") {
  CHECK(describe(system_error(ENOENT, "read", "/x")) ==
        "cannot read `/x`: no such file or directory");
  CHECK(system_error(EACCES, "read", "/x").code == ErrorCode::Denied);
  CHECK(system_error(EEXIST, "write", "/x").code == ErrorCode::AlreadyExists);
  CHECK(system_error(ENOSPC, "write", "/x").code == ErrorCode::Unavailable);
  CHECK(parent_folder("/a/b") == "/a");
  CHECK(parent_folder("/a") == "/");
  CHECK(parent_folder("a") == ".");
}
