// SPDX-License-Identifier: Apache-2.0
#include "trino/session.h"

#include "base/testing.h"
#include "trino/login.h"

namespace tarn::trino {
namespace {

std::vector<std::string> values_of(const std::vector<http::Header>& headers,
                                   std::string_view name) {
  std::vector<std::string> values;
  for (const auto& header : headers) {
    if (header.name == name) values.push_back(header.value);
  }
  return values;
}

using Texts = std::vector<std::string>;

TEST_CASE("a session goes out as headers") {
  Session session;
  session.user = "anna";
  session.catalog = "lake";
  session.schema = "sales";
  session.time_zone = "Europe/Paris";
  session.client_tags = {"nightly", "dbt"};
  session.properties = {{"query_max_run_time", "8h"}, {"lake.name", "ü, = b"}};
  session.roles = {{"system", "ROLE{admin}"}, {"lake", "ALL"}};
  session.prepared = {{"my q", "SELECT ?\n+ 1"}};
  session.extra_credentials = {{"key", "hush"}};
  const auto headers = session_headers(session);
  const struct {
    const char* name;
    Texts values;
  } expected[] = {
      {"X-Trino-User", {"anna"}},
      {"X-Trino-Source", {"tarn"}},
      {"X-Trino-Catalog", {"lake"}},
      {"X-Trino-Schema", {"sales"}},
      {"X-Trino-Time-Zone", {"Europe/Paris"}},
      {"X-Trino-Client-Tags", {"nightly,dbt"}},
      {"X-Trino-Session", {"lake.name=%C3%BC%2C%20%3D%20b", "query_max_run_time=8h"}},
      {"X-Trino-Role", {"lake=ALL", "system=ROLE%7Badmin%7D"}},
      {"X-Trino-Prepared-Statement", {"my%20q=SELECT%20%3F%0A%2B%201"}},
      {"X-Trino-Extra-Credential", {"key=hush"}},
      {"X-Trino-Transaction-Id", {"NONE"}},
      {"X-Trino-Client-Capabilities", {"PATH,PARAMETRIC_DATETIME,SESSION_AUTHORIZATION"}},
      {"X-Trino-Path", {}},
      {"X-Trino-Original-User", {}},
  };
  for (const auto& row : expected) {
    CAPTURE(row.name);
    CHECK(values_of(headers, row.name) == row.values);
  }
}

TEST_CASE("headers of answers change the session") {
  Session session;
  session.user = "anna";
  session.properties = {{"a", "1"}, {"b", "2"}};
  session.prepared = {{"old one", "SELECT 1"}};
  session.roles = {{"system", "ROLE{analyst}"}};
  CHECK_OK(apply_headers(session, {{"X-Trino-Set-Catalog", "tpch"},
                                   {"x-trino-set-schema", "tiny"},
                                   {"X-Trino-Set-Path", "a.b, c.d"},
                                   {"X-Trino-Set-Session", "lake.x=a+b%3D%25"},
                                   {"X-Trino-Clear-Session", "a"},
                                   {"X-Trino-Added-Prepare", "my+q=SELECT+%3F"},
                                   {"X-Trino-Deallocated-Prepare", "old+one"},
                                   {"X-Trino-Set-Role", "lake=ROLE%7Bb%7D"},
                                   {"X-Trino-Started-Transaction-Id", "t-1"},
                                   {"X-Trino-Query-Data-Encoding", "json"},
                                   {"X-Trino-Something-New", "ignored"},
                                   {"Content-Type", "application/json"}}));
  CHECK(session.catalog == "tpch");
  CHECK(session.schema == "tiny");
  CHECK(session.path == "a.b, c.d");
  CHECK(session.properties == std::map<std::string, std::string>{{"b", "2"}, {"lake.x", "a b=%"}});
  CHECK(session.prepared == std::map<std::string, std::string>{{"my q", "SELECT ?"}});
  CHECK(session.roles ==
        std::map<std::string, std::string>{{"lake", "ROLE{b}"}, {"system", "ROLE{analyst}"}});
  CHECK(session.transaction_id == "t-1");
  CHECK_OK(apply_headers(session, {{"X-Trino-Clear-Transaction-Id", "true"}}));
  CHECK(!session.transaction_id);

  CHECK_OK(apply_headers(session, {{"X-Trino-Set-Original-Roles", "system=ROLE%7Banalyst%7D"},
                                   {"X-Trino-Set-Authorization-User", "bob"}}));
  CHECK(values_of(session_headers(session), "X-Trino-User") == Texts{"bob"});
  CHECK(values_of(session_headers(session), "X-Trino-Original-User") == Texts{"anna"});
  CHECK(values_of(session_headers(session), "X-Trino-Original-Roles") ==
        Texts{"system=ROLE%7Banalyst%7D"});
  CHECK(session.roles.empty());
  CHECK_OK(apply_headers(session, {{"X-Trino-Reset-Authorization-User", "true"}}));
  CHECK(values_of(session_headers(session), "X-Trino-User") == Texts{"anna"});
  CHECK(session.roles == std::map<std::string, std::string>{{"system", "ROLE{analyst}"}});

  for (const char* bad : {"nothing", "a=%2", "a=%zz"}) {
    CHECK_ERROR(apply_headers(session, {{"X-Trino-Set-Session", bad}}), ErrorCode::Corrupt, "");
  }
}

TEST_CASE("the origin of a URL decides where credentials go") {
  const struct {
    const char* url;
    const char* origin;
  } rows[] = {
      {"https://Trino.Example/v1/statement", "https://trino.example:443"},
      {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
      {"http://[::1]/x", "http://[::1]:80"},
      {"https://[::1]:8443/x", "https://[::1]:8443"},
      {"https://good.example@evil.example/x", "https://evil.example:443"},
      {"https://evil.example?@good.example", "https://evil.example:443"},
      {"https://evil.example\\@good.example/", ""},
      {"ftp://a/b", ""},
      {"https:///b", ""},
      {"nonsense", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.url);
    CHECK(url_origin(row.url) == row.origin);
  }
}

TEST_CASE("a login in the browser is asked for by a header") {
  const auto challenge = find_login_challenge(
      {{"WWW-Authenticate", "Basic realm=\"Trino\""},
       {"www-authenticate",
        "Bearer x_redirect_server=\"https://h/r?a=1\", x_token_server=\"https://h/t\""}});
  REQUIRE(challenge.has_value());
  CHECK(challenge->redirect_server == "https://h/r?a=1");
  CHECK(challenge->token_server == "https://h/t");
  CHECK(!find_login_challenge({{"WWW-Authenticate", "Bearer realm=\"Trino\""}}));
  CHECK(!find_login_challenge({}));
}

}  // namespace
}  // namespace tarn::trino
