// SPDX-License-Identifier: Apache-2.0
#include "storage/store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/temporary_folder.h"
#include "base/testing.h"
#include "storage/faulty_store.h"
#include "storage/local_store.h"

using namespace tarn;
using namespace tarn::storage;

namespace {

std::vector<std::string> list_names(Store& store, const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto& object : CHECK_OK(store.list_all(prefix))) {
    names.push_back(object.location.substr(prefix.size()));
  }
  return names;
}

}  // namespace

TEST_CASE("locations have one normal form") {
  const std::pair<const char*, const char*> rows[] = {
      {"/a/b", "/a/b"},
      {"/a//b", "/a/b"},
      {"file:/a/b", "/a/b"},
      {"file:///a//b", "/a/b"},
      {"FILE://localhost/a", "/a"},
      {"file:///a%20b", "/a%20b"},
      {"s3://b/k//x", "s3://b/k//x"},
      {"s3a://b/k", "s3://b/k"},
      {"S3N://b/k", "s3://b/k"},
      {"gs://b/k", "gs://b/k"},
      {"/a:b/c", "/a:b/c"},
      {"a:b", "a:b"},
      {"", ""},
  };
  for (const auto& [location, normal] : rows) {
    CHECK(normalize_location(location) == normal);
    CHECK(normalize_location(normal) == normal);
  }
  CHECK(location_scheme("S3://b/k") == "s3");
  CHECK(location_scheme("file:///a") == "");
  CHECK(location_scheme("/a") == "");
  CHECK(location_scheme("a:b") == "");
  CHECK(location_scheme("://x") == "");
  CHECK(join_location("s3://b/t/", "x") == "s3://b/t/x");
  CHECK(join_location("/t", "m/x") == "/t/m/x");
  CHECK(location_name("s3://b/t/x.avro") == "x.avro");
  CHECK(location_name("x") == "x");
}

TEST_CASE("local objects are written, read, listed and removed") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  for (const auto durability : {Durability::Fast, Durability::Durable}) {
    LocalStore store(durability);
    for (const auto& root : {folder.path(), "file://" + folder.path(), "file:" + folder.path()}) {
      CAPTURE(root);
      const auto object = root + "/t/metadata/v1.json";
      CHECK_FALSE(CHECK_OK(store.exists(object)));
      CHECK_ERROR(store.read(object), ErrorCode::NotFound, "v1.json");
      CHECK_OK(store.write(object, "0123456789", WriteMode::CreateExclusive));
      CHECK(CHECK_OK(store.read(object)) == "0123456789");
      CHECK(CHECK_OK(store.read_range(object, 2, 3)) == "234");
      CHECK(CHECK_OK(store.read_range(object, 8, 100)) == "89");
      CHECK(CHECK_OK(store.read_range(object, 100, 1)) == "");
      CHECK(CHECK_OK(store.info(object)).size == 10);
      CHECK(CHECK_OK(store.info(object)).modified_micros > 1'600'000'000'000'000);
      CHECK_ERROR(store.write(object, "x", WriteMode::CreateExclusive), ErrorCode::AlreadyExists,
                  "v1.json");
      CHECK(CHECK_OK(store.read(object)) == "0123456789");
      CHECK_OK(store.write(object, "new", WriteMode::Replace));
      CHECK(CHECK_OK(store.read(object)) == "new");
      CHECK_OK(store.write(root + "/t/data/a", "a", WriteMode::Replace));
      CHECK_OK(store.write(root + "/t2/b", "", WriteMode::Replace));
      CHECK(list_names(store, root + "/t") ==
            std::vector<std::string>{"/data/a", "/metadata/v1.json"});
      CHECK(CHECK_OK(store.list_all(root + "/t/"))[0].location == root + "/t/data/a");
      CHECK(list_names(store, root + "/t2/b") == std::vector<std::string>{""});
      CHECK(list_names(store, root + "/none").empty());
      const std::string locations[] = {object, root + "/none", root + "/t/data/a", root + "/t2/b"};
      CHECK_OK(store.remove_many(locations));
      CHECK(list_names(store, root).empty());
    }
  }
}

TEST_CASE("a folder is no object") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  LocalStore store(Durability::Fast);
  CHECK_OK(store.write(folder.file("d/x"), "x", WriteMode::Replace));
  CHECK_ERROR(store.read(folder.file("d")), ErrorCode::NotFound, "folder");
  CHECK_FALSE(CHECK_OK(store.exists(folder.file("d"))));
  CHECK_FALSE(CHECK_OK(store.exists(folder.file("d/x/y"))));
  CHECK_OK(store.remove(folder.file("d")));
  CHECK(CHECK_OK(store.exists(folder.file("d/x"))));
  CHECK_FALSE(store.write(folder.file("d"), "x", WriteMode::Replace).has_value());
  CHECK_ERROR(store.write(folder.file("d/"), "x", WriteMode::Replace), ErrorCode::InvalidInput,
              "no file name");
  CHECK(list_names(store, folder.path()) == std::vector<std::string>{"/d/x"});
}

TEST_CASE("locations of other stores are refused") {
  LocalStore store;
  CHECK_ERROR(store.read("s3://b/k"), ErrorCode::InvalidInput, "not a local location");
  CHECK_ERROR(store.read("a/b"), ErrorCode::InvalidInput, "not an absolute path");
  CHECK_ERROR(store.read(std::string("/tmp\0/x", 7)), ErrorCode::InvalidInput, "absolute");
}

TEST_CASE("a stream shows nothing before it is finished") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  LocalStore store(Durability::Fast);
  const auto object = folder.file("a");
  {
    const auto stream = CHECK_OK(store.open_write(object, WriteMode::Replace));
    CHECK_OK(stream->write("half"));
    CHECK_FALSE(CHECK_OK(store.exists(object)));
  }
  CHECK(list_names(store, folder.path()).empty());
  const auto first = CHECK_OK(store.open_write(object, WriteMode::CreateExclusive));
  const auto second = CHECK_OK(store.open_write(object, WriteMode::CreateExclusive));
  CHECK_OK(first->write("fir"));
  CHECK_OK(first->write("st"));
  CHECK(first->size() == 5);
  CHECK_OK(second->write("second"));
  CHECK_OK(first->finish());
  CHECK_ERROR(second->finish(), ErrorCode::AlreadyExists, "exists");
  CHECK_ERROR(first->write("more"), ErrorCode::Internal, "after its end");
  CHECK_ERROR(first->finish(), ErrorCode::Internal, "twice");
  CHECK(CHECK_OK(store.read(object)) == "first");
}

TEST_CASE("of many exclusive writers one succeeds") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  LocalStore store(Durability::Fast);
  for (int round = 0; round < 20; ++round) {
    const auto object = folder.file("deep/" + std::to_string(round) + "/x");
    std::atomic<int> successes{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const auto result = store.write(object, std::to_string(i), WriteMode::CreateExclusive);
        if (result) {
          ++successes;
        } else if (result.error().code != ErrorCode::AlreadyExists) {
          successes += 100;
        }
      });
    }
    threads.clear();
    CHECK(successes == 1);
  }
  CHECK(list_names(store, folder.path()).size() == 20);
}

TEST_CASE("long names and links") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  LocalStore store(Durability::Fast);
  const auto object = folder.file(std::string(255, 'n'));
  CHECK_OK(store.write(object, "x", WriteMode::CreateExclusive));
  CHECK(CHECK_OK(store.read(object)) == "x");
  REQUIRE(::symlink(".", folder.file("cycle").c_str()) == 0);
  REQUIRE(::symlink("loop", folder.file("loop").c_str()) == 0);
  REQUIRE(::symlink("missing", folder.file("broken").c_str()) == 0);
  CHECK(list_names(store, folder.path()).size() == 1);
}

TEST_CASE("an error of the visitor stops the listing") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  LocalStore store(Durability::Fast);
  for (const auto* name : {"a", "b", "c"}) {
    CHECK_OK(store.write(folder.file(name), "", WriteMode::Replace));
  }
  int seen = 0;
  const auto result = store.list(folder.path(), [&](const ObjectInfo&) -> Result<void> {
    if (++seen == 2) return cancelled("enough");
    return {};
  });
  CHECK_ERROR(result, ErrorCode::Cancelled, "enough");
  CHECK(seen == 2);
}

TEST_CASE("faults hit the chosen operations") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  LocalStore inner(Durability::Fast);
  FakeClock clock(0, 0);
  FaultyStore store(inner, clock);
  const auto object = folder.file("a");
  store.add_fault({.first = 1});
  store.add_fault({.first = 3, .kind = FaultKind::LoseReply, .code = ErrorCode::UnknownOutcome});
  store.add_fault({.first = 4, .kind = FaultKind::Tear});
  store.add_fault({.first = 5, .kind = FaultKind::Delay, .delay_micros = 7});
  CHECK_OK(store.write(object, "0123", WriteMode::Replace));
  CHECK_ERROR(store.write(object, "x", WriteMode::Replace), ErrorCode::Unavailable, "fault");
  CHECK(CHECK_OK(store.read(object)) == "0123");
  CHECK_ERROR(store.write(object, "4567", WriteMode::Replace), ErrorCode::UnknownOutcome, "fault");
  CHECK(CHECK_OK(store.read(object)) == "45");
  CHECK(CHECK_OK(store.info(object)).size == 4);
  CHECK(clock.now_micros() == 7);
  CHECK(store.operation_count() == 6);
  CHECK(store.operations()[5].kind == OperationKind::Info);
  CHECK(store.operations()[5].location == object);

  store.clear_faults();
  store.clear_operations();
  store.add_fault({.first = 1, .kind = FaultKind::Tear});
  const auto stream = CHECK_OK(store.open_write(folder.file("b"), WriteMode::CreateExclusive));
  CHECK_ERROR(stream->write("abcd"), ErrorCode::Unavailable, "fault");
  CHECK(CHECK_OK(store.read(folder.file("b"))) == "ab");

  store.clear_faults();
  store.clear_operations();
  store.add_fault({.first = 2, .count = Fault::kForEver});
  const auto gone = CHECK_OK(store.open_write(folder.file("c"), WriteMode::CreateExclusive));
  CHECK_OK(gone->write("abcd"));
  CHECK_ERROR(gone->finish(), ErrorCode::Unavailable, "fault");
  CHECK_ERROR(store.remove(object), ErrorCode::Unavailable, "fault");
  CHECK_ERROR(store.list_all(folder.path()), ErrorCode::Unavailable, "fault");
  CHECK_FALSE(CHECK_OK(inner.exists(folder.file("c"))));
}

TEST_CASE("a hook lets another writer come first") {
  const auto folder = CHECK_OK(TemporaryFolder::make());
  LocalStore inner(Durability::Fast);
  FaultyStore store(inner);
  const auto object = folder.file("a");
  store.set_hook([&](const Operation& operation) {
    if (operation.kind == OperationKind::Write) {
      CHECK_OK(inner.write(object, "other", WriteMode::Replace));
    }
  });
  CHECK_ERROR(store.write(object, "mine", WriteMode::CreateExclusive), ErrorCode::AlreadyExists,
              "exists");
  CHECK(CHECK_OK(store.read(object)) == "other");
}
