// SPDX-License-Identifier: Apache-2.0
#include "postgres/connection.h"

#include <unistd.h>

#include <fstream>
#include <thread>

#include "base/bytes.h"
#include "base/temp_folder.h"
#include "base/testing.h"
#include "postgres/copy.h"
#include "postgres/quoting.h"
#include "postgres/testing.h"

namespace tarn::postgres {
namespace {

#define NEED_SERVER() \
  if (TestServer::url().empty()) return

Connection connect(ConnectionOptions options = {}) {
  if (options.target.empty()) options.target = TestServer::url();
  return CHECK_OK(Connection::connect(options));
}

std::string replace_user(const std::string& user) {
  return replace_all(TestServer::url(), "postgres@", user + "@");
}

TEST_CASE("queries take parameters and give texts or binary values") {
  NEED_SERVER();
  auto connection = connect({.application_name = "tarn-test", .settings = {{"TimeZone", "UTC"}}});
  CHECK(connection.server_version() >= 120000);
  CHECK(connection.description().starts_with("postgresql://postgres@127.0.0.1:"));
  CHECK(CHECK_OK(connection.query_value("SHOW application_name")) == "tarn-test");
  CHECK(CHECK_OK(connection.query_value("SHOW TimeZone")) == "UTC");

  const std::optional<std::string> parameters[] = {"it's; -- $1", std::nullopt, "41"};
  const auto rows =
      CHECK_OK(connection.query("SELECT $1::text AS a, $2::text, $3::int4 + 1 AS c", parameters));
  CHECK(rows.row_count() == 1);
  CHECK(rows.column_count() == 3);
  CHECK(rows.column_name(0) == "a");
  CHECK(rows.column_type(2) == 23);
  CHECK(rows.at(0, 0) == "it's; -- $1");
  CHECK(rows.is_null(0, 1));
  CHECK(!rows.optional_at(0, 1));
  CHECK(rows.at(0, 2) == "42");
  CHECK(rows.command_tag() == "SELECT 1");

  const auto binary = CHECK_OK(connection.query("SELECT 258::int4", {}, Format::Binary));
  CHECK(load_big_endian<std::int32_t>(binary.at(0, 0)) == 258);
  const std::optional<std::string> zero[] = {std::string("a\0b", 3)};
  CHECK_ERROR(connection.query("SELECT $1", zero), ErrorCode::InvalidInput, "zero byte");
  CHECK_ERROR(connection.query_value("SELECT 1 WHERE false"), ErrorCode::NotFound, "no row");
}

TEST_CASE("errors carry code and SQLSTATE, and the connection goes on") {
  NEED_SERVER();
  auto connection = connect();
  CHECK_ERROR(connection.query("SELECT * FROM missing"), ErrorCode::NotFound, "SQLSTATE 42P01");
  CHECK(connection.last_sqlstate() == "42P01");
  CHECK_ERROR(connection.query("SELEC"), ErrorCode::InvalidInput, "42601");
  CHECK_ERROR(connection.query("COPY (SELECT 1) TO STDOUT"), ErrorCode::InvalidInput, "COPY");
  CHECK_ERROR(connection.execute("SELECT 1; SELECT 1/0; SELECT 2"), ErrorCode::InvalidInput,
              "division by zero");
  CHECK(CHECK_OK(connection.query_value("SELECT 1")) == "1");
}

TEST_CASE("connecting fails with the reason and without the password") {
  NEED_SERVER();
  auto admin = connect();
  CHECK_OK(
      admin.execute("DROP ROLE IF EXISTS tarn_with_password; "
                    "CREATE ROLE tarn_with_password LOGIN PASSWORD 'open-sesame'"));
  const auto wrong = Connection::connect({.target = replace_user("tarn_with_password:not-this")});
  CHECK_ERROR(wrong, ErrorCode::Denied, "SQLSTATE 28P01");
  CHECK(describe(wrong.error()).find("not-this") == std::string::npos);
  CHECK_ERROR(Connection::connect({.target = replace_user("tarn_with_password")}),
              ErrorCode::Denied, "password");
  connect({.target = replace_user("tarn_with_password:open-sesame")});
  // Given beside the target, as text or in a file, it wins over the one inside.
  connect({.target = replace_user("tarn_with_password:not-this"), .password = "open-sesame"});
  TempFolder folder;
  std::ofstream(folder.file("password")) << "open-sesame\n";
  connect({.target = replace_user("tarn_with_password"), .password_file = folder.file("password")});
  CHECK_ERROR(Connection::connect({.target = replace_user("tarn_with_password"),
                                   .password_file = folder.file("none")}),
              ErrorCode::NotFound, "none");
  CHECK_OK(admin.execute("DROP ROLE tarn_with_password"));

  CHECK_ERROR(Connection::connect({.target = TestServer::url() + "_no_such"}), ErrorCode::NotFound,
              "SQLSTATE 3D000");
  CHECK_ERROR(Connection::connect({.target = replace_user("nobody")}), ErrorCode::Denied, "28000");
}

TEST_CASE("a target that leads nowhere or cannot be read") {
  CHECK_ERROR(Connection::connect({.target = "host=127.0.0.1 port=1 dbname=x"}),
              ErrorCode::Unavailable, "refused");
  const auto garbled = Connection::connect({.target = "host=a password=top secret-word"});
  CHECK_ERROR(garbled, ErrorCode::InvalidInput, "connection text");
  CHECK(describe(garbled.error()).find("secret-word") == std::string::npos);
  CHECK_ERROR(Connection::connect({.target = "postgresql://h/d?colour=red"}),
              ErrorCode::InvalidInput, "connection text");
}

TEST_CASE("transactions end as they are told") {
  NEED_SERVER();
  TestDatabase database;
  auto connection = connect({.target = database.url()});
  CHECK_OK(connection.execute("CREATE TABLE t (id int PRIMARY KEY)"));
  {
    auto transaction = CHECK_OK(Transaction::begin(connection));
    CHECK_OK(connection.execute("INSERT INTO t VALUES (1)"));
    CHECK(connection.in_transaction());
  }
  CHECK(!connection.in_transaction());
  CHECK(CHECK_OK(connection.query_value("SELECT count(*) FROM t")) == "0");
  auto kept = CHECK_OK(Transaction::begin(connection));
  CHECK(CHECK_OK(connection.query("INSERT INTO t VALUES (1), (2)")).affected_rows() == 2);
  CHECK_OK(kept.commit());
  CHECK(CHECK_OK(connection.query_value("SELECT count(*) FROM t")) == "2");

  auto failed = CHECK_OK(Transaction::begin(connection));
  CHECK_ERROR(connection.execute("INSERT INTO t VALUES (1)"), ErrorCode::AlreadyExists, "23505");
  CHECK_ERROR(failed.commit(), ErrorCode::Conflict, "nothing is committed");
  CHECK(!connection.in_transaction());
  auto reader = CHECK_OK(
      Transaction::begin(connection, {.isolation = Isolation::RepeatableRead, .read_only = true}));
  CHECK_ERROR(connection.execute("DELETE FROM t"), ErrorCode::Denied, "25006");
}

TEST_CASE("a deferred constraint fails the commit with certainty") {
  NEED_SERVER();
  TestDatabase database;
  auto connection = connect({.target = database.url()});
  CHECK_OK(connection.execute("CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"));
  auto transaction = CHECK_OK(Transaction::begin(connection));
  CHECK_OK(connection.execute("INSERT INTO t VALUES (1), (1)"));
  CHECK_ERROR(transaction.commit(), ErrorCode::AlreadyExists, "23505");
  CHECK(connection.is_alive());
}

TEST_CASE("a connection lost during COMMIT leaves the outcome unknown") {
  NEED_SERVER();
  TestDatabase database;
  auto connection = connect({.target = database.url()});
  auto other = connect({.target = database.url()});
  // The commit waits in a deferred trigger until its backend is terminated.
  CHECK_OK(connection.execute(
      "CREATE TABLE t (id int); CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER w AFTER "
      "INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()"));
  auto transaction = CHECK_OK(Transaction::begin(connection));
  CHECK_OK(connection.execute("INSERT INTO t VALUES (1)"));
  const std::optional<std::string> pid[] = {std::to_string(connection.backend_pid())};
  std::thread killer([&] {
    while (CHECK_OK(other.query_value("SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND "
                                      "wait_event = 'PgSleep'",
                                      pid)) != "1") {
    }
    CHECK_OK(other.query("SELECT pg_terminate_backend($1)", pid));
  });
  CHECK_ERROR(transaction.commit(), ErrorCode::UnknownOutcome, "COMMIT");
  killer.join();
  CHECK(!connection.is_alive());
  CHECK_ERROR(connection.query("SELECT 1"), ErrorCode::Unavailable, "connection");
}

TEST_CASE("a running statement is cancelled from another thread or by the flag") {
  NEED_SERVER();
  Cancel cancel;
  auto connection = connect({.cancel = &cancel});
  const auto canceller = connection.canceller();
  auto other = connect();
  const std::optional<std::string> pid[] = {std::to_string(connection.backend_pid())};
  const auto when_sleeping = [&](auto&& action) {
    while (CHECK_OK(other.query_value("SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND "
                                      "wait_event = 'PgSleep'",
                                      pid)) != "1") {
    }
    action();
  };
  std::thread first([&] { when_sleeping([&] { CHECK_OK(canceller.cancel()); }); });
  CHECK_ERROR(connection.query("SELECT pg_sleep(60)"), ErrorCode::Cancelled, "57014");
  first.join();
  std::thread second([&] { when_sleeping([&] { cancel.request(); }); });
  CHECK_ERROR(connection.query("SELECT pg_sleep(60)"), ErrorCode::Cancelled, "57014");
  second.join();
}

TEST_CASE("notices reach the caller") {
  NEED_SERVER();
  std::vector<Notice> notices;
  auto connection =
      connect({.on_notice = [&notices](const Notice& notice) { notices.push_back(notice); }});
  CHECK_OK(connection.execute("DO $$ BEGIN RAISE WARNING 'mind the gap'; END $$"));
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].severity == "WARNING");
  CHECK(notices[0].sqlstate == "01000");
  CHECK(notices[0].message == "mind the gap");
}

TEST_CASE("bulk data streams out and in") {
  NEED_SERVER();
  TestDatabase database;
  auto connection = connect({.target = database.url()});
  CHECK_OK(connection.execute("CREATE TABLE t (id int8, name text)"));
  {
    auto copy = CHECK_OK(CopyIn::start(connection, "COPY t FROM STDIN"));
    for (int i = 0; i < 10'000; ++i) CHECK_OK(copy.put(fmt::format("{}\tname {}\n", i, i)));
    CHECK(CHECK_OK(copy.finish()) == 10'000);
  }
  {
    auto copy = CHECK_OK(CopyOut::start(connection, "COPY t TO STDOUT (FORMAT binary)"));
    std::string all;
    std::size_t batches = 0;
    while (CHECK_OK(copy.read(all, 64 << 10))) ++batches;
    CHECK(all.starts_with("PGCOPY\n\377\r\n"));
    CHECK(all.ends_with(std::string(2, '\xff')));
    CHECK(batches > 2);
    CHECK(copy.row_count() == 10'000);
  }
  {
    auto copy = CHECK_OK(CopyOut::start(connection, "COPY (SELECT id FROM t LIMIT 2) TO STDOUT"));
    CHECK(CHECK_OK(copy.next()) == "0\n");
    CHECK(CHECK_OK(copy.next()) == "1\n");
    CHECK(!CHECK_OK(copy.next()));
    CHECK(!CHECK_OK(copy.next()));
  }
  // Ended early, wrong data, wrong statement: the connection goes on.
  static_cast<void>(CHECK_OK(CopyOut::start(connection, "COPY t TO STDOUT")).next());
  {
    auto copy = CHECK_OK(CopyIn::start(connection, "COPY t FROM STDIN"));
    CHECK_OK(copy.put("1\tlost\n"));
  }
  auto wrong = CHECK_OK(CopyIn::start(connection, "COPY t FROM STDIN"));
  CHECK_OK(wrong.put("x\ty\n"));
  CHECK_ERROR(wrong.finish(), ErrorCode::InvalidInput, "22P02");
  CHECK_ERROR(CopyOut::start(connection, "SELECT 1"), ErrorCode::InvalidInput, "COPY");
  CHECK_ERROR(CopyOut::start(connection, "COPY none TO STDOUT"), ErrorCode::NotFound, "42P01");
  CHECK_ERROR(CopyOut::start(connection, "COPY t FROM STDIN"), ErrorCode::InvalidInput, "COPY");
  auto late = CHECK_OK(
      CopyOut::start(connection, "COPY (SELECT 1 / (3 - id) FROM t ORDER BY id) TO STDOUT"));
  Result<std::optional<std::string_view>> piece;
  do {
    piece = late.next();
  } while (piece && *piece);
  CHECK_ERROR(piece, ErrorCode::InvalidInput, "division by zero");
  CHECK(CHECK_OK(connection.query_value("SELECT count(*) FROM t")) == "10000");
}

}  // namespace
}  // namespace tarn::postgres
