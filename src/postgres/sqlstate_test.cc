// SPDX-License-Identifier: Apache-2.0
#include "postgres/sqlstate.h"

#include "base/testing.h"
#include "postgres/quoting.h"

namespace tarn::postgres {
namespace {

TEST_CASE("the server's codes map to what the caller can do") {
  const struct {
    const char* sqlstate;
    ErrorCode code;
  } cases[] = {
      {"28P01", ErrorCode::Denied},        {"28000", ErrorCode::Denied},
      {"3D000", ErrorCode::NotFound},      {"42P01", ErrorCode::NotFound},
      {"40001", ErrorCode::Conflict},      {"40P01", ErrorCode::Conflict},
      {"57014", ErrorCode::Cancelled},     {"08006", ErrorCode::Unavailable},
      {"57P03", ErrorCode::Unavailable},   {"53300", ErrorCode::Unavailable},
      {"23505", ErrorCode::AlreadyExists}, {"23502", ErrorCode::InvalidInput},
      {"42601", ErrorCode::InvalidInput},  {"22P02", ErrorCode::InvalidInput},
      {"42501", ErrorCode::Denied},        {"0A000", ErrorCode::Unsupported},
      {"XX001", ErrorCode::Corrupt},       {"XX000", ErrorCode::Internal},
      {"", ErrorCode::Internal},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sqlstate);
    CHECK(error_code_of(c.sqlstate) == c.code);
  }
}

TEST_CASE("only a lost answer leaves a commit open") {
  for (const char* open : {"", "08006", "57P01", "57P02", "58030", "XX000"}) {
    CHECK(commit_may_have_landed(open));
  }
  for (const char* certain : {"40001", "23505", "57014", "53100", "25P02"}) {
    CHECK(!commit_may_have_landed(certain));
  }
}

TEST_CASE("verbose messages give up their SQLSTATE in any language") {
  const auto english = split_verbose_message(
      "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password "
      "authentication failed for user \"bob\"\nLOCATION:  auth_failed, auth.c:338\n");
  CHECK(english.sqlstate == "28P01");
  CHECK(english.text ==
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  password authentication "
        "failed for user \"bob\"");
  CHECK(split_verbose_message("FATAL:  3D000: Datenbank »x« existiert nicht\nORT:  "
                              "InitPostgres, postinit.c:1054\n")
            .sqlstate == "3D000");
  const auto local = split_verbose_message(
      "connection to server on socket \"/tmp/.s.PGSQL.1\" failed: No such file or directory\n\tIs "
      "the server running locally and accepting connections on that socket?\n");
  CHECK(local.sqlstate.empty());
  CHECK(local.text.find("failed: No such file or directory; Is the server") != std::string::npos);
}

TEST_CASE("names and texts are quoted") {
  CHECK(quote_identifier("a") == "\"a\"");
  CHECK(quote_identifier("We\"ird") == "\"We\"\"ird\"");
  CHECK(quote_qualified("s.x", "t") == "\"s.x\".\"t\"");
  CHECK(quote_qualified("", "t") == "\"t\"");
  CHECK(quote_literal("it's") == "'it''s'");
  CHECK(quote_literal("a\\'b") == " E'a\\\\''b'");
}

}  // namespace
}  // namespace tarn::postgres
