// SPDX-License-Identifier: Apache-2.0
#include "duckdb/s3_store.h"

#include "base/parallel.h"
#include "base/testing.h"
#include "duckdb/lake.h"
#include "duckdb/moto_server.h"
#include "duckdb/s3_answer.h"
#include "iceberg/memory_catalog.h"

namespace tarn::duckdb {
namespace {

using storage::WriteMode;

// No waiting between attempts.
class NoWaitClock final : public Clock {
 public:
  std::int64_t now_micros() override { return system_clock().now_micros(); }
  void sleep_micros(std::int64_t) override {}
};

struct S3Fixture {
  NoWaitClock clock;
  std::shared_ptr<MotoServer> server;  // one for all cases without an option
  std::unique_ptr<Instance> instance;
  std::unique_ptr<storage::Store> store;

  explicit S3Fixture(const std::string& option = "") {
    static const std::shared_ptr<MotoServer> shared = MotoServer::start(TARN_SOURCE_DIR);
    server = option.empty() ? shared : MotoServer::start(TARN_SOURCE_DIR, option);
    if (server == nullptr) return;
    instance = CHECK_OK(Instance::open({.memory_limit_bytes = 300'000'000, .threads = 2}));
    store = open(server->options());
  }
  std::unique_ptr<storage::Store> open(S3Options options) {
    return CHECK_OK(open_s3_store(*instance, std::move(options), clock));
  }
};

TEST_CASE("objects on S3 are written, read, listed and removed") {
  S3Fixture s3;
  if (s3.server == nullptr) return;
  auto& store = *s3.store;
  const std::string name = "s3://lake/t/a b/ts=2017-12-01 10:00+ä.txt";
  CHECK_OK(store.write(name, "0123456789", WriteMode::Replace));
  CHECK_OK(store.write("s3a://lake/t2/x", "", WriteMode::Replace));
  CHECK(CHECK_OK(store.read(name)) == "0123456789");
  CHECK(CHECK_OK(store.read("s3n://lake/t2/x")).empty());
  CHECK(CHECK_OK(store.read_range(name, 2, 3)) == "234");
  CHECK(CHECK_OK(store.read_range(name, 8, 30)) == "89");
  CHECK(CHECK_OK(store.read_range(name, 10, 30)).empty());
  const auto info = CHECK_OK(store.info(name));
  CHECK(info.size == 10);
  CHECK(std::abs(info.modified_micros - system_clock().now_micros()) < 3'600'000'000);

  CHECK_OK(store.write(name, "new", WriteMode::Replace));
  CHECK(CHECK_OK(store.read(name)) == "new");
  auto listed = CHECK_OK(store.list_all("s3://lake/t"));
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].location == name);
  CHECK(listed[0].size == 3);
  CHECK(listed[0].modified_micros > 1'700'000'000'000'000);
  CHECK(CHECK_OK(store.list_all("s3://lake")).size() >= 2);
  CHECK(CHECK_OK(store.list_all("s3://lake/none")).empty());

  CHECK_OK(store.remove(name));
  CHECK_OK(store.remove(name));
  CHECK_FALSE(CHECK_OK(store.exists(name)));
  CHECK_ERROR(store.read(name), ErrorCode::NotFound, "NoSuchKey");
}

TEST_CASE("listing goes over pages and removal over batches") {
  S3Fixture s3;
  if (s3.server == nullptr) return;
  std::vector<std::string> names;
  for (int i = 0; i < 1'050; ++i) names.push_back(fmt::format("s3://lake/many/{:04}&<>", i));
  CHECK_OK(parallel_for(names.size(), 4, [&](std::size_t i) {
    return s3.store->write(names[i], "", WriteMode::Replace);
  }));
  CHECK(CHECK_OK(s3.store->list_all("s3://lake/many")).size() == names.size());
  names.push_back("s3://lake/many/not there");
  CHECK_OK(s3.store->remove_many(names));
  CHECK(CHECK_OK(s3.store->list_all("s3://lake/many")).empty());
}

TEST_CASE("of several exclusive writers one wins") {
  S3Fixture s3;
  if (s3.server == nullptr) return;
  CHECK_OK(s3.store->write("s3://lake/v1.json", "first", WriteMode::CreateExclusive));
  CHECK_ERROR(s3.store->write("s3://lake/v1.json", "second", WriteMode::CreateExclusive),
              ErrorCode::AlreadyExists, "exists already");
  CHECK(CHECK_OK(s3.store->read("s3://lake/v1.json")) == "first");
}

TEST_CASE("large objects go up in parts and an abandoned one leaves nothing") {
  S3Fixture s3;
  if (s3.server == nullptr) return;
  auto options = s3.server->options();
  options.part_size = 5 << 20;
  auto store = s3.open(options);
  std::string data(11 << 20, 'x');
  for (std::size_t i = 0; i < data.size(); i += 1000) data[i] = static_cast<char>('a' + i % 26);
  {
    auto stream = CHECK_OK(store->open_write("s3://lake/big", WriteMode::Replace));
    CHECK_OK(stream->write(data));
  }
  CHECK_FALSE(CHECK_OK(store->exists("s3://lake/big")));
  CHECK_OK(store->write("s3://lake/big", data, WriteMode::Replace));
  CHECK(CHECK_OK(store->read("s3://lake/big")) == data);
  CHECK(CHECK_OK(store->read_range("s3://lake/big", 6 << 20, 100)) == data.substr(6 << 20, 100));
}

TEST_CASE("the engine reads and writes the same objects") {
  S3Fixture s3;
  if (s3.server == nullptr) return;
  auto connection = CHECK_OK(s3.instance->connect());
  CHECK_OK(connection.execute("COPY (SELECT range AS a FROM range(10)) TO 's3://lake/x.parquet'"));
  CHECK(CHECK_OK(connection.query("SELECT sum(a) FROM 's3://lake/x.parquet'")).single() == "45");
  CHECK(CHECK_OK(s3.store->read_range("s3://lake/x.parquet", 0, 4)) == "PAR1");
  CHECK_ERROR(connection.query("SELECT * FROM 's3://lake/y.parquet'"), ErrorCode::NotFound, "");
}

TEST_CASE("a lake on S3 is written, changed and read") {
  S3Fixture s3;
  if (s3.server == nullptr) return;
  std::shared_ptr<storage::Store> store = std::move(s3.store);
  auto catalog =
      std::make_shared<iceberg::MemoryCatalog>(*store, "s3://lake/wh", s3.clock, system_random());
  CHECK_OK(catalog->create_namespace({{"s"}}, {}));
  CHECK_OK(attach_lake(
      *s3.instance,
      {.name = "lake", .catalog = catalog, .store = store, .intents = nullptr, .summary = {}}));
  auto connection = CHECK_OK(s3.instance->connect());
  CHECK(CHECK_OK(connection.execute(
            "CREATE TABLE lake.s.t PARTITIONED BY (bucket(3, a)) AS SELECT range AS a, "
            "'v' || range AS b FROM range(3000)")) == 3000);
  CHECK(CHECK_OK(connection.execute("DELETE FROM lake.s.t WHERE a % 100 = 1")) == 30);
  CHECK(CHECK_OK(connection.execute("UPDATE lake.s.t SET b = 'w' WHERE a < 10")) == 9);
  CHECK(CHECK_OK(connection.query("SELECT count(*) FROM lake.s.t WHERE b = 'w'")).single() == "9");
  CHECK(CHECK_OK(connection.query("SELECT sum(a) FROM lake.s.t")).single() == "4454970");
  const auto before = CHECK_OK(store->list_all("s3://lake/wh")).size();
  auto failed = connection.query(
      "INSERT INTO lake.s.t SELECT CASE WHEN range < 400000 THEN range "
      "ELSE error('stop') END, 'x' FROM range(500000)");
  CHECK_ERROR(failed, ErrorCode::InvalidInput, "stop");
  CHECK(CHECK_OK(store->list_all("s3://lake/wh")).size() == before);
}

TEST_CASE("errors name the location and never a secret") {
  S3Fixture s3("--auth");
  if (s3.server == nullptr) return;
  CHECK_OK(s3.store->write("s3://lake/x", "1", WriteMode::Replace));
  CHECK_ERROR(s3.store->read("s3://nobucket/x"), ErrorCode::NotFound, "NoSuchBucket");
  CHECK_ERROR(s3.store->write("s3://nobucket/x", "1", WriteMode::Replace), ErrorCode::NotFound,
              "s3://nobucket/x");
  CHECK_ERROR(s3.store->list_all("s3://nobucket/x"), ErrorCode::NotFound, "");
  CHECK_ERROR(s3.store->read("/local/file"), ErrorCode::InvalidInput, "/local/file");

  auto options = s3.server->options();
  options.credentials.secret_key = "wrong-secret-value";
  auto wrong_secret = s3.open(options);
  options.credentials.access_key = "unknown-key";
  auto wrong_key = s3.open(options);
  for (storage::Store* store : {wrong_secret.get(), wrong_key.get()}) {
    for (const Error& error :
         {store->read("s3://lake/x").error(),
          store->write("s3://lake/x", "", WriteMode::Replace).error(),
          store->list_all("s3://lake/t").error(), store->remove("s3://lake/x").error()}) {
      CHECK_MESSAGE(error.code == ErrorCode::Denied, describe(error));
      CHECK(describe(error).find("wrong-secret-value") == std::string::npos);
    }
  }
  auto connection = CHECK_OK(s3.instance->connect());
  auto denied = connection.query("SELECT * FROM 's3://lake/x.parquet'");
  CHECK_ERROR(denied, ErrorCode::Denied, "");
  CHECK(describe(denied.error()).find("wrong-secret-value") == std::string::npos);
}

TEST_CASE("a server that dies is unavailable, and a write of unknown outcome says so") {
  S3Fixture s3("--die-after=2");
  if (s3.server == nullptr) return;
  CHECK_OK(s3.store->write("s3://lake/x", "1", WriteMode::Replace));
  auto options = s3.server->options();
  options.attempts = 1;
  auto store = s3.open(options);
  CHECK_ERROR(store->write("s3://lake/y", "1", WriteMode::Replace), ErrorCode::UnknownOutcome,
              "s3://lake/y");
  CHECK_ERROR(s3.store->read("s3://lake/x"), ErrorCode::Unavailable, "s3://lake/x");
}

TEST_CASE("answers of S3 are read and damaged ones refused") {
  const auto listing = CHECK_OK(parse_listing(
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b"
      "</NextContinuationToken><Contents><Key>t/a%26+b</Key><Size>12</Size>"
      "<LastModified>2024-02-29T01:02:03.000Z</LastModified></Contents></ListBucketResult>"));
  CHECK(listing.next_token == "a&b");
  REQUIRE(listing.objects.size() == 1);
  CHECK(listing.objects[0].location == "t/a& b");
  CHECK(listing.objects[0].modified_micros == 1'709'168'523'000'000);
  CHECK_ERROR(parse_listing("<Contents><Key>a</Key><Size>-1</Size></Contents>"), ErrorCode::Corrupt,
              "");
  CHECK_ERROR(parse_listing("<IsTruncated>true</IsTruncated>"), ErrorCode::Corrupt, "cut off");
  CHECK(CHECK_OK(parse_listing("<Contents><Key>")).objects.empty());
}

}  // namespace
}  // namespace tarn::duckdb
