// SPDX-License-Identifier: Apache-2.0
#include "sqlite/database.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/temp_folder.h"
#include "base/testing.h"

namespace tarn::sqlite {
namespace {

Database open_with_table(const std::string& path) {
  auto database = CHECK_OK(Database::open(path, {.busy_timeout_ms = 1}));
  CHECK_OK(database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"));
  return database;
}

std::int64_t count_rows(Database& database) {
  auto statement = CHECK_OK(database.prepare("SELECT count(*) FROM t"));
  CHECK(CHECK_OK(statement.step()));
  return statement.int_at(0);
}

TEST_CASE("values of each type come back") {
  auto database = CHECK_OK(Database::open(":memory:"));
  CHECK_OK(database.execute("CREATE TABLE v (i, d, t, b, n, e)"));
  const std::string bytes("\x00\xff\x00", 3);
  {
    auto insert = CHECK_OK(database.prepare("INSERT INTO v VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
    CHECK_OK(insert.bind_int(1, INT64_MIN));
    CHECK_OK(insert.bind_double(2, 0.1));
    CHECK_OK(insert.bind_text(3, "héllo"));
    CHECK_OK(insert.bind_blob(4, bytes));
    CHECK_OK(insert.bind_null(5));
    CHECK_OK(insert.bind_text(6, std::string_view()));
    CHECK_OK(insert.run());
    CHECK(database.changes() == 1);
  }
  auto select = CHECK_OK(database.prepare("SELECT * FROM v"));
  REQUIRE(CHECK_OK(select.step()));
  CHECK(select.column_count() == 6);
  CHECK(select.int_at(0) == INT64_MIN);
  CHECK(select.double_at(1) == 0.1);
  CHECK(select.text_at(2) == "héllo");
  CHECK(select.text_at(3) == bytes);
  CHECK(select.is_null(4));
  CHECK(!select.optional_text_at(4));
  CHECK(select.optional_text_at(5) == "");
  CHECK(!CHECK_OK(select.step()));
}

TEST_CASE("statements are reused, also while one of the same text is running") {
  TempFolder folder;
  auto database = open_with_table(folder.file("a.db"));
  for (int i = 0; i < 3; ++i) {
    CHECK_OK(database.run("INSERT INTO t (id, name) VALUES (?1, ?2)", i, "x"));
  }
  auto outer = CHECK_OK(database.prepare("SELECT id FROM t ORDER BY id"));
  CHECK(CHECK_OK(outer.step()));
  {
    auto inner = CHECK_OK(database.prepare("SELECT id FROM t ORDER BY id"));
    CHECK(CHECK_OK(inner.step()));
    CHECK(inner.int_at(0) == 0);
  }
  CHECK(CHECK_OK(outer.step()));
  CHECK(outer.int_at(0) == 1);
  CHECK(outer.parameter_index("$1") == 0);
  CHECK(CHECK_OK(database.prepare("SELECT $1")).parameter_index("$1") == 1);
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  TempFolder folder;
  auto database = open_with_table(folder.file("a.db"));
  {
    auto transaction = CHECK_OK(Transaction::begin(database));
    CHECK_OK(database.run("INSERT INTO t VALUES (?1, ?2)", 1, "lost"));
    CHECK(database.in_transaction());
  }
  CHECK(!database.in_transaction());
  CHECK(count_rows(database) == 0);
  auto transaction = CHECK_OK(Transaction::begin(database));
  CHECK_OK(database.run("INSERT INTO t VALUES (?1, ?2)", 1, "kept"));
  CHECK_OK(transaction.commit());
  CHECK(count_rows(database) == 1);
}

TEST_CASE("a second writer is told to come back later") {
  TempFolder folder;
  auto first = open_with_table(folder.file("a.db"));
  auto second = CHECK_OK(Database::open(folder.file("a.db"), {.busy_timeout_ms = 1}));
  auto transaction = CHECK_OK(Transaction::begin(first));
  CHECK_ERROR(Transaction::begin(second), ErrorCode::Unavailable, "locked");
  CHECK(count_rows(second) == 0);  // readers go on
  CHECK_OK(transaction.rollback());
  CHECK_OK(CHECK_OK(Transaction::begin(second)).commit());
}

TEST_CASE("a stale reader that starts to write is a conflict") {
  TempFolder folder;
  auto first = open_with_table(folder.file("a.db"));
  auto second = CHECK_OK(Database::open(folder.file("a.db"), {.busy_timeout_ms = 1}));
  CHECK_OK(first.run("BEGIN"));
  CHECK(count_rows(first) == 0);
  CHECK_OK(second.run("INSERT INTO t VALUES (1, 'x')"));
  CHECK_ERROR(first.run("INSERT INTO t VALUES (2, 'y')"), ErrorCode::Conflict, "locked");
  CHECK_OK(first.run("ROLLBACK"));
}

TEST_CASE("errors say what the caller can do") {
  TempFolder folder;
  auto database = open_with_table(folder.file("a.db"));
  CHECK_OK(database.run("INSERT INTO t VALUES (1, 'x')"));
  CHECK_ERROR(database.run("INSERT INTO t VALUES (1, 'x')"), ErrorCode::AlreadyExists, "t.id");
  CHECK_ERROR(database.run("INSERT INTO t VALUES (2, NULL)"), ErrorCode::InvalidInput, "t.name");
  CHECK_ERROR(database.run("SELECT * FROM missing"), ErrorCode::NotFound, "missing");
  CHECK_ERROR(database.run("SELEC 1"), ErrorCode::Internal, "syntax");
  CHECK_ERROR(database.run("SELECT 1", 2), ErrorCode::Internal, "range");

  CHECK_ERROR(Database::open(folder.file("no/such/folder.db")), ErrorCode::NotFound, "no/such");
  CHECK_ERROR(Database::open(folder.file("none.db"), {.mode = OpenMode::ReadWrite}),
              ErrorCode::NotFound, "none.db");
  std::ofstream(folder.file("text.db")) << std::string(5000, 'x');
  CHECK_ERROR(Database::open(folder.file("text.db")), ErrorCode::Corrupt, "text.db");

  auto reader = CHECK_OK(Database::open(folder.file("a.db"), {.mode = OpenMode::ReadOnly}));
  CHECK_ERROR(reader.run("DELETE FROM t"), ErrorCode::Denied, "readonly");
  CHECK(count_rows(reader) == 1);
  if (::geteuid() != 0) {
    ::chmod(folder.file("a.db").c_str(), 0);
    CHECK_ERROR(Database::open(folder.file("a.db")), ErrorCode::Denied, "a.db");
  }
}

TEST_CASE("a database with a log, in a folder where nothing may be made") {
  constexpr uid_t kNobody = 65534;
  if (::geteuid() != 0) return;
  TempFolder folder;
  const std::string path = folder.file("a?%23.db");
  {
    auto database = open_with_table(path);
    CHECK_OK(database.run("INSERT INTO t (id, name) VALUES (1, 'x')"));
  }
  REQUIRE(::chmod(path.substr(0, path.rfind('/')).c_str(), 0755) == 0);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  REQUIRE(::seteuid(kNobody) == 0);
  {
    auto reader = CHECK_OK(Database::open(path, {.mode = OpenMode::ReadWrite}));
    CHECK(CHECK_OK(reader.has_table("t")));
    CHECK(count_rows(reader) == 1);
    CHECK_ERROR(reader.run("DELETE FROM t"), ErrorCode::Denied, "readonly");
  }
  REQUIRE(::seteuid(0) == 0);
}

TEST_CASE("tables and columns are found in any letter case") {
  TempFolder folder;
  auto database = open_with_table(folder.file("a.db"));
  CHECK(CHECK_OK(database.has_table("T")));
  CHECK(!CHECK_OK(database.has_table("u")));
  CHECK(CHECK_OK(database.has_column("t", "NAME")));
  CHECK(!CHECK_OK(database.has_column("t", "other")));
}

}  // namespace
}  // namespace tarn::sqlite
