// SPDX-License-Identifier: Apache-2.0
#include "run/key_check.h"

#include <doctest/doctest.h>

#include "base/testing.h"
#include "sql/parser.h"

namespace tarn::run {
namespace {

TEST_CASE("keys are remembered by their text where it tells them apart") {
  const std::vector<project::ColumnInfo> columns = {{"id", "bigint"},
                                                    {"name", "varchar(10)"},
                                                    {"share", "double"},
                                                    {"at", "timestamp(6) with time zone"}};
  struct Case {
    std::vector<std::string> keys;
    bool by_text;
  };
  const Case cases[] = {{{"id"}, true},        {{"\"name\"", "ID"}, true}, {{"share"}, false},
                        {{"id", "at"}, false}, {{"id || name"}, false},    {{"other"}, false}};
  for (const Case& test : cases) {
    INFO(test.keys[0]);
    CHECK((key_search(warehouse::Kind::Embedded, test.keys, columns) == KeySearch::FirstSeen) ==
          test.by_text);
    CHECK(key_search(warehouse::Kind::Trino, test.keys, columns) == KeySearch::Window);
  }
}

TEST_CASE("a checked query is Trino SQL") {
  for (const auto search : {KeySearch::Window, KeySearch::FirstSeen}) {
    for (const std::vector<std::string>& keys : {std::vector<std::string>{"id"}, {"id", "name"}}) {
      CHECK_OK(sql::parse_statement(
          checked_query("select id, name from t", keys, "model", {"id", "name"}, search)));
    }
  }
}

}  // namespace
}  // namespace tarn::run
