// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <cmath>

#include "base/testing.h"

using namespace tarn;

TEST_CASE("split and join") {
  using Parts = std::vector<std::string_view>;
  CHECK(split("a,,b", ',') == Parts{"a", "", "b"});
  CHECK(split("", ',') == Parts{""});
  CHECK(split(",", ',') == Parts{"", ""});
  const std::vector<std::string> parts = {"a", "", "b"};
  CHECK(join(parts, ", ") == "a, , b");
  CHECK(join({}, ", ") == "");
}

TEST_CASE("trimming, case and replacement") {
  CHECK(trim(" \t\r\n\v\fa b ") == "a b");
  CHECK(trim_left("  a ") == "a ");
  CHECK(trim_right("  a ") == "  a");
  CHECK(trim("   ") == "");
  CHECK(to_lower("AbC-Ä") == "abc-Ä");
  CHECK(to_upper("aBc-ä") == "ABC-ä");
  CHECK(equals_ignore_case("Select", "sELECT"));
  CHECK_FALSE(equals_ignore_case("a", "ab"));
  CHECK_FALSE(equals_ignore_case("@", "`"));
  CHECK(replace_all("aXbXX", "X", "--") == "a--b----");
  CHECK(replace_all("abc", "", "x") == "abc");
  CHECK(quote("it's", '\'') == "'it''s'");
  CHECK(quote("a\"b", '"') == "\"a\"\"b\"");
}

TEST_CASE("numbers from text") {
  struct Row {
    std::string_view text;
    std::optional<std::int64_t> integer;
    std::optional<double> real;
  };
  const Row rows[] = {
      {"0", 0, 0.0},
      {"+12", 12, 12.0},
      {"-12", -12, -12.0},
      {"9223372036854775807", INT64_MAX, 9223372036854775807.0},
      {"9223372036854775808", {}, 9223372036854775808.0},
      {"-9223372036854775808", INT64_MIN, -9223372036854775808.0},
      {"1.5", {}, 1.5},
      {"1e3", {}, 1000.0},
      {"1e400", {}, {}},
      {"", {}, {}},
      {"+", {}, {}},
      {"+-1", {}, {}},
      {" 1", {}, {}},
      {"1 ", {}, {}},
      {"nan", {}, {}},
      {"inf", {}, {}},
      {"0x10", {}, {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(parse_int64(row.text) == row.integer);
    CHECK(parse_double(row.text) == row.real);
  }
}

TEST_CASE("the shortest text of a double") {
  const std::pair<double, const char*> rows[] = {
      {0.0, "0"},         {-0.0, "-0"},
      {0.1, "0.1"},       {1.0 / 3, "0.3333333333333333"},
      {100000, "100000"}, {1e15, "1000000000000000"},
      {1e20, "1e+20"},    {0.0001, "0.0001"},
      {0.00001, "1e-05"}, {-1.5e-300, "-1.5e-300"},
      {5e-324, "5e-324"}, {1.7976931348623157e308, "1.7976931348623157e+308"},
      {HUGE_VAL, "inf"},  {-HUGE_VAL, "-inf"},
      {NAN, "nan"},       {-NAN, "nan"},
  };
  for (const auto& [value, text] : rows) CHECK(shortest_double(value) == text);
}

TEST_CASE("sizes and counts for a person") {
  const std::pair<std::uint64_t, const char*> sizes[] = {
      {0, "0 B"},
      {999, "999 B"},
      {1000, "1.0 KB"},
      {1500, "1.5 KB"},
      {999'949, "999.9 KB"},
      {999'950, "1.0 MB"},
      {3'200'000'000, "3.2 GB"},
      {UINT64_MAX, "18.4 EB"},
  };
  for (const auto& [bytes, text] : sizes) CHECK(human_bytes(bytes) == text);
  const std::pair<std::int64_t, const char*> counts[] = {
      {0, "0"},
      {999, "999"},
      {1000, "1,000"},
      {1234567, "1,234,567"},
      {-123456, "-123,456"},
      {INT64_MIN, "-9,223,372,036,854,775,808"},
  };
  for (const auto& [count, text] : counts) CHECK(human_count(count) == text);
}

TEST_CASE("names that were probably meant") {
  const std::vector<std::string> names = {"customer_id", "colour", "status", "Region"};
  CHECK(nearest_name("color", names) == "colour");
  CHECK(nearest_name("costumer_id", names) == "customer_id");
  CHECK(nearest_name("stauts", names) == "status");
  CHECK(nearest_name("region", names) == "Region");
  CHECK(nearest_name("price", names) == std::nullopt);
  CHECK(nearest_name("", names) == std::nullopt);
  const std::vector<std::string> letters = {"b", "c"};
  CHECK(nearest_name("a", letters) == std::nullopt);
  CHECK(did_you_mean("color", names) == ", did you mean `colour`?");
  CHECK(did_you_mean("price", names) == "");
}

TEST_CASE("shell patterns") {
  struct Row {
    std::string_view pattern, text;
    bool matches;
  };
  const Row rows[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "a/b", true},
      {"a*c", "abbc", true},
      {"a*c", "abcd", false},
      {"*a*b*", "xaybz", true},
      {"a?c", "abc", true},
      {"a?c", "aäc", true},
      {"a?c", "ac", false},
      {"[abc]x", "bx", true},
      {"[abc]x", "dx", false},
      {"[a-c]x", "bx", true},
      {"[!a-c]x", "dx", true},
      {"[^a]", "a", false},
      {"[]]", "]", true},
      {"[a", "[a", true},
      {"[a-]", "-", true},
      {"*.sql", "m/a.sql", true},
      {"**", "abc", true},
      {"a*", "b", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.text);
    CHECK(matches_glob(row.pattern, row.text) == row.matches);
  }
  // Must not take exponential time.
  CHECK_FALSE(matches_glob("*a*a*a*a*a*a*a*a*a*b", std::string(5'000, 'a')));
}

TEST_CASE("secrets are masked") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"postgres://me:pa:ss@host/db?sslmode=require", "postgres://me:***@host/db?sslmode=require"},
      {"postgres://me@host:5432/db", "postgres://me@host:5432/db"},
      {"postgres://me:p@ss#w?rd@host/db", "postgres://me:***@host/db"},
      {"http://host:8080/a@b", "http://host:8080/a@b"},
      {"x://h/db?password=se%26cret&user=me", "x://h/db?password=***&user=me"},
      {"host=h password=se&cret user=me", "host=h password=*** user=me"},
      {"host=h password = 'it\\'s it' user=me", "host=h password = *** user=me"},
      {"PASSWORD=x sslpassword=y", "PASSWORD=*** sslpassword=***"},
      {"s3.secret-access-key=abc", "s3.secret-access-key=***"},
      {"unexpected token = here", "unexpected token = here"},
      {"password=", "password="},
      {"the password is wrong", "the password is wrong"},
      {"a `x://u:p@h` and 'y://u:q@h'", "a `x://u:***@h` and 'y://u:***@h'"},
      {"password='open", "password=***"},
      {"password=a\\", "password=***"},
  };
  for (const auto& [text, masked] : rows) CHECK(mask_secrets(text) == masked);
}
