// SPDX-License-Identifier: Apache-2.0
#include "trino/client.h"

#include <cmath>

#include "base/bytes.h"
#include "base/compression.h"
#include "base/testing.h"
#include "trino/testing.h"
#include "types/error_name.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::trino {
namespace {

ClientOptions options_for(const std::string& url) {
  static FakeClock clock;
  ClientOptions options;
  options.server = url;
  options.user = "anna";
  options.clock = &clock;
  return options;
}

struct Outcome {
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::string update_type;
  std::optional<std::int64_t> update_count;
};

Result<Outcome> run(Client& client, std::string_view sql, Session& session,
                    const Cancel* cancel = nullptr) {
  auto statement = TRY(client.start(sql, session, cancel));
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

Result<Outcome> run(const std::string& url, std::string_view sql = "SELECT 1") {
  auto client = TRY(Client::make(options_for(url)));
  Session session;
  return run(*client, sql, session);
}

// A page; `rest` are more members of the object.
std::string page(const std::string& rest, const std::string& next = "") {
  const auto uri = next.empty() ? "" : R"("nextUri":"http://SERVER)" + next + R"(",)";
  return R"({"id":"q1","infoUri":"http://SERVER/ui",)" + uri + rest +
         R"("stats":{"state":"RUNNING"},"warnings":[]})";
}
std::string json_page(const std::string& rest, const std::string& next = "") {
  return json_answer(page(rest, next));
}

const std::string kColumns = R"("columns":[{"name":"a","type":"bigint"}],)";

std::string rows_page(const std::string& rows, const std::string& next = "") {
  return json_page(kColumns + R"("data":)" + rows + ",", next);
}

std::vector<std::int64_t> numbers(const Outcome& outcome) {
  std::vector<std::int64_t> numbers;
  for (const auto& row : outcome.rows) numbers.push_back(row.at(0).as_int());
  return numbers;
}

TEST_CASE("every type as a real server sends it, direct and compressed") {
  const struct {
    const char* name;
    const char* type;
    const char* text;  // as CAST to varchar or as a literal; "": checked below
  } expected[] = {
      {"b", "boolean", "true"},
      {"ti", "tinyint", "TINYINT '-128'"},
      {"si", "smallint", "SMALLINT '7'"},
      {"i", "integer", "INTEGER '-2147483648'"},
      {"bi", "bigint", "BIGINT '9223372036854775807'"},
      {"r", "real", "REAL '1.5'"},
      {"d", "double", "DOUBLE '1.0E300'"},
      {"n", "double", "DOUBLE 'NaN'"},
      {"inf", "double", "DOUBLE '-Infinity'"},
      {"dec", "decimal(5,2)", "CAST(DECIMAL '-123.45' AS decimal(5, 2))"},
      {"dec38", "decimal(38,0)",
       "CAST(DECIMAL '12345678901234567890123456789012345678' AS decimal(38, 0))"},
      {"v", "varchar(4)", "CAST('grün' AS varchar(4))"},
      {"v5", "varchar(5)", "CAST('ab' AS varchar(5))"},
      {"c", "char(4)", "CAST('ab' AS char(4))"},
      {"bin", "varbinary", "X'00FF'"},
      {"dt", "date", "DATE '0001-01-01'"},
      {"t", "time(3)", "TIME '12:34:56.789'"},
      {"tz", "time(6) with time zone", "TIME '01:02:03.123456+05:30'"},
      {"ts", "timestamp(12)", "TIMESTAMP '2024-02-29 23:59:59.123456789012'"},
      {"tsz", "timestamp(3) with time zone", "TIMESTAMP '2024-02-29 12:00:00.123 Europe/Paris'"},
      {"ids", "interval day to second", "INTERVAL -'3 00:00:00.000' DAY TO SECOND"},
      {"iym", "interval year to month", "INTERVAL '1-2' YEAR TO MONTH"},
      {"js", "json", "JSON '{\"a\":[1,null]}'"},
      {"u", "uuid", "UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'"},
      {"ip", "ipaddress", "IPADDRESS '10.0.0.1'"},
      {"a", "array(integer)", "ARRAY[INTEGER '1', CAST(NULL AS integer), INTEGER '3']"},
      {"m", "map(varchar(1), integer)", ""},
      {"md", "map(date, array(boolean))", ""},
      {"rw", "row(a bigint, B c varchar, d double)", ""},
      {"anon", "row(integer, double)", ""},
      {"nothing", "unknown", ""},
  };
  for (const char* file : {"types", "types_zstd", "types_lz4"}) {
    CAPTURE(file);
    Playback server(recorded(TARN_SOURCE_DIR, file));
    const auto outcome = CHECK_OK(run(server.url()));
    REQUIRE(outcome.rows.size() == 1);
    REQUIRE(outcome.columns.size() == std::size(expected));
    for (std::size_t i = 0; i < std::size(expected); ++i) {
      const auto& column = outcome.columns[i];
      const auto& value = outcome.rows[0][i];
      CAPTURE(column.name);
      CHECK(column.name == expected[i].name);
      CHECK(equals_ignore_case(replace_all(types::to_string(column.type), "\"", ""),
                               expected[i].type));
      const std::string text = expected[i].text;
      if (text.empty()) continue;
      CHECK(CHECK_OK(types::to_sql_literal(column.type, value)) == text);
    }
    const auto& row = outcome.rows[0];
    CHECK(row[26] == types::Value(std::vector<types::Value>{
                         {std::string("x")}, {1}, {std::string("y")}, types::Value()}));
    CHECK(row[27].as_list().at(1) == types::Value(std::vector<types::Value>{true}));
    CHECK(row[28] ==
          types::Value(std::vector<types::Value>{{1}, {std::string("two")}, types::Value()}));
    CHECK(row[30].is_null());
  }
}

TEST_CASE("recorded statements: results in many segments, updates, none at all") {
  for (const char* file : {"customers_zstd", "customers_lz4"}) {
    Playback server(recorded(TARN_SOURCE_DIR, file));
    const auto outcome = CHECK_OK(run(server.url()));
    REQUIRE(outcome.rows.size() == 1000);
    std::int64_t sum = 0;
    for (const auto& row : outcome.rows) {
      sum += row[0].as_int();
      CHECK(row[1].as_text().ends_with(std::to_string(row[0].as_int())));
    }
    CHECK(sum == 500'500);
  }
  {
    Playback server(recorded(TARN_SOURCE_DIR, "no_rows"));
    const auto outcome = CHECK_OK(run(server.url()));
    CHECK(outcome.rows.empty());
    REQUIRE(outcome.columns.size() == 1);
    CHECK(outcome.columns[0].name == "one");
  }
  {
    Playback server(recorded(TARN_SOURCE_DIR, "update"));
    const auto outcome = CHECK_OK(run(server.url()));
    CHECK(outcome.update_type == "CREATE TABLE");
    CHECK(outcome.update_count == 2);
    CHECK(numbers(outcome) == std::vector<std::int64_t>{2});
  }
  {
    Playback server(recorded(TARN_SOURCE_DIR, "drop"));
    const auto outcome = CHECK_OK(run(server.url()));
    CHECK(outcome.update_type == "DROP TABLE");
    CHECK(!outcome.update_count);
  }
}

TEST_CASE("recorded statements change the session") {
  const auto session_after = [](const char* file) {
    Playback server(recorded(TARN_SOURCE_DIR, file));
    auto client = CHECK_OK(Client::make(options_for(server.url())));
    Session session;
    CHECK_OK(run(*client, "x", session));
    return session;
  };
  CHECK(session_after("set_session").properties.at("lake.minimum_assigned_split_weight") == "0.1");
  CHECK(session_after("prepare").prepared.at("my q") == "SELECT (? + 1)\n\n");
  CHECK(session_after("use").catalog == "tpch");
  CHECK(session_after("use").schema == "tiny");
  CHECK(session_after("start").transaction_id->size() == 36);
}

TEST_CASE("failed statements have Trino's name, the place and the query") {
  {
    Playback server(recorded(TARN_SOURCE_DIR, "missing_table"));
    const std::string sql = "SELECT *\nFROM lake.\"nö\".missing m";
    const auto outcome = run(server.url(), sql);
    CHECK_ERROR(outcome, ErrorCode::NotFound, "SCHEMA_NOT_FOUND: Schema 'nö' does not exist");
    CHECK_ERROR(outcome, ErrorCode::NotFound, "(query 2");
    REQUIRE(outcome.error().where.has_value());
    CHECK(outcome.error().where->line == 2);
    CHECK(outcome.error().where->column == 6);
    CHECK(sql.substr(outcome.error().where->offset, outcome.error().where->length) == "lake");
  }
  Playback server(recorded(TARN_SOURCE_DIR, "division"));
  const auto outcome = run(server.url());
  CHECK_ERROR(outcome, ErrorCode::InvalidInput, "DIVISION_BY_ZERO: Division by zero");
  CHECK(!outcome.error().where);
  const struct {
    const char* name;
    const char* type;
    ErrorCode code;
  } rows[] = {
      {"TABLE_NOT_FOUND", "USER_ERROR", ErrorCode::NotFound},
      {"TABLE_ALREADY_EXISTS", "USER_ERROR", ErrorCode::AlreadyExists},
      {"NOT_SUPPORTED", "USER_ERROR", ErrorCode::Unsupported},
      {"PERMISSION_DENIED", "USER_ERROR", ErrorCode::Denied},
      {"USER_CANCELED", "USER_ERROR", ErrorCode::Cancelled},
      {"EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES", ErrorCode::TimedOut},
      {"EXCEEDED_LOCAL_MEMORY_LIMIT", "INSUFFICIENT_RESOURCES", ErrorCode::Unavailable},
      {"ICEBERG_COMMIT_ERROR", "EXTERNAL", ErrorCode::Conflict},
      {"TRANSACTION_CONFLICT", "USER_ERROR", ErrorCode::Conflict},
      {"GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR", ErrorCode::Unavailable},
  };
  for (const auto& row : rows) {
    const auto error =
        make_error({"oh: jdbc:x://u:hush@h", row.name, row.type, 7, 1}, "SELECT", "");
    CHECK(error.code == row.code);
    CHECK(types::split_error(error).name == row.name);
    CHECK(error.message.find("hush") == std::string::npos);
    CHECK(!error.where);
  }
}

TEST_CASE("pages are fetched to the end, whatever is in between") {
  Playback server({json_page("", "/1"), rows_page("[[1],[2]]", "/2"), rows_page("[]", "/3"),
                   http::plain_answer("503 Service Unavailable", "busy"),
                   http::plain_answer("502 Bad Gateway", "x"),
                   http::plain_answer("504 Gateway Timeout", "x"),
                   http::plain_answer("429 Too Many Requests", "", "Retry-After: 1\r\n"),
                   "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\":\"cut off",
                   json_page(R"("data":[[3]],)", "/4"), json_page("", "/5"), json_page("")});
  CHECK(numbers(CHECK_OK(run(server.url()))) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(server.request_lines() == std::vector<std::string>{"POST /v1/statement", "GET /1", "GET /2",
                                                           "GET /3", "GET /3", "GET /3", "GET /3",
                                                           "GET /3", "GET /3", "GET /4", "GET /5"});
}

TEST_CASE("a statement is not posted twice unless the server refused it") {
  {
    Playback server({http::plain_answer("503 Service Unavailable", ""), rows_page("[[1]]")});
    CHECK(numbers(CHECK_OK(run(server.url()))).size() == 1);
    CHECK(server.requests().size() == 2);
  }
  for (const auto& answer : {http::plain_answer("502 Bad Gateway", ""), std::string()}) {
    Playback server({answer, rows_page("[[1]]")});
    CHECK_ERROR(run(server.url()), ErrorCode::Unavailable, "");
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("a lost answer leaves the outcome of a change unknown") {
  const struct {
    const char* sql;
    ErrorCode code;
  } rows[] = {
      {"INSERT INTO t VALUES 1", ErrorCode::UnknownOutcome},
      {"-- SELECT\nDELETE FROM t", ErrorCode::UnknownOutcome},
      {"/* SELECT */ MERGE INTO t", ErrorCode::UnknownOutcome},
      {"-- nothing", ErrorCode::UnknownOutcome},
      {" ((SELECT 1))", ErrorCode::Unavailable},
      {"-- x\n/* y */ with a as (values 1) table a", ErrorCode::Unavailable},
      {"SELECT*FROM t", ErrorCode::Unavailable},
  };
  for (const auto& row : rows) {
    CAPTURE(row.sql);
    Playback server({json_page("", "/1")});
    const auto outcome = run(server.url(), row.sql);
    CHECK_ERROR(outcome, row.code, "query q1");
    CHECK(server.request_lines().back() == "DELETE /1");
  }
  // The server says what happened, or that it never heard of the statement.
  Playback server({json_page("", "/1"), http::plain_answer("404 Not Found", "no query")});
  CHECK_ERROR(run(server.url(), "SELECT 1"), ErrorCode::NotFound, "404): no query");
  CHECK(server.request_lines().back() == "GET /1");
}

TEST_CASE("answers that are none") {
  const auto html = http::plain_answer("200 OK", "<html>", "Content-Type: text/html\r\n");
  const auto bad_base64 = kColumns +
                          R"("data":{"encoding":"json","segments":[{"type":"inline","data":"?",)" +
                          R"("metadata":{"rowsCount":1}}]},)";
  const auto segment = [](const std::string& bytes, const std::string& metadata) {
    return json_page(kColumns +
                     R"("data":{"encoding":"json+lz4","segments":[{"type":"inline","data":")" +
                     to_base64(bytes) + R"(","metadata":{)" + metadata + "}}]},");
  };
  const struct {
    std::string answer;
    ErrorCode code;
    const char* text;
  } rows[] = {
      {html, ErrorCode::Corrupt, "no Trino server"},
      {json_answer("[1,2"), ErrorCode::Corrupt, ""},
      {json_answer("[]"), ErrorCode::Corrupt, "no JSON object"},
      {json_answer("{}"), ErrorCode::Corrupt, "id"},
      {json_answer(std::string(100'000, '[')), ErrorCode::Corrupt, ""},
      {json_page(R"("data":[[1]],)"), ErrorCode::Corrupt, "no columns"},
      {rows_page(R"([[1,2]])"), ErrorCode::Corrupt, "columns"},
      {rows_page(R"([["x"]])"), ErrorCode::Corrupt, "in column `a`"},
      {rows_page(R"([1])"), ErrorCode::Corrupt, "row"},
      {rows_page("7"), ErrorCode::Corrupt, ""},
      {json_page(R"x("columns":[{"name":"a","type":"novel(3)"}],)x"), ErrorCode::Unsupported,
       "novel(3)"},
      {json_page(bad_base64), ErrorCode::Corrupt, "base64"},
      {segment("[[1]]", R"("rowsCount":2)"), ErrorCode::Corrupt, "1 rows instead of 2"},
      {segment("[[1]]", R"("rowsCount":1,"uncompressedSize":99)"), ErrorCode::Corrupt, "lz4"},
      {segment("[[1]]", R"("rowsCount":1,"uncompressedSize":-1)"), ErrorCode::Corrupt, "-1"},
      {segment("[[1]]", R"("rowsCount":1,"uncompressedSize":99999999999)"), ErrorCode::Corrupt, ""},
      {segment("{}", R"("rowsCount":0)"), ErrorCode::Corrupt, "list"},
      {json_answer(R"({"id":"q","nextUri":"ftp://x/1"})"), ErrorCode::Corrupt, "address"},
      {json_answer("{}", "X-Trino-Set-Session: x\r\n"), ErrorCode::Corrupt, "Set-Session"},
      {http::plain_answer("401 Unauthorized", "Access Denied: Invalid\ncredentials"),
       ErrorCode::Denied, "credentials: Access Denied: Invalid credentials"},
      {http::plain_answer("403 Forbidden", "no"), ErrorCode::Denied, "forbids"},
      {http::plain_answer("400 Bad Request", "Schema is set but catalog is not"),
       ErrorCode::InvalidInput, "Schema is set"},
      {http::plain_answer("307 Temporary Redirect", "", "Location: http://other/\r\n"),
       ErrorCode::InvalidInput, "another address"},
      {http::plain_answer("500 Oops", "<html>hush", "Content-Type: text/html\r\n"),
       ErrorCode::Unavailable, "status 500"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.answer.substr(0, 200));
    Playback server({row.answer});
    const auto outcome = run(server.url());
    CHECK_ERROR(outcome, row.code, row.text);
    CHECK(describe(outcome.error()).find("hush") == std::string::npos);
  }
}

TEST_CASE("pages and segments that are too large") {
  Playback server({rows_page("[[" + std::string(3'000, ' ') + "1]]")});
  auto options = options_for(server.url());
  options.page_bytes_max = 2'000;
  auto client = CHECK_OK(Client::make(options));
  Session session;
  CHECK_ERROR(run(*client, "SELECT 1", session), ErrorCode::Corrupt, "more than 2000 bytes");
}

TEST_CASE("spooled segments are fetched with their headers and without credentials") {
  const std::string rows = "[[1],[2],[3]]" + std::string(2'000, ' ');
  const auto spooled = kColumns +
                       R"("data":{"encoding":"json+zstd","segments":[
    {"type":"inline","data":")" +
                       to_base64("[[0]]") + R"(","metadata":{"rowOffset":0,"rowsCount":1}},
    {"type":"spooled","uri":"http://SERVER/s1","ackUri":"http://SERVER/a1","headers":{"x-key":["k"]},
     "metadata":{"rowOffset":1,"rowsCount":3,"uncompressedSize":)" +
                       std::to_string(rows.size()) + R"(}}]},)";
  Playback server({json_page(spooled, "/1"),
                   http::plain_answer("303 See Other", "", "Location: /elsewhere\r\n"),
                   http::plain_answer("200 OK", zstd_compress(rows)),
                   http::plain_answer("200 OK", ""), json_page("")});
  auto options = options_for(server.url());
  options.token = "hush";
  options.headers = {{"X-Route", "hush by night"}};
  auto client = CHECK_OK(Client::make(options));
  Session session;
  const auto outcome = CHECK_OK(run(*client, "SELECT 1", session));
  CHECK(numbers(outcome) == std::vector<std::int64_t>{0, 1, 2, 3});
  CHECK(server.request_lines() == std::vector<std::string>{"POST /v1/statement", "GET /s1",
                                                           "GET /elsewhere", "GET /a1", "GET /1"});
  const auto requests = server.requests();
  CHECK(requests[0].find("Authorization: Bearer hush") != std::string::npos);
  CHECK(requests[0].find("X-Trino-Query-Data-Encoding: json+zstd, json+lz4, json") !=
        std::string::npos);
  CHECK(requests[1].find("x-key: k") != std::string::npos);
  for (const int i : {1, 2, 3}) CHECK(requests[i].find("hush") == std::string::npos);
  for (const int i : {0, 4}) CHECK(requests[i].find("X-Route: hush by night") != std::string::npos);
  CHECK(requests[4].find("Authorization: Bearer hush") != std::string::npos);
}

TEST_CASE("credentials stay with the server they are for") {
  Playback other({rows_page("[[1]]")});
  Playback server({json_answer(replace_all(page("", "/1"), "http://SERVER", other.url()))});
  auto options = options_for(server.url());
  options.password = "hush";
  options.headers = {{"X-Route", "night"}};
  auto client = CHECK_OK(Client::make(options));
  Session session;
  CHECK(numbers(CHECK_OK(run(*client, "SELECT 1", session))).size() == 1);
  CHECK(server.requests()[0].find("Authorization: Basic " + to_base64("anna:hush")) !=
        std::string::npos);
  CHECK(other.requests()[0].find("Authorization") == std::string::npos);
  CHECK(other.requests()[0].find("X-Route") == std::string::npos);
}

TEST_CASE("options that contradict each other") {
  const struct {
    ClientOptions options;
    const char* text;
  } rows[] = {
      {{.server = "trino:8080", .user = "a"}, "http://host:port"},
      {{.server = "https://a:hush@h", .user = "a"}, "http://host:port"},
      {{.server = "https://h"}, "user"},
      {{.server = "https://h", .user = "a", .password = "hush", .token = "hush"}, "token"},
      {{.server = "http://h", .user = "a", .password = "hush"}, "https only"},
      {{.server = "http://h", .user = "a", .token = "hush"}, "https only"},
      {{.server = "http://localhost.evil", .user = "a", .token = "hush"}, "https only"},
      {{.server = "https://h", .user = "a:b", .password = "hush"}, ":"},
      {{.server = "https://h", .user = "a", .certificate = "c.pem"}, "private key"},
  };
  for (const auto& row : rows) {
    const auto client = Client::make(row.options);
    CHECK_ERROR(client, ErrorCode::InvalidInput, row.text);
    CHECK(client.error().message.find("hush") == std::string::npos);
  }
}

TEST_CASE("a statement that is not read to its end is stopped") {
  {
    Playback server({rows_page("[[1]]", "/1")});
    auto client = CHECK_OK(Client::make(options_for(server.url())));
    Session session;
    auto statement = CHECK_OK(client->start("SELECT 1", session));
    CHECK(CHECK_OK(statement->next()).size() == 1);
    CHECK(statement->query_id() == "q1");
    statement.reset();
    CHECK(server.request_lines().back() == "DELETE /1");
  }
  {
    Cancel cancel;
    Playback server({rows_page("[[1]]", "/1"), rows_page("[[1]]", "/2")});
    auto client = CHECK_OK(Client::make(options_for(server.url())));
    Session session;
    auto statement = CHECK_OK(client->start("INSERT INTO t", session, &cancel));
    CHECK_OK(statement->next());
    CHECK_OK(statement->next());
    cancel.request();
    CHECK_ERROR(statement->next(), ErrorCode::Cancelled, "USER_CANCELED");
    CHECK(server.request_lines().back() == "DELETE /2");
    CHECK_ERROR(statement->next(), ErrorCode::Cancelled, "USER_CANCELED");
    CHECK(server.requests().size() == 3);
  }
  {
    std::vector<std::string> pages(50, json_page("", "/1"));
    Playback server(std::move(pages));
    auto options = options_for(server.url());
    options.statement_timeout_ms = 10;  // the clock moves by one with each look
    auto client = CHECK_OK(Client::make(options));
    Session session;
    CHECK_ERROR(run(*client, "SELECT 1", session), ErrorCode::TimedOut, "EXCEEDED_TIME_LIMIT");
    CHECK(server.request_lines().back() == "DELETE /1");
  }
}

TEST_CASE("a waiting request ends when somebody cancels") {
  Cancel cancel;
  std::string last;
  http::ScriptedServer server([&cancel, &last](const std::string& request) -> std::string {
    last = request.substr(0, request.find(" HTTP/"));
    if (request.starts_with("POST")) {
      const auto at = request.find("Host: ") + 6;
      const auto host = request.substr(at, request.find('\r', at) - at);
      return json_answer(replace_all(page("", "/slow"), "SERVER", host));
    }
    cancel.request();
    return request.starts_with("DELETE") ? http::plain_answer("204 No Content", "")
                                         : http::plain_answer("503 Busy", "");
  });
  auto client = CHECK_OK(Client::make(options_for(server.url(""))));
  Session session;
  CHECK_ERROR(run(*client, "SELECT 1", session, &cancel), ErrorCode::Cancelled, "USER_CANCELED");
  CHECK(server.requests().back().starts_with("DELETE /slow"));
}

TEST_CASE("a login in the browser gives the token for this and later requests") {
  const auto challenge = [](const std::string& redirect) {
    return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer " + redirect +
           "x_token_server=\"http://SERVER/token\"\r\nContent-Length: 0\r\n\r\n";
  };
  // The header is not in the body, so it is replaced here.
  std::string seen_url;
  std::vector<std::string> lines;
  std::vector<std::string> authorizations;
  http::ScriptedServer server([&](const std::string& request) -> std::string {
    const auto at = request.find("Host: ") + 6;
    const auto host = request.substr(at, request.find('\r', at) - at);
    const auto line = request.substr(0, request.find(" HTTP/"));
    lines.push_back(line);
    const bool known = request.find("Authorization: Bearer secret-2") != std::string::npos;
    std::string answer;
    if (line == "GET /token") {
      answer = json_answer(R"({"nextUri":"http://SERVER/token2"})");
    } else if (line == "GET /token2") {
      answer = json_answer(R"({"token":"secret-2"})");
    } else if (line.starts_with("DELETE")) {
      answer = http::plain_answer("204 No Content", "");
    } else if (!known) {
      answer = challenge("x_redirect_server=\"http://SERVER/initiate\", ");
    } else {
      answer = rows_page("[[1]]");
    }
    answer = replace_all(answer, "http://SERVER", "http://" + host);
    const auto head = answer.find("\r\n\r\n");
    if (answer.starts_with("HTTP/1.1 200")) {
      return json_answer(answer.substr(head + 4));
    }
    return answer;
  });
  auto options = options_for(server.url(""));
  {
    auto client = CHECK_OK(Client::make(options));
    Session session;
    CHECK_ERROR(run(*client, "SELECT 1", session), ErrorCode::Denied, "login in a browser");
  }
  lines.clear();
  options.open_browser = [&seen_url](const std::string& url) -> Result<void> {
    seen_url = url;
    return {};
  };
  auto client = CHECK_OK(Client::make(options));
  Session session;
  CHECK_OK(run(*client, "SELECT 1", session));
  CHECK(seen_url.ends_with("/initiate"));
  CHECK_OK(run(*client, "SELECT 1", session));
  CHECK(lines == std::vector<std::string>{"POST /v1/statement", "GET /token", "GET /token2",
                                          "DELETE /token2", "POST /v1/statement",
                                          "POST /v1/statement"});
}

TEST_CASE("a compressed page") {
  const auto body = gzip_compress(page(kColumns + R"("data":[[7]],)"));
  Playback server({http::plain_answer(
      "200 OK", body, "Content-Type: application/json\r\nContent-Encoding: gzip\r\n")});
  CHECK(numbers(CHECK_OK(run(server.url()))) == std::vector<std::int64_t>{7});
  CHECK(server.requests()[0].find("Accept-Encoding: ") != std::string::npos);
}

}  // namespace
}  // namespace tarn::trino
