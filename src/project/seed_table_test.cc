// SPDX-License-Identifier: Apache-2.0
#include "project/seed_table.h"

#include <doctest/doctest.h>

#include <string>

#include "base/testing.h"

namespace tarn::project {
namespace {

// Rows as lines, values in brackets; - is NULL.
std::string shown(const TableData& table) {
  std::string out;
  for (const auto& row : table.rows) {
    for (const auto& value : row) {
      out += value.is_none()                     ? "-"
             : value.kind() == jinja::Kind::Text ? "[" + std::string(value.text()) + "]"
                                                 : "(" + std::string(jinja::type_name(value)) + ")";
    }
    out += '\n';
  }
  return out;
}

TEST_CASE("cells of a seed") {
  struct Case {
    std::string_view csv;
    std::string_view expected;
  };
  const Case cases[] = {
      {"a,b\nx,y\n", "[x][y]\n"},
      {"\xef\xbb\xbf"
       "a,b\r\nx,y\r\n\r\nz,\r\n",
       "[x][y]\n[z]-\n"},
      {"a,b\n\"x, \"\"y\"\"\",\"line\nbreak\"\n", "[x, \"y\"][line\nbreak]\n"},
      {"a,b\n\"x\"tail,un\"quoted\n", "[xtail][un\"quoted]\n"},
      {"a,b\n\"\",\"null\"\nx", "--\n[x]-\n"},
      {"a,b\n\"open,y\n", "[open,y\n]-\n"},
      {"a\n\"last\"", "[last]\n"},
      {"a\n\"", "-\n"},
      {"a,b\n", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.csv);
    const auto table = parse_seed(c.csv, {});
    CHECK_OK(table);
    if (table) CHECK(shown(*table) == c.expected);
  }
  CHECK_ERROR(parse_seed("", {}), ErrorCode::InvalidInput, "no line of names");
  CHECK_ERROR(parse_seed("a\nx\ny,z\n", {}), ErrorCode::InvalidInput, "line 3 of the seed has 2");
}

TEST_CASE("types of a seed's columns") {
  const std::string_view csv =
      "i,n,d,t,b,x\n1,1.5,2024-01-31,2024-01-31 10:00:00.123456,true,word\n,,,,,\n";
  const auto table = parse_seed(csv, {.text_columns = {"i"}, .timestamps_as_texts = true});
  CHECK_OK(table);
  if (!table) return;
  using enum ValueType;
  CHECK(table->types == std::vector<ValueType>{Text, Number, Date, DateTime, Boolean, Text});
  CHECK(table->rows[0][0].text() == "1");
  CHECK(table->rows[0][3].text() == "2024-01-31 10:00:00.123456");
  CHECK(table->rows[1][3].is_none());
  const auto values = parse_seed(csv, {});
  CHECK_OK(values);
  if (values) CHECK(values->rows[0][3].kind() != jinja::Kind::Text);
}

}  // namespace
}  // namespace tarn::project
