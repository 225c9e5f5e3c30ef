// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "base/testing.h"
#include "types/compare.h"
#include "types/datetime_text.h"
#include "types/ip_address.h"
#include "types/json_text.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/value_text.h"
#include "types/wire.h"
#include "types/zone_rules.h"

namespace tarn::types {
namespace {

TEST_CASE("doubles as Java writes them") {
  const std::pair<double, std::string_view> cases[] = {
      {1, "1.0"},
      {0, "0.0"},
      {-0.0, "-0.0"},
      {0.001, "0.001"},
      {1e-4, "1.0E-4"},
      {1e7, "1.0E7"},
      {1234567, "1234567.0"},
      {12345678.9, "1.23456789E7"},
      {37.7, "37.7"},
      {4.9e-324, "4.9E-324"},
      {2e23, "2.0E23"},
      {1e23, "1.0E23"},
      {9007199254740993, "9.007199254740992E15"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1.7976931348623157e308, "1.7976931348623157E308"}};
  for (const auto& [value, text] : cases) {
    std::string out;
    append_java_double(out, value);
    CHECK(out == text);
  }
  std::string real;
  append_java_float(real, 1234567890.1F);
  CHECK(real == "1.234568E9");
  real.clear();
  append_java_float(real, 1.4e-45F);
  CHECK(real == "1.4E-45");
}

TEST_CASE("doubles and reals as casts write them") {
  CHECK(format_double_cast(37.7) == "3.77E1");
  CHECK(format_double_cast(1e10) == "1.0E10");
  CHECK(format_double_cast(0) == "0E0");
  CHECK(format_double_cast(-0.012) == "-1.2E-2");
  CHECK(format_double_cast(std::nan("")) == "NaN");
  CHECK(format_double_cast(-std::numeric_limits<double>::infinity()) == "-Infinity");
  CHECK(format_real_cast(12345678.9F) == "1.234568E7");
  CHECK(format_real_cast(-754.2008F) == "-7.542008E2");
}

TEST_CASE("casts of texts") {
  struct Case {
    std::string_view type, text, expected;  // "" for an error
  };
  const Case cases[] = {
      {"bigint", " 12 ", "12"},
      {"bigint", "1.5", ""},
      {"tinyint", "128", ""},
      {"tinyint", "-128", "-128"},
      {"boolean", "T", "true"},
      {"boolean", "yes", ""},
      {"double", " 1e3 ", "1.0E3"},
      {"double", "+NaN", "NaN"},
      {"double", "-Infinity", "-Infinity"},
      {"double", "1e400", "Infinity"},
      {"double", "x", ""},
      {"real", "3.4", "3.4E0"},
      {"decimal(5,2)", "2.345", "2.35"},
      {"decimal(5,2)", "-2.345", "-2.35"},
      {"decimal(5,2)", "1e2", "100.00"},
      {"decimal(5,2)", "999.995", ""},
      {"decimal(5,2)", "999.994", "999.99"},
      {"decimal(38,0)", "99999999999999999999999999999999999999",
       "99999999999999999999999999999999999999"},
      {"decimal(38,0)", "999999999999999999999999999999999999999", ""},
      {"decimal(3,1)", "0.04", "0.0"},
      {"decimal(3,1)", "0.05", "0.1"},
      {"decimal(3,1)", "5e-2", "0.1"},
      {"varchar(2)", "äöü", "äö"},
      {"char(4)", "ab ", "ab  "},
      {"date", " 2024-2-9 ", "2024-02-09"},
      {"date", "13-2-2", "0013-02-02"},
      {"date", "\t\x1c 2024-02-09\x1f\n", "2024-02-09"},
      {"date", "2023-02-29", ""},
      {"date", "5881580-07-11", "+5881580-07-11"},
      {"date", "5881580-07-12", ""},
      {"date", "-0044-03-15", "-0044-03-15"},
      {"time(3)", "1:02:03.4567", "01:02:03.457"},
      {"time(0)", "23:59:59.5", "00:00:00"},
      {"time(3)", "24:00:00", ""},
      {"time(2) with time zone", "12:34:56.789 +05:30", "12:34:56.79+05:30"},
      {"timestamp(3)", "2024-02-29 12:34:56.7895", "2024-02-29 12:34:56.790"},
      {"timestamp(0)", "2024-02-29", "2024-02-29 00:00:00"},
      {"timestamp(12)", "1969-12-31 23:59:59.999999999999", "1969-12-31 23:59:59.999999999999"},
      {"timestamp(9)", "1969-12-31 23:59:59.9999999999", "1970-01-01 00:00:00.000000000"},
      {"timestamp(6)", "+123001-05-01 12:34:56", "+123001-05-01 12:34:56.000000"},
      {"timestamp(3)", "2020-05-10T12:34:56", ""},
      {"timestamp(3) with time zone", "2024-07-01 12:00 Europe/Paris",
       "2024-07-01 12:00:00.000 Europe/Paris"},
      {"timestamp(3) with time zone", "2024-03-31 02:30 Europe/Paris",
       "2024-03-31 03:30:00.000 Europe/Paris"},
      {"timestamp(3) with time zone", "2024-10-27 02:30 Europe/Paris",
       "2024-10-27 02:30:00.000 Europe/Paris"},
      {"timestamp(0) with time zone", "2024-07-01 12:00 America/Los_Angeles",
       "2024-07-01 12:00:00 America/Los_Angeles"},
      {"timestamp(0) with time zone", "2024-07-01 12:00 +05:45", "2024-07-01 12:00:00 +05:45"},
      {"timestamp(0) with time zone", "2024-07-01 12:00", "2024-07-01 12:00:00 UTC"},
      {"timestamp(0) with time zone", "2024-07-01 12:00 Mars/Base", ""},
      {"timestamp(0) with time zone", "2024-07-01 12:00 europe/paris", ""},
      {"timestamp(0) with time zone", "2024-07-01 12:00 EST", ""},
      {"timestamp(0) with time zone", "2024-07-01 12:00 utc", ""},
      {"timestamp(0) with time zone", "2024-07-01 12:00 +0545", "2024-07-01 12:00:00 +05:45"},
      {"time(3)", " 01:02", ""},
      {"time(3)", "01:02+01:00", ""},
      {"time(2) with time zone", "12:34:56 +05", ""},
      {"decimal(4,2)", " 12.3 ", ""},
      {"double", "0x1p3", "8.0E0"},
      {"double", "0x1", ""},
      {"real", "0.12345665", "1.234567E-1"},
      {"real", "1e-45", "1.4E-45"},
      {"real", "9999999.5", "1.0E7"},
      {"real", "12345665", "1.234567E7"},
      {"real", "1234568.5", "1.234568E6"},
      {"real", "3.4028235e38", "3.402823E38"},
      {"real", "9.9999995e20", "9.999999E20"},
      {"uuid", "12151FD2-7586-11E9-8F9E-2A86E4085A59", "12151fd2-7586-11e9-8f9e-2a86e4085a59"},
      {"ipaddress", "::ffff:1.2.3.4", "1.2.3.4"},
      {"ipaddress", "2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"ipaddress", "1.2.3", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.type);
    CAPTURE(c.text);
    const Type type = CHECK_OK(parse_type(c.type));
    const auto value = cast_from_text(type, c.text, TimeZone());
    CHECK((value ? cast_to_text(type, *value) : "") == c.expected);
  }
}

TEST_CASE("typed literals infer their type") {
  struct Case {
    std::string_view name, text, type, value;
  };
  const Case cases[] = {
      {"DECIMAL", "001.10", "decimal(3,2)", "1.10"},
      {"DECIMAL", "0.01", "decimal(2,2)", "0.01"},
      {"DECIMAL", "0", "decimal(1,0)", "0"},
      {"decimal", "-.5", "decimal(1,1)", "-0.5"},
      {"TIMESTAMP", "2020-05-10 12:34:56.1234567", "timestamp(7)", "2020-05-10 12:34:56.1234567"},
      {"TIMESTAMP", "2020-05-10 12:34:56.12 Asia/Kathmandu", "timestamp(2) with time zone",
       "2020-05-10 12:34:56.12 Asia/Kathmandu"},
      {"timestamp", "2001-01-09 13:04:05.321 +07:09", "timestamp(3) with time zone",
       "2001-01-09 13:04:05.321 +07:09"},
      {"TIME", "12:34:56.1-08:35", "time(1) with time zone", "12:34:56.1-08:35"},
      {"TIME", "01:02", "time(0)", "01:02:00"},
      {"CHAR", "ala  ", "char(5)", "ala  "},
      {"VARCHAR", "ala", "varchar", "ala"},
      {"BIGINT", "37", "bigint", "37"},
      {"JSON", " {\"b\": 1, \"a\": [1.50 , 1e2]} ", "json", "{\"a\":[1.5,100.0],\"b\":1}"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const TypedValue literal = CHECK_OK(parse_typed_literal(c.name, c.text, TimeZone()));
    CHECK(to_string(literal.type) == c.type);
    CHECK(cast_to_text(literal.type, literal.value) == c.value);
  }
  for (const auto& [name, text] :
       std::initializer_list<std::pair<const char*, const char*>>{{"DATE", "2013 -02-02"},
                                                                  {"TIME", "12:00:00+25:00"},
                                                                  {"TIME", "12:65:00"},
                                                                  {"JSON", "INVALID"},
                                                                  {"JSON", ""},
                                                                  {"DECIMAL", "1e3"},
                                                                  {"JSON", "[01]"},
                                                                  {"TIME", "12:00:00+15:00"},
                                                                  {"number", "1"}}) {
    CAPTURE(text);
    CHECK_FALSE(parse_typed_literal(name, text, TimeZone()));
  }
}

TEST_CASE("interval literals") {
  using enum IntervalField;
  struct Case {
    std::string_view text;
    IntervalField from;
    std::optional<IntervalField> last;
    std::string_view expected;
  };
  const Case cases[] = {
      {"12 10:45:32.12", Day, Second, "12 10:45:32.120"},
      {"12 10", Day, Second, "12 10:00:00.000"},
      {"10", Hour, Minute, "0 10:00:00.000"},
      {"45:32.123", Minute, Second, "0 00:45:32.123"},
      {"32.1239", Second, std::nullopt, "0 00:00:32.123"},
      {"-2 03:04:05.006", Day, Second, "-2 03:04:05.006"},
      {"12 10", Day, std::nullopt, ""},
      {"12X", Day, std::nullopt, ""},
      {"32", Second, Second, ""},
      {"1", Minute, Month, ""},
      {"--12 -10", Day, Hour, ""},
      {"124-30", Year, Month, "126-6"},
      {"124", Year, Month, "124-0"},
      {"-1-6", Year, Month, "-1-6"},
      {"124--30", Year, Month, ""},
      {"124-30", Year, Day, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto value = parse_interval_text(c.text, c.from, c.last);
    std::string out;
    if (value && c.from <= Month) append_year_interval(out, *value);
    if (value && c.from > Month) append_day_interval(out, *value);
    CHECK(out == c.expected);
  }
  std::string out;
  append_day_interval(out, std::numeric_limits<std::int64_t>::min());
  CHECK(out == "-106751991167 07:12:55.808");
}

TEST_CASE("time zones") {
  const std::pair<std::string_view, std::string_view> names[] = {
      {"UTC", "UTC"},
      {"z", "UTC"},
      {"GMT", "UTC"},
      {"etc/gmt-8", "+08:00"},
      {"UTC+5", "+05:00"},
      {"-8", "-08:00"},
      {"+05:30", "+05:30"},
      {"-00:00", "UTC"},
      {"asia/kathmandu", "Asia/Kathmandu"},
      {"US/Pacific", "US/Pacific"}};
  for (const auto& [text, name] : names) CHECK(CHECK_OK(find_time_zone(text)).name() == name);
  for (const std::string_view text : {"", "Mars", "+15:00", "+5:30", "../etc/passwd", "+"}) {
    CHECK_ERROR(find_time_zone(text), ErrorCode::InvalidInput, "time zone");
  }
  const TimeZone paris = CHECK_OK(find_time_zone("Europe/Paris"));
  CHECK(paris.offset_seconds_at(1'720'000'000) == 7200);
  CHECK(paris.offset_seconds_at(1'700'000'000) == 3600);
  CHECK(paris.offset_seconds_at(2'540'000'000) == 7200);    // June 2050
  CHECK(paris.offset_seconds_at(253'402'300'000) == 3600);  // December 9999
  CHECK(paris.offset_seconds_at(-62'000'000'000) == 561);   // local mean time
  const TimeZone sydney = CHECK_OK(find_time_zone("Australia/Sydney"));
  CHECK(sydney.offset_seconds_at(2'556'144'000) == 39'600);  // January 2051, summer
  CHECK(sydney.offset_seconds_at(2'571'782'400) == 36'000);  // July 2051
  const auto gap = paris.resolve_local(1'711'852'200);       // 2024-03-31 02:30
  CHECK(gap.match == TimeZone::Match::Gap);
  CHECK(gap.offset_seconds == 3600);
  const auto overlap = paris.resolve_local(1'729'996'200);  // 2024-10-27 02:30
  CHECK(overlap.match == TimeZone::Match::Overlap);
  CHECK(overlap.offset_seconds == 7200);
}

TEST_CASE("rules at the end of zone files") {
  const auto dublin = CHECK_OK(parse_zone_tail("IST-1GMT0,M10.5.0,M3.5.0/1"));
  CHECK(dublin.standard_offset == 3600);
  CHECK(dublin.summer_offset == 0);
  ZoneRules rules{"x", {}, {0}, dublin};
  CHECK(rules.offset_at(2'540'000'000) == 3600);
  CHECK(rules.offset_at(2'556'144'000) == 0);
  CHECK(CHECK_OK(parse_zone_tail("<+0330>-3:30")).standard_offset == 12'600);
  CHECK(CHECK_OK(parse_zone_tail("EST5EDT,J60/2,300")).summer_offset == -14'400);
  for (const std::string_view text : {"", "CET", "CET-1CEST", "CET-1CEST,M13.1.0,M1.1.0", "<a"}) {
    CHECK_ERROR(parse_zone_tail(text), ErrorCode::Corrupt, "rule");
  }
  CHECK_ERROR(parse_zone_rules("x", "TZif2"), ErrorCode::Corrupt, "");
}

TEST_CASE("comparison") {
  const Type list = CHECK_OK(parse_type("array(double)"));
  const double nan = std::nan("");
  const Value with_nan(std::vector<Value>{Value(nan)});
  const Value with_null(std::vector<Value>{Value()});
  const Value one(std::vector<Value>{Value(1.0)});
  CHECK(equals(list, with_nan, with_nan) == false);
  CHECK(is_identical(list, with_nan, with_nan));
  CHECK(equals(list, with_null, one) == std::nullopt);
  CHECK(is_identical(list, with_null, with_null));
  CHECK(order(list, with_nan, one) > 0);
  CHECK(order(make_char(5), Value(std::string("foo")), Value(std::string("foo\t"))) > 0);
  CHECK(equals(make_char(5), Value(std::string("a ")), Value(std::string("a"))) == true);
  const Type map = CHECK_OK(parse_type("map(bigint, varchar)"));
  const Value a(std::vector<Value>{1, std::string("x"), 2, std::string("y")});
  const Value b(std::vector<Value>{2, std::string("y"), 1, std::string("x")});
  CHECK(equals(map, a, b) == true);
  CHECK(is_identical(map, a, b));
  const Type zoned = make_time_with_time_zone(0);
  CHECK(equals(zoned, ZonedTime{3600 * kPicosPerSecond, 60}, ZonedTime{0, 0}) == true);
}

TEST_CASE("values on the wire and as literals") {
  const Type type = CHECK_OK(parse_type(
      "row(a real, b array(varchar), c map(double, varbinary), d interval day to second, "
      "e char(3), f bigint)"));
  const Value value(
      std::vector<Value>{Value(static_cast<double>(1.5F)),
                         Value(std::vector<Value>{Value(std::string("x\"\n")), Value()}),
                         Value(std::vector<Value>{Value(25.5), Value(std::string("w"))}),
                         Value(std::int64_t{-5000}), Value(std::string("é")), Value()});
  std::string out;
  append_wire_json(out, type, value);
  CHECK(out == R"([1.5,["x\"\n",null],{"25.5":"dw=="},"-0 00:00:05.000","é  ",null])");
  CHECK(CHECK_OK(to_sql_literal(type, value)) ==
        "CAST(ROW(REAL '1.5', ARRAY[CAST('x\"\n' AS varchar), CAST(NULL AS varchar)], "
        "MAP(ARRAY[DOUBLE '25.5'], ARRAY[X'77']), INTERVAL -'0 00:00:05.000' DAY TO SECOND, "
        "CAST('é' AS char(3)), CAST(NULL AS bigint)) AS row(a real, b array(varchar), "
        "c map(double, varbinary), d INTERVAL DAY TO SECOND, e char(3), f bigint))");
  const Type keys = CHECK_OK(parse_type("map(map(integer, integer), bigint)"));
  out.clear();
  append_wire_json(out, keys, Value(std::vector<Value>{Value(std::vector<Value>{7, 1, 42, 1}), 1}));
  CHECK(out == R"({"{7=1, 42=1}":1})");
  CHECK(estimate_wire_size(type, value) > 40);
}

TEST_CASE("canonical JSON") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {" [ 1 , 2.50, -0, 1e3, true , null ] ", "[1,2.5,0,1000.0,true,null]"},
      {R"({"b":1,"a":{"d":[],"c":{}},"b":2})", R"({"a":{"c":{},"d":[]},"b":2})"},
      {R"("\u00e9\ud83d\ude00\/\b\u0001")", R"("é😀/\b\u0001")"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
  };
  for (const auto& [text, expected] : cases) CHECK(CHECK_OK(canonical_json(text)) == expected);
  for (const std::string_view text :
       {"", "{}{", "[1,]", "{\"a\"}", "tru", "truex", "01", "1.", "\"\\x\"", "\"a", "[1 2]", "-",
        "{1:2}", "nullx", "\"\xff\""}) {
    CAPTURE(text);
    CHECK_ERROR(canonical_json(text), ErrorCode::InvalidInput, "JSON");
  }
  CHECK_FALSE(canonical_json(std::string(100'000, '[')));
}

}  // namespace
}  // namespace tarn::types
