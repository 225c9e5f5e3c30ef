// SPDX-License-Identifier: Apache-2.0
// The Trino client against a real server: the one that $TARN_TEST_TRINO (a file of trino.py) names.
// Exit code 77: there is none.
#define DOCTEST_CONFIG_IMPLEMENT
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "base/file.h"
#include "base/json.h"
#include "base/testing.h"
#include "trino/client.h"
#include "types/error_name.h"
#include "types/value_text.h"

namespace tarn::trino {
namespace {

std::string server_uri;

ClientOptions options_with(const std::string& encodings) {
  ClientOptions options;
  options.server = server_uri;
  options.user = "live";
  options.encodings = encodings;
  return options;
}

const char* const kEncodings[] = {"", "json", "json+zstd", "json+lz4"};

struct Outcome {
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::string update_type;
  std::optional<std::int64_t> update_count;
};

Result<Outcome> run(Client& client, Session& session, std::string_view sql) {
  auto statement = TRY(client.start(sql, session));
  Outcome outcome;
  while (true) {
    auto rows = TRY(statement->next());
    if (rows.empty()) break;
    for (auto& row : rows) outcome.rows.push_back(std::move(row));
  }
  outcome.columns = statement->columns();
  outcome.update_type = statement->update_type();
  outcome.update_count = statement->update_count();
  return outcome;
}

std::int64_t one_int(Client& client, Session& session, std::string_view sql) {
  const auto outcome = CHECK_OK(run(client, session, sql));
  return outcome.rows.at(0).at(0).as_int();
}

TEST_CASE("values come back as the literals that they were") {
  const char* const literals[] = {
      "true",
      "TINYINT '-128'",
      "SMALLINT '32767'",
      "INTEGER '-1'",
      "BIGINT '-9223372036854775808'",
      "REAL '3.4028235E38'",
      "DOUBLE '0.1'",
      "DOUBLE '4.9E-324'",
      "DOUBLE '-Infinity'",
      "CAST(DECIMAL '-0.0010000000000000000000000000000000000' AS decimal(38, 37))",
      "CAST('q''ü😀' AS varchar(10))",
      "CAST('ab' AS char(5))",
      "X'00FF'",
      "DATE '-0100-03-01'",
      "DATE '+12345-12-31'",
      "TIME '23:59:59.999999999999'",
      "TIME '12:00:00-08:00'",
      "TIMESTAMP '9999-12-31 23:59:59.999999999999'",
      "TIMESTAMP '-1000-01-01 00:00:00'",
      "TIMESTAMP '2024-10-27 02:30:00.123456 Europe/Paris'",
      "TIMESTAMP '2024-01-01 00:00:00.000 UTC'",
      "INTERVAL -'12 10:45:00.003' DAY TO SECOND",
      "INTERVAL '100-11' YEAR TO MONTH",
      "UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'",
      "IPADDRESS '2001:db8::1'",
  };
  for (const char* encodings : kEncodings) {
    CAPTURE(encodings);
    auto client = CHECK_OK(Client::make(options_with(encodings)));
    Session session;
    std::string sql = "SELECT";
    for (const char* literal : literals)
      sql += (sql.size() > 6 ? ", " : " ") + std::string(literal);
    const auto outcome = CHECK_OK(run(*client, session, sql));
    REQUIRE(outcome.rows.size() == 1);
    for (std::size_t i = 0; i < std::size(literals); ++i) {
      CHECK(CHECK_OK(types::to_sql_literal(outcome.columns[i].type, outcome.rows[0][i])) ==
            literals[i]);
    }
  }
}

TEST_CASE("large results are whole in every encoding") {
  for (const char* encodings : kEncodings) {
    CAPTURE(encodings);
    auto client = CHECK_OK(Client::make(options_with(encodings)));
    Session session;
    const auto outcome = CHECK_OK(run(*client, session,
                                      "SELECT n, to_hex(sha512(to_utf8(CAST(n AS varchar)))) FROM "
                                      "TABLE(sequence(1, 150000)) AS t(n)"));
    std::int64_t sum = 0;
    std::size_t bytes = 0;
    for (const auto& row : outcome.rows) {
      sum += row[0].as_int();
      bytes += row[1].as_text().size();
    }
    CHECK(outcome.rows.size() == 150'000);
    CHECK(sum == 150'000LL * 150'001 / 2);
    CHECK(bytes == 150'000 * 128);
  }
}

TEST_CASE("the session lives in the client") {
  auto client = CHECK_OK(Client::make(options_with("json")));
  Session session;
  session.catalog = "memory";
  session.schema = "default";
  session.time_zone = "Asia/Tokyo";
  session.client_tags = {"a", "b"};
  CHECK(CHECK_OK(run(*client, session, "SELECT current_timezone()")).rows[0][0].as_text() ==
        "Asia/Tokyo");
  CHECK_OK(run(*client, session, "SET TIME ZONE 'Europe/Rome'"));
  CHECK(CHECK_OK(run(*client, session, "SELECT current_timezone()")).rows[0][0].as_text() ==
        "Europe/Rome");
  CHECK_OK(run(*client, session, "SET SESSION query_max_run_time = '7m'"));
  const auto shown = CHECK_OK(run(*client, session, "SHOW SESSION LIKE 'query_max_run_time'"));
  CHECK(shown.rows[0][1].as_text() == "7m");
  CHECK_OK(run(*client, session, "RESET SESSION query_max_run_time"));
  CHECK(!session.properties.contains("query_max_run_time"));
  CHECK_OK(run(*client, session, "PREPARE \"a b\" FROM SELECT ? + 1"));
  CHECK(one_int(*client, session, "EXECUTE \"a b\" USING 41") == 42);
  CHECK_OK(run(*client, session, "DEALLOCATE PREPARE \"a b\""));
  CHECK_ERROR(run(*client, session, "EXECUTE \"a b\" USING 41"), ErrorCode::NotFound, "NOT_FOUND");
  CHECK_OK(run(*client, session, "USE tpch.tiny"));
  CHECK(one_int(*client, session, "SELECT count(*) FROM nation") == 25);
  CHECK_OK(run(*client, session, "SET PATH tpch.x"));
  CHECK(session.path.has_value());
  CHECK_ERROR(run(*client, session, "SET SESSION AUTHORIZATION bob"), ErrorCode::Denied,
              "PERMISSION_DENIED");
  CHECK(CHECK_OK(run(*client, session, "SELECT current_user")).rows[0][0].as_text() == "live");
}

TEST_CASE("transactions") {
  auto client = CHECK_OK(Client::make(options_with("")));
  Session session;
  CHECK_OK(run(*client, session, "START TRANSACTION READ ONLY"));
  REQUIRE(session.transaction_id.has_value());
  CHECK(one_int(*client, session, "SELECT count(*) FROM tpch.tiny.region") == 5);
  CHECK_OK(run(*client, session, "COMMIT"));
  CHECK(!session.transaction_id);
  CHECK_ERROR(run(*client, session, "COMMIT"), ErrorCode::InvalidInput, "NOT_IN_TRANSACTION");
}

TEST_CASE("changes say what they did") {
  auto client = CHECK_OK(Client::make(options_with("json+zstd, json")));
  Session session;
  session.catalog = "memory";
  session.schema = "live";
  CHECK_OK(run(*client, session, "CREATE SCHEMA IF NOT EXISTS memory.live"));
  CHECK_OK(run(*client, session, "DROP TABLE IF EXISTS t"));
  const auto created = CHECK_OK(run(*client, session, "CREATE TABLE t (a bigint)"));
  CHECK(created.update_type == "CREATE TABLE");
  const auto inserted = CHECK_OK(run(*client, session, "INSERT INTO t VALUES 1, 2, 3"));
  CHECK(inserted.update_type == "INSERT");
  CHECK(inserted.update_count == 3);
  CHECK(one_int(*client, session, "SELECT sum(a) FROM t") == 6);
  CHECK_OK(run(*client, session, "DROP TABLE t"));
}

TEST_CASE("errors have the server's name and the place") {
  auto client = CHECK_OK(Client::make(options_with("json")));
  Session session;
  const struct {
    const char* sql;
    const char* name;
    ErrorCode code;
    std::uint32_t line;
    std::uint32_t column;
  } rows[] = {
      {"SELECT\n  'ü', nope FROM tpch.tiny.nation", "COLUMN_NOT_FOUND", ErrorCode::NotFound, 2, 8},
      {"SELECT 1 FROM tpch.tiny.nope", "TABLE_NOT_FOUND", ErrorCode::NotFound, 1, 15},
      {"SELECT FROM", "SYNTAX_ERROR", ErrorCode::InvalidInput, 1, 8},
      {"SELECT 1 / (nationkey - 3) FROM tpch.tiny.nation", "DIVISION_BY_ZERO",
       ErrorCode::InvalidInput, 0, 0},
      {"CREATE SCHEMA tpch.x", "NOT_SUPPORTED", ErrorCode::Unsupported, 0, 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.sql);
    const auto outcome = run(*client, session, row.sql);
    REQUIRE(!outcome);
    CHECK(outcome.error().code == row.code);
    CHECK(types::split_error(outcome.error()).name == row.name);
    CHECK(outcome.error().where.has_value() == (row.line > 0));
    if (row.line > 0) {
      CHECK(outcome.error().where->line == row.line);
      CHECK(outcome.error().where->column == row.column);
    }
  }
}

// The state of a query, as another client sees it.
std::string state_of(const std::string& query_id) {
  auto client = CHECK_OK(Client::make(options_with("")));
  Session session;
  const auto outcome = CHECK_OK(run(*client, session,
                                    "SELECT state || coalesce(' ' || error_code, '') FROM "
                                    "system.runtime.queries WHERE query_id = '" +
                                        query_id + "'"));
  return outcome.rows.empty() ? "" : outcome.rows[0][0].as_text();
}

const char* const kEndless =
    "SELECT count(*) FROM tpch.sf100000.lineitem l WHERE l.comment LIKE '%x%y%z%never%'";

TEST_CASE("a statement ends on the server when the client gives up") {
  auto client = CHECK_OK(Client::make(options_with("json")));
  Session session;
  {
    Cancel cancel;
    auto statement = CHECK_OK(client->start(kEndless, session, &cancel));
    const auto id = statement->query_id();
    std::thread other([&cancel] {
      ::usleep(700'000);
      cancel.request();
    });
    CHECK_ERROR(statement->next(), ErrorCode::Cancelled, "USER_CANCELED");
    other.join();
    CHECK(state_of(id) == "FAILED USER_CANCELED");
  }
  {
    auto statement = CHECK_OK(client->start("SELECT * FROM tpch.sf100.lineitem", session));
    const auto id = statement->query_id();
    CHECK(!CHECK_OK(statement->next()).empty());
    statement.reset();
    CHECK(state_of(id).starts_with("FAILED"));
  }
  {
    auto options = options_with("");
    options.statement_timeout_ms = 1'000;
    auto hasty = CHECK_OK(Client::make(options));
    auto statement = CHECK_OK(hasty->start(kEndless, session));
    const auto id = statement->query_id();
    CHECK_ERROR(statement->next(), ErrorCode::TimedOut, "EXCEEDED_TIME_LIMIT");
    CHECK(state_of(id) == "FAILED USER_CANCELED");
  }
}

TEST_CASE("a password over http is refused, here or there") {
  auto options = options_with("");
  options.password = "hush";
  auto client = CHECK_OK(Client::make(options));
  Session session;
  const auto outcome = run(*client, session, "SELECT 1");
  CHECK_ERROR(outcome, ErrorCode::Denied, "Password not allowed for insecure authentication");
  CHECK(describe(outcome.error()).find("hush") == std::string::npos);
}

}  // namespace
}  // namespace tarn::trino

int main(int argc, char** argv) {
  const char* state = std::getenv("TARN_TEST_TRINO");
  const auto text = tarn::read_file(state == nullptr ? "" : state);
  if (!text) {
    std::puts("SKIPPED: no real Trino runs (TARN_TEST_TRINO)");
    return std::getenv("TARN_REQUIRE_TRINO") == nullptr ? 77 : 1;
  }
  tarn::trino::server_uri = tarn::parse_json(*text)->at("uri").as_string().c_str();
  return doctest::Context(argc, argv).run();
}
